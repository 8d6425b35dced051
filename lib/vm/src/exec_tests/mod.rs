//! Tests of running code: small functions in assembly stand in for compiled ones.

mod bench;
mod calls;
mod code;
mod coroutines;
mod dynamic;
mod interrupts;
mod traps;

use std::ptr::{self, NonNull};
use std::sync::Arc;

use wasmer_types::FunctionType;

use self::code::TestCode;
use crate::{
    DynamicHostFunction, LoadedCode, RegisteredType, Trap, VMFuncRef, VMHostContext,
    VMStoreContext, dynamic_host_entry, enter, register_type,
};

/// A store that has code and nothing else.
struct TestStore {
    context: Box<VMStoreContext>,
    code: TestCode,
    hosts: Vec<(Box<VMHostContext>, Box<DynamicHostFunction>)>,
}

// SAFETY: its pointers lead to what it owns.
unsafe impl Send for TestStore {}

/// A host function as a value for code: entry point and context.
type Host = (usize, usize);

impl TestStore {
    fn new() -> Self {
        let context = Box::new(VMStoreContext::default());
        Self { context, code: TestCode::load(), hosts: Vec::new() }
    }

    fn context(&mut self) -> NonNull<VMStoreContext> {
        NonNull::from(&mut *self.context)
    }

    /// Adds a host function without parameters and results.
    fn host(
        &mut self,
        function: impl Fn(NonNull<VMStoreContext>) -> Result<(), Trap> + Send + Sync + 'static,
    ) -> Host {
        let ty = register_type(&FunctionType::default());
        self.dynamic_host(ty, move |store, _| function(store))
    }

    /// Adds a host function of type `ty`.
    fn dynamic_host(
        &mut self,
        ty: Arc<RegisteredType>,
        function: impl Fn(NonNull<VMStoreContext>, &mut [wasmer_types::RawValue]) -> Result<(), Trap>
        + Send
        + Sync
        + 'static,
    ) -> Host {
        let data = Box::new(DynamicHostFunction::new(ty, function));
        let store_context = self.context();
        let context = Box::new(VMHostContext { store_context, data: ptr::from_ref(&*data).cast() });
        let host = (dynamic_host_entry() as usize, ptr::from_ref(&*context) as usize);
        self.hosts.push((context, data));
        host
    }

    /// Enters with a closure.
    fn enter<R>(&mut self, f: impl FnOnce() -> R) -> Result<R, Trap> {
        let context = self.context();
        // SAFETY: the store is ours, and tests pass closures that own nothing that must be dropped.
        let result = unsafe { enter(context, f) };
        assert!(!self.context.is_active());
        result
    }

    /// Calls `function` of the test code, which takes up to four integers and returns one.
    fn call(&mut self, function: &str, args: [usize; 4]) -> Result<usize, Trap> {
        let entry = self.code.function(function);
        self.enter(|| call_code(entry, args))
    }

    /// Calls a host function from wasm.
    fn call_host(&mut self, host: Host) -> Result<usize, Trap> {
        self.call("call", [host.0, host.1, 0, 0])
    }
}

/// A function of the test code.
type Entry = unsafe extern "C" fn(*mut (), usize, usize, usize, usize) -> usize;

fn call_code(entry: Entry, [a, b, c, d]: [usize; 4]) -> usize {
    // SAFETY: test code takes any integers that its test passes.
    unsafe { entry(ptr::null_mut(), a, b, c, d) }
}

/// A reference to a function of the given entry and context.
fn func_ref((code, vmctx): Host) -> VMFuncRef {
    VMFuncRef {
        code: code as *const _,
        vmctx: vmctx as *mut _,
        type_id: 0,
        internal_abi: 0,
        internal_code: ptr::null(),
    }
}

/// Names of the functions in a trap's backtrace.
fn names(trap: &Trap) -> Vec<&'static str> {
    trap.backtrace().frames().map(|frame| code::name(frame.function)).collect()
}

fn arc_count(code: &Arc<LoadedCode>) -> usize {
    Arc::strong_count(code)
}
