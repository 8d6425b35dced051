//! Instructions on vectors. SSE2 is enough for all of them; later extensions make them shorter.
//!
//! | file | what |
//! |---|---|
//! | `integer` | lanes that are integers |
//! | `float` | lanes that are floats, and conversions |
//! | `lane` | single lanes, splats, loads and stores |
//! | `shuffle` | bytes that are picked |
//!
//! Sequences compute in the scratch registers xmm14 and xmm15 as long as an operand is needed, because the destination may
//! be one of them.

mod float;
mod integer;
mod lane;
mod shuffle;

use dynasmrt::DynasmApi;
use wasmer_types::CpuFeature;

use super::asm::{asm, plain};
use super::{R11, X64Masm, XMM14, XMM15};
use crate::buffer::{Distance, Label};
use crate::masm::{
    Condition, FloatBinary, FloatUnary, IntCondition, MemoryMasm, Rhs, Rounding, Shift, Size, Ty,
};
use crate::registers::Reg;
use crate::vector::{
    Extremum, LaneMasm, Lanes, VectorBinary, VectorMasm, VectorTernary, VectorTest, VectorUnary,
    Widen,
};

/// `to = a op b`: by the instruction of SSE, which overwrites its first operand, or by the one of AVX where that saves a
/// move. Uses xmm15 when `to` is `b` only.
macro_rules! packed {
    ($self:ident, $sse:ident $avx:ident, $to:expr, $a:expr, $b:expr) => {{
        let (to, a, b) = ($to, $a, $b);
        if to != a && $self.has(CpuFeature::AVX) {
            let (to, a, b) = (to.code(), a.code(), b.code());
            plain!($self; $avx Rx(to), Rx(a), Rx(b));
        } else {
            let (to, b) = (to.code(), $self.first_to(to, a, b).code());
            asm!($self; $sse Rx(to), Rx(b));
        }
    }};
}
use packed;

/// As [`packed!`], of operands that may be exchanged. Does not use xmm15.
macro_rules! commuting {
    ($self:ident, $sse:ident $avx:ident, $to:expr, $a:expr, $b:expr) => {{
        let (to, a, b) = ($to, $a, $b);
        let (a, b) = if to == b { (b, a) } else { (a, b) };
        packed!($self, $sse $avx, to, a, b);
    }};
}
use commuting;

/// As [`packed!`] for floats of both widths.
macro_rules! floats {
    ($self:ident, $sse:ident $avx:ident, $sse2:ident $avx2:ident, $size:expr, $to:expr, $a:expr, $b:expr) => {
        match $size {
            Size::S32 => packed!($self, $sse $avx, $to, $a, $b),
            Size::S64 => packed!($self, $sse2 $avx2, $to, $a, $b),
        }
    };
}
use floats;

/// `to = op a`.
macro_rules! one {
    ($self:ident, $sse:ident, $to:expr, $a:expr) => {{
        let (to, a) = ($to.code(), $a.code());
        asm!($self; $sse Rx(to), Rx(a));
    }};
}
use one;

/// `to = a op amount`, of a constant.
macro_rules! by_constant {
    ($self:ident, $sse:ident $avx:ident, $to:expr, $a:expr, $amount:expr) => {{
        let (to, a, amount): (Reg, Reg, i8) = ($to, $a, $amount);
        if to != a && $self.has(CpuFeature::AVX) {
            let (to, a) = (to.code(), a.code());
            plain!($self; $avx Rx(to), Rx(a), amount);
        } else {
            $self.copy(to, a);
            let to = to.code();
            asm!($self; $sse Rx(to), amount);
        }
    }};
}
use by_constant;

/// `to = to op constant`.
macro_rules! with_constant {
    ($self:ident, $sse:ident, $to:expr, $constant:expr) => {{
        let label = $self.buffer.constant($constant);
        let to = $to.code();
        asm!($self; $sse Rx(to), [rip + 0]);
        $self.refer_behind(label);
    }};
}
use with_constant;

/// A constant whose lanes are all `value`.
const fn repeated(lanes: Lanes, value: u64) -> [u8; 16] {
    let width = lanes.bytes() as usize;
    let value = value.to_le_bytes();
    let mut bytes = [0; 16];
    let mut at = 0;
    while at < 16 {
        bytes[at] = value[at % width];
        at += 1;
    }
    bytes
}

