//! Structures, arrays and strings in the memory of a guest, by typed pointers.

use std::error::Error;

use wasmer::{
    Instance, MemoryAccessError, Module, Store, TypedFunction, ValueType, WasmPtr, imports,
};

/// As the guest lays it out. Numbers of any bits are fine in such a structure, references and enums are not.
#[derive(Clone, Copy, Debug, PartialEq, ValueType)]
#[repr(C)]
struct Point {
    x: i32,
    y: i32,
}

/// Has a structure and a string in its memory, hands out memory, and adds up points.
const GUEST: &str = r#"
(module
  (memory (export "memory") 1)
  (data (i32.const 8) "\03\00\00\00\04\00\00\00")
  (data (i32.const 16) "na\c3\afve\00")
  (global $free (mut i32) (i32.const 1024))
  (func (export "origin") (result i32) (i32.const 8))
  (func (export "name") (result i32) (i32.const 16))
  (func (export "allocate") (param $bytes i32) (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get $bytes))))
  (func (export "sum_x") (param $at i32) (param $count i32) (result i32)
    (local $sum i32)
    (loop $next
      (if (local.get $count) (then
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))
    (local.get $sum)))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, GUEST)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let exports = &instance.exports;
    let memory = exports.get_memory("memory")?;

    // A pointer is a number with a type: it travels through calls as an i32, and is checked when it is used.
    let origin: TypedFunction<(), WasmPtr<Point>> = exports.get_typed_function(&store, "origin")?;
    let origin = origin.call(&mut store)?;
    let view = memory.view(&store);
    let point = origin.read(&view)?;
    println!("{origin:?} points to {point:?}");
    origin.write(&view, Point { x: point.x * 10, ..point })?;

    // A reference stands for the place, for reading, writing and changing it.
    let mut place = origin.deref(&view).access()?;
    place.as_mut().y += 1;
    drop(place);
    assert_eq!(origin.read(&view)?, Point { x: 30, y: 5 });

    // Strings: as C has them, to the zero, or with a length. What isn't UTF-8 is an error.
    let name: TypedFunction<(), WasmPtr<u8>> = exports.get_typed_function(&store, "name")?;
    let name = name.call(&mut store)?;
    let view = memory.view(&store);
    println!(
        "{:?}, {:?}",
        name.read_utf8_string_with_nul(&view)?,
        name.read_utf8_string(&view, 2)?
    );
    let half_a_letter = name.read_utf8_string(&view, 3);
    assert!(matches!(half_a_letter, Err(MemoryAccessError::NonUtf8String)));

    // To pass an array, ask the guest for room: only the guest knows which of its memory is free.
    let points = [Point { x: 1, y: 0 }, Point { x: 20, y: 0 }, Point { x: 300, y: 0 }];
    let allocate = exports.get_typed_function::<u32, WasmPtr<Point>>(&store, "allocate")?;
    let array = allocate.call(&mut store, size_of_val(&points) as u32)?;
    array.slice(&memory.view(&store), 3)?.write_slice(&points)?;
    let sum_x = exports.get_typed_function::<(WasmPtr<Point>, u32), i32>(&store, "sum_x")?;
    println!("the sum of all x is {}", sum_x.call(&mut store, array, 3)?);

    // The whole range of a slice is checked, not each element.
    let view = memory.view(&store);
    let too_long = array.slice(&view, 100_000)?.read_to_vec();
    assert!(matches!(too_long, Err(MemoryAccessError::HeapOutOfBounds)));
    assert_eq!(array.add_offset(2)?.read(&view)?, points[2]);
    Ok(())
}

// Prints:
// pointers::Point(@8) points to Point { x: 3, y: 4 }
// "naïve", "na"
// the sum of all x is 321
