//! Which calls are replaced by the bodies that they call.

use std::num::NonZero;
use std::sync::Arc;

use wasmer_compiler::wasmparser::Operator;
use wasmer_compiler::{
    CallMode, CompilerConfig, FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware,
    compile_module,
};
use wasmer_compiler_llvm::{LLVM, LLVMOptLevel};
use wasmer_compiler_testing::compile::options;
use wasmer_compiler_testing::machines::{self, features, reserved};
use wasmer_types::image::ModuleImage;
use wasmer_types::{LocalFunctionIndex, MiddlewareError};

fn compile(config: LLVM, call_mode: CallMode, wat: &str) -> ModuleImage {
    let compiler = Box::new(config).compiler();
    let options = options(&reserved, call_mode);
    let target = machines::ALL[0].target(None);
    let module = wat::parse_str(wat).expect("a module");
    compile_module(&*compiler, &features(), &target, &options, &module).expect("it is compiled")
}

/// The functions whose bodies stand in place of calls.
fn inlined(image: &ModuleImage) -> Vec<u32> {
    image.code.inlined.iter().map(|body| body.function.as_u32()).collect()
}

const MODULE: &str = "(module
    (memory 1)
    (func $get (param i32) (result i32) (i32.load (local.get 0)))
    (func $square (param i32) (result i32)
        (i32.mul (call $get (local.get 0)) (call $get (local.get 0))))
    (func $by_itself (param i32) (result i32) (call $by_itself (i32.eqz (local.get 0))))
    (func $by_another (param i32) (result i32) (call $another (local.get 0)))
    (func $another (param i32) (result i32) (call $by_another (local.get 0)))
    (func $sum (param i32) (result i32)
        (loop (result i32)
            (i32.add (call $by_itself (local.get 0)) (call $by_another (local.get 0))))))";

#[test]
fn small_bodies_stand_in_place_of_calls() {
    let image = compile(LLVM::new(), CallMode::Direct, MODULE);
    // Small ones anywhere, larger ones in loops; the chain of the two that call one another ends in a call.
    assert_eq!(inlined(&image), [0, 0, 2, 3, 4]);
    for threads in [1, 3] {
        let mut config = LLVM::new();
        config.num_threads(NonZero::new(threads).expect("a number of threads"));
        let other = compile(config, CallMode::Direct, MODULE);
        assert_eq!(format!("{:?}", other.code), format!("{:?}", image.code));
    }
}

#[derive(Debug)]
struct Nothing(Option<&'static str>);

impl ModuleMiddleware for Nothing {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(Nothing(None))
    }

    fn deterministic_id(&self) -> Option<String> {
        self.0.map(str::to_owned)
    }
}

impl FunctionMiddleware for Nothing {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        state.push_operator(operator);
        Ok(())
    }
}

#[test]
fn calls_stay_where_something_else_could_be_called() {
    let all = inlined(&compile(LLVM::new(), CallMode::Direct, MODULE));
    assert!(inlined(&compile(LLVM::new(), CallMode::Slots, MODULE)).is_empty());
    for level in [LLVMOptLevel::None, LLVMOptLevel::Less, LLVMOptLevel::Default] {
        let mut config = LLVM::new();
        config.opt_level(level);
        let expected = if level == LLVMOptLevel::Default { &all[..] } else { &[] };
        assert_eq!(inlined(&compile(config, CallMode::Direct, MODULE)), expected);
    }
    for (id, expected) in [(Some("nothing"), &all[..]), (None, &[])] {
        let mut config = LLVM::new();
        config.push_middleware(Arc::new(Nothing(id)));
        assert_eq!(inlined(&compile(config, CallMode::Direct, MODULE)), expected, "{id:?}");
    }
}

/// A chain of functions, each of which calls the next often, does not grow without bound.
#[test]
fn growth_has_a_bound() {
    let functions: String = (0..64)
        .map(|number| {
            let calls = "(call $f{next} (local.get 0))"
                .repeat(8)
                .replace("{next}", &(number + 1).to_string());
            format!("(func $f{number} (param i32) (loop {calls}))")
        })
        .collect();
    let wat = format!("(module {functions} (func $f64 (param i32)))");
    let image = compile(LLVM::new(), CallMode::Direct, &wat);
    assert!(image.code.inlined.len() < 1000, "{}", image.code.inlined.len());
    // Each statement of a long function calls a short one.
    let calls = "(call $one (local.get 0))".repeat(10_000);
    let one =
        "(func $one (param i32) (if (local.get 0) (then (i32.store (i32.const 0) (i32.const 1)))))";
    let wat = format!("(module (memory 1) {one} (func (param i32) {calls}))");
    let image = compile(LLVM::new(), CallMode::Direct, &wat);
    let count = image.code.inlined.len();
    assert!((100..2000).contains(&count), "{count}");
}

/// What is no code takes time to compile, too.
#[test]
fn large_bodies_that_do_nothing_stay_calls() {
    for body in ["(nop)".repeat(1_000), "(local i64)".repeat(1_000)] {
        let wat = format!("(module (func $nothing {body}) (func (loop (call $nothing))))");
        let image = compile(LLVM::new(), CallMode::Direct, &wat);
        assert_eq!(inlined(&image), []);
    }
}

/// What comes behind a body is not said to be in it: a program may be interrupted there.
#[test]
fn callers_go_on_behind_bodies() {
    let work = "(i32.const 3) i32.mul (local.get 0) i32.xor".repeat(10);
    let wat = format!(
        "(module (memory 1)
            (func $get (param i32) (result i32) (i32.load (local.get 0)))
            (func (param i32) (result i32) (call $get (local.get 0)) {work}))"
    );
    let image = compile(LLVM::new(), CallMode::Direct, &wat);
    assert_eq!(inlined(&image), [0]);
    let caller = image.code.functions.get(LocalFunctionIndex::from_u32(1)).expect("it is there");
    let is_in_body = |at: usize| {
        let position = image.code.addresses.lookup(at as u32);
        position.is_some_and(|position| image.code.inlined.at(position).is_some())
    };
    let in_body = caller.range().filter(|at| is_in_body(*at)).count();
    // The load, and what might have become one instruction with it.
    assert!((1..=20).contains(&in_body), "{in_body} of {} bytes", caller.length);
}

/// Code of the caller of a body with a hint for its branch.
#[test]
fn bodies_keep_their_branch_hints() {
    let caller = |hint: &str| {
        let text = format!(
            r#"(module
                (import "host" "f" (func $f (param i32) (result i32)))
                (func $body (param i32) (result i32)
                    (local.get 0)
                    {hint}
                    (if (result i32) (then (i32.const 3)) (else (call $f (local.get 0)))))
                (func (param i32) (result i32) (loop (result i32) (call $body (local.get 0)))))"#
        );
        let image = compile(LLVM::new(), CallMode::Direct, &text);
        assert_eq!(inlined(&image), [0]);
        let caller =
            image.code.functions.get(LocalFunctionIndex::from_u32(1)).expect("it is there");
        image.code.text[caller.range()].to_vec()
    };
    let [likely, unlikely] =
        [r"\01", r"\00"].map(|hint| caller(&format!(r#"(@metadata.code.branch_hint "{hint}")"#)));
    assert_ne!(likely, unlikely);
}
