//! Middlewares change modules, and can't break anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wasmer_types::{
    CompileError, ExportIndex, FunctionIndex, FunctionType, GlobalIndex, GlobalInit, GlobalType,
    InitExpr, InitExprOp, LocalFunctionIndex, MemoryType, MiddlewareError, ModuleInfo, Mutability,
    SignatureIndex, TableType, Type,
};
use wasmparser::{BlockType, Operator, ValType};

use crate::middleware::{FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware};
use crate::testing::{Scribe, compile_with, text_of, wasm};

/// Counts calls in a global that it adds, like a meter.
#[derive(Debug, Default)]
pub(crate) struct CountCalls {
    global: AtomicU32,
}

/// Number of the global.
#[derive(Debug)]
struct CountCallsIn(u32);

impl ModuleMiddleware for CountCalls {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(CountCallsIn(self.global.load(Ordering::Relaxed)))
    }

    fn transform_module_info(&self, info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        let global = info.globals.push(GlobalType::new(Type::I64, Mutability::Var));
        info.global_initializers.push(GlobalInit::I64Const(0));
        info.exports.insert("calls".to_owned(), ExportIndex::Global(global));
        info.signatures.push(FunctionType::new([Type::I64], [Type::I64]));
        self.global.store(global.as_u32(), Ordering::Relaxed);
        Ok(())
    }
}

impl FunctionMiddleware for CountCallsIn {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        if let Operator::Call { .. } = operator {
            state.extend([
                Operator::GlobalGet { global_index: self.0 },
                Operator::I64Const { value: 1 },
                Operator::I64Add,
                Operator::GlobalSet { global_index: self.0 },
            ]);
        }
        state.push_operator(operator);
        Ok(())
    }
}

/// Puts the number of the locals that a function declares before its operators.
#[derive(Debug, Default)]
struct CountLocals(Option<Vec<ValType>>);

impl ModuleMiddleware for CountLocals {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(Self::default())
    }
}

impl FunctionMiddleware for CountLocals {
    fn locals_info(&mut self, locals: &[ValType]) {
        assert!(self.0.replace(locals.to_vec()).is_none(), "they are told once");
    }

    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        if let Some(locals) = self.0.as_mut().filter(|locals| !locals.is_empty()) {
            let value = locals.drain(..).map(|ty| if ty == ValType::F64 { 10 } else { 1 }).sum();
            state.extend([Operator::I32Const { value }, Operator::Drop]);
        }
        state.push_operator(operator);
        Ok(())
    }
}

#[test]
fn declared_locals_are_told_before_the_first_operator() {
    let compiler =
        Scribe { middlewares: vec![Arc::new(CountLocals::default())], ..Scribe::default() };
    let text = "(module (func (param i32 i32) (local i32 f64 f64) nop) (func (param i32)))";
    let image = compile_with(&compiler, &wasm(text)).unwrap();
    assert!(text_of(&image, 0).contains("21"), "{}", text_of(&image, 0));
    assert!(!text_of(&image, 1).contains("Const"), "{}", text_of(&image, 1));
}

type Feed = fn(&Operator<'_>) -> Result<Option<Vec<Operator<'static>>>, MiddlewareError>;
type Transform = fn(&mut ModuleInfo);

/// Does what the functions say; `None` leaves an operator as it is.
#[derive(Clone, Copy)]
struct Custom {
    transform: Transform,
    feed: Feed,
}

impl std::fmt::Debug for Custom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Custom")
    }
}

impl ModuleMiddleware for Custom {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(*self)
    }

    fn transform_module_info(&self, info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        (self.transform)(info);
        Ok(())
    }
}

impl FunctionMiddleware for Custom {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        match (self.feed)(&operator)? {
            None => state.push_operator(operator),
            Some(operators) => state.extend(operators),
        }
        Ok(())
    }
}

fn compile(
    stages: &[Custom],
    text: &str,
) -> Result<wasmer_types::image::ModuleImage, CompileError> {
    let arc = |stage: &Custom| Arc::new(*stage) as Arc<dyn ModuleMiddleware>;
    let compiler = Scribe { middlewares: stages.iter().map(arc).collect(), ..Scribe::default() };
    compile_with(&compiler, &wasm(text))
}

fn keep(_: &Operator<'_>) -> Result<Option<Vec<Operator<'static>>>, MiddlewareError> {
    Ok(None)
}

fn nothing(_: &mut ModuleInfo) {}

const MODULE: &str = r#"(module
    (memory 1)
    (func $f (param i32) (result i32)
        (block (br_table 0 0 (local.get 0)))
        (drop (v128.const i64x2 0 0))
        (if (result i32) (local.get 0)
            (then (call $f (i32.const 1)))
            (else (i32.load (i32.const 2)))))
    (func $hidden))"#;

