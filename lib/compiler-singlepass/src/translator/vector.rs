//! Vectors: SIMD and relaxed SIMD (WebAssembly 3.0, §4.3.5 and §4.6.2).
//!
//! Lanes, signs and operators are arguments. What the result of an operator is becomes a recipe, so that the next operator
//! decides where it goes.
//!
//! Relaxed operators are left to the machine, which may give any result that is allowed, unless they are to be
//! deterministic: then they are the operators that the specification's deterministic profile makes of them.

use smallvec::SmallVec;
use wasmer_types::BuiltinFunction;
use wasmparser::MemArg;

use super::Translator;
use super::numeric::rounding_builtin;
use crate::masm::{
    Address, Condition, FloatUnary, IntBinary, IntCondition, Load, Masm, Rhs, Rounding, Shift,
    Size, Slot, Ty,
};
use crate::operand::{NO_OPERAND, Operand, Place, Recipe};
use crate::registers::{Class, Reg};
use crate::vector::{
    Lanes, VectorBinary, VectorLoad, VectorRecipe, VectorTernary, VectorTest, VectorUnary,
};

macro_rules! vector_operators {
    ($reader:ident) => {
        $reader! {
            visit_v128_load(memarg: MemArg) => load(memarg, Load::whole(V128));
            visit_v128_load8x8_s(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I8x16, false, true)));
            visit_v128_load8x8_u(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I8x16, false, false)));
            visit_v128_load16x4_s(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I16x8, false, true)));
            visit_v128_load16x4_u(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I16x8, false, false)));
            visit_v128_load32x2_s(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I32x4, false, true)));
            visit_v128_load32x2_u(memarg: MemArg) =>
                load_vector(memarg, VectorLoad::Extend(Widen::new(I32x4, false, false)));
            visit_v128_load8_splat(memarg: MemArg) => load_vector(memarg, VectorLoad::Splat(I8x16));
            visit_v128_load16_splat(memarg: MemArg) => load_vector(memarg, VectorLoad::Splat(I16x8));
            visit_v128_load32_splat(memarg: MemArg) => load_vector(memarg, VectorLoad::Splat(I32x4));
            visit_v128_load64_splat(memarg: MemArg) => load_vector(memarg, VectorLoad::Splat(I64x2));
            visit_v128_load32_zero(memarg: MemArg) => load(memarg, Load { bytes: 4, signed: false, ty: V128 });
            visit_v128_load64_zero(memarg: MemArg) => load(memarg, Load { bytes: 8, signed: false, ty: V128 });
            visit_v128_store(memarg: MemArg) => store(memarg, 16);
            visit_v128_load8_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I8x16, lane);
            visit_v128_load16_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I16x8, lane);
            visit_v128_load32_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I32x4, lane);
            visit_v128_load64_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I64x2, lane);
            visit_v128_store8_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I8x16, lane);
            visit_v128_store16_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I16x8, lane);
            visit_v128_store32_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I32x4, lane);
            visit_v128_store64_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I64x2, lane);
            visit_v128_const(value: wasmparser::V128) => v128_const(*value.bytes());
            visit_i8x16_shuffle(lanes: [u8; 16]) => shuffle(lanes);
            visit_i8x16_swizzle() => swizzle(false);
            visit_i8x16_extract_lane_s(lane: u8) => extract_lane(I8x16, lane, true, I32);
            visit_i8x16_extract_lane_u(lane: u8) => extract_lane(I8x16, lane, false, I32);
            visit_i16x8_extract_lane_s(lane: u8) => extract_lane(I16x8, lane, true, I32);
            visit_i16x8_extract_lane_u(lane: u8) => extract_lane(I16x8, lane, false, I32);
            visit_i32x4_extract_lane(lane: u8) => extract_lane(I32x4, lane, false, I32);
            visit_i64x2_extract_lane(lane: u8) => extract_lane(I64x2, lane, false, I64);
            visit_f32x4_extract_lane(lane: u8) => extract_lane(I32x4, lane, false, F32);
            visit_f64x2_extract_lane(lane: u8) => extract_lane(I64x2, lane, false, F64);
            visit_i8x16_replace_lane(lane: u8) => replace_lane(I8x16, lane);
            visit_i16x8_replace_lane(lane: u8) => replace_lane(I16x8, lane);
            visit_i32x4_replace_lane(lane: u8) => replace_lane(I32x4, lane);
            visit_i64x2_replace_lane(lane: u8) => replace_lane(I64x2, lane);
            visit_f32x4_replace_lane(lane: u8) => replace_lane(I32x4, lane);
            visit_f64x2_replace_lane(lane: u8) => replace_lane(I64x2, lane);
            visit_i8x16_splat() => splat(I8x16);
            visit_i16x8_splat() => splat(I16x8);
            visit_i32x4_splat() => splat(I32x4);
            visit_i64x2_splat() => splat(I64x2);
            visit_f32x4_splat() => splat(I32x4);
            visit_f64x2_splat() => splat(I64x2);
            visit_i8x16_eq() => vector_binary(VectorBinary::Compare(IntCondition::Equal, I8x16));
            visit_i8x16_ne() => vector_binary(VectorBinary::Compare(IntCondition::NotEqual, I8x16));
            visit_i8x16_lt_s() => vector_binary(VectorBinary::Compare(IntCondition::LessSigned, I8x16));
            visit_i8x16_lt_u() => vector_binary(VectorBinary::Compare(IntCondition::LessUnsigned, I8x16));
            visit_i8x16_gt_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterSigned, I8x16));
            visit_i8x16_gt_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterUnsigned, I8x16));
            visit_i8x16_le_s() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualSigned, I8x16));
            visit_i8x16_le_u() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualUnsigned, I8x16));
            visit_i8x16_ge_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualSigned, I8x16));
            visit_i8x16_ge_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualUnsigned, I8x16));
            visit_i16x8_eq() => vector_binary(VectorBinary::Compare(IntCondition::Equal, I16x8));
            visit_i16x8_ne() => vector_binary(VectorBinary::Compare(IntCondition::NotEqual, I16x8));
            visit_i16x8_lt_s() => vector_binary(VectorBinary::Compare(IntCondition::LessSigned, I16x8));
            visit_i16x8_lt_u() => vector_binary(VectorBinary::Compare(IntCondition::LessUnsigned, I16x8));
            visit_i16x8_gt_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterSigned, I16x8));
            visit_i16x8_gt_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterUnsigned, I16x8));
            visit_i16x8_le_s() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualSigned, I16x8));
            visit_i16x8_le_u() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualUnsigned, I16x8));
            visit_i16x8_ge_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualSigned, I16x8));
            visit_i16x8_ge_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualUnsigned, I16x8));
            visit_i32x4_eq() => vector_binary(VectorBinary::Compare(IntCondition::Equal, I32x4));
            visit_i32x4_ne() => vector_binary(VectorBinary::Compare(IntCondition::NotEqual, I32x4));
            visit_i32x4_lt_s() => vector_binary(VectorBinary::Compare(IntCondition::LessSigned, I32x4));
            visit_i32x4_lt_u() => vector_binary(VectorBinary::Compare(IntCondition::LessUnsigned, I32x4));
            visit_i32x4_gt_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterSigned, I32x4));
            visit_i32x4_gt_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterUnsigned, I32x4));
            visit_i32x4_le_s() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualSigned, I32x4));
            visit_i32x4_le_u() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualUnsigned, I32x4));
            visit_i32x4_ge_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualSigned, I32x4));
            visit_i32x4_ge_u() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualUnsigned, I32x4));
            visit_i64x2_eq() => vector_binary(VectorBinary::Compare(IntCondition::Equal, I64x2));
            visit_i64x2_ne() => vector_binary(VectorBinary::Compare(IntCondition::NotEqual, I64x2));
            visit_i64x2_lt_s() => vector_binary(VectorBinary::Compare(IntCondition::LessSigned, I64x2));
            visit_i64x2_gt_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterSigned, I64x2));
            visit_i64x2_le_s() => vector_binary(VectorBinary::Compare(IntCondition::LessEqualSigned, I64x2));
            visit_i64x2_ge_s() => vector_binary(VectorBinary::Compare(IntCondition::GreaterEqualSigned, I64x2));
            visit_f32x4_eq() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Equal, S32));
            visit_f32x4_ne() => vector_binary(VectorBinary::CompareFloats(FloatCondition::NotEqual, S32));
            visit_f32x4_lt() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Less, S32));
            visit_f32x4_gt() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Greater, S32));
            visit_f32x4_le() => vector_binary(VectorBinary::CompareFloats(FloatCondition::LessEqual, S32));
            visit_f32x4_ge() => vector_binary(VectorBinary::CompareFloats(FloatCondition::GreaterEqual, S32));
            visit_f64x2_eq() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Equal, S64));
            visit_f64x2_ne() => vector_binary(VectorBinary::CompareFloats(FloatCondition::NotEqual, S64));
            visit_f64x2_lt() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Less, S64));
            visit_f64x2_gt() => vector_binary(VectorBinary::CompareFloats(FloatCondition::Greater, S64));
            visit_f64x2_le() => vector_binary(VectorBinary::CompareFloats(FloatCondition::LessEqual, S64));
            visit_f64x2_ge() => vector_binary(VectorBinary::CompareFloats(FloatCondition::GreaterEqual, S64));
            visit_v128_not() => vector_unary(VectorUnary::Not);
            visit_v128_and() => vector_binary(VectorBinary::And);
            visit_v128_andnot() => vector_binary(VectorBinary::AndNot);
            visit_v128_or() => vector_binary(VectorBinary::Or);
            visit_v128_xor() => vector_binary(VectorBinary::Xor);
            visit_v128_bitselect() => vector_ternary(VectorTernary::Select);
            visit_v128_any_true() => vector_test(VectorTest::Any);
            visit_i8x16_abs() => vector_unary(VectorUnary::Abs(I8x16));
            visit_i8x16_neg() => vector_unary(VectorUnary::Neg(I8x16));
            visit_i8x16_popcnt() => vector_unary(VectorUnary::Popcnt);
            visit_i8x16_all_true() => vector_test(VectorTest::All(I8x16));
            visit_i8x16_bitmask() => bitmask(I8x16);
            visit_i8x16_narrow_i16x8_s() => vector_binary(VectorBinary::Narrow { from: I16x8, signed: true });
            visit_i8x16_narrow_i16x8_u() => vector_binary(VectorBinary::Narrow { from: I16x8, signed: false });
            visit_i8x16_shl() => vector_shift(Shift::Shl, I8x16);
            visit_i8x16_shr_s() => vector_shift(Shift::ShrS, I8x16);
            visit_i8x16_shr_u() => vector_shift(Shift::ShrU, I8x16);
            visit_i8x16_add() => vector_binary(VectorBinary::Add(I8x16));
            visit_i8x16_add_sat_s() => vector_binary(VectorBinary::AddSaturating { lanes: I8x16, signed: true });
            visit_i8x16_add_sat_u() => vector_binary(VectorBinary::AddSaturating { lanes: I8x16, signed: false });
            visit_i8x16_sub() => vector_binary(VectorBinary::Sub(I8x16));
            visit_i8x16_sub_sat_s() => vector_binary(VectorBinary::SubSaturating { lanes: I8x16, signed: true });
            visit_i8x16_sub_sat_u() => vector_binary(VectorBinary::SubSaturating { lanes: I8x16, signed: false });
            visit_i8x16_min_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I8x16, signed: true });
            visit_i8x16_min_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I8x16, signed: false });
            visit_i8x16_max_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I8x16, signed: true });
            visit_i8x16_max_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I8x16, signed: false });
            visit_i8x16_avgr_u() => vector_binary(VectorBinary::Average(I8x16));
            visit_i16x8_extadd_pairwise_i8x16_s() =>
                vector_unary(VectorUnary::AddPairs { from: I8x16, signed: true });
            visit_i16x8_extadd_pairwise_i8x16_u() =>
                vector_unary(VectorUnary::AddPairs { from: I8x16, signed: false });
            visit_i16x8_abs() => vector_unary(VectorUnary::Abs(I16x8));
            visit_i16x8_neg() => vector_unary(VectorUnary::Neg(I16x8));
            visit_i16x8_q15mulr_sat_s() => vector_binary(VectorBinary::MulQ15 { relaxed: false });
            visit_i16x8_all_true() => vector_test(VectorTest::All(I16x8));
            visit_i16x8_bitmask() => bitmask(I16x8);
            visit_i16x8_narrow_i32x4_s() => vector_binary(VectorBinary::Narrow { from: I32x4, signed: true });
            visit_i16x8_narrow_i32x4_u() => vector_binary(VectorBinary::Narrow { from: I32x4, signed: false });
            visit_i16x8_extend_low_i8x16_s() => vector_unary(VectorUnary::Extend(Widen::new(I8x16, false, true)));
            visit_i16x8_extend_high_i8x16_s() => vector_unary(VectorUnary::Extend(Widen::new(I8x16, true, true)));
            visit_i16x8_extend_low_i8x16_u() => vector_unary(VectorUnary::Extend(Widen::new(I8x16, false, false)));
            visit_i16x8_extend_high_i8x16_u() => vector_unary(VectorUnary::Extend(Widen::new(I8x16, true, false)));
            visit_i16x8_shl() => vector_shift(Shift::Shl, I16x8);
            visit_i16x8_shr_s() => vector_shift(Shift::ShrS, I16x8);
            visit_i16x8_shr_u() => vector_shift(Shift::ShrU, I16x8);
            visit_i16x8_add() => vector_binary(VectorBinary::Add(I16x8));
            visit_i16x8_add_sat_s() => vector_binary(VectorBinary::AddSaturating { lanes: I16x8, signed: true });
            visit_i16x8_add_sat_u() => vector_binary(VectorBinary::AddSaturating { lanes: I16x8, signed: false });
            visit_i16x8_sub() => vector_binary(VectorBinary::Sub(I16x8));
            visit_i16x8_sub_sat_s() => vector_binary(VectorBinary::SubSaturating { lanes: I16x8, signed: true });
            visit_i16x8_sub_sat_u() => vector_binary(VectorBinary::SubSaturating { lanes: I16x8, signed: false });
            visit_i16x8_mul() => vector_binary(VectorBinary::Mul(I16x8));
            visit_i16x8_min_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I16x8, signed: true });
            visit_i16x8_min_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I16x8, signed: false });
            visit_i16x8_max_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I16x8, signed: true });
            visit_i16x8_max_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I16x8, signed: false });
            visit_i16x8_avgr_u() => vector_binary(VectorBinary::Average(I16x8));
            visit_i16x8_extmul_low_i8x16_s() => vector_binary(VectorBinary::MulWide(Widen::new(I8x16, false, true)));
            visit_i16x8_extmul_high_i8x16_s() => vector_binary(VectorBinary::MulWide(Widen::new(I8x16, true, true)));
            visit_i16x8_extmul_low_i8x16_u() => vector_binary(VectorBinary::MulWide(Widen::new(I8x16, false, false)));
            visit_i16x8_extmul_high_i8x16_u() => vector_binary(VectorBinary::MulWide(Widen::new(I8x16, true, false)));
            visit_i32x4_extadd_pairwise_i16x8_s() =>
                vector_unary(VectorUnary::AddPairs { from: I16x8, signed: true });
            visit_i32x4_extadd_pairwise_i16x8_u() =>
                vector_unary(VectorUnary::AddPairs { from: I16x8, signed: false });
            visit_i32x4_abs() => vector_unary(VectorUnary::Abs(I32x4));
            visit_i32x4_neg() => vector_unary(VectorUnary::Neg(I32x4));
            visit_i32x4_all_true() => vector_test(VectorTest::All(I32x4));
            visit_i32x4_bitmask() => bitmask(I32x4);
            visit_i32x4_extend_low_i16x8_s() => vector_unary(VectorUnary::Extend(Widen::new(I16x8, false, true)));
            visit_i32x4_extend_high_i16x8_s() => vector_unary(VectorUnary::Extend(Widen::new(I16x8, true, true)));
            visit_i32x4_extend_low_i16x8_u() => vector_unary(VectorUnary::Extend(Widen::new(I16x8, false, false)));
            visit_i32x4_extend_high_i16x8_u() => vector_unary(VectorUnary::Extend(Widen::new(I16x8, true, false)));
            visit_i32x4_shl() => vector_shift(Shift::Shl, I32x4);
            visit_i32x4_shr_s() => vector_shift(Shift::ShrS, I32x4);
            visit_i32x4_shr_u() => vector_shift(Shift::ShrU, I32x4);
            visit_i32x4_add() => vector_binary(VectorBinary::Add(I32x4));
            visit_i32x4_sub() => vector_binary(VectorBinary::Sub(I32x4));
            visit_i32x4_mul() => vector_binary(VectorBinary::Mul(I32x4));
            visit_i32x4_min_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I32x4, signed: true });
            visit_i32x4_min_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Min, lanes: I32x4, signed: false });
            visit_i32x4_max_s() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I32x4, signed: true });
            visit_i32x4_max_u() =>
                vector_binary(VectorBinary::Extremum { which: Extremum::Max, lanes: I32x4, signed: false });
            visit_i32x4_dot_i16x8_s() => vector_binary(VectorBinary::Dot);
            visit_i32x4_extmul_low_i16x8_s() => vector_binary(VectorBinary::MulWide(Widen::new(I16x8, false, true)));
            visit_i32x4_extmul_high_i16x8_s() => vector_binary(VectorBinary::MulWide(Widen::new(I16x8, true, true)));
            visit_i32x4_extmul_low_i16x8_u() => vector_binary(VectorBinary::MulWide(Widen::new(I16x8, false, false)));
            visit_i32x4_extmul_high_i16x8_u() => vector_binary(VectorBinary::MulWide(Widen::new(I16x8, true, false)));
            visit_i64x2_abs() => vector_unary(VectorUnary::Abs(I64x2));
            visit_i64x2_neg() => vector_unary(VectorUnary::Neg(I64x2));
            visit_i64x2_all_true() => vector_test(VectorTest::All(I64x2));
            visit_i64x2_bitmask() => bitmask(I64x2);
            visit_i64x2_extend_low_i32x4_s() => vector_unary(VectorUnary::Extend(Widen::new(I32x4, false, true)));
            visit_i64x2_extend_high_i32x4_s() => vector_unary(VectorUnary::Extend(Widen::new(I32x4, true, true)));
            visit_i64x2_extend_low_i32x4_u() => vector_unary(VectorUnary::Extend(Widen::new(I32x4, false, false)));
            visit_i64x2_extend_high_i32x4_u() => vector_unary(VectorUnary::Extend(Widen::new(I32x4, true, false)));
            visit_i64x2_shl() => vector_shift(Shift::Shl, I64x2);
            visit_i64x2_shr_s() => vector_shift(Shift::ShrS, I64x2);
            visit_i64x2_shr_u() => vector_shift(Shift::ShrU, I64x2);
            visit_i64x2_add() => vector_binary(VectorBinary::Add(I64x2));
            visit_i64x2_sub() => vector_binary(VectorBinary::Sub(I64x2));
            visit_i64x2_mul() => vector_binary(VectorBinary::Mul(I64x2));
            visit_i64x2_extmul_low_i32x4_s() => vector_binary(VectorBinary::MulWide(Widen::new(I32x4, false, true)));
            visit_i64x2_extmul_high_i32x4_s() => vector_binary(VectorBinary::MulWide(Widen::new(I32x4, true, true)));
            visit_i64x2_extmul_low_i32x4_u() => vector_binary(VectorBinary::MulWide(Widen::new(I32x4, false, false)));
            visit_i64x2_extmul_high_i32x4_u() => vector_binary(VectorBinary::MulWide(Widen::new(I32x4, true, false)));
            visit_f32x4_ceil() => vector_round(Rounding::Ceil, S32);
            visit_f32x4_floor() => vector_round(Rounding::Floor, S32);
            visit_f32x4_trunc() => vector_round(Rounding::Trunc, S32);
            visit_f32x4_nearest() => vector_round(Rounding::Nearest, S32);
            visit_f32x4_abs() => vector_unary(VectorUnary::Float(FloatUnary::Abs, S32));
            visit_f32x4_neg() => vector_unary(VectorUnary::Float(FloatUnary::Neg, S32));
            visit_f32x4_sqrt() => vector_unary(VectorUnary::Float(FloatUnary::Sqrt, S32));
            visit_f32x4_add() => vector_binary(VectorBinary::Float(FloatBinary::Add, S32));
            visit_f32x4_sub() => vector_binary(VectorBinary::Float(FloatBinary::Sub, S32));
            visit_f32x4_mul() => vector_binary(VectorBinary::Float(FloatBinary::Mul, S32));
            visit_f32x4_div() => vector_binary(VectorBinary::Float(FloatBinary::Div, S32));
            visit_f32x4_min() => vector_binary(VectorBinary::Float(FloatBinary::Min, S32));
            visit_f32x4_max() => vector_binary(VectorBinary::Float(FloatBinary::Max, S32));
            visit_f32x4_pmin() => vector_binary(VectorBinary::Pseudo(Extremum::Min, S32));
            visit_f32x4_pmax() => vector_binary(VectorBinary::Pseudo(Extremum::Max, S32));
            visit_f64x2_ceil() => vector_round(Rounding::Ceil, S64);
            visit_f64x2_floor() => vector_round(Rounding::Floor, S64);
            visit_f64x2_trunc() => vector_round(Rounding::Trunc, S64);
            visit_f64x2_nearest() => vector_round(Rounding::Nearest, S64);
            visit_f64x2_abs() => vector_unary(VectorUnary::Float(FloatUnary::Abs, S64));
            visit_f64x2_neg() => vector_unary(VectorUnary::Float(FloatUnary::Neg, S64));
            visit_f64x2_sqrt() => vector_unary(VectorUnary::Float(FloatUnary::Sqrt, S64));
            visit_f64x2_add() => vector_binary(VectorBinary::Float(FloatBinary::Add, S64));
            visit_f64x2_sub() => vector_binary(VectorBinary::Float(FloatBinary::Sub, S64));
            visit_f64x2_mul() => vector_binary(VectorBinary::Float(FloatBinary::Mul, S64));
            visit_f64x2_div() => vector_binary(VectorBinary::Float(FloatBinary::Div, S64));
            visit_f64x2_min() => vector_binary(VectorBinary::Float(FloatBinary::Min, S64));
            visit_f64x2_max() => vector_binary(VectorBinary::Float(FloatBinary::Max, S64));
            visit_f64x2_pmin() => vector_binary(VectorBinary::Pseudo(Extremum::Min, S64));
            visit_f64x2_pmax() => vector_binary(VectorBinary::Pseudo(Extremum::Max, S64));
            visit_i32x4_trunc_sat_f32x4_s() =>
                vector_unary(VectorUnary::Truncate { from: S32, signed: true, relaxed: false });
            visit_i32x4_trunc_sat_f32x4_u() =>
                vector_unary(VectorUnary::Truncate { from: S32, signed: false, relaxed: false });
            visit_f32x4_convert_i32x4_s() => vector_unary(VectorUnary::Convert { to: S32, signed: true });
            visit_f32x4_convert_i32x4_u() => vector_unary(VectorUnary::Convert { to: S32, signed: false });
            visit_i32x4_trunc_sat_f64x2_s_zero() =>
                vector_unary(VectorUnary::Truncate { from: S64, signed: true, relaxed: false });
            visit_i32x4_trunc_sat_f64x2_u_zero() =>
                vector_unary(VectorUnary::Truncate { from: S64, signed: false, relaxed: false });
            visit_f64x2_convert_low_i32x4_s() => vector_unary(VectorUnary::Convert { to: S64, signed: true });
            visit_f64x2_convert_low_i32x4_u() => vector_unary(VectorUnary::Convert { to: S64, signed: false });
            visit_f32x4_demote_f64x2_zero() => vector_unary(VectorUnary::Demote);
            visit_f64x2_promote_low_f32x4() => vector_unary(VectorUnary::Promote);
            visit_i8x16_relaxed_swizzle() => swizzle(true);
            visit_i32x4_relaxed_trunc_f32x4_s() =>
                vector_unary(VectorUnary::Truncate { from: S32, signed: true, relaxed: true });
            visit_i32x4_relaxed_trunc_f32x4_u() =>
                vector_unary(VectorUnary::Truncate { from: S32, signed: false, relaxed: true });
            visit_i32x4_relaxed_trunc_f64x2_s_zero() =>
                vector_unary(VectorUnary::Truncate { from: S64, signed: true, relaxed: true });
            visit_i32x4_relaxed_trunc_f64x2_u_zero() =>
                vector_unary(VectorUnary::Truncate { from: S64, signed: false, relaxed: true });
            visit_f32x4_relaxed_madd() => multiply_add(S32, false);
            visit_f32x4_relaxed_nmadd() => multiply_add(S32, true);
            visit_f64x2_relaxed_madd() => multiply_add(S64, false);
            visit_f64x2_relaxed_nmadd() => multiply_add(S64, true);
            visit_i8x16_relaxed_laneselect() => vector_ternary(VectorTernary::SelectLanes(I8x16));
            visit_i16x8_relaxed_laneselect() => vector_ternary(VectorTernary::SelectLanes(I16x8));
            visit_i32x4_relaxed_laneselect() => vector_ternary(VectorTernary::SelectLanes(I32x4));
            visit_i64x2_relaxed_laneselect() => vector_ternary(VectorTernary::SelectLanes(I64x2));
            visit_f32x4_relaxed_min() => vector_binary(VectorBinary::RelaxedFloat(Extremum::Min, S32));
            visit_f32x4_relaxed_max() => vector_binary(VectorBinary::RelaxedFloat(Extremum::Max, S32));
            visit_f64x2_relaxed_min() => vector_binary(VectorBinary::RelaxedFloat(Extremum::Min, S64));
            visit_f64x2_relaxed_max() => vector_binary(VectorBinary::RelaxedFloat(Extremum::Max, S64));
            visit_i16x8_relaxed_q15mulr_s() => vector_binary(VectorBinary::MulQ15 { relaxed: true });
            visit_i16x8_relaxed_dot_i8x16_i7x16_s() => vector_binary(VectorBinary::DotBytes { relaxed: true });
            visit_i32x4_relaxed_dot_i8x16_i7x16_add_s() =>
                vector_ternary(VectorTernary::DotBytesAdd { relaxed: true });
        }
    };
}
pub(super) use vector_operators as operators;

