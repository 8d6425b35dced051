//! The operand stack and the temporaries: pushing, popping, bringing operands to where an instruction wants them.

use smallvec::SmallVec;

use super::Translator;
use crate::masm::{Condition, IntBinary, IntCondition, Masm, Rhs, Size, Slot, Ty};
use crate::operand::{NO_OPERAND, Operand, Place, Recipe};
use crate::registers::{Class, Owner, Reg, RegSet};
use crate::vector::VectorRecipe;

impl<M: Masm> Translator<'_, '_, M> {
    /// The slot of the topmost operand.
    pub(super) fn top_slot(&self) -> i32 {
        self.buffers.operands.last().map_or(self.frame.operands, |operand| operand.slot.0)
    }

    /// Pushes a value that is at `place`, and makes it the owner of its register.
    pub(super) fn push(&mut self, ty: Ty, place: Place) {
        let at = self.buffers.operands.len() as u32;
        let slot = Slot(self.top_slot() - ty.slot_size());
        self.frame.reach(slot.0);
        let mut previous = NO_OPERAND;
        match place {
            Place::Reg(reg) => self.temporaries.give(reg, Owner::Operand(at)),
            Place::Local(local) => {
                let local = &mut self.buffers.locals[local as usize];
                previous = std::mem::replace(&mut local.top_reference, at);
            }
            _ => {}
        }
        self.buffers.operands.push(Operand { ty, place, slot, previous });
    }

    pub(super) fn push_constant(&mut self, ty: Ty, bits: u64) {
        self.push(ty, Place::Constant(bits));
    }

    /// Pushes the result of an instruction that is emitted later.
    pub(super) fn push_recipe(&mut self, ty: Ty, recipe: Recipe) {
        self.push(ty, Place::Pending);
        self.recipe = Some((recipe, self.position));
    }

    /// Pops a value. If it is in a temporary, the present operator holds that.
    pub(super) fn pop(&mut self) -> Operand {
        self.settle();
        self.pop_settled()
    }

    fn pop_settled(&mut self) -> Operand {
        let Some(operand) = self.buffers.operands.pop() else {
            self.fail("the operand stack is empty");
            let slot = Slot(self.frame.operands);
            return Operand { ty: Ty::I64, place: Place::Constant(0), slot, previous: NO_OPERAND };
        };
        self.flushed = self.flushed.min(self.buffers.operands.len());
        match operand.place {
            Place::Reg(reg) => self.temporaries.hold(reg),
            Place::Local(local) => {
                self.buffers.locals[local as usize].top_reference = operand.previous;
            }
            _ => {}
        }
        operand
    }

    /// Remembers that the compiler is wrong, so that the function ends with an error.
    #[cold]
    pub(super) fn fail(&mut self, what: &'static str) {
        self.failure.get_or_insert((what, self.position));
    }

    /// Drops operands until there are `height`.
    pub(super) fn truncate(&mut self, height: usize) {
        self.recipe = None;
        while self.buffers.operands.len() > height {
            self.pop_settled();
        }
        self.temporaries.release_held();
    }

    /// Emits the pending instruction, if there is one, with a temporary as its destination.
    pub(super) fn settle(&mut self) {
        let Some((recipe, position)) = self.recipe.take() else { return };
        let at = self.buffers.operands.len() - 1;
        let class = self.buffers.operands[at].ty.class();
        let operands = recipe.operands().into_iter().flatten();
        let operands: SmallVec<[Reg; 3]> = operands.filter(|reg| reg.class() == class).collect();
        let to = self.destination(class, &operands);
        self.carry_out(recipe, position, to);
        // It was the first thing that the operator did: nothing else is held.
        self.temporaries.release_held();
        self.buffers.operands[at].place = Place::Reg(to);
        self.temporaries.give(to, Owner::Operand(at as u32));
    }

    /// A temporary for the result of an instruction with these operands, each of which may be overwritten when the
    /// operator holds it, or when it is no more than the copy of a local.
    pub(super) fn destination(&mut self, class: Class, operands: &[Reg]) -> Reg {
        if let Some(reg) = operands.iter().find(|reg| self.temporaries.is_held(**reg)) {
            return *reg;
        }
        let needs_room = self.temporaries.free(class, RegSet::EMPTY).is_none()
            && self.temporaries.evictable(class) == RegSet::EMPTY;
        for reg in operands {
            if needs_room && let Owner::Local(local) = self.temporaries.owner(*reg) {
                self.forget_copy(local, *reg);
                self.temporaries.hold(*reg);
                return *reg;
            }
        }
        self.allocate(class)
    }

