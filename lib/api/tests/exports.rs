//! What instances export.

use wasmer::{
    ExportError, Exports, Extern, Function, Global, Instance, Memory, Store, Table, Value, imports,
};

use crate::{instance, instance_with};

const WAT: &str = r#"(module
    (func (export "f") (param i32) (result i32) local.get 0)
    (memory (export "m") 1)
    (global (export "g") i32 (i32.const 4))
    (table (export "t") 1 funcref)
    (export "f2" (func 0)))"#;

#[test]
fn lookups() {
    let mut store = Store::default();
    let instance = instance(&mut store, WAT);
    let exports = &instance.exports;
    assert_eq!(exports.len(), 5);
    let names: Vec<_> = exports.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["f", "m", "g", "t", "f2"], "in order of declaration");
    assert_eq!(exports.iter().functions().count(), 2);
    assert_eq!(exports.iter().memories().count(), 1);
    assert_eq!(exports.get_function("f").unwrap(), exports.get_function("f2").unwrap());
    let function: &Function = exports.get("f").unwrap();
    assert!(function.is_from_store(&store));
    let _: (&Memory, &Global, &Table) =
        (exports.get("m").unwrap(), exports.get("g").unwrap(), exports.get("t").unwrap());
    let copy: Global = exports.get_with_generics::<Global, (), ()>("g").unwrap();
    assert_eq!(copy.get(&mut store), Value::I32(4));

    let missing = exports.get_function("nothing").unwrap_err();
    assert_eq!(missing.to_string(), "Missing export nothing");
    let wrong = exports.get_memory("f").unwrap_err();
    assert!(matches!(wrong, ExportError::IncompatibleType));
    assert_eq!(wrong.to_string(), "Incompatible Export Type");
    let wrong = exports.get_typed_function::<i64, i32>(&store, "f").unwrap_err();
    assert!(matches!(wrong, ExportError::IncompatibleType));
    let debug: Vec<String> = exports.iter().map(|(_, item)| format!("{item:?}")).collect();
    assert_eq!(debug[..4], ["Function(...)", "Memory(...)", "Global(...)", "Table(...)"]);
}

#[test]
fn exports_can_be_changed() {
    let mut store = Store::default();
    let instance = instance(&mut store, WAT);
    let mut exports = instance.exports.clone();
    assert_eq!(exports, instance.exports);
    let other = Global::new(&mut store, Value::I64(8));
    exports.insert("g", other.clone());
    exports.insert("h", other.clone());
    assert_eq!(exports.len(), 6);
    assert_ne!(exports, instance.exports);
    assert_eq!(exports.get_global("g").unwrap(), &other);
    assert_ne!(instance.exports.get_global("g").unwrap(), &other, "the instance's own stay");
    assert!(exports.contains("h") && !instance.exports.contains("h"));
    let items: Vec<(String, Extern)> = exports.into_iter().collect();
    assert_eq!(items[2].1, other.into());
    let collected: Exports = instance.exports.clone().into_iter().collect();
    assert_eq!(collected, instance.exports);
}

#[test]
fn exports_are_imports_of_others() {
    let mut store = Store::default();
    let first = instance(&mut store, WAT);
    let first_exports = first.exports.clone();
    let imports = imports! { "first" => first_exports };
    let wat = r#"(module
        (import "first" "f" (func $f (param i32) (result i32)))
        (import "first" "m" (memory 1))
        (import "first" "g" (global $g i32))
        (export "f" (func $f)) (export "m" (memory 0))
        (func (export "sum") (result i32)
            (i32.store8 (i32.const 0) (i32.const 9))
            (i32.add (call $f (i32.const 1)) (global.get $g))))"#;
    let second: Instance = instance_with(&mut store, wat, &imports);
    let sum = second.exports.get_function("sum").unwrap();
    assert_eq!(*sum.call(&mut store, &[]).unwrap(), [Value::I32(5)]);
    assert_eq!(second.exports.get_memory("m").unwrap(), first.exports.get_memory("m").unwrap());
    assert_eq!(second.exports.get_function("f").unwrap(), first.exports.get_function("f").unwrap());
    let memory = first.exports.get_memory("m").unwrap();
    assert_eq!(memory.view(&store).read_u8(0).unwrap(), 9);
}
