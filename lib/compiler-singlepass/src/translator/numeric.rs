//! Operators on numbers (WebAssembly 3.0, §4.3 and §4.6.1).
//!
//! Constants are folded. What is left becomes a recipe, so that the next operator decides where the result goes.

use wasmer_types::BuiltinFunction;

use super::Translator;
use super::fold::{self, Simpler};
use crate::masm::{
    Conversion, Division, FloatBinary, FloatCondition, FloatUnary, IntBinary, IntCondition,
    IntUnary, Masm, Rhs, Rounding, Shift, Size, Ty,
};
use crate::operand::{Operand, Place, Recipe};
use crate::registers::{Class, RegSet};
use crate::vector::VectorRecipe;

macro_rules! numeric_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_const(value: i32) => push_constant(I32, u64::from(value as u32));
            visit_i64_const(value: i64) => push_constant(I64, value as u64);
            visit_f32_const(value: wasmparser::Ieee32) => push_constant(F32, u64::from(value.bits()));
            visit_f64_const(value: wasmparser::Ieee64) => push_constant(F64, value.bits());
            visit_i32_eq() => int_compare(IntCondition::Equal, S32);
            visit_i32_ne() => int_compare(IntCondition::NotEqual, S32);
            visit_i32_lt_s() => int_compare(IntCondition::LessSigned, S32);
            visit_i32_lt_u() => int_compare(IntCondition::LessUnsigned, S32);
            visit_i32_gt_s() => int_compare(IntCondition::GreaterSigned, S32);
            visit_i32_gt_u() => int_compare(IntCondition::GreaterUnsigned, S32);
            visit_i32_le_s() => int_compare(IntCondition::LessEqualSigned, S32);
            visit_i32_le_u() => int_compare(IntCondition::LessEqualUnsigned, S32);
            visit_i32_ge_s() => int_compare(IntCondition::GreaterEqualSigned, S32);
            visit_i32_ge_u() => int_compare(IntCondition::GreaterEqualUnsigned, S32);
            visit_i64_eq() => int_compare(IntCondition::Equal, S64);
            visit_i64_ne() => int_compare(IntCondition::NotEqual, S64);
            visit_i64_lt_s() => int_compare(IntCondition::LessSigned, S64);
            visit_i64_lt_u() => int_compare(IntCondition::LessUnsigned, S64);
            visit_i64_gt_s() => int_compare(IntCondition::GreaterSigned, S64);
            visit_i64_gt_u() => int_compare(IntCondition::GreaterUnsigned, S64);
            visit_i64_le_s() => int_compare(IntCondition::LessEqualSigned, S64);
            visit_i64_le_u() => int_compare(IntCondition::LessEqualUnsigned, S64);
            visit_i64_ge_s() => int_compare(IntCondition::GreaterEqualSigned, S64);
            visit_i64_ge_u() => int_compare(IntCondition::GreaterEqualUnsigned, S64);
            visit_f32_eq() => float_compare(FloatCondition::Equal, S32);
            visit_f32_ne() => float_compare(FloatCondition::NotEqual, S32);
            visit_f32_lt() => float_compare(FloatCondition::Less, S32);
            visit_f32_gt() => float_compare(FloatCondition::Greater, S32);
            visit_f32_le() => float_compare(FloatCondition::LessEqual, S32);
            visit_f32_ge() => float_compare(FloatCondition::GreaterEqual, S32);
            visit_f64_eq() => float_compare(FloatCondition::Equal, S64);
            visit_f64_ne() => float_compare(FloatCondition::NotEqual, S64);
            visit_f64_lt() => float_compare(FloatCondition::Less, S64);
            visit_f64_gt() => float_compare(FloatCondition::Greater, S64);
            visit_f64_le() => float_compare(FloatCondition::LessEqual, S64);
            visit_f64_ge() => float_compare(FloatCondition::GreaterEqual, S64);
            visit_i32_clz() => int_unary(IntUnary::Clz, S32);
            visit_i32_ctz() => int_unary(IntUnary::Ctz, S32);
            visit_i32_popcnt() => int_unary(IntUnary::Popcnt, S32);
            visit_i32_add() => int_binary(IntBinary::Add, S32);
            visit_i32_sub() => int_binary(IntBinary::Sub, S32);
            visit_i32_mul() => int_binary(IntBinary::Mul, S32);
            visit_i32_div_s() => divide(Division { signed: true, remainder: false }, S32);
            visit_i32_div_u() => divide(Division { signed: false, remainder: false }, S32);
            visit_i32_rem_s() => divide(Division { signed: true, remainder: true }, S32);
            visit_i32_rem_u() => divide(Division { signed: false, remainder: true }, S32);
            visit_i32_and() => int_binary(IntBinary::And, S32);
            visit_i32_or() => int_binary(IntBinary::Or, S32);
            visit_i32_xor() => int_binary(IntBinary::Xor, S32);
            visit_i32_shl() => shift(Shift::Shl, S32);
            visit_i32_shr_s() => shift(Shift::ShrS, S32);
            visit_i32_shr_u() => shift(Shift::ShrU, S32);
            visit_i32_rotl() => shift(Shift::Rotl, S32);
            visit_i32_rotr() => shift(Shift::Rotr, S32);
            visit_i64_clz() => int_unary(IntUnary::Clz, S64);
            visit_i64_ctz() => int_unary(IntUnary::Ctz, S64);
            visit_i64_popcnt() => int_unary(IntUnary::Popcnt, S64);
            visit_i64_add() => int_binary(IntBinary::Add, S64);
            visit_i64_sub() => int_binary(IntBinary::Sub, S64);
            visit_i64_mul() => int_binary(IntBinary::Mul, S64);
            visit_i64_div_s() => divide(Division { signed: true, remainder: false }, S64);
            visit_i64_div_u() => divide(Division { signed: false, remainder: false }, S64);
            visit_i64_rem_s() => divide(Division { signed: true, remainder: true }, S64);
            visit_i64_rem_u() => divide(Division { signed: false, remainder: true }, S64);
            visit_i64_and() => int_binary(IntBinary::And, S64);
            visit_i64_or() => int_binary(IntBinary::Or, S64);
            visit_i64_xor() => int_binary(IntBinary::Xor, S64);
            visit_i64_shl() => shift(Shift::Shl, S64);
            visit_i64_shr_s() => shift(Shift::ShrS, S64);
            visit_i64_shr_u() => shift(Shift::ShrU, S64);
            visit_i64_rotl() => shift(Shift::Rotl, S64);
            visit_i64_rotr() => shift(Shift::Rotr, S64);
            visit_f32_abs() => float_unary(FloatUnary::Abs, S32);
            visit_f32_neg() => float_unary(FloatUnary::Neg, S32);
            visit_f32_sqrt() => float_unary(FloatUnary::Sqrt, S32);
            visit_f32_ceil() => round(Rounding::Ceil, S32);
            visit_f32_floor() => round(Rounding::Floor, S32);
            visit_f32_trunc() => round(Rounding::Trunc, S32);
            visit_f32_nearest() => round(Rounding::Nearest, S32);
            visit_f32_add() => float_binary(FloatBinary::Add, S32);
            visit_f32_sub() => float_binary(FloatBinary::Sub, S32);
            visit_f32_mul() => float_binary(FloatBinary::Mul, S32);
            visit_f32_div() => float_binary(FloatBinary::Div, S32);
            visit_f32_min() => float_binary(FloatBinary::Min, S32);
            visit_f32_max() => float_binary(FloatBinary::Max, S32);
            visit_f32_copysign() => float_binary(FloatBinary::Copysign, S32);
            visit_f64_abs() => float_unary(FloatUnary::Abs, S64);
            visit_f64_neg() => float_unary(FloatUnary::Neg, S64);
            visit_f64_sqrt() => float_unary(FloatUnary::Sqrt, S64);
            visit_f64_ceil() => round(Rounding::Ceil, S64);
            visit_f64_floor() => round(Rounding::Floor, S64);
            visit_f64_trunc() => round(Rounding::Trunc, S64);
            visit_f64_nearest() => round(Rounding::Nearest, S64);
            visit_f64_add() => float_binary(FloatBinary::Add, S64);
            visit_f64_sub() => float_binary(FloatBinary::Sub, S64);
            visit_f64_mul() => float_binary(FloatBinary::Mul, S64);
            visit_f64_div() => float_binary(FloatBinary::Div, S64);
            visit_f64_min() => float_binary(FloatBinary::Min, S64);
            visit_f64_max() => float_binary(FloatBinary::Max, S64);
            visit_f64_copysign() => float_binary(FloatBinary::Copysign, S64);
            visit_i32_wrap_i64() => convert(Conversion::Wrap);
            visit_i64_extend_i32_s() => convert(Conversion::ExtendSigned);
            visit_i64_extend_i32_u() => extend_unsigned();
            visit_i32_trunc_f32_s() => convert(Conversion::ToInt { from: S32, to: S32, signed: true, saturating: false });
            visit_i32_trunc_f32_u() => convert(Conversion::ToInt { from: S32, to: S32, signed: false, saturating: false });
            visit_i32_trunc_f64_s() => convert(Conversion::ToInt { from: S64, to: S32, signed: true, saturating: false });
            visit_i32_trunc_f64_u() => convert(Conversion::ToInt { from: S64, to: S32, signed: false, saturating: false });
            visit_i64_trunc_f32_s() => convert(Conversion::ToInt { from: S32, to: S64, signed: true, saturating: false });
            visit_i64_trunc_f32_u() => convert(Conversion::ToInt { from: S32, to: S64, signed: false, saturating: false });
            visit_i64_trunc_f64_s() => convert(Conversion::ToInt { from: S64, to: S64, signed: true, saturating: false });
            visit_i64_trunc_f64_u() => convert(Conversion::ToInt { from: S64, to: S64, signed: false, saturating: false });
            visit_i32_trunc_sat_f32_s() => convert(Conversion::ToInt { from: S32, to: S32, signed: true, saturating: true });
            visit_i32_trunc_sat_f32_u() => convert(Conversion::ToInt { from: S32, to: S32, signed: false, saturating: true });
            visit_i32_trunc_sat_f64_s() => convert(Conversion::ToInt { from: S64, to: S32, signed: true, saturating: true });
            visit_i32_trunc_sat_f64_u() => convert(Conversion::ToInt { from: S64, to: S32, signed: false, saturating: true });
            visit_i64_trunc_sat_f32_s() => convert(Conversion::ToInt { from: S32, to: S64, signed: true, saturating: true });
            visit_i64_trunc_sat_f32_u() => convert(Conversion::ToInt { from: S32, to: S64, signed: false, saturating: true });
            visit_i64_trunc_sat_f64_s() => convert(Conversion::ToInt { from: S64, to: S64, signed: true, saturating: true });
            visit_i64_trunc_sat_f64_u() => convert(Conversion::ToInt { from: S64, to: S64, signed: false, saturating: true });
            visit_f32_convert_i32_s() => convert(Conversion::ToFloat { from: S32, signed: true, to: S32 });
            visit_f32_convert_i32_u() => convert(Conversion::ToFloat { from: S32, signed: false, to: S32 });
            visit_f32_convert_i64_s() => convert(Conversion::ToFloat { from: S64, signed: true, to: S32 });
            visit_f32_convert_i64_u() => convert(Conversion::ToFloat { from: S64, signed: false, to: S32 });
            visit_f64_convert_i32_s() => convert(Conversion::ToFloat { from: S32, signed: true, to: S64 });
            visit_f64_convert_i32_u() => convert(Conversion::ToFloat { from: S32, signed: false, to: S64 });
            visit_f64_convert_i64_s() => convert(Conversion::ToFloat { from: S64, signed: true, to: S64 });
            visit_f64_convert_i64_u() => convert(Conversion::ToFloat { from: S64, signed: false, to: S64 });
            visit_f32_demote_f64() => convert(Conversion::Demote);
            visit_f64_promote_f32() => convert(Conversion::Promote);
            visit_i32_reinterpret_f32() => reinterpret(Conversion::FloatBits(S32));
            visit_f32_reinterpret_i32() => reinterpret(Conversion::FromBits(S32));
            visit_i64_reinterpret_f64() => reinterpret(Conversion::FloatBits(S64));
            visit_f64_reinterpret_i64() => reinterpret(Conversion::FromBits(S64));
            visit_i32_extend8_s() => int_unary(IntUnary::Extend(8), S32);
            visit_i32_extend16_s() => int_unary(IntUnary::Extend(16), S32);
            visit_i64_extend8_s() => int_unary(IntUnary::Extend(8), S64);
            visit_i64_extend16_s() => int_unary(IntUnary::Extend(16), S64);
            visit_i64_extend32_s() => int_unary(IntUnary::Extend(32), S64);
            visit_i64_add128() => wide_sum(false);
            visit_i64_sub128() => wide_sum(true);
            visit_i64_mul_wide_s() => wide_product(true);
            visit_i64_mul_wide_u() => wide_product(false);
        }
    };
}
pub(super) use numeric_operators as operators;

