//! What metering charges, when, and that modules can't get around it.

#[expect(dead_code, reason = "each test uses a part")]
mod common;

use std::sync::Arc;

use common::{OneByOne, remaining, store_with};
use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder, ModuleMiddleware};
use wasmer::wasmparser::Operator;
use wasmer::{
    CompileError, Function, FunctionEnv, FunctionEnvMut, Instance, LocalFunctionIndex,
    MiddlewareError, Module, ModuleInfo, RuntimeError, Store, Value, imports,
};
use wasmer_middlewares::Metering;
use wasmer_middlewares::metering::{
    MeteringPoints, get_remaining_points, is_accounting, set_remaining_points,
};

/// Who meters alike is known by it, as far as the cost function was named.
#[test]
fn ids_of_metering() {
    let id =
        |limit, name: &str| Metering::new(limit, cost as Cost).with_id(name).deterministic_id();
    assert_eq!(Metering::new(5, cost as Cost).deterministic_id(), None);
    assert_eq!(id(5, "one each"), id(5, "one each"));
    assert!(id(5, "one each").unwrap().contains("metering 5 one each"));
    assert_ne!(id(5, "one each"), id(50, "one each"));
    assert_ne!(id(5, "one each"), id(5, "two each"));
}

type Cost = fn(&Operator<'_>) -> u64;

/// Operators that only say where control goes are free.
fn cost(operator: &Operator<'_>) -> u64 {
    match operator {
        Operator::Block { .. } | Operator::Loop { .. } | Operator::End | Operator::Else => 0,
        _ => 1,
    }
}

fn metered(limit: u64, cost: Cost, text: &str) -> Result<(Store, Instance), anyhow::Error> {
    let mut store = store_with([Arc::new(Metering::new(limit, cost))]);
    let module = Module::new(&store, text)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    Ok((store, instance))
}

/// Calls the export `f`.
fn call(
    store: &mut Store,
    instance: &Instance,
    arguments: &[i32],
) -> Result<Box<[Value]>, RuntimeError> {
    let arguments: Vec<_> = arguments.iter().map(|value| Value::I32(*value)).collect();
    instance.exports.get_function("f").unwrap().call(store, &arguments)
}

/// What a call of the export `f` costs. It is the same operator by operator; a point less does not suffice.
#[track_caller]
fn cost_of(text: &str, arguments: &[i32]) -> u64 {
    const LIMIT: u64 = 1 << 32;
    let (mut store, instance) = metered(LIMIT, cost, text).unwrap();
    let results = call(&mut store, &instance, arguments).unwrap();
    let paid = LIMIT - remaining(&mut store, &instance);

    let one_by_one = OneByOne { limit: LIMIT, cost };
    let mut other = store_with([Arc::new(one_by_one)]);
    let module = Module::new(&other, text).unwrap();
    let slow = Instance::new(&mut other, &module, &imports! {}).unwrap();
    assert_eq!(call(&mut other, &slow, arguments).unwrap(), results);
    assert_eq!(LIMIT - OneByOne::left(&mut other, &slow), paid);

    set_remaining_points(&mut store, &instance, paid);
    call(&mut store, &instance, arguments).unwrap();
    assert_eq!(remaining(&mut store, &instance), 0);
    set_remaining_points(&mut store, &instance, paid - 1);
    call(&mut store, &instance, arguments).unwrap_err();
    assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Exhausted);
    paid
}

#[test]
fn straight_code_and_blocks() {
    let text = r#"(module (func (export "f") (result i32)
        (block (nop) (nop)) (block (result i32) (i32.const 1))))"#;
    assert_eq!(cost_of(text, &[]), 3);
    let branched = r#"(module (func (export "f") (param i32)
        (block (br_if 0 (local.get 0)) (nop) (nop) (nop)) (nop)))"#;
    assert_eq!(cost_of(branched, &[0]), 6);
    assert_eq!(cost_of(branched, &[1]), 3);
}

