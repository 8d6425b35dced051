//! The description of a module: everything but its code and data.

use std::fmt;

use bytes::Bytes;
use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use indexmap::IndexMap;

use crate::indices::{
    CustomSectionIndex, DataIndex, ElemIndex, ExportIndex, FuncRefIndex, FunctionIndex,
    GlobalIndex, ImportIndex, LocalFunctionIndex, LocalGlobalIndex, LocalMemoryIndex,
    LocalTableIndex, LocalTagIndex, MemoryIndex, SignatureIndex, TableIndex, TagIndex,
};
use crate::init::{DataPlacement, DataSegment, ElementSegment, GlobalInit};
use crate::names::FunctionNames;
use crate::types::{
    ExportType, ExternType, FunctionType, GlobalType, ImportType, IndexType, MemoryFormat,
    MemoryType, TableType, TagKind, TagType,
};

/// Names of an import and its place among all imports (names may repeat).
#[derive(Debug, Hash, Eq, PartialEq, Clone, Default)]
pub struct ImportKey {
    /// First name, the *module* of the specification.
    pub module: String,
    /// Second name, the *field*.
    pub field: String,
    /// Position in the import section.
    pub import_idx: u32,
}

impl From<(String, String, u32)> for ImportKey {
    fn from((module, field, import_idx): (String, String, u32)) -> Self {
        Self { module, field, import_idx }
    }
}

/// A translated module without its function bodies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModuleInfo {
    /// Name from the `name` section, or as set by the host.
    pub name: Option<String>,
    /// Imports, in order.
    pub imports: IndexMap<ImportKey, ImportIndex>,
    /// Exports, in order.
    pub exports: IndexMap<String, ExportIndex>,
    /// Function to call at the end of instantiation.
    pub start_function: Option<FunctionIndex>,
    /// Element segments.
    pub element_segments: PrimaryMap<ElemIndex, ElementSegment>,
    /// Data segments.
    pub data_segments: PrimaryMap<DataIndex, DataSegment>,
    /// Initial values of the module's own globals.
    pub global_initializers: PrimaryMap<LocalGlobalIndex, GlobalInit>,
    /// Names of functions, from the `name` section.
    pub function_names: FunctionNames,
    /// Function types, as declared (equal types may repeat).
    pub signatures: PrimaryMap<SignatureIndex, FunctionType>,
    /// Type of each function.
    pub functions: PrimaryMap<FunctionIndex, SignatureIndex>,
    /// Type of each table.
    pub tables: PrimaryMap<TableIndex, TableType>,
    /// Type of the indices of each table: `I64` for those of the memory64 proposal.
    pub table_indices: SecondaryMap<TableIndex, IndexType>,
    /// Type of each memory.
    pub memories: PrimaryMap<MemoryIndex, MemoryType>,
    /// Address type and page size of each memory.
    pub memory_formats: SecondaryMap<MemoryIndex, MemoryFormat>,
    /// Type of each global.
    pub globals: PrimaryMap<GlobalIndex, GlobalType>,
    /// Type of each tag; its parameters are the values that an exception carries.
    pub tags: PrimaryMap<TagIndex, SignatureIndex>,
    /// Custom sections by name; of two with one name, the last.
    pub custom_sections: IndexMap<String, CustomSectionIndex>,
    /// Contents of custom sections.
    pub custom_sections_data: PrimaryMap<CustomSectionIndex, Bytes>,
    /// How many of `functions` are imported.
    pub num_imported_functions: usize,
    /// How many of `tables` are imported.
    pub num_imported_tables: usize,
    /// How many of `memories` are imported.
    pub num_imported_memories: usize,
    /// How many of `globals` are imported.
    pub num_imported_globals: usize,
    /// How many of `tags` are imported.
    pub num_imported_tags: usize,
    /// Whether it is known that no function of the module has the operator `table.set`, so that elements of
    /// tables that the module keeps to itself change by builtins only.
    pub no_table_set: bool,
    /// Functions whose address can leave the module. See [`ModuleInfo::escape`].
    pub func_refs: PrimaryMap<FuncRefIndex, FunctionIndex>,
    func_ref_of: SecondaryMap<FunctionIndex, PackedOption<FuncRefIndex>>,
}

