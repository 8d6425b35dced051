//! Lanes that are integers.

use super::*;

/// The highest bit of every lane.
const fn sign(lanes: Lanes) -> [u8; 16] {
    repeated(lanes, 1 << (lanes.bits() - 1))
}

impl X64Masm {
    /// The highest bits of all bytes, in a general register.
    pub(super) fn sign_bytes(&mut self, to: Reg, a: Reg) {
        let (to, a) = (to.code(), a.code());
        asm!(self; pmovmskb Rd(to), Rx(a));
    }

    pub(super) fn lane_magnitudes(&mut self, lanes: Lanes, to: Reg, a: Reg) {
        let has_abs = self.has(CpuFeature::SSSE3);
        match lanes {
            Lanes::I8x16 if has_abs => one!(self, pabsb, to, a),
            Lanes::I16x8 if has_abs => one!(self, pabsw, to, a),
            Lanes::I32x4 if has_abs => one!(self, pabsd, to, a),
            // The larger one of a number and its opposite; of bytes, the smaller one without a sign.
            Lanes::I8x16 | Lanes::I16x8 => {
                self.zeros(XMM15);
                self.vector_binary(VectorBinary::Sub(lanes), XMM15, XMM15, a);
                match lanes {
                    Lanes::I8x16 => commuting!(self, pminub vpminub, to, a, XMM15),
                    _ => commuting!(self, pmaxsw vpmaxsw, to, a, XMM15),
                }
            }
            // (a ^ s) - s, where s is -1 for negative numbers and else 0.
            Lanes::I32x4 | Lanes::I64x2 => {
                match lanes {
                    Lanes::I32x4 => self.copy(XMM15, a),
                    _ => self.pick_words(XMM15, a, 0b11_11_01_01),
                }
                plain!(self; psrad xmm15, 31);
                commuting!(self, pxor vpxor, to, a, XMM15);
                self.vector_binary(VectorBinary::Sub(lanes), to, to, XMM15);
            }
        }
    }

