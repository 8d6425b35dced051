//! What a module may need at most.
//!
//! The limits keep the time and memory that a compilation takes in proportion to the size of the module, every
//! offset in a VM context below 2³¹, and every call within reach. They are those that engines agreed on
//! ([JavaScript embedding, *Implementation-defined limits*](https://webassembly.github.io/spec/js-api/#limits))
//! where these exist. A module that passes one is refused with [`CompileError::Validate`] (what wasmparser checks)
//! or [`CompileError::Resource`] (what we check).

use wasmer_types::CompileError;

macro_rules! limits {
    ($($name:ident: $ty:ty = $value:expr, $checked_by:literal, $what:literal;)*) => {
        $(
            #[doc = concat!("Limit on ", $what, ". Checked by ", $checked_by, ".")]
            pub const $name: $ty = $value;
        )*

        /// Name, value and meaning of each limit, for documentation.
        pub const ALL: &[(&str, u64, &str)] = &[$((stringify!($name), $value as u64, $what),)*];
    };
}

limits! {
    MODULE_SIZE: usize = 1 << 30, "us", "the bytes of a module";
    TYPES: usize = 1_000_000, "wasmparser", "the types of a module";
    FUNCTIONS: usize = 1_000_000, "wasmparser", "the functions of a module, imported ones included";
    IMPORTS: usize = 1_000_000, "wasmparser", "the imports of a module";
    EXPORTS: usize = 1_000_000, "wasmparser", "the exports of a module";
    INTERFACE_SIZE: usize = 999_998, "wasmparser",
        "the imports and exports of a module, that of a function counted with its parameters and results";
    GLOBALS: usize = 1_000_000, "wasmparser", "the globals of a module, imported ones included";
    TABLES: usize = 100_000, "wasmparser", "the tables of a module, imported ones included";
    MEMORIES: usize = 100, "wasmparser", "the memories of a module, imported ones included";
    TAGS: usize = 1_000_000, "wasmparser", "the tags of a module, imported ones included";
    ELEMENT_SEGMENTS: usize = 100_000, "wasmparser", "the element segments of a module";
    DATA_SEGMENTS: usize = 100_000, "wasmparser", "the data segments of a module";
    SEGMENT_ITEMS: usize = 10_000_000, "wasmparser", "the items of an element segment";
    PARAMETERS: usize = 1_000, "wasmparser", "the parameters of a function";
    RESULTS: usize = 1_000, "wasmparser", "the results of a function";
    LOCALS: usize = 50_000, "wasmparser", "the locals of a function, parameters included";
    FUNCTION_SIZE: usize = 7_654_321, "wasmparser", "the bytes of a function body";
    CONSTANT_OPERATORS: usize = 10_000, "us", "the operators of a constant expression";
    NESTING: usize = 50_000, "us", "the depth to which blocks are nested in a function";
    BRANCH_TABLE: usize = 1_000_000, "us", "the labels of a `br_table`";
    PASSED_VALUES: usize = 10_000_000, "us",
        "the operands that the calls, branches and blocks of a function pass on, all taken together";
    TEXT_SIZE: usize = i32::MAX as usize, "us", "the bytes of the machine code of a module";
}

/// Error for a limit of ours that was passed at byte `offset` of the module.
#[cold]
pub(crate) fn passed(what: &str, limit: usize, offset: u64) -> CompileError {
    CompileError::Resource(format!("{what}: more than {limit} (at offset 0x{offset:x})"))
}