#[test]
fn loops_pay_per_round() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (loop $l
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if $l (local.get 0)))
        (local.get 0)))"#;
    assert_eq!(cost_of(text, &[1]), 7);
    assert_eq!(cost_of(text, &[1000]), 6001);
    // Nothing goes back to the second one.
    let text = r#"(module (func (export "f") (param i32) (block (loop (nop) (br_if 1 (local.get 0)) (nop)))))"#;
    assert_eq!(cost_of(text, &[0]), 4);
    assert_eq!(cost_of(text, &[1]), 3);
}

#[test]
fn arms() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (if (result i32) (local.get 0)
            (then (i32.const 1))
            (else (i32.add (i32.const 1) (i32.const 1))))))"#;
    assert_eq!(cost_of(text, &[1]), 3);
    assert_eq!(cost_of(text, &[0]), 5);
    let text = r#"(module (func (export "f") (param i32)
        (if (local.get 0) (then (nop) (return))) (nop)))"#;
    assert_eq!(cost_of(text, &[1]), 4);
    assert_eq!(cost_of(text, &[0]), 3);
    let text = r#"(module (func (export "f") (param i32)
        (if (local.get 0) (then (return)) (else (nop) (return))) (nop) (nop)))"#;
    assert_eq!(cost_of(text, &[1]), 3);
    assert_eq!(cost_of(text, &[0]), 4);
}

#[test]
fn arms_that_only_trap() {
    for (arms, costs) in [
        ("(then (unreachable))", [Some(3), None]),
        ("(then (unreachable)) (else (nop))", [Some(4), None]),
        ("(then (nop)) (else (unreachable))", [None, Some(4)]),
        ("(then (nop) (unreachable)) (else (unreachable))", [None, None]),
        ("(then (block (unreachable))) (else (nop) (return))", [Some(4), None]),
        ("(then (if (i32.const 1) (then (unreachable)))) (else (return))", [Some(3), None]),
        ("(then (unreachable)) (else (if (local.get 0) (then (unreachable))))", [Some(5), None]),
    ] {
        let text =
            format!(r#"(module (func (export "f") (param i32) (if (local.get 0) {arms}) (nop)))"#);
        for (argument, expected) in costs.into_iter().enumerate() {
            let arguments = [argument as i32];
            if let Some(expected) = expected {
                assert_eq!(cost_of(&text, &arguments), expected, "{arms}");
                continue;
            }
            let (mut store, instance) = metered(100, cost, &text).unwrap();
            let error = call(&mut store, &instance, &arguments).unwrap_err();
            assert_eq!(error.message(), "unreachable");
            assert!(remaining(&mut store, &instance) < 100);
        }
    }
}

#[test]
fn tables_of_branches() {
    let text = r#"(module (func (export "f") (param i32)
        (block (block (block (br_table 0 1 2 (local.get 0)) (nop)) (nop)) (nop)) (nop)))"#;
    assert_eq!([0, 1, 2, 3].map(|n| cost_of(text, &[n])), [5, 4, 3, 3]);
}

#[test]
fn blocks_with_parameters_and_several_results() {
    let text = r#"(module (func (export "f") (param i32) (result i32 i32)
        (i32.const 1) (i32.const 2)
        (block $b (param i32 i32) (result i32 i32)
            (br_if $b (local.get 0))
            (loop $l (param i32 i32) (result i32 i32)
                (local.tee 0 (i32.add))
                (i32.const 1)
                (br_if $l (i32.lt_s (local.get 0) (i32.const 5)))))
        (if (param i32) (result i32) (i32.eqz) (then (i32.const 7)) (else (i32.const 8)))
        (i32.const 9) (drop)))"#
        .replace("(if (param i32) (result i32) (i32.eqz)", "(if (result i32) (i32.eqz)");
    assert!(cost_of(&text, &[0]) > cost_of(&text, &[1]));
}

