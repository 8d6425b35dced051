//! Imports. What goes wrong with them is in `link_errors`.

use wasmer::{
    Extern, Function, Global, Imports, Instance, InstantiationError, LinkError, Memory, MemoryType,
    Module, Store, Table, TableType, Type, Value, imports,
};

/// The name of the import that is not as the module `wat` wants it.
fn wrong_import(store: &mut Store, wat: &str, imports: &Imports) -> String {
    let module = Module::new(&*store, wat).unwrap();
    match Instance::new(store, &module, imports) {
        Err(InstantiationError::Link(LinkError::Import(_, name, _))) => name,
        other => panic!("expected a link error, got {other:?}"),
    }
}

#[test]
fn present_sizes_count() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(4), false)).unwrap();
    let ty = TableType::new(Type::FuncRef, 1, Some(4));
    let table = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap();
    let imports = imports! { "m" => { "memory" => memory.clone(), "table" => table.clone() } };
    let wat =
        r#"(module (import "m" "memory" (memory 2 5)) (import "m" "table" (table 2 funcref)))"#;
    assert_eq!(wrong_import(&mut store, wat, &imports), "memory");
    memory.grow(&mut store, 1).unwrap();
    assert_eq!(wrong_import(&mut store, wat, &imports), "table");
    table.grow(&mut store, 1, Value::FuncRef(None)).unwrap();
    crate::instance_with(&mut store, wat, &imports);
}

#[test]
fn by_index() {
    let mut store = Store::default();
    let wat = r#"(module
        (import "" "" (func $a (result i32))) (import "" "" (func $b (result i32)))
        (func (export "f") (result i32) (i32.sub (call $a) (call $b))))"#;
    let module = Module::new(&store, wat).unwrap();
    let externs: Vec<Extern> = vec![
        Function::new_typed(&mut store, || 50).into(),
        Function::new_typed(&mut store, || 8).into(),
        Global::new(&mut store, Value::I32(0)).into(),
    ];
    let instance = Instance::new_by_index(&mut store, &module, &externs).unwrap();
    let f = instance.exports.get_function("f").unwrap();
    assert_eq!(*f.call(&mut store, &[]).unwrap(), [Value::I32(42)]);
    assert_eq!(instance.module(), &module);
}

#[test]
fn start_functions_run_once() {
    let mut store = Store::default();
    let count = Global::new_mut(&mut store, Value::I32(0));
    let imports = imports! { "m" => { "count" => count.clone() } };
    let wat = r#"(module (import "m" "count" (global $c (mut i32)))
        (func $start (global.set $c (i32.add (global.get $c) (i32.const 1)))) (start $start))"#;
    crate::instance_with(&mut store, wat, &imports);
    assert_eq!(count.get(&mut store), Value::I32(1));
}

#[test]
fn imports_as_a_collection() {
    let mut store = Store::default();
    let one = Global::new(&mut store, Value::I32(1));
    let two = Global::new(&mut store, Value::I32(2));
    let mut imports = Imports::new();
    assert_eq!(format!("{imports:?}"), "Imports { map: (empty) }");
    imports.define("a", "x", one.clone());
    imports.define("a", "x", two.clone());
    imports.register_namespace("b", [("y".to_owned(), one.clone().into())]);
    assert_eq!(format!("{imports:?}"), "Imports { map: (... 2 item(s) ...) }");
    assert_eq!(imports.get_export("a", "x"), Some(two.clone().into()));
    assert!(imports.exists("b", "y") && !imports.exists("b", "x"));
    assert!(imports.contains_namespace("b") && !imports.contains_namespace("c"));
    assert!(imports.get_namespace_exports("c").is_none());
    let b = imports.get_namespace_exports("b").unwrap();
    assert_eq!(b.get_global("y").unwrap(), &one);

    let mut more = imports! { "b" => b };
    more.extend(&imports);
    assert_eq!(more.iter().count(), 2);
    assert!(more.iter().all(|(_, _, item)| item.is_from_store(&store)));
}
