//! Traces of traps. Their reasons are in `trap_codes`.

use wasmer::{Module, Store, WASM_PAGE_SIZE};

use crate::{failure, instance};

#[test]
fn how_a_trace_prints() {
    let mut store = Store::default();
    let wat = r#"(module $shop
        (func (export "outer") (param i32) call $inner)
        (func $inner local.get 0 drop unreachable (local i64)))"#;
    // Not valid: locals come first.
    assert!(Module::new(&store, wat).is_err());
    let wat = r#"(module $shop
        (func (export "outer") call $inner)
        (func $inner (local i64) nop unreachable))"#;
    let instance = instance(&mut store, wat);
    let error = failure(&mut store, &instance, "outer");
    let trace = error.trace();
    assert_eq!(trace.len(), 2);
    assert_eq!((trace[0].func_index(), trace[0].module_name()), (1, "shop"));
    // Body: one group of locals (3 bytes), `nop`, `unreachable`.
    assert_eq!(trace[0].func_offset(), 4);
    assert_eq!((trace[1].func_index(), trace[1].func_offset()), (0, 1));
    assert_eq!(
        error.to_string(),
        format!(
            "RuntimeError: unreachable\n    at inner (shop[1]:0x{:x})\n    at <unnamed> (shop[0]:0x{:x})",
            trace[0].module_offset(),
            trace[1].module_offset()
        )
    );
    let binary = wasmer::wat2wasm(wat.as_bytes()).unwrap();
    assert_eq!(binary[trace[0].module_offset()], 0x00, "unreachable");
    assert_eq!(binary[trace[1].module_offset()], 0x10, "call");
}

#[test]
fn modules_without_a_name_and_with_another_one() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f") unreachable))"#;
    let plain = instance(&mut store, wat);
    let error = failure(&mut store, &plain, "f");
    assert_eq!(error.trace()[0].module_name(), "<module>");

    let mut module = Module::new(&store, wat).unwrap();
    assert!(module.set_name("renamed"));
    let renamed = wasmer::Instance::new(&mut store, &module, &wasmer::imports! {}).unwrap();
    let error = failure(&mut store, &renamed, "f");
    drop((renamed, module, store));
    assert_eq!(error.trace()[0].module_name(), "renamed");
}

#[test]
fn errors_outlive_their_store() {
    let mut store = Store::default();
    let instance = instance(&mut store, r#"(module (func $f (export "f") unreachable))"#);
    let error = failure(&mut store, &instance, "f");
    drop((instance, store));
    assert_eq!(error.trace()[0].function_name(), Some("f"));
}

#[test]
fn what_was_written_before_a_trap_stays() {
    let mut store = Store::default();
    let wat = r#"(module (memory (export "memory") 1)
        (func (export "f") (i32.store (i32.const 0) (i32.const 7)) unreachable))"#;
    let instance = instance(&mut store, wat);
    failure(&mut store, &instance, "f");
    let memory = instance.exports.get_memory("memory").unwrap();
    let view = memory.view(&store);
    assert_eq!(view.read_u8(0).unwrap(), 7);
    assert_eq!(view.data_size(), WASM_PAGE_SIZE as u64);
}
