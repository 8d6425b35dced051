//! Every limit holds, and what is just within it passes.

use std::time::Instant;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmer_types::{CompileError, Features, FunctionIndex, Mutability, Type, VMOffsets};

use crate::driver::validate_module;
use crate::limits;
use crate::testing::wasm;

const I32: ValType = ValType::I32;

fn validate(bytes: &[u8]) -> Result<(), CompileError> {
    validate_module(&Features::all(), bytes)
}

/// `make` makes a module that needs so much of what is limited.
fn check(limit: usize, make: impl Fn(usize) -> Vec<u8>, resource: bool) {
    if let Err(error) = validate(&make(limit)) {
        panic!("{limit} should be possible: {error}");
    }
    let start = Instant::now();
    let error = validate(&make(limit + 1)).expect_err("one more should not be possible");
    assert_eq!(matches!(error, CompileError::Resource(_)), resource, "{error:?}");
    assert!(error.to_string().contains("(at offset 0x"), "{error}");
    assert!(start.elapsed().as_secs() < 60, "an error comes soon");
}

/// A module of one function of type `[i32] -> [i32]` with the given local declarations and code.
fn one_function(locals: Vec<(u32, ValType)>, code: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([I32], [I32]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut function = Function::new(locals);
    function.raw(code);
    let mut bodies = CodeSection::new();
    bodies.function(&function);
    Module::new().section(&types).section(&functions).section(&bodies).clone().finish()
}

/// A module with one section.
fn with_section(section: &impl wasm_encoder::Section) -> Vec<u8> {
    Module::new().section(section).clone().finish()
}

const RETURN_ZERO: [u8; 3] = [0x41, 0, 0x0b];

#[test]
fn locals() {
    check(
        limits::LOCALS,
        |count| one_function(vec![(1, ValType::I64), (count as u32 - 2, I32)], RETURN_ZERO),
        false,
    );
    let overflow = one_function(vec![(u32::MAX, I32), (u32::MAX, I32)], RETURN_ZERO);
    assert!(validate(&overflow).is_err());
}

#[test]
fn nesting() {
    let nested = |count| {
        // The function itself is the outermost block.
        let blocks = count - 1;
        let code = [[0x02, 0x40]].repeat(blocks).concat();
        one_function(vec![], code.into_iter().chain(vec![0x0b; blocks]).chain(RETURN_ZERO))
    };
    check(limits::NESTING, nested, true);
}

#[test]
fn branch_table() {
    let table = |count: usize| {
        let mut code = vec![0x41, 0, 0x41, 0, 0x0e];
        let mut rest = count;
        while rest >= 0x80 {
            code.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        code.push(rest as u8);
        code.resize(code.len() + count + 1, 0);
        code.push(0x0b);
        // The labels pass one value on; the function has a parameter as well.
        one_function(vec![], code)
    };
    check(limits::BRANCH_TABLE, table, true);
}

#[test]
fn passed_values() {
    // A thousand values in, a thousand out, again and again.
    let list = || vec![I32; 1000];
    let make = |calls: usize| {
        let mut types = TypeSection::new();
        types.ty().function(list(), list());
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut function = Function::new([]);
        for local in 0..1000 {
            function.instructions().local_get(local);
        }
        for _ in 0..calls {
            function.instructions().block(BlockType::FunctionType(0)).end();
        }
        function.instructions().end();
        let mut bodies = CodeSection::new();
        bodies.function(&function);
        Module::new().section(&types).section(&functions).section(&bodies).clone().finish()
    };
    check(limits::PASSED_VALUES / 2000, make, true);
}

#[test]
fn function_size() {
    let nops = |size: usize| {
        let code = vec![0x01; size - RETURN_ZERO.len() - 1];
        one_function(vec![], code.into_iter().chain(RETURN_ZERO))
    };
    check(limits::FUNCTION_SIZE, nops, false);
}

#[test]
fn parameters_and_results() {
    for results in [false, true] {
        let make = |count| {
            let mut types = TypeSection::new();
            let (many, none) = (vec![I32; count], vec![]);
            let (params, results) = if results { (none, many) } else { (many, none) };
            types.ty().function(params, results);
            with_section(&types)
        };
        assert_eq!(limits::PARAMETERS, limits::RESULTS);
        check(limits::PARAMETERS, make, false);
    }
}

#[test]
fn definitions() {
    let types = |count| {
        let mut section = TypeSection::new();
        (0..count).for_each(|_| section.ty().function([], []));
        with_section(&section)
    };
    check(limits::TYPES, types, false);
    let globals = |count| {
        let mut section = GlobalSection::new();
        let ty = GlobalType { val_type: I32, mutable: false, shared: false };
        for _ in 0..count {
            section.global(ty, &ConstExpr::i32_const(0));
        }
        with_section(&section)
    };
    check(limits::GLOBALS, globals, false);
    let tables = |count| {
        let mut section = TableSection::new();
        for _ in 0..count {
            section.table(table(0));
        }
        with_section(&section)
    };
    check(limits::TABLES, tables, false);
    let memories = |count| {
        let mut section = MemorySection::new();
        for _ in 0..count {
            section.memory(memory(false, 0));
        }
        with_section(&section)
    };
    check(limits::MEMORIES, memories, false);
}

fn table(minimum: u64) -> TableType {
    let element_type = RefType::FUNCREF;
    TableType { element_type, table64: true, minimum, maximum: None, shared: false }
}

fn memory(small_pages: bool, minimum: u64) -> MemoryType {
    let page_size_log2 = small_pages.then_some(0);
    MemoryType { minimum, maximum: None, memory64: true, shared: false, page_size_log2 }
}

#[test]
fn functions_imports_and_exports() {
    let functions = |count: usize| {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        let mut bodies = CodeSection::new();
        for _ in 0..count {
            functions.function(0);
            bodies.raw(&[0, 0x0b]);
        }
        Module::new().section(&types).section(&functions).section(&bodies).clone().finish()
    };
    check(limits::FUNCTIONS, functions, false);
    let imports = |count| {
        let mut section = ImportSection::new();
        let ty = GlobalType { val_type: I32, mutable: false, shared: false };
        for _ in 0..count {
            section.import("", "", EntityType::Global(ty));
        }
        with_section(&section)
    };
    // Each import or export of a global or memory counts as one.
    const { assert!(limits::INTERFACE_SIZE <= limits::IMPORTS) };
    const { assert!(limits::IMPORTS == limits::EXPORTS) };
    check(limits::INTERFACE_SIZE, imports, false);
    let exports = |count| {
        let mut memories = MemorySection::new();
        memories.memory(memory(false, 0));
        let mut exports = ExportSection::new();
        for number in 0..count {
            exports.export(&number.to_string(), ExportKind::Memory, 0);
        }
        Module::new().section(&memories).section(&exports).clone().finish()
    };
    check(limits::INTERFACE_SIZE, exports, false);
}

#[test]
fn segments() {
    let elements = |segments: usize, items: usize| {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("", "", EntityType::Function(0));
        let mut section = ElementSection::new();
        let list = vec![0; items];
        for _ in 0..segments {
            section.passive(Elements::Functions(list.as_slice().into()));
        }
        Module::new().section(&types).section(&imports).section(&section).clone().finish()
    };
    check(limits::ELEMENT_SEGMENTS, |count| elements(count, 0), false);
    check(limits::SEGMENT_ITEMS, |count| elements(1, count), false);
    let data = |count| {
        let mut section = wasm_encoder::DataSection::new();
        for _ in 0..count {
            section.passive([]);
        }
        with_section(&section)
    };
    check(limits::DATA_SEGMENTS, data, false);
}

#[test]
fn constant_operators() {
    let make = |count: usize| {
        // One constant, and pairs of a constant and an addition.
        let mut init = ConstExpr::i32_const(1);
        for _ in 0..(count - 1) / 2 {
            init = init.with_i32_const(1).with_i32_add();
        }
        let mut section = GlobalSection::new();
        section.global(GlobalType { val_type: I32, mutable: false, shared: false }, &init);
        with_section(&section)
    };
    assert!(validate(&make(limits::CONSTANT_OPERATORS - 1)).is_ok());
    let error = validate(&make(limits::CONSTANT_OPERATORS + 1)).unwrap_err();
    assert!(matches!(error, CompileError::Resource(_)), "{error:?}");
}

/// Memories and tables that are too large are valid, but nobody can make them.
#[test]
fn initial_sizes() {
    for minimum in [u32::MAX as u64, 1 << 32, 1 << 48] {
        let mut section = TableSection::new();
        section.table(table(minimum));
        assert!(validate(&with_section(&section)).is_ok());
        for small_pages in [false, true] {
            let mut section = MemorySection::new();
            section.memory(memory(small_pages, minimum));
            assert!(validate(&with_section(&section)).is_ok());
        }
    }
}

#[test]
fn module_size() {
    // The system gives zeroed pages only when they are touched.
    let mut bytes = vec![0; limits::MODULE_SIZE + 1];
    let module = wasm("(module)");
    bytes[..module.len()].copy_from_slice(&module);
    let error = validate(&bytes).unwrap_err();
    assert!(matches!(error, CompileError::Resource(_)), "{error:?}");
}

#[test]
fn the_largest_vm_context_has_offsets_of_31_bits() {
    let mut info = wasmer_types::ModuleInfo::new();
    let ty = info.signatures.push(wasmer_types::FunctionType::new([], []));
    // More than is possible: all functions imported and escaping, on top of everything else.
    info.num_imported_functions = limits::FUNCTIONS;
    for _ in 0..limits::FUNCTIONS {
        info.functions.push(ty);
        info.tags.push(ty);
        info.globals.push(wasmer_types::GlobalType::new(Type::V128, Mutability::Var));
    }
    for number in 0..limits::FUNCTIONS {
        info.escape(FunctionIndex::from_u32(number as u32));
    }
    for _ in 0..limits::TABLES {
        info.tables.push(wasmer_types::TableType::new(Type::FuncRef, 0, None));
    }
    for _ in 0..limits::MEMORIES {
        info.memories.push(wasmer_types::MemoryType::new(0, None, false));
    }
    // Imported globals and tables take less room than own ones.
    assert!(VMOffsets::new(8, &info).size() < 1 << 28);
}
