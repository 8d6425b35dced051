//! Options that choose and configure the compiler, shared by the commands.

use anyhow::Context;
use clap::Args;
use wasmer::sys::{CompilerConfig, EngineBuilder, Features, Target};
use wasmer::{BackendKind, Engine, Module};

use crate::input::Input;
use crate::progress;

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

    /// Replace NaNs that arithmetic produces by the canonical NaN
    #[arg(long)]
    enable_nan_canonicalization: bool,

    /// Run the compiler's checks of its own intermediate representation
    #[arg(long)]
    enable_verifier: bool,

    #[command(flatten)]
    features: FeatureOptions,
}

macro_rules! feature_options {
    ($($(#[$doc:meta])* $option:ident $feature:ident = $enable:literal;)*) => {
        /// Proposals to turn on or off.
        #[derive(Args, Debug, Clone, Default)]
        #[command(next_help_heading = "WebAssembly proposals")]
        struct FeatureOptions {
            $(
                $(#[$doc])*
                #[arg(long)]
                $option: bool,
            )*
            /// Turn on every proposal that the compiler has
            #[arg(long)]
            enable_all: bool,
        }

        impl FeatureOptions {
            /// `defaults` with the options applied; `supported` is what `--enable-all` turns on.
            fn apply(&self, mut defaults: Features, supported: &Features) -> Features {
                if self.enable_all {
                    defaults.extend(supported);
                }
                $(
                    if self.$option {
                        defaults.$feature($enable);
                    }
                )*
                defaults
            }
        }
    };
}

feature_options! {
    /// Turn on SIMD (on by default)
    enable_simd simd = true;
    /// Turn off threads and shared memories
    disable_threads threads = false;
    /// Turn on threads and shared memories (on by default)
    enable_threads threads = true;
    /// Turn on reference types (on by default)
    enable_reference_types reference_types = true;
    /// Turn on several results (on by default)
    enable_multi_value multi_value = true;
    /// Turn on bulk memory operations (on by default)
    enable_bulk_memory bulk_memory = true;
    /// Turn on several memories (on by default)
    enable_multi_memory multi_memory = true;
    /// Turn on extended constant expressions (on by default)
    enable_extended_const extended_const = true;
    /// Turn on memories and tables with 64-bit indices
    enable_memory64 memory64 = true;
    /// Turn on relaxed SIMD
    enable_relaxed_simd relaxed_simd = true;
    /// Turn on 128-bit integer arithmetic
    enable_wide_arithmetic wide_arithmetic = true;
    /// Turn on memories with pages of one byte
    enable_custom_page_sizes custom_page_sizes = true;
}

impl CompilerOptions {
    /// An engine for this machine.
    pub(crate) fn engine(&self) -> anyhow::Result<Engine> {
        self.engine_for(Target::default())
    }

    /// An engine with the compiler and the proposals asked for, which compiles for `target`.
    pub(crate) fn engine_for(&self, target: Target) -> anyhow::Result<Engine> {
        let mut config = self.config()?;
        if self.enable_nan_canonicalization {
            config.canonicalize_nans(true);
        }
        if self.enable_verifier {
            config.enable_verifier();
        }
        let features = self.features.apply(
            config.default_features_for_target(&target),
            &config.supported_features_for_target(&target),
        );
        Ok(EngineBuilder::new(config)
            .set_target(Some(target))
            .set_features(Some(features))
            .engine())
    }

    /// Compiles a module in binary or text format, and shows the progress if it takes long.
    pub(crate) fn compile(&self, engine: &Engine, input: &Input<'_>) -> anyhow::Result<Module> {
        progress::compile(engine, &input.bytes)
            .with_context(|| format!("unable to compile `{}`", input.path.display()))
    }

    /// Whether somebody wants to see the compiler work, so that what it has done before is of no use.
    pub(crate) fn is_for_debugging(&self) -> bool {
        self.enable_verifier
    }

    fn config(&self) -> anyhow::Result<Box<dyn CompilerConfig>> {
        self.backend()?.config().context("this `wasmer` was built without a compiler")
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
        Ok(BackendKind::default())
    }
}

/// The compiler that is off by default. People know the option, so it is there anyway.
fn llvm() -> anyhow::Result<BackendKind> {
    let how = "this `wasmer` was built without LLVM: build it with `--features llvm`, which needs LLVM 22";
    "llvm".parse().context(how)
}