impl X64Masm {
    fn copy(&mut self, to: Reg, from: Reg) {
        self.mov(Ty::V128, to, from);
    }

    /// Brings the first operand to `to`, and returns where the second one is then.
    fn first_to(&mut self, to: Reg, a: Reg, b: Reg) -> Reg {
        if to == b && to != a {
            self.copy(XMM15, b);
            self.copy(to, a);
            return XMM15;
        }
        self.copy(to, a);
        b
    }

    /// The last four bytes are the distance to `label`.
    fn refer_behind(&mut self, label: Label) {
        let field = self.buffer.here() - 4;
        self.buffer.refer(field, label, Distance::Rel32);
    }

    fn zeros(&mut self, to: Reg) {
        one!(self, pxor, to, to);
    }

    fn ones(&mut self, to: Reg) {
        one!(self, pcmpeqd, to, to);
    }

    /// 32-bit lanes of `a` by two bits each.
    fn pick_words(&mut self, to: Reg, a: Reg, lanes: u8) {
        let (to, a, lanes) = (to.code(), a.code(), lanes as i8);
        asm!(self; pshufd Rx(to), Rx(a), lanes);
    }

    /// Operators for which there is one instruction.
    fn simple_binary(&mut self, op: VectorBinary, to: Reg, a: Reg, b: Reg) -> bool {
        use Lanes::{I8x16, I16x8, I32x4, I64x2};
        use VectorBinary::{
            Add, AddSaturating, And, AndNot, Average, Dot, DotBytes, Float, Mul, MulQ15, Narrow,
            Or, Pseudo, RelaxedFloat, Sub, SubSaturating, Swizzle, Xor,
        };
        match op {
            And => commuting!(self, pand vpand, to, a, b),
            Or => commuting!(self, por vpor, to, a, b),
            Xor => commuting!(self, pxor vpxor, to, a, b),
            AndNot => packed!(self, pandn vpandn, to, b, a),
            Add(I8x16) => commuting!(self, paddb vpaddb, to, a, b),
            Add(I16x8) => commuting!(self, paddw vpaddw, to, a, b),
            Add(I32x4) => commuting!(self, paddd vpaddd, to, a, b),
            Add(I64x2) => commuting!(self, paddq vpaddq, to, a, b),
            Sub(I8x16) => packed!(self, psubb vpsubb, to, a, b),
            Sub(I16x8) => packed!(self, psubw vpsubw, to, a, b),
            Sub(I32x4) => packed!(self, psubd vpsubd, to, a, b),
            Sub(I64x2) => packed!(self, psubq vpsubq, to, a, b),
            Mul(I16x8) => commuting!(self, pmullw vpmullw, to, a, b),
            Mul(I32x4) if self.has(CpuFeature::SSE41) => {
                commuting!(self, pmulld vpmulld, to, a, b);
            }
            AddSaturating { lanes: I8x16, signed: true } => {
                commuting!(self, paddsb vpaddsb, to, a, b);
            }
            AddSaturating { lanes: I8x16, signed: false } => {
                commuting!(self, paddusb vpaddusb, to, a, b);
            }
            AddSaturating { signed: true, .. } => commuting!(self, paddsw vpaddsw, to, a, b),
            AddSaturating { signed: false, .. } => commuting!(self, paddusw vpaddusw, to, a, b),
            SubSaturating { lanes: I8x16, signed: true } => packed!(self, psubsb vpsubsb, to, a, b),
            SubSaturating { lanes: I8x16, signed: false } => {
                packed!(self, psubusb vpsubusb, to, a, b);
            }
            SubSaturating { signed: true, .. } => packed!(self, psubsw vpsubsw, to, a, b),
            SubSaturating { signed: false, .. } => packed!(self, psubusw vpsubusw, to, a, b),
            Average(I8x16) => commuting!(self, pavgb vpavgb, to, a, b),
            Average(_) => commuting!(self, pavgw vpavgw, to, a, b),
            Narrow { from: I16x8, signed: true } => packed!(self, packsswb vpacksswb, to, a, b),
            Narrow { from: I16x8, signed: false } => packed!(self, packuswb vpackuswb, to, a, b),
            Narrow { signed: true, .. } => packed!(self, packssdw vpackssdw, to, a, b),
            Narrow { signed: false, .. } if self.has(CpuFeature::SSE41) => {
                packed!(self, packusdw vpackusdw, to, a, b);
            }
            Dot => commuting!(self, pmaddwd vpmaddwd, to, a, b),
            MulQ15 { relaxed: true } if self.has(CpuFeature::SSSE3) => {
                commuting!(self, pmulhrsw vpmulhrsw, to, a, b);
            }
            Swizzle { relaxed: true } if self.has(CpuFeature::SSSE3) => {
                packed!(self, pshufb vpshufb, to, a, b);
            }
            // The bytes of which only seven bits count are those without a sign.
            DotBytes { relaxed: true } if self.has(CpuFeature::SSSE3) => {
                packed!(self, pmaddubsw vpmaddubsw, to, b, a);
            }
            Float(op, size) => return self.simple_floats(op, size, to, a, b),
            // When one is a NaN or both are zeros, the result is the second operand.
            Pseudo(Extremum::Min, size) => {
                floats!(self, minps vminps, minpd vminpd, size, to, b, a)
            }
            Pseudo(Extremum::Max, size) => {
                floats!(self, maxps vmaxps, maxpd vmaxpd, size, to, b, a)
            }
            RelaxedFloat(Extremum::Min, size) => {
                floats!(self, minps vminps, minpd vminpd, size, to, a, b);
            }
            RelaxedFloat(Extremum::Max, size) => {
                floats!(self, maxps vmaxps, maxpd vmaxpd, size, to, a, b);
            }
            _ => return false,
        }
        true
    }
}

