//! Every reason for a trap: what provokes it, its message, and the place in the trace.

use std::thread;
use std::time::Duration;

use wasmer::vm::Trap;
use wasmer::{
    FrameInfo, Function, RuntimeError, Store, TrapCode, TypedFunction, imports, wat2wasm,
};

use crate::{failure, instance, instance_with, stores};

/// How wasm gets to a code.
enum Cause {
    /// By one of the [`operators`].
    Operator,
    /// In a test of its own.
    Other,
    /// Nothing produces it, for this reason. A host function can.
    Nothing(#[expect(dead_code, reason = "it is for the reader")] &'static str),
}

/// A new code does not compile without an answer.
fn cause(code: TrapCode) -> Cause {
    match code {
        TrapCode::HeapAccessOutOfBounds
        | TrapCode::TableAccessOutOfBounds
        | TrapCode::IndirectCallToNull
        | TrapCode::BadSignature
        | TrapCode::IntegerOverflow
        | TrapCode::IntegerDivisionByZero
        | TrapCode::BadConversionToInteger
        | TrapCode::UnreachableCodeReached
        | TrapCode::UnalignedAtomic
        | TrapCode::ExpectedSharedMemory => Cause::Operator,
        TrapCode::StackOverflow | TrapCode::HostInterrupt => Cause::Other,
        // In `asynchronous`.
        TrapCode::YieldOutsideAsyncContext => Cause::Other,
        TrapCode::HeapMisaligned => Cause::Nothing("plain accesses need no alignment"),
        TrapCode::UncaughtException | TrapCode::UninitializedExnRef => {
            Cause::Nothing("exceptions are not supported yet")
        }
        TrapCode::ReadonlyTableModified => Cause::Nothing("tables are never read-only"),
        TrapCode::NullReference => Cause::Nothing("typed references are not supported yet"),
    }
}

/// The module that the operators are in. `$zero` keeps compilers from knowing what happens.
const MODULE: &str = r#"(module $m
    (type $void (func))
    (memory 1) (table $t 3 funcref)
    (global $zero (mut i32) (i32.const 0))
    (func $number (result i32) i32.const 1)
    (elem (i32.const 1) $number) (elem $e func $number) (data $d "data")
    (func $f BODY)
    (func (export "f") (call $f)))"#;

