//! How much a store may hold.

use wasmer_types::{MemoryError, MemoryFormat, MemoryType, ModuleInfo, Pages, TableType};

use crate::memory::{LinearMemory, VMMemory, pages_missing};
use crate::table::{TableElement, VMTable};

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => {
        /// How much a store may hold. There is no limit until one is set.
        ///
        /// Creating something beyond a limit is an error; growing beyond it fails as at the maximum of the type, for
        /// the host as for wasm. Memories that are made elsewhere and put into the store are counted, but not
        /// refused, and a shared memory may be grown by other stores.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct StoreLimits {
            $($name: $ty,)*
        }

        impl StoreLimits {
            /// No limits.
            pub const fn new() -> Self {
                Self { $($name: <$ty>::MAX,)* }
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(mut self, most: $ty) -> Self {
                    self.$name = most;
                    self
                }
            )*
        }
    };
}

limits! {
    /// Sets how many bytes each memory may have at most.
    memory_size: u64;
    /// Sets how many elements each table may have at most.
    table_elements: u32;
    /// Sets how many memories there may be at most, those of instances and of the host.
    memories: usize;
    /// Sets how many tables there may be at most, those of instances and of the host.
    tables: usize;
    /// Sets how many instances there may be at most.
    instances: usize;
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// How many things a store has.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreCounts {
    pub(crate) instances: usize,
    pub(crate) memories: usize,
    pub(crate) tables: usize,
}

impl StoreCounts {
    /// What an instance of a module adds.
    pub(crate) fn of_instance(info: &ModuleInfo) -> Self {
        Self {
            instances: 1,
            memories: info.memories.len() - info.num_imported_memories,
            tables: info.tables.len() - info.num_imported_tables,
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.instances += other.instances;
        self.memories += other.memories;
        self.tables += other.tables;
    }
}

impl StoreLimits {
    /// Whether there may be so much more in a store that has `present`.
    ///
    /// # Errors
    ///
    /// What there would be too many of.
    pub(crate) fn check_counts(
        &self,
        present: StoreCounts,
        more: StoreCounts,
    ) -> Result<(), String> {
        let mut counted = present;
        counted.add(more);
        let counts = [
            (counted.instances, self.instances, "instances"),
            (counted.memories, self.memories, "memories"),
            (counted.tables, self.tables, "tables"),
        ];
        match counts.iter().find(|(count, most, _)| count > most) {
            None => Ok(()),
            Some((_, most, what)) => Err(format!("this store may have at most {most} {what}")),
        }
    }

    /// Whether a memory of type `ty` and this format may be made in a store that has `present`.
    ///
    /// # Errors
    ///
    /// [`MemoryError::MinimumMemoryTooLarge`] or, when there are too many, [`MemoryError::Generic`].
    pub fn check_new_memory(
        &self,
        present: StoreCounts,
        ty: &MemoryType,
        format: MemoryFormat,
    ) -> Result<(), MemoryError> {
        let more = StoreCounts { memories: 1, ..StoreCounts::default() };
        self.check_counts(present, more).map_err(MemoryError::Generic)?;
        self.check_memory(ty, format)
    }

    pub(crate) fn check_memory(
        &self,
        ty: &MemoryType,
        format: MemoryFormat,
    ) -> Result<(), MemoryError> {
        let most = self.memory_size >> format.page_size_log2;
        match u64::from(ty.minimum.0) > most {
            true => Err(MemoryError::MinimumMemoryTooLarge {
                min_requested: ty.minimum,
                // It is less than the minimum.
                max_allowed: Pages(most as u32),
            }),
            false => Ok(()),
        }
    }

    /// Whether a table of type `ty` may be made in a store that has `present`.
    ///
    /// # Errors
    ///
    /// The limit that is passed.
    pub fn check_new_table(&self, present: StoreCounts, ty: &TableType) -> Result<(), String> {
        let more = StoreCounts { tables: 1, ..StoreCounts::default() };
        self.check_counts(present, more)?;
        self.check_table(ty)
    }

    pub(crate) fn check_table(&self, ty: &TableType) -> Result<(), String> {
        let most = self.table_elements;
        match ty.minimum > most {
            true => Err(format!(
                "Table minimum ({}) is larger than this store's limit ({most})!",
                ty.minimum
            )),
            false => Ok(()),
        }
    }

    /// Grows a memory by `delta` pages and returns how many there were before.
    ///
    /// # Errors
    ///
    /// [`MemoryError::CouldNotGrow`] beyond the limit, and those of [`LinearMemory::grow`].
    pub fn grow_memory(&self, memory: &mut VMMemory, delta: Pages) -> Result<Pages, MemoryError> {
        self.check_growth(memory, delta)?;
        memory.grow(delta)
    }

