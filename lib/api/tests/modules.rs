//! Modules.

use wasmer::{
    CompileError, ExternType, IntoBytes, IoCompileError, Module, Store, WasmError, is_wasm,
    wat2wasm,
};

#[test]
fn text_and_binary() {
    let store = Store::default();
    assert!(is_wasm(b"\0asm rest") && !is_wasm("(module)") && !is_wasm(b""));
    let binary = wat2wasm(b"(module $named)").unwrap();
    assert!(is_wasm(&binary));
    assert_eq!(Module::new(&store, &binary).unwrap().name(), Some("named"));
    assert_eq!(Module::from_binary(&store, &binary).unwrap().name(), Some("named"));
    // SAFETY: it is valid.
    let module = unsafe { Module::from_binary_unchecked(&store, &binary) };
    assert_eq!(module.unwrap().name(), Some("named"));
    Module::validate(&store, &binary).unwrap();
    // Only `new` reads text.
    assert!(Module::from_binary(&store, b"(module)").is_err());
    assert!(Module::validate(&store, b"(module)").is_err());

    for wrong in ["(module", "", "(module (func (i32.const)))"] {
        let error = Module::new(&store, wrong).unwrap_err();
        let CompileError::Wasm(WasmError::Generic(message)) = error else { panic!("{error:?}") };
        assert!(message.starts_with("Error when converting wat: "), "{message}");
    }
}

#[test]
fn declarations() {
    let store = Store::default();
    let wat = r#"(module
        (import "a" "f" (func (param i32) (result i64)))
        (import "b" "m" (memory 1 2))
        (import "a" "g" (global (mut f32)))
        (import "a" "t" (table 1 funcref))
        (export "two" (memory 0)) (export "one" (func 0))
        (@custom "notes" "first") (@custom "notes" "last"))"#;
    let module = Module::new(&store, wat).unwrap();
    let imports = module.imports();
    assert_eq!(imports.len(), 4);
    let names: Vec<_> = imports.map(|i| format!("{}.{}", i.module(), i.name())).collect();
    assert_eq!(names, ["a.f", "b.m", "a.g", "a.t"]);
    let functions: Vec<_> = module.imports().functions().collect();
    assert_eq!(functions[0].ty().to_string(), "[I32] -> [I64]");
    assert_eq!(module.imports().memories().count(), 1);
    let exports: Vec<_> = module.exports().collect();
    assert_eq!(exports[0].name(), "two");
    assert!(matches!(exports[1].ty(), ExternType::Function(_)));
    let notes: Vec<_> = module.custom_sections("notes").collect();
    assert_eq!(notes, [b"last".to_vec().into_boxed_slice()]);
    assert_eq!(module.custom_sections("other").count(), 0);
}

#[test]
fn names_and_identity() {
    let store = Store::default();
    let mut module = Module::new(&store, "(module)").unwrap();
    assert_eq!(module.name(), None);
    assert!(module.set_name("first"));
    let clone = module.clone();
    assert!(!module.set_name("second"));
    assert_eq!((module.name(), clone.name()), (Some("first"), Some("first")));
    assert_eq!(module, clone);
    drop(clone);
    assert!(module.set_name("third"));
    assert_eq!(format!("{module:?}"), r#"Module { name: Some("third") }"#);
    assert_ne!(module, Module::new(&store, "(module)").unwrap());
}

#[test]
fn files() {
    let store = Store::default();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("module.wat");
    let error = Module::from_file(&store, &path).unwrap_err();
    assert!(matches!(error, IoCompileError::Io(_)));
    std::fs::write(&path, "(module $inner)").unwrap();
    let module = Module::from_file(&store, &path).unwrap();
    let canonical = path.canonicalize().unwrap();
    assert_eq!(module.name(), canonical.to_str());
    std::fs::write(&path, "(module").unwrap();
    let error = Module::from_file(&store, &path).unwrap_err();
    assert!(matches!(error, IoCompileError::Compile(_)));
}

#[test]
fn bytes_of_all_kinds() {
    let expected = [1, 2];
    assert_eq!(vec![1, 2].into_bytes(), &expected[..]);
    assert_eq!((&vec![1, 2]).into_bytes(), &expected[..]);
    assert_eq!((&[1, 2]).into_bytes(), &expected[..]);
    assert_eq!(expected[..].into_bytes(), &expected[..]);
    assert_eq!("\u{1}\u{2}".into_bytes(), &expected[..]);
    assert_eq!(std::borrow::Cow::Borrowed(&expected[..]).into_bytes(), &expected[..]);
}
