//! Lanes that are floats, and conversions of lanes.

use super::*;
use crate::masm::FloatCondition;

impl A64Masm {
    pub(super) fn float_lanes_binary(
        &mut self,
        op: FloatBinary,
        size: Size,
        to: Reg,
        a: Reg,
        b: Reg,
    ) {
        match op {
            FloatBinary::Add => floats!(self, fadd, size, [to, a, b]),
            FloatBinary::Sub => floats!(self, fsub, size, [to, a, b]),
            FloatBinary::Mul => floats!(self, fmul, size, [to, a, b]),
            FloatBinary::Div => floats!(self, fdiv, size, [to, a, b]),
            FloatBinary::Min => floats!(self, fmin, size, [to, a, b]),
            FloatBinary::Max => floats!(self, fmax, size, [to, a, b]),
            FloatBinary::Copysign => {
                debug_assert!(false, "vectors have no such operator");
            }
        }
    }

    pub(super) fn pseudo_extremum(&mut self, which: Extremum, size: Size, to: Reg, a: Reg, b: Reg) {
        match which {
            Extremum::Min => floats!(self, fcmgt, size, [V30, a, b]),
            Extremum::Max => floats!(self, fcmgt, size, [V30, b, a]),
        }
        bits!(self, bsl, [V30, b, a]);
        self.mov(Ty::V128, to, V30);
    }

    pub(super) fn float_lanes(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg) {
        match op {
            FloatUnary::Abs => floats!(self, fabs, size, [to, a]),
            FloatUnary::Neg => floats!(self, fneg, size, [to, a]),
            FloatUnary::Sqrt => floats!(self, fsqrt, size, [to, a]),
            FloatUnary::Round(Rounding::Ceil) => floats!(self, frintp, size, [to, a]),
            FloatUnary::Round(Rounding::Floor) => floats!(self, frintm, size, [to, a]),
            FloatUnary::Round(Rounding::Trunc) => floats!(self, frintz, size, [to, a]),
            FloatUnary::Round(Rounding::Nearest) => floats!(self, frintn, size, [to, a]),
        }
    }

    pub(super) fn compare_float_lanes(
        &mut self,
        condition: FloatCondition,
        size: Size,
        to: Reg,
        a: Reg,
        b: Reg,
    ) {
        match condition {
            FloatCondition::Equal | FloatCondition::NotEqual => {
                floats!(self, fcmeq, size, [to, a, b]);
            }
            FloatCondition::Greater => floats!(self, fcmgt, size, [to, a, b]),
            FloatCondition::GreaterEqual => floats!(self, fcmge, size, [to, a, b]),
            FloatCondition::Less => floats!(self, fcmgt, size, [to, b, a]),
            FloatCondition::LessEqual => floats!(self, fcmge, size, [to, b, a]),
        }
        if condition == FloatCondition::NotEqual {
            bits!(self, mvn, [to, to]);
        }
    }

    /// The product is added to what is in the destination.
    pub(super) fn multiply_add(&mut self, size: Size, negate: bool, to: Reg, [a, b, c]: [Reg; 3]) {
        let sum = if to == c || (to != a && to != b) { to } else { V30 };
        self.mov(Ty::V128, sum, c);
        match negate {
            false => floats!(self, fmla, size, [sum, a, b]),
            true => floats!(self, fmls, size, [sum, a, b]),
        }
        self.mov(Ty::V128, to, sum);
    }

    pub(super) fn convert_lanes(&mut self, size: Size, signed: bool, to: Reg, a: Reg) {
        let mut a = a;
        if size == Size::S64 {
            self.extend_lanes(Widen { from: Lanes::I32x4, high: false, signed }, to, a);
            a = to;
        }
        match signed {
            true => floats!(self, scvtf, size, [to, a]),
            false => floats!(self, ucvtf, size, [to, a]),
        }
    }

    /// Saturates, and NaNs become 0. Doubles become integers of 64 bits first.
    pub(super) fn truncate_lanes(&mut self, from: Size, signed: bool, to: Reg, a: Reg) {
        match signed {
            true => floats!(self, fcvtzs, from, [to, a]),
            false => floats!(self, fcvtzu, from, [to, a]),
        }
        let to = to.code();
        match (from, signed) {
            (Size::S32, _) => {}
            (Size::S64, true) => asm!(self; sqxtn V(to).s2, V(to).d2),
            (Size::S64, false) => asm!(self; uqxtn V(to).s2, V(to).d2),
        }
    }
}
