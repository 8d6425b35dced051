//! Artifacts as values, hashes of modules.

use std::sync::Arc;

use wasmer::sys::{Artifact, CpuFeature, EngineBuilder, Target};
use wasmer::{
    DeserializeError, Engine, HashAlgorithm, Instance, InstantiationError, LinkError, Module,
    ModuleHash, NativeEngineExt, RuntimeError, Store, imports, wat2wasm,
};

const TEXT: &str = r#"(module $adder
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

fn wasm() -> Vec<u8> {
    wat2wasm(TEXT.as_bytes()).unwrap().into_owned()
}

fn add(store: &mut Store, module: &Module) -> i32 {
    let instance = Instance::new(store, module, &imports! {}).unwrap();
    let add = instance.exports.get_typed_function::<(i32, i32), i32>(store, "add").unwrap();
    add.call(store, 40, 2).unwrap()
}

fn send_and_sync<T: Send + Sync>() {}

#[test]
fn an_engine_loads_artifacts() {
    send_and_sync::<Artifact>();
    let compiled = Module::new(&Engine::default(), TEXT).unwrap();
    let bytes = compiled.serialize().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("adder.wasmu");
    compiled.serialize_to_file(&path).unwrap();

    let mut store = Store::new(EngineBuilder::headless());
    let engine = store.engine().clone();
    // SAFETY: the artifacts were made above.
    let loaded: [Result<Arc<Artifact>, DeserializeError>; 4] = unsafe {
        [
            engine.deserialize(bytes.clone()),
            engine.deserialize_unchecked(bytes.to_vec()),
            engine.deserialize_from_file(&path),
            engine.deserialize_from_file_unchecked(&path),
        ]
    };
    for artifact in loaded {
        let artifact = artifact.unwrap();
        assert_eq!(artifact.module_info().name.as_deref(), Some("adder"));
        assert_eq!(artifact.serialize().unwrap(), bytes);
        assert_eq!(add(&mut store, &Module::from(artifact)), 42);
    }
    // SAFETY: as above.
    let object = unsafe { Artifact::deserialize_object(&engine, &bytes[..]) };
    assert_eq!(add(&mut store, &Module::from(object.unwrap())), 42);
    // SAFETY: this is no artifact.
    let error = unsafe { engine.deserialize(wasm()) }.unwrap_err();
    assert!(matches!(error, DeserializeError::Incompatible(_)), "{error}");
    // SAFETY: there is no such file.
    let error = unsafe { engine.deserialize_from_file(&directory.path().join("none")) };
    assert!(matches!(error, Err(DeserializeError::Io(_))));
}

#[test]
fn artifacts_are_compared_by_identity() {
    let engine = Engine::default();
    let make = || Artifact::new(&engine, &wasm(), engine.tunables(), None).unwrap();
    let (first, second) = (make(), make());
    assert_ne!(first, second);
    assert_ne!(first.id().id(), second.id().id());
    assert_eq!(first, first.clone());
    let module = Module::from(first.clone());
    assert_eq!(module.sys_artifact(), Some(&first));
    assert_eq!(Artifact::from(module), first);
    assert_eq!(first.cpu_features(), *first.target().cpu_features());
    assert!(format!("{first:?}").contains("adder"));
}

#[test]
fn a_name_can_be_set_while_nobody_else_has_it() {
    let engine = Engine::default();
    let mut artifact = Artifact::new(&engine, &wasm(), engine.tunables(), None).unwrap();
    assert!(artifact.set_module_info_name("renamed".to_owned()));
    let module = Module::from(artifact.clone());
    assert!(!artifact.set_module_info_name("again".to_owned()));
    assert_eq!(module.name(), Some("renamed"));
    // SAFETY: it is our artifact.
    let loaded = unsafe { engine.deserialize(artifact.serialize().unwrap()) }.unwrap();
    assert_eq!(Module::from(loaded).name(), Some("renamed"));
}

#[test]
fn code_for_another_machine_is_not_for_here() {
    let triple = if cfg!(target_arch = "x86_64") { "aarch64" } else { "x86_64" };
    let triple = format!("{triple}-unknown-linux-gnu").parse().unwrap();
    let target = Target::new(triple, CpuFeature::set());
    let builder = EngineBuilder::new(wasmer::sys::Cranelift::default()).set_target(Some(target));
    let module = Module::new(&builder.engine(), TEXT).unwrap();
    let artifact = module.sys_artifact().unwrap();
    assert!(!artifact.allocated() && artifact.finished_function_extents().is_none());
    let error = artifact.preinstantiate().unwrap_err();
    assert!(matches!(error, InstantiationError::DifferentArchOS), "{error}");
    assert!(Artifact::is_deserializable(&artifact.serialize().unwrap()));
}

#[test]
fn a_damaged_description_is_told_before_instantiation() {
    let module = Module::new(&Engine::default(), TEXT).unwrap();
    let mut bytes = module.serialize().unwrap().to_vec();
    let name = bytes.windows(5).position(|window| window == b"adder").unwrap();
    bytes[name] = 0xff;
    // SAFETY: the code is as it was.
    let artifact = unsafe { Artifact::deserialize_unchecked(&Engine::headless(), bytes) }.unwrap();
    let error = artifact.preinstantiate().unwrap_err();
    let InstantiationError::Link(LinkError::Trap(error)) = error else { panic!("{error}") };
    let _: &RuntimeError = &error;
    assert!(error.downcast_ref::<DeserializeError>().is_some(), "{error}");
    assert!(artifact.module_info().exports.is_empty());
    assert!(artifact.finished_function_extents().is_none());
}

#[test]
fn extents_are_where_the_code_is() {
    let module = Module::new(&Engine::default(), TEXT).unwrap();
    let again = Module::new(&Engine::default(), TEXT).unwrap();
    let code = |module: &Module| {
        let extents = module.sys_artifact().unwrap().finished_function_extents().unwrap();
        let [(index, extent)] = extents[..] else { panic!("one function") };
        assert_eq!(index.as_u32(), 0);
        // SAFETY: the module lives until the end of the test.
        unsafe { std::slice::from_raw_parts(extent.ptr.0, extent.length) }
    };
    let (first, second) = (code(&module), code(&again));
    assert_ne!(first.as_ptr(), second.as_ptr());
    assert_eq!(first, second);
}

#[test]
fn the_hash_of_a_module_survives() {
    let builder = |algorithm| {
        let builder = EngineBuilder::new(wasmer::sys::Cranelift::default());
        builder.set_hash_algorithm(algorithm).engine()
    };
    let expected = [
        (None, None),
        (Some(HashAlgorithm::Sha256), Some(ModuleHash::sha256(wasm()))),
        (Some(HashAlgorithm::XXHash), Some(ModuleHash::xxhash(wasm()))),
    ];
    for (algorithm, hash) in expected {
        let engine = builder(algorithm);
        assert_eq!(engine.hash_algorithm(), algorithm);
        let module = Module::new(&engine, TEXT).unwrap();
        assert_eq!(module.info().hash(), hash);
        assert_eq!(module.info().hash_string(), hash.map(|hash| hash.to_string()));
        // SAFETY: it is our artifact.
        let loaded = unsafe { Module::deserialize(&engine, module.serialize().unwrap()) }.unwrap();
        assert_eq!(loaded.info().hash(), hash);
        let made = Artifact::new(&engine, &wasm(), engine.tunables(), algorithm).unwrap();
        assert_eq!(made.create_module_info().hash, hash);
    }
    assert_eq!(Engine::default().hash_algorithm(), Some(HashAlgorithm::Sha256));
}
