//! What a module exports: ask before it is instantiated, look it up by kind, go through all of it.

use std::error::Error;

use wasmer::{ExportError, Extern, Instance, Module, Store, TypedFunction, imports};

const SHELF: &str = r#"
(module
  (memory (export "memory") 1 4)
  (global (export "width") i32 (i32.const 80))
  (table (export "callbacks") 2 funcref)
  (func (export "area") (param i32) (result i32)
    (i32.mul (local.get 0) (global.get 0)))
  (func (export "reset")))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, SHELF)?;

    // A module knows the names and types of its exports. So a program can refuse one before anything of it runs.
    println!("the module promises");
    for export in module.exports() {
        println!("  {}: {:?}", export.name(), export.ty());
    }
    let functions: Vec<_> = module.exports().functions().map(|f| f.ty().to_string()).collect();
    assert_eq!(functions, ["[I32] -> [I32]", "[] -> []"]);

    // An instance has the things themselves, in the same order.
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let names: Vec<&String> = instance.exports.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["memory", "width", "callbacks", "area", "reset"]);

    // There is a method for each kind …
    let memory = instance.exports.get_memory("memory")?;
    let width = instance.exports.get_global("width")?.get(&mut store);
    let table = instance.exports.get_table("callbacks")?;
    println!("memory of {:?}, width {width:?}", memory.size(&store));
    assert_eq!(table.size(&store), 2);

    // … and one for functions of a type that Rust knows.
    let area: TypedFunction<i32, i32> = instance.exports.get_typed_function(&store, "area")?;
    println!("area of 25 lines: {}", area.call(&mut store, 25)?);

    // Who doesn't know what to expect asks for an `Extern`.
    let kind = match instance.exports.get_extern("callbacks") {
        Some(Extern::Function(_)) => "a function",
        Some(Extern::Table(_)) => "a table",
        Some(_) => "something else",
        None => "nothing",
    };
    println!("`callbacks` is {kind}");

    // What isn't there, and what is there but of another kind or type, are different errors.
    let missing = instance.exports.get_function("perimeter").unwrap_err();
    println!("error: {missing}");
    assert!(matches!(missing, ExportError::Missing(name) if name == "perimeter"));
    let other_kind = instance.exports.get_memory("area").unwrap_err();
    assert!(matches!(other_kind, ExportError::IncompatibleType));
    let other_type = instance.exports.get_typed_function::<f64, f64>(&store, "area").unwrap_err();
    assert!(matches!(other_type, ExportError::IncompatibleType));
    Ok(())
}

// Prints:
// the module promises
//   memory: Memory(MemoryType { minimum: 1 pages, maximum: Some(4 pages), shared: false })
//   width: Global(GlobalType { ty: I32, mutability: Const })
//   callbacks: Table(TableType { ty: FuncRef, minimum: 2, maximum: None })
//   area: Function(FunctionType { params: [I32], results: [I32] })
//   reset: Function(FunctionType { params: [], results: [] })
// memory of 1 pages, width I32(80)
// area of 25 lines: 2000
// `callbacks` is a table
// error: Missing export perimeter
