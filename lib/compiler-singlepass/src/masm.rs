//! What the portable part asks of a machine: the trait [`Masm`] and the terms in which it asks.
//!
//! Methods emit code. Width, sign, condition and operator are arguments. Every method copes with every combination of
//! registers unless its documentation says otherwise: a destination may be one of the operands. Scratch registers of the
//! machine are its own; no operand is ever in one, except where said.
//!
//! An integer of 32 bits in a register has zeros in the upper 32 bits. Every method that makes one keeps to that, and may
//! rely on it.
//!
//! The registers that hold constants of the function (frame, VM context, base of memory 0) are known to the machine too.

use wasmer_types::{LocalFunctionIndex, TrapCode, Type};

use crate::atomic::AtomicMasm;
use crate::buffer::{CodeBuffer, Label};
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
}

/// A place in the frame: bytes from the frame pointer, negative for what belongs to the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) i32);

/// The second operand of an operator on integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhs {
    Reg(Reg),
    /// A constant for which [`Masm::is_immediate`], zero-extended.
    Imm(u64),
    Slot(Slot),
}

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

/// Two integers become one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntBinary {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
}

impl IntBinary {
    pub(crate) const fn is_commutative(self) -> bool {
        !matches!(self, Self::Sub)
    }
}

/// A shift or rotation by an amount of which the low bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Shl,
    ShrS,
    ShrU,
    Rotl,
    Rotr,
}

/// A division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) signed: bool,
    pub(crate) remainder: bool,
}

/// One integer becomes one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntUnary {
    Clz,
    Ctz,
    Popcnt,
    /// The sign of the lowest so many bits is extended.
    Extend(u8),
}

/// Two floats become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatBinary {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Copysign,
}

/// One float becomes one of the same width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatUnary {
    Abs,
    Neg,
    Sqrt,
    /// To an integer, if [`Masm::has_round`].
    Round(Rounding),
}

/// Which integer a float is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    Ceil,
    Floor,
    Trunc,
    /// To even when it is half-way.
    Nearest,
}

/// A value becomes one of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// `i32.wrap_i64`.
    Wrap,
    /// `i64.extend_i32_s`.
    ExtendSigned,
    /// An integer becomes a float.
    ToFloat { from: Size, signed: bool, to: Size },
    /// A float becomes an integer; what does not fit traps, or is saturated.
    ToInt { from: Size, to: Size, signed: bool, saturating: bool },
    /// `f32.demote_f64`.
    Demote,
    /// `f64.promote_f32`.
    Promote,
    /// The bits of a float.
    FloatBits(Size),
    /// The float with these bits.
    FromBits(Size),
}

impl Conversion {
    /// The type of the result.
    pub(crate) const fn result(self) -> Ty {
        match self {
            Self::Wrap => Ty::I32,
            Self::ExtendSigned => Ty::I64,
            Self::ToFloat { to, .. } => Ty::float(to),
            Self::ToInt { to, .. } => Ty::int(to),
            Self::Demote => Ty::F32,
            Self::Promote => Ty::F64,
            Self::FloatBits(size) => Ty::int(size),
            Self::FromBits(size) => Ty::float(size),
        }
    }
}

/// How two integers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntCondition {
    Equal,
    NotEqual,
    LessSigned,
    LessUnsigned,
    GreaterSigned,
    GreaterUnsigned,
    LessEqualSigned,
    LessEqualUnsigned,
    GreaterEqualSigned,
    GreaterEqualUnsigned,
}

impl IntCondition {
    /// The condition that holds when this does not.
    pub(crate) const fn negated(self) -> Self {
        use IntCondition::*;
        match self {
            Equal => NotEqual,
            NotEqual => Equal,
            LessSigned => GreaterEqualSigned,
            LessUnsigned => GreaterEqualUnsigned,
            GreaterSigned => LessEqualSigned,
            GreaterUnsigned => LessEqualUnsigned,
            LessEqualSigned => GreaterSigned,
            LessEqualUnsigned => GreaterUnsigned,
            GreaterEqualSigned => LessSigned,
            GreaterEqualUnsigned => LessUnsigned,
        }
    }

