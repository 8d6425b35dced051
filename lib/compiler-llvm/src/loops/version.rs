//! The second version of a loop.

use std::collections::{HashMap, HashSet};

use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{
    AnyValue, AnyValueEnum, BasicValue, FunctionValue, InstructionOpcode as Op, InstructionValue,
    PointerValue,
};

use super::guard::Guard;
use super::shape::{Access, Shape};
use crate::builder::{Builder, Value};

/// A second version of a loop.
pub(super) struct Version<'c> {
    /// The branch that repeats it.
    pub(super) latch: InstructionValue<'c>,
    /// The branches that lead to it if their conditions hold.
    guards: [InstructionValue<'c>; 2],
}

impl Version<'_> {
    /// Has it never chosen.
    pub(super) fn discard(&self) {
        for guard in self.guards {
            let condition = guard.get_operand(0).and_then(|operand| operand.value());
            let never = condition.expect("the branch has a condition").get_type().const_zero();
            guard.set_operand(0, never);
        }
    }
}

/// A value of the loop that something behind it uses.
struct LiveOut<'c> {
    value: InstructionValue<'c>,
    /// The operands that are it.
    users: Vec<(InstructionValue<'c>, u32)>,
}

/// Adds the second version of a loop to its function.
pub(super) fn add<'c>(
    builder: &Builder<'c>,
    function: FunctionValue<'c>,
    shape: &Shape<'c>,
    length_offset: i64,
) -> Version<'c> {
    let old = shape.block;
    let last = old.get_terminator().expect("the loop ends with a branch");
    let live_out = live_out(old);
    let [count, check, enter, body, barrier, behind] =
        [(); 6].map(|()| builder.append_block(function));
    // Names the block behind in what follows the loop, and the guard in what comes before it.
    old.replace_all_uses_with(&behind);
    behind.replace_all_uses_with(&count);

    builder.set_location(last.get_debug_location());
    builder.enter(count);
    let (mut guard, is_worthwhile) = Guard::count(builder, shape);
    let counted = builder.branch(is_worthwhile, check, old);
    builder.enter(check);
    let is_proved = guard.check(length_offset);
    let chosen = builder.branch(is_proved, enter, old);

    let proved = Proved::new(builder, &mut guard, shape, [enter, body]);
    let (copies, latch) = proved.fill(barrier, &live_out);
    builder.enter(barrier);
    builder.barrier();
    builder.jump(behind);

    builder.enter(behind);
    for LiveOut { value, users } in &live_out {
        let (value, copy) = (basic(*value), copies[value]);
        let phi = builder.phi(value.get_type());
        phi.add_incoming(&[(&value, old), (&copy, barrier)]);
        for (user, at) in users {
            user.set_operand(*at, phi.as_basic_value());
        }
    }
    builder.jump(shape.behind);
    enter_from(builder, shape, [count, check]);
    repeat(builder, shape, behind);
    Version { latch, guards: [counted, chosen] }
}

/// The values of a loop that are used outside of it.
fn live_out(block: BasicBlock<'_>) -> Vec<LiveOut<'_>> {
    let mut all = Vec::new();
    for value in block.get_instructions() {
        let (mut users, mut known) = (Vec::new(), HashSet::new());
        let mut next = value.get_first_use();
        while let Some(usage) = next {
            next = usage.get_next_use();
            let user = instruction(usage.get_user()).expect("instructions use values");
            if user.get_parent() != Some(block) && known.insert(user) {
                let operands = user.get_operands().enumerate();
                for (at, operand) in operands {
                    let used = operand.and_then(|operand| operand.value());
                    if used.and_then(|used| used.as_instruction_value()) == Some(value) {
                        users.push((user, at as u32));
                    }
                }
            }
        }
        if !users.is_empty() {
            all.push(LiveOut { value, users });
        }
    }
    all
}

/// Has a loop entered from these blocks, with the same values.
fn enter_from<'c>(builder: &Builder<'c>, shape: &Shape<'c>, from: [BasicBlock<'c>; 2]) {
    let mut news = Vec::new();
    for (phi, start) in &shape.phis {
        builder.enter_before(phi.as_instruction());
        let new = builder.phi(phi.as_basic_value().get_type());
        let next = phi.get_incomings().find(|(_, block)| *block == shape.block);
        let (next, _) = next.expect("a loop comes from itself");
        let [a, b] = from;
        new.add_incoming(&[(start, a), (start, b), (&next, shape.block)]);
        news.push((*phi, new));
    }
    for (old, new) in news {
        old.replace_all_uses_with(&new);
        old.as_instruction().erase_from_basic_block();
    }
}

