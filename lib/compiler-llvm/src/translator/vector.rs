//! Vectors: SIMD and relaxed SIMD (WebAssembly 3.0, §4.3.5 and §4.6.2).
//!
//! The lanes are an argument of the methods. Results keep the lanes in which they were made;
//! [`Builder::lanes`](crate::builder::Builder::lanes) changes the view. Most operators are written as LLVM's optimiser
//! writes them itself, so that it finds the machine's instruction; where it does not find it, the intrinsic of the
//! machine is named here. The machines are x86-64 and AArch64.
//!
//! Relaxed operators use the instruction of the machine where it is faster, unless they are to be deterministic.

use std::num::NonZeroU32;

use inkwell::types::VectorType;
use inkwell::values::InstructionOpcode as Op;
use inkwell::{FloatPredicate, IntPredicate};
use wasmer_types::BuiltinFunction;
use wasmparser::MemArg;

use super::Translator;
use super::numeric::{Extremum, Rounding};
use crate::builder::Value;
use crate::types::Lanes;

macro_rules! vector_operators {
    ($reader:ident) => {
        $reader! {
            visit_v128_load(memarg: MemArg) => load_vector(memarg);
            visit_v128_load8x8_s(memarg: MemArg) => load_extended(memarg, Lanes::I8X16, Op::SExt);
            visit_v128_load8x8_u(memarg: MemArg) => load_extended(memarg, Lanes::I8X16, Op::ZExt);
            visit_v128_load16x4_s(memarg: MemArg) => load_extended(memarg, Lanes::I16X8, Op::SExt);
            visit_v128_load16x4_u(memarg: MemArg) => load_extended(memarg, Lanes::I16X8, Op::ZExt);
            visit_v128_load32x2_s(memarg: MemArg) => load_extended(memarg, Lanes::I32X4, Op::SExt);
            visit_v128_load32x2_u(memarg: MemArg) => load_extended(memarg, Lanes::I32X4, Op::ZExt);
            visit_v128_load8_splat(memarg: MemArg) => load_splat(memarg, Lanes::I8X16);
            visit_v128_load16_splat(memarg: MemArg) => load_splat(memarg, Lanes::I16X8);
            visit_v128_load32_splat(memarg: MemArg) => load_splat(memarg, Lanes::I32X4);
            visit_v128_load64_splat(memarg: MemArg) => load_splat(memarg, Lanes::I64X2);
            visit_v128_load32_zero(memarg: MemArg) => load_zero(memarg, Lanes::I32X4);
            visit_v128_load64_zero(memarg: MemArg) => load_zero(memarg, Lanes::I64X2);
            visit_v128_store(memarg: MemArg) => store(memarg, 128);
            visit_v128_load8_lane(memarg: MemArg, lane: u8) =>
                load_lane(memarg, Lanes::I8X16, lane);
            visit_v128_load16_lane(memarg: MemArg, lane: u8) =>
                load_lane(memarg, Lanes::I16X8, lane);
            visit_v128_load32_lane(memarg: MemArg, lane: u8) =>
                load_lane(memarg, Lanes::I32X4, lane);
            visit_v128_load64_lane(memarg: MemArg, lane: u8) =>
                load_lane(memarg, Lanes::I64X2, lane);
            visit_v128_store8_lane(memarg: MemArg, lane: u8) =>
                store_lane(memarg, Lanes::I8X16, lane);
            visit_v128_store16_lane(memarg: MemArg, lane: u8) =>
                store_lane(memarg, Lanes::I16X8, lane);
            visit_v128_store32_lane(memarg: MemArg, lane: u8) =>
                store_lane(memarg, Lanes::I32X4, lane);
            visit_v128_store64_lane(memarg: MemArg, lane: u8) =>
                store_lane(memarg, Lanes::I64X2, lane);
            visit_v128_const(value: wasmparser::V128) => v128_const(value.bytes());
            visit_i8x16_shuffle(lanes: [u8; 16]) => shuffle(lanes);
            visit_i8x16_swizzle() => swizzle();
            visit_i8x16_extract_lane_s(lane: u8) => extract_extended(Lanes::I8X16, lane, Op::SExt);
            visit_i8x16_extract_lane_u(lane: u8) => extract_extended(Lanes::I8X16, lane, Op::ZExt);
            visit_i16x8_extract_lane_s(lane: u8) => extract_extended(Lanes::I16X8, lane, Op::SExt);
            visit_i16x8_extract_lane_u(lane: u8) => extract_extended(Lanes::I16X8, lane, Op::ZExt);
            visit_i32x4_extract_lane(lane: u8) => extract_lane(Lanes::I32X4, lane);
            visit_i64x2_extract_lane(lane: u8) => extract_lane(Lanes::I64X2, lane);
            visit_f32x4_extract_lane(lane: u8) => extract_lane(Lanes::F32X4, lane);
            visit_f64x2_extract_lane(lane: u8) => extract_lane(Lanes::F64X2, lane);
            visit_i8x16_replace_lane(lane: u8) => replace_lane(Lanes::I8X16, lane);
            visit_i16x8_replace_lane(lane: u8) => replace_lane(Lanes::I16X8, lane);
            visit_i32x4_replace_lane(lane: u8) => replace_lane(Lanes::I32X4, lane);
            visit_i64x2_replace_lane(lane: u8) => replace_lane(Lanes::I64X2, lane);
            visit_f32x4_replace_lane(lane: u8) => replace_lane(Lanes::F32X4, lane);
            visit_f64x2_replace_lane(lane: u8) => replace_lane(Lanes::F64X2, lane);
            visit_i8x16_splat() => splat(Lanes::I8X16);
            visit_i16x8_splat() => splat(Lanes::I16X8);
            visit_i32x4_splat() => splat(Lanes::I32X4);
            visit_i64x2_splat() => splat(Lanes::I64X2);
            visit_f32x4_splat() => splat(Lanes::F32X4);
            visit_f64x2_splat() => splat(Lanes::F64X2);
            visit_i8x16_eq() => lane_compare(Lanes::I8X16, Int::EQ);
            visit_i8x16_ne() => lane_compare(Lanes::I8X16, Int::NE);
            visit_i8x16_lt_s() => lane_compare(Lanes::I8X16, Int::SLT);
            visit_i8x16_lt_u() => lane_compare(Lanes::I8X16, Int::ULT);
            visit_i8x16_gt_s() => lane_compare(Lanes::I8X16, Int::SGT);
            visit_i8x16_gt_u() => lane_compare(Lanes::I8X16, Int::UGT);
            visit_i8x16_le_s() => lane_compare(Lanes::I8X16, Int::SLE);
            visit_i8x16_le_u() => lane_compare(Lanes::I8X16, Int::ULE);
            visit_i8x16_ge_s() => lane_compare(Lanes::I8X16, Int::SGE);
            visit_i8x16_ge_u() => lane_compare(Lanes::I8X16, Int::UGE);
            visit_i16x8_eq() => lane_compare(Lanes::I16X8, Int::EQ);
            visit_i16x8_ne() => lane_compare(Lanes::I16X8, Int::NE);
            visit_i16x8_lt_s() => lane_compare(Lanes::I16X8, Int::SLT);
            visit_i16x8_lt_u() => lane_compare(Lanes::I16X8, Int::ULT);
            visit_i16x8_gt_s() => lane_compare(Lanes::I16X8, Int::SGT);
            visit_i16x8_gt_u() => lane_compare(Lanes::I16X8, Int::UGT);
            visit_i16x8_le_s() => lane_compare(Lanes::I16X8, Int::SLE);
            visit_i16x8_le_u() => lane_compare(Lanes::I16X8, Int::ULE);
            visit_i16x8_ge_s() => lane_compare(Lanes::I16X8, Int::SGE);
            visit_i16x8_ge_u() => lane_compare(Lanes::I16X8, Int::UGE);
            visit_i32x4_eq() => lane_compare(Lanes::I32X4, Int::EQ);
            visit_i32x4_ne() => lane_compare(Lanes::I32X4, Int::NE);
            visit_i32x4_lt_s() => lane_compare(Lanes::I32X4, Int::SLT);
            visit_i32x4_lt_u() => lane_compare(Lanes::I32X4, Int::ULT);
            visit_i32x4_gt_s() => lane_compare(Lanes::I32X4, Int::SGT);
            visit_i32x4_gt_u() => lane_compare(Lanes::I32X4, Int::UGT);
            visit_i32x4_le_s() => lane_compare(Lanes::I32X4, Int::SLE);
            visit_i32x4_le_u() => lane_compare(Lanes::I32X4, Int::ULE);
            visit_i32x4_ge_s() => lane_compare(Lanes::I32X4, Int::SGE);
            visit_i32x4_ge_u() => lane_compare(Lanes::I32X4, Int::UGE);
            visit_i64x2_eq() => lane_compare(Lanes::I64X2, Int::EQ);
            visit_i64x2_ne() => lane_compare(Lanes::I64X2, Int::NE);
            visit_i64x2_lt_s() => lane_compare(Lanes::I64X2, Int::SLT);
            visit_i64x2_gt_s() => lane_compare(Lanes::I64X2, Int::SGT);
            visit_i64x2_le_s() => lane_compare(Lanes::I64X2, Int::SLE);
            visit_i64x2_ge_s() => lane_compare(Lanes::I64X2, Int::SGE);
            visit_f32x4_eq() => lane_float_compare(Lanes::F32X4, Float::OEQ);
            visit_f32x4_ne() => lane_float_compare(Lanes::F32X4, Float::UNE);
            visit_f32x4_lt() => lane_float_compare(Lanes::F32X4, Float::OLT);
            visit_f32x4_gt() => lane_float_compare(Lanes::F32X4, Float::OGT);
            visit_f32x4_le() => lane_float_compare(Lanes::F32X4, Float::OLE);
            visit_f32x4_ge() => lane_float_compare(Lanes::F32X4, Float::OGE);
            visit_f64x2_eq() => lane_float_compare(Lanes::F64X2, Float::OEQ);
            visit_f64x2_ne() => lane_float_compare(Lanes::F64X2, Float::UNE);
            visit_f64x2_lt() => lane_float_compare(Lanes::F64X2, Float::OLT);
            visit_f64x2_gt() => lane_float_compare(Lanes::F64X2, Float::OGT);
            visit_f64x2_le() => lane_float_compare(Lanes::F64X2, Float::OLE);
            visit_f64x2_ge() => lane_float_compare(Lanes::F64X2, Float::OGE);
            visit_v128_not() => lane_not();
            visit_v128_and() => lane_binary(Lanes::I8X16, Op::And);
            visit_v128_andnot() => and_not();
            visit_v128_or() => lane_binary(Lanes::I8X16, Op::Or);
            visit_v128_xor() => lane_binary(Lanes::I8X16, Op::Xor);
            visit_v128_bitselect() => bitselect();
            visit_v128_any_true() => any_true();
            visit_i8x16_abs() => lane_abs(Lanes::I8X16);
            visit_i8x16_neg() => lane_negate(Lanes::I8X16);
            visit_i8x16_popcnt() => lane_unary(Lanes::I8X16, "llvm.ctpop");
            visit_i8x16_all_true() => all_true(Lanes::I8X16);
            visit_i8x16_bitmask() => bitmask(Lanes::I8X16);
            visit_i8x16_narrow_i16x8_s() =>
                narrow_lanes(Lanes::I16X8, i8::MIN.into(), i8::MAX.into());
            visit_i8x16_narrow_i16x8_u() =>
                narrow_lanes(Lanes::I16X8, u8::MIN.into(), u8::MAX.into());
            visit_i8x16_shl() => lane_shift(Lanes::I8X16, Op::Shl);
            visit_i8x16_shr_s() => lane_shift(Lanes::I8X16, Op::AShr);
            visit_i8x16_shr_u() => lane_shift(Lanes::I8X16, Op::LShr);
            visit_i8x16_add() => lane_binary(Lanes::I8X16, Op::Add);
            visit_i8x16_add_sat_s() => lane_intrinsic(Lanes::I8X16, "llvm.sadd.sat");
            visit_i8x16_add_sat_u() => lane_intrinsic(Lanes::I8X16, "llvm.uadd.sat");
            visit_i8x16_sub() => lane_binary(Lanes::I8X16, Op::Sub);
            visit_i8x16_sub_sat_s() => lane_intrinsic(Lanes::I8X16, "llvm.ssub.sat");
            visit_i8x16_sub_sat_u() => lane_intrinsic(Lanes::I8X16, "llvm.usub.sat");
            visit_i8x16_min_s() => lane_intrinsic(Lanes::I8X16, "llvm.smin");
            visit_i8x16_min_u() => lane_intrinsic(Lanes::I8X16, "llvm.umin");
            visit_i8x16_max_s() => lane_intrinsic(Lanes::I8X16, "llvm.smax");
            visit_i8x16_max_u() => lane_intrinsic(Lanes::I8X16, "llvm.umax");
            visit_i8x16_avgr_u() => lane_average(Lanes::I8X16);
            visit_i16x8_extadd_pairwise_i8x16_s() => add_pairs(Lanes::I8X16, Op::SExt);
            visit_i16x8_extadd_pairwise_i8x16_u() => add_pairs(Lanes::I8X16, Op::ZExt);
            visit_i16x8_abs() => lane_abs(Lanes::I16X8);
            visit_i16x8_neg() => lane_negate(Lanes::I16X8);
            visit_i16x8_q15mulr_sat_s() => q15_multiply();
            visit_i16x8_all_true() => all_true(Lanes::I16X8);
            visit_i16x8_bitmask() => bitmask(Lanes::I16X8);
            visit_i16x8_narrow_i32x4_s() =>
                narrow_lanes(Lanes::I32X4, i16::MIN.into(), i16::MAX.into());
            visit_i16x8_narrow_i32x4_u() =>
                narrow_lanes(Lanes::I32X4, u16::MIN.into(), u16::MAX.into());
            visit_i16x8_extend_low_i8x16_s() => extend_half(Lanes::I8X16, Half::Low, Op::SExt);
            visit_i16x8_extend_high_i8x16_s() => extend_half(Lanes::I8X16, Half::High, Op::SExt);
            visit_i16x8_extend_low_i8x16_u() => extend_half(Lanes::I8X16, Half::Low, Op::ZExt);
            visit_i16x8_extend_high_i8x16_u() => extend_half(Lanes::I8X16, Half::High, Op::ZExt);
            visit_i16x8_shl() => lane_shift(Lanes::I16X8, Op::Shl);
            visit_i16x8_shr_s() => lane_shift(Lanes::I16X8, Op::AShr);
            visit_i16x8_shr_u() => lane_shift(Lanes::I16X8, Op::LShr);
            visit_i16x8_add() => lane_binary(Lanes::I16X8, Op::Add);
            visit_i16x8_add_sat_s() => lane_intrinsic(Lanes::I16X8, "llvm.sadd.sat");
            visit_i16x8_add_sat_u() => lane_intrinsic(Lanes::I16X8, "llvm.uadd.sat");
            visit_i16x8_sub() => lane_binary(Lanes::I16X8, Op::Sub);
            visit_i16x8_sub_sat_s() => lane_intrinsic(Lanes::I16X8, "llvm.ssub.sat");
            visit_i16x8_sub_sat_u() => lane_intrinsic(Lanes::I16X8, "llvm.usub.sat");
            visit_i16x8_mul() => lane_binary(Lanes::I16X8, Op::Mul);
            visit_i16x8_min_s() => lane_intrinsic(Lanes::I16X8, "llvm.smin");
            visit_i16x8_min_u() => lane_intrinsic(Lanes::I16X8, "llvm.umin");
            visit_i16x8_max_s() => lane_intrinsic(Lanes::I16X8, "llvm.smax");
            visit_i16x8_max_u() => lane_intrinsic(Lanes::I16X8, "llvm.umax");
            visit_i16x8_avgr_u() => lane_average(Lanes::I16X8);
            visit_i16x8_extmul_low_i8x16_s() => multiply_wide(Lanes::I8X16, Half::Low, Op::SExt);
            visit_i16x8_extmul_high_i8x16_s() => multiply_wide(Lanes::I8X16, Half::High, Op::SExt);
            visit_i16x8_extmul_low_i8x16_u() => multiply_wide(Lanes::I8X16, Half::Low, Op::ZExt);
            visit_i16x8_extmul_high_i8x16_u() => multiply_wide(Lanes::I8X16, Half::High, Op::ZExt);
            visit_i32x4_extadd_pairwise_i16x8_s() => add_pairs(Lanes::I16X8, Op::SExt);
            visit_i32x4_extadd_pairwise_i16x8_u() => add_pairs(Lanes::I16X8, Op::ZExt);
            visit_i32x4_abs() => lane_abs(Lanes::I32X4);
            visit_i32x4_neg() => lane_negate(Lanes::I32X4);
            visit_i32x4_all_true() => all_true(Lanes::I32X4);
            visit_i32x4_bitmask() => bitmask(Lanes::I32X4);
            visit_i32x4_extend_low_i16x8_s() => extend_half(Lanes::I16X8, Half::Low, Op::SExt);
            visit_i32x4_extend_high_i16x8_s() => extend_half(Lanes::I16X8, Half::High, Op::SExt);
            visit_i32x4_extend_low_i16x8_u() => extend_half(Lanes::I16X8, Half::Low, Op::ZExt);
            visit_i32x4_extend_high_i16x8_u() => extend_half(Lanes::I16X8, Half::High, Op::ZExt);
            visit_i32x4_shl() => lane_shift(Lanes::I32X4, Op::Shl);
            visit_i32x4_shr_s() => lane_shift(Lanes::I32X4, Op::AShr);
            visit_i32x4_shr_u() => lane_shift(Lanes::I32X4, Op::LShr);
            visit_i32x4_add() => lane_binary(Lanes::I32X4, Op::Add);
            visit_i32x4_sub() => lane_binary(Lanes::I32X4, Op::Sub);
            visit_i32x4_mul() => lane_binary(Lanes::I32X4, Op::Mul);
            visit_i32x4_min_s() => lane_intrinsic(Lanes::I32X4, "llvm.smin");
            visit_i32x4_min_u() => lane_intrinsic(Lanes::I32X4, "llvm.umin");
            visit_i32x4_max_s() => lane_intrinsic(Lanes::I32X4, "llvm.smax");
            visit_i32x4_max_u() => lane_intrinsic(Lanes::I32X4, "llvm.umax");
            visit_i32x4_dot_i16x8_s() => dot();
            visit_i32x4_extmul_low_i16x8_s() => multiply_wide(Lanes::I16X8, Half::Low, Op::SExt);
            visit_i32x4_extmul_high_i16x8_s() => multiply_wide(Lanes::I16X8, Half::High, Op::SExt);
            visit_i32x4_extmul_low_i16x8_u() => multiply_wide(Lanes::I16X8, Half::Low, Op::ZExt);
            visit_i32x4_extmul_high_i16x8_u() => multiply_wide(Lanes::I16X8, Half::High, Op::ZExt);
            visit_i64x2_abs() => lane_abs(Lanes::I64X2);
            visit_i64x2_neg() => lane_negate(Lanes::I64X2);
            visit_i64x2_all_true() => all_true(Lanes::I64X2);
            visit_i64x2_bitmask() => bitmask(Lanes::I64X2);
            visit_i64x2_extend_low_i32x4_s() => extend_half(Lanes::I32X4, Half::Low, Op::SExt);
            visit_i64x2_extend_high_i32x4_s() => extend_half(Lanes::I32X4, Half::High, Op::SExt);
            visit_i64x2_extend_low_i32x4_u() => extend_half(Lanes::I32X4, Half::Low, Op::ZExt);
            visit_i64x2_extend_high_i32x4_u() => extend_half(Lanes::I32X4, Half::High, Op::ZExt);
            visit_i64x2_shl() => lane_shift(Lanes::I64X2, Op::Shl);
            visit_i64x2_shr_s() => lane_shift(Lanes::I64X2, Op::AShr);
            visit_i64x2_shr_u() => lane_shift(Lanes::I64X2, Op::LShr);
            visit_i64x2_add() => lane_binary(Lanes::I64X2, Op::Add);
            visit_i64x2_sub() => lane_binary(Lanes::I64X2, Op::Sub);
            visit_i64x2_mul() => lane_binary(Lanes::I64X2, Op::Mul);
            visit_i64x2_extmul_low_i32x4_s() => multiply_wide(Lanes::I32X4, Half::Low, Op::SExt);
            visit_i64x2_extmul_high_i32x4_s() => multiply_wide(Lanes::I32X4, Half::High, Op::SExt);
            visit_i64x2_extmul_low_i32x4_u() => multiply_wide(Lanes::I32X4, Half::Low, Op::ZExt);
            visit_i64x2_extmul_high_i32x4_u() => multiply_wide(Lanes::I32X4, Half::High, Op::ZExt);
            visit_f32x4_ceil() => lane_round(Lanes::F32X4, Rounding::CEIL);
            visit_f32x4_floor() => lane_round(Lanes::F32X4, Rounding::FLOOR);
            visit_f32x4_trunc() => lane_round(Lanes::F32X4, Rounding::TRUNC);
            visit_f32x4_nearest() => lane_round(Lanes::F32X4, Rounding::NEAREST);
            visit_f32x4_abs() => lane_unary(Lanes::F32X4, "llvm.fabs");
            visit_f32x4_neg() => lane_negate(Lanes::F32X4);
            visit_f32x4_sqrt() => lane_sqrt(Lanes::F32X4);
            visit_f32x4_add() => lane_arithmetic(Lanes::F32X4, Op::FAdd);
            visit_f32x4_sub() => lane_arithmetic(Lanes::F32X4, Op::FSub);
            visit_f32x4_mul() => lane_arithmetic(Lanes::F32X4, Op::FMul);
            visit_f32x4_div() => lane_arithmetic(Lanes::F32X4, Op::FDiv);
            visit_f32x4_min() => lane_extremum(Lanes::F32X4, Extremum::Min);
            visit_f32x4_max() => lane_extremum(Lanes::F32X4, Extremum::Max);
            visit_f32x4_pmin() => pseudo_extremum(Lanes::F32X4, Extremum::Min);
            visit_f32x4_pmax() => pseudo_extremum(Lanes::F32X4, Extremum::Max);
            visit_f64x2_ceil() => lane_round(Lanes::F64X2, Rounding::CEIL);
            visit_f64x2_floor() => lane_round(Lanes::F64X2, Rounding::FLOOR);
            visit_f64x2_trunc() => lane_round(Lanes::F64X2, Rounding::TRUNC);
            visit_f64x2_nearest() => lane_round(Lanes::F64X2, Rounding::NEAREST);
            visit_f64x2_abs() => lane_unary(Lanes::F64X2, "llvm.fabs");
            visit_f64x2_neg() => lane_negate(Lanes::F64X2);
            visit_f64x2_sqrt() => lane_sqrt(Lanes::F64X2);
            visit_f64x2_add() => lane_arithmetic(Lanes::F64X2, Op::FAdd);
            visit_f64x2_sub() => lane_arithmetic(Lanes::F64X2, Op::FSub);
            visit_f64x2_mul() => lane_arithmetic(Lanes::F64X2, Op::FMul);
            visit_f64x2_div() => lane_arithmetic(Lanes::F64X2, Op::FDiv);
            visit_f64x2_min() => lane_extremum(Lanes::F64X2, Extremum::Min);
            visit_f64x2_max() => lane_extremum(Lanes::F64X2, Extremum::Max);
            visit_f64x2_pmin() => pseudo_extremum(Lanes::F64X2, Extremum::Min);
            visit_f64x2_pmax() => pseudo_extremum(Lanes::F64X2, Extremum::Max);
            visit_i32x4_trunc_sat_f32x4_s() => truncate_lanes(Lanes::F32X4, "llvm.fptosi.sat");
            visit_i32x4_trunc_sat_f32x4_u() => truncate_lanes(Lanes::F32X4, "llvm.fptoui.sat");
            visit_f32x4_convert_i32x4_s() => convert_lanes(Lanes::F32X4, Op::SIToFP);
            visit_f32x4_convert_i32x4_u() => convert_lanes(Lanes::F32X4, Op::UIToFP);
            visit_i32x4_trunc_sat_f64x2_s_zero() => truncate_lanes(Lanes::F64X2, "llvm.fptosi.sat");
            visit_i32x4_trunc_sat_f64x2_u_zero() => truncate_lanes(Lanes::F64X2, "llvm.fptoui.sat");
            visit_f64x2_convert_low_i32x4_s() => convert_lanes(Lanes::F64X2, Op::SIToFP);
            visit_f64x2_convert_low_i32x4_u() => convert_lanes(Lanes::F64X2, Op::UIToFP);
            visit_f32x4_demote_f64x2_zero() => demote_lanes();
            visit_f64x2_promote_low_f32x4() => promote_lanes();
            visit_i8x16_relaxed_swizzle() => relaxed_swizzle();
            visit_i32x4_relaxed_trunc_f32x4_s() => relaxed_truncate(Lanes::F32X4);
            visit_i32x4_relaxed_trunc_f32x4_u() => truncate_lanes(Lanes::F32X4, "llvm.fptoui.sat");
            visit_i32x4_relaxed_trunc_f64x2_s_zero() => relaxed_truncate(Lanes::F64X2);
            visit_i32x4_relaxed_trunc_f64x2_u_zero() =>
                truncate_lanes(Lanes::F64X2, "llvm.fptoui.sat");
            visit_f32x4_relaxed_madd() => multiply_add(Lanes::F32X4, false);
            visit_f32x4_relaxed_nmadd() => multiply_add(Lanes::F32X4, true);
            visit_f64x2_relaxed_madd() => multiply_add(Lanes::F64X2, false);
            visit_f64x2_relaxed_nmadd() => multiply_add(Lanes::F64X2, true);
            visit_i8x16_relaxed_laneselect() => relaxed_select(Lanes::I8X16);
            visit_i16x8_relaxed_laneselect() => relaxed_select(Lanes::I16X8);
            visit_i32x4_relaxed_laneselect() => relaxed_select(Lanes::I32X4);
            visit_i64x2_relaxed_laneselect() => relaxed_select(Lanes::I64X2);
            visit_f32x4_relaxed_min() => relaxed_extremum(Lanes::F32X4, Extremum::Min);
            visit_f32x4_relaxed_max() => relaxed_extremum(Lanes::F32X4, Extremum::Max);
            visit_f64x2_relaxed_min() => relaxed_extremum(Lanes::F64X2, Extremum::Min);
            visit_f64x2_relaxed_max() => relaxed_extremum(Lanes::F64X2, Extremum::Max);
            visit_i16x8_relaxed_q15mulr_s() => relaxed_q15_multiply();
            visit_i16x8_relaxed_dot_i8x16_i7x16_s() => relaxed_dot();
            visit_i32x4_relaxed_dot_i8x16_i7x16_add_s() => relaxed_dot_add();
        }
    };
}
pub(super) use vector_operators as operators;

