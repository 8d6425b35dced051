//! Every error of compilation: what provokes it, and its text.

use std::sync::Arc;

use wasmer::sys::{
    CompilerConfig, CpuFeature, Cranelift, EngineBuilder, Features, FunctionMiddleware,
    MiddlewareReaderState, ModuleMiddleware, Target,
};
use wasmer::wasmparser::Operator;
use wasmer::{
    CompilationProgressCallback, CompileError, Engine, IoCompileError, LocalFunctionIndex,
    MiddlewareError, Module, ModuleInfo, ParseCpuFeatureError, UserAbort, WasmError, wat2wasm,
};

/// Where an error is provoked. A new variant does not compile without an answer.
fn provoked_in(error: &CompileError) -> &'static str {
    match error {
        CompileError::Wasm(error) => match error {
            WasmError::Generic(_) => "text_that_is_none",
            // Middlewares and other users of the crates can make them; modules are `Validate` and so on.
            WasmError::InvalidWebAssembly { .. }
            | WasmError::Unsupported(_)
            | WasmError::ImplLimitExceeded
            | WasmError::Middleware(_) => "nowhere",
        },
        CompileError::Codegen(_) => "no_compiler",
        CompileError::Validate(_) => "modules_that_are_not_valid",
        CompileError::UnsupportedFeature(_) => "proposals_that_are_missing",
        CompileError::UnsupportedTarget(_) => "machines_without_a_compiler",
        CompileError::Resource(_) => "too_large",
        CompileError::MiddlewareError(_) => "middlewares_that_fail",
        CompileError::Aborted(_) => "compilations_that_are_stopped",
    }
}

/// The text of the error of the test `test`.
fn error(test: &str, engine: &Engine, module: impl AsRef<[u8]>) -> String {
    let error = Module::new(engine, module).unwrap_err();
    assert_eq!(provoked_in(&error), test, "{error:?}");
    error.to_string()
}

#[test]
fn text_that_is_none() {
    let engine = Engine::default();
    for text in ["", "(module", "(module (func (i32.const)))", "module"] {
        let text = error("text_that_is_none", &engine, text);
        let start = "WebAssembly translation error: Error when converting wat: ";
        assert!(text.starts_with(start) && text.contains("<anon>:1:"), "{text}");
    }
}

#[test]
fn modules_that_are_not_valid() {
    let engine = Engine::default();
    let test = "modules_that_are_not_valid";
    let body = "(module (func (result i32) (i64.const 1)))";
    let texts = [
        (
            wat2wasm(body.as_bytes()).unwrap().into_owned(),
            "Validation error: type mismatch: expected i32, found i64 (at offset 0x1a)",
        ),
        (b"\0asm".to_vec(), "Validation error: unexpected end-of-file (at offset 0x4)"),
    ];
    for (module, text) in texts {
        assert_eq!(error(test, &engine, &module), text);
        assert_eq!(Module::validate(&engine, &module).unwrap_err().to_string(), text);
        assert_eq!(Module::from_binary(&engine, &module).unwrap_err().to_string(), text);
    }
    // A proposal that is off.
    let mut features = Features::default();
    features.simd(false).relaxed_simd(false);
    let engine = EngineBuilder::new(Cranelift::default()).set_features(Some(features)).engine();
    let text = error(test, &engine, "(module (func (param v128)))");
    assert!(text.contains("the proposal simd is off (at offset 0x"), "{text}");
}

#[test]
fn proposals_that_are_missing() {
    let mut features = Features::default();
    features.tail_call(true);
    let engine = EngineBuilder::new(Cranelift::default()).set_features(Some(features)).engine();
    let text = error("proposals_that_are_missing", &engine, "(module (func return_call 0))");
    assert!(text.starts_with("unsupported feature: "), "{text}");
    assert!(
        text.contains("this compiler does not have the proposal tail-call (at offset"),
        "{text}"
    );
}

#[test]
fn machines_without_a_compiler() {
    let target = Target::new("riscv64gc-unknown-linux-gnu".parse().unwrap(), CpuFeature::set());
    let engine = EngineBuilder::new(Cranelift::default()).set_target(Some(target)).engine();
    let text = error("machines_without_a_compiler", &engine, "(module (func))");
    assert!(text.starts_with("unsupported target: "), "{text}");
    assert!(text.contains("riscv64"), "{text}");
}

