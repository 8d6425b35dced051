//! Options that choose and configure the compiler, shared by the commands.

mod features;
mod level;

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use tracing::{debug, info_span};
use wasmer::sys::{CompilerConfig, Debugger, EngineBuilder, Target};
use wasmer::wasmparser::Operator;
use wasmer::{BackendKind, Engine, Module, NativeEngineExt};
use wasmer_middlewares::Metering;

use self::features::FeatureOptions;
pub(crate) use self::level::OptLevel;
use crate::input::{Input, Kind};
use crate::report::{Advice, Refusal};
use crate::settings::Settings;
use crate::{diagnose, progress};

/// The compiler and the proposals that are on.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Compiler")]
pub(crate) struct CompilerOptions {
    /// Compile with Cranelift (the default)
    #[cfg(feature = "cranelift")]
    #[arg(short, long, group = "backend")]
    cranelift: bool,

    /// Compile with Singlepass: done much sooner, with slower code
    #[cfg(feature = "singlepass")]
    #[arg(short, long, group = "backend")]
    singlepass: bool,

    /// Compile with LLVM: the fastest code, which takes long to make
    #[arg(short, long, group = "backend", hide = llvm().is_err())]
    llvm: bool,

    /// How much the compiler works to make code fast; Singlepass has no levels [default: its best]
    #[arg(short = 'O', long, value_name = "LEVEL")]
    opt_level: Option<OptLevel>,

    /// How many threads compile [default: one for each processor]
    #[arg(long, value_name = "N", alias = "llvm-num-threads")]
    compiler_threads: Option<NonZero<usize>>,

    /// Replace NaNs that arithmetic produces by the canonical NaN, so that results are the same on all machines
    #[arg(long)]
    enable_nan_canonicalization: bool,

    /// Run the compiler's checks of its own intermediate representation
    #[arg(long)]
    enable_verifier: bool,

    /// Write what the compiler makes of each function, stage by stage, to files in DIR; turns the cache off
    #[arg(long, value_name = "DIR", alias = "llvm-debug-dir")]
    compiler_debug_dir: Option<PathBuf>,

    /// Tell a profiler or debugger about the functions (docs/profiling.md)
    #[arg(long, value_name = "KIND", alias = "profile", value_enum)]
    profiler: Option<Profiler>,

    #[command(flatten)]
    ineffective: Ineffective,

    #[command(flatten)]
    features: FeatureOptions,

    /// The compiler if none is named.
    #[arg(skip)]
    default_backend: BackendKind,

    /// The level if none is named, for compilers that have levels.
    #[arg(skip)]
    default_level: Option<OptLevel>,
}

/// Options for what is always so here. They are accepted, as scripts for other versions name them.
#[derive(Args, Debug, Clone, Default)]
struct Ineffective {
    #[arg(long, hide = true)]
    experimental_artifact: bool,
    #[arg(long, hide = true)]
    disable_non_volatile_memops: bool,
    #[arg(long, hide = true)]
    enable_experimental_unaligned_memory_accesses: bool,
    #[arg(long, hide = true, value_parser = ["sha256", "xxhash"])]
    hash_algorithm: Option<String>,
    /// A backend of other versions.
    #[arg(long, hide = true, group = "backend")]
    v8: bool,
}

/// Programs that look at running code.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profiler {
    /// `perf`, by the names of functions in `/tmp/perf-PID.map`
    Perfmap,
    /// `perf`, by `jit-PID.dump` in the current directory, with the code for `perf annotate`
    Jitdump,
    /// gdb, which reads artifacts: nothing more is needed
    Gdb,
    /// lldb, which reads artifacts: nothing more is needed
    Lldb,
}

impl CompilerOptions {
    /// These options, with the settings where they don't say anything.
    pub(crate) fn with_settings(mut self, settings: &Settings) -> anyhow::Result<Self> {
        self.default_backend = settings.backend()?.unwrap_or_default();
        self.default_level = settings.opt_level()?;
        if self.compiler_threads.is_none() {
            self.compiler_threads = settings.threads()?;
        }
        Ok(self)
    }

    /// An engine for this machine.
    pub(crate) fn engine(&self) -> anyhow::Result<Engine> {
        self.engine_for(Target::default(), None)
    }

    /// An engine with the compiler and the proposals asked for, which compiles for `target`. With `fuel`, modules can
    /// execute only so many operators.
    pub(crate) fn engine_for(&self, target: Target, fuel: Option<u64>) -> anyhow::Result<Engine> {
        let mut config = self.config()?;
        if self.enable_nan_canonicalization {
            config.canonicalize_nans(true);
        }
        if self.enable_verifier {
            config.enable_verifier();
        }
        match self.profiler {
            Some(Profiler::Perfmap) => config.enable_perfmap(),
            Some(Profiler::Gdb) => config.enable_debugger(Debugger::Gdb),
            Some(Profiler::Lldb) => config.enable_debugger(Debugger::Lldb),
            Some(Profiler::Jitdump) | None => {}
        }
        if let Some(fuel) = fuel {
            let metering = Metering::new(fuel, cost).with_id("wasmer-cli: operators");
            config.push_middleware(Arc::new(metering));
        }
        let features = self.features.apply(
            config.default_features_for_target(&target),
            &config.supported_features_for_target(&target),
        );
        let engine = EngineBuilder::new(config)
            .set_target(Some(target))
            .set_features(Some(features))
            .engine();
        debug!(compiler = %engine.deterministic_id(), target = %engine.target().triple(), "engine");
        Ok(engine)
    }

