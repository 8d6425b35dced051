//! Deep recursion.

use wasmer::{
    Function, FunctionEnv, FunctionEnvMut, RuntimeError, Store, TrapCode, TypedFunction, imports,
};

use crate::{failure, instance, instance_with};

#[test]
fn endless_recursion_is_a_trap() {
    let mut store = Store::default();
    let wat = r#"(module
        (func $f (export "f") call $f)
        (func $g (export "g") (param i64 i64 i64) (result i64)
            (i64.add (local.get 0) (call $g (local.get 1) (local.get 2) (local.get 0))))
        (func (export "ok") (result i32) i32.const 1))"#;
    let instance = instance(&mut store, wat);
    for _ in 0..3 {
        let error = failure(&mut store, &instance, "f");
        assert_eq!(error.message(), "call stack exhausted");
        assert!(error.trace().is_empty());
        assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
        let g: TypedFunction<(i64, i64, i64), i64> =
            instance.exports.get_typed_function(&store, "g").unwrap();
        let error = g.call(&mut store, 1, 2, 3).unwrap_err();
        assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
        let ok: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "ok").unwrap();
        assert_eq!(ok.call(&mut store).unwrap(), 1);
    }
}

/// Wasm and the host call each other until there is no room.
#[test]
fn recursion_through_the_host() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, (0, None::<TypedFunction<(), ()>>));
    type Env = (i32, Option<TypedFunction<(), ()>>);
    let back = |mut env: FunctionEnvMut<'_, Env>| -> Result<(), RuntimeError> {
        env.data_mut().0 += 1;
        let function = env.data().1.clone().unwrap();
        function.call(&mut env)
    };
    let imports = imports! {
        "host" => { "back" => Function::new_typed_with_env(&mut store, &env, back) },
    };
    let wat = r#"(module (import "host" "back" (func $back)) (func (export "f") call $back))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let f: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "f").unwrap();
    env.as_mut(&mut store).1 = Some(f.clone());
    let error = f.call(&mut store).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
    assert!(env.as_ref(&store).0 > 10, "it was deep");
}

/// A host function that is called with little room left has the room it needs, or is not called.
#[test]
fn a_host_function_at_the_end_of_the_stack() {
    let mut store = Store::default();
    let hungry = Function::new_typed(&mut store, || {
        let mut room = [1u8; 30_000];
        std::hint::black_box(&mut room);
        room.iter().map(|&byte| byte as i32).sum::<i32>()
    });
    let imports = imports! { "host" => { "hungry" => hungry } };
    let wat = r#"(module
        (import "host" "hungry" (func $hungry (result i32)))
        (global (export "depth") (mut i32) (i32.const 0))
        (func $f (export "f")
            (global.set 0 (i32.add (global.get 0) (i32.const 1)))
            (drop (call $hungry))
            (call $f)))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let error = failure(&mut store, &instance, "f");
    assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
    let depth = instance.exports.get_global("depth").unwrap().get(&mut store).unwrap_i32();
    assert!(depth > 100, "{depth}");
}

#[test]
fn on_a_small_thread() {
    std::thread::Builder::new()
        .stack_size(128 * 1024)
        .spawn(endless_recursion_is_a_trap)
        .unwrap()
        .join()
        .unwrap();
}
