//! What the runtime relies on and does not follow from the types.
//!
//! Machine code is trusted, its description is not: whatever passes this can be instantiated without a panic or an
//! access out of bounds of the runtime's own structures.

use cranelift_entity::EntityRef;

use super::data::MemoryImages;
use super::error::ArtifactError;
use super::write::ArtifactContents;
use crate::indices::{ExportIndex, FunctionIndex, GlobalIndex, ImportIndex};
use crate::init::{
    DataPlacement, ElementItems, ElementPlacement, ElementSegment, GlobalInit, InitExpr, InitExprOp,
};
use crate::module::ModuleInfo;
use crate::types::{IndexType, Type};
use crate::units::WASM_PAGE_SIZE_LOG2;

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What safety needs.
    Description,
    /// That the tables of traps and addresses are sorted, too, which takes time that grows with the code. In tables
    /// that are not, entries are not found.
    Everything,
}

/// No place in a VM context is larger.
const LARGEST_PLACE: usize = 32;

type Check = Result<(), String>;

/// Checks `contents`.
///
/// # Errors
///
/// [`ArtifactError::Invalid`] with the first contradiction.
pub fn check(contents: &ArtifactContents<'_>, depth: Depth) -> Result<(), ArtifactError> {
    check_counts(contents)
        .and_then(|()| check_types(contents.info))
        .and_then(|()| check_imports(contents.info))
        .and_then(|()| check_references(contents.info))
        .and_then(|()| check_initializers(contents.info))
        .and_then(|()| check_segments(contents))
        .and_then(|()| check_functions(contents))
        .and_then(|()| match depth {
            Depth::Description => Ok(()),
            Depth::Everything => check_tables(contents),
        })
        .map_err(ArtifactError::Invalid)
}

/// Checks where the initial contents of memories lie in a section of `data` bytes, for a machine with pages of `page`
/// bytes. The rest of the module was checked.
///
/// # Errors
///
/// [`ArtifactError::Invalid`] with the first contradiction.
pub(super) fn check_images(
    info: &ModuleInfo,
    data: usize,
    page: u64,
    images: &MemoryImages,
) -> Result<(), ArtifactError> {
    let own = info.memories.len() - info.num_imported_memories;
    if images.len() != own {
        let found = images.len();
        return Err(ArtifactError::Invalid(format!("{found} images of memories, expected {own}")));
    }
    let result = check_image_extents(info, data, page, images);
    result.and_then(|()| check_imaged_segments(info, images)).map_err(ArtifactError::Invalid)
}

/// An error when the condition does not hold.
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

fn check_counts(contents: &ArtifactContents<'_>) -> Check {
    let info = contents.info;
    let imported = [
        ("functions", info.num_imported_functions, info.functions.len()),
        ("tables", info.num_imported_tables, info.tables.len()),
        ("memories", info.num_imported_memories, info.memories.len()),
        ("globals", info.num_imported_globals, info.globals.len()),
        ("tags", info.num_imported_tags, info.tags.len()),
    ];
    for (what, imported, all) in imported {
        ensure!(imported <= all, "{imported} of {all} {what} are imported");
    }
    let own_globals = info.globals.len() - info.num_imported_globals;
    let equal = [
        ("memory styles", contents.memory_styles.len(), info.memories.len()),
        ("table styles", contents.table_styles.len(), info.tables.len()),
        ("compiled functions", contents.functions.len(), info.local_func_count()),
        ("initial values of globals", info.global_initializers.len(), own_globals),
    ];
    for (what, found, expected) in equal {
        ensure!(found == expected, "{found} {what}, expected {expected}");
    }
    for (memory, style) in contents.memory_styles.iter() {
        let (format, expected) = (style.format(), info.memory_formats[memory]);
        ensure!(format == expected, "code for memory {} has {format}", memory.index());
    }
    let places = imported.iter().map(|(_, _, all)| all).sum::<usize>() + info.func_refs.len();
    let fits = places.checked_mul(LARGEST_PLACE).is_some_and(|bytes| bytes < 1 << 30);
    ensure!(fits, "{places} definitions do not fit into a VM context");
    Ok(())
}

