//! The visitor of operators, made from the tables of the other files and those that all backends share.
//!
//! A row `visit_x(argument: Type) => family(…)` becomes the method `visit_x`, which calls the translator's method
//! `family` unless the operator can't be reached. Operators of proposals that this compiler does not have are made from
//! wasmparser's list, by proposal; what is neither in a table nor there does not compile.

use wasmer_compiler::operators::Outcome;
use wasmer_compiler::{
    always, block_operators, branch_operators, call_operators, condition_operators,
    set_local_operators, table_operators, unsupported_operators, variable_operators,
    whole_memory_operators,
};
use wasmer_types::{
    BuiltinFunction, CompileError, FunctionIndex, GlobalIndex, MemoryIndex, SignatureIndex,
    TableIndex,
};
use wasmparser::{BlockType, BrTable, HeapType, MemArg, ValType, VisitOperator, VisitSimdOperator};

use super::{Translator, atomic, memory, numeric, reference, vector};
use crate::atomic::AtomicOp;
use crate::masm::Size::{S32, S64};
use crate::masm::Ty::{F32, F64, I32, I64, V128};
use crate::masm::{
    Conversion, Division, FloatBinary, FloatCondition, FloatUnary, IntBinary, IntCondition,
    IntUnary, Load, Masm, Rounding, Shift,
};
use crate::vector::Lanes::{I8x16, I16x8, I32x4, I64x2};
use crate::vector::{
    Extremum, VectorBinary, VectorLoad, VectorTernary, VectorTest, VectorUnary, Widen,
};

/// Rows that are skipped in code that can't be reached, and find no pending operand.
macro_rules! when_reachable {
    ($($visit:ident($($arg:ident: $ty:ty),*) => $method:ident($($value:expr),*);)*) => {$(
        fn $visit(&mut self, $($arg: $ty),*) -> Self::Output {
            if !self.reachable {
                return Ok(());
            }
            self.begin_operator();
            self.$method($($value),*).outcome()
        }
    )*};
}

/// The same for rows that know what to do with a pending operand.
macro_rules! fusing {
    ($($visit:ident($($arg:ident: $ty:ty),*) => $method:ident($($value:expr),*);)*) => {$(
        fn $visit(&mut self, $($arg: $ty),*) -> Self::Output {
            if !self.reachable {
                return Ok(());
            }
            self.begin_fusing();
            self.$method($($value),*).outcome()
        }
    )*};
}

impl<M: Masm> Translator<'_, '_, M> {
    /// As errors call it.
    const COMPILER: &'static str = "Singlepass";
}

impl<'a, M: Masm> VisitOperator<'a> for Translator<'_, '_, M> {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    block_operators!(always);
    branch_operators!(when_reachable);
    condition_operators!(fusing);
    call_operators!(when_reachable);
    variable_operators!(when_reachable);
    set_local_operators!(fusing);
    numeric::operators!(when_reachable);
    numeric::fusing_operators!(fusing);
    memory::operators!(when_reachable);
    whole_memory_operators!(when_reachable);
    table_operators!(when_reachable);
    reference::operators!(when_reachable);
    atomic::operators!(when_reachable);
    wasmparser::for_each_visit_operator!(unsupported_operators);
}

impl<'a, M: Masm> VisitSimdOperator<'a> for Translator<'_, '_, M> {
    vector::operators!(when_reachable);
}
