//! Classes of memory that can't overlap, for LLVM's type-based alias analysis (LLVM Language Reference, *tbaa*).
//!
//! A memory, table or global that the module defines itself is only reached under its own index, so it has a class
//! of its own: an imported one is another, because imports exist before the instance does. Two imports may be the
//! same thing, so all imported memories share a class; likewise tables and globals. Shared memories are treated as
//! imported ones. Code of a function that was inlined has the same classes, because it is of the same module.
//!
//! Calls of builtins have classes, too: of what they may touch of all this ([`BuiltinEffect`]). Where that is more than
//! one class, it is the class that these are subclasses of.

use inkwell::values::MetadataValue;
use wasmer_types::entity::EntityRef;
use wasmer_types::{BuiltinEffect, GlobalIndex, MemoryIndex, TableIndex};

use super::Translator;
use crate::builder::Value;
use crate::unit::Unit;

/// What an access touches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Region {
    /// What never changes while an instance lives.
    Constants,
    /// Bases and lengths of memories.
    MemoryDefinitions,
    /// Bases and lengths of tables.
    TableDefinitions,
    /// The table of entry points of functions.
    FunctionSlots,
    /// Areas for results: a caller's area is on the same stack as ours, but both are only touched next to calls.
    Results,
    /// A linear memory.
    Memory(MemoryIndex),
    /// The elements of a table.
    Table(TableIndex),
    /// The value of a global.
    Global(GlobalIndex),
    /// All memories, with their bases and lengths.
    Memories,
    /// All tables, with their bases and lengths.
    Tables,
    /// What only the runtime touches.
    Hidden,
}

impl Region {
    /// The class of which this one is a part.
    fn parent(self) -> Option<Self> {
        match self {
            Self::Memory(_) | Self::MemoryDefinitions => Some(Self::Memories),
            Self::Table(_) | Self::TableDefinitions => Some(Self::Tables),
            _ => None,
        }
    }
}

impl<'c> Translator<'_, '_, 'c> {
    /// What a builtin with this effect touches when it is called with `args`; `None` if it is pure.
    pub(super) fn touched(&self, effect: BuiltinEffect, args: &[Value<'c>]) -> Option<Region> {
        // The one index that all of the first arguments are.
        let index = |count: u8| {
            let mut indices = args[..usize::from(count)]
                .iter()
                .map(|arg| arg.into_int_value().get_zero_extended_constant());
            let first = indices.next().flatten()?;
            indices.all(|index| index == Some(first)).then_some(first as u32)
        };
        let memory = |count| index(count).map(MemoryIndex::from_u32);
        let table = |count| index(count).map(TableIndex::from_u32);
        Some(match effect {
            BuiltinEffect::Pure => return None,
            BuiltinEffect::Hidden => Region::Hidden,
            BuiltinEffect::Memories(count) => {
                memory(count).map_or(Region::Memories, Region::Memory)
            }
            // Where the bytes were before must not be read any more.
            BuiltinEffect::MemoryDefinition => match memory(1) {
                Some(memory) if !self.moves(memory) => Region::MemoryDefinitions,
                _ => Region::Memories,
            },
            BuiltinEffect::Tables(count) => table(count).map_or(Region::Tables, Region::Table),
            BuiltinEffect::TableDefinition => Region::Tables,
        })
    }
}

/// What a class is called, and the number of the memory, table or global if it has a class of its own.
pub(crate) type ClassName = (&'static str, Option<usize>);

impl<'c> Unit<'_, 'c> {
    /// The metadata of accesses to `region`.
    pub(super) fn region(&self, region: Region) -> MetadataValue<'c> {
        let name = self.class_name(region);
        if let Some(metadata) = self.regions.borrow().get(&name) {
            return *metadata;
        }
        let class = self.class(region).into();
        let zero = self.types.i64.const_zero().into();
        let access = self.types.context().metadata_node(&[class, class, zero]);
        self.regions.borrow_mut().insert(name, access);
        access
    }

    /// A class as a part of its parent, or of the root.
    fn class(&self, region: Region) -> MetadataValue<'c> {
        let context = self.types.context();
        let parent = match region.parent() {
            Some(parent) => self.class(parent),
            None => context.metadata_node(&[context.metadata_string("wasm").into()]),
        };
        let name = match self.class_name(region) {
            (kind, Some(number)) => context.metadata_string(&format!("{kind} {number}")),
            (kind, None) => context.metadata_string(kind),
        };
        let zero = self.types.i64.const_zero().into();
        context.metadata_node(&[name.into(), parent.into(), zero])
    }

    fn class_name(&self, region: Region) -> ClassName {
        let module = self.environ.module;
        let own = |own: &'static str, imported: &'static str, local: Option<usize>| match local {
            Some(local) => (own, Some(local)),
            None => (imported, None),
        };
        match region {
            Region::Constants => ("constants", None),
            Region::MemoryDefinitions => ("definitions of memories", None),
            Region::TableDefinitions => ("definitions of tables", None),
            Region::Memories => ("memories", None),
            Region::Tables => ("tables", None),
            Region::Hidden => ("hidden", None),
            Region::FunctionSlots => ("function slots", None),
            Region::Results => ("results", None),
            Region::Memory(index) => {
                let local = module.local_memory_index(index).map(EntityRef::index);
                let is_shared = module.memories[index].shared;
                own("memory", "imported memory", local.filter(|_| !is_shared))
            }
            Region::Table(index) => {
                let local = module.local_table_index(index).map(EntityRef::index);
                own("table", "imported table", local)
            }
            Region::Global(index) => {
                let local = module.local_global_index(index).map(EntityRef::index);
                own("global", "imported global", local)
            }
        }
    }
}
