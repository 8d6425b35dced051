//! Locals and globals (WebAssembly 3.0, §4.6.6).
//!
//! An operand can be a reference to a local. Before the local is set, such operands get a copy of the old value; they are
//! linked to one another, so that this takes no search.

use wasmer_types::{GlobalIndex, GlobalInit};

use super::Translator;
use super::frame::NO_SLOT;
use crate::masm::{Load, Masm, Slot, Ty};
use crate::operand::{NO_OPERAND, Operand, Place};
use crate::registers::{Class, Owner, Reg, RegSet};

/// A local.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub(super) ty: Ty,
    /// Its register, in the whole function.
    pub(super) register: Option<Reg>,
    /// Where it is, if it has no register; where it is during calls, if they may change its register.
    pub(super) slot: Slot,
    /// A temporary with the same value.
    pub(super) copy: Option<Reg>,
    /// The topmost operand that refers to it, or [`NO_OPERAND`].
    pub(super) top_reference: u32,
}

impl<M: Masm> Translator<'_, '_, M> {
    /// Declares the next local.
    pub(super) fn declare_local(&mut self, ty: Ty) {
        self.buffers.locals.push(Local {
            ty,
            register: None,
            slot: NO_SLOT,
            copy: None,
            top_reference: NO_OPERAND,
        });
    }

    /// A register with the value of a local, which must not be changed.
    pub(super) fn local_in_register(&mut self, number: u32) -> Reg {
        let local = self.buffers.locals[number as usize];
        if let Some(reg) = local.register {
            return reg;
        }
        let reg = match local.copy {
            Some(reg) => reg,
            None => {
                let reg = self.allocate(local.ty.class());
                self.masm.load_slot(local.ty, reg, local.slot);
                self.temporaries.give(reg, Owner::Local(number));
                self.buffers.locals[number as usize].copy = Some(reg);
                reg
            }
        };
        self.temporaries.lock(reg);
        reg
    }

    pub(super) fn local_get(&mut self, local: u32) {
        let ty = self.buffers.locals[local as usize].ty;
        self.push(ty, Place::Local(local));
    }

    pub(super) fn local_set(&mut self, local: u32) {
        match self.buffers.locals[local as usize].register {
            Some(register) => match self.take_recipe() {
                Some((recipe, position)) => {
                    self.detach(local);
                    self.carry_out(recipe, position, register);
                }
                None => {
                    let value = self.pop();
                    self.detach(local);
                    if value.place != Place::Local(local) {
                        self.copy_to(&value, register);
                    }
                }
            },
            None => {
                let value = self.pop();
                self.detach(local);
                if value.place != Place::Local(local) {
                    self.set_in_memory(local, &value);
                }
            }
        }
    }

    /// Stores to the slot of a local, and keeps a copy if the value was in a register.
    fn set_in_memory(&mut self, number: u32, value: &Operand) {
        let local = self.buffers.locals[number as usize];
        if let Some(old) = local.copy {
            self.forget_copy(number, old);
        }
        if let Place::Constant(bits) = value.place {
            return self.masm.store_slot_constant(local.ty, local.slot, bits);
        }
        let reg = self.in_register(value);
        self.masm.store_slot(local.ty, local.slot, reg);
        if self.temporaries.is_held(reg) {
            self.temporaries.give(reg, Owner::Local(number));
            self.buffers.locals[number as usize].copy = Some(reg);
        }
    }

    pub(super) fn local_tee(&mut self, local: u32) {
        self.local_set(local);
        self.local_get(local);
    }

    /// Gives the operands that refer to a local a place of their own, because the local is about to be set.
    fn detach(&mut self, number: u32) {
        let local = self.buffers.locals[number as usize];
        let mut at = local.top_reference;
        if at == NO_OPERAND {
            return;
        }
        self.buffers.locals[number as usize].top_reference = NO_OPERAND;
        while at != NO_OPERAND {
            let operand = self.buffers.operands[at as usize];
            let place = match self.temporaries.free(local.ty.class(), RegSet::EMPTY) {
                Some(reg) => {
                    self.copy_to(&operand, reg);
                    self.temporaries.give(reg, Owner::Operand(at));
                    Place::Reg(reg)
                }
                None => {
                    self.copy_to_slot(&operand, operand.slot);
                    Place::Slot
                }
            };
            self.buffers.operands[at as usize].place = place;
            at = operand.previous;
        }
    }

    pub(super) fn global_get(&mut self, global: GlobalIndex) {
        let ty = Ty::new(self.environ.module.globals[global].ty);
        if let Some(bits) = self.constant_global(global) {
            return self.push_constant(ty, bits);
        }
        let to = self.allocate(ty.class());
        let location = self.environ.offsets.global(global);
        let from = self.definition(location, |this| match ty.class() {
            Class::General => to,
            Class::Vector => this.allocate(Class::General),
        });
        self.masm.load(Load::whole(ty), to, from);
        self.push(ty, Place::Reg(to));
    }

    pub(super) fn global_set(&mut self, global: GlobalIndex) {
        let value = self.pop();
        let location = self.environ.offsets.global(global);
        let to = self.definition(location, |this| this.allocate(Class::General));
        let bytes = Load::whole(value.ty).bytes;
        if let Place::Constant(bits) = value.place
            && self.masm.store_constant(bytes, to, bits)
        {
            return;
        }
        let from = self.in_register(&value);
        self.masm.store(bytes, to, from);
    }

    /// The value of a global that is known from the module.
    fn constant_global(&self, global: GlobalIndex) -> Option<u64> {
        let module = self.environ.module;
        if module.globals[global].mutability.is_mutable() {
            return None;
        }
        let local = module.local_global_index(global)?;
        Some(match module.global_initializers.get(local)? {
            GlobalInit::I32Const(value) => u64::from(*value as u32),
            GlobalInit::I64Const(value) => *value as u64,
            GlobalInit::F32Const(value) => u64::from(value.to_bits()),
            GlobalInit::F64Const(value) => value.to_bits(),
            _ => return None,
        })
    }
}
