//! Vectors: SIMD and relaxed SIMD (WebAssembly 3.0, §4.3.5 and §4.6.2).
//!
//! The lanes are an argument of the methods. Results keep the lanes in which they were made; [`Translator::cast`]
//! changes the view.
//!
//! Relaxed operators use the instruction of the machine where it is faster, unless they are to be deterministic.
//! The operators for which Cranelift would call a C library on x86-64 machines without SSSE3 or SSE4.1 are taken
//! apart here.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    self, ConstantData, InstBuilder, Opcode, StackSlotData, StackSlotKind, Value, types,
};
use wasmer_types::BuiltinFunction;
use wasmparser::MemArg;

use super::Translator;
use super::alias::Region;
use super::numeric::Rounding;
use crate::environ::POINTER;
use types::{F32X4, F64X2, I8X16, I16X8, I32, I32X4, I64X2};

macro_rules! vector_operators {
    ($reader:ident) => {
        $reader! {
            visit_v128_load(memarg: MemArg) => load(memarg, Opcode::Load, I8X16, 16);
            visit_v128_load8x8_s(memarg: MemArg) => load(memarg, Opcode::Sload8x8, I64, 8);
            visit_v128_load8x8_u(memarg: MemArg) => load(memarg, Opcode::Uload8x8, I64, 8);
            visit_v128_load16x4_s(memarg: MemArg) => load(memarg, Opcode::Sload16x4, I64, 8);
            visit_v128_load16x4_u(memarg: MemArg) => load(memarg, Opcode::Uload16x4, I64, 8);
            visit_v128_load32x2_s(memarg: MemArg) => load(memarg, Opcode::Sload32x2, I64, 8);
            visit_v128_load32x2_u(memarg: MemArg) => load(memarg, Opcode::Uload32x2, I64, 8);
            visit_v128_load8_splat(memarg: MemArg) => load_to(memarg, Opcode::Splat, I8X16);
            visit_v128_load16_splat(memarg: MemArg) => load_to(memarg, Opcode::Splat, I16X8);
            visit_v128_load32_splat(memarg: MemArg) => load_to(memarg, Opcode::Splat, I32X4);
            visit_v128_load64_splat(memarg: MemArg) => load_to(memarg, Opcode::Splat, I64X2);
            visit_v128_load32_zero(memarg: MemArg) => load_to(memarg, Opcode::ScalarToVector, I32X4);
            visit_v128_load64_zero(memarg: MemArg) => load_to(memarg, Opcode::ScalarToVector, I64X2);
            visit_v128_store(memarg: MemArg) => store(memarg, Opcode::Store, 16);
            visit_v128_load8_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I8X16, lane);
            visit_v128_load16_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I16X8, lane);
            visit_v128_load32_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I32X4, lane);
            visit_v128_load64_lane(memarg: MemArg, lane: u8) => load_lane(memarg, I64X2, lane);
            visit_v128_store8_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I8X16, lane);
            visit_v128_store16_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I16X8, lane);
            visit_v128_store32_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I32X4, lane);
            visit_v128_store64_lane(memarg: MemArg, lane: u8) => store_lane(memarg, I64X2, lane);
            visit_v128_const(value: wasmparser::V128) => v128_const(value.bytes());
            visit_i8x16_shuffle(lanes: [u8; 16]) => shuffle(lanes);
            visit_i8x16_swizzle() => swizzle();
            visit_i8x16_extract_lane_s(lane: u8) => extract_extended(I8X16, lane, Opcode::Sextend);
            visit_i8x16_extract_lane_u(lane: u8) => extract_extended(I8X16, lane, Opcode::Uextend);
            visit_i16x8_extract_lane_s(lane: u8) => extract_extended(I16X8, lane, Opcode::Sextend);
            visit_i16x8_extract_lane_u(lane: u8) => extract_extended(I16X8, lane, Opcode::Uextend);
            visit_i32x4_extract_lane(lane: u8) => extract_lane(I32X4, lane);
            visit_i64x2_extract_lane(lane: u8) => extract_lane(I64X2, lane);
            visit_f32x4_extract_lane(lane: u8) => extract_lane(F32X4, lane);
            visit_f64x2_extract_lane(lane: u8) => extract_lane(F64X2, lane);
            visit_i8x16_replace_lane(lane: u8) => replace_lane(I8X16, lane);
            visit_i16x8_replace_lane(lane: u8) => replace_lane(I16X8, lane);
            visit_i32x4_replace_lane(lane: u8) => replace_lane(I32X4, lane);
            visit_i64x2_replace_lane(lane: u8) => replace_lane(I64X2, lane);
            visit_f32x4_replace_lane(lane: u8) => replace_lane(F32X4, lane);
            visit_f64x2_replace_lane(lane: u8) => replace_lane(F64X2, lane);
            visit_i8x16_splat() => splat(I8X16);
            visit_i16x8_splat() => splat(I16X8);
            visit_i32x4_splat() => splat(I32X4);
            visit_i64x2_splat() => splat(I64X2);
            visit_f32x4_splat() => splat(F32X4);
            visit_f64x2_splat() => splat(F64X2);
            visit_i8x16_eq() => lane_compare(I8X16, IntCC::Equal);
            visit_i8x16_ne() => lane_compare(I8X16, IntCC::NotEqual);
            visit_i8x16_lt_s() => lane_compare(I8X16, IntCC::SignedLessThan);
            visit_i8x16_lt_u() => lane_compare(I8X16, IntCC::UnsignedLessThan);
            visit_i8x16_gt_s() => lane_compare(I8X16, IntCC::SignedGreaterThan);
            visit_i8x16_gt_u() => lane_compare(I8X16, IntCC::UnsignedGreaterThan);
            visit_i8x16_le_s() => lane_compare(I8X16, IntCC::SignedLessThanOrEqual);
            visit_i8x16_le_u() => lane_compare(I8X16, IntCC::UnsignedLessThanOrEqual);
            visit_i8x16_ge_s() => lane_compare(I8X16, IntCC::SignedGreaterThanOrEqual);
            visit_i8x16_ge_u() => lane_compare(I8X16, IntCC::UnsignedGreaterThanOrEqual);
            visit_i16x8_eq() => lane_compare(I16X8, IntCC::Equal);
            visit_i16x8_ne() => lane_compare(I16X8, IntCC::NotEqual);
            visit_i16x8_lt_s() => lane_compare(I16X8, IntCC::SignedLessThan);
            visit_i16x8_lt_u() => lane_compare(I16X8, IntCC::UnsignedLessThan);
            visit_i16x8_gt_s() => lane_compare(I16X8, IntCC::SignedGreaterThan);
            visit_i16x8_gt_u() => lane_compare(I16X8, IntCC::UnsignedGreaterThan);
            visit_i16x8_le_s() => lane_compare(I16X8, IntCC::SignedLessThanOrEqual);
            visit_i16x8_le_u() => lane_compare(I16X8, IntCC::UnsignedLessThanOrEqual);
            visit_i16x8_ge_s() => lane_compare(I16X8, IntCC::SignedGreaterThanOrEqual);
            visit_i16x8_ge_u() => lane_compare(I16X8, IntCC::UnsignedGreaterThanOrEqual);
            visit_i32x4_eq() => lane_compare(I32X4, IntCC::Equal);
            visit_i32x4_ne() => lane_compare(I32X4, IntCC::NotEqual);
            visit_i32x4_lt_s() => lane_compare(I32X4, IntCC::SignedLessThan);
            visit_i32x4_lt_u() => lane_compare(I32X4, IntCC::UnsignedLessThan);
            visit_i32x4_gt_s() => lane_compare(I32X4, IntCC::SignedGreaterThan);
            visit_i32x4_gt_u() => lane_compare(I32X4, IntCC::UnsignedGreaterThan);
            visit_i32x4_le_s() => lane_compare(I32X4, IntCC::SignedLessThanOrEqual);
            visit_i32x4_le_u() => lane_compare(I32X4, IntCC::UnsignedLessThanOrEqual);
            visit_i32x4_ge_s() => lane_compare(I32X4, IntCC::SignedGreaterThanOrEqual);
            visit_i32x4_ge_u() => lane_compare(I32X4, IntCC::UnsignedGreaterThanOrEqual);
            visit_i64x2_eq() => lane_compare(I64X2, IntCC::Equal);
            visit_i64x2_ne() => lane_compare(I64X2, IntCC::NotEqual);
            visit_i64x2_lt_s() => lane_compare(I64X2, IntCC::SignedLessThan);
            visit_i64x2_gt_s() => lane_compare(I64X2, IntCC::SignedGreaterThan);
            visit_i64x2_le_s() => lane_compare(I64X2, IntCC::SignedLessThanOrEqual);
            visit_i64x2_ge_s() => lane_compare(I64X2, IntCC::SignedGreaterThanOrEqual);
            visit_f32x4_eq() => lane_float_compare(F32X4, FloatCC::Equal);
            visit_f32x4_ne() => lane_float_compare(F32X4, FloatCC::NotEqual);
            visit_f32x4_lt() => lane_float_compare(F32X4, FloatCC::LessThan);
            visit_f32x4_gt() => lane_float_compare(F32X4, FloatCC::GreaterThan);
            visit_f32x4_le() => lane_float_compare(F32X4, FloatCC::LessThanOrEqual);
            visit_f32x4_ge() => lane_float_compare(F32X4, FloatCC::GreaterThanOrEqual);
            visit_f64x2_eq() => lane_float_compare(F64X2, FloatCC::Equal);
            visit_f64x2_ne() => lane_float_compare(F64X2, FloatCC::NotEqual);
            visit_f64x2_lt() => lane_float_compare(F64X2, FloatCC::LessThan);
            visit_f64x2_gt() => lane_float_compare(F64X2, FloatCC::GreaterThan);
            visit_f64x2_le() => lane_float_compare(F64X2, FloatCC::LessThanOrEqual);
            visit_f64x2_ge() => lane_float_compare(F64X2, FloatCC::GreaterThanOrEqual);
            visit_v128_not() => lane_unary(I8X16, Opcode::Bnot);
            visit_v128_and() => lane_binary(I8X16, Opcode::Band);
            visit_v128_andnot() => and_not();
            visit_v128_or() => lane_binary(I8X16, Opcode::Bor);
            visit_v128_xor() => lane_binary(I8X16, Opcode::Bxor);
            visit_v128_bitselect() => bitselect();
            visit_v128_any_true() => lane_test(I8X16, Opcode::VanyTrue);
            visit_i8x16_abs() => lane_unary(I8X16, Opcode::Iabs);
            visit_i8x16_neg() => lane_unary(I8X16, Opcode::Ineg);
            visit_i8x16_popcnt() => lane_unary(I8X16, Opcode::Popcnt);
            visit_i8x16_all_true() => lane_test(I8X16, Opcode::VallTrue);
            visit_i8x16_bitmask() => bitmask(I8X16);
            visit_i8x16_narrow_i16x8_s() => lane_binary(I16X8, Opcode::Snarrow);
            visit_i8x16_narrow_i16x8_u() => lane_binary(I16X8, Opcode::Unarrow);
            visit_i8x16_shl() => shift(I8X16, Opcode::Ishl);
            visit_i8x16_shr_s() => shift(I8X16, Opcode::Sshr);
            visit_i8x16_shr_u() => shift(I8X16, Opcode::Ushr);
            visit_i8x16_add() => lane_binary(I8X16, Opcode::Iadd);
            visit_i8x16_add_sat_s() => lane_binary(I8X16, Opcode::SaddSat);
            visit_i8x16_add_sat_u() => lane_binary(I8X16, Opcode::UaddSat);
            visit_i8x16_sub() => lane_binary(I8X16, Opcode::Isub);
            visit_i8x16_sub_sat_s() => lane_binary(I8X16, Opcode::SsubSat);
            visit_i8x16_sub_sat_u() => lane_binary(I8X16, Opcode::UsubSat);
            visit_i8x16_min_s() => lane_binary(I8X16, Opcode::Smin);
            visit_i8x16_min_u() => lane_binary(I8X16, Opcode::Umin);
            visit_i8x16_max_s() => lane_binary(I8X16, Opcode::Smax);
            visit_i8x16_max_u() => lane_binary(I8X16, Opcode::Umax);
            visit_i8x16_avgr_u() => lane_binary(I8X16, Opcode::AvgRound);
            visit_i16x8_extadd_pairwise_i8x16_s() => add_pairs(I8X16, Widen::SIGNED);
            visit_i16x8_extadd_pairwise_i8x16_u() => add_pairs(I8X16, Widen::UNSIGNED);
            visit_i16x8_abs() => lane_unary(I16X8, Opcode::Iabs);
            visit_i16x8_neg() => lane_unary(I16X8, Opcode::Ineg);
            visit_i16x8_q15mulr_sat_s() => lane_binary(I16X8, Opcode::SqmulRoundSat);
            visit_i16x8_all_true() => lane_test(I16X8, Opcode::VallTrue);
            visit_i16x8_bitmask() => bitmask(I16X8);
            visit_i16x8_narrow_i32x4_s() => lane_binary(I32X4, Opcode::Snarrow);
            visit_i16x8_narrow_i32x4_u() => lane_binary(I32X4, Opcode::Unarrow);
            visit_i16x8_extend_low_i8x16_s() => lane_unary(I8X16, Opcode::SwidenLow);
            visit_i16x8_extend_high_i8x16_s() => lane_unary(I8X16, Opcode::SwidenHigh);
            visit_i16x8_extend_low_i8x16_u() => lane_unary(I8X16, Opcode::UwidenLow);
            visit_i16x8_extend_high_i8x16_u() => lane_unary(I8X16, Opcode::UwidenHigh);
            visit_i16x8_shl() => shift(I16X8, Opcode::Ishl);
            visit_i16x8_shr_s() => shift(I16X8, Opcode::Sshr);
            visit_i16x8_shr_u() => shift(I16X8, Opcode::Ushr);
            visit_i16x8_add() => lane_binary(I16X8, Opcode::Iadd);
            visit_i16x8_add_sat_s() => lane_binary(I16X8, Opcode::SaddSat);
            visit_i16x8_add_sat_u() => lane_binary(I16X8, Opcode::UaddSat);
            visit_i16x8_sub() => lane_binary(I16X8, Opcode::Isub);
            visit_i16x8_sub_sat_s() => lane_binary(I16X8, Opcode::SsubSat);
            visit_i16x8_sub_sat_u() => lane_binary(I16X8, Opcode::UsubSat);
            visit_i16x8_mul() => lane_binary(I16X8, Opcode::Imul);
            visit_i16x8_min_s() => lane_binary(I16X8, Opcode::Smin);
            visit_i16x8_min_u() => lane_binary(I16X8, Opcode::Umin);
            visit_i16x8_max_s() => lane_binary(I16X8, Opcode::Smax);
            visit_i16x8_max_u() => lane_binary(I16X8, Opcode::Umax);
            visit_i16x8_avgr_u() => lane_binary(I16X8, Opcode::AvgRound);
            visit_i16x8_extmul_low_i8x16_s() => multiply_wide(I8X16, Opcode::SwidenLow);
            visit_i16x8_extmul_high_i8x16_s() => multiply_wide(I8X16, Opcode::SwidenHigh);
            visit_i16x8_extmul_low_i8x16_u() => multiply_wide(I8X16, Opcode::UwidenLow);
            visit_i16x8_extmul_high_i8x16_u() => multiply_wide(I8X16, Opcode::UwidenHigh);
            visit_i32x4_extadd_pairwise_i16x8_s() => add_pairs(I16X8, Widen::SIGNED);
            visit_i32x4_extadd_pairwise_i16x8_u() => add_pairs(I16X8, Widen::UNSIGNED);
            visit_i32x4_abs() => lane_unary(I32X4, Opcode::Iabs);
            visit_i32x4_neg() => lane_unary(I32X4, Opcode::Ineg);
            visit_i32x4_all_true() => lane_test(I32X4, Opcode::VallTrue);
            visit_i32x4_bitmask() => bitmask(I32X4);
            visit_i32x4_extend_low_i16x8_s() => lane_unary(I16X8, Opcode::SwidenLow);
            visit_i32x4_extend_high_i16x8_s() => lane_unary(I16X8, Opcode::SwidenHigh);
            visit_i32x4_extend_low_i16x8_u() => lane_unary(I16X8, Opcode::UwidenLow);
            visit_i32x4_extend_high_i16x8_u() => lane_unary(I16X8, Opcode::UwidenHigh);
            visit_i32x4_shl() => shift(I32X4, Opcode::Ishl);
            visit_i32x4_shr_s() => shift(I32X4, Opcode::Sshr);
            visit_i32x4_shr_u() => shift(I32X4, Opcode::Ushr);
            visit_i32x4_add() => lane_binary(I32X4, Opcode::Iadd);
            visit_i32x4_sub() => lane_binary(I32X4, Opcode::Isub);
            visit_i32x4_mul() => lane_binary(I32X4, Opcode::Imul);
            visit_i32x4_min_s() => lane_binary(I32X4, Opcode::Smin);
            visit_i32x4_min_u() => lane_binary(I32X4, Opcode::Umin);
            visit_i32x4_max_s() => lane_binary(I32X4, Opcode::Smax);
            visit_i32x4_max_u() => lane_binary(I32X4, Opcode::Umax);
            visit_i32x4_dot_i16x8_s() => dot();
            visit_i32x4_extmul_low_i16x8_s() => multiply_wide(I16X8, Opcode::SwidenLow);
            visit_i32x4_extmul_high_i16x8_s() => multiply_wide(I16X8, Opcode::SwidenHigh);
            visit_i32x4_extmul_low_i16x8_u() => multiply_wide(I16X8, Opcode::UwidenLow);
            visit_i32x4_extmul_high_i16x8_u() => multiply_wide(I16X8, Opcode::UwidenHigh);
            visit_i64x2_abs() => lane_unary(I64X2, Opcode::Iabs);
            visit_i64x2_neg() => lane_unary(I64X2, Opcode::Ineg);
            visit_i64x2_all_true() => lane_test(I64X2, Opcode::VallTrue);
            visit_i64x2_bitmask() => bitmask(I64X2);
            visit_i64x2_extend_low_i32x4_s() => lane_unary(I32X4, Opcode::SwidenLow);
            visit_i64x2_extend_high_i32x4_s() => lane_unary(I32X4, Opcode::SwidenHigh);
            visit_i64x2_extend_low_i32x4_u() => lane_unary(I32X4, Opcode::UwidenLow);
            visit_i64x2_extend_high_i32x4_u() => lane_unary(I32X4, Opcode::UwidenHigh);
            visit_i64x2_shl() => shift(I64X2, Opcode::Ishl);
            visit_i64x2_shr_s() => shift(I64X2, Opcode::Sshr);
            visit_i64x2_shr_u() => shift(I64X2, Opcode::Ushr);
            visit_i64x2_add() => lane_binary(I64X2, Opcode::Iadd);
            visit_i64x2_sub() => lane_binary(I64X2, Opcode::Isub);
            visit_i64x2_mul() => lane_binary(I64X2, Opcode::Imul);
            visit_i64x2_extmul_low_i32x4_s() => multiply_wide(I32X4, Opcode::SwidenLow);
            visit_i64x2_extmul_high_i32x4_s() => multiply_wide(I32X4, Opcode::SwidenHigh);
            visit_i64x2_extmul_low_i32x4_u() => multiply_wide(I32X4, Opcode::UwidenLow);
            visit_i64x2_extmul_high_i32x4_u() => multiply_wide(I32X4, Opcode::UwidenHigh);
            visit_f32x4_ceil() => lane_round(F32X4, Rounding::CEIL);
            visit_f32x4_floor() => lane_round(F32X4, Rounding::FLOOR);
            visit_f32x4_trunc() => lane_round(F32X4, Rounding::TRUNC);
            visit_f32x4_nearest() => lane_round(F32X4, Rounding::NEAREST);
            visit_f32x4_abs() => lane_unary(F32X4, Opcode::Fabs);
            visit_f32x4_neg() => lane_unary(F32X4, Opcode::Fneg);
            visit_f32x4_sqrt() => lane_unary(F32X4, Opcode::Sqrt);
            visit_f32x4_add() => lane_binary(F32X4, Opcode::Fadd);
            visit_f32x4_sub() => lane_binary(F32X4, Opcode::Fsub);
            visit_f32x4_mul() => lane_binary(F32X4, Opcode::Fmul);
            visit_f32x4_div() => lane_binary(F32X4, Opcode::Fdiv);
            visit_f32x4_min() => lane_binary(F32X4, Opcode::Fmin);
            visit_f32x4_max() => lane_binary(F32X4, Opcode::Fmax);
            visit_f32x4_pmin() => pseudo_extremum(F32X4, Extremum::Min);
            visit_f32x4_pmax() => pseudo_extremum(F32X4, Extremum::Max);
            visit_f64x2_ceil() => lane_round(F64X2, Rounding::CEIL);
            visit_f64x2_floor() => lane_round(F64X2, Rounding::FLOOR);
            visit_f64x2_trunc() => lane_round(F64X2, Rounding::TRUNC);
            visit_f64x2_nearest() => lane_round(F64X2, Rounding::NEAREST);
            visit_f64x2_abs() => lane_unary(F64X2, Opcode::Fabs);
            visit_f64x2_neg() => lane_unary(F64X2, Opcode::Fneg);
            visit_f64x2_sqrt() => lane_unary(F64X2, Opcode::Sqrt);
            visit_f64x2_add() => lane_binary(F64X2, Opcode::Fadd);
            visit_f64x2_sub() => lane_binary(F64X2, Opcode::Fsub);
            visit_f64x2_mul() => lane_binary(F64X2, Opcode::Fmul);
            visit_f64x2_div() => lane_binary(F64X2, Opcode::Fdiv);
            visit_f64x2_min() => lane_binary(F64X2, Opcode::Fmin);
            visit_f64x2_max() => lane_binary(F64X2, Opcode::Fmax);
            visit_f64x2_pmin() => pseudo_extremum(F64X2, Extremum::Min);
            visit_f64x2_pmax() => pseudo_extremum(F64X2, Extremum::Max);
            visit_i32x4_trunc_sat_f32x4_s() => lane_convert(F32X4, Opcode::FcvtToSintSat, I32X4);
            visit_i32x4_trunc_sat_f32x4_u() => lane_convert(F32X4, Opcode::FcvtToUintSat, I32X4);
            visit_f32x4_convert_i32x4_s() => lane_convert(I32X4, Opcode::FcvtFromSint, F32X4);
            visit_f32x4_convert_i32x4_u() => lane_convert(I32X4, Opcode::FcvtFromUint, F32X4);
            visit_i32x4_trunc_sat_f64x2_s_zero() =>
                truncate_doubles(Opcode::FcvtToSintSat, Opcode::Snarrow);
            visit_i32x4_trunc_sat_f64x2_u_zero() =>
                truncate_doubles(Opcode::FcvtToUintSat, Opcode::Uunarrow);
            visit_f64x2_convert_low_i32x4_s() =>
                convert_low(Opcode::SwidenLow, Opcode::FcvtFromSint);
            visit_f64x2_convert_low_i32x4_u() =>
                convert_low(Opcode::UwidenLow, Opcode::FcvtFromUint);
            visit_f32x4_demote_f64x2_zero() => lane_unary(F64X2, Opcode::Fvdemote);
            visit_f64x2_promote_low_f32x4() => lane_unary(F32X4, Opcode::FvpromoteLow);
            visit_i8x16_relaxed_swizzle() => relaxed_swizzle();
            visit_i32x4_relaxed_trunc_f32x4_s() => relaxed_truncate();
            visit_i32x4_relaxed_trunc_f32x4_u() => lane_convert(F32X4, Opcode::FcvtToUintSat, I32X4);
            visit_i32x4_relaxed_trunc_f64x2_s_zero() => relaxed_truncate_doubles();
            visit_i32x4_relaxed_trunc_f64x2_u_zero() =>
                truncate_doubles(Opcode::FcvtToUintSat, Opcode::Uunarrow);
            visit_f32x4_relaxed_madd() => multiply_add(F32X4, false);
            visit_f32x4_relaxed_nmadd() => multiply_add(F32X4, true);
            visit_f64x2_relaxed_madd() => multiply_add(F64X2, false);
            visit_f64x2_relaxed_nmadd() => multiply_add(F64X2, true);
            visit_i8x16_relaxed_laneselect() => relaxed_select(I8X16);
            visit_i16x8_relaxed_laneselect() => relaxed_select(I16X8);
            visit_i32x4_relaxed_laneselect() => relaxed_select(I32X4);
            visit_i64x2_relaxed_laneselect() => relaxed_select(I64X2);
            visit_f32x4_relaxed_min() => relaxed_extremum(F32X4, Extremum::Min);
            visit_f32x4_relaxed_max() => relaxed_extremum(F32X4, Extremum::Max);
            visit_f64x2_relaxed_min() => relaxed_extremum(F64X2, Extremum::Min);
            visit_f64x2_relaxed_max() => relaxed_extremum(F64X2, Extremum::Max);
            visit_i16x8_relaxed_q15mulr_s() => relaxed_q15_multiply();
            visit_i16x8_relaxed_dot_i8x16_i7x16_s() => relaxed_dot();
            visit_i32x4_relaxed_dot_i8x16_i7x16_add_s() => relaxed_dot_add();
        }
    };
}
pub(super) use vector_operators as operators;