#[test]
fn a_middleware_that_changes_nothing_changes_nothing() {
    let with = compile(&[Custom { transform: nothing, feed: keep }], MODULE).unwrap();
    let without = compile(&[], MODULE).unwrap();
    assert_eq!(text_of(&with, 0), text_of(&without, 0));
    assert_eq!(with.code.addresses, without.code.addresses);
    assert_eq!(with.info, without.info);
}

#[test]
fn operators_are_inserted_and_may_use_what_was_added() {
    // Counts every operator in a new global, also behind the last branch.
    let stage = Custom {
        transform: |info| CountCalls::default().transform_module_info(info).unwrap(),
        feed: |operator| {
            let Operator::Call { function_index } = operator else { return Ok(None) };
            Ok(Some(vec![
                Operator::GlobalGet { global_index: 0 },
                // The type that was added: [i64] -> [i64].
                Operator::Block { blockty: BlockType::FuncType(2) },
                Operator::I64Const { value: 1 },
                Operator::I64Add,
                Operator::End,
                Operator::GlobalSet { global_index: 0 },
                Operator::Call { function_index: *function_index },
            ]))
        },
    };
    let image = compile(&[stage], MODULE).unwrap();
    let text = text_of(&image, 0);
    assert!(
        text.contains("global_get 0\nblock FuncType(2)\ni64_const 1\ni64_add\nend\n"),
        "{text}"
    );
    assert_eq!(image.info.exports.len(), 1);
    // They have the position of the operator in the place of which they stand.
    let position = |needle: &str| {
        let at = text.find(needle).unwrap() as u32;
        image.code.addresses.lookup(at).unwrap()
    };
    assert_eq!(position("global_get"), position("global_set"));
}

#[test]
fn an_export_that_is_added_escapes() {
    let stage = Custom {
        transform: |info| {
            let hidden = ExportIndex::Function(info.functions.last().unwrap().0);
            info.exports.insert("seen".to_owned(), hidden);
        },
        feed: |operator| match operator {
            Operator::I32Load { .. } => {
                Ok(Some(vec![Operator::RefFunc { function_index: 1 }, Operator::Drop]))
            }
            _ => Ok(None),
        },
    };
    // The address of a function that escapes may be taken.
    let image = compile(&[stage], MODULE).unwrap();
    assert!(text_of(&image, 0).contains("ref_func 1\ndrop"));
    assert_eq!(image.info.func_refs.len(), 1);
}

#[test]
fn wrong_operators_are_an_error() {
    let cases: &[(Feed, &str)] = &[
        (|_| Err(MiddlewareError::new("custom", "not today")), "not today"),
        (|_| Ok(Some(vec![])), "end of the function is missing"),
        (|_| Ok(Some(vec![Operator::Drop])), "type mismatch"),
        (|_| Ok(Some(vec![Operator::Else])), "outside of an `if`"),
        (|_| Ok(Some(vec![Operator::GlobalGet { global_index: 0 }])), "global"),
        (|_| Ok(Some(vec![Operator::GlobalGet { global_index: u32::MAX }])), "global"),
        (|_| Ok(Some(vec![Operator::RefFunc { function_index: 1 }])), "undeclared"),
        (|_| Ok(Some(vec![Operator::RefFunc { function_index: u32::MAX }])), "unknown function"),
        (|_| Ok(Some(vec![Operator::Call { function_index: u32::MAX }])), "unknown function"),
        (|_| Ok(Some(vec![Operator::MemorySize { mem: 1 }])), "unknown memory"),
        (|_| Ok(Some(vec![Operator::TableSize { table: 0 }])), "unknown table"),
        (|_| Ok(Some(vec![Operator::ElemDrop { elem_index: 0 }])), "unknown elem"),
        (|_| Ok(Some(vec![Operator::DataDrop { data_index: 0 }])), "unknown data"),
        (|_| Ok(Some(vec![Operator::Throw { tag_index: 0 }])), "unknown tag"),
        (|_| Ok(Some(vec![Operator::Br { relative_depth: 9 }])), "unknown label"),
        (|_| Ok(Some(vec![Operator::LocalGet { local_index: 99 }])), "unknown local"),
        (|_| Ok(Some(vec![Operator::Block { blockty: BlockType::FuncType(99) }])), "unknown type"),
        (
            |_| {
                Ok(Some(vec![
                    Operator::Block { blockty: BlockType::Type(ValType::FUNCREF) };
                    1 << 16
                ]))
            },
            "nesting",
        ),
        (|_| Ok(Some(vec![Operator::I8x16ExtractLaneS { lane: 99 }])), "index out of bounds"),
        (|_| Ok(Some(vec![Operator::CatchAll])), ""),
        (|_| Ok(Some(vec![Operator::Delegate { relative_depth: 0 }])), ""),
    ];
    for (number, &(feed, expected)) in cases.iter().enumerate() {
        let error = compile(&[Custom { transform: nothing, feed }], MODULE).unwrap_err();
        let fits = matches!(error, CompileError::MiddlewareError(_) | CompileError::Resource(_));
        assert!(fits, "case {number}: {error:?}");
        assert!(error.to_string().contains(expected), "case {number}: {error}");
    }
}

