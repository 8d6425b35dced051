//! What the compilers and the runtime of `wasmer` agree on.
//!
//! This crate holds the vocabulary of the whole system and no machinery: WebAssembly types and index
//! spaces, the description of a module ([`ModuleInfo`]), the layout of the structures that compiled code
//! reads ([`layout`]), the functions that compiled code may call in the runtime ([`builtins`]), the reasons
//! for which it may trap ([`TrapCode`]), and the form in which a compiled module travels from a compiler to
//! the runtime ([`image`]).
//!
//! Nothing here knows a compiler or the virtual machine. Both depend on this crate, and each fact that they
//! share is written here once.
//!
//! ```text
//!                 wasmer-types
//!                 ↑          ↑
//!        wasmer-compiler   wasmer-vm
//!                 ↑          ↑
//!              the crate `wasmer`
//! ```
#![forbid(unsafe_code)]

pub mod artifact;
pub mod builtins;
pub mod error;
mod features;
pub mod image;
mod indices;
mod init;
pub mod layout;
mod module;
mod module_hash;
mod names;
mod offsets;
mod progress;
#[cfg(feature = "detect-wasm-features")]
mod proposals;
mod store_id;
mod style;
pub mod target;
mod trap;
mod types;
mod units;
mod value;

/// What 4.x has below this path.
pub mod compilation {
    pub use crate::target;
}

/// Typed indices and the maps keyed by them.
pub mod entity {
    pub use cranelift_entity::{
        BoxedSlice, EntityRef, Iter, IterMut, Keys, PrimaryMap, SecondaryMap, entity_impl,
        packed_option,
    };
}

pub use crate::builtins::{BuiltinEffect, BuiltinFunction, BuiltinType};
pub use crate::error::{
    AtomicsError, CompileError, DeserializeError, ImportError, MemoryError, MiddlewareError,
    ParseCpuFeatureError, PreInstantiationError, SerializeError, WasmError, WasmResult,
};
pub use crate::features::Features;
pub use crate::indices::{
    CustomSectionIndex, DataIndex, ElemIndex, ExportIndex, FuncRefIndex, FunctionIndex,
    GlobalIndex, ImportIndex, LocalFunctionIndex, LocalGlobalIndex, LocalMemoryIndex,
    LocalTableIndex, LocalTagIndex, MemoryIndex, SignatureIndex, TableIndex, TagIndex,
};
pub use crate::init::{
    DataPlacement, DataSegment, ElementItems, ElementPlacement, ElementSegment, GlobalInit,
    InitExpr, InitExprOp,
};
pub use crate::module::{ExportsIterator, ImportKey, ImportsIterator, ModuleInfo};
pub use crate::module_hash::{HashAlgorithm, ModuleHash};
pub use crate::names::FunctionNames;
pub use crate::offsets::{DefinitionLocation, VM_CONTEXT_ALIGN, VMOffsets};
pub use crate::progress::{CompilationProgress, CompilationProgressCallback, UserAbort};
#[cfg(feature = "detect-wasm-features")]
pub use crate::proposals::missing_proposals;
pub use crate::store_id::StoreId;
pub use crate::style::{MemoryStyle, TableStyle};
pub use crate::target::{
    Aarch64Architecture, Architecture, BinaryFormat, CallingConvention, CpuFeature, Endianness,
    Environment, OperatingSystem, PointerWidth, Target, Triple, UserCompilerOptimizations, Vendor,
};
pub use crate::trap::TrapCode;
pub use crate::types::{
    ExportType, ExternType, FunctionType, GlobalType, ImportType, IndexType, MemoryFormat,
    MemoryType, Mutability, SignatureHash, TableType, TagKind, TagType, Type, V128,
};
pub use crate::units::{
    Bytes, PageCountOutOfRange, Pages, WASM_MAX_PAGES, WASM_MIN_PAGES, WASM_PAGE_SIZE,
    WASM_PAGE_SIZE_LOG2,
};
pub use crate::value::RawValue;

/// Version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