/// Operators that turn a comparison round.
macro_rules! fusing_numeric_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_eqz() => zero_test(S32);
            visit_i64_eqz() => zero_test(S64);
        }
    };
}
pub(super) use fusing_numeric_operators as fusing_operators;

impl<M: Masm> Translator<'_, '_, M> {
    pub(super) fn int_binary(&mut self, op: IntBinary, size: Size) {
        let ty = Ty::int(size);
        if let Some((a, b)) = self.constants() {
            self.truncate_top(2);
            return self.push_constant(ty, fold::int_binary(op, size, a, b));
        }
        let mut b = self.pop();
        let mut a = self.pop();
        if op.is_commutative() && a.constant().is_some() {
            std::mem::swap(&mut a, &mut b);
        }
        if let Some(constant) = b.constant()
            && let Some(simpler) = fold::simpler_binary(op, size, constant)
        {
            return self.push_simpler(simpler, size, &a);
        }
        // A difference with a constant is a sum.
        let (op, b) = match (op, b.constant()) {
            (IntBinary::Sub, Some(constant)) => {
                let negative = fold::int_binary(IntBinary::Sub, size, 0, constant);
                (IntBinary::Add, Operand { place: Place::Constant(negative), ..b })
            }
            _ => (op, b),
        };
        // An operand that may be overwritten is the better first one.
        let swap = op.is_commutative() && b.constant().is_none() && !a.is_own() && b.is_own();
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let a = self.in_register(&a);
        let b = self.as_rhs(Some(op), size, &b);
        self.push_recipe(ty, Recipe::IntBinary { op, size, a, b });
    }