fn check_types(info: &ModuleInfo) -> Check {
    for (function, &ty) in info.functions.iter() {
        ensure!(info.signatures.is_valid(ty), "function {} has no type", function.index());
    }
    for (tag, &ty) in info.tags.iter() {
        ensure!(info.signatures.is_valid(ty), "tag {} has no type", tag.index());
    }
    for (table, ty) in info.tables.iter() {
        let limits = ty.maximum.is_none_or(|maximum| ty.minimum <= maximum);
        ensure!(ty.ty.is_ref() && limits, "table {} has type {ty}", table.index());
    }
    for (memory, ty) in info.memories.iter() {
        let format = info.memory_formats[memory];
        let page = matches!(format.page_size_log2, 0 | WASM_PAGE_SIZE_LOG2);
        ensure!(page, "memory {} has {format}", memory.index());
        let limits = ty.minimum.0 <= format.index_limit_pages()
            && ty.maximum.is_none_or(|maximum| ty.minimum <= maximum);
        let shared = !ty.shared || ty.maximum.is_some();
        ensure!(limits && shared, "memory {} has type {ty}", memory.index());
    }
    Ok(())
}

/// The imports of each kind are the first of that kind, in order.
fn check_imports(info: &ModuleInfo) -> Check {
    let mut next = [0; 5];
    for (number, &import) in info.imports.values().enumerate() {
        let (kind, index) = match import {
            ImportIndex::Function(index) => (0, index.index()),
            ImportIndex::Table(index) => (1, index.index()),
            ImportIndex::Memory(index) => (2, index.index()),
            ImportIndex::Global(index) => (3, index.index()),
            ImportIndex::Tag(index) => (4, index.index()),
        };
        ensure!(
            next[kind] == index,
            "import {number} is {import:?}, expected number {}",
            next[kind]
        );
        next[kind] += 1;
    }
    let counts = [
        info.num_imported_functions,
        info.num_imported_tables,
        info.num_imported_memories,
        info.num_imported_globals,
        info.num_imported_tags,
    ];
    ensure!(
        next == counts,
        "{next:?} functions, tables, memories, globals and tags are imported, expected {counts:?}"
    );
    Ok(())
}

/// Whether a reference to a function can be made.
fn is_referable(info: &ModuleInfo, function: FunctionIndex) -> bool {
    info.is_imported_function(function) || info.func_ref(function).is_some()
}

fn check_references(info: &ModuleInfo) -> Check {
    for (name, &export) in &info.exports {
        let exists = match export {
            ExportIndex::Function(index) => is_referable(info, index),
            ExportIndex::Table(index) => info.tables.is_valid(index),
            ExportIndex::Memory(index) => info.memories.is_valid(index),
            ExportIndex::Global(index) => info.globals.is_valid(index),
            ExportIndex::Tag(index) => info.tags.is_valid(index),
        };
        ensure!(exists, "export {name:?} is {export:?}, which can't be exported");
    }
    for (name, &section) in &info.custom_sections {
        let exists = info.custom_sections_data.is_valid(section);
        ensure!(exists, "custom section {name:?} has no contents");
    }
    if let Some(start) = info.start_function {
        ensure!(info.functions.is_valid(start), "the start function does not exist");
        let ty = info.function_type(start);
        let is_plain = ty.params().is_empty() && ty.results().is_empty();
        ensure!(is_plain, "the start function has type {ty}");
    }
    Ok(())
}

