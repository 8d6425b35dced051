//! Operators on numbers (WebAssembly 3.0, §4.3 and §4.6.1).
//!
//! Types follow from the operands, so rows of the same operator at two widths are the same. Traps of division and
//! conversion are part of Cranelift's instructions.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{self, ConstantData, InstBuilder, MemFlagsData, Opcode, Value, types};
use wasmer_types::BuiltinFunction;

use super::Translator;

macro_rules! numeric_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_const(value: i32) => int_const(I32, i64::from(value as u32));
            visit_i64_const(value: i64) => int_const(I64, value);
            visit_f32_const(value: wasmparser::Ieee32) => f32_const(value.bits());
            visit_f64_const(value: wasmparser::Ieee64) => f64_const(value.bits());
            visit_i32_eqz() => eqz();
            visit_i32_eq() => compare(IntCC::Equal);
            visit_i32_ne() => compare(IntCC::NotEqual);
            visit_i32_lt_s() => compare(IntCC::SignedLessThan);
            visit_i32_lt_u() => compare(IntCC::UnsignedLessThan);
            visit_i32_gt_s() => compare(IntCC::SignedGreaterThan);
            visit_i32_gt_u() => compare(IntCC::UnsignedGreaterThan);
            visit_i32_le_s() => compare(IntCC::SignedLessThanOrEqual);
            visit_i32_le_u() => compare(IntCC::UnsignedLessThanOrEqual);
            visit_i32_ge_s() => compare(IntCC::SignedGreaterThanOrEqual);
            visit_i32_ge_u() => compare(IntCC::UnsignedGreaterThanOrEqual);
            visit_i64_eqz() => eqz();
            visit_i64_eq() => compare(IntCC::Equal);
            visit_i64_ne() => compare(IntCC::NotEqual);
            visit_i64_lt_s() => compare(IntCC::SignedLessThan);
            visit_i64_lt_u() => compare(IntCC::UnsignedLessThan);
            visit_i64_gt_s() => compare(IntCC::SignedGreaterThan);
            visit_i64_gt_u() => compare(IntCC::UnsignedGreaterThan);
            visit_i64_le_s() => compare(IntCC::SignedLessThanOrEqual);
            visit_i64_le_u() => compare(IntCC::UnsignedLessThanOrEqual);
            visit_i64_ge_s() => compare(IntCC::SignedGreaterThanOrEqual);
            visit_i64_ge_u() => compare(IntCC::UnsignedGreaterThanOrEqual);
            visit_f32_eq() => float_compare(FloatCC::Equal);
            visit_f32_ne() => float_compare(FloatCC::NotEqual);
            visit_f32_lt() => float_compare(FloatCC::LessThan);
            visit_f32_gt() => float_compare(FloatCC::GreaterThan);
            visit_f32_le() => float_compare(FloatCC::LessThanOrEqual);
            visit_f32_ge() => float_compare(FloatCC::GreaterThanOrEqual);
            visit_f64_eq() => float_compare(FloatCC::Equal);
            visit_f64_ne() => float_compare(FloatCC::NotEqual);
            visit_f64_lt() => float_compare(FloatCC::LessThan);
            visit_f64_gt() => float_compare(FloatCC::GreaterThan);
            visit_f64_le() => float_compare(FloatCC::LessThanOrEqual);
            visit_f64_ge() => float_compare(FloatCC::GreaterThanOrEqual);
            visit_i32_clz() => unary(Opcode::Clz);
            visit_i32_ctz() => unary(Opcode::Ctz);
            visit_i32_popcnt() => unary(Opcode::Popcnt);
            visit_i32_add() => binary(Opcode::Iadd);
            visit_i32_sub() => binary(Opcode::Isub);
            visit_i32_mul() => binary(Opcode::Imul);
            visit_i32_div_s() => binary(Opcode::Sdiv);
            visit_i32_div_u() => binary(Opcode::Udiv);
            visit_i32_rem_s() => binary(Opcode::Srem);
            visit_i32_rem_u() => binary(Opcode::Urem);
            visit_i32_and() => binary(Opcode::Band);
            visit_i32_or() => binary(Opcode::Bor);
            visit_i32_xor() => binary(Opcode::Bxor);
            visit_i32_shl() => binary(Opcode::Ishl);
            visit_i32_shr_s() => binary(Opcode::Sshr);
            visit_i32_shr_u() => binary(Opcode::Ushr);
            visit_i32_rotl() => binary(Opcode::Rotl);
            visit_i32_rotr() => binary(Opcode::Rotr);
            visit_i64_clz() => unary(Opcode::Clz);
            visit_i64_ctz() => unary(Opcode::Ctz);
            visit_i64_popcnt() => unary(Opcode::Popcnt);
            visit_i64_add() => binary(Opcode::Iadd);
            visit_i64_sub() => binary(Opcode::Isub);
            visit_i64_mul() => binary(Opcode::Imul);
            visit_i64_div_s() => binary(Opcode::Sdiv);
            visit_i64_div_u() => binary(Opcode::Udiv);
            visit_i64_rem_s() => binary(Opcode::Srem);
            visit_i64_rem_u() => binary(Opcode::Urem);
            visit_i64_and() => binary(Opcode::Band);
            visit_i64_or() => binary(Opcode::Bor);
            visit_i64_xor() => binary(Opcode::Bxor);
            visit_i64_shl() => binary(Opcode::Ishl);
            visit_i64_shr_s() => binary(Opcode::Sshr);
            visit_i64_shr_u() => binary(Opcode::Ushr);
            visit_i64_rotl() => binary(Opcode::Rotl);
            visit_i64_rotr() => binary(Opcode::Rotr);
            visit_f32_abs() => unary(Opcode::Fabs);
            visit_f32_neg() => unary(Opcode::Fneg);
            visit_f32_ceil() => round(Rounding::CEIL);
            visit_f32_floor() => round(Rounding::FLOOR);
            visit_f32_trunc() => round(Rounding::TRUNC);
            visit_f32_nearest() => round(Rounding::NEAREST);
            visit_f32_sqrt() => unary(Opcode::Sqrt);
            visit_f32_add() => binary(Opcode::Fadd);
            visit_f32_sub() => binary(Opcode::Fsub);
            visit_f32_mul() => binary(Opcode::Fmul);
            visit_f32_div() => binary(Opcode::Fdiv);
            visit_f32_min() => binary(Opcode::Fmin);
            visit_f32_max() => binary(Opcode::Fmax);
            visit_f32_copysign() => binary(Opcode::Fcopysign);
            visit_f64_abs() => unary(Opcode::Fabs);
            visit_f64_neg() => unary(Opcode::Fneg);
            visit_f64_ceil() => round(Rounding::CEIL);
            visit_f64_floor() => round(Rounding::FLOOR);
            visit_f64_trunc() => round(Rounding::TRUNC);
            visit_f64_nearest() => round(Rounding::NEAREST);
            visit_f64_sqrt() => unary(Opcode::Sqrt);
            visit_f64_add() => binary(Opcode::Fadd);
            visit_f64_sub() => binary(Opcode::Fsub);
            visit_f64_mul() => binary(Opcode::Fmul);
            visit_f64_div() => binary(Opcode::Fdiv);
            visit_f64_min() => binary(Opcode::Fmin);
            visit_f64_max() => binary(Opcode::Fmax);
            visit_f64_copysign() => binary(Opcode::Fcopysign);
            visit_i32_wrap_i64() => convert(Opcode::Ireduce, I32);
            visit_i32_trunc_f32_s() => convert(Opcode::FcvtToSint, I32);
            visit_i32_trunc_f32_u() => convert(Opcode::FcvtToUint, I32);
            visit_i32_trunc_f64_s() => convert(Opcode::FcvtToSint, I32);
            visit_i32_trunc_f64_u() => convert(Opcode::FcvtToUint, I32);
            visit_i64_extend_i32_s() => convert(Opcode::Sextend, I64);
            visit_i64_extend_i32_u() => convert(Opcode::Uextend, I64);
            visit_i64_trunc_f32_s() => convert(Opcode::FcvtToSint, I64);
            visit_i64_trunc_f32_u() => convert(Opcode::FcvtToUint, I64);
            visit_i64_trunc_f64_s() => convert(Opcode::FcvtToSint, I64);
            visit_i64_trunc_f64_u() => convert(Opcode::FcvtToUint, I64);
            visit_f32_convert_i32_s() => convert(Opcode::FcvtFromSint, F32);
            visit_f32_convert_i32_u() => convert(Opcode::FcvtFromUint, F32);
            visit_f32_convert_i64_s() => convert(Opcode::FcvtFromSint, F32);
            visit_f32_convert_i64_u() => convert(Opcode::FcvtFromUint, F32);
            visit_f32_demote_f64() => convert(Opcode::Fdemote, F32);
            visit_f64_convert_i32_s() => convert(Opcode::FcvtFromSint, F64);
            visit_f64_convert_i32_u() => convert(Opcode::FcvtFromUint, F64);
            visit_f64_convert_i64_s() => convert(Opcode::FcvtFromSint, F64);
            visit_f64_convert_i64_u() => convert(Opcode::FcvtFromUint, F64);
            visit_f64_promote_f32() => convert(Opcode::Fpromote, F64);
            visit_i32_reinterpret_f32() => reinterpret(I32);
            visit_i64_reinterpret_f64() => reinterpret(I64);
            visit_f32_reinterpret_i32() => reinterpret(F32);
            visit_f64_reinterpret_i64() => reinterpret(F64);
            visit_i32_extend8_s() => sign_extend(I8);
            visit_i32_extend16_s() => sign_extend(I16);
            visit_i64_extend8_s() => sign_extend(I8);
            visit_i64_extend16_s() => sign_extend(I16);
            visit_i64_extend32_s() => sign_extend(I32);
            visit_i32_trunc_sat_f32_s() => convert(Opcode::FcvtToSintSat, I32);
            visit_i32_trunc_sat_f32_u() => convert(Opcode::FcvtToUintSat, I32);
            visit_i32_trunc_sat_f64_s() => convert(Opcode::FcvtToSintSat, I32);
            visit_i32_trunc_sat_f64_u() => convert(Opcode::FcvtToUintSat, I32);
            visit_i64_trunc_sat_f32_s() => convert(Opcode::FcvtToSintSat, I64);
            visit_i64_trunc_sat_f32_u() => convert(Opcode::FcvtToUintSat, I64);
            visit_i64_trunc_sat_f64_s() => convert(Opcode::FcvtToSintSat, I64);
            visit_i64_trunc_sat_f64_u() => convert(Opcode::FcvtToUintSat, I64);
            visit_i64_add128() => wide_sum(Opcode::Iadd);
            visit_i64_sub128() => wide_sum(Opcode::Isub);
            visit_i64_mul_wide_s() => wide_product(Opcode::Smulhi);
            visit_i64_mul_wide_u() => wide_product(Opcode::Umulhi);
        }
    };
}
pub(super) use numeric_operators as operators;