    /// Drops the topmost operands, which are constants.
    fn truncate_top(&mut self, count: usize) {
        for _ in 0..count {
            self.pop();
        }
    }

    /// Pushes what an operator on `a`, which was popped, comes to.
    fn push_simpler(&mut self, simpler: Simpler, size: Size, a: &Operand) {
        let ty = Ty::int(size);
        match simpler {
            Simpler::Constant(bits) => self.push_constant(ty, bits),
            Simpler::Same => self.push_again(a),
            Simpler::Shift(op, amount) => {
                let a = self.in_register(a);
                self.push_recipe(ty, Recipe::Shift { op, size, a, amount: Rhs::Imm(amount) });
            }
            Simpler::And(mask) => {
                let b = Operand { ty, place: Place::Constant(mask), ..*a };
                let a = self.in_register(a);
                let b = self.as_rhs(Some(IntBinary::And), size, &b);
                self.push_recipe(ty, Recipe::IntBinary { op: IntBinary::And, size, a, b });
            }
        }
    }

    /// Pushes an operand that was popped.
    pub(super) fn push_again(&mut self, operand: &Operand) {
        match operand.place {
            // Its slot may not be that of the new operand.
            Place::Slot => {
                let reg = self.in_register(operand);
                self.push(operand.ty, Place::Reg(reg));
            }
            place => self.push(operand.ty, place),
        }
    }

