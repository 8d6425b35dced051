//! Structured control (WebAssembly 3.0, §4.6.5): blocks, branches, `return`, `unreachable`, `select`.
//!
//! A [`Frame`] stands for each block that is open and can be reached. What follows a branch is not translated: no frames
//! are made for blocks that begin there, they are only counted.
//!
//! Where a block begins, all operands are brought to places that do not change while it is open. Where it ends, a single
//! result is in the register in which the C ABI returns one of its type, and two or more are in the slots of their
//! positions. Parameters of loops are in their slots too.

use smallvec::SmallVec;
use wasmer_compiler::operators::block_types;
use wasmer_types::layout::VALUE_SLOT_SIZE;
use wasmer_types::{CompileError, TrapCode, Type};
use wasmparser::{BlockType, BrTable};

use super::Translator;
use crate::buffer::Label;
use crate::masm::{Address, Load, Masm, Slot, Ty};
use crate::operand::{Operand, Place};
use crate::registers::{Class, Reg, RegSet};

/// A block, loop, `if` or function that is open.
pub(crate) struct Frame {
    kind: FrameKind,
    ty: BlockType,
    /// Height of the stack without the block's parameters and results.
    height: usize,
    /// The slot of the topmost operand below.
    base: i32,
    /// Behind it, if something jumps there.
    end: Option<Label>,
}

#[derive(Clone, Copy)]
enum FrameKind {
    Function,
    Block,
    Loop { header: Label },
    If { otherwise: Label },
    Else,
}

