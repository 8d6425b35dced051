//! Tables (WebAssembly 3.0, §4.6.7) and `call_indirect`.
//!
//! The reference in an element of a function table is zero until it is first read; the builtin `table_resolve` then fills
//! it in. From then on it has bit 0 set ([`FUNC_TABLE_RESOLVED`]), null included. Behind it is what calls need
//! ([`wasmer_types::layout::VMFunctionElement`]): where the type is the one that is expected, the rest is there. Where it is
//! not, the builtin `table_callee` fills it in, or traps.

use wasmer_types::layout::FUNC_TABLE_RESOLVED;
use wasmer_types::{BuiltinFunction, SignatureIndex, TableIndex, TableType, TrapCode, Type};

use super::Translator;
use super::call::Callee;
use crate::environ::POINTER_SIZE;
use crate::masm::{Address, Condition, IntBinary, IntCondition, Load, Masm, Rhs, Shift, Size, Ty};
use crate::operand::{Operand, Place};
use crate::registers::{Class, Reg};

/// Whether the table has as many elements for ever as at the start.
fn is_fixed(ty: &TableType) -> bool {
    ty.maximum == Some(ty.minimum)
}

impl<M: Masm> Translator<'_, '_, M> {
    fn is_function_table(&self, table: TableIndex) -> bool {
        self.environ.module.tables[table].ty == Type::FuncRef
    }

    fn index_type(&self, table: TableIndex) -> Ty {
        match self.environ.module.table_indices[table].is_64() {
            true => Ty::I64,
            false => Ty::I32,
        }
    }

    /// Compares the index `index` with the present number of elements, and returns the condition under which it is
    /// outside.
    fn table_check(&mut self, table: TableIndex, index: Reg) -> Condition {
        let ty = &self.environ.module.tables[table];
        let minimum = u64::from(ty.minimum);
        let length = match is_fixed(ty) && self.masm.is_immediate(None, Size::S64, minimum) {
            true => Rhs::Imm(minimum),
            false => Rhs::Reg(self.table_length(table)),
        };
        self.masm.compare(Size::S64, index, length);
        self.release_rhs(length);
        Condition::Int(IntCondition::GreaterEqualUnsigned)
    }

    fn table_length(&mut self, table: TableIndex) -> Reg {
        let location = self.environ.offsets.table(table);
        self.field_of_definition(location, self.environ.layouts.table.current_elements())
    }

    /// Checks an index in a register and returns the address of the element in a register that is held. An index that
    /// is outside of the table yields the address 0, and the access traps.
    fn element(&mut self, table: TableIndex, index: Reg) -> Reg {
        let address = self.allocate(Class::General);
        // A power of two.
        let size = self.environ.layouts.element_size(self.environ.module.tables[table].ty);
        let scale = Rhs::Imm(u64::from(size.trailing_zeros()));
        self.masm.shift(Shift::Shl, Size::S64, address, index, scale);
        let location = self.environ.offsets.table(table);
        let base = self.field_of_definition(location, self.environ.layouts.table.base());
        self.masm.int_binary(IntBinary::Add, Size::S64, address, address, Rhs::Reg(base));
        self.temporaries.release(base);
        let outside = self.table_check(table, index);
        self.masm.zero_if(outside, address);
        address
    }

    /// Reads an element of a function table, after filling it in if that was not done yet. Bit 0 is set. The register is
    /// held.
    fn resolved_element(&mut self, table: TableIndex, index: &Operand) -> Reg {
        let index = self.in_register(index);
        let element = self.element(table, index);
        self.masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
        self.load_pointer(element, Address::at(element, 0));
        let resolved = self.masm.buffer().new_label();
        self.masm.test(Size::S64, element, Rhs::Reg(element));
        self.masm.branch(Condition::Int(IntCondition::NotEqual), resolved);
        let constants = [table.as_u32()];
        self.call_aside(BuiltinFunction::table_resolve, &constants, (Ty::I64, index), element);
        let bit = Rhs::Imm(FUNC_TABLE_RESOLVED as u64);
        self.masm.int_binary(IntBinary::Or, Size::S64, element, element, bit);
        self.masm.buffer().bind(resolved);
        element
    }

