//! Instances: modules with their state (WebAssembly 3.0, §4.2.5).
//!
//! An instance is one block of memory, laid out by [`BlockLayout`](crate::module::BlockLayout):
//!
//! ```text
//! VMInstance          what the runtime knows of it
//! pointers            to the imported memories, tables, globals and tags
//! VMMemory…, VMTable… its own
//! VM context          what compiled code reads; VMInstance and VM context point to each other
//! ```

mod block;
mod const_expr;
mod init;
mod segments;

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use wasmer_types::entity::EntityRef;
use wasmer_types::{
    DefinitionLocation, ExportIndex, FunctionIndex, GlobalIndex, GlobalType, LocalFunctionIndex,
    MemoryIndex, ModuleInfo, RawValue, SignatureIndex, TableIndex, TagIndex,
};

pub use self::init::{InstantiationError, instantiate};
use self::segments::Dropped;

use crate::definition::Definition;
use crate::global::VMGlobal;
use crate::memory::VMMemory;
use crate::module::ModuleData;
use crate::shard::Shared;
use crate::store::{InternalStoreHandle, StoreObjects, VMExtern};
use crate::table::VMTable;
use crate::tag::VMTag;
use crate::vmcontext::{
    VMContext, VMFuncRef, VMFunctionImport, VMMemoryDefinition, VMStoreContext, VMTagDefinition,
};

/// A module with its state, in a store.
#[repr(C)]
pub struct VMInstance {
    module: Shared<ModuleData>,
    store: NonNull<VMStoreContext>,
    /// The instance, with the right to use the whole block.
    block: NonNull<u8>,
    /// How many of its own memories and tables are made.
    memories: Cell<usize>,
    tables: Cell<usize>,
    dropped: RefCell<Dropped>,
    /// Handles of its own globals and tags that somebody has asked for.
    handles: Option<Box<Handles>>,
    /// The reference to the start function, if that does not escape and somebody has asked for it.
    start: OnceCell<Definition<VMFuncRef>>,
}

/// By index; imported ones have theirs elsewhere.
struct Handles {
    globals: Vec<Option<InternalStoreHandle<VMGlobal>>>,
    tags: Vec<Option<InternalStoreHandle<VMTag>>>,
}

impl VMInstance {
    /// The description of the module.
    pub fn module_info(&self) -> &Arc<ModuleInfo> {
        self.module.info()
    }

    /// The context of its store.
    pub(crate) fn store(&self) -> NonNull<VMStoreContext> {
        self.store
    }

    /// A place in the block.
    #[inline]
    fn at<T>(&self, offset: usize) -> NonNull<T> {
        // SAFETY: the callers pass offsets of the module's layout of the block.
        unsafe { self.block.add(offset).cast() }
    }

    /// A place in the VM context.
    #[inline]
    fn in_context<T>(&self, offset: u32) -> NonNull<T> {
        self.at(self.module.block.context + offset as usize)
    }

    /// The first argument of the instance's functions.
    #[inline]
    pub fn vmctx(&self) -> NonNull<VMContext> {
        self.in_context(0)
    }

    /// Where a definition lies, in the context or behind a pointer in it.
    #[inline]
    fn definition<T>(&self, location: DefinitionLocation) -> NonNull<T> {
        match location {
            DefinitionLocation::Inline(offset) => self.in_context(offset),
            // SAFETY: the pointer was written when the instance was made.
            DefinitionLocation::Indirect(offset) => unsafe { self.in_context(offset).read() },
        }
    }

    /// A pointer to an imported object.
    #[inline]
    fn imported<T>(&self, pointers: usize, index: usize) -> NonNull<T> {
        let at = self.at::<NonNull<T>>(pointers + index * size_of::<NonNull<T>>());
        // SAFETY: the pointer was written when the instance was made.
        unsafe { at.read() }
    }

    /// A memory. It lives as long as the store.
    #[inline]
    pub(crate) fn memory(&self, index: MemoryIndex) -> NonNull<VMMemory> {
        let layout = &self.module.block;
        match self.module.info().local_memory_index(index) {
            None => self.imported(layout.imported_memories, index.index()),
            Some(own) => self.at(layout.memories + own.index() * size_of::<VMMemory>()),
        }
    }

    /// A table. It lives as long as the store.
    #[inline]
    pub(crate) fn table(&self, index: TableIndex) -> NonNull<VMTable> {
        let layout = &self.module.block;
        match self.module.info().local_table_index(index) {
            None => self.imported(layout.imported_tables, index.index()),
            Some(own) => self.at(layout.tables + own.index() * size_of::<VMTable>()),
        }
    }

    /// The value of a global.
    #[inline]
    pub(crate) fn global(&self, index: GlobalIndex) -> NonNull<RawValue> {
        self.definition(self.module.offsets.global(index))
    }

    /// Type and place of the value of the globals that are not imported.
    pub(crate) fn own_globals(&self) -> impl Iterator<Item = (GlobalType, NonNull<RawValue>)> {
        let info = self.module.info();
        let own = info.globals.iter().skip(info.num_imported_globals);
        own.map(|(index, &ty)| (ty, self.global(index)))
    }

    fn memory_definition(&self, index: MemoryIndex) -> NonNull<VMMemoryDefinition> {
        self.definition(self.module.offsets.memory(index))
    }