/// A way of rounding to an integer: the instruction for it, and the builtins where the machine has none.
#[derive(Clone, Copy)]
pub(super) struct Rounding {
    opcode: Opcode,
    f32: BuiltinFunction,
    f64: BuiltinFunction,
}

impl Rounding {
    pub(super) const CEIL: Self =
        Self::new(Opcode::Ceil, BuiltinFunction::f32_ceil, BuiltinFunction::f64_ceil);
    pub(super) const FLOOR: Self =
        Self::new(Opcode::Floor, BuiltinFunction::f32_floor, BuiltinFunction::f64_floor);
    pub(super) const TRUNC: Self =
        Self::new(Opcode::Trunc, BuiltinFunction::f32_trunc, BuiltinFunction::f64_trunc);
    pub(super) const NEAREST: Self =
        Self::new(Opcode::Nearest, BuiltinFunction::f32_nearest, BuiltinFunction::f64_nearest);

    const fn new(opcode: Opcode, f32: BuiltinFunction, f64: BuiltinFunction) -> Self {
        Self { opcode, f32, f64 }
    }
}

impl Translator<'_, '_> {
    pub(super) fn int_const(&mut self, ty: ir::Type, value: i64) {
        let value = self.builder.ins().iconst(ty, value);
        self.push(value);
    }

