//! The code that finds out whether a loop can trap.

use std::cmp::Ordering;
use std::collections::HashMap;

use inkwell::IntPredicate;
use inkwell::values::{BasicValue, BasicValueEnum, InstructionOpcode as Op};

use super::shape::{Form, Group, Shape};
use crate::builder::{Builder, Value};

/// Iterations that are worth the guard.
const FEWEST: u64 = 8;

/// Computes what is known before the loop begins. All values have 64 bits unless they are conditions.
pub(super) struct Guard<'g, 'c> {
    builder: &'g Builder<'c>,
    shape: &'g Shape<'c>,
    /// Values of the loop in its first iteration.
    first: HashMap<Value<'c>, Value<'c>>,
    /// The number of iterations, less one.
    again: Value<'c>,
}

impl<'g, 'c> Guard<'g, 'c> {
    /// Works out how often the loop runs. The condition that is returned holds if it is worth to go on and the number
    /// fits 32 bits.
    pub(super) fn count(builder: &'g Builder<'c>, shape: &'g Shape<'c>) -> (Self, Value<'c>) {
        let first = shape.phis.iter().map(|(phi, start)| (phi.as_basic_value(), *start)).collect();
        let mut guard = Self { builder, shape, first, again: builder.i64(0) };
        let mut conditions = Vec::new();
        guard.again = guard.iterations(&mut conditions);
        let least = builder.icmp(IntPredicate::UGE, guard.again, builder.i64(FEWEST - 1));
        let most = builder.icmp(IntPredicate::ULT, guard.again, builder.i64(u32::MAX.into()));
        conditions.extend([least, most]);
        let condition = guard.all(conditions);
        (guard, condition)
    }

