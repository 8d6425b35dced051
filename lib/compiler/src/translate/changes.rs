//! What middlewares may change in the description of a module.
//!
//! Code, imports and the runtime all rely on the description, so it is checked as strictly as the binary format
//! of a module, by the rules of WebAssembly 3.0, §3.4.

use wasmer_types::entity::{EntityRef, PrimaryMap};
use wasmer_types::{
    CompileError, DataPlacement, ElementItems, ElementPlacement, ExportIndex, FunctionIndex,
    GlobalIndex, GlobalInit, ImportIndex, InitExpr, InitExprOp, LocalGlobalIndex, ModuleInfo,
    Mutability, Type,
};

use crate::limits;

type Check = Result<(), CompileError>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Check {
    match holds {
        true => Ok(()),
        false => Err(CompileError::MiddlewareError(format!(
            "the middlewares left a module that makes no sense: {}",
            what()
        ))),
    }
}

/// Checks that `after` is a possible description of a module of which the bodies and `data` bytes of data are those of
/// the module `before`.
pub(super) fn check(before: &ModuleInfo, after: &ModuleInfo, data: usize) -> Check {
    let types = after.signatures.as_values_slice();
    ensure(types.starts_with(before.signatures.as_values_slice()), || {
        "types can only be added behind the existing ones".to_owned()
    })?;
    let same_functions = after.functions == before.functions
        && after.num_imported_functions == before.num_imported_functions;
    ensure(same_functions, || "functions can't be added or changed".to_owned())?;
    counts(after)?;
    imports(after)?;
    types_in_range(after)?;
    globals(after)?;
    exports(after)?;
    segments(after, data)
}

/// Whether `index` lies in `map`.
fn has<K: EntityRef, T>(map: &PrimaryMap<K, T>, index: K) -> bool {
    index.index() < map.len()
}

fn counts(info: &ModuleInfo) -> Check {
    let counts = [
        ("types", info.signatures.len(), 0, limits::TYPES),
        ("tables", info.tables.len(), info.num_imported_tables, limits::TABLES),
        ("memories", info.memories.len(), info.num_imported_memories, limits::MEMORIES),
        ("globals", info.globals.len(), info.num_imported_globals, limits::GLOBALS),
        ("tags", info.tags.len(), info.num_imported_tags, limits::TAGS),
        ("imports", info.imports.len(), 0, limits::IMPORTS),
        ("exports", info.exports.len(), 0, limits::EXPORTS),
        ("element segments", info.element_segments.len(), 0, limits::ELEMENT_SEGMENTS),
        ("data segments", info.data_segments.len(), 0, limits::DATA_SEGMENTS),
    ];
    for (what, count, imported, limit) in counts {
        ensure(count <= limit, || format!("more than {limit} {what}"))?;
        ensure(imported <= count, || format!("{imported} of {count} {what} are imported"))?;
    }
    Ok(())
}

/// The imports of each kind are the first items of its index space, in order.
fn imports(info: &ModuleInfo) -> Check {
    let mut next = [0; 5];
    for (at, (key, index)) in info.imports.iter().enumerate() {
        let (kind, place) = match *index {
            ImportIndex::Function(i) => (0, i.index()),
            ImportIndex::Table(i) => (1, i.index()),
            ImportIndex::Memory(i) => (2, i.index()),
            ImportIndex::Global(i) => (3, i.index()),
            ImportIndex::Tag(i) => (4, i.index()),
        };
        ensure(next[kind] == place && key.import_idx as usize == at, || {
            format!("import number {at} is {index:?} with number {}", key.import_idx)
        })?;
        next[kind] += 1;
    }
    let imported = [
        info.num_imported_functions,
        info.num_imported_tables,
        info.num_imported_memories,
        info.num_imported_globals,
        info.num_imported_tags,
    ];
    ensure(next == imported, || format!("there are {next:?} imports, not {imported:?}"))
}

fn types_in_range(info: &ModuleInfo) -> Check {
    for (index, ty) in info.tags.iter() {
        ensure(has(&info.signatures, *ty), || format!("{index:?} is of {ty:?}"))?;
        ensure(info.signatures[*ty].results().is_empty(), || format!("{index:?} has results"))?;
    }
    for (index, ty) in info.tables.iter() {
        let limits = ty.maximum.is_none_or(|maximum| ty.minimum <= maximum);
        ensure(ty.ty.is_ref() && limits, || format!("{index:?} is a table of {ty}"))?;
    }
    for (index, ty) in info.memories.iter() {
        let limits = match ty.maximum {
            Some(maximum) => ty.minimum <= maximum,
            None => !ty.shared,
        };
        let format = info.memory_formats[index];
        let page = matches!(format.page_size_log2, 0 | 16);
        ensure(limits && page && ty.minimum.0 <= format.index_limit_pages(), || {
            format!("{index:?} is a memory of {ty} with {format}")
        })?;
    }
    if let Some(start) = info.start_function {
        let fits = has(&info.functions, start) && {
            let ty = info.function_type(start);
            ty.params().is_empty() && ty.results().is_empty()
        };
        ensure(fits, || format!("{start:?} can't be the start function"))?;
    }
    for function in info.func_refs.values() {
        ensure(has(&info.functions, *function), || format!("{function:?} escapes"))?;
    }
    Ok(())
}