    pub(super) fn f32_const(&mut self, bits: u32) {
        let value = self.builder.ins().f32const(Ieee32::with_bits(bits));
        self.push(value);
    }

    pub(super) fn f64_const(&mut self, bits: u64) {
        let value = self.builder.ins().f64const(Ieee64::with_bits(bits));
        self.push(value);
    }

    /// An operator whose result has the type of its operand.
    pub(super) fn unary(&mut self, opcode: Opcode) {
        let a = self.pop();
        let ty = self.ty(a);
        let value = self.ins_unary(opcode, ty, a);
        self.push(value);
    }

    /// An operator whose result has the type of its first operand.
    pub(super) fn binary(&mut self, opcode: Opcode) {
        let (a, b) = self.pop2();
        let value = self.ins_binary(opcode, a, b);
        self.push(value);
    }

    /// An operator whose result has the type `to`.
    pub(super) fn convert(&mut self, opcode: Opcode, to: ir::Type) {
        let a = self.pop();
        let value = self.ins_unary(opcode, to, a);
        self.push(value);
    }

    pub(super) fn eqz(&mut self) {
        let a = self.pop();
        let zero = self.iconst(self.ty(a), 0);
        let equal = self.builder.ins().icmp(IntCC::Equal, a, zero);
        self.push_bool(equal);
    }