    pub(super) fn shift(&mut self, op: Shift, size: Size) {
        let ty = Ty::int(size);
        if let Some((a, b)) = self.constants() {
            self.truncate_top(2);
            return self.push_constant(ty, fold::shift(op, size, a, b));
        }
        let amount = self.pop();
        let mut a = self.pop();
        if let Some(constant) = amount.constant() {
            let amount = constant % u64::from(size.bits());
            if amount == 0 {
                return self.push_again(&a);
            }
            let a = self.in_register(&a);
            return self.push_recipe(ty, Recipe::Shift { op, size, a, amount: Rhs::Imm(amount) });
        }
        if let Some(register) = self.masm.shift_register(op) {
            self.move_out_of(&mut a, RegSet::of(&[register]));
            self.in_this_register(&amount, register);
            // The result must not go where the amount is.
            let a = self.in_register(&a);
            let to = match self.temporaries.is_held(a) && a != register {
                true => a,
                false => self.allocate(Class::General),
            };
            self.masm.shift(op, size, to, a, Rhs::Reg(register));
            return self.push(ty, Place::Reg(to));
        }
        let a = self.in_register(&a);
        let amount = Rhs::Reg(self.in_register(&amount));
        self.push_recipe(ty, Recipe::Shift { op, size, a, amount });
    }

