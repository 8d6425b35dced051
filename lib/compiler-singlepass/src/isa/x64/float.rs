//! Instructions on floats, and conversions.

use dynasmrt::DynasmApi;
use wasmer_types::{CpuFeature, TrapCode};

use super::asm::{asm, plain};
use super::control::Flag;
use super::{R11, X64Masm, XMM14, XMM15};
use crate::buffer::Label;
use crate::masm::{
    ControlMasm, Conversion, FloatBinary, FloatCondition, FloatMasm, FloatUnary, IntegerMasm,
    MemoryMasm, Rhs, Rounding, Size, Ty,
};
use crate::registers::Reg;

/// An instruction with two vector registers, for floats of both widths.
macro_rules! scalar {
    ($self:ident, $single:ident, $double:ident, $size:expr, $to:expr, $a:expr) => {{
        let (to, a) = ($to.code(), $a.code());
        match $size {
            Size::S32 => asm!($self; $single Rx(to), Rx(a)),
            Size::S64 => asm!($self; $double Rx(to), Rx(a)),
        }
    }};
}

/// An instruction of AVX with three vector registers.
macro_rules! scalar3 {
    ($self:ident, $single:ident, $double:ident, $size:expr, $to:expr, $a:expr, $b:expr) => {{
        let (to, a, b) = ($to.code(), $a.code(), $b.code());
        match $size {
            Size::S32 => plain!($self; $single Rx(to), Rx(a), Rx(b)),
            Size::S64 => plain!($self; $double Rx(to), Rx(a), Rx(b)),
        }
    }};
}

impl X64Masm {
    /// `minss` and its like give the second operand when one is a NaN or both are zeros; wasm wants a NaN, or the zero
    /// that is smaller.
    fn extremum(&mut self, op: FloatBinary, size: Size, to: Reg, b: Reg) {
        let [differ, nan, done] = [(); 3].map(|()| self.buffer.new_label());
        scalar!(self, ucomiss, ucomisd, size, to, b);
        self.jump_if(Flag::NotEqual, differ);
        self.jump_if(Flag::Parity, nan);
        // The same number: zeros may differ in the sign.
        match op {
            FloatBinary::Min => scalar!(self, orps, orpd, size, to, b),
            _ => scalar!(self, andps, andpd, size, to, b),
        }
        self.jump(done);
        self.buffer.bind(nan);
        scalar!(self, addss, addsd, size, to, b);
        self.jump(done);
        self.buffer.bind(differ);
        match op {
            FloatBinary::Min => scalar!(self, minss, minsd, size, to, b),
            _ => scalar!(self, maxss, maxsd, size, to, b),
        }
        self.buffer.bind(done);
    }

    /// All bits but the sign, in the lane of `size` and others.
    fn magnitude_mask(&mut self, size: Size, to: Reg) {
        let code = to.code();
        asm!(self; pcmpeqd Rx(code), Rx(code));
        match size {
            Size::S32 => asm!(self; psrld Rx(code), 1),
            Size::S64 => asm!(self; psrlq Rx(code), 1),
        }
    }

    fn copy_sign(&mut self, size: Size, to: Reg, b: Reg) {
        self.magnitude_mask(size, XMM14);
        let (to, b) = (to.code(), b.code());
        asm!(self; andps Rx(to), xmm14);
        asm!(self; andnps xmm14, Rx(b));
        asm!(self; orps Rx(to), xmm14);
    }

    /// The instruction that follows writes a part of `to` only: it shall not wait for what was there.
    fn forget(&mut self, to: Reg, a: Reg) {
        if to != a {
            let to = to.code();
            asm!(self; xorps Rx(to), Rx(to));
        }
    }

