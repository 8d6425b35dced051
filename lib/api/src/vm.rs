//! The parts of the virtual machine that hosts with their own memories, tables or globals use.

pub use wasmer_types::{MemoryError, MemoryStyle, TableStyle, TrapCode};
pub use wasmer_vm::{
    InternalStoreHandle, LinearMemory, NotifyLocation, StoreHandle, StoreObject, TableElement,
    ThreadConditions, Trap, VMConfig, VMExceptionObj, VMExceptionRef, VMExtern, VMFuncRef,
    VMGlobal, VMGlobalDefinition, VMInstance, VMMemory, VMMemoryDefinition, VMOwnedMemory,
    VMSharedMemory, VMTable, VMTableDefinition, VMTag, WaiterError,
};
