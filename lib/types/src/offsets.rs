//! Where everything lies in the VM context of a module's instances.

use cranelift_entity::EntityRef;

use crate::indices::{
    FuncRefIndex, FunctionIndex, GlobalIndex, MemoryIndex, SignatureIndex, TableIndex, TagIndex,
};
use crate::layout::{
    VALUE_SLOT_SIZE, VMContextHeader, VMFuncRef, VMFunctionImport, VMMemoryDefinition,
    VMTableDefinition, VMTagDefinition, align_to,
};
use crate::module::ModuleInfo;

/// Where the definition of a memory, table, global or tag is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionLocation {
    /// In the VM context, at this offset.
    Inline(u32),
    /// Behind a pointer in the VM context at this offset.
    Indirect(u32),
}

/// Offsets in a VM context, in bytes from its start.
///
/// ```text
/// header          VMContextHeader
/// memories        VMMemoryDefinition of each own memory that is not shared
/// tables          VMTableDefinition of each own table
/// globals         16 bytes for each own global
/// memory pointers *VMMemoryDefinition of each imported or shared memory
/// table pointers  *VMTableDefinition of each imported table
/// global pointers *value of each imported global
/// tag pointers    *VMTagDefinition of each imported tag
/// functions       VMFunctionImport of each imported function
/// tags            VMTagDefinition of each own tag
/// func refs       VMFuncRef of each function that escapes
/// ```
///
/// Compiled code has these offsets in it: when they change, so does [`crate::artifact::FORMAT_VERSION`].
///
/// Everything before *func refs* is written when an instance is made; a func ref is written before its
/// address is given away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VMOffsets {
    pointer_size: u8,
    memories: Box<[DefinitionLocation]>,
    num_imported_tables: u32,
    num_imported_globals: u32,
    num_imported_functions: u32,
    num_imported_tags: u32,
    tables: u32,
    globals: u32,
    table_pointers: u32,
    global_pointers: u32,
    tag_pointers: u32,
    functions: u32,
    tags: u32,
    func_refs: u32,
    size: u32,
}

/// Alignment of a VM context in bytes.
pub const VM_CONTEXT_ALIGN: u32 = 16;

/// Hands out consecutive places.
struct Cursor {
    next: u32,
}

impl Cursor {
    /// The start of `count` places of `size` bytes, aligned to `align`.
    fn array(&mut self, count: usize, size: u32, align: u32) -> u32 {
        let start = align_to(self.next, align);
        self.next = start + count as u32 * size;
        start
    }
}

impl VMOffsets {
    /// The layout for instances of `module` on a machine with pointers of `pointer_size` bytes.
    ///
    /// The limits on the numbers of imports and definitions keep every offset below 2^31.
    pub fn new(pointer_size: u8, module: &ModuleInfo) -> Self {
        let pointer = pointer_size as u32;
        let own = |all: usize, imported: usize| all - imported;
        let is_inline = |(index, ty): (MemoryIndex, &crate::types::MemoryType)| {
            !module.is_imported_memory(index) && !ty.shared
        };
        let inline_memories = module.memories.iter().filter(|&memory| is_inline(memory)).count();

        let mut cursor = Cursor { next: VMContextHeader::new(pointer_size).size() };
        let memory_size = VMMemoryDefinition::new(pointer_size).size();
        let mut next_inline = cursor.array(inline_memories, memory_size, pointer);
        let tables = cursor.array(
            own(module.tables.len(), module.num_imported_tables),
            VMTableDefinition::new(pointer_size).size(),
            pointer,
        );
        let globals = cursor.array(
            own(module.globals.len(), module.num_imported_globals),
            VALUE_SLOT_SIZE,
            VALUE_SLOT_SIZE,
        );
        let mut next_indirect =
            cursor.array(module.memories.len() - inline_memories, pointer, pointer);
        let table_pointers = cursor.array(module.num_imported_tables, pointer, pointer);
        let global_pointers = cursor.array(module.num_imported_globals, pointer, pointer);
        let tag_pointers = cursor.array(module.num_imported_tags, pointer, pointer);
        let functions = cursor.array(
            module.num_imported_functions,
            VMFunctionImport::new(pointer_size).size(),
            pointer,
        );
        let tags = cursor.array(
            own(module.tags.len(), module.num_imported_tags),
            VMTagDefinition::new(pointer_size).size(),
            pointer,
        );
        let func_refs =
            cursor.array(module.func_refs.len(), VMFuncRef::new(pointer_size).size(), pointer);

        let take = |next: &mut u32, size: u32| {
            let place = *next;
            *next += size;
            place
        };
        let memories = module
            .memories
            .iter()
            .map(|memory| match is_inline(memory) {
                true => DefinitionLocation::Inline(take(&mut next_inline, memory_size)),
                false => DefinitionLocation::Indirect(take(&mut next_indirect, pointer)),
            })
            .collect();

        Self {
            pointer_size,
            memories,
            num_imported_tables: module.num_imported_tables as u32,
            num_imported_globals: module.num_imported_globals as u32,
            num_imported_functions: module.num_imported_functions as u32,
            num_imported_tags: module.num_imported_tags as u32,
            tables,
            globals,
            table_pointers,
            global_pointers,
            tag_pointers,
            functions,
            tags,
            func_refs,
            size: align_to(cursor.next, VM_CONTEXT_ALIGN),
        }
    }