    /// Takes the pending instruction and its operand off the stack.
    pub(super) fn take_recipe(&mut self) -> Option<(Recipe, u32)> {
        let recipe = self.recipe.take()?;
        self.pop_settled();
        Some(recipe)
    }

    /// Emits an instruction that was pending.
    pub(super) fn carry_out(&mut self, recipe: Recipe, position: u32, to: Reg) {
        self.set_position(position);
        match recipe {
            Recipe::Compare { .. } | Recipe::Test { .. } | Recipe::CompareFloats { .. } => {
                let condition = self.compare(recipe);
                self.masm.set(condition, to);
            }
            Recipe::IntBinary { op, size, a, b } => self.masm.int_binary(op, size, to, a, b),
            Recipe::IntUnary { op, size, a } => self.masm.int_unary(op, size, to, a),
            Recipe::Shift { op, size, a, amount } => self.masm.shift(op, size, to, a, amount),
            Recipe::FloatBinary { op, size, a, b } => {
                self.masm.float_binary(op, size, to, a, b);
                self.canonicalize(op != crate::masm::FloatBinary::Copysign, size, to);
            }
            Recipe::FloatUnary { op, size, a } => {
                self.masm.float_unary(op, size, to, a);
                use crate::masm::FloatUnary::{Abs, Neg};
                self.canonicalize(!matches!(op, Abs | Neg), size, to);
            }
            Recipe::Convert { op, a } => {
                self.masm.convert(op, to, a);
                use crate::masm::Conversion::{Demote, Promote};
                let size = if op == Demote { Size::S32 } else { Size::S64 };
                self.canonicalize(matches!(op, Demote | Promote), size, to);
            }
            Recipe::Load { load, from } => {
                self.masm.buffer().trap_site(wasmer_types::TrapCode::HeapAccessOutOfBounds);
                self.masm.load(load, to, from);
            }
            Recipe::Vector(recipe) => self.carry_out_vector(recipe, to),
        }
        self.set_position(self.position);
    }

    /// Makes a NaN canonical if results are to be deterministic and the operator is arithmetic.
    fn canonicalize(&mut self, arithmetic: bool, size: Size, reg: Reg) {
        if arithmetic && self.environ.deterministic {
            self.masm.canonicalize(size, reg);
        }
    }

    /// Emits a comparison. The flags are only valid until the next operation on numbers.
    fn compare(&mut self, recipe: Recipe) -> Condition {
        match recipe {
            Recipe::Compare { condition, size, a, b } => {
                self.masm.compare(size, a, b);
                Condition::Int(condition)
            }
            Recipe::Test { condition, size, a, b } => {
                self.masm.test(size, a, b);
                Condition::Int(condition)
            }
            Recipe::CompareFloats { condition, holds, size, a, b } => {
                self.masm.compare_floats(condition, size, a, b);
                Condition::Float(condition, holds)
            }
            Recipe::IntBinary { op: IntBinary::And, size, a, b } => {
                self.masm.test(size, a, b);
                Condition::Int(IntCondition::NotEqual)
            }
            Recipe::Vector(recipe) => self.test_vector(recipe),
            _ => unreachable!("not a comparison"),
        }
    }

    /// Pops the operand of a branch: its code, which is emitted by [`Self::flags`], and nothing else yet.
    pub(super) fn pop_condition(&mut self) -> (Recipe, u32) {
        let position = self.position;
        let is_comparison = matches!(
            self.recipe,
            Some((
                Recipe::Compare { .. }
                    | Recipe::Test { .. }
                    | Recipe::CompareFloats { .. }
                    | Recipe::IntBinary { op: IntBinary::And, .. }
                    | Recipe::Vector(VectorRecipe::Test { .. }),
                _
            ))
        );
        match is_comparison {
            true => self.take_recipe().expect("there is a pending comparison"),
            false => {
                let operand = self.pop();
                let a = self.in_register(&operand);
                let (condition, size) = (IntCondition::NotEqual, Size::S32);
                (Recipe::Test { condition, size, a, b: Rhs::Reg(a) }, position)
            }
        }
    }

