//! Frames, jumps, what depends on a condition, calls and traps: the trait [`ControlMasm`].

use wasmer_types::{LocalFunctionIndex, TrapCode};

use super::{FloatCondition, IntCondition, Ty};
use crate::buffer::Label;
use crate::registers::Reg;

/// What the flags say behind a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Int(IntCondition),
    /// That the condition holds, or that it does not.
    Float(FloatCondition, bool),
}

impl Condition {
    /// The condition that holds when this does not.
    pub(crate) const fn negated(self) -> Self {
        match self {
            Self::Int(condition) => Self::Int(condition.negated()),
            Self::Float(condition, holds) => Self::Float(condition, !holds),
        }
    }
}

/// A machine that has frames, jumps, calls and traps.
pub(crate) trait ControlMasm {
    /// Sets up the frame pointer and room for the frame, of a size that [`Self::finish`] knows.
    fn enter(&mut self);

    /// Undoes [`Self::enter`] and returns.
    fn leave(&mut self);

    /// Emits what follows the code, and fills in the size of the frame, a multiple of 16.
    fn finish(&mut self, frame_size: u32);

    fn jump(&mut self, to: Label);

    fn branch(&mut self, condition: Condition, to: Label);

    /// 1 when the condition holds, else 0.
    fn set(&mut self, condition: Condition, to: Reg);

    /// Sets a general register to zero when the condition holds, without a branch.
    fn zero_if(&mut self, condition: Condition, to: Reg);

    /// `a` when the condition holds, else `b`.
    fn select(&mut self, condition: Condition, ty: Ty, to: Reg, a: Reg, b: Reg);

    /// Jumps to the label number `index`, or to the last one. May change `index`.
    fn jump_table(&mut self, index: Reg, labels: &[Label]);

    /// Traps here.
    fn trap(&mut self, code: TrapCode);

    fn call_function(&mut self, function: LocalFunctionIndex);

    fn call(&mut self, callee: Reg);

    /// Stores an argument at `offset` from the stack pointer.
    fn store_argument(&mut self, ty: Ty, offset: u32, from: Reg);
}
