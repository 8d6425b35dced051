//! One function for each section of the binary format (WebAssembly 3.0, §5.5), all of which were validated before.

use std::ops::Range;

use bytes::Bytes;
use wasmer_types::{
    CompileError, DataPlacement, DataSegment, ElementItems, ElementPlacement, ElementSegment,
    ExportIndex, FunctionIndex, GlobalIndex, ImportIndex, ImportKey, MemoryFormat, MemoryIndex,
    ModuleInfo, SignatureIndex, TableIndex, TagIndex, Type,
};
use wasmparser as wp;
use wasmparser::{CompositeInnerType, ExternalKind, SectionLimited, TableInit, TypeRef};

use super::init::init_expr;
use super::names;
use super::types::{
    function_type, global_type, index_type, memory_format, memory_type, reference_type, table_type,
};
use crate::proposals::unsupported;

/// Our error for one of wasmparser.
pub(super) type ToError<'f> = &'f dyn Fn(wp::Error) -> CompileError;

type Done = Result<(), CompileError>;

/// Calls `each` with every item of a section and its byte offset.
fn for_each<'a, T: wp::FromReader<'a>>(
    section: SectionLimited<'a, T>,
    error: ToError<'_>,
    mut each: impl FnMut(u64, T) -> Done,
) -> Done {
    for item in section.into_iter_with_offsets() {
        let (offset, item) = item.map_err(error)?;
        each(offset, item)?;
    }
    Ok(())
}

pub(super) fn types(
    info: &mut ModuleInfo,
    section: wp::TypeSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    info.signatures.reserve_exact(section.count() as usize);
    for_each(section, error, |offset, group| {
        let plain = !group.is_explicit_rec_group();
        for ty in group.into_types() {
            let plain = plain && ty.is_final && ty.supertype_idxs.is_empty();
            match &ty.composite_type.inner {
                CompositeInnerType::Func(ty) if plain => {
                    info.signatures.push(function_type(ty, offset)?);
                }
                _ => return Err(unsupported(&format!("type {ty}"), "gc", offset)),
            }
        }
        Ok(())
    })
}

pub(super) fn imports(
    info: &mut ModuleInfo,
    section: wp::ImportSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    info.imports.reserve_exact(section.count() as usize);
    for import in section.into_imports_with_offsets() {
        let (offset, import) = import.map_err(error)?;
        let index = match import.ty {
            TypeRef::Func(ty) => {
                info.num_imported_functions += 1;
                ImportIndex::Function(info.functions.push(SignatureIndex::from_u32(ty)))
            }
            TypeRef::Table(ty) => {
                info.num_imported_tables += 1;
                ImportIndex::Table(push_table(info, ty, offset)?)
            }
            TypeRef::Memory(ty) => {
                info.num_imported_memories += 1;
                ImportIndex::Memory(push_memory(info, ty))
            }
            TypeRef::Global(ty) => {
                info.num_imported_globals += 1;
                ImportIndex::Global(info.globals.push(global_type(ty, offset)?))
            }
            TypeRef::Tag(ty) => {
                info.num_imported_tags += 1;
                ImportIndex::Tag(info.tags.push(SignatureIndex::from_u32(ty.func_type_idx)))
            }
            TypeRef::FuncExact(_) => {
                return Err(unsupported("exact import", "custom-descriptors", offset));
            }
        };
        let import_idx = info.imports.len() as u32;
        let (module, field) = (import.module.to_owned(), import.name.to_owned());
        info.imports.insert(ImportKey { module, field, import_idx }, index);
    }
    Ok(())
}

pub(super) fn functions(
    info: &mut ModuleInfo,
    section: wp::FunctionSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    info.functions.reserve_exact(section.count() as usize);
    for_each(section, error, |_, ty| {
        info.functions.push(SignatureIndex::from_u32(ty));
        Ok(())
    })
}

pub(super) fn tables(
    info: &mut ModuleInfo,
    section: wp::TableSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    for_each(section, error, |offset, table| {
        if let TableInit::Expr(_) = table.init {
            return Err(unsupported("table with initial value", "function-references", offset));
        }
        push_table(info, table.ty, offset)?;
        Ok(())
    })
}

/// Adds a table.
fn push_table(
    info: &mut ModuleInfo,
    ty: wp::TableType,
    offset: u64,
) -> Result<TableIndex, CompileError> {
    let table = info.tables.push(table_type(ty, offset)?);
    if ty.table64 {
        info.table_indices[table] = index_type(ty.table64);
    }
    Ok(table)
}

/// Adds a memory.
fn push_memory(info: &mut ModuleInfo, ty: wp::MemoryType) -> MemoryIndex {
    let memory = info.memories.push(memory_type(ty));
    let format = memory_format(ty);
    if format != MemoryFormat::default() {
        info.memory_formats[memory] = format;
    }
    memory
}

pub(super) fn memories(
    info: &mut ModuleInfo,
    section: wp::MemorySectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    for_each(section, error, |_, ty| {
        push_memory(info, ty);
        Ok(())
    })
}

