//! The paths that programs for wasmer 4 and 7 import. One that is removed does not compile here.

#![expect(unused_imports, reason = "that they are there is what is tested")]

/// Paths of wasmer 4.
mod four {
    use wasmer::sys::{
        Artifact as _, BaseTunables as _, EngineBuilder as _, Features as _, VMConfig as _,
    };
    use wasmer::vm::{
        MemoryError as _, MemoryStyle, TableStyle, VMConfig as _, VMExtern, VMGlobal,
        VMMemoryDefinition, VMOwnedMemory, VMSharedMemory, VMTable, VMTableDefinition,
    };
    use wasmer::{
        Architecture, Artifact, AsEngineRef, AsStoreMut, AsStoreRef, AtomicsError, BaseTunables,
        Bytes, CallingConvention, CompileError, CpuFeature, DeserializeError, Engine,
        EngineBuilder, EngineRef, ExportError, ExportIndex, ExportType, Exportable, Exports,
        ExportsIterator, Extern, ExternRef, ExternType, Features, FrameInfo, FromToNativeWasmType,
        Function, FunctionEnv, FunctionEnvMut, FunctionType, Global, GlobalInit, GlobalType, HOST,
        HostFunction, ImportType, Imports, Instance, InstantiationError, IntoBytes, IoCompileError,
        LinkError, LocalFunctionIndex, Memory, Memory32, Memory64, MemoryAccessError, MemoryError,
        MemoryLocation, MemorySize, MemoryType, MemoryView, MiddlewareError, Module, Mutability,
        NativeWasmTypeInto, OnCalledAction, OnCalledHandler, OperatingSystem, Pages,
        ParseCpuFeatureError, RuntimeError, SerializeError, SharedMemory, Store, StoreId, StoreMut,
        StoreObjects, StoreRef, Table, TableType, Target, TrapHandlerFn, Triple, Tunables, Type,
        TypedFunction, VERSION, VMConfig, Value, ValueType, WASM_MAX_PAGES, WASM_MIN_PAGES,
        WASM_PAGE_SIZE, WasmError, WasmPtr, WasmPtr64, WasmRef, WasmResult, WasmSlice,
        WasmSliceAccess, WasmSliceIter, WasmTypeList, imports, is_wasm, sys, vm, wat2wasm,
    };
    // Not in the list of the documentation, as they come from `sys`.
    use wasmer::{
        CompilerConfig, Cranelift, CraneliftOptLevel, FunctionMiddleware, MiddlewareReaderState,
        ModuleMiddleware, NativeEngineExt, get_default_compiler_config, import_namespace,
        namespace, wasmparser,
    };
}

/// Paths of wasmer 7 that wasmer 4 does not have.
mod seven {
    use wasmer::sys::engine::{Artifact, BaseTunables as _, EngineBuilder as _, Tunables as _};
    use wasmer::sys::store::StoreId;
    use wasmer::sys::vm::{
        LinearMemory, MemoryError as _, TrapHandlerFn as _, VMConfig as _, VMMemory,
    };
    use wasmer::sys::{
        Architecture, BaseTunables, CpuFeature, Cranelift, EngineBuilder, Features,
        MiddlewareError, NativeEngineExt, OperatingSystem, Target, Triple, Tunables,
    };
    use wasmer::sys::{
        exception, external, function, global, instance, memory, module, table, tag,
    };
    use wasmer::{
        AsStoreAsync, AsyncFunctionEnv, AsyncFunctionEnvHandle, AsyncFunctionEnvHandleMut,
        AsyncFunctionEnvMut, AsyncHostFunction, BackendKind, BackendTrap, EngineId, Exception,
        ExportableWithGenerics, HostFunctionKind, ImportsIterator, Interrupter, IntoResult,
        MemoryOps, MemoryStyle, ModuleInfo, NativeWasmType, RuntimeErrorDisplay, StoreAsync,
        StoreAsyncReadLock, StoreAsyncWriteLock, TableStyle, Tag, TagKind, TagType,
        VMExternToExtern, WithEnv, WithoutEnv,
    };
}

#[test]
fn constants() {
    assert_eq!(wasmer::VERSION, env!("CARGO_PKG_VERSION"));
    assert_eq!(wasmer::WASM_MAX_PAGES as usize * wasmer::WASM_PAGE_SIZE, 1 << 32);
}
