//! Handles that are used wrongly: what is documented to panic panics, exports that are something else.

use std::ops::Range;

use wasmer::sys::get_default_compiler_config;
use wasmer::{
    ExportError, Extern, ExternRef, Function, FunctionEnv, FunctionEnvMut, Global, Memory,
    MemoryType, Pages, Store, Table, TableType, Type, TypedFunction, Value, WasmPtr, WasmRef,
    WasmSlice,
};

use crate::{instance, panic_message};

/// What panics, by name.
macro_rules! panics {
    ($message:expr; $($what:expr,)*) => {$(
        assert_eq!(panic_message(|| { let _ = $what; }), $message, "{}", stringify!($what));
    )*};
}

#[test]
fn handles_of_other_stores() {
    let (mut own, mut other) = (Store::default(), Store::default());
    let function = Function::new_typed(&mut other, || {});
    let typed: TypedFunction<(), ()> = function.typed(&other).unwrap();
    let memory = Memory::new(&mut other, MemoryType::new(1, None, false)).unwrap();
    let table_type = TableType::new(Type::FuncRef, 1, None);
    let table = Table::new(&mut other, table_type, Value::FuncRef(None)).unwrap();
    let global = Global::new_mut(&mut other, Value::I32(0));
    let env = FunctionEnv::new(&mut other, 0);
    let reference = ExternRef::new(&mut other, 0);
    let values = [Value::from(function.clone()), Value::from(reference.clone())];
    let own_table = Table::new(&mut own, table_type, Value::FuncRef(None)).unwrap();
    let null = || Value::FuncRef(None);
    let mut third = Store::default();
    panics! { "object used with the wrong context";
        function.ty(&own),
        function.param_arity(&own),
        function.result_arity(&own),
        function.call(&mut own, &[]),
        function.call_raw(&mut own, vec![]),
        function.typed::<(), ()>(&own),
        typed.call(&mut own),
        typed.call_raw(&mut own, vec![]),
        Function::new_with_env(&mut own, &env, ([], []), |_, _| Ok(vec![])),
        Function::new_typed_with_env(&mut own, &env, |_: FunctionEnvMut<'_, i32>| {}),
        env.as_ref(&own),
        env.as_mut(&mut own),
        env.clone().into_mut(&mut own).data_mut(),
        memory.ty(&own),
        memory.view(&own),
        memory.size(&own),
        memory.grow(&mut own, Pages(1)),
        memory.grow_at_least(&mut own, 1),
        memory.reset(&mut own),
        memory.copy(&own),
        memory.copy_to_store(&own, &mut third),
        memory.share_in_store(&own, &mut third),
        memory.as_shared(&own),
        memory.try_clone(&own),
        table.ty(&own),
        table.size(&own),
        table.get(&mut own, 0),
        table.set(&mut own, 0, null()),
        table.grow(&mut own, 1, null()),
        Table::copy(&mut own, &table, 0, &own_table, 0, 1),
        Table::copy(&mut own, &own_table, 0, &table, 0, 1),
        global.ty(&own),
        global.get(&mut own),
        global.set(&mut own, Value::I32(1)),
        reference.downcast::<i32>(&own),
        Extern::from(function.clone()).ty(&own),
        Extern::from(memory.clone()).ty(&own),
        values[0].as_raw(&own),
        values[1].as_raw(&own),
    }
    panics! { "cross-`Store` values are not supported";
        Global::new(&mut own, values[0].clone()),
        Global::new_mut(&mut own, values[1].clone()),
    }
    let externs: [Extern; 4] = [function.into(), memory.into(), table.into(), global.into()];
    for item in externs {
        assert!(item.is_from_store(&other) && !item.is_from_store(&own), "{item:?}");
    }
    for value in values {
        assert!(value.is_from_store(&other) && !value.is_from_store(&own), "{value:?}");
    }
}

#[test]
fn indices_and_lengths() {
    let mut store = Store::default();
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true)).unwrap();
    let view = memory.view(&store);
    let slice = WasmPtr::<u16>::new(0).slice(&view, 4).unwrap();
    let far = WasmSlice::<u16>::new(&view, 1 << 32, 0).unwrap();
    let mut exposed = slice.access().unwrap();
    exposed.as_mut_uninit();
    let mut one = WasmRef::<u16>::new(&view, 0).access().unwrap();
    one.as_mut_uninit();
    panics! { "WasmSlice out of bounds";
        slice.index(4),
        slice.subslice(3..5),
        slice.subslice(Range { start: 3, end: 2 }),
        slice.read(4),
        slice.write(4, 0),
    }
    let lengths = [
        panic_message(|| slice.read_slice(&mut [0; 3])),
        panic_message(|| {
            slice.read_slice_uninit(&mut [std::mem::MaybeUninit::uninit(); 5]).map(drop)
        }),
        panic_message(|| slice.write_slice(&[0; 3])),
    ];
    for message in lengths {
        assert!(message.contains("slice length doesn't match WasmSlice length"), "{message}");
    }
    let mut short = [std::mem::MaybeUninit::uninit(); 7];
    assert!(panic_message(|| slice.read_to_slice(&mut short)).contains("out of range"));
    let mut bytes = WasmPtr::<u8>::new(0).slice(&view, 4).unwrap().access().unwrap();
    assert!(panic_message(|| bytes.copy_from_slice(b"12345")).contains("length"));
    panics! { "the address does not fit into the pointer";
        far.as_ptr32(),
        WasmRef::<u8>::new(&view, 1 << 32).as_ptr32(),
        WasmRef::<u8>::new(&view, 1 << 32).as_ptr::<wasmer::Memory32>(),
    }
    panics! { "call `as_mut` after `as_mut_uninit`";
        exposed.iter(),
        one.read(),
    }
    let copy = memory.copy(&store).unwrap();
    panics! { "the memory is not attached to a store"; copy.memory(), }
}

