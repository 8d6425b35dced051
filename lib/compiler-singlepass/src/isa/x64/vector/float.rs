//! Lanes that are floats, and conversions of lanes.

use super::*;
use crate::masm::FloatCondition;

/// A constant whose lanes are all the float `value`.
const fn floats_of(size: Size, value: f64) -> [u8; 16] {
    match size {
        Size::S32 => repeated(Lanes::I32x4, (value as f32).to_bits() as u64),
        Size::S64 => repeated(Lanes::I64x2, value.to_bits()),
    }
}

/// An instruction with two registers, for floats of both widths.
macro_rules! one_of {
    ($self:ident, $single:ident, $double:ident, $size:expr, $to:expr, $a:expr) => {
        match $size {
            Size::S32 => one!($self, $single, $to, $a),
            Size::S64 => one!($self, $double, $to, $a),
        }
    };
}

impl X64Masm {
    /// Operators for which there is one instruction.
    pub(super) fn simple_floats(
        &mut self,
        op: FloatBinary,
        size: Size,
        to: Reg,
        a: Reg,
        b: Reg,
    ) -> bool {
        match op {
            FloatBinary::Add => floats!(self, addps vaddps, addpd vaddpd, size, to, a, b),
            FloatBinary::Sub => floats!(self, subps vsubps, subpd vsubpd, size, to, a, b),
            FloatBinary::Mul => floats!(self, mulps vmulps, mulpd vmulpd, size, to, a, b),
            FloatBinary::Div => floats!(self, divps vdivps, divpd vdivpd, size, to, a, b),
            FloatBinary::Min | FloatBinary::Max | FloatBinary::Copysign => return false,
        }
        true
    }

    /// The instruction is not symmetric: it gives the second operand when one is a NaN or both are zeros. So it is done
    /// both ways, and where the results differ they are joined.
    pub(super) fn float_extremum(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg) {
        match op {
            FloatBinary::Min => {
                floats!(self, minps vminps, minpd vminpd, size, XMM15, b, a);
                floats!(self, minps vminps, minpd vminpd, size, XMM14, a, b);
                // -0 and NaNs win.
                one!(self, orps, XMM15, XMM14);
            }
            _ => {
                floats!(self, maxps vmaxps, maxpd vmaxpd, size, XMM15, b, a);
                floats!(self, maxps vmaxps, maxpd vmaxpd, size, XMM14, a, b);
                // What differs: the sign of zeros, or a NaN. -0 less -0 is +0, and NaNs become quiet.
                one!(self, xorps, XMM14, XMM15);
                one!(self, orps, XMM15, XMM14);
                one_of!(self, subps, subpd, size, XMM15, XMM14);
            }
        }
        // Of NaNs only sign, exponent and the bit that makes them quiet are kept.
        one_of!(self, cmpunordps, cmpunordpd, size, XMM14, XMM15);
        one!(self, orps, XMM15, XMM14);
        match size {
            Size::S32 => by_constant!(self, psrld vpsrld, XMM14, XMM14, 10),
            Size::S64 => by_constant!(self, psrlq vpsrlq, XMM14, XMM14, 13),
        }
        packed!(self, andnps vandnps, to, XMM14, XMM15);
    }

    pub(super) fn float_lanes(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg) {
        let lanes = Lanes::of_floats(size);
        let sign = 1 << (lanes.bits() - 1);
        match op {
            FloatUnary::Abs => {
                self.copy(to, a);
                with_constant!(self, andps, to, repeated(lanes, sign - 1));
            }
            FloatUnary::Neg => {
                self.copy(to, a);
                with_constant!(self, xorps, to, repeated(lanes, sign));
            }
            FloatUnary::Sqrt => one_of!(self, sqrtps, sqrtpd, size, to, a),
            FloatUnary::Round(rounding) => self.round_lanes(rounding, size, to, a),
        }
    }

