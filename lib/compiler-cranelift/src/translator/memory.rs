//! Loads, stores, and operators on whole memories (WebAssembly 3.0, §4.6.8).

use cranelift_codegen::ir::{self, InstBuilder, MemFlags, Opcode, Value, types};
use cranelift_codegen::packed_option::PackedOption;
use wasmer_types::{BuiltinFunction, DefinitionLocation, MemoryIndex};
use wasmparser::{MemArg, MemArgTarget};

use super::Translator;
use super::alias::Region;
use crate::environ::POINTER;

macro_rules! memory_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_load(memarg: MemArg) => load(memarg, Opcode::Load, I32, 4);
            visit_i64_load(memarg: MemArg) => load(memarg, Opcode::Load, I64, 8);
            visit_f32_load(memarg: MemArg) => load(memarg, Opcode::Load, F32, 4);
            visit_f64_load(memarg: MemArg) => load(memarg, Opcode::Load, F64, 8);
            visit_i32_load8_s(memarg: MemArg) => load(memarg, Opcode::Sload8, I32, 1);
            visit_i32_load8_u(memarg: MemArg) => load(memarg, Opcode::Uload8, I32, 1);
            visit_i32_load16_s(memarg: MemArg) => load(memarg, Opcode::Sload16, I32, 2);
            visit_i32_load16_u(memarg: MemArg) => load(memarg, Opcode::Uload16, I32, 2);
            visit_i64_load8_s(memarg: MemArg) => load(memarg, Opcode::Sload8, I64, 1);
            visit_i64_load8_u(memarg: MemArg) => load(memarg, Opcode::Uload8, I64, 1);
            visit_i64_load16_s(memarg: MemArg) => load(memarg, Opcode::Sload16, I64, 2);
            visit_i64_load16_u(memarg: MemArg) => load(memarg, Opcode::Uload16, I64, 2);
            visit_i64_load32_s(memarg: MemArg) => load(memarg, Opcode::Sload32, I64, 4);
            visit_i64_load32_u(memarg: MemArg) => load(memarg, Opcode::Uload32, I64, 4);
            visit_i32_store(memarg: MemArg) => store(memarg, Opcode::Store, 4);
            visit_i64_store(memarg: MemArg) => store(memarg, Opcode::Store, 8);
            visit_f32_store(memarg: MemArg) => store(memarg, Opcode::Store, 4);
            visit_f64_store(memarg: MemArg) => store(memarg, Opcode::Store, 8);
            visit_i32_store8(memarg: MemArg) => store(memarg, Opcode::Istore8, 1);
            visit_i32_store16(memarg: MemArg) => store(memarg, Opcode::Istore16, 2);
            visit_i64_store8(memarg: MemArg) => store(memarg, Opcode::Istore8, 1);
            visit_i64_store16(memarg: MemArg) => store(memarg, Opcode::Istore16, 2);
            visit_i64_store32(memarg: MemArg) => store(memarg, Opcode::Istore32, 4);
        }
    };
}
pub(super) use memory_operators as operators;

/// What a function keeps of a memory that it accesses.
#[derive(Clone, Copy)]
pub(super) struct HeapHandles {
    flags: MemFlags,
    /// The base, when it never changes.
    base: PackedOption<Value>,
}

/// The memory of an access.
pub(super) fn memory_index(memarg: &MemArg) -> MemoryIndex {
    match memarg.target {
        MemArgTarget::Memory(index) => MemoryIndex::from_u32(index),
        MemArgTarget::Array(_) => unreachable!("arrays are refused by the validator"),
    }
}

impl Translator<'_, '_> {
    fn heap_handles(&mut self, memory: MemoryIndex) -> HeapHandles {
        if let Some(handles) = self.buffers.heaps.get(memory) {
            return handles;
        }
        let flags = self.new_heap_flags(memory);
        let base = match self.environ.bounds[memory].moves() && !self.is_shared(memory) {
            true => None,
            false => {
                let offset = self.environ.layouts.memory.base();
                Some(self.constant_of_definition(self.environ.offsets.memory(memory), offset))
            }
        };
        let handles = HeapHandles { flags, base: base.into() };
        self.buffers.heaps.set(memory, handles);
        handles
    }

    /// A field of pointer size of a definition that never changes.
    pub(super) fn constant_of_definition(
        &mut self,
        location: DefinitionLocation,
        field: u32,
    ) -> Value {
        let (flags, vmctx) = (Self::constant_load(), self.vmctx);
        self.at_entry(|c| match location {
            DefinitionLocation::Inline(offset) => {
                c.ins().load(POINTER, flags, vmctx, (offset + field) as i32)
            }
            DefinitionLocation::Indirect(offset) => {
                let definition = c.ins().load(POINTER, flags, vmctx, offset as i32);
                c.ins().load(POINTER, flags, definition, field as i32)
            }
        })
    }

    /// Shared memories do not move, whatever their style, because other threads use them while they grow.
    fn is_shared(&self, memory: MemoryIndex) -> bool {
        self.environ.module.memories[memory].shared
    }

    /// The flags of accesses to a memory.
    pub(super) fn heap_flags(&mut self, memory: MemoryIndex) -> MemFlags {
        self.heap_handles(memory).flags
    }

