//! Memories.

use std::time::Duration;

use wasmer::{
    AtomicsError, Memory, MemoryAccessError, MemoryError, MemoryLocation, MemoryType, Pages, Store,
    TypedFunction, Value,
};

use crate::instance;

fn memory(store: &mut Store, minimum: u32, maximum: Option<u32>) -> Memory {
    Memory::new(store, MemoryType::new(minimum, maximum, false)).unwrap()
}

#[test]
fn growing() {
    let mut store = Store::default();
    let memory = memory(&mut store, 2, Some(5));
    assert_eq!(memory.grow(&mut store, 0), Ok(Pages(2)));
    assert_eq!(memory.grow(&mut store, 1), Ok(Pages(2)));
    assert_eq!(memory.size(&store), Pages(3));
    let ty = memory.ty(&store);
    assert_eq!((ty.minimum, ty.maximum), (Pages(3), Some(Pages(5))));
    let error = memory.grow(&mut store, 70_000).unwrap_err();
    assert_eq!(
        error,
        MemoryError::CouldNotGrow { current: Pages(3), attempted_delta: Pages(70_000) }
    );
    assert_eq!(
        error.to_string(),
        "The memory could not grow: current size 3 pages, requested increase: 70000 pages"
    );
    memory.grow_at_least(&mut store, 3 * 65_536 + 1).unwrap();
    assert_eq!(memory.size(&store), Pages(4));
    memory.grow_at_least(&mut store, 1).unwrap();
    assert_eq!(memory.size(&store), Pages(4));
    assert!(memory.grow_at_least(&mut store, u64::MAX).is_err());
}

#[test]
fn host_and_wasm_see_the_same_bytes() {
    let mut store = Store::default();
    let wat = r#"(module (memory (export "memory") 1 3)
        (data (i32.const 16) "data")
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let memory = instance.exports.get_memory("memory").unwrap();
    assert_eq!(memory.view(&store).copy_range_to_vec(16..20).unwrap(), b"data");
    let load: TypedFunction<u32, u32> =
        instance.exports.get_typed_function(&store, "load").unwrap();
    memory.view(&store).write(100, &[1, 2, 3, 4]).unwrap();
    assert_eq!(load.call(&mut store, 100).unwrap(), 0x0403_0201);

    let poke: TypedFunction<(u32, u32), ()> =
        instance.exports.get_typed_function(&store, "store").unwrap();
    let grow: TypedFunction<i32, i32> =
        instance.exports.get_typed_function(&store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 1).unwrap(), 1);
    poke.call(&mut store, 131_068, 0xaabb_ccdd).unwrap();
    assert_eq!(memory.view(&store).size(), Pages(2));
    assert_eq!(memory.view(&store).read_u8(131_071).unwrap(), 0xaa);
    assert_eq!(memory.grow(&mut store, 1), Ok(Pages(2)));
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    assert_eq!(load.call(&mut store, 196_604).unwrap(), 0);
}

#[test]
fn views() {
    let mut store = Store::default();
    let memory = memory(&mut store, 1, None);
    let view = memory.view(&store);
    view.write(65_530, b"abcdef").unwrap();
    assert_eq!(view.write(65_531, b"xxxxxx"), Err(MemoryAccessError::HeapOutOfBounds));
    assert_eq!(view.write(u64::MAX, b"x"), Err(MemoryAccessError::Overflow));
    assert_eq!(view.write_u8(65_536, 0), Err(MemoryAccessError::HeapOutOfBounds));
    assert_eq!(view.read_u8(u64::MAX - 1), Err(MemoryAccessError::HeapOutOfBounds));
    let mut bytes = [0; 6];
    view.read(65_530, &mut bytes).unwrap();
    assert_eq!(&bytes, b"abcdef", "nothing was written past the end");
    assert!(view.read(65_531, &mut bytes).is_err());
    assert_eq!(view.copy_range_to_vec(65_533..70_000).unwrap(), b"def");
    assert_eq!(view.copy_range_to_vec(70_000..80_000).unwrap(), b"");
    assert_eq!(view.copy_to_vec().unwrap().len(), 65_536);

    let other = Memory::new(&mut Store::default(), MemoryType::new(1, None, false)).unwrap();
    assert!(!other.is_from_store(&store));
    view.copy_range_to_memory(65_530, 2, 6, &view).unwrap();
    assert_eq!(view.copy_range_to_vec(0..9).unwrap(), b"\0\0abcdef\0");
    assert!(view.copy_range_to_memory(65_530, 2, 7, &view).is_err());
}