    /// Emits the code of a condition.
    pub(super) fn flags(&mut self, (recipe, position): (Recipe, u32)) -> Condition {
        self.set_position(position);
        let condition = self.compare(recipe);
        self.set_position(self.position);
        condition
    }

    /// A temporary for the present operator.
    pub(super) fn allocate(&mut self, class: Class) -> Reg {
        self.allocate_outside(class, RegSet::EMPTY)
    }

    /// A temporary for the present operator that is none of `avoid`.
    fn allocate_outside(&mut self, class: Class, avoid: RegSet) -> Reg {
        let reg = match self.temporaries.free(class, avoid) {
            Some(reg) => reg,
            None => self.evict(class, avoid),
        };
        self.temporaries.hold(reg);
        reg
    }

    /// Empties a temporary: the copy of a local, or else the deepest operand.
    fn evict(&mut self, class: Class, avoid: RegSet) -> Reg {
        let mut deepest: Option<(u32, Reg)> = None;
        for reg in self.temporaries.evictable(class).without(avoid).iter() {
            match self.temporaries.owner(reg) {
                Owner::Local(local) => {
                    self.forget_copy(local, reg);
                    return reg;
                }
                Owner::Operand(at) if deepest.is_none_or(|(deepest, _)| at < deepest) => {
                    deepest = Some((at, reg));
                }
                _ => {}
            }
        }
        match deepest {
            Some((at, reg)) => {
                self.spill(at as usize);
                reg
            }
            None => {
                self.fail("there are not enough registers");
                self.masm.machine().result(class)
            }
        }
    }

    /// Moves an operand from its register to its slot.
    pub(super) fn spill(&mut self, at: usize) {
        let operand = &mut self.buffers.operands[at];
        if let Place::Reg(reg) = operand.place {
            let (ty, slot) = (operand.ty, operand.slot);
            operand.place = Place::Slot;
            self.masm.store_slot(ty, slot, reg);
            self.temporaries.release(reg);
        }
    }

    /// Forgets that `reg` is a copy of a local.
    pub(super) fn forget_copy(&mut self, local: u32, reg: Reg) {
        self.buffers.locals[local as usize].copy = None;
        self.temporaries.release(reg);
    }

    /// Forgets all copies of locals, because control may come from elsewhere.
    pub(super) fn forget_copies(&mut self) {
        for reg in self.temporaries.owned().iter() {
            if let Owner::Local(local) = self.temporaries.owner(reg) {
                self.forget_copy(local, reg);
            }
        }
    }

    /// Makes the temporary `reg` one of the present operator, which must not hold it yet: what is in it goes elsewhere.
    /// Does not change the flags.
    pub(super) fn claim(&mut self, reg: Reg) {
        if self.temporaries.is_held(reg) {
            self.fail("a register is needed twice");
        } else if !self.temporaries.is_free(reg) {
            match self.temporaries.owner(reg) {
                Owner::Operand(at) => match self.temporaries.free(reg.class(), RegSet::EMPTY) {
                    Some(other) => {
                        let operand = &mut self.buffers.operands[at as usize];
                        operand.place = Place::Reg(other);
                        self.masm.mov(operand.ty, other, reg);
                        self.temporaries.give(other, Owner::Operand(at));
                    }
                    None => self.spill(at as usize),
                },
                Owner::Local(local) => self.forget_copy(local, reg),
                Owner::None => {}
            }
        }
        self.temporaries.hold(reg);
    }

    /// The register of an operand that was popped. If it is a temporary that the operator holds, it may be changed.
    pub(super) fn in_register(&mut self, operand: &Operand) -> Reg {
        match operand.place {
            Place::Reg(reg) => reg,
            Place::Local(local) => self.local_in_register(local),
            _ => {
                let reg = self.allocate(operand.ty.class());
                self.copy_to(operand, reg);
                reg
            }
        }
    }

    /// The register of an operand, which the operator holds and may change.
    pub(super) fn in_own_register(&mut self, operand: &Operand) -> Reg {
        match operand.place {
            Place::Reg(reg) => reg,
            _ => {
                let reg = self.allocate(operand.ty.class());
                self.copy_to(operand, reg);
                reg
            }
        }
    }