    /// The reference to a function that escapes. It lives as long as the store.
    ///
    /// # Panics
    ///
    /// When the function is one of the module's own and does not escape.
    pub(crate) fn func_ref(&self, function: FunctionIndex) -> NonNull<VMFuncRef> {
        let module = &*self.module;
        let info = module.info();
        if info.is_imported_function(function) {
            let import =
                self.in_context::<VMFunctionImport>(module.offsets.function_import(function));
            // SAFETY: imports were written when the instance was made.
            return unsafe { (*import.as_ptr()).func_ref };
        }
        let place =
            info.func_ref(function).expect("a function of which the address is taken escapes");
        let local = LocalFunctionIndex::new(function.index() - info.num_imported_functions);
        let place = self.in_context::<VMFuncRef>(module.offsets.func_ref(place));
        // It is always the same that is written here, so that it does not matter whether it was before.
        // SAFETY: the place is that of this function. Other code only reads it.
        unsafe { place.write(self.func_ref_of(local)) };
        place
    }

    /// A reference to one of the module's own functions.
    fn func_ref_of(&self, function: LocalFunctionIndex) -> VMFuncRef {
        let module = &*self.module;
        let signature = module.info().functions[module.info().func_index(function)];
        VMFuncRef {
            code: module.entry(function),
            vmctx: self.vmctx().as_ptr().cast(),
            type_id: module.type_id(signature),
            internal_abi: 0,
            internal_code: std::ptr::null(),
        }
    }

    /// The function to call when the instance is made.
    pub fn start_function(&self) -> Option<NonNull<VMFuncRef>> {
        let info = self.module.info();
        let function = info.start_function?;
        match info.local_func_index(function) {
            Some(local) if info.func_ref(function).is_none() => {
                let make = || Definition::owned(self.func_ref_of(local));
                Some(self.start.get_or_init(make).as_ptr())
            }
            _ => Some(self.func_ref(function)),
        }
    }

    /// What is exported as `index`.
    ///
    /// # Panics
    ///
    /// When `handle` is not one of `objects`, or `index` not one of its module's.
    pub fn export(
        handle: InternalStoreHandle<Self>,
        index: ExportIndex,
        objects: &mut StoreObjects,
    ) -> VMExtern {
        let instance = handle.get(objects);
        match index {
            ExportIndex::Function(index) => VMExtern::Function(instance.func_ref(index)),
            ExportIndex::Memory(index) => {
                let memory = instance.memory(index);
                VMExtern::Memory(objects.handle_of(memory))
            }
            ExportIndex::Table(index) => {
                let table = instance.table(index);
                VMExtern::Table(objects.handle_of(table))
            }
            ExportIndex::Global(index) => {
                VMExtern::Global(Self::global_handle(handle, index, objects))
            }
            ExportIndex::Tag(index) => VMExtern::Tag(Self::tag_handle(handle, index, objects)),
        }
    }

    fn global_handle(
        handle: InternalStoreHandle<Self>,
        index: GlobalIndex,
        objects: &mut StoreObjects,
    ) -> InternalStoreHandle<VMGlobal> {
        let instance = handle.get_mut(objects);
        if instance.module.info().is_imported_global(index) {
            let pointers = instance.module.block.imported_globals;
            let global = instance.imported(pointers, index.index());
            return objects.handle_of(global);
        }
        if let Some(known) = instance.handles().globals[index.index()] {
            return known;
        }
        let (ty, place) = (instance.module.info().globals[index], instance.global(index));
        // SAFETY: the place has a value of the type, and lives as long as the store.
        let global = unsafe { VMGlobal::new_instance(ty, place) };
        let new = objects.insert(global);
        handle.get_mut(objects).handles().globals[index.index()] = Some(new);
        new
    }

    fn tag_handle(
        handle: InternalStoreHandle<Self>,
        index: TagIndex,
        objects: &mut StoreObjects,
    ) -> InternalStoreHandle<VMTag> {
        let instance = handle.get_mut(objects);
        if instance.module.info().is_imported_tag(index) {
            let pointers = instance.module.block.imported_tags;
            let tag = instance.imported(pointers, index.index());
            return objects.handle_of(tag);
        }
        if let Some(known) = instance.handles().tags[index.index()] {
            return known;
        }
        let ty = instance.module.registered_type(instance.module.info().tags[index]).clone();
        let place = instance.definition::<VMTagDefinition>(instance.module.offsets.tag(index));
        // SAFETY: the template has put the tag of this type there; it lives as long as the store.
        let tag = unsafe { VMTag::new_instance(ty, place) };
        let new = objects.insert(tag);
        handle.get_mut(objects).handles().tags[index.index()] = Some(new);
        new
    }

    fn handles(&mut self) -> &mut Handles {
        let info = self.module.info();
        self.handles.get_or_insert_with(|| {
            Box::new(Handles {
                globals: vec![None; info.globals.len()],
                tags: vec![None; info.tags.len()],
            })
        })
    }

    /// The instance that compiled code belongs to.
    ///
    /// # Safety
    ///
    /// `vmctx` is the VM context of an instance, which lives at least as long as `'a`.
    #[inline]
    pub(crate) unsafe fn of<'a>(vmctx: NonNull<VMContext>) -> &'a Self {
        // SAFETY: as for the caller.
        unsafe { (*vmctx.as_ptr()).instance.as_ref() }
    }

    /// The number of a type of the module.
    pub fn type_id(&self, signature: SignatureIndex) -> u32 {
        self.module.type_id(signature)
    }
}

impl fmt::Debug for VMInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMInstance")
            .field("module", &self.module.info().name())
            .finish_non_exhaustive()
    }
}

pub(crate) use self::block::InstanceBox;

#[cfg(test)]
mod tests;
