//! The parts of the virtual machine that hosts with their own memories, tables or globals use.

pub use wasmer_types::{MemoryError, MemoryStyle, TableStyle, TrapCode};
pub use wasmer_vm::{
    BaseTunables, ExpectedValue, InternalStoreHandle, LinearMemory, NotifyLocation, StoreHandle,
    StoreObject, TableElement, ThreadConditions, Trap, TrapHandlerFn, Tunables, VMConfig,
    VMContext, VMExceptionObj, VMExceptionRef, VMExtern, VMFuncRef, VMFunctionEnvironment,
    VMGlobal, VMGlobalDefinition, VMInstance, VMMemory, VMMemoryDefinition, VMOwnedMemory,
    VMSharedMemory, VMTable, VMTableDefinition, VMTag, WaiterError, drain_stack_pool,
    set_stack_size, stack_size as get_stack_size,
};
