//! What a module is handed: functions, globals and memories of the host, exports of other instances.

use std::error::Error;

use wasmer::{
    Function, Global, Imports, Instance, InstantiationError, LinkError, Memory, MemoryType, Module,
    Store, TypedFunction, Value, imports,
};

/// Knows how to double, and nothing of whom it is for.
const LIBRARY: &str = r#"
(module
  (func (export "double") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2))))
"#;

/// Takes something of every kind from outside.
const PROGRAM: &str = r#"
(module
  (import "host" "log" (func $log (param i32)))
  (import "host" "step" (global $step i32))
  (import "host" "total" (global $total (mut i32)))
  (import "host" "memory" (memory 1))
  (import "library" "double" (func $double (param i32) (result i32)))
  (func (export "run") (param $n i32)
    (global.set $total (i32.add (global.get $total)
      (call $double (i32.mul (local.get $n) (global.get $step)))))
    (i32.store (i32.const 0) (global.get $total))
    (call $log (global.get $total))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // A module says what it needs: names in two parts, with types.
    let program = Module::new(&store, PROGRAM)?;
    for import in program.imports() {
        println!("needs {}.{}: {:?}", import.module(), import.name(), import.ty());
    }

    // Things are handles: the host keeps some of them to look at later.
    let log = Function::new_typed(&mut store, |n: i32| println!("log: {n}"));
    let total = Global::new_mut(&mut store, Value::I32(100));
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
    let mut imports = imports! {
        "host" => {
            "log" => log,
            "step" => Global::new(&mut store, Value::I32(10)),
            "total" => total.clone(),
            "memory" => memory.clone(),
        },
    };

    // The library is still missing, and nothing of the program runs.
    let error = Instance::new(&mut store, &program, &imports).unwrap_err();
    println!("error: {error}");
    assert!(matches!(
        error,
        InstantiationError::Link(LinkError::Import(module, name, _))
            if module == "library" && name == "double"
    ));

    // All exports of an instance at once become imports of others.
    let library = Module::new(&store, LIBRARY)?;
    let library = Instance::new(&mut store, &library, &imports! {})?;
    imports.register_namespace("library", library.exports);
    // One at a time, to add or to replace: this program gets another log than the one above.
    let louder = Function::new_typed(&mut store, |n: i32| println!("log: {n}!"));
    imports.define("host", "log", louder);

    let instance = Instance::new(&mut store, &program, &imports)?;
    let run: TypedFunction<i32, ()> = instance.exports.get_typed_function(&store, "run")?;
    run.call(&mut store, 1)?;
    run.call(&mut store, 2)?;

    // The program has worked on the host's own global and memory.
    assert_eq!(total.get(&mut store), Value::I32(160));
    let mut bytes = [0; 4];
    memory.view(&store).read(0, &mut bytes)?;
    assert_eq!(i32::from_le_bytes(bytes), 160);

    // `Imports` are a plain collection, to look things up in and to be used for any number of instances.
    let again: Imports = imports.clone();
    assert!(again.exists("library", "double") && again.contains_namespace("host"));
    Instance::new(&mut store, &program, &again)?;
    Ok(())
}

// Prints:
// needs host.log: Function(FunctionType { params: [I32], results: [] })
// needs host.step: Global(GlobalType { ty: I32, mutability: Const })
// needs host.total: Global(GlobalType { ty: I32, mutability: Var })
// needs host.memory: Memory(MemoryType { minimum: 1 pages, maximum: None, shared: false })
// needs library.double: Function(FunctionType { params: [I32], results: [I32] })
// error: Error while importing "library"."double": unknown import. Expected Function(FunctionType { params: [I32], results: [I32] })
// log: 120!
// log: 160!
