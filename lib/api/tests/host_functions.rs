//! Functions of the host, called by wasm and by the host.

use std::fmt;

use wasmer::{
    Function, FunctionType, RuntimeError, Store, TrapCode, Type, TypedFunction, Value, imports,
};

use crate::{failure, instance_with};

#[derive(Debug, PartialEq)]
struct Refused(u32);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {}", self.0)
    }
}

impl std::error::Error for Refused {}

#[test]
fn typed_functions_of_all_shapes() {
    let mut store = Store::default();
    let offset = 1000;
    let imports = imports! {
        "host" => {
            "none" => Function::new_typed(&mut store, || {}),
            "one" => Function::new_typed(&mut store, move |n: i32| n + offset),
            "many" => Function::new_typed(&mut store, |a: i64, b: f32, c: f64, d: u8| {
                (d, c, b, a)
            }),
            "vector" => Function::new_typed(&mut store, |v: u128| v.swap_bytes()),
            "checked" => Function::new_typed(&mut store, |n: u32| match n {
                0..10 => Ok((n, n * n)),
                _ => Err(Refused(n)),
            }),
        },
    };
    let wat = r#"(module
        (import "host" "none" (func $none))
        (import "host" "one" (func $one (param i32) (result i32)))
        (import "host" "many" (func $many (param i64 f32 f64 i32) (result i32 f64 f32 i64)))
        (import "host" "vector" (func $vector (param v128) (result v128)))
        (import "host" "checked" (func $checked (param i32) (result i32 i32)))
        (func (export "one") (param i32) (result i32) call $none local.get 0 call $one)
        (func (export "many") (param i64 f32 f64 i32) (result i32 f64 f32 i64)
            local.get 0 local.get 1 local.get 2 local.get 3 call $many)
        (func (export "vector") (param v128) (result v128) local.get 0 call $vector)
        (func (export "checked") (param i32) (result i32 i32) local.get 0 call $checked))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let one: TypedFunction<i32, i32> = instance.exports.get_typed_function(&store, "one").unwrap();
    assert_eq!(one.call(&mut store, -1).unwrap(), 999);
    type Four = (i64, f32, f64, u32);
    type Reversed = (u32, f64, f32, i64);
    let many: TypedFunction<Four, Reversed> =
        instance.exports.get_typed_function(&store, "many").unwrap();
    assert_eq!(many.call(&mut store, -7, 0.5, 2.25, 0x1_ff).unwrap(), (0xff, 2.25, 0.5, -7));
    let vector: TypedFunction<u128, u128> =
        instance.exports.get_typed_function(&store, "vector").unwrap();
    assert_eq!(vector.call(&mut store, 0x1234).unwrap(), 0x1234u128.swap_bytes());

    let checked: TypedFunction<u32, (u32, u32)> =
        instance.exports.get_typed_function(&store, "checked").unwrap();
    assert_eq!(checked.call(&mut store, 9).unwrap(), (9, 81));
    let error = checked.call(&mut store, 10).unwrap_err();
    assert!(error.is::<Refused>() && !error.is::<fmt::Error>());
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused(10)));
    assert_eq!(error.to_string(), "RuntimeError: refused 10");
    assert_eq!(error.clone().to_trap(), None);
    assert!(error.trace().is_empty());
    assert_eq!(error.downcast::<Refused>().unwrap(), Refused(10));
}

#[test]
fn dynamic_functions() {
    let mut store = Store::default();
    let reverse = FunctionType::new(
        [Type::I32, Type::I64, Type::F32, Type::F64, Type::V128],
        [Type::V128, Type::F64, Type::F32, Type::I64, Type::I32],
    );
    let imports = imports! {
        "host" => {
            "reverse" => Function::new(&mut store, reverse, |args| {
                Ok(args.iter().rev().cloned().collect())
            }),
        },
    };
    let wat = r#"(module
        (type $reverse (func (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)))
        (import "host" "reverse" (func $reverse (type $reverse)))
        (func (export "f") (type $reverse)
            local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 call $reverse))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let args =
        [Value::I32(-1), Value::I64(-2), Value::F32(0.5), Value::F64(0.25), Value::V128(1 << 100)];
    let f = instance.exports.get_function("f").unwrap();
    let mut results = f.call(&mut store, &args).unwrap().into_vec();
    results.reverse();
    assert_eq!(results, args);
}

