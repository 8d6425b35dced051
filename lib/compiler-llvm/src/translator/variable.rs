//! Locals and globals (WebAssembly 3.0, §4.6.6).
//!
//! A global that can't change and whose value is in the module is a constant.

use inkwell::values::PointerValue;
use wasmer_types::{GlobalIndex, GlobalInit, Type};

use super::alias::Region;
use super::{Translator, align_of};
use crate::builder::Value;
use crate::passes;

/// A local, on LLVM's stack.
#[derive(Clone, Copy)]
pub(super) struct Local<'c> {
    place: PointerValue<'c>,
    ty: Type,
}

impl<'c> Translator<'_, '_, 'c> {
    /// Declares the next local, with its first value.
    pub(super) fn declare_local(&mut self, ty: Type, value: Value<'c>) {
        let ir_type = self.types().value(ty);
        let place = self.at_entry(|builder| builder.alloca(ir_type, align_of(ir_type)));
        let local = Local { place, ty };
        self.store_local(local, value);
        self.locals.push(local);
        self.weight.locals += 1;
    }

    fn local(&self, local: u32) -> Local<'c> {
        self.locals[self.present.locals + local as usize]
    }

    fn store_local(&self, local: Local<'c>, value: Value<'c>) {
        let value = self.canonical(value);
        self.builder().store(value, local.place, align_of(value.get_type()));
    }

    pub(super) fn local_get(&mut self, local: u32) {
        let local = self.local(local);
        let ty = self.types().value(local.ty);
        let (value, _) = self.builder().load(ty, local.place, align_of(ty));
        self.push(value);
    }

    pub(super) fn local_set(&mut self, local: u32) {
        let value = self.pop();
        self.note_set(local);
        self.store_local(self.local(local), value);
    }

    pub(super) fn local_tee(&mut self, local: u32) {
        let value = *self.values.last().expect("`local.tee` has an operand");
        self.note_set(local);
        self.store_local(self.local(local), value);
    }

    pub(super) fn global_get(&mut self, global: GlobalIndex) {
        let value = match self.constant_global(global) {
            Some(value) => value,
            None => self.load_global(global),
        };
        self.push(value);
    }

    fn load_global(&mut self, global: GlobalIndex) -> Value<'c> {
        let ty = self.environ().module.globals[global];
        let (base, offset) = self.definition(self.environ().offsets.global(global));
        let ir_type = self.types().value(ty.ty);
        match ty.mutability.is_mutable() {
            true => self.load_field(ir_type, base, offset, Region::Global(global)),
            false => self.load_constant(ir_type, base, offset),
        }
    }

    pub(super) fn global_set(&mut self, global: GlobalIndex) {
        let value = self.pop();
        let value = self.canonical(value);
        let (base, offset) = self.definition(self.environ().offsets.global(global));
        let builder = self.builder();
        let store = builder.store(value, builder.field(base, offset), align_of(value.get_type()));
        self.in_region(store, Region::Global(global));
        store.set_volatile(true).expect("stores can be volatile");
        if self.open_loops > 0 {
            passes::mark_carrier(self.types().context(), self.function);
        }
    }

    /// The value of a global that is known from the module.
    fn constant_global(&self, global: GlobalIndex) -> Option<Value<'c>> {
        let module = self.environ().module;
        if module.globals[global].mutability.is_mutable() {
            return None;
        }
        let local = module.local_global_index(global)?;
        let builder = self.builder();
        Some(match module.global_initializers.get(local)? {
            GlobalInit::I32Const(value) => builder.i32(*value as u32),
            GlobalInit::I64Const(value) => builder.i64(*value as u64),
            GlobalInit::F32Const(value) => builder.float(builder.i32(value.to_bits())),
            GlobalInit::F64Const(value) => builder.float(builder.i64(value.to_bits())),
            _ => return None,
        })
    }
}
