//! Constant expressions and segments (WebAssembly 3.0, §2.5.8 – §2.5.10, §3.4).

use std::ops::Range;

use crate::indices::{FunctionIndex, GlobalIndex, MemoryIndex, TableIndex};
use crate::types::{Type, V128};

/// One operator of a constant expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum InitExprOp {
    /// Pushes a constant.
    I32Const(i32),
    /// Pushes a constant.
    I64Const(i64),
    /// Pushes the float with these bits.
    F32Const(u32),
    /// Pushes the float with these bits.
    F64Const(u64),
    /// Pushes a constant.
    V128Const(V128),
    /// Pushes the value of an immutable global.
    GlobalGet(GlobalIndex),
    /// Pushes the null reference of a type.
    RefNull(Type),
    /// Pushes a reference to a function.
    RefFunc(FunctionIndex),
    /// Wrapping addition.
    I32Add,
    /// Wrapping subtraction.
    I32Sub,
    /// Wrapping multiplication.
    I32Mul,
    /// Wrapping addition.
    I64Add,
    /// Wrapping subtraction.
    I64Sub,
    /// Wrapping multiplication.
    I64Mul,
}

/// A constant expression: operators in postfix order that leave one value.
///
/// # Example
///
/// ```
/// use wasmer_types::{GlobalInit, InitExpr, InitExprOp};
///
/// let seven = InitExpr::new([InitExprOp::I32Const(7)]);
/// assert_eq!(seven.as_constant_index(), Some(7));
/// assert_eq!(GlobalInit::from(seven), GlobalInit::I32Const(7));
///
/// let sum = InitExpr::new([InitExprOp::I64Const(7), InitExprOp::I64Const(1), InitExprOp::I64Add]);
/// assert_eq!((sum.as_constant_index(), sum.as_function(), sum.ops().len()), (None, None, 3));
/// assert!(matches!(GlobalInit::from(sum), GlobalInit::Expr(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InitExpr {
    /// The operators.
    pub ops: Box<[InitExprOp]>,
}

impl InitExpr {
    /// The expression `ops`, which must leave one value.
    pub fn new<Ops: Into<Box<[InitExprOp]>>>(ops: Ops) -> Self {
        Self { ops: ops.into() }
    }

    /// The operators.
    pub fn ops(&self) -> &[InitExprOp] {
        &self.ops
    }

    /// The index that the expression means, if it is a single integer constant.
    pub fn as_constant_index(&self) -> Option<u64> {
        match *self.ops {
            [InitExprOp::I32Const(value)] => Some(value as u32 as u64),
            [InitExprOp::I64Const(value)] => Some(value as u64),
            _ => None,
        }
    }

    /// The function referred to, if it is a single `ref.func`.
    pub fn as_function(&self) -> Option<FunctionIndex> {
        match *self.ops {
            [InitExprOp::RefFunc(function)] => Some(function),
            _ => None,
        }
    }
}

/// The initial value of a global.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum GlobalInit {
    /// `i32.const`
    I32Const(i32),
    /// `i64.const`
    I64Const(i64),
    /// `f32.const`
    F32Const(f32),
    /// `f64.const`
    F64Const(f64),
    /// `v128.const`
    V128Const(V128),
    /// `global.get`
    GetGlobal(GlobalIndex),
    /// `ref.null`
    RefNullConst,
    /// `ref.func`
    RefFunc(FunctionIndex),
    /// A longer expression.
    Expr(InitExpr),
}

impl From<InitExpr> for GlobalInit {
    /// The shortest form of `expr`.
    fn from(expr: InitExpr) -> Self {
        match *expr.ops {
            [InitExprOp::I32Const(value)] => Self::I32Const(value),
            [InitExprOp::I64Const(value)] => Self::I64Const(value),
            [InitExprOp::F32Const(bits)] => Self::F32Const(f32::from_bits(bits)),
            [InitExprOp::F64Const(bits)] => Self::F64Const(f64::from_bits(bits)),
            [InitExprOp::V128Const(value)] => Self::V128Const(value),
            [InitExprOp::GlobalGet(global)] => Self::GetGlobal(global),
            [InitExprOp::RefNull(_)] => Self::RefNullConst,
            [InitExprOp::RefFunc(function)] => Self::RefFunc(function),
            _ => Self::Expr(expr),
        }
    }
}

/// When and where a data segment is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DataPlacement {
    /// At instantiation.
    Active {
        /// Into which memory.
        memory: MemoryIndex,
        /// To which address.
        offset: InitExpr,
    },
    /// By `memory.init`.
    Passive,
}

/// A data segment. Its bytes lie in the module's data image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DataSegment {
    /// When and where it is copied.
    pub placement: DataPlacement,
    /// Its bytes, as a range of [`crate::image::ModuleImage::data`].
    pub data: Range<usize>,
}

/// When and where an element segment is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ElementPlacement {
    /// At instantiation.
    Active {
        /// Into which table.
        table: TableIndex,
        /// From which index on.
        offset: InitExpr,
    },
    /// By `table.init`.
    Passive,
    /// Never: it only declares functions that `ref.func` may name.
    Declared,
}

/// The items of an element segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ElementItems {
    /// References to these functions.
    Functions(Box<[FunctionIndex]>),
    /// The values of these expressions.
    Expressions(Box<[InitExpr]>),
}

impl ElementItems {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Functions(items) => items.len(),
            Self::Expressions(items) => items.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An element segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ElementSegment {
    /// When and where it is copied.
    pub placement: ElementPlacement,
    /// Type of its items.
    pub ty: Type,
    /// The items.
    pub items: ElementItems,
}
