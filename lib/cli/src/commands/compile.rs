//! `wasmer compile`

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use wasmer::sys::{Architecture, CpuFeature, Target, Triple};
use wasmer::{Engine, Module, NativeEngineExt};

use crate::compiler::CompilerOptions;
use crate::input::{self, Input, Kind, set_default_name};
use crate::report::{self, Advice};
use crate::settings::Settings;

/// Compile a module ahead of time
///
/// `wasmer run` and `wasmer-headless` start what it writes at once, on machines of the kind that it was compiled for.
/// It is for this version of wasmer. It is machine code: who runs it trusts who made it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer compile app.wasm -o app.wasmu\n  \
    wasmer compile app.wasm --target aarch64-unknown-linux-gnu --cpu-features neon,lse -o app.wasmu")]
pub(crate) struct Compile {
    #[command(flatten)]
    source: Source,

    /// The file to write
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// A module, and how it is compiled.
#[derive(Args, Debug)]
pub(super) struct Source {
    /// The module, in binary or text format
    file: PathBuf,

    /// The machine to compile for [default: this one, with all that its processor has]
    #[arg(long, value_name = "TRIPLE", value_parser = parse_triple)]
    target: Option<Triple>,

    /// What the processor of the target has, besides what all of its kind have
    #[arg(
        short = 'm',
        long = "cpu-features",
        value_name = "FEATURE",
        value_delimiter = ',',
        requires = "target",
        value_parser = parse_cpu_feature
    )]
    cpu_features: Vec<CpuFeature>,

    /// Limit how many operators the program can execute; `run --fuel` can change the number
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,

    #[command(flatten)]
    compiler: CompilerOptions,
}

fn parse_triple(text: &str) -> Result<Triple, String> {
    text.parse().map_err(|error| format!("{error}; expected one like x86_64-unknown-linux-gnu"))
}

fn parse_cpu_feature(text: &str) -> Result<CpuFeature, String> {
    text.parse().map_err(|_| {
        let known: Vec<String> = CpuFeature::all().iter().map(|known| known.to_string()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

/// Prints what compiles, and for which machine, unless notes are left out.
fn describe(engine: &Engine) -> anyhow::Result<()> {
    if report::is_quiet() {
        return Ok(());
    }
    let mut out = report::Output::new();
    writeln!(out, "Compiler: {}", engine.deterministic_id())?;
    writeln!(out, "Target: {}", engine.target().triple())?;
    Ok(())
}

impl Compile {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let output = self.output.display();
        if self.output.extension().is_none_or(|extension| extension != "wasmu") {
            report::note(format_args!("warning: `{output}` does not end in `.wasmu`"));
        }
        self.compile().with_context(|| format!("failed to compile `{}`", self.source.name()))?;
        report::note(format_args!("✔ File compiled successfully to `{output}`."));
        Ok(ExitCode::SUCCESS)
    }

    fn compile(&self) -> anyhow::Result<()> {
        let input = Input::read(self.source.file(), Vec::new)?;
        if input.kind == Kind::Artifact {
            bail!(Advice::new("it is compiled already", "run it with `wasmer run`"));
        }
        let written = self.source.compile(&input)?.serialize_to_file(&self.output);
        written.with_context(|| format!("unable to write `{}`", self.output.display()))
    }
}

impl Source {
    /// The file of the module.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// How it is called in messages.
    pub(super) fn name(&self) -> Cow<'_, str> {
        input::name(&self.file)
    }

    /// The machine that was named.
    pub(super) fn triple(&self) -> Option<&Triple> {
        self.target.as_ref()
    }

    /// Compiles the module, and prints what does it.
    pub(super) fn compile(&self, input: &Input<'_>) -> anyhow::Result<Module> {
        let compiler = self.compiler.clone().with_settings(&Settings::of_environment()?)?;
        let engine = compiler.engine_for(self.target(), self.fuel)?;
        match describe(&engine) {
            // What was asked for is the file.
            Err(error) if report::is_closed_output(&error) => {}
            other => other?,
        }
        let mut module = compiler.compile(&engine, input)?;
        set_default_name(&mut module, &self.file);
        Ok(module)
    }

    fn target(&self) -> Target {
        let Some(triple) = &self.target else {
            return Target::default();
        };
        let mut features = CpuFeature::set();
        features.extend(&self.cpu_features);
        features |= match triple.architecture {
            Architecture::X86_64 => CpuFeature::SSE2,
            Architecture::Aarch64(_) => CpuFeature::NEON,
            _ => return Target::new(triple.clone(), features),
        };
        Target::new(triple.clone(), features)
    }
}
