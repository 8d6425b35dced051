//! Tests of the public interface, one module per area.

use wasmer::{BackendKind, Imports, Instance, Module, RuntimeError, Store, imports};

mod artifact_memories;
mod artifacts;
mod async_interrupts;
mod asynchronous;
mod bad_input;
mod calls;
mod compile_errors;
mod compiled;
mod compilers;
mod engines;
mod env;
mod exceptions;
mod exports;
mod externref;
mod globals;
mod handle_errors;
mod host_functions;
mod inlining;
mod interrupt;
mod leaves;
mod link_errors;
mod linking;
mod memory;
mod memory_errors;
mod modules;

mod on_called;
mod panics;
mod pointers;
mod programs;
mod recursion;
mod runtime_errors;
mod signatures;
mod store_settings;
mod stores;
mod surface;
mod table_calls;
mod tables;
mod threads;
mod trap_codes;
mod traps;
mod tunables;

/// A store of each compiler.
fn stores() -> impl Iterator<Item = Store> {
    let compilers = BackendKind::ALL.iter().filter(|kind| kind.config().is_some());
    compilers.map(|kind| Store::new(*kind))
}

/// An instance of the module `wat`, which imports nothing.
fn instance(store: &mut Store, wat: &str) -> Instance {
    instance_with(store, wat, &imports! {})
}

/// An instance of the module `wat`.
fn instance_with(store: &mut Store, wat: &str, imports: &Imports) -> Instance {
    let module = Module::new(&*store, wat).unwrap();
    Instance::new(store, &module, imports).unwrap()
}

/// What the export `name`, a function without parameters, fails with.
fn failure(store: &mut Store, instance: &Instance, name: &str) -> RuntimeError {
    instance.exports.get_function(name).unwrap().call(store, &[]).unwrap_err()
}

/// The message with which `f` panics.
fn panic_message<R>(f: impl FnOnce() -> R) -> String {
    let payload = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => panic!("expected a panic"),
        Err(payload) => payload,
    };
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast::<&str>().unwrap().to_string(),
    }
}
