//! What can fail, and how to tell it: an error type for each step, and errors of the host that travel through wasm.

use std::error::Error;
use std::fmt;

use wasmer::{
    CompileError, ExportError, Function, ImportError, Instance, InstantiationError, LinkError,
    Module, RuntimeError, Store, TrapCode, TypedFunction, imports,
};

/// Asks the host for the price of an item, and halves it.
const SHOP: &str = r#"
(module $shop
  (import "host" "price" (func $price (param i32) (result i32)))
  (func $offer (export "offer") (param i32 i32) (result i32)
    (i32.div_u (call $price (local.get 0)) (local.get 1))))
"#;

/// An error of the host, with what the host wants to know about it later.
#[derive(Debug, PartialEq)]
struct SoldOut {
    item: i32,
}

impl fmt::Display for SoldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} is sold out", self.item)
    }
}

impl Error for SoldOut {}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // A module that is not valid does not become a `Module`. The error says what is wrong, and where.
    let error = Module::new(&store, "(module (func (result i32) (i64.const 1)))").unwrap_err();
    println!("compiling: {error}");
    assert!(matches!(error, CompileError::Validate(_)));

    // What a module is given must have the types that it asks for.
    let module = Module::new(&store, SHOP)?;
    let wrong = Function::new_typed(&mut store, |_: i64| 0);
    let imports = imports! { "host" => { "price" => wrong } };
    let error = Instance::new(&mut store, &module, &imports).unwrap_err();
    match error {
        InstantiationError::Link(LinkError::Import(module, name, reason)) => {
            println!("instantiating: {module}.{name}: {reason}");
            assert!(matches!(reason, ImportError::IncompatibleType(_, _)));
        }
        other => return Err(other.into()),
    }

    // An error that a host function returns ends the call: wasm is left, and the caller of wasm gets it back.
    let price = Function::new_typed(&mut store, |item: i32| match item {
        0..10 => Ok(item * 100),
        _ => Err(SoldOut { item }),
    });
    let imports = imports! { "host" => { "price" => price } };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let offer: TypedFunction<(i32, i32), i32> =
        instance.exports.get_typed_function(&store, "offer")?;
    println!("calling: {}", offer.call(&mut store, 3, 2)?);

    let error = offer.call(&mut store, 12, 2).unwrap_err();
    println!("calling: {}", error.message());
    assert_eq!(error.downcast_ref(), Some(&SoldOut { item: 12 }));

    // One `match` tells the errors of the host from traps of wasm. Nothing is broken by either.
    let outcomes =
        [(3, 2), (12, 2), (3, 0)].map(|(item, parts)| match offer.call(&mut store, item, parts) {
            Ok(price) => format!("{price}"),
            Err(error) => explain(error),
        });
    println!("calling: {outcomes:?}");
    assert_eq!(outcomes, ["150", "come back later for 12", "nobody to share with"]);

    // What a module does not have is an error of its own, too.
    let error = instance.exports.get_function("refund").unwrap_err();
    println!("looking up: {error}");
    assert!(matches!(error, ExportError::Missing(_)));
    Ok(())
}

/// Turns an error of a call into something for customers.
fn explain(error: RuntimeError) -> String {
    // `downcast` returns the error itself, or else what it was given.
    match error.downcast::<SoldOut>() {
        Ok(SoldOut { item }) => format!("come back later for {item}"),
        Err(error) => match error.clone().to_trap() {
            Some(TrapCode::IntegerDivisionByZero) => "nobody to share with".to_owned(),
            _ => error.to_string(),
        },
    }
}

// Prints:
// compiling: Validation error: type mismatch: expected i32, found i64 (at offset 0x1a)
// instantiating: host.price: incompatible import type. Expected Function(FunctionType { params: [I32], results: [I32] }) but received Function(FunctionType { params: [I64], results: [I32] })
// calling: 150
// calling: item 12 is sold out
// calling: ["150", "come back later for 12", "nobody to share with"]
// looking up: Missing export refund
