//! A module as the middlewares left it, for the validation of what they make of function bodies.

use wasmer_types::entity::EntityRef;
use wasmer_types::{
    FunctionIndex, GlobalIndex, MemoryIndex, ModuleInfo, SignatureIndex, TableIndex, TagIndex,
};
use wasmparser::types::CoreTypeId;
use wasmparser::{
    FuncType, GlobalType, HeapType, MemoryType, RefType, SubType, TableType, UnpackedIndex,
    ValType, ValidatorResources, WasmModuleResources,
};

use super::body::Validated;
use super::types::back;

/// The module's description decides what may be used; the module as it was read knows its own types and
/// functions, which middlewares can't change.
pub(crate) struct TransformedResources<'m> {
    read: &'m ValidatorResources,
    module: &'m ModuleInfo,
    num_types_read: u32,
    /// Types that middlewares added.
    added: Vec<SubType>,
}

impl<'m> TransformedResources<'m> {
    pub(crate) fn new(read: &'m Validated, module: &'m ModuleInfo) -> Self {
        let added = module.signatures.values().skip(read.num_types as usize);
        Self {
            read: &read.resources,
            module,
            num_types_read: read.num_types,
            added: added.map(|ty| SubType::func(back::function_type(ty), false)).collect(),
        }
    }
}

/// Item number `at` of an index space.
fn get<K: EntityRef, T: Clone>(map: &wasmer_types::entity::PrimaryMap<K, T>, at: u32) -> Option<T> {
    map.as_values_slice().get(at as usize).cloned()
}

impl WasmModuleResources for TransformedResources<'_> {
    fn table_at(&self, at: u32) -> Option<TableType> {
        let index = self.module.table_indices[TableIndex::from_u32(at)];
        get::<TableIndex, _>(&self.module.tables, at).map(|ty| back::table_type(ty, index))
    }

    fn memory_at(&self, at: u32) -> Option<MemoryType> {
        let format = self.module.memory_formats[MemoryIndex::from_u32(at)];
        get::<MemoryIndex, _>(&self.module.memories, at).map(|ty| back::memory_type(ty, format))
    }

    fn tag_at(&self, at: u32) -> Option<&FuncType> {
        let ty = get::<TagIndex, SignatureIndex>(&self.module.tags, at)?;
        self.sub_type_at(ty.as_u32()).map(SubType::unwrap_func)
    }

    fn global_at(&self, at: u32) -> Option<GlobalType> {
        get::<GlobalIndex, _>(&self.module.globals, at).map(back::global_type)
    }

    fn sub_type_at(&self, at: u32) -> Option<&SubType> {
        match at.checked_sub(self.num_types_read) {
            None => self.read.sub_type_at(at),
            Some(added) => self.added.get(added as usize),
        }
    }

    fn sub_type_at_id(&self, id: CoreTypeId) -> &SubType {
        self.read.sub_type_at_id(id)
    }

    fn type_id_of_function(&self, at: u32) -> Option<CoreTypeId> {
        self.read.type_id_of_function(at)
    }

    fn type_index_of_function(&self, at: u32) -> Option<u32> {
        self.read.type_index_of_function(at)
    }

    fn check_heap_type(&self, ty: &mut HeapType, offset: u64) -> wasmparser::Result<()> {
        // Operators of a module name types by their index; one that a middleware made may hold an
        // index of another kind, for which there is no type.
        if let HeapType::Concrete(index) | HeapType::Exact(index) = ty
            && !matches!(index, UnpackedIndex::Module(_))
        {
            *index = UnpackedIndex::Module(u32::MAX);
        }
        self.read.check_heap_type(ty, offset)
    }

    fn top_type(&self, ty: &HeapType) -> HeapType {
        self.read.top_type(ty)
    }

    fn element_type_at(&self, at: u32) -> Option<RefType> {
        let segments = self.module.element_segments.as_values_slice();
        segments.get(at as usize).map(|segment| back::reference_type(segment.ty))
    }

    fn is_subtype(&self, a: ValType, b: ValType) -> bool {
        self.read.is_subtype(a, b)
    }

    fn is_shared(&self, ty: RefType) -> bool {
        self.read.is_shared(ty)
    }

    fn element_count(&self) -> u32 {
        self.module.element_segments.len() as u32
    }

    fn data_count(&self) -> Option<u32> {
        Some(self.module.data_segments.len() as u32)
    }

    fn is_function_referenced(&self, at: u32) -> bool {
        (at as usize) < self.module.functions.len()
            && self.module.func_ref(FunctionIndex::from_u32(at)).is_some()
    }

    fn has_function_exact_type(&self, at: u32) -> bool {
        self.read.has_function_exact_type(at)
    }
}
