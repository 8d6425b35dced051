//! Stores and engines.

use wasmer::sys::{BaseTunables, Cranelift, EngineBuilder, Features, NativeEngineExt};
use wasmer::{
    AsEngineRef, AsStoreMut, AsStoreRef, CompileError, Engine, Module, Store, StoreMut, StoreRef,
};

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
