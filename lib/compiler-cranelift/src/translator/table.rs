//! Tables (WebAssembly 3.0, §4.6.7) and `call_indirect`.
//!
//! An element of a function table is zero until it is first read; the builtin `table_resolve` then fills it in. From
//! then on it is the reference with bit 0 set ([`FUNC_TABLE_RESOLVED`]), null included. The bit is not cleared before
//! a call: it is subtracted from the offsets of the fields. A call of null therefore reads a field of the structure
//! at address 0, which faults.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use wasmer_types::layout::FUNC_TABLE_RESOLVED;
use wasmer_types::{BuiltinFunction, SignatureIndex, TableIndex, TableType, TrapCode, Type};

use super::alias::Region;
use super::call::Callee;
use super::{HeaderPointer, Translator};
use crate::environ::POINTER;
use crate::traps;

/// Whether the table has as many elements for ever as at the start, so that it never moves either.
fn is_fixed(ty: &TableType) -> bool {
    ty.maximum == Some(ty.minimum)
}

/// Offset of the field at `offset` of a function reference from an element of a function table.
const fn from_element(offset: u32) -> i32 {
    offset as i32 - FUNC_TABLE_RESOLVED as i32
}

impl Translator<'_, '_> {
    /// The present number of elements, in 64 bits.
    fn table_length(&mut self, table: TableIndex) -> Value {
        let ty = &self.environ.module.tables[table];
        if is_fixed(ty) {
            return self.iconst(types::I64, u64::from(ty.minimum));
        }
        let (definition, offset) = self.definition(self.environ.offsets.table(table));
        let flags = self.trusted(Region::Definitions);
        let field = self.environ.layouts.table.current_elements() as i32;
        self.builder.ins().load(POINTER, flags, definition, offset + field)
    }

    fn table_base(&mut self, table: TableIndex) -> Value {
        let (definition, offset) = self.definition(self.environ.offsets.table(table));
        let flags = match is_fixed(&self.environ.module.tables[table]) {
            true => Self::constant_load(),
            false => self.trusted(Region::Definitions),
        };
        let field = self.environ.layouts.table.base() as i32;
        self.builder.ins().load(POINTER, flags, definition, offset + field)
    }

    /// Checks `index` (in 64 bits) and returns the address of the element and the flags of accesses to it.
    ///
    /// With mitigations, an index that is out of bounds yields the address 0, and the access traps.
    fn element(&mut self, table: TableIndex, index: Value) -> (Value, MemFlagsData) {
        let outside_code = traps::to_ir(TrapCode::TableAccessOutOfBounds);
        let length = self.table_length(table);
        let outside = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, length);
        let flags = self.trusted(Region::Table(table));
        if !self.environ.spectre_mitigations {
            self.builder.ins().trapnz(outside, outside_code);
        }
        let base = self.table_base(table);
        let scale = i64::from(POINTER.bytes().trailing_zeros());
        let offset = self.builder.ins().ishl_imm_u(index, scale);
        let address = self.builder.ins().iadd(base, offset);
        if !self.environ.spectre_mitigations {
            return (address, flags);
        }
        let zero = self.iconst(POINTER, 0);
        let address = self.builder.ins().select_spectre_guard(outside, zero, address);
        (address, flags.with_trap_code(Some(outside_code)))
    }

    fn is_function_table(&self, table: TableIndex) -> bool {
        self.environ.module.tables[table].ty == Type::FuncRef
    }

    /// Reads an element of a function table, after filling it in if that was not done yet. Bit 0 is set.
    fn resolved_element(&mut self, table: TableIndex, index: Value) -> Value {
        let index = self.widen(index);
        let (address, flags) = self.element(table, index);
        let element = self.builder.ins().load(POINTER, flags, address, 0);
        let unresolved = self.builder.create_block();
        let resolved = self.builder.create_block();
        let value = self.builder.append_block_param(resolved, POINTER);
        self.builder.set_cold_block(unresolved);
        self.builder.ins().brif(element, resolved, &[element.into()], unresolved, &[]);
        self.builder.seal_block(unresolved);

        self.builder.switch_to_block(unresolved);
        let number = self.iconst(types::I32, u64::from(table.as_u32()));
        let reference = self.builtin_value(BuiltinFunction::table_resolve, &[number, index]);
        let element = self.builder.ins().bor_imm_u(reference, FUNC_TABLE_RESOLVED as i64);
        self.builder.ins().jump(resolved, &[element.into()]);

        self.builder.seal_block(resolved);
        self.builder.switch_to_block(resolved);
        value
    }

    pub(super) fn call_indirect(&mut self, signature: SignatureIndex, table: TableIndex) {
        let environ = self.environ;
        let layout = environ.layouts.func_ref;
        let index = self.pop();
        let element = self.resolved_element(table, index);

        let flags = self
            .trusted_readonly(Region::FuncRefs)
            .with_trap_code(Some(traps::to_ir(TrapCode::IndirectCallToNull)));
        let found =
            self.builder.ins().load(types::I32, flags, element, from_element(layout.type_id()));
        let ids = self.header_pointer(HeaderPointer::TypeIds);
        let offset = environ.offsets.type_id(signature) as i32;
        let expected = self.builder.ins().load(types::I32, Self::constant_load(), ids, offset);
        let differs = self.builder.ins().icmp(IntCC::NotEqual, found, expected);
        self.builder.ins().trapnz(differs, traps::to_ir(TrapCode::BadSignature));

        let flags = self.trusted_readonly(Region::FuncRefs);
        let mut field =
            |offset| self.builder.ins().load(POINTER, flags, element, from_element(offset));
        let (code, vmctx) = (field(layout.code()), field(layout.vmctx()));
        self.emit_call(signature, Callee::Address(code), vmctx);
    }

    pub(super) fn table_get(&mut self, table: TableIndex) {
        let index = self.pop();
        let value = match self.is_function_table(table) {
            true => {
                let element = self.resolved_element(table, index);
                self.builder.ins().band_imm_s(element, !(FUNC_TABLE_RESOLVED as i64))
            }
            false => {
                let index = self.widen(index);
                let (address, flags) = self.element(table, index);
                self.builder.ins().load(POINTER, flags, address, 0)
            }
        };
        self.push(value);
    }

    pub(super) fn table_set(&mut self, table: TableIndex) {
        let (index, mut value) = self.pop2();
        let index = self.widen(index);
        let (address, flags) = self.element(table, index);
        if self.is_function_table(table) {
            value = self.builder.ins().bor_imm_u(value, FUNC_TABLE_RESOLVED as i64);
        }
        self.builder.ins().store(flags, value, address, 0);
    }

    pub(super) fn table_size(&mut self, table: TableIndex) {
        let length = self.table_length(table);
        let length = self.narrow(length, self.environ.module.table_indices[table]);
        self.push(length);
    }

    pub(super) fn table_grow(&mut self, table: TableIndex) {
        let (value, delta) = self.pop2();
        let delta = self.widen(delta);
        let number = self.iconst(types::I32, u64::from(table.as_u32()));
        let length = self.builtin_value(BuiltinFunction::table_grow, &[number, delta, value]);
        let length = self.narrow(length, self.environ.module.table_indices[table]);
        self.push(length);
    }

    pub(super) fn table_fill(&mut self, table: TableIndex) {
        let (start, value, len) = self.pop3();
        let (start, len) = (self.widen(start), self.widen(len));
        let number = self.iconst(types::I32, u64::from(table.as_u32()));
        self.builtin(BuiltinFunction::table_fill, &[number, start, value, len]);
    }
}
