//! What runs when a call returns.

use wasmer::{
    AsStoreMut, Function, FunctionEnv, FunctionEnvMut, OnCalledAction, Store, TypedFunction,
    imports,
};

use crate::instance_with;

/// A function that counts its calls and asks for `action` when the outermost call returns.
fn counter(
    store: &mut Store,
    action: fn(i32) -> OnCalledAction,
) -> (FunctionEnv<i32>, TypedFunction<(), i32>) {
    let env = FunctionEnv::new(store, 0);
    let count = move |mut env: FunctionEnvMut<'_, i32>| {
        *env.data_mut() += 1;
        let count = *env.data();
        env.as_store_mut().on_called(move |_| Ok(action(count)));
        count
    };
    let imports = imports! {
        "host" => { "count" => Function::new_typed_with_env(store, &env, count) },
    };
    let wat = r#"(module (import "host" "count" (func $count (result i32)))
        (func (export "f") (result i32) call $count))"#;
    let instance = instance_with(store, wat, &imports);
    let f = instance.exports.get_typed_function(&*store, "f").unwrap();
    (env, f)
}

#[test]
fn again_until_it_is_enough() {
    let mut store = Store::default();
    let (env, f) = counter(&mut store, |count| match count {
        0..3 => OnCalledAction::InvokeAgain,
        _ => OnCalledAction::Finish,
    });
    assert_eq!(f.call(&mut store).unwrap(), 3);
    assert_eq!(*env.as_ref(&store), 3);
    let function = Function::from(f);
    *env.as_mut(&mut store) = 0;
    assert_eq!(function.call(&mut store, &[]).unwrap()[0].unwrap_i32(), 3);
}

#[test]
fn failures() {
    let mut store = Store::default();
    let (_, f) = counter(&mut store, |_| OnCalledAction::Trap("stopped".into()));
    assert_eq!(f.call(&mut store).unwrap_err().message(), "stopped");
    store.as_store_mut().on_called(|_| Err("failed".into()));
    // The host function's handler replaces this one.
    assert_eq!(f.call(&mut store).unwrap_err().message(), "stopped");
}
