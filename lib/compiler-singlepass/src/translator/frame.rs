//! The frame of a function: what it saves, where its locals are, and how it begins.
//!
//! ```text
//!   parameters on the stack
//!   return address, frame pointer      ◀─ frame pointer
//!   registers saved for the caller
//!   address of the area for results
//!   locals
//!   operands, each at the place that its position on the stack gives it
//!   areas for results of callees       (below the operands of the call)
//!   arguments on the stack             ◀─ stack pointer
//! ```

use smallvec::SmallVec;
use wasmer_types::MemoryIndex;

use super::Translator;
use super::call::{Assigner, Move, Source, Where};
use crate::masm::{Masm, Slot, Ty};
use crate::registers::{Class, Reg, RegSet};

/// Where things are in the frame.
#[derive(Debug, Default)]
pub(crate) struct FrameLayout {
    /// Registers of the caller, and where they are saved.
    pub(crate) saved: SmallVec<[(Reg, Slot); 8]>,
    /// Offset of the code behind the instructions that save them.
    pub(crate) saved_at: u32,
    /// Where the address is at which the caller wants two or more results.
    pub(super) return_area: Option<Slot>,
    /// Where the operands begin.
    pub(super) operands: i32,
    /// The lowest place in use so far.
    deepest: i32,
    /// Bytes for arguments on the stack.
    arguments: u32,
    /// Locals in registers that calls may change.
    pub(super) unsaved_locals: SmallVec<[u32; 8]>,
    /// Whether the base of memory 0 is in its register.
    pub(super) has_memory_base: bool,
}

impl FrameLayout {
    /// The frame contains the place at `slot`.
    pub(super) fn reach(&mut self, slot: i32) {
        self.deepest = self.deepest.min(slot);
    }

    pub(super) fn reach_arguments(&mut self, bytes: u32) {
        self.arguments = self.arguments.max(bytes);
    }

    /// Bytes between the frame pointer and the stack pointer, a multiple of 16.
    pub(super) fn size(&self) -> u32 {
        (self.deepest.unsigned_abs() + self.arguments).next_multiple_of(16)
    }

    fn take(&mut self, bytes: i32) -> Slot {
        self.operands -= bytes;
        self.reach(self.operands);
        Slot(self.operands)
    }
}

/// The slot of what has none.
pub(super) const NO_SLOT: Slot = Slot(0);

/// How many locals have registers at most.
const MOST_REGISTERS: usize = 32;

/// Uses of a local that pay for saving and restoring a register of the caller.
const SAVING: u32 = 2;

impl<M: Masm> Translator<'_, '_, M> {
    /// Gives registers to the most used locals, and says which of those registers the caller needs.
    fn assign_registers(&mut self) -> SmallVec<[Reg; 8]> {
        let machine = self.masm.machine();
        let uses = std::mem::take(&mut self.buffers.uses.locals);
        let count = uses.len().min(self.buffers.locals.len());
        let mut candidates: Vec<(u32, u32)> = (0..count as u32)
            .map(|local| (uses[local as usize], local))
            .filter(|(uses, _)| *uses >= SAVING)
            .collect();
        self.buffers.uses.locals = uses;
        let by_use = |&(uses, local): &(u32, u32)| (std::cmp::Reverse(uses), local);
        if candidates.len() > MOST_REGISTERS {
            candidates.select_nth_unstable_by_key(MOST_REGISTERS, by_use);
            candidates.truncate(MOST_REGISTERS);
        }
        candidates.sort_unstable_by_key(by_use);

        let calls = self.buffers.uses.calls;
        let mut saved = SmallVec::new();
        let mut taken = RegSet::EMPTY;
        for (uses, number) in candidates {
            let local = &mut self.buffers.locals[number as usize];
            let class = local.ty.class() as usize;
            let next =
                |registers: &[Reg]| registers.iter().copied().find(|reg| !taken.contains(*reg));
            let keeps = if local.ty == Ty::V128 { None } else { next(machine.saved[class]) };
            let register = match keeps {
                Some(reg) if uses > SAVING => {
                    saved.push(reg);
                    Some(reg)
                }
                // It is stored before each call and loaded behind it.
                _ if uses > calls.saturating_mul(2) => {
                    let reg = next(machine.unsaved[class]);
                    self.frame.unsaved_locals.extend(reg.map(|_| number));
                    reg
                }
                _ => None,
            };
            local.register = register;
            if let Some(register) = register {
                taken.insert(register);
            }
        }
        let unsaved = RegSet::of(machine.unsaved[0]).or(RegSet::of(machine.unsaved[1]));
        self.temporaries =
            crate::registers::Temporaries::new(machine.temporaries.or(unsaved).without(taken));
        saved
    }