    /// Compiles a module in binary or text format, and shows the progress if it takes long.
    pub(crate) fn compile(&self, engine: &Engine, input: &Input<'_>) -> anyhow::Result<Module> {
        let (file, bytes) = (input.name(), input.bytes.len());
        let _span = info_span!("compile", %file, bytes, compiler = engine.name()).entered();
        progress::compile(engine, &input.bytes).map_err(|error| {
            let error = anyhow::Error::from(error);
            explain(error, engine, input).context(format!("unable to compile `{}`", input.name()))
        })
    }

    /// Whether somebody wants to see the compiler work, so that what it has done before is of no use.
    pub(crate) fn is_for_debugging(&self) -> bool {
        self.enable_verifier || self.compiler_debug_dir.is_some()
    }

    /// The profiler that is to know the functions.
    pub(crate) fn profiler(&self) -> Option<Profiler> {
        self.profiler
    }

    /// The compiler asked for.
    fn backend(&self) -> anyhow::Result<BackendKind> {
        #[cfg(feature = "cranelift")]
        if self.cranelift {
            return Ok(BackendKind::Cranelift);
        }
        #[cfg(feature = "singlepass")]
        if self.singlepass {
            return Ok(BackendKind::Singlepass);
        }
        if self.llvm {
            return llvm();
        }
        if self.ineffective.v8 {
            return Err(Refusal::error(
                "`--v8` is of other versions of wasmer: there is no V8 in this one",
                "leave it out, or choose --cranelift, --singlepass or --llvm",
            ));
        }
        Ok(self.default_backend)
    }

    /// The settings of the compiler asked for.
    fn config(&self) -> anyhow::Result<Box<dyn CompilerConfig>> {
        let backend = self.backend()?;
        /// The settings that all compilers have as methods of their own.
        macro_rules! configure {
            ($config:ident, $callbacks:ident) => {{
                if let Some(threads) = self.compiler_threads {
                    $config.num_threads(threads);
                }
                if let Some(dir) = &self.compiler_debug_dir {
                    let callbacks = wasmer::sys::$callbacks::new(dir.join(backend.name()));
                    let failure = || format!("unable to write to `{}`", dir.display());
                    $config.callbacks(Some(callbacks.with_context(failure)?));
                }
                Ok(Box::new($config))
            }};
        }
        match backend {
            #[cfg(feature = "cranelift")]
            BackendKind::Cranelift => {
                let mut config = wasmer::sys::Cranelift::default();
                if let Some(level) = self.opt_level.or(self.default_level) {
                    config.opt_level(level.cranelift());
                }
                configure!(config, CraneliftCallbacks)
            }
            #[cfg(any(feature = "llvm", feature = "llvm-static"))]
            BackendKind::LLVM => {
                let mut config = wasmer::sys::LLVM::default();
                if let Some(level) = self.opt_level.or(self.default_level) {
                    config.opt_level(level.llvm());
                }
                configure!(config, LLVMCallbacks)
            }
            #[cfg(feature = "singlepass")]
            BackendKind::Singlepass => {
                if self.opt_level.is_some() {
                    bail!(Advice::new(
                        "Singlepass makes code in one way only: it has no --opt-level",
                        "leave it out, or compile with --cranelift or --llvm",
                    ));
                }
                let mut config = wasmer::sys::Singlepass::default();
                configure!(config, SinglepassCallbacks)
            }
            other => other.config().context("this `wasmer` was built without a compiler"),
        }
    }
}

/// What an operator costs: 1, unless it stands for no work.
pub(crate) fn cost(operator: &Operator<'_>) -> u64 {
    use Operator as O;
    match operator {
        O::Block { .. } | O::Loop { .. } | O::End | O::Else | O::Nop | O::Drop => 0,
        _ => 1,
    }
}

/// The compiler that is off by default. People know the option, so it is there anyway.
fn llvm() -> anyhow::Result<BackendKind> {
    let how = "this `wasmer` was built without LLVM: build it with `--features llvm`, which needs LLVM 22";
    "llvm".parse().context(how)
}

/// Why a module could not be compiled, and what to do.
pub(crate) fn explain(error: anyhow::Error, engine: &Engine, input: &Input<'_>) -> anyhow::Error {
    if input.kind == Kind::Binary
        && let Some(advice) = diagnose::truncation(&input.name(), &input.bytes)
    {
        return error.context(advice);
    }
    if input.kind == Kind::Text && is_script(&input.bytes) {
        let help = "it looks like a script of the specification tests: run it with `wasmer wast`";
        return Advice::on(error, help);
    }
    match features::help(engine, &input.bytes) {
        Some(help) => Advice::on(error, help),
        None => error,
    }
}

/// Whether there are assertions in a text.
fn is_script(text: &[u8]) -> bool {
    let starts = [&b"(assert_"[..], b"(register ", b"(invoke "];
    text.split(|&byte| byte == b'\n')
        .any(|line| starts.iter().any(|start| line.trim_ascii_start().starts_with(start)))
}
