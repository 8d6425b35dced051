//! Loads, stores, and operators on whole memories (WebAssembly 3.0, §4.6.8).

use wasmer_types::{BuiltinFunction, BuiltinType, MemoryIndex, TrapCode};
use wasmparser::MemArg;

use super::Translator;
use crate::masm::{Load, Masm, Rhs, Shift, Size, Ty};
use crate::operand::{Place, Recipe};

macro_rules! memory_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_load(memarg: MemArg) => load(memarg, Load::whole(I32));
            visit_i64_load(memarg: MemArg) => load(memarg, Load::whole(I64));
            visit_f32_load(memarg: MemArg) => load(memarg, Load::whole(F32));
            visit_f64_load(memarg: MemArg) => load(memarg, Load::whole(F64));
            visit_i32_load8_s(memarg: MemArg) => load(memarg, Load { bytes: 1, signed: true, ty: I32 });
            visit_i32_load8_u(memarg: MemArg) => load(memarg, Load { bytes: 1, signed: false, ty: I32 });
            visit_i32_load16_s(memarg: MemArg) => load(memarg, Load { bytes: 2, signed: true, ty: I32 });
            visit_i32_load16_u(memarg: MemArg) => load(memarg, Load { bytes: 2, signed: false, ty: I32 });
            visit_i64_load8_s(memarg: MemArg) => load(memarg, Load { bytes: 1, signed: true, ty: I64 });
            visit_i64_load8_u(memarg: MemArg) => load(memarg, Load { bytes: 1, signed: false, ty: I64 });
            visit_i64_load16_s(memarg: MemArg) => load(memarg, Load { bytes: 2, signed: true, ty: I64 });
            visit_i64_load16_u(memarg: MemArg) => load(memarg, Load { bytes: 2, signed: false, ty: I64 });
            visit_i64_load32_s(memarg: MemArg) => load(memarg, Load { bytes: 4, signed: true, ty: I64 });
            visit_i64_load32_u(memarg: MemArg) => load(memarg, Load { bytes: 4, signed: false, ty: I64 });
            visit_i32_store(memarg: MemArg) => store(memarg, 4);
            visit_i64_store(memarg: MemArg) => store(memarg, 8);
            visit_f32_store(memarg: MemArg) => store(memarg, 4);
            visit_f64_store(memarg: MemArg) => store(memarg, 8);
            visit_i32_store8(memarg: MemArg) => store(memarg, 1);
            visit_i32_store16(memarg: MemArg) => store(memarg, 2);
            visit_i64_store8(memarg: MemArg) => store(memarg, 1);
            visit_i64_store16(memarg: MemArg) => store(memarg, 2);
            visit_i64_store32(memarg: MemArg) => store(memarg, 4);
        }
    };
}
pub(super) use memory_operators as operators;

impl<M: Masm> Translator<'_, '_, M> {
    pub(super) fn load(&mut self, memarg: MemArg, load: Load) {
        let index = self.pop();
        if let Some(at) = self.heap_address(memarg, u32::from(load.bytes), &index) {
            self.push_recipe(load.ty, Recipe::Load { load, from: at.address });
        }
    }

    /// Stores the lowest `bytes` of the topmost value.
    pub(super) fn store(&mut self, memarg: MemArg, bytes: u8) {
        let value = self.pop();
        let index = self.pop();
        let Some(at) = self.heap_address(memarg, u32::from(bytes), &index) else { return };
        self.probe(&at, bytes);
        if let Place::Constant(bits) = value.place {
            self.masm.buffer().trap_site(TrapCode::HeapAccessOutOfBounds);
            if self.masm.store_constant(bytes, at.address, bits) {
                return;
            }
        }
        let from = self.in_register(&value);
        self.masm.buffer().trap_site(TrapCode::HeapAccessOutOfBounds);
        self.masm.store(bytes, at.address, from);
    }

    pub(super) fn memory_size(&mut self, memory: MemoryIndex) {
        let format = self.environ.module.memory_formats[memory];
        let length = self.memory_length(memory);
        if format.page_size_log2 != 0 {
            let amount = Rhs::Imm(u64::from(format.page_size_log2));
            self.masm.shift(Shift::ShrU, Size::S64, length, length, amount);
        }
        // A memory with 32-bit addresses has at most 2³² bytes: the count fits, or wraps as wasm says.
        let result = if format.index.is_64() { Ty::I64 } else { Ty::I32 };
        if result == Ty::I32 {
            self.masm.mov(Ty::I32, length, length);
        }
        self.push(result, Place::Reg(length));
    }

    pub(super) fn memory_grow(&mut self, memory: MemoryIndex) {
        let delta = self.pop();
        let is_64 = self.environ.module.memory_formats[memory].index.is_64();
        let ty = if is_64 { Ty::I64 } else { Ty::I32 };
        self.builtin(BuiltinFunction::memory_grow, &[memory.as_u32()], &[delta], Some(ty));
    }

    pub(super) fn memory_fill(&mut self, memory: MemoryIndex) {
        let len = self.pop();
        let value = self.pop();
        let start = self.pop();
        let operands = [start, value, len];
        self.builtin(BuiltinFunction::memory_fill, &[memory.as_u32()], &operands, None);
    }

    /// Copies between two memories or tables, or from a segment: `to` and `from` are indices of the module's index
    /// spaces. Operands of 32 bits are as good as ones of 64.
    pub(super) fn copy(&mut self, builtin: BuiltinFunction, to: u32, from: u32) {
        let len = self.pop();
        let source = self.pop();
        let start = self.pop();
        debug_assert!(builtin.params()[0] == BuiltinType::I32);
        self.builtin(builtin, &[to, from], &[start, source, len], None);
    }

    pub(super) fn drop_segment(&mut self, builtin: BuiltinFunction, segment: u32) {
        self.builtin(builtin, &[segment], &[], None);
    }
}