impl<M: Masm> Translator<'_, '_, M> {
    fn push_vector(&mut self, recipe: VectorRecipe) {
        self.push_recipe(Ty::V128, Recipe::Vector(recipe));
    }

    pub(super) fn carry_out_vector(&mut self, recipe: VectorRecipe, to: Reg) {
        let masm = &mut self.masm;
        let mut floats = None;
        match recipe {
            VectorRecipe::Unary { op, a } => {
                masm.vector_unary(op, to, a);
                floats = op.arithmetic();
            }
            VectorRecipe::Binary { op, a, b } => {
                masm.vector_binary(op, to, a, b);
                floats = op.arithmetic();
            }
            VectorRecipe::Ternary { op, a, b, c } => {
                masm.vector_ternary(op, to, a, b, c);
                floats = op.arithmetic();
            }
            VectorRecipe::Shift { op, lanes, a, amount } => {
                masm.vector_shift(op, lanes, to, a, amount);
            }
            VectorRecipe::Shuffle { bytes, a, b } => masm.shuffle(bytes, to, a, b),
            VectorRecipe::Splat { lanes, value } => masm.splat(lanes, to, value),
            VectorRecipe::ExtractLane { lanes, lane, signed, a } => {
                masm.extract_lane(lanes, lane, signed, to, a);
            }
            VectorRecipe::ReplaceLane { lanes, lane, a, value } => {
                masm.replace_lane(lanes, lane, to, a, value);
            }
            VectorRecipe::Bitmask { lanes, a } => masm.bitmask(lanes, to, a),
            VectorRecipe::Test { .. } => {
                let condition = self.test_vector(recipe);
                self.masm.set(condition, to);
            }
            VectorRecipe::Load { load, from } => masm.load_vector(load, to, from),
            VectorRecipe::LoadLane { lanes, lane, a, from } => {
                masm.load_lane(lanes, lane, to, a, from);
            }
        }
        if let Some(size) = floats
            && self.environ.deterministic
        {
            self.masm.canonicalize_lanes(size, to);
        }
    }

