//! What the portable part asks of a machine for vectors: the traits [`VectorMasm`] and [`LaneMasm`], and the
//! terms in which it asks.
//!
//! The rules of [`crate::masm`] hold: a destination may be any of the operands, operands may be the same register, and no
//! operand is in a scratch register of the machine. Operands are not changed (unless the destination is one of them).
//! A register of the vector class holds an f32 or f64 in its lowest lane; what the lanes above hold is not known.

use crate::masm::{
    Address, Condition, FloatBinary, FloatCondition, FloatUnary, IntCondition, Rhs, Shift, Size,
};
use crate::registers::Reg;

/// How a vector is divided. Lanes of floats are those of integers of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lanes {
    I8x16,
    I16x8,
    I32x4,
    I64x2,
}

impl Lanes {
    /// Bytes of a lane.
    pub(crate) const fn bytes(self) -> u8 {
        match self {
            Self::I8x16 => 1,
            Self::I16x8 => 2,
            Self::I32x4 => 4,
            Self::I64x2 => 8,
        }
    }

    /// Bits of a lane.
    pub(crate) const fn bits(self) -> u8 {
        8 * self.bytes()
    }

    /// Lanes of floats of this width.
    pub(crate) const fn of_floats(size: Size) -> Self {
        match size {
            Size::S32 => Self::I32x4,
            Size::S64 => Self::I64x2,
        }
    }
}

/// The smaller or the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extremum {
    Min,
    Max,
}

/// Lanes become ones of twice the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Widen {
    /// What they are before: not `I64x2`.
    pub(crate) from: Lanes,
    /// Whether the upper half of the lanes is taken, or the lower half.
    pub(crate) high: bool,
    /// Whether the sign is extended.
    pub(crate) signed: bool,
}

impl Widen {
    pub(crate) const fn new(from: Lanes, high: bool, signed: bool) -> Self {
        Self { from, high, signed }
    }
}

/// One vector becomes one.
///
/// `relaxed` operators may give any result that the specification allows; the others the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorUnary {
    Not,
    Abs(Lanes),
    Neg(Lanes),
    /// `i8x16.popcnt`.
    Popcnt,
    /// Of floats. Rounding only if [`FloatMasm::has_round`](crate::masm::FloatMasm::has_round).
    Float(FloatUnary, Size),
    Extend(Widen),
    /// Sums of neighbours, of lanes that are `I8x16` or `I16x8` before.
    AddPairs {
        from: Lanes,
        signed: bool,
    },
    /// Floats to i32x4, with saturation; of two doubles, the upper lanes are zero.
    Truncate {
        from: Size,
        signed: bool,
        relaxed: bool,
    },
    /// i32x4 to floats: all of them to f32, the lower two to f64.
    Convert {
        to: Size,
        signed: bool,
    },
    /// `f32x4.demote_f64x2_zero`.
    Demote,
    /// `f64x2.promote_low_f32x4`.
    Promote,
}

impl VectorUnary {
    /// The same with the only result that is deterministic.
    pub(crate) const fn deterministic(self) -> Self {
        match self {
            Self::Truncate { from, signed, .. } => Self::Truncate { from, signed, relaxed: false },
            other => other,
        }
    }

    /// The width of floats in the result, if NaNs among them are not copies of operands.
    pub(crate) const fn arithmetic(self) -> Option<Size> {
        match self {
            Self::Float(FloatUnary::Sqrt | FloatUnary::Round(_), size) => Some(size),
            Self::Demote => Some(Size::S32),
            Self::Promote => Some(Size::S64),
            _ => None,
        }
    }
}

