//! The visitor of operators, made from the tables of the other files and those that all backends share.
//!
//! A row `visit_x(argument: Type) => family(…)` becomes the method `visit_x`, which calls the translator's method
//! `family` unless the operator can't be reached. Operators of proposals that this compiler does not have are made from
//! wasmparser's list, by proposal; what is neither in a table nor there does not compile.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{
    F32, F32X4, F64, F64X2, I8, I8X16, I16, I16X8, I32, I32X4, I64, I64X2,
};
use cranelift_codegen::ir::{AtomicRmwOp, Opcode};
use wasmer_compiler::operators::Outcome;
use wasmer_compiler::{
    always, block_operators, branch_operators, call_operators, condition_operators,
    set_local_operators, table_operators, unsupported_operators, variable_operators,
    when_reachable, whole_memory_operators,
};
use wasmer_types::{
    BuiltinFunction, CompileError, FunctionIndex, GlobalIndex, MemoryIndex, SignatureIndex,
    TableIndex,
};
use wasmparser::{BlockType, BrTable, HeapType, MemArg, ValType, VisitOperator, VisitSimdOperator};

use super::numeric::Rounding;
use super::vector::{Extremum, Widen};
use super::{Translator, atomic, memory, numeric, reference, vector};
use crate::environ::POINTER;

impl Translator<'_, '_> {
    /// As errors call it.
    const COMPILER: &'static str = "Cranelift";
}

impl<'a> VisitOperator<'a> for Translator<'_, '_> {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    block_operators!(always);
    branch_operators!(when_reachable);
    condition_operators!(when_reachable);
    call_operators!(when_reachable);
    variable_operators!(when_reachable);
    set_local_operators!(when_reachable);
    numeric::operators!(when_reachable);
    memory::operators!(when_reachable);
    whole_memory_operators!(when_reachable);
    table_operators!(when_reachable);
    reference::operators!(when_reachable);
    atomic::operators!(when_reachable);
    wasmparser::for_each_visit_operator!(unsupported_operators);
}

impl<'a> VisitSimdOperator<'a> for Translator<'_, '_> {
    vector::operators!(when_reachable);
}
