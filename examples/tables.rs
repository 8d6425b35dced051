//! Tables: functions that wasm calls by number, put there by the host and by the guest.

use std::error::Error;

use wasmer::{Function, Instance, Module, Store, TrapCode, TypedFunction, Value, imports};

/// Calls the function with a number from its table. The first one is its own.
const DISPATCHER: &str = r#"
(module
  (type $operation (func (param i32 i32) (result i32)))
  (table (export "operations") 3 6 funcref)
  (elem (i32.const 0) $add)
  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "apply") (param $operation i32) (param i32 i32) (result i32)
    (call_indirect (type $operation)
      (local.get 1) (local.get 2) (local.get $operation))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, DISPATCHER)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let table = instance.exports.get_table("operations")?;
    let apply: TypedFunction<(i32, i32, i32), i32> =
        instance.exports.get_typed_function(&store, "apply")?;
    println!("add: {}", apply.call(&mut store, 0, 20, 3)?);

    // Elements are references to functions; the host can put its own there.
    let multiply = Function::new_typed(&mut store, |a: i32, b: i32| a * b);
    table.set(&mut store, 1, Value::FuncRef(Some(multiply)))?;
    println!("multiply: {}", apply.call(&mut store, 1, 20, 3)?);

    // And it can call what it finds.
    let Some(Value::FuncRef(Some(add))) = table.get(&mut store, 0) else {
        return Err("element 0 is a function".into());
    };
    assert_eq!(*add.call(&mut store, &[Value::I32(1), Value::I32(2)])?, [Value::I32(3)]);

    // Growing fills the new elements and returns the old size. The maximum is part of the type.
    let subtract = Function::new_typed(&mut store, |a: i32, b: i32| a - b);
    assert_eq!(table.grow(&mut store, 2, Value::FuncRef(Some(subtract)))?, 3);
    println!("subtract: {}", apply.call(&mut store, 4, 20, 3)?);
    println!("{} elements of {}", table.size(&store), table.ty(&store));
    assert!(table.grow(&mut store, 2, Value::FuncRef(None)).is_err());

    // An indirect call checks what it finds: is the number in the table, is there a function, has it the type?
    let other = Function::new_typed(&mut store, |text: i64| text);
    table.set(&mut store, 3, Value::FuncRef(Some(other)))?;
    let cases = [
        (2, TrapCode::IndirectCallToNull),
        (3, TrapCode::BadSignature),
        (5, TrapCode::TableAccessOutOfBounds),
    ];
    for (operation, code) in cases {
        let error = apply.call(&mut store, operation, 20, 3).unwrap_err();
        println!("operation {operation}: {}", error.message());
        assert_eq!(error.to_trap(), Some(code));
    }

    // The host gets errors instead.
    assert!(table.get(&mut store, 5).is_none());
    assert!(table.set(&mut store, 5, Value::FuncRef(None)).is_err());
    Ok(())
}

// Prints:
// add: 23
// multiply: 60
// subtract: 17
// 5 elements of FuncRef (3..6)
// operation 2: uninitialized element
// operation 3: indirect call type mismatch
// operation 5: undefined element: out of bounds table access
