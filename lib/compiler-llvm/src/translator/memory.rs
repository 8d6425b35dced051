//! Loads, stores, and operators on whole memories (WebAssembly 3.0, §4.6.8) but for those of `bulk`.

use inkwell::AtomicOrdering;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{BasicValue, InstructionOpcode, PointerValue};
use wasmer_types::{BuiltinFunction, BuiltinType, DefinitionLocation, MemoryIndex};
use wasmparser::{MemArg, MemArgTarget};

use super::alias::Region;
use super::{Translator, align_of};
use crate::builder::Value;

macro_rules! memory_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_load(memarg: MemArg) => load_int(memarg, 32, Op::ZExt, 32);
            visit_i64_load(memarg: MemArg) => load_int(memarg, 64, Op::ZExt, 64);
            visit_f32_load(memarg: MemArg) => load_float(memarg, 32);
            visit_f64_load(memarg: MemArg) => load_float(memarg, 64);
            visit_i32_load8_s(memarg: MemArg) => load_int(memarg, 8, Op::SExt, 32);
            visit_i32_load8_u(memarg: MemArg) => load_int(memarg, 8, Op::ZExt, 32);
            visit_i32_load16_s(memarg: MemArg) => load_int(memarg, 16, Op::SExt, 32);
            visit_i32_load16_u(memarg: MemArg) => load_int(memarg, 16, Op::ZExt, 32);
            visit_i64_load8_s(memarg: MemArg) => load_int(memarg, 8, Op::SExt, 64);
            visit_i64_load8_u(memarg: MemArg) => load_int(memarg, 8, Op::ZExt, 64);
            visit_i64_load16_s(memarg: MemArg) => load_int(memarg, 16, Op::SExt, 64);
            visit_i64_load16_u(memarg: MemArg) => load_int(memarg, 16, Op::ZExt, 64);
            visit_i64_load32_s(memarg: MemArg) => load_int(memarg, 32, Op::SExt, 64);
            visit_i64_load32_u(memarg: MemArg) => load_int(memarg, 32, Op::ZExt, 64);
            visit_i32_store(memarg: MemArg) => store(memarg, 32);
            visit_i64_store(memarg: MemArg) => store(memarg, 64);
            visit_f32_store(memarg: MemArg) => store(memarg, 32);
            visit_f64_store(memarg: MemArg) => store(memarg, 64);
            visit_i32_store8(memarg: MemArg) => store(memarg, 8);
            visit_i32_store16(memarg: MemArg) => store(memarg, 16);
            visit_i64_store8(memarg: MemArg) => store(memarg, 8);
            visit_i64_store16(memarg: MemArg) => store(memarg, 16);
            visit_i64_store32(memarg: MemArg) => store(memarg, 32);
        }
    };
}
pub(super) use memory_operators as operators;

/// The memory of an access.
pub(super) fn memory_index(memarg: &MemArg) -> MemoryIndex {
    match memarg.target {
        MemArgTarget::Memory(index) => MemoryIndex::from_u32(index),
        MemArgTarget::Array(_) => unreachable!("arrays are refused by the validator"),
    }
}

impl<'c> Translator<'_, '_, 'c> {
    fn is_shared(&self, memory: MemoryIndex) -> bool {
        self.environ().module.memories[memory].shared
    }

    /// Whether a memory may lie elsewhere when it has grown. Shared memories do not, whatever their style, because
    /// other threads use them while they grow.
    pub(super) fn moves(&self, memory: MemoryIndex) -> bool {
        self.environ().bounds[memory].moves() && !self.is_shared(memory)
    }

