//! Stores and engines, and handles used with a store they do not belong to.

use wasmer::sys::{BaseTunables, Cranelift, EngineBuilder, Features, NativeEngineExt};
use wasmer::{
    AsEngineRef, AsStoreMut, AsStoreRef, CompileError, Engine, ExternRef, Function, FunctionEnv,
    Global, Memory, MemoryType, Module, Store, StoreMut, StoreRef, Table, TableType, Type,
    TypedFunction, Value,
};

use crate::panic_message;

#[test]
fn handles_of_other_stores_panic() {
    let (mut store, mut other) = (Store::default(), Store::default());
    let store = &mut store;
    let function = Function::new_typed(&mut other, || {});
    let typed: TypedFunction<(), ()> = function.typed(&other).unwrap();
    let memory = Memory::new(&mut other, MemoryType::new(1, None, false)).unwrap();
    let table = TableType::new(Type::FuncRef, 1, None);
    let table = Table::new(&mut other, table, Value::FuncRef(None)).unwrap();
    let global = Global::new_mut(&mut other, Value::I32(0));
    let env = FunctionEnv::new(&mut other, 0);
    let reference = ExternRef::new(&mut other, 0);
    let messages = [
        panic_message(|| function.call(&mut *store, &[])),
        panic_message(|| function.ty(&*store)),
        panic_message(|| function.typed::<(), ()>(&*store)),
        panic_message(|| typed.call(&mut *store)),
        panic_message(|| memory.view(&*store).data_size()),
        panic_message(|| memory.grow(&mut *store, 1)),
        panic_message(|| table.get(&mut *store, 0)),
        panic_message(|| table.set(&mut *store, 0, Value::FuncRef(None))),
        panic_message(|| global.get(&mut *store)),
        panic_message(|| global.set(&mut *store, Value::I32(1))),
        panic_message(|| *env.as_ref(&*store)),
        panic_message(|| *env.as_mut(&mut *store)),
        panic_message(|| {
            Function::new_typed_with_env(&mut *store, &env, |_: wasmer::FunctionEnvMut<'_, i32>| {})
        }),
        panic_message(|| Function::new_with_env(&mut *store, &env, ([], []), |_, _| Ok(vec![]))),
        panic_message(|| reference.downcast::<i32>(&*store).is_some()),
    ];
    for (number, message) in messages.iter().enumerate() {
        assert_eq!(message, "object used with the wrong context", "case {number}");
    }
    for known in [
        function.is_from_store(store),
        memory.is_from_store(store),
        table.is_from_store(store),
        global.is_from_store(store),
        reference.is_from_store(store),
    ] {
        assert!(!known);
    }
}

#[test]
fn identity() {
    let engine = Engine::default();
    let (one, two) = (Store::new(engine.clone()), Store::new(&engine));
    assert!(Store::same(&one, &one) && !Store::same(&one, &two));
    assert!(one == one && one != two && one.id() != two.id());
    assert!(StoreRef::same(&one.as_store_ref(), &one.as_store_ref()));
    let mut boxed = Box::new(one);
    let id = boxed.id();
    assert_eq!(boxed.as_store_mut().id(), id);
    assert_eq!(boxed.objects_mut().id(), id);
    assert!(!StoreMut::same(&boxed.as_store_mut(), &Store::default().as_store_mut()));
}

#[test]
fn whatever_has_an_engine() {
    fn compile(engine: &impl AsEngineRef) {
        Module::new(engine, "(module)").unwrap();
    }
    let engine = Engine::default();
    let mut store = Store::new(engine.clone());
    compile(&engine);
    compile(&engine.as_engine_ref());
    compile(&store);
    compile(&&store);
    compile(&&mut store);
    compile(&store.as_store_ref());
    compile(&store.as_store_mut());
    assert_eq!(store.engine().deterministic_id(), engine.deterministic_id());
    assert!(engine.deterministic_id().starts_with("engine-cranelift"));
}

#[test]
fn builders() {
    let mut features = Features::default();
    features.simd(false).relaxed_simd(false);
    let builder = EngineBuilder::new(Cranelift::default()).set_features(Some(features.clone()));
    assert_eq!(builder.features(), Some(&features));
    let mut engine = builder.engine();
    let wat = "(module (func (result v128) (v128.const i32x4 0 0 0 0)))";
    let error = Module::new(&engine, wat).unwrap_err();
    assert!(error.to_string().contains("SIMD"), "{error}");
    assert!(engine.target().is_native());
    let tunables = BaseTunables::for_target(engine.target());
    engine.set_tunables(tunables);
    Store::new(Cranelift::default());
    Store::new(EngineBuilder::new(Cranelift::default()));

    let headless = Store::new(EngineBuilder::headless());
    let error = Module::new(&headless, "(module)").unwrap_err();
    let CompileError::Codegen(message) = error else { panic!("{error:?}") };
    assert_eq!(message, "No compiler compiled into executable");
    assert_eq!(headless.engine().deterministic_id(), "engine-headless");
}