/// A code, the bytes that the operator which traps begins with, and the body of `$f`.
fn operators() -> Vec<(TrapCode, Vec<u8>, String)> {
    use TrapCode::*;
    let mut cases = vec![(UnreachableCodeReached, vec![0x00], "unreachable".to_owned())];
    for (ty, first, minimum) in [("i32", 0x6d, "0x80000000"), ("i64", 0x7f, "0x8000000000000000")] {
        let zero = if ty == "i32" {
            "(global.get $zero)"
        } else {
            "(i64.extend_i32_s (global.get $zero))"
        };
        for (opcode, operator) in (first..).zip(["div_s", "div_u", "rem_s", "rem_u"]) {
            let body = format!("(drop ({ty}.{operator} ({ty}.const 1) {zero}))");
            cases.push((IntegerDivisionByZero, vec![opcode], body));
        }
        let body =
            format!("(drop ({ty}.div_s ({ty}.const {minimum}) ({ty}.sub {zero} ({ty}.const 1))))");
        cases.push((IntegerOverflow, vec![first], body));
    }
    let truncations = ["f32_s", "f32_u", "f64_s", "f64_u"];
    for (ty, first) in [("i32", 0xa8u8), ("i64", 0xae)] {
        for (opcode, from) in (first..).zip(truncations) {
            for (number, code) in [
                ("1e30", IntegerOverflow),
                ("-1e30", IntegerOverflow),
                ("nan", BadConversionToInteger),
            ] {
                let float = &from[..3];
                let body = format!("(drop ({ty}.trunc_{from} ({float}.const {number})))");
                cases.push((code, vec![opcode], body));
            }
        }
    }
    let loads = [
        "i32.load",
        "i64.load",
        "f32.load",
        "f64.load",
        "i32.load8_s",
        "i32.load8_u",
        "i32.load16_s",
        "i32.load16_u",
        "i64.load8_s",
        "i64.load8_u",
        "i64.load16_s",
        "i64.load16_u",
        "i64.load32_s",
        "i64.load32_u",
    ];
    let stores = [
        "i32.store",
        "i64.store",
        "f32.store",
        "f64.store",
        "i32.store8",
        "i32.store16",
        "i64.store8",
        "i64.store16",
        "i64.store32",
    ];
    for place in ["(i32.const 65536)", "offset=0xffffffff (i32.const 0xffffffff)"] {
        for (opcode, load) in (0x28..).zip(loads) {
            cases.push((HeapAccessOutOfBounds, vec![opcode], format!("(drop ({load} {place}))")));
        }
        for (opcode, store) in (0x36..).zip(stores) {
            let body = format!("({store} {place} ({}.const 0))", &store[..3]);
            cases.push((HeapAccessOutOfBounds, vec![opcode], body));
        }
    }
    let others: &[(TrapCode, &[u8], &str)] = &[
        (HeapAccessOutOfBounds, &[0xfd, 0x00], "(drop (v128.load (i32.const 65521)))"),
        (
            HeapAccessOutOfBounds,
            &[0xfd, 0x0b],
            "(v128.store (i32.const 65521) (v128.const i64x2 0 0))",
        ),
        (
            HeapAccessOutOfBounds,
            &[0xfc, 0x08],
            "(memory.init $d (i32.const 0) (i32.const 3) (i32.const 2))",
        ),
        (
            HeapAccessOutOfBounds,
            &[0xfc, 0x08],
            "(memory.init $d (i32.const 65535) (i32.const 0) (i32.const 2))",
        ),
        (
            HeapAccessOutOfBounds,
            &[0xfc, 0x0a],
            "(memory.copy (i32.const 65535) (i32.const 0) (i32.const 2))",
        ),
        (
            HeapAccessOutOfBounds,
            &[0xfc, 0x0b],
            "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))",
        ),
        (HeapAccessOutOfBounds, &[0xfe, 0x10], "(drop (i32.atomic.load (i32.const 65536)))"),
        (
            HeapAccessOutOfBounds,
            &[0xfe, 0x00],
            "(drop (memory.atomic.notify (i32.const 65536) (i32.const 1)))",
        ),
        (TableAccessOutOfBounds, &[0x25], "(drop (table.get $t (i32.const 3)))"),
        (TableAccessOutOfBounds, &[0x26], "(table.set $t (i32.const 3) (ref.null func))"),
        (
            TableAccessOutOfBounds,
            &[0xfc, 0x0c],
            "(table.init $t $e (i32.const 0) (i32.const 1) (i32.const 1))",
        ),
        (
            TableAccessOutOfBounds,
            &[0xfc, 0x0e],
            "(table.copy $t $t (i32.const 2) (i32.const 0) (i32.const 2))",
        ),
        (
            TableAccessOutOfBounds,
            &[0xfc, 0x11],
            "(table.fill $t (i32.const 2) (ref.null func) (i32.const 2))",
        ),
        (TableAccessOutOfBounds, &[0x11], "(call_indirect $t (type $void) (i32.const 3))"),
        (IndirectCallToNull, &[0x11], "(call_indirect $t (type $void) (i32.const 2))"),
        (BadSignature, &[0x11], "(call_indirect $t (type $void) (i32.const 1))"),
        (UnalignedAtomic, &[0xfe, 0x10], "(drop (i32.atomic.load (i32.const 2)))"),
        (UnalignedAtomic, &[0xfe, 0x18], "(i64.atomic.store (i32.const 4) (i64.const 2))"),
        (UnalignedAtomic, &[0xfe, 0x1e], "(drop (i32.atomic.rmw.add (i32.const 1) (i32.const 2)))"),
        (
            UnalignedAtomic,
            &[0xfe, 0x48],
            "(drop (i32.atomic.rmw.cmpxchg (i32.const 6) (i32.const 2) (i32.const 3)))",
        ),
        (
            UnalignedAtomic,
            &[0xfe, 0x00],
            "(drop (memory.atomic.notify (i32.const 2) (i32.const 1)))",
        ),
        (
            ExpectedSharedMemory,
            &[0xfe, 0x01],
            "(drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const 0)))",
        ),
        (
            ExpectedSharedMemory,
            &[0xfe, 0x02],
            "(drop (memory.atomic.wait64 (i32.const 8) (i64.const 0) (i64.const 0)))",
        ),
    ];
    cases.extend(
        others.iter().map(|(code, bytes, body)| (*code, bytes.to_vec(), (*body).to_owned())),
    );
    cases
}

#[test]
fn operators_trap_with_code_message_and_place() {
    let operators = operators();
    for mut store in stores() {
        for (code, operator, body) in &operators {
            trap_at(&mut store, *code, operator, body);
        }
    }
}

/// A body of `$f` traps with a code, at an operator that begins with these bytes.
fn trap_at(store: &mut Store, code: TrapCode, operator: &[u8], body: &str) {
    let wat = MODULE.replace("BODY", body);
    let binary = wat2wasm(wat.as_bytes()).unwrap();
    let instance = instance(store, &wat);
    let body = format!("{}: {body}", store.engine().name());
    // The store goes on after a trap.
    for _ in 0..2 {
        let error = failure(store, &instance, "f");
        assert_eq!(error.clone().to_trap(), Some(code), "{body}");
        assert_eq!(error.message(), code.message(), "{body}");
        let [inner, outer] = error.trace() else { panic!("{body}: {:?}", error.trace()) };
        assert_eq!(inner.function_name(), Some("f"), "{body}");
        assert!(binary[inner.module_offset()..].starts_with(operator), "{body}: {error}");
        assert_eq!((outer.func_index(), outer.func_offset()), (2, 1), "{body}");
        assert_eq!(binary[outer.module_offset()], 0x10, "{body}: a call");
        let text = format!(
            "RuntimeError: {}\n    at f (m[1]:0x{:x})\n    at <unnamed> (m[2]:0x{:x})",
            code.message(),
            inner.module_offset(),
            outer.module_offset(),
        );
        assert_eq!(error.to_string(), text);
    }
}

