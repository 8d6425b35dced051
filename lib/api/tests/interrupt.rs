//! Stopping what runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wasmer::{
    Function, FunctionEnv, FunctionEnvMut, RuntimeError, Store, TrapCode, TypedFunction, imports,
};

use crate::{failure, instance, instance_with};

/// Modules that run for ever, each in its own way.
const ENDLESS: &[&str] = &[
    "(module (func (export \"f\") (loop (br 0))))",
    // Never returns, and never goes deeper than it needs to stay on its stack.
    r#"(module (func $deep (param i32)
        (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "f") (loop (call $deep (i32.const 5000)) (br 0))))"#,
    r#"(module (memory 1 1 shared) (func (export "f")
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))"#,
    r#"(module (memory 1) (func (export "f") (loop
        (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0))))"#,
];

fn function(store: &mut Store, wat: &str) -> TypedFunction<(), ()> {
    instance(store, wat).exports.get_typed_function(store, "f").unwrap()
}

fn assert_interrupted(result: Result<(), RuntimeError>) {
    assert_eq!(result.unwrap_err().to_trap(), Some(TrapCode::HostInterrupt));
}

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

#[test]
fn whatever_it_does() {
    for wat in ENDLESS {
        let mut store = Store::default();
        let f = function(&mut store, wat);
        for round in 0..10 {
            let interrupter = store.interrupter();
            thread::scope(|scope| {
                scope.spawn(move || {
                    thread::sleep(Duration::from_micros(700 * round));
                    interrupter.interrupt();
                });
                assert_interrupted(f.call(&mut store));
            });
        }
    }
}

#[test]
fn deadlines() {
    for wat in ENDLESS {
        let mut store = Store::default();
        let f = function(&mut store, wat);
        let nop = function(&mut store, "(module (func (export \"f\")))");
        let interrupter = store.interrupter();
        let start = Instant::now();
        let deadline = interrupter.after(Duration::from_millis(10));
        assert!(!deadline.has_passed());
        nop.call(&mut store).unwrap();
        assert_interrupted(f.call(&mut store));
        assert!(deadline.has_passed() && start.elapsed() >= Duration::from_millis(10));
        assert_interrupted(nop.call(&mut store));
        assert_interrupted(f.call(&mut store));
        drop(deadline);
        nop.call(&mut store).unwrap();
    }
}

/// A host function that makes nothing of the end of the call that it has made does not get away with it.
#[test]
fn a_deadline_can_not_be_swallowed() {
    let mut store = Store::default();
    let spin = function(&mut store, ENDLESS[0]);
    let env = FunctionEnv::new(&mut store, spin);
    let stubborn = |mut env: FunctionEnvMut<'_, TypedFunction<(), ()>>| {
        let spin = env.data().clone();
        assert_interrupted(spin.call(&mut env));
    };
    let imports = imports! {
        "host" => { "f" => Function::new_typed_with_env(&mut store, &env, stubborn) },
    };
    let wat =
        r#"(module (import "host" "f" (func $f)) (func (export "f") (loop (call $f) (br 0))))"#;
    let outer = instance_with(&mut store, wat, &imports);
    let outer: TypedFunction<(), ()> = outer.exports.get_typed_function(&store, "f").unwrap();
    let deadline = store.interrupter().after(Duration::from_millis(5));
    assert_interrupted(outer.call(&mut store));
    drop(deadline);
}

/// Calls that end when their deadline comes, and calls without a deadline behind them.
#[test]
fn a_late_deadline_kills_nobody() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f") (param i32) (loop
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let instance = instance(&mut store, wat);
    let count: TypedFunction<i32, ()> = instance.exports.get_typed_function(&store, "f").unwrap();
    let interrupter = store.interrupter();
    let (mut ended, mut passed) = (0, 0);
    for round in 0..3000 {
        let deadline = interrupter.after(Duration::from_micros(round % 200));
        let result = count.call(&mut store, 20_000 + round as i32 * 10);
        match result {
            Ok(()) => ended += 1,
            error => assert_interrupted(error),
        }
        passed += i32::from(deadline.has_passed());
        drop(deadline);
        count.call(&mut store, 500).expect("a call without a deadline");
    }
    assert!(passed > 0 && ended > 0, "{passed} passed, {ended} ended");
}

#[test]
fn requests_are_taken_back() {
    let mut store = Store::default();
    let nop = function(&mut store, "(module (func (export \"f\")))");
    let interrupter = store.interrupter();
    interrupter.interrupt();
    interrupter.cancel();
    nop.call(&mut store).unwrap();

    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                interrupter.interrupt();
                interrupter.cancel();
            }
        });
        for _ in 0..100_000 {
            if let Err(error) = nop.call(&mut store) {
                assert_interrupted(Err(error));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    nop.call(&mut store).unwrap();
}

#[test]
fn several_deadlines_of_several_stores() {
    let mut one = Store::default();
    let mut two = Store::default();
    let spin = function(&mut one, ENDLESS[0]);
    let other = function(&mut two, "(module (func (export \"f\")))");
    let never = one.interrupter().after(Duration::MAX);
    let soon = one.interrupter().after(Duration::from_millis(5));
    let sooner = one.interrupter().after(Duration::from_millis(1));
    assert_interrupted(spin.call(&mut one));
    assert!(sooner.has_passed() && !never.has_passed());
    other.call(&mut two).unwrap();
    drop(sooner);
    assert_interrupted(spin.call(&mut one));
    assert!(soon.has_passed());
    drop(one);
    drop((soon, never));
    other.call(&mut two).unwrap();
}
