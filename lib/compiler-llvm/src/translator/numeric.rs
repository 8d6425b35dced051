//! Operators on numbers (WebAssembly 3.0, §4.3 and §4.6.1).
//!
//! Types follow from the operands, so rows of the same operator at two widths are the same.
//!
//! LLVM does not promise that an operation on a signalling NaN yields a quiet one, and wasm does: LLVM replaces `x * 1`
//! and the like by `x`. Such operations are made differently here ([`Translator::float_binary`]).

use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, InstructionOpcode};
use inkwell::{FloatPredicate, IntPredicate};
use wasmer_types::{BuiltinFunction, TrapCode};

use super::Translator;
use crate::builder::Value;
use crate::types::Lanes;

macro_rules! numeric_operators {
    ($reader:ident) => {
        $reader! {
            visit_i32_const(value: i32) => i32_const(value);
            visit_i64_const(value: i64) => i64_const(value);
            visit_f32_const(value: wasmparser::Ieee32) => f32_const(value.bits());
            visit_f64_const(value: wasmparser::Ieee64) => f64_const(value.bits());
            visit_i32_eqz() => eqz();
            visit_i32_eq() => compare(Int::EQ);
            visit_i32_ne() => compare(Int::NE);
            visit_i32_lt_s() => compare(Int::SLT);
            visit_i32_lt_u() => compare(Int::ULT);
            visit_i32_gt_s() => compare(Int::SGT);
            visit_i32_gt_u() => compare(Int::UGT);
            visit_i32_le_s() => compare(Int::SLE);
            visit_i32_le_u() => compare(Int::ULE);
            visit_i32_ge_s() => compare(Int::SGE);
            visit_i32_ge_u() => compare(Int::UGE);
            visit_i64_eqz() => eqz();
            visit_i64_eq() => compare(Int::EQ);
            visit_i64_ne() => compare(Int::NE);
            visit_i64_lt_s() => compare(Int::SLT);
            visit_i64_lt_u() => compare(Int::ULT);
            visit_i64_gt_s() => compare(Int::SGT);
            visit_i64_gt_u() => compare(Int::UGT);
            visit_i64_le_s() => compare(Int::SLE);
            visit_i64_le_u() => compare(Int::ULE);
            visit_i64_ge_s() => compare(Int::SGE);
            visit_i64_ge_u() => compare(Int::UGE);
            visit_f32_eq() => float_compare(Float::OEQ);
            visit_f32_ne() => float_compare(Float::UNE);
            visit_f32_lt() => float_compare(Float::OLT);
            visit_f32_gt() => float_compare(Float::OGT);
            visit_f32_le() => float_compare(Float::OLE);
            visit_f32_ge() => float_compare(Float::OGE);
            visit_f64_eq() => float_compare(Float::OEQ);
            visit_f64_ne() => float_compare(Float::UNE);
            visit_f64_lt() => float_compare(Float::OLT);
            visit_f64_gt() => float_compare(Float::OGT);
            visit_f64_le() => float_compare(Float::OLE);
            visit_f64_ge() => float_compare(Float::OGE);
            visit_i32_clz() => count_zeros("llvm.ctlz");
            visit_i32_ctz() => count_zeros("llvm.cttz");
            visit_i32_popcnt() => unary("llvm.ctpop");
            visit_i32_add() => binary(Op::Add);
            visit_i32_sub() => binary(Op::Sub);
            visit_i32_mul() => binary(Op::Mul);
            visit_i32_div_s() => divide(Op::SDiv);
            visit_i32_div_u() => divide(Op::UDiv);
            visit_i32_rem_s() => divide(Op::SRem);
            visit_i32_rem_u() => divide(Op::URem);
            visit_i32_and() => binary(Op::And);
            visit_i32_or() => binary(Op::Or);
            visit_i32_xor() => binary(Op::Xor);
            visit_i32_shl() => shift(Op::Shl);
            visit_i32_shr_s() => shift(Op::AShr);
            visit_i32_shr_u() => shift(Op::LShr);
            visit_i32_rotl() => rotate("llvm.fshl");
            visit_i32_rotr() => rotate("llvm.fshr");
            visit_i64_clz() => count_zeros("llvm.ctlz");
            visit_i64_ctz() => count_zeros("llvm.cttz");
            visit_i64_popcnt() => unary("llvm.ctpop");
            visit_i64_add() => binary(Op::Add);
            visit_i64_sub() => binary(Op::Sub);
            visit_i64_mul() => binary(Op::Mul);
            visit_i64_div_s() => divide(Op::SDiv);
            visit_i64_div_u() => divide(Op::UDiv);
            visit_i64_rem_s() => divide(Op::SRem);
            visit_i64_rem_u() => divide(Op::URem);
            visit_i64_and() => binary(Op::And);
            visit_i64_or() => binary(Op::Or);
            visit_i64_xor() => binary(Op::Xor);
            visit_i64_shl() => shift(Op::Shl);
            visit_i64_shr_s() => shift(Op::AShr);
            visit_i64_shr_u() => shift(Op::LShr);
            visit_i64_rotl() => rotate("llvm.fshl");
            visit_i64_rotr() => rotate("llvm.fshr");
            visit_f32_abs() => unary("llvm.fabs");
            visit_f32_neg() => negate();
            visit_f32_ceil() => round(Rounding::CEIL);
            visit_f32_floor() => round(Rounding::FLOOR);
            visit_f32_trunc() => round(Rounding::TRUNC);
            visit_f32_nearest() => round(Rounding::NEAREST);
            visit_f32_sqrt() => float_unary("llvm.sqrt");
            visit_f32_add() => float_arithmetic(Op::FAdd);
            visit_f32_sub() => float_arithmetic(Op::FSub);
            visit_f32_mul() => float_arithmetic(Op::FMul);
            visit_f32_div() => float_arithmetic(Op::FDiv);
            visit_f32_min() => extremum(Extremum::Min);
            visit_f32_max() => extremum(Extremum::Max);
            visit_f32_copysign() => copysign();
            visit_f64_abs() => unary("llvm.fabs");
            visit_f64_neg() => negate();
            visit_f64_ceil() => round(Rounding::CEIL);
            visit_f64_floor() => round(Rounding::FLOOR);
            visit_f64_trunc() => round(Rounding::TRUNC);
            visit_f64_nearest() => round(Rounding::NEAREST);
            visit_f64_sqrt() => float_unary("llvm.sqrt");
            visit_f64_add() => float_arithmetic(Op::FAdd);
            visit_f64_sub() => float_arithmetic(Op::FSub);
            visit_f64_mul() => float_arithmetic(Op::FMul);
            visit_f64_div() => float_arithmetic(Op::FDiv);
            visit_f64_min() => extremum(Extremum::Min);
            visit_f64_max() => extremum(Extremum::Max);
            visit_f64_copysign() => copysign();
            visit_i32_wrap_i64() => convert_int(Op::Trunc, 32);
            visit_i32_trunc_f32_s() => truncate(true, 32);
            visit_i32_trunc_f32_u() => truncate(false, 32);
            visit_i32_trunc_f64_s() => truncate(true, 32);
            visit_i32_trunc_f64_u() => truncate(false, 32);
            visit_i64_extend_i32_s() => convert_int(Op::SExt, 64);
            visit_i64_extend_i32_u() => convert_int(Op::ZExt, 64);
            visit_i64_trunc_f32_s() => truncate(true, 64);
            visit_i64_trunc_f32_u() => truncate(false, 64);
            visit_i64_trunc_f64_s() => truncate(true, 64);
            visit_i64_trunc_f64_u() => truncate(false, 64);
            visit_f32_convert_i32_s() => int_to_float(Op::SIToFP, 32);
            visit_f32_convert_i32_u() => int_to_float(Op::UIToFP, 32);
            visit_f32_convert_i64_s() => int_to_float(Op::SIToFP, 32);
            visit_f32_convert_i64_u() => int_to_float(Op::UIToFP, 32);
            visit_f32_demote_f64() => demote();
            visit_f64_convert_i32_s() => int_to_float(Op::SIToFP, 64);
            visit_f64_convert_i32_u() => int_to_float(Op::UIToFP, 64);
            visit_f64_convert_i64_s() => int_to_float(Op::SIToFP, 64);
            visit_f64_convert_i64_u() => int_to_float(Op::UIToFP, 64);
            visit_f64_promote_f32() => promote();
            visit_i32_reinterpret_f32() => reinterpret();
            visit_i64_reinterpret_f64() => reinterpret();
            visit_f32_reinterpret_i32() => reinterpret();
            visit_f64_reinterpret_i64() => reinterpret();
            visit_i32_extend8_s() => sign_extend(8);
            visit_i32_extend16_s() => sign_extend(16);
            visit_i64_extend8_s() => sign_extend(8);
            visit_i64_extend16_s() => sign_extend(16);
            visit_i64_extend32_s() => sign_extend(32);
            visit_i32_trunc_sat_f32_s() => truncate_saturating("llvm.fptosi.sat", 32);
            visit_i32_trunc_sat_f32_u() => truncate_saturating("llvm.fptoui.sat", 32);
            visit_i32_trunc_sat_f64_s() => truncate_saturating("llvm.fptosi.sat", 32);
            visit_i32_trunc_sat_f64_u() => truncate_saturating("llvm.fptoui.sat", 32);
            visit_i64_trunc_sat_f32_s() => truncate_saturating("llvm.fptosi.sat", 64);
            visit_i64_trunc_sat_f32_u() => truncate_saturating("llvm.fptoui.sat", 64);
            visit_i64_trunc_sat_f64_s() => truncate_saturating("llvm.fptosi.sat", 64);
            visit_i64_trunc_sat_f64_u() => truncate_saturating("llvm.fptoui.sat", 64);
            visit_i64_add128() => wide_sum(Op::Add);
            visit_i64_sub128() => wide_sum(Op::Sub);
            visit_i64_mul_wide_s() => wide_product(Op::SExt);
            visit_i64_mul_wide_u() => wide_product(Op::ZExt);
        }
    };
}
pub(super) use numeric_operators as operators;

