//! Classes of memory that can't overlap, for LLVM's type-based alias analysis (LLVM Language Reference, *tbaa*).
//!
//! A memory, table or global that the module defines itself is only reached under its own index, so it has a class
//! of its own: an imported one is another, because imports exist before the instance does. Two imports may be the
//! same thing, so all imported memories share a class; likewise tables and globals. Shared memories are treated as
//! imported ones. Code of a function that was inlined has the same classes, because it is of the same module.

use inkwell::values::MetadataValue;
use wasmer_types::entity::EntityRef;
use wasmer_types::{GlobalIndex, MemoryIndex, TableIndex};

use crate::unit::Unit;

/// What an access touches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Region {
    /// What never changes while an instance lives.
    Constants,
    /// Bases and lengths of memories and tables.
    Definitions,
    /// The table of entry points of functions.
    FunctionSlots,
    /// Areas for results: a caller's area is on the same stack as ours, but both are only touched next to calls.
    Results,
    /// The target of a function reference.
    FuncRefs,
    /// A linear memory.
    Memory(MemoryIndex),
    /// The elements of a table.
    Table(TableIndex),
    /// The value of a global.
    Global(GlobalIndex),
}

impl<'c> Unit<'_, 'c> {
    /// The metadata of accesses to `region`.
    pub(super) fn region(&self, region: Region) -> MetadataValue<'c> {
        let module = self.environ.module;
        let own = |kind: &str, local: Option<usize>| match local {
            Some(local) => format!("{kind} {local}"),
            None => format!("imported {kind}"),
        };
        let name = match region {
            Region::Constants => "constants".to_owned(),
            Region::Definitions => "definitions".to_owned(),
            Region::FunctionSlots => "function slots".to_owned(),
            Region::Results => "results".to_owned(),
            Region::FuncRefs => "function references".to_owned(),
            Region::Memory(index) => {
                let local = module.local_memory_index(index).map(EntityRef::index);
                own("memory", local.filter(|_| !module.memories[index].shared))
            }
            Region::Table(index) => {
                own("table", module.local_table_index(index).map(EntityRef::index))
            }
            Region::Global(index) => {
                own("global", module.local_global_index(index).map(EntityRef::index))
            }
        };
        if let Some(metadata) = self.regions.borrow().get(&name) {
            return *metadata;
        }
        let context = self.types.context();
        let root = context.metadata_node(&[context.metadata_string("wasm").into()]);
        let zero = self.types.i64.const_zero().into();
        let class = [context.metadata_string(&name).into(), root.into(), zero];
        let class = context.metadata_node(&class);
        let access = context.metadata_node(&[class.into(), class.into(), zero]);
        self.regions.borrow_mut().insert(name, access);
        access
    }
}
