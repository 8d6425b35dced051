//! Instructions of LLVM.
//!
//! A thin layer over inkwell's builder. Its errors (a builder that stands nowhere, operands of different types) are
//! mistakes of this crate, never of a module, which was validated; so they are assertions here. Operands are
//! [`BasicValueEnum`]s, so that operators can be rows of tables, and the operation an argument.

use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder as Inner, BuilderError};
use inkwell::debug_info::DILocation;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::Module;
use inkwell::types::{BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{
    AnyValueEnum, BasicMetadataValueEnum, BasicValue, BasicValueEnum, CallSiteValue, FunctionValue,
    InstructionOpcode, InstructionValue, IntValue, PhiValue, PointerValue, VectorValue,
};
use inkwell::{AtomicOrdering, AtomicRMWBinOp, FloatPredicate, IntPredicate};

use crate::types::{Lanes, Types};

/// A value of LLVM.
pub(crate) type Value<'c> = BasicValueEnum<'c>;

/// Inserts instructions.
pub(crate) struct Builder<'c> {
    inner: Inner<'c>,
    pub(crate) types: Types<'c>,
}

/// What inkwell has built.
#[track_caller]
fn built<T>(result: Result<T, BuilderError>) -> T {
    result.expect("the builder stands in a block, and validation has seen to the types of operands")
}

impl<'c> Builder<'c> {
    pub(crate) fn new(types: Types<'c>) -> Self {
        Self { inner: types.context().create_builder(), types }
    }

    // Where instructions go.

    pub(crate) fn append_block(&self, function: FunctionValue<'c>) -> BasicBlock<'c> {
        self.types.context().append_basic_block(function, "")
    }

    /// The block in which the next instruction goes.
    pub(crate) fn block(&self) -> BasicBlock<'c> {
        self.inner.get_insert_block().expect("the builder stands in a block")
    }

    pub(crate) fn enter(&self, block: BasicBlock<'c>) {
        self.inner.position_at_end(block);
    }

    /// Goes before an instruction.
    pub(crate) fn enter_before(&self, instruction: InstructionValue<'c>) {
        self.inner.position_before(&instruction);
    }

    /// Inserts an instruction that is in no block.
    pub(crate) fn insert_instruction(&self, instruction: InstructionValue<'c>) {
        self.inner.insert_instruction(&instruction, None);
    }

    /// The place in the program that the next instructions come from; none for those of no operator.
    pub(crate) fn set_location(&self, location: Option<DILocation<'c>>) {
        match location {
            Some(location) => self.inner.set_current_debug_location(location),
            None => self.inner.unset_current_debug_location(),
        }
    }

