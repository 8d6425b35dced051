//! Settings of compilers, targets, and what they write for people.

use std::fs;
use std::num::NonZero;
use std::sync::{Arc, Mutex};

use wasmer::sys::wasmparser::Operator;
use wasmer::sys::{
    Architecture, CompilerConfig, CpuFeature, Cranelift, CraneliftCallbacks, CraneliftOptLevel,
    Debugger, EngineBuilder, Features, FunctionMiddleware, HOST, MiddlewareReaderState,
    ModuleMiddleware, Target, Triple, UserCompilerOptimizations,
};
use wasmer::{
    CompilationProgressCallback, CompileError, Engine, Instance, LocalFunctionIndex,
    MiddlewareError, Module, ModuleHash, NativeEngineExt, ParseCpuFeatureError, Store, UserAbort,
    imports, wat2wasm,
};

const TEXT: &str = r#"(module
    (func $twice (export "twice") (param i32) (result i32) (i32.add (local.get 0) (local.get 0))))"#;

fn twice(engine: impl Into<Engine>) -> i32 {
    let mut store = Store::new(engine);
    let module = Module::new(&store, TEXT).unwrap();
    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
    let twice = instance.exports.get_typed_function::<i32, i32>(&store, "twice").unwrap();
    twice.call(&mut store, 21).unwrap()
}

#[test]
fn every_setting_leaves_a_compiler_that_works() {
    let mut config = Cranelift::new();
    config
        .canonicalize_nans(true)
        .opt_level(CraneliftOptLevel::None)
        .num_threads(NonZero::<usize>::MIN)
        .allow_experimental_unaligned_memory_accesses(true)
        .experimental_artifact(true)
        .callbacks(None);
    assert_eq!(twice(config.clone()), 42);

    let mut config: Box<dyn CompilerConfig> = config.into();
    config.enable_pic();
    config.enable_verifier();
    config.canonicalize_nans(false);
    config.experimental_artifact(true);
    config.enable_debugger(Debugger::Gdb);
    config.enable_non_volatile_memops();
    config.enable_experimental_unaligned_memory_accesses();
    config.enable_readonly_funcref_table();
    let target = Target::default();
    let (default, supported) = (
        config.default_features_for_target(&target),
        config.supported_features_for_target(&target),
    );
    assert!(default.simd && supported.contains_features(&default));
    assert_eq!(twice(EngineBuilder::new(config)), 42);
    let config: Box<dyn CompilerConfig> = Cranelift::default().into();
    assert_eq!(twice(Engine::from(config)), 42);
    assert_eq!(
        (Debugger::Gdb.to_string(), Debugger::Lldb.to_string()),
        ("gdb".into(), "lldb".into())
    );
}

#[test]
fn perf_is_told_the_names_of_functions() {
    let mut config = Cranelift::new();
    config.enable_perfmap();
    let engine = Engine::from(config);
    let map = || fs::read_to_string(format!("/tmp/perf-{}.map", std::process::id())).unwrap();
    let text =
        "(module (func $a_name_in_the_map (export \"f\")) (func) (func (@name \"two\\nlines\")))";
    let module = Module::new(&engine, text).unwrap();
    let lines_of = |module: &Module| {
        let map = map();
        let extents = module.sys_artifact().unwrap().finished_function_extents().unwrap();
        let line = |(index, extent): &(LocalFunctionIndex, wasmer::sys::FunctionExtent)| {
            let start = format!("{:x} {:x} ", extent.ptr.0 as usize, extent.length);
            let line = map.lines().find(|line| line.starts_with(&start));
            line.unwrap_or_else(|| panic!("function {}", index.as_u32()))[start.len()..].to_owned()
        };
        extents.iter().map(line).collect::<Vec<_>>()
    };
    let names = ["a_name_in_the_map", "function_1", "two?lines"];
    assert_eq!(lines_of(&module), names);
    // SAFETY: it is our artifact.
    let loaded = unsafe { Module::deserialize(&engine, module.serialize().unwrap()) }.unwrap();
    assert_eq!(lines_of(&loaded), names);

    // Nobody else writes to it.
    let before = map().lines().count();
    Module::new(&Engine::default(), text).unwrap();
    assert_eq!(map().lines().count(), before);
    fs::remove_file(format!("/tmp/perf-{}.map", std::process::id())).unwrap();
}

#[test]
fn the_stages_of_functions_are_written_to_files() {
    let directory = tempfile::tempdir().unwrap();
    let callbacks = CraneliftCallbacks::new(directory.path().join("new")).unwrap();
    let mut config = Cranelift::new();
    config.callbacks(Some(callbacks.clone()));
    assert_eq!(
        Engine::from(config.clone()).deterministic_id(),
        Engine::default().deterministic_id()
    );
    assert_eq!(twice(config), 42);
    let hash = ModuleHash::new(wat2wasm(TEXT.as_bytes()).unwrap()).to_string();
    for suffix in ["preopt.clif", "s", "o"] {
        let file = callbacks.debug_dir().join(&hash).join(format!("twice_0.{suffix}"));
        assert!(fs::metadata(&file).unwrap().len() > 0, "{}", file.display());
    }
}