/// A way of rounding to an integer: the intrinsic for it, and the builtins where the machine has no instruction.
#[derive(Clone, Copy)]
pub(super) struct Rounding {
    intrinsic: &'static str,
    f32: BuiltinFunction,
    f64: BuiltinFunction,
}

impl Rounding {
    pub(super) const CEIL: Self =
        Self::new("llvm.ceil", BuiltinFunction::f32_ceil, BuiltinFunction::f64_ceil);
    pub(super) const FLOOR: Self =
        Self::new("llvm.floor", BuiltinFunction::f32_floor, BuiltinFunction::f64_floor);
    pub(super) const TRUNC: Self =
        Self::new("llvm.trunc", BuiltinFunction::f32_trunc, BuiltinFunction::f64_trunc);
    pub(super) const NEAREST: Self =
        Self::new("llvm.roundeven", BuiltinFunction::f32_nearest, BuiltinFunction::f64_nearest);

    const fn new(intrinsic: &'static str, f32: BuiltinFunction, f64: BuiltinFunction) -> Self {
        Self { intrinsic, f32, f64 }
    }
}

/// The smaller or the larger of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extremum {
    Min,
    Max,
}

impl Extremum {
    fn intrinsic(self) -> &'static str {
        match self {
            Self::Min => "llvm.minimum",
            Self::Max => "llvm.maximum",
        }
    }
}