    /// Emits the beginning of the function.
    pub(super) fn enter_function(&mut self) {
        let machine = self.masm.machine();
        let memory = MemoryIndex::from_u32(0);
        self.frame.has_memory_base = self.buffers.uses.memory > 1
            && self.environ.module.memories.get(memory).is_some()
            && self.environ.is_fixed(memory);
        let mut saved = SmallVec::<[Reg; 8]>::new();
        saved.push(machine.vmctx);
        if self.frame.has_memory_base {
            saved.push(machine.memory_base);
        }
        saved.extend(self.assign_registers());
        self.masm.enter();
        for reg in saved {
            let (ty, slot) = (whole(reg.class()), self.frame.take(8));
            self.masm.store_slot(ty, slot, reg);
            self.frame.saved.push((reg, slot));
        }
        self.frame.saved_at = self.masm.buffer().here();
        self.place_params();
        self.place_locals();
        if self.frame.has_memory_base {
            let location = self.environ.offsets.memory(memory);
            let field = self.environ.layouts.memory.base();
            let to = machine.memory_base;
            let definition = self.definition(location, |_| to);
            self.load_pointer(to, super::field_at(definition, field));
        }
        self.temporaries.release_held();
        self.push_function_frame();
    }

    /// Brings the parameters from where the caller has put them to where they are as locals.
    fn place_params(&mut self) {
        let machine = self.masm.machine();
        let mut assigner = Assigner::new(machine);
        let mut moves = SmallVec::<[Move; 16]>::new();
        let mut pointer = |to: Option<Reg>, moves: &mut SmallVec<[Move; 16]>| {
            let Where::Reg(from) = assigner.next(Ty::I64) else {
                unreachable!("the first parameters are in registers")
            };
            moves.extend(to.map(|to| Move { to, ty: Ty::I64, from: Source::Reg(from) }));
            from
        };
        pointer(Some(machine.vmctx), &mut moves);
        if self.ty.results().len() >= 2 {
            let from = pointer(None, &mut moves);
            let slot = self.frame.take(8);
            self.masm.store_slot(Ty::I64, slot, from);
            self.frame.return_area = Some(slot);
        }
        for at in 0..self.ty.params().len() {
            let (ty, register) = (self.buffers.locals[at].ty, self.buffers.locals[at].register);
            let place = assigner.next(ty);
            let keeps = register.is_some_and(|reg| self.is_saved(reg));
            let slot = match place {
                Where::Stack(offset) => Slot(machine.incoming + offset as i32),
                Where::Reg(_) if keeps => NO_SLOT,
                Where::Reg(_) => self.frame.take(ty.slot_size()),
            };
            self.buffers.locals[at].slot = slot;
            let from = match place {
                Where::Reg(from) => Source::Reg(from),
                Where::Stack(_) => Source::Slot(slot),
            };
            match (place, register) {
                (_, Some(to)) => moves.push(Move { to, ty, from }),
                (Where::Reg(from), None) => self.masm.store_slot(ty, slot, from),
                (Where::Stack(_), None) => {}
            }
        }
        self.carry_out_moves(&mut moves);
    }

    fn is_saved(&self, reg: Reg) -> bool {
        self.masm.machine().saved[reg.class() as usize].contains(&reg)
    }

    /// Gives places to the locals that are not parameters, and sets them to zero.
    fn place_locals(&mut self) {
        let first = self.ty.params().len();
        let end = Slot(self.frame.operands);
        for at in first..self.buffers.locals.len() {
            let local = &self.buffers.locals[at];
            let (ty, register) = (local.ty, local.register);
            match register {
                Some(reg) if ty == Ty::V128 => self.masm.vector_constant(reg, [0; 16]),
                Some(reg) => self.masm.constant(ty, reg, 0),
                None => {}
            }
            if register.is_none() {
                self.buffers.locals[at].slot = self.frame.take(ty.slot_size());
            }
        }
        let begin = Slot(self.frame.operands);
        if begin != end {
            self.masm.zero_slots(begin, end);
        }
        for at in first..self.buffers.locals.len() {
            let local = &self.buffers.locals[at];
            if local.register.is_some_and(|reg| !self.is_saved(reg)) {
                let size = local.ty.slot_size();
                self.buffers.locals[at].slot = self.frame.take(size);
            }
        }
    }

    /// Emits the end of the function: restores what was saved and returns.
    pub(super) fn leave_function(&mut self) {
        for at in 0..self.frame.saved.len() {
            let (reg, slot) = self.frame.saved[at];
            self.masm.load_slot(whole(reg.class()), reg, slot);
        }
        self.masm.leave();
    }
}

/// The type of all that is saved of a register of a class.
const fn whole(class: Class) -> Ty {
    match class {
        Class::General => Ty::I64,
        Class::Vector => Ty::F64,
    }
}