#[test]
fn values_of_another_kind() {
    let values = [
        (Value::I64(1), "i32"),
        (Value::I32(1), "i64"),
        (Value::F64(1.0), "f32"),
        (Value::F32(1.0), "f64"),
        (Value::I32(1), "v128"),
        (Value::FuncRef(None), "externref"),
        (Value::null(), "funcref"),
    ];
    for (value, wanted) in values {
        let message = panic_message(|| match wanted {
            "i32" => drop(value.unwrap_i32()),
            "i64" => drop(value.unwrap_i64()),
            "f32" => drop(value.unwrap_f32()),
            "f64" => drop(value.unwrap_f64()),
            "v128" => drop(value.unwrap_v128()),
            "externref" => drop(value.unwrap_externref().clone()),
            _ => drop(value.unwrap_funcref().clone()),
        });
        assert_eq!(message, format!("expected {wanted}"));
        let error = match wanted {
            "i32" => i32::try_from(value).unwrap_err(),
            "i64" => i64::try_from(value).unwrap_err(),
            "f32" => f32::try_from(value).unwrap_err(),
            "f64" => f64::try_from(value).unwrap_err(),
            "externref" => Option::<ExternRef>::try_from(value).unwrap_err(),
            "funcref" => Option::<Function>::try_from(value).unwrap_err(),
            // There is no such conversion.
            _ => continue,
        };
        assert_eq!(error, format!("Value is not of Wasm type {wanted}"));
    }
    let types =
        instance(&mut Store::default(), "(module (func (export \"f\")) (memory (export \"m\") 1))")
            .module()
            .exports()
            .map(|export| export.ty().clone())
            .collect::<Vec<_>>();
    panics! { "not a memory"; types[0].unwrap_memory(), }
    panics! { "not a table"; types[0].unwrap_table(), }
    panics! { "not a global"; types[0].unwrap_global(), }
    panics! { "not a function"; types[1].unwrap_func(), }
}

