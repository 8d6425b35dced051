//! What was compiled without a middleware is never taken for what would be compiled with it.

use std::sync::Arc;

use tempfile::TempDir;
use wasmer::sys::{CompilerConfig, Cranelift, FunctionMiddleware, ModuleMiddleware};
use wasmer::wasmparser::Operator;
use wasmer::{Engine, LocalFunctionIndex, Module, NativeEngineExt};
use wasmer_cache::{Cache, DeserializeError, FileSystemCache, Hash};
use wasmer_middlewares::Metering;

const WASM: &str = r#"(module (func (export "f") (loop (br 0))))"#;

fn engine<const N: usize>(middlewares: [Arc<dyn ModuleMiddleware>; N]) -> Engine {
    let mut compiler = Cranelift::default();
    middlewares.into_iter().for_each(|middleware| compiler.push_middleware(middleware));
    compiler.into()
}

fn metering(limit: u64, id: Option<&str>) -> Arc<dyn ModuleMiddleware> {
    let metering = Metering::new(limit, |_: &Operator<'_>| 1);
    Arc::new(match id {
        Some(id) => metering.with_id(id),
        None => metering,
    })
}

/// One as it was written when middlewares had no ids.
#[derive(Debug)]
struct Old;

#[derive(Debug)]
struct OldFunction;

impl FunctionMiddleware for OldFunction {}

impl ModuleMiddleware for Old {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(OldFunction)
    }
}

fn is_metered(module: &Module) -> bool {
    module.exports().any(|export| export.name().starts_with("wasmer_metering"))
}

fn cache() -> (TempDir, FileSystemCache) {
    let directory = tempfile::tempdir().unwrap();
    let cache = FileSystemCache::new(directory.path()).unwrap();
    (directory, cache)
}

fn assert_not_served(result: Result<Module, DeserializeError>) {
    match result {
        Err(DeserializeError::Incompatible(reason)) => assert!(reason.contains("middlewares")),
        other => panic!("expected an error, found {other:?}"),
    }
}

#[test]
fn hashes_cover_middlewares_with_ids() {
    let of = |engine: Engine| Hash::of_module(&engine, WASM);
    let id = of(engine([metering(5, Some("one each"))]));
    assert_eq!(id, of(engine([metering(5, Some("one each"))])));
    for other in [
        engine([]),
        engine([metering(6, Some("one each"))]),
        engine([metering(5, Some("two each"))]),
        engine([metering(5, None)]),
        engine([metering(5, Some("one each")), Arc::new(Old)]),
    ] {
        assert_ne!(id, of(other));
    }
}

#[test]
fn engines_with_unknown_middlewares_differ() {
    let unknown = || engine([Arc::new(Old)]);
    let one = unknown();
    assert_eq!(one.deterministic_id(), one.clone().deterministic_id());
    assert_ne!(one.deterministic_id(), unknown().deterministic_id());
    assert_ne!(Hash::of_module(&one, WASM), Hash::of_module(&unknown(), WASM));
    let module = Module::new(&one, WASM).unwrap();
    assert!(!one.would_compile_like(&module));
    assert!(Engine::headless().would_compile_like(&module));
}

#[test]
fn known_middlewares_are_cached() {
    let (_directory, mut cache) = cache();
    let metered = || engine([metering(5, Some("one each"))]);
    let hash = Hash::of_module(&metered(), WASM);
    cache.store(hash, &Module::new(&metered(), WASM).unwrap()).unwrap();
    assert!(is_metered(&cache.load_checked(&metered(), hash).unwrap()));
    // Who can't compile takes what is there.
    assert!(cache.load_checked(&Engine::headless(), hash).is_ok());
}

/// Also when the hash is one of the module alone.
#[test]
fn nothing_is_served_for_other_middlewares() {
    let (_directory, mut cache) = cache();
    let hash = Hash::generate(WASM.as_bytes());
    let known = || engine([metering(5, Some("one each"))]);
    let plain = || engine([]);
    let unknown = engine([metering(5, None)]);
    let old = engine([Arc::new(Old)]);
    let cases = [
        (plain(), known()),
        (known(), plain()),
        (known(), engine([metering(6, Some("one each"))])),
        (plain(), unknown.clone()),
        (unknown.clone(), plain()),
        (unknown.clone(), unknown),
        (old.clone(), old),
    ];
    for (made_by, loaded_for) in cases {
        cache.store(hash, &Module::new(&made_by, WASM).unwrap()).unwrap();
        assert_not_served(cache.load_checked(&loaded_for, hash));
        // Another takes its place.
        let again = cache.load_checked(&made_by, hash).unwrap_err();
        assert!(matches!(again, DeserializeError::Io(_)), "{again:?}");
    }
    cache.store(hash, &Module::new(&known(), WASM).unwrap()).unwrap();
    assert!(is_metered(&cache.load_checked(&known(), hash).unwrap()));
}

#[test]
fn what_was_loaded_says_what_made_it() {
    let (_directory, mut cache) = cache();
    let known = engine([metering(5, Some("one \"each\""))]);
    let hash = Hash::of_module(&known, WASM);
    cache.store(hash, &Module::new(&known, WASM).unwrap()).unwrap();
    let loaded = cache.load_checked(&known, hash).unwrap();
    assert!(known.would_compile_like(&loaded));
    assert!(!engine([]).would_compile_like(&loaded));
    let bytes = loaded.serialize().unwrap();
    let metadata = wasmer::sys::ArtifactMetadata::read(&bytes).unwrap();
    assert!(metadata.compiler().contains("metering 5 one"), "{}", metadata.compiler());
}
