//! Calls in both directions, with types that Rust knows and with types that are only known at run time.

use std::error::Error;

use wasmer::{
    Function, FunctionType, Instance, Module, RuntimeError, Store, Type, TypedFunction, Value,
    imports,
};

/// `hypot` of the host, and a function with two results.
const MATH: &str = r#"
(module
  (import "host" "hypot" (func $hypot (param f64 f64) (result f64)))
  (import "host" "pick" (func $pick (param i32 i64 i64) (result i64)))
  (func (export "distance") (param f64 f64) (result f64)
    (call $hypot (local.get 0) (local.get 1)))
  (func (export "divide") (param i32 i32) (result i32 i32)
    (i32.div_s (local.get 0) (local.get 1))
    (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "pick") (param i32) (result i64)
    (call $pick (local.get 0) (i64.const 111) (i64.const 222))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, MATH)?;

    // Typed: parameters and results are those of the closure, and nothing is converted or checked at a call.
    let hypot = Function::new_typed(&mut store, |x: f64, y: f64| x.hypot(y));

    // Dynamic: a type, and values. For functions that are made from data, such as bindings of a scripting language.
    let ty = FunctionType::new([Type::I32, Type::I64, Type::I64], [Type::I64]);
    let pick = Function::new(&mut store, &ty, |arguments| match arguments {
        [Value::I32(choice), values @ ..] => values
            .get(*choice as usize)
            .map(|value| vec![value.clone()])
            .ok_or_else(|| RuntimeError::new(format!("there is no value {choice}"))),
        _ => Err(RuntimeError::new("expected a choice")),
    });

    let imports = imports! { "host" => { "hypot" => hypot, "pick" => pick } };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let exports = &instance.exports;

    // Typed calls are the fast ones. One parameter is a value, several are several; results are a tuple.
    let distance: TypedFunction<(f64, f64), f64> =
        exports.get_typed_function(&store, "distance")?;
    println!("distance: {}", distance.call(&mut store, 3.0, 4.0)?);
    let divide: TypedFunction<(i32, i32), (i32, i32)> =
        exports.get_typed_function(&store, "divide")?;
    let (quotient, remainder) = divide.call(&mut store, 17, 5)?;
    println!("17 = 5 * {quotient} + {remainder}");

    // Dynamic calls take what a user has typed, guided by the type of the function.
    let divide = exports.get_function("divide")?;
    println!("divide: {}", divide.ty(&store));
    let arguments = parse(&divide.ty(&store), &["100", "7"])?;
    let results = divide.call(&mut store, &arguments)?;
    println!("100 by 7: {results:?}");
    assert_eq!(*results, [Value::I32(14), Value::I32(2)]);

    // Both kinds are one and the same function underneath.
    let pick = exports.get_function("pick")?;
    assert_eq!(pick.typed::<i32, i64>(&store)?.call(&mut store, 1)?, 222);

    // What doesn't fit is an error before anything runs; what the host function doesn't like, an error of the call.
    println!("error: {}", pick.typed::<i64, i64>(&store).unwrap_err().message());
    println!("error: {}", pick.call(&mut store, &[]).unwrap_err().message());
    println!("error: {}", pick.call(&mut store, &[Value::I32(5)]).unwrap_err().message());
    Ok(())
}

/// Reads arguments for a function of type `ty`.
fn parse(ty: &FunctionType, texts: &[&str]) -> Result<Vec<Value>, Box<dyn Error>> {
    let value = |(ty, text): (&Type, &&str)| {
        Ok(match ty {
            Type::I32 => Value::I32(text.parse()?),
            Type::I64 => Value::I64(text.parse()?),
            Type::F32 => Value::F32(text.parse()?),
            Type::F64 => Value::F64(text.parse()?),
            other => return Err(format!("there is no text form of {other}").into()),
        })
    };
    ty.params().iter().zip(texts).map(value).collect()
}

// Prints:
// distance: 5
// 17 = 5 * 3 + 2
// divide: [I32, I32] -> [I32, I32]
// 100 by 7: [I32(14), I32(2)]
// error: given types (`[I64]`) for the function arguments don't match the actual types (`[I32]`)
// error: Parameters of type [] did not match signature [I32] -> [I64]
// error: there is no value 5
