//! Compile here, run there: artifacts, and an engine without a compiler that loads them.

use std::error::Error;

use wasmer::sys::{EngineBuilder, NativeEngineExt};
use wasmer::{
    CompileError, DeserializeError, Engine, Instance, Module, Store, TypedFunction, imports,
};

const FIB: &str = r#"
(module $fib
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
"#;

fn fib(mut store: Store, module: &Module, n: i32) -> Result<i32, Box<dyn Error>> {
    let instance = Instance::new(&mut store, module, &imports! {})?;
    let fib: TypedFunction<i32, i32> = instance.exports.get_typed_function(&store, "fib")?;
    Ok(fib.call(&mut store, n)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("fib.wasmu");

    // Where there is a compiler.
    Module::new(&Engine::default(), FIB)?.serialize_to_file(&file)?;

    // Where there is none. A program that is built with only the feature `sys` of the crate has no other engine.
    let engine = Engine::headless();
    let error = Module::new(&engine, FIB).unwrap_err();
    println!("error: {error}");
    assert!(matches!(error, CompileError::Codegen(_)));

    // The file is mapped, not read, so that loading takes the same time whatever its size.
    //
    // SAFETY: the file was written by this crate, above, and nobody else can reach the directory.
    let module = unsafe { Module::deserialize_from_file(&engine, &file)? };
    println!("loaded `{}`", module.name().unwrap_or_default());
    println!("fib(20) = {}", fib(Store::new(engine.clone()), &module, 20)?);

    // An artifact is machine code, which can do whatever this process can. One that has been out of your hands is
    // loaded safely if it was written with a secret key: a single bit that differs is an error.
    let key = [7; 32]; // Yours is random.
    let bytes = Module::new(&Engine::default(), FIB)?.serialize_keyed(&key)?;
    let module = Module::deserialize_checked(&engine, bytes.clone(), &key)?;
    println!("fib(10) = {}", fib(Store::new(EngineBuilder::headless()), &module, 10)?);

    let mut forged = bytes.to_vec();
    let middle = forged.len() / 2;
    forged[middle] ^= 1;
    let error = Module::deserialize_checked(&engine, forged, &key).unwrap_err();
    assert!(matches!(error, DeserializeError::CorruptedBinary(_)));
    println!("error: {error}");

    // Whatever is no artifact is told apart at once.
    assert!(Module::is_deserializable(&engine, &bytes));
    assert!(!Module::is_deserializable(&engine, FIB));
    Ok(())
}

// Prints:
// error: Compilation error: No compiler compiled into executable
// loaded `fib`
// fib(20) = 6765
// fib(10) = 55
// error: corrupted binary: the keyed hash does not fit: the bytes were changed, or hashed with another key or none