#[test]
fn exports_that_are_missing_or_something_else() {
    let mut store = Store::default();
    let wat = r#"(module
        (func (export "f") (param i32)) (memory (export "m") 1)
        (global (export "g") i32 (i32.const 4)) (table (export "t") 1 funcref))"#;
    let instance = instance(&mut store, wat);
    let exports = &instance.exports;
    for (name, kind) in [("f", 0), ("m", 1), ("g", 2), ("t", 3), ("none", 4)] {
        let errors = [
            exports.get_function(name).err(),
            exports.get_memory(name).err(),
            exports.get_global(name).err(),
            exports.get_table(name).err(),
        ];
        for (number, error) in errors.into_iter().enumerate() {
            // A new variant does not compile without an answer.
            match error {
                None => assert_eq!(number, kind, "{name}"),
                Some(error @ ExportError::IncompatibleType) => {
                    assert!(number != kind && kind < 4, "{name}");
                    assert_eq!(error.to_string(), "Incompatible Export Type");
                }
                Some(error @ ExportError::Missing(_)) => {
                    assert_eq!(kind, 4, "{name}");
                    assert_eq!(error.to_string(), "Missing export none");
                }
            }
        }
    }
    type Wrong = TypedFunction<i64, ()>;
    let error = |result: Result<Wrong, ExportError>| result.unwrap_err().to_string();
    let get = |name| error(exports.get_typed_function(&store, name));
    assert_eq!(get("f"), "Incompatible Export Type");
    assert_eq!(get("m"), "Incompatible Export Type");
    assert_eq!(get("none"), "Missing export none");
    let error = exports.get_with_generics::<Global, (), ()>("none").unwrap_err();
    assert_eq!(error.to_string(), "Missing export none");
    let error = exports.get_with_generics::<Global, (), ()>("m").unwrap_err();
    assert_eq!(error.to_string(), "Incompatible Export Type");
}

#[test]
fn globals_and_tables() {
    let mut store = Store::default();
    let foreign: Value = Function::new_typed(&mut Store::default(), || {}).into();
    let global = Global::new_mut(&mut store, Value::FuncRef(None));
    let constant = Global::new(&mut store, Value::I32(1));
    let table = TableType::new(Type::FuncRef, 2, Some(4));
    let table = Table::new(&mut store, table, Value::FuncRef(None)).unwrap();
    let refs = Table::new(&mut store, TableType::new(Type::ExternRef, 2, None), Value::null());
    let refs = refs.unwrap();
    let new = |store: &mut Store, minimum, maximum, value| {
        Table::new(store, TableType::new(Type::FuncRef, minimum, maximum), value).map(drop)
    };
    let store = &mut store;
    let other_type = "Attempted to put a value of type ExternRef into a table of type FuncRef";
    let out_of_bounds = "undefined element: out of bounds table access";
    let cases = [
        (constant.set(store, Value::I32(2)), "Attempted to set an immutable global"),
        (
            global.set(store, Value::I64(2)),
            "Attempted to operate on a global of type FuncRef as a global of type I64",
        ),
        (global.set(store, foreign.clone()), "cross-`Store` values are not supported"),
        (table.set(store, 2, Value::FuncRef(None)), out_of_bounds),
        (table.set(store, 0, Value::I32(1)), "val is not reference"),
        (table.set(store, 0, foreign.clone()), "cannot pass Value across contexts"),
        (table.set(store, 0, Value::null()), other_type),
        (table.grow(store, 100, Value::FuncRef(None)).map(drop), "failed to grow table by `100`"),
        (table.grow(store, 1, Value::I32(1)).map(drop), "val is not reference"),
        (table.grow(store, 1, foreign.clone()).map(drop), "cannot pass Value across contexts"),
        (table.grow(store, 1, Value::null()).map(drop), other_type),
        (Table::copy(store, &table, 1, &table, 0, 2), out_of_bounds),
        (Table::copy(store, &table, 0, &refs, 0, 1), "Table types do not match"),
        (
            new(store, 5, Some(1), Value::FuncRef(None)),
            "Table minimum (5) is larger than maximum (1)!",
        ),
        (new(store, 1, None, Value::I32(1)), "val is not reference"),
        (new(store, 1, None, foreign), "cannot pass Value across contexts"),
        (new(store, 1, None, Value::null()), other_type),
    ];
    for (result, message) in cases {
        assert_eq!(result.unwrap_err().message(), message);
    }
    assert_eq!(table.size(store), 2);
}

#[test]
fn there_is_a_default_compiler() {
    // It panics only in builds without one.
    assert!(format!("{:?}", get_default_compiler_config()).contains("Cranelift"));
}
