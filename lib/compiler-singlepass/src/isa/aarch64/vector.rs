//! Instructions on vectors.
//!
//! | file | what |
//! |---|---|
//! | `integer` | lanes that are integers |
//! | `float` | lanes that are floats, and conversions |
//! | `lane` | single lanes, splats, loads and stores |

mod float;
mod integer;
mod lane;

use dynasmrt::DynasmApi;

use super::asm::asm;
use super::{A64Masm, V30, V31, X16};
use crate::masm::{
    Condition, FloatBinary, FloatUnary, IntBinary, IntCondition, IntegerMasm, MemoryMasm, Rhs,
    Rounding, Shift, Size, Ty,
};
use crate::registers::Reg;
use crate::vector::{
    Extremum, LaneMasm, Lanes, VectorBinary, VectorMasm, VectorTernary, VectorTest, VectorUnary,
    Widen,
};

/// An instruction on whole vectors.
macro_rules! bits {
    ($self:ident, $op:ident, [$($reg:expr),+]) => {
        asm!($self; $op $(V($reg.code()).b16),+)
    };
}
use bits;

/// An instruction on vectors of lanes of any width; with `narrow`, not of 64 bits.
macro_rules! lanes {
    ($self:ident, $op:ident, $lanes:expr, [$($reg:expr),+] $(, $rest:expr)*) => {
        match $lanes {
            Lanes::I8x16 => asm!($self; $op $(V($reg.code()).b16),+ $(, $rest)*),
            Lanes::I16x8 => asm!($self; $op $(V($reg.code()).h8),+ $(, $rest)*),
            Lanes::I32x4 => asm!($self; $op $(V($reg.code()).s4),+ $(, $rest)*),
            Lanes::I64x2 => asm!($self; $op $(V($reg.code()).d2),+ $(, $rest)*),
        }
    };
    (narrow $self:ident, $op:ident, $lanes:expr, [$($reg:expr),+]) => {
        match $lanes {
            Lanes::I8x16 => asm!($self; $op $(V($reg.code()).b16),+),
            Lanes::I16x8 => asm!($self; $op $(V($reg.code()).h8),+),
            Lanes::I32x4 | Lanes::I64x2 => asm!($self; $op $(V($reg.code()).s4),+),
        }
    };
}
use lanes;

/// An instruction on vectors of floats.
macro_rules! floats {
    ($self:ident, $op:ident, $size:expr, [$($reg:expr),+]) => {
        match $size {
            Size::S32 => asm!($self; $op $(V($reg.code()).s4),+),
            Size::S64 => asm!($self; $op $(V($reg.code()).d2),+),
        }
    };
}
use floats;

impl A64Masm {
    /// Bits of `a` where `c` has ones, else of `b`.
    fn select_bits(&mut self, to: Reg, a: Reg, b: Reg, c: Reg) {
        if to == b {
            bits!(self, bit, [to, a, c]);
        } else if to == a {
            bits!(self, bif, [to, b, c]);
        } else {
            self.mov(Ty::V128, to, c);
            bits!(self, bsl, [to, a, b]);
        }
    }

    /// The numbers of the lanes of `a` with the highest bit set, as the bits of the sum of `weights`.
    fn weigh(&mut self, lanes: Lanes, a: Reg, weights: [u8; 16]) {
        lanes!(self, sshr, lanes, [V30, a], u32::from(lanes.bits()) - 1);
        self.vector_constant(V31, weights);
        bits!(self, and, [V30, V30, V31]);
    }
}

impl VectorMasm for A64Masm {
    fn has_fma(&self) -> bool {
        true
    }

    fn has_swizzle(&self) -> bool {
        true
    }

    fn vector_unary(&mut self, op: VectorUnary, to: Reg, a: Reg) {
        match op {
            VectorUnary::Not => bits!(self, mvn, [to, a]),
            VectorUnary::Abs(lanes) => lanes!(self, abs, lanes, [to, a]),
            VectorUnary::Neg(lanes) => lanes!(self, neg, lanes, [to, a]),
            VectorUnary::Popcnt => bits!(self, cnt, [to, a]),
            VectorUnary::Float(op, size) => self.float_lanes(op, size, to, a),
            VectorUnary::Extend(widen) => self.extend_lanes(widen, to, a),
            VectorUnary::AddPairs { from, signed } => self.add_pairs(from, signed, to, a),
            VectorUnary::Truncate { from, signed, .. } => self.truncate_lanes(from, signed, to, a),
            VectorUnary::Convert { to: size, signed } => self.convert_lanes(size, signed, to, a),
            VectorUnary::Demote => asm!(self; fcvtn V(to.code()).s2, V(a.code()).d2),
            VectorUnary::Promote => asm!(self; fcvtl V(to.code()).d2, V(a.code()).s2),
        }
    }