/// Conversions between an index space and its part that the module defines itself.
macro_rules! index_spaces {
    ($($Index:ident $Local:ident $count:ident $global:ident $local:ident $is_imported:ident;)*) => {$(
        #[doc = concat!("The [`", stringify!($Index), "`] of a definition of the module's own.")]
        pub fn $global(&self, local: $Local) -> $Index {
            $Index::new(self.$count + local.index())
        }

        #[doc = concat!("The [`", stringify!($Local), "`] of `index`, or `None` when it is imported.")]
        pub fn $local(&self, index: $Index) -> Option<$Local> {
            index.index().checked_sub(self.$count).map($Local::new)
        }

        /// Whether `index` is imported.
        pub fn $is_imported(&self, index: $Index) -> bool {
            index.index() < self.$count
        }
    )*};
}

impl ModuleInfo {
    /// An empty module.
    pub fn new() -> Self {
        Self::default()
    }

    index_spaces! {
        FunctionIndex LocalFunctionIndex num_imported_functions func_index local_func_index is_imported_function;
        TableIndex LocalTableIndex num_imported_tables table_index local_table_index is_imported_table;
        MemoryIndex LocalMemoryIndex num_imported_memories memory_index local_memory_index is_imported_memory;
        GlobalIndex LocalGlobalIndex num_imported_globals global_index local_global_index is_imported_global;
        TagIndex LocalTagIndex num_imported_tags tag_index local_tag_index is_imported_tag;
    }

    /// How many functions the module defines itself.
    pub fn local_func_count(&self) -> usize {
        self.functions.len() - self.num_imported_functions
    }

    /// Marks a function as one whose address can leave the module, and returns the place of its `VMFuncRef`.
    pub fn escape(&mut self, function: FunctionIndex) -> FuncRefIndex {
        if let Some(index) = self.func_ref(function) {
            return index;
        }
        let index = self.func_refs.push(function);
        self.func_ref_of[function] = index.into();
        index
    }

    /// The place of the function's `VMFuncRef`, if its address can leave the module.
    pub fn func_ref(&self, function: FunctionIndex) -> Option<FuncRefIndex> {
        self.func_ref_of[function].expand()
    }

    /// The type of a function.
    pub fn function_type(&self, function: FunctionIndex) -> &FunctionType {
        &self.signatures[self.functions[function]]
    }

    /// The type of a tag.
    pub fn tag_type(&self, tag: TagIndex) -> TagType {
        TagType::new(TagKind::Exception, self.signatures[self.tags[tag]].params())
    }

    /// Own memory and offset in bytes of an active data segment that is the same in every instance, and fits; the end
    /// is at most [`isize::MAX`]. `None` for others, and for those of shared memories.
    pub fn constant_data(&self, segment: DataIndex) -> Option<(LocalMemoryIndex, usize)> {
        let segment = &self.data_segments[segment];
        let DataPlacement::Active { memory, offset } = &segment.placement else { return None };
        let (ty, local) = (self.memories[*memory], self.local_memory_index(*memory)?);
        let offset = offset.as_constant_index()?;
        let end = offset.checked_add(segment.data.len() as u64)?;
        if ty.shared
            || end > self.memory_formats[*memory].bytes(ty.minimum)
            || isize::try_from(end).is_err()
        {
            return None;
        }
        Some((local, usize::try_from(offset).ok()?))
    }

