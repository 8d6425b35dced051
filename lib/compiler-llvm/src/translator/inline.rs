//! Function bodies in place of calls ([`crate::inline`]).
//!
//! A body is translated as a block with the results of the function, in which `return` is a branch to the end. Its
//! locals come behind those of the caller.
//!
//! The *line* of an instruction in such a body is a position ([`InlinedBody`]). When LLVM makes one instruction of two
//! with different lines, it has line 0, so no instruction is said to be in a body that it is not in.

use std::mem;

use smallvec::SmallVec;
use wasmer_compiler::{FunctionInput, ValidationScratch};
use wasmer_types::image::InlinedBody;
use wasmer_types::{CompileError, LocalFunctionIndex};

use super::Translator;
use crate::builder::Value;

/// About how many instructions bodies in place of calls may have in one function, so that it does not get too large to be
/// optimised.
const BUDGET: u32 = 1_500;

/// The body that is being translated: that of the function or one in place of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    function: LocalFunctionIndex,
    /// What to add to offsets in the module to get positions, with wrap-around.
    pub(super) shift: u32,
    /// Where its locals begin.
    pub(super) locals: usize,
    /// Which frame it is.
    pub(super) frame: usize,
}

impl Body {
    pub(super) fn new(function: LocalFunctionIndex) -> Self {
        Self { function, shift: 0, locals: 0, frame: 0 }
    }
}

/// Bodies in place of calls of one function.
#[derive(Debug, Default)]
pub(super) struct Inlined {
    /// All, in the order of their positions.
    pub(super) bodies: Vec<InlinedBody>,
    /// Those in which the present one is, outermost first.
    around: Vec<Body>,
    /// What else they may cost.
    budget: u32,
    /// The first position that is free.
    next: u32,
    /// Buffers of validators that are not in use.
    scratch: Vec<ValidationScratch>,
}

impl Inlined {
    /// For a function of a module with bodies up to offset `end`.
    pub(super) fn new(end: u32) -> Self {
        Self { budget: BUDGET, next: end, ..Self::default() }
    }
}

impl<'e, 'c> Translator<'_, 'e, 'c> {
    /// The body of a function, if it shall stand in place of a call here.
    pub(super) fn body_for_call(
        &mut self,
        function: LocalFunctionIndex,
    ) -> Option<&'e FunctionInput<'e>> {
        let bodies = self.bodies?;
        let around = &self.inlined.around;
        let is_repeated = self.is_in_loop();
        let (body, cost) = bodies.get(function, around.len(), is_repeated)?;
        let is_recursive =
            around.iter().chain([&self.present]).any(|body| body.function == function);
        // Positions have 32 bits.
        if is_recursive || self.inlined.next.checked_add(body.size() as u32).is_none() {
            return None;
        }
        self.inlined.budget = self.inlined.budget.checked_sub(cost + 1)?;
        Some(body)
    }

    /// Whether any body stands in place of a call so far.
    pub(super) fn has_bodies(&self) -> bool {
        !self.inlined.bodies.is_empty()
    }

    /// Whether the present body is one in place of a call.
    pub(super) fn is_inlined(&self) -> bool {
        self.present.frame > 0
    }

    /// Translates the body of a function in place of a call of it.
    pub(super) fn inline(&mut self, callee: &'e FunctionInput<'e>) -> Result<(), CompileError> {
        let environ = self.environ();
        let Some(bodies) = self.bodies else { return Ok(()) };
        let ty = environ.module.function_type(callee.function_index());
        let position = self.position;
        let start = self.inlined.next;
        self.inlined.next += callee.size() as u32;
        self.inlined.bodies.push(InlinedBody { start, function: callee.index(), call: position });
        let first = self.values.len() - ty.params().len();
        let arguments: SmallVec<[Value<'c>; 8]> = self.values.drain(first..).collect();
        let body = Body {
            function: callee.index(),
            shift: start.wrapping_sub(callee.offset()),
            locals: self.locals.len(),
            frame: self.frames.len(),
        };
        self.inlined.around.push(mem::replace(&mut self.present, body));
        for (ty, value) in ty.params().iter().zip(arguments) {
            self.declare_local(*ty, value);
        }
        self.push_body_frame(ty.results());
        self.position = start;
        self.is_located = false;
        self.locate();
        let mut scratch = self.inlined.scratch.pop().unwrap_or_default();
        callee.translate(environ.module, bodies.middlewares, &mut scratch, self)?;
        self.inlined.scratch.push(scratch);
        self.locals.truncate(body.locals);
        self.present = self.inlined.around.pop().expect("a body is around it");
        self.position = position;
        // What follows is in the caller again.
        self.is_located = false;
        self.locate();
        Ok(())
    }
}