    /// The condition with the operands the other way round.
    pub(crate) const fn swapped(self) -> Self {
        use IntCondition::*;
        match self {
            Equal => Equal,
            NotEqual => NotEqual,
            LessSigned => GreaterSigned,
            LessUnsigned => GreaterUnsigned,
            GreaterSigned => LessSigned,
            GreaterUnsigned => LessUnsigned,
            LessEqualSigned => GreaterEqualSigned,
            LessEqualUnsigned => GreaterEqualUnsigned,
            GreaterEqualSigned => LessEqualSigned,
            GreaterEqualUnsigned => LessEqualUnsigned,
        }
    }
}

/// How two floats compare. None but `NotEqual` holds when one is a NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatCondition {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
}

/// What the flags say behind a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Int(IntCondition),
    /// That the condition holds, or that it does not.
    Float(FloatCondition, bool),
}

impl Condition {
    /// The condition that holds when this does not.
    pub(crate) const fn negated(self) -> Self {
        match self {
            Self::Int(condition) => Self::Int(condition.negated()),
            Self::Float(condition, holds) => Self::Float(condition, !holds),
        }
    }
}

/// What a load reads and makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// 1, 2, 4, 8 or 16.
    pub(crate) bytes: u8,
    /// Whether the sign is extended to the width of the result; else zeros are.
    pub(crate) signed: bool,
    pub(crate) ty: Ty,
}

impl Load {
    /// A whole value.
    pub(crate) const fn whole(ty: Ty) -> Self {
        let bytes = match ty {
            Ty::I32 | Ty::F32 => 4,
            Ty::I64 | Ty::F64 => 8,
            Ty::V128 => 16,
        };
        Self { bytes, signed: false, ty }
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

/// Registers that a division must use, where the machine says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DivisionRegisters {
    /// Holds the dividend, then the quotient.
    pub(crate) quotient: Reg,
    /// Then holds the remainder.
    pub(crate) remainder: Reg,
}

/// A machine: emits instructions into a buffer.
pub(crate) trait Masm: VectorMasm + AtomicMasm {
    /// The registers.
    fn machine(&self) -> &'static Machine;

    fn buffer(&mut self) -> &mut CodeBuffer;

    // --- frames ---

    /// Sets up the frame pointer and room for the frame, of a size that [`Masm::finish`] knows.
    fn enter(&mut self);

    /// Undoes [`Masm::enter`] and returns.
    fn leave(&mut self);

    /// Emits what follows the code, and fills in the size of the frame, a multiple of 16.
    fn finish(&mut self, frame_size: u32);

    /// Zeroes the slots from `first` on, up to and without `end`, both multiples of 8. Changes no registers but the
    /// temporaries. Used at the entry only.
    fn zero_slots(&mut self, first: Slot, end: Slot);

    // --- values ---

    fn mov(&mut self, ty: Ty, to: Reg, from: Reg);

    /// Sets a register, without changing the flags.
    fn constant(&mut self, ty: Ty, to: Reg, bits: u64);

    fn vector_constant(&mut self, to: Reg, bytes: [u8; 16]);

    /// Loads a slot, without changing the flags.
    fn load_slot(&mut self, ty: Ty, to: Reg, slot: Slot);

    /// Stores to a slot, without changing the flags.
    fn store_slot(&mut self, ty: Ty, slot: Slot, from: Reg);

    /// Stores a constant that is not a vector to a slot, without changing the flags.
    fn store_slot_constant(&mut self, ty: Ty, slot: Slot, bits: u64);

    /// The address of a slot.
    fn slot_address(&mut self, to: Reg, slot: Slot);

    // --- memory ---

    /// Loads, without changing the flags.
    fn load(&mut self, load: Load, to: Reg, from: Address);

    /// Stores the lowest `bytes`.
    fn store(&mut self, bytes: u8, to: Address, from: Reg);

    /// Stores a constant of `bytes` if the machine can.
    fn store_constant(&mut self, bytes: u8, to: Address, bits: u64) -> bool;

