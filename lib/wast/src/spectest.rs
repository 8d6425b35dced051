//! The module `spectest`, which the specification's tests import from.

use wasmer::{
    Exports, Function, FunctionType, Global, Imports, Memory, MemoryType, Store, Table, TableType,
    Type, Value,
};
use wasmer_types::IndexType;

/// Name under which scripts import it.
const MODULE: &str = "spectest";

/// The host module `spectest`: globals of value 666 (and 666.6), tables of ten null functions, a memory and
/// a shared memory of one page, and functions that take their arguments and do nothing with them.
///
/// The reference interpreter prints the arguments; nothing in a script depends on it, so these don't.
///
/// An item that the store's engine can't provide (say, a shared memory) is missing, so that only the scripts
/// that import it fail.
pub fn spectest_importobject(store: &mut Store) -> Imports {
    let mut exports = Exports::new();

    for (name, params) in [
        ("print", &[][..]),
        ("print_i32", &[Type::I32]),
        ("print_i64", &[Type::I64]),
        ("print_f32", &[Type::F32]),
        ("print_f64", &[Type::F64]),
        ("print_i32_f32", &[Type::I32, Type::F32]),
        ("print_f64_f64", &[Type::F64, Type::F64]),
    ] {
        let ty = FunctionType::new(params, []);
        exports.insert(name, Function::new(store, ty, |_| Ok(Vec::new())));
    }

    for (name, value) in [
        ("global_i32", Value::I32(666)),
        ("global_i64", Value::I64(666)),
        ("global_f32", Value::F32(666.6)),
        ("global_f64", Value::F64(666.6)),
    ] {
        exports.insert(name, Global::new(store, value));
    }

    for (name, index) in [("table", IndexType::I32), ("table64", IndexType::I64)] {
        let ty = TableType::new(Type::FuncRef, 10, Some(20));
        if let Ok(table) = Table::new_with_index(store, ty, index, Value::FuncRef(None)) {
            exports.insert(name, table);
        }
    }

    for (name, shared) in [("memory", false), ("shared_memory", true)] {
        if let Ok(memory) = Memory::new(store, MemoryType::new(1, Some(2), shared)) {
            exports.insert(name, memory);
        }
    }

    let mut imports = Imports::new();
    imports.register_namespace(MODULE, exports);
    imports
}
