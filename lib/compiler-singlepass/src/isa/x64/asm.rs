//! How instructions are written for x86-64.
//!
//! dynasm encodes registers that are known at run time always with a REX prefix, and displacements in 32 bits unless
//! told otherwise. [`asm!`] drops a prefix that says nothing, and [`mem!`] chooses the shortest displacement.

use dynasmrt::{AssemblyOffset, DynasmApi};

use crate::buffer::CodeBuffer;

/// A REX prefix without a bit set.
const EMPTY_REX: u8 = 0x40;

/// Takes one instruction, and drops its REX prefix if that is empty.
///
/// dynasm hands over what it knows when our code is compiled as slices, and what it learns at run time byte by byte. The
/// first of these bytes is the prefix if a register of the instruction is known at run time, and the instruction has no
/// VEX prefix. Not for registers of 8 bits either, among which the empty prefix chooses.
pub(super) struct Compact<'a> {
    buffer: &'a mut CodeBuffer,
    before_prefix: bool,
}

impl<'a> Compact<'a> {
    pub(super) fn new(buffer: &'a mut CodeBuffer) -> Self {
        Self { buffer, before_prefix: true }
    }
}

impl Extend<u8> for Compact<'_> {
    fn extend<T: IntoIterator<Item = u8>>(&mut self, bytes: T) {
        self.buffer.extend(bytes);
    }
}

impl<'b> Extend<&'b u8> for Compact<'_> {
    fn extend<T: IntoIterator<Item = &'b u8>>(&mut self, bytes: T) {
        self.buffer.extend(bytes);
    }
}

impl DynasmApi for Compact<'_> {
    fn offset(&self) -> AssemblyOffset {
        self.buffer.offset()
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if !std::mem::replace(&mut self.before_prefix, false) || byte != EMPTY_REX {
            self.buffer.push(byte);
        }
    }

    fn align(&mut self, alignment: usize, with: u8) {
        self.buffer.align(alignment, with);
    }
}

/// Emits one instruction, of which a register other than the base of an address is known at run time, and none has 8
/// bits.
macro_rules! asm {
    ($self:ident; $($instruction:tt)*) => {{
        let mut compact = $crate::isa::x64::asm::Compact::new(&mut $self.buffer);
        dynasmrt::dynasm!(compact ; .arch x64 ; $($instruction)*);
    }};
}
pub(super) use asm;

/// Emits instructions as they are.
macro_rules! plain {
    ($self:ident; $($instruction:tt)*) => {
        dynasmrt::dynasm!($self.buffer ; .arch x64 ; $($instruction)*)
    };
}
pub(super) use plain;

/// Emits one instruction by `$how` with the memory operand `$address` between what stands in the two pairs of braces.
macro_rules! mem {
    ($how:ident, $self:ident, $address:expr, { $($before:tt)* } { $($after:tt)* }) => {{
        let $crate::masm::Address { base, index, offset } = $address;
        let is_vmctx = base == $crate::isa::x64::R15;
        let base = base.code();
        match (index, i8::try_from(offset)) {
            // dynasm encodes a base that is known at run time with one byte more.
            (None, Ok(offset)) if is_vmctx => {
                $how!($self; $($before)* [BYTE r15 + offset] $($after)*)
            }
            (None, Err(_)) if is_vmctx => {
                $how!($self; $($before)* [DWORD r15 + offset] $($after)*)
            }
            (None, Ok(offset)) => {
                $how!($self; $($before)* [BYTE Rq(base) + offset] $($after)*)
            }
            (None, Err(_)) => {
                $how!($self; $($before)* [DWORD Rq(base) + offset] $($after)*)
            }
            (Some(index), Ok(offset)) => {
                let index = index.code();
                $how!($self; $($before)* [BYTE Rq(base) + Rq(index) + offset] $($after)*)
            }
            (Some(index), Err(_)) => {
                let index = index.code();
                $how!($self; $($before)* [DWORD Rq(base) + Rq(index) + offset] $($after)*)
            }
        }
    }};
}
pub(super) use mem;

/// As [`mem!`] for a slot of the frame.
macro_rules! slot {
    ($how:ident, $self:ident, $slot:expr, { $($before:tt)* } { $($after:tt)* }) => {{
        let $crate::masm::Slot(offset) = $slot;
        match i8::try_from(offset) {
            Ok(offset) => $how!($self; $($before)* [BYTE rbp + offset] $($after)*),
            Err(_) => $how!($self; $($before)* [DWORD rbp + offset] $($after)*),
        }
    }};
}
pub(super) use slot;