#[test]
fn what_is_not_reached_is_free() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (block
            (br 0) (nop)
            (if (i32.const 1) (then (nop)) (else (nop)))
            (loop (br 1) (nop)))
        (block (loop (br 1)) (nop))
        (return (i32.const 3)) (nop) (block (nop)) (unreachable)))"#;
    assert_eq!(cost_of(text, &[0]), 4);
}

#[test]
fn calls() {
    let text = r#"(module
        (table funcref (elem $g $h))
        (type $t (func (param i32) (result i32)))
        (func $g (type $t) (i32.add (local.get 0) (i32.const 1)))
        (func $h (type $t) (call $g (call $g (local.get 0))) (nop))
        (func (export "f") (param i32) (result i32)
            (call $h (local.get 0))
            (call_indirect (type $t) (local.get 0))
            (i32.const 1) (i32.add)))"#;
    // $g costs 3, $h 4 and twice $g.
    assert_eq!(cost_of(text, &[0]), 2 + 10 + 2 + 3 + 2);
    assert_eq!(cost_of(text, &[1]), 2 + 10 + 2 + 10 + 2);
}

#[test]
fn recursion_ends_when_the_points_do() {
    let text = r#"(module (func $f (export "f") (param i32) (call $f (local.get 0))))"#;
    let (mut store, instance) = metered(100, cost, text).unwrap();
    let error = call(&mut store, &instance, &[0]).unwrap_err();
    assert_eq!(error.message(), "unreachable");
    assert_eq!(error.trace().len(), 51);
    assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Exhausted);
}

#[test]
fn an_endless_loop_ends() {
    for text in [
        r#"(module (func (export "f") (loop (nop) (br 0))))"#,
        r#"(module (func (export "f") (loop (br_if 0 (i32.const 1)))))"#,
        r#"(module (func (export "f") (loop (br_table 0 0 (i32.const 1)))))"#,
        r#"(module (func (export "f") (loop (block (br 1)))))"#,
        r#"(module (func (export "f") (loop (if (i32.const 1) (then (br 1))))))"#,
        r#"(module (func $g (nop)) (func (export "f") (loop (call $g) (br 0))))"#,
    ] {
        let (mut store, instance) = metered(10_000, cost, text).unwrap();
        call(&mut store, &instance, &[]).unwrap_err();
        assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Exhausted);
        // It is stopped again, and the instance is usable.
        set_remaining_points(&mut store, &instance, 50);
        assert_eq!(remaining(&mut store, &instance), 50);
        call(&mut store, &instance, &[]).unwrap_err();
    }
}

#[test]
fn nothing_of_a_run_is_executed_unless_it_is_paid() {
    let text = r#"(module (memory (export "memory") 1 9) (func (export "f")
        (i32.store8 (i32.const 0) (i32.const 1))
        (drop (memory.grow (i32.const 1)))
        (memory.fill (i32.const 1) (i32.const 1) (i32.const 5))))"#;
    let (mut store, instance) = metered(9, cost, text).unwrap();
    call(&mut store, &instance, &[]).unwrap_err();
    let memory = instance.exports.get_memory("memory").unwrap();
    assert_eq!(memory.view(&store).size().0, 1);
    assert_eq!(memory.view(&store).read_u8(0).unwrap(), 0);
    set_remaining_points(&mut store, &instance, 10);
    call(&mut store, &instance, &[]).unwrap();
    assert_eq!(memory.view(&store).size().0, 2);
    assert_eq!(memory.view(&store).read_u8(5).unwrap(), 1);
    assert_eq!(remaining(&mut store, &instance), 0);
}

#[test]
fn other_traps_do_not_exhaust() {
    let text = r#"(module (memory 1) (func (export "f") (param i32)
        (drop (i32.load (local.get 0))) (nop) (nop)
        (if (i32.eqz (local.get 0)) (then (unreachable)))))"#;
    let (mut store, instance) = metered(100, cost, text).unwrap();
    let error = call(&mut store, &instance, &[-1]).unwrap_err();
    assert_eq!(error.message(), "out of bounds memory access");
    assert_eq!(remaining(&mut store, &instance), 92);
    assert_eq!(call(&mut store, &instance, &[0]).unwrap_err().message(), "unreachable");
    // The operator `unreachable` is paid for, too.
    assert_eq!(remaining(&mut store, &instance), 83);
}