/// How lanes are widened to twice their width: the lower half of them and the upper half.
#[derive(Clone, Copy)]
pub(super) struct Widen {
    low: Opcode,
    high: Opcode,
}

impl Widen {
    pub(super) const SIGNED: Self = Self { low: Opcode::SwidenLow, high: Opcode::SwidenHigh };
    pub(super) const UNSIGNED: Self = Self { low: Opcode::UwidenLow, high: Opcode::UwidenHigh };
}

/// Which of two floats.
#[derive(Clone, Copy)]
pub(super) enum Extremum {
    Min,
    Max,
}

impl Translator<'_, '_> {
    fn pop_as(&mut self, ty: ir::Type) -> Value {
        let a = self.pop();
        self.cast(a, ty)
    }

    fn pop2_as(&mut self, ty: ir::Type) -> (Value, Value) {
        let (a, b) = self.pop2();
        (self.cast(a, ty), self.cast(b, ty))
    }

    /// An operator on the lanes of a vector, whose type `ty` is the controlling type.
    pub(super) fn lane_unary(&mut self, ty: ir::Type, opcode: Opcode) {
        let a = self.pop_as(ty);
        let value = self.ins_unary(opcode, ty, a);
        self.push(value);
    }

    pub(super) fn lane_binary(&mut self, ty: ir::Type, opcode: Opcode) {
        let (a, b) = self.pop2_as(ty);
        let value = self.ins_binary(opcode, a, b);
        self.push(value);
    }