/// Makes the branch at the end of a loop again, which has come to lead elsewhere.
fn repeat<'c>(builder: &Builder<'c>, shape: &Shape<'c>, behind: BasicBlock<'c>) {
    let last = shape.block.get_terminator().expect("the loop ends with a branch");
    let condition = last.get_operand(0).and_then(|operand| operand.value());
    let condition = condition.expect("the branch has a condition");
    builder.enter(shape.block);
    let new = match shape.stays {
        true => builder.branch(condition, shape.block, behind),
        false => builder.branch(condition, behind, shape.block),
    };
    let kind = builder.types.context().get_kind_id("llvm.loop");
    if let Some(metadata) = last.get_metadata(kind) {
        new.set_metadata(metadata, kind).expect("branches take metadata");
    }
    last.erase_from_basic_block();
}

/// The loop that can't trap, while it is made.
struct Proved<'l, 'c> {
    builder: &'l Builder<'c>,
    shape: &'l Shape<'c>,
    enter: BasicBlock<'c>,
    body: BasicBlock<'c>,
    /// The number of iterations.
    trips: Value<'c>,
    /// Where each group begins.
    starts: Vec<PointerValue<'c>>,
    /// What has been made of the instructions of the loop.
    copies: HashMap<InstructionValue<'c>, Value<'c>>,
}