#[test]
fn shared_memories() {
    let mut store = Store::default();
    let unshared = memory(&mut store, 1, Some(1));
    assert!(unshared.as_shared(&store).is_none());
    let mut other = Store::default();
    let error = unshared.share_in_store(&store, &mut other).unwrap_err();
    let reason = "memory is not a shared memory type".to_owned();
    assert_eq!(error, MemoryError::InvalidMemory { reason });

    let memory = Memory::new(&mut store, MemoryType::new(1, Some(3), true)).unwrap();
    let same = memory.share_in_store(&store, &mut other).unwrap();
    let copy = memory.copy_to_store(&store, &mut other).unwrap();
    memory.view(&store).write(0, b"here").unwrap();
    assert_eq!(same.view(&other).copy_range_to_vec(0..4).unwrap(), b"here");
    assert_eq!(copy.view(&other).copy_range_to_vec(0..4).unwrap(), [0; 4]);
    // A view sees what another store has added.
    let view = memory.view(&store);
    assert!(view.write(65_536, b"x").is_err());
    assert_eq!(same.grow(&mut other, 1), Ok(Pages(1)));
    view.write(65_536, b"x").unwrap();
    assert_eq!(memory.size(&store), Pages(2));
}

#[test]
fn waiting_and_waking() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true)).unwrap();
    let shared = memory.as_shared(&store).unwrap();
    let place = MemoryLocation::new_32(8);
    assert_eq!(shared.notify(place, 1), Ok(0));
    assert_eq!(shared.wait(place, Some(Duration::from_millis(1))), Ok(2));

    let waiter = shared.clone();
    let thread = std::thread::spawn(move || waiter.wait(place, None));
    while shared.notify(place, 1) == Ok(0) {
        std::thread::yield_now();
    }
    assert_eq!(thread.join().unwrap(), Ok(0));

    let waiter = shared.clone();
    let thread = std::thread::spawn(move || waiter.wait(place, None));
    std::thread::sleep(Duration::from_millis(20));
    shared.disable_atomics().unwrap();
    assert_eq!(thread.join().unwrap(), Err(AtomicsError::AtomicsDisabled));
    assert_eq!(shared.wait(place, None), Err(AtomicsError::AtomicsDisabled));
}

#[test]
fn wasm_waits_for_the_host() {
    let mut store = Store::default();
    let wat = r#"(module (memory (export "memory") 1 1 shared)
        (func (export "wait") (param i64) (result i32)
            (memory.atomic.wait32 (i32.const 4) (i32.const 0) (local.get 0))))"#;
    let instance = instance(&mut store, wat);
    let wait = instance.exports.get_function("wait").unwrap();
    assert_eq!(*wait.call(&mut store, &[Value::I64(1000)]).unwrap(), [Value::I32(2)]);
    let memory = instance.exports.get_memory("memory").unwrap();
    let shared = memory.as_shared(&store).unwrap();
    let thread = std::thread::spawn(move || {
        while shared.notify(MemoryLocation::new_32(4), 1) == Ok(0) {
            std::thread::yield_now();
        }
    });
    assert_eq!(*wait.call(&mut store, &[Value::I64(-1)]).unwrap(), [Value::I32(0)]);
    thread.join().unwrap();
    memory.view(&store).write_u8(4, 1).unwrap();
    assert_eq!(*wait.call(&mut store, &[Value::I64(-1)]).unwrap(), [Value::I32(1)]);
}

#[test]
fn reset_clears_the_bytes_and_keeps_the_size() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(3), false)).unwrap();
    memory.grow(&mut store, 1).unwrap();
    memory.view(&store).write(70_000, &[1, 2, 3]).unwrap();
    memory.reset(&mut store).unwrap();
    assert_eq!(memory.view(&store).size(), Pages(2));
    assert!(memory.view(&store).copy_to_vec().unwrap().iter().all(|byte| *byte == 0));
}