    /// Emits a test. The flags are only valid until the next operation on numbers.
    pub(super) fn test_vector(&mut self, recipe: VectorRecipe) -> Condition {
        let VectorRecipe::Test { test, holds, a } = recipe else { unreachable!("not a test") };
        let condition = self.masm.vector_test(test, a);
        if holds { condition } else { condition.negated() }
    }

    pub(super) fn v128_const(&mut self, bytes: [u8; 16]) {
        let number = self.buffers.vectors.len() as u32;
        self.buffers.vectors.push(bytes);
        self.push(Ty::V128, Place::Vector(number));
    }

    pub(super) fn vector_unary(&mut self, op: VectorUnary) {
        let op = if self.environ.deterministic { op.deterministic() } else { op };
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_vector(VectorRecipe::Unary { op, a });
    }

    pub(super) fn vector_binary(&mut self, op: VectorBinary) {
        let op = if self.environ.deterministic { op.deterministic() } else { op };
        let b = self.pop();
        let a = self.pop();
        let a = self.in_register(&a);
        let b = self.in_register(&b);
        self.push_vector(VectorRecipe::Binary { op, a, b });
    }

    pub(super) fn vector_ternary(&mut self, op: VectorTernary) {
        let op = if self.environ.deterministic { op.deterministic() } else { op };
        let c = self.pop();
        let b = self.pop();
        let a = self.pop();
        let [a, b, c] = [a, b, c].map(|operand| self.in_register(&operand));
        self.push_vector(VectorRecipe::Ternary { op, a, b, c });
    }

