//! What a loop does.

use std::collections::HashMap;

use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    BasicValueEnum, InstructionOpcode as Op, InstructionValue, IntValue, PhiValue, PointerValue,
};
use inkwell::{AtomicOrdering, IntPredicate};

use super::recurrence::may_be_vector;
use crate::builder::Value;
use crate::types::is_heap;

/// Instructions that a loop has at most.
const LARGEST_LOOP: usize = 200;
/// By how much anything may change in one iteration, so that products with a number of iterations of 32 bits fit 64.
const LARGEST_STEP: i64 = 1 << 20;
/// How deep expressions are followed.
const DEPTH: u32 = 8;
/// Terms that an address has at most, and groups that a loop has.
const MOST: usize = 12;
/// Intrinsics that compute something from their operands and do nothing else, without `llvm.`.
const PURE: [&str; 26] = [
    "abs.",
    "bswap.",
    "bitreverse.",
    "ceil.",
    "copysign.",
    "ctlz.",
    "ctpop.",
    "cttz.",
    "fabs.",
    "floor.",
    "fptosi.",
    "fptoui.",
    "fshl.",
    "fshr.",
    "maximum.",
    "minimum.",
    "nearbyint.",
    "rint.",
    "roundeven.",
    "smax.",
    "smin.",
    "sqrt.",
    "trunc.",
    "umax.",
    "umin.",
    "usub.",
];

/// How a loop ends.
#[derive(Clone, Copy)]
pub(super) struct Exit<'c> {
    /// It goes on while this ...
    pub(super) value: IntValue<'c>,
    /// ... compares so ...
    pub(super) predicate: IntPredicate,
    /// ... to this, which does not change.
    pub(super) bound: IntValue<'c>,
    /// By how much the value changes in each iteration.
    pub(super) step: i64,
    /// How many bits of both are compared; the others are 0.
    pub(super) bits: u32,
}

/// Indices that mean the same as those of a group.
pub(super) struct Form<'c> {
    /// What is added to the base.
    pub(super) terms: Vec<IntValue<'c>>,
    /// By how much the sum of the terms is larger than that of the group's first form.
    pub(super) more: i64,
    /// The least constant that accesses add to it.
    pub(super) least: i64,
}

/// Accesses that differ by constants.
pub(super) struct Group<'c> {
    /// The load of the base of the memory.
    pub(super) base: InstructionValue<'c>,
    /// What is added to the base. The first form stands for all, if the others are as much larger as they seem to be.
    pub(super) forms: Vec<Form<'c>>,
    /// What the terms of the first form have in common with those of others, and a constant that is added to it.
    parts: (Vec<IntValue<'c>>, i64),
    /// The first byte behind the sum of the terms that is touched.
    pub(super) start: i64,
    /// The byte behind the last of them.
    pub(super) end: i64,
    /// By how much the address changes in each iteration.
    pub(super) step: i64,
}

/// A load or store.
pub(super) struct Access<'c> {
    pub(super) instruction: InstructionValue<'c>,
    /// The number of its group.
    pub(super) group: usize,
    /// How far from the sum of the group's terms it is.
    pub(super) offset: i64,
}

/// A loop of one block, of which all addresses and the number of iterations are known when it begins, on some
/// conditions.
pub(super) struct Shape<'c> {
    pub(super) block: BasicBlock<'c>,
    /// Its values that depend on the iteration before, with what they are in the first.
    pub(super) phis: Vec<(PhiValue<'c>, Value<'c>)>,
    /// Where it goes at the end.
    pub(super) behind: BasicBlock<'c>,
    /// Whether it goes on when the condition of its branch holds, rather than when it does not.
    pub(super) stays: bool,
    pub(super) exit: Exit<'c>,
    pub(super) accesses: Vec<Access<'c>>,
    pub(super) groups: Vec<Group<'c>>,
    /// Values of 32 bits and how they change, which must not wrap. All steps depend on that.
    pub(super) unwrapped: Vec<(IntValue<'c>, i64)>,
}

