//! What metering makes of a function body.
//!
//! Operators are held back until the end of the *run* that they are in: operators of which all are executed when the
//! first one is, unless one traps. Then the code that pays for the whole run is put before it.
//!
//! ```text
//!     global.get $points
//!     i64.const COST
//!     i64.lt_u
//!     if
//!       i32.const 1
//!       global.set $exhausted
//!       unreachable
//!     end
//!     global.get $points
//!     i64.const -COST
//!     i64.add
//!     global.set $points
//! ```
//!
//! Compilers fold a chain of these into several differences from one value. For those an addition is better, which
//! x86-64 does without overwriting its operand.
//!
//! A run ends where control may go elsewhere than to the next operator, or may come from elsewhere: at branches and
//! calls, at the beginning of loops and arms, and at the end of blocks that something branches out of. It may be cut
//! anywhere, so it is cut when its cost would not fit, or when it gets too long to be kept.

use std::fmt;
use std::sync::Arc;

use wasmer::sys::{FunctionMiddleware, MiddlewareReaderState};
use wasmer::wasmparser::{BlockType, Operator};
use wasmer_types::{GlobalIndex, MiddlewareError};

use super::control::{Flow, Opens, flow, labels};
use super::{Globals, NAME};

/// Operators that are held back at most.
const LONGEST_RUN: usize = 16 << 10;

/// Meters one function.
pub struct FunctionMetering<F: Fn(&Operator) -> u64 + Send + Sync> {
    cost_function: Arc<F>,
    globals: Result<Globals, &'static str>,
    /// Blocks that are open and that control can come to, the function first.
    blocks: Vec<Open>,
    /// How many blocks were opened where control can't come to; `None` where it can.
    dead: Option<u32>,
    /// The run that is held back: how many operators, and what they cost.
    length: usize,
    cost: u64,
}

/// A block that is open.
#[derive(Clone, Copy)]
struct Open {
    kind: Opens,
    /// Whether something branches to its label.
    branched: bool,
}

impl Open {
    /// Whether control comes to what is behind its end from elsewhere than from before the end.
    fn joins(self) -> bool {
        match self.kind {
            Opens::Block => self.branched,
            Opens::Loop => false,
            Opens::If | Opens::Try => true,
        }
    }
}

impl<F: Fn(&Operator) -> u64 + Send + Sync> FunctionMetering<F> {
    /// `globals` is an error when it is not known which ones they are.
    pub(super) fn new(cost_function: Arc<F>, globals: Result<Globals, &'static str>) -> Self {
        let function = Open { kind: Opens::Block, branched: false };
        let blocks = vec![function];
        Self { cost_function, globals, blocks, dead: None, length: 0, cost: 0 }
    }

    /// Ends the run that is held back.
    fn cut(&mut self, globals: Globals, state: &mut MiddlewareReaderState<'_>) {
        match self.cost {
            0 => state.release([]),
            cost => state.release(pay(globals, cost)),
        }
        (self.cost, self.length) = (0, 0);
    }

    /// An operator that control can't come to.
    fn pass_dead(&mut self, flow: Flow, depth: u32) {
        self.dead = match (flow, depth) {
            (Flow::Open(_), depth) => Some(depth.saturating_add(1)),
            (Flow::NextArm, 0) => None,
            (Flow::Close, 0) => match self.blocks.pop() {
                Some(block) if block.joins() => None,
                _ => Some(0),
            },
            (Flow::Close, depth) => Some(depth - 1),
            (_, depth) => Some(depth),
        };
    }

    /// Takes note of the blocks that `operator` may leave.
    fn mark_labels(&mut self, operator: &Operator<'_>) {
        labels(operator, |label| {
            // Labels are valid; a number that is none would be that of no block.
            let at = self.blocks.len().checked_sub(1 + label as usize);
            if let Some(block) = at.and_then(|at| self.blocks.get_mut(at)) {
                block.branched = true;
            }
        });
    }
}

/// The operators that pay for a run.
fn pay(globals: Globals, cost: u64) -> [Operator<'static>; 12] {
    let points = globals.points.as_u32();
    let cost = cost as i64;
    [
        Operator::GlobalGet { global_index: points },
        Operator::I64Const { value: cost },
        Operator::I64LtU,
        Operator::If { blockty: BlockType::Empty },
        Operator::I32Const { value: 1 },
        Operator::GlobalSet { global_index: globals.exhausted.as_u32() },
        Operator::Unreachable,
        Operator::End,
        Operator::GlobalGet { global_index: points },
        Operator::I64Const { value: cost.wrapping_neg() },
        Operator::I64Add,
        Operator::GlobalSet { global_index: points },
    ]
}

impl<F: Fn(&Operator) -> u64 + Send + Sync> FunctionMiddleware for FunctionMetering<F> {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        let globals = self.globals.map_err(|reason| MiddlewareError::new(NAME, reason))?;
        let flow = flow(&operator);
        if let Some(depth) = self.dead {
            self.pass_dead(flow, depth);
            state.push_operator(operator);
            return Ok(());
        }
        let cost = (self.cost_function)(&operator);
        self.cost = match self.cost.checked_add(cost) {
            Some(sum) if self.length < LONGEST_RUN => sum,
            _ => {
                self.cut(globals, state);
                cost
            }
        };
        self.length += 1;
        self.mark_labels(&operator);
        state.hold();
        state.push_operator(operator);
        let cut = match flow {
            Flow::On => false,
            Flow::Open(kind) => {
                self.blocks.push(Open { kind, branched: false });
                matches!(kind, Opens::Loop | Opens::If)
            }
            Flow::Close => {
                // The last one ends the function.
                let joins = self.blocks.pop().is_none_or(Open::joins);
                joins || self.blocks.is_empty()
            }
            Flow::NextArm | Flow::Cut | Flow::Stop => true,
        };
        if cut {
            self.cut(globals, state);
        }
        if flow == Flow::Stop {
            self.dead = Some(0);
        }
        Ok(())
    }

    fn frequent_globals(&self) -> &[GlobalIndex] {
        match &self.globals {
            Ok(globals) => std::slice::from_ref(&globals.points),
            Err(_) => &[],
        }
    }
}

impl<F: Fn(&Operator) -> u64 + Send + Sync> fmt::Debug for FunctionMetering<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionMetering").field("globals", &self.globals).finish_non_exhaustive()
    }
}
