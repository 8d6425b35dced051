//! Atomic operators (threads proposal).
//!
//! All are sequentially consistent. An address that is not a multiple of the size of the access traps before its
//! bounds are looked at. The accesses are volatile: what the program does is done, in its order (see
//! [the translator](super)).

use inkwell::values::{InstructionOpcode, InstructionValue, PointerValue};
use inkwell::{AtomicOrdering, AtomicRMWBinOp};
use wasmer_types::{BuiltinFunction, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use super::alias::Region;
use super::memory::memory_index;
use crate::builder::Value;

macro_rules! atomic_operators {
    ($reader:ident) => {
        $reader! {
            visit_memory_atomic_notify(memarg: MemArg) => atomic_notify(memarg);
            visit_memory_atomic_wait32(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait32, 4);
            visit_memory_atomic_wait64(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait64, 8);
            visit_atomic_fence(_ordering: wasmparser::Ordering) => atomic_fence();
            visit_i32_atomic_load(memarg: MemArg) => atomic_load(memarg, 32, 32);
            visit_i64_atomic_load(memarg: MemArg) => atomic_load(memarg, 64, 64);
            visit_i32_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, 8, 32);
            visit_i32_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, 16, 32);
            visit_i64_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, 8, 64);
            visit_i64_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, 16, 64);
            visit_i64_atomic_load32_u(memarg: MemArg) => atomic_load(memarg, 32, 64);
            visit_i32_atomic_store(memarg: MemArg) => atomic_store(memarg, 32);
            visit_i64_atomic_store(memarg: MemArg) => atomic_store(memarg, 64);
            visit_i32_atomic_store8(memarg: MemArg) => atomic_store(memarg, 8);
            visit_i32_atomic_store16(memarg: MemArg) => atomic_store(memarg, 16);
            visit_i64_atomic_store8(memarg: MemArg) => atomic_store(memarg, 8);
            visit_i64_atomic_store16(memarg: MemArg) => atomic_store(memarg, 16);
            visit_i64_atomic_store32(memarg: MemArg) => atomic_store(memarg, 32);
            visit_i32_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Add);
            visit_i64_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::Add);
            visit_i32_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Add);
            visit_i32_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Add);
            visit_i64_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Add);
            visit_i64_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Add);
            visit_i64_atomic_rmw32_add_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Add);
            visit_i32_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Sub);
            visit_i64_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::Sub);
            visit_i32_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Sub);
            visit_i32_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Sub);
            visit_i64_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Sub);
            visit_i64_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Sub);
            visit_i64_atomic_rmw32_sub_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Sub);
            visit_i32_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::And);
            visit_i64_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::And);
            visit_i32_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::And);
            visit_i32_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::And);
            visit_i64_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::And);
            visit_i64_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::And);
            visit_i64_atomic_rmw32_and_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::And);
            visit_i32_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Or);
            visit_i64_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::Or);
            visit_i32_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Or);
            visit_i32_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Or);
            visit_i64_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Or);
            visit_i64_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Or);
            visit_i64_atomic_rmw32_or_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Or);
            visit_i32_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Xor);
            visit_i64_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::Xor);
            visit_i32_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Xor);
            visit_i32_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Xor);
            visit_i64_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Xor);
            visit_i64_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Xor);
            visit_i64_atomic_rmw32_xor_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Xor);
            visit_i32_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Xchg);
            visit_i64_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, 64, Rmw::Xchg);
            visit_i32_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Xchg);
            visit_i32_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Xchg);
            visit_i64_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, 8, Rmw::Xchg);
            visit_i64_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, 16, Rmw::Xchg);
            visit_i64_atomic_rmw32_xchg_u(memarg: MemArg) => atomic_rmw(memarg, 32, Rmw::Xchg);
            visit_i32_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_cmpxchg(memarg, 32);
            visit_i64_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_cmpxchg(memarg, 64);
            visit_i32_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, 8);
            visit_i32_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, 16);
            visit_i64_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, 8);
            visit_i64_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, 16);
            visit_i64_atomic_rmw32_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, 32);
        }
    };
}
pub(super) use atomic_operators as operators;

/// Bits of an integer.
fn width(value: Value<'_>) -> u32 {
    value.into_int_value().get_type().get_bit_width()
}

impl<'c> Translator<'_, '_, 'c> {
    /// Traps when *index + offset* is not a multiple of `size`. Overflow of the sum does not change its low bits.
    fn check_alignment(&mut self, memarg: &MemArg, index: Value<'c>, size: u32) {
        if size == 1 {
            return;
        }
        let builder = self.builder();
        let mask = u64::from(size) - 1;
        let low = builder.int(width(index), memarg.offset & mask);
        let sum = builder.binary(InstructionOpcode::Add, index, low);
        let mask = builder.int(width(index), mask);
        let misaligned = self.is_not_zero(builder.binary(InstructionOpcode::And, sum, mask));
        self.trap_if(misaligned, TrapCode::UnalignedAtomic);
    }

