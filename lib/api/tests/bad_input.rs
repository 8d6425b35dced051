//! Bytes that are no modules.

use wasmer::{CompileError, Instance, Module, Store, imports, wat2wasm};

const WAT: &str = r#"(module
    (type $t (func (param i32 i64) (result f64)))
    (import "a" "b" (func $f (type $t)))
    (memory 1 2) (table 4 funcref)
    (global $g (mut i32) (i32.const 3))
    (func $h (export "h") (param i32) (result i32) (local i64 f32)
        (block (br_if 0 (local.get 0)) (loop (br_if 0 (i32.eqz (local.get 0)))))
        (drop (call $f (i32.const 1) (i64.const 2)))
        (i32.load offset=4 (local.get 0)))
    (elem (i32.const 0) $h $f)
    (data (i32.const 8) "some data"))"#;

#[test]
fn truncated_modules() {
    let store = Store::default();
    let binary = wat2wasm(WAT.as_bytes()).unwrap();
    Module::from_binary(&store, &binary).unwrap();
    for len in 0..binary.len() {
        // What ends at the end of a section may be a module.
        if let Err(error) = Module::from_binary(&store, &binary[..len]) {
            let CompileError::Validate(message) = &error else { panic!("{len}: {error:?}") };
            assert!(message.contains("(at offset 0x"), "{len}: {message}");
        }
    }
}

#[test]
fn changed_modules() {
    let store = Store::default();
    let binary = wat2wasm(WAT.as_bytes()).unwrap().into_owned();
    let mut state = 1u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..3000 {
        let mut bytes = binary.clone();
        for _ in 0..1 + random() % 3 {
            let at = 8 + random() as usize % (bytes.len() - 8);
            bytes[at] = random() as u8;
        }
        // An error or a module; and if it is a module, an error or an instance.
        if let Ok(module) = Module::from_binary(&store, &bytes) {
            let mut store = Store::new(store.engine().clone());
            let _ = Instance::new(&mut store, &module, &imports! {});
        }
    }
}

#[test]
fn random_bytes() {
    let store = Store::default();
    for seed in 0..200u64 {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend((0..200).map(|i| (seed * 7919 + i * i * 31 + i * seed) as u8));
        assert!(Module::from_binary(&store, &bytes).is_err());
        assert!(Module::validate(&store, &bytes[seed as usize % 8..]).is_err());
    }
}

#[test]
fn proposals_that_are_off_or_missing() {
    let store = Store::default();
    let cases = [
        ("(module (func return_call 0))", "tail call"),
        ("(module (tag))", "exception"),
        ("(module (type (struct)))", "gc"),
    ];
    for (wat, name) in cases {
        let message = Module::new(&store, wat).unwrap_err().to_string();
        assert!(message.to_lowercase().contains(name), "{message}");
    }
}

#[test]
fn too_much_of_everything() {
    let store = Store::default();
    let nested = format!("(module (func {} {}))", "block ".repeat(20_000), "end ".repeat(20_000));
    let _ = Module::new(&store, nested);
    // 2^32 - 1 locals.
    let body = b"\x01\xff\xff\xff\xff\x0f\x7f\x0b";
    let mut bytes = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
    bytes.extend([body.len() as u8 + 2, 1, body.len() as u8]);
    bytes.extend(body);
    let error = Module::from_binary(&store, &bytes).unwrap_err();
    assert!(error.to_string().contains("locals"), "{error}");
    let huge = Module::new(&store, "(module (memory 70000))").unwrap_err();
    assert!(huge.to_string().contains("memory size"), "{huge}");
    // A table that needs 32 GiB.
    let mut store = store;
    let module = Module::new(&store, "(module (table 0xffffffff funcref))");
    if let Ok(module) = module {
        assert!(Instance::new(&mut store, &module, &imports! {}).is_err());
    }
}