    /// A conversion of lanes of type `from` to as many lanes of type `to`.
    pub(super) fn lane_convert(&mut self, from: ir::Type, opcode: Opcode, to: ir::Type) {
        let a = self.pop_as(from);
        let value = self.ins_unary(opcode, to, a);
        self.push(value);
    }

    pub(super) fn lane_compare(&mut self, ty: ir::Type, condition: IntCC) {
        let (a, b) = self.pop2_as(ty);
        let value = self.builder.ins().icmp(condition, a, b);
        self.push(value);
    }

    pub(super) fn lane_float_compare(&mut self, ty: ir::Type, condition: FloatCC) {
        let (a, b) = self.pop2_as(ty);
        let value = self.builder.ins().fcmp(condition, a, b);
        self.push(value);
    }

    /// Whether any or all lanes are not zero.
    pub(super) fn lane_test(&mut self, ty: ir::Type, opcode: Opcode) {
        let a = self.pop_as(ty);
        let holds = self.ins_unary(opcode, ty, a);
        self.push_bool(holds);
    }

    pub(super) fn lane_round(&mut self, ty: ir::Type, rounding: Rounding) {
        let a = self.pop_as(ty);
        let value = self.rounded(rounding, a);
        self.push(value);
    }

    pub(super) fn bitmask(&mut self, ty: ir::Type) {
        let a = self.pop_as(ty);
        let value = self.builder.ins().vhigh_bits(I32, a);
        self.push(value);
    }

