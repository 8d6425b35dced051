//! The tables of machine code.
//!
//! Each is made of flat, sorted arrays of little-endian numbers, which grow while a module is linked and lie in an
//! artifact afterwards. Looking something up takes no memory and no locks, and no contents make it panic:
//! signal handlers do it.

use std::ops::Range;

use bytes::Bytes;
use cranelift_entity::EntityRef;

use super::rows::Rows;
use super::steps::{Steps, TableParts};
use crate::indices::LocalFunctionIndex;
use crate::trap::TrapCode;

/// Where a function lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FunctionExtent {
    /// Offset of its first instruction in the text, which is its entry point with the C ABI.
    pub offset: u32,
    /// Length of its code in bytes.
    pub length: u32,
    /// Byte offset of its body in the wasm module (of the body's local declarations).
    pub wasm_offset: u32,
}

impl FunctionExtent {
    /// The bytes of the text that belong to it.
    pub fn range(&self) -> Range<usize> {
        self.offset as usize..self.offset as usize + self.length as usize
    }
}

/// Where each function lies, in increasing order of offsets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionTable {
    /// The three fields of each function.
    rows: Rows<3>,
}

impl FunctionTable {
    /// The table that [`FunctionTable::as_bytes`] has given, or `None` when its length is impossible.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        Some(Self { rows: Rows::from_bytes(bytes)? })
    }

    /// Offset, length and offset of the body in the wasm module of each function, 4 bytes each.
    pub fn as_bytes(&self) -> &[u8] {
        self.rows.as_bytes()
    }

    /// How many functions.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a function lies.
    #[inline]
    pub fn get(&self, function: LocalFunctionIndex) -> Option<FunctionExtent> {
        let [offset, length, wasm_offset] = self.rows.get(function.index())?;
        Some(FunctionExtent { offset, length, wasm_offset })
    }

    /// Functions and where they lie.
    pub fn iter(&self) -> impl Iterator<Item = (LocalFunctionIndex, FunctionExtent)> + '_ {
        let index = |number| LocalFunctionIndex::from_u32(number as u32);
        (0..self.len()).map(index).map_while(|index| Some((index, self.get(index)?)))
    }

    /// Adds the next function.
    pub fn push(&mut self, extent: FunctionExtent) -> LocalFunctionIndex {
        let index = LocalFunctionIndex::new(self.len());
        self.rows.push([extent.offset, extent.length, extent.wasm_offset]);
        index
    }

    /// Makes room for exactly `additional` functions.
    pub fn reserve_exact(&mut self, additional: usize) {
        self.rows.reserve(additional);
    }

    /// The function whose code contains `offset`.
    pub fn at(&self, offset: u32) -> Option<LocalFunctionIndex> {
        let index = LocalFunctionIndex::new(self.rows.last_up_to(offset)?);
        self.get(index)?.range().contains(&(offset as usize)).then_some(index)
    }
}

impl FromIterator<FunctionExtent> for FunctionTable {
    fn from_iter<I: IntoIterator<Item = FunctionExtent>>(extents: I) -> Self {
        let mut table = Self::default();
        for extent in extents {
            table.push(extent);
        }
        table
    }
}

/// Offsets of instructions that may trap, with the reason.
///
/// A *site* is one instruction, which may trap in any way. Besides, any access to memory in a *range* may fault,
/// for code of compilers that do not say at which instructions accesses end up. A site within a range has the reason of
/// its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrapTable {
    /// An [`Entry`] at each site and at the start of each range.
    entries: Steps,
    /// While it is built: the reason of the present range.
    range: Option<TrapCode>,
}

/// What the trap table says at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// Why the instruction at just this offset may trap.
    site: Option<TrapCode>,
    /// Why accesses to memory fault, from the offset to that of the next entry.
    range: Option<TrapCode>,
}

impl Entry {
    /// In place of the code of a site.
    const NO_SITE: u32 = 0xff;