    fn vector_binary(&mut self, op: VectorBinary, to: Reg, a: Reg, b: Reg) {
        match op {
            VectorBinary::And => bits!(self, and, [to, a, b]),
            VectorBinary::Or => bits!(self, orr, [to, a, b]),
            VectorBinary::Xor => bits!(self, eor, [to, a, b]),
            VectorBinary::AndNot => bits!(self, bic, [to, a, b]),
            VectorBinary::Add(lanes) => lanes!(self, add, lanes, [to, a, b]),
            VectorBinary::Sub(lanes) => lanes!(self, sub, lanes, [to, a, b]),
            VectorBinary::Mul(Lanes::I64x2) => self.mul_64(to, a, b),
            VectorBinary::Mul(lanes) => lanes!(narrow self, mul, lanes, [to, a, b]),
            VectorBinary::AddSaturating { lanes, signed: true } => {
                lanes!(self, sqadd, lanes, [to, a, b]);
            }
            VectorBinary::AddSaturating { lanes, signed: false } => {
                lanes!(self, uqadd, lanes, [to, a, b]);
            }
            VectorBinary::SubSaturating { lanes, signed: true } => {
                lanes!(self, sqsub, lanes, [to, a, b]);
            }
            VectorBinary::SubSaturating { lanes, signed: false } => {
                lanes!(self, uqsub, lanes, [to, a, b]);
            }
            VectorBinary::Extremum { which, lanes, signed } => match (which, signed) {
                (Extremum::Min, true) => lanes!(narrow self, smin, lanes, [to, a, b]),
                (Extremum::Min, false) => lanes!(narrow self, umin, lanes, [to, a, b]),
                (Extremum::Max, true) => lanes!(narrow self, smax, lanes, [to, a, b]),
                (Extremum::Max, false) => lanes!(narrow self, umax, lanes, [to, a, b]),
            },
            VectorBinary::Average(lanes) => lanes!(narrow self, urhadd, lanes, [to, a, b]),
            VectorBinary::Compare(condition, lanes) => {
                self.compare_lanes(condition, lanes, to, a, b);
            }
            VectorBinary::CompareFloats(condition, size) => {
                self.compare_float_lanes(condition, size, to, a, b);
            }
            VectorBinary::Float(op, size) => self.float_lanes_binary(op, size, to, a, b),
            VectorBinary::Pseudo(which, size) => self.pseudo_extremum(which, size, to, a, b),
            VectorBinary::RelaxedFloat(Extremum::Min, size) => {
                floats!(self, fmin, size, [to, a, b]);
            }
            VectorBinary::RelaxedFloat(Extremum::Max, size) => {
                floats!(self, fmax, size, [to, a, b]);
            }
            VectorBinary::Narrow { from, signed } => self.narrow(from, signed, to, a, b),
            VectorBinary::MulWide(widen) => self.mul_wide(widen, to, a, b),
            VectorBinary::Dot => {
                self.products(Lanes::I16x8, a, b);
                asm!(self; addp V(to.code()).s4, v30.s4, v31.s4);
            }
            VectorBinary::MulQ15 { .. } => {
                asm!(self; sqrdmulh V(to.code()).h8, V(a.code()).h8, V(b.code()).h8);
            }
            VectorBinary::Swizzle { .. } => {
                asm!(self; tbl V(to.code()).b16, {V(a.code()).b16 * 1}, V(b.code()).b16);
            }
            VectorBinary::DotBytes { .. } => {
                self.products(Lanes::I8x16, a, b);
                asm!(self; addp V(to.code()).h8, v30.h8, v31.h8);
            }
        }
    }

    fn vector_ternary(&mut self, op: VectorTernary, to: Reg, a: Reg, b: Reg, c: Reg) {
        match op {
            VectorTernary::Select | VectorTernary::SelectLanes(_) => self.select_bits(to, a, b, c),
            VectorTernary::MultiplyAdd { size, negate } => {
                self.multiply_add(size, negate, to, [a, b, c]);
            }
            VectorTernary::DotBytesAdd { .. } => {
                self.products(Lanes::I8x16, a, b);
                let (to, c) = (to.code(), c.code());
                // Products of bytes have 16 bits, but sums of two may have more.
                asm!(self
                    ; saddlp v30.s4, v30.h8
                    ; saddlp v31.s4, v31.h8
                    ; addp v30.s4, v30.s4, v31.s4
                    ; add V(to).s4, v30.s4, V(c).s4
                );
            }
        }
    }

