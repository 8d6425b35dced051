//! Panics of host functions.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;

use wasmer::{Function, Store, Type, TypedFunction, imports};

use crate::instance_with;

#[test]
fn a_panic_travels_through_wasm() {
    let mut store = Store::default();
    let guard = Arc::new(());
    let (typed, dynamic) = (guard.clone(), guard.clone());
    let imports = imports! {
        "host" => {
            "typed" => Function::new_typed(&mut store, move |n: i32| -> i32 {
                let _local = typed.clone();
                if n == 0 { panic_any(String::from("payload")) } else { n }
            }),
            "dynamic" => Function::new(&mut store, ([Type::I32], [Type::I32]), move |args| {
                let _local = dynamic.clone();
                if args[0].unwrap_i32() == 0 { panic_any(7u8) }
                Ok(vec![args[0].clone()])
            }),
        },
    };
    let wat = r#"(module
        (import "host" "typed" (func $typed (param i32) (result i32)))
        (import "host" "dynamic" (func $dynamic (param i32) (result i32)))
        (func (export "typed") (param i32) (result i32) local.get 0 call $typed)
        (func (export "dynamic") (param i32) (result i32) local.get 0 call $dynamic))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let typed: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "typed").unwrap();
    let dynamic: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "dynamic").unwrap();
    for _ in 0..3 {
        let payload = catch_unwind(AssertUnwindSafe(|| typed.call(&mut store, 0))).unwrap_err();
        assert_eq!(*payload.downcast::<String>().unwrap(), "payload");
        let payload = catch_unwind(AssertUnwindSafe(|| dynamic.call(&mut store, 0))).unwrap_err();
        assert_eq!(*payload.downcast::<u8>().unwrap(), 7);
        assert_eq!(typed.call(&mut store, 1).unwrap(), 1);
        assert_eq!(dynamic.call(&mut store, 2).unwrap(), 2);
    }
    assert_eq!(Arc::strong_count(&guard), 3, "what the panics left was dropped");
}

#[test]
fn a_panic_in_a_start_function() {
    let mut store = Store::default();
    let imports = imports! {
        "host" => { "f" => Function::new_typed(&mut store, || -> () { panic!("in start") }) },
    };
    let message = crate::panic_message(|| {
        instance_with(&mut store, r#"(module (import "host" "f" (func $f)) (start $f))"#, &imports)
    });
    assert_eq!(message, "in start");
}
