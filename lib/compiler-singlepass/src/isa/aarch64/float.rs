//! Instructions on floats, and conversions.

use dynasmrt::DynasmApi;
use wasmer_types::TrapCode;

use super::asm::{Flag, asm, float};
use super::{A64Masm, V30};
use crate::masm::{
    Conversion, FloatBinary, FloatCondition, FloatMasm, FloatUnary, MemoryMasm, Rounding, Size, Ty,
};
use crate::registers::Reg;

/// The floats between which a number truncates to an integer that fits.
pub(super) struct Range {
    pub(super) smallest: f64,
    /// Whether `smallest` itself is outside.
    pub(super) is_outside: bool,
    /// The smallest number above that is outside.
    pub(super) end: f64,
}

impl Range {
    pub(super) const fn new(from: Size, to: Size, signed: bool) -> Self {
        const TWO_32: f64 = 4294967296.0;
        const TWO_64: f64 = TWO_32 * TWO_32;
        match (to, signed) {
            (Size::S32, false) => Self { smallest: -1.0, is_outside: true, end: TWO_32 },
            (Size::S64, false) => Self { smallest: -1.0, is_outside: true, end: TWO_64 },
            (Size::S32, true) => {
                let end = TWO_32 / 2.0;
                match from {
                    // An f32 has no -2³¹ - 1.
                    Size::S32 => Self { smallest: -end, is_outside: false, end },
                    Size::S64 => Self { smallest: -end - 1.0, is_outside: true, end },
                }
            }
            (Size::S64, true) => {
                let end = TWO_64 / 2.0;
                Self { smallest: -end, is_outside: false, end }
            }
        }
    }
}

impl A64Masm {
    fn copy_sign(&mut self, size: Size, to: Reg, a: Reg, b: Reg) {
        // -0: the bit of the sign and no other.
        match size {
            Size::S32 => asm!(self; movi v30.s4, 0x80, lsl 24),
            Size::S64 => asm!(self; movi v30.d2, 0; fneg v30.d2, v30.d2),
        }
        if to == b {
            let (to, a) = (to.code(), a.code());
            return asm!(self; bif V(to).b16, V(a).b16, v30.b16);
        }
        self.mov(Ty::float(size), to, a);
        let (to, b) = (to.code(), b.code());
        asm!(self; bit V(to).b16, V(b).b16, v30.b16);
    }

    fn float_of_int(&mut self, from: (Size, bool), size: Size, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, size) {
            ((Size::S32, true), Size::S32) => asm!(self; scvtf S(to), W(a)),
            ((Size::S32, true), Size::S64) => asm!(self; scvtf D(to), W(a)),
            ((Size::S64, true), Size::S32) => asm!(self; scvtf S(to), X(a)),
            ((Size::S64, true), Size::S64) => asm!(self; scvtf D(to), X(a)),
            ((Size::S32, false), Size::S32) => asm!(self; ucvtf S(to), W(a)),
            ((Size::S32, false), Size::S64) => asm!(self; ucvtf D(to), W(a)),
            ((Size::S64, false), Size::S32) => asm!(self; ucvtf S(to), X(a)),
            ((Size::S64, false), Size::S64) => asm!(self; ucvtf D(to), X(a)),
        }
    }

    /// The instructions saturate, and a NaN becomes 0.
    fn truncate(&mut self, from: Size, size: (Size, bool), to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        match (from, size) {
            (Size::S32, (Size::S32, true)) => asm!(self; fcvtzs W(to), S(a)),
            (Size::S32, (Size::S64, true)) => asm!(self; fcvtzs X(to), S(a)),
            (Size::S64, (Size::S32, true)) => asm!(self; fcvtzs W(to), D(a)),
            (Size::S64, (Size::S64, true)) => asm!(self; fcvtzs X(to), D(a)),
            (Size::S32, (Size::S32, false)) => asm!(self; fcvtzu W(to), S(a)),
            (Size::S32, (Size::S64, false)) => asm!(self; fcvtzu X(to), S(a)),
            (Size::S64, (Size::S32, false)) => asm!(self; fcvtzu W(to), D(a)),
            (Size::S64, (Size::S64, false)) => asm!(self; fcvtzu X(to), D(a)),
        }
    }

    fn check_range(&mut self, size: Size, range: &Range, a: Reg) {
        self.compare_with(size, a, range.smallest);
        self.trap_when(Flag::OVERFLOW, TrapCode::BadConversionToInteger);
        let below = if range.is_outside { Flag::NOT_ABOVE } else { Flag::NEGATIVE };
        self.trap_when(below, TrapCode::IntegerOverflow);
        self.compare_with(size, a, range.end);
        self.trap_when(Flag::GREATER_OR_EQUAL, TrapCode::IntegerOverflow);
    }

    fn compare_with(&mut self, size: Size, a: Reg, constant: f64) {
        let bits = match size {
            Size::S32 => u64::from((constant as f32).to_bits()),
            Size::S64 => constant.to_bits(),
        };
        self.constant(Ty::float(size), V30, bits);
        float!(self, fcmp, size, [a, V30]);
    }

    fn trap_when(&mut self, flag: Flag, code: TrapCode) {
        let label = self.buffer.outline_trap(code);
        self.branch_if(flag, label);
    }
}

