//! How instructions are written for AArch64.
//!
//! Most are dynasm's. It cannot choose the form of an instruction at run time, though, and where that is what matters
//! (accesses to memory, sums with a constant, conditions) the fields are put together here.

use super::A64Masm;
use crate::masm::{Condition, FloatCondition, IntCondition, Load, Size, Ty};
use crate::registers::{Class, Reg};

/// Emits instructions.
macro_rules! asm {
    ($self:ident; $($instruction:tt)*) => {
        dynasmrt::dynasm!($self.buffer ; .arch aarch64 ; $($instruction)*)
    };
}
pub(super) use asm;

/// Emits an instruction on general registers of the width `$size`, with what follows them.
macro_rules! int {
    ($self:ident, $op:ident, $size:expr, [$($reg:expr),+] $(, $rest:expr)*) => {
        match $size {
            $crate::masm::Size::S32 => {
                $crate::isa::aarch64::asm::asm!($self; $op $(W($reg.code())),+ $(, $rest)*)
            }
            $crate::masm::Size::S64 => {
                $crate::isa::aarch64::asm::asm!($self; $op $(X($reg.code())),+ $(, $rest)*)
            }
        }
    };
}
pub(super) use int;

/// Emits an instruction on floats of the width `$size`.
macro_rules! float {
    ($self:ident, $op:ident, $size:expr, [$($reg:expr),+] $(, $rest:expr)*) => {
        match $size {
            $crate::masm::Size::S32 => {
                $crate::isa::aarch64::asm::asm!($self; $op $(S($reg.code())),+ $(, $rest)*)
            }
            $crate::masm::Size::S64 => {
                $crate::isa::aarch64::asm::asm!($self; $op $(D($reg.code())),+ $(, $rest)*)
            }
        }
    };
}
pub(super) use float;

/// A condition as the machine encodes it (Arm ARM, C1.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag(u32);

impl Flag {
    pub(super) const EQUAL: Self = Self(0);
    pub(super) const NOT_EQUAL: Self = Self(1);
    pub(super) const NOT_BELOW: Self = Self(2);
    pub(super) const BELOW: Self = Self(3);
    pub(super) const NEGATIVE: Self = Self(4);
    pub(super) const OVERFLOW: Self = Self(6);
    pub(super) const NO_OVERFLOW: Self = Self(7);
    pub(super) const ABOVE: Self = Self(8);
    pub(super) const NOT_ABOVE: Self = Self(9);
    pub(super) const GREATER_OR_EQUAL: Self = Self(10);
    pub(super) const LESS: Self = Self(11);
    pub(super) const GREATER: Self = Self(12);
    pub(super) const LESS_OR_EQUAL: Self = Self(13);

    /// The condition that holds when this does not.
    pub(super) const fn negated(self) -> Self {
        Self(self.0 ^ 1)
    }

    /// Behind a comparison of floats, C and V are set when one is a NaN.
    pub(super) const fn of(condition: Condition) -> Self {
        match condition {
            Condition::Int(condition) => match condition {
                IntCondition::Equal => Self::EQUAL,
                IntCondition::NotEqual => Self::NOT_EQUAL,
                IntCondition::LessSigned => Self::LESS,
                IntCondition::LessUnsigned => Self::BELOW,
                IntCondition::GreaterSigned => Self::GREATER,
                IntCondition::GreaterUnsigned => Self::ABOVE,
                IntCondition::LessEqualSigned => Self::LESS_OR_EQUAL,
                IntCondition::LessEqualUnsigned => Self::NOT_ABOVE,
                IntCondition::GreaterEqualSigned => Self::GREATER_OR_EQUAL,
                IntCondition::GreaterEqualUnsigned => Self::NOT_BELOW,
            },
            Condition::Float(condition, holds) => {
                let flag = match condition {
                    FloatCondition::Equal => Self::EQUAL,
                    FloatCondition::NotEqual => Self::NOT_EQUAL,
                    FloatCondition::Less => Self::NEGATIVE,
                    FloatCondition::Greater => Self::GREATER,
                    FloatCondition::LessEqual => Self::NOT_ABOVE,
                    FloatCondition::GreaterEqual => Self::GREATER_OR_EQUAL,
                };
                if holds { flag } else { flag.negated() }
            }
        }
    }

    /// The field of a conditional select.
    const fn field(self) -> u32 {
        self.0 << 12
    }

    /// `b.cond` without its distance.
    pub(super) const fn branch(self) -> u32 {
        0x5400_0000 | self.0
    }
}

const fn sf(size: Size) -> u32 {
    match size {
        Size::S32 => 0,
        Size::S64 => 1 << 31,
    }
}

const fn code(reg: Reg) -> u32 {
    reg.code() as u32
}

/// `cbz` or `cbnz` without its distance (Arm ARM, C4.1.93).
pub(super) const fn branch_if_zero(is_zero: bool, size: Size, reg: Reg) -> u32 {
    sf(size) | 0x3400_0000 | (!is_zero as u32) << 24 | code(reg)
}

/// The second operand of a sum or difference (Arm ARM, C4.1.92).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ArithmeticImmediate {
    /// The 12 bits and whether they are shifted by 12, in place.
    field: u32,
    /// Whether it is the negative of the number.
    negated: bool,
}

