//! Lanes that are integers.

use super::*;

/// An instruction that makes lanes of `$from` twice as wide, of the lower half, or its second form, of the upper one.
macro_rules! widen {
    ($self:ident, $low:ident, $high:ident, $widen:expr, $to:expr, [$($reg:expr),+]) => {{
        let to = $to.code();
        match ($widen.from, $widen.high) {
            (Lanes::I8x16, false) => asm!($self; $low V(to).h8, $(V($reg.code()).b8),+),
            (Lanes::I8x16, true) => asm!($self; $high V(to).h8, $(V($reg.code()).b16),+),
            (Lanes::I16x8, false) => asm!($self; $low V(to).s4, $(V($reg.code()).h4),+),
            (Lanes::I16x8, true) => asm!($self; $high V(to).s4, $(V($reg.code()).h8),+),
            (_, false) => asm!($self; $low V(to).d2, $(V($reg.code()).s2),+),
            (_, true) => asm!($self; $high V(to).d2, $(V($reg.code()).s4),+),
        }
    }};
}

impl A64Masm {
    pub(super) fn extend_lanes(&mut self, widen: Widen, to: Reg, a: Reg) {
        match widen.signed {
            true => widen!(self, sxtl, sxtl2, widen, to, [a]),
            false => widen!(self, uxtl, uxtl2, widen, to, [a]),
        }
    }

    pub(super) fn add_pairs(&mut self, from: Lanes, signed: bool, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, signed) {
            (Lanes::I8x16, true) => asm!(self; saddlp V(to).h8, V(a).b16),
            (Lanes::I8x16, false) => asm!(self; uaddlp V(to).h8, V(a).b16),
            (_, true) => asm!(self; saddlp V(to).s4, V(a).h8),
            (_, false) => asm!(self; uaddlp V(to).s4, V(a).h8),
        }
    }

    /// The machine has no product of lanes of 64 bits: the sum of the products of unlike halves, shifted, and the
    /// product of the lower halves.
    pub(super) fn mul_64(&mut self, to: Reg, a: Reg, b: Reg) {
        let (to_code, a, b) = (to.code(), a.code(), b.code());
        asm!(self
            ; rev64 v30.s4, V(b).s4
            ; mul v30.s4, v30.s4, V(a).s4
            ; uaddlp v30.d2, v30.s4
            ; shl v30.d2, v30.d2, 32
            ; xtn v31.s2, V(a).d2
            ; xtn V(to_code).s2, V(b).d2
            ; umlal v30.d2, v31.s2, V(to_code).s2
        );
        self.mov(Ty::V128, to, V30);
    }

    pub(super) fn mul_wide(&mut self, widen: Widen, to: Reg, a: Reg, b: Reg) {
        match widen.signed {
            true => widen!(self, smull, smull2, widen, to, [a, b]),
            false => widen!(self, umull, umull2, widen, to, [a, b]),
        }
    }

    /// Products of all lanes, in the two scratch registers.
    pub(super) fn products(&mut self, from: Lanes, a: Reg, b: Reg) {
        for (high, to) in [(false, V30), (true, V31)] {
            self.mul_wide(Widen { from, high, signed: true }, to, a, b);
        }
    }

    /// The lower half of the result is set before `b` is read.
    pub(super) fn narrow(&mut self, from: Lanes, signed: bool, to: Reg, a: Reg, b: Reg) {
        let result = if to == b { V30 } else { to };
        let (low, a, b) = (result.code(), a.code(), b.code());
        match (from, signed) {
            (Lanes::I16x8, true) => {
                asm!(self; sqxtn V(low).b8, V(a).h8; sqxtn2 V(low).b16, V(b).h8);
            }
            (Lanes::I16x8, false) => {
                asm!(self; sqxtun V(low).b8, V(a).h8; sqxtun2 V(low).b16, V(b).h8);
            }
            (_, true) => asm!(self; sqxtn V(low).h4, V(a).s4; sqxtn2 V(low).h8, V(b).s4),
            (_, false) => asm!(self; sqxtun V(low).h4, V(a).s4; sqxtun2 V(low).h8, V(b).s4),
        }
        self.mov(Ty::V128, to, result);
    }

    pub(super) fn compare_lanes(
        &mut self,
        condition: IntCondition,
        lanes: Lanes,
        to: Reg,
        a: Reg,
        b: Reg,
    ) {
        use IntCondition::*;
        match condition {
            Equal | NotEqual => lanes!(self, cmeq, lanes, [to, a, b]),
            GreaterSigned => lanes!(self, cmgt, lanes, [to, a, b]),
            GreaterUnsigned => lanes!(self, cmhi, lanes, [to, a, b]),
            GreaterEqualSigned => lanes!(self, cmge, lanes, [to, a, b]),
            GreaterEqualUnsigned => lanes!(self, cmhs, lanes, [to, a, b]),
            LessSigned | LessUnsigned | LessEqualSigned | LessEqualUnsigned => {
                self.compare_lanes(condition.swapped(), lanes, to, b, a);
            }
        }
        if condition == NotEqual {
            bits!(self, mvn, [to, to]);
        }
    }
}
