//! Compile a module, hand it a function, and call what it exports.

use std::error::Error;

use wasmer::{Function, Instance, Module, Store, TypedFunction, imports};

/// Imports a function, and exports one that calls it so many times.
const GREETER: &str = r#"
(module
  (import "host" "greet" (func $greet (param i32)))
  (func (export "run") (param $times i32)
    (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (call $greet (local.get $i))
      (br_if $again (i32.lt_s (local.get $i) (local.get $times))))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // A store owns all that exists while modules run. This one has an engine with the default compiler.
    let mut store = Store::default();

    // Compiling checks all of the module. The text format is fine here, and so are the bytes of a `.wasm` file.
    let module = Module::new(&store, GREETER)?;

    // A closure becomes a function of wasm; its type follows from the closure's.
    let greet = Function::new_typed(&mut store, |n: i32| println!("{n}: Hello, world!"));

    // An instance is a module with its state. It can do nothing but compute, and call what it is given here.
    let imports = imports! { "host" => { "greet" => greet } };
    let instance = Instance::new(&mut store, &module, &imports)?;

    // That the export has this type is checked once, not at each call.
    let run: TypedFunction<i32, ()> = instance.exports.get_typed_function(&store, "run")?;
    run.call(&mut store, 3)?;
    Ok(())
}

// Prints:
// 1: Hello, world!
// 2: Hello, world!
// 3: Hello, world!