    /// The code of the site in the lowest byte, and one more than that of the range in the next, or 0.
    fn encode(self) -> u32 {
        let site = self.site.map_or(Self::NO_SITE, |code| code as u32);
        site | self.range.map_or(0, |code| (code as u32 + 1) << 8)
    }

    fn decode(number: u32) -> Option<Self> {
        let code = |number: u32| TrapCode::from_u8(u8::try_from(number).ok()?);
        let site = match number & 0xff {
            Self::NO_SITE => None,
            site => Some(code(site)?),
        };
        let range = match number >> 8 {
            0 => None,
            range => Some(code(range - 1)?),
        };
        Some(Self { site, range })
    }
}

impl TrapTable {
    /// The table that was written as [`TrapTable::parts`], or `None` when its lengths are impossible.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        Steps::from_bytes(bytes).map(|entries| Self { entries, range: None })
    }

    /// What is written to an artifact.
    pub fn parts(&self) -> TableParts<'_> {
        self.entries.parts()
    }

    /// Adds an instruction, which must lie behind all entries that were added before.
    ///
    /// # Panics
    ///
    /// When it does not, or the table is that of an artifact.
    pub fn push(&mut self, offset: u32, code: TrapCode) {
        self.push_entry(offset, Entry { site: Some(code), range: self.range });
    }

    /// Says why accesses to memory fault from `offset` on, if they do, and why the instruction right there traps, if it
    /// does. The offset must lie behind all entries that were added before.
    ///
    /// # Panics
    ///
    /// When it does not, or the table is that of an artifact.
    pub fn push_range(&mut self, offset: u32, code: Option<TrapCode>, site: Option<TrapCode>) {
        self.range = code;
        self.push_entry(offset, Entry { site, range: code });
    }

    fn push_entry(&mut self, offset: u32, entry: Entry) {
        self.entries.push(offset, entry.encode());
    }

    /// While the table is built: why accesses to memory fault behind the last entry.
    pub fn range(&self) -> Option<TrapCode> {
        self.range
    }

    /// The entry that holds at `offset`, and where it begins.
    fn entry(&self, offset: u32) -> Option<(u32, Entry)> {
        let (at, number) = self.entries.at_or_before(offset)?;
        Some((at, Entry::decode(number)?))
    }

    /// Why the instruction at `offset` may trap, if it is a site. Does not allocate: it is called in signal handlers.
    pub fn lookup(&self, offset: u32) -> Option<TrapCode> {
        let (at, entry) = self.entry(offset)?;
        entry.site.filter(|_| at == offset)
    }

    /// Why the instruction at `offset` may fault on an access to memory: the reason of the site or else of the range.
    /// Does not allocate: it is called in signal handlers.
    pub fn lookup_memory_fault(&self, offset: u32) -> Option<TrapCode> {
        let (at, entry) = self.entry(offset)?;
        entry.site.filter(|_| at == offset).or(entry.range)
    }

    /// Offsets and codes of the sites.
    pub fn iter(&self) -> impl Iterator<Item = (u32, TrapCode)> + '_ {
        let site = |(offset, number)| Some((offset, Entry::decode(number)?.site?));
        self.entries.iter().filter_map(site)
    }

    /// How many entries: sites, and starts of ranges that are none.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for `additional` entries.
    pub fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
    }

    /// What is wrong with the table of a text of `text` bytes, if anything is.
    pub(crate) fn fault(&self, text: usize) -> Option<String> {
        if let Some(at) = self.entries.disorder() {
            return Some(format!("trap {at} is not behind the one before"));
        }
        self.entries.iter().find_map(|(offset, number)| match Entry::decode(number) {
            _ if offset as usize >= text => {
                Some(format!("trap at {offset} in {text} bytes of code"))
            }
            None => Some(format!("trap at {offset} has the unknown code {number}")),
            Some(_) => None,
        })
    }
}