/// Bits of the numbers that a value is or has as lanes.
fn bits_of(value: Value<'_>) -> u32 {
    let lane = match value.get_type() {
        BasicTypeEnum::VectorType(ty) => ty.get_element_type(),
        ty => ty,
    };
    match lane {
        BasicTypeEnum::IntType(ty) => ty.get_bit_width(),
        BasicTypeEnum::FloatType(ty) => ty.get_bit_width(),
        other => unreachable!("numbers are integers or floats, not {other:?}"),
    }
}

impl<'c> Translator<'_, '_, 'c> {
    pub(super) fn i32_const(&mut self, value: i32) {
        self.push(self.builder().i32(value as u32));
    }

    pub(super) fn i64_const(&mut self, value: i64) {
        self.push(self.builder().i64(value as u64));
    }

    pub(super) fn f32_const(&mut self, bits: u32) {
        self.push(self.builder().float(self.builder().i32(bits)));
    }

    pub(super) fn f64_const(&mut self, bits: u64) {
        self.push(self.builder().float(self.builder().i64(bits)));
    }

    /// The integer `number` in the type of `like`, in each lane if that is a vector.
    fn int_like(&self, like: Value<'c>, number: u64) -> Value<'c> {
        let builder = self.builder();
        builder.splat_like(like, builder.int(bits_of(like), number))
    }

    /// The float `number` in the type of `like`, in each lane if that is a vector.
    fn float_like(&self, like: Value<'c>, number: f64) -> Value<'c> {
        let ty = if bits_of(like) == 32 { self.types().f32 } else { self.types().f64 };
        self.builder().splat_like(like, ty.const_float(number).into())
    }

    pub(super) fn unary(&mut self, intrinsic: &str) {
        let a = self.pop();
        let value = self.intrinsic(intrinsic, &[a]);
        self.push(value);
    }

    pub(super) fn count_zeros(&mut self, intrinsic: &str) {
        let a = self.pop();
        let defined_for_zero = self.types().bool.const_zero().into();
        let value = self.intrinsic(intrinsic, &[a, defined_for_zero]);
        self.push(value);
    }

    pub(super) fn binary(&mut self, op: InstructionOpcode) {
        let (a, b) = self.pop2();
        let value = self.builder().binary(op, a, b);
        self.push(value);
    }

    /// A shift by as many bits as the lowest bits of the distance say.
    pub(super) fn shift(&mut self, op: InstructionOpcode) {
        let (a, distance) = self.pop2();
        let mask = self.int_like(a, u64::from(bits_of(a)) - 1);
        let builder = self.builder();
        let distance = builder.binary(InstructionOpcode::And, distance, mask);
        let value = builder.binary(op, a, distance);
        self.push(value);
    }

    pub(super) fn rotate(&mut self, intrinsic: &str) {
        let (a, distance) = self.pop2();
        let value = self.intrinsic(intrinsic, &[a, a, distance]);
        self.push(value);
    }

    /// A division of integers, or its remainder.
    pub(super) fn divide(&mut self, op: InstructionOpcode) {
        let (a, mut b) = self.pop2();
        let (zero, minus_one) = (self.int_like(b, 0), self.int_like(b, u64::MAX));
        let builder = self.builder();
        let by_zero = builder.icmp(IntPredicate::EQ, b, zero);
        self.trap_if(by_zero, TrapCode::IntegerDivisionByZero);
        let by_minus_one = || builder.icmp(IntPredicate::EQ, b, minus_one);
        match op {
            InstructionOpcode::SDiv => {
                let smallest = self.int_like(a, 1 << (bits_of(a) - 1));
                let is_smallest = builder.icmp(IntPredicate::EQ, a, smallest);
                let overflows = builder.binary(InstructionOpcode::And, is_smallest, by_minus_one());
                self.trap_if(overflows, TrapCode::IntegerOverflow);
            }
            // The remainder is 0 then, as by 1, also where the quotient overflows.
            InstructionOpcode::SRem => b = builder.select(by_minus_one(), self.int_like(b, 1), b),
            _ => {}
        }
        let value = builder.binary(op, a, b);
        self.push(value);
    }

    pub(super) fn eqz(&mut self) {
        let a = self.pop();
        let is_zero = self.builder().icmp(IntPredicate::EQ, a, self.int_like(a, 0));
        self.push_bool(is_zero);
    }

    pub(super) fn compare(&mut self, predicate: IntPredicate) {
        let (a, b) = self.pop2();
        let holds = self.builder().icmp(predicate, a, b);
        self.push_bool(holds);
    }

    pub(super) fn float_compare(&mut self, predicate: FloatPredicate) {
        let (a, b) = self.pop2();
        let holds = self.builder().fcmp(predicate, a, b);
        self.push_bool(holds);
    }

    /// The result `value` of an operation on floats (or vectors of them), with canonical NaNs if they are wanted.
    pub(super) fn arithmetic(&self, value: Value<'c>) -> Value<'c> {
        if !self.environ().deterministic {
            return value;
        }
        let builder = self.builder();
        let canonical = match bits_of(value) {
            32 => builder.i32(0x7fc0_0000),
            _ => builder.i64(0x7ff8 << 48),
        };
        // Among floats, LLVM takes one NaN for as good as another; and it knows when a root is one.
        let value = self.intrinsic("llvm.arithmetic.fence", &[value]);
        let canonical = builder.splat_like(value, canonical);
        let bits = builder.bitcast(value, canonical.get_type());
        let is_nan = builder.fcmp(FloatPredicate::UNO, value, value);
        builder.bitcast(builder.select(is_nan, canonical, bits), value.get_type())
    }

    /// `value`, with a quiet NaN for a signalling one.
    pub(super) fn quiet(&self, value: Value<'c>) -> Value<'c> {
        if !self.environ().is_x86 {
            return self.intrinsic("llvm.canonicalize", &[value]);
        }
        // LLVM 22 crashes when its optimisations have made a canonicalisation of two lanes of 32 bits.
        let builder = self.builder();
        let quiet_bit = match bits_of(value) {
            32 => builder.i32(1 << 22),
            _ => builder.i64(1 << 51),
        };
        let quiet_bit = builder.splat_like(value, quiet_bit);
        let bits = builder.bitcast(value, quiet_bit.get_type());
        let quieted = builder.binary(InstructionOpcode::Or, bits, quiet_bit);
        let is_nan = builder.fcmp(FloatPredicate::UNO, value, value);
        builder.select(is_nan, builder.bitcast(quieted, value.get_type()), value)
    }

    /// A sum, difference, product or quotient of floats or of lanes of vectors of floats.
    ///
    /// Where an operand is a constant with which the result is the other operand, or that one with the other sign,
    /// that is said by operations that make signalling NaNs quiet.
    pub(super) fn float_binary(
        &self,
        op: InstructionOpcode,
        a: Value<'c>,
        b: Value<'c>,
    ) -> Value<'c> {
        let builder = self.builder();
        let is = |value: Value<'c>, number| value == self.float_like(value, number);
        let value = match op {
            InstructionOpcode::FAdd if is(b, -0.0) => self.quiet(a),
            InstructionOpcode::FAdd if is(a, -0.0) => self.quiet(b),
            InstructionOpcode::FSub if is(b, 0.0) => self.quiet(a),
            InstructionOpcode::FSub if is(a, -0.0) => builder.negate_float(self.quiet(b)),
            InstructionOpcode::FMul | InstructionOpcode::FDiv if is(b, 1.0) => self.quiet(a),
            InstructionOpcode::FMul if is(a, 1.0) => self.quiet(b),
            InstructionOpcode::FMul | InstructionOpcode::FDiv if is(b, -1.0) => {
                builder.negate_float(self.quiet(a))
            }
            InstructionOpcode::FMul if is(a, -1.0) => builder.negate_float(self.quiet(b)),
            _ => builder.binary(op, a, b),
        };
        self.arithmetic(value)
    }

    pub(super) fn float_arithmetic(&mut self, op: InstructionOpcode) {
        let (a, b) = self.pop2();
        let value = self.float_binary(op, a, b);
        self.push(value);
    }

    pub(super) fn float_unary(&mut self, intrinsic: &str) {
        let a = self.pop();
        let value = self.arithmetic(self.intrinsic(intrinsic, &[a]));
        self.push(value);
    }

    pub(super) fn negate(&mut self) {
        let a = self.pop();
        let value = self.builder().negate_float(a);
        self.push(value);
    }

    pub(super) fn copysign(&mut self) {
        let (a, b) = self.pop2();
        let value = self.intrinsic("llvm.copysign", &[a, b]);
        self.push(value);
    }

    /// The smaller or larger of two floats, or of each two lanes. A NaN comes out of a sum, which makes it quiet.
    ///
    /// x86-64 has instructions that give the second operand when the two are zeros or one is a NaN. So both orders are
    /// tried, and of two results that differ, which are zeros with different signs, the signs are joined.
    pub(super) fn float_extremum(&self, which: Extremum, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        if !self.environ().is_x86 {
            return self.arithmetic(self.intrinsic(which.intrinsic(), &[a, b]));
        }
        let builder = self.builder();
        let (is_first, join) = match which {
            Extremum::Min => (FloatPredicate::OLT, InstructionOpcode::Or),
            Extremum::Max => (FloatPredicate::OGT, InstructionOpcode::And),
        };
        let int = self.types().int(bits_of(a));
        let bits: BasicTypeEnum<'c> = match a {
            Value::VectorValue(lanes) => int.vec_type(lanes.get_type().get_size()).into(),
            _ => int.into(),
        };
        let [there, back] = [(a, b), (b, a)].map(|(a, b)| {
            builder.bitcast(builder.select(builder.fcmp(is_first, a, b), a, b), bits)
        });
        let ordered = builder.bitcast(builder.binary(join, there, back), a.get_type());
        let unordered = builder.fcmp(FloatPredicate::UNO, a, b);
        let nan = builder.binary(InstructionOpcode::FAdd, a, b);
        self.arithmetic(builder.select(unordered, nan, ordered))
    }

    pub(super) fn extremum(&mut self, which: Extremum) {
        let (a, b) = self.pop2();
        let value = self.float_extremum(which, a, b);
        self.push(value);
    }

    pub(super) fn round(&mut self, rounding: Rounding) {
        let a = self.pop();
        let value = self.rounded(rounding, a);
        self.push(value);
    }

    /// Rounds a float or each lane of a vector of floats.
    pub(super) fn rounded(&mut self, rounding: Rounding, a: Value<'c>) -> Value<'c> {
        let value = match (self.environ().has_round, bits_of(a)) {
            (true, _) => self.intrinsic(rounding.intrinsic, &[a]),
            (false, 32) => self.per_lane(rounding.f32, &[a]),
            (false, _) => self.per_lane(rounding.f64, &[a]),
        };
        self.arithmetic(value)
    }

    /// Applies a builtin on floats, to each lane when the operands are vectors.
    pub(super) fn per_lane(
        &mut self,
        builtin: BuiltinFunction,
        operands: &[Value<'c>],
    ) -> Value<'c> {
        let BasicValueEnum::VectorValue(first) = operands[0] else {
            return self.builtin_value(builtin, operands);
        };
        let mut all = operands[0];
        for lane in 0..first.get_type().get_size() {
            let args: smallvec::SmallVec<[Value<'c>; 3]> =
                operands.iter().map(|operand| self.builder().extract(*operand, lane)).collect();
            let value = self.builtin_value(builtin, &args);
            all = self.builder().insert(all, value, lane);
        }
        all
    }

    /// An integer in `bits` bits.
    pub(super) fn convert_int(&mut self, op: InstructionOpcode, bits: u32) {
        let a = self.pop();
        let value = self.builder().cast(op, a, self.types().int(bits));
        self.push(value);
    }

    pub(super) fn int_to_float(&mut self, op: InstructionOpcode, bits: u32) {
        let a = self.pop();
        let ty = if bits == 32 { self.types().f32 } else { self.types().f64 };
        let value = self.builder().cast(op, a, ty);
        self.push(value);
    }

    pub(super) fn promote(&mut self) {
        let a = self.pop();
        let value = self.builder().cast(InstructionOpcode::FPExt, a, self.types().f64);
        let value = self.arithmetic(value);
        self.push(value);
    }

    /// LLVM takes a demoted promotion for the operand, unless the instruction is named or a NaN is made quiet.
    pub(super) fn demote(&mut self) {
        let a = self.pop();
        let (builder, f32) = (self.builder(), self.types().f32);
        let value = match self.environ().is_x86 {
            true => {
                let from = self.types().vector(Lanes::F64X2).get_poison().into();
                let to = self.types().vector(Lanes::F32X4).const_zero().into();
                let args = [to, builder.insert(from, a, 0)];
                builder.extract(self.intrinsic_of("llvm.x86.sse2.cvtsd2ss", &[], &args), 0)
            }
            false => self.quiet(builder.cast(InstructionOpcode::FPTrunc, a, f32)),
        };
        let value = self.arithmetic(value);
        self.push(value);
    }

    /// The integer of `bits` bits that a float is when its fraction is cut off. Traps when there is none.
    pub(super) fn truncate(&mut self, signed: bool, bits: u32) {
        let a = self.pop();
        let builder = self.builder();
        let power = |exponent: u32| 2f64.powi(exponent as i32);
        // Between the numbers are those that have a result. A float that is wide enough has a number between
        // the smallest integer and the next; where it is not, the smallest integer itself is allowed.
        let (low, high) = match signed {
            true => (-power(bits - 1), power(bits - 1)),
            false => (-1.0, power(bits)),
        };
        let exact = signed && bits_of(a) > bits;
        let (low, above) = match (signed, exact) {
            (true, true) => (low - 1.0, FloatPredicate::OGT),
            (true, false) => (low, FloatPredicate::OGE),
            (false, _) => (low, FloatPredicate::OGT),
        };
        let above = builder.fcmp(above, a, self.float_like(a, low));
        let below = builder.fcmp(FloatPredicate::OLT, a, self.float_like(a, high));
        let inside = builder.binary(InstructionOpcode::And, above, below);
        let outside = builder.icmp(IntPredicate::EQ, inside, self.types().bool.const_zero().into());
        let next = self.branch_unlikely(outside);
        let is_nan = builder.fcmp(FloatPredicate::UNO, a, a);
        self.trap_if(is_nan, TrapCode::BadConversionToInteger);
        self.trap(TrapCode::IntegerOverflow);
        self.enter(next);
        let op = if signed { InstructionOpcode::FPToSI } else { InstructionOpcode::FPToUI };
        let value = builder.cast(op, a, self.types().int(bits));
        self.push(value);
    }

    /// As [`Self::truncate`], with the nearest integer where there is none, and 0 for NaN.
    pub(super) fn truncate_saturating(&mut self, intrinsic: &str, bits: u32) {
        let a = self.pop();
        let to = self.types().int(bits).into();
        let value = self.intrinsic_of(intrinsic, &[to, a.get_type()], &[a]);
        self.push(value);
    }

    /// The bits of an integer as a float of its width, or of a float as an integer.
    pub(super) fn reinterpret(&mut self) {
        let a = self.pop();
        let to: BasicTypeEnum<'c> = match (a.is_int_value(), bits_of(a)) {
            (true, 32) => self.types().f32.into(),
            (true, _) => self.types().f64.into(),
            (false, bits) => self.types().int(bits).into(),
        };
        let value = self.builder().bitcast(a, to);
        self.push(value);
    }

    /// Extends the sign of the lowest bits.
    pub(super) fn sign_extend(&mut self, bits: u32) {
        let a = self.pop();
        let builder = self.builder();
        let low = builder.cast(InstructionOpcode::Trunc, a, self.types().int(bits));
        let value = builder.cast(InstructionOpcode::SExt, low, a.get_type());
        self.push(value);
    }

    /// 128 bits, of which `low` and `high` are the halves.
    fn joined(&self, low: Value<'c>, high: Value<'c>) -> Value<'c> {
        let builder = self.builder();
        let [low, high] = [low, high]
            .map(|half| builder.cast(InstructionOpcode::ZExt, half, self.types().int(128)));
        let high = builder.binary(InstructionOpcode::Shl, high, builder.int(128, 64));
        builder.binary(InstructionOpcode::Or, low, high)
    }

    /// Pushes the halves of 128 bits, low part first.
    fn push_halves(&mut self, value: Value<'c>) {
        let builder = self.builder();
        let high = builder.binary(InstructionOpcode::LShr, value, builder.int(128, 64));
        for half in [value, high] {
            let half = builder.cast(InstructionOpcode::Trunc, half, self.types().i64);
            self.push(half);
        }
    }

    /// 128-bit addition or subtraction, of numbers that are two operands each, low part first.
    pub(super) fn wide_sum(&mut self, op: InstructionOpcode) {
        let (b_low, b_high) = self.pop2();
        let (a_low, a_high) = self.pop2();
        let (a, b) = (self.joined(a_low, a_high), self.joined(b_low, b_high));
        let sum = self.builder().binary(op, a, b);
        self.push_halves(sum);
    }

    /// The 128-bit product of numbers that are extended by `extend`.
    pub(super) fn wide_product(&mut self, extend: InstructionOpcode) {
        let (a, b) = self.pop2();
        let builder = self.builder();
        let [a, b] = [a, b].map(|factor| builder.cast(extend, factor, self.types().int(128)));
        let product = builder.binary(InstructionOpcode::Mul, a, b);
        self.push_halves(product);
    }
}