    /// How often the loop runs.
    pub(super) fn trips(&self) -> Value<'c> {
        self.binary(Op::Add, self.again, self.builder.i64(1))
    }

    /// How often the loop is repeated, on conditions that are added.
    fn iterations(&mut self, conditions: &mut Vec<Value<'c>>) -> Value<'c> {
        use IntPredicate::*;
        let exit = self.shape.exit;
        let bits = exit.bits;
        let [value, mut bound] =
            [exit.value, exit.bound].map(|value| self.first(value.into(), bits));
        let constant = |value: u64| self.builder.int(bits, value);
        let is_signed = matches!(exit.predicate, SGT | SGE | SLT | SLE);
        // The largest number, and the smallest, in the order of the comparison.
        let most = if is_signed { u64::MAX >> (65 - bits) } else { u64::MAX };
        let least = if is_signed { 1 << (bits - 1) } else { 0 };
        let distance = exit.step.unsigned_abs();
        let strict = match exit.predicate {
            ULE => ULT,
            SLE => SLT,
            UGE => UGT,
            SGE => SGT,
            strict => strict,
        };
        if strict != exit.predicate {
            let (limit, next) = if exit.step > 0 { (most, Op::Add) } else { (least, Op::Sub) };
            conditions.push(self.builder.icmp(NE, bound, constant(limit)));
            bound = self.binary(next, bound, constant(1));
        }
        let (from, to) = if exit.step > 0 { (value, bound) } else { (bound, value) };
        let difference = self.builder.widen(self.binary(Op::Sub, to, from));
        if strict == NE {
            let rest = self.binary(Op::URem, difference, self.builder.i64(distance));
            conditions.push(self.builder.icmp(EQ, rest, self.builder.i64(0)));
            return self.binary(Op::UDiv, difference, self.builder.i64(distance));
        }
        conditions.push(self.builder.icmp(strict, value, bound));
        if distance > 1 {
            // The value does not step over the end of its type.
            let (limit, compare) = match (exit.step > 0, is_signed) {
                (true, true) => (most - (distance - 1), SLE),
                (true, false) => (most - (distance - 1), ULE),
                (false, true) => (least + (distance - 1), SGE),
                (false, false) => (least + (distance - 1), UGE),
            };
            conditions.push(self.builder.icmp(compare, bound, constant(limit)));
        }
        let rounded = self.binary(Op::Add, difference, self.builder.i64(distance - 1));
        self.binary(Op::UDiv, rounded, self.builder.i64(distance))
    }

    /// The condition under which no access of the loop can be outside, no index wraps, and so all steps are what they
    /// are taken for. The length of a memory is `length_offset` bytes behind its base.
    pub(super) fn check(&mut self, length_offset: i64) -> Value<'c> {
        let shape = self.shape;
        let mut conditions = Vec::new();
        for (value, step) in &shape.unwrapped {
            if shape.is_inside_unwrapped(*value) {
                continue;
            }
            let first = self.first((*value).into(), 64);
            let (change, is_up) = self.change(*step);
            conditions.push(match is_up {
                true => {
                    let last = self.binary(Op::Add, first, change);
                    self.builder.icmp(IntPredicate::ULE, last, self.builder.i64(u32::MAX.into()))
                }
                false => self.builder.icmp(IntPredicate::UGE, first, change),
            });
        }
        let mut lengths = HashMap::new();
        for group in &shape.groups {
            let length = *lengths.entry(group.base).or_insert_with(|| {
                let BasicValueEnum::PointerValue(base) = group
                    .base
                    .get_operand(0)
                    .and_then(|operand| operand.value())
                    .expect("loads have an address")
                else {
                    unreachable!("addresses are pointers")
                };
                let length = self.builder.add_any_offset(base, length_offset);
                self.builder.load(self.builder.types.i64, length, 8).0
            });
            self.is_inside(group, length, &mut conditions);
        }
        self.all(conditions)
    }

    /// Adds the conditions under which all accesses of a group are inside of a memory of `length` bytes.
    fn is_inside(&mut self, group: &Group<'c>, length: Value<'c>, conditions: &mut Vec<Value<'c>>) {
        let sum = self.sum(&group.forms[0]);
        for form in &group.forms[1..] {
            let seeming = self.binary(Op::Add, sum, self.builder.i64(form.more as u64));
            let other = self.sum(form);
            conditions.push(self.builder.icmp(IntPredicate::EQ, other, seeming));
        }
        let start = self.start(group);
        // Then sums do not overflow.
        conditions.push(self.builder.icmp(IntPredicate::ULE, start, length));
        let (change, is_up) = self.change(group.step);
        let highest = match is_up {
            true => self.binary(Op::Add, start, change),
            false => {
                conditions.push(self.builder.icmp(IntPredicate::UGE, start, change));
                start
            }
        };
        let size = self.builder.i64((group.end - group.start).unsigned_abs());
        let end = self.binary(Op::Add, highest, size);
        conditions.push(self.builder.icmp(IntPredicate::ULE, end, length));
    }

    /// By how much something changes in the whole loop, and whether it grows.
    fn change(&self, step: i64) -> (Value<'c>, bool) {
        let step_size = self.builder.i64(step.unsigned_abs());
        (self.binary(Op::Mul, self.again, step_size), step >= 0)
    }

    /// How far from the base of the memory a group begins in the first iteration.
    pub(super) fn start(&mut self, group: &Group<'c>) -> Value<'c> {
        let sum = self.sum(&group.forms[0]);
        self.binary(Op::Add, sum, self.builder.i64(group.start as u64))
    }

    /// The sum of terms in the first iteration.
    fn sum(&mut self, form: &Form<'c>) -> Value<'c> {
        let mut sum = self.builder.i64(0);
        for term in &form.terms {
            let term = self.first((*term).into(), 64);
            sum = self.binary(Op::Add, sum, term);
        }
        sum
    }

    /// What a value is in the first iteration, as one of so many bits.
    fn first(&mut self, value: Value<'c>, bits: u32) -> Value<'c> {
        let first = self.copy(value);
        let ty = self.builder.types.int(bits);
        match first.into_int_value().get_type().get_bit_width().cmp(&bits) {
            Ordering::Less => self.builder.cast(Op::ZExt, first, ty),
            Ordering::Equal => first,
            Ordering::Greater => self.builder.cast(Op::Trunc, first, ty),
        }
    }

    /// The value itself in the first iteration.
    fn copy(&mut self, value: Value<'c>) -> Value<'c> {
        if let Some(first) = self.first.get(&value) {
            return *first;
        }
        let instruction =
            value.as_instruction_value().filter(|made| made.get_parent() == Some(self.shape.block));
        let Some(instruction) = instruction else { return value };
        let operand = |at| instruction.get_operand(at).and_then(|operand| operand.value());
        let a = self.copy(operand(0).expect("arithmetic has an operand"));
        let first = match instruction.get_opcode() {
            op @ (Op::ZExt | Op::Trunc) => self.builder.cast(op, a, value.get_type()),
            op => {
                let b = self.copy(operand(1).expect("arithmetic has two operands"));
                self.binary(op, a, b)
            }
        };
        self.first.insert(value, first);
        first
    }

    fn binary(&self, op: Op, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.builder.binary(op, a, b)
    }

    fn all(&self, conditions: Vec<Value<'c>>) -> Value<'c> {
        let all = conditions.into_iter().reduce(|a, b| self.binary(Op::And, a, b));
        all.expect("there is a condition")
    }
}