    /// `a * b + c`, or `-(a * b) + c`. A machine that would round twice does so only when that is allowed.
    pub(super) fn multiply_add(&mut self, size: Size, negate: bool) {
        if self.masm.has_fma() || !self.environ.deterministic {
            return self.vector_ternary(VectorTernary::MultiplyAdd { size, negate });
        }
        let builtin = match size {
            Size::S32 => BuiltinFunction::f32_fma,
            Size::S64 => BuiltinFunction::f64_fma,
        };
        let c = self.pop();
        let b = self.pop();
        let mut a = self.pop();
        if negate {
            let reg = self.in_own_register(&a);
            self.masm.vector_unary(VectorUnary::Float(FloatUnary::Neg, size), reg, reg);
            a.place = Place::Reg(reg);
        }
        self.per_lane(builtin, size, &[a, b, c]);
    }

    pub(super) fn vector_round(&mut self, rounding: Rounding, size: Size) {
        if self.masm.has_round() {
            return self.vector_unary(VectorUnary::Float(FloatUnary::Round(rounding), size));
        }
        let a = self.pop();
        self.per_lane(rounding_builtin(rounding, size), size, &[a]);
    }

    /// Pushes the results of a builtin for each lane of operands that were popped.
    fn per_lane(&mut self, builtin: BuiltinFunction, size: Size, operands: &[Operand]) {
        // Nothing else uses their slots before something is pushed.
        for operand in operands {
            self.copy_to_slot(operand, operand.slot);
        }
        let ty = Ty::float(size);
        let bytes = size.bits() as i32 / 8;
        let all = operands[0].slot;
        for at in (0..16).step_by(bytes as usize) {
            let lane = |slot: Slot| Slot(slot.0 + at);
            let lanes: SmallVec<[Operand; 3]> = operands
                .iter()
                .map(|Operand { slot, .. }| Operand {
                    ty,
                    place: Place::Slot,
                    slot: lane(*slot),
                    previous: NO_OPERAND,
                })
                .collect();
            self.builtin(builtin, &[], &lanes, Some(ty));
            let result = self.pop();
            let result = self.in_register(&result);
            self.masm.store_slot(ty, lane(all), result);
        }
        let to = self.allocate(Class::Vector);
        self.masm.load_slot(Ty::V128, to, all);
        if self.environ.deterministic {
            self.masm.canonicalize_lanes(size, to);
        }
        self.push(Ty::V128, Place::Reg(to));
    }

