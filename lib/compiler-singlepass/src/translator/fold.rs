//! Operators on constants, worked out while code is generated.

use super::Translator;
use crate::masm::{Division, IntBinary, IntCondition, IntUnary, Masm, Shift, Size};

/// An integer of `size` bits as a signed number.
const fn signed(size: Size, value: u64) -> i64 {
    match size {
        Size::S32 => value as i32 as i64,
        Size::S64 => value as i64,
    }
}

pub(super) const fn int_binary(op: IntBinary, size: Size, a: u64, b: u64) -> u64 {
    let all = match op {
        IntBinary::Add => a.wrapping_add(b),
        IntBinary::Sub => a.wrapping_sub(b),
        IntBinary::Mul => a.wrapping_mul(b),
        IntBinary::And => a & b,
        IntBinary::Or => a | b,
        IntBinary::Xor => a ^ b,
    };
    all & size.mask()
}

pub(super) const fn shift(op: Shift, size: Size, a: u64, amount: u64) -> u64 {
    let amount = amount as u32 % size.bits();
    let all = match (op, size) {
        (Shift::Shl, _) => a << amount,
        (Shift::ShrS, _) => (signed(size, a) >> amount) as u64,
        (Shift::ShrU, _) => a >> amount,
        (Shift::Rotl, Size::S32) => (a as u32).rotate_left(amount) as u64,
        (Shift::Rotl, Size::S64) => a.rotate_left(amount),
        (Shift::Rotr, Size::S32) => (a as u32).rotate_right(amount) as u64,
        (Shift::Rotr, Size::S64) => a.rotate_right(amount),
    };
    all & size.mask()
}

/// `None` when it traps.
pub(super) fn division(op: Division, size: Size, a: u64, b: u64) -> Option<u64> {
    let all = match (op.signed, op.remainder) {
        (false, false) => a.checked_div(b)?,
        (false, true) => a.checked_rem(b)?,
        (true, false) => {
            let quotient = signed(size, a).checked_div(signed(size, b))?;
            // -2³¹ / -1 fits in 64 bits and not in 32.
            if signed(size, quotient as u64) != quotient {
                return None;
            }
            quotient as u64
        }
        (true, true) if b == 0 => return None,
        (true, true) => signed(size, a).wrapping_rem(signed(size, b)) as u64,
    };
    Some(all & size.mask())
}

pub(super) const fn int_unary(op: IntUnary, size: Size, a: u64) -> u64 {
    match op {
        IntUnary::Clz => (a.leading_zeros() - (64 - size.bits())) as u64,
        IntUnary::Ctz => {
            let zeros = a.trailing_zeros();
            (if zeros > size.bits() { size.bits() } else { zeros }) as u64
        }
        IntUnary::Popcnt => a.count_ones() as u64,
        IntUnary::Extend(bits) => {
            let unused = 64 - bits as u32;
            ((a << unused) as i64 >> unused) as u64 & size.mask()
        }
    }
}

pub(super) const fn compare(condition: IntCondition, size: Size, a: u64, b: u64) -> bool {
    let (x, y) = (signed(size, a), signed(size, b));
    match condition {
        IntCondition::Equal => a == b,
        IntCondition::NotEqual => a != b,
        IntCondition::LessSigned => x < y,
        IntCondition::LessUnsigned => a < b,
        IntCondition::GreaterSigned => x > y,
        IntCondition::GreaterUnsigned => a > b,
        IntCondition::LessEqualSigned => x <= y,
        IntCondition::LessEqualUnsigned => a <= b,
        IntCondition::GreaterEqualSigned => x >= y,
        IntCondition::GreaterEqualUnsigned => a >= b,
    }
}

/// What an operator with a constant comes to, if that is simpler.
pub(super) enum Simpler {
    /// The first operand.
    Same,
    /// A constant.
    Constant(u64),
    /// A shift of the first operand.
    Shift(Shift, u64),
    /// An `and` of the first operand with a constant.
    And(u64),
}