    fn signed_to_float(&mut self, from: Size, size: Size, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, size) {
            (Size::S32, Size::S32) => asm!(self; cvtsi2ss Rx(to), Rd(a)),
            (Size::S32, Size::S64) => asm!(self; cvtsi2sd Rx(to), Rd(a)),
            (Size::S64, Size::S32) => asm!(self; cvtsi2ss Rx(to), Rq(a)),
            (Size::S64, Size::S64) => asm!(self; cvtsi2sd Rx(to), Rq(a)),
        }
    }

    /// A number of 64 bits that may have the highest one set is halved, with its lowest bit kept so that the result is
    /// rounded as it should, and doubled as a float. `a` is changed back.
    fn unsigned_to_float(&mut self, size: Size, to: Reg, a: Reg) {
        let [large, done] = [(); 2].map(|()| self.buffer.new_label());
        let (to_code, a_code) = (to.code(), a.code());
        asm!(self; xorps Rx(to_code), Rx(to_code));
        asm!(self; test Rq(a_code), Rq(a_code));
        self.jump_if(Flag::Sign, large);
        self.signed_to_float(Size::S64, size, to, a);
        self.jump(done);
        self.buffer.bind(large);
        asm!(self; mov r11, Rq(a_code));
        plain!(self; shr r11, 1; jnc BYTE 4; or r11, 1);
        self.signed_to_float(Size::S64, size, to, R11);
        scalar!(self, addss, addsd, size, to, to);
        self.buffer.bind(done);
    }

    /// The integer of `size` bits nearest to zero, or the most negative one if the number does not fit.
    fn truncate(&mut self, from: Size, size: Size, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, size) {
            (Size::S32, Size::S32) => asm!(self; cvttss2si Rd(to), Rx(a)),
            (Size::S32, Size::S64) => asm!(self; cvttss2si Rq(to), Rx(a)),
            (Size::S64, Size::S32) => asm!(self; cvttsd2si Rd(to), Rx(a)),
            (Size::S64, Size::S64) => asm!(self; cvttsd2si Rq(to), Rx(a)),
        }
    }

    /// Compares with a constant, which is in the scratch register then.
    fn compare_with(&mut self, size: Size, a: Reg, constant: f64) {
        let bits = match size {
            Size::S32 => u64::from((constant as f32).to_bits()),
            Size::S64 => constant.to_bits(),
        };
        self.constant(Ty::float(size), XMM15, bits);
        scalar!(self, ucomiss, ucomisd, size, a, XMM15);
    }

    fn trap_when(&mut self, flag: Flag, code: TrapCode) {
        let label = self.buffer.outline_trap(code);
        self.jump_if(flag, label);
    }

    /// The most negative integer means that the number did not fit, unless it is just that.
    fn truncate_signed(&mut self, from: Size, size: Size, saturating: bool, to: Reg, a: Reg) {
        let done = self.buffer.new_label();
        self.truncate(from, size, to, a);
        self.compare(size, to, Rhs::Imm(1));
        self.jump_if(Flag::NoOverflow, done);
        if saturating {
            self.saturate(from, to, a, (1 << (size.bits() - 1)) ^ size.mask(), done, true);
        } else {
            let (smallest, outside) = match (from, size) {
                // -2³¹ - 1 has a representation, and everything above becomes -2³¹.
                (Size::S64, Size::S32) => (-2147483649.0, Flag::BelowOrEqual),
                (_, Size::S32) => (-2147483648.0, Flag::Below),
                (_, Size::S64) => (-9223372036854775808.0, Flag::Below),
            };
            self.compare_with(from, a, smallest);
            self.trap_when(Flag::Parity, TrapCode::BadConversionToInteger);
            self.trap_when(outside, TrapCode::IntegerOverflow);
            self.compare_with(from, a, 0.0);
            self.trap_when(Flag::Above, TrapCode::IntegerOverflow);
        }
        self.buffer.bind(done);
    }

    /// Sets `to` for a number `a` that does not fit: zero for a NaN, `largest` for a positive number, and for a negative
    /// one zero or what is there.
    fn saturate(&mut self, from: Size, to: Reg, a: Reg, largest: u64, done: Label, signed: bool) {
        let positive = self.buffer.new_label();
        let nan = self.buffer.new_label();
        self.compare_with(from, a, 0.0);
        self.jump_if(Flag::Parity, nan);
        self.jump_if(Flag::Above, positive);
        if signed {
            self.jump(done);
        }
        self.buffer.bind(nan);
        self.int_constant(to, 0);
        self.jump(done);
        self.buffer.bind(positive);
        self.int_constant(to, largest);
    }

    /// A number fits if, as one of 64 bits, it has zeros in the upper half.
    fn truncate_unsigned_32(&mut self, from: Size, saturating: bool, to: Reg, a: Reg) {
        let done = self.buffer.new_label();
        self.truncate(from, Size::S64, to, a);
        self.mov(Ty::I32, R11, to);
        self.compare(Size::S64, to, Rhs::Reg(R11));
        self.jump_if(Flag::Equal, done);
        match saturating {
            true => self.saturate(from, to, a, Size::S32.mask(), done, false),
            false => self.trap_outside(from, a),
        }
        self.buffer.bind(done);
    }

    /// Traps because of a number that does not fit.
    fn trap_outside(&mut self, from: Size, a: Reg) {
        scalar!(self, ucomiss, ucomisd, from, a, a);
        self.trap_when(Flag::Parity, TrapCode::BadConversionToInteger);
        let overflow = self.buffer.outline_trap(TrapCode::IntegerOverflow);
        self.jump(overflow);
    }

    /// Numbers from 2⁶³ on are made smaller by that, and the integer then larger.
    fn truncate_unsigned_64(&mut self, from: Size, saturating: bool, to: Reg, a: Reg) {
        const HALF: f64 = 9223372036854775808.0;
        let [large, outside, done] = [(); 3].map(|()| self.buffer.new_label());
        self.compare_with(from, a, HALF);
        self.jump_if(Flag::AboveOrEqual, large);
        // NaNs come here too, and give a negative integer as negative numbers do.
        self.truncate(from, Size::S64, to, a);
        self.test(Size::S64, to, Rhs::Reg(to));
        self.jump_if(Flag::NoSign, done);
        self.jump(outside);
        self.buffer.bind(large);
        self.mov(Ty::V128, XMM14, a);
        scalar!(self, subss, subsd, from, XMM14, XMM15);
        self.truncate(from, Size::S64, to, XMM14);
        self.test(Size::S64, to, Rhs::Reg(to));
        self.jump_if(Flag::Sign, outside);
        let code = to.code();
        asm!(self; btc Rq(code), 63);
        self.jump(done);
        self.buffer.bind(outside);
        match saturating {
            true => self.saturate(from, to, a, u64::MAX, done, false),
            false => self.trap_outside(from, a),
        }
        self.buffer.bind(done);
    }

    /// Which flags say that a comparison of floats holds: one of them, or none of them.
    pub(super) const fn float_flags(condition: FloatCondition) -> (&'static [Flag], bool) {
        match condition {
            FloatCondition::Equal => (&[Flag::NotEqual, Flag::Parity], false),
            FloatCondition::NotEqual => (&[Flag::NotEqual, Flag::Parity], true),
            FloatCondition::Less | FloatCondition::Greater => (&[Flag::Above], true),
            FloatCondition::LessEqual | FloatCondition::GreaterEqual => {
                (&[Flag::AboveOrEqual], true)
            }
        }
    }
}

