//! Atomic operators (threads proposal).
//!
//! All are sequentially consistent. An address that is not a multiple of the size of the access traps before its
//! bounds are looked at.

use cranelift_codegen::ir::{self, AtomicRmwOp, InstBuilder, Opcode, Value, types};
use wasmer_types::{BuiltinFunction, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use super::bounds::HeapAddress;
use super::memory::memory_index;
use crate::environ::POINTER;
use crate::traps;

macro_rules! atomic_operators {
    ($reader:ident) => {
        $reader! {
            visit_memory_atomic_notify(memarg: MemArg) => atomic_notify(memarg);
            visit_memory_atomic_wait32(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait32, 4);
            visit_memory_atomic_wait64(memarg: MemArg) =>
                atomic_wait(memarg, BuiltinFunction::memory_atomic_wait64, 8);
            visit_atomic_fence(_ordering: wasmparser::Ordering) => atomic_fence();
            visit_i32_atomic_load(memarg: MemArg) => atomic_load(memarg, I32, I32);
            visit_i64_atomic_load(memarg: MemArg) => atomic_load(memarg, I64, I64);
            visit_i32_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, I8, I32);
            visit_i32_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, I16, I32);
            visit_i64_atomic_load8_u(memarg: MemArg) => atomic_load(memarg, I8, I64);
            visit_i64_atomic_load16_u(memarg: MemArg) => atomic_load(memarg, I16, I64);
            visit_i64_atomic_load32_u(memarg: MemArg) => atomic_load(memarg, I32, I64);
            visit_i32_atomic_store(memarg: MemArg) => atomic_store(memarg, I32);
            visit_i64_atomic_store(memarg: MemArg) => atomic_store(memarg, I64);
            visit_i32_atomic_store8(memarg: MemArg) => atomic_store(memarg, I8);
            visit_i32_atomic_store16(memarg: MemArg) => atomic_store(memarg, I16);
            visit_i64_atomic_store8(memarg: MemArg) => atomic_store(memarg, I8);
            visit_i64_atomic_store16(memarg: MemArg) => atomic_store(memarg, I16);
            visit_i64_atomic_store32(memarg: MemArg) => atomic_store(memarg, I32);
            visit_i32_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Add);
            visit_i64_atomic_rmw_add(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::Add);
            visit_i32_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Add);
            visit_i32_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Add);
            visit_i64_atomic_rmw8_add_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Add);
            visit_i64_atomic_rmw16_add_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Add);
            visit_i64_atomic_rmw32_add_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Add);
            visit_i32_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Sub);
            visit_i64_atomic_rmw_sub(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::Sub);
            visit_i32_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Sub);
            visit_i32_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Sub);
            visit_i64_atomic_rmw8_sub_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Sub);
            visit_i64_atomic_rmw16_sub_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Sub);
            visit_i64_atomic_rmw32_sub_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Sub);
            visit_i32_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::And);
            visit_i64_atomic_rmw_and(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::And);
            visit_i32_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::And);
            visit_i32_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::And);
            visit_i64_atomic_rmw8_and_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::And);
            visit_i64_atomic_rmw16_and_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::And);
            visit_i64_atomic_rmw32_and_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::And);
            visit_i32_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Or);
            visit_i64_atomic_rmw_or(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::Or);
            visit_i32_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Or);
            visit_i32_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Or);
            visit_i64_atomic_rmw8_or_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Or);
            visit_i64_atomic_rmw16_or_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Or);
            visit_i64_atomic_rmw32_or_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Or);
            visit_i32_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Xor);
            visit_i64_atomic_rmw_xor(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::Xor);
            visit_i32_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Xor);
            visit_i32_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Xor);
            visit_i64_atomic_rmw8_xor_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Xor);
            visit_i64_atomic_rmw16_xor_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Xor);
            visit_i64_atomic_rmw32_xor_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Xor);
            visit_i32_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Xchg);
            visit_i64_atomic_rmw_xchg(memarg: MemArg) => atomic_rmw(memarg, I64, AtomicRmwOp::Xchg);
            visit_i32_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Xchg);
            visit_i32_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Xchg);
            visit_i64_atomic_rmw8_xchg_u(memarg: MemArg) => atomic_rmw(memarg, I8, AtomicRmwOp::Xchg);
            visit_i64_atomic_rmw16_xchg_u(memarg: MemArg) => atomic_rmw(memarg, I16, AtomicRmwOp::Xchg);
            visit_i64_atomic_rmw32_xchg_u(memarg: MemArg) => atomic_rmw(memarg, I32, AtomicRmwOp::Xchg);
            visit_i32_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_cmpxchg(memarg, I32);
            visit_i64_atomic_rmw_cmpxchg(memarg: MemArg) => atomic_cmpxchg(memarg, I64);
            visit_i32_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, I8);
            visit_i32_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, I16);
            visit_i64_atomic_rmw8_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, I8);
            visit_i64_atomic_rmw16_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, I16);
            visit_i64_atomic_rmw32_cmpxchg_u(memarg: MemArg) => atomic_cmpxchg(memarg, I32);
        }
    };
}
pub(super) use atomic_operators as operators;