#[test]
fn the_place_of_a_trap_is_as_without_metering() {
    let text = r#"(module (memory 1)
        (func $g (param i32) (nop) (drop (i32.load (local.get 0))) (nop))
        (func (export "f") (param i32) (nop) (call $g (local.get 0)) (nop)))"#;
    let places = |store: &mut Store| {
        let module = Module::new(&*store, text).unwrap();
        let instance = Instance::new(store, &module, &imports! {}).unwrap();
        let error = call(store, &instance, &[-1]).unwrap_err();
        let offsets = error.trace().iter().map(|frame| frame.module_offset()).collect::<Vec<_>>();
        (error.message(), offsets)
    };
    let plain = places(&mut Store::default());
    assert_eq!(plain.1.len(), 2);
    let metering = Metering::new(100, cost as Cost);
    assert_eq!(places(&mut store_with([Arc::new(metering)])), plain);
}

#[test]
fn points_run_out_at_the_beginning_of_a_run() {
    let text =
        r#"(module (func (export "f") (param i32) (nop) (if (local.get 0) (then (nop) (nop)))))"#;
    let (mut store, instance) = metered(4, cost, text).unwrap();
    let error = call(&mut store, &instance, &[1]).unwrap_err();
    let bytes = wat::parse_str(text).unwrap();
    // In the body: no locals, `nop`, `local.get 0`, `if`, `nop`, `nop`, `end`, `end`.
    let body = [0x00, 0x01, 0x20, 0x00, 0x04, 0x40, 0x01, 0x01, 0x0b, 0x0b];
    let start = bytes.windows(body.len()).position(|window| window == body).unwrap();
    assert_eq!(error.trace()[0].module_offset(), start + 6);
}

#[test]
fn host_functions_see_what_was_executed_and_may_pay() {
    struct Host {
        instance: Option<Instance>,
        seen: Vec<u64>,
    }
    let mut store = store_with([Arc::new(Metering::new(100, cost as Cost))]);
    let text = r#"(module (import "host" "see" (func $see (param i32)))
        (func (export "f")
            (call $see (i32.const 0))
            (nop) (nop)
            (call $see (i32.const 1))
            (nop) (nop) (nop)))"#;
    let module = Module::new(&store, text).unwrap();
    let env = FunctionEnv::new(&mut store, Host { instance: None, seen: vec![] });
    let see = |mut env: FunctionEnvMut<Host>, pay: i32| {
        let instance = env.data().instance.clone().unwrap();
        let MeteringPoints::Remaining(left) = get_remaining_points(&mut env, &instance) else {
            panic!("exhausted")
        };
        env.data_mut().seen.push(left);
        if pay == 1 {
            set_remaining_points(&mut env, &instance, 1_000);
        }
    };
    let see = Function::new_typed_with_env(&mut store, &env, see);
    let imports = imports! { "host" => { "see" => see } };
    let instance = Instance::new(&mut store, &module, &imports).unwrap();
    env.as_mut(&mut store).instance = Some(instance.clone());
    call(&mut store, &instance, &[]).unwrap();
    assert_eq!(env.as_ref(&store).seen, [98, 94]);
    assert_eq!(remaining(&mut store, &instance), 997);
}