/// The type of a constant expression in which the first `globals` globals can be used.
fn type_of(info: &ModuleInfo, expr: &InitExpr, globals: usize) -> Result<Type, String> {
    let mut stack: Vec<Type> = Vec::new();
    for &op in expr.ops() {
        let binary = |ty| (Some(ty), ty);
        let (operands, result) = match op {
            InitExprOp::I32Const(_) => (None, Type::I32),
            InitExprOp::I64Const(_) => (None, Type::I64),
            InitExprOp::F32Const(_) => (None, Type::F32),
            InitExprOp::F64Const(_) => (None, Type::F64),
            InitExprOp::V128Const(_) => (None, Type::V128),
            InitExprOp::GlobalGet(global) => (None, type_of_global(info, global, globals)?),
            InitExprOp::RefNull(ty) if ty.is_ref() => (None, ty),
            InitExprOp::RefNull(ty) => return Err(format!("ref.null {ty}")),
            InitExprOp::RefFunc(function) if is_referable(info, function) => (None, Type::FuncRef),
            InitExprOp::RefFunc(function) => return Err(format!("ref.func {}", function.index())),
            InitExprOp::I32Add | InitExprOp::I32Sub | InitExprOp::I32Mul => binary(Type::I32),
            InitExprOp::I64Add | InitExprOp::I64Sub | InitExprOp::I64Mul => binary(Type::I64),
        };
        if let Some(operand) = operands {
            let found = [stack.pop(), stack.pop()];
            ensure!(found == [Some(operand); 2], "{op:?} of {found:?}");
        }
        stack.push(result);
    }
    match stack[..] {
        [ty] => Ok(ty),
        _ => Err(format!("{} values", stack.len())),
    }
}

fn type_of_global(info: &ModuleInfo, global: GlobalIndex, globals: usize) -> Result<Type, String> {
    match info.globals.get(global) {
        Some(ty) if global.index() < globals => Ok(ty.ty),
        _ => Err(format!("global.get {}", global.index())),
    }
}

fn check_initializers(info: &ModuleInfo) -> Check {
    for (local, init) in info.global_initializers.iter() {
        let global = info.global_index(local);
        let expected = info.globals[global].ty;
        let found = match *init {
            GlobalInit::I32Const(_) => Ok(Type::I32),
            GlobalInit::I64Const(_) => Ok(Type::I64),
            GlobalInit::F32Const(_) => Ok(Type::F32),
            GlobalInit::F64Const(_) => Ok(Type::F64),
            GlobalInit::V128Const(_) => Ok(Type::V128),
            GlobalInit::GetGlobal(other) => type_of_global(info, other, global.index()),
            // The null reference is the same in all types.
            GlobalInit::RefNullConst if expected.is_ref() => Ok(expected),
            GlobalInit::RefNullConst => Err("a null reference".to_owned()),
            GlobalInit::RefFunc(function) if is_referable(info, function) => Ok(Type::FuncRef),
            GlobalInit::RefFunc(function) => Err(format!("ref.func {}", function.index())),
            GlobalInit::Expr(ref expr) => type_of(info, expr, global.index()),
        };
        let found = found.map_err(|what| format!("global {} is {what}", global.index()))?;
        ensure!(
            found == expected,
            "global {} has an initial value of type {found}, expected {expected}",
            global.index()
        );
    }
    Ok(())
}

/// Checks that an expression has the type of an index.
fn check_offset(info: &ModuleInfo, offset: &InitExpr, index: IndexType) -> Check {
    let found = type_of(info, offset, info.globals.len())?;
    let expected = index.value_type();
    ensure!(found == expected, "offset of type {found}, expected {expected}");
    Ok(())
}

