//! Imports, and what goes wrong with them.

use wasmer::{
    Extern, ExternType, Function, FunctionType, Global, ImportError, Imports, Instance,
    InstantiationError, LinkError, Memory, MemoryType, Module, Store, Table, TableType, TrapCode,
    Type, Value, imports,
};

fn link_error(store: &mut Store, wat: &str, imports: &Imports) -> (String, ImportError) {
    let module = Module::new(&*store, wat).unwrap();
    match Instance::new(store, &module, imports) {
        Err(InstantiationError::Link(LinkError::Import(_, name, error))) => (name, error),
        other => panic!("expected a link error, got {other:?}"),
    }
}

#[test]
fn missing_imports() {
    let mut store = Store::default();
    let wat = r#"(module
        (import "a" "wrong" (func))
        (import "m" "n" (func (param i32))))"#;
    let module = Module::new(&store, wat).unwrap();
    let imports = imports! { "a" => { "wrong" => Global::new(&mut store, Value::I32(0)) } };
    // Names before types.
    let error = Instance::new(&mut store, &module, &imports).unwrap_err();
    let ty = ExternType::Function(FunctionType::new([Type::I32], []));
    assert_eq!(
        error.to_string(),
        format!(r#"Error while importing "m"."n": unknown import. Expected {ty:?}"#)
    );
    let InstantiationError::Link(LinkError::Import(module_name, name, error)) = error else {
        panic!()
    };
    assert_eq!((module_name.as_str(), name.as_str()), ("m", "n"));
    assert!(matches!(error, ImportError::UnknownImport(expected) if expected == ty));

    let error = Instance::new_by_index(&mut store, &module, &[]).unwrap_err();
    assert!(error.to_string().starts_with(r#"Error while importing "a"."wrong": unknown import"#));
}

#[test]
fn imports_of_the_wrong_type() {
    let mut store = Store::default();
    let global = Global::new(&mut store, Value::I32(0));
    let function = Function::new_typed(&mut store, |_: i64| {});
    let memory = |store: &mut Store, min, max: Option<u32>, shared| {
        Extern::from(Memory::new(store, MemoryType::new(min, max, shared)).unwrap())
    };
    let table = |store: &mut Store, ty, min, max| {
        let null = if ty == Type::FuncRef { Value::FuncRef(None) } else { Value::null() };
        Extern::from(Table::new(store, TableType::new(ty, min, max), null).unwrap())
    };
    let cases: Vec<(&str, Extern)> = vec![
        ("(func)", global.clone().into()),
        ("(func (param i32))", function.clone().into()),
        ("(global i64)", global.clone().into()),
        ("(global (mut i32))", global.into()),
        ("(memory 1)", function.into()),
        ("(memory 2)", memory(&mut store, 1, None, false)),
        ("(memory 1 2)", memory(&mut store, 1, None, false)),
        ("(memory 1 2)", memory(&mut store, 1, Some(3), false)),
        ("(memory 1 2)", memory(&mut store, 1, Some(2), true)),
        ("(memory 1 2 shared)", memory(&mut store, 1, Some(2), false)),
        ("(table 2 funcref)", table(&mut store, Type::FuncRef, 1, None)),
        ("(table 1 2 funcref)", table(&mut store, Type::FuncRef, 1, Some(3))),
        ("(table 1 funcref)", table(&mut store, Type::ExternRef, 1, None)),
    ];
    for (expected, given) in cases {
        let mut imports = Imports::new();
        imports.define("m", "x", given.clone());
        let wat = format!(r#"(module (import "m" "x" {expected}))"#);
        let (name, error) = link_error(&mut store, &wat, &imports);
        assert_eq!(name, "x", "{expected}");
        let ImportError::IncompatibleType(wanted, received) = error else {
            panic!("{expected}: {error:?}")
        };
        assert_eq!(received, given.ty(&store), "{expected}");
        assert_ne!(wanted, received, "{expected}");
    }
}

#[test]
fn how_a_mismatch_prints() {
    let mut store = Store::default();
    let imports = imports! { "m" => { "n" => Global::new(&mut store, Value::I32(0)) } };
    let module = Module::new(&store, r#"(module (import "m" "n" (global i64)))"#).unwrap();
    let error = Instance::new(&mut store, &module, &imports).unwrap_err().to_string();
    assert!(
        error.starts_with(
            r#"Error while importing "m"."n": incompatible import type. Expected Global("#
        ),
        "{error}"
    );
    assert!(error.contains("but received Global("), "{error}");
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
    assert_eq!(link_error(&mut store, wat, &imports).0, "memory");
    memory.grow(&mut store, 1).unwrap();
    assert_eq!(link_error(&mut store, wat, &imports).0, "table");
    table.grow(&mut store, 1, Value::FuncRef(None)).unwrap();
    crate::instance_with(&mut store, wat, &imports);
}

#[test]
fn items_of_other_stores() {
    let mut store = Store::default();
    let foreign = Global::new(&mut Store::default(), Value::I32(0));
    let imports = imports! { "m" => { "n" => foreign } };
    let module = Module::new(&store, r#"(module (import "m" "n" (global i64)))"#).unwrap();
    let error = Instance::new(&mut store, &module, &imports).unwrap_err();
    assert!(matches!(error, InstantiationError::DifferentStores));
    assert_eq!(error.to_string(), "cannot mix imports from different stores");
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
fn failures_after_linking() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let ty = TableType::new(Type::FuncRef, 2, None);
    let table = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap();
    let imports = imports! { "m" => { "memory" => memory.clone(), "table" => table.clone() } };
    let mut start = |fields: &str| {
        let wat = format!(
            r#"(module (import "m" "memory" (memory 1)) (import "m" "table" (table 2 funcref))
                (func $seven (result i32) i32.const 7) {fields})"#
        );
        let module = Module::new(&store, wat).unwrap();
        match Instance::new(&mut store, &module, &imports).unwrap_err() {
            InstantiationError::Start(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let error = start(r#"(data (i32.const 0) "kept") (data (i32.const 65535) "no")"#);
    assert_eq!(error.to_trap(), Some(TrapCode::HeapAccessOutOfBounds));
    let error = start(r#"(elem (i32.const 1) $seven) (elem (i32.const 1) $seven $seven)"#);
    assert_eq!(error.to_trap(), Some(TrapCode::TableAccessOutOfBounds));
    let error = start(r#"(func $start unreachable) (start $start)"#);
    assert_eq!(error.trace()[0].function_name(), Some("start"));
    assert_eq!(error.to_trap(), Some(TrapCode::UnreachableCodeReached));

    assert_eq!(memory.view(&store).copy_range_to_vec(0..4).unwrap(), b"kept");
    let seven = table.get(&mut store, 1).unwrap().unwrap_funcref().clone().unwrap();
    assert_eq!(*seven.call(&mut store, &[]).unwrap(), [Value::I32(7)]);
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
