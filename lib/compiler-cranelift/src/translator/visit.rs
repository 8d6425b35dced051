//! The visitor of operators, made from the tables of the other files.
//!
//! A row `visit_x(argument: Type) => family(…)` becomes the method `visit_x`, which calls the translator's method
//! `family` unless the operator can't be reached. Operators of proposals that this compiler does not have are made from
//! wasmparser's list, by proposal; what is neither in a table nor there does not compile.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{
    F32, F32X4, F64, F64X2, I8, I8X16, I16, I16X8, I32, I32X4, I64, I64X2,
};
use cranelift_codegen::ir::{AtomicRmwOp, Opcode};
use wasmer_types::{
    BuiltinFunction, CompileError, FunctionIndex, GlobalIndex, MemoryIndex, SignatureIndex,
    TableIndex,
};
use wasmparser::{BlockType, BrTable, HeapType, MemArg, ValType, VisitOperator, VisitSimdOperator};

use super::numeric::Rounding;
use super::vector::{Extremum, Widen};
use super::{
    Translator, atomic, call, control, memory, numeric, reference, table, variable, vector,
};
use crate::environ::POINTER;

/// What translating an operator yields.
trait Outcome {
    fn outcome(self) -> Result<(), CompileError>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), CompileError> {
        Ok(self)
    }
}

impl Outcome for Result<(), CompileError> {
    fn outcome(self) -> Self {
        self
    }
}

/// Rows that are skipped in code that can't be reached.
macro_rules! when_reachable {
    ($($visit:ident($($arg:ident: $ty:ty),*) => $method:ident($($value:expr),*);)*) => {$(
        fn $visit(&mut self, $($arg: $ty),*) -> Self::Output {
            match self.reachable {
                true => self.$method($($value),*).outcome(),
                false => Ok(()),
            }
        }
    )*};
}

/// Rows that are translated always.
macro_rules! always {
    ($($visit:ident($($arg:ident: $ty:ty),*) => $method:ident($($value:expr),*);)*) => {$(
        fn $visit(&mut self, $($arg: $ty),*) -> Self::Output {
            self.$method($($value),*).outcome()
        }
    )*};
}

/// Operators of wasmparser's list whose proposal we do not have.
macro_rules! unsupported {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident $arity:tt)*) => {
        $(unsupported! { @one $proposal $op ($($($arg: $ty),*)?) $visit })*
    };
    (@one mvp $($row:tt)*) => {};
    (@one sign_extension $($row:tt)*) => {};
    (@one saturating_float_to_int $($row:tt)*) => {};
    (@one bulk_memory $($row:tt)*) => {};
    (@one reference_types $($row:tt)*) => {};
    (@one threads $($row:tt)*) => {};
    (@one wide_arithmetic $($row:tt)*) => {};
    (@one $proposal:ident $op:ident ($($arg:ident: $ty:ty),*) $visit:ident) => {
        fn $visit(&mut self, $(_: $ty),*) -> Self::Output {
            Err(missing(stringify!($proposal), stringify!($op)))
        }
    };
}

#[cold]
fn missing(proposal: &str, operator: &str) -> CompileError {
    let proposal = proposal.replace('_', "-");
    CompileError::UnsupportedFeature(format!(
        "{proposal} (operator {operator} is not supported by the Cranelift compiler)"
    ))
}

impl<'a> VisitOperator<'a> for Translator<'_, '_> {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    control::block_operators!(always);
    control::operators!(when_reachable);
    call::operators!(when_reachable);
    variable::operators!(when_reachable);
    numeric::operators!(when_reachable);
    memory::operators!(when_reachable);
    table::operators!(when_reachable);
    reference::operators!(when_reachable);
    atomic::operators!(when_reachable);
    wasmparser::for_each_visit_operator!(unsupported);
}

impl<'a> VisitSimdOperator<'a> for Translator<'_, '_> {
    vector::operators!(when_reachable);
}
