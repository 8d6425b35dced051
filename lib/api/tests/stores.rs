//! Stores and engines.

use wasmer::sys::{BaseTunables, Cranelift, EngineBuilder, Features, NativeEngineExt};
use wasmer::{
    AsEngineRef, AsStoreMut, AsStoreRef, CompileError, Engine, Function, FunctionEnv,
    FunctionEnvMut, Global, Module, Store, StoreMut, StoreObjects, StoreRef, TrapCode,
    TypedFunction, Value, imports,
};

use crate::{instance_with, panic_message};

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

#[test]
fn a_lent_store() {
    let mut store = Store::default();
    let mut other = Store::default();
    let (id, other_id) = (store.id(), other.id());
    let current = || Store::with_current(|store| store.id());
    assert_eq!(current(), None);
    let result = store.as_store_mut().parked(|| {
        assert_eq!(current(), Some(id));
        // Whoever has it does not lend it.
        assert_eq!(Store::with_current(|_| current()), Some(None));
        other.as_store_mut().parked(|| assert_eq!(current(), Some(other_id)));
        assert_eq!(current(), Some(id));
        assert_eq!(Store::with_current(|store| store.parked(current)), Some(Some(id)));
        assert_eq!(std::thread::spawn(current).join().unwrap(), None);
        7
    });
    assert_eq!((result, current()), (7, None));
}

#[test]
fn a_store_lent_by_a_host_function() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, 0);
    let count = |mut env: FunctionEnvMut<'_, i32>| *env.data_mut() += 1;
    let count = Function::new_typed_with_env(&mut store, &env, count);
    let (handle, callee) = (env.clone(), count.clone());
    let lend = move |mut env: FunctionEnvMut<'_, i32>| {
        assert!(Store::with_current(|_| ()).is_none());
        let called = env.as_store_mut().parked(|| {
            Store::with_current(|store| {
                *handle.as_mut(store) += 10;
                callee.call(store, &[])
            })
        });
        called.expect("it is lent").unwrap();
        *env.data()
    };
    let lend = Function::new_typed_with_env(&mut store, &env, lend);
    let see = Function::new_typed(&mut store, || Store::with_current(|_| ()).is_some() as i32);
    let imports = imports! { "host" => { "lend" => lend, "see" => see } };
    let wat = r#"(module
        (import "host" "lend" (func $lend (result i32))) (import "host" "see" (func $see (result i32)))
        (func (export "lend") (result i32) call $lend) (func (export "see") (result i32) call $see))"#;
    let instance = instance_with(&mut store, wat, &imports);
    let f: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "lend").unwrap();
    assert_eq!(f.call(&mut store).unwrap(), 11);
    // A host function has a store of its own, and has not lent it.
    let see: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "see").unwrap();
    let mut other = Store::default();
    let seen = other.as_store_mut().parked(|| see.call(&mut store));
    assert_eq!(seen.unwrap(), 0);
}

#[test]
fn a_panic_ends_the_loan() {
    let mut store = Store::default();
    let id = store.id();
    let message = panic_message(|| store.as_store_mut().parked(|| panic!("in between")));
    assert_eq!(message, "in between");
    assert!(Store::with_current(|_| ()).is_none());
    store.as_store_mut().parked(|| {
        let message = panic_message(|| Store::with_current(|_| panic!("within")));
        assert_eq!(message, "within");
        assert_eq!(Store::with_current(|store| store.id()), Some(id));
    });
}

#[test]
fn values_of_globals() {
    let mut store = Store::default();
    let wat = r#"(module
        (import "host" "g" (global (mut i32)))
        (global (mut i64) (i64.const -1))
        (global $f (export "f") (mut f32) (f32.const 1))
        (global (export "v") v128 (v128.const i64x2 5 6))
        (global (mut funcref) (ref.func $get))
        (func $get (export "get") (result i64) (global.get 1)))"#;
    let host = Global::new_mut(&mut store, Value::I32(-2));
    let imports = imports! { "host" => { "g" => host.clone() } };
    let instance = instance_with(&mut store, wat, &imports);
    let late = Global::new(&mut store, Value::I64(9));
    let values = store.objects_mut().as_u128_globals();
    let numbers = [0xffff_fffe, 9, u64::MAX.into(), 0x3f80_0000, (6 << 64) | 5];
    assert_eq!(values[..5], numbers);
    assert_eq!(values.len(), 6);

    // All of them, also the reference, can be written back.
    let objects = store.objects_mut();
    let set = [1 << 40 | 3, 4, 5, 0x4000_0000, 7, values[5]];
    set.iter().enumerate().for_each(|(number, value)| objects.set_global_unchecked(number, *value));
    assert_eq!(host.get(&mut store), Value::I32(3));
    assert_eq!(late.get(&mut store), Value::I64(4));
    let f = instance.exports.get_global("f").unwrap();
    assert_eq!(f.get(&mut store), Value::F32(2.0));
    let get: TypedFunction<(), i64> = instance.exports.get_typed_function(&store, "get").unwrap();
    assert_eq!(get.call(&mut store).unwrap(), 5);
    let message = panic_message(|| store.objects_mut().set_global_unchecked(5, 4096));
    assert_eq!(message, "references can't be made of numbers");
    store.objects_mut().set_global_unchecked(5, 0);
    assert_eq!(store.objects_mut().as_u128_globals()[5], 0);
    let message = panic_message(|| store.objects_mut().set_global_unchecked(6, 0));
    assert_eq!(message, "a global with this number");
}

#[test]
fn objects() {
    let mut store = Store::default();
    let mut other = Store::default();
    let id = store.id();
    let (one, two) = (store.objects_mut(), other.objects_mut());
    assert!(StoreObjects::same(one, one) && !StoreObjects::same(one, two));
    assert_eq!(one.as_sys().id(), id);
    assert_eq!(format!("{one:?}"), format!("StoreObjects {{ id: {id:?} }}"));
    let interrupter = one.interrupter();
    let f = Function::new_typed(&mut store, || {});
    interrupter.interrupt();
    assert_eq!(f.call(&mut store, &[]).unwrap_err().to_trap(), Some(TrapCode::HostInterrupt));
    f.call(&mut store, &[]).unwrap();
}
