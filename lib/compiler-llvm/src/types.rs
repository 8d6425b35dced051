//! The types of LLVM that wasm values have, and the lanes of vectors.

use inkwell::AddressSpace;
use inkwell::context::Context;
use inkwell::types::{BasicTypeEnum, FloatType, IntType, PointerType, VectorType};
use wasmer_types::{BuiltinType, Type};

/// The address space of pointers into linear memories. Machines know no difference; it marks which accesses are
/// those of the program, whatever an optimisation has made of them.
const HEAP: u16 = 1;

/// How the 128 bits of a vector are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lanes {
    /// Bits of a lane.
    pub(crate) bits: u32,
    pub(crate) float: bool,
}

impl Lanes {
    pub(crate) const I8X16: Self = Self { bits: 8, float: false };
    pub(crate) const I16X8: Self = Self { bits: 16, float: false };
    pub(crate) const I32X4: Self = Self { bits: 32, float: false };
    pub(crate) const I64X2: Self = Self { bits: 64, float: false };
    pub(crate) const F32X4: Self = Self { bits: 32, float: true };
    pub(crate) const F64X2: Self = Self { bits: 64, float: true };

    /// How many there are.
    pub(crate) const fn count(self) -> u32 {
        128 / self.bits
    }

    /// Half as many integer lanes, twice as wide.
    pub(crate) const fn widened(self) -> Self {
        Self { bits: self.bits * 2, float: false }
    }

    /// Integer lanes of the same width.
    pub(crate) const fn as_int(self) -> Self {
        Self { bits: self.bits, float: false }
    }
}

/// The types of a context.
#[derive(Clone, Copy)]
pub(crate) struct Types<'c> {
    context: &'c Context,
    pub(crate) bool: IntType<'c>,
    pub(crate) i32: IntType<'c>,
    pub(crate) i64: IntType<'c>,
    pub(crate) f32: FloatType<'c>,
    pub(crate) f64: FloatType<'c>,
    /// Pointers to the runtime's structures and stacks, and references.
    pub(crate) pointer: PointerType<'c>,
    /// Pointers into linear memories.
    pub(crate) heap: PointerType<'c>,
}

impl<'c> Types<'c> {
    pub(crate) fn new(context: &'c Context) -> Self {
        Self {
            context,
            bool: context.bool_type(),
            i32: context.i32_type(),
            i64: context.i64_type(),
            f32: context.f32_type(),
            f64: context.f64_type(),
            pointer: context.ptr_type(AddressSpace::default()),
            heap: context.ptr_type(AddressSpace::from(HEAP)),
        }
    }

    pub(crate) fn context(&self) -> &'c Context {
        self.context
    }

    /// The integers of so many bits: 8, 16, 32, 64 or 128.
    pub(crate) fn int(&self, bits: u32) -> IntType<'c> {
        match bits {
            8 => self.context.i8_type(),
            16 => self.context.i16_type(),
            32 => self.i32,
            64 => self.i64,
            _ => self.context.i128_type(),
        }
    }

    /// The type of a lane.
    pub(crate) fn lane(&self, lanes: Lanes) -> BasicTypeEnum<'c> {
        match (lanes.float, lanes.bits) {
            (false, bits) => self.int(bits).into(),
            (true, 32) => self.f32.into(),
            (true, _) => self.f64.into(),
        }
    }

    /// Vectors of so many lanes of a type.
    pub(crate) fn vector_of(&self, lane: BasicTypeEnum<'c>, count: u32) -> VectorType<'c> {
        match lane {
            BasicTypeEnum::FloatType(lane) => lane.vec_type(count),
            BasicTypeEnum::IntType(lane) => lane.vec_type(count),
            other => unreachable!("lanes are numbers, not {other:?}"),
        }
    }

    pub(crate) fn vector(&self, lanes: Lanes) -> VectorType<'c> {
        self.vector_of(self.lane(lanes), lanes.count())
    }

    /// The type that values of type `ty` have in locals, globals, block parameters and calls.
    pub(crate) fn value(&self, ty: Type) -> BasicTypeEnum<'c> {
        match ty {
            Type::I32 => self.i32.into(),
            Type::I64 => self.i64.into(),
            Type::F32 => self.f32.into(),
            Type::F64 => self.f64.into(),
            Type::V128 => self.vector(Lanes::I8X16).into(),
            Type::ExternRef | Type::FuncRef | Type::ExceptionRef => self.pointer.into(),
        }
    }

    /// The type of a parameter or result of a builtin.
    pub(crate) fn builtin(&self, ty: BuiltinType) -> BasicTypeEnum<'c> {
        match ty {
            BuiltinType::I32 => self.i32.into(),
            BuiltinType::I64 => self.i64.into(),
            BuiltinType::F32 => self.f32.into(),
            BuiltinType::F64 => self.f64.into(),
            BuiltinType::Ref => self.pointer.into(),
        }
    }
}

/// Whether pointers of this type point into linear memories.
pub(crate) fn is_heap(ty: PointerType<'_>) -> bool {
    ty.get_address_space() == AddressSpace::from(HEAP)
}