    pub(crate) fn location(&self) -> Option<DILocation<'c>> {
        self.inner.get_current_debug_location()
    }

    // Constants.

    /// The lowest bits of `value`, of which there are `bits`.
    pub(crate) fn int(&self, bits: u32, value: u64) -> Value<'c> {
        let value = value & (u64::MAX >> 64u32.saturating_sub(bits));
        self.types.int(bits).const_int(value, false).into()
    }

    pub(crate) fn i32(&self, value: u32) -> Value<'c> {
        self.int(32, u64::from(value))
    }

    pub(crate) fn i64(&self, value: u64) -> Value<'c> {
        self.int(64, value)
    }

    /// The float with the bits of the integer constant `bits`.
    pub(crate) fn float(&self, bits: Value<'c>) -> Value<'c> {
        let ty: BasicTypeEnum<'c> = match bits.into_int_value().get_type().get_bit_width() {
            32 => self.types.f32.into(),
            _ => self.types.f64.into(),
        };
        self.cast(InstructionOpcode::BitCast, bits, ty)
    }

    /// The zero or null of a type.
    pub(crate) fn zero(&self, ty: BasicTypeEnum<'c>) -> Value<'c> {
        ty.const_zero()
    }

    /// A vector with these lanes.
    pub(crate) fn vector_constant(
        &self,
        lanes: Lanes,
        values: impl Iterator<Item = u64>,
    ) -> Value<'c> {
        let ty = self.types.int(lanes.bits);
        let values: Vec<IntValue<'c>> = values.map(|value| ty.const_int(value, false)).collect();
        inkwell::types::VectorType::const_vector(&values).into()
    }

    /// A vector of which all lanes are `value`, or `value` itself if `like` is not a vector.
    pub(crate) fn splat_like(&self, like: Value<'c>, value: Value<'c>) -> Value<'c> {
        match like {
            BasicValueEnum::VectorValue(vector) => self.splat(vector.get_type().get_size(), value),
            _ => value,
        }
    }

    // Operations.

    pub(crate) fn binary(&self, op: InstructionOpcode, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        built(self.inner.build_binop(op, a, b, ""))
    }

    /// A conversion to `ty`: extension, truncation, of integers to floats or back, of bits.
    pub(crate) fn cast(
        &self,
        op: InstructionOpcode,
        value: Value<'c>,
        ty: impl BasicType<'c>,
    ) -> Value<'c> {
        built(self.inner.build_cast(op, value, ty, ""))
    }

    /// The bits of `value` as a value of type `ty`.
    pub(crate) fn bitcast(&self, value: Value<'c>, ty: impl BasicType<'c>) -> Value<'c> {
        match value.get_type() == ty.as_basic_type_enum() {
            true => value,
            false => self.cast(InstructionOpcode::BitCast, value, ty),
        }
    }

    /// A vector, as one with these lanes.
    pub(crate) fn lanes(&self, value: Value<'c>, lanes: Lanes) -> Value<'c> {
        self.bitcast(value, self.types.vector(lanes))
    }

    /// An integer of at most 64 bits, extended by zeros to 64.
    pub(crate) fn widen(&self, value: Value<'c>) -> Value<'c> {
        match value.get_type() == self.types.i64.into() {
            true => value,
            false => self.cast(InstructionOpcode::ZExt, value, self.types.i64),
        }
    }

    /// Compares integers, pointers or vectors of integers: a bit, or one for each lane.
    pub(crate) fn icmp(&self, predicate: IntPredicate, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        match (a, b) {
            (BasicValueEnum::VectorValue(a), BasicValueEnum::VectorValue(b)) => {
                built(self.inner.build_int_compare(predicate, a, b, "")).into()
            }
            (BasicValueEnum::PointerValue(a), BasicValueEnum::PointerValue(b)) => {
                built(self.inner.build_int_compare(predicate, a, b, "")).into()
            }
            (a, b) => {
                let (a, b) = (a.into_int_value(), b.into_int_value());
                built(self.inner.build_int_compare(predicate, a, b, "")).into()
            }
        }
    }

    /// Compares floats or vectors of floats: a bit, or one for each lane.
    pub(crate) fn fcmp(&self, predicate: FloatPredicate, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        match (a, b) {
            (BasicValueEnum::VectorValue(a), BasicValueEnum::VectorValue(b)) => {
                built(self.inner.build_float_compare(predicate, a, b, "")).into()
            }
            (a, b) => {
                let (a, b) = (a.into_float_value(), b.into_float_value());
                built(self.inner.build_float_compare(predicate, a, b, "")).into()
            }
        }
    }

    /// `a` where the condition holds, else `b`.
    pub(crate) fn select(&self, condition: Value<'c>, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        match condition {
            BasicValueEnum::VectorValue(condition) => {
                built(self.inner.build_select(condition, a, b, ""))
            }
            condition => built(self.inner.build_select(condition.into_int_value(), a, b, "")),
        }
    }

    pub(crate) fn negate_float(&self, value: Value<'c>) -> Value<'c> {
        match value {
            BasicValueEnum::VectorValue(value) => {
                built(self.inner.build_float_neg(value, "")).into()
            }
            value => built(self.inner.build_float_neg(value.into_float_value(), "")).into(),
        }
    }

    // Vectors.

    pub(crate) fn extract(&self, vector: Value<'c>, lane: u32) -> Value<'c> {
        let lane = self.types.i32.const_int(u64::from(lane), false);
        built(self.inner.build_extract_element(vector.into_vector_value(), lane, ""))
    }

    pub(crate) fn insert(&self, vector: Value<'c>, value: Value<'c>, lane: u32) -> Value<'c> {
        let lane = self.types.i32.const_int(u64::from(lane), false);
        built(self.inner.build_insert_element(vector.into_vector_value(), value, lane, "")).into()
    }

    /// A vector of the lanes of `a` and `b` (which count on from those of `a`) that `mask` names.
    pub(crate) fn shuffle(
        &self,
        a: Value<'c>,
        b: Value<'c>,
        mask: impl Iterator<Item = u32>,
    ) -> Value<'c> {
        let mask: Vec<IntValue<'c>> =
            mask.map(|lane| self.types.i32.const_int(u64::from(lane), false)).collect();
        let mask: VectorValue<'c> = inkwell::types::VectorType::const_vector(&mask);
        let (a, b) = (a.into_vector_value(), b.into_vector_value());
        built(self.inner.build_shuffle_vector(a, b, mask, "")).into()
    }

    /// A vector of `count` lanes, each `value`.
    pub(crate) fn splat(&self, count: u32, value: Value<'c>) -> Value<'c> {
        let ty = self.types.vector_of(value.get_type(), count);
        let vector = self.insert(ty.get_poison().into(), value, 0);
        self.shuffle(vector, vector, (0..count).map(|_| 0))
    }

    // Memory.

    /// Space on the stack, for the whole call if the builder stands in the entry block.
    pub(crate) fn alloca(&self, ty: impl BasicType<'c>, align: u32) -> PointerValue<'c> {
        let pointer = built(self.inner.build_alloca(ty, ""));
        let instruction = pointer.as_instruction().expect("`alloca` is an instruction");
        instruction.set_alignment(align).expect("alignments are powers of two");
        pointer
    }

    /// `base + offset` in bytes, which is in the same object as `base` or nobody uses it: the sum does not wrap.
    pub(crate) fn add_offset(&self, base: PointerValue<'c>, offset: Value<'c>) -> PointerValue<'c> {
        let byte = self.types.int(8);
        let offsets = [offset.into_int_value()];
        // SAFETY: the type of the elements has a size, and there is one index. That the result is in bounds of the
        // object is a promise to LLVM about the program, not about memory of this process.
        built(unsafe { self.inner.build_in_bounds_gep(byte, base, &offsets, "") })
    }

    /// `base + offset` in bytes.
    pub(crate) fn field(&self, base: PointerValue<'c>, offset: u32) -> PointerValue<'c> {
        match offset {
            0 => base,
            _ => self.add_offset(base, self.i64(u64::from(offset))),
        }
    }

    /// `base + offset` in bytes, wherever that is.
    pub(crate) fn add_any_offset(&self, base: PointerValue<'c>, offset: i64) -> PointerValue<'c> {
        let byte = self.types.int(8);
        let offsets = [self.types.i64.const_int(offset as u64, true)];
        // SAFETY: the type of the elements has a size, and there is one index.
        built(unsafe { self.inner.build_gep(byte, base, &offsets, "") })
    }

    pub(crate) fn load(
        &self,
        ty: impl BasicType<'c>,
        from: PointerValue<'c>,
        align: u32,
    ) -> (Value<'c>, InstructionValue<'c>) {
        let value = built(self.inner.build_load(ty, from, ""));
        let instruction = value.as_instruction_value().expect("`load` is an instruction");
        instruction.set_alignment(align).expect("alignments are powers of two");
        (value, instruction)
    }

    pub(crate) fn store(
        &self,
        value: Value<'c>,
        to: PointerValue<'c>,
        align: u32,
    ) -> InstructionValue<'c> {
        let instruction = built(self.inner.build_store(to, value));
        instruction.set_alignment(align).expect("alignments are powers of two");
        instruction
    }

    /// Changes an integer in memory atomically, in the one order of all such operations; what it was.
    pub(crate) fn atomic_rmw(
        &self,
        op: AtomicRMWBinOp,
        at: PointerValue<'c>,
        operand: Value<'c>,
    ) -> (Value<'c>, InstructionValue<'c>) {
        let ordering = AtomicOrdering::SequentiallyConsistent;
        let value = built(self.inner.build_atomicrmw(op, at, operand.into_int_value(), ordering));
        (value.into(), value.as_instruction().expect("`atomicrmw` is an instruction"))
    }

    /// Stores `replacement` if what is there is `expected`; what it was.
    pub(crate) fn atomic_cmpxchg(
        &self,
        at: PointerValue<'c>,
        expected: Value<'c>,
        replacement: Value<'c>,
    ) -> (Value<'c>, InstructionValue<'c>) {
        let ordering = AtomicOrdering::SequentiallyConsistent;
        let both = built(self.inner.build_cmpxchg(at, expected, replacement, ordering, ordering));
        let value = built(self.inner.build_extract_value(both, 0, ""));
        (value, both.as_instruction().expect("`cmpxchg` is an instruction"))
    }

    pub(crate) fn fence(&self) {
        built(self.inner.build_fence(AtomicOrdering::SequentiallyConsistent, false, ""));
    }

    /// No access to memory is moved past here, or left out because of one behind it. It has no code.
    pub(crate) fn barrier(&self) {
        let ty = self.types.context().void_type().fn_type(&[], false);
        let clobbers = "~{memory}".to_owned();
        let context = self.types.context();
        let assembly =
            context.create_inline_asm(ty, String::new(), clobbers, true, false, None, false);
        self.call_pointer(ty, assembly, &[]);
    }

    // Calls.

    pub(crate) fn call(
        &self,
        function: FunctionValue<'c>,
        args: &[BasicMetadataValueEnum<'c>],
    ) -> CallSiteValue<'c> {
        built(self.inner.build_direct_call(function, args, ""))
    }

    pub(crate) fn call_pointer(
        &self,
        ty: FunctionType<'c>,
        code: PointerValue<'c>,
        args: &[BasicMetadataValueEnum<'c>],
    ) -> CallSiteValue<'c> {
        built(self.inner.build_indirect_call(ty, code, args, ""))
    }

    /// Calls the intrinsic `name`, which exists for the types `overload`.
    pub(crate) fn intrinsic(
        &self,
        module: &Module<'c>,
        name: &str,
        overload: &[BasicTypeEnum<'c>],
        args: &[Value<'c>],
    ) -> CallSiteValue<'c> {
        let intrinsic = Intrinsic::find(name).expect("the name is one of LLVM 22");
        let function = intrinsic.get_declaration(module, overload).expect("the types fit");
        let args: smallvec::SmallVec<[BasicMetadataValueEnum<'c>; 4]> =
            args.iter().map(|arg| (*arg).into()).collect();
        self.call(function, &args)
    }

    // Control.

    pub(crate) fn phi(&self, ty: BasicTypeEnum<'c>) -> PhiValue<'c> {
        built(self.inner.build_phi(ty, ""))
    }

    pub(crate) fn jump(&self, to: BasicBlock<'c>) {
        built(self.inner.build_unconditional_branch(to));
    }

    pub(crate) fn branch(
        &self,
        condition: Value<'c>,
        then: BasicBlock<'c>,
        otherwise: BasicBlock<'c>,
    ) -> InstructionValue<'c> {
        built(self.inner.build_conditional_branch(condition.into_int_value(), then, otherwise))
    }

    pub(crate) fn switch(
        &self,
        index: Value<'c>,
        otherwise: BasicBlock<'c>,
        cases: &[(IntValue<'c>, BasicBlock<'c>)],
    ) {
        built(self.inner.build_switch(index.into_int_value(), otherwise, cases));
    }

    pub(crate) fn ret(&self, value: Option<Value<'c>>) {
        built(self.inner.build_return(value.as_ref().map(|value| value as &dyn BasicValue<'c>)));
    }

    pub(crate) fn unreachable(&self) {
        built(self.inner.build_unreachable());
    }
}

/// A value as the instruction that makes it.
pub(crate) fn instruction(value: AnyValueEnum<'_>) -> Option<InstructionValue<'_>> {
    match value {
        AnyValueEnum::InstructionValue(instruction) => Some(instruction),
        AnyValueEnum::PhiValue(phi) => Some(phi.as_instruction()),
        AnyValueEnum::IntValue(value) => value.as_instruction(),
        AnyValueEnum::FloatValue(value) => value.as_instruction(),
        AnyValueEnum::PointerValue(value) => value.as_instruction(),
        AnyValueEnum::VectorValue(value) => value.as_instruction(),
        _ => None,
    }
}