impl FloatMasm for X64Masm {
    fn has_round(&self) -> bool {
        self.has(CpuFeature::SSE41)
    }

    fn float_binary(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg) {
        if self.has(CpuFeature::AVX) && to != a {
            match op {
                FloatBinary::Add => return scalar3!(self, vaddss, vaddsd, size, to, a, b),
                FloatBinary::Sub => return scalar3!(self, vsubss, vsubsd, size, to, a, b),
                FloatBinary::Mul => return scalar3!(self, vmulss, vmulsd, size, to, a, b),
                FloatBinary::Div => return scalar3!(self, vdivss, vdivsd, size, to, a, b),
                FloatBinary::Min | FloatBinary::Max | FloatBinary::Copysign => {}
            }
        }
        let mut b = b;
        if to == b && to != a {
            self.mov(Ty::V128, XMM15, b);
            b = XMM15;
        }
        self.mov(Ty::V128, to, a);
        match op {
            FloatBinary::Add => scalar!(self, addss, addsd, size, to, b),
            FloatBinary::Sub => scalar!(self, subss, subsd, size, to, b),
            FloatBinary::Mul => scalar!(self, mulss, mulsd, size, to, b),
            FloatBinary::Div => scalar!(self, divss, divsd, size, to, b),
            FloatBinary::Min | FloatBinary::Max => self.extremum(op, size, to, b),
            FloatBinary::Copysign => self.copy_sign(size, to, b),
        }
    }

