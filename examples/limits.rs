//! How much a guest may use: memories, tables, instances, and how deep its calls may go.

use std::error::Error;

use wasmer::{Instance, Module, Store, StoreLimits, TrapCode, imports};

/// Takes what it can get.
const GREEDY: &str = r#"
(module
  (memory 1)
  (table $table 10 funcref)
  (func (export "grow_memory") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "grow_table") (param i32) (result i32)
    (table.grow $table (ref.null func) (local.get 0)))
  (func $down (export "down") (param $depth i32) (result i32)
    (if (result i32) (local.get $depth)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get $depth) (i32.const 1)))))
      (else (i32.const 0)))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, GREEDY)?;

    // Sizes are those of each memory and table, counts those of the whole store.
    store.set_limits(StoreLimits::new().memory_size(4 * 65_536).table_elements(100).instances(2));
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let call = |store: &mut Store, name: &str, n: i32| {
        let function = instance.exports.get_function(name).expect("it is exported");
        function.typed::<i32, i32>(store)?.call(store, n)
    };

    // Beyond a limit, growing fails as it does at a maximum: the guest gets -1 and can do something about it.
    for (name, by) in
        [("grow_memory", 3), ("grow_memory", 1), ("grow_table", 90), ("grow_table", 1)]
    {
        println!("{name} by {by}: {}", call(&mut store, name, by)?);
    }

    // To make more than is allowed is an error of the host.
    Instance::new(&mut store, &module, &imports! {})?;
    let error = Instance::new(&mut store, &module, &imports! {}).unwrap_err();
    println!("error: {error}");

    // Another limit can be set at any time.
    store.set_limits(StoreLimits::new().memory_size(5 * 65_536));
    assert_eq!(call(&mut store, "grow_memory", 1)?, 4);
    Instance::new(&mut store, &module, &imports! {})?;

    // Calls nest until the stack is used up, which is a trap like any other. The process says how large stacks are.
    assert_eq!(call(&mut store, "down", 1_000)?, 1_000);
    let error = call(&mut store, "down", 500_000).unwrap_err();
    println!("{}", error.message());
    assert_eq!(error.to_trap(), Some(TrapCode::StackOverflow));
    wasmer::sys::set_stack_size(32 << 20);
    println!("on a larger stack: {}", call(&mut store, "down", 500_000)?);
    Ok(())
}

// Prints:
// grow_memory by 3: 1
// grow_memory by 1: -1
// grow_table by 90: 10
// grow_table by 1: -1
// error: Insufficient resources: this store may have at most 2 instances
// call stack exhausted
// on a larger stack: 500000