/// Whether a block is a loop.
pub(super) fn is_loop(block: BasicBlock<'_>) -> bool {
    let successors = block.get_terminator().and_then(successors);
    successors.is_some_and(|successors| successors.contains(&block))
}

/// Whether it is worth a look: a loop of one block with an access to a memory.
pub(super) fn is_candidate(block: BasicBlock<'_>) -> bool {
    is_loop(block)
        && block
            .get_instructions()
            .take(LARGEST_LOOP)
            .any(|instruction| heap_pointer(instruction).is_some())
}

/// Where a conditional branch leads, first when its condition holds.
fn successors(branch: InstructionValue<'_>) -> Option<[BasicBlock<'_>; 2]> {
    if branch.get_opcode() != Op::Br || branch.get_num_operands() != 3 {
        return None;
    }
    // The operands are in this order.
    Some([branch.get_operand(2)?.block()?, branch.get_operand(1)?.block()?])
}

/// The address of an access to a memory.
pub(super) fn heap_pointer(instruction: InstructionValue<'_>) -> Option<PointerValue<'_>> {
    let operand = match instruction.get_opcode() {
        Op::Load => 0,
        Op::Store => 1,
        _ => return None,
    };
    match instruction.get_operand(operand)?.value()? {
        BasicValueEnum::PointerValue(pointer) if is_heap(pointer.get_type()) => Some(pointer),
        _ => None,
    }
}

/// The operand of an instruction if it is an integer.
fn int_operand<'c>(instruction: InstructionValue<'c>, at: u32) -> Option<IntValue<'c>> {
    match instruction.get_operand(at)?.value()? {
        BasicValueEnum::IntValue(value) => Some(value),
        _ => None,
    }
}

/// The number of bytes that an access touches.
fn size(instruction: InstructionValue<'_>) -> Option<i64> {
    let ty = match instruction.get_opcode() {
        Op::Load => BasicTypeEnum::try_from(instruction.get_type()).ok()?,
        _ => instruction.get_operand(0)?.value()?.get_type(),
    };
    match ty {
        BasicTypeEnum::IntType(ty) => Some(i64::from(ty.get_bit_width() / 8)),
        BasicTypeEnum::FloatType(ty) => Some(i64::from(ty.get_bit_width() / 8)),
        _ => None,
    }
}

/// Whether an instruction neither touches memory nor does anything else that can be seen. Divisions trap by branches,
/// where they can.
fn is_pure(instruction: InstructionValue<'_>) -> bool {
    match instruction.get_opcode() {
        Op::Call => calls(instruction, |name| PURE.iter().any(|pure| name.starts_with(pure))),
        Op::Add
        | Op::Sub
        | Op::Mul
        | Op::Shl
        | Op::LShr
        | Op::AShr
        | Op::And
        | Op::Or
        | Op::Xor => true,
        Op::UDiv | Op::SDiv | Op::URem | Op::SRem => true,
        Op::FAdd | Op::FSub | Op::FMul | Op::FDiv | Op::FNeg | Op::FCmp | Op::ICmp | Op::Select => {
            true
        }
        Op::ZExt
        | Op::SExt
        | Op::Trunc
        | Op::FPExt
        | Op::FPTrunc
        | Op::BitCast
        | Op::GetElementPtr => true,
        Op::SIToFP | Op::UIToFP | Op::FPToSI | Op::FPToUI | Op::Freeze | Op::Phi => true,
        _ => false,
    }
}

/// Whether an instruction calls a function of LLVM's with a name, without `llvm.`, as wanted.
fn calls(instruction: InstructionValue<'_>, wanted: impl Fn(&str) -> bool) -> bool {
    let callee =
        || instruction.get_operand(instruction.get_num_operands().checked_sub(1)?)?.value();
    match (instruction.get_opcode(), callee()) {
        (Op::Call, Some(BasicValueEnum::PointerValue(callee))) => {
            let name = callee.get_name().to_str().unwrap_or_default();
            name.strip_prefix("llvm.").is_some_and(wanted)
        }
        _ => false,
    }
}

