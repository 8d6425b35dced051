//! The parts of the virtual machine that hosts with their own memories, tables or globals use.

pub use wasmer_types::{MemoryError, MemoryStyle, TableStyle, TrapCode};
pub use wasmer_vm::{
    LinearMemory, NotifyLocation, StoreHandle, TableElement, ThreadConditions, Trap, VMConfig,
    VMExtern, VMFuncRef, VMGlobal, VMMemory, VMMemoryDefinition, VMOwnedMemory, VMSharedMemory,
    VMTable, VMTableDefinition, WaiterError,
};
