//! Branch hints come with the operators that they are for, and never make a module invalid.

use std::sync::Arc;

use wasmer_types::{LocalFunctionIndex, MiddlewareError};
use wasmparser::{BlockType, Operator};

use super::middlewares::CountCalls;
use crate::middleware::{FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware};
use crate::testing::{Scribe, compile_with, text_of, wasm};

/// A function with hints for its `if` and its last `br_if`, and a call, behind an imported function.
const HINTED: &str = r#"(module
    (import "a" "b" (func))
    (func (param i32)
        (local.get 0)
        (@metadata.code.branch_hint "\00")
        (if (then (call 0)))
        (block
            (br_if 0 (local.get 0))
            (local.get 0)
            (@metadata.code.branch_hint "\01")
            br_if 0))
    (func (param i32) (if (local.get 0) (then nop))))"#;

/// Conditional operators and hints of function `number`.
fn hints(compiler: &Scribe, bytes: &[u8], number: u32) -> String {
    let image = compile_with(compiler, bytes).unwrap();
    let text = text_of(&image, number);
    let is_wanted = |line: &&str| ["hint", "if", "br_if"].iter().any(|word| line.starts_with(word));
    text.lines().filter(is_wanted).collect::<Vec<_>>().join(", ")
}

#[test]
fn hints_come_before_their_operators() {
    let (compiler, bytes) = (Scribe::default(), wasm(HINTED));
    assert_eq!(hints(&compiler, &bytes, 0), "hint false, if Empty, br_if 0, hint true, br_if 0");
    assert_eq!(hints(&compiler, &bytes, 1), "if Empty");
}

/// A module with this section before or behind its functions, the first of which has an `if` at offset 3 of its body,
/// a `br_if` at 8, and a constant with the code of `if` in it.
fn with_section(place: &str, contents: &str) -> Vec<u8> {
    wasm(&format!(
        r#"(module
            (func (param i32)
                (local.get 0) (if (then (br_if 0 (local.get 0))))
                (drop (i32.const 4)))
            (@custom "metadata.code.branch_hint" ({place} code) "{contents}"))"#
    ))
}

#[test]
fn hints_that_make_no_sense_are_ignored() {
    let compiler = Scribe::default();
    let of = |place, contents| hints(&compiler, &with_section(place, contents), 0);
    let (none, first) = ("if Empty, br_if 0", "hint true, if Empty, br_if 0");
    assert_eq!(of("before", r"\01\00\01\03\01\01"), first);
    for (place, contents) in [
        ("after", r"\01\00\01\03\01\01"),
        ("before", ""),
        ("before", r"\01\00\01\03\01\02"),
        ("before", r"\01\00\02\03\01\01\03\01\00"),
        ("before", r"\01\00\01\03\01\01\00"),
        // There is no such function, and nothing that begins at these offsets or that takes a hint.
        ("before", r"\01\07\01\03\01\01"),
        ("before", r"\01\00\04\00\01\01\04\01\01\0c\01\01\ff\ff\03\01\01"),
    ] {
        assert_eq!(of(place, contents), none, "{place} {contents}");
    }
    // One that makes sense among others.
    assert_eq!(of("before", r"\01\00\03\01\01\00\03\01\01\0c\01\01"), first);
}

/// The same section again is another one, as for other custom sections.
#[test]
fn the_last_section_counts() {
    let section =
        |taken| format!(r#"(@custom "{SECTION}" (before code) "\01\00\01\03\01\0{taken}")"#);
    const SECTION: &str = "metadata.code.branch_hint";
    let text = format!(
        "(module (func (param i32) (if (local.get 0) (then nop))) {} {})",
        section(0),
        section(1)
    );
    assert_eq!(hints(&Scribe::default(), &wasm(&text), 0), "hint true, if Empty");
}

/// Puts an `if` before every conditional operator.
#[derive(Debug)]
struct Check;

impl ModuleMiddleware for Check {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(Self)
    }
}

impl FunctionMiddleware for Check {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        if matches!(operator, Operator::If { .. } | Operator::BrIf { .. }) {
            state.extend([
                Operator::I32Const { value: 1 },
                Operator::If { blockty: BlockType::Empty },
                Operator::End,
            ]);
        }
        state.push_operator(operator);
        Ok(())
    }
}

#[test]
fn hints_stay_with_their_operators_when_middlewares_add_others() {
    let middlewares: [(Vec<Arc<dyn ModuleMiddleware>>, &str); 2] = [
        (
            vec![Arc::new(CountCalls::default())],
            "hint false, if Empty, br_if 0, hint true, br_if 0",
        ),
        (
            vec![Arc::new(Check)],
            "if Empty, hint false, if Empty, if Empty, br_if 0, if Empty, hint true, br_if 0",
        ),
    ];
    for (middlewares, expected) in middlewares {
        let compiler = Scribe { middlewares, ..Scribe::default() };
        assert_eq!(hints(&compiler, &wasm(HINTED), 0), expected);
    }
}
