//! Atomic operators (threads proposal).
//!
//! All are sequentially consistent. An address that is not a multiple of the size of the access traps before its bounds
//! are looked at.

use wasmer_types::{BuiltinFunction, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use super::bounds::memory_index;
use crate::atomic::AtomicOp;
use crate::masm::{Address, Condition, IntBinary, IntCondition, Masm, Rhs, Size, Ty};
use crate::operand::{Operand, Place};
use crate::registers::{Class, RegSet};

macro_rules! atomic_operators {
    ($reader:ident) => {
        $reader! {
            visit_memory_atomic_notify(memarg: MemArg) => atomic_notify(memarg);
            visit_memory_atomic_wait32(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait32, 4);
            visit_memory_atomic_wait64(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait64, 8);
            visit_atomic_fence(_ordering: wasmparser::Ordering) => atomic_fence();
            visit_i32_atomic_load(memarg: MemArg) => atomic_load(memarg, 4, I32);
            visit_i64_atomic_load(memarg: MemArg) => atomic_load(memarg, 8, I64);
            visit_i32_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, 1, I32);
            visit_i32_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, 2, I32);
            visit_i64_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, 1, I64);
            visit_i64_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, 2, I64);
            visit_i64_atomic_load32_u(memarg: MemArg) => atomic_load(memarg, 4, I64);
            visit_i32_atomic_store(memarg: MemArg) => atomic_store(memarg, 4);
            visit_i64_atomic_store(memarg: MemArg) => atomic_store(memarg, 8);
            visit_i32_atomic_store8(memarg: MemArg) => atomic_store(memarg, 1);
            visit_i32_atomic_store16(memarg: MemArg) => atomic_store(memarg, 2);
            visit_i64_atomic_store8(memarg: MemArg) => atomic_store(memarg, 1);
            visit_i64_atomic_store16(memarg: MemArg) => atomic_store(memarg, 2);
            visit_i64_atomic_store32(memarg: MemArg) => atomic_store(memarg, 4);
            visit_i32_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 4, I32);
            visit_i64_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 8, I64);
            visit_i32_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 1, I32);
            visit_i32_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 2, I32);
            visit_i64_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 1, I64);
            visit_i64_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 2, I64);
            visit_i64_atomic_rmw32_add_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Add, 4, I64);
            visit_i32_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 4, I32);
            visit_i64_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 8, I64);
            visit_i32_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 1, I32);
            visit_i32_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 2, I32);
            visit_i64_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 1, I64);
            visit_i64_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 2, I64);
            visit_i64_atomic_rmw32_sub_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Sub, 4, I64);
            visit_i32_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 4, I32);
            visit_i64_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 8, I64);
            visit_i32_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 1, I32);
            visit_i32_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 2, I32);
            visit_i64_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 1, I64);
            visit_i64_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 2, I64);
            visit_i64_atomic_rmw32_and_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::And, 4, I64);
            visit_i32_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 4, I32);
            visit_i64_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 8, I64);
            visit_i32_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 1, I32);
            visit_i32_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 2, I32);
            visit_i64_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 1, I64);
            visit_i64_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 2, I64);
            visit_i64_atomic_rmw32_or_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Or, 4, I64);
            visit_i32_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 4, I32);
            visit_i64_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 8, I64);
            visit_i32_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 1, I32);
            visit_i32_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 2, I32);
            visit_i64_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 1, I64);
            visit_i64_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 2, I64);
            visit_i64_atomic_rmw32_xor_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Xor, 4, I64);
            visit_i32_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 4, I32);
            visit_i64_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 8, I64);
            visit_i32_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 1, I32);
            visit_i32_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 2, I32);
            visit_i64_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 1, I64);
            visit_i64_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 2, I64);
            visit_i64_atomic_rmw32_xchg_u(memarg: MemArg) => atomic_rmw(memarg, AtomicOp::Exchange, 4, I64);
            visit_i32_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_compare_exchange(memarg, 4, I32);
            visit_i64_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_compare_exchange(memarg, 8, I64);
            visit_i32_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_compare_exchange(memarg, 1, I32);
            visit_i32_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_compare_exchange(memarg, 2, I32);
            visit_i64_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_compare_exchange(memarg, 1, I64);
            visit_i64_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_compare_exchange(memarg, 2, I64);
            visit_i64_atomic_rmw32_cmpxchg_u(memarg: MemArg) => atomic_compare_exchange(memarg, 4, I64);
        }
    };
}
pub(super) use atomic_operators as operators;