    fn vector_shift(&mut self, op: Shift, lanes: Lanes, to: Reg, a: Reg, amount: Rhs) {
        let mask = u64::from(lanes.bits()) - 1;
        if let Rhs::Imm(amount) = amount {
            let amount = (amount & mask) as u32;
            return match op {
                // No distance to the right is 0.
                _ if amount == 0 => self.mov(Ty::V128, to, a),
                Shift::ShrS => lanes!(self, sshr, lanes, [to, a], amount),
                Shift::ShrU => lanes!(self, ushr, lanes, [to, a], amount),
                _ => lanes!(self, shl, lanes, [to, a], amount),
            };
        }
        // A negative distance shifts to the right.
        let amount = self.in_register(Size::S32, amount);
        self.int_binary(IntBinary::And, Size::S64, X16, amount, Rhs::Imm(mask));
        if matches!(op, Shift::ShrS | Shift::ShrU) {
            asm!(self; neg x16, x16);
        }
        self.splat(lanes, V30, X16);
        match op {
            Shift::ShrS => lanes!(self, sshl, lanes, [to, a, V30]),
            _ => lanes!(self, ushl, lanes, [to, a, V30]),
        }
    }

    fn shuffle(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg) {
        let first = bytes[0];
        let (to_code, a_code, b_code) = (to.code(), a.code(), b.code());
        if first < 16 && (first..).zip(bytes).all(|(number, byte)| number == byte) {
            let first = u32::from(first);
            return asm!(self; ext V(to_code).b16, V(a_code).b16, V(b_code).b16, first);
        }
        if a == b {
            self.vector_constant(V30, bytes.map(|byte| byte % 16));
            return asm!(self; tbl V(to_code).b16, {V(a_code).b16 * 1}, v30.b16);
        }
        // The table has to be in neighbouring registers.
        self.mov(Ty::V128, V30, a);
        self.mov(Ty::V128, V31, b);
        self.vector_constant(to, bytes);
        asm!(self; tbl V(to_code).b16, {v30.b16 * 2}, V(to_code).b16);
    }

    fn bitmask(&mut self, lanes: Lanes, to: Reg, a: Reg) {
        /// The bit of lane `number` in a byte.
        const fn bit(number: usize) -> u8 {
            1 << (number % 8)
        }
        let width = usize::from(lanes.bytes());
        let weights = std::array::from_fn(|at| if at % width == 0 { bit(at / width) } else { 0 });
        let (to, code) = (to.code(), a.code());
        match lanes {
            Lanes::I8x16 => {
                self.weigh(lanes, a, weights);
                // Each byte of the upper half beside the one of the lower half.
                asm!(self
                    ; ext v31.b16, v30.b16, v30.b16, 8
                    ; zip1 v30.b16, v30.b16, v31.b16
                    ; addv h30, v30.h8
                    ; umov W(to), v30.h[0]
                );
            }
            Lanes::I16x8 => {
                self.weigh(lanes, a, weights);
                asm!(self; addv h30, v30.h8; umov W(to), v30.h[0]);
            }
            Lanes::I32x4 => {
                self.weigh(lanes, a, weights);
                asm!(self; addv s30, v30.s4; fmov W(to), s30);
            }
            Lanes::I64x2 => asm!(self
                ; umov x16, V(code).d[1]
                ; umov X(to), V(code).d[0]
                ; lsr x16, x16, 63
                ; lsr X(to), X(to), 63
                ; add X(to), X(to), x16, lsl 1
            ),
        }
    }

    fn vector_test(&mut self, test: VectorTest, a: Reg) -> Condition {
        let code = a.code();
        match test {
            VectorTest::Any => {
                asm!(self; umaxp v30.s4, V(code).s4, V(code).s4; fmov x16, d30; cmp x16, 0);
                Condition::Int(IntCondition::NotEqual)
            }
            VectorTest::All(Lanes::I64x2) => {
                asm!(self
                    ; cmeq v30.d2, V(code).d2, 0
                    ; umaxp v30.s4, v30.s4, v30.s4
                    ; fmov x16, d30
                    ; cmp x16, 0
                );
                Condition::Int(IntCondition::Equal)
            }
            VectorTest::All(lanes) => {
                match lanes {
                    Lanes::I8x16 => asm!(self; uminv b30, V(code).b16),
                    Lanes::I16x8 => asm!(self; uminv h30, V(code).h8),
                    _ => asm!(self; uminv s30, V(code).s4),
                }
                asm!(self; fmov w16, s30; cmp w16, 0);
                Condition::Int(IntCondition::NotEqual)
            }
        }
    }

    fn canonicalize_lanes(&mut self, size: Size, a: Reg) {
        floats!(self, fcmeq, size, [V30, a, a]);
        self.int_constant(X16, size.canonical_nan());
        self.splat(Lanes::of_floats(size), V31, X16);
        bits!(self, bif, [a, V31, V30]);
    }
}