    /// Shifts every lane by the same amount, of which Cranelift uses the low bits as wasm wants.
    pub(super) fn shift(&mut self, ty: ir::Type, opcode: Opcode) {
        let (a, amount) = self.pop2();
        let a = self.cast(a, ty);
        let value = self.ins_binary(opcode, a, amount);
        self.push(value);
    }

    pub(super) fn and_not(&mut self) {
        let (a, b) = self.pop2_as(I8X16);
        let value = self.builder.ins().band_not(a, b);
        self.push(value);
    }

    pub(super) fn bitselect(&mut self) {
        let (a, b, mask) = self.pop3();
        let [a, b, mask] = [a, b, mask].map(|value| self.cast(value, I8X16));
        let value = self.builder.ins().bitselect(mask, a, b);
        self.push(value);
    }

    pub(super) fn v128_const(&mut self, bytes: &[u8; 16]) {
        let value = self.vector_constant(I8X16, bytes);
        self.push(value);
    }

    /// Loads a lane and makes a vector of it by `opcode`.
    pub(super) fn load_to(&mut self, memarg: MemArg, opcode: Opcode, ty: ir::Type) {
        let lane = ty.lane_type();
        if let Some(value) = self.load_value(memarg, Opcode::Load, lane, lane.bytes()) {
            let value = self.ins_unary(opcode, ty, value);
            self.push(value);
        }
    }