/// Which operator of the wasm module each instruction comes from.
///
/// An entry holds from its offset to that of the next.
#[derive(Debug, Clone, Default)]
pub struct AddressMap {
    /// The byte offset in the wasm module, or [`AddressMap::NONE`], from each offset in the text on.
    positions: Steps,
    /// While it is built: the last position.
    last: Option<u32>,
}

impl AddressMap {
    /// The position of instructions that come from no operator (prologues, constants).
    pub const NONE: u32 = Steps::NONE;

    /// The map that was written as [`AddressMap::parts`], or `None` when its lengths are impossible.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        Steps::from_bytes(bytes).map(|positions| Self { positions, last: None })
    }

    /// What is written to an artifact.
    pub fn parts(&self) -> TableParts<'_> {
        self.positions.parts()
    }

    /// Adds an entry, which must lie behind all that were added before. Repeated positions are merged.
    ///
    /// # Panics
    ///
    /// When it does not, or the map is that of an artifact.
    pub fn push(&mut self, offset: u32, position: u32) {
        if self.last != Some(position) {
            self.positions.push(offset, position);
            self.last = Some(position);
        }
    }

    /// Byte offset in the wasm module of the operator that the instruction at `offset` belongs to.
    pub fn lookup(&self, offset: u32) -> Option<u32> {
        let (_, position) = self.positions.at_or_before(offset)?;
        (position != Self::NONE).then_some(position)
    }

    /// Offsets in the text and positions in the wasm module.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.positions.iter()
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for `additional` entries.
    pub fn reserve(&mut self, additional: usize) {
        self.positions.reserve(additional);
    }

    /// What is wrong with the map of a text of `text` bytes, if anything is.
    pub(crate) fn fault(&self, text: usize) -> Option<String> {
        if let Some(at) = self.positions.disorder() {
            return Some(format!("address {at} is not behind the one before"));
        }
        let (last, _) = self.positions.at_or_before(u32::MAX)?;
        (last as usize > text).then(|| format!("address {last} in {text} bytes of code"))
    }
}

impl PartialEq for AddressMap {
    fn eq(&self, other: &Self) -> bool {
        self.positions == other.positions
    }
}