#[test]
fn no_compiler() {
    let text = error("no_compiler", &EngineBuilder::headless().engine(), "(module)");
    assert_eq!(text, "Compilation error: No compiler compiled into executable");
}

#[test]
fn too_large() {
    let depth = 60_000;
    let mut body = vec![0];
    body.extend([0x02, 0x40].repeat(depth));
    body.extend(vec![0x0b; depth + 1]);
    let leb = |mut n: usize| {
        let mut bytes = vec![];
        while n >= 0x80 {
            bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        bytes.push(n as u8);
        bytes
    };
    let mut code = vec![1];
    code.extend(leb(body.len()));
    code.extend(body);
    let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
    module.extend(leb(code.len()));
    module.extend(code);
    let text = error("too_large", &Engine::default(), &module);
    let start = "insufficient resources: nesting of blocks: more than 50000 (at offset 0x";
    assert!(text.starts_with(start), "{text}");
}

/// A middleware that fails in one of its methods.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Failing {
    AtTheModule,
    AtAnOperator,
    ByItsOutput,
}

impl ModuleMiddleware for Failing {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(*self)
    }

    fn transform_module_info(&self, _: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        match self {
            Self::AtTheModule => Err(MiddlewareError::new("Failing", "at the module")),
            _ => Ok(()),
        }
    }
}

impl FunctionMiddleware for Failing {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        match self {
            Self::AtAnOperator => return Err(MiddlewareError::new("Failing", "at an operator")),
            Self::ByItsOutput => state.push_operator(Operator::I32Const { value: 1 }),
            Self::AtTheModule => {}
        }
        state.push_operator(operator);
        Ok(())
    }
}

#[test]
fn middlewares_that_fail() {
    let texts = [
        (Failing::AtTheModule, "middleware error: error in middleware Failing: at the module"),
        (Failing::AtAnOperator, "middleware error: error in middleware Failing: at an operator"),
        (
            Failing::ByItsOutput,
            "middleware error: the operators that come out of the middlewares are not valid: ",
        ),
    ];
    for (failing, start) in texts {
        let mut config = Cranelift::default();
        config.push_middleware(Arc::new(failing));
        let engine = EngineBuilder::new(config).engine();
        let text = error("middlewares_that_fail", &engine, "(module (func))");
        assert!(text.starts_with(start), "{text}");
    }
    let error = MiddlewareError::new("name", "message");
    assert_eq!(
        CompileError::from(error).to_string(),
        "middleware error: error in middleware name: message"
    );
}

#[test]
fn compilations_that_are_stopped() {
    let stop = CompilationProgressCallback::new(|_| Err(UserAbort::new("no time")));
    let engine = Engine::default();
    let error = Module::new_with_progress(&engine, "(module (func))", stop).unwrap_err();
    assert_eq!(provoked_in(&error), "compilations_that_are_stopped", "{error:?}");
    assert_eq!(error.to_string(), "compilation was stopped: no time");
}

#[test]
fn files() {
    let engine = Engine::default();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("module.wasm");
    match Module::from_file(&engine, &path).unwrap_err() {
        IoCompileError::Io(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
        other => panic!("{other:?}"),
    }
    std::fs::write(&path, b"\0asm").unwrap();
    match Module::from_file(&engine, &path).unwrap_err() {
        error @ IoCompileError::Compile(_) => assert_eq!(
            error.to_string(),
            "Validation error: unexpected end-of-file (at offset 0x4)"
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cpu_features() {
    let ParseCpuFeatureError::Missing(name) = "sse5".parse::<CpuFeature>().unwrap_err();
    assert_eq!(name, "sse5");
    let error = ParseCpuFeatureError::Missing(name);
    assert_eq!(error.to_string(), "CpuFeature sse5 not recognized");
}

#[test]
fn texts_of_the_others() {
    let texts = [
        (
            WasmError::InvalidWebAssembly { message: "no".to_owned(), offset: 7 },
            "invalid input WebAssembly code at offset 7: no",
        ),
        (WasmError::Unsupported("it".to_owned()), "unsupported feature: it"),
        (WasmError::ImplLimitExceeded, "implementation limit exceeded"),
        (
            WasmError::from(MiddlewareError::new("name", "message")),
            "error in middleware name: message",
        ),
    ];
    for (error, text) in texts {
        let error = CompileError::from(error);
        assert_eq!(provoked_in(&error), "nowhere");
        assert_eq!(error.to_string(), format!("WebAssembly translation error: {text}"));
    }
}