/// Two vectors become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorBinary {
    And,
    Or,
    Xor,
    /// `a & !b`.
    AndNot,
    Add(Lanes),
    Sub(Lanes),
    /// Not of `I8x16`.
    Mul(Lanes),
    /// Of `I8x16` or `I16x8`.
    AddSaturating {
        lanes: Lanes,
        signed: bool,
    },
    /// Of `I8x16` or `I16x8`.
    SubSaturating {
        lanes: Lanes,
        signed: bool,
    },
    /// Not of `I64x2`.
    Extremum {
        which: Extremum,
        lanes: Lanes,
        signed: bool,
    },
    /// `avgr_u` of `I8x16` or `I16x8`.
    Average(Lanes),
    /// All bits of a lane are the result. `I64x2` is not compared without signs.
    Compare(IntCondition, Lanes),
    CompareFloats(FloatCondition, Size),
    /// Not `Copysign`.
    Float(FloatBinary, Size),
    /// `pmin`, `pmax`: `b` where it is smaller (larger) than `a`, else `a`.
    Pseudo(Extremum, Size),
    /// `relaxed_min`, `relaxed_max` where any result that is allowed will do.
    RelaxedFloat(Extremum, Size),
    /// Signed lanes, `I16x8` or `I32x4` before, to half the width with saturation; those of `a` first.
    Narrow {
        from: Lanes,
        signed: bool,
    },
    /// Products of a half of the lanes.
    MulWide(Widen),
    /// `i32x4.dot_i16x8_s`.
    Dot,
    /// `i16x8.q15mulr_sat_s`, or its relaxed form.
    MulQ15 {
        relaxed: bool,
    },
    /// Bytes of `a` that bytes of `b` are indices of.
    Swizzle {
        relaxed: bool,
    },
    /// `i16x8.relaxed_dot_i8x16_i7x16_s`. If not relaxed, both operands are signed, and sums wrap.
    DotBytes {
        relaxed: bool,
    },
}

impl VectorBinary {
    /// As [`VectorUnary::deterministic`].
    pub(crate) const fn deterministic(self) -> Self {
        match self {
            Self::RelaxedFloat(Extremum::Min, size) => Self::Float(FloatBinary::Min, size),
            Self::RelaxedFloat(Extremum::Max, size) => Self::Float(FloatBinary::Max, size),
            Self::MulQ15 { .. } => Self::MulQ15 { relaxed: false },
            Self::Swizzle { .. } => Self::Swizzle { relaxed: false },
            Self::DotBytes { .. } => Self::DotBytes { relaxed: false },
            other => other,
        }
    }

    /// As [`VectorUnary::arithmetic`].
    pub(crate) const fn arithmetic(self) -> Option<Size> {
        match self {
            Self::Float(_, size) => Some(size),
            _ => None,
        }
    }
}

/// Three vectors become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorTernary {
    /// Bits of `a` where `c` has ones, else of `b`.
    Select,
    /// As `Select`, but each lane of `c` may be taken to be all ones or all zeros.
    SelectLanes(Lanes),
    /// `a * b + c`, or `-(a * b) + c`. Rounded once if [`VectorMasm::has_fma`], else twice.
    MultiplyAdd { size: Size, negate: bool },
    /// `i32x4.relaxed_dot_i8x16_i7x16_add_s`: sums of four products, and a lane of `c`.
    DotBytesAdd { relaxed: bool },
}

impl VectorTernary {
    /// As [`VectorUnary::deterministic`].
    pub(crate) const fn deterministic(self) -> Self {
        match self {
            Self::SelectLanes(_) => Self::Select,
            Self::DotBytesAdd { .. } => Self::DotBytesAdd { relaxed: false },
            other => other,
        }
    }

    /// As [`VectorUnary::arithmetic`].
    pub(crate) const fn arithmetic(self) -> Option<Size> {
        match self {
            Self::MultiplyAdd { size, .. } => Some(size),
            _ => None,
        }
    }
}

/// A vector becomes true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorTest {
    /// Whether any bit is set.
    Any,
    /// Whether all lanes are not zero.
    All(Lanes),
}

/// What a load makes of what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorLoad {
    /// All lanes are the value read.
    Splat(Lanes),
    /// 8 bytes of lanes, which are `from` in memory, become ones of twice the width; `high` is false.
    Extend(Widen),
}

impl VectorLoad {
    /// Bytes that are read.
    pub(crate) const fn bytes(self) -> u8 {
        match self {
            Self::Splat(lanes) => lanes.bytes(),
            Self::Extend(_) => 8,
        }
    }
}

/// An instruction on vectors of which the destination is not chosen yet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum VectorRecipe {
    Unary { op: VectorUnary, a: Reg },
    Binary { op: VectorBinary, a: Reg, b: Reg },
    Ternary { op: VectorTernary, a: Reg, b: Reg, c: Reg },
    Shift { op: Shift, lanes: Lanes, a: Reg, amount: Rhs },
    Shuffle { bytes: [u8; 16], a: Reg, b: Reg },
    Splat { lanes: Lanes, value: Reg },
    ExtractLane { lanes: Lanes, lane: u8, signed: bool, a: Reg },
    ReplaceLane { lanes: Lanes, lane: u8, a: Reg, value: Reg },
    Bitmask { lanes: Lanes, a: Reg },
    Test { test: VectorTest, holds: bool, a: Reg },
    Load { load: VectorLoad, from: Address },
    LoadLane { lanes: Lanes, lane: u8, a: Reg, from: Address },
}

