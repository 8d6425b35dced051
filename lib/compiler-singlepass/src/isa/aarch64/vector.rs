//! Instructions on vectors.

use dynasmrt::DynasmApi;
use wasmer_types::TrapCode;

use super::asm::asm;
use super::{A64Masm, V30, V31, X16};
use crate::masm::{
    Address, Condition, FloatBinary, FloatCondition, FloatUnary, IntBinary, IntCondition, Load,
    Rhs, Rounding, Shift, Size, Ty,
};
use crate::registers::{Class, Reg};
use crate::vector::{
    Extremum, Lanes, VectorBinary, VectorLoad, VectorMasm, VectorTernary, VectorTest, VectorUnary,
    Widen,
};

/// An instruction on whole vectors.
macro_rules! bits {
    ($self:ident, $op:ident, [$($reg:expr),+]) => {
        asm!($self; $op $(V($reg.code()).b16),+)
    };
}

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

/// An instruction on vectors of floats.
macro_rules! floats {
    ($self:ident, $op:ident, $size:expr, [$($reg:expr),+]) => {
        match $size {
            Size::S32 => asm!($self; $op $(V($reg.code()).s4),+),
            Size::S64 => asm!($self; $op $(V($reg.code()).d2),+),
        }
    };
}

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
    fn extend(&mut self, widen: Widen, to: Reg, a: Reg) {
        match widen.signed {
            true => widen!(self, sxtl, sxtl2, widen, to, [a]),
            false => widen!(self, uxtl, uxtl2, widen, to, [a]),
        }
    }

    fn multiply_wide(&mut self, widen: Widen, to: Reg, a: Reg, b: Reg) {
        match widen.signed {
            true => widen!(self, smull, smull2, widen, to, [a, b]),
            false => widen!(self, umull, umull2, widen, to, [a, b]),
        }
    }

    fn add_pairs(&mut self, from: Lanes, signed: bool, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, signed) {
            (Lanes::I8x16, true) => asm!(self; saddlp V(to).h8, V(a).b16),
            (Lanes::I8x16, false) => asm!(self; uaddlp V(to).h8, V(a).b16),
            (_, true) => asm!(self; saddlp V(to).s4, V(a).h8),
            (_, false) => asm!(self; uaddlp V(to).s4, V(a).h8),
        }
    }

    /// Saturates, and NaNs become 0. Doubles become integers of 64 bits first.
    fn truncate_lanes(&mut self, from: Size, signed: bool, to: Reg, a: Reg) {
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

    fn convert_lanes(&mut self, size: Size, signed: bool, to: Reg, a: Reg) {
        let mut a = a;
        if size == Size::S64 {
            self.extend(Widen { from: Lanes::I32x4, high: false, signed }, to, a);
            a = to;
        }
        match signed {
            true => floats!(self, scvtf, size, [to, a]),
            false => floats!(self, ucvtf, size, [to, a]),
        }
    }

    fn float_lanes(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg) {
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

    fn compare_lanes(&mut self, condition: IntCondition, lanes: Lanes, to: Reg, a: Reg, b: Reg) {
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

    fn compare_float_lanes(
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

    /// The machine has no product of lanes of 64 bits: the sum of the products of unlike halves, shifted, and the
    /// product of the lower halves.
    fn multiply_64(&mut self, to: Reg, a: Reg, b: Reg) {
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
        self.mov_(Ty::V128, to, V30);
    }

    /// The lower half of the result is set before `b` is read.
    fn narrow(&mut self, from: Lanes, signed: bool, to: Reg, a: Reg, b: Reg) {
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
        self.mov_(Ty::V128, to, result);
    }

    /// Products of all lanes, in the two scratch registers.
    fn products(&mut self, from: Lanes, a: Reg, b: Reg) {
        for (high, to) in [(false, V30), (true, V31)] {
            self.multiply_wide(Widen { from, high, signed: true }, to, a, b);
        }
    }

    fn pseudo_extremum(&mut self, which: Extremum, size: Size, to: Reg, a: Reg, b: Reg) {
        match which {
            Extremum::Min => floats!(self, fcmgt, size, [V30, a, b]),
            Extremum::Max => floats!(self, fcmgt, size, [V30, b, a]),
        }
        bits!(self, bsl, [V30, b, a]);
        self.mov_(Ty::V128, to, V30);
    }

    fn float_lanes_binary(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg) {
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

    /// Bits of `a` where `c` has ones, else of `b`.
    fn select_bits(&mut self, to: Reg, a: Reg, b: Reg, c: Reg) {
        if to == b {
            bits!(self, bit, [to, a, c]);
        } else if to == a {
            bits!(self, bif, [to, b, c]);
        } else {
            self.mov_(Ty::V128, to, c);
            bits!(self, bsl, [to, a, b]);
        }
    }

    /// The product is added to what is in the destination.
    fn multiply_add(&mut self, negate: bool, size: Size, to: Reg, [a, b, c]: [Reg; 3]) {
        let sum = if to == c || (to != a && to != b) { to } else { V30 };
        self.mov_(Ty::V128, sum, c);
        match negate {
            false => floats!(self, fmla, size, [sum, a, b]),
            true => floats!(self, fmls, size, [sum, a, b]),
        }
        self.mov_(Ty::V128, to, sum);
    }

    /// A register with the whole address, for instructions that have no offset.
    fn single_register(&mut self, address: Address) -> Reg {
        let Address { base, index, offset } = address;
        if index.is_none() && offset == 0 {
            return base;
        }
        // The offset first: a large one takes the scratch register.
        self.add_offset(X16, base, offset);
        if let Some(index) = index {
            let index = index.code();
            asm!(self; add x16, x16, X(index));
        }
        X16
    }

    /// The numbers of the lanes of `a` with the highest bit set, as the bits of the sum of `weights`.
    fn weigh(&mut self, lanes: Lanes, a: Reg, weights: [u8; 16]) {
        lanes!(self, sshr, lanes, [V30, a], u32::from(lanes.bits()) - 1);
        self.vector_constant_(V31, weights);
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
            VectorUnary::Extend(widen) => self.extend(widen, to, a),
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
            VectorBinary::Mul(Lanes::I64x2) => self.multiply_64(to, a, b),
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
            VectorBinary::MulWide(widen) => self.multiply_wide(widen, to, a, b),
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
                self.multiply_add(negate, size, to, [a, b, c]);
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
                _ if amount == 0 => self.mov_(Ty::V128, to, a),
                Shift::ShrS => lanes!(self, sshr, lanes, [to, a], amount),
                Shift::ShrU => lanes!(self, ushr, lanes, [to, a], amount),
                _ => lanes!(self, shl, lanes, [to, a], amount),
            };
        }
        // A negative distance shifts to the right.
        let amount = self.in_register(Size::S32, amount);
        self.int_binary_(IntBinary::And, Size::S64, X16, amount, Rhs::Imm(mask));
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
            self.vector_constant_(V30, bytes.map(|byte| byte % 16));
            return asm!(self; tbl V(to_code).b16, {V(a_code).b16 * 1}, v30.b16);
        }
        // The table has to be in neighbouring registers.
        self.mov_(Ty::V128, V30, a);
        self.mov_(Ty::V128, V31, b);
        self.vector_constant_(to, bytes);
        asm!(self; tbl V(to_code).b16, {v30.b16 * 2}, V(to_code).b16);
    }

    fn splat(&mut self, lanes: Lanes, to: Reg, value: Reg) {
        let (to, code) = (to.code(), value.code());
        match (value.class(), lanes) {
            (Class::General, Lanes::I8x16) => asm!(self; dup V(to).b16, W(code)),
            (Class::General, Lanes::I16x8) => asm!(self; dup V(to).h8, W(code)),
            (Class::General, Lanes::I32x4) => asm!(self; dup V(to).s4, W(code)),
            (Class::General, Lanes::I64x2) => asm!(self; dup V(to).d2, X(code)),
            (Class::Vector, Lanes::I64x2) => asm!(self; dup V(to).d2, V(code).d[0]),
            (Class::Vector, _) => asm!(self; dup V(to).s4, V(code).s[0]),
        }
    }

    fn extract_lane(&mut self, lanes: Lanes, lane: u8, signed: bool, to: Reg, a: Reg) {
        let (code, a, lane) = (to.code(), a.code(), u32::from(lane));
        match (to.class(), lanes) {
            (Class::General, Lanes::I8x16) if signed => asm!(self; smov W(code), V(a).b[lane]),
            (Class::General, Lanes::I8x16) => asm!(self; umov W(code), V(a).b[lane]),
            (Class::General, Lanes::I16x8) if signed => asm!(self; smov W(code), V(a).h[lane]),
            (Class::General, Lanes::I16x8) => asm!(self; umov W(code), V(a).h[lane]),
            (Class::General, Lanes::I32x4) => asm!(self; umov W(code), V(a).s[lane]),
            (Class::General, Lanes::I64x2) => asm!(self; umov X(code), V(a).d[lane]),
            (Class::Vector, Lanes::I64x2) => asm!(self; dup D(code), V(a).d[lane]),
            (Class::Vector, _) => asm!(self; dup S(code), V(a).s[lane]),
        }
    }

    fn replace_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, value: Reg) {
        let mut value = value;
        if value == to && to != a {
            self.mov_(Ty::V128, V30, value);
            value = V30;
        }
        self.mov_(Ty::V128, to, a);
        let (to, code, lane) = (to.code(), value.code(), u32::from(lane));
        match (value.class(), lanes) {
            (Class::General, Lanes::I8x16) => asm!(self; ins V(to).b[lane], W(code)),
            (Class::General, Lanes::I16x8) => asm!(self; ins V(to).h[lane], W(code)),
            (Class::General, Lanes::I32x4) => asm!(self; ins V(to).s[lane], W(code)),
            (Class::General, Lanes::I64x2) => asm!(self; ins V(to).d[lane], X(code)),
            (Class::Vector, Lanes::I64x2) => asm!(self; ins V(to).d[lane], V(code).d[0]),
            (Class::Vector, _) => asm!(self; ins V(to).s[lane], V(code).s[0]),
        }
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

    fn load_vector(&mut self, load: VectorLoad, to: Reg, from: Address) {
        match load {
            VectorLoad::Splat(lanes) => {
                let (to, from) = (to.code(), self.single_register(from).code());
                self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
                match lanes {
                    Lanes::I8x16 => asm!(self; ld1r {V(to).b16 * 1}, [X(from)]),
                    Lanes::I16x8 => asm!(self; ld1r {V(to).h8 * 1}, [X(from)]),
                    Lanes::I32x4 => asm!(self; ld1r {V(to).s4 * 1}, [X(from)]),
                    Lanes::I64x2 => asm!(self; ld1r {V(to).d2 * 1}, [X(from)]),
                }
            }
            VectorLoad::Extend(widen) => {
                self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
                self.load_(Load::whole(Ty::F64), to, from);
                self.extend(widen, to, to);
            }
        }
    }

    fn load_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, from: Address) {
        let from = self.single_register(from).code();
        self.mov_(Ty::V128, to, a);
        let (to, lane) = (to.code(), u32::from(lane));
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match lanes {
            Lanes::I8x16 => asm!(self; ld1 {V(to).b * 1}[lane], [X(from)]),
            Lanes::I16x8 => asm!(self; ld1 {V(to).h * 1}[lane], [X(from)]),
            Lanes::I32x4 => asm!(self; ld1 {V(to).s * 1}[lane], [X(from)]),
            Lanes::I64x2 => asm!(self; ld1 {V(to).d * 1}[lane], [X(from)]),
        }
    }

    fn store_lane(&mut self, lanes: Lanes, lane: u8, to: Address, a: Reg) {
        let to = self.single_register(to).code();
        let (a, lane) = (a.code(), u32::from(lane));
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match lanes {
            Lanes::I8x16 => asm!(self; st1 {V(a).b * 1}[lane], [X(to)]),
            Lanes::I16x8 => asm!(self; st1 {V(a).h * 1}[lane], [X(to)]),
            Lanes::I32x4 => asm!(self; st1 {V(a).s * 1}[lane], [X(to)]),
            Lanes::I64x2 => asm!(self; st1 {V(a).d * 1}[lane], [X(to)]),
        }
    }

    fn canonicalize_lanes(&mut self, size: Size, a: Reg) {
        floats!(self, fcmeq, size, [V30, a, a]);
        self.int_constant(X16, super::float::canonical_nan(size));
        self.splat(Lanes::of_floats(size), V31, X16);
        bits!(self, bif, [a, V31, V30]);
    }
}
