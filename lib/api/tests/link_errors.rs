//! Every error of instantiation: what provokes it, and its text.

use wasmer::sys::{
    BaseTunables, CpuFeature, Cranelift, EngineBuilder, Features, HOST, NativeEngineExt, Target,
};
use wasmer::{
    Engine, Extern, Function, Global, ImportError, Imports, Instance, InstantiationError,
    LinkError, Memory, MemoryType, Module, Pages, RuntimeError, Store, Table, TableType, TrapCode,
    Type, Value, imports,
};

/// Where an error is provoked. A new variant does not compile without an answer.
fn provoked_in(error: &InstantiationError) -> &'static str {
    match error {
        InstantiationError::Link(LinkError::Import(_, _, error)) => match error {
            ImportError::UnknownImport(_) => "missing_imports",
            ImportError::IncompatibleType(..) => "imports_of_the_wrong_type",
            ImportError::MemoryError(_) => "memories_that_the_code_was_not_compiled_for",
        },
        // Traps during instantiation are `Start`.
        InstantiationError::Link(LinkError::Trap(_)) => "nowhere",
        InstantiationError::Link(LinkError::Resource(_)) => "no_room_for_a_memory_or_table",
        InstantiationError::Start(_) => "failures_after_linking",
        InstantiationError::CpuFeature(_) => "code_for_other_machines",
        InstantiationError::DifferentStores => "items_of_other_stores",
        InstantiationError::DifferentArchOS => "code_for_other_machines",
    }
}

/// A store of an engine with all proposals that change types.
fn new_store() -> Store {
    let mut features = Features::default();
    features.memory64(true).custom_page_sizes(true);
    Store::new(EngineBuilder::new(Cranelift::default()).set_features(Some(features)))
}

/// The error of the test `test` of making an instance of the module `wat`.
fn link_error(test: &str, store: &mut Store, wat: &str, imports: &Imports) -> InstantiationError {
    let module = Module::new(&*store, wat).unwrap();
    let error = Instance::new(store, &module, imports).unwrap_err();
    assert_eq!(provoked_in(&error), test, "{wat}: {error:?}");
    error
}

/// An import and how its type prints.
const IMPORTS: [(&str, &str); 5] = [
    ("(func (param i32))", "Function(FunctionType { params: [I32], results: [] })"),
    ("(global i64)", "Global(GlobalType { ty: I64, mutability: Const })"),
    ("(global (mut i32))", "Global(GlobalType { ty: I32, mutability: Var })"),
    (
        "(memory 1 2)",
        "Memory(MemoryType { minimum: 1 pages, maximum: Some(2 pages), shared: false })",
    ),
    ("(table 2 externref)", "Table(TableType { ty: ExternRef, minimum: 2, maximum: None })"),
];

