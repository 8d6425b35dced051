//! What is special to engines that compile to code of this machine: compilers, targets, tunables.
//!
//! All of it is in the root of the crate too, as in `wasmer` 4. In `wasmer` 7 it is only here, and handles have the
//! methods `as_sys`, `as_sys_mut` and `into_sys` that give what the native backend has for them. Here that is the
//! handle itself.
//!
//! ```
//! use wasmer::sys::{engine, EngineBuilder, Target};
//! use wasmer::Engine;
//!
//! let engine: Engine = EngineBuilder::headless().set_target(Some(Target::default())).engine();
//! let native: &engine::Engine = engine.as_sys();
//! assert!(engine.is_sys() && native.id() == engine.id());
//! ```

pub use self::names::*;
use crate::engine::Engine;
use crate::objects::StoreObjects;

/// What is in the root of the crate too.
pub(crate) mod names {
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
    #[cfg(feature = "llvm-backend")]
    pub use wasmer_compiler_llvm::{LLVM, LLVMCallbacks, LLVMOptLevel};
    #[cfg(feature = "singlepass")]
    pub use wasmer_compiler_singlepass::{Singlepass, SinglepassCallbacks};
    pub use wasmer_types::target::{
        Aarch64Architecture, Architecture, BinaryFormat, CallingConvention, CpuFeature, Endianness,
        Environment, HOST, OperatingSystem, PointerWidth, Target, Triple,
        UserCompilerOptimizations, Vendor,
    };
    pub use wasmer_types::{Features, MiddlewareError};
    pub use wasmer_vm::{
        BaseTunables, TrapHandlerFn, Tunables, VMConfig, drain_stack_pool, set_stack_size,
        stack_size as get_stack_size,
    };
}

/// The modules of `wasmer` 7, and the methods of the handles in them.
macro_rules! backend {
    ($($(#[$doc:meta])* $area:ident { $($handle:ident),* } $($path:path),*;)*) => {$(
        $(#[$doc])*
        pub mod $area {
            pub use crate::{$($handle),*};
            $(pub use $path;)*
        }

        $(impl crate::$handle {
            /// The handle of the native backend, which is this one.
            pub fn as_sys(&self) -> &Self {
                self
            }

            /// The handle of the native backend, to change, which is this one.
            pub fn as_sys_mut(&mut self) -> &mut Self {
                self
            }

            /// The handle of the native backend, which is this one.
            pub fn into_sys(self) -> Self {
                self
            }
        })*
    )*};
}

backend! {
    /// Engines.
    engine { Engine } super::Artifact, super::EngineBuilder, super::NativeEngineExt, super::BaseTunables, super::Tunables,
        super::VMConfig;
    /// Exceptions.
    exception { Exception };
    /// References to values of the host.
    external { ExternRef };
    /// Functions.
    function { Function } crate::FunctionEnv, crate::FunctionEnvMut, crate::TypedFunction;
    /// Globals.
    global { Global };
    /// Instances.
    instance { Instance };
    /// Memories.
    memory { Memory } crate::MemoryView, crate::SharedMemory;
    /// Modules.
    module { Module };
    /// Stores.
    store { Store } crate::StoreId, crate::StoreMut, crate::StoreObjects, crate::StoreRef;
    /// Tables.
    table { Table };
    /// Tags.
    tag { Tag };
}

impl Engine {
    /// Whether it compiles to code of a machine, which holds for all.
    pub fn is_sys(&self) -> bool {
        true
    }
}

impl StoreObjects {
    /// What the native backend keeps in a store, which is this.
    pub fn as_sys(&self) -> &Self {
        self
    }

    /// What the native backend keeps in a store, to change, which is this.
    pub fn as_sys_mut(&mut self) -> &mut Self {
        self
    }
}