/// `value` as a number of `bits` bits, with its sign.
fn wrapped(value: i64, bits: u32) -> i64 {
    value << (64 - bits) >> (64 - bits)
}

impl<'c> Shape<'c> {
    /// The shape of a loop, if it is one that can have a second version.
    pub(super) fn of(block: BasicBlock<'c>) -> Option<Self> {
        let last = block.get_terminator()?;
        let [then, otherwise] = successors(last)?;
        let (behind, stays) = if then == block { (otherwise, true) } else { (then, false) };
        if behind == block
            || !block.get_instructions().take(LARGEST_LOOP + 1).all(|instruction| {
                is_pure(instruction)
                    || calls(instruction, |name| name == "fake.use")
                    || instruction == last
                    || heap_pointer(instruction).is_some()
            })
            || block.get_instructions().count() > LARGEST_LOOP
        {
            return None;
        }
        let mut steps = Steps { block, phis: HashMap::new(), unwrapped: Vec::new() };
        let phis = steps.phis()?;
        let exit = steps.exit(last, stays)?;
        let (mut accesses, mut groups) = (Vec::new(), Vec::new());
        for instruction in block.get_instructions() {
            if let Some(pointer) = heap_pointer(instruction) {
                accesses.push(steps.access(instruction, pointer, &mut groups)?);
            }
        }
        let unwrapped = steps.unwrapped;
        Some(Self { block, phis, behind, stays, exit, accesses, groups, unwrapped })
    }
}

impl<'c> Shape<'c> {
    /// Whether `value` can't wrap because it is an index that grows and stays in a memory, which is as long as an index
    /// can tell at most.
    pub(super) fn is_inside_unwrapped(&self, value: IntValue<'c>) -> bool {
        let is_index = |term: IntValue<'c>| {
            let extended = |made: InstructionValue<'c>| {
                made.get_opcode() == Op::ZExt && int_operand(made, 0) == Some(value)
            };
            term == value || term.as_instruction().is_some_and(extended)
        };
        let keeps =
            |form: &Form<'c>| form.least >= 0 && matches!(form.terms[..], [term] if is_index(term));
        self.groups.iter().any(|group| group.step > 0 && group.forms.iter().any(keeps))
    }
}

/// By how much values change in each iteration.
struct Steps<'c> {
    block: BasicBlock<'c>,
    /// Those that depend on the iteration before, if they change by a constant.
    phis: HashMap<InstructionValue<'c>, i64>,
    unwrapped: Vec<(IntValue<'c>, i64)>,
}

impl<'c> Steps<'c> {
    /// The values that depend on the iteration before. The loop is entered from one place.
    fn phis(&mut self) -> Option<Vec<(PhiValue<'c>, Value<'c>)>> {
        let mut phis = Vec::new();
        let mut from = None;
        for instruction in self.block.get_instructions() {
            let Ok(phi) = PhiValue::try_from(instruction) else { break };
            let mut start = None;
            for (value, block) in phi.get_incomings() {
                if block == self.block {
                    if let BasicValueEnum::IntValue(next) = value
                        && let Some(step) = self.distance(next, instruction, DEPTH)
                    {
                        self.phis.insert(instruction, step);
                    }
                } else if start.replace(value).is_some() || *from.get_or_insert(block) != block {
                    return None;
                }
            }
            if !self.phis.contains_key(&instruction) && !may_be_vector(self.block, phi) {
                return None;
            }
            phis.push((phi, start?));
        }
        Some(phis)
    }