    pub(super) fn load_lane(&mut self, memarg: MemArg, ty: ir::Type, lane: u8) {
        let vector = self.pop_as(ty);
        let lane_type = ty.lane_type();
        if let Some(value) = self.load_value(memarg, Opcode::Load, lane_type, lane_type.bytes()) {
            let value = self.builder.ins().insertlane(vector, value, lane);
            self.push(value);
        }
    }

    pub(super) fn store_lane(&mut self, memarg: MemArg, ty: ir::Type, lane: u8) {
        let vector = self.pop_as(ty);
        let value = self.builder.ins().extractlane(vector, lane);
        self.store_value(memarg, Opcode::Store, value, ty.lane_type().bytes());
    }

    pub(super) fn extract_lane(&mut self, ty: ir::Type, lane: u8) {
        let vector = self.pop_as(ty);
        let value = self.builder.ins().extractlane(vector, lane);
        self.push(value);
    }

    pub(super) fn extract_extended(&mut self, ty: ir::Type, lane: u8, extend: Opcode) {
        let vector = self.pop_as(ty);
        let value = self.builder.ins().extractlane(vector, lane);
        let value = self.ins_unary(extend, I32, value);
        self.push(value);
    }

    /// An i32 as a lane of type `ty`; other numbers as they are.
    fn lane_value(&mut self, value: Value, ty: ir::Type) -> Value {
        match ty.lane_type() {
            lane if self.ty(value) == lane => value,
            lane => self.builder.ins().ireduce(lane, value),
        }
    }