impl VectorMasm for X64Masm {
    fn has_fma(&self) -> bool {
        self.has(CpuFeature::FMA)
    }

    fn has_swizzle(&self) -> bool {
        self.has(CpuFeature::SSSE3)
    }

    fn vector_unary(&mut self, op: VectorUnary, to: Reg, a: Reg) {
        match op {
            VectorUnary::Not => {
                let mask = if to == a { XMM15 } else { to };
                self.ones(mask);
                commuting!(self, pxor vpxor, to, a, mask);
            }
            VectorUnary::Abs(lanes) => self.lane_magnitudes(lanes, to, a),
            VectorUnary::Neg(lanes) => {
                let difference = if to == a { XMM15 } else { to };
                self.zeros(difference);
                self.vector_binary(VectorBinary::Sub(lanes), difference, difference, a);
                self.copy(to, difference);
            }
            VectorUnary::Popcnt => self.count_bits(to, a),
            VectorUnary::Float(op, size) => self.float_lanes(op, size, to, a),
            VectorUnary::Extend(widen) => self.extend_lanes(widen, to, a, XMM15),
            VectorUnary::AddPairs { from, signed } => self.add_pairs(from, signed, to, a),
            VectorUnary::Truncate { from, signed, relaxed } => {
                self.truncate_lanes(from, signed, relaxed, to, a);
            }
            VectorUnary::Convert { to: size, signed } => self.convert_lanes(size, signed, to, a),
            VectorUnary::Demote => one!(self, cvtpd2ps, to, a),
            VectorUnary::Promote => one!(self, cvtps2pd, to, a),
        }
    }

    fn vector_binary(&mut self, op: VectorBinary, to: Reg, a: Reg, b: Reg) {
        if self.simple_binary(op, to, a, b) {
            return;
        }
        match op {
            VectorBinary::Mul(Lanes::I64x2) => self.mul_64(to, a, b),
            VectorBinary::Mul(_) => self.mul_32(to, a, b),
            VectorBinary::Extremum { which, lanes, signed } => {
                self.lane_extremum(which, lanes, signed, to, a, b);
            }
            VectorBinary::Compare(condition, lanes) => {
                self.compare_lanes(condition, lanes, to, a, b);
            }
            VectorBinary::CompareFloats(condition, size) => {
                self.compare_float_lanes(condition, size, to, a, b);
            }
            VectorBinary::Float(op, size) => self.float_extremum(op, size, to, a, b),
            VectorBinary::Narrow { .. } => self.narrow_to_unsigned(to, a, b),
            VectorBinary::MulWide(widen) => self.mul_wide(widen, to, a, b),
            VectorBinary::MulQ15 { .. } => self.mul_q15(to, a, b),
            VectorBinary::Swizzle { .. } => self.swizzle(to, a, b),
            VectorBinary::DotBytes { .. } => self.dot_bytes(to, a, b),
            _ => unreachable!("there is one instruction for {op:?}"),
        }
    }

