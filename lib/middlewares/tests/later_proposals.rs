//! Where runs end in functions that use proposals that not every compiler has. Nothing is executed here: it is
//! validated what metering makes of the functions, and looked at.

use std::sync::Arc;

use wasmer::sys::ModuleMiddleware;
use wasmer::wasmparser::{
    Operator, VisitOperator, VisitSimdOperator, for_each_visit_operator,
    for_each_visit_simd_operator,
};
use wasmer::{CompileError, Features, Type};
use wasmer_compiler::{FunctionTranslator, ModuleTranslation, Proposals, ValidationScratch};
use wasmer_middlewares::Metering;

/// Writes down the names of operators.
#[derive(Default)]
struct Names(Vec<String>);

macro_rules! write_names {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {$(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
            $($(let _ = $arg;)*)?
            self.0.push(stringify!($op).to_owned());
            Ok(())
        }
    )*};
}

impl<'a> VisitOperator<'a> for Names {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    for_each_visit_operator!(write_names);
}

impl<'a> VisitSimdOperator<'a> for Names {
    for_each_visit_simd_operator!(write_names);
}

impl FunctionTranslator<'_> for Names {
    fn declare_locals(&mut self, _: u32, _: Type) -> Result<(), CompileError> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        Ok(())
    }

    fn position(&mut self, _: u32) {}
}

/// What pays for a run.
const PAY: &str = "GlobalGet I64Const I64LtU If I32Const GlobalSet Unreachable End GlobalGet I64Const I64Add GlobalSet ";

/// The operators of the last function of the module, with `|` for what pays for a run.
fn runs(text: &str) -> String {
    let bytes = wat::parse_str(text).unwrap();
    let middlewares: [Arc<dyn ModuleMiddleware>; 1] =
        [Arc::new(Metering::new(100, |_: &Operator<'_>| 1))];
    let mut module = ModuleTranslation::new(&bytes, Proposals::new(&Features::all())).unwrap();
    module.apply_middlewares(&middlewares).unwrap();
    let mut names = Names::default();
    let function = module.functions.last().unwrap();
    let mut scratch = ValidationScratch::default();
    function.translate(&module.info, &middlewares, &mut scratch, &mut names).unwrap();
    let text = names.0.join(" ") + " ";
    text.replace(PAY, "| ").trim_end().to_owned()
}

#[test]
fn exceptions() {
    // The handler is behind the end of the block that a clause names.
    let text = runs(
        r#"(module (tag $t) (func $g)
            (func
                (block $h
                    (try_table (catch $t $h) (nop) (call $g) (nop))
                    (nop))
                (nop)))"#,
    );
    assert_eq!(text, "| Block TryTable Nop Call | Nop End Nop End | Nop End");
    let text = runs(
        r#"(module (tag $t)
            (func (loop $l (try_table (catch_all $l) (nop) (throw $t) (nop)) (nop)) (nop)))"#,
    );
    assert_eq!(text, "| Loop | TryTable Nop Throw Nop End Nop End Nop End");
    let text = runs(
        r#"(module (func $g)
            (func (block $h (result exnref) (try_table (catch_all_ref $h) (call $g)) (return))
                (throw_ref) (nop)))"#,
    );
    assert_eq!(text, "| Block TryTable Call | End Return End | ThrowRef Nop End");
}

#[test]
fn tail_calls() {
    let text = r#"(module (table 1 funcref) (type $t (func)) (func $g)
        (func (param i32) (nop)
            (if (local.get 0) (then (nop) (return_call $g) (nop)))
            (return_call_indirect (type $t) (i32.const 0)) (nop)))"#;
    assert_eq!(
        runs(text),
        "| Nop LocalGet If | Nop ReturnCall Nop End | I32Const ReturnCallIndirect Nop End"
    );
}

#[test]
fn branches_on_references() {
    let text = r#"(module
        (func (param funcref)
            (block $b (br_on_null $b (local.get 0)) (drop) (nop))
            (block $c (result (ref func)) (br_on_non_null $c (local.get 0)) (return))
            (drop)))"#;
    assert_eq!(
        runs(text),
        "| Block LocalGet BrOnNull | Drop Nop End | Block LocalGet BrOnNonNull | Return End | Drop End"
    );
}

#[test]
fn bulk_operators_are_straight() {
    let text = r#"(module (memory 1) (table 1 funcref) (data "a") (func
        (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))
        (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))
        (drop (memory.grow (i32.const 0)))
        (table.set (i32.const 0) (ref.null func))
        (data.drop 0)))"#;
    assert_eq!(runs(text).matches('|').count(), 1);
}
