//! Tables (WebAssembly 3.0, §4.6.7) and `call_indirect`.
//!
//! The reference in an element of a function table is zero until it is first read; the builtin `table_resolve` then fills
//! it in. From then on it has bit 0 set ([`FUNC_TABLE_RESOLVED`]), null included. Behind it is what calls need
//! ([`wasmer_types::layout::VMFunctionElement`]): where the type is the one that is expected, the rest is there. Where it is
//! not, the builtin `table_callee` fills it in, or traps.

use inkwell::IntPredicate;
use inkwell::values::{InstructionOpcode, PointerValue};
use wasmer_types::layout::FUNC_TABLE_RESOLVED;
use wasmer_types::{BuiltinFunction, SignatureIndex, TableIndex, TableType, TrapCode, Type};

use super::alias::Region;
use super::call::Callee;
use super::{HeaderPointer, Translator, align_of};
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
        let environ = self.environ();
        let ty = environ.module.tables[table].ty;
        let length = self.table_length(table);
        let outside = self.builder().icmp(IntPredicate::UGE, index, length);
        self.trap_if(outside, TrapCode::TableAccessOutOfBounds);
        let base = self.table_base(table);
        let builder = self.builder();
        let scale = builder.i64(u64::from(environ.layouts.element_size(ty)));
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
        let layout = environ.layouts.function_element;
        let index = self.pop();
        let index = self.builder().widen(index);
        let element = self.element(table, index);
        let (int, pointer, region) = (self.types().i32, self.types().pointer, Region::Table(table));
        let found = self.load_field(int, element, layout.type_id(), region);
        let ids = self.header_pointer(HeaderPointer::TypeIds);
        let expected = self.load_constant(int, ids, environ.offsets.type_id(signature));
        let builder = self.builder();
        let differs = builder.icmp(IntPredicate::NE, found, expected);
        let found_in = builder.block();
        let ready = self.branch_unlikely(differs);
        let [table, signature_number] =
            [table.as_u32(), signature.as_u32()].map(|n| builder.i32(n));
        let args = [table, signature_number, index];
        let filled_in = self.builtin_value(BuiltinFunction::table_callee, &args);
        let filled_in_in = builder.block();
        builder.jump(ready);
        self.enter(ready);
        let phi = builder.phi(pointer.into());
        phi.add_incoming(&[(&element, found_in), (&filled_in, filled_in_in)]);
        let element = phi.as_basic_value().into_pointer_value();
        let [code, vmctx] = [layout.code(), layout.vmctx()]
            .map(|field| self.load_field(pointer, element, field, region).into_pointer_value());
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
        let store = |value: Value<'c>, offset| {
            let store = self.builder().store(
                value,
                self.builder().field(address, offset),
                align_of(value.get_type()),
            );
            self.in_region(store, Region::Table(table));
            store.set_volatile(true).expect("stores can be volatile");
        };
        if !self.is_function_table(table) {
            return store(value, 0);
        }
        let layout = self.environ().layouts.function_element;
        let tag = FUNC_TABLE_RESOLVED as i64;
        let tagged = self.builder().add_any_offset(value.into_pointer_value(), tag);
        store(tagged.into(), layout.reference());
        store(self.builder().i32(0), layout.type_id());
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