/// A half of the lanes.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Low,
    High,
}

impl<'c> Translator<'_, '_, 'c> {
    fn pop_lanes(&mut self, lanes: Lanes) -> Value<'c> {
        let a = self.pop();
        self.builder().lanes(a, lanes)
    }

    fn pop2_lanes(&mut self, lanes: Lanes) -> (Value<'c>, Value<'c>) {
        let (a, b) = self.pop2();
        (self.builder().lanes(a, lanes), self.builder().lanes(b, lanes))
    }

    fn pop3_lanes(&mut self, lanes: Lanes) -> (Value<'c>, Value<'c>, Value<'c>) {
        let (a, b, c) = self.pop3();
        let builder = self.builder();
        (builder.lanes(a, lanes), builder.lanes(b, lanes), builder.lanes(c, lanes))
    }

    /// The vector of integer lanes which are all `value`.
    fn lane_constant(&self, lanes: Lanes, value: u64) -> Value<'c> {
        self.builder().vector_constant(lanes, (0..lanes.count()).map(|_| value))
    }

    /// The vector of zeros.
    fn zero_lanes(&self, lanes: Lanes) -> Value<'c> {
        self.builder().zero(self.types().vector(lanes).into())
    }

    /// A vector of `count` lanes as `lanes` says, however many bits that are.
    fn some_lanes(&self, lanes: Lanes, count: u32) -> VectorType<'c> {
        self.types().vector_of(self.types().lane(lanes), count)
    }

    /// The result of an intrinsic that exists for one type.
    fn machine_intrinsic(&self, name: &str, args: &[Value<'c>]) -> Value<'c> {
        self.intrinsic_of(name, &[], args)
    }

    // Loads and stores.

    pub(super) fn load_vector(&mut self, memarg: MemArg) {
        if let Some(value) = self.heap_load(memarg, self.types().vector(Lanes::I8X16), 16) {
            self.push(value);
        }
    }

    /// Loads half as many lanes as there are in a vector and widens them.
    pub(super) fn load_extended(&mut self, memarg: MemArg, lanes: Lanes, extend: Op) {
        let half = self.some_lanes(lanes, lanes.count() / 2);
        if let Some(value) = self.heap_load(memarg, half, 8) {
            let to = self.types().vector(lanes.widened());
            let value = self.builder().cast(extend, value, to);
            self.push(value);
        }
    }

    fn load_one_lane(&mut self, memarg: MemArg, lanes: Lanes) -> Option<Value<'c>> {
        self.heap_load(memarg, self.types().lane(lanes), lanes.bits / 8)
    }

    pub(super) fn load_splat(&mut self, memarg: MemArg, lanes: Lanes) {
        if let Some(value) = self.load_one_lane(memarg, lanes) {
            let value = self.builder().splat(lanes.count(), value);
            self.push(value);
        }
    }

    /// Loads the first lane; the others are zero.
    pub(super) fn load_zero(&mut self, memarg: MemArg, lanes: Lanes) {
        if let Some(value) = self.load_one_lane(memarg, lanes) {
            let value = self.builder().insert(self.zero_lanes(lanes), value, 0);
            self.push(value);
        }
    }

    pub(super) fn load_lane(&mut self, memarg: MemArg, lanes: Lanes, lane: u8) {
        let vector = self.pop_lanes(lanes);
        if let Some(value) = self.load_one_lane(memarg, lanes) {
            let value = self.builder().insert(vector, value, lane.into());
            self.push(value);
        }
    }

    pub(super) fn store_lane(&mut self, memarg: MemArg, lanes: Lanes, lane: u8) {
        let vector = self.pop_lanes(lanes);
        let value = self.builder().extract(vector, lane.into());
        self.heap_store(memarg, value, lanes.bits / 8);
    }

    // Lanes by themselves.

    pub(super) fn v128_const(&mut self, bytes: &[u8; 16]) {
        let bytes = bytes.iter().copied().map(u64::from);
        let value = self.builder().vector_constant(Lanes::I8X16, bytes);
        self.push(value);
    }

    pub(super) fn extract_lane(&mut self, lanes: Lanes, lane: u8) {
        let vector = self.pop_lanes(lanes);
        let value = self.builder().extract(vector, lane.into());
        self.push(value);
    }

    pub(super) fn extract_extended(&mut self, lanes: Lanes, lane: u8, extend: Op) {
        let vector = self.pop_lanes(lanes);
        let value = self.builder().extract(vector, lane.into());
        let value = self.builder().cast(extend, value, self.types().i32);
        self.push(value);
    }

    /// An i32 as a lane; other numbers as they are.
    fn lane_value(&self, value: Value<'c>, lanes: Lanes) -> Value<'c> {
        let ty = self.types().lane(lanes);
        match value.get_type() == ty {
            true => value,
            false => self.builder().cast(Op::Trunc, value, ty),
        }
    }

    pub(super) fn replace_lane(&mut self, lanes: Lanes, lane: u8) {
        let (vector, value) = self.pop2();
        let vector = self.builder().lanes(vector, lanes);
        let value = self.lane_value(value, lanes);
        let value = self.builder().insert(vector, value, lane.into());
        self.push(value);
    }

    pub(super) fn splat(&mut self, lanes: Lanes) {
        let value = self.pop();
        let value = self.lane_value(value, lanes);
        let value = self.builder().splat(lanes.count(), value);
        self.push(value);
    }

    pub(super) fn shuffle(&mut self, lanes: [u8; 16]) {
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let value = self.builder().shuffle(a, b, lanes.into_iter().map(u32::from));
        self.push(value);
    }

    pub(super) fn swizzle(&mut self) {
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let value = match (self.environ().is_x86, self.environ().has_byte_shuffle) {
            // An index of which the highest bit is set picks zero.
            (true, true) => {
                let indices =
                    self.intrinsic("llvm.uadd.sat", &[b, self.lane_constant(Lanes::I8X16, 0x70)]);
                self.machine_intrinsic("llvm.x86.ssse3.pshuf.b.128", &[a, indices])
            }
            (true, false) => self.swizzle_by_masks(a, b),
            (false, _) => self.intrinsic("llvm.aarch64.neon.tbl1", &[a, b]),
        };
        self.push(value);
    }

    /// The bytes of `a` that the bytes of `b` are indices of: each byte of `a`, wherever its index is, and zero
    /// elsewhere.
    fn swizzle_by_masks(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let builder = self.builder();
        let mut all = self.zero_lanes(Lanes::I8X16);
        for lane in 0..16 {
            let index = self.lane_constant(Lanes::I8X16, u64::from(lane));
            let wanted = self.lane_mask(builder.icmp(IntPredicate::EQ, b, index), Lanes::I8X16);
            let byte = builder.shuffle(a, a, (0..16).map(|_| lane));
            all = builder.binary(Op::Or, all, builder.binary(Op::And, wanted, byte));
        }
        all
    }

    // Operators on the lanes of one vector, or the same lanes of two.

    /// An operator that is an intrinsic with one operand.
    pub(super) fn lane_unary(&mut self, lanes: Lanes, intrinsic: &str) {
        let a = self.pop_lanes(lanes);
        let value = self.intrinsic(intrinsic, &[a]);
        self.push(value);
    }

    /// An operator that is an intrinsic with two operands.
    pub(super) fn lane_intrinsic(&mut self, lanes: Lanes, intrinsic: &str) {
        let (a, b) = self.pop2_lanes(lanes);
        let value = self.intrinsic(intrinsic, &[a, b]);
        self.push(value);
    }

    pub(super) fn lane_binary(&mut self, lanes: Lanes, op: Op) {
        let (a, b) = self.pop2_lanes(lanes);
        let value = self.builder().binary(op, a, b);
        self.push(value);
    }

    pub(super) fn lane_not(&mut self) {
        let a = self.pop_lanes(Lanes::I8X16);
        let value = self.inverted(a);
        self.push(value);
    }

    fn inverted(&self, a: Value<'c>) -> Value<'c> {
        let ones = self.lane_constant(Lanes::I8X16, 0xff);
        self.builder().binary(Op::Xor, a, ones)
    }

    pub(super) fn and_not(&mut self) {
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let value = self.builder().binary(Op::And, a, self.inverted(b));
        self.push(value);
    }

    pub(super) fn bitselect(&mut self) {
        let (a, b, mask) = self.pop3_lanes(Lanes::I8X16);
        let builder = self.builder();
        let from_a = builder.binary(Op::And, a, mask);
        let from_b = builder.binary(Op::And, b, self.inverted(mask));
        let value = builder.binary(Op::Or, from_a, from_b);
        self.push(value);
    }

    pub(super) fn lane_abs(&mut self, lanes: Lanes) {
        let a = self.pop_lanes(lanes);
        let defined_for_smallest = self.types().bool.const_zero().into();
        let value = self.intrinsic("llvm.abs", &[a, defined_for_smallest]);
        self.push(value);
    }

    pub(super) fn lane_negate(&mut self, lanes: Lanes) {
        let a = self.pop_lanes(lanes);
        let value = match lanes.float {
            true => self.builder().negate_float(a),
            false => self.builder().binary(Op::Sub, self.zero_lanes(lanes), a),
        };
        self.push(value);
    }

    /// Shifts every lane by the same distance, of which the bits below the width of a lane count.
    pub(super) fn lane_shift(&mut self, lanes: Lanes, op: Op) {
        let (a, distance) = self.pop2();
        let builder = self.builder();
        let a = builder.lanes(a, lanes);
        let distance = builder.binary(Op::And, distance, builder.i32(lanes.bits - 1));
        let distance = match lanes.bits {
            64 => builder.widen(distance),
            _ => self.lane_value(distance, lanes),
        };
        let distance = builder.splat(lanes.count(), distance);
        let value = builder.binary(op, a, distance);
        self.push(value);
    }

    /// Half of the sums of unsigned lanes, rounded up.
    pub(super) fn lane_average(&mut self, lanes: Lanes) {
        let (a, b) = self.pop2_lanes(lanes);
        let builder = self.builder();
        let wide = self.some_lanes(lanes.widened(), lanes.count());
        let [a, b] = [a, b].map(|value| builder.cast(Op::ZExt, value, wide));
        let one = builder.splat(lanes.count(), builder.int(lanes.widened().bits, 1));
        let sum = builder.binary(Op::Add, builder.binary(Op::Add, a, b), one);
        let half = builder.binary(Op::LShr, sum, one);
        let value = builder.cast(Op::Trunc, half, self.types().vector(lanes));
        self.push(value);
    }

    pub(super) fn lane_arithmetic(&mut self, lanes: Lanes, op: Op) {
        let (a, b) = self.pop2_lanes(lanes);
        let value = self.float_binary(op, a, b);
        self.push(value);
    }

    pub(super) fn lane_sqrt(&mut self, lanes: Lanes) {
        let a = self.pop_lanes(lanes);
        let value = self.arithmetic(self.intrinsic("llvm.sqrt", &[a]));
        self.push(value);
    }

    pub(super) fn lane_round(&mut self, lanes: Lanes, rounding: Rounding) {
        let a = self.pop_lanes(lanes);
        let value = self.rounded(rounding, a);
        self.push(value);
    }

    pub(super) fn lane_extremum(&mut self, lanes: Lanes, which: Extremum) {
        let (a, b) = self.pop2_lanes(lanes);
        let value = self.float_extremum(which, a, b);
        self.push(value);
    }

    /// `b` where it is smaller (larger) than `a`, else `a`. The order of the operands decides what happens to NaNs
    /// and zeros, and is the one for which x86 has an instruction.
    fn pseudo(&self, which: Extremum, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let (x, y) = match which {
            Extremum::Min => (b, a),
            Extremum::Max => (a, b),
        };
        let take_b = self.builder().fcmp(FloatPredicate::OLT, x, y);
        self.builder().select(take_b, b, a)
    }

    pub(super) fn pseudo_extremum(&mut self, lanes: Lanes, which: Extremum) {
        let (a, b) = self.pop2_lanes(lanes);
        let value = self.pseudo(which, a, b);
        self.push(value);
    }

    // Comparisons and tests.

    /// Integer lanes of ones where the condition of a lane holds, of zeros elsewhere.
    fn lane_mask(&self, conditions: Value<'c>, lanes: Lanes) -> Value<'c> {
        self.builder().cast(Op::SExt, conditions, self.types().vector(lanes.as_int()))
    }

    pub(super) fn lane_compare(&mut self, lanes: Lanes, predicate: IntPredicate) {
        let (a, b) = self.pop2_lanes(lanes);
        let holds = self.builder().icmp(predicate, a, b);
        let value = self.lane_mask(holds, lanes);
        self.push(value);
    }

    pub(super) fn lane_float_compare(&mut self, lanes: Lanes, predicate: FloatPredicate) {
        let (a, b) = self.pop2_lanes(lanes);
        let holds = self.builder().fcmp(predicate, a, b);
        let value = self.lane_mask(holds, lanes);
        self.push(value);
    }

    pub(super) fn any_true(&mut self) {
        let a = self.pop();
        let bits = self.builder().bitcast(a, self.types().int(128));
        let holds = self.is_not_zero(bits);
        self.push_bool(holds);
    }

    pub(super) fn all_true(&mut self, lanes: Lanes) {
        let a = self.pop_lanes(lanes);
        let holds = self.builder().icmp(IntPredicate::NE, a, self.zero_lanes(lanes));
        let holds = self.intrinsic("llvm.vector.reduce.and", &[holds]);
        self.push_bool(holds);
    }

    /// The highest bits of the lanes, that of lane 0 lowest.
    pub(super) fn bitmask(&mut self, lanes: Lanes) {
        let a = self.pop_lanes(lanes);
        let builder = self.builder();
        let negative = builder.icmp(IntPredicate::SLT, a, self.zero_lanes(lanes));
        let count = NonZeroU32::new(lanes.count()).expect("vectors have lanes");
        let ty = self.types().context().custom_width_int_type(count);
        let bits = builder.bitcast(negative, ty.expect("LLVM has integers of so few bits"));
        let value = builder.cast(Op::ZExt, bits, self.types().i32);
        self.push(value);
    }

    // Wider and narrower lanes.

    /// The lanes of `a` and `b` as lanes half as wide; those outside of `min..=max` are the nearest inside.
    pub(super) fn narrow_lanes(&mut self, lanes: Lanes, min: i64, max: i64) {
        let (a, b) = self.pop2_lanes(lanes);
        let builder = self.builder();
        let count = 2 * lanes.count();
        let limit = |value: i64| {
            let bits = value as u64 & (u64::MAX >> (64 - lanes.bits));
            builder.splat(count, builder.int(lanes.bits, bits))
        };
        let all = builder.shuffle(a, b, 0..count);
        let all = self.intrinsic("llvm.smax", &[all, limit(min)]);
        let all = self.intrinsic("llvm.smin", &[all, limit(max)]);
        let narrow = self.types().int(lanes.bits / 2).vec_type(count);
        let value = builder.cast(Op::Trunc, all, narrow);
        self.push(value);
    }

    /// Half of the lanes of `a`, widened.
    fn widened_half(&self, a: Value<'c>, lanes: Lanes, half: Half, extend: Op) -> Value<'c> {
        let count = lanes.count() / 2;
        let first = match half {
            Half::Low => 0,
            Half::High => count,
        };
        let builder = self.builder();
        let lanes_of_half = builder.shuffle(a, a, first..first + count);
        builder.cast(extend, lanes_of_half, self.types().vector(lanes.widened()))
    }

    pub(super) fn extend_half(&mut self, lanes: Lanes, half: Half, extend: Op) {
        let a = self.pop_lanes(lanes);
        let value = self.widened_half(a, lanes, half, extend);
        self.push(value);
    }

    /// The products of half of the lanes, widened.
    pub(super) fn multiply_wide(&mut self, lanes: Lanes, half: Half, extend: Op) {
        let (a, b) = self.pop2_lanes(lanes);
        let [a, b] = [a, b].map(|value| self.widened_half(value, lanes, half, extend));
        let value = self.builder().binary(Op::Mul, a, b);
        self.push(value);
    }

    /// The sums of neighbouring lanes, widened.
    pub(super) fn add_pairs(&mut self, lanes: Lanes, extend: Op) {
        let a = self.pop_lanes(lanes);
        let value = self.pair_sums(a, lanes, extend);
        self.push(value);
    }

    fn pair_sums(&self, a: Value<'c>, lanes: Lanes, extend: Op) -> Value<'c> {
        let to = self.types().vector(lanes.widened());
        let signed = extend == Op::SExt;
        let ones = self.lane_constant(lanes, 1);
        let environ = self.environ();
        match (environ.is_x86, lanes.bits, signed) {
            // On x86 by products with 1, the first factors unsigned.
            (true, 8, true) if environ.has_byte_shuffle => {
                self.machine_intrinsic("llvm.x86.ssse3.pmadd.ub.sw.128", &[ones, a])
            }
            (true, 8, false) if environ.has_byte_shuffle => {
                self.machine_intrinsic("llvm.x86.ssse3.pmadd.ub.sw.128", &[a, ones])
            }
            (true, 16, true) => self.machine_intrinsic("llvm.x86.sse2.pmadd.wd", &[a, ones]),
            (true, ..) => {
                let builder = self.builder();
                let [even, odd] = [0, 1].map(|first| {
                    let half = builder.shuffle(a, a, (first..lanes.count()).step_by(2));
                    builder.cast(extend, half, to)
                });
                builder.binary(Op::Add, even, odd)
            }
            (false, ..) => {
                let name = match signed {
                    true => "llvm.aarch64.neon.saddlp",
                    false => "llvm.aarch64.neon.uaddlp",
                };
                self.intrinsic_of(name, &[to.into(), a.get_type()], &[a])
            }
        }
    }

    /// The products of signed lanes, twice as wide.
    fn wide_products(&self, lanes: Lanes, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let builder = self.builder();
        let wide = self.some_lanes(lanes.widened(), lanes.count());
        let [a, b] = [a, b].map(|value| builder.cast(Op::SExt, value, wide));
        builder.binary(Op::Mul, a, b)
    }

    /// The sums of neighbouring lanes of `a` and, behind them, of `b`, of which each has `count` lanes. They wrap.
    fn neighbour_sums(&self, a: Value<'c>, b: Value<'c>, count: u32) -> Value<'c> {
        let builder = self.builder();
        let [even, odd] = [0, 1].map(|first| builder.shuffle(a, b, (first..count).step_by(2)));
        builder.binary(Op::Add, even, odd)
    }

    pub(super) fn dot(&mut self) {
        let (a, b) = self.pop2_lanes(Lanes::I16X8);
        let products = self.wide_products(Lanes::I16X8, a, b);
        let value = self.neighbour_sums(products, products, Lanes::I16X8.count());
        self.push(value);
    }

    /// The products of signed numbers with 15 bits of fraction, rounded.
    pub(super) fn q15_multiply(&mut self) {
        let (a, b) = self.pop2_lanes(Lanes::I16X8);
        let value = match (self.environ().is_x86, self.environ().has_byte_shuffle) {
            // It is the smallest number only where the product is 1, which is then to be the largest: its
            // complement.
            (true, true) => {
                let product = self.machine_intrinsic("llvm.x86.ssse3.pmul.hr.sw.128", &[a, b]);
                let smallest = self.lane_constant(Lanes::I16X8, 0x8000);
                let builder = self.builder();
                let is_smallest = builder.icmp(IntPredicate::EQ, product, smallest);
                builder.binary(Op::Xor, product, self.lane_mask(is_smallest, Lanes::I16X8))
            }
            (true, false) => self.q15_products(a, b),
            (false, _) => self.intrinsic("llvm.aarch64.neon.sqrdmulh", &[a, b]),
        };
        self.push(value);
    }

    fn q15_products(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let builder = self.builder();
        let constant = |value: u32| builder.splat(8, builder.i32(value));
        let products = self.wide_products(Lanes::I16X8, a, b);
        let rounded = builder.binary(Op::Add, products, constant(1 << 14));
        let rounded = builder.binary(Op::AShr, rounded, constant(15));
        let rounded = self.intrinsic("llvm.smin", &[rounded, constant(0x7fff)]);
        builder.cast(Op::Trunc, rounded, self.types().vector(Lanes::I16X8))
    }

    // Integers to floats and back.

    /// The lowest `count` lanes.
    fn low_lanes(&self, a: Value<'c>, count: u32) -> Value<'c> {
        self.builder().shuffle(a, a, 0..count)
    }

    /// Zeros behind the two lanes of `a`.
    fn with_zeros(&self, a: Value<'c>) -> Value<'c> {
        let zeros = self.builder().zero(a.get_type());
        self.builder().shuffle(a, zeros, 0..4)
    }

    /// Float lanes to as many i32 lanes by a saturating intrinsic. Lanes that have no counterpart are zero.
    pub(super) fn truncate_lanes(&mut self, lanes: Lanes, intrinsic: &str) {
        let a = self.pop_lanes(lanes);
        let to = self.some_lanes(Lanes::I32X4, lanes.count());
        let value = self.intrinsic_of(intrinsic, &[to.into(), a.get_type()], &[a]);
        let value = match lanes.count() {
            4 => value,
            _ => self.with_zeros(value),
        };
        self.push(value);
    }

    /// The lowest i32 lanes to float lanes, as many as these are.
    pub(super) fn convert_lanes(&mut self, lanes: Lanes, convert: Op) {
        let a = self.pop_lanes(Lanes::I32X4);
        let a = self.low_lanes(a, lanes.count());
        let value = self.builder().cast(convert, a, self.types().vector(lanes));
        self.push(value);
    }

    /// LLVM takes a demoted promotion for the operand, which may be a signalling NaN; so x86's instruction is named.
    pub(super) fn demote_lanes(&mut self) {
        let a = self.pop_lanes(Lanes::F64X2);
        let value = match self.environ().is_x86 {
            true => self.machine_intrinsic("llvm.x86.sse2.cvtpd2ps", &[a]),
            false => {
                let narrow = self.some_lanes(Lanes::F32X4, 2);
                let value = self.builder().cast(Op::FPTrunc, a, narrow);
                self.with_zeros(self.quiet(value))
            }
        };
        let value = self.arithmetic(value);
        self.push(value);
    }

    pub(super) fn promote_lanes(&mut self) {
        let a = self.pop_lanes(Lanes::F32X4);
        let a = self.low_lanes(a, 2);
        let value = self.builder().cast(Op::FPExt, a, self.types().vector(Lanes::F64X2));
        let value = self.arithmetic(value);
        self.push(value);
    }

    // Relaxed operators.

    /// Whether instructions of x86 may decide what relaxed operators do.
    fn relaxed_x86(&self) -> bool {
        self.environ().is_x86 && !self.environ().deterministic
    }

    /// Whether those of SSSE3 may.
    fn relaxed_ssse3(&self) -> bool {
        self.relaxed_x86() && self.environ().has_byte_shuffle
    }

    pub(super) fn relaxed_swizzle(&mut self) {
        if !self.relaxed_ssse3() {
            return self.swizzle();
        }
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let value = self.machine_intrinsic("llvm.x86.ssse3.pshuf.b.128", &[a, b]);
        self.push(value);
    }

    pub(super) fn relaxed_truncate(&mut self, lanes: Lanes) {
        if !self.relaxed_x86() {
            return self.truncate_lanes(lanes, "llvm.fptosi.sat");
        }
        let a = self.pop_lanes(lanes);
        let name = match lanes.count() {
            4 => "llvm.x86.sse2.cvttps2dq",
            _ => "llvm.x86.sse2.cvttpd2dq",
        };
        let value = self.machine_intrinsic(name, &[a]);
        self.push(value);
    }

    /// `a * b + c`, or `-(a * b) + c`.
    pub(super) fn multiply_add(&mut self, lanes: Lanes, negate: bool) {
        let (mut a, b, c) = self.pop3_lanes(lanes);
        if negate {
            a = self.builder().negate_float(a);
        }
        let value = self.fma(lanes, a, b, c);
        self.push(value);
    }

    /// `a * b + c`, rounded once if that is fast or to be the same on all machines.
    fn fma(&mut self, lanes: Lanes, a: Value<'c>, b: Value<'c>, c: Value<'c>) -> Value<'c> {
        let environ = self.environ();
        let value = if environ.has_fma {
            self.intrinsic("llvm.fma", &[a, b, c])
        } else if environ.deterministic {
            let builtin = match lanes.bits {
                32 => BuiltinFunction::f32_fma,
                _ => BuiltinFunction::f64_fma,
            };
            self.per_lane(builtin, &[a, b, c])
        } else {
            let product = self.float_binary(Op::FMul, a, b);
            return self.float_binary(Op::FAdd, product, c);
        };
        self.arithmetic(value)
    }

    /// SSE4.1 selects by the highest bits of bytes and of lanes of 32 and 64 bits.
    pub(super) fn relaxed_select(&mut self, lanes: Lanes) {
        if !(self.relaxed_x86() && self.environ().has_round && lanes.bits != 16) {
            return self.bitselect();
        }
        let (a, b, mask) = self.pop3_lanes(lanes);
        let builder = self.builder();
        let take_a = builder.icmp(IntPredicate::SLT, mask, self.zero_lanes(lanes));
        let value = builder.select(take_a, a, b);
        self.push(value);
    }

    pub(super) fn relaxed_extremum(&mut self, lanes: Lanes, which: Extremum) {
        match self.relaxed_x86() {
            true => self.pseudo_extremum(lanes, which),
            false => self.lane_extremum(lanes, which),
        }
    }

    pub(super) fn relaxed_q15_multiply(&mut self) {
        if !self.relaxed_ssse3() {
            return self.q15_multiply();
        }
        let (a, b) = self.pop2_lanes(Lanes::I16X8);
        let value = self.machine_intrinsic("llvm.x86.ssse3.pmul.hr.sw.128", &[a, b]);
        self.push(value);
    }

    /// The sums of two products each, by the instruction of x86 for an unsigned and a signed byte: `b`, which is to have
    /// 7 bits, is the unsigned one.
    fn ssse3_dot(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.machine_intrinsic("llvm.x86.ssse3.pmadd.ub.sw.128", &[b, a])
    }

    pub(super) fn relaxed_dot(&mut self) {
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let value = match self.relaxed_ssse3() {
            true => self.ssse3_dot(a, b),
            false => {
                let products = self.wide_products(Lanes::I8X16, a, b);
                self.neighbour_sums(products, products, Lanes::I8X16.count())
            }
        };
        self.push(value);
    }

    /// As [`Self::relaxed_dot`], with the sums of neighbouring sums, which do not wrap, added to 32-bit lanes.
    pub(super) fn relaxed_dot_add(&mut self) {
        let c = self.pop_lanes(Lanes::I32X4);
        let (a, b) = self.pop2_lanes(Lanes::I8X16);
        let sums = match self.relaxed_ssse3() {
            true => self.pair_sums(self.ssse3_dot(a, b), Lanes::I16X8, Op::SExt),
            false => {
                let products = self.wide_products(Lanes::I8X16, a, b);
                let [low, high] = [0, 8].map(|first| {
                    let half = self.builder().shuffle(products, products, first..first + 8);
                    self.pair_sums(half, Lanes::I16X8, Op::SExt)
                });
                self.neighbour_sums(low, high, 8)
            }
        };
        let value = self.builder().binary(Op::Add, sums, c);
        self.push(value);
    }
}
