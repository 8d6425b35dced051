//! Globals.

use wasmer::{Function, Global, Mutability, Store, Value, imports};

use crate::{instance_with, panic_message};

#[test]
fn reading_and_writing() {
    let mut store = Store::default();
    let values = [
        Value::I32(-1),
        Value::I64(i64::MIN),
        Value::F32(0.5),
        Value::F64(-2.0),
        Value::V128(u128::MAX << 3),
    ];
    for value in values {
        let global = Global::new_mut(&mut store, value.clone());
        assert_eq!(global.get(&mut store), value);
        assert_eq!(global.ty(&store).ty, value.ty());
        assert_eq!(global.ty(&store).mutability, Mutability::Var);
        let zero = match value {
            Value::V128(_) => Value::V128(0),
            other => other,
        };
        global.set(&mut store, zero.clone()).unwrap();
        assert_eq!(global.get(&mut store), zero);
    }
}

#[test]
fn what_is_refused() {
    let mut store = Store::default();
    let constant = Global::new(&mut store, Value::I32(1));
    let error = constant.set(&mut store, Value::I32(2)).unwrap_err();
    assert_eq!(error.message(), "Attempted to set an immutable global");
    let global = Global::new_mut(&mut store, Value::I32(1));
    let error = global.set(&mut store, Value::I64(2)).unwrap_err();
    assert_eq!(
        error.message(),
        "Attempted to operate on a global of type I32 as a global of type I64"
    );
    let global = Global::new_mut(&mut store, Value::FuncRef(None));
    let foreign = Function::new_typed(&mut Store::default(), || {});
    let error = global.set(&mut store, foreign.clone().into()).unwrap_err();
    assert_eq!(error.message(), "cross-`Store` values are not supported");
    let message = panic_message(|| Global::new(&mut store, foreign.into()));
    assert_eq!(message, "cross-`Store` values are not supported");
}

#[test]
fn host_and_wasm_see_the_same_value() {
    let mut store = Store::default();
    let shared = Global::new_mut(&mut store, Value::I64(5));
    let f = Function::new_typed(&mut store, || 11);
    let imports = imports! {
        "host" => { "shared" => shared.clone(), "f" => Global::new(&mut store, f.into()) },
    };
    let wat = r#"(module
        (import "host" "shared" (global $shared (mut i64)))
        (import "host" "f" (global $f funcref))
        (global (export "own") (mut i32) (i32.const 3))
        (global (export "copy") funcref (global.get $f))
        (func (export "add") (param i64)
            (global.set $shared (i64.add (global.get $shared) (local.get 0)))))"#;
    let instance = instance_with(&mut store, wat, &imports);
    instance.exports.get_function("add").unwrap().call(&mut store, &[Value::I64(4)]).unwrap();
    assert_eq!(shared.get(&mut store), Value::I64(9));
    let own = instance.exports.get_global("own").unwrap();
    assert_eq!(own.get(&mut store), Value::I32(3));
    let copy = instance.exports.get_global("copy").unwrap().get(&mut store);
    let copy = copy.unwrap_funcref().clone().unwrap();
    assert_eq!(*copy.call(&mut store, &[]).unwrap(), [Value::I32(11)]);
}
