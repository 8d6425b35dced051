//! Engines: how they are chosen, what they say of themselves, and several of them in one process and one store.

use wasmer::sys::{BaseTunables, Cranelift, CraneliftOptLevel, EngineBuilder, Features};
use wasmer::{
    AsEngineRef, BackendKind, Engine, Function, Instance, Module, NativeEngineExt, Pages, Store,
    Table, Target, TypedFunction, Value, imports,
};

/// Engines that make different code of the same module: of every compiler, with different settings.
fn different_engines() -> Vec<Engine> {
    let mut engines = Vec::new();
    for kind in BackendKind::ALL {
        let Some(mut config) = kind.config() else { continue };
        engines.push(Engine::from(*kind));
        config.canonicalize_nans(true);
        engines.push(EngineBuilder::new(config).engine());
    }
    let mut quick = Cranelift::default();
    quick.opt_level(CraneliftOptLevel::None);
    engines.push(quick.into());
    engines
}

/// Engines of every compiler, of which the memories may move and the code checks bounds by itself.
fn engines_with_moving_memories() -> impl Iterator<Item = Engine> {
    different_engines().into_iter().map(|mut engine| {
        let base = BaseTunables::for_target(&Target::default());
        engine.set_tunables(BaseTunables {
            static_memory_bound: Pages(0),
            static_memory_offset_guard_size: base.dynamic_memory_offset_guard_size,
            ..base
        });
        engine
    })
}

#[test]
fn names() {
    assert_eq!(BackendKind::default(), BackendKind::Cranelift);
    assert_eq!(BackendKind::ALL.last(), Some(&BackendKind::Headless));
    for &kind in BackendKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(Engine::from(kind).name(), kind.name());
        assert_eq!(kind.config().is_none(), kind == BackendKind::Headless);
    }
    assert_eq!(Store::new(BackendKind::Headless).engine().deterministic_id(), "engine-headless");
    for unknown in ["", "Cranelift", "cranelift ", "v8"] {
        let error = unknown.parse::<BackendKind>().unwrap_err();
        let start = format!("there is no backend `{unknown}`; this program has cranelift, ");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn identity() {
    let engine = Engine::default();
    let mut clone = engine.clone();
    assert_eq!(engine.id(), clone.id());
    assert_ne!(engine.id(), Engine::default().id());
    clone.set_tunables(BaseTunables::for_target(&Target::default()));
    assert_eq!(engine.id(), clone.id());
    assert_eq!(engine.artifact_format(), "elf");
    assert_eq!(format!("{engine:?}").split_once(' ').unwrap().0, "Engine");
}

#[test]
fn features_of_backends() {
    let target = Target::default();
    for kind in BackendKind::ALL {
        let default = Engine::default_features_for_backend(kind, &target);
        let supported = Engine::supported_features_for_backend(kind, &target);
        assert!(supported.contains_features(&default), "{kind}");
        assert_eq!(Engine::from(*kind).features(), &default);
    }
    let supported = Engine::supported_features_for_backend(&BackendKind::default(), &target);
    assert!(supported.memory64 && !supported.module_linking);
}

#[test]
fn whatever_may_be_a_store() {
    let mut store = Store::default();
    let id = store.id();
    assert!(store.engine().maybe_as_store().is_none());
    assert!(store.engine().as_engine_ref().maybe_as_store().is_none());
    assert_eq!(store.maybe_as_store().unwrap().id(), id);
    assert_eq!((&&store).maybe_as_store().unwrap().id(), id);
    assert_eq!(wasmer::AsStoreRef::as_store_ref(&store).maybe_as_store().unwrap().id(), id);
    assert_eq!(wasmer::AsStoreMut::as_store_mut(&mut store).maybe_as_store().unwrap().id(), id);
}

#[test]
fn the_modules_of_other_engines_run_in_a_store() {
    let engines = different_engines();
    let mut store = Store::new(engines[0].clone());
    for engine in &engines {
        let wat = r#"(module (func (export "answer") (result i32) i32.const 42))"#;
        let module = Module::new(engine, wat).unwrap();
        let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
        let answer = instance.exports.get_function("answer").unwrap();
        assert_eq!(*answer.call(&mut store, &[]).unwrap(), [Value::I32(42)]);
    }
}

/// Exports everything that another module can use.
const GIVES: &str = r#"(module $gives
    (memory (export "memory") 1 4)
    (table (export "table") 4 funcref)
    (global $count (export "count") (mut i64) (i64.const 0))
    (elem (table 0) (i32.const 1) func $double)
    (func $double (export "double") (param i32) (result i32)
        (global.set $count (i64.add (global.get $count) (i64.const 1)))
        (i32.mul (local.get 0) (i32.const 2)))
    (func (export "pair") (param f64 i64) (result i64 f64 i32)
        (local.get 1) (local.get 0) (i32.load (i32.const 8)))
    (func (export "trap") (drop (i32.load (i32.const -1)))))"#;