impl VectorRecipe {
    /// Registers that it reads: the first is the best destination, if it may be overwritten.
    pub(crate) fn operands(&self) -> [Option<Reg>; 3] {
        match *self {
            Self::Unary { a, .. }
            | Self::Splat { value: a, .. }
            | Self::ExtractLane { a, .. }
            | Self::Bitmask { a, .. }
            | Self::Test { a, .. } => [Some(a), None, None],
            Self::Binary { a, b, .. }
            | Self::Shuffle { a, b, .. }
            | Self::ReplaceLane { a, value: b, .. } => [Some(a), Some(b), None],
            Self::Ternary {
                op: VectorTernary::Select | VectorTernary::SelectLanes(_),
                a,
                b,
                c,
            } => [Some(a), Some(b), Some(c)],
            // Sums grow where the addend is.
            Self::Ternary { a, b, c, .. } => [Some(c), Some(a), Some(b)],
            Self::Shift { a, amount: Rhs::Reg(amount), .. } => [Some(a), Some(amount), None],
            Self::Shift { a, .. } => [Some(a), None, None],
            Self::Load { from, .. } => [from.index, Some(from.base), None],
            Self::LoadLane { a, from, .. } => [Some(a), from.index, Some(from.base)],
        }
    }
}

/// A machine that puts values into lanes of vectors, and takes them out.
///
/// [`MemoryMasm::load`](crate::masm::MemoryMasm::load) of 4 or 8 bytes as a vector sets the lanes above to zero.
pub(crate) trait LaneMasm {
    /// All lanes are the low bits of `value`: an integer in a general register, or a float in a vector register.
    fn splat(&mut self, lanes: Lanes, to: Reg, value: Reg);

    /// A lane as an integer in a general register (of `I8x16` and `I16x8` with the sign or zeros extended to 32 bits), or
    /// as a float in a vector register.
    fn extract_lane(&mut self, lanes: Lanes, lane: u8, signed: bool, to: Reg, a: Reg);

    /// `a` with a lane that is the low bits of `value`: an integer in a general register, or a float in a vector register.
    fn replace_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, value: Reg);

    /// Loads. The method marks the access as the site of a trap
    /// ([`HeapAccessOutOfBounds`](wasmer_types::TrapCode::HeapAccessOutOfBounds)).
    fn load_vector(&mut self, load: VectorLoad, to: Reg, from: Address);

    /// `a` with a lane from memory. The method marks the access as the site of a trap.
    fn load_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, from: Address);

    /// Stores a lane. The method marks the access as the site of a trap.
    fn store_lane(&mut self, lanes: Lanes, lane: u8, to: Address, a: Reg);
}

/// A machine that computes with vectors of 128 bits.
pub(crate) trait VectorMasm: LaneMasm {
    /// Whether products can be added to with one rounding.
    fn has_fma(&self) -> bool;

    /// Whether [`VectorBinary::Swizzle`] can be asked for.
    fn has_swizzle(&self) -> bool;

    fn vector_unary(&mut self, op: VectorUnary, to: Reg, a: Reg);

    fn vector_binary(&mut self, op: VectorBinary, to: Reg, a: Reg, b: Reg);

    fn vector_ternary(&mut self, op: VectorTernary, to: Reg, a: Reg, b: Reg, c: Reg);

    /// Shifts all lanes, not a rotation. `amount` is a constant less than the bits of a lane, or a general register with
    /// an i32 of which the low bits count, as many as the width of a lane needs.
    fn vector_shift(&mut self, op: Shift, lanes: Lanes, to: Reg, a: Reg, amount: Rhs);

    /// Bytes of `a` and `b`, which `bytes` are indices of: those of `b` from 16 on, all are below 32. When only
    /// one vector is used, `b` is the same register as `a`, and all are below 16.
    fn shuffle(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg);

    /// The highest bits of all lanes, in a general register.
    fn bitmask(&mut self, lanes: Lanes, to: Reg, a: Reg);

    /// Sets the flags, and returns the condition that holds if the answer is yes.
    fn vector_test(&mut self, test: VectorTest, a: Reg) -> Condition;

    /// Replaces lanes that are NaNs by the canonical one.
    fn canonicalize_lanes(&mut self, size: Size, a: Reg);
}