    /// The instruction that makes a value in the loop.
    fn inside(&self, value: IntValue<'c>) -> Option<InstructionValue<'c>> {
        value.as_instruction().filter(|instruction| instruction.get_parent() == Some(self.block))
    }

    /// What constants add to `phi` to make `value`.
    fn distance(&self, value: IntValue<'c>, phi: InstructionValue<'c>, depth: u32) -> Option<i64> {
        let instruction = self.inside(value)?;
        if value.get_type().get_bit_width() > 64 {
            return None;
        }
        if instruction == phi {
            return Some(0);
        }
        let (rest, constant) = sum_with_constant(instruction)?;
        let distance = self.distance(rest, phi, depth.checked_sub(1)?)?.checked_add(constant)?;
        Some(wrapped(distance, value.get_type().get_bit_width()))
    }

    /// By how much `value` changes from one iteration to the next, modulo the numbers of its type, unless one of
    /// `unwrapped` wraps.
    fn step(&mut self, value: IntValue<'c>, depth: u32) -> Option<i64> {
        let Some(instruction) = self.inside(value) else { return Some(0) };
        let depth = depth.checked_sub(1)?;
        let a = int_operand(instruction, 0);
        let b = int_operand(instruction, 1);
        let bits = value.get_type().get_bit_width();
        if bits > 64 {
            return None;
        }
        let step = match instruction.get_opcode() {
            Op::Phi => *self.phis.get(&instruction)?,
            Op::Add => self.step(a?, depth)?.checked_add(self.step(b?, depth)?)?,
            Op::Or if instruction.get_disjoint_flag() == Ok(true) => {
                self.step(a?, depth)?.checked_add(self.step(b?, depth)?)?
            }
            Op::Sub => self.step(a?, depth)?.checked_sub(self.step(b?, depth)?)?,
            Op::Mul => self.step(a?, depth)?.checked_mul(b?.get_sign_extended_constant()?)?,
            Op::Shl => {
                let by = u32::try_from(b?.get_zero_extended_constant()?).ok()?;
                self.step(a?, depth)?.checked_mul(1i64.checked_shl(by)?)?
            }
            Op::Trunc => self.step(a?, depth)?,
            Op::ZExt if a?.get_type().get_bit_width() == 32 => {
                let step = self.step(a?, depth)?;
                self.must_not_wrap(a?, step)?;
                step
            }
            Op::And => {
                let (cleared, is_half) = low_bits(instruction)?;
                let step = self.step(a?, depth)?;
                if step % (1 << cleared) != 0 {
                    return None;
                }
                if is_half {
                    let step = wrapped(step, 32);
                    self.must_not_wrap(value, step)?;
                    step
                } else {
                    step
                }
            }
            _ => return None,
        };
        let step = wrapped(step, bits);
        (step.abs() <= LARGEST_STEP).then_some(step)
    }

    fn must_not_wrap(&mut self, value: IntValue<'c>, step: i64) -> Option<()> {
        let condition = (value, step);
        if step != 0 && !self.unwrapped.contains(&condition) {
            self.unwrapped.push(condition);
        }
        (step.abs() <= LARGEST_STEP).then_some(())
    }

    /// How the loop ends, with the branch `last`, which repeats it if its condition `stays`.
    fn exit(&mut self, last: InstructionValue<'c>, stays: bool) -> Option<Exit<'c>> {
        let condition = self.inside(int_operand(last, 0)?)?;
        let predicate = condition.get_icmp_predicate()?;
        let (a, b) = (int_operand(condition, 0)?, int_operand(condition, 1)?);
        if !matches!(a.get_type().get_bit_width(), 32 | 64) {
            return None;
        }
        let predicate = if stays { predicate } else { inverted(predicate) };
        let (value, bound, predicate) = match self.inside(b) {
            None => (a, b, predicate),
            Some(_) if self.inside(a).is_none() => (b, a, swapped(predicate)),
            Some(_) => return None,
        };
        let mut bits = value.get_type().get_bit_width();
        let half = self
            .inside(value)
            .filter(|made| predicate == IntPredicate::NE && made.get_opcode() == Op::And);
        let step = match half.and_then(|half| Some((half, low_bits(half)?))) {
            // Where it goes on while not equal, it may wrap.
            Some((half, (cleared, true))) => {
                bits = 32;
                u32::try_from(bound.get_zero_extended_constant()?).ok()?;
                let step = self.step(int_operand(half, 0)?, DEPTH)?;
                if step % (1 << cleared) != 0 {
                    return None;
                }
                wrapped(step, 32)
            }
            _ => self.step(value, DEPTH)?,
        };
        let is_possible = match predicate {
            IntPredicate::NE => step != 0,
            IntPredicate::ULT | IntPredicate::ULE | IntPredicate::SLT | IntPredicate::SLE => {
                step > 0
            }
            IntPredicate::UGT | IntPredicate::UGE | IntPredicate::SGT | IntPredicate::SGE => {
                step < 0
            }
            IntPredicate::EQ => false,
        };
        is_possible.then_some(Exit { value, predicate, bound, step, bits })
    }

    /// The place of an access, which may be the first of its group.
    fn access(
        &mut self,
        instruction: InstructionValue<'c>,
        mut pointer: PointerValue<'c>,
        groups: &mut Vec<Group<'c>>,
    ) -> Option<Access<'c>> {
        let (mut terms, mut offset) = (Vec::new(), 0i64);
        let base = loop {
            let source = pointer.as_instruction()?;
            match source.get_opcode() {
                Op::GetElementPtr => {
                    let BasicTypeEnum::IntType(unit) = source.get_gep_source_element_type().ok()?
                    else {
                        return None;
                    };
                    let index = int_operand(source, 1)?;
                    if unit.get_bit_width() != 8
                        || source.get_num_operands() != 2
                        || index.get_type().get_bit_width() != 64
                    {
                        return None;
                    }
                    offset = offset.checked_add(split(index, &mut terms, DEPTH)?)?;
                    let BasicValueEnum::PointerValue(from) = source.get_operand(0)?.value()? else {
                        return None;
                    };
                    pointer = from;
                }
                Op::Load if source.get_parent() != Some(self.block) => break source,
                _ => return None,
            }
        };
        if instruction.get_atomic_ordering() != Ok(AtomicOrdering::NotAtomic) {
            return None;
        }
        let end = offset.checked_add(size(instruction)?)?;
        if offset.unsigned_abs() > u64::from(u32::MAX) {
            return None;
        }
        let mut step = 0;
        for term in &terms {
            step += self.step(*term, DEPTH)?;
        }
        let parts = parts(&terms);
        let group = groups
            .iter()
            .position(|group| group.base == base && group.step == step && group.parts.0 == parts.0);
        let group = group.unwrap_or_else(|| {
            groups.push(Group {
                base,
                forms: Vec::new(),
                parts: parts.clone(),
                start: offset,
                end,
                step,
            });
            groups.len() - 1
        });
        let more = wrapped(parts.1.wrapping_sub(groups[group].parts.1), 32);
        let forms = &mut groups[group].forms;
        match forms.iter_mut().find(|form| form.terms == terms) {
            Some(form) => form.least = offset.min(form.least),
            None => forms.push(Form { terms, more, least: offset }),
        }
        if groups.len() > MOST {
            return None;
        }
        let (offset, end) = (offset + more, end + more);
        let Group { start, end: last, .. } = &mut groups[group];
        (*start, *last) = (offset.min(*start), end.max(*last));
        Some(Access { instruction, group, offset })
    }
}

/// What is left of terms without constants in them, and the sum of these, which may be taken for something else where
/// something wraps.
fn parts<'c>(terms: &[IntValue<'c>]) -> (Vec<IntValue<'c>>, i64) {
    let mut all = 0i64;
    let parts = terms.iter().map(|term| {
        let mut part = *term;
        for _ in 0..DEPTH {
            let Some(instruction) = part.as_instruction() else { break };
            part = match (instruction.get_opcode(), sum_with_constant(instruction)) {
                (_, Some((rest, constant))) => {
                    all = all.wrapping_add(constant);
                    rest
                }
                (Op::ZExt | Op::Trunc, _) => int_operand(instruction, 0).unwrap_or(part),
                (Op::And, _) if low_bits(instruction).is_some() => {
                    int_operand(instruction, 0).unwrap_or(part)
                }
                _ => break,
            };
        }
        part
    });
    (parts.collect(), all)
}

