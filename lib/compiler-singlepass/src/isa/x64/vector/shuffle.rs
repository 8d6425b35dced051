//! Bytes that are picked from vectors.

use super::*;

/// What a pattern of bytes can be made by, if all come from one vector or two.
enum Pattern {
    /// 32-bit lanes of the first vector, by two bits each.
    Words(u8),
    /// 16-bit lanes of the lower (or upper) half of the first vector, by two bits each; the other half is kept.
    Halves { high: bool, lanes: u8 },
    /// Two 32-bit lanes of the first vector, then two of the second, by two bits each.
    WordsOfBoth(u8),
    /// Lanes of the first and of the second in turn.
    Interleaved { lanes: Lanes, high: bool },
    /// Bytes of the first one from this one on, then bytes of the second.
    Joined(u8),
    /// 16-bit lanes, of the second vector where a bit is set.
    Blend(u8),
}

impl Pattern {
    /// The pattern of `bytes`, where those of the second vector are numbered from `second` on: 16, or 0 when it is the
    /// first one too.
    fn find(bytes: [u8; 16], second: u8, has: impl Fn(CpuFeature) -> bool) -> Option<Self> {
        let is = |expected: &dyn Fn(u8) -> u8| (0..16).all(|at| bytes[at as usize] == expected(at));
        for lanes in [Lanes::I8x16, Lanes::I16x8, Lanes::I32x4, Lanes::I64x2] {
            let width = lanes.bytes();
            for high in [false, true] {
                let of_both = |at: u8| {
                    let lane = at / width / 2 * width + at % width;
                    let from = if (at / width).is_multiple_of(2) { 0 } else { second };
                    from + lane + if high { 8 } else { 0 }
                };
                if is(&of_both) {
                    return Some(Self::Interleaved { lanes, high });
                }
            }
        }
        if let Some([a, b, c, d]) = lanes_of::<4>(bytes) {
            let select = a & 3 | (b & 3) << 2 | (c & 3) << 4 | (d & 3) << 6;
            if second == 0 {
                return Some(Self::Words(select));
            }
            if a < 4 && b < 4 && c >= 4 && d >= 4 {
                return Some(Self::WordsOfBoth(select));
            }
        }
        if let Some(words) = lanes_of::<8>(bytes) {
            let kept = |at: usize| words[at] as usize == at;
            let select =
                |four: &[u8]| four.iter().rev().fold(0, |select, word| select << 2 | word & 3);
            let (low, high) = words.split_at(4);
            if second == 0 && (4..8).all(kept) && low.iter().all(|word| *word < 4) {
                return Some(Self::Halves { high: false, lanes: select(low) });
            }
            if second == 0 && (0..4).all(kept) && high.iter().all(|word| *word >= 4) {
                return Some(Self::Halves { high: true, lanes: select(high) });
            }
            if has(CpuFeature::SSE41) && (0..8).all(|at| words[at] % 8 == at as u8) {
                let of_second = |mask, at: usize| mask | (words[at] >> 3) << at;
                return Some(Self::Blend((0..8).fold(0, of_second)));
            }
        }
        let first = bytes[0];
        let modulus = if second == 0 { 16 } else { 32 };
        if has(CpuFeature::SSSE3) && first < 16 && is(&|at| (first + at) % modulus) {
            return Some(Self::Joined(first));
        }
        None
    }
}

/// The bytes as `COUNT` wider lanes, if they are whole ones.
fn lanes_of<const COUNT: usize>(bytes: [u8; 16]) -> Option<[u8; COUNT]> {
    let width = 16 / COUNT as u8;
    let is_whole = (0..16).all(|at| {
        let start = bytes[at / width as usize * width as usize];
        start.is_multiple_of(width) && bytes[at] == start + at as u8 % width
    });
    is_whole.then(|| std::array::from_fn(|lane| bytes[lane * width as usize] / width))
}

impl X64Masm {
    /// By one instruction, if there is one for the pattern.
    pub(super) fn shuffle_at_once(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg) -> bool {
        let second = if a == b { 0 } else { 16 };
        let features = self.features;
        let has = |feature| features.contains(feature);
        if let Some(pattern) = Pattern::find(bytes, second, has) {
            self.shuffle_by(pattern, to, a, b);
            return true;
        }
        // The same with the vectors exchanged.
        let exchanged = bytes.map(|byte| byte ^ second);
        if let Some(pattern) = Pattern::find(exchanged, second, has) {
            self.shuffle_by(pattern, to, b, a);
            return true;
        }
        false
    }