/// Uses it: calls directly, through the table, by reference, and back.
const TAKES: &str = r#"(module $takes
    (type $unary (func (param i32) (result i32)))
    (import "gives" "memory" (memory 1 4))
    (import "gives" "table" (table 4 funcref))
    (import "gives" "count" (global $count (mut i64)))
    (import "gives" "double" (func $double (type $unary)))
    (import "gives" "pair" (func $pair (param f64 i64) (result i64 f64 i32)))
    (import "gives" "trap" (func $trap))
    (import "host" "offset" (func $offset (type $unary)))
    (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
    (elem (i32.const 2) func $triple)
    (func (export "direct") (type $unary) (call $offset (call $double (local.get 0))))
    (func (export "indirect") (param i32 i32) (result i32)
        (call_indirect (type $unary) (local.get 1) (local.get 0)))
    (func (export "pair") (result i64 f64 i32)
        (i32.store (i32.const 8) (i32.const 77))
        (call $pair (f64.const 2.5) (i64.const -9)))
    (func (export "grow") (result i32)
        (drop (memory.grow (i32.const 2)))
        (i32.store (i32.const 0x2fffc) (i32.const 5))
        (i32.load (i32.const 0x2fffc)))
    (func $through (export "trap") (call $trap)))"#;

#[test]
fn two_compilers_work_together_in_one_store() {
    let engines = different_engines();
    for giver in &engines {
        for taker in &engines {
            work_together(giver, taker);
        }
    }
}

#[test]
fn code_that_checks_bounds_takes_any_memory() {
    let engines = different_engines();
    for moving in engines_with_moving_memories() {
        work_together(&moving, &moving);
        for engine in &engines {
            work_together(engine, &moving);
            // Not the other way round: that code relies on the memory being reserved.
            let mut store = Store::default();
            let gives = Module::new(&moving, GIVES).unwrap();
            let gives = Instance::new(&mut store, &gives, &imports! {}).unwrap();
            let takes = r#"(module (import "gives" "memory" (memory 1)))"#;
            let takes = Module::new(engine, takes).unwrap();
            let given = gives.exports.clone();
            let imports = imports! { "gives" => given };
            let error = Instance::new(&mut store, &takes, &imports).unwrap_err();
            assert!(error.to_string().contains("compiled for a memory of style Static"), "{error}");
        }
    }
}

fn work_together(giver: &Engine, taker: &Engine) {
    let mut store = Store::default();
    let gives = Module::new(giver, GIVES).unwrap();
    let gives = Instance::new(&mut store, &gives, &imports! {}).unwrap();
    let takes = Module::new(taker, TAKES).unwrap();
    let given = gives.exports.clone();
    let imports = imports! {
        "gives" => given,
        "host" => { "offset" => Function::new_typed(&mut store, |n: i32| n + 1000) },
    };
    let error = Instance::new(&mut store, &takes, &imports! {}).unwrap_err();
    assert!(error.to_string().contains("unknown import"), "{error}");
    let takes = Instance::new(&mut store, &takes, &imports).unwrap();
    let exports = &takes.exports;

    let direct: TypedFunction<i32, i32> = exports.get_typed_function(&store, "direct").unwrap();
    assert_eq!(direct.call(&mut store, 21).unwrap(), 1042);
    let indirect: TypedFunction<(i32, i32), i32> =
        exports.get_typed_function(&store, "indirect").unwrap();
    assert_eq!(indirect.call(&mut store, 1, 21).unwrap(), 42);
    assert_eq!(indirect.call(&mut store, 2, 14).unwrap(), 42);
    assert!(indirect.call(&mut store, 3, 0).is_err());
    assert_eq!(gives.exports.get_global("count").unwrap().get(&mut store), Value::I64(2));

    // What one has put into a table, the host takes out and calls.
    let table: &Table = gives.exports.get("table").unwrap();
    let Some(Value::FuncRef(Some(triple))) = table.get(&mut store, 2) else { panic!() };
    assert_eq!(*triple.call(&mut store, &[Value::I32(5)]).unwrap(), [Value::I32(15)]);

    let pair: TypedFunction<(), (i64, f64, i32)> =
        exports.get_typed_function(&store, "pair").unwrap();
    assert_eq!(pair.call(&mut store).unwrap(), (-9, 2.5, 77));
    let grow: TypedFunction<(), i32> = exports.get_typed_function(&store, "grow").unwrap();
    assert_eq!(grow.call(&mut store).unwrap(), 5);
    assert_eq!(pair.call(&mut store).unwrap().2, 77);

    // A trap of one goes through the other, and the trace has both.
    let trap: TypedFunction<(), ()> = exports.get_typed_function(&store, "trap").unwrap();
    let error = trap.call(&mut store).unwrap_err();
    assert_eq!(error.message(), "out of bounds memory access");
    let modules: Vec<_> = error.trace().iter().map(|frame| frame.module_name()).collect();
    assert_eq!(modules, ["gives", "takes"]);
}

#[test]
fn types_must_match_across_engines() {
    let mut store = Store::default();
    let [one, two] = [different_engines().swap_remove(0), different_engines().pop().unwrap()];
    let gives = Module::new(&one, r#"(module (func (export "f") (param i32)))"#).unwrap();
    let gives = Instance::new(&mut store, &gives, &imports! {}).unwrap();
    let takes = r#"(module (import "gives" "f" (func (param i64))))"#;
    let takes = Module::new(&two, takes).unwrap();
    let given = gives.exports.clone();
    let imports = imports! { "gives" => given };
    let error = Instance::new(&mut store, &takes, &imports).unwrap_err();
    assert!(error.to_string().contains("incompatible import type"), "{error}");
}

#[test]
fn engines_keep_their_own_features() {
    let mut features = Features::default();
    features.multi_value(false);
    let strict = EngineBuilder::new(Cranelift::default()).set_features(Some(features)).engine();
    let wat = "(module (func (result i32 i32) unreachable))";
    assert!(Module::new(&strict, wat).is_err());
    Module::new(&Engine::default(), wat).unwrap();
}
