//! What is known of the values on the operand stack while code is generated.

use crate::masm::{
    Address, Conversion, FloatBinary, FloatCondition, FloatUnary, IntBinary, IntCondition,
    IntUnary, Load, Rhs, Shift, Size, Slot, Ty,
};
use crate::registers::Reg;
use crate::vector::VectorRecipe;

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// Nowhere: it is this integer, or the bits of this float.
    Constant(u64),
    /// Nowhere: it is the vector of this number among the function's constants.
    Vector(u32),
    /// Where the local is, which has not been set since.
    Local(u32),
    /// In a temporary of its own.
    Reg(Reg),
    /// In its slot of the frame.
    Slot,
    /// It is the result of the recipe that has not been carried out yet. Only at the top of the stack.
    Pending,
}

/// A value on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub(crate) ty: Ty,
    pub(crate) place: Place,
    /// Its slot, in which it is only if the place says so.
    pub(crate) slot: Slot,
    /// The next deeper operand at the same [`Place::Local`], or [`NO_OPERAND`].
    pub(crate) previous: u32,
}

/// No place of the stack.
pub(crate) const NO_OPERAND: u32 = u32::MAX;

/// An instruction of which the destination is not chosen yet, because the next operator may say where the result is
/// wanted or may need no more than the flags. Its operands are held, or are registers of locals.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Recipe {
    /// 1 or 0.
    Compare {
        condition: IntCondition,
        size: Size,
        a: Reg,
        b: Rhs,
    },
    /// 1 or 0: whether `a & b` is zero (`Equal`) or not.
    Test {
        condition: IntCondition,
        size: Size,
        a: Reg,
        b: Rhs,
    },
    /// 1 or 0: whether the condition holds, or whether it does not.
    CompareFloats {
        condition: FloatCondition,
        holds: bool,
        size: Size,
        a: Reg,
        b: Reg,
    },
    IntBinary {
        op: IntBinary,
        size: Size,
        a: Reg,
        b: Rhs,
    },
    IntUnary {
        op: IntUnary,
        size: Size,
        a: Reg,
    },
    Shift {
        op: Shift,
        size: Size,
        a: Reg,
        amount: Rhs,
    },
    FloatBinary {
        op: FloatBinary,
        size: Size,
        a: Reg,
        b: Reg,
    },
    FloatUnary {
        op: FloatUnary,
        size: Size,
        a: Reg,
    },
    Convert {
        op: Conversion,
        a: Reg,
    },
    Load {
        load: Load,
        from: Address,
    },
    Vector(VectorRecipe),
}

impl Recipe {
    /// Registers that it reads: the first is the best destination, if it may be overwritten.
    pub(crate) fn operands(&self) -> [Option<Reg>; 3] {
        let rhs = |b: &Rhs| match b {
            Rhs::Reg(b) => Some(*b),
            Rhs::Imm(_) | Rhs::Slot(_) => None,
        };
        match self {
            Self::Compare { a, b, .. }
            | Self::Test { a, b, .. }
            | Self::IntBinary { a, b, .. }
            | Self::Shift { a, amount: b, .. } => [Some(*a), rhs(b), None],
            Self::CompareFloats { a, b, .. } | Self::FloatBinary { a, b, .. } => {
                [Some(*a), Some(*b), None]
            }
            Self::IntUnary { a, .. } | Self::FloatUnary { a, .. } | Self::Convert { a, .. } => {
                [Some(*a), None, None]
            }
            Self::Load { from, .. } => [from.index, Some(from.base), None],
            Self::Vector(recipe) => recipe.operands(),
        }
    }

    /// Whether carrying it out may trap.
    pub(crate) const fn can_trap(&self) -> bool {
        matches!(
            self,
            Self::Load { .. }
                | Self::Vector(VectorRecipe::Load { .. } | VectorRecipe::LoadLane { .. })
                | Self::Convert { op: Conversion::ToInt { saturating: false, .. }, .. }
        )
    }
}

impl Operand {
    /// Whether it is in a register that belongs to it alone.
    pub(crate) const fn is_own(&self) -> bool {
        matches!(self.place, Place::Reg(_))
    }

    /// Its value, if that is a known integer or the known bits of a float.
    pub(crate) const fn constant(&self) -> Option<u64> {
        match self.place {
            Place::Constant(bits) => Some(bits),
            _ => None,
        }
    }
}