    /// Brings an operand into the temporary `to`, which the operator then holds.
    pub(super) fn in_this_register(&mut self, operand: &Operand, to: Reg) {
        if operand.place != Place::Reg(to) {
            self.claim(to);
            self.copy_to(operand, to);
        }
    }

    /// If an operand that was popped is in one of `registers`, it is moved elsewhere, so that they can be claimed.
    pub(super) fn move_out_of(&mut self, operand: &mut Operand, registers: RegSet) {
        if let Place::Reg(reg) = operand.place
            && registers.contains(reg)
        {
            let other = self.allocate_outside(reg.class(), registers);
            self.masm.mov(operand.ty, other, reg);
            operand.place = Place::Reg(other);
            self.temporaries.release(reg);
        }
    }

    /// Copies the value of an operand to a register. Does not change the flags.
    pub(super) fn copy_to(&mut self, operand: &Operand, to: Reg) {
        let ty = operand.ty;
        match operand.place {
            Place::Constant(bits) => self.masm.constant(ty, to, bits),
            Place::Vector(number) => {
                let bytes = self.buffers.vectors[number as usize];
                self.masm.vector_constant(to, bytes);
            }
            Place::Local(local) => {
                let local = &self.buffers.locals[local as usize];
                match local.register.or(local.copy) {
                    Some(reg) => self.masm.mov(ty, to, reg),
                    None => self.masm.load_slot(ty, to, local.slot),
                }
            }
            Place::Reg(reg) => self.masm.mov(ty, to, reg),
            Place::Slot => self.masm.load_slot(ty, to, operand.slot),
            Place::Pending => self.fail("a pending operand is copied"),
        }
    }

    /// Copies the value of an operand to a slot, without changing flags or temporaries.
    pub(super) fn copy_to_slot(&mut self, operand: &Operand, slot: Slot) {
        let ty = operand.ty;
        let reg = match operand.place {
            Place::Constant(bits) => return self.masm.store_slot_constant(ty, slot, bits),
            Place::Slot if operand.slot == slot => return,
            Place::Reg(reg) => reg,
            Place::Local(local) => {
                let local = &self.buffers.locals[local as usize];
                match local.register.or(local.copy) {
                    Some(reg) => reg,
                    None => self.in_scratch(operand),
                }
            }
            _ => self.in_scratch(operand),
        };
        self.masm.store_slot(ty, slot, reg);
    }

    /// Copies an operand to the scratch register, where it is until the next instruction.
    fn in_scratch(&mut self, operand: &Operand) -> Reg {
        let scratch = self.masm.machine().scratch[operand.ty.class() as usize];
        self.copy_to(operand, scratch);
        scratch
    }

    /// The second operand of an operator on integers.
    pub(super) fn as_rhs(&mut self, op: Option<IntBinary>, size: Size, operand: &Operand) -> Rhs {
        match operand.place {
            Place::Constant(bits) if self.masm.is_immediate(op, size, bits) => Rhs::Imm(bits),
            Place::Slot if self.masm.machine().slot_operands => Rhs::Slot(operand.slot),
            _ => Rhs::Reg(self.in_register(operand)),
        }
    }

    /// Brings all operands to where they are while a block is open: constants stay, the others go to their slots.
    pub(super) fn flush(&mut self) {
        for at in self.flushed..self.buffers.operands.len() {
            let operand = self.buffers.operands[at];
            match operand.place {
                Place::Reg(_) => self.spill(at),
                Place::Local(local) => {
                    self.copy_to_slot(&operand, operand.slot);
                    self.buffers.operands[at].place = Place::Slot;
                    // All operands at this local are among those that are flushed here.
                    self.buffers.locals[local as usize].top_reference = NO_OPERAND;
                }
                _ => {}
            }
        }
        self.flushed = self.buffers.operands.len();
    }

    /// Brings the topmost `count` operands, which are flushed, to their slots, constants too.
    pub(super) fn flush_constants(&mut self, count: usize) {
        let first = self.buffers.operands.len() - count;
        for at in first..self.buffers.operands.len() {
            let operand = self.buffers.operands[at];
            self.copy_to_slot(&operand, operand.slot);
            self.buffers.operands[at].place = Place::Slot;
        }
    }
}
