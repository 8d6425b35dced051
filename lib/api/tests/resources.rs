//! Instances leave nothing behind.

use std::fs;
use std::sync::{Mutex, PoisonError};

use wasmer::{Engine, Function, Instance, Module, Store, TypedFunction, imports};

/// Resident memory in KiB and number of mappings of this process.
fn usage() -> (usize, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let resident = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (resident, fs::read_to_string("/proc/self/maps").unwrap().lines().count())
}

/// Held by each test, so that it sees what it uses itself.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn ten_thousand_instances() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let engine = Engine::default();
    let module = Module::new(
        &engine,
        r#"(module
            (import "host" "f" (func $f (param i32) (result i32)))
            (memory (export "memory") 17)
            (table 10 funcref) (elem (i32.const 0) $g)
            (data (i32.const 1000) "data")
            (func $g (export "g") (param i32) (result i32)
                (i32.store (i32.const 70000) (local.get 0))
                (call $f (i32.load8_u (i32.const 1000)))))"#,
    )
    .unwrap();
    let run = |count: i32| {
        for n in 0..count {
            let mut store = Store::new(&engine);
            let imports = imports! {
                "host" => { "f" => Function::new_typed(&mut store, move |byte: i32| byte + n) },
            };
            let instance = Instance::new(&mut store, &module, &imports).unwrap();
            let g: TypedFunction<i32, i32> =
                instance.exports.get_typed_function(&store, "g").unwrap();
            let memory = instance.exports.get_memory("memory").unwrap();
            assert_eq!(memory.view(&store).read_u8(70_000).unwrap(), 0, "fresh memory");
            assert_eq!(g.call(&mut store, -1).unwrap(), 'd' as i32 + n);
        }
    };
    run(100);
    let (resident, mappings) = usage();
    run(10_000);
    let (resident_after, mappings_after) = usage();
    assert!(resident_after < resident + 2000, "{resident} KiB became {resident_after} KiB");
    assert!(mappings_after <= mappings + 5, "{mappings} mappings became {mappings_after}");
}

#[test]
fn many_instances_in_one_store() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut store = Store::default();
    let wat = r#"(module (memory 1) (func (export "f") (result i32) (memory.grow (i32.const 1))))"#;
    let module = Module::new(&store, wat).unwrap();
    let instances: Vec<Instance> =
        (0..1000).map(|_| Instance::new(&mut store, &module, &imports! {}).unwrap()).collect();
    for instance in &instances {
        let f: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "f").unwrap();
        assert_eq!(f.call(&mut store).unwrap(), 1);
    }
}
