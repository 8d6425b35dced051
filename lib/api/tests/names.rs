//! What programs import from the crate.

#[expect(unused_imports, reason = "that they are there is what is tested")]
use wasmer::{
    Architecture, AsEngineRef, AsStoreMut, AsStoreRef, AtomicsError, BaseTunables, Bytes,
    CallingConvention, CompileError, CompilerConfig, CpuFeature, Cranelift, CraneliftOptLevel,
    DeserializeError, Engine, EngineBuilder, EngineRef, ExportError, ExportIndex, ExportType,
    Exportable, Exports, ExportsIterator, Extern, ExternRef, ExternType, Features, FrameInfo,
    FromToNativeWasmType, Function, FunctionEnv, FunctionEnvMut, FunctionMiddleware, FunctionType,
    Global, GlobalInit, GlobalType, HOST, HostFunction, ImportType, Imports, Instance,
    InstantiationError, IntoBytes, IntoResult, IoCompileError, LinkError, LocalFunctionIndex,
    Memory, Memory32, Memory64, MemoryAccessError, MemoryError, MemoryLocation, MemorySize,
    MemoryType, MemoryView, MiddlewareError, MiddlewareReaderState, Module, ModuleMiddleware,
    Mutability, NativeEngineExt, NativeWasmTypeInto, OnCalledAction, OnCalledHandler,
    OperatingSystem, Pages, ParseCpuFeatureError, RuntimeError, SerializeError, SharedMemory,
    Store, StoreId, StoreMut, StoreObjects, StoreRef, Table, TableType, Target, Triple, Tunables,
    Type, TypedFunction, VERSION, VMConfig, Value, ValueType, WASM_MAX_PAGES, WASM_MIN_PAGES,
    WASM_PAGE_SIZE, WasmError, WasmPtr, WasmPtr64, WasmRef, WasmResult, WasmSlice, WasmSliceAccess,
    WasmSliceIter, WasmTypeList, WithEnv, WithoutEnv, get_default_compiler_config, imports,
    is_wasm, sys, vm, wasmparser, wat2wasm,
};

#[expect(unused_imports, reason = "that they are there is what is tested")]
use wasmer::sys::vm::{LinearMemory, VMMemory};
#[expect(unused_imports, reason = "that they are there is what is tested")]
use wasmer::vm::{
    MemoryStyle, TableStyle, VMExtern, VMGlobal, VMMemoryDefinition, VMOwnedMemory, VMSharedMemory,
    VMTable, VMTableDefinition,
};

#[test]
fn constants() {
    assert_eq!(VERSION, env!("CARGO_PKG_VERSION"));
    assert_eq!(WASM_MAX_PAGES as usize * WASM_PAGE_SIZE, 1 << 32);
}