/// How many of the low bits are cleared by an `and` with a constant that leaves the others, and whether it leaves those of
/// the lower half only, as LLVM writes what was extended from that.
fn low_bits(and: InstructionValue<'_>) -> Option<(u32, bool)> {
    let mask = int_operand(and, 1)?;
    let bits = mask.get_type().get_bit_width();
    let mask = mask.get_sign_extended_constant().filter(|mask| *mask != 0)?;
    let cleared = mask.trailing_zeros();
    match mask >> cleared {
        -1 => Some((cleared, false)),
        rest if bits == 64 && cleared < 32 && rest == i64::from(u32::MAX >> cleared) => {
            Some((cleared, true))
        }
        _ => None,
    }
}

/// Adds the terms of a sum to `terms`, and returns the constant that is left. All is modulo 2⁶⁴.
fn split<'c>(value: IntValue<'c>, terms: &mut Vec<IntValue<'c>>, depth: u32) -> Option<i64> {
    if let Some(constant) = value.get_sign_extended_constant() {
        return Some(constant);
    }
    let depth = depth.checked_sub(1)?;
    if let Some(instruction) = value.as_instruction() {
        if let Some((rest, constant)) = sum_with_constant(instruction) {
            return split(rest, terms, depth)?.checked_add(constant);
        }
        if instruction.get_opcode() == Op::Add {
            let a = split(int_operand(instruction, 0)?, terms, depth)?;
            return a.checked_add(split(int_operand(instruction, 1)?, terms, depth)?);
        }
    }
    terms.push(value);
    (terms.len() <= MOST).then_some(0)
}

