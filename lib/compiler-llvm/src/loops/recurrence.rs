//! Values of loops of one block that depend on the iteration before.

use std::collections::HashSet;

use inkwell::basic_block::BasicBlock;
use inkwell::types::AnyTypeEnum;
use inkwell::values::{BasicValue, InstructionOpcode as Op, InstructionValue, PhiValue};

use super::shape::{is_loop, sum_with_constant};
use crate::builder::instruction;

/// How many values that do the same side by side make it worth a look whether they can be one vector.
const STREAMS: usize = 4;

/// Whether a block is a loop in which several values of one type go from each iteration to the next by the same
/// operation, such as the states of as many random generators.
pub(super) fn has_streams(block: BasicBlock<'_>) -> bool {
    if !is_loop(block) {
        return false;
    }
    let phis = block.get_instructions().map_while(|made| PhiValue::try_from(made).ok());
    let kinds: Vec<_> = phis.filter_map(|phi| stream(block, phi)).collect();
    kinds.iter().any(|kind| kinds.iter().filter(|other| *other == kind).count() >= STREAMS)
}

/// The type of a value and the operation that makes the next, unless that is one by which indices change.
fn stream<'c>(block: BasicBlock<'c>, phi: PhiValue<'c>) -> Option<(AnyTypeEnum<'c>, Op)> {
    let (next, _) = phi.get_incomings().find(|(_, from)| *from == block)?;
    let operation = next.as_instruction_value().filter(|made| made.get_parent() == Some(block))?;
    let is_index = sum_with_constant(operation).is_some();
    let is_kept = matches!(operation.get_opcode(), Op::Phi | Op::Select | Op::Load | Op::Call);
    (!is_index && !is_kept).then(|| (operation.get_type(), operation.get_opcode()))
}

/// Whether `phi`, which does not change by a constant, may be what LLVM's vectoriser knows: a value that does not
/// depend on itself in the iteration before, or a sum or the like, which nothing else uses.
pub(super) fn may_be_vector<'c>(block: BasicBlock<'c>, phi: PhiValue<'c>) -> bool {
    let inside = |made: &InstructionValue<'c>| made.get_parent() == Some(block);
    let phi = phi.as_instruction();
    // A comparison and a selection make a minimum.
    users(phi).filter(inside).take(3).count() <= 2 || !depends_on_itself(block, phi)
}

/// The instructions that use the value of another, one for each use.
fn users(value: InstructionValue<'_>) -> impl Iterator<Item = InstructionValue<'_>> {
    std::iter::successors(value.get_first_use(), |usage| usage.get_next_use())
        .filter_map(|usage| instruction(usage.get_user()))
}

/// Whether the next value of `phi` is made of this one.
fn depends_on_itself<'c>(block: BasicBlock<'c>, phi: InstructionValue<'c>) -> bool {
    let mut seen = HashSet::from([phi]);
    let mut rest = vec![phi];
    while let Some(value) = rest.pop() {
        for user in users(value).filter(|user| user.get_parent() == Some(block)) {
            if user == phi {
                return true;
            }
            if user.get_opcode() != Op::Phi && seen.insert(user) {
                rest.push(user);
            }
        }
    }
    false
}