    /// Shifts all lanes by the same amount, of which the low bits count.
    pub(super) fn vector_shift(&mut self, op: Shift, lanes: Lanes) {
        let amount = self.pop();
        let a = self.pop();
        let amount = match amount.constant() {
            Some(constant) => match constant % u64::from(lanes.bits()) {
                0 => return self.push_again(&a),
                amount => Rhs::Imm(amount),
            },
            None => Rhs::Reg(self.in_register(&amount)),
        };
        let a = self.in_register(&a);
        self.push_vector(VectorRecipe::Shift { op, lanes, a, amount });
    }

    pub(super) fn shuffle(&mut self, bytes: [u8; 16]) {
        let b = self.pop();
        let a = self.pop();
        let (a, b) =
            match (bytes.iter().any(|byte| *byte < 16), bytes.iter().any(|byte| *byte >= 16)) {
                (true, true) => (self.in_register(&a), self.in_register(&b)),
                (_, uses_b) => {
                    let only = self.in_register(if uses_b { &b } else { &a });
                    (only, only)
                }
            };
        let bytes = if a == b { bytes.map(|byte| byte % 16) } else { bytes };
        self.push_vector(VectorRecipe::Shuffle { bytes, a, b });
    }

    pub(super) fn swizzle(&mut self, relaxed: bool) {
        if self.masm.has_swizzle() {
            return self.vector_binary(VectorBinary::Swizzle { relaxed });
        }
        // Byte by byte, in their slots.
        let indices = self.pop();
        let bytes = self.pop();
        self.copy_to_slot(&bytes, bytes.slot);
        self.copy_to_slot(&indices, indices.slot);
        let [base, index, byte] = [(); 3].map(|()| self.allocate(Class::General));
        self.masm.slot_address(base, bytes.slot);
        let load = Load { bytes: 1, signed: false, ty: Ty::I64 };
        let behind_bytes = indices.slot.0 - bytes.slot.0;
        for lane in 0..16 {
            let at = Address::at(base, behind_bytes + lane);
            self.masm.load(load, index, at);
            self.masm.int_binary(IntBinary::And, Size::S32, byte, index, Rhs::Imm(15));
            let from = Address { base, index: Some(byte), offset: 0 };
            self.masm.load(load, byte, from);
            self.masm.compare(Size::S32, index, Rhs::Imm(15));
            self.masm.zero_if(Condition::Int(IntCondition::GreaterUnsigned), byte);
            self.masm.store(1, at, byte);
        }
        let to = self.allocate(Class::Vector);
        self.masm.load_slot(Ty::V128, to, indices.slot);
        self.push(Ty::V128, Place::Reg(to));
    }

