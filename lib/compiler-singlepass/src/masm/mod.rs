//! What the portable part asks of a machine: the trait [`Masm`] and the terms in which it asks.
//!
//! The trait is the sum of one for each subject, which a machine implements in its file of the same name: `memory`,
//! `integer`, `float` and `control` here, [`crate::vector`], and [`crate::atomic`].
//!
//! Methods emit code. Width, sign, condition and operator are arguments. Every method copes with every combination of
//! registers unless its documentation says otherwise: a destination may be one of the operands. Scratch registers of the
//! machine are its own; no operand is ever in one, except where said.
//!
//! An integer of 32 bits in a register has zeros in the upper 32 bits. Every method that makes one keeps to that, and may
//! rely on it.
//!
//! The registers that hold constants of the function (frame, VM context, base of memory 0) are known to the machine too.

mod control;
mod float;
mod integer;
mod memory;

use wasmer_types::{TrapCode, Type};

pub(crate) use self::control::{Condition, ControlMasm};
pub(crate) use self::float::{
    Conversion, FloatBinary, FloatCondition, FloatMasm, FloatUnary, Rounding,
};
pub(crate) use self::integer::{
    Division, DivisionRegisters, IntBinary, IntCondition, IntUnary, IntegerMasm, Rhs, Shift,
};
pub(crate) use self::memory::{Load, MemoryMasm};
use crate::atomic::AtomicMasm;
use crate::buffer::CodeBuffer;
use crate::registers::{Class, Reg, RegSet};
use crate::vector::VectorMasm;

/// The machine type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    I32,
    I64,
    F32,
    F64,
    V128,
}

impl Ty {
    pub(crate) const fn new(ty: Type) -> Self {
        match ty {
            Type::I32 => Self::I32,
            Type::I64 | Type::ExternRef | Type::FuncRef | Type::ExceptionRef => Self::I64,
            Type::F32 => Self::F32,
            Type::F64 => Self::F64,
            Type::V128 => Self::V128,
        }
    }

    pub(crate) const fn class(self) -> Class {
        match self {
            Self::I32 | Self::I64 => Class::General,
            Self::F32 | Self::F64 | Self::V128 => Class::Vector,
        }
    }

    /// Bytes of a slot of the frame for it.
    pub(crate) const fn slot_size(self) -> i32 {
        if matches!(self, Self::V128) { 16 } else { 8 }
    }

    /// The integer of `size` bits.
    pub(crate) const fn int(size: Size) -> Self {
        match size {
            Size::S32 => Self::I32,
            Size::S64 => Self::I64,
        }
    }

    /// The float of `size` bits.
    pub(crate) const fn float(size: Size) -> Self {
        match size {
            Size::S32 => Self::F32,
            Size::S64 => Self::F64,
        }
    }
}

/// Width of an integer or float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    S32,
    S64,
}

impl Size {
    pub(crate) const fn bits(self) -> u32 {
        match self {
            Self::S32 => 32,
            Self::S64 => 64,
        }
    }

    /// A number of this width with all bits set.
    pub(crate) const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }

    /// The bits of the canonical NaN of this width.
    pub(crate) const fn canonical_nan(self) -> u64 {
        match self {
            Self::S32 => 0x7fc0_0000,
            Self::S64 => 0x7ff8_0000_0000_0000,
        }
    }
}

/// A place in the frame: bytes from the frame pointer, negative for what belongs to the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) i32);

/// An address in memory: `base + index + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) base: Reg,
    pub(crate) index: Option<Reg>,
    pub(crate) offset: i32,
}

impl Address {
    pub(crate) const fn at(base: Reg, offset: i32) -> Self {
        Self { base, index: None, offset }
    }
}

/// Registers of a machine and what they are for.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The VM context.
    pub(crate) vmctx: Reg,
    /// The base of memory 0, in functions that keep it in a register.
    pub(crate) memory_base: Reg,
    /// Where the result is by the C ABI, by class; both are temporaries.
    pub(crate) results: [Reg; 2],
    /// Where the first parameters are by the C ABI, by class; each is a temporary or an unsaved register for locals.
    pub(crate) params: [&'static [Reg]; 2],
    /// Registers for operands. A call may change them.
    pub(crate) temporaries: RegSet,
    /// Registers for locals that a call does not change, by class. Only 64 bits of vector registers are kept.
    pub(crate) saved: [&'static [Reg]; 2],
    /// Registers for locals, or else temporaries, that a call may change, by class.
    pub(crate) unsaved: [&'static [Reg]; 2],
    /// A general register in which the address of a callee is while arguments are moved.
    pub(crate) callee: Reg,
    /// Registers, by class, through which a value can be copied at once. The general one may be `callee`.
    pub(crate) scratch: [Reg; 2],
    /// Whether the second operand of an operator on integers may be a slot.
    pub(crate) slot_operands: bool,
    /// Bytes between the frame pointer and the first parameter on the stack.
    pub(crate) incoming: i32,
}

impl Machine {
    /// Where a result of a class is by the C ABI.
    pub(crate) const fn result(&self, class: Class) -> Reg {
        self.results[class as usize]
    }
}

/// A machine: emits instructions into a buffer.
pub(crate) trait Masm:
    MemoryMasm + IntegerMasm + FloatMasm + ControlMasm + VectorMasm + AtomicMasm
{
    /// The registers.
    fn machine(&self) -> &'static Machine;

    fn buffer(&mut self) -> &mut CodeBuffer;

    /// Jumps to a trap when the condition holds.
    fn trap_if(&mut self, condition: Condition, code: TrapCode) {
        let label = self.buffer().outline_trap(code);
        self.branch(condition, label);
    }
}
