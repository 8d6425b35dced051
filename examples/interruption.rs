//! Stopping code that runs for too long: from another thread, and by a deadline.

use std::error::Error;
use std::thread;
use std::time::Duration;

use wasmer::{Instance, Module, Store, TrapCode, TypedFunction, imports};

const WAT: &str = r#"
(module $worker
  (func $spin (export "spin") (loop (br 0)))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, WAT)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let spin: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "spin")?;
    let add: TypedFunction<(i32, i32), i32> = instance.exports.get_typed_function(&store, "add")?;

    // Another thread stops the loop.
    let interrupter = store.interrupter();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        interrupter.interrupt();
    });
    let error = spin.call(&mut store).expect_err("the loop does not end by itself");
    println!("the loop was {}", error.message());
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    other.join().map_err(|_| "the other thread panicked")?;

    // The store is as good as before.
    assert_eq!(add.call(&mut store, 40, 2)?, 42);

    // A deadline stops it too, and all calls until it is dropped.
    let deadline = store.interrupter().after(Duration::from_millis(20));
    let error = spin.call(&mut store).expect_err("nor does it now");
    assert!(deadline.has_passed());
    println!("the deadline has passed: {}", error.message());
    assert!(add.call(&mut store, 40, 2).is_err());
    drop(deadline);
    println!("there is time again: {}", add.call(&mut store, 40, 2)?);
    Ok(())
}

// Prints:
// the loop was interrupted by host
// the deadline has passed: interrupted by host
// there is time again: 42
