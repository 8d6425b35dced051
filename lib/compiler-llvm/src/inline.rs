//! Which calls are replaced by the bodies of the functions that they call.
//!
//! LLVM does not inline here: its inliner drops the uses that keep loads ([`crate::translator`]). The translator
//! translates the body in place of the call, when the callee is a small function of the same module and what is called
//! can't be replaced later. What is decided depends on the module and the settings only.
//!
//! Functions that call themselves, also by others, end in a call, so that recursion without end finds the end of the
//! stack.

use std::sync::Arc;

use wasmer_compiler::{CallMode, CompileRequest, FunctionInput, ModuleMiddleware};
use wasmer_types::{FunctionIndex, LocalFunctionIndex};
use wasmparser::{BinaryReader, FunctionBody, Operator};

use crate::config::{LLVM, LLVMOptLevel};

/// How many bodies stand in one another at most.
const DEPTH: usize = 6;
/// Instructions of the largest body that stands in place of a call.
const LARGEST: u32 = 40;
/// Bytes of a body that count as an instruction at least: what costs nothing once compiled still takes time to compile.
const BYTES: usize = 16;
/// How many instructions the module may have more because of one callee, all calls of it in loops taken together.
/// Elsewhere, code does not grow.
const GROWTH: u32 = 40;
/// Instructions of a call without arguments, with what comes before and behind it.
const CALL: u32 = 5;
/// What a call within a body counts as: it is most of what the body does, so that another one saves little.
const CALL_IN_BODY: u32 = 20;

/// The function bodies of a module.
#[derive(Debug)]
pub(crate) struct Bodies<'a> {
    functions: &'a [FunctionInput<'a>],
    pub(crate) middlewares: &'a [Arc<dyn ModuleMiddleware>],
    callees: Vec<Callee>,
    /// The first byte offset behind them.
    pub(crate) end: u32,
}

impl<'a> Bodies<'a> {
    /// Those that can stand in place of calls. `None` when none can: without optimisation, when functions are
    /// replaced later, and when a middleware does not say that it makes the same of a function each time.
    pub(crate) fn new(
        config: &'a LLVM,
        request: &CompileRequest<'_>,
        functions: &'a [FunctionInput<'a>],
    ) -> Option<Self> {
        let optimises =
            matches!(config.opt_level, LLVMOptLevel::Default | LLVMOptLevel::Aggressive);
        let middlewares = &config.middlewares;
        let changes_alike = middlewares.iter().all(|one| one.deterministic_id().is_some());
        if !optimises || request.call_mode != CallMode::Direct || !changes_alike {
            return None;
        }
        let end = functions.last().map_or(0, |last| last.offset() + last.size() as u32);
        let mut bodies = Self { functions, middlewares, callees: Vec::new(), end };
        let mut calls = vec![0_u32; functions.len()];
        let mut callees = Vec::with_capacity(functions.len());
        for function in functions {
            let cost = cost(function, |callee| {
                let local = request.module.local_func_index(callee)?;
                *calls.get_mut(bodies.number(local)?)? += 1;
                Some(())
            });
            let ty = request.module.function_type(function.function_index());
            let saved = CALL + (ty.params().len() + ty.results().len()) as u32;
            callees.push(Callee { cost, more: cost.saturating_sub(saved), calls: 0 });
        }
        for (callee, calls) in callees.iter_mut().zip(calls) {
            callee.calls = calls;
        }
        bodies.callees = callees;
        Some(bodies)
    }

    /// Where a function is among those that are compiled, which lie together in the module.
    fn number(&self, function: LocalFunctionIndex) -> Option<usize> {
        let first = self.functions.first()?.index();
        let number = function.as_u32().checked_sub(first.as_u32())? as usize;
        (self.functions.get(number)?.index() == function).then_some(number)
    }

    /// The body of a function that may stand in place of a call, and what that costs. `depth` bodies stand in one another
    /// already, and `is_repeated` says whether it is in a loop.
    pub(crate) fn get(
        &self,
        function: LocalFunctionIndex,
        depth: usize,
        is_repeated: bool,
    ) -> Option<(&'a FunctionInput<'a>, u32)> {
        let number = self.number(function)?;
        let callee = self.callees.get(number)?;
        let fits = match is_repeated {
            true => callee.more.saturating_mul(callee.calls) <= GROWTH,
            false => callee.more == 0,
        };
        (fits && callee.cost <= LARGEST && depth < DEPTH)
            .then(|| (&self.functions[number], callee.cost))
    }
}

/// What is known of a function.
#[derive(Debug)]
struct Callee {
    /// About how many instructions it has.
    cost: u32,
    /// How many of them it has more than a call takes.
    more: u32,
    /// How many calls of it there are in the module.
    calls: u32,
}

/// About how many instructions a body has, and one for each local. `call` takes the functions that it calls.
fn cost(function: &FunctionInput<'_>, mut call: impl FnMut(FunctionIndex) -> Option<()>) -> u32 {
    let reader = BinaryReader::new(function.bytes(), function.offset().into());
    let body = FunctionBody::new(reader);
    let (Ok(locals), Ok(operators)) = (body.get_locals_reader(), body.get_operators_reader())
    else {
        return u32::MAX;
    };
    let mut cost = 0_u32;
    for group in locals {
        // Those of a body that can't be read are an error when it is translated.
        let Ok((count, _)) = group else { return u32::MAX };
        cost = cost.saturating_add(count);
    }
    for operator in operators {
        // A body that can't be read is an error when it is translated.
        let Ok(operator) = operator else { return u32::MAX };
        cost = cost.saturating_add(match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::End
            | Operator::Nop
            | Operator::Drop
            | Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::LocalTee { .. }
            | Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::I32WrapI64
            | Operator::I64ExtendI32U
            | Operator::I64ExtendI32S => 0,
            Operator::Call { function_index } => {
                call(FunctionIndex::from_u32(function_index));
                CALL_IN_BODY
            }
            Operator::CallIndirect { .. } => CALL_IN_BODY,
            Operator::BrTable { targets } => CALL + targets.len(),
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => 2 * CALL,
            _ => 1,
        });
    }
    cost.max((function.size() / BYTES) as u32)
}