    /// The checked address of an access to an integer of `bits` bits.
    fn atomic_address(
        &mut self,
        memarg: MemArg,
        bits: u32,
        index: Value<'c>,
    ) -> Option<PointerValue<'c>> {
        self.check_alignment(&memarg, index, bits / 8);
        self.heap_address(memarg, bits / 8, index)
    }

    /// Says what an access is to, and that it stays.
    fn mark_atomic(&self, access: InstructionValue<'c>, memarg: &MemArg) {
        self.in_region(access, Region::Memory(memory_index(memarg)));
        access.set_volatile(true).expect("accesses to memory can be volatile");
    }

    /// The lowest `bits` bits of an integer.
    fn truncated(&self, value: Value<'c>, bits: u32) -> Value<'c> {
        match width(value) == bits {
            true => value,
            false => self.builder().cast(InstructionOpcode::Trunc, value, self.types().int(bits)),
        }
    }

    /// Pushes an integer extended by zeros to `bits` bits.
    fn push_extended(&mut self, value: Value<'c>, bits: u32) {
        let value = match width(value) == bits {
            true => value,
            false => self.builder().cast(InstructionOpcode::ZExt, value, self.types().int(bits)),
        };
        self.push(value);
    }

    /// Loads an integer of `bits` bits and extends it to `to` bits.
    pub(super) fn atomic_load(&mut self, memarg: MemArg, bits: u32, to: u32) {
        let index = self.pop();
        if let Some(at) = self.atomic_address(memarg, bits, index) {
            let (value, load) = self.builder().load(self.types().int(bits), at, bits / 8);
            load.set_atomic_ordering(AtomicOrdering::SequentiallyConsistent)
                .expect("loads take this order");
            self.mark_atomic(load, &memarg);
            self.push_extended(value, to);
        }
    }

    /// Stores the lowest `bits` bits.
    pub(super) fn atomic_store(&mut self, memarg: MemArg, bits: u32) {
        let (index, value) = self.pop2();
        let value = self.truncated(value, bits);
        if let Some(at) = self.atomic_address(memarg, bits, index) {
            let store = self.builder().store(value, at, bits / 8);
            store
                .set_atomic_ordering(AtomicOrdering::SequentiallyConsistent)
                .expect("stores take this order");
            self.mark_atomic(store, &memarg);
        }
    }

    /// Changes an integer of `bits` bits and pushes what it was.
    pub(super) fn atomic_rmw(&mut self, memarg: MemArg, bits: u32, op: AtomicRMWBinOp) {
        let (index, operand) = self.pop2();
        let to = width(operand);
        let operand = self.truncated(operand, bits);
        if let Some(at) = self.atomic_address(memarg, bits, index) {
            let (value, access) = self.builder().atomic_rmw(op, at, operand);
            self.mark_atomic(access, &memarg);
            self.push_extended(value, to);
        }
    }

    /// Stores the replacement if the integer of `bits` bits is the expected one; of both only the lowest `bits` bits
    /// count.
    pub(super) fn atomic_cmpxchg(&mut self, memarg: MemArg, bits: u32) {
        let (index, expected, replacement) = self.pop3();
        let to = width(expected);
        let expected = self.truncated(expected, bits);
        let replacement = self.truncated(replacement, bits);
        if let Some(at) = self.atomic_address(memarg, bits, index) {
            let (value, access) = self.builder().atomic_cmpxchg(at, expected, replacement);
            self.mark_atomic(access, &memarg);
            self.push_extended(value, to);
        }
    }

    pub(super) fn atomic_fence(&mut self) {
        self.builder().fence();
    }

    /// *index + offset* in 64 bits, for a builtin that checks the bounds itself.
    fn wasm_address(&mut self, memarg: &MemArg, index: Value<'c>, size: u32) -> Value<'c> {
        self.check_alignment(memarg, index, size);
        let index_64 = width(index) == 64;
        let index = self.builder().widen(index);
        match memarg.offset {
            0 => index,
            offset => self.sum_in_memory(index, offset, index_64),
        }
    }

    pub(super) fn atomic_wait(&mut self, memarg: MemArg, builtin: BuiltinFunction, size: u32) {
        let (index, expected, timeout) = self.pop3();
        let address = self.wasm_address(&memarg, index, size);
        let memory = self.builder().i32(memory_index(&memarg).as_u32());
        let value = self.builtin_value(builtin, &[memory, address, expected, timeout]);
        self.push(value);
    }

    pub(super) fn atomic_notify(&mut self, memarg: MemArg) {
        let (index, count) = self.pop2();
        let address = self.wasm_address(&memarg, index, 4);
        let memory = self.builder().i32(memory_index(&memarg).as_u32());
        let builtin = BuiltinFunction::memory_atomic_notify;
        let value = self.builtin_value(builtin, &[memory, address, count]);
        self.push(value);
    }
}
