//! Threads: one module for all of them, a store for each, and a memory that they share.

use std::error::Error;
use std::thread;
use std::time::Duration;

use wasmer::{
    Engine, Instance, Memory, MemoryLocation, MemoryType, Module, RuntimeError, Store,
    TypedFunction, imports,
};

/// Adds to a counter in memory, so many times. `wait` sleeps until the counter is no longer 0.
const COUNTER: &str = r#"
(module
  (import "host" "memory" (memory 1 1 shared))
  (func (export "add") (param $times i32)
    (loop $next
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $next (local.get $times))))
  (func (export "wait") (result i32)
    (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Engines and modules are used by any number of threads. Code is compiled once.
    let engine = Engine::default();
    let module = Module::new(&engine, COUNTER)?;

    // A store is used by one thread at a time. What crosses the border is a shared memory.
    let mut store = Store::new(engine.clone());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true))?;
    let shared = memory.as_shared(&store).ok_or("it is of a shared type")?;

    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (engine, module, shared) = (engine.clone(), module.clone(), shared.clone());
            thread::spawn(move || -> Result<(), RuntimeError> {
                let mut store = Store::new(engine);
                let imports = imports! { "host" => { "memory" => shared.attach(&mut store) } };
                let error = |error: &dyn Error| RuntimeError::new(error.to_string());
                let instance =
                    Instance::new(&mut store, &module, &imports).map_err(|e| error(&e))?;
                let add: TypedFunction<i32, ()> =
                    instance.exports.get_typed_function(&store, "add").map_err(|e| error(&e))?;
                add.call(&mut store, 10_000)
            })
        })
        .collect();
    for worker in workers {
        worker.join().map_err(|_| "a worker has panicked")??;
    }
    let mut count = [0; 4];
    memory.view(&store).read(0, &mut count)?;
    println!("four threads have counted to {}", u32::from_le_bytes(count));
    assert_eq!(u32::from_le_bytes(count), 40_000);

    // A store can move to another thread, with all that is in it. There it waits for this one.
    let imports = imports! { "host" => { "memory" => memory } };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let wait: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "wait")?;
    let sleeper = thread::spawn(move || wait.call(&mut store));
    // Nobody may be waiting yet.
    while shared.notify(MemoryLocation::new_32(8), 1)? == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let woken = sleeper.join().map_err(|_| "the sleeper has panicked")??;
    println!("the sleeper was woken: {woken}");
    assert_eq!(woken, 0);
    Ok(())
}

// Prints:
// four threads have counted to 40000
// the sleeper was woken: 0
