//! Tags and exceptions, as programs for `wasmer` 7 use them. Modules that throw and catch are not compiled yet, so that
//! all exceptions here are thrown by host functions.

use wasmer::{
    AsStoreMut, AsStoreRef, BackendTrap, Exception, ExportError, Exports, Extern, ExternType,
    Function, FunctionEnv, FunctionEnvMut, FunctionType, Global, Imports, RuntimeError, Store,
    Table, TableType, Tag, TagKind, TagType, TrapCode, Type, Value, imports,
};

use crate::{failure, instance_with, panic_message};

const CALLER: &str = r#"(module $m
    (import "host" "throw" (func $throw (param i32)))
    (func $inner (call $throw (i32.const 9)))
    (func (export "run") (call $inner)))"#;

/// A function that throws an exception of `tag` with its argument.
fn thrower(store: &mut Store, tag: &Tag) -> Function {
    let env = FunctionEnv::new(store, tag.clone());
    Function::new_typed_with_env(
        store,
        &env,
        |mut env: FunctionEnvMut<'_, Tag>, code: i32| -> Result<(), RuntimeError> {
            let (tag, mut store) = env.data_and_store_mut();
            let exception = Exception::new(&mut store, tag, &[Value::I32(code)]);
            Err(RuntimeError::exception(&store, exception))
        },
    )
}

fn names(error: &RuntimeError) -> Vec<&str> {
    error.trace().iter().map(|frame| frame.function_name().unwrap_or("")).collect()
}

#[test]
fn through_wasm() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, vec![Type::I32]);
    let throw = thrower(&mut store, &tag);
    let instance = instance_with(&mut store, CALLER, &imports! { "host" => { "throw" => throw } });
    let error = failure(&mut store, &instance, "run");
    assert!(error.is_exception());
    assert_eq!(error.message(), "uncaught exception");
    assert_eq!(names(&error), ["inner", ""]);
    assert_eq!(error.clone().to_trap(), Some(TrapCode::UncaughtException));
    let text = error.display(&mut store).to_string();
    assert!(
        text.starts_with("Uncaught exception with payload: [I32(9)]\n    at inner (m[1]:0x"),
        "{text}"
    );
    let text = error.to_string();
    assert!(text.starts_with("RuntimeError: uncaught exception\n    at inner (m[1]:0x"), "{text}");
    // In another store it is an error without its values.
    assert_eq!(error.display(&mut Store::default()).to_string(), text);

    let exception = error.to_exception().unwrap();
    assert!(exception.is_from_store(&store) && !exception.is_from_store(&Store::default()));
    assert_eq!(exception.tag(&store), tag);
    assert_eq!(exception.payload(&mut store), [Value::I32(9)]);
    assert_eq!(Exception::from_vm_exceptionref(exception.vm_exceptionref()), exception);
    let error = error.downcast::<std::fmt::Error>().unwrap_err();
    assert_eq!(error.to_exception(), Some(exception));
}

/// A host function that calls wasm may pass the exception on: it is the same, thrown at the same place.
#[test]
fn through_a_host_function() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, [Type::I32]);
    let throw = thrower(&mut store, &tag);
    let thrower = instance_with(&mut store, CALLER, &imports! { "host" => { "throw" => throw } });
    let run = thrower.exports.get_function("run").unwrap().clone();
    let env = FunctionEnv::new(&mut store, run);
    let ty = FunctionType::new([Type::I32], []);
    let passes_on = Function::new_with_env(&mut store, &env, ty, |mut env, _| {
        let (run, mut store) = env.data_and_store_mut();
        let error = run.call(&mut store, &[]).unwrap_err();
        assert_eq!(error.to_exception().unwrap().payload(&mut store), [Value::I32(9)]);
        Err(error)
    });
    let imports = imports! { "host" => { "throw" => passes_on } };
    let instance = instance_with(&mut store, CALLER, &imports);
    let error = failure(&mut store, &instance, "run");
    assert_eq!(error.to_exception().unwrap().payload(&mut store), [Value::I32(9)]);
    assert_eq!(names(&error), ["inner", "", "inner", ""]);
}

#[test]
fn what_can_be_thrown() {
    let mut store = Store::default();
    let tag = Tag::new(
        &mut store,
        [Type::F64, Type::V128, Type::ExternRef, Type::FuncRef, Type::ExceptionRef],
    );
    let ty = TagType::new(TagKind::Exception, tag.ty(&store).params());
    assert_eq!(tag.ty(&store), ty);
    let function = Function::new_typed(&mut store, || 5);
    let empty = Tag::new(&mut store, []);
    let cause = Exception::new(&mut store, &empty, &[]);
    assert_eq!(cause.payload(&mut store), []);
    let payload = [
        Value::F64(0.5),
        Value::V128(1 << 100),
        Value::ExternRef(None),
        function.into(),
        cause.clone().into(),
    ];
    let exception = Exception::new(&mut store, &tag, &payload);
    let values = exception.payload(&mut store);
    assert_eq!(values[..2], payload[..2]);
    assert!(values[2].unwrap_externref().is_none());
    let function = values[3].unwrap_funcref().clone().unwrap();
    assert_eq!(*function.call(&mut store, &[]).unwrap(), [Value::I32(5)]);
    assert_eq!(Option::<Exception>::try_from(values[4].clone()), Ok(Some(cause)));

    let new = |store: &mut Store, payload: &[Value]| {
        panic_message(|| Exception::new(store, &tag, payload))
    };
    assert!(new(&mut store, &[]).contains("payload length mismatch"));
    let swapped = [1, 0, 2, 3, 4].map(|index: usize| values[index].clone());
    assert!(new(&mut store, &swapped).contains("payload type mismatch"));
    let mut other = Store::default();
    assert_eq!(new(&mut other, &payload), "object used with the wrong context");
    let message = panic_message(|| RuntimeError::exception(&other, exception.clone()));
    assert_eq!(message, "object used with the wrong context");
    let message = panic_message(|| exception.payload(&mut other));
    assert_eq!(message, "object used with the wrong context");
    let foreign = Tag::new(&mut other, [Type::ExceptionRef]);
    let message =
        panic_message(|| Exception::new(&mut other, &foreign, &[exception.clone().into()]));
    assert_eq!(message, "object used with the wrong context");
}