impl Eq for AddressMap {}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(parts: TableParts<'_>) -> Bytes {
        parts.as_slices().concat().into()
    }

    #[test]
    fn lookups() {
        let mut traps = TrapTable::default();
        traps.push(4, TrapCode::IntegerOverflow);
        traps.push(9, TrapCode::UnreachableCodeReached);
        assert_eq!(traps.lookup(9), Some(TrapCode::UnreachableCodeReached));
        assert_eq!((traps.lookup(5), traps.lookup(10)), (None, None));
        assert_eq!(traps.lookup_memory_fault(9), traps.lookup(9));
        assert_eq!((traps.lookup_memory_fault(5), traps.lookup_memory_fault(10)), (None, None));
        assert_eq!(TrapTable::from_bytes(bytes(traps.parts())), Some(traps));

        let mut map = AddressMap::default();
        map.push(2, 100);
        map.push(4, 100);
        map.push(8, AddressMap::NONE);
        map.push(12, 50);
        assert_eq!(map.iter().count(), 3);
        assert_eq!((map.lookup(1), map.lookup(2), map.lookup(7)), (None, Some(100), Some(100)));
        assert_eq!((map.lookup(8), map.lookup(99)), (None, Some(50)));
        assert_eq!(AddressMap::from_bytes(bytes(map.parts())), Some(map));

        let mut functions = FunctionTable::default();
        functions.push(FunctionExtent { offset: 0, length: 3, wasm_offset: 0 });
        functions.push(FunctionExtent { offset: 16, length: 4, wasm_offset: 0 });
        let at = |offset| functions.at(offset).map(|f| f.as_u32());
        assert_eq!((at(0), at(3), at(16), at(19), at(20)), (Some(0), None, Some(1), Some(1), None));
        let copy = FunctionTable::from_bytes(functions.as_bytes().to_vec().into());
        assert_eq!(copy, Some(functions));
    }

    /// Sites keep their reasons within ranges, and are no ends of them.
    #[test]
    fn memory_faults_have_ranges() {
        use TrapCode::{HeapAccessOutOfBounds as Heap, IntegerOverflow, NullReference};
        let mut traps = TrapTable::default();
        traps.push(2, IntegerOverflow);
        traps.push_range(10, Some(Heap), Some(NullReference));
        for site in (20..120).step_by(2) {
            traps.push(site, IntegerOverflow);
        }
        traps.push_range(200, Some(NullReference), None);
        traps.push_range(210, None, None);
        traps.push(220, IntegerOverflow);
        assert_eq!(traps.range(), None);
        assert_eq!((traps.fault(221), traps.len(), traps.iter().count()), (None, 55, 53));
        let copy = TrapTable::from_bytes(bytes(traps.parts())).unwrap();
        assert!(copy.iter().eq(traps.iter()));
        for (offset, site, fault) in [
            (0, None, None),
            (2, Some(IntegerOverflow), Some(IntegerOverflow)),
            (3, None, None),
            (9, None, None),
            (10, Some(NullReference), Some(NullReference)),
            (11, None, Some(Heap)),
            (20, Some(IntegerOverflow), Some(IntegerOverflow)),
            (21, None, Some(Heap)),
            (118, Some(IntegerOverflow), Some(IntegerOverflow)),
            (199, None, Some(Heap)),
            (200, None, Some(NullReference)),
            (209, None, Some(NullReference)),
            (210, None, None),
            (220, Some(IntegerOverflow), Some(IntegerOverflow)),
            (221, None, None),
        ] {
            let found = (copy.lookup(offset), copy.lookup_memory_fault(offset));
            assert_eq!(found, (site, fault), "at {offset}");
        }
    }

    #[test]
    fn entries_are_reversible() {
        let codes: Vec<_> = TrapCode::ALL.iter().copied().map(Some).chain([None]).collect();
        for &site in &codes {
            for &range in &codes {
                let entry = Entry { site, range };
                assert_eq!(Entry::decode(entry.encode()), Some(entry));
            }
        }
        let unknown = TrapCode::ALL.len() as u32;
        for number in [unknown, (unknown + 1) << 8 | Entry::NO_SITE, 0x1_0100, u32::MAX] {
            assert_eq!(Entry::decode(number), None, "{number:#x}");
        }
    }

    #[test]
    fn any_bytes_are_a_table_or_none() {
        for len in 0..64 {
            let bytes = Bytes::from(vec![0; len]);
            let functions = FunctionTable::from_bytes(bytes.clone());
            assert_eq!(functions.is_some(), len % 12 == 0);
            assert!(functions.is_none_or(|table| table.at(9).is_none()));
            assert_eq!(TrapTable::from_bytes(bytes.clone()).is_some(), len >= 4);
            assert!(AddressMap::from_bytes(bytes).is_none_or(|map| map.lookup(9).is_none()));
        }
    }

    #[test]
    fn faults_are_found() {
        let mut traps = TrapTable::default();
        traps.push(4, TrapCode::IntegerOverflow);
        traps.push(9, TrapCode::IntegerOverflow);
        assert_eq!(traps.fault(10), None);
        assert!(traps.fault(9).unwrap().contains("trap at 9"));
        // A number, the index with two, and a byte for each of code, difference and code.
        let damaged = |at: usize, byte| {
            let mut bytes = bytes(traps.parts()).to_vec();
            bytes[at] = byte;
            TrapTable::from_bytes(bytes.into()).unwrap().fault(100).unwrap()
        };
        assert!(damaged(13, 0).contains("trap 1 is not behind"));
        assert!(damaged(14, 0x70).contains("trap at 9 has the unknown code"));
        let mut map = AddressMap::default();
        map.push(3, 1);
        assert_eq!(map.fault(3), None);
        assert!(map.fault(2).unwrap().contains("address 3 in 2 bytes"));
    }
}