    pub(super) fn divide(&mut self, op: Division, size: Size) {
        let ty = Ty::int(size);
        if let Some((a, b)) = self.constants()
            && let Some(result) = fold::division(op, size, a, b)
        {
            self.truncate_top(2);
            return self.push_constant(ty, result);
        }
        let mut b = self.pop();
        let mut a = self.pop();
        let known = b.constant();
        if let Some(simpler) = known.and_then(|known| fold::simpler_division(op, known)) {
            return self.push_simpler(simpler, size, &a);
        }
        let Some(registers) = self.masm.division_registers() else {
            let a = self.in_register(&a);
            let b = self.in_register(&b);
            let to = self.allocate(Class::General);
            self.masm.divide(op, size, to, a, b, known);
            return self.push(ty, Place::Reg(to));
        };
        let (quotient, remainder) = (registers.quotient, registers.remainder);
        // What the dividend leaves is no place for the divisor.
        self.move_out_of(&mut b, RegSet::of(&[quotient, remainder]));
        self.move_out_of(&mut a, RegSet::of(&[remainder]));
        self.in_this_register(&a, quotient);
        self.claim(remainder);
        let b = self.in_register(&b);
        let to = if op.remainder { remainder } else { quotient };
        self.masm.divide(op, size, to, quotient, b, known);
        self.push(ty, Place::Reg(to));
    }

    pub(super) fn int_unary(&mut self, op: IntUnary, size: Size) {
        let ty = Ty::int(size);
        if let Some(a) = self.constant() {
            self.pop();
            return self.push_constant(ty, fold::int_unary(op, size, a));
        }
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_recipe(ty, Recipe::IntUnary { op, size, a });
    }

    pub(super) fn int_compare(&mut self, condition: IntCondition, size: Size) {
        if let Some((a, b)) = self.constants() {
            self.truncate_top(2);
            let holds = fold::compare(condition, size, a, b);
            return self.push_constant(Ty::I32, u64::from(holds));
        }
        let mut b = self.pop();
        let mut a = self.pop();
        let mut condition = condition;
        if a.constant().is_some() {
            std::mem::swap(&mut a, &mut b);
            condition = condition.swapped();
        }
        let a = self.in_register(&a);
        let recipe = match (b.constant(), condition) {
            (Some(0), IntCondition::Equal | IntCondition::NotEqual) => {
                Recipe::Test { condition, size, a, b: Rhs::Reg(a) }
            }
            _ => Recipe::Compare { condition, size, a, b: self.as_rhs(None, size, &b) },
        };
        self.push_recipe(Ty::I32, recipe);
    }

    /// Whether the topmost operand is zero.
    pub(super) fn zero_test(&mut self, size: Size) {
        if let Some(a) = self.constant() {
            self.pop();
            return self.push_constant(Ty::I32, u64::from(a == 0));
        }
        let opposite = match self.recipe {
            Some((Recipe::Compare { condition, size, a, b }, _)) => {
                Some(Recipe::Compare { condition: condition.negated(), size, a, b })
            }
            Some((Recipe::Test { condition, size, a, b }, _)) => {
                Some(Recipe::Test { condition: condition.negated(), size, a, b })
            }
            Some((Recipe::CompareFloats { condition, holds, size, a, b }, _)) => {
                Some(Recipe::CompareFloats { condition, holds: !holds, size, a, b })
            }
            Some((Recipe::IntBinary { op: IntBinary::And, size, a, b }, _)) => {
                Some(Recipe::Test { condition: IntCondition::Equal, size, a, b })
            }
            Some((Recipe::Vector(VectorRecipe::Test { test, holds, a }), _)) => {
                Some(Recipe::Vector(VectorRecipe::Test { test, holds: !holds, a }))
            }
            _ => None,
        };
        let recipe = match opposite {
            Some(recipe) => {
                self.take_recipe();
                recipe
            }
            None => {
                let a = self.pop();
                let a = self.in_register(&a);
                Recipe::Test { condition: IntCondition::Equal, size, a, b: Rhs::Reg(a) }
            }
        };
        self.push_recipe(Ty::I32, recipe);
    }

    pub(super) fn float_binary(&mut self, op: FloatBinary, size: Size) {
        let b = self.pop();
        let a = self.pop();
        let a = self.in_register(&a);
        let b = self.in_register(&b);
        self.push_recipe(Ty::float(size), Recipe::FloatBinary { op, size, a, b });
    }

