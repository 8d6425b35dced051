//! Operators that every backend has in the same form, and what their visitors share.
//!
//! A table hands its rows `visit_x(argument: Type) => method(value, …);` to the macro `$reader`, which makes the methods
//! of a visitor of them, each calling the backend's method of that name. The types of arguments are found where the
//! table is read. Rows in which backends differ (numbers, vectors, accesses to memory) are in the backends.

use wasmer_types::{CompileError, ModuleInfo, SignatureIndex, Type};
use wasmparser::{BlockType, ValType};

/// What translating an operator yields.
pub trait Outcome {
    /// The result for the visitor.
    ///
    /// # Errors
    ///
    /// That of the translation.
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

/// The parameters and results of a block. All references have the same machine type, and are given as one.
pub fn block_types(module: &ModuleInfo, ty: BlockType) -> (&[Type], &[Type]) {
    let result: &[Type] = match ty {
        BlockType::Empty => &[],
        BlockType::Type(ValType::I32) => &[Type::I32],
        BlockType::Type(ValType::I64) => &[Type::I64],
        BlockType::Type(ValType::F32) => &[Type::F32],
        BlockType::Type(ValType::F64) => &[Type::F64],
        BlockType::Type(ValType::V128) => &[Type::V128],
        BlockType::Type(ValType::Ref(_)) => &[Type::ExternRef],
        BlockType::FuncType(index) => {
            let ty = &module.signatures[SignatureIndex::from_u32(index)];
            return (ty.params(), ty.results());
        }
    };
    (&[], result)
}

/// Reader of a table for rows that are translated wherever they stand.
#[macro_export]
macro_rules! always {
    ($($visit:ident($($arg:ident: $ty:ty),*) => $method:ident($($value:expr),*);)*) => {$(
        fn $visit(&mut self, $($arg: $ty),*) -> Self::Output {
            self.$method($($value),*).outcome()
        }
    )*};
}

/// Reader of a table for rows that are skipped in code that can't be reached, as the visitor's field `reachable` says.
#[macro_export]
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

/// Error for an operator whose proposal a compiler does not have.
#[cold]
pub fn missing_operator(compiler: &str, proposal: &str, operator: &str) -> CompileError {
    let proposal = proposal.replace('_', "-");
    CompileError::UnsupportedFeature(format!(
        "{proposal} (operator {operator} is not supported by the {compiler} compiler)"
    ))
}

/// Reader of wasmparser's list that makes the methods for operators of the proposals that our compilers do not have.
/// What is neither in a table nor here does not compile. The visitor names its compiler by the constant `COMPILER`.
#[macro_export]
macro_rules! unsupported_operators {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident $arity:tt)*) => {
        $($crate::unsupported_operators! { @one $proposal $op ($($($arg: $ty),*)?) $visit })*
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
            Err($crate::operators::missing_operator(
                Self::COMPILER,
                stringify!($proposal),
                stringify!($op),
            ))
        }
    };
}

/// Operators that are translated wherever they stand, because they open and close blocks.
#[macro_export]
macro_rules! block_operators {
    ($reader:ident) => {
        $reader! {
            visit_block(blockty: BlockType) => block(blockty);
            visit_loop(blockty: BlockType) => loop_(blockty);
            visit_if(blockty: BlockType) => if_(blockty);
            visit_else() => else_();
            visit_end() => end();
        }
    };
}

/// Operators that leave blocks, and `nop`.
#[macro_export]
macro_rules! branch_operators {
    ($reader:ident) => {
        $reader! {
            visit_unreachable() => unreachable();
            visit_nop() => nop();
            visit_br(relative_depth: u32) => br(relative_depth);
            visit_br_table(targets: BrTable<'a>) => br_table(targets);
            visit_return() => return_();
        }
    };
}

/// Operators that want no more of their last operand than whether it is zero, or nothing.
#[macro_export]
macro_rules! condition_operators {
    ($reader:ident) => {
        $reader! {
            visit_br_if(relative_depth: u32) => br_if(relative_depth);
            visit_drop() => drop_();
            visit_select() => select();
            visit_typed_select(_ty: ValType) => select();
            visit_typed_select_multi(_tys: Vec<ValType>) => select();
        }
    };
}

/// Calls.
#[macro_export]
macro_rules! call_operators {
    ($reader:ident) => {
        $reader! {
            visit_call(function_index: u32) => call(FunctionIndex::from_u32(function_index));
            visit_call_indirect(type_index: u32, table_index: u32) =>
                call_indirect(SignatureIndex::from_u32(type_index), TableIndex::from_u32(table_index));
        }
    };
}

/// Operators that read variables, and `global.set`.
#[macro_export]
macro_rules! variable_operators {
    ($reader:ident) => {
        $reader! {
            visit_local_get(local_index: u32) => local_get(local_index);
            visit_global_get(global_index: u32) => global_get(GlobalIndex::from_u32(global_index));
            visit_global_set(global_index: u32) => global_set(GlobalIndex::from_u32(global_index));
        }
    };
}

/// Operators that set locals.
#[macro_export]
macro_rules! set_local_operators {
    ($reader:ident) => {
        $reader! {
            visit_local_set(local_index: u32) => local_set(local_index);
            visit_local_tee(local_index: u32) => local_tee(local_index);
        }
    };
}

/// Operators on whole memories.
#[macro_export]
macro_rules! whole_memory_operators {
    ($reader:ident) => {
        $reader! {
            visit_memory_size(mem: u32) => memory_size(MemoryIndex::from_u32(mem));
            visit_memory_grow(mem: u32) => memory_grow(MemoryIndex::from_u32(mem));
            visit_memory_fill(mem: u32) => memory_fill(MemoryIndex::from_u32(mem));
            visit_memory_copy(dst_mem: u32, src_mem: u32) =>
                copy(BuiltinFunction::memory_copy, dst_mem, src_mem);
            visit_memory_init(data_index: u32, mem: u32) =>
                copy(BuiltinFunction::memory_init, mem, data_index);
            visit_data_drop(data_index: u32) =>
                drop_segment(BuiltinFunction::data_drop, data_index);
        }
    };
}

/// Operators on tables.
#[macro_export]
macro_rules! table_operators {
    ($reader:ident) => {
        $reader! {
            visit_table_get(table: u32) => table_get(TableIndex::from_u32(table));
            visit_table_set(table: u32) => table_set(TableIndex::from_u32(table));
            visit_table_size(table: u32) => table_size(TableIndex::from_u32(table));
            visit_table_grow(table: u32) => table_grow(TableIndex::from_u32(table));
            visit_table_fill(table: u32) => table_fill(TableIndex::from_u32(table));
            visit_table_copy(dst_table: u32, src_table: u32) =>
                copy(BuiltinFunction::table_copy, dst_table, src_table);
            visit_table_init(elem_index: u32, table: u32) =>
                copy(BuiltinFunction::table_init, table, elem_index);
            visit_elem_drop(elem_index: u32) =>
                drop_segment(BuiltinFunction::elem_drop, elem_index);
        }
    };
}
