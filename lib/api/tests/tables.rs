//! Tables.

use wasmer::{ExternRef, Function, Store, Table, TableType, TrapCode, Type, Value};

use crate::instance;

fn table(store: &mut Store, minimum: u32, maximum: Option<u32>) -> Table {
    let ty = TableType::new(Type::FuncRef, minimum, maximum);
    Table::new(store, ty, Value::FuncRef(None)).unwrap()
}

#[test]
fn elements() {
    let mut store = Store::default();
    let table = table(&mut store, 2, Some(4));
    assert_eq!(table.ty(&store).to_string(), "FuncRef (2..4)");
    assert!(matches!(table.get(&mut store, 1), Some(Value::FuncRef(None))));
    assert!(table.get(&mut store, 2).is_none());
    let f = Function::new_typed(&mut store, || 5);
    table.set(&mut store, 0, f.clone().into()).unwrap();
    assert_eq!(table.get(&mut store, 0).unwrap().unwrap_funcref().as_ref(), Some(&f));

    let error = table.set(&mut store, 2, f.clone().into()).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::TableAccessOutOfBounds));
    let error = table.set(&mut store, 0, Value::I32(1)).unwrap_err();
    assert_eq!(error.message(), "val is not reference");
    assert!(table.set(&mut store, 0, Value::null()).is_err(), "an externref");
    let foreign = Function::new_typed(&mut Store::default(), || 5);
    let error = table.set(&mut store, 0, foreign.into()).unwrap_err();
    assert_eq!(error.message(), "cannot pass Value across contexts");
}

#[test]
fn growing() {
    let mut store = Store::default();
    let table = table(&mut store, 1, Some(4));
    let f = Function::new_typed(&mut store, || 5);
    assert_eq!(table.grow(&mut store, 2, f.clone().into()).unwrap(), 1);
    assert_eq!(table.size(&store), 3);
    assert_eq!(table.get(&mut store, 2).unwrap().unwrap_funcref().as_ref(), Some(&f));
    let error = table.grow(&mut store, 100, f.into()).unwrap_err();
    assert_eq!(error.message(), "failed to grow table by `100`");
    let ty = TableType::new(Type::FuncRef, 5, Some(1));
    let error = Table::new(&mut store, ty, Value::FuncRef(None)).unwrap_err();
    assert_eq!(error.message(), "Table minimum (5) is larger than maximum (1)!");
    let ty = TableType::new(Type::FuncRef, u32::MAX, None);
    assert!(Table::new(&mut store, ty, Value::FuncRef(None)).is_err(), "no memory for that");
}

#[test]
fn copying() {
    let mut store = Store::default();
    let (one, two) = (table(&mut store, 4, None), table(&mut store, 4, None));
    let f = Function::new_typed(&mut store, || 5);
    one.set(&mut store, 0, f.clone().into()).unwrap();
    Table::copy(&mut store, &two, 2, &one, 0, 2).unwrap();
    assert_eq!(two.get(&mut store, 2).unwrap().unwrap_funcref().as_ref(), Some(&f));
    Table::copy(&mut store, &two, 0, &two, 2, 1).unwrap();
    assert_eq!(two.get(&mut store, 0).unwrap().unwrap_funcref().as_ref(), Some(&f));
    let error = Table::copy(&mut store, &two, 3, &one, 0, 2).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::TableAccessOutOfBounds));
    let refs = TableType::new(Type::ExternRef, 4, None);
    let refs = Table::new(&mut store, refs, Value::null()).unwrap();
    assert!(Table::copy(&mut store, &refs, 0, &one, 0, 1).is_err(), "another type");
}

#[test]
fn host_and_wasm_see_the_same_elements() {
    let mut store = Store::default();
    let wat = r#"(module
        (table (export "t") 3 funcref)
        (type $number (func (result i32)))
        (func $one (result i32) i32.const 1)
        (func $two (export "two") (result i32) i32.const 2)
        (elem (i32.const 0) $one $two)
        (func (export "call") (param i32) (result i32) (call_indirect (type $number) (local.get 0)))
        (func (export "clear") (param i32) (table.set (local.get 0) (ref.null func))))"#;
    let instance = instance(&mut store, wat);
    let table = instance.exports.get_table("t").unwrap();
    let call = instance.exports.get_function("call").unwrap();
    // Read by the host first, then by wasm, and the other way round.
    let two = table.get(&mut store, 1).unwrap().unwrap_funcref().clone().unwrap();
    assert_eq!(&two, instance.exports.get_function("two").unwrap());
    assert_eq!(*call.call(&mut store, &[Value::I32(1)]).unwrap(), [Value::I32(2)]);
    assert_eq!(*call.call(&mut store, &[Value::I32(0)]).unwrap(), [Value::I32(1)]);
    let one = table.get(&mut store, 0).unwrap().unwrap_funcref().clone().unwrap();
    assert_eq!(*one.call(&mut store, &[]).unwrap(), [Value::I32(1)]);

    let host = Function::new_typed(&mut store, || 42);
    table.set(&mut store, 2, host.into()).unwrap();
    assert_eq!(*call.call(&mut store, &[Value::I32(2)]).unwrap(), [Value::I32(42)]);
    let dynamic = Function::new(&mut store, ([], [Type::I32]), |_| Ok(vec![Value::I32(43)]));
    table.set(&mut store, 2, dynamic.into()).unwrap();
    assert_eq!(*call.call(&mut store, &[Value::I32(2)]).unwrap(), [Value::I32(43)]);

    let clear = instance.exports.get_function("clear").unwrap();
    clear.call(&mut store, &[Value::I32(1)]).unwrap();
    assert!(matches!(table.get(&mut store, 1), Some(Value::FuncRef(None))));
    let error = call.call(&mut store, &[Value::I32(1)]).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::IndirectCallToNull));
}

#[test]
fn external_references() {
    let mut store = Store::default();
    let ty = TableType::new(Type::ExternRef, 1, None);
    let word = ExternRef::new(&mut store, "word");
    let table = Table::new(&mut store, ty, Value::ExternRef(Some(word))).unwrap();
    let value = table.get(&mut store, 0).unwrap();
    let word = value.unwrap_externref().as_ref().unwrap();
    assert_eq!(word.downcast::<&str>(&store), Some(&"word"));
}
