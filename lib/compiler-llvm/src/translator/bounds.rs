//! The code of the checks of memory addresses, which [`wasmer_compiler::HeapBounds`] chooses.

use inkwell::IntPredicate;
use inkwell::values::{InstructionOpcode, PointerValue};
use wasmer_compiler::{Check, HeapBounds};
use wasmer_types::{MemoryIndex, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use super::memory::memory_index;
use crate::builder::Value;

impl<'c> Translator<'_, '_, 'c> {
    /// Checks the index `index` for an access of `size` bytes as `memarg` says, and returns its address. `None` when
    /// the access always traps; the code behind is then unreachable.
    pub(super) fn heap_address(
        &mut self,
        memarg: MemArg,
        size: u32,
        index: Value<'c>,
    ) -> Option<PointerValue<'c>> {
        let memory = memory_index(&memarg);
        let bounds = self.environ().bounds[memory];
        let wide = self.builder().widen(index);
        match bounds.check(memarg.offset, size, constant(index)) {
            Check::AlwaysOutside => {
                self.trap(TrapCode::HeapAccessOutOfBounds);
                return None;
            }
            Check::None => {}
            check => {
                let outside = self.outside(memory, &bounds, check, wide);
                self.trap_if(outside, TrapCode::HeapAccessOutOfBounds);
            }
        }
        let base = self.memory_base(memory);
        self.locate();
        let builder = self.builder();
        let address = builder.add_offset(base, wide);
        Some(match memarg.offset {
            0 => address,
            offset => builder.add_offset(address, builder.i64(offset)),
        })
    }

    /// Whether a store of `size` bytes may begin in the memory and end outside, so that a part of it is written
    /// before it faults. Processors with x86's instructions write all or nothing.
    pub(super) fn may_straddle(&self, memarg: &MemArg, size: u32, index: Value<'c>) -> bool {
        let bounds = &self.environ().bounds[memory_index(memarg)];
        !self.environ().is_x86 && bounds.may_straddle(memarg.offset, size, constant(index))
    }

    /// The condition under which the 64-bit `index` fails `check`.
    fn outside(
        &mut self,
        memory: MemoryIndex,
        bounds: &HeapBounds,
        check: Check,
        index: Value<'c>,
    ) -> Value<'c> {
        let builder = self.builder();
        let (index, last) = match check {
            Check::Above(last) => (index, builder.i64(last)),
            Check::AboveLengthMinus(0) => (index, self.memory_length(memory)),
            Check::AboveLengthMinus(end) => {
                let length = self.memory_length(memory);
                (index, builder.binary(InstructionOpcode::Sub, length, builder.i64(end)))
            }
            Check::SumAboveLength(end) => {
                let sum = self.sum_in_memory(index, end, bounds.index_64());
                (sum, self.memory_length(memory))
            }
            Check::AlwaysOutside | Check::None => unreachable!("there is nothing to compare"),
        };
        builder.icmp(IntPredicate::UGT, index, last)
    }

    /// *index + offset* in 64 bits; traps when that overflows, which only an index of 64 bits can.
    pub(super) fn sum_in_memory(
        &mut self,
        index: Value<'c>,
        offset: u64,
        index_64: bool,
    ) -> Value<'c> {
        let builder = self.builder();
        let sum = builder.binary(InstructionOpcode::Add, index, builder.i64(offset));
        if index_64 {
            let overflows = builder.icmp(IntPredicate::ULT, sum, index);
            self.trap_if(overflows, TrapCode::HeapAccessOutOfBounds);
        }
        sum
    }
}

/// The value of an index that is known.
fn constant(index: Value<'_>) -> Option<u64> {
    index.into_int_value().get_zero_extended_constant()
}