    /// The address of byte 0 of a memory.
    pub(super) fn memory_base(&mut self, memory: MemoryIndex) -> Value {
        match self.heap_handles(memory).base.expand() {
            Some(base) => base,
            None => {
                let (definition, offset) = self.definition(self.environ.offsets.memory(memory));
                let flags = self.trusted(Region::Definitions);
                let field = self.environ.layouts.memory.base() as i32;
                self.builder.ins().load(POINTER, flags, definition, offset + field)
            }
        }
    }

    /// The present length of a memory in bytes.
    pub(super) fn memory_length(&mut self, memory: MemoryIndex) -> Value {
        let (definition, offset) = self.definition(self.environ.offsets.memory(memory));
        let flags = self.trusted(Region::Definitions);
        let field = self.environ.layouts.memory.current_length() as i32;
        match self.is_shared(memory) {
            true => {
                let address = self.builder.ins().iadd_imm_s(definition, i64::from(offset + field));
                self.builder.ins().atomic_load(POINTER, flags, address)
            }
            false => self.builder.ins().load(POINTER, flags, definition, offset + field),
        }
    }

    /// `opcode` reads `size` bytes; `ty` is its controlling type.
    pub(super) fn load(&mut self, memarg: MemArg, opcode: Opcode, ty: ir::Type, size: u32) {
        if let Some(value) = self.load_value(memarg, opcode, ty, size) {
            self.push(value);
        }
    }

    /// As [`Self::load`], without pushing the value. `None` when it always traps.
    pub(super) fn load_value(
        &mut self,
        memarg: MemArg,
        opcode: Opcode,
        ty: ir::Type,
        size: u32,
    ) -> Option<Value> {
        let index = self.pop();
        let at = self.heap_address(memarg, size, index)?;
        let (inst, dfg) = self.builder.ins().Load(opcode, ty, at.flags, at.offset.into(), at.base);
        Some(dfg.first_result(inst))
    }

    /// `opcode` writes the lowest `size` bytes of the topmost value.
    pub(super) fn store(&mut self, memarg: MemArg, opcode: Opcode, size: u32) {
        let value = self.pop();
        self.store_value(memarg, opcode, value, size);
    }

    /// As [`Self::store`], of the value given.
    pub(super) fn store_value(&mut self, memarg: MemArg, opcode: Opcode, value: Value, size: u32) {
        let index = self.pop();
        if let Some(at) = self.heap_address(memarg, size, index) {
            let ty = self.ty(value);
            if at.may_straddle && !self.environ.is_x86 {
                // It faults if the store would, before anything is written.
                let load = match opcode {
                    Opcode::Istore16 => Opcode::Uload16,
                    Opcode::Istore32 => Opcode::Uload32,
                    _ => Opcode::Load,
                };
                self.builder.ins().Load(load, ty, at.flags, at.offset.into(), at.base);
            }
            self.builder.ins().Store(opcode, ty, at.flags, at.offset.into(), value, at.base);
        }
    }

    pub(super) fn memory_size(&mut self, memory: MemoryIndex) {
        let format = self.environ.module.memory_formats[memory];
        let length = self.memory_length(memory);
        let pages = match format.page_size_log2 {
            0 => length,
            log2 => self.builder.ins().ushr_imm_u(length, i64::from(log2)),
        };
        let pages = self.narrow(pages, format.index);
        self.push(pages);
    }

    pub(super) fn memory_grow(&mut self, memory: MemoryIndex) {
        let index = self.environ.module.memory_formats[memory].index;
        let delta = self.pop();
        let delta = self.widen(delta);
        let number = self.iconst(types::I32, u64::from(memory.as_u32()));
        let pages = self.builtin_value(BuiltinFunction::memory_grow, &[number, delta]);
        let pages = self.narrow(pages, index);
        self.push(pages);
    }

    pub(super) fn memory_fill(&mut self, memory: MemoryIndex) {
        let (start, value, len) = self.pop3();
        let (start, len) = (self.widen(start), self.widen(len));
        let number = self.iconst(types::I32, u64::from(memory.as_u32()));
        self.builtin(BuiltinFunction::memory_fill, &[number, start, value, len]);
    }

    /// Copies between two memories or tables, or from a segment: `to` and `from` are indices of the module's index
    /// spaces. Operands are as wide as the builtin wants them.
    pub(super) fn copy(&mut self, builtin: BuiltinFunction, to: u32, from: u32) {
        let (start, source, len) = self.pop3();
        let numbers = [to, from].map(|index| self.iconst(types::I32, u64::from(index)));
        let mut args = [numbers[0], numbers[1], start, source, len];
        for (arg, ty) in args.iter_mut().zip(builtin.params()) {
            if *ty == wasmer_types::BuiltinType::I64 {
                *arg = self.widen(*arg);
            }
        }
        self.builtin(builtin, &args);
    }

    pub(super) fn drop_segment(&mut self, builtin: BuiltinFunction, segment: u32) {
        let segment = self.iconst(types::I32, u64::from(segment));
        self.builtin(builtin, &[segment]);
    }
}
