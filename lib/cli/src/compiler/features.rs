//! Options that turn proposals on and off.

use clap::Args;
use wasmer::Engine;
use wasmer::sys::{Features, NativeEngineExt};

macro_rules! feature_options {
    ($($(#[$doc:meta])* $option:ident $feature:ident = $enable:literal $(, $attribute:ident = $value:expr)*;)*) => {
        /// Proposals to turn on or off.
        #[derive(Args, Debug, Clone, Default)]
        #[command(next_help_heading = "WebAssembly proposals")]
        pub(crate) struct FeatureOptions {
            $(
                $(#[$doc])*
                #[arg(long $(, $attribute = $value)*)]
                $option: bool,
            )*
            /// Turn on every proposal that the compiler has
            #[arg(long)]
            enable_all: bool,
        }

        impl FeatureOptions {
            /// `defaults` with the options applied; `supported` is what `--enable-all` turns on.
            pub(crate) fn apply(&self, mut defaults: Features, supported: &Features) -> Features {
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

        /// Proposals, and the options that turn them on.
        const OPTIONS: &[(&str, &str)] = &[$((stringify!($feature), stringify!($option))),*];
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
    /// Turn on relaxed SIMD (on by default)
    enable_relaxed_simd relaxed_simd = true;
    /// Turn on 128-bit integer arithmetic (on by default)
    enable_wide_arithmetic wide_arithmetic = true, alias = "wide-arithmetic";
    /// Turn on memories with pages of one byte
    enable_custom_page_sizes custom_page_sizes = true;
    /// Turn on tail calls
    enable_tail_call tail_call = true, hide = true;
    /// Turn on exceptions
    enable_exceptions exceptions = true, hide = true;
    /// Turn on module linking
    enable_module_linking module_linking = true, hide = true;
}

/// Which options make `engine` accept `module`, or what it does not have, if that is why it is refused.
pub(super) fn help(engine: &Engine, module: &[u8]) -> Option<String> {
    let module = wasmer::wat2wasm(module).ok()?;
    let needed = Features::detect_from_wasm(&module).ok()?;
    let backend = engine.name().parse().ok()?;
    let supported = Engine::supported_features_for_backend(&backend, engine.target());
    let on = engine.features().iter().zip(supported.iter()).zip(needed.iter());
    let missing: Vec<(&str, bool)> = on
        .filter(|((on, _), needed)| needed.1 && !on.1)
        .map(|(((name, _), (_, supported)), _)| (name, supported))
        .collect();
    let names = |only_supported: bool| -> Vec<String> {
        let names = missing.iter().filter(|(_, supported)| *supported == only_supported);
        names.map(|(name, _)| name.replace('_', "-")).collect()
    };
    let (absent, off) = (names(false), names(true));
    if !absent.is_empty() {
        return Some(format!(
            "it needs {}, which {} does not have: build it without",
            absent.join(", "),
            engine.name()
        ));
    }
    let options: Vec<String> = OPTIONS
        .iter()
        .filter(|(feature, option)| {
            option.starts_with("enable") && off.contains(&feature.replace('_', "-"))
        })
        .map(|(_, option)| format!("`--{}`", option.replace('_', "-")))
        .collect();
    (!options.is_empty())
        .then(|| format!("it needs what is off: turn it on with {}", options.join(" ")))
}