#[test]
fn targets_have_triples_and_cpu_features() {
    let host = Target::default();
    assert_eq!((host.triple(), host.is_native()), (&HOST, true));
    assert_eq!(*host.cpu_features(), CpuFeature::for_host());
    assert_eq!(host, Target::new(HOST, CpuFeature::for_host()));

    let triple: Triple = "aarch64-apple-darwin".parse().unwrap();
    assert!(matches!(triple.architecture, Architecture::Aarch64(_)));
    let features = CpuFeature::NEON | CpuFeature::set();
    let foreign = Target::new(triple, features);
    assert!(!foreign.is_native() && foreign.cpu_features().contains(CpuFeature::NEON));

    let names = "sse2 sse3 ssse3 sse4.1 sse4.2 popcnt avx bmi bmi2 avx2 avx512dq avx512vl avx512f lzcnt fma neon";
    for name in names.split(' ') {
        let feature: CpuFeature = name.parse().unwrap();
        assert_eq!(feature.to_string(), name);
        assert!(CpuFeature::all().contains(feature));
    }
    let error = "sse5".parse::<CpuFeature>().unwrap_err();
    assert!(matches!(error, ParseCpuFeatureError::Missing(name) if name == "sse5"));
    let two = CpuFeature::AVX | CpuFeature::AVX2;
    assert_eq!(
        (two - CpuFeature::AVX, two & CpuFeature::AVX),
        (CpuFeature::AVX2.into(), CpuFeature::AVX.into())
    );
    assert_eq!(UserCompilerOptimizations::default().pass_params, None);
}

#[test]
fn a_module_says_which_proposals_it_needs() {
    let wasm =
        wat2wasm(b"(module (memory 1) (memory 1) (func (result i32 i32) unreachable))").unwrap();
    let needed = Features::detect_from_wasm(&wasm).unwrap();
    let mut features = Features::none();
    let engine = |features: &Features| {
        EngineBuilder::new(Cranelift::default()).set_features(Some(features.clone())).engine()
    };
    assert!(Module::new(&engine(&features), &wasm).is_err());
    features.extend(&needed);
    assert!(features.multi_memory && features.multi_value && !features.simd);
    Module::new(&engine(&features), &wasm).unwrap();
}

#[test]
fn the_progress_ends_with_the_last_step() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let steps = seen.clone();
    let callback = CompilationProgressCallback::new(move |progress| {
        let phase = progress.phase_name().unwrap().to_owned();
        steps.lock().unwrap().push((phase, progress.phase_step(), progress.phase_step_count()));
        Ok(())
    });
    let text = "(module (func) (func) (func))";
    Engine::default().new_module_with_progress(text.as_bytes(), callback).unwrap();
    let seen = seen.lock().unwrap();
    let (_, step, count) = seen.last().unwrap();
    assert!(step.is_some() && step == count, "{seen:?}");
    assert_eq!(seen[0].1, Some(0));

    let callback = CompilationProgressCallback::new(|_| Err(UserAbort::new("not today")));
    let wasm = wat2wasm(text.as_bytes()).unwrap();
    let error = Engine::default().compile_with_progress(&wasm, Some(callback)).unwrap_err();
    assert!(matches!(&error, CompileError::Aborted(abort) if abort.reason() == "not today"));
    let error: CompileError = UserAbort::new("why").into();
    assert_eq!(error.to_string(), "compilation was stopped: why");
}

/// Replaces additions by what it was given.
#[derive(Debug)]
struct InsteadOfAdd(fn() -> Operator<'static>);

impl ModuleMiddleware for InsteadOfAdd {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(Self(self.0))
    }
}

impl FunctionMiddleware for InsteadOfAdd {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        match operator {
            Operator::I32Add => state.extend(&[(self.0)()]),
            Operator::Unreachable => return Err(MiddlewareError::new("InsteadOfAdd", "no traps")),
            other => state.push_operator(other),
        }
        Ok(())
    }
}

#[test]
fn middlewares_run_in_the_order_in_which_they_were_pushed() {
    let mut config = Cranelift::default();
    config.push_middleware(Arc::new(InsteadOfAdd(|| Operator::I32Mul)));
    // It sees no additions any more.
    config.push_middleware(Arc::new(InsteadOfAdd(|| Operator::I32Sub)));
    assert_eq!(twice(EngineBuilder::new(config.clone())), 441);

    let error = Module::new(&Engine::from(config), "(module (func unreachable))").unwrap_err();
    assert_eq!(error.to_string(), "middleware error: error in middleware InsteadOfAdd: no traps");
}