    /// Grows a memory until there are at least `min_size` bytes.
    ///
    /// # Errors
    ///
    /// As for [`Self::grow_memory`].
    pub fn grow_memory_at_least(
        &self,
        memory: &mut VMMemory,
        min_size: u64,
    ) -> Result<(), MemoryError> {
        self.check_growth(memory, pages_missing(memory.style(), memory.size(), min_size)?)?;
        memory.grow_at_least(min_size)
    }

    fn check_growth(&self, memory: &VMMemory, delta: Pages) -> Result<(), MemoryError> {
        if self.memory_size == u64::MAX || delta == Pages(0) {
            return Ok(());
        }
        let current = memory.size();
        let pages = u64::from(current.0) + u64::from(delta.0);
        match pages > self.memory_size >> memory.style().format().page_size_log2 {
            true => Err(MemoryError::CouldNotGrow { current, attempted_delta: delta }),
            false => Ok(()),
        }
    }

    /// Grows a table by `delta` elements and returns how many there were before; `None` when it can't.
    ///
    /// # Panics
    ///
    /// When `init` is of another type than the table's.
    pub fn grow_table(&self, table: &mut VMTable, delta: u32, init: TableElement) -> Option<u32> {
        self.allows_table(table, delta.into()).then(|| table.grow(delta, init))?
    }

    /// `table.grow`
    pub(crate) fn grow_table_raw(
        &self,
        table: &mut VMTable,
        delta: u64,
        value: usize,
    ) -> Option<u32> {
        self.allows_table(table, delta).then(|| table.grow_raw(delta, value))?
    }

    fn allows_table(&self, table: &VMTable, delta: u64) -> bool {
        delta == 0 || u64::from(table.size()).saturating_add(delta) <= self.table_elements.into()
    }
}

#[cfg(test)]
mod tests {
    use wasmer_types::{MemoryStyle, TableStyle, Type};

    use super::*;

    #[test]
    fn counts() {
        let limits = StoreLimits::new().instances(2).memories(1);
        let one = StoreCounts { instances: 1, memories: 0, tables: 9 };
        let two = StoreCounts { instances: 1, memories: 1, tables: 0 };
        assert_eq!(limits.check_counts(one, two), Ok(()));
        assert_eq!(
            limits.check_counts(two, two),
            Err("this store may have at most 1 memories".to_owned())
        );
        assert!(StoreLimits::new().check_counts(two, two).is_ok());
    }

    #[test]
    fn sizes() {
        let limits = StoreLimits::new().memory_size((3 << 16) - 1).table_elements(10);
        let style = MemoryStyle::Dynamic { offset_guard_size: 0 };
        let (ty, format) = (MemoryType::new(1, None, false), MemoryFormat::default());
        assert!(limits.check_memory(&ty, format).is_ok());
        let large = MemoryType::new(3, None, false);
        let (min_requested, max_allowed) = (Pages(3), Pages(2));
        assert_eq!(
            limits.check_memory(&large, format),
            Err(MemoryError::MinimumMemoryTooLarge { min_requested, max_allowed })
        );
        let mut memory = VMMemory::new(&ty, &style).unwrap();
        assert_eq!(limits.grow_memory(&mut memory, Pages(1)), Ok(Pages(1)));
        assert_eq!(limits.grow_memory(&mut memory, Pages(0)), Ok(Pages(2)));
        assert!(limits.grow_memory(&mut memory, Pages(1)).is_err());
        assert!(limits.grow_memory(&mut memory, Pages(u32::MAX)).is_err());
        assert_eq!(limits.grow_memory_at_least(&mut memory, 2 << 16), Ok(()));
        assert!(limits.grow_memory_at_least(&mut memory, (2 << 16) + 1).is_err());
        assert_eq!(memory.size(), Pages(2));

        let ty = TableType::new(Type::FuncRef, 5, None);
        let mut table = VMTable::new(&ty, &TableStyle::CallerChecksSignature).unwrap();
        let null = TableElement::FuncRef(None);
        assert_eq!(limits.grow_table(&mut table, 5, null), Some(5));
        assert_eq!(limits.grow_table(&mut table, 0, null), Some(10));
        assert_eq!(limits.grow_table(&mut table, 1, null), None);
        assert_eq!(limits.grow_table_raw(&mut table, u64::MAX, 0), None);
        assert!(limits.check_table(&TableType::new(Type::FuncRef, 11, None)).is_err());
    }
}
