//! Calls from the host to wasm.

use wasmer::{FunctionType, Store, Type, TypedFunction, Value};

use crate::instance;

#[test]
fn values_of_all_types() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f")
        (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)
        local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))"#;
    let instance = instance(&mut store, wat);
    let f = instance.exports.get_function("f").unwrap();
    let args = [
        Value::I32(-1),
        Value::I64(i64::MIN),
        Value::F32(1.5),
        Value::F64(-0.25),
        Value::V128(u128::MAX - 5),
    ];
    let mut results = f.call(&mut store, &args).unwrap().into_vec();
    results.reverse();
    assert_eq!(results, args);
    assert_eq!(
        f.ty(&store).to_string(),
        "[I32, I64, F32, F64, V128] -> [V128, F64, F32, I64, I32]"
    );
    assert_eq!((f.param_arity(&store), f.result_arity(&store)), (5, 5));

    type All = (i32, i64, f32, f64, u128);
    type Reversed = (u128, f64, f32, i64, i32);
    let f: TypedFunction<All, Reversed> = f.typed(&store).unwrap();
    let results = f.call(&mut store, -1, i64::MIN, 1.5, -0.25, u128::MAX - 5).unwrap();
    assert_eq!(results, (u128::MAX - 5, -0.25, 1.5, i64::MIN, -1));
}

#[test]
fn more_arguments_than_registers() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f")
        (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64
               f64 f64 f64 f64 f64 f64 f64 f64 f64 f64)
        (result i64 f64)
        (i64.sub (local.get 0) (local.get 9))
        (f64.sub (local.get 10) (local.get 19))))"#;
    let instance = instance(&mut store, wat);
    let f = instance.exports.get_function("f").unwrap();
    let args: Vec<Value> =
        (0..10).map(Value::I64).chain((0..10).map(|n| Value::F64(n.into()))).collect();
    assert_eq!(*f.call(&mut store, &args).unwrap(), [Value::I64(-9), Value::F64(-9.0)]);

    #[rustfmt::skip]
    type Twenty = (
        i64, i64, i64, i64, i64, i64, i64, i64, i64, i64,
        f64, f64, f64, f64, f64, f64, f64, f64, f64, f64,
    );
    let f: TypedFunction<Twenty, (i64, f64)> = f.typed(&store).unwrap();
    #[rustfmt::skip]
    let results = f.call(
        &mut store,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
        0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0,
    );
    assert_eq!(results.unwrap(), (-9, -9.0));
}

#[test]
fn narrow_integers() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f") (param i32) (result i32) local.get 0))"#;
    let instance = instance(&mut store, wat);
    let to_i8: TypedFunction<i32, i8> = instance.exports.get_typed_function(&store, "f").unwrap();
    assert_eq!(to_i8.call(&mut store, 0x1_80).unwrap(), -128);
    let from_u16: TypedFunction<u16, i32> =
        instance.exports.get_typed_function(&store, "f").unwrap();
    assert_eq!(from_u16.call(&mut store, u16::MAX).unwrap(), 0xffff);
    let from_i16: TypedFunction<i16, u32> =
        instance.exports.get_typed_function(&store, "f").unwrap();
    assert_eq!(from_i16.call(&mut store, -1).unwrap(), u32::MAX);
}

#[test]
fn wrong_arguments() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f") (param i32 i32) (result i32) local.get 0))"#;
    let instance = instance(&mut store, wat);
    let f = instance.exports.get_function("f").unwrap();
    let error = f.call(&mut store, &[Value::I32(1), Value::I64(2)]).unwrap_err();
    assert_eq!(
        error.message(),
        "Parameters of type [I32, I64] did not match signature [I32, I32] -> [I32]"
    );
    let error = f.call(&mut store, &[Value::I32(1)]).unwrap_err();
    assert_eq!(
        error.message(),
        "Parameters of type [I32] did not match signature [I32, I32] -> [I32]"
    );
    assert!(error.trace().is_empty());
    assert_eq!(error.to_trap(), None);
}

#[test]
fn wrong_types() {
    let mut store = Store::default();
    let wat = r#"(module (func (export "f") (param i32 i32) (result i32) local.get 0))"#;
    let instance = instance(&mut store, wat);
    let f = instance.exports.get_function("f").unwrap();
    assert_eq!(
        f.typed::<i32, i32>(&store).unwrap_err().message(),
        "given types (`[I32]`) for the function arguments don't match the actual types (`[I32, I32]`)"
    );
    assert_eq!(
        f.typed::<(i32, i32), ()>(&store).unwrap_err().message(),
        "given types (`[]`) for the function results don't match the actual types (`[I32]`)"
    );
    assert!(f.typed::<(u32, u32), u32>(&store).is_ok());
}

#[test]
fn function_references() {
    let mut store = Store::default();
    let wat = r#"(module
        (func $seven (export "seven") (result i32) i32.const 7)
        (elem declare func $seven)
        (func (export "get") (result funcref) ref.func $seven)
        (func (export "same") (param funcref) (result funcref) local.get 0))"#;
    let instance = instance(&mut store, wat);
    let get = instance.exports.get_function("get").unwrap();
    let result = get.call(&mut store, &[]).unwrap();
    let seven = result[0].unwrap_funcref().clone().unwrap();
    assert_eq!(&seven, instance.exports.get_function("seven").unwrap());
    assert_eq!(seven.ty(&store), FunctionType::new([], [Type::I32]));

    let same: TypedFunction<Option<wasmer::Function>, Option<wasmer::Function>> =
        instance.exports.get_typed_function(&store, "same").unwrap();
    assert_eq!(same.call(&mut store, Some(seven.clone())).unwrap(), Some(seven));
    assert_eq!(same.call(&mut store, None).unwrap(), None);
    // A function of the host too.
    let host = wasmer::Function::new(&mut store, ([], [Type::I32]), |_| Ok(vec![Value::I32(9)]));
    let back = same.call(&mut store, Some(host)).unwrap().unwrap();
    assert_eq!(*back.call(&mut store, &[]).unwrap(), [Value::I32(9)]);
}

#[test]
fn a_function_that_was_said_not_to_return() {
    let mut store = Store::default();
    let instance = instance(&mut store, r#"(module (func (export "f")))"#);
    let f: TypedFunction<(), std::convert::Infallible> =
        instance.exports.get_typed_function(&store, "f").unwrap();
    let message = crate::panic_message(|| f.call(&mut store));
    assert_eq!(message, "a function that was said not to return has returned");
}