impl Translator<'_, '_> {
    /// Traps when *index + offset* is not a multiple of `size`. Overflow of the sum does not change its low bits.
    fn check_alignment(&mut self, memarg: &MemArg, index: Value, size: u32) {
        if size == 1 {
            return;
        }
        let mask = i64::from(size) - 1;
        let low = memarg.offset as i64 & mask;
        let sum = match low {
            0 => index,
            _ => self.builder.ins().iadd_imm_u(index, low),
        };
        let misaligned = self.builder.ins().band_imm_u(sum, mask);
        self.builder.ins().trapnz(misaligned, traps::to_ir(TrapCode::UnalignedAtomic));
    }

    /// The checked address of an access to a value of type `ty`, without an offset.
    fn atomic_address(
        &mut self,
        memarg: MemArg,
        ty: ir::Type,
        index: Value,
    ) -> Option<HeapAddress> {
        self.check_alignment(&memarg, index, ty.bytes());
        let mut at = self.heap_address(memarg, ty.bytes(), index)?;
        if at.offset != 0 {
            at.base = self.builder.ins().iadd_imm_s(at.base, i64::from(at.offset));
            at.offset = 0;
        }
        Some(at)
    }

    /// `value` with the bits that `ty` has.
    fn truncated(&mut self, value: Value, ty: ir::Type) -> Value {
        match self.ty(value) == ty {
            true => value,
            false => self.builder.ins().ireduce(ty, value),
        }
    }

    /// Pushes `value` extended by zeros to `ty`.
    fn push_extended(&mut self, value: Value, ty: ir::Type) {
        let value = match self.ty(value) == ty {
            true => value,
            false => self.builder.ins().uextend(ty, value),
        };
        self.push(value);
    }

    /// Loads a value of type `ty` and extends it to `to`.
    pub(super) fn atomic_load(&mut self, memarg: MemArg, ty: ir::Type, to: ir::Type) {
        let index = self.pop();
        if let Some(at) = self.atomic_address(memarg, ty, index) {
            let (inst, dfg) =
                self.builder.ins().LoadNoOffset(Opcode::AtomicLoad, ty, at.flags, at.base);
            let value = dfg.first_result(inst);
            self.push_extended(value, to);
        }
    }

    pub(super) fn atomic_store(&mut self, memarg: MemArg, ty: ir::Type) {
        let (index, value) = self.pop2();
        let value = self.truncated(value, ty);
        if let Some(at) = self.atomic_address(memarg, ty, index) {
            self.builder.ins().StoreNoOffset(Opcode::AtomicStore, ty, at.flags, value, at.base);
        }
    }

    /// Changes a value of type `ty` and pushes what it was.
    pub(super) fn atomic_rmw(&mut self, memarg: MemArg, ty: ir::Type, op: AtomicRmwOp) {
        let (index, operand) = self.pop2();
        let to = self.ty(operand);
        let operand = self.truncated(operand, ty);
        if let Some(at) = self.atomic_address(memarg, ty, index) {
            let ins = self.builder.ins();
            let (inst, dfg) = ins.AtomicRmw(Opcode::AtomicRmw, ty, at.flags, op, at.base, operand);
            let value = dfg.first_result(inst);
            self.push_extended(value, to);
        }
    }

    /// Stores the replacement if the value of type `ty` is the expected one; of both only the bits of `ty` count.
    pub(super) fn atomic_cmpxchg(&mut self, memarg: MemArg, ty: ir::Type) {
        let (index, expected, replacement) = self.pop3();
        let to = self.ty(expected);
        let expected = self.truncated(expected, ty);
        let replacement = self.truncated(replacement, ty);
        if let Some(at) = self.atomic_address(memarg, ty, index) {
            let ins = self.builder.ins();
            let (inst, dfg) =
                ins.AtomicCas(Opcode::AtomicCas, ty, at.flags, at.base, expected, replacement);
            let value = dfg.first_result(inst);
            self.push_extended(value, to);
        }
    }

    pub(super) fn atomic_fence(&mut self) {
        self.builder.ins().fence();
    }

    /// *index + offset* in 64 bits, for a builtin that checks the bounds itself.
    fn wasm_address(&mut self, memarg: &MemArg, index: Value, size: u32) -> Value {
        self.check_alignment(memarg, index, size);
        let index_64 = self.ty(index) == types::I64;
        let index = self.widen(index);
        if memarg.offset == 0 {
            return index;
        }
        let offset = self.iconst(POINTER, memarg.offset);
        match index_64 {
            false => self.builder.ins().iadd(index, offset),
            true => {
                let code = traps::to_ir(TrapCode::HeapAccessOutOfBounds);
                self.builder.ins().uadd_overflow_trap(index, offset, code)
            }
        }
    }

    pub(super) fn atomic_wait(&mut self, memarg: MemArg, builtin: BuiltinFunction, size: u32) {
        let (index, expected, timeout) = self.pop3();
        let address = self.wasm_address(&memarg, index, size);
        let memory = self.iconst(types::I32, u64::from(memory_index(&memarg).as_u32()));
        let value = self.builtin_value(builtin, &[memory, address, expected, timeout]);
        self.push(value);
    }

    pub(super) fn atomic_notify(&mut self, memarg: MemArg) {
        let (index, count) = self.pop2();
        let address = self.wasm_address(&memarg, index, 4);
        let memory = self.iconst(types::I32, u64::from(memory_index(&memarg).as_u32()));
        let builtin = BuiltinFunction::memory_atomic_notify;
        let value = self.builtin_value(builtin, &[memory, address, count]);
        self.push(value);
    }
}