#[test]
fn the_end_comes_once_and_last() {
    let early: Feed = |operator| match operator {
        Operator::Nop => Ok(Some(vec![Operator::End])),
        _ => Ok(None),
    };
    let never: Feed = |operator| match operator {
        Operator::End => Ok(Some(vec![])),
        _ => Ok(None),
    };
    for (feed, expected) in [(early, "behind the end"), (never, "end of the function is missing")] {
        let stage = Custom { transform: nothing, feed };
        let error = compile(&[stage], "(module (func nop))").unwrap_err();
        assert!(matches!(error, CompileError::MiddlewareError(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn an_invalid_body_is_not_the_middlewares_fault() {
    let stage = Custom { transform: nothing, feed: |_| Ok(Some(vec![])) };
    let error = compile(&[stage], "(module (func (result i32)))").unwrap_err();
    assert!(matches!(error, CompileError::Validate(_)), "{error:?}");
}

#[test]
fn wrong_changes_to_the_description_are_an_error() {
    let cases: &[(Transform, &str)] = &[
        (
            |info| {
                info.functions.push(info.functions[FunctionIndex::from_u32(0)]);
            },
            "functions",
        ),
        (|info| info.num_imported_functions += 1, "functions"),
        (|info| info.signatures.clear(), "types"),
        (
            |info| {
                info.globals.push(GlobalType::new(Type::I32, Mutability::Var));
            },
            "own globals",
        ),
        (|info| info.num_imported_globals = 1, "are imported"),
        (|info| add_global(info, Type::I64, GlobalInit::I32Const(1)), "initial value"),
        (|info| add_global(info, Type::I32, GlobalInit::RefNullConst), "initial value"),
        (
            |info| add_global(info, Type::I32, GlobalInit::GetGlobal(GlobalIndex::from_u32(0))),
            "initial value",
        ),
        (|info| add_global(info, Type::I32, GlobalInit::Expr(InitExpr::new([]))), "initial value"),
        (
            |info| {
                let ops = [InitExprOp::I32Const(1), InitExprOp::I32Add];
                add_global(info, Type::I32, GlobalInit::Expr(InitExpr::new(ops)));
            },
            "initial value",
        ),
        (
            |info| {
                let index = ExportIndex::Global(GlobalIndex::from_u32(7));
                info.exports.insert("x".to_owned(), index);
            },
            "export",
        ),
        (|info| info.start_function = Some(FunctionIndex::from_u32(0)), "start function"),
        (|info| info.start_function = Some(FunctionIndex::from_u32(99)), "start function"),
        (
            |info| {
                info.func_refs.push(FunctionIndex::from_u32(99));
            },
            "escapes",
        ),
        (
            |info| {
                info.tags.push(SignatureIndex::from_u32(99));
            },
            "is of",
        ),
        (
            |info| {
                info.tables.push(TableType::new(Type::I32, 0, None));
            },
            "table",
        ),
        (
            |info| {
                info.memories.push(MemoryType::new(2, Some(1), false));
            },
            "memory",
        ),
        (
            |info| {
                info.memories.push(MemoryType::new(70_000, None, false));
            },
            "memory",
        ),
        (
            |info| {
                let placement = wasmer_types::DataPlacement::Passive;
                info.data_segments.push(wasmer_types::DataSegment { placement, data: 0..1 });
            },
            "bytes 0..1",
        ),
        (
            |info| {
                let key = ("a".to_owned(), "b".to_owned(), 0).into();
                let index = wasmer_types::ImportIndex::Global(GlobalIndex::from_u32(0));
                info.imports.insert(key, index);
            },
            "imports",
        ),
    ];
    for (number, &(transform, expected)) in cases.iter().enumerate() {
        let error = compile(&[Custom { transform, feed: keep }], MODULE).unwrap_err();
        assert!(matches!(error, CompileError::MiddlewareError(_)), "case {number}: {error:?}");
        assert!(error.to_string().contains(expected), "case {number}: {error}");
    }
}

fn add_global(info: &mut ModuleInfo, ty: Type, init: GlobalInit) {
    info.globals.push(GlobalType::new(ty, Mutability::Const));
    info.global_initializers.push(init);
}