/// The two operands of a sum of which the second is a constant.
pub(super) fn sum_with_constant(instruction: InstructionValue<'_>) -> Option<(IntValue<'_>, i64)> {
    let constant = || int_operand(instruction, 1)?.get_sign_extended_constant();
    let constant = match instruction.get_opcode() {
        Op::Add => constant()?,
        Op::Sub => constant()?.checked_neg()?,
        Op::Or if instruction.get_disjoint_flag() == Ok(true) => constant()?,
        _ => return None,
    };
    Some((int_operand(instruction, 0)?, constant))
}

/// The comparison that holds where the other does not.
fn inverted(predicate: IntPredicate) -> IntPredicate {
    match predicate {
        IntPredicate::EQ => IntPredicate::NE,
        IntPredicate::NE => IntPredicate::EQ,
        IntPredicate::UGT => IntPredicate::ULE,
        IntPredicate::UGE => IntPredicate::ULT,
        IntPredicate::ULT => IntPredicate::UGE,
        IntPredicate::ULE => IntPredicate::UGT,
        IntPredicate::SGT => IntPredicate::SLE,
        IntPredicate::SGE => IntPredicate::SLT,
        IntPredicate::SLT => IntPredicate::SGE,
        IntPredicate::SLE => IntPredicate::SGT,
    }
}

/// The comparison with its operands the other way round.
fn swapped(predicate: IntPredicate) -> IntPredicate {
    match predicate {
        IntPredicate::EQ | IntPredicate::NE => predicate,
        IntPredicate::UGT => IntPredicate::ULT,
        IntPredicate::UGE => IntPredicate::ULE,
        IntPredicate::ULT => IntPredicate::UGT,
        IntPredicate::ULE => IntPredicate::UGE,
        IntPredicate::SGT => IntPredicate::SLT,
        IntPredicate::SGE => IntPredicate::SLE,
        IntPredicate::SLT => IntPredicate::SGT,
        IntPredicate::SLE => IntPredicate::SGE,
    }
}
