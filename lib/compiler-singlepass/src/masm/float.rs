//! Operators on floats, and conversions between types: the trait [`FloatMasm`].

use super::{Size, Ty};
use crate::registers::Reg;

/// Two floats become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatBinary {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Copysign,
}

/// One float becomes one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatUnary {
    Abs,
    Neg,
    Sqrt,
    /// To an integer, if [`FloatMasm::has_round`].
    Round(Rounding),
}

/// Which integer a float is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    Ceil,
    Floor,
    Trunc,
    /// To even when it is half-way.
    Nearest,
}

/// A value becomes one of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// `i32.wrap_i64`.
    Wrap,
    /// `i64.extend_i32_s`.
    ExtendSigned,
    /// An integer becomes a float.
    ToFloat { from: Size, signed: bool, to: Size },
    /// A float becomes an integer; what does not fit traps, or is saturated.
    ToInt { from: Size, to: Size, signed: bool, saturating: bool },
    /// `f32.demote_f64`.
    Demote,
    /// `f64.promote_f32`.
    Promote,
    /// The bits of a float.
    FloatBits(Size),
    /// The float with these bits.
    FromBits(Size),
}

impl Conversion {
    /// The type of the result.
    pub(crate) const fn result(self) -> Ty {
        match self {
            Self::Wrap => Ty::I32,
            Self::ExtendSigned => Ty::I64,
            Self::ToFloat { to, .. } => Ty::float(to),
            Self::ToInt { to, .. } => Ty::int(to),
            Self::Demote => Ty::F32,
            Self::Promote => Ty::F64,
            Self::FloatBits(size) => Ty::int(size),
            Self::FromBits(size) => Ty::float(size),
        }
    }
}

/// How two floats compare. None but `NotEqual` holds when one is a NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatCondition {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
}

/// A machine that computes with floats.
pub(crate) trait FloatMasm {
    /// Whether [`FloatUnary::Round`] can be asked for.
    fn has_round(&self) -> bool;

    fn float_binary(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg);

    fn float_unary(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg);

    /// Sets the flags for `condition`.
    fn compare_floats(&mut self, condition: FloatCondition, size: Size, a: Reg, b: Reg);

    fn convert(&mut self, op: Conversion, to: Reg, a: Reg);

    /// Replaces a NaN by the canonical one.
    fn canonicalize(&mut self, size: Size, a: Reg);
}
