//! Constant expressions (WebAssembly 3.0, §3.3.10).

use wasmer_types::{CompileError, FunctionIndex, GlobalIndex, InitExpr, InitExprOp, Type, V128};
use wasmparser::{AbstractHeapType, ConstExpr, HeapType, Operator};

use super::sections::ToError;
use crate::limits;
use crate::proposals::unsupported;

/// A constant expression that was validated.
///
/// # Errors
///
/// When it is too long, or has operators of proposals that we don't have.
pub(super) fn init_expr(
    expr: &ConstExpr<'_>,
    error: ToError<'_>,
) -> Result<InitExpr, CompileError> {
    let mut ops = Vec::with_capacity(1);
    let mut reader = expr.get_operators_reader();
    loop {
        let (operator, offset) = reader.read_with_offset().map_err(error)?;
        if ops.len() == limits::CONSTANT_OPERATORS {
            let what = "operators of a constant expression";
            return Err(limits::passed(what, limits::CONSTANT_OPERATORS, offset));
        }
        ops.push(match operator {
            Operator::End => return Ok(InitExpr::new(ops)),
            Operator::I32Const { value } => InitExprOp::I32Const(value),
            Operator::I64Const { value } => InitExprOp::I64Const(value),
            Operator::F32Const { value } => InitExprOp::F32Const(value.bits()),
            Operator::F64Const { value } => InitExprOp::F64Const(value.bits()),
            Operator::V128Const { value } => InitExprOp::V128Const(V128::from(*value.bytes())),
            Operator::GlobalGet { global_index } => {
                InitExprOp::GlobalGet(GlobalIndex::from_u32(global_index))
            }
            Operator::RefNull { hty } => InitExprOp::RefNull(null_type(hty, offset)?),
            Operator::RefFunc { function_index } => {
                InitExprOp::RefFunc(FunctionIndex::from_u32(function_index))
            }
            Operator::I32Add => InitExprOp::I32Add,
            Operator::I32Sub => InitExprOp::I32Sub,
            Operator::I32Mul => InitExprOp::I32Mul,
            Operator::I64Add => InitExprOp::I64Add,
            Operator::I64Sub => InitExprOp::I64Sub,
            Operator::I64Mul => InitExprOp::I64Mul,
            other => {
                return Err(unsupported(&format!("constant operator {other:?}"), "gc", offset));
            }
        });
    }
}

/// The type of the null reference of a heap type.
fn null_type(ty: HeapType, offset: u64) -> Result<Type, CompileError> {
    match ty {
        HeapType::Abstract { shared: false, ty: AbstractHeapType::Func } => Ok(Type::FuncRef),
        HeapType::Abstract { shared: false, ty: AbstractHeapType::Extern } => Ok(Type::ExternRef),
        HeapType::Abstract { shared: false, ty: AbstractHeapType::Exn } => Ok(Type::ExceptionRef),
        _ => Err(unsupported(&format!("null of type {ty:?}"), "gc", offset)),
    }
}
