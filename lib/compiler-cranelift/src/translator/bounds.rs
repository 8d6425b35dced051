//! The code of the checks of memory addresses, which [`wasmer_compiler::HeapBounds`] chooses.
//!
//! Where a check fails, the address is replaced by zero without a branch (so that nothing is read speculatively) and the
//! access faults on the unmapped first page; or, without mitigations, a branch goes to a trap.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlags, MemFlagsData, Value, types};
use wasmer_compiler::{Check, HeapBounds};
use wasmer_types::{MemoryIndex, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use super::memory::memory_index;
use crate::traps;

/// The place of an access whose bounds were checked.
#[derive(Clone, Copy)]
pub(super) struct HeapAddress {
    pub(super) base: Value,
    pub(super) offset: i32,
    pub(super) flags: MemFlags,
    /// Whether it may begin in the memory and end outside, where it faults.
    pub(super) may_straddle: bool,
}

impl Translator<'_, '_> {
    /// Checks the index `index` for an access of `size` bytes as `memarg` says. `None` when the access always traps;
    /// the code behind is then unreachable.
    pub(super) fn heap_address(
        &mut self,
        memarg: MemArg,
        size: u32,
        index: Value,
    ) -> Option<HeapAddress> {
        let memory = memory_index(&memarg);
        let bounds = self.environ.bounds[memory];
        let constant = self.constant(index);
        let outside = match bounds.check(memarg.offset, size, constant) {
            Check::AlwaysOutside => {
                self.trap(TrapCode::HeapAccessOutOfBounds);
                return None;
            }
            Check::None => None,
            check => {
                let index = self.widen(index);
                Some(self.outside(memory, &bounds, check, index))
            }
        };
        if let Some(outside) = outside
            && !self.environ.spectre_mitigations
        {
            self.builder.ins().trapnz(outside, traps::to_ir(TrapCode::HeapAccessOutOfBounds));
        }
        let (mut base, mut offset) = self.effective_address(memory, memarg.offset, index, constant);
        if let Some(outside) = outside
            && self.environ.spectre_mitigations
        {
            base = self.add_offset(base, offset as u64);
            offset = 0;
            let zero = self.iconst(types::I64, 0);
            base = self.builder.ins().select_spectre_guard(outside, zero, base);
        }
        let flags = self.heap_flags(memory);
        let may_straddle = bounds.may_straddle(memarg.offset, size, constant);
        Some(HeapAddress { base, offset, flags, may_straddle })
    }

    /// The condition under which the 64-bit `index` fails `check`.
    fn outside(
        &mut self,
        memory: MemoryIndex,
        bounds: &HeapBounds,
        check: Check,
        index: Value,
    ) -> Value {
        let (index, last) = match check {
            Check::Above(last) => (index, self.iconst(types::I64, last)),
            Check::AboveLengthMinus(0) => (index, self.memory_length(memory)),
            Check::AboveLengthMinus(end) => {
                let length = self.memory_length(memory);
                let end = self.iconst(types::I64, end);
                (index, self.builder.ins().isub(length, end))
            }
            Check::SumAboveLength(end) => {
                let end = self.iconst(types::I64, end);
                let sum = match bounds.index_64() {
                    true => {
                        let code = traps::to_ir(TrapCode::HeapAccessOutOfBounds);
                        self.builder.ins().uadd_overflow_trap(index, end, code)
                    }
                    false => self.builder.ins().iadd(index, end),
                };
                (sum, self.memory_length(memory))
            }
            Check::AlwaysOutside | Check::None => unreachable!("there is nothing to compare"),
        };
        self.builder.ins().icmp(IntCC::UnsignedGreaterThan, index, last)
    }

    /// *base of the memory + index + offset* as a value and an immediate that is not negative.
    fn effective_address(
        &mut self,
        memory: MemoryIndex,
        offset: u64,
        index: Value,
        constant: Option<u64>,
    ) -> (Value, i32) {
        let base = self.memory_base(memory);
        if let Some(constant) = constant
            && let Some(all) = constant.checked_add(offset)
            && let Ok(immediate) = i32::try_from(all)
        {
            return (base, immediate);
        }
        let index = self.widen(index);
        let address = self.builder.ins().iadd(base, index);
        match i32::try_from(offset) {
            Ok(immediate) => (address, immediate),
            Err(_) => (self.add_offset(address, offset), 0),
        }
    }

    fn add_offset(&mut self, base: Value, offset: u64) -> Value {
        if offset == 0 {
            return base;
        }
        let offset = self.iconst(types::I64, offset);
        self.builder.ins().iadd(base, offset)
    }

    /// The flags of accesses to a memory: no alignment is promised, and a fault means that it was out of bounds.
    pub(super) fn new_heap_flags(&mut self, memory: MemoryIndex) -> MemFlags {
        let region = self.region(super::alias::Region::Memory(memory));
        let flags = MemFlagsData::new()
            .with_endianness(cranelift_codegen::ir::Endianness::Little)
            .with_trap_code(Some(traps::to_ir(TrapCode::HeapAccessOutOfBounds)))
            .with_alias_region(Some(region));
        let flags = self.builder.func.dfg.mem_flags.insert(flags);
        flags.expect("the number of regions bounds the number of flags")
    }
}