impl FloatMasm for A64Masm {
    fn has_round(&self) -> bool {
        true
    }

    fn float_binary(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg) {
        match op {
            FloatBinary::Add => float!(self, fadd, size, [to, a, b]),
            FloatBinary::Sub => float!(self, fsub, size, [to, a, b]),
            FloatBinary::Mul => float!(self, fmul, size, [to, a, b]),
            FloatBinary::Div => float!(self, fdiv, size, [to, a, b]),
            FloatBinary::Min => float!(self, fmin, size, [to, a, b]),
            FloatBinary::Max => float!(self, fmax, size, [to, a, b]),
            FloatBinary::Copysign => self.copy_sign(size, to, a, b),
        }
    }

    fn float_unary(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg) {
        match op {
            FloatUnary::Abs => float!(self, fabs, size, [to, a]),
            FloatUnary::Neg => float!(self, fneg, size, [to, a]),
            FloatUnary::Sqrt => float!(self, fsqrt, size, [to, a]),
            FloatUnary::Round(Rounding::Ceil) => float!(self, frintp, size, [to, a]),
            FloatUnary::Round(Rounding::Floor) => float!(self, frintm, size, [to, a]),
            FloatUnary::Round(Rounding::Trunc) => float!(self, frintz, size, [to, a]),
            FloatUnary::Round(Rounding::Nearest) => float!(self, frintn, size, [to, a]),
        }
    }

    fn compare_floats(&mut self, _condition: FloatCondition, size: Size, a: Reg, b: Reg) {
        float!(self, fcmp, size, [a, b]);
    }

    fn convert(&mut self, op: Conversion, to: Reg, a: Reg) {
        let (to_code, a_code) = (to.code(), a.code());
        match op {
            Conversion::Wrap => self.mov(Ty::I32, to, a),
            Conversion::ExtendSigned => asm!(self; sxtw X(to_code), W(a_code)),
            Conversion::ToFloat { from, signed, to: size } => {
                self.float_of_int((from, signed), size, to, a);
            }
            Conversion::ToInt { from, to: size, signed, saturating } => {
                if !saturating {
                    self.check_range(from, &Range::new(from, size, signed), a);
                }
                self.truncate(from, (size, signed), to, a);
            }
            Conversion::Demote => asm!(self; fcvt S(to_code), D(a_code)),
            Conversion::Promote => asm!(self; fcvt D(to_code), S(a_code)),
            Conversion::FloatBits(Size::S32) => asm!(self; fmov W(to_code), S(a_code)),
            Conversion::FloatBits(Size::S64) => asm!(self; fmov X(to_code), D(a_code)),
            Conversion::FromBits(Size::S32) => asm!(self; fmov S(to_code), W(a_code)),
            Conversion::FromBits(Size::S64) => asm!(self; fmov D(to_code), X(a_code)),
        }
    }

    fn canonicalize(&mut self, size: Size, a: Reg) {
        let done = self.buffer.new_label();
        float!(self, fcmp, size, [a, a]);
        self.branch_near(Flag::NO_OVERFLOW, done);
        self.constant(Ty::float(size), a, size.canonical_nan());
        self.buffer.bind(done);
    }
}