impl<'l, 'c> Proved<'l, 'c> {
    /// Makes the block `enter` before the loop.
    fn new(
        builder: &'l Builder<'c>,
        guard: &mut Guard<'l, 'c>,
        shape: &'l Shape<'c>,
        [enter, body]: [BasicBlock<'c>; 2],
    ) -> Self {
        builder.enter(enter);
        let mut bases = HashMap::new();
        let mut starts = Vec::new();
        for group in &shape.groups {
            let base = *bases.entry(group.base).or_insert_with(|| {
                let pointer = builder.types.pointer;
                builder.cast(Op::AddrSpaceCast, basic(group.base), pointer).into_pointer_value()
            });
            let start = guard.start(group);
            starts.push(builder.add_offset(base, start));
        }
        let trips = guard.trips();
        builder.jump(body);
        Self { builder, shape, enter, body, trips, starts, copies: HashMap::new() }
    }

    /// Makes the loop, which has copies of these values, and the branch that repeats it or leads to `behind`.
    fn fill(
        mut self,
        behind: BasicBlock<'c>,
        live_out: &[LiveOut<'c>],
    ) -> (HashMap<InstructionValue<'c>, Value<'c>>, InstructionValue<'c>) {
        let builder = self.builder;
        let needed = self.needed(live_out);
        builder.enter(self.body);
        let counter = builder.phi(builder.types.i64.into());
        let mut phis = Vec::new();
        for (phi, start) in &self.shape.phis {
            if needed.contains(&phi.as_instruction()) {
                let copy = builder.phi(start.get_type());
                self.copies.insert(phi.as_instruction(), copy.as_basic_value());
                phis.push((*phi, *start, copy));
            }
        }
        let number = counter.as_basic_value();
        let pointers = self.pointers(number);
        for old in self.shape.block.get_instructions() {
            if needed.contains(&old) && old.get_opcode() != Op::Phi {
                self.copy(old, &pointers);
            }
        }
        builder.set_location(
            self.shape.block.get_terminator().and_then(|last| last.get_debug_location()),
        );
        let next = builder.binary(Op::Add, number, builder.i64(1));
        set_no_wrap(next);
        let is_last = builder.icmp(IntPredicate::EQ, next, self.trips);
        let latch = builder.branch(is_last, behind, self.body);
        counter.add_incoming(&[(&builder.i64(0), self.enter), (&next, self.body)]);
        for (phi, start, copy) in phis {
            let next = phi.get_incomings().find(|(_, block)| *block == self.shape.block);
            let (next, _) = next.expect("a loop comes from itself");
            let next = self.copy_of(next);
            copy.add_incoming(&[(&start, self.enter), (&next, self.body)]);
        }
        (self.copies, latch)
    }

    /// The instructions of the loop without which stores and what is used behind can't be. Addresses and the condition
    /// at the end are made in another way.
    fn needed(&self, live_out: &[LiveOut<'c>]) -> HashSet<InstructionValue<'c>> {
        let block = self.shape.block;
        let stores =
            block.get_instructions().filter(|instruction| instruction.get_opcode() == Op::Store);
        let mut open: Vec<_> = stores.chain(live_out.iter().map(|live| live.value)).collect();
        let mut needed = HashSet::new();
        while let Some(instruction) = open.pop() {
            if instruction.get_parent() != Some(block) || !needed.insert(instruction) {
                continue;
            }
            let operands = match instruction.get_opcode() {
                Op::Load => 0,
                Op::Store => 1,
                _ => instruction.get_num_operands(),
            };
            let values = (0..operands).filter_map(|at| instruction.get_operand(at)?.value());
            open.extend(values.filter_map(|value| value.as_instruction_value()));
        }
        needed
    }

    /// The addresses of the accesses in the iteration `number`.
    fn pointers(&self, number: Value<'c>) -> HashMap<InstructionValue<'c>, PointerValue<'c>> {
        let builder = self.builder;
        let Shape { accesses, groups, .. } = self.shape;
        let mut pointers = Vec::new();
        for (group, start) in groups.iter().zip(&self.starts) {
            let offset = builder.binary(Op::Mul, number, builder.i64(group.step as u64));
            if let Some(offset) = offset.as_instruction_value() {
                offset.set_no_signed_wrap_flag(true).expect("products have the flag");
            }
            pointers.push(builder.add_offset(*start, offset));
        }
        let address = |access: &Access<'c>| {
            let behind = builder.i64((access.offset - groups[access.group].start) as u64);
            (access.instruction, builder.add_offset(pointers[access.group], behind))
        };
        accesses.iter().map(address).collect()
    }

    /// Copies an instruction.
    fn copy(
        &mut self,
        old: InstructionValue<'c>,
        pointers: &HashMap<InstructionValue<'c>, PointerValue<'c>>,
    ) {
        let new = old.explicit_clone();
        for at in 0..old.get_num_operands() {
            if let Some(value) = old.get_operand(at).and_then(|operand| operand.value()) {
                new.set_operand(at, self.copy_of(value));
            }
        }
        if let Some(pointer) = pointers.get(&old) {
            new.set_operand(u32::from(old.get_opcode() == Op::Store), *pointer);
            new.set_volatile(false).expect("an access may be volatile or not");
        }
        self.builder.insert_instruction(new);
        if old.get_opcode() != Op::Store {
            self.copies.insert(old, basic(new));
        }
    }

    /// What stands for a value here.
    fn copy_of(&self, value: Value<'c>) -> Value<'c> {
        let copy = value.as_instruction_value().and_then(|made| self.copies.get(&made));
        copy.copied().unwrap_or(value)
    }
}

fn set_no_wrap(sum: Value<'_>) {
    if let Some(sum) = sum.as_instruction_value() {
        sum.set_no_unsigned_wrap_flag(true).expect("sums have the flag");
        sum.set_no_signed_wrap_flag(true).expect("sums have the flag");
    }
}

/// An instruction as the value that it makes.
fn basic(instruction: InstructionValue<'_>) -> Value<'_> {
    instruction.as_any_value_enum().try_into().expect("the instruction makes a value")
}

/// A value as the instruction that makes it.
fn instruction(value: AnyValueEnum<'_>) -> Option<InstructionValue<'_>> {
    match value {
        AnyValueEnum::InstructionValue(instruction) => Some(instruction),
        AnyValueEnum::PhiValue(phi) => Some(phi.as_instruction()),
        value => Value::try_from(value).ok()?.as_instruction_value(),
    }
}
