//! The parts of the virtual machine that hosts with their own memories, tables or globals use.

pub use crate::externs::VMExtern;
pub use wasmer_types::{MemoryError, MemoryStyle, TableStyle, TrapCode};
pub use wasmer_vm::TrapHandlerFn;
pub use wasmer_vm::{
    LinearMemory, NotifyLocation, StoreHandle, TableElement, ThreadConditions, Trap, VMConfig,
    VMFuncRef, VMGlobal, VMMemory, VMMemoryDefinition, VMOwnedMemory, VMSharedMemory, VMTable,
    VMTableDefinition, WaiterError,
};