    pub(super) fn call_indirect(&mut self, signature: SignatureIndex, table: TableIndex) {
        let environ = self.environ;
        let layout = environ.layouts.function_element;
        let index = self.pop();
        let index = self.in_register(&index);
        let element = self.element(table, index);
        let found = self.allocate(Class::General);
        let of_element = |offset: u32| Address::at(element, offset as i32);
        self.masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
        self.masm.load(Load::whole(Ty::I32), found, of_element(layout.type_id()));
        let expected = self.allocate(Class::General);
        let ids = environ.layouts.header.type_ids() as i32;
        self.load_pointer(expected, Address::at(self.masm.machine().vmctx, ids));
        let id = Address::at(expected, environ.offsets.type_id(signature) as i32);
        self.masm.load(Load::whole(Ty::I32), expected, id);
        self.masm.compare(Size::S32, found, Rhs::Reg(expected));
        self.temporaries.release(found);
        self.temporaries.release(expected);
        let ready = self.masm.buffer().new_label();
        self.masm.branch(Condition::Int(IntCondition::Equal), ready);
        let constants = [table.as_u32(), signature.as_u32()];
        self.call_aside(BuiltinFunction::table_callee, &constants, (Ty::I64, index), element);
        self.masm.buffer().bind(ready);
        if self.temporaries.is_held(index) {
            self.temporaries.release(index);
        }
        let callee = Callee::Element(of_element(layout.code()), of_element(layout.vmctx()));
        self.call_signature(signature, callee, element);
    }

    pub(super) fn table_get(&mut self, table: TableIndex) {
        let index = self.pop();
        let reg = match self.is_function_table(table) {
            true => {
                let element = self.resolved_element(table, &index);
                // Bit 0 is set.
                let bit = Rhs::Imm(FUNC_TABLE_RESOLVED as u64);
                self.masm.int_binary(IntBinary::Xor, Size::S64, element, element, bit);
                element
            }
            false => {
                let index = self.in_register(&index);
                let address = self.element(table, index);
                self.masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
                self.masm.load(Load::whole(Ty::I64), address, Address::at(address, 0));
                address
            }
        };
        self.push(Ty::I64, Place::Reg(reg));
    }

    pub(super) fn table_set(&mut self, table: TableIndex) {
        let value = self.pop();
        let index = self.pop();
        let index = self.in_register(&index);
        let address = self.element(table, index);
        if !self.is_function_table(table) {
            let value = self.in_register(&value);
            self.masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
            self.masm.store(POINTER_SIZE, Address::at(address, 0), value);
            return;
        }
        let layout = self.environ.layouts.function_element;
        let field = |offset: u32| Address::at(address, offset as i32);
        let reference = self.in_own_register(&value);
        let bit = Rhs::Imm(FUNC_TABLE_RESOLVED as u64);
        self.masm.int_binary(IntBinary::Or, Size::S64, reference, reference, bit);
        self.masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
        self.masm.store(POINTER_SIZE, field(layout.reference()), reference);
        let (no_type, bytes) = (field(layout.type_id()), Load::whole(Ty::I32).bytes);
        if !self.masm.store_constant(bytes, no_type, 0) {
            self.masm.constant(Ty::I32, reference, 0);
            self.masm.store(bytes, no_type, reference);
        }
    }

    pub(super) fn table_size(&mut self, table: TableIndex) {
        let ty = self.index_type(table);
        let length = self.table_length(table);
        self.masm.mov(ty, length, length);
        self.push(ty, Place::Reg(length));
    }

    pub(super) fn table_grow(&mut self, table: TableIndex) {
        let delta = self.pop();
        let value = self.pop();
        let ty = self.index_type(table);
        self.builtin(BuiltinFunction::table_grow, &[table.as_u32()], &[delta, value], Some(ty));
    }

    pub(super) fn table_fill(&mut self, table: TableIndex) {
        let len = self.pop();
        let value = self.pop();
        let start = self.pop();
        let operands = [start, value, len];
        self.builtin(BuiltinFunction::table_fill, &[table.as_u32()], &operands, None);
    }
}