/// Registers that the check of an address takes at most.
const CHECK: usize = 4;

impl<M: Masm> Translator<'_, '_, M> {
    /// Traps when the sum of the index and the offset is not a multiple of `bytes`; overflow of the sum does not change
    /// its low bits. The index is then in a register, if it is not a constant. Whether the access can go well.
    fn check_alignment(&mut self, memarg: &MemArg, index: &mut Operand, bytes: u8) -> bool {
        let mask = u64::from(bytes) - 1;
        let low = memarg.offset & mask;
        if let Some(constant) = index.constant() {
            let is_aligned = constant.wrapping_add(low) & mask == 0;
            if !is_aligned {
                self.trap(TrapCode::UnalignedAtomic);
            }
            return is_aligned;
        }
        let reg = self.in_register(index);
        index.place = Place::Reg(reg);
        if mask == 0 {
            return true;
        }
        let sum = match low {
            0 => reg,
            _ => {
                let sum = self.allocate(Class::General);
                self.masm.int_binary(IntBinary::Add, Size::S32, sum, reg, Rhs::Imm(low));
                sum
            }
        };
        self.masm.test(Size::S32, sum, Rhs::Imm(mask));
        self.masm.trap_if(Condition::Int(IntCondition::NotEqual), TrapCode::UnalignedAtomic);
        if sum != reg {
            self.temporaries.release(sum);
        }
        true
    }

    /// Checks an access of `bytes`. The address is in a register that is not to be changed, and registers that do not
    /// belong to `others` are free again. `None` when the access always traps.
    fn atomic_address(
        &mut self,
        memarg: MemArg,
        bytes: u8,
        mut index: Operand,
        others: &mut [Operand],
    ) -> Option<Operand> {
        for other in &mut *others {
            self.make_room(other);
        }
        if !self.check_alignment(&memarg, &mut index, bytes) {
            return None;
        }
        let at = self.heap_address(memarg, u32::from(bytes), &index)?;
        let reg = match at.address {
            Address { base, index: None, offset: 0 } => base,
            address => {
                let to = match address.index {
                    Some(index) if self.temporaries.is_held(index) => index,
                    _ => self.allocate(Class::General),
                };
                self.masm.address(to, address);
                to
            }
        };
        let address = Operand { ty: Ty::I64, place: Place::Reg(reg), ..index };
        for held in self.temporaries.all().iter() {
            let is_used = |operand: &Operand| operand.place == Place::Reg(held);
            if self.temporaries.is_held(held) && !is_used(&address) && !others.iter().any(is_used) {
                self.temporaries.release(held);
            }
        }
        Some(address)
    }

    /// Moves an operand that was popped to its slot, if the check of an address could need its register.
    fn make_room(&mut self, operand: &mut Operand) {
        let Place::Reg(reg) = operand.place else { return };
        let general = self.temporaries.all().and(RegSet::all_of(Class::General));
        let available = general.iter().filter(|reg| !self.temporaries.is_held(*reg)).count();
        if available <= CHECK {
            self.masm.store_slot(operand.ty, operand.slot, reg);
            self.temporaries.release(reg);
            operand.place = Place::Slot;
        }
    }

    /// Loads `bytes` and extends them with zeros to `ty`.
    pub(super) fn atomic_load(&mut self, memarg: MemArg, bytes: u8, ty: Ty) {
        let index = self.pop();
        let Some(address) = self.atomic_address(memarg, bytes, index, &mut []) else { return };
        let address = self.in_register(&address);
        let to = self.allocate(Class::General);
        self.masm.atomic_load(bytes, to, address);
        self.push(ty, Place::Reg(to));
    }

    pub(super) fn atomic_store(&mut self, memarg: MemArg, bytes: u8) {
        let value = self.pop();
        let index = self.pop();
        let mut others = [value];
        let Some(address) = self.atomic_address(memarg, bytes, index, &mut others) else { return };
        let [address, value] = [address, others[0]].map(|operand| self.in_register(&operand));
        self.masm.atomic_store(bytes, address, value);
    }