    pub(super) fn compare(&mut self, condition: IntCC) {
        let (a, b) = self.pop2();
        let holds = self.builder.ins().icmp(condition, a, b);
        self.push_bool(holds);
    }

    pub(super) fn float_compare(&mut self, condition: FloatCC) {
        let (a, b) = self.pop2();
        let holds = self.builder.ins().fcmp(condition, a, b);
        self.push_bool(holds);
    }

    pub(super) fn reinterpret(&mut self, to: ir::Type) {
        let a = self.pop();
        let value = self.builder.ins().bitcast(to, MemFlagsData::new(), a);
        self.push(value);
    }

    /// Extends the sign of the lowest bits, which have the type `from`.
    pub(super) fn sign_extend(&mut self, from: ir::Type) {
        let a = self.pop();
        let ty = self.ty(a);
        let low = self.builder.ins().ireduce(from, a);
        let value = self.builder.ins().sextend(ty, low);
        self.push(value);
    }

    pub(super) fn round(&mut self, rounding: Rounding) {
        let a = self.pop();
        let value = self.rounded(rounding, a);
        self.push(value);
    }

    /// Rounds a float or each lane of a vector of floats.
    pub(super) fn rounded(&mut self, rounding: Rounding, a: Value) -> Value {
        let ty = self.ty(a);
        if self.environ.isa.has_round() {
            return self.ins_unary(rounding.opcode, ty, a);
        }
        let builtin = match ty.lane_type() {
            types::F32 => rounding.f32,
            _ => rounding.f64,
        };
        self.per_lane(builtin, &[a])
    }

    /// Applies a builtin on floats, to each lane when the operands are vectors.
    pub(super) fn per_lane(&mut self, builtin: BuiltinFunction, operands: &[Value]) -> Value {
        let ty = self.ty(operands[0]);
        if !ty.is_vector() {
            return self.builtin_value(builtin, operands);
        }
        let mut all = operands[0];
        for lane in 0..ty.lane_count() as u8 {
            let mut args: smallvec::SmallVec<[Value; 3]> = smallvec::SmallVec::new();
            for operand in operands {
                args.push(self.builder.ins().extractlane(*operand, lane));
            }
            let value = self.builtin_value(builtin, &args);
            all = self.builder.ins().insertlane(all, value, lane);
        }
        all
    }

    /// 128-bit addition or subtraction, of numbers that are two operands each, low part first.
    pub(super) fn wide_sum(&mut self, opcode: Opcode) {
        let (b_low, b_high) = self.pop2();
        let (a_low, a_high) = self.pop2();
        let a = self.builder.ins().iconcat(a_low, a_high);
        let b = self.builder.ins().iconcat(b_low, b_high);
        let sum = self.ins_binary(opcode, a, b);
        let (low, high) = self.builder.ins().isplit(sum);
        self.push(low);
        self.push(high);
    }

    /// The 128-bit product, of which `high` computes the high part.
    pub(super) fn wide_product(&mut self, high: Opcode) {
        let (a, b) = self.pop2();
        let low = self.ins_binary(Opcode::Imul, a, b);
        let high = self.ins_binary(high, a, b);
        self.push(low);
        self.push(high);
    }

    /// A constant of 16 bytes, lane 0 first.
    pub(super) fn vector_constant(&mut self, ty: ir::Type, bytes: &[u8; 16]) -> Value {
        let data = ConstantData::from(bytes.as_slice());
        let constant = self.builder.func.dfg.constants.insert(data);
        self.builder.ins().vconst(ty, constant)
    }
}
