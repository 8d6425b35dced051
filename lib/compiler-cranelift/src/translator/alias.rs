//! Regions of memory that can't overlap, for Cranelift's alias analysis.
//!
//! A memory, table or global that the module defines itself is only reached under its own index, so it has a region
//! of its own: an imported one is another, because imports exist before the instance does. Two imports may be the
//! same thing, so all imported memories share a region; likewise tables and globals. Shared memories are treated as
//! imported ones.
//!
//! The number of regions is bounded, because Cranelift counts the combinations of flags and regions in 16 bits: own
//! items with high indices share the region of the imported ones.

use std::borrow::Cow;

use cranelift_codegen::ir::{AliasRegion, AliasRegionData};
use cranelift_entity::EntityRef;
use wasmer_types::{GlobalIndex, MemoryIndex, TableIndex};

use super::Translator;

/// What an access touches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Region {
    /// Bases and lengths of memories and tables.
    Definitions,
    /// The table of entry points of functions.
    FunctionSlots,
    /// Stack slots and return areas: a caller's return area is on the same stack as ours, but both are only
    /// touched next to calls.
    Results,
    /// Locals that are on the stack.
    Locals,
    /// A linear memory.
    Memory(MemoryIndex),
    /// The elements of a table.
    Table(TableIndex),
    /// The value of a global.
    Global(GlobalIndex),
}

/// How many items of each kind can have a region of their own.
const OWN_MEMORIES: usize = 64;
const OWN_TABLES: usize = 64;
const OWN_GLOBALS: usize = 1024;

/// Numbers of regions: the fixed ones first, then those of own items.
const FIRST_MEMORY: usize = 8;
const FIRST_TABLE: usize = FIRST_MEMORY + OWN_MEMORIES;
const FIRST_GLOBAL: usize = FIRST_TABLE + OWN_TABLES;

impl Translator<'_, '_> {
    /// The region in the function's table of regions.
    pub(super) fn region(&mut self, region: Region) -> AliasRegion {
        let module = self.environ.module;
        let own = |local: Option<usize>, limit, first, shared| match local {
            Some(local) if local < limit => first + local,
            _ => shared,
        };
        let (number, description) = match region {
            Region::Definitions => (0, "definitions"),
            Region::FunctionSlots => (1, "function slots"),
            Region::Results => (2, "results"),
            Region::Locals => (3, "locals"),
            Region::Memory(index) => {
                let local = module.local_memory_index(index).map(EntityRef::index);
                let local = local.filter(|_| !module.memories[index].shared);
                (own(local, OWN_MEMORIES, FIRST_MEMORY, 4), "memory")
            }
            Region::Table(index) => {
                let local = module.local_table_index(index).map(EntityRef::index);
                (own(local, OWN_TABLES, FIRST_TABLE, 5), "table")
            }
            Region::Global(index) => {
                let local = module.local_global_index(index).map(EntityRef::index);
                (own(local, OWN_GLOBALS, FIRST_GLOBAL, 6), "global")
            }
        };
        let user_id = number as u32;
        let regions = &mut self.builder.func.dfg.alias_regions;
        match regions.get(user_id) {
            Some(region) => region,
            None => {
                regions.insert(AliasRegionData { user_id, description: Cow::Borrowed(description) })
            }
        }
    }
}