    pub(super) fn float_unary(&mut self, op: FloatUnary, size: Size) {
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_recipe(Ty::float(size), Recipe::FloatUnary { op, size, a });
    }

    pub(super) fn round(&mut self, rounding: Rounding, size: Size) {
        if self.masm.has_round() {
            return self.float_unary(FloatUnary::Round(rounding), size);
        }
        let a = self.pop();
        let ty = Ty::float(size);
        self.builtin(rounding_builtin(rounding, size), &[], &[a], Some(ty));
    }

    pub(super) fn float_compare(&mut self, condition: FloatCondition, size: Size) {
        let b = self.pop();
        let a = self.pop();
        let a = self.in_register(&a);
        let b = self.in_register(&b);
        self.push_recipe(Ty::I32, Recipe::CompareFloats { condition, holds: true, size, a, b });
    }

    pub(super) fn convert(&mut self, op: Conversion) {
        let a = self.pop();
        match (op, a.constant()) {
            (Conversion::Wrap, Some(bits)) => {
                return self.push_constant(Ty::I32, bits & Size::S32.mask());
            }
            (Conversion::ExtendSigned, Some(bits)) => {
                return self.push_constant(Ty::I64, bits as i32 as u64);
            }
            _ => {}
        }
        let a = self.in_register(&a);
        self.push_recipe(op.result(), Recipe::Convert { op, a });
    }

    /// A number in a register has zeros in its upper half already.
    pub(super) fn extend_unsigned(&mut self) {
        let a = self.pop();
        match a.place {
            Place::Constant(bits) => self.push_constant(Ty::I64, bits),
            Place::Reg(reg) => self.push(Ty::I64, Place::Reg(reg)),
            _ => {
                let reg = self.in_own_register(&a);
                self.push(Ty::I64, Place::Reg(reg));
            }
        }
    }

    pub(super) fn reinterpret(&mut self, op: Conversion) {
        if let Some(bits) = self.constant() {
            self.pop();
            return self.push_constant(op.result(), bits);
        }
        self.convert(op);
    }

    /// 128-bit addition or subtraction, of numbers that are two operands each, low part first.
    pub(super) fn wide_sum(&mut self, subtract: bool) {
        let b_high = self.pop();
        let b_low = self.pop();
        let a_high = self.pop();
        let a_low = self.pop();
        // Two registers for the result are enough: the machine adds to what is there.
        let to = [self.in_own_register(&a_low), self.in_own_register(&a_high)];
        let b = [b_low, b_high].map(|operand| self.as_rhs(None, Size::S64, &operand));
        self.masm.wide_sum(subtract, to, b);
        for reg in to {
            self.push(Ty::I64, Place::Reg(reg));
        }
    }

    /// The 128-bit product.
    pub(super) fn wide_product(&mut self, signed: bool) {
        let mut b = self.pop();
        let mut a = self.pop();
        let to = match self.masm.division_registers() {
            Some(registers) => {
                let (low, high) = (registers.quotient, registers.remainder);
                self.move_out_of(&mut b, RegSet::of(&[low, high]));
                self.move_out_of(&mut a, RegSet::of(&[high]));
                self.in_this_register(&a, low);
                self.claim(high);
                a.place = Place::Reg(low);
                [low, high]
            }
            None => [self.allocate(Class::General), self.allocate(Class::General)],
        };
        let a = self.in_register(&a);
        let b = self.in_register(&b);
        self.masm.wide_product(signed, to, a, b);
        for reg in to {
            self.push(Ty::I64, Place::Reg(reg));
        }
    }
}

/// The builtin for machines without an instruction.
pub(super) const fn rounding_builtin(rounding: Rounding, size: Size) -> BuiltinFunction {
    match (rounding, size) {
        (Rounding::Ceil, Size::S32) => BuiltinFunction::f32_ceil,
        (Rounding::Ceil, Size::S64) => BuiltinFunction::f64_ceil,
        (Rounding::Floor, Size::S32) => BuiltinFunction::f32_floor,
        (Rounding::Floor, Size::S64) => BuiltinFunction::f64_floor,
        (Rounding::Trunc, Size::S32) => BuiltinFunction::f32_trunc,
        (Rounding::Trunc, Size::S64) => BuiltinFunction::f64_trunc,
        (Rounding::Nearest, Size::S32) => BuiltinFunction::f32_nearest,
        (Rounding::Nearest, Size::S64) => BuiltinFunction::f64_nearest,
    }
}
