//! From [`Features`] to what the validator may accept, and from its errors to ours.

use wasmer_types::{CompileError, Features};
use wasmparser::WasmFeatures;

/// The flags of wasmparser for each field of [`Features`] that stands for a proposal.
macro_rules! proposals {
    ($($field:ident => $($flag:ident)|+;)*) => {
        fn optional(features: &Features) -> WasmFeatures {
            let mut flags = WasmFeatures::empty();
            $(flags.set($(WasmFeatures::$flag)|+, features.$field);)*
            flags
        }
    };
}

proposals! {
    threads => THREADS;
    reference_types => REFERENCE_TYPES;
    simd => SIMD;
    bulk_memory => BULK_MEMORY;
    multi_value => MULTI_VALUE;
    tail_call => TAIL_CALL;
    multi_memory => MULTI_MEMORY;
    memory64 => MEMORY64;
    exceptions => EXCEPTIONS;
    relaxed_simd => RELAXED_SIMD;
    extended_const => EXTENDED_CONST;
    wide_arithmetic => WIDE_ARITHMETIC;
    function_references => FUNCTION_REFERENCES;
    gc => GC;
    custom_page_sizes => CUSTOM_PAGE_SIZES;
}

/// What every module may use. `GC_TYPES` and `FLOATS` are no proposals: they would forbid `externref` and floats.
const ALWAYS_ON: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::GC_TYPES);

/// Beginnings of errors for proposals that are off, with which wasmparser does not say which one it is.
const UNFLAGGED: &[(&str, WasmFeatures)] = &[
    ("multiple memories", WasmFeatures::MULTI_MEMORY),
    ("multiple tables", WasmFeatures::REFERENCE_TYPES),
    ("data count section requires", WasmFeatures::BULK_MEMORY),
];

/// Which proposals a module may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// Accepted.
    on: WasmFeatures,
    /// Asked for, but the compiler does not have them.
    missing: WasmFeatures,
}

impl Proposals {
    /// Those that are on in `requested`.
    pub fn new(requested: &Features) -> Self {
        Self { on: ALWAYS_ON | optional(requested), missing: WasmFeatures::empty() }
    }

    /// Those that are on in `requested` and in `supported`. A module that uses one that is only requested is refused
    /// with [`CompileError::UnsupportedFeature`].
    pub fn supported(requested: &Features, supported: &Features) -> Self {
        let (requested, supported) = (optional(requested), optional(supported));
        Self { on: ALWAYS_ON | (requested & supported), missing: requested - supported }
    }

    /// The flags for wasmparser.
    pub(crate) fn flags(&self) -> WasmFeatures {
        self.on
    }

    /// Our error for one of wasmparser: the text ends with the byte offset and names the proposal that is not on.
    #[cold]
    pub(crate) fn error(&self, error: &wasmparser::Error) -> CompileError {
        let unflagged = || {
            let known = UNFLAGGED.iter().find(|(start, _)| error.message().starts_with(start));
            known.map(|(_, flags)| *flags)
        };
        let Some(flags) = error.missing_wasm_feature().or_else(unflagged) else {
            return CompileError::Validate(error.to_string());
        };
        let (reason, offset) = (error.message(), error.offset());
        let name = name(flags);
        if self.missing.intersects(flags) {
            CompileError::UnsupportedFeature(format!(
                "{reason}: this compiler does not have the proposal {name} (at offset 0x{offset:x})"
            ))
        } else {
            CompileError::Validate(format!(
                "{reason}: the proposal {name} is off (at offset 0x{offset:x})"
            ))
        }
    }
}

/// Error for something that no compiler of ours has.
#[cold]
pub(crate) fn unsupported(what: &str, proposal: &str, offset: u64) -> CompileError {
    CompileError::UnsupportedFeature(format!(
        "{what}: the proposal {proposal} is not supported (at offset 0x{offset:x})"
    ))
}

/// The name of the first proposal in `flags` as the WebAssembly community writes it, for example `tail-call`.
fn name(flags: WasmFeatures) -> String {
    let first = flags.iter_names().next().map_or("unknown", |(name, _)| name);
    first.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_flag() {
        let none = Proposals::new(&Features::none()).flags();
        assert_eq!(none, ALWAYS_ON);
        // `module_linking` is withdrawn; all others change something.
        let all = Proposals::new(&Features::all()).flags() - none;
        assert_eq!(all.iter_names().count(), Features::all().iter().count() - 1);
    }

    #[test]
    fn names_are_those_of_the_community() {
        assert_eq!(name(WasmFeatures::TAIL_CALL), "tail-call");
        assert_eq!(name(WasmFeatures::REFERENCE_TYPES), "reference-types");
    }
}