    /// Bytes in a pointer.
    pub fn pointer_size(&self) -> u8 {
        self.pointer_size
    }

    /// The [`VMMemoryDefinition`] of a memory.
    pub fn memory(&self, memory: MemoryIndex) -> DefinitionLocation {
        self.memories[memory.index()]
    }

    /// The [`VMTableDefinition`] of a table.
    pub fn table(&self, table: TableIndex) -> DefinitionLocation {
        let size = VMTableDefinition::new(self.pointer_size).size();
        self.place(table.as_u32(), self.num_imported_tables, self.table_pointers, self.tables, size)
    }

    /// The value of a global.
    pub fn global(&self, global: GlobalIndex) -> DefinitionLocation {
        self.place(
            global.as_u32(),
            self.num_imported_globals,
            self.global_pointers,
            self.globals,
            VALUE_SLOT_SIZE,
        )
    }

    /// The [`VMTagDefinition`] of a tag.
    pub fn tag(&self, tag: TagIndex) -> DefinitionLocation {
        let size = VMTagDefinition::new(self.pointer_size).size();
        self.place(tag.as_u32(), self.num_imported_tags, self.tag_pointers, self.tags, size)
    }

    /// The [`VMFunctionImport`] of an imported function.
    ///
    /// # Panics
    ///
    /// When `function` is not imported.
    pub fn function_import(&self, function: FunctionIndex) -> u32 {
        assert!(function.as_u32() < self.num_imported_functions, "{function:?} is not imported");
        self.functions + function.as_u32() * VMFunctionImport::new(self.pointer_size).size()
    }

    /// The [`VMFuncRef`] of a function that escapes.
    pub fn func_ref(&self, func_ref: FuncRefIndex) -> u32 {
        self.func_refs + func_ref.as_u32() * VMFuncRef::new(self.pointer_size).size()
    }

    /// Start of the func refs, which is the end of what is written when an instance is made.
    pub fn func_refs_begin(&self) -> u32 {
        self.func_refs
    }

    /// Bytes from the start of the array of type ids to the id of a signature.
    pub fn type_id(&self, signature: SignatureIndex) -> u32 {
        signature.as_u32() * 4
    }

    /// Size of the whole VM context in bytes, a multiple of [`VM_CONTEXT_ALIGN`].
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The place of item `index` of an index space of which the first `imported` lie behind pointers.
    fn place(
        &self,
        index: u32,
        imported: u32,
        pointers: u32,
        own: u32,
        size: u32,
    ) -> DefinitionLocation {
        match index.checked_sub(imported) {
            None => DefinitionLocation::Indirect(pointers + index * self.pointer_size as u32),
            Some(local) => DefinitionLocation::Inline(own + local * size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{GlobalType, MemoryType, Mutability, TableType, Type};

    #[test]
    fn places() {
        let mut module = ModuleInfo::new();
        module.memories.push(MemoryType::new(1, None, false));
        module.num_imported_memories = 1;
        module.memories.push(MemoryType::new(1, Some(1), true));
        module.memories.push(MemoryType::new(1, None, false));
        module.tables.push(TableType::new(Type::FuncRef, 0, None));
        module.globals.push(GlobalType::new(Type::I32, Mutability::Const));
        let offsets = VMOffsets::new(8, &module);
        let header = VMContextHeader::new(8).size();
        assert_eq!(header % 16, 0);
        use DefinitionLocation::{Indirect, Inline};
        assert_eq!(offsets.memory(MemoryIndex::new(2)), Inline(header));
        assert_eq!(offsets.table(TableIndex::new(0)), Inline(header + 16));
        assert_eq!(offsets.global(GlobalIndex::new(0)), Inline(header + 32));
        assert_eq!(offsets.memory(MemoryIndex::new(0)), Indirect(header + 48));
        assert_eq!(offsets.memory(MemoryIndex::new(1)), Indirect(header + 56));
        assert_eq!(offsets.size(), header + 64);
    }
}