    fn round_lanes(&mut self, rounding: Rounding, size: Size, to: Reg, a: Reg) {
        // Bit 3: no exception for an inexact result.
        let mode = 8 | match rounding {
            Rounding::Nearest => 0,
            Rounding::Floor => 1,
            Rounding::Ceil => 2,
            Rounding::Trunc => 3,
        };
        let (to, a) = (to.code(), a.code());
        match size {
            Size::S32 => asm!(self; roundps Rx(to), Rx(a), mode),
            Size::S64 => asm!(self; roundpd Rx(to), Rx(a), mode),
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
            FloatCondition::Equal => {
                floats!(self, cmpeqps vcmpeqps, cmpeqpd vcmpeqpd, size, to, a, b);
            }
            FloatCondition::NotEqual => {
                floats!(self, cmpneqps vcmpneqps, cmpneqpd vcmpneqpd, size, to, a, b);
            }
            FloatCondition::Less => {
                floats!(self, cmpltps vcmpltps, cmpltpd vcmpltpd, size, to, a, b);
            }
            FloatCondition::LessEqual => {
                floats!(self, cmpleps vcmpleps, cmplepd vcmplepd, size, to, a, b);
            }
            FloatCondition::Greater => {
                self.compare_float_lanes(FloatCondition::Less, size, to, b, a);
            }
            FloatCondition::GreaterEqual => {
                self.compare_float_lanes(FloatCondition::LessEqual, size, to, b, a);
            }
        }
    }

    pub(super) fn multiply_add(&mut self, size: Size, negate: bool, to: Reg, abc: [Reg; 3]) {
        let [a, b, c] = abc;
        if !self.has_fma() {
            floats!(self, mulps vmulps, mulpd vmulpd, size, XMM15, a, b);
            return match negate {
                false => floats!(self, addps vaddps, addpd vaddpd, size, to, c, XMM15),
                // -x + c is c - x.
                true => floats!(self, subps vsubps, subpd vsubpd, size, to, c, XMM15),
            };
        }
        // The destination of one form is a factor, of the other one the addend.
        let (opcode, factor, last) = match to {
            _ if to != c && to == a => (0xa8, b, c),
            _ if to != c && to == b => (0xa8, a, c),
            _ => {
                self.copy(to, c);
                (0xb8, a, b)
            }
        };
        self.fused(opcode | u8::from(negate) << 2, size, [to, factor, last]);
    }

    /// An instruction of FMA, whose form for f64 dynasm does not encode as such (Intel SDM, volume 2, §2.3.5).
    fn fused(&mut self, opcode: u8, size: Size, [to, factor, last]: [Reg; 3]) {
        let [to, factor, last] = [to, factor, last].map(Reg::code);
        let is_double = u8::from(size == Size::S64);
        self.buffer.push(0xc4);
        // The upper bits of registers, inverted; opcodes of the map 0F 38.
        self.buffer.push((!to & 8) << 4 | 0x40 | (!last & 8) << 2 | 0b00010);
        // W, the second register inverted, 128 bits, prefix 66.
        self.buffer.push(is_double << 7 | (!factor & 15) << 3 | 0b01);
        self.buffer.push(opcode);
        self.buffer.push(0xc0 | (to & 7) << 3 | last & 7);
    }

    pub(super) fn convert_lanes(&mut self, size: Size, signed: bool, to: Reg, a: Reg) {
        match (size, signed) {
            (Size::S32, true) => one!(self, cvtdq2ps, to, a),
            (Size::S64, true) => one!(self, cvtdq2pd, to, a),
            (Size::S32, false) => {
                // The halves are exact, and only their sum is rounded.
                self.copy(XMM15, a);
                with_constant!(self, pand, XMM15, repeated(Lanes::I32x4, 0xffff));
                by_constant!(self, psrld vpsrld, to, a, 16);
                one!(self, cvtdq2ps, XMM15, XMM15);
                one!(self, cvtdq2ps, to, to);
                with_constant!(self, mulps, to, floats_of(size, 65536.0));
                one!(self, addps, to, XMM15);
            }
            (Size::S64, false) => {
                // The integer as the lowest bits of a float from 2⁵² on, less 2⁵².
                const TWO_52: f64 = 4503599627370496.0;
                self.copy(to, a);
                with_constant!(self, unpcklps, to, repeated(Lanes::I32x4, TWO_52.to_bits() >> 32));
                with_constant!(self, subpd, to, floats_of(size, TWO_52));
            }
        }
    }

