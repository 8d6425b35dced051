//! Tables (WebAssembly 3.0, §4.6.7) and `call_indirect`.
//!
//! The reference in an element of a function table is zero until it is first read; the builtin `table_resolve` then fills
//! it in. From then on it has bit 0 set ([`FUNC_TABLE_RESOLVED`]), null included. Behind it is what calls need
//! ([`wasmer_types::layout::VMFunctionElement`]): where the type is the one that is expected, the rest is there. Where it is
//! not, the builtin `table_callee` fills it in, or traps.

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
        // A power of two.
        let size = self.environ.layouts.element_size(self.environ.module.tables[table].ty);
        let offset = self.builder.ins().ishl_imm_u(index, i64::from(size.trailing_zeros()));
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
        let field = self.environ.layouts.function_element.reference() as i32;
        let element = self.builder.ins().load(POINTER, flags, address, field);
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
        let layout = environ.layouts.function_element;
        let index = self.pop();
        let index = self.widen(index);
        let (element, flags) = self.element(table, index);
        let offset = layout.type_id() as i32;
        let found = self.builder.ins().load(types::I32, flags, element, offset);
        let ids = self.header_pointer(HeaderPointer::TypeIds);
        let offset = environ.offsets.type_id(signature) as i32;
        let expected = self.builder.ins().load(types::I32, Self::constant_load(), ids, offset);
        let differs = self.builder.ins().icmp(IntCC::NotEqual, found, expected);
        let not_ready = self.builder.create_block();
        let ready = self.builder.create_block();
        let either = self.builder.append_block_param(ready, POINTER);
        self.builder.set_cold_block(not_ready);
        self.builder.ins().brif(differs, not_ready, &[], ready, &[element.into()]);
        self.builder.seal_block(not_ready);

        self.builder.switch_to_block(not_ready);
        let numbers = [table.as_u32(), signature.as_u32()];
        let [table_number, signature_number] =
            numbers.map(|number| self.iconst(types::I32, u64::from(number)));
        let args = [table_number, signature_number, index];
        let element = self.builtin_value(BuiltinFunction::table_callee, &args);
        self.builder.ins().jump(ready, &[element.into()]);

        self.builder.seal_block(ready);
        self.builder.switch_to_block(ready);
        let flags = self.trusted(Region::Table(table));
        let [code, vmctx] = [layout.code(), layout.vmctx()]
            .map(|field| self.builder.ins().load(POINTER, flags, either, field as i32));
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
        let (index, value) = self.pop2();
        let index = self.widen(index);
        let (address, flags) = self.element(table, index);
        if !self.is_function_table(table) {
            self.builder.ins().store(flags, value, address, 0);
            return;
        }
        let layout = self.environ.layouts.function_element;
        let tagged = self.builder.ins().bor_imm_u(value, FUNC_TABLE_RESOLVED as i64);
        self.builder.ins().store(flags, tagged, address, layout.reference() as i32);
        let no_type = self.iconst(types::I32, 0);
        // The element exists if this is reached.
        let flags = self.trusted(Region::Table(table));
        self.builder.ins().store(flags, no_type, address, layout.type_id() as i32);
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
