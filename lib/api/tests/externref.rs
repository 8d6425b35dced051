//! References to values of the host.

use wasmer::{ExternRef, Function, Store, TypedFunction, Value, imports};

use crate::{instance, instance_with};

#[test]
fn through_wasm_and_back() {
    let mut store = Store::default();
    let wat = r#"(module
        (global $kept (mut externref) (ref.null extern))
        (table $t 1 externref)
        (func (export "keep") (param externref)
            (global.set $kept (local.get 0))
            (table.set $t (i32.const 0) (local.get 0)))
        (func (export "get") (result externref externref)
            (global.get $kept) (table.get $t (i32.const 0)))
        (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let value = ExternRef::new(&mut store, vec![1, 2, 3]);
    let keep = instance.exports.get_function("keep").unwrap();
    keep.call(&mut store, &[Value::from(value.clone())]).unwrap();
    let get: TypedFunction<(), (Option<ExternRef>, Option<ExternRef>)> =
        instance.exports.get_typed_function(&store, "get").unwrap();
    let (from_global, from_table) = get.call(&mut store).unwrap();
    let (from_global, from_table) = (from_global.unwrap(), from_table.unwrap());
    assert!(from_global.ptr_eq(&value) && from_table.ptr_eq(&value));
    assert_eq!(from_global.downcast::<Vec<i32>>(&store).unwrap(), &[1, 2, 3]);
    assert!(from_global.downcast::<Vec<u32>>(&store).is_none());

    let is_null: TypedFunction<Option<ExternRef>, i32> =
        instance.exports.get_typed_function(&store, "is_null").unwrap();
    assert_eq!(is_null.call(&mut store, None).unwrap(), 1);
    assert_eq!(is_null.call(&mut store, Some(value)).unwrap(), 0);
}

#[test]
fn host_functions_take_and_return_them() {
    let mut store = Store::default();
    let env = wasmer::FunctionEnv::new(&mut store, ());
    let imports = imports! {
        "host" => {
            "new" => Function::new_typed_with_env(
                &mut store,
                &env,
                |mut env: wasmer::FunctionEnvMut<'_, ()>, n: i32| Some(ExternRef::new(&mut env, n)),
            ),
            "read" => Function::new_typed_with_env(
                &mut store,
                &env,
                |env: wasmer::FunctionEnvMut<'_, ()>, reference: Option<ExternRef>| {
                    reference.and_then(|r| r.downcast::<i32>(&env).copied()).unwrap_or(-1)
                },
            ),
        },
    };
    let wat = r#"(module
        (import "host" "new" (func $new (param i32) (result externref)))
        (import "host" "read" (func $read (param externref) (result i32)))
        (func (export "f") (param i32) (result i32 i32)
            (call $read (call $new (local.get 0))) (call $read (ref.null extern))))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let f = instance.exports.get_function("f").unwrap();
    assert_eq!(*f.call(&mut store, &[Value::I32(6)]).unwrap(), [Value::I32(6), Value::I32(-1)]);
}

#[test]
fn references_of_other_stores_are_refused() {
    let mut store = Store::default();
    let mut other = Store::default();
    let foreign = ExternRef::new(&mut other, 1);
    assert!(!foreign.is_from_store(&store));
    let wat = r#"(module (func (export "f") (param externref)))"#;
    let instance = instance(&mut store, wat);
    let f = instance.exports.get_function("f").unwrap();
    let error = f.call(&mut store, &[foreign.clone().into()]).unwrap_err();
    assert_eq!(error.message(), "cross-`Store` values are not supported");
    let f: TypedFunction<Option<ExternRef>, ()> = f.typed(&store).unwrap();
    let error = f.call(&mut store, Some(foreign)).unwrap_err();
    assert_eq!(error.message(), "cross-`Store` values are not supported");
}
