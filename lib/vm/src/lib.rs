//! What runs compiled WebAssembly: memories, tables, globals, instances, stacks and traps.
//!
//! The crate has two halves. *Execution*: code is loaded ([`LoadedCode`]), entered on a stack of its own
//! ([`enter`]), left by returning, trapping or being interrupted, and calls the host through small stubs.
//! *Data*: a module ([`LoadedModule`]) is instantiated ([`instantiate`]) in a store ([`StoreObjects`]), which
//! owns memories, tables and globals. What compiled code reads of all this is laid out as
//! [`wasmer_types::layout`] says, and each `repr(C)` structure here proves at compile time that it agrees.

#[doc(hidden)]
pub mod arch;
pub mod sys;

mod artifact;
mod backtrace;
mod builtins;
mod code;
mod code_map;
mod coroutine;
mod definition;
mod dynamic;
mod enter;
mod exception;
mod extern_ref;
mod fault;
mod function_env;
mod global;
mod host;
mod instance;
mod interrupt;
mod limits;
mod memory;
mod module;
mod names;
mod settings;
mod shard;
mod stack;
mod store;
mod suspended;
mod table;
mod tag;
mod thread;
mod trap;
mod tunables;
mod type_registry;
mod vmcontext;

#[cfg(test)]
mod exec_tests;
#[cfg(test)]
mod process;

#[doc(hidden)]
pub use wasmer_types::layout;

pub use crate::artifact::ArtifactMemory;
pub use crate::backtrace::{Backtrace, Frame, MAX_FRAMES};
pub use crate::code::{LoadError, LoadedCode};
pub use crate::coroutine::{Computation, Progress, Waiting, can_wait, wait, wait_for};
pub use crate::dynamic::{
    CallShape, DynamicHostFunction, DynamicTask, Task, call_dynamic, dynamic_host_entry,
};
pub use crate::enter::{Activation, current_activation, enter, raise};
pub use crate::exception::{VMExceptionObj, VMExceptionRef};
pub use crate::extern_ref::VMExternObj;
pub use crate::function_env::VMFunctionEnvironment;
pub use crate::global::VMGlobal;
pub use crate::host::host_call;
pub use crate::instance::{InstantiationError, VMInstance, instantiate};
pub use crate::interrupt::{Deadline, InterruptHandle, set_wake_hook};
pub use crate::limits::{StoreCounts, StoreLimits};
pub use crate::memory::{
    ExpectedValue, LinearMemory, MemoryImage, NotifyLocation, ThreadConditions, VMMemory,
    VMOwnedMemory, VMSharedMemory, WaiterError, release_unused_memory, static_memories_work,
};
pub use crate::module::LoadedModule;
pub use crate::settings::StoreSettings;
pub use crate::shard::Shared;
pub use crate::stack::{
    DEFAULT_STACK_SIZE, HOST_ROOM, STACK_GUARD_SIZE, drain_stack_pool, set_stack_size, stack_size,
};
pub use crate::store::{InternalStoreHandle, StoreHandle, StoreObject, StoreObjects, VMExtern};
pub use crate::suspended::{SuspendedCalls, Suspension};
pub use crate::sys::TrapHandlerFn;
pub use crate::table::{MAX_TABLE_ELEMENTS, TableElement, VMTable};
pub use crate::tag::VMTag;
pub use crate::thread::ThreadError;
pub use crate::trap::Trap;
pub use crate::tunables::{BaseTunables, Tunables, VMConfig};
pub use crate::type_registry::{
    RegisteredType, lookup as lookup_type, register as register_type, with_type,
};
pub use crate::vmcontext::{
    VMContext, VMContextHeader, VMFuncRef, VMFunctionElement, VMFunctionImport, VMGlobalDefinition,
    VMHostContext, VMMemoryDefinition, VMStoreContext, VMTableDefinition, VMTagDefinition,
};