/// A function that calls others only where it hardly ever comes needs no frame before, but a trace does.
#[test]
fn traces_have_the_callers_of_functions_that_trap_before_they_call() {
    use TrapCode::*;
    let cases: &[(TrapCode, &[u8], &str)] = &[
        (
            HeapAccessOutOfBounds,
            &[0x28],
            "(drop (i32.load (i32.sub (global.get $zero) (i32.const 1))))",
        ),
        (IntegerDivisionByZero, &[0x6d], "(drop (i32.div_s (i32.const 1) (global.get $zero)))"),
        (
            UnreachableCodeReached,
            &[0x00],
            "(if (i32.eqz (global.get $zero)) (then (i32.store (i32.const 0) (i32.const 1)) unreachable))",
        ),
        (TableAccessOutOfBounds, &[0x25], "(drop (table.get $t (i32.const 3)))"),
        (HeapAccessOutOfBounds, &[0x36], "(i32.store (i32.const 65536) (global.get $zero))"),
    ];
    for mut store in stores() {
        for (code, operator, traps) in cases {
            let calls = "(drop (call $number)) (drop (table.get $t (global.get $zero)))";
            let unlikely = format!("(if (global.get $zero) (then {calls}))");
            let first = format!("{traps} {calls}");
            for body in [format!("{traps} {unlikely}"), first, format!("{unlikely} {traps}")] {
                trap_at(&mut store, *code, operator, &body);
            }
        }
    }
}

#[test]
fn every_code_has_a_cause() {
    let operators = operators();
    for &code in TrapCode::ALL {
        let has_operator = operators.iter().any(|(provoked, ..)| *provoked == code);
        assert_eq!(has_operator, matches!(cause(code), Cause::Operator), "{code:?}");
    }
}

/// The texts are part of the interface.
#[test]
fn messages_and_names() {
    let texts = [
        ("stk_ovf", "call stack exhausted"),
        ("heap_get_oob", "out of bounds memory access"),
        ("heap_misaligned", "misaligned heap"),
        ("table_get_oob", "undefined element: out of bounds table access"),
        ("icall_null", "uninitialized element"),
        ("bad_sig", "indirect call type mismatch"),
        ("int_ovf", "integer overflow"),
        ("int_divz", "integer divide by zero"),
        ("bad_toint", "invalid conversion to integer"),
        ("unreachable", "unreachable"),
        ("unalign_atom", "unaligned atomic access"),
        ("uncaught_exception", "uncaught exception"),
        ("uninitialized_exnref", "uninitialized exnref"),
        (
            "yield_outside_async_context",
            "async imported function yielded when not called via `Function::call_async`",
        ),
        ("host_interrupt", "interrupted by host"),
        ("readonly_table_modified", "read-only table modified"),
        ("expected_shared_memory", "expected shared memory"),
        ("null_reference", "null reference"),
    ];
    assert_eq!(texts.len(), TrapCode::ALL.len());
    for (&code, (name, message)) in TrapCode::ALL.iter().zip(texts) {
        assert_eq!((code.to_string().as_str(), code.message()), (name, message));
        assert_eq!(name.parse(), Ok(code));
    }
    assert_eq!("unreachable ".parse::<TrapCode>(), Err(()));
}

#[test]
fn host_functions_can_trap_for_every_reason() {
    for &code in TrapCode::ALL {
        let mut store = Store::default();
        let trap = Function::new_typed(&mut store, move || -> Result<(), RuntimeError> {
            Err(Trap::wasm(code).into())
        });
        let imports = imports! { "host" => { "trap" => trap } };
        let wat = r#"(module (import "host" "trap" (func $trap)) (func (export "f") call $trap))"#;
        let instance = instance_with(&mut store, wat, &imports);
        let error = failure(&mut store, &instance, "f");
        assert_eq!(error.message(), code.message());
        assert_eq!(error.to_trap(), Some(code));
    }
}

#[test]
fn a_full_stack_has_no_trace() {
    for mut store in stores() {
        let instance = instance(&mut store, r#"(module (func $f (export "f") call $f))"#);
        let error = failure(&mut store, &instance, "f");
        assert_eq!(error.to_string(), "RuntimeError: call stack exhausted");
        assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
    }
}

#[test]
fn an_interruption_has_a_place() {
    for mut store in stores() {
        let wat = r#"(module $m (func $spin (loop (br 0))) (func $f (export "f") call $spin))"#;
        let instance = instance(&mut store, wat);
        let f: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "f").unwrap();
        let interrupter = store.interrupter();
        let timer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            interrupter.interrupt();
        });
        let error = f.call(&mut store).unwrap_err();
        timer.join().unwrap();
        assert_eq!(error.message(), "interrupted by host");
        let name = |frame: &FrameInfo| frame.function_name().unwrap().to_owned();
        let names: Vec<_> = error.trace().iter().map(name).collect();
        assert_eq!(names, ["spin", "f"], "{}", store.engine().name());
        assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    }
}
