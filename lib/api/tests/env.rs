//! Environments of host functions.

use std::collections::HashSet;

use wasmer::{
    AsStoreMut, Function, FunctionEnv, FunctionEnvMut, Memory, RuntimeError, Store, Type,
    TypedFunction, Value, imports,
};

use crate::instance_with;

#[derive(Default)]
struct Host {
    log: Vec<String>,
    memory: Option<Memory>,
    twice: Option<TypedFunction<i32, i32>>,
}

#[test]
fn a_host_with_memory_and_callback() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, Host::default());
    let log = |mut env: FunctionEnvMut<'_, Host>, at: u32, len: u32| -> Result<i32, RuntimeError> {
        let (host, mut store) = env.data_and_store_mut();
        let view = host.memory.as_ref().unwrap().view(&store);
        let text = wasmer::WasmPtr::<u8>::new(at).read_utf8_string(&view, len)?;
        host.log.push(text);
        let twice = host.twice.clone().unwrap();
        twice.call(&mut store, 21)
    };
    let imports = imports! {
        "host" => {
            "log" => Function::new_typed_with_env(&mut store, &env, log),
            "count" => Function::new_with_env(&mut store, &env, ([], [Type::I32]), |env, _| {
                Ok(vec![Value::I32(env.data().log.len() as i32)])
            }),
        },
    };
    let wat = r#"(module
        (import "host" "log" (func $log (param i32 i32) (result i32)))
        (import "host" "count" (func $count (result i32)))
        (memory (export "memory") 1) (data (i32.const 8) "hello")
        (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "run") (result i32 i32)
            (call $log (i32.const 8) (i32.const 5)) (call $count)))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let host = env.as_mut(&mut store);
    host.memory = Some(instance.exports.get_memory("memory").unwrap().clone());
    let twice = instance.exports.get_typed_function(&store, "twice").unwrap();
    env.as_mut(&mut store).twice = Some(twice);
    let run: TypedFunction<(), (i32, i32)> =
        instance.exports.get_typed_function(&store, "run").unwrap();
    assert_eq!(run.call(&mut store).unwrap(), (42, 1));
    assert_eq!(run.call(&mut store).unwrap(), (42, 2));
    assert_eq!(env.as_ref(&store).log, ["hello", "hello"]);
}

#[test]
fn handles() {
    let mut store = Store::default();
    let one = FunctionEnv::new(&mut store, 1);
    let two = FunctionEnv::new(&mut store, 2);
    assert_ne!(one, two);
    let both: HashSet<_> = [one.clone(), one.clone(), two.clone()].into();
    assert_eq!(both.len(), 2);
    let mut env = one.clone().into_mut(&mut store);
    *env.data_mut() += 10;
    *env.as_mut().data_mut() += 100;
    assert_eq!(env.as_ref(), one);
    let mut inner = env.as_store_mut();
    assert_eq!(*two.as_mut(&mut inner), 2);
    assert_eq!(*one.as_ref(&store), 111);
}

#[test]
fn values_are_dropped_with_the_store() {
    use std::sync::Arc;
    let mut store = Store::default();
    let counter = Arc::new(());
    let env = FunctionEnv::new(&mut store, counter.clone());
    let captured = counter.clone();
    Function::new_typed(&mut store, move || Arc::strong_count(&captured) as i32);
    let captured = counter.clone();
    let f = Function::new_with_env(&mut store, &env, ([], []), move |_, _| {
        let _ = &captured;
        Ok(vec![])
    });
    wasmer::ExternRef::new(&mut store, counter.clone());
    assert_eq!(Arc::strong_count(&counter), 5);
    f.call(&mut store, &[]).unwrap();
    drop(store);
    assert_eq!(Arc::strong_count(&counter), 1);
}
