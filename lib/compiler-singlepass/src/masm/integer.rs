//! Operators on integers: the trait [`IntegerMasm`].

use super::{Size, Slot};
use crate::registers::Reg;

/// The second operand of an operator on integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhs {
    Reg(Reg),
    /// A constant for which [`IntegerMasm::is_immediate`], zero-extended.
    Imm(u64),
    Slot(Slot),
}

/// Two integers become one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntBinary {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
}

impl IntBinary {
    pub(crate) const fn is_commutative(self) -> bool {
        !matches!(self, Self::Sub)
    }
}

/// A shift or rotation by an amount of which the low bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Shl,
    ShrS,
    ShrU,
    Rotl,
    Rotr,
}

/// A division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) signed: bool,
    pub(crate) remainder: bool,
}

/// One integer becomes one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntUnary {
    Clz,
    Ctz,
    Popcnt,
    /// The sign of the lowest so many bits is extended.
    Extend(u8),
}

/// How two integers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntCondition {
    Equal,
    NotEqual,
    LessSigned,
    LessUnsigned,
    GreaterSigned,
    GreaterUnsigned,
    LessEqualSigned,
    LessEqualUnsigned,
    GreaterEqualSigned,
    GreaterEqualUnsigned,
}

impl IntCondition {
    /// The condition that holds when this does not.
    pub(crate) const fn negated(self) -> Self {
        use IntCondition::*;
        match self {
            Equal => NotEqual,
            NotEqual => Equal,
            LessSigned => GreaterEqualSigned,
            LessUnsigned => GreaterEqualUnsigned,
            GreaterSigned => LessEqualSigned,
            GreaterUnsigned => LessEqualUnsigned,
            LessEqualSigned => GreaterSigned,
            LessEqualUnsigned => GreaterUnsigned,
            GreaterEqualSigned => LessSigned,
            GreaterEqualUnsigned => LessUnsigned,
        }
    }

    /// The condition with the operands the other way round.
    pub(crate) const fn swapped(self) -> Self {
        use IntCondition::*;
        match self {
            Equal => Equal,
            NotEqual => NotEqual,
            LessSigned => GreaterSigned,
            LessUnsigned => GreaterUnsigned,
            GreaterSigned => LessSigned,
            GreaterUnsigned => LessUnsigned,
            LessEqualSigned => GreaterEqualSigned,
            LessEqualUnsigned => GreaterEqualUnsigned,
            GreaterEqualSigned => LessEqualSigned,
            GreaterEqualUnsigned => LessEqualUnsigned,
        }
    }
}

/// Registers that a division must use, where the machine says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DivisionRegisters {
    /// Holds the dividend, then the quotient.
    pub(crate) quotient: Reg,
    /// Then holds the remainder.
    pub(crate) remainder: Reg,
}

/// A machine that computes with integers.
pub(crate) trait IntegerMasm {
    /// Whether the constant (zero-extended) can be an [`Rhs::Imm`] of operators on integers of `size`.
    fn is_immediate(&self, op: Option<IntBinary>, size: Size, value: u64) -> bool;

    fn int_binary(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, b: Rhs);

    /// Where the amount of a shift must be if it is not a constant.
    fn shift_register(&self, op: Shift) -> Option<Reg>;

    /// `amount` is no slot; a register is [`Self::shift_register`] if there is one, and then `to` and `a` are not.
    fn shift(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: Rhs);

    fn division_registers(&self) -> Option<DivisionRegisters>;

    /// Traps as wasm wants. With [`Self::division_registers`], `a` is the quotient register, `to` is the one for the
    /// result, `b` neither of them, and both are changed. `b` is known not to be 0, or 0 and -1, when it was a constant.
    fn divide(&mut self, op: Division, size: Size, to: Reg, a: Reg, b: Reg, known: Option<u64>);

    fn int_unary(&mut self, op: IntUnary, size: Size, to: Reg, a: Reg);

    /// Sets the flags.
    fn compare(&mut self, size: Size, a: Reg, b: Rhs);

    /// Sets the flags for `a & b`, of which only `Equal` and `NotEqual` to zero are used.
    fn test(&mut self, size: Size, a: Reg, b: Rhs);

    /// Adds to a 128-bit number in two registers, low part first, or subtracts from it. No operand is one of `to`.
    fn wide_sum(&mut self, subtract: bool, to: [Reg; 2], b: [Rhs; 2]);

    /// The 128-bit product, low part first. With [`Self::division_registers`], `a` is the quotient register, and `to`
    /// are the quotient and the remainder register; `b` is neither.
    fn wide_product(&mut self, signed: bool, to: [Reg; 2], a: Reg, b: Reg);
}
