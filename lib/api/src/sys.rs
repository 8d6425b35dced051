//! What is special to engines that compile to code of this machine: compilers, targets, tunables.
//!
//! All of it is in the root of the crate too.

pub use crate::artifact::ArtifactMetadata;
pub use crate::compiled::{Artifact, ArtifactId, FunctionBodyPtr, FunctionExtent};
#[cfg(feature = "compiler")]
pub use crate::engine::get_default_compiler_config;
pub use crate::engine::{EngineBuilder, NativeEngineExt};
pub use crate::vm;
#[cfg(feature = "compiler")]
pub use wasmer_compiler::{
    CompilerConfig, Debugger, FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware,
    ModuleMiddlewareChain, wasmparser,
};
#[cfg(feature = "cranelift")]
pub use wasmer_compiler_cranelift::{Cranelift, CraneliftCallbacks, CraneliftOptLevel};
pub use wasmer_types::Features;
pub use wasmer_types::target::{
    Aarch64Architecture, Architecture, BinaryFormat, CallingConvention, CpuFeature, Endianness,
    Environment, HOST, OperatingSystem, PointerWidth, Target, Triple, UserCompilerOptimizations,
    Vendor,
};
pub use wasmer_vm::{
    BaseTunables, TrapHandlerFn, Tunables, VMConfig, set_stack_size, stack_size as get_stack_size,
};