#[test]
fn missing_imports() {
    let mut store = new_store();
    let imports = imports! { "m" => { "other" => Global::new(&mut store, Value::I32(0)) } };
    for (import, ty) in IMPORTS {
        let wat = format!(r#"(module (import "m" "n" {import}))"#);
        let error = link_error("missing_imports", &mut store, &wat, &imports);
        let text = format!(r#"Error while importing "m"."n": unknown import. Expected {ty}"#);
        assert_eq!(error.to_string(), text);
        let module = Module::new(&store, &wat).unwrap();
        let error = Instance::new_by_index(&mut store, &module, &[]).unwrap_err();
        assert_eq!(error.to_string(), text);
        let error = imports.imports_for_module(&module).unwrap_err();
        assert_eq!(error.to_string(), text);
        let LinkError::Import(module_name, name, ImportError::UnknownImport(expected)) = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((module_name.as_str(), name.as_str()), ("m", "n"));
        assert_eq!(&expected, module.imports().next().unwrap().ty());
    }
}

#[test]
fn names_come_before_types() {
    let mut store = new_store();
    let wat = r#"(module (import "a" "wrong" (func)) (import "m" "n" (func)))"#;
    let imports = imports! { "a" => { "wrong" => Global::new(&mut store, Value::I32(0)) } };
    let error = link_error("missing_imports", &mut store, wat, &imports);
    assert!(error.to_string().starts_with(r#"Error while importing "m"."n": unknown"#), "{error}");
    let module = Module::new(&store, wat).unwrap();
    let error = Instance::new_by_index(&mut store, &module, &[]).unwrap_err();
    assert!(error.to_string().starts_with(r#"Error while importing "a"."wrong""#), "{error}");
}

/// The parts of types that [`MemoryType`] and [`TableType`] don't have.
#[test]
fn imports_of_the_wrong_format() {
    let mut store = new_store();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let ty = TableType::new(Type::FuncRef, 1, None);
    let table = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap();
    let memory_has = "the memory has 32-bit addresses and pages of 2^16 bytes, expected";
    let cases: [(&str, Extern, String); 3] = [
        (
            "(memory i64 1)",
            memory.clone().into(),
            format!("{memory_has} 64-bit addresses and pages of 2^16 bytes"),
        ),
        (
            "(memory 1 (pagesize 1))",
            memory.into(),
            format!("{memory_has} 32-bit addresses and pages of 2^0 bytes"),
        ),
        (
            "(table i64 1 funcref)",
            table.into(),
            "the table has indices of type I32, expected I64".to_owned(),
        ),
    ];
    for (import, given, what) in cases {
        let mut imports = Imports::new();
        imports.define("m", "n", given);
        let module = Module::new(&store, format!(r#"(module (import "m" "n" {import}))"#)).unwrap();
        let error = Instance::new(&mut store, &module, &imports).unwrap_err();
        let InstantiationError::Link(LinkError::Import(_, _, ImportError::MemoryError(found))) =
            error
        else {
            panic!("{error:?}")
        };
        assert_eq!(found, format!("incompatible import type: {what}"));
    }
}

#[test]
fn imports_of_the_wrong_type() {
    let mut store = new_store();
    let function = Function::new_typed(&mut store, |_: i64| {});
    let global = Global::new(&mut store, Value::I32(0));
    let memory = |store: &mut Store, min, max: Option<u32>, shared| {
        Extern::from(Memory::new(store, MemoryType::new(min, max, shared)).unwrap())
    };
    let table = |store: &mut Store, ty, min, max| {
        let null = if ty == Type::FuncRef { Value::FuncRef(None) } else { Value::null() };
        Extern::from(Table::new(store, TableType::new(ty, min, max), null).unwrap())
    };
    let one_of_each: [(Extern, &str); 4] = [
        (function.clone().into(), "Function(FunctionType { params: [I64], results: [] })"),
        (global.clone().into(), "Global(GlobalType { ty: I32, mutability: Const })"),
        (
            memory(&mut store, 0, None, false),
            "Memory(MemoryType { minimum: 0 pages, maximum: None, shared: false })",
        ),
        (
            table(&mut store, Type::FuncRef, 1, None),
            "Table(TableType { ty: FuncRef, minimum: 1, maximum: None })",
        ),
    ];
    for (import, expected) in IMPORTS {
        for (given, received) in &one_of_each {
            let mut imports = Imports::new();
            imports.define("m", "n", given.clone());
            let wat = format!(r#"(module (import "m" "n" {import}))"#);
            let error = link_error("imports_of_the_wrong_type", &mut store, &wat, &imports);
            assert_eq!(
                error.to_string(),
                format!(
                    r#"Error while importing "m"."n": incompatible import type. Expected {expected} but received {received}"#
                )
            );
        }
    }
    // The right kind, and nearly the right type.
    let cases: Vec<(&str, Extern)> = vec![
        ("(func (param i64) (result i32))", function.into()),
        ("(global i64)", global.clone().into()),
        ("(global (mut i32))", global.into()),
        ("(memory 2)", memory(&mut store, 1, None, false)),
        ("(memory 1 2)", memory(&mut store, 1, None, false)),
        ("(memory 1 2)", memory(&mut store, 1, Some(3), false)),
        ("(memory 1 2)", memory(&mut store, 1, Some(2), true)),
        ("(memory 1 2 shared)", memory(&mut store, 1, Some(2), false)),
        ("(table 2 funcref)", table(&mut store, Type::FuncRef, 1, None)),
        ("(table 1 2 funcref)", table(&mut store, Type::FuncRef, 1, Some(3))),
        ("(table 1 2 funcref)", table(&mut store, Type::FuncRef, 1, None)),
        ("(table 1 funcref)", table(&mut store, Type::ExternRef, 1, None)),
    ];
    for (expected, given) in cases {
        let mut imports = Imports::new();
        imports.define("m", "x", given.clone());
        let wat = format!(r#"(module (import "m" "x" {expected}))"#);
        let error = link_error("imports_of_the_wrong_type", &mut store, &wat, &imports);
        let InstantiationError::Link(LinkError::Import(module, name, error)) = error else {
            panic!("{expected}: {error:?}")
        };
        assert_eq!((module.as_str(), name.as_str()), ("m", "x"));
        let ImportError::IncompatibleType(wanted, received) = error else { unreachable!() };
        assert_eq!(received, given.ty(&store), "{expected}");
        assert_ne!(wanted, received, "{expected}");
        assert_ne!(format!("{wanted:?}"), format!("{received:?}"), "{expected}");
    }
}

/// An engine all of whose memories move.
fn engine_of_moving_memories() -> Engine {
    let mut engine = Engine::default();
    engine.set_tunables(BaseTunables { static_memory_bound: Pages(0), ..BaseTunables::new() });
    engine
}

#[test]
fn memories_that_the_code_was_not_compiled_for() {
    let module =
        Module::new(&Engine::default(), r#"(module (import "m" "n" (memory 1)))"#).unwrap();
    let mut store = Store::new(engine_of_moving_memories());
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let imports = imports! { "m" => { "n" => memory } };
    let error = Instance::new(&mut store, &module, &imports).unwrap_err();
    assert_eq!(provoked_in(&error), "memories_that_the_code_was_not_compiled_for", "{error:?}");
    let text = error.to_string();
    let start = r#"Error while importing "m"."n": memory error. the code was compiled for a memory of style Static"#;
    assert!(text.starts_with(start) && text.contains("this one is Dynamic"), "{text}");
}

#[test]
fn no_room_for_a_memory_or_table() {
    let test = "no_room_for_a_memory_or_table";
    let mut store = new_store();
    let cases = [
        // 2^48 bytes are more than a process may have.
        ("(module (memory i64 0xffffffff0000 0xffffffff0000))", "Insufficient resources: "),
        (
            "(module (table 0xffffffff funcref))",
            "Insufficient resources: Table minimum (4294967295) is larger than the limit (",
        ),
    ];
    for (wat, start) in cases {
        let text = link_error(test, &mut store, wat, &imports! {}).to_string();
        assert!(text.starts_with(start), "{text}");
    }
}

#[test]
fn failures_after_linking() {
    let mut store = new_store();
    let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
    let ty = TableType::new(Type::FuncRef, 2, None);
    let table = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap();
    let refuse = Function::new_typed(&mut store, || -> Result<(), RuntimeError> {
        Err(RuntimeError::new("refused"))
    });
    let imports = imports! {
        "m" => { "memory" => memory.clone(), "table" => table.clone(), "refuse" => refuse },
    };
    let mut start = |fields: &str| {
        let wat = format!(
            r#"(module $m (import "m" "memory" (memory 1)) (import "m" "table" (table 2 funcref))
                (import "m" "refuse" (func $refuse))
                (func $seven (result i32) i32.const 7) {fields})"#
        );
        let error = link_error("failures_after_linking", &mut store, &wat, &imports);
        let InstantiationError::Start(inner) = &error else { unreachable!() };
        assert_eq!(error.to_string(), inner.to_string());
        inner.clone()
    };
    let error = start(r#"(data (i32.const 0) "kept") (data (i32.const 65535) "no")"#);
    assert_eq!(error.to_string(), "RuntimeError: out of bounds memory access");
    assert_eq!(error.to_trap(), Some(TrapCode::HeapAccessOutOfBounds));
    let error = start(r#"(elem (i32.const 1) $seven) (elem (i32.const 1) $seven $seven)"#);
    assert_eq!(error.to_string(), "RuntimeError: undefined element: out of bounds table access");
    assert_eq!(error.to_trap(), Some(TrapCode::TableAccessOutOfBounds));
    let error = start(r#"(func $start unreachable) (start $start)"#);
    assert_eq!(error.trace()[0].function_name(), Some("start"));
    assert_eq!(error.to_trap(), Some(TrapCode::UnreachableCodeReached));
    let error = start(r#"(start $refuse)"#);
    assert_eq!(error.message(), "refused");
    let error = start(r#"(func $start call $refuse) (start $start)"#);
    assert_eq!(error.message(), "refused");

    assert_eq!(memory.view(&store).copy_range_to_vec(0..4).unwrap(), b"kept");
    let seven = table.get(&mut store, 1).unwrap().unwrap_funcref().clone().unwrap();
    assert_eq!(*seven.call(&mut store, &[]).unwrap(), [Value::I32(7)]);
}

#[test]
fn items_of_other_stores() {
    let mut store = new_store();
    let foreign = Global::new(&mut Store::default(), Value::I32(0));
    let imports = imports! { "m" => { "n" => foreign } };
    // Stores come before types.
    let wat = r#"(module (import "m" "n" (global i64)))"#;
    let error = link_error("items_of_other_stores", &mut store, wat, &imports);
    assert_eq!(error.to_string(), "cannot mix imports from different stores");
}

#[test]
fn code_for_other_machines() {
    let arm = cfg!(target_arch = "aarch64");
    // A feature of the other architecture is one that this machine lacks.
    let lacking = if arm { CpuFeature::AVX512F } else { CpuFeature::FP16 };
    let here = Target::new(HOST, CpuFeature::for_host() | lacking);
    let other = if arm { "x86_64-unknown-linux-gnu" } else { "aarch64-unknown-linux-gnu" };
    let there = Target::new(other.parse().unwrap(), CpuFeature::SSE2.into());
    let texts = [
        (here, format!("missing required CPU features: {lacking}")),
        (there, "incorrect OS or architecture".to_owned()),
    ];
    for (target, text) in texts {
        let engine = EngineBuilder::new(Cranelift::default()).set_target(Some(target)).engine();
        let mut store = Store::new(engine);
        let error = link_error("code_for_other_machines", &mut store, "(module)", &imports! {});
        assert_eq!(error.to_string(), text);
    }
}

/// Nothing of ours makes these, but users can.
#[test]
fn texts_of_the_others() {
    let trap = LinkError::Trap(RuntimeError::new("no"));
    assert_eq!(trap.to_string(), "RuntimeError occurred during linking: RuntimeError: no");
    let error = InstantiationError::from(trap);
    assert_eq!(provoked_in(&error), "nowhere");
    assert!(error.to_string().starts_with("RuntimeError occurred during linking"));
}