fn globals(info: &ModuleInfo) -> Check {
    let own = info.globals.len() - info.num_imported_globals;
    let initial = info.global_initializers.len();
    ensure(own == initial, || format!("there are {own} own globals and {initial} initial values"))?;
    for (index, init) in info.global_initializers.iter() {
        let global = info.global_index(index);
        let ty = info.globals[global].ty;
        let found = global_init_type(info, index, init);
        ensure(found.is_some_and(|found| found == ty), || {
            format!("{global:?} of type {ty} has the initial value {init:?}")
        })?;
    }
    Ok(())
}

/// The type of the initial value of a global, unless it is invalid.
fn global_init_type(info: &ModuleInfo, index: LocalGlobalIndex, init: &GlobalInit) -> Option<Type> {
    let global = info.global_index(index);
    let op = match init {
        GlobalInit::I32Const(value) => InitExprOp::I32Const(*value),
        GlobalInit::I64Const(value) => InitExprOp::I64Const(*value),
        GlobalInit::F32Const(value) => InitExprOp::F32Const(value.to_bits()),
        GlobalInit::F64Const(value) => InitExprOp::F64Const(value.to_bits()),
        GlobalInit::V128Const(value) => InitExprOp::V128Const(*value),
        GlobalInit::GetGlobal(other) => InitExprOp::GlobalGet(*other),
        // The null of whatever type the global has.
        GlobalInit::RefNullConst => InitExprOp::RefNull(info.globals[global].ty),
        GlobalInit::RefFunc(function) => InitExprOp::RefFunc(*function),
        GlobalInit::Expr(expr) => return expr_type(info, expr.ops(), global),
    };
    expr_type(info, &[op], global)
}

/// The type of a constant expression that may read the globals before `visible`, unless it is invalid.
fn expr_type(info: &ModuleInfo, ops: &[InitExprOp], visible: GlobalIndex) -> Option<Type> {
    let mut stack = Vec::new();
    for op in ops {
        let ty = match op {
            InitExprOp::I32Const(_) => Type::I32,
            InitExprOp::I64Const(_) => Type::I64,
            InitExprOp::F32Const(_) => Type::F32,
            InitExprOp::F64Const(_) => Type::F64,
            InitExprOp::V128Const(_) => Type::V128,
            InitExprOp::GlobalGet(global) => {
                let known = *global < visible && has(&info.globals, *global);
                let ty = known.then(|| info.globals[*global])?;
                (ty.mutability == Mutability::Const).then_some(ty.ty)?
            }
            InitExprOp::RefNull(ty) => ty.is_ref().then_some(*ty)?,
            InitExprOp::RefFunc(function) => {
                has(&info.functions, *function).then_some(Type::FuncRef)?
            }
            InitExprOp::I32Add | InitExprOp::I32Sub | InitExprOp::I32Mul => Type::I32,
            InitExprOp::I64Add | InitExprOp::I64Sub | InitExprOp::I64Mul => Type::I64,
        };
        if matches!(
            op,
            InitExprOp::I32Add
                | InitExprOp::I32Sub
                | InitExprOp::I32Mul
                | InitExprOp::I64Add
                | InitExprOp::I64Sub
                | InitExprOp::I64Mul
        ) {
            let operands = (stack.pop()?, stack.pop()?);
            (operands == (ty, ty)).then_some(())?;
        }
        stack.push(ty);
    }
    let ty = stack.pop()?;
    stack.is_empty().then_some(ty)
}

fn exports(info: &ModuleInfo) -> Check {
    for (name, export) in &info.exports {
        let known = match *export {
            ExportIndex::Function(i) => has(&info.functions, i),
            ExportIndex::Table(i) => has(&info.tables, i),
            ExportIndex::Memory(i) => has(&info.memories, i),
            ExportIndex::Global(i) => has(&info.globals, i),
            ExportIndex::Tag(i) => has(&info.tags, i),
        };
        ensure(known, || format!("the export {name:?} is {export:?}"))?;
    }
    Ok(())
}

fn segments(info: &ModuleInfo, data: usize) -> Check {
    let all = GlobalIndex::new(info.globals.len());
    let is = |expr: &InitExpr, ty: Type| expr_type(info, expr.ops(), all) == Some(ty);
    for (index, segment) in info.element_segments.iter() {
        if let ElementPlacement::Active { table, offset } = &segment.placement {
            let fits = has(&info.tables, *table)
                && info.tables[*table].ty == segment.ty
                && is(offset, info.table_indices[*table].value_type());
            ensure(fits, || format!("{index:?} does not fit {table:?}"))?;
        }
        let function = |function: &FunctionIndex| has(&info.functions, *function);
        let items = match &segment.items {
            ElementItems::Functions(items) => {
                segment.ty == Type::FuncRef && items.iter().all(function)
            }
            ElementItems::Expressions(items) => items.iter().all(|item| is(item, segment.ty)),
        };
        ensure(items, || format!("{index:?} has items that are not of type {}", segment.ty))?;
    }
    for (index, segment) in info.data_segments.iter() {
        if let DataPlacement::Active { memory, offset } = &segment.placement {
            let fits = has(&info.memories, *memory)
                && is(offset, info.memory_formats[*memory].index.value_type());
            ensure(fits, || format!("{index:?} does not fit {memory:?}"))?;
        }
        let range = &segment.data;
        ensure(range.start <= range.end && range.end <= data, || {
            format!("{index:?} is made of the bytes {range:?} of {data}")
        })?;
    }
    Ok(())
}