    /// The bytes of each vector, with zeros where the other one's are.
    pub(super) fn shuffle_by_tables(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg) {
        if a == b {
            self.copy(to, a);
            with_constant!(self, pshufb, to, bytes);
            return;
        }
        /// An index for which the byte is zero.
        const NONE: u8 = 0x80;
        self.copy(XMM15, a);
        with_constant!(self, pshufb, XMM15, bytes.map(|byte| if byte < 16 { byte } else { NONE }));
        self.copy(to, b);
        with_constant!(
            self,
            pshufb,
            to,
            bytes.map(|byte| if byte < 16 { NONE } else { byte - 16 })
        );
        one!(self, por, to, XMM15);
    }

    fn shuffle_by(&mut self, pattern: Pattern, to: Reg, a: Reg, b: Reg) {
        let code = to.code();
        match pattern {
            Pattern::Words(lanes) => self.pick_words(to, a, lanes),
            Pattern::Halves { high, lanes } => {
                let (a, lanes) = (a.code(), lanes as i8);
                match high {
                    false => asm!(self; pshuflw Rx(code), Rx(a), lanes),
                    true => asm!(self; pshufhw Rx(code), Rx(a), lanes),
                }
            }
            Pattern::WordsOfBoth(lanes) => {
                let (b, lanes) = (self.first_to(to, a, b).code(), lanes as i8);
                asm!(self; shufps Rx(code), Rx(b), lanes);
            }
            Pattern::Interleaved { lanes, high } => self.interleave(lanes, high, to, a, b),
            Pattern::Joined(first) => {
                let (a, first) = (self.first_to(to, b, a).code(), first as i8);
                asm!(self; palignr Rx(code), Rx(a), first);
            }
            Pattern::Blend(mask) => {
                let (b, mask) = (self.first_to(to, a, b).code(), mask as i8);
                asm!(self; pblendw Rx(code), Rx(b), mask);
            }
        }
    }

    /// Byte by byte: the even ones as 16-bit lanes, and the odd ones.
    pub(super) fn shuffle_bytes(&mut self, bytes: [u8; 16], to: Reg, a: Reg, b: Reg) {
        for (at, byte) in (0..).zip(bytes) {
            let from = if byte < 16 { a } else { b };
            self.extract_lane(Lanes::I8x16, byte % 16, false, R11, from);
            let half = if at % 2 == 0 { XMM15 } else { XMM14 }.code();
            asm!(self; pinsrw Rx(half), r11d, at / 2);
        }
        by_constant!(self, psllw vpsllw, XMM14, XMM14, 8);
        packed!(self, por vpor, to, XMM15, XMM14);
    }

    /// Indices from 16 on get their highest bit set, for which the instruction gives zero.
    pub(super) fn swizzle(&mut self, to: Reg, a: Reg, b: Reg) {
        self.copy(XMM14, b);
        with_constant!(self, paddusb, XMM14, repeated(Lanes::I8x16, 0x70));
        packed!(self, pshufb vpshufb, to, a, XMM14);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(bytes: [u8; 16], second: u8) -> Option<Pattern> {
        Pattern::find(bytes, second, |_| true)
    }

    #[test]
    fn patterns() {
        let from = |first: u8, modulus: u8| std::array::from_fn(|at| (first + at as u8) % modulus);
        assert!(matches!(find(from(5, 32), 16), Some(Pattern::Joined(5))));
        assert!(matches!(find(from(5, 16), 0), Some(Pattern::Joined(5))));
        assert!(matches!(find(from(4, 16), 0), Some(Pattern::Words(0b00_11_10_01))));
        assert!(find(from(20, 32), 16).is_none(), "the vectors are exchanged first");
        let interleaved =
            std::array::from_fn(|at| 8 + at as u8 / 2 + if at % 2 == 0 { 0 } else { 16 });
        let pattern = find(interleaved, 16);
        let high = Pattern::Interleaved { lanes: Lanes::I8x16, high: true };
        assert_eq!(
            pattern.as_ref().map(std::mem::discriminant),
            Some(std::mem::discriminant(&high))
        );
        assert!(matches!(pattern, Some(Pattern::Interleaved { lanes: Lanes::I8x16, high: true })));
        let blend = std::array::from_fn(|at| at as u8 + if (4..6).contains(&at) { 16 } else { 0 });
        assert!(matches!(find(blend, 16), Some(Pattern::Blend(0b0000_0100))));
        let mut halves = from(0, 32);
        halves[0..2].copy_from_slice(&[6, 7]);
        assert!(matches!(
            find(halves, 0),
            Some(Pattern::Halves { high: false, lanes: 0b11_10_01_11 })
        ));
        let mut bytes = from(0, 32);
        bytes[3] = 9;
        assert!(find(bytes, 0).is_none());
    }
}
