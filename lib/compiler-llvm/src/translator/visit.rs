//! The visitor of operators, made from the tables of the other files and those that all backends share.
//!
//! A row `visit_x(argument: Type) => family(…)` becomes the method `visit_x`, which calls the translator's method
//! `family` unless the operator can't be reached. Operators of proposals that this compiler does not have are made from
//! wasmparser's list, by proposal; what is neither in a table nor there does not compile.

use inkwell::values::InstructionOpcode as Op;
use inkwell::{AtomicRMWBinOp as Rmw, FloatPredicate as Float, IntPredicate as Int};
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

use super::numeric::{Extremum, Rounding};
use super::vector::Half;
use super::{Translator, atomic, memory, numeric, reference, vector};
use crate::types::Lanes;

impl Translator<'_, '_, '_> {
    /// As errors call it.
    const COMPILER: &'static str = "LLVM";
}

impl<'a> VisitOperator<'a> for Translator<'_, '_, '_> {
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

impl<'a> VisitSimdOperator<'a> for Translator<'_, '_, '_> {
    vector::operators!(when_reachable);
}