pub(super) fn tags(
    info: &mut ModuleInfo,
    section: wp::TagSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    for_each(section, error, |_, ty| {
        info.tags.push(SignatureIndex::from_u32(ty.func_type_idx));
        Ok(())
    })
}

pub(super) fn globals(
    info: &mut ModuleInfo,
    section: wp::GlobalSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    info.globals.reserve_exact(section.count() as usize);
    for_each(section, error, |offset, global| {
        info.globals.push(global_type(global.ty, offset)?);
        info.global_initializers.push(init_expr(&global.init_expr, error)?.into());
        Ok(())
    })
}

pub(super) fn exports(
    info: &mut ModuleInfo,
    section: wp::ExportSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    info.exports.reserve_exact(section.count() as usize);
    for_each(section, error, |_, export| {
        let index = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                ExportIndex::Function(FunctionIndex::from_u32(export.index))
            }
            ExternalKind::Table => ExportIndex::Table(TableIndex::from_u32(export.index)),
            ExternalKind::Memory => ExportIndex::Memory(MemoryIndex::from_u32(export.index)),
            ExternalKind::Global => ExportIndex::Global(GlobalIndex::from_u32(export.index)),
            ExternalKind::Tag => ExportIndex::Tag(TagIndex::from_u32(export.index)),
        };
        info.exports.insert(export.name.to_owned(), index);
        Ok(())
    })
}

pub(super) fn elements(
    info: &mut ModuleInfo,
    section: wp::ElementSectionReader<'_>,
    error: ToError<'_>,
) -> Done {
    for_each(section, error, |offset, element| {
        let placement = match element.kind {
            wp::ElementKind::Passive => ElementPlacement::Passive,
            wp::ElementKind::Declared => ElementPlacement::Declared,
            wp::ElementKind::Active { table_index, offset_expr } => ElementPlacement::Active {
                table: TableIndex::from_u32(table_index.unwrap_or(0)),
                offset: init_expr(&offset_expr, error)?,
            },
        };
        let (ty, items) = element_items(element.items, offset, error)?;
        info.element_segments.push(ElementSegment { placement, ty, items });
        Ok(())
    })
}

/// The items of an element segment, as plain function indices if possible.
fn element_items(
    items: wp::ElementItems<'_>,
    offset: u64,
    error: ToError<'_>,
) -> Result<(Type, ElementItems), CompileError> {
    match items {
        wp::ElementItems::Functions(items) => {
            let mut functions = Vec::with_capacity(items.count() as usize);
            for item in items {
                functions.push(FunctionIndex::from_u32(item.map_err(error)?));
            }
            Ok((Type::FuncRef, ElementItems::Functions(functions.into())))
        }
        wp::ElementItems::Expressions(ty, items) => {
            let ty = reference_type(ty, offset)?;
            let mut functions = Vec::new();
            let mut exprs = Vec::new();
            for item in items {
                let item = init_expr(&item.map_err(error)?, error)?;
                match item.as_function() {
                    Some(function) if exprs.is_empty() => functions.push(function),
                    _ => {
                        let plain = functions.drain(..).map(function_expr);
                        exprs.extend(plain);
                        exprs.push(item);
                    }
                }
            }
            Ok(match exprs.is_empty() && ty == Type::FuncRef {
                true => (ty, ElementItems::Functions(functions.into())),
                false => (ty, ElementItems::Expressions(exprs.into())),
            })
        }
    }
}

fn function_expr(function: FunctionIndex) -> wasmer_types::InitExpr {
    wasmer_types::InitExpr::new([wasmer_types::InitExprOp::RefFunc(function)])
}

/// Returns the bytes of each segment.
pub(super) fn data<'a>(
    info: &mut ModuleInfo,
    section: wp::DataSectionReader<'a>,
    error: ToError<'_>,
) -> Result<Vec<&'a [u8]>, CompileError> {
    let mut segments = Vec::with_capacity(section.count() as usize);
    let mut end = 0;
    for_each(section, error, |_, segment| {
        let placement = match segment.kind {
            wp::DataKind::Passive => DataPlacement::Passive,
            wp::DataKind::Active { memory_index, offset_expr } => DataPlacement::Active {
                memory: MemoryIndex::from_u32(memory_index),
                offset: init_expr(&offset_expr, error)?,
            },
        };
        let data = Range { start: end, end: end + segment.data.len() };
        end = data.end;
        info.data_segments.push(DataSegment { placement, data });
        segments.push(segment.data);
        Ok(())
    })?;
    Ok(segments)
}

/// Keeps the contents of a custom section, in place of those of an earlier one of the same name.
pub(super) fn custom(info: &mut ModuleInfo, section: &wp::CustomSectionReader<'_>) {
    let contents = Bytes::copy_from_slice(section.data());
    match info.custom_sections.get(section.name()) {
        Some(&earlier) => info.custom_sections_data[earlier] = contents,
        None => {
            let index = info.custom_sections_data.push(contents);
            info.custom_sections.insert(section.name().to_owned(), index);
        }
    }
    if section.name() == "name" {
        names::read(info, section.data_reader());
    }
}
