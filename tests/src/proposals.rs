//! Which proposals there are tests for, and which compiler has them: the one table of it.

use wasmer::BackendKind;
use wasmer::sys::Features;
use wasmparser::{Validator, WasmFeatures};

/// Whether a compiler has a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It has.
    Yes,
    /// It has not, for this reason.
    No(&'static str),
}
use Support::{No, Yes};

/// The names of the compilers, built in or not, in the order of the columns of [`TABLE`].
pub const COLUMNS: [&str; 3] = ["cranelift", "singlepass", "llvm"];

/// A folder of the official suite.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Name of the folder: a proposal, or `spec` for the core of WebAssembly 3.0, of which some modules mix in
    /// what we don't have, or `spec-2.0`.
    pub folder: &'static str,
    /// What else is on when its scripts run.
    pub era: Era,
    /// A column per compiler, in the order of [`COLUMNS`].
    pub support: [Support; COLUMNS.len()],
}

impl Row {
    /// What `compiler` says to the proposal.
    pub fn support(&self, compiler: BackendKind) -> Support {
        let column = COLUMNS.iter().position(|name| *name == compiler.name());
        self.support[column.expect("it is one of all")]
    }
}

/// The proposals that the authors of a script took for granted: scripts say of things that are valid today
/// that they are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// WebAssembly 2.0.
    Wasm2,
    /// WebAssembly 2.0 with threads.
    Threads,
    /// WebAssembly 2.0 with 64-bit memories.
    Memory64,
    /// Everything that we have.
    Today,
}

impl Era {
    /// The proposals that are on.
    pub fn features(self) -> Features {
        let mut features = Features::none();
        features.reference_types(true).simd(true).bulk_memory(true).multi_value(true);
        match self {
            Self::Wasm2 => {}
            Self::Threads => features.threads = true,
            Self::Memory64 => features.memory64 = true,
            Self::Today => {
                features.threads(true).relaxed_simd(true).extended_const(true).multi_memory(true);
                features.memory64(true).custom_page_sizes(true).wide_arithmetic(true);
            }
        }
        features
    }
}

const LATER: Support = No("tail calls, exceptions, typed function references and GC come together");

/// The folders of the suite. Scripts of a folder that a compiler does not have are listed as ignored; single
/// modules in other folders are left out if [`later_proposal`] names one, and counted
/// ([`suite::LEFT_OUT`](crate::suite::LEFT_OUT)).
pub const TABLE: &[Row] = &[
    row("spec", Era::Today, [Yes; 3]),
    row("spec-2.0", Era::Wasm2, [Yes; 3]),
    row("annotations", Era::Today, [Yes; 3]),
    row("bulk-memory", Era::Today, [Yes; 3]),
    row("custom-page-sizes", Era::Today, [Yes; 3]),
    row("extended-const", Era::Today, [Yes; 3]),
    row("memory64", Era::Memory64, [Yes; 3]),
    row("multi-memory", Era::Today, [Yes; 3]),
    row("multi-value", Era::Wasm2, [Yes; 3]),
    row("mutable-global", Era::Wasm2, [Yes; 3]),
    row("nontrapping-float-to-int-conversions", Era::Wasm2, [Yes; 3]),
    row("reference-types", Era::Wasm2, [Yes; 3]),
    row("relaxed-simd", Era::Today, [Yes; 3]),
    row("sign-extension-ops", Era::Wasm2, [Yes; 3]),
    row("simd", Era::Today, [Yes; 3]),
    row("threads", Era::Threads, [Yes; 3]),
    row("wide-arithmetic", Era::Today, [Yes; 3]),
    row("tail-call", Era::Today, [LATER; 3]),
    row("exceptions", Era::Today, [LATER; 3]),
    row("function-references", Era::Today, [LATER; 3]),
    row("gc", Era::Today, [LATER; 3]),
    row("custom-descriptors", Era::Today, [No("depends on GC"); 3]),
];

const fn row(folder: &'static str, era: Era, support: [Support; COLUMNS.len()]) -> Row {
    Row { folder, era, support }
}

/// The proposals that no compiler has yet, as errors name them.
const LATER_PROPOSALS: &[(&str, WasmFeatures)] = &[
    ("tail-call", WasmFeatures::TAIL_CALL),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("function-references", WasmFeatures::FUNCTION_REFERENCES),
    ("gc", WasmFeatures::GC),
    ("custom-descriptors", WasmFeatures::CUSTOM_DESCRIPTORS),
];

/// The proposal, of those that no compiler has yet, because of which this module is refused when `features`
/// are on. It may be invalid for another reason too.
pub fn later_proposal(wasm: &[u8], features: &Features) -> Option<&'static str> {
    let features = wasm_features(features);
    let error = Validator::new_with_features(features).validate_all(wasm).err()?;
    let missing = error.missing_wasm_feature()?;
    let named = LATER_PROPOSALS.iter().find(|(_, feature)| missing.intersects(*feature));
    named.map(|(name, _)| *name)
}

/// The same set for wasmparser.
fn wasm_features(features: &Features) -> WasmFeatures {
    let mut set = WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES;
    for (on, feature) in [
        (features.threads, WasmFeatures::THREADS),
        (features.reference_types, WasmFeatures::REFERENCE_TYPES),
        (features.simd, WasmFeatures::SIMD),
        (features.bulk_memory, WasmFeatures::BULK_MEMORY),
        (features.multi_value, WasmFeatures::MULTI_VALUE),
        (features.multi_memory, WasmFeatures::MULTI_MEMORY),
        (features.memory64, WasmFeatures::MEMORY64),
        (features.relaxed_simd, WasmFeatures::RELAXED_SIMD),
        (features.extended_const, WasmFeatures::EXTENDED_CONST),
        (features.wide_arithmetic, WasmFeatures::WIDE_ARITHMETIC),
        (features.custom_page_sizes, WasmFeatures::CUSTOM_PAGE_SIZES),
    ] {
        set.set(feature, on);
    }
    set
}
