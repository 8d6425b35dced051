//! Making instances (WebAssembly 3.0, §4.7.2 *instantiation*).

use std::ptr::NonNull;
use std::sync::Arc;

use thiserror::Error;
use wasmer_types::entity::EntityRef;
use wasmer_types::{
    DefinitionLocation, ExternType, ImportError, ImportIndex, LocalMemoryIndex, LocalTableIndex,
    MemoryIndex, ModuleInfo, TableIndex, TableType, TrapCode, Type,
};

use super::VMInstance;
use super::block::InstanceBox;
use crate::code::LoadError;
use crate::limits::{StoreCounts, StoreLimits};
use crate::memory::{LinearMemory, MemoryImage, VMMemory};
use crate::module::{LoadedModule, MemoryImages};
use crate::settings::StoreSettings;
use crate::store::{InternalStoreHandle, StoreObjects, VMExtern};
use crate::table::{Initial, VMTable};
use crate::trap::Trap;
use crate::tunables::Tunables;
use crate::type_registry::lookup;
use crate::vmcontext::{VMFuncRef, VMFunctionImport, VMStoreContext};

/// An instance could not be made.
#[derive(Debug, Error)]
pub enum InstantiationError {
    /// Import number `.0` can't be used.
    #[error("import {0}: {1}")]
    Import(usize, ImportError),
    /// An active segment did not fit. What was written before stays.
    #[error(transparent)]
    Trap(#[from] Trap),
    /// A memory or table could not be made.
    #[error("insufficient resources: {0}")]
    Resource(String),
    /// The description of the module in its artifact is damaged.
    #[error(transparent)]
    Module(Arc<LoadError>),
}

impl From<TrapCode> for InstantiationError {
    fn from(code: TrapCode) -> Self {
        Self::Trap(code.into())
    }
}

/// Makes an instance of `module` in a store, with `imports` in the order of the module's; those too many are
/// ignored. Active segments are applied, the start function is not called.
///
/// # Errors
///
/// When an import is missing or has another type; when a memory or table could not be made; when an active
/// segment does not fit.
///
/// # Safety
///
/// `store` is the context of the store of `objects`, to which the imports belong. It stays where it is and
/// lives as long as `objects`. No code of the store runs but what called the host and waits for it.
pub unsafe fn instantiate(
    objects: &mut StoreObjects,
    store: NonNull<VMStoreContext>,
    module: &Arc<LoadedModule>,
    imports: &[VMExtern],
    tunables: &dyn Tunables,
) -> Result<InternalStoreHandle<VMInstance>, InstantiationError> {
    let module = module.data().map_err(|error| InstantiationError::Module(error.clone()))?;
    // SAFETY: the store is live, as the caller promised.
    let limits = unsafe { &StoreSettings::of(store).limits };
    check_limits(limits, objects, module.info())?;
    let instance = InstanceBox::new(module.clone(), store);
    for (number, &index) in module.imports.iter().enumerate() {
        let import = imports.get(number).copied();
        if let Err(error) = link(instance.get(), objects, index, import) {
            return Err(InstantiationError::Import(number, error));
        }
    }
    let images = module.memory_images();
    make_memories(instance.get(), images, tunables)?;
    make_tables(instance.get(), tunables)?;
    instance.get().compute_globals();

    // From here on functions of the instance may get into imported tables, so that it has to stay.
    let handle = objects.push_instance(instance);
    let instance = handle.get(objects);
    if let Err(code) = module.active_elements.iter().try_for_each(|&s| instance.apply_elements(s)) {
        forget_images(instance, images);
        return Err(code.into());
    }
    module.active_data_after(images).iter().try_for_each(|&s| instance.apply_data(s))?;
    Ok(handle)
}

/// Whether the store may have one more instance of a module.
fn check_limits(
    limits: &StoreLimits,
    objects: &StoreObjects,
    info: &ModuleInfo,
) -> Result<(), InstantiationError> {
    limits.check_counts(objects.counts(), StoreCounts::of_instance(info)).map_err(resource)?;
    let mut memories = info.memories.iter().skip(info.num_imported_memories);
    memories
        .try_for_each(|(index, ty)| limits.check_memory(ty, info.memory_formats[index]))
        .map_err(resource)?;
    let mut tables = info.tables.values().skip(info.num_imported_tables);
    tables.try_for_each(|ty| limits.check_table(ty)).map_err(resource)
}

/// Checks an import and writes it to the instance.
fn link(
    instance: &VMInstance,
    objects: &StoreObjects,
    index: ImportIndex,
    import: Option<VMExtern>,
) -> Result<(), ImportError> {
    let module = &*instance.module;
    let info = module.info();
    let layout = &module.block;
    match (index, import) {
        (ImportIndex::Function(function), Some(VMExtern::Function(func_ref))) => {
            // SAFETY: function references of the store are alive.
            let target = unsafe { func_ref.as_ref() };
            if target.type_id != module.type_id(info.functions[function]) {
                return Err(mismatch(instance, index, function_type(target)));
            }
            let import = VMFunctionImport { code: target.code, vmctx: target.vmctx, func_ref };
            // SAFETY: the place is that of this import.
            unsafe { instance.in_context(module.offsets.function_import(function)).write(import) };
        }
        (ImportIndex::Memory(at), Some(VMExtern::Memory(handle))) => {
            let memory = handle.get(objects);
            check_memory(instance, at, memory)?;
            write_pointer(instance, layout.imported_memories, at.index(), memory);
            write_definition(instance, module.offsets.memory(at), memory.vmmemory());
        }
        (ImportIndex::Table(at), Some(VMExtern::Table(handle))) => {
            let table = handle.get(objects);
            let have = ExternType::Table(*table.ty());
            let want = ExternType::Table(info.tables[at]);
            if !have.is_compatible_with(&want, Some(table.size())) {
                return Err(ImportError::IncompatibleType(want, have));
            }
            if table.index_type() != info.table_indices[at] {
                return Err(ImportError::MemoryError(format!(
                    "incompatible import type: the table has indices of type {}, expected {}",
                    table.index_type().value_type(),
                    info.table_indices[at].value_type()
                )));
            }
            // The importer's code may write it.
            table.set_written();
            write_pointer(instance, layout.imported_tables, at.index(), table);
            write_definition(instance, module.offsets.table(at), table.vmtable());
        }
        (ImportIndex::Global(at), Some(VMExtern::Global(handle))) => {
            let global = handle.get(objects);
            if *global.ty() != info.globals[at] {
                return Err(mismatch(instance, index, Some(ExternType::Global(*global.ty()))));
            }
            write_pointer(instance, layout.imported_globals, at.index(), global);
            write_definition(instance, module.offsets.global(at), global.vmglobal());
        }
        (ImportIndex::Tag(at), Some(VMExtern::Tag(handle))) => {
            let tag = handle.get(objects);
            if tag.function_type().id() != module.type_id(info.tags[at]) {
                return Err(mismatch(instance, index, Some(ExternType::Tag(tag.ty()))));
            }
            write_pointer(instance, layout.imported_tags, at.index(), tag);
            write_definition(instance, module.offsets.tag(at), tag.vmtag());
        }
        (_, other) => {
            return Err(mismatch(instance, index, other.and_then(|e| type_of(e, objects))));
        }
    }
    Ok(())
}

/// Writes a pointer to an imported object.
fn write_pointer<T>(instance: &VMInstance, pointers: usize, index: usize, object: &T) {
    let place = instance.at::<NonNull<T>>(pointers + index * size_of::<NonNull<T>>());
    // SAFETY: the place is that of this import.
    unsafe { place.write(NonNull::from(object)) };
}

/// Writes where an imported or shared definition lies.
fn write_definition<T>(
    instance: &VMInstance,
    location: DefinitionLocation,
    definition: NonNull<T>,
) {
    if let DefinitionLocation::Indirect(offset) = location {
        // SAFETY: the place is that of this pointer.
        unsafe { instance.in_context(offset).write(definition) };
    }
}

#[cold]
fn mismatch(instance: &VMInstance, index: ImportIndex, found: Option<ExternType>) -> ImportError {
    let expected = instance.module.info().import_type(index);
    match found {
        Some(found) => ImportError::IncompatibleType(expected, found),
        None => ImportError::UnknownImport(expected),
    }
}

fn function_type(function: &VMFuncRef) -> Option<ExternType> {
    lookup(function.type_id).map(|ty| ExternType::Function(ty.ty().clone()))
}

/// The type of something of the wrong kind.
fn type_of(import: VMExtern, objects: &StoreObjects) -> Option<ExternType> {
    Some(match import {
        // SAFETY: function references of the store are alive.
        VMExtern::Function(function) => return function_type(unsafe { function.as_ref() }),
        VMExtern::Memory(memory) => ExternType::Memory(memory.get(objects).ty()),
        VMExtern::Table(table) => ExternType::Table(*table.get(objects).ty()),
        VMExtern::Global(global) => ExternType::Global(*global.get(objects).ty()),
        VMExtern::Tag(tag) => ExternType::Tag(tag.get(objects).ty()),
    })
}

/// Checks a memory that is imported, or that the tunables have made.
fn check_memory(
    instance: &VMInstance,
    index: MemoryIndex,
    memory: &VMMemory,
) -> Result<(), ImportError> {
    let module = &*instance.module;
    let (have, want) = (memory.ty(), module.info().memories[index]);
    let (have_ty, want_ty) = (ExternType::Memory(have), ExternType::Memory(want));
    if !have_ty.is_compatible_with(&want_ty, Some(memory.size().0)) {
        return Err(ImportError::IncompatibleType(want_ty, have_ty));
    }
    let (style, assumed) = (memory.style(), module.memory_styles[index]);
    if style.format() != assumed.format() {
        return Err(ImportError::MemoryError(format!(
            "incompatible import type: the memory has {}, expected {}",
            style.format(),
            assumed.format()
        )));
    }
    if !style.satisfies(&assumed) {
        return Err(ImportError::MemoryError(format!(
            "the code was compiled for a memory of style {assumed:?}, this one is {style:?}"
        )));
    }
    Ok(())
}

fn make_memories(
    instance: &VMInstance,
    images: &MemoryImages,
    tunables: &dyn Tunables,
) -> Result<(), InstantiationError> {
    let module = &*instance.module;
    let info = module.info();
    for own in 0..info.memories.len() - info.num_imported_memories {
        let local = LocalMemoryIndex::new(own);
        let index = info.memory_index(local);
        let (ty, style) = (&info.memories[index], &module.memory_styles[index]);
        let location = module.offsets.memory(index);
        let made = match location {
            // SAFETY: the place is that of this memory's definition; module and image live as long as it.
            DefinitionLocation::Inline(offset) => unsafe {
                let place = instance.in_context(offset);
                tunables.create_vm_memory_with_image(ty, style, place, images.get(local))
            },
            // SAFETY: the definition of a shared memory is its own.
            DefinitionLocation::Indirect(_) => unsafe {
                tunables.create_vm_memory(ty, style, NonNull::dangling())
            },
        };
        let memory = made.map_err(resource)?;
        check_memory(instance, index, &memory).map_err(resource)?;
        write_definition(instance, location, memory.vmmemory());
        // SAFETY: the place is that of this memory, and `memories` counts it from here on.
        unsafe { instance.memory(index).write(memory) };
        instance.memories.set(own + 1);
    }
    Ok(())
}

fn resource(error: impl ToString) -> InstantiationError {
    InstantiationError::Resource(error.to_string())
}

fn make_tables(instance: &VMInstance, tunables: &dyn Tunables) -> Result<(), InstantiationError> {
    let module = &*instance.module;
    let info = module.info();
    for own in 0..info.tables.len() - info.num_imported_tables {
        let local = LocalTableIndex::new(own);
        let index = info.table_index(local);
        let ty = &info.tables[index];
        let DefinitionLocation::Inline(offset) = module.offsets.table(index) else { continue };
        let place = instance.in_context(offset);
        // SAFETY: the place is that of this table's definition.
        let made = unsafe { tunables.create_vm_table(ty, &module.table_styles[index], place) };
        let mut table = made.map_err(InstantiationError::Resource)?;
        check_table(index, ty, &table)?;
        table.set_index_type(info.table_indices[index]);
        if ty.ty == Type::FuncRef {
            let initial = Initial {
                instance: instance.block.cast(),
                image: NonNull::from(&*module.table_images[local]),
            };
            // SAFETY: the instance owns the table and the module, to which the image belongs. Functions of
            // element segments escape.
            unsafe { table.set_initial(initial) };
            if !info.no_table_set {
                table.set_written();
            }
        }
        // SAFETY: the place is that of this table, and `tables` counts it from here on.
        unsafe { instance.table(index).write(table) };
        instance.tables.set(own + 1);
    }
    Ok(())
}

/// Whether the tunables have made what the code was compiled for.
fn check_table(
    index: TableIndex,
    ty: &TableType,
    table: &VMTable,
) -> Result<(), InstantiationError> {
    let (have, want) = (ExternType::Table(*table.ty()), ExternType::Table(*ty));
    match have.is_compatible_with(&want, Some(table.size())) {
        true => Ok(()),
        false => Err(InstantiationError::Resource(format!(
            "table {} has type {}, expected {ty}",
            index.index(),
            table.ty()
        ))),
    }
}

/// Undoes the data segments, which come after the element segments of which one did not fit: functions of
/// the instance in imported tables can be called, and must see memories of zeros.
#[cold]
fn forget_images(instance: &VMInstance, images: &MemoryImages) {
    let info = instance.module.info();
    for own in 0..info.memories.len() - info.num_imported_memories {
        let local = LocalMemoryIndex::new(own);
        let Some(range) = images.get(local).map(MemoryImage::range) else { continue };
        let index = info.memory_index(local);
        // The last page of the image can be longer than a memory of small pages.
        let end =
            (range.end as u64).min(info.memory_formats[index].bytes(info.memories[index].minimum));
        let start = range.start as u64;
        let written = instance.bytes(index).fill(start, 0, end.saturating_sub(start));
        debug_assert_eq!(written, Ok(()), "images lie in their memory");
    }
}