    /// Whether a store that begins in a memory and faults may have written a part.
    fn stores_partly(&self) -> bool;

    /// The sum of the parts of an address, of 64 bits. Does not change the flags.
    fn address(&mut self, to: Reg, address: Address);

    // --- integers ---

    /// Whether the constant (zero-extended) can be an [`Rhs::Imm`] of operators on integers of `size`.
    fn is_immediate(&self, op: Option<IntBinary>, size: Size, value: u64) -> bool;

    fn int_binary(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, b: Rhs);

    /// Where the amount of a shift must be if it is not a constant.
    fn shift_register(&self, op: Shift) -> Option<Reg>;

    /// `amount` is no slot; a register is [`Masm::shift_register`] if there is one, and then `to` and `a` are not.
    fn shift(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: Rhs);

    fn division_registers(&self) -> Option<DivisionRegisters>;

    /// Traps as wasm wants. With [`Masm::division_registers`], `a` is the quotient register, `to` is the one for the
    /// result, `b` neither of them, and both are changed. `b` is known not to be 0, or 0 and -1, when it was a constant.
    fn divide(&mut self, op: Division, size: Size, to: Reg, a: Reg, b: Reg, known: Option<u64>);

    fn int_unary(&mut self, op: IntUnary, size: Size, to: Reg, a: Reg);

    /// Sets the flags.
    fn compare(&mut self, size: Size, a: Reg, b: Rhs);

    /// Sets the flags for `a & b`, of which only `Equal` and `NotEqual` to zero are used.
    fn test(&mut self, size: Size, a: Reg, b: Rhs);

    /// Adds to a 128-bit number in two registers, low part first, or subtracts from it. No operand is one of `to`.
    fn wide_sum(&mut self, subtract: bool, to: [Reg; 2], b: [Rhs; 2]);

    /// The 128-bit product, low part first. With [`Masm::division_registers`], `a` is the quotient register, and `to`
    /// are the quotient and the remainder register; `b` is neither.
    fn wide_product(&mut self, signed: bool, to: [Reg; 2], a: Reg, b: Reg);

    // --- floats ---

    fn has_round(&self) -> bool;

    fn float_binary(&mut self, op: FloatBinary, size: Size, to: Reg, a: Reg, b: Reg);

    fn float_unary(&mut self, op: FloatUnary, size: Size, to: Reg, a: Reg);

    /// Sets the flags for `condition`.
    fn compare_floats(&mut self, condition: FloatCondition, size: Size, a: Reg, b: Reg);

    fn convert(&mut self, op: Conversion, to: Reg, a: Reg);

    /// Replaces a NaN by the canonical one.
    fn canonicalize(&mut self, size: Size, a: Reg);

    // --- control ---

    fn jump(&mut self, to: Label);

    fn branch(&mut self, condition: Condition, to: Label);

    /// 1 when the condition holds, else 0.
    fn set(&mut self, condition: Condition, to: Reg);

    /// Sets a general register to zero when the condition holds, without a branch.
    fn zero_if(&mut self, condition: Condition, to: Reg);

    /// `a` when the condition holds, else `b`.
    fn select(&mut self, condition: Condition, ty: Ty, to: Reg, a: Reg, b: Reg);

    /// Jumps to the label number `index`, or to the last one. May change `index`.
    fn jump_table(&mut self, index: Reg, labels: &[Label]);

    /// Traps here.
    fn trap(&mut self, code: TrapCode);

    /// Jumps to a trap when the condition holds.
    fn trap_if(&mut self, condition: Condition, code: TrapCode) {
        let label = self.buffer().outline_trap(code);
        self.branch(condition, label);
    }

    // --- calls ---

    fn call_function(&mut self, function: LocalFunctionIndex);

    fn call(&mut self, callee: Reg);

    /// Stores an argument at `offset` from the stack pointer.
    fn store_argument(&mut self, ty: Ty, offset: u32, from: Reg);

    /// Exchanges two registers of the same class.
    fn exchange(&mut self, a: Reg, b: Reg);
}
