//! Tables (WebAssembly 3.0, §4.6.7) and `call_indirect`.
//!
//! An element of a function table is zero until it is first read; the builtin `table_resolve` then fills it in. From
//! then on it is the reference with bit 0 set ([`FUNC_TABLE_RESOLVED`]), null included. The bit is not cleared before
//! a call: it is subtracted from the offsets of the fields. A call of null reads a field at one of the first addresses,
//! which faults, and the runtime knows these addresses.

use inkwell::IntPredicate;
use inkwell::values::{InstructionOpcode, PointerValue};
use wasmer_types::layout::FUNC_TABLE_RESOLVED;
use wasmer_types::{BuiltinFunction, SignatureIndex, TableIndex, TableType, TrapCode, Type};

use super::alias::Region;
use super::call::Callee;
use super::{HeaderPointer, POINTER_SIZE, Translator};
use crate::builder::Value;

/// Whether the table has as many elements for ever as at the start, so that it never moves either.
fn is_fixed(ty: &TableType) -> bool {
    ty.maximum == Some(ty.minimum)
}

impl<'c> Translator<'_, '_, 'c> {
    /// The present number of elements, in 64 bits.
    fn table_length(&mut self, table: TableIndex) -> Value<'c> {
        let ty = &self.environ().module.tables[table];
        if is_fixed(ty) {
            return self.builder().i64(u64::from(ty.minimum));
        }
        let (definition, offset) = self.definition(self.environ().offsets.table(table));
        let field = self.environ().layouts.table.current_elements();
        self.load_field(self.types().i64, definition, offset + field, Region::TableDefinitions)
    }

    fn table_base(&mut self, table: TableIndex) -> PointerValue<'c> {
        let location = self.environ().offsets.table(table);
        let field = self.environ().layouts.table.base();
        if is_fixed(&self.environ().module.tables[table]) {
            return self.constant_of_definition(location, field);
        }
        let (definition, offset) = self.definition(location);
        let base = self.load_field(
            self.types().pointer,
            definition,
            offset + field,
            Region::TableDefinitions,
        );
        base.into_pointer_value()
    }

    /// Checks `index` (in 64 bits) and returns the address of the element.
    fn element(&mut self, table: TableIndex, index: Value<'c>) -> PointerValue<'c> {
        let length = self.table_length(table);
        let outside = self.builder().icmp(IntPredicate::UGE, index, length);
        self.trap_if(outside, TrapCode::TableAccessOutOfBounds);
        let base = self.table_base(table);
        let builder = self.builder();
        let scale = builder.i64(u64::from(POINTER_SIZE));
        builder.add_offset(base, builder.binary(InstructionOpcode::Mul, index, scale))
    }

    fn load_element(&mut self, table: TableIndex, index: Value<'c>) -> PointerValue<'c> {
        let address = self.element(table, index);
        let pointer = self.types().pointer;
        self.load_field(pointer, address, 0, Region::Table(table)).into_pointer_value()
    }

    fn is_function_table(&self, table: TableIndex) -> bool {
        self.environ().module.tables[table].ty == Type::FuncRef
    }

    /// Reads an element of a function table, after filling it in if that was not done yet. Bit 0 is set.
    fn resolved_element(&mut self, table: TableIndex, index: Value<'c>) -> PointerValue<'c> {
        let index = self.builder().widen(index);
        let element = self.load_element(table, index);
        let builder = self.builder();
        let (found_in, null) = (builder.block(), self.types().pointer.const_null());
        let unresolved = builder.icmp(IntPredicate::EQ, element.into(), null.into());
        let resolved = self.branch_unlikely(unresolved);
        let number = builder.i32(table.as_u32());
        let reference = self.builtin_value(BuiltinFunction::table_resolve, &[number, index]);
        let tag = FUNC_TABLE_RESOLVED as i64;
        let tagged = builder.add_any_offset(reference.into_pointer_value(), tag);
        let filled_in = builder.block();
        builder.jump(resolved);
        self.enter(resolved);
        let phi = builder.phi(self.types().pointer.into());
        phi.add_incoming(&[(&element, found_in), (&tagged, filled_in)]);
        phi.as_basic_value().into_pointer_value()
    }

    pub(super) fn call_indirect(&mut self, signature: SignatureIndex, table: TableIndex) {
        let environ = self.environ();
        let layout = environ.layouts.func_ref;
        let index = self.pop();
        let element = self.resolved_element(table, index);
        let builder = self.builder();
        let func_ref = builder.add_any_offset(element, -(FUNC_TABLE_RESOLVED as i64));
        // Null has no fields: this faults.
        self.locate();
        let found = self.load_field(self.types().i32, func_ref, layout.type_id(), Region::FuncRefs);
        let ids = self.header_pointer(HeaderPointer::TypeIds);
        let expected =
            self.load_constant(self.types().i32, ids, environ.offsets.type_id(signature));
        let differs = builder.icmp(IntPredicate::NE, found, expected);
        self.trap_if(differs, TrapCode::BadSignature);

        let field = |offset| {
            let value = self.load_field(self.types().pointer, func_ref, offset, Region::FuncRefs);
            value.into_pointer_value()
        };
        let (code, vmctx) = (field(layout.code()), field(layout.vmctx()));
        self.emit_call(signature, Callee::Address(code), vmctx);
    }

    pub(super) fn table_get(&mut self, table: TableIndex) {
        let index = self.pop();
        let value = match self.is_function_table(table) {
            true => {
                let element = self.resolved_element(table, index);
                self.builder().add_any_offset(element, -(FUNC_TABLE_RESOLVED as i64))
            }
            false => {
                let index = self.builder().widen(index);
                self.load_element(table, index)
            }
        };
        self.push(value.into());
    }

    pub(super) fn table_set(&mut self, table: TableIndex) {
        let (index, value) = self.pop2();
        let index = self.builder().widen(index);
        let address = self.element(table, index);
        let builder = self.builder();
        let value = match self.is_function_table(table) {
            true => {
                let tag = FUNC_TABLE_RESOLVED as i64;
                builder.add_any_offset(value.into_pointer_value(), tag).into()
            }
            false => value,
        };
        let store = builder.store(value, address, POINTER_SIZE);
        self.in_region(store, Region::Table(table));
        store.set_volatile(true).expect("stores can be volatile");
    }

    pub(super) fn table_size(&mut self, table: TableIndex) {
        let length = self.table_length(table);
        let length = self.narrow(length, self.environ().module.table_indices[table]);
        self.push(length);
    }

    pub(super) fn table_grow(&mut self, table: TableIndex) {
        let (value, delta) = self.pop2();
        let delta = self.builder().widen(delta);
        let number = self.builder().i32(table.as_u32());
        let length = self.builtin_value(BuiltinFunction::table_grow, &[number, delta, value]);
        let length = self.narrow(length, self.environ().module.table_indices[table]);
        self.push(length);
    }

    pub(super) fn table_fill(&mut self, table: TableIndex) {
        let (start, value, len) = self.pop3();
        let (start, len) = (self.builder().widen(start), self.builder().widen(len));
        let number = self.builder().i32(table.as_u32());
        self.builtin(BuiltinFunction::table_fill, &[number, start, value, len]);
    }
}
