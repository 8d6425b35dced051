//! Values of the host that wasm carries around and can't look into: external references.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};

use wasmer::{
    ExternRef, Function, FunctionEnv, FunctionEnvMut, FunctionType, Instance, Module, RuntimeError,
    Store, Type, Value, imports,
};

/// Keeps references in a table, and hands them back to the host.
const DESK: &str = r#"
(module
  (import "host" "stamp" (func $stamp (param externref)))
  (table $drawer 4 externref)
  (func (export "put") (param i32 externref)
    (table.set $drawer (local.get 0) (local.get 1)))
  (func (export "take") (param i32) (result externref)
    (table.get $drawer (local.get 0)))
  (func (export "stamp") (param i32)
    (call $stamp (table.get $drawer (local.get 0)))))
"#;

/// Something of the host that has no form in wasm.
struct Document {
    title: &'static str,
    stamps: AtomicU32,
}

/// References are passed to host functions as values. What is behind one is asked for by its type.
fn stamp(env: FunctionEnvMut<'_, ()>, arguments: &[Value]) -> Result<Vec<Value>, RuntimeError> {
    let document = match arguments {
        [Value::ExternRef(Some(reference))] => reference.downcast::<Document>(&env),
        _ => None,
    };
    let document = document.ok_or_else(|| RuntimeError::new("this is not a document"))?;
    document.stamps.fetch_add(1, Ordering::Relaxed);
    println!("stamped `{}`", document.title);
    Ok(Vec::new())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, ());
    let ty = FunctionType::new([Type::ExternRef], []);
    let stamp = Function::new_with_env(&mut store, &env, ty, stamp);
    let module = Module::new(&store, DESK)?;
    let instance =
        Instance::new(&mut store, &module, &imports! { "host" => { "stamp" => stamp } })?;
    let put = instance.exports.get_function("put")?;
    let take = instance.exports.get_function("take")?;
    let stamp = instance.exports.get_function("stamp")?;

    // The store owns the value as long as it lives itself. A guest can neither make up a reference nor read it.
    let treaty = Document { title: "treaty", stamps: AtomicU32::new(0) };
    let treaty = ExternRef::new(&mut store, treaty);
    let note = ExternRef::new(&mut store, "a note");
    put.call(&mut store, &[Value::I32(0), Value::ExternRef(Some(treaty.clone()))])?;
    put.call(&mut store, &[Value::I32(1), Value::ExternRef(Some(note))])?;

    stamp.call(&mut store, &[Value::I32(0)])?;
    stamp.call(&mut store, &[Value::I32(0)])?;
    let results = take.call(&mut store, &[Value::I32(0)])?;
    let [Value::ExternRef(Some(taken))] = &*results else {
        return Err("the drawer has the treaty".into());
    };
    assert!(taken.ptr_eq(&treaty));
    let document = taken.downcast::<Document>(&store).ok_or("it is a document")?;
    println!("`{}` has {:?} stamps", document.title, document.stamps);

    // References to something else, and null, are for the host to refuse.
    for place in [1, 2] {
        let error = stamp.call(&mut store, &[Value::I32(place)]).unwrap_err();
        println!("error: {}", error.message());
    }
    assert!(matches!(*take.call(&mut store, &[Value::I32(3)])?, [Value::ExternRef(None)]));
    Ok(())
}

// Prints:
// stamped `treaty`
// stamped `treaty`
// `treaty` has 2 stamps
// error: this is not a document
// error: this is not a document