    pub(super) fn replace_lane(&mut self, ty: ir::Type, lane: u8) {
        let (vector, value) = self.pop2();
        let vector = self.cast(vector, ty);
        let value = self.lane_value(value, ty);
        let value = self.builder.ins().insertlane(vector, value, lane);
        self.push(value);
    }

    pub(super) fn splat(&mut self, ty: ir::Type) {
        let value = self.pop();
        let value = self.lane_value(value, ty);
        let value = self.builder.ins().splat(ty, value);
        self.push(value);
    }

    /// Whether bytes can be picked from a vector by one instruction.
    fn has_byte_shuffle(&self) -> bool {
        !self.environ.is_x86 || self.environ.isa.has_x86_pshufb_lowering()
    }

    pub(super) fn shuffle(&mut self, lanes: [u8; 16]) {
        let (a, b) = self.pop2_as(I8X16);
        let value = match self.has_byte_shuffle() {
            true => {
                let mask = ConstantData::from(lanes.as_slice());
                let mask = self.builder.func.dfg.immediates.push(mask);
                self.builder.ins().shuffle(a, b, mask)
            }
            false => {
                let mut all = a;
                for (to, from) in (0..).zip(lanes) {
                    let source = if from < 16 { a } else { b };
                    let byte = self.builder.ins().extractlane(source, from % 16);
                    all = self.builder.ins().insertlane(all, byte, to);
                }
                all
            }
        };
        self.push(value);
    }