/// Where the operands of a branch have to be.
#[derive(Clone, Copy)]
enum Delivery<'e> {
    /// There are none.
    Nothing,
    /// One, in the register for results of its type.
    Register(Ty),
    /// In slots, of which the first lies below this one.
    Slots(&'e [Type], i32),
    /// In the area of the caller.
    Area(&'e [Type]),
}

impl<'e, M: Masm> Translator<'e, '_, M> {
    pub(super) fn push_function_frame(&mut self) {
        let (kind, ty, base) = (FrameKind::Function, BlockType::Empty, self.frame.operands);
        self.buffers.frames.push(Frame { kind, ty, height: 0, base, end: None });
    }

    /// Parameters and results of a block.
    fn block_types(&self, ty: BlockType) -> (&'e [Type], &'e [Type]) {
        block_types(self.environ.module, ty)
    }

    fn results_of(&self, frame: &Frame) -> &'e [Type] {
        match frame.kind {
            FrameKind::Function => self.ty.results(),
            _ => self.block_types(frame.ty).1,
        }
    }

    fn delivery_to(&self, frame: &Frame) -> Delivery<'e> {
        if let FrameKind::Loop { .. } = frame.kind {
            return match self.block_types(frame.ty).0 {
                [] => Delivery::Nothing,
                params => Delivery::Slots(params, frame.base),
            };
        }
        match (self.results_of(frame), frame.kind) {
            ([], _) => Delivery::Nothing,
            ([result], _) => Delivery::Register(Ty::new(*result)),
            (results, FrameKind::Function) => Delivery::Area(results),
            (results, _) => Delivery::Slots(results, frame.base),
        }
    }

    /// The target of a branch out of `depth` blocks, and where it wants its operands.
    fn branch_target(&mut self, depth: u32) -> (Label, Delivery<'e>) {
        let at = self.buffers.frames.len() - 1 - depth as usize;
        let delivery = self.delivery_to(&self.buffers.frames[at]);
        let frame = &mut self.buffers.frames[at];
        if let FrameKind::Loop { header } = frame.kind {
            return (header, delivery);
        }
        let end = *frame.end.get_or_insert_with(|| self.masm.buffer().new_label());
        (end, delivery)
    }

    fn push_frame(&mut self, kind: FrameKind, ty: BlockType, params: usize) {
        let height = self.buffers.operands.len() - params;
        let base = match height {
            0 => self.frame.operands,
            _ => self.buffers.operands[height - 1].slot.0,
        };
        self.buffers.frames.push(Frame { kind, ty, height, base, end: None });
    }

    /// Control may come here from elsewhere.
    fn bind(&mut self, label: Label) {
        self.forget_copies();
        self.masm.buffer().bind(label);
        self.reachable = true;
    }

    fn skip_block(&mut self) -> bool {
        if !self.reachable {
            self.dead_depth += 1;
        }
        !self.reachable
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        if self.skip_block() {
            return;
        }
        self.begin_operator();
        self.flush();
        let params = self.block_types(ty).0.len();
        self.push_frame(FrameKind::Block, ty, params);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        if self.skip_block() {
            return;
        }
        self.begin_operator();
        self.flush();
        let params = self.block_types(ty).0.len();
        self.flush_constants(params);
        let header = self.masm.buffer().new_label();
        self.bind(header);
        self.push_frame(FrameKind::Loop { header }, ty, params);
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        if self.skip_block() {
            return;
        }
        self.begin_fusing();
        let condition = self.pop_condition();
        self.flush();
        let params = self.block_types(ty).0.len();
        self.flush_constants(params);
        let condition = self.flags(condition);
        let otherwise = self.masm.buffer().new_label();
        self.masm.branch(condition.negated(), otherwise);
        self.push_frame(FrameKind::If { otherwise }, ty, params);
    }

    pub(super) fn else_(&mut self) {
        if self.dead_depth > 0 {
            return;
        }
        if self.reachable {
            self.begin_operator();
            let (end, delivery) = self.branch_target(0);
            self.deliver(delivery);
            self.masm.jump(end);
        }
        let frame = self.buffers.frames.last_mut().expect("`else` is in an `if`");
        let FrameKind::If { otherwise } = frame.kind else { unreachable!("`else` is in an `if`") };
        frame.kind = FrameKind::Else;
        let (height, ty) = (frame.height, frame.ty);
        self.truncate(height);
        self.bind(otherwise);
        for param in self.block_types(ty).0 {
            self.push(Ty::new(*param), Place::Slot);
        }
        self.flushed = self.buffers.operands.len();
    }

    pub(super) fn end(&mut self) {
        if self.dead_depth > 0 {
            self.dead_depth -= 1;
            return;
        }
        if self.reachable {
            self.begin_operator();
        }
        let frame = self.buffers.frames.last().expect("a block is open");
        if let FrameKind::If { otherwise } = frame.kind {
            match self.block_types(frame.ty) {
                ([], []) => self.end_of_if(otherwise),
                // Without an `else`, the parameters are the results.
                _ => self.else_(),
            }
        }
        let frame = self.buffers.frames.pop().expect("a block is open");
        let delivery = self.delivery_to(&frame);
        match (frame.kind, frame.end) {
            (FrameKind::Function, end) => self.end_function(delivery, end),
            (FrameKind::Loop { .. }, _) | (_, None) => {}
            (_, Some(end)) => {
                if self.reachable {
                    self.deliver(delivery);
                }
                self.truncate(frame.height);
                self.bind(end);
                self.push_delivered(delivery);
            }
        }
    }

    /// The end of an `if` without operands and without `else`.
    fn end_of_if(&mut self, otherwise: Label) {
        let height = self.buffers.frames.last().expect("a block is open").height;
        self.truncate(height);
        self.bind(otherwise);
    }

    fn end_function(&mut self, delivery: Delivery<'e>, end: Option<Label>) {
        if self.reachable {
            self.deliver(delivery);
        } else if end.is_none() {
            return;
        }
        if let Some(end) = end {
            self.bind(end);
        }
        self.leave_function();
        self.reachable = false;
    }

    /// Pops operands and brings them to where a branch wants them. The operator holds them; flags do not change.
    fn deliver(&mut self, delivery: Delivery<'e>) {
        match delivery {
            Delivery::Nothing => {}
            Delivery::Register(ty) => {
                let value = self.pop();
                self.in_this_register(&value, self.masm.machine().result(ty.class()));
            }
            Delivery::Slots(types, base) => {
                let first = self.buffers.operands.len() - types.len();
                self.copy_to_slots(first, types, base);
                self.truncate(first);
            }
            Delivery::Area(types) => {
                let first = self.buffers.operands.len() - types.len();
                self.copy_to_area(first, types);
                self.truncate(first);
            }
        }
    }

    /// Pushes what was delivered.
    fn push_delivered(&mut self, delivery: Delivery<'e>) {
        match delivery {
            Delivery::Nothing => {}
            Delivery::Register(ty) => {
                let reg = self.masm.machine().result(ty.class());
                self.push(ty, Place::Reg(reg));
            }
            Delivery::Slots(types, _) => {
                for ty in types {
                    self.push(Ty::new(*ty), Place::Slot);
                }
                self.flushed = self.buffers.operands.len();
            }
            Delivery::Area(_) => unreachable!("nothing follows the end of a function"),
        }
    }

    /// Copies the operands from `first` on to slots below `base`. Their own slots are not higher, so none is overwritten
    /// before it is read. No flags, temporaries or places change.
    fn copy_to_slots(&mut self, first: usize, types: &[Type], base: i32) {
        let mut slot = base;
        for (at, ty) in types.iter().enumerate() {
            slot -= Ty::new(*ty).slot_size();
            let operand = self.buffers.operands[first + at];
            self.copy_to_slot(&operand, Slot(slot));
        }
    }

    /// Copies the operands from `first` on to where the caller wants the results.
    fn copy_to_area(&mut self, first: usize, types: &[Type]) {
        let Some(slot) = self.frame.return_area else {
            return self.fail("there is no area for results");
        };
        // The context is not needed any more: the end of the function is next.
        let pointer = self.masm.machine().vmctx;
        self.masm.load_slot(Ty::I64, pointer, slot);
        for (at, ty) in types.iter().enumerate() {
            let operand = self.buffers.operands[first + at];
            let ty = Ty::new(*ty);
            let value = self.area_value(&operand, ty.class());
            let to = Address::at(pointer, at as i32 * VALUE_SLOT_SIZE as i32);
            self.masm.store(Load::whole(ty).bytes, to, value);
        }
    }

    fn area_value(&mut self, operand: &Operand, class: Class) -> Reg {
        match operand.place {
            Place::Reg(reg) => reg,
            _ => {
                let scratch = self.masm.machine().scratch[class as usize];
                self.copy_to(operand, scratch);
                scratch
            }
        }
    }

    pub(super) fn br(&mut self, depth: u32) {
        let (target, delivery) = self.branch_target(depth);
        self.deliver(delivery);
        self.masm.jump(target);
        self.reachable = false;
    }

    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop_condition();
        let (target, delivery) = self.branch_target(depth);
        let condition = self.flags(condition);
        self.temporaries.release_held();
        match delivery {
            Delivery::Nothing => self.masm.branch(condition, target),
            Delivery::Register(_) => {
                self.deliver(delivery);
                self.masm.branch(condition, target);
                self.push_delivered(delivery);
            }
            Delivery::Slots(types, _) | Delivery::Area(types) => {
                let skip = self.masm.buffer().new_label();
                self.masm.branch(condition.negated(), skip);
                let first = self.buffers.operands.len() - types.len();
                self.copy_operands(first, delivery);
                self.masm.jump(target);
                self.masm.buffer().bind(skip);
            }
        }
    }

    /// Copies operands for a branch, after which the others stay as they are.
    fn copy_operands(&mut self, first: usize, delivery: Delivery<'e>) {
        match delivery {
            Delivery::Slots(types, base) => self.copy_to_slots(first, types, base),
            Delivery::Area(types) => self.copy_to_area(first, types),
            Delivery::Nothing | Delivery::Register(_) => {}
        }
    }

    /// Each target that wants its operands elsewhere has some code of its own that brings them there.
    pub(super) fn br_table(&mut self, targets: BrTable<'_>) -> Result<(), CompileError> {
        let index = self.pop();
        let default = targets.default();
        let in_register = match self.delivery_types(default) {
            [ty] => Some(Ty::new(*ty)),
            _ => None,
        };
        // One operand is in its register whether or not a target wants it there.
        let mut index = index;
        let mut result = None;
        if let Some(ty) = in_register {
            let reg = self.masm.machine().result(ty.class());
            self.move_out_of(&mut index, RegSet::of(&[reg]));
            let value = self.pop();
            self.in_this_register(&value, reg);
            result = Some((reg, value));
        }
        let index = self.in_own_register(&index);
        let passed = if in_register.is_some() { 0 } else { self.delivery_types(default).len() };
        let first = self.buffers.operands.len() - passed;
        let mut stubs: SmallVec<[(u32, Label); 8]> = SmallVec::new();
        self.buffers.stubs.clear();
        let mut labels = Vec::with_capacity(targets.len() as usize + 1);
        for depth in targets.targets() {
            let depth = depth.map_err(|error| CompileError::Validate(error.to_string()))?;
            labels.push(self.table_label(depth, &mut stubs));
        }
        labels.push(self.table_label(default, &mut stubs));
        self.masm.jump_table(index, &labels);
        for (depth, label) in stubs {
            self.masm.buffer().bind(label);
            let (target, delivery) = self.branch_target(depth);
            match (result, delivery) {
                (Some((reg, value)), Delivery::Slots(_, base)) => {
                    let slot = Slot(base - value.ty.slot_size());
                    self.masm.store_slot(value.ty, slot, reg);
                }
                _ => self.copy_operands(first, delivery),
            }
            self.masm.jump(target);
        }
        self.reachable = false;
        Ok(())
    }

    fn delivery_types(&self, depth: u32) -> &'e [Type] {
        let frame = &self.buffers.frames[self.buffers.frames.len() - 1 - depth as usize];
        match frame.kind {
            FrameKind::Loop { .. } => self.block_types(frame.ty).0,
            _ => self.results_of(frame),
        }
    }

    /// Where an entry of a jump table leads: to the target, or to code in `stubs`.
    fn table_label(&mut self, depth: u32, stubs: &mut SmallVec<[(u32, Label); 8]>) -> Label {
        let (target, delivery) = self.branch_target(depth);
        match delivery {
            Delivery::Nothing | Delivery::Register(_) => target,
            Delivery::Slots(..) | Delivery::Area(_) => {
                let stub = self.buffers.stubs.entry(depth);
                *stub.or_insert_with(|| {
                    let label = self.masm.buffer().new_label();
                    stubs.push((depth, label));
                    label
                })
            }
        }
    }

    pub(super) fn return_(&mut self) {
        let depth = self.buffers.frames.len() as u32 - 1;
        self.br(depth);
    }

    pub(super) fn unreachable(&mut self) {
        self.trap(TrapCode::UnreachableCodeReached);
    }

    pub(super) fn nop(&mut self) {}

    pub(super) fn drop_(&mut self) {
        match self.recipe {
            // What can trap does so even if nobody wants the value.
            Some((recipe, _)) if !recipe.can_trap() => drop(self.take_recipe()),
            _ => drop(self.pop()),
        }
    }

    pub(super) fn select(&mut self) {
        if let Some(operand) = self.buffers.operands.last()
            && let Place::Constant(condition) = operand.place
        {
            return self.select_constant(condition != 0);
        }
        let condition = self.pop_condition();
        let b = self.pop();
        let a = self.pop();
        let a_reg = self.in_register(&a);
        let b_reg = self.in_register(&b);
        let to = self.destination(a.ty.class(), &[b_reg, a_reg]);
        let condition = self.flags(condition);
        self.masm.select(condition, a.ty, to, a_reg, b_reg);
        self.push(a.ty, Place::Reg(to));
    }

    fn select_constant(&mut self, first: bool) {
        self.pop();
        let b = self.pop();
        let a = self.pop();
        let value = if first { a } else { b };
        match value.place {
            // Its slot is not that of the new operand.
            Place::Slot => {
                let reg = self.in_register(&value);
                self.push(value.ty, Place::Reg(reg));
            }
            place => self.push(value.ty, place),
        }
    }
}