    pub(super) fn splat(&mut self, lanes: Lanes) {
        let value = self.pop();
        if let Some(bits) = value.constant() {
            let lane = usize::from(lanes.bytes());
            let bits = bits.to_le_bytes();
            return self.v128_const(std::array::from_fn(|at| bits[at % lane]));
        }
        let value = self.in_register(&value);
        self.push_vector(VectorRecipe::Splat { lanes, value });
    }

    pub(super) fn extract_lane(&mut self, lanes: Lanes, lane: u8, signed: bool, ty: Ty) {
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_recipe(ty, Recipe::Vector(VectorRecipe::ExtractLane { lanes, lane, signed, a }));
    }

    pub(super) fn replace_lane(&mut self, lanes: Lanes, lane: u8) {
        let value = self.pop();
        let a = self.pop();
        let value = self.in_register(&value);
        let a = self.in_register(&a);
        self.push_vector(VectorRecipe::ReplaceLane { lanes, lane, a, value });
    }

    pub(super) fn bitmask(&mut self, lanes: Lanes) {
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_recipe(Ty::I32, Recipe::Vector(VectorRecipe::Bitmask { lanes, a }));
    }

    pub(super) fn vector_test(&mut self, test: VectorTest) {
        let a = self.pop();
        let a = self.in_register(&a);
        self.push_recipe(Ty::I32, Recipe::Vector(VectorRecipe::Test { test, holds: true, a }));
    }

    pub(super) fn load_vector(&mut self, memarg: MemArg, load: VectorLoad) {
        let index = self.pop();
        if let Some(at) = self.heap_address(memarg, u32::from(load.bytes()), &index) {
            self.push_vector(VectorRecipe::Load { load, from: at.address });
        }
    }

    pub(super) fn load_lane(&mut self, memarg: MemArg, lanes: Lanes, lane: u8) {
        let a = self.pop();
        let index = self.pop();
        let Some(at) = self.heap_address(memarg, u32::from(lanes.bytes()), &index) else { return };
        let a = self.in_register(&a);
        self.push_vector(VectorRecipe::LoadLane { lanes, lane, a, from: at.address });
    }

    pub(super) fn store_lane(&mut self, memarg: MemArg, lanes: Lanes, lane: u8) {
        let a = self.pop();
        let index = self.pop();
        let bytes = lanes.bytes();
        let Some(at) = self.heap_address(memarg, u32::from(bytes), &index) else { return };
        self.probe(&at, bytes);
        let a = self.in_register(&a);
        self.masm.store_lane(lanes, lane, at.address, a);
    }
}
