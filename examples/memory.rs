//! The memory of a guest: its size and growth, reading and writing, one memory for two instances.

use std::error::Error;

use wasmer::{
    Instance, Memory, MemoryAccessError, MemoryError, MemoryType, Module, Pages, Store,
    TypedFunction, imports,
};

/// Works on a memory that it is given. `fill` writes bytes, `sum` adds them up, `more` asks for another page.
const WORKER: &str = r#"
(module
  (import "host" "memory" (memory 1))
  (func (export "fill") (param $at i32) (param $byte i32) (param $length i32)
    (memory.fill (local.get $at) (local.get $byte) (local.get $length)))
  (func (export "sum") (param $at i32) (param $length i32) (result i32)
    (local $sum i32)
    (loop $next
      (if (local.get $length) (then
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum)
          (i32.load8_u (i32.add (local.get $at) (local.get $length)))))
        (br $next))))
    (local.get $sum))
  (func (export "more") (result i32) (memory.grow (i32.const 1))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // A memory has pages of 64 KiB: one now, three at most. It is full of zeros.
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(3), false))?;
    let module = Module::new(&store, WORKER)?;
    let imports = imports! { "host" => { "memory" => memory.clone() } };
    let writer = Instance::new(&mut store, &module, &imports)?;
    let reader = Instance::new(&mut store, &module, &imports)?;

    // Two instances that import the same memory talk through it.
    let fill = writer.exports.get_typed_function::<(u32, u32, u32), ()>(&store, "fill")?;
    let sum: TypedFunction<(u32, u32), u32> = reader.exports.get_typed_function(&store, "sum")?;
    fill.call(&mut store, 1000, 2, 50)?;
    println!("50 bytes of 2 add up to {}", sum.call(&mut store, 1000, 50)?);

    // The host reads and writes through a view, which borrows the store: no wasm runs in the meantime. Bytes are
    // copied, so nothing that the guest does later can change what was read.
    let view = memory.view(&store);
    let mut bytes = [0; 4];
    view.read(1048, &mut bytes)?;
    println!("at 1048: {bytes:?}");
    view.write(1000, b"abc")?;
    view.write_u8(1003, b'!')?;
    println!("at 1000: {}", String::from_utf8(view.copy_range_to_vec(1000..1004)?)?);
    println!("now they add up to {}", sum.call(&mut store, 1000, 50)?);

    // A range that is not in the memory is an error, and nothing of it is written.
    let view = memory.view(&store);
    let end = view.data_size();
    let result = view.write(end - 2, b"four");
    assert!(matches!(result, Err(MemoryAccessError::HeapOutOfBounds)));
    assert_eq!(view.read_u8(end - 1)?, 0);

    // Guest and host can make it grow, up to its maximum. Both learn the size that it had.
    let more: TypedFunction<(), i32> = writer.exports.get_typed_function(&store, "more")?;
    assert_eq!(more.call(&mut store)?, 1);
    assert_eq!(memory.grow(&mut store, 1)?, Pages(2));
    assert_eq!(more.call(&mut store)?, -1, "this is how wasm is told that it can't grow");
    let error = memory.grow(&mut store, 1).unwrap_err();
    println!("error: {error}");
    assert!(matches!(error, MemoryError::CouldNotGrow { .. }));

    // A view sees the memory as it is now.
    println!("{} bytes, of type {}", memory.view(&store).data_size(), memory.ty(&store));
    Ok(())
}

// Prints:
// 50 bytes of 2 add up to 100
// at 1048: [2, 2, 0, 0]
// at 1000: abc!
// now they add up to 419
// error: The memory could not grow: current size 3 pages, requested increase: 1 pages
// 196608 bytes, of type not shared (3 pages..3 pages)