impl ArithmeticImmediate {
    pub(super) fn new(size: Size, value: u64) -> Option<Self> {
        let negative = value.wrapping_neg() & size.mask();
        [(value, false), (negative, true)].into_iter().find_map(|(value, negated)| {
            let field = Self::field(value)?;
            Some(Self { field, negated })
        })
    }

    const fn field(value: u64) -> Option<u32> {
        match value {
            0..0x1000 => Some(Self::low(value as u32).field),
            0..0x100_0000 if value & 0xfff == 0 => Some(Self::high(value as u32).field),
            _ => None,
        }
    }

    /// The lowest 12 bits of a number.
    pub(super) const fn low(value: u32) -> Self {
        Self { field: (value & 0xfff) << 10, negated: false }
    }

    /// The 12 bits above those.
    pub(super) const fn high(value: u32) -> Self {
        Self { field: 1 << 22 | (value >> 12 & 0xfff) << 10, negated: false }
    }
}

/// Whether a constant can be the second operand of a logical instruction.
pub(super) fn is_logical_immediate(size: Size, value: u64) -> bool {
    match (size, u32::try_from(value)) {
        (Size::S32, Ok(value)) => {
            dynasmrt::aarch64::encode_logical_immediate_32bit(value).is_some()
        }
        (Size::S32, Err(_)) => false,
        (Size::S64, _) => dynasmrt::aarch64::encode_logical_immediate_64bit(value).is_some(),
    }
}

/// An access to memory: what its forms have in common (Arm ARM, C4.1.94, "Load/store register").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// Width, kind of register, direction.
    kind: u32,
    bytes: u8,
}

/// Form with an index register, which is not shifted.
const INDEX: u32 = 0x0020_6800;
/// Form with an offset in units of the access.
const SCALED: u32 = 0x0100_0000;

impl Access {
    pub(super) const fn load(load: Load) -> Self {
        let Load { bytes, signed, ty } = load;
        match (ty, signed) {
            (Ty::F32 | Ty::F64 | Ty::V128, _) => Self::vector(bytes, 1),
            (_, false) => Self::general(bytes, 1),
            (Ty::I64, true) => Self::general(bytes, 2),
            (Ty::I32, true) => Self::general(bytes, 3),
        }
    }

    pub(super) const fn store(class: Class, bytes: u8) -> Self {
        match class {
            Class::General => Self::general(bytes, 0),
            Class::Vector => Self::vector(bytes, 0),
        }
    }

    const fn general(bytes: u8, opc: u32) -> Self {
        Self { kind: 0x3800_0000 | bytes.trailing_zeros() << 30 | opc << 22, bytes }
    }

    const fn vector(bytes: u8, opc: u32) -> Self {
        let size = match bytes {
            16 => 1 << 23,
            _ => bytes.trailing_zeros() << 30,
        };
        Self { kind: 0x3c00_0000 | size | opc << 22, bytes }
    }

    /// The form with this offset, if there is one.
    pub(super) const fn at(self, base: Reg, offset: i32) -> Option<u32> {
        let bytes = self.bytes as i32;
        let form = match offset {
            0.. if offset % bytes == 0 && offset / bytes < 0x1000 => {
                SCALED | ((offset / bytes) as u32) << 10
            }
            -256..256 => (offset as u32 & 0x1ff) << 12,
            _ => return None,
        };
        Some(self.kind | form | code(base) << 5)
    }

    /// The form without an offset.
    pub(super) const fn at_start(self, base: Reg) -> u32 {
        self.kind | SCALED | code(base) << 5
    }

    pub(super) const fn at_index(self, base: Reg, index: Reg) -> u32 {
        self.kind | INDEX | code(index) << 16 | code(base) << 5
    }
}

impl A64Masm {
    pub(super) fn word(&mut self, word: u32) {
        use dynasmrt::DynasmApi;
        self.buffer.push_u32(word);
    }

    /// `to = a + b`, or `a - b`, with the flags or without (Arm ARM, C4.1.92). Register 31 is the stack pointer, except
    /// as a destination with flags.
    pub(super) fn sum_immediate(
        &mut self,
        (subtract, flags): (bool, bool),
        size: Size,
        [to, a]: [Reg; 2],
        b: ArithmeticImmediate,
    ) {
        let op = u32::from(subtract ^ b.negated) << 30 | u32::from(flags) << 29;
        self.word(sf(size) | op | 0x1100_0000 | b.field | code(a) << 5 | code(to));
    }

    /// `csel`: `a` when the condition holds, else `b`.
    pub(super) fn select_general(&mut self, flag: Flag, to: Reg, a: Reg, b: Reg) {
        self.word(0x9a80_0000 | code(b) << 16 | flag.field() | code(a) << 5 | code(to));
    }

    /// `fcsel`, of the lowest 64 bits.
    pub(super) fn select_float(&mut self, flag: Flag, to: Reg, a: Reg, b: Reg) {
        self.word(0x1e60_0c00 | code(b) << 16 | flag.field() | code(a) << 5 | code(to));
    }

    /// `cset`: 1 when the condition holds, else 0.
    pub(super) fn set_if(&mut self, flag: Flag, to: Reg) {
        self.word(0x1a9f_07e0 | flag.negated().field() | code(to));
    }

    /// `csetm`: all ones when the condition holds, else 0.
    pub(super) fn mask_if(&mut self, flag: Flag, to: Reg) {
        self.word(0xda9f_03e0 | flag.negated().field() | code(to));
    }
}
