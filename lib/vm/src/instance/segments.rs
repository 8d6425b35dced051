//! Segments: `memory.init`, `data.drop`, `table.init`, `elem.drop`, and what happens to active ones.

use wasmer_types::entity::EntityRef;
use wasmer_types::{
    DataIndex, DataPlacement, ElemIndex, ElementItems, ElementPlacement, MemoryIndex, TableIndex,
    TrapCode,
};

use super::VMInstance;
use crate::memory::bulk::Bytes;
use crate::table::VMTable;

/// Which passive segments were dropped. Active and declared ones count as dropped anyway.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    data: Bits,
    elements: Bits,
}

/// A set of small numbers.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }
}

impl VMInstance {
    /// The bytes of a memory.
    pub(crate) fn bytes(&self, memory: MemoryIndex) -> Bytes {
        let shared = self.module.info().memories[memory].shared;
        // SAFETY: the definition is that of a memory of the instance; while a builtin runs nothing else uses
        // the store.
        unsafe { Bytes::new(self.memory_definition(memory), shared) }
    }

    /// A table, for operators that change elements but not the table.
    pub(crate) fn table_ref(&self, table: TableIndex) -> &VMTable {
        // SAFETY: tables live as long as the store, and only `table.grow` has an exclusive reference, which
        // ends before it returns.
        unsafe { self.table(table).as_ref() }
    }

    /// `memory.init`
    pub(crate) fn memory_init(
        &self,
        memory: MemoryIndex,
        segment: DataIndex,
        to: u64,
        from: u32,
        len: u32,
    ) -> Result<(), TrapCode> {
        let passive = self.module.info().data_segments[segment].placement == DataPlacement::Passive;
        let data = match passive && !self.dropped.borrow().data.contains(segment.index()) {
            true => self.module.segment(segment),
            false => &[],
        };
        let end = u64::from(from) + u64::from(len);
        let part = usize::try_from(end).ok().and_then(|end| data.get(from as usize..end));
        self.bytes(memory).init(to, part.ok_or(TrapCode::HeapAccessOutOfBounds)?)
    }

    /// `data.drop`
    pub(crate) fn data_drop(&self, segment: DataIndex) {
        self.dropped.borrow_mut().data.insert(segment.index());
    }

    /// `table.init`
    pub(crate) fn table_init(
        &self,
        table: TableIndex,
        segment: ElemIndex,
        to: u64,
        from: u32,
        len: u32,
    ) -> Result<(), TrapCode> {
        let passive =
            self.module.info().element_segments[segment].placement == ElementPlacement::Passive;
        let gone = !passive || self.dropped.borrow().elements.contains(segment.index());
        self.write_elements(table, segment, to, from, len, gone)
    }

    /// `elem.drop`
    pub(crate) fn elem_drop(&self, segment: ElemIndex) {
        self.dropped.borrow_mut().elements.insert(segment.index());
    }

    /// Copies items of a segment, which has none when it is `gone`.
    fn write_elements(
        &self,
        table: TableIndex,
        segment: ElemIndex,
        to: u64,
        from: u32,
        len: u32,
        gone: bool,
    ) -> Result<(), TrapCode> {
        let items = &self.module.info().element_segments[segment].items;
        let available = if gone { 0 } else { items.len() as u64 };
        if u64::from(from) + u64::from(len) > available {
            return Err(TrapCode::TableAccessOutOfBounds);
        }
        let table = self.table_ref(table);
        table.check_range(to, len.into())?;
        for n in 0..len as usize {
            let item = from as usize + n;
            let reference = match items {
                ElementItems::Functions(functions) => {
                    self.func_ref(functions[item]).as_ptr().expose_provenance()
                }
                ElementItems::Expressions(items) => self.evaluate(&items[item]).as_usize(),
            };
            table.write(to as usize + n, reference);
        }
        Ok(())
    }

    /// Applies an active element segment.
    pub(super) fn apply_elements(&self, segment: ElemIndex) -> Result<(), TrapCode> {
        let ElementPlacement::Active { table, offset } =
            &self.module.info().element_segments[segment].placement
        else {
            return Ok(());
        };
        let len = self.module.info().element_segments[segment].items.len();
        let len = u32::try_from(len).map_err(|_| TrapCode::TableAccessOutOfBounds)?;
        let to = self.address(offset, self.module.info().table_indices[*table].is_64());
        self.write_elements(*table, segment, to, 0, len, false)
    }

    /// Applies an active data segment.
    pub(super) fn apply_data(&self, segment: DataIndex) -> Result<(), TrapCode> {
        let DataPlacement::Active { memory, offset } =
            &self.module.info().data_segments[segment].placement
        else {
            return Ok(());
        };
        let to = self.address(offset, self.module.info().memory_formats[*memory].index.is_64());
        self.bytes(*memory).init(to, self.module.segment(segment))
    }

    /// The value of an offset.
    fn address(&self, offset: &wasmer_types::InitExpr, is_64: bool) -> u64 {
        let value = self.evaluate(offset);
        if is_64 { value.as_u64() } else { value.as_u32().into() }
    }
}