fn check_segments(contents: &ArtifactContents<'_>) -> Check {
    let info = contents.info;
    for (index, segment) in info.data_segments.iter() {
        let at = |what: String| format!("data segment {}: {what}", index.index());
        let (range, data) = (&segment.data, contents.data.len());
        let is_part = range.start <= range.end && range.end <= data;
        ensure!(is_part, "{}", at(format!("{range:?} of {data} bytes")));
        if let DataPlacement::Active { memory, offset } = &segment.placement {
            ensure!(info.memories.is_valid(*memory), "{}", at("no memory".to_owned()));
            check_offset(info, offset, info.memory_formats[*memory].index).map_err(at)?;
        }
    }
    for (index, segment) in info.element_segments.iter() {
        let at = |what: String| format!("element segment {}: {what}", index.index());
        check_elements(info, segment).map_err(at)?;
    }
    Ok(())
}

fn check_image_extents(info: &ModuleInfo, data: usize, page: u64, images: &MemoryImages) -> Check {
    for (local, image) in images.iter() {
        let Some(image) = image else { continue };
        let memory = info.memory_index(local);
        let ty = info.memories[memory];
        let is_part = image.data.start <= image.data.end && image.data.end <= data;
        let is_aligned = (image.address | image.data.start as u64) & (page - 1) == 0;
        let end = image.address.checked_add(image.data.len() as u64);
        let fits = end.is_some_and(|end| end <= info.minimum_bytes(memory)) && !ty.shared;
        ensure!(
            is_part && is_aligned && fits,
            "an image of memory {} at {}, {:?} of {data} bytes",
            memory.index(),
            image.address,
            image.data
        );
    }
    Ok(())
}

/// Segments that are in an image are where it has them.
fn check_imaged_segments(info: &ModuleInfo, images: &MemoryImages) -> Check {
    for (index, local, offset) in info.initial_data() {
        let data = &info.data_segments[index].data;
        let Some(image) = images[local].as_ref().filter(|_| !data.is_empty()) else { continue };
        let place = (offset as u64).checked_sub(image.address);
        let found = data.start.checked_sub(image.data.start).map(|place| place as u64);
        ensure!(
            place.is_some() && place == found && data.end <= image.data.end,
            "data segment {}: {data:?} for {offset} is not where the image {image:?} has it",
            index.index()
        );
    }
    Ok(())
}

fn check_elements(info: &ModuleInfo, segment: &ElementSegment) -> Check {
    ensure!(segment.ty.is_ref(), "items of type {}", segment.ty);
    if let ElementPlacement::Active { table, offset } = &segment.placement {
        let ty = info.tables.get(*table).ok_or("no table")?.ty;
        ensure!(segment.ty == ty, "items of type {}, expected {ty}", segment.ty);
        check_offset(info, offset, info.table_indices[*table])?;
    }
    match &segment.items {
        ElementItems::Functions(functions) => {
            ensure!(segment.ty == Type::FuncRef, "functions as items of type {}", segment.ty);
            for &function in functions {
                ensure!(
                    is_referable(info, function),
                    "function {} can't be an item",
                    function.index()
                );
            }
        }
        ElementItems::Expressions(items) => {
            for item in items {
                let found = type_of(info, item, info.globals.len())?;
                ensure!(found == segment.ty, "an item of type {found}, expected {}", segment.ty);
            }
        }
    }
    Ok(())
}

/// Functions lie in the text, in order.
fn check_functions(contents: &ArtifactContents<'_>) -> Check {
    let text = contents.text.len();
    ensure!(text <= i32::MAX as usize, "{text} bytes of code, expected less than 2^31");
    let mut end = 0;
    for (function, extent) in contents.functions.iter() {
        let range = extent.range();
        ensure!(
            end <= range.start && range.end <= text,
            "function {} at {range:?}, expected it between {end} and the end of the code at {text}",
            function.index()
        );
        end = range.end;
    }
    Ok(())
}

fn check_tables(contents: &ArtifactContents<'_>) -> Check {
    let text = contents.text.len();
    let fault = contents.traps.fault(text).or_else(|| contents.addresses.fault(text));
    let fault = fault.or_else(|| contents.inlined.fault(contents.functions.len()));
    let fault = fault.or_else(|| contents.leaves.fault(text));
    fault.map_or(Ok(()), Err)
}