#[test]
fn many_dynamic_arguments() {
    let mut store = Store::default();
    let types = vec![Type::I64; 40];
    let ty = FunctionType::new(types.clone(), types);
    let f = Function::new(&mut store, ty, |args| {
        Ok(args.iter().map(|arg| Value::I64(arg.unwrap_i64() * 2)).collect())
    });
    let args: Vec<Value> = (0..40).map(Value::I64).collect();
    let doubled: Vec<Value> = (0..40).map(|n| Value::I64(2 * n)).collect();
    assert_eq!(*f.call(&mut store, &args).unwrap(), doubled);
}

#[test]
fn dynamic_functions_with_wrong_results() {
    let mut store = Store::default();
    let results: [&[Value]; 3] = [&[], &[Value::I64(1)], &[Value::I32(1), Value::I32(2)]];
    for results in results {
        let results = results.to_vec();
        let wrong = Function::new(&mut store, ([], [Type::I32]), move |_| Ok(results.clone()));
        let message = wrong.call(&mut store, &[]).unwrap_err().message();
        let expected = "Dynamic function returned wrong signature. Expected [I32] but got ";
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn runtime_errors_pass_unchanged() {
    let mut store = Store::default();
    let imports = imports! {
        "host" => {
            "message" => Function::new_typed(&mut store, || -> Result<(), RuntimeError> {
                Err(RuntimeError::new("from the host"))
            }),
            "dynamic" => Function::new(&mut store, ([], []), |_| {
                Err(RuntimeError::user(Box::new(Refused(3))))
            }),
        },
    };
    let wat = r#"(module
        (import "host" "message" (func $message))
        (import "host" "dynamic" (func $dynamic))
        (func (export "message") call $message)
        (func (export "dynamic") call $dynamic))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let error = failure(&mut store, &instance, "message");
    assert_eq!(error.to_string(), "RuntimeError: from the host");
    let error = failure(&mut store, &instance, "dynamic");
    assert_eq!(error.downcast_ref(), Some(&Refused(3)));
}

#[test]
fn a_trap_goes_through_several_layers() {
    let mut store = Store::default();
    let inner = instance_with(
        &mut store,
        r#"(module $inner (func $trap (export "trap") unreachable))"#,
        &imports! {},
    );
    let trap = inner.exports.get_function("trap").unwrap().clone();
    let env = wasmer::FunctionEnv::new(&mut store, trap);
    let relay = Function::new_typed_with_env(
        &mut store,
        &env,
        |mut env: wasmer::FunctionEnvMut<'_, Function>| -> Result<(), RuntimeError> {
            let trap = env.data().clone();
            trap.call(&mut env, &[]).map(|_| ())
        },
    );
    let outer = instance_with(
        &mut store,
        r#"(module $outer
            (import "host" "relay" (func $relay))
            (func $call (export "call") call $relay))"#,
        &imports! { "host" => { "relay" => relay } },
    );
    let error = failure(&mut store, &outer, "call");
    let names: Vec<_> = error.trace().iter().map(|frame| frame.function_name().unwrap()).collect();
    assert_eq!(names, ["trap", "call"]);
    let modules: Vec<_> = error.trace().iter().map(|frame| frame.module_name()).collect();
    assert_eq!(modules, ["inner", "outer"]);
    assert_eq!(error.to_trap(), Some(TrapCode::UnreachableCodeReached));
}

#[test]
fn references_as_arguments() {
    let mut store = Store::default();
    let imports = imports! {
        "host" => {
            "pick" => Function::new_typed(
                &mut store,
                |f: Option<Function>, g: Option<Function>| f.or(g),
            ),
        },
    };
    let wat = r#"(module
        (import "host" "pick" (func $pick (param funcref funcref) (result funcref)))
        (func $f (export "f"))
        (elem declare func $f)
        (func (export "pick") (result funcref) ref.null func ref.func $f call $pick))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let pick: TypedFunction<(), Option<Function>> =
        instance.exports.get_typed_function(&store, "pick").unwrap();
    let f = instance.exports.get_function("f").unwrap();
    assert_eq!(pick.call(&mut store).unwrap().as_ref(), Some(f));
}

#[test]
fn results_of_other_stores_are_refused() {
    let mut store = Store::default();
    let mut other = Store::default();
    let foreign = Function::new_typed(&mut other, || {});
    let typed = {
        let foreign = foreign.clone();
        Function::new_typed(&mut store, move || Some(foreign.clone()))
    };
    let dynamic = Function::new(&mut store, ([], [Type::FuncRef]), move |_| {
        Ok(vec![Value::FuncRef(Some(foreign.clone()))])
    });
    for function in [typed, dynamic] {
        let error = function.call(&mut store, &[]).unwrap_err();
        assert_eq!(error.message(), "cross-`Store` values are not supported");
    }
}