    fn vector_ternary(&mut self, op: VectorTernary, to: Reg, a: Reg, b: Reg, c: Reg) {
        match op {
            VectorTernary::SelectLanes(lanes)
                if self.has(CpuFeature::AVX) && lanes != Lanes::I16x8 =>
            {
                let [to, a, b, c] = [to, a, b, c].map(Reg::code);
                match lanes {
                    Lanes::I8x16 => plain!(self; vpblendvb Rx(to), Rx(b), Rx(a), Rx(c)),
                    Lanes::I32x4 => plain!(self; vblendvps Rx(to), Rx(b), Rx(a), Rx(c)),
                    _ => plain!(self; vblendvpd Rx(to), Rx(b), Rx(a), Rx(c)),
                }
            }
            VectorTernary::Select | VectorTernary::SelectLanes(_) => {
                // ((a ^ b) & c) ^ b
                packed!(self, pxor vpxor, XMM15, a, b);
                one!(self, pand, XMM15, c);
                commuting!(self, pxor vpxor, to, b, XMM15);
            }
            VectorTernary::MultiplyAdd { size, negate } => {
                self.multiply_add(size, negate, to, [a, b, c]);
            }
            VectorTernary::DotBytesAdd { relaxed } => {
                self.dot_bytes_add(relaxed, to, [a, b, c]);
            }
        }
    }

    fn vector_shift(&mut self, op: Shift, lanes: Lanes, to: Reg, a: Reg, amount: Rhs) {
        match amount {
            Rhs::Imm(amount) => self.shift_lanes_by_constant(op, lanes, to, a, amount as u8),
            Rhs::Reg(amount) => self.shift_lanes(op, lanes, to, a, amount),
            Rhs::Slot(_) => unreachable!("an amount is no slot"),
        }
    }

    fn shuffle(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg) {
        if self.shuffle_at_once(bytes, to, a, b) {
            return;
        }
        match self.has(CpuFeature::SSSE3) {
            true => self.shuffle_by_tables(bytes, to, a, b),
            false => self.shuffle_bytes(bytes, to, a, b),
        }
    }

    fn bitmask(&mut self, lanes: Lanes, to: Reg, a: Reg) {
        let code = to.code();
        match lanes {
            Lanes::I8x16 => self.sign_bytes(to, a),
            Lanes::I16x8 => {
                packed!(self, packsswb vpacksswb, XMM15, a, a);
                self.sign_bytes(to, XMM15);
                plain!(self; movzx Rd(code), Rb(code));
            }
            Lanes::I32x4 => {
                let a = a.code();
                asm!(self; movmskps Rd(code), Rx(a));
            }
            Lanes::I64x2 => {
                let a = a.code();
                asm!(self; movmskpd Rd(code), Rx(a));
            }
        }
    }

    fn vector_test(&mut self, test: VectorTest, a: Reg) -> Condition {
        let has_test = self.has(CpuFeature::SSE41);
        let holds = match test {
            VectorTest::Any if has_test => {
                one!(self, ptest, a, a);
                IntCondition::NotEqual
            }
            VectorTest::Any => {
                self.zeros(XMM15);
                one!(self, pcmpeqb, XMM15, a);
                self.sign_bytes(R11, XMM15);
                plain!(self; cmp r11d, DWORD 0xffff);
                IntCondition::NotEqual
            }
            VectorTest::All(lanes) => {
                self.zeros(XMM15);
                // Lanes of zero become ones.
                self.equal_lanes(lanes, XMM15, XMM15, a);
                match has_test {
                    true => plain!(self; ptest xmm15, xmm15),
                    false => {
                        self.sign_bytes(R11, XMM15);
                        plain!(self; test r11d, r11d);
                    }
                }
                IntCondition::Equal
            }
        };
        Condition::Int(holds)
    }

    fn canonicalize_lanes(&mut self, size: Size, a: Reg) {
        let canonical = size.canonical_nan();
        floats!(self, cmpunordps vcmpunordps, cmpunordpd vcmpunordpd, size, XMM15, a, a);
        self.copy(XMM14, XMM15);
        with_constant!(self, andps, XMM14, repeated(Lanes::of_floats(size), canonical));
        one!(self, andnps, XMM15, a);
        packed!(self, orps vorps, a, XMM15, XMM14);
    }
}