#[test]
fn the_start_function_is_metered() {
    let text = r#"(module (func $s (nop) (nop)) (start $s))"#;
    let (mut store, instance) = metered(2, cost, text).unwrap();
    assert_eq!(remaining(&mut store, &instance), 0);
    let error = metered(1, cost, text).unwrap_err();
    assert!(error.to_string().contains("unreachable"), "{error}");
    metered(1, cost, r#"(module (func $s (loop (br 0))) (start $s))"#).unwrap_err();
}

#[test]
fn instances_have_their_own_points() {
    let mut store = store_with([Arc::new(Metering::new(10, cost as Cost))]);
    let module = Module::new(&store, r#"(module (func (export "f") (nop)))"#).unwrap();
    let a = Instance::new(&mut store, &module, &imports! {}).unwrap();
    let b = Instance::new(&mut store, &module, &imports! {}).unwrap();
    call(&mut store, &a, &[]).unwrap();
    assert_eq!((remaining(&mut store, &a), remaining(&mut store, &b)), (9, 10));
}

#[test]
fn points_are_unsigned() {
    let text = r#"(module (func (export "f") (nop)))"#;
    let (mut store, instance) = metered(u64::MAX, cost, text).unwrap();
    call(&mut store, &instance, &[]).unwrap();
    assert_eq!(remaining(&mut store, &instance), u64::MAX - 1);
}

#[test]
fn costs_do_not_wrap() {
    let huge: Cost = |operator| match operator {
        Operator::Nop => u64::MAX,
        Operator::Drop => u64::MAX / 2 + 1,
        _ => 0,
    };
    let calls = |limit, body: &str| {
        let text = format!(r#"(module (func (export "f") {body}))"#);
        let (mut store, instance) = metered(limit, huge, &text).unwrap();
        call(&mut store, &instance, &[]).map(|_| remaining(&mut store, &instance)).ok()
    };
    assert_eq!(calls(u64::MAX, "(nop)"), Some(0));
    assert_eq!(calls(u64::MAX - 1, "(nop)"), None);
    assert_eq!(calls(u64::MAX, "(nop) (nop)"), None);
    assert_eq!(calls(u64::MAX, "(drop (i32.const 1))"), Some(u64::MAX / 2));
    // Twice the cost of `drop` is 0 in 64 bits.
    assert_eq!(calls(u64::MAX, "(drop (i32.const 1)) (drop (i32.const 1))"), None);
}

#[test]
fn a_run_may_be_long() {
    let text = format!(r#"(module (func (export "f") {}))"#, "(nop)".repeat(100_000));
    let (mut store, instance) = metered(150_000, cost, &text).unwrap();
    call(&mut store, &instance, &[]).unwrap();
    assert_eq!(remaining(&mut store, &instance), 50_000);
    call(&mut store, &instance, &[]).unwrap_err();
}

#[test]
fn names_of_the_globals_are_taken() {
    let compile = |text: &str| {
        let store = store_with([Arc::new(Metering::new(10, cost as Cost))]);
        Module::new(&store, text)
    };
    for name in ["wasmer_metering_remaining_points", "wasmer_metering_points_exhausted"] {
        for item in [
            format!(r#"(global (export "{name}") (mut i64) (i64.const 5))"#),
            format!(r#"(func (export "{name}"))"#),
            format!(r#"(memory (export "{name}") 1)"#),
            format!(r#"(import "a" "{name}" (global (mut i64)))"#),
        ] {
            let error = compile(&format!("(module {item})")).unwrap_err();
            assert!(matches!(error, CompileError::MiddlewareError(_)), "{item}: {error:?}");
            assert!(error.to_string().contains(name), "{item}: {error}");
        }
        compile(&format!(r#"(module (import "a" "{name}" (func)))"#)).unwrap();
        compile(&format!(r#"(module (import "a" "{name}" (global i64)))"#)).unwrap();
    }
}

#[test]
fn modules_cannot_name_the_globals() {
    for access in ["(global.set 2 (i64.const 9))", "(drop (global.get 2))"] {
        let text = format!(
            r#"(module (import "a" "b" (global (mut i64))) (global (mut i64) (i64.const 1))
                (func {access}))"#
        );
        let bytes = wat::parse_str(&text).unwrap();
        let store = store_with([Arc::new(Metering::new(10, cost as Cost))]);
        let error = Module::new(&store, bytes).unwrap_err();
        assert!(matches!(error, CompileError::Validate(_)), "{error:?}");
    }
}

#[test]
fn globals_of_the_module_keep_their_numbers() {
    let mut store = store_with([Arc::new(Metering::new(100, cost as Cost))]);
    let text = r#"(module (import "a" "b" (global (mut i64))) (global (mut i64) (i64.const 5))
        (func (export "f") (result i64)
            (global.set 0 (i64.const 7))
            (global.set 1 (i64.add (global.get 0) (global.get 1)))
            (global.get 1)))"#;
    let module = Module::new(&store, text).unwrap();
    let b = wasmer::Global::new_mut(&mut store, Value::I64(1));
    let imports = imports! { "a" => { "b" => b.clone() } };
    let instance = Instance::new(&mut store, &module, &imports).unwrap();
    assert_eq!(*call(&mut store, &instance, &[]).unwrap(), [Value::I64(12)]);
    assert_eq!(b.get(&mut store), Value::I64(7));
    assert_eq!(remaining(&mut store, &instance), 93);
}

#[test]
fn several_modules_and_threads_share_a_metering() {
    let mut compiler = Cranelift::default();
    compiler.push_middleware(Arc::new(Metering::new(100, cost as Cost)));
    let engine = wasmer::Engine::from(EngineBuilder::new(compiler));
    std::thread::scope(|scope| {
        for globals in 0..4 {
            let engine = engine.clone();
            scope.spawn(move || {
                let globals = "(global i32 (i32.const 1))".repeat(globals);
                let text = format!(r#"(module {globals} (func (export "f") (nop)))"#);
                for _ in 0..10 {
                    let module = Module::new(&engine, &text).unwrap();
                    let mut store = Store::new(engine.clone());
                    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
                    call(&mut store, &instance, &[]).unwrap();
                    assert_eq!(remaining(&mut store, &instance), 99);
                }
            });
        }
    });
}

/// A middleware as for `wasmer` 4, which does not pass on which module it is.
#[derive(Debug)]
struct Wrapped(Metering<Cost>);

impl ModuleMiddleware for Wrapped {
    fn generate_function_middleware(
        &self,
        index: LocalFunctionIndex,
    ) -> Box<dyn wasmer::sys::FunctionMiddleware> {
        self.0.generate_function_middleware(index)
    }

    fn transform_module_info(&self, info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        self.0.transform_module_info(info)
    }
}

#[test]
fn without_the_module_one_kind_of_module_is_served() {
    let mut store = store_with([Arc::new(Wrapped(Metering::new(10, cost as Cost)))]);
    for _ in 0..2 {
        let module = Module::new(&store, r#"(module (func (export "f") (nop)))"#).unwrap();
        let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
        call(&mut store, &instance, &[]).unwrap();
        assert_eq!(remaining(&mut store, &instance), 9);
    }
    let error = Module::new(&store, "(module (global i32 (i32.const 1)) (func))").unwrap_err();
    assert!(error.to_string().contains("several modules"), "{error}");
}

#[test]
fn metering_twice_is_an_error() {
    let metering = || Arc::new(Metering::new(10, cost as Cost));
    let store = store_with([metering(), metering()]);
    let error = Module::new(&store, "(module)").unwrap_err();
    assert!(matches!(error, CompileError::MiddlewareError(_)), "{error:?}");
}

#[test]
#[should_panic(expected = "was not compiled with `Metering`")]
fn an_instance_that_is_not_metered() {
    let mut store = Store::default();
    let module = Module::new(&store, "(module)").unwrap();
    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
    get_remaining_points(&mut store, &instance);
}

#[test]
fn operators_of_control_are_accounting() {
    assert!(is_accounting(&Operator::End));
    assert!(is_accounting(&Operator::Call { function_index: 0 }));
    assert!(is_accounting(&Operator::BrIf { relative_depth: 0 }));
    assert!(is_accounting(&Operator::Loop { blockty: wasmer::wasmparser::BlockType::Empty }));
    assert!(!is_accounting(&Operator::Block { blockty: wasmer::wasmparser::BlockType::Empty }));
    assert!(!is_accounting(&Operator::I32Add));
}
