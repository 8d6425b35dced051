//! From [`Features`] to what the validator may accept, and from its errors to ours.

use wasmer_types::{CompileError, Features, missing_proposals};
use wasmparser::WasmFeatures;

/// The proposals that our compilers have: all of them have the same.
pub fn implemented_features() -> Features {
    let mut features = Features::all();
    features
        .tail_call(false)
        .module_linking(false)
        .exceptions(false)
        .function_references(false)
        .gc(false);
    features
}

/// The proposals that are on in engines of our compilers when the user does not say.
pub fn usual_features() -> Features {
    let mut features = Features::default();
    features.relaxed_simd(true).wide_arithmetic(true);
    features
}

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
        Self { on: requested.validator_flags(), missing: WasmFeatures::empty() }
    }

    /// Those that are on in `requested` and in `supported`. A module that uses one that is only requested is refused
    /// with [`CompileError::UnsupportedFeature`].
    pub fn supported(requested: &Features, supported: &Features) -> Self {
        let (requested, supported) = (requested.validator_flags(), supported.validator_flags());
        Self { on: requested & supported, missing: requested - supported }
    }

    /// The flags for wasmparser.
    pub(crate) fn flags(&self) -> WasmFeatures {
        self.on
    }

    /// Our error for one of wasmparser: the text ends with the byte offset and names the proposal that is not on.
    #[cold]
    pub(crate) fn error(&self, error: &wasmparser::Error) -> CompileError {
        let Some(flags) = missing_proposals(error) else {
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
        assert!(none.contains(WasmFeatures::SIGN_EXTENSION) && !none.contains(WasmFeatures::SIMD));
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