    fn float_unary(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg) {
        match op {
            FloatUnary::Abs => {
                self.magnitude_mask(size, XMM15);
                self.mov(Ty::V128, to, a);
                let to = to.code();
                asm!(self; andps Rx(to), xmm15);
            }
            FloatUnary::Neg => {
                plain!(self; pcmpeqd xmm15, xmm15);
                match size {
                    Size::S32 => plain!(self; pslld xmm15, 31),
                    Size::S64 => plain!(self; psllq xmm15, 63),
                }
                self.mov(Ty::V128, to, a);
                let to = to.code();
                asm!(self; xorps Rx(to), xmm15);
            }
            FloatUnary::Sqrt => {
                self.forget(to, a);
                scalar!(self, sqrtss, sqrtsd, size, to, a);
            }
            FloatUnary::Round(rounding) => {
                self.forget(to, a);
                // Bit 3: no exception for an inexact result.
                let mode = 8 | match rounding {
                    Rounding::Nearest => 0,
                    Rounding::Floor => 1,
                    Rounding::Ceil => 2,
                    Rounding::Trunc => 3,
                };
                let (to, a) = (to.code(), a.code());
                match size {
                    Size::S32 => asm!(self; roundss Rx(to), Rx(a), mode),
                    Size::S64 => asm!(self; roundsd Rx(to), Rx(a), mode),
                }
            }
        }
    }

    fn compare_floats(&mut self, condition: FloatCondition, size: Size, a: Reg, b: Reg) {
        // "Above" does not hold for NaNs, "below" does.
        let (a, b) = match condition {
            FloatCondition::Less | FloatCondition::LessEqual => (b, a),
            _ => (a, b),
        };
        scalar!(self, ucomiss, ucomisd, size, a, b);
    }

    fn convert(&mut self, op: Conversion, to: Reg, a: Reg) {
        let (to_code, a_code) = (to.code(), a.code());
        match op {
            Conversion::Wrap => self.mov(Ty::I32, to, a),
            Conversion::ExtendSigned => asm!(self; movsxd Rq(to_code), Rd(a_code)),
            Conversion::ToFloat { from: Size::S64, signed: false, to: size } => {
                self.unsigned_to_float(size, to, a);
            }
            Conversion::ToFloat { from, signed, to: size } => {
                asm!(self; xorps Rx(to_code), Rx(to_code));
                // 32 bits without a sign are 64 bits with one.
                let from = if signed { from } else { Size::S64 };
                self.signed_to_float(from, size, to, a);
            }
            Conversion::ToInt { from, to: size, signed: true, saturating } => {
                self.truncate_signed(from, size, saturating, to, a);
            }
            Conversion::ToInt { from, to: Size::S32, signed: false, saturating } => {
                self.truncate_unsigned_32(from, saturating, to, a);
            }
            Conversion::ToInt { from, to: Size::S64, signed: false, saturating } => {
                self.truncate_unsigned_64(from, saturating, to, a);
            }
            Conversion::Demote => {
                self.forget(to, a);
                asm!(self; cvtsd2ss Rx(to_code), Rx(a_code));
            }
            Conversion::Promote => {
                self.forget(to, a);
                asm!(self; cvtss2sd Rx(to_code), Rx(a_code));
            }
            Conversion::FloatBits(Size::S32) => asm!(self; movd Rd(to_code), Rx(a_code)),
            Conversion::FloatBits(Size::S64) => asm!(self; movq Rq(to_code), Rx(a_code)),
            Conversion::FromBits(Size::S32) => asm!(self; movd Rx(to_code), Rd(a_code)),
            Conversion::FromBits(Size::S64) => asm!(self; movq Rx(to_code), Rq(a_code)),
        }
    }

    fn canonicalize(&mut self, size: Size, a: Reg) {
        let done = self.buffer.new_label();
        scalar!(self, ucomiss, ucomisd, size, a, a);
        self.jump_if(Flag::NoParity, done);
        self.constant(Ty::float(size), a, size.canonical_nan());
        self.buffer.bind(done);
    }
}
