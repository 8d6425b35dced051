//! A function that calls nothing may have no frame. Traces have its callers all the same.

use std::thread;
use std::time::Duration;

use wasmer::{Instance, RuntimeError, Store, TrapCode, Value};

use crate::{instance, stores};

/// Leaves in a table, in this order.
const NAMES: [&str; 8] = ["stop", "load", "store", "divide", "search", "check", "crowded", "spin"];

/// A module of the leaves, in which `crowd` values wait for the load that traps in `crowded`, so that they take
/// registers that belong to the caller, or lie on the stack.
fn module(crowd: usize) -> String {
    let each = |text: &dyn Fn(usize) -> String| (1..=crowd).map(text).collect::<String>();
    let loads = each(&|n| format!("(local.set {n} (i64.load (i32.const {})))", 8 * n));
    let last = crowd + 1;
    let stores = each(&|n| {
        let value = format!("(i64.rotl (local.get {n}) (local.get {last}))");
        format!("(i64.store (i32.const {}) {value})", 8 * n)
    });
    let locals = "i64 ".repeat(last);
    let elements = NAMES.map(|name| format!("${name}")).join(" ");
    format!(
        r#"(module
            (type $leaf (func (param i32) (result i32)))
            (memory 1 1)
            (table funcref (elem {elements}))
            (func $stop (export "stop") (param i32) (result i32) unreachable)
            (func $load (param i32) (result i32) (i32.load (local.get 0)))
            (func $store (param i32) (result i32)
                (i64.store (local.get 0) (i64.const 1)) (i32.const 0))
            (func $divide (param i32) (result i32)
                (i32.div_s (i32.const 7) (i32.and (local.get 0) (i32.const 1))))
            (func $search (param i32) (result i32)
                (local.set 0 (i32.const 0))
                (loop $next
                    (local.set 0 (i32.add (local.get 0) (i32.const 4)))
                    (br_if $next (i32.eqz (i32.load (local.get 0)))))
                (local.get 0))
            (func $check (param i32) (result i32)
                (if (i32.gt_u (local.get 0) (i32.const 7)) (then unreachable))
                (i32.mul (local.get 0) (i32.const 3)))
            (func $crowded (param i32) (result i32) (local {locals})
                {loads} (local.set {last} (i64.load (local.get 0))) {stores} (i32.const 1))
            (func $spin (param i32) (result i32)
                (loop $next
                    (local.set 0 (i32.mul (local.get 0) (i32.const 5)))
                    (br_if $next (i32.ne (local.get 0) (i32.const 0))))
                (local.get 0))
            (func $middle (param i32 i32) (result i32)
                (i32.add (i32.const 1)
                    (call_indirect (type $leaf) (local.get 1) (local.get 0))))
            (func $outer (export "call") (param i32 i32) (result i32) (local i32)
                (loop $next
                    (local.set 2
                        (i32.add (local.get 2) (call $middle (local.get 0) (local.get 1))))
                    (br_if $next (local.get 2)))
                (local.get 2)))"#
    )
}

fn names(error: &RuntimeError) -> Vec<String> {
    let name = |frame: &wasmer::FrameInfo| frame.function_name().unwrap_or_default().to_owned();
    error.trace().iter().map(name).collect()
}

/// What a leaf fails with that two functions of the module call, one in the other.
fn failure(store: &mut Store, instance: &Instance, leaf: usize, argument: i32) -> RuntimeError {
    let call = instance.exports.get_function("call").unwrap();
    call.call(store, &[Value::I32(leaf as i32), Value::I32(argument)]).unwrap_err()
}

#[test]
fn traps_have_the_callers_of_leaves() {
    for crowd in [0, 3, 8, 14, 40] {
        let wat = module(crowd);
        for mut store in stores() {
            let compiler = store.engine().name().to_owned();
            let instance = instance(&mut store, &wat);
            for (number, name) in NAMES[..7].iter().enumerate() {
                let error = failure(&mut store, &instance, number, -16);
                let what = format!("{name} of {crowd}, {compiler}: {error}");
                assert_eq!(names(&error), [name, "middle", "outer"], "{what}");
            }
            let stop = instance.exports.get_function("stop").unwrap();
            let error = stop.call(&mut store, &[Value::I32(0)]).unwrap_err();
            assert_eq!(names(&error), ["stop"], "{compiler}");
        }
    }
}

#[test]
fn interrupts_have_the_callers_of_leaves() {
    let spin = NAMES.iter().position(|name| *name == "spin").unwrap();
    for mut store in stores() {
        let compiler = store.engine().name().to_owned();
        let instance = instance(&mut store, &module(0));
        let expected = ["spin", "middle", "outer"];
        // A request may be there before the functions: then the trace is an end of it.
        let has_all = (1..100).any(|round| {
            let interrupter = store.interrupter();
            let thread = thread::spawn(move || {
                thread::sleep(Duration::from_millis(round));
                interrupter.interrupt();
            });
            let error = failure(&mut store, &instance, spin, 1);
            thread.join().unwrap();
            assert_eq!(error.clone().to_trap(), Some(TrapCode::HostInterrupt));
            let names = names(&error);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            assert!(expected.ends_with(&names), "{names:?}, {compiler}");
            names == expected
        });
        assert!(has_all, "{compiler}");
    }
}
