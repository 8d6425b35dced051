//! What is special to engines that compile to code of this machine: compilers, targets, tunables.
//!
//! All of it is in the root of the crate too.

pub use crate::artifact::ArtifactMetadata;
#[cfg(feature = "compiler")]
pub use crate::engine::get_default_compiler_config;
pub use crate::engine::{EngineBuilder, NativeEngineExt};
pub use crate::vm;
#[cfg(feature = "compiler")]
pub use wasmer_compiler::{
    CompilerConfig, FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware, wasmparser,
};
#[cfg(feature = "cranelift")]
pub use wasmer_compiler_cranelift::{Cranelift, CraneliftOptLevel};
pub use wasmer_types::Features;
pub use wasmer_types::target::{
    Aarch64Architecture, Architecture, CallingConvention, CpuFeature, HOST, OperatingSystem,
    Target, Triple,
};
pub use wasmer_vm::{
    BaseTunables, TrapHandlerFn, Tunables, VMConfig, drain_stack_pool, set_stack_size,
    stack_size as get_stack_size,
};