    /// The bits set in every byte: from a table of those of 4 bits, or by adding neighbours.
    pub(super) fn count_bits(&mut self, to: Reg, a: Reg) {
        let low_nibbles = repeated(Lanes::I8x16, 0x0f);
        if self.has(CpuFeature::SSSE3) {
            const COUNTS: [u8; 16] = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];
            by_constant!(self, psrlw vpsrlw, XMM15, a, 4);
            with_constant!(self, pand, XMM15, low_nibbles);
            self.copy(XMM14, a);
            with_constant!(self, pand, XMM14, low_nibbles);
            self.vector_constant(to, COUNTS);
            one!(self, pshufb, to, XMM14);
            self.vector_constant(XMM14, COUNTS);
            one!(self, pshufb, XMM14, XMM15);
            one!(self, paddb, to, XMM14);
            return;
        }
        // Two bits less their higher one are the number of bits set.
        by_constant!(self, psrlw vpsrlw, XMM15, a, 1);
        with_constant!(self, pand, XMM15, repeated(Lanes::I8x16, 0x55));
        packed!(self, psubb vpsubb, to, a, XMM15);
        by_constant!(self, psrlw vpsrlw, XMM15, to, 2);
        with_constant!(self, pand, XMM15, repeated(Lanes::I8x16, 0x33));
        with_constant!(self, pand, to, repeated(Lanes::I8x16, 0x33));
        one!(self, paddb, to, XMM15);
        by_constant!(self, psrlw vpsrlw, XMM15, to, 4);
        one!(self, paddb, to, XMM15);
        with_constant!(self, pand, to, low_nibbles);
    }

    /// Widens a half of the lanes. `temporary` is changed, and may be `a`, but not `to`.
    pub(super) fn extend_lanes(&mut self, widen: Widen, to: Reg, a: Reg, temporary: Reg) {
        let Widen { from, high, signed } = widen;
        let has_extend = self.has(CpuFeature::SSE41);
        let a = match high && signed && has_extend {
            true => {
                self.pick_words(to, a, 0b11_10_11_10);
                to
            }
            false => a,
        };
        match (from, signed) {
            (Lanes::I8x16, true) if has_extend => one!(self, pmovsxbw, to, a),
            (Lanes::I16x8, true) if has_extend => one!(self, pmovsxwd, to, a),
            (_, true) if has_extend => one!(self, pmovsxdq, to, a),
            (Lanes::I8x16, false) if has_extend && !high => one!(self, pmovzxbw, to, a),
            (Lanes::I16x8, false) if has_extend && !high => one!(self, pmovzxwd, to, a),
            (_, false) if has_extend && !high => one!(self, pmovzxdq, to, a),
            // A lane is brought to the upper half of the wider one and shifted down.
            (Lanes::I8x16, true) => {
                self.interleave(from, high, to, a, a);
                by_constant!(self, psraw vpsraw, to, to, 8);
            }
            (Lanes::I16x8, true) => {
                self.interleave(from, high, to, a, a);
                by_constant!(self, psrad vpsrad, to, to, 16);
            }
            (_, true) => {
                self.copy(to, a);
                by_constant!(self, psrad vpsrad, temporary, to, 31);
                self.interleave(from, high, to, to, temporary);
            }
            (_, false) => {
                self.copy(to, a);
                self.zeros(temporary);
                self.interleave(from, high, to, to, temporary);
            }
        }
    }

    /// The lower or upper halves of the lanes of `a` and `b`, one of each in turn.
    pub(super) fn interleave(&mut self, lanes: Lanes, high: bool, to: Reg, a: Reg, b: Reg) {
        match (lanes, high) {
            (Lanes::I8x16, false) => packed!(self, punpcklbw vpunpcklbw, to, a, b),
            (Lanes::I8x16, true) => packed!(self, punpckhbw vpunpckhbw, to, a, b),
            (Lanes::I16x8, false) => packed!(self, punpcklwd vpunpcklwd, to, a, b),
            (Lanes::I16x8, true) => packed!(self, punpckhwd vpunpckhwd, to, a, b),
            (Lanes::I32x4, false) => packed!(self, punpckldq vpunpckldq, to, a, b),
            (Lanes::I32x4, true) => packed!(self, punpckhdq vpunpckhdq, to, a, b),
            (Lanes::I64x2, false) => packed!(self, punpcklqdq vpunpcklqdq, to, a, b),
            (Lanes::I64x2, true) => packed!(self, punpckhqdq vpunpckhqdq, to, a, b),
        }
    }

    pub(super) fn add_pairs(&mut self, from: Lanes, signed: bool, to: Reg, a: Reg) {
        let ones = repeated(from, 1);
        match (from, signed) {
            // Products with 1 of bytes without a sign and bytes with one.
            (Lanes::I8x16, true) if self.has(CpuFeature::SSSE3) => {
                self.vector_constant(XMM15, ones);
                packed!(self, pmaddubsw vpmaddubsw, XMM15, XMM15, a);
                self.copy(to, XMM15);
            }
            (Lanes::I8x16, false) if self.has(CpuFeature::SSSE3) => {
                self.copy(to, a);
                with_constant!(self, pmaddubsw, to, ones);
            }
            (Lanes::I8x16, true) => {
                by_constant!(self, psraw vpsraw, XMM15, a, 8);
                by_constant!(self, psllw vpsllw, to, a, 8);
                by_constant!(self, psraw vpsraw, to, to, 8);
                one!(self, paddw, to, XMM15);
            }
            (Lanes::I8x16, false) => {
                by_constant!(self, psrlw vpsrlw, XMM15, a, 8);
                self.copy(to, a);
                with_constant!(self, pand, to, repeated(Lanes::I16x8, 0xff));
                one!(self, paddw, to, XMM15);
            }
            (_, true) => {
                self.copy(to, a);
                with_constant!(self, pmaddwd, to, ones);
            }
            (_, false) => {
                by_constant!(self, psrld vpsrld, XMM15, a, 16);
                self.copy(to, a);
                with_constant!(self, pand, to, repeated(Lanes::I32x4, 0xffff));
                one!(self, paddd, to, XMM15);
            }
        }
    }

    /// Products of the even lanes and of the odd ones.
    pub(super) fn mul_32(&mut self, to: Reg, a: Reg, b: Reg) {
        by_constant!(self, psrlq vpsrlq, XMM15, a, 32);
        by_constant!(self, psrlq vpsrlq, XMM14, b, 32);
        one!(self, pmuludq, XMM15, XMM14);
        commuting!(self, pmuludq vpmuludq, to, a, b);
        self.pick_words(XMM15, XMM15, 0b00_00_10_00);
        self.pick_words(to, to, 0b00_00_10_00);
        one!(self, punpckldq, to, XMM15);
    }

    /// From products of halves.
    pub(super) fn mul_64(&mut self, to: Reg, a: Reg, b: Reg) {
        by_constant!(self, psrlq vpsrlq, XMM15, a, 32);
        one!(self, pmuludq, XMM15, b);
        by_constant!(self, psrlq vpsrlq, XMM14, b, 32);
        one!(self, pmuludq, XMM14, a);
        one!(self, paddq, XMM15, XMM14);
        by_constant!(self, psllq vpsllq, XMM15, XMM15, 32);
        commuting!(self, pmuludq vpmuludq, to, a, b);
        one!(self, paddq, to, XMM15);
    }

    pub(super) fn mul_wide(&mut self, widen: Widen, to: Reg, a: Reg, b: Reg) {
        let Widen { from, high, signed } = widen;
        match from {
            Lanes::I8x16 => {
                self.extend_lanes(widen, XMM14, a, XMM15);
                // When a temporary is needed, `b` is already where it goes.
                self.extend_lanes(widen, XMM15, b, to);
                packed!(self, pmullw vpmullw, to, XMM14, XMM15);
            }
            Lanes::I16x8 => {
                packed!(self, pmullw vpmullw, XMM15, a, b);
                match signed {
                    true => packed!(self, pmulhw vpmulhw, XMM14, a, b),
                    false => packed!(self, pmulhuw vpmulhuw, XMM14, a, b),
                }
                self.interleave(from, high, to, XMM15, XMM14);
            }
            _ => {
                let lanes = if high { 0b11_11_10_10 } else { 0b01_01_00_00 };
                self.pick_words(XMM15, a, lanes);
                self.pick_words(XMM14, b, lanes);
                match signed {
                    true if self.has(CpuFeature::SSE41) => {
                        packed!(self, pmuldq vpmuldq, to, XMM15, XMM14);
                    }
                    true => self.mul_signed(to),
                    false => packed!(self, pmuludq vpmuludq, to, XMM15, XMM14),
                }
            }
        }
    }

    /// The signed products of the lower halves of the lanes of xmm15 and xmm14, both of which are changed.
    ///
    /// With 2³¹ added to both, they have no sign: (a + 2³¹)(b + 2³¹) is ab + 2³¹((a + 2³¹) + (b + 2³¹)) - 2⁶².
    fn mul_signed(&mut self, to: Reg) {
        for reg in [XMM15, XMM14] {
            with_constant!(self, pxor, reg, sign(Lanes::I32x4));
            by_constant!(self, psrlq vpsrlq, reg, reg, 32);
        }
        packed!(self, paddq vpaddq, to, XMM15, XMM14);
        by_constant!(self, psllq vpsllq, to, to, 31);
        one!(self, pmuludq, XMM15, XMM14);
        one!(self, psubq, XMM15, to);
        with_constant!(self, paddq, XMM15, repeated(Lanes::I64x2, 1 << 62));
        self.copy(to, XMM15);
    }

    pub(super) fn mul_q15(&mut self, to: Reg, a: Reg, b: Reg) {
        if self.has(CpuFeature::SSSE3) {
            commuting!(self, pmulhrsw vpmulhrsw, to, a, b);
            // Only the square of the most negative number is too large.
            self.vector_constant(XMM15, sign(Lanes::I16x8));
            one!(self, pcmpeqw, XMM15, to);
            one!(self, pxor, to, XMM15);
            return;
        }
        packed!(self, pmullw vpmullw, XMM15, a, b);
        packed!(self, pmulhw vpmulhw, XMM14, a, b);
        packed!(self, punpcklwd vpunpcklwd, to, XMM15, XMM14);
        one!(self, punpckhwd, XMM15, XMM14);
        for reg in [to, XMM15] {
            with_constant!(self, paddd, reg, repeated(Lanes::I32x4, 0x4000));
            by_constant!(self, psrad vpsrad, reg, reg, 15);
        }
        one!(self, packssdw, to, XMM15);
    }

    /// Products of the even bytes, which are signed, in xmm15. Changes xmm14.
    fn even_products(&mut self, a: Reg, b: Reg) {
        for (to, from) in [(XMM15, a), (XMM14, b)] {
            by_constant!(self, psllw vpsllw, to, from, 8);
            by_constant!(self, psraw vpsraw, to, to, 8);
        }
        one!(self, pmullw, XMM15, XMM14);
    }

    /// Products of the odd bytes, which are signed. Changes xmm14.
    fn odd_products(&mut self, to: Reg, a: Reg, b: Reg) {
        by_constant!(self, psraw vpsraw, XMM14, b, 8);
        by_constant!(self, psraw vpsraw, to, a, 8);
        one!(self, pmullw, to, XMM14);
    }

    pub(super) fn dot_bytes(&mut self, to: Reg, a: Reg, b: Reg) {
        self.even_products(a, b);
        self.odd_products(to, a, b);
        one!(self, paddw, to, XMM15);
    }

    pub(super) fn dot_bytes_add(&mut self, relaxed: bool, to: Reg, [a, b, c]: [Reg; 3]) {
        let ones = repeated(Lanes::I16x8, 1);
        if relaxed && self.has(CpuFeature::SSSE3) {
            packed!(self, pmaddubsw vpmaddubsw, XMM15, b, a);
            with_constant!(self, pmaddwd, XMM15, ones);
            return commuting!(self, paddd vpaddd, to, c, XMM15);
        }
        self.even_products(a, b);
        with_constant!(self, pmaddwd, XMM15, ones);
        one!(self, paddd, XMM15, c);
        self.odd_products(to, a, b);
        with_constant!(self, pmaddwd, to, ones);
        one!(self, paddd, to, XMM15);
    }

    /// Signed i32 to u16: what is negative becomes 0; the rest is made signed, and back.
    pub(super) fn narrow_to_unsigned(&mut self, to: Reg, a: Reg, b: Reg) {
        for (temporary, from) in [(XMM15, a), (XMM14, b)] {
            by_constant!(self, psrad vpsrad, temporary, from, 31);
            one!(self, pandn, temporary, from);
            with_constant!(self, psubd, temporary, repeated(Lanes::I32x4, 0x8000));
        }
        packed!(self, packssdw vpackssdw, to, XMM15, XMM14);
        with_constant!(self, pxor, to, sign(Lanes::I16x8));
    }

    /// Whether there is an instruction for the smaller and larger ones.
    fn has_extremum(&self, lanes: Lanes, signed: bool) -> bool {
        match (lanes, signed) {
            (Lanes::I8x16, false) | (Lanes::I16x8, true) => true,
            (Lanes::I64x2, _) => false,
            _ => self.has(CpuFeature::SSE41),
        }
    }

    pub(super) fn lane_extremum(
        &mut self,
        which: Extremum,
        lanes: Lanes,
        signed: bool,
        to: Reg,
        a: Reg,
        b: Reg,
    ) {
        if !self.has_extremum(lanes, signed) {
            return self.extremum_by_parts(which, lanes, signed, to, a, b);
        }
        match (which, lanes, signed) {
            (Extremum::Min, Lanes::I8x16, true) => commuting!(self, pminsb vpminsb, to, a, b),
            (Extremum::Min, Lanes::I8x16, false) => commuting!(self, pminub vpminub, to, a, b),
            (Extremum::Min, Lanes::I16x8, true) => commuting!(self, pminsw vpminsw, to, a, b),
            (Extremum::Min, Lanes::I16x8, false) => commuting!(self, pminuw vpminuw, to, a, b),
            (Extremum::Min, _, true) => commuting!(self, pminsd vpminsd, to, a, b),
            (Extremum::Min, _, false) => commuting!(self, pminud vpminud, to, a, b),
            (Extremum::Max, Lanes::I8x16, true) => commuting!(self, pmaxsb vpmaxsb, to, a, b),
            (Extremum::Max, Lanes::I8x16, false) => commuting!(self, pmaxub vpmaxub, to, a, b),
            (Extremum::Max, Lanes::I16x8, true) => commuting!(self, pmaxsw vpmaxsw, to, a, b),
            (Extremum::Max, Lanes::I16x8, false) => commuting!(self, pmaxuw vpmaxuw, to, a, b),
            (Extremum::Max, _, true) => commuting!(self, pmaxsd vpmaxsd, to, a, b),
            (Extremum::Max, _, false) => commuting!(self, pmaxud vpmaxud, to, a, b),
        }
    }

    fn extremum_by_parts(
        &mut self,
        which: Extremum,
        lanes: Lanes,
        signed: bool,
        to: Reg,
        a: Reg,
        b: Reg,
    ) {
        if lanes == Lanes::I32x4 {
            let condition = match signed {
                true => IntCondition::GreaterSigned,
                false => IntCondition::GreaterUnsigned,
            };
            self.compare_lanes(condition, lanes, XMM15, a, b);
            // Where `a` is greater, the smaller one is `b`.
            let (then, or) = match which {
                Extremum::Min => (b, a),
                Extremum::Max => (a, b),
            };
            packed!(self, pand vpand, XMM14, XMM15, then);
            one!(self, pandn, XMM15, or);
            return packed!(self, por vpor, to, XMM14, XMM15);
        }
        // With the highest bits turned round, the instruction for the other sign does it.
        for (temporary, from) in [(XMM15, a), (XMM14, b)] {
            self.copy(temporary, from);
            with_constant!(self, pxor, temporary, sign(lanes));
        }
        self.lane_extremum(which, lanes, !signed, to, XMM15, XMM14);
        with_constant!(self, pxor, to, sign(lanes));
    }

    /// All bits of lanes that are equal. Does not use xmm15 unless it is `to`.
    pub(super) fn equal_lanes(&mut self, lanes: Lanes, to: Reg, a: Reg, b: Reg) {
        match lanes {
            Lanes::I8x16 => commuting!(self, pcmpeqb vpcmpeqb, to, a, b),
            Lanes::I16x8 => commuting!(self, pcmpeqw vpcmpeqw, to, a, b),
            Lanes::I32x4 => commuting!(self, pcmpeqd vpcmpeqd, to, a, b),
            Lanes::I64x2 if self.has(CpuFeature::SSE41) => {
                commuting!(self, pcmpeqq vpcmpeqq, to, a, b);
            }
            Lanes::I64x2 => {
                commuting!(self, pcmpeqd vpcmpeqd, to, a, b);
                self.pick_words(XMM14, to, 0b10_11_00_01);
                one!(self, pand, to, XMM14);
            }
        }
    }

    /// All bits of lanes of `a` that are greater as signed numbers.
    fn greater_lanes(&mut self, lanes: Lanes, to: Reg, a: Reg, b: Reg) {
        match lanes {
            Lanes::I8x16 => packed!(self, pcmpgtb vpcmpgtb, to, a, b),
            Lanes::I16x8 => packed!(self, pcmpgtw vpcmpgtw, to, a, b),
            Lanes::I32x4 => packed!(self, pcmpgtd vpcmpgtd, to, a, b),
            Lanes::I64x2 if self.has(CpuFeature::SSE42) => {
                packed!(self, pcmpgtq vpcmpgtq, to, a, b);
            }
            Lanes::I64x2 => {
                // The upper halves decide, or, when they are equal, the sign of the difference.
                packed!(self, psubq vpsubq, XMM14, b, a);
                packed!(self, pcmpeqd vpcmpeqd, XMM15, a, b);
                one!(self, pand, XMM14, XMM15);
                packed!(self, pcmpgtd vpcmpgtd, XMM15, a, b);
                one!(self, por, XMM14, XMM15);
                self.pick_words(to, XMM14, 0b11_11_01_01);
            }
        }
    }

    fn invert(&mut self, to: Reg) {
        self.ones(XMM15);
        one!(self, pxor, to, XMM15);
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
            Equal => self.equal_lanes(lanes, to, a, b),
            NotEqual => {
                self.equal_lanes(lanes, to, a, b);
                self.invert(to);
            }
            LessSigned | LessUnsigned | LessEqualSigned | LessEqualUnsigned => {
                self.compare_lanes(condition.swapped(), lanes, to, b, a);
            }
            GreaterSigned => self.greater_lanes(lanes, to, a, b),
            GreaterUnsigned if !self.has_extremum(lanes, false) => {
                for (temporary, from) in [(XMM15, a), (XMM14, b)] {
                    self.copy(temporary, from);
                    with_constant!(self, pxor, temporary, sign(lanes));
                }
                self.greater_lanes(lanes, XMM15, XMM15, XMM14);
                self.copy(to, XMM15);
            }
            GreaterEqualSigned | GreaterEqualUnsigned
                if self.has_extremum(lanes, condition == GreaterEqualSigned) =>
            {
                // That the larger one is `a`.
                let signed = condition == GreaterEqualSigned;
                self.lane_extremum(Extremum::Max, lanes, signed, XMM15, a, b);
                self.equal_lanes(lanes, to, a, XMM15);
            }
            GreaterUnsigned | GreaterEqualSigned | GreaterEqualUnsigned => {
                self.compare_lanes(condition.negated(), lanes, to, a, b);
                self.invert(to);
            }
        }
    }

    pub(super) fn shift_lanes_by_constant(
        &mut self,
        op: Shift,
        lanes: Lanes,
        to: Reg,
        a: Reg,
        amount: u8,
    ) {
        let by = amount as i8;
        match (op, lanes) {
            (Shift::Shl, Lanes::I8x16) => {
                by_constant!(self, psllw vpsllw, to, a, by);
                with_constant!(self, pand, to, repeated(lanes, 0xff << amount & 0xff));
            }
            (Shift::Shl, Lanes::I16x8) => by_constant!(self, psllw vpsllw, to, a, by),
            (Shift::Shl, Lanes::I32x4) => by_constant!(self, pslld vpslld, to, a, by),
            (Shift::Shl, Lanes::I64x2) => by_constant!(self, psllq vpsllq, to, a, by),
            (Shift::ShrS, Lanes::I16x8) => by_constant!(self, psraw vpsraw, to, a, by),
            (Shift::ShrS, Lanes::I32x4) => by_constant!(self, psrad vpsrad, to, a, by),
            (Shift::ShrS, Lanes::I8x16 | Lanes::I64x2) => {
                // (x ^ s) - s extends the sign that has become the bit s.
                self.shift_lanes_by_constant(Shift::ShrU, lanes, to, a, amount);
                self.vector_constant(XMM15, repeated(lanes, 1 << (lanes.bits() - 1 - amount)));
                one!(self, pxor, to, XMM15);
                self.vector_binary(VectorBinary::Sub(lanes), to, to, XMM15);
            }
            (_, Lanes::I8x16) => {
                by_constant!(self, psrlw vpsrlw, to, a, by);
                with_constant!(self, pand, to, repeated(lanes, 0xff >> amount));
            }
            (_, Lanes::I16x8) => by_constant!(self, psrlw vpsrlw, to, a, by),
            (_, Lanes::I32x4) => by_constant!(self, psrld vpsrld, to, a, by),
            (_, Lanes::I64x2) => by_constant!(self, psrlq vpsrlq, to, a, by),
        }
    }

    pub(super) fn shift_lanes(&mut self, op: Shift, lanes: Lanes, to: Reg, a: Reg, amount: Reg) {
        let amount = amount.code();
        let mask = lanes.bits() as i8 - 1;
        asm!(self; mov r11d, Rd(amount));
        plain!(self; and r11d, BYTE mask);
        if lanes == Lanes::I8x16 {
            return self.shift_bytes(op, to, a);
        }
        plain!(self; movd xmm15, r11d);
        match (op, lanes) {
            (Shift::Shl, Lanes::I32x4) => packed!(self, pslld vpslld, to, a, XMM15),
            (Shift::Shl, Lanes::I64x2) => packed!(self, psllq vpsllq, to, a, XMM15),
            (Shift::Shl, _) => packed!(self, psllw vpsllw, to, a, XMM15),
            (Shift::ShrS, Lanes::I32x4) => packed!(self, psrad vpsrad, to, a, XMM15),
            (Shift::ShrS, Lanes::I64x2) => {
                self.vector_constant(XMM14, sign(lanes));
                plain!(self; psrlq xmm14, xmm15);
                packed!(self, psrlq vpsrlq, to, a, XMM15);
                one!(self, pxor, to, XMM14);
                one!(self, psubq, to, XMM14);
            }
            (Shift::ShrS, _) => packed!(self, psraw vpsraw, to, a, XMM15),
            (_, Lanes::I32x4) => packed!(self, psrld vpsrld, to, a, XMM15),
            (_, Lanes::I64x2) => packed!(self, psrlq vpsrlq, to, a, XMM15),
            (_, _) => packed!(self, psrlw vpsrlw, to, a, XMM15),
        }
    }

    /// Shifts bytes by r11, by shifts of 16 bits.
    fn shift_bytes(&mut self, op: Shift, to: Reg, a: Reg) {
        plain!(self; add r11d, BYTE 8; movd xmm15, r11d);
        if op == Shift::ShrS {
            // Each byte in the upper half of 16 bits.
            packed!(self, punpckhbw vpunpckhbw, XMM14, a, a);
            packed!(self, punpcklbw vpunpcklbw, to, a, a);
            plain!(self; psraw xmm14, xmm15);
            one!(self, psraw, to, XMM15);
            return one!(self, packsswb, to, XMM14);
        }
        // The bits of a byte that are left of it, or that come from it, and not from its neighbour.
        self.ones(XMM14);
        plain!(self
            ; psrlw xmm14, xmm15
            ; packuswb xmm14, xmm14
            ; sub r11d, BYTE 8
            ; movd xmm15, r11d
        );
        match op {
            Shift::Shl => {
                commuting!(self, pand vpand, to, a, XMM14);
                one!(self, psllw, to, XMM15);
            }
            _ => {
                packed!(self, psrlw vpsrlw, to, a, XMM15);
                one!(self, pand, to, XMM14);
            }
        }
    }
}
