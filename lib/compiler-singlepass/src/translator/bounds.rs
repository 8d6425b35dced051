//! The code of the checks of memory addresses, which [`wasmer_compiler::HeapBounds`] chooses.
//!
//! Where a check fails, the address is replaced by zero without a branch (so that nothing is read speculatively), and the
//! access faults on the unmapped first page.

use wasmer_compiler::{Check, HeapBounds};
use wasmer_types::{MemoryIndex, TrapCode};
use wasmparser::{MemArg, MemArgTarget};

use super::Translator;
use crate::masm::{Address, Condition, IntBinary, IntCondition, Masm, Rhs, Size, Ty};
use crate::operand::{Operand, Place};
use crate::registers::{Class, Reg};

/// The place of an access whose bounds were checked.
#[derive(Clone, Copy)]
pub(super) struct HeapAddress {
    pub(super) address: Address,
    /// Whether it may begin in the memory and end outside, where it faults.
    pub(super) may_straddle: bool,
}

/// The memory of an access.
pub(super) fn memory_index(memarg: &MemArg) -> MemoryIndex {
    match memarg.target {
        MemArgTarget::Memory(index) => MemoryIndex::from_u32(index),
        MemArgTarget::Array(_) => unreachable!("arrays are refused by the validator"),
    }
}

impl<M: Masm> Translator<'_, '_, M> {
    /// Checks an index that was popped for an access of `size` bytes as `memarg` says. `None` when the access always
    /// traps; the code behind is then unreachable.
    pub(super) fn heap_address(
        &mut self,
        memarg: MemArg,
        size: u32,
        index: &Operand,
    ) -> Option<HeapAddress> {
        let memory = memory_index(&memarg);
        let environ = self.environ;
        let bounds = &environ.bounds[memory];
        let constant = match index.place {
            Place::Constant(value) => Some(value),
            _ => None,
        };
        let check = bounds.check(memarg.offset, size, constant);
        let may_straddle = bounds.may_straddle(memarg.offset, size, constant);
        let address = match check {
            Check::AlwaysOutside => {
                self.trap(TrapCode::HeapAccessOutOfBounds);
                return None;
            }
            Check::None => self.effective_address(memory, memarg.offset, index, constant),
            check => {
                // The address comes behind the comparison, so that its registers are free again: nothing that makes up
                // an address changes the flags.
                let reg = self.in_register(index);
                let outside = self.outside(memory, bounds, check, reg);
                let address = self.effective_address(memory, memarg.offset, index, constant);
                let to = match address.base {
                    base if self.temporaries.is_held(base) => base,
                    _ => self.allocate(Class::General),
                };
                self.masm.address(to, address);
                self.masm.zero_if(outside, to);
                Address::at(to, 0)
            }
        };
        Some(HeapAddress { address, may_straddle })
    }

    /// The condition under which the index fails `check`.
    fn outside(
        &mut self,
        memory: MemoryIndex,
        bounds: &HeapBounds,
        check: Check,
        index: Reg,
    ) -> Condition {
        let (index, last) = match check {
            Check::Above(last) => (index, self.constant_operand(last)),
            Check::AboveLengthMinus(end) => {
                let length = self.memory_length(memory);
                if end != 0 {
                    let end = self.constant_operand(end);
                    self.masm.int_binary(IntBinary::Sub, Size::S64, length, length, end);
                    self.release_rhs(end);
                }
                (index, Rhs::Reg(length))
            }
            Check::SumAboveLength(end) => {
                let sum = self.allocate(Class::General);
                let end = self.constant_operand(end);
                self.masm.int_binary(IntBinary::Add, Size::S64, sum, index, end);
                self.release_rhs(end);
                if bounds.index_64() {
                    self.masm.compare(Size::S64, sum, Rhs::Reg(index));
                    let wraps = Condition::Int(IntCondition::LessUnsigned);
                    self.masm.trap_if(wraps, TrapCode::HeapAccessOutOfBounds);
                }
                let length = self.memory_length(memory);
                self.masm.compare(Size::S64, sum, Rhs::Reg(length));
                self.temporaries.release(sum);
                self.temporaries.release(length);
                return Condition::Int(IntCondition::GreaterUnsigned);
            }
            Check::AlwaysOutside | Check::None => unreachable!("there is nothing to compare"),
        };
        self.masm.compare(Size::S64, index, last);
        self.release_rhs(last);
        Condition::Int(IntCondition::GreaterUnsigned)
    }

    /// Releases a register of an operand that only the present operator knows.
    pub(super) fn release_rhs(&mut self, operand: Rhs) {
        if let Rhs::Reg(reg) = operand {
            self.temporaries.release(reg);
        }
    }

    /// A constant of 64 bits as a second operand.
    pub(super) fn constant_operand(&mut self, value: u64) -> Rhs {
        match self.masm.is_immediate(None, Size::S64, value) {
            true => Rhs::Imm(value),
            false => {
                let reg = self.allocate(Class::General);
                self.masm.constant(Ty::I64, reg, value);
                Rhs::Reg(reg)
            }
        }
    }

    /// The sum of the base of the memory, the index and the offset.
    fn effective_address(
        &mut self,
        memory: MemoryIndex,
        offset: u64,
        index: &Operand,
        constant: Option<u64>,
    ) -> Address {
        if let Some(constant) = constant
            && let Some(all) = constant.checked_add(offset)
            && let Ok(offset) = i32::try_from(all)
        {
            return Address::at(self.memory_base(memory), offset);
        }
        let index = self.in_register(index);
        let mut base = self.memory_base(memory);
        let offset = match i32::try_from(offset) {
            Ok(offset) => offset,
            Err(_) => {
                let sum = self.allocate(Class::General);
                self.masm.constant(Ty::I64, sum, offset);
                self.masm.address(sum, Address { base, index: Some(sum), offset: 0 });
                if self.temporaries.is_held(base) {
                    self.temporaries.release(base);
                }
                base = sum;
                0
            }
        };
        Address { base, index: Some(index), offset }
    }

    /// The address of byte 0 of a memory.
    fn memory_base(&mut self, memory: MemoryIndex) -> Reg {
        if memory.as_u32() == 0 && self.frame.has_memory_base {
            return self.masm.machine().memory_base;
        }
        let location = self.environ.offsets.memory(memory);
        self.field_of_definition(location, self.environ.layouts.memory.base())
    }

    /// The present length of a memory in bytes, in a register that is held.
    pub(super) fn memory_length(&mut self, memory: MemoryIndex) -> Reg {
        let location = self.environ.offsets.memory(memory);
        self.field_of_definition(location, self.environ.layouts.memory.current_length())
    }

    /// Reads the bytes that are about to be stored, if a store that faults could write a part of them.
    pub(super) fn probe(&mut self, at: &HeapAddress, bytes: u8) {
        if at.may_straddle && self.masm.stores_partly() {
            let scratch = self.masm.machine().scratch;
            let (ty, to) = match bytes {
                16 => (Ty::V128, scratch[1]),
                8 => (Ty::I64, scratch[0]),
                _ => (Ty::I32, scratch[0]),
            };
            self.masm.buffer().trap_site(TrapCode::HeapAccessOutOfBounds);
            self.masm.load(crate::masm::Load { bytes, signed: false, ty }, to, at.address);
        }
    }
}