    /// The instruction gives the most negative number for all that do not fit.
    pub(super) fn truncate_lanes(
        &mut self,
        from: Size,
        signed: bool,
        relaxed: bool,
        to: Reg,
        a: Reg,
    ) {
        match (from, signed) {
            (Size::S32, true) if relaxed => one!(self, cvttps2dq, to, a),
            (Size::S64, true) if relaxed => one!(self, cvttpd2dq, to, a),
            (Size::S32, true) => {
                // NaNs become 0; xmm15 is then the opposite of the others.
                floats!(self, cmpeqps vcmpeqps, cmpeqpd vcmpeqpd, from, XMM15, a, a);
                commuting!(self, andps vandps, to, a, XMM15);
                one!(self, pxor, XMM15, to);
                one!(self, cvttps2dq, to, to);
                // Where the number had no sign and the result has one, all bits are turned round.
                one!(self, pand, XMM15, to);
                by_constant!(self, psrad vpsrad, XMM15, XMM15, 31);
                one!(self, pxor, to, XMM15);
            }
            (Size::S64, true) => {
                // NaNs become 0; what is too small already has the right result.
                floats!(self, cmpeqps vcmpeqps, cmpeqpd vcmpeqpd, from, XMM15, a, a);
                with_constant!(self, andps, XMM15, floats_of(from, 2147483647.0));
                packed!(self, minpd vminpd, to, a, XMM15);
                one!(self, cvttpd2dq, to, to);
            }
            (Size::S32, false) => {
                self.zeros(XMM15);
                packed!(self, maxps vmaxps, XMM14, a, XMM15);
                self.copy(to, XMM14);
                self.vector_constant(XMM15, floats_of(from, 2147483648.0));
                one!(self, subps, XMM14, XMM15);
                // All bits where 2³² or more was there.
                one!(self, cmpleps, XMM15, XMM14);
                one!(self, cvttps2dq, XMM14, XMM14);
                one!(self, pxor, XMM14, XMM15);
                self.add_above_half(from, to);
            }
            (Size::S64, false) => {
                self.zeros(XMM15);
                packed!(self, maxpd vmaxpd, XMM14, a, XMM15);
                with_constant!(self, minpd, XMM14, floats_of(from, 4294967295.0));
                self.copy(to, XMM14);
                with_constant!(self, subpd, XMM14, floats_of(from, 2147483648.0));
                one!(self, cvttpd2dq, XMM14, XMM14);
                self.add_above_half(from, to);
            }
        }
    }

    /// Truncates `to`, which gives 2³¹ from there on, and adds what is above that: xmm14, where it is not negative.
    fn add_above_half(&mut self, from: Size, to: Reg) {
        by_constant!(self, psrad vpsrad, XMM15, XMM14, 31);
        one!(self, pandn, XMM15, XMM14);
        one_of!(self, cvttps2dq, cvttpd2dq, from, to, to);
        one!(self, paddd, to, XMM15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Isa;
    use crate::isa::x64::{X64, xmm};

    #[test]
    fn fused_operations() {
        let isa = X64 { features: CpuFeature::FMA.into() };
        let mut masm = isa.masm(Default::default(), 0);
        masm.fused(0xb8, Size::S32, [xmm(1), xmm(2), xmm(3)]);
        masm.fused(0xac, Size::S64, [xmm(9), xmm(10), xmm(11)]);
        let (mut buffer, _) = isa.buffer(masm);
        // vfmadd231ps xmm1, xmm2, xmm3; vfnmadd213pd xmm9, xmm10, xmm11
        let expected = [0xc4, 0xe2, 0x69, 0xb8, 0xcb, 0xc4, 0x42, 0xa9, 0xac, 0xcb];
        assert_eq!(buffer.finish().unwrap().bytes, expected);
    }
}