    /// The address of byte 0 of a memory.
    pub(super) fn memory_base(&mut self, memory: MemoryIndex) -> PointerValue<'c> {
        let location = self.environ().offsets.memory(memory);
        let field = self.environ().layouts.memory.base();
        let heap = self.types().heap;
        if self.moves(memory) {
            let (definition, offset) = self.definition(location);
            let base = self.load_field(heap, definition, offset + field, Region::MemoryDefinitions);
            return base.into_pointer_value();
        }
        if let Some(base) = self.bases.get(&memory) {
            return *base;
        }
        let base = self.at_entry(|_| {
            let (definition, offset) = self.definition(location);
            self.load_constant(heap, definition, offset + field)
        });
        self.bases.insert(memory, base.into_pointer_value());
        base.into_pointer_value()
    }

    /// The present length of a memory in bytes.
    pub(super) fn memory_length(&mut self, memory: MemoryIndex) -> Value<'c> {
        let (definition, offset) = self.definition(self.environ().offsets.memory(memory));
        let field = self.environ().layouts.memory.current_length();
        let length = self.load_field(
            self.types().i64,
            definition,
            offset + field,
            Region::MemoryDefinitions,
        );
        if self.is_shared(memory) {
            let load = length.as_instruction_value().expect("`load` is an instruction");
            load.set_atomic_ordering(AtomicOrdering::SequentiallyConsistent)
                .expect("loads take this order");
        }
        length
    }

    /// Loads `size` bytes as a value of type `ty`. `None` when that always traps.
    pub(super) fn heap_load(
        &mut self,
        memarg: MemArg,
        ty: impl BasicType<'c>,
        size: u32,
    ) -> Option<Value<'c>> {
        let index = self.pop();
        let address = self.heap_address(memarg, size, index)?;
        let memory = memory_index(&memarg);
        let builder = self.builder();
        let (value, load) = builder.load(ty, address, 1);
        self.in_region(load, Region::Memory(memory));
        match self.is_shared(memory) {
            // Other threads write to it, so it is read once.
            true => load.set_volatile(true).expect("loads can be volatile"),
            false => drop(builder.intrinsic(&self.unit.module, "llvm.fake.use", &[], &[value])),
        }
        Some(value)
    }

    /// Stores `value`, which has `size` bytes.
    pub(super) fn heap_store(&mut self, memarg: MemArg, value: Value<'c>, size: u32) {
        let index = self.pop();
        let straddles = self.may_straddle(&memarg, size, index);
        let Some(address) = self.heap_address(memarg, size, index) else { return };
        let region = Region::Memory(memory_index(&memarg));
        let builder = self.builder();
        if straddles {
            // It faults if the store would, before anything is written.
            let (_, load) = builder.load(value.get_type(), address, 1);
            self.in_region(load, region);
            load.set_volatile(true).expect("loads can be volatile");
        }
        let store = builder.store(value, address, 1);
        self.in_region(store, region);
        store.set_volatile(true).expect("stores can be volatile");
    }

    /// Loads an integer of `bits` bits and extends it by `extend` to `to` bits.
    pub(super) fn load_int(
        &mut self,
        memarg: MemArg,
        bits: u32,
        extend: InstructionOpcode,
        to: u32,
    ) {
        if let Some(value) = self.heap_load(memarg, self.types().int(bits), bits / 8) {
            let value = match bits == to {
                true => value,
                false => self.builder().cast(extend, value, self.types().int(to)),
            };
            self.push(value);
        }
    }

    pub(super) fn load_float(&mut self, memarg: MemArg, bits: u32) {
        let ty: BasicTypeEnum<'c> = match bits {
            32 => self.types().f32.into(),
            _ => self.types().f64.into(),
        };
        if let Some(value) = self.heap_load(memarg, ty, bits / 8) {
            self.push(value);
        }
    }

    /// Stores the lowest `bits` bits of the topmost value.
    pub(super) fn store(&mut self, memarg: MemArg, bits: u32) {
        let mut value = self.pop();
        if value.is_int_value() && align_of(value.get_type()) * 8 > bits {
            let ty = self.types().int(bits);
            value = self.builder().cast(InstructionOpcode::Trunc, value, ty);
        }
        self.heap_store(memarg, value, bits / 8);
    }

    pub(super) fn memory_size(&mut self, memory: MemoryIndex) {
        let format = self.environ().module.memory_formats[memory];
        let length = self.memory_length(memory);
        let log2 = self.builder().i64(u64::from(format.page_size_log2));
        let pages = self.builder().binary(InstructionOpcode::LShr, length, log2);
        let pages = self.narrow(pages, format.index);
        self.push(pages);
    }

    pub(super) fn memory_grow(&mut self, memory: MemoryIndex) {
        let index = self.environ().module.memory_formats[memory].index;
        let delta = self.pop();
        let delta = self.builder().widen(delta);
        let number = self.builder().i32(memory.as_u32());
        let pages = self.builtin_value(BuiltinFunction::memory_grow, &[number, delta]);
        let pages = self.narrow(pages, index);
        self.push(pages);
    }

    /// Copies between two memories or tables, or from a segment: `to` and `from` are indices of the module's index
    /// spaces. Operands are as wide as the builtin wants them.
    pub(super) fn copy(&mut self, builtin: BuiltinFunction, to: u32, from: u32) {
        if builtin == BuiltinFunction::memory_copy {
            return self.memory_copy(MemoryIndex::from_u32(to), MemoryIndex::from_u32(from));
        }
        let (start, source, len) = self.pop3();
        let numbers = [to, from].map(|index| self.builder().i32(index));
        let mut args = [numbers[0], numbers[1], start, source, len];
        for (arg, ty) in args.iter_mut().zip(builtin.params()) {
            if *ty == BuiltinType::I64 {
                *arg = self.builder().widen(*arg);
            }
        }
        self.builtin(builtin, &args);
    }

    pub(super) fn drop_segment(&mut self, builtin: BuiltinFunction, segment: u32) {
        let segment = self.builder().i32(segment);
        self.builtin(builtin, &[segment]);
    }

    /// Loads a definition's field of pointer size that never changes, at the entry.
    pub(super) fn constant_of_definition(
        &self,
        location: DefinitionLocation,
        field: u32,
    ) -> PointerValue<'c> {
        let value = self.at_entry(|_| {
            let (definition, offset) = self.definition(location);
            self.load_constant(self.types().pointer, definition, offset + field)
        });
        value.into_pointer_value()
    }
}