#[test]
fn references_in_globals_and_tables() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, [Type::I64]);
    let exception = Exception::new(&mut store, &tag, &[Value::I64(-1)]);
    let value = Value::from(exception.clone());
    assert_eq!((value.ty(), value.to_string()), (Type::ExceptionRef, "exnref".to_owned()));
    assert!(value.is_from_store(&store) && !value.is_from_store(&Store::default()));
    assert_ne!(value, value, "references are never equal");
    let of = |value: Value| Option::<Exception>::try_from(value).unwrap();

    let global = Global::new_mut(&mut store, Value::ExceptionRef(None));
    assert_eq!(global.ty(&store).ty, Type::ExceptionRef);
    global.set(&mut store, value.clone()).unwrap();
    assert_eq!(of(global.get(&mut store)), Some(exception.clone()));
    assert_eq!(
        global.set(&mut store, Value::null()).unwrap_err().message(),
        "Attempted to operate on a global of type ExceptionRef as a global of type ExternRef"
    );

    let ty = TableType::new(Type::ExceptionRef, 2, None);
    let table = Table::new(&mut store, ty, value.clone()).unwrap();
    table.set(&mut store, 0, Value::ExceptionRef(None)).unwrap();
    assert_eq!(of(table.get(&mut store, 0).unwrap()), None);
    assert_eq!(of(table.get(&mut store, 1).unwrap()), Some(exception));
    assert_eq!(table.grow(&mut store, 1, value).unwrap(), 2);
    assert!(table.set(&mut store, 0, Value::null()).is_err());
}

#[test]
fn tags_are_externs() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, [Type::I32]);
    let item = Extern::from(tag.clone());
    assert_eq!(format!("{item:?}"), "Tag(...)");
    assert_eq!(item.ty(&store), ExternType::Tag(TagType::new(TagKind::Exception, [Type::I32])));
    assert!(item.is_from_store(&store) && !item.is_from_store(&Store::default()));

    let mut exports = Exports::new();
    exports.insert("tag", tag.clone());
    exports.insert("global", Global::new(&mut store, Value::I32(0)));
    assert_eq!(exports.get_tag("tag").unwrap(), &tag);
    assert_eq!(exports.get::<Tag>("tag").unwrap(), &tag);
    assert!(matches!(exports.get_tag("global"), Err(ExportError::IncompatibleType)));
    assert_eq!(exports.iter().tags().map(|(name, _)| name).collect::<Vec<_>>(), ["tag"]);
    let mut imports = Imports::new();
    imports.register_namespace("m", exports);
    assert_eq!(imports.get_export("m", "tag"), Some(item));
    assert_eq!(panic_message(|| tag.ty(&Store::default())), "object used with the wrong context");
}

/// A host may take an error apart and put it together again.
#[test]
fn traps_of_the_virtual_machine() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, []);
    let exception = Exception::new(&mut store, &tag, &[]);
    let trap = wasmer::vm::Trap::uncaught_exception(exception.vm_exceptionref());
    let trap = BackendTrap::from(trap);
    assert!(trap.is_exception());
    assert_eq!(trap.to_exception().as_ref(), Some(&exception));
    assert_eq!(trap.to_string(), "uncaught exception");
    let error = RuntimeError::new_from_source(trap, vec![], Some(TrapCode::UncaughtException));
    assert_eq!(error.to_exception(), Some(exception));
    assert!(error.is_exception() && std::error::Error::source(&error).is_none());

    // As `wasmer` 4 has it.
    let trap = wasmer::vm::Trap::user(std::fmt::Error);
    let error = RuntimeError::new_from_source(trap, vec![], None);
    assert!(
        error.is::<std::fmt::Error>() && !error.is_exception() && error.to_exception().is_none()
    );
    let error = BackendTrap::user(Box::new(std::fmt::Error));
    assert_eq!(error.downcast::<std::fmt::Error>().unwrap(), std::fmt::Error);
}

/// Each lives as long as its store.
#[test]
fn many_exceptions() {
    let mut store = Store::default();
    let tag = Tag::new(&mut store, [Type::I32]);
    let throw = thrower(&mut store, &tag);
    let instance = instance_with(&mut store, CALLER, &imports! { "host" => { "throw" => throw } });
    let mut seen: Vec<Exception> = Vec::new();
    for _ in 0..100 {
        let exception = failure(&mut store, &instance, "run").to_exception().unwrap();
        assert!(!seen.contains(&exception), "each is an object of its own");
        seen.push(exception);
    }
    let mut store = store.as_store_mut();
    assert!(seen.iter().all(|exception| exception.payload(&mut store) == [Value::I32(9)]));
    assert!(seen[0].is_from_store(&store.as_store_ref()));
}
