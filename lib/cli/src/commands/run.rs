//! `wasmer run`

use std::process::ExitCode;

use clap::Args;
use tracing::info;
use wasmer::sys::Target;
use wasmer::{Engine, Module, Store};

use crate::commands;
use crate::commands::cache::{CacheOptions, get_or_compile, load_unread};
use crate::compiler::{CompilerOptions, Profiler};
use crate::input::{Input, Kind, is_stdin, set_default_name};
use crate::program::Program;
use crate::settings::Settings;
use crate::{artifact, grammar, jitdump};

/// Run a WebAssembly program
///
/// The program is a module in binary or text format, or what `wasmer compile` has made of one; `-` reads it from
/// standard input.
///
/// A program that uses WASI is started like a process: it gets the arguments, the variables of `--env`, and
/// only the directories that it is given. Of any other module, `_start` or the function named by `--invoke`
/// is called, and the results are printed.
///
/// A module can do nothing but what it is given. A compiled program is machine code, which can do what you can do:
/// run only those from whom you would run a native program, and don't change the file while it runs.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer run app.wasm one two\n  \
    wasmer run --dir . --env LANG=C app.wasm -- --flag-of-the-guest file.txt\n  \
    wasmer run --volume ./input:in:ro --volume ./output:out app.wasm\n  \
    wasmer run --invoke add math.wat 1 2\n  \
    wasmer run --timeout 10s --memory-limit 256M --stdin null untrusted.wasm\n  \
    wat2wasm -o - math.wat | wasmer run --invoke add - 1 2\n\n\
    Exit codes:\n  \
    that of the guest; 1 when it traps or can't be started; 2 for wrong options; 124 when its time is up;\n  \
    130 (by SIGINT) after Ctrl-C, 141 (by SIGPIPE) when nobody reads what it writes. See docs/cli.md.")]
pub(crate) struct Run {
    #[command(flatten)]
    program: Program,

    #[command(flatten)]
    compiler: CompilerOptions,

    #[command(flatten)]
    cache: CacheOptions,
}

impl Run {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        self.program.check()?;
        let settings = self.cache.settings()?;
        let compiler = self.compiler.clone().with_settings(&settings)?;
        let fuel = self.program.limits.fuel;
        let mut store = Store::new(compiler.engine_for(Target::default(), fuel)?);
        let mut module = self.load(&compiler, &settings, store.engine())?;
        set_default_name(&mut module, &self.program.input);
        if compiler.profiler() == Some(Profiler::Jitdump) {
            jitdump::write(&module)?;
        }
        self.program.run(&mut store, &module)
    }

    /// Loads the program, and compiles it unless that was done before.
    fn load(
        &self,
        compiler: &CompilerOptions,
        settings: &Settings,
        engine: &Engine,
    ) -> anyhow::Result<Module> {
        let path = &self.program.input;
        let mut cache = match compiler.is_for_debugging() {
            true => None,
            false => self.cache.open(settings)?,
        };
        if let Some(cache) = cache.as_ref().filter(|_| !is_stdin(path))
            && let Some(module) = load_unread(cache, engine, path)
        {
            return Ok(module);
        }
        let input = Input::read(path, grammar::commands::<commands::Args>)?;
        let compile = || compiler.compile(engine, &input);
        match (input.kind, &mut cache) {
            (Kind::Artifact, _) => {
                info!(file = %input.name(), "loading what was compiled before");
                artifact::load(engine, &input)
            }
            (Kind::Binary | Kind::Text, None) => compile(),
            (Kind::Binary | Kind::Text, Some(cache)) => {
                get_or_compile(cache, engine, &input, compile)
            }
        }
    }
}