    /// The active data segments, in order.
    pub fn active_data(&self) -> impl Iterator<Item = DataIndex> + '_ {
        let is_active =
            |segment: &DataSegment| matches!(segment.placement, DataPlacement::Active { .. });
        let active = self.data_segments.iter().filter(move |(_, segment)| is_active(segment));
        active.map(|(index, _)| index)
    }

    /// The first of the active data segments, up to one that depends on the instance or does not fit, each with its
    /// memory and offset ([`Self::constant_data`]). What they write can be made before there is an instance.
    pub fn initial_data(&self) -> impl Iterator<Item = (DataIndex, LocalMemoryIndex, usize)> + '_ {
        self.active_data().map_while(|segment| {
            self.constant_data(segment).map(|(memory, offset)| (segment, memory, offset))
        })
    }

    /// The name of the module, or `<module>`.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| "<module>".to_owned())
    }

    /// The type of what an export refers to.
    pub fn export_type(&self, index: ExportIndex) -> ExternType {
        match index {
            ExportIndex::Function(i) => ExternType::Function(self.function_type(i).clone()),
            ExportIndex::Table(i) => ExternType::Table(self.tables[i]),
            ExportIndex::Memory(i) => ExternType::Memory(self.memories[i]),
            ExportIndex::Global(i) => ExternType::Global(self.globals[i]),
            ExportIndex::Tag(i) => ExternType::Tag(self.tag_type(i)),
        }
    }

    /// The type that an import must have.
    pub fn import_type(&self, index: ImportIndex) -> ExternType {
        self.export_type(match index {
            ImportIndex::Function(i) => ExportIndex::Function(i),
            ImportIndex::Table(i) => ExportIndex::Table(i),
            ImportIndex::Memory(i) => ExportIndex::Memory(i),
            ImportIndex::Global(i) => ExportIndex::Global(i),
            ImportIndex::Tag(i) => ExportIndex::Tag(i),
        })
    }

    /// The exports, in order.
    pub fn exports(&self) -> ExportsIterator<Box<dyn Iterator<Item = ExportType> + '_>> {
        let iter = self.exports.iter().map(|(name, &i)| ExportType::new(name, self.export_type(i)));
        ExportsIterator::new(Box::new(iter), self.exports.len())
    }

    /// The imports, in order.
    pub fn imports(&self) -> ImportsIterator<Box<dyn Iterator<Item = ImportType> + '_>> {
        let iter = self
            .imports
            .iter()
            .map(|(key, &i)| ImportType::new(&key.module, &key.field, self.import_type(i)));
        ImportsIterator::new(Box::new(iter), self.imports.len())
    }

    /// The contents of the custom sections with this name.
    pub fn custom_sections<'a>(
        &'a self,
        name: &'a str,
    ) -> Box<dyn Iterator<Item = Box<[u8]>> + 'a> {
        let section = self.custom_sections.get(name);
        Box::new(section.map(|&index| self.custom_sections_data[index].as_ref().into()).into_iter())
    }
}

impl fmt::Display for ModuleInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_deref().unwrap_or("<module>"))
    }
}

macro_rules! extern_iterators {
    ($($(#[$doc:meta])* $name:ident $item:ident ($($carry:ident),*);)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name<I: Iterator<Item = $item>> {
            iter: I,
            size: usize,
        }

        impl<I: Iterator<Item = $item>> $name<I> {
            /// Wraps an iterator of which the length is known.
            pub fn new(iter: I, size: usize) -> Self {
                Self { iter, size }
            }

            extern_iterators! { @kinds $item ($($carry),*)
                functions Function FunctionType
                memories Memory MemoryType
                tables Table TableType
                globals Global GlobalType
                tags Tag TagType
            }
        }

        impl<I: Iterator<Item = $item>> Iterator for $name<I> {
            type Item = $item;

            fn next(&mut self) -> Option<Self::Item> {
                let next = self.iter.next();
                self.size = self.size.saturating_sub(next.is_some() as usize);
                next
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.size, Some(self.size))
            }
        }

        impl<I: Iterator<Item = $item>> ExactSizeIterator for $name<I> {}
    )*};
    (@kinds $item:ident ($($carry:ident),*) $($method:ident $variant:ident $ty:ident)*) => {
        extern_iterators! { @methods $item ($($carry),*) $(($method $variant $ty))* }
    };
    (@methods $item:ident (module, name) $(($method:ident $variant:ident $ty:ident))*) => {$(
        #[doc = concat!("Only the ", stringify!($method), ".")]
        pub fn $method(self) -> impl Iterator<Item = $item<$ty>> {
            self.iter.filter_map(|item| match item.ty() {
                ExternType::$variant(ty) => Some($item::new(item.module(), item.name(), ty.clone())),
                _ => None,
            })
        }
    )*};
    (@methods $item:ident (name) $(($method:ident $variant:ident $ty:ident))*) => {$(
        #[doc = concat!("Only the ", stringify!($method), ".")]
        pub fn $method(self) -> impl Iterator<Item = $item<$ty>> {
            self.iter.filter_map(|item| match item.ty() {
                ExternType::$variant(ty) => Some($item::new(item.name(), ty.clone())),
                _ => None,
            })
        }
    )*};
}

extern_iterators! {
    /// Imports of a module, in order.
    ImportsIterator ImportType (module, name);
    /// Exports of a module, in order.
    ExportsIterator ExportType (name);
}