    pub(super) fn swizzle(&mut self) {
        let (a, b) = self.pop2_as(I8X16);
        let value = match self.has_byte_shuffle() {
            true => self.builder.ins().swizzle(a, b),
            false => self.swizzle_by_memory(a, b),
        };
        self.push(value);
    }

    /// The bytes of `a` that the bytes of `b` are indices of, through a copy of `a` on the stack that zeros follow.
    fn swizzle_by_memory(&mut self, a: Value, b: Value) -> Value {
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 32, 4);
        let slot = self.builder.create_sized_stack_slot(slot);
        let base = self.builder.ins().stack_addr(POINTER, slot, 0);
        let flags = self.trusted(Region::Results);
        let zeros = self.vector_constant(I8X16, &[0; 16]);
        self.builder.ins().store(flags, a, base, 0);
        self.builder.ins().store(flags, zeros, base, 16);
        let sixteens = self.vector_constant(I8X16, &[16; 16]);
        let indices = self.builder.ins().umin(b, sixteens);
        let mut all = zeros;
        for lane in 0..16 {
            let index = self.builder.ins().extractlane(indices, lane);
            let index = self.builder.ins().uextend(POINTER, index);
            let address = self.builder.ins().iadd(base, index);
            let byte = self.builder.ins().load(types::I8, flags, address, 0);
            all = self.builder.ins().insertlane(all, byte, lane);
        }
        all
    }

    /// The sums of neighbouring lanes, widened.
    pub(super) fn add_pairs(&mut self, ty: ir::Type, widen: Widen) {
        let a = self.pop_as(ty);
        let low = self.ins_unary(widen.low, ty, a);
        let high = self.ins_unary(widen.high, ty, a);
        let value = self.builder.ins().iadd_pairwise(low, high);
        self.push(value);
    }

    /// The products of a half of the lanes, widened by `widen`.
    pub(super) fn multiply_wide(&mut self, ty: ir::Type, widen: Opcode) {
        let (a, b) = self.pop2_as(ty);
        let value = self.wide_products(ty, widen, a, b);
        self.push(value);
    }

    fn wide_products(&mut self, ty: ir::Type, widen: Opcode, a: Value, b: Value) -> Value {
        let a = self.ins_unary(widen, ty, a);
        let b = self.ins_unary(widen, ty, b);
        self.builder.ins().imul(a, b)
    }

    /// The products of all lanes, widened: those of the lower half and those of the upper half.
    fn all_wide_products(&mut self, ty: ir::Type, a: Value, b: Value) -> (Value, Value) {
        let low = self.wide_products(ty, Opcode::SwidenLow, a, b);
        let high = self.wide_products(ty, Opcode::SwidenHigh, a, b);
        (low, high)
    }

    pub(super) fn dot(&mut self) {
        let (a, b) = self.pop2_as(I16X8);
        let (low, high) = self.all_wide_products(I16X8, a, b);
        let value = self.builder.ins().iadd_pairwise(low, high);
        self.push(value);
    }

    /// `b` where it is smaller (larger) than `a`, else `a`. The order of the operands decides what happens to NaNs
    /// and zeros, and is the one for which x86 has an instruction.
    fn pseudo(&mut self, ty: ir::Type, which: Extremum, a: Value, b: Value) -> Value {
        let (x, y) = match which {
            Extremum::Min => (b, a),
            Extremum::Max => (a, b),
        };
        let take_b = self.builder.ins().fcmp(FloatCC::LessThan, x, y);
        let take_b = self.cast(take_b, ty);
        self.builder.ins().bitselect(take_b, b, a)
    }

    pub(super) fn pseudo_extremum(&mut self, ty: ir::Type, which: Extremum) {
        let (a, b) = self.pop2_as(ty);
        let value = self.pseudo(ty, which, a, b);
        self.push(value);
    }

    /// Two f64 lanes to i32 lanes, by way of i64 lanes that are narrowed with saturation. The other lanes are zero.
    pub(super) fn truncate_doubles(&mut self, convert: Opcode, narrow: Opcode) {
        let a = self.pop_as(F64X2);
        if convert == Opcode::FcvtToUintSat && !self.environ.isa.has_round() {
            // Cranelift would round by a C library.
            let mut all = self.vector_constant(I32X4, &[0; 16]);
            for lane in 0..2 {
                let value = self.builder.ins().extractlane(a, lane);
                let value = self.builder.ins().fcvt_to_uint_sat(I32, value);
                all = self.builder.ins().insertlane(all, value, lane);
            }
            return self.push(all);
        }
        let wide = self.ins_unary(convert, I64X2, a);
        self.push_narrowed(wide, narrow);
    }

    /// Pushes the two lanes of `wide`, narrowed, and zeros.
    fn push_narrowed(&mut self, wide: Value, narrow: Opcode) {
        let zero = self.vector_constant(I64X2, &[0; 16]);
        let value = self.ins_binary(narrow, wide, zero);
        self.push(value);
    }

    pub(super) fn convert_low(&mut self, widen: Opcode, convert: Opcode) {
        let a = self.pop_as(I32X4);
        let wide = self.ins_unary(widen, I32X4, a);
        let value = self.ins_unary(convert, F64X2, wide);
        self.push(value);
    }

    /// Whether instructions of x86 may decide what relaxed operators do.
    fn relaxed_x86(&self) -> bool {
        self.environ.is_x86 && !self.environ.deterministic
    }

    pub(super) fn relaxed_swizzle(&mut self) {
        if !(self.relaxed_x86() && self.environ.isa.has_x86_pshufb_lowering()) {
            return self.swizzle();
        }
        let (a, b) = self.pop2_as(I8X16);
        let value = self.builder.ins().x86_pshufb(a, b);
        self.push(value);
    }

    pub(super) fn relaxed_truncate(&mut self) {
        let opcode = match self.relaxed_x86() {
            true => Opcode::X86Cvtt2dq,
            false => Opcode::FcvtToSintSat,
        };
        self.lane_convert(F32X4, opcode, I32X4);
    }

    pub(super) fn relaxed_truncate_doubles(&mut self) {
        let opcode = match self.relaxed_x86() {
            true => Opcode::X86Cvtt2dq,
            false => Opcode::FcvtToSintSat,
        };
        let a = self.pop_as(F64X2);
        let wide = self.ins_unary(opcode, I64X2, a);
        self.push_narrowed(wide, Opcode::Snarrow);
    }

    /// `a * b + c`, or `-(a * b) + c`.
    pub(super) fn multiply_add(&mut self, ty: ir::Type, negate: bool) {
        let (a, b, c) = self.pop3();
        let [mut a, b, c] = [a, b, c].map(|value| self.cast(value, ty));
        if negate {
            a = self.builder.ins().fneg(a);
        }
        let value = if self.environ.isa.has_native_fma() {
            self.builder.ins().fma(a, b, c)
        } else if self.environ.deterministic {
            let builtin = match ty {
                F32X4 => BuiltinFunction::f32_fma,
                _ => BuiltinFunction::f64_fma,
            };
            self.per_lane(builtin, &[a, b, c])
        } else {
            let product = self.builder.ins().fmul(a, b);
            self.builder.ins().fadd(product, c)
        };
        self.push(value);
    }

    pub(super) fn relaxed_select(&mut self, ty: ir::Type) {
        let (a, b, mask) = self.pop3();
        let [a, b, mask] = [a, b, mask].map(|value| self.cast(value, ty));
        let blend = !self.environ.deterministic && self.environ.isa.has_blendv_lowering(ty);
        let value = match blend {
            true => self.builder.ins().blendv(mask, a, b),
            false => self.builder.ins().bitselect(mask, a, b),
        };
        self.push(value);
    }

    pub(super) fn relaxed_extremum(&mut self, ty: ir::Type, which: Extremum) {
        let (a, b) = self.pop2_as(ty);
        let value = match (self.relaxed_x86(), which) {
            (true, _) => self.pseudo(ty, which, a, b),
            (false, Extremum::Min) => self.builder.ins().fmin(a, b),
            (false, Extremum::Max) => self.builder.ins().fmax(a, b),
        };
        self.push(value);
    }

    pub(super) fn relaxed_q15_multiply(&mut self) {
        let native = self.relaxed_x86() && self.environ.isa.has_x86_pmulhrsw_lowering();
        let opcode = if native { Opcode::X86Pmulhrsw } else { Opcode::SqmulRoundSat };
        self.lane_binary(I16X8, opcode);
    }

    /// Whether x86's sum of products of a signed and an unsigned byte can stand for products of signed bytes of
    /// which one has only 7 bits.
    fn has_relaxed_dot(&self) -> bool {
        self.relaxed_x86() && self.environ.isa.has_x86_pmaddubsw_lowering()
    }

    pub(super) fn relaxed_dot(&mut self) {
        let (a, b) = self.pop2_as(I8X16);
        let value = match self.has_relaxed_dot() {
            true => self.x86_dot(a, b),
            false => {
                let (low, high) = self.all_wide_products(I8X16, a, b);
                self.builder.ins().iadd_pairwise(low, high)
            }
        };
        self.push(value);
    }

    fn x86_dot(&mut self, a: Value, b: Value) -> Value {
        self.builder.ins().x86_pmaddubsw(a, b)
    }

    pub(super) fn relaxed_dot_add(&mut self) {
        let c = self.pop_as(I32X4);
        let (a, b) = self.pop2_as(I8X16);
        let sums = match self.has_relaxed_dot() {
            true => {
                let pairs = self.x86_dot(a, b);
                self.sum_pairs(pairs)
            }
            false => {
                let (low, high) = self.all_wide_products(I8X16, a, b);
                let (low, high) = (self.sum_pairs(low), self.sum_pairs(high));
                self.builder.ins().iadd_pairwise(low, high)
            }
        };
        let value = self.builder.ins().iadd(sums, c);
        self.push(value);
    }

    /// The sums of neighbouring i16 lanes as i32 lanes.
    fn sum_pairs(&mut self, a: Value) -> Value {
        let low = self.builder.ins().swiden_low(a);
        let high = self.builder.ins().swiden_high(a);
        self.builder.ins().iadd_pairwise(low, high)
    }
}