    /// Changes `bytes` in memory and pushes what they were.
    pub(super) fn atomic_rmw(&mut self, memarg: MemArg, op: AtomicOp, bytes: u8, ty: Ty) {
        let operand = self.pop();
        let index = self.pop();
        let mut others = [operand];
        let Some(mut address) = self.atomic_address(memarg, bytes, index, &mut others) else {
            return;
        };
        let [mut operand] = others;
        let to = match self.masm.atomic_register(Some(op)) {
            Some(register) => {
                self.move_out_of(&mut address, RegSet::of(&[register]));
                self.move_out_of(&mut operand, RegSet::of(&[register]));
                self.claim(register);
                register
            }
            None => self.allocate(Class::General),
        };
        let [address, operand] = [address, operand].map(|operand| self.in_register(&operand));
        self.masm.atomic_rmw(op, bytes, to, address, operand);
        self.push(ty, Place::Reg(to));
    }

    /// Stores the replacement if the value in memory is the expected one, and pushes what it was.
    pub(super) fn atomic_compare_exchange(&mut self, memarg: MemArg, bytes: u8, ty: Ty) {
        let replacement = self.pop();
        let expected = self.pop();
        let index = self.pop();
        let mut others = [expected, replacement];
        let Some(mut address) = self.atomic_address(memarg, bytes, index, &mut others) else {
            return;
        };
        let [expected, mut replacement] = others;
        let to = match self.masm.atomic_register(None) {
            Some(register) => {
                self.move_out_of(&mut address, RegSet::of(&[register]));
                self.move_out_of(&mut replacement, RegSet::of(&[register]));
                self.in_this_register(&expected, register);
                register
            }
            None => self.in_own_register(&expected),
        };
        let [address, replacement] =
            [address, replacement].map(|operand| self.in_register(&operand));
        self.masm.atomic_compare_exchange(bytes, to, address, replacement);
        self.push(ty, Place::Reg(to));
    }

    pub(super) fn atomic_fence(&mut self) {
        self.masm.fence();
    }

    /// The sum of the index and the offset in 64 bits, for a builtin that checks the bounds itself. `None` when the
    /// access always traps.
    fn wasm_address(&mut self, memarg: &MemArg, mut index: Operand, bytes: u8) -> Option<Operand> {
        if !self.check_alignment(memarg, &mut index, bytes) {
            return None;
        }
        let offset = memarg.offset;
        let place = match index.place {
            Place::Constant(constant) => match constant.checked_add(offset) {
                Some(sum) => Place::Constant(sum),
                None => {
                    self.trap(TrapCode::HeapAccessOutOfBounds);
                    return None;
                }
            },
            place if offset == 0 => place,
            _ => {
                let reg = self.in_register(&index);
                let sum =
                    if self.temporaries.is_held(reg) { reg } else { self.allocate(Class::General) };
                let offset = self.constant_operand(offset);
                self.masm.int_binary(IntBinary::Add, Size::S64, sum, reg, offset);
                if index.ty == Ty::I64 {
                    self.masm.compare(Size::S64, sum, offset);
                    let wraps = Condition::Int(IntCondition::LessUnsigned);
                    self.masm.trap_if(wraps, TrapCode::HeapAccessOutOfBounds);
                }
                Place::Reg(sum)
            }
        };
        Some(Operand { ty: Ty::I64, place, ..index })
    }

    pub(super) fn atomic_wait(&mut self, memarg: MemArg, builtin: BuiltinFunction, bytes: u8) {
        let mut timeout = self.pop();
        let mut expected = self.pop();
        let index = self.pop();
        for other in [&mut timeout, &mut expected] {
            self.make_room(other);
        }
        let Some(address) = self.wasm_address(&memarg, index, bytes) else { return };
        let memory = memory_index(&memarg).as_u32();
        self.builtin(builtin, &[memory], &[address, expected, timeout], Some(Ty::I32));
    }

    pub(super) fn atomic_notify(&mut self, memarg: MemArg) {
        let mut count = self.pop();
        let index = self.pop();
        self.make_room(&mut count);
        let Some(address) = self.wasm_address(&memarg, index, 4) else { return };
        let memory = memory_index(&memarg).as_u32();
        let builtin = BuiltinFunction::memory_atomic_notify;
        self.builtin(builtin, &[memory], &[address, count], Some(Ty::I32));
    }
}
