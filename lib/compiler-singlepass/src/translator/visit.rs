//! The visitor of operators, made from the tables of the other files.
//!
//! A row `visit_x(argument: Type) => family(…)` becomes the method `visit_x`, which calls the translator's method
//! `family` unless the operator can't be reached. Operators of proposals that this compiler does not have are made from
//! wasmparser's list, by proposal; what is neither in a table nor there does not compile.

use wasmer_types::{
    BuiltinFunction, CompileError, FunctionIndex, GlobalIndex, MemoryIndex, SignatureIndex,
    TableIndex,
};
use wasmparser::{BlockType, BrTable, HeapType, MemArg, ValType, VisitOperator, VisitSimdOperator};

use super::{
    Translator, atomic, call, control, memory, numeric, reference, table, variable, vector,
};
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

/// What a method of the translator returns.
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
        "{proposal} (operator {operator} is not supported by the Singlepass compiler)"
    ))
}

impl<'a, M: Masm> VisitOperator<'a> for Translator<'_, '_, M> {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    control::block_operators!(always);
    control::operators!(when_reachable);
    control::fusing_operators!(fusing);
    call::operators!(when_reachable);
    variable::operators!(when_reachable);
    variable::fusing_operators!(fusing);
    numeric::operators!(when_reachable);
    numeric::fusing_operators!(fusing);
    memory::operators!(when_reachable);
    table::operators!(when_reachable);
    reference::operators!(when_reachable);
    atomic::operators!(when_reachable);
    wasmparser::for_each_visit_operator!(unsupported);
}

impl<'a, M: Masm> VisitSimdOperator<'a> for Translator<'_, '_, M> {
    vector::operators!(when_reachable);
}