/// `a op b` for a constant `b`.
pub(super) const fn simpler_binary(op: IntBinary, size: Size, b: u64) -> Option<Simpler> {
    Some(match (op, b) {
        (IntBinary::Add | IntBinary::Sub | IntBinary::Or | IntBinary::Xor, 0) => Simpler::Same,
        (IntBinary::Mul, 1) => Simpler::Same,
        (IntBinary::Mul | IntBinary::And, 0) => Simpler::Constant(0),
        (IntBinary::And, all) if all == size.mask() => Simpler::Same,
        (IntBinary::Mul, power) if power.is_power_of_two() => {
            Simpler::Shift(Shift::Shl, power.trailing_zeros() as u64)
        }
        _ => return None,
    })
}

/// `a / b` and `a % b` for a constant `b`.
pub(super) const fn simpler_division(op: Division, b: u64) -> Option<Simpler> {
    Some(match (op.signed, op.remainder, b) {
        (_, false, 1) => Simpler::Same,
        (_, true, 1) => Simpler::Constant(0),
        (false, false, power) if power.is_power_of_two() => {
            Simpler::Shift(Shift::ShrU, power.trailing_zeros() as u64)
        }
        (false, true, power) if power.is_power_of_two() => Simpler::And(power - 1),
        _ => return None,
    })
}

impl<M: Masm> Translator<'_, '_, M> {
    /// The topmost operands as constants, the deeper one first, if both are.
    pub(super) fn constants(&self) -> Option<(u64, u64)> {
        match &self.buffers.operands[..] {
            [.., a, b] => a.constant().zip(b.constant()),
            _ => None,
        }
    }

    /// The topmost operand as a constant, if it is one.
    pub(super) fn constant(&self) -> Option<u64> {
        self.buffers.operands.last()?.constant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_that_trap_are_not_folded() {
        let signed = Division { signed: true, remainder: false };
        let min = 1 << 31;
        assert_eq!(division(signed, Size::S32, min, Size::S32.mask()), None);
        assert_eq!(division(signed, Size::S64, min, Size::S64.mask()), Some(min.wrapping_neg()));
        assert_eq!(division(signed, Size::S64, 1 << 63, u64::MAX), None);
        assert_eq!(division(signed, Size::S32, 7, 0), None);
        let remainder = Division { signed: true, remainder: true };
        assert_eq!(division(remainder, Size::S32, min, Size::S32.mask()), Some(0));
        assert_eq!(division(remainder, Size::S64, 1 << 63, u64::MAX), Some(0));
        assert_eq!(division(remainder, Size::S32, 0xffff_fff9, 4), Some(0xffff_fffd));
        assert_eq!(division(remainder, Size::S32, 1, 0), None);
    }

    #[test]
    fn results_have_the_width_of_the_operands() {
        let mask = Size::S32.mask();
        assert_eq!(int_binary(IntBinary::Add, Size::S32, mask, 2), 1);
        assert_eq!(int_binary(IntBinary::Sub, Size::S32, 0, 1), mask);
        assert_eq!(shift(Shift::ShrS, Size::S32, 1 << 31, 63), mask);
        assert_eq!(shift(Shift::Rotl, Size::S32, 1 << 31, 33), 1);
        assert_eq!(int_unary(IntUnary::Clz, Size::S32, 0), 32);
        assert_eq!(int_unary(IntUnary::Ctz, Size::S32, 0), 32);
        assert_eq!(int_unary(IntUnary::Ctz, Size::S64, 0), 64);
        assert_eq!(int_unary(IntUnary::Extend(8), Size::S32, 0x80), 0xffff_ff80);
        assert!(compare(IntCondition::LessSigned, Size::S32, mask, 0));
        assert!(!compare(IntCondition::LessSigned, Size::S64, mask, 0));
    }
}
