//! Stopping what runs.

use std::thread;
use std::time::Duration;

use wasmer::{Function, Store, TrapCode, TypedFunction, imports};

use crate::{failure, instance, instance_with};

#[test]
fn an_endless_loop() {
    let mut store = Store::default();
    let instance =
        instance(&mut store, r#"(module $m (func $spin (export "spin") (loop (br 0))))"#);
    for round in 0..20 {
        let interrupter = store.interrupter();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_micros(500 * round));
            interrupter.interrupt();
        });
        let error = failure(&mut store, &instance, "spin");
        assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
        thread.join().unwrap();
    }
}

#[test]
fn a_wait() {
    let mut store = Store::default();
    let wat = r#"(module (memory 1 1 shared) (func (export "wait")
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))"#;
    let instance = instance(&mut store, wat);
    let interrupter = store.interrupter();
    let thread = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        interrupter.interrupt();
    });
    let error = failure(&mut store, &instance, "wait");
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    thread.join().unwrap();
}

#[test]
fn a_host_function_is_left_in_peace() {
    let mut store = Store::default();
    let interrupter = store.interrupter();
    let imports = imports! {
        "host" => { "f" => Function::new_typed(&mut store, move || interrupter.interrupt()) },
    };
    let wat = r#"(module (import "host" "f" (func $f)) (global (export "after") (mut i32) (i32.const 0))
        (func (export "call") call $f (global.set 0 (i32.const 1))))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let error = failure(&mut store, &instance, "call");
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    let after = instance.exports.get_global("after").unwrap();
    assert_eq!(after.get(&mut store).unwrap_i32(), 0);
}

#[test]
fn before_a_call_and_after_the_store() {
    let mut store = Store::default();
    let instance = instance(&mut store, r#"(module (func (export "f")))"#);
    let f: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "f").unwrap();
    let interrupter = store.interrupter();
    interrupter.interrupt();
    let error = f.call(&mut store).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    f.call(&mut store).unwrap();
    drop(store);
    interrupter.interrupt();
}
