//! A compiled module on its way from a compiler to the runtime.
//!
//! The image is position-independent: its text is copied or mapped anywhere and is not patched afterwards.
//! Its tables are flat, sorted arrays that are searched where they lie.

use std::ops::Range;
use std::sync::Arc;

use cranelift_entity::PrimaryMap;

use crate::indices::{LocalFunctionIndex, MemoryIndex, TableIndex};
use crate::module::ModuleInfo;
use crate::style::{MemoryStyle, TableStyle};
use crate::target::Target;
use crate::trap::TrapCode;

/// A compiled module: everything that the runtime needs.
#[derive(Debug, Clone)]
pub struct ModuleImage {
    /// Types, imports, exports, segments.
    pub info: Arc<ModuleInfo>,
    /// Machine that the code is for. The CPU features are those that it may use.
    pub target: Target,
    /// Id of the compiler and the settings that made it.
    pub compiler: String,
    /// How each memory was assumed to lie in the address space. An instance must satisfy it.
    pub memory_styles: PrimaryMap<MemoryIndex, MemoryStyle>,
    /// How each table is called through.
    pub table_styles: PrimaryMap<TableIndex, TableStyle>,
    /// Machine code and its tables.
    pub code: CodeImage,
    /// The bytes of all data segments, one after the other.
    pub data: Box<[u8]>,
}

/// Machine code of a module's functions.
#[derive(Debug, Clone, Default)]
pub struct CodeImage {
    /// Instructions and constants. Offsets in the other fields count from its start.
    pub text: Vec<u8>,
    /// Where each function lies, in increasing order of offsets.
    pub functions: PrimaryMap<LocalFunctionIndex, FunctionExtent>,
    /// Instructions that may trap.
    pub traps: TrapTable,
    /// Which operator an instruction comes from.
    pub addresses: AddressMap,
    /// DWARF call frame information in the form of an `.eh_frame` section, with addresses relative to
    /// the text: function starts are offsets in `text`. Empty when the compiler made none.
    pub eh_frame: Vec<u8>,
}

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

impl CodeImage {
    /// The function whose code contains `offset`.
    pub fn function_at(&self, offset: u32) -> Option<LocalFunctionIndex> {
        let extents = self.functions.as_values_slice();
        let after = extents.partition_point(|extent| extent.offset <= offset);
        let index = after.checked_sub(1)?;
        extents[index]
            .range()
            .contains(&(offset as usize))
            .then(|| LocalFunctionIndex::from_u32(index as u32))
    }
}

/// Offsets of instructions that may trap, with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrapTable {
    /// Sorted offsets of the instructions.
    offsets: Vec<u32>,
    /// Codes in the same order.
    codes: Vec<TrapCode>,
}

impl TrapTable {
    /// Adds an instruction, which must lie behind all that were added before.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn push(&mut self, offset: u32, code: TrapCode) {
        assert!(self.offsets.last().is_none_or(|&last| last < offset), "trap sites are sorted");
        self.offsets.push(offset);
        self.codes.push(code);
    }

    /// Why the instruction at `offset` may trap. Does not allocate: it is called in signal handlers.
    pub fn lookup(&self, offset: u32) -> Option<TrapCode> {
        self.offsets.binary_search(&offset).ok().map(|index| self.codes[index])
    }

    /// Offsets and codes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, TrapCode)> + '_ {
        self.offsets.iter().copied().zip(self.codes.iter().copied())
    }

    /// Makes room for `additional` entries.
    pub fn reserve(&mut self, additional: usize) {
        self.offsets.reserve(additional);
        self.codes.reserve(additional);
    }
}

/// Which operator of the wasm module each instruction comes from.
///
/// An entry holds from its offset to that of the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressMap {
    /// Sorted offsets in the text.
    offsets: Vec<u32>,
    /// Byte offsets in the wasm module, or [`AddressMap::NONE`].
    positions: Vec<u32>,
}

impl AddressMap {
    /// The position of instructions that come from no operator (prologues, constants).
    pub const NONE: u32 = u32::MAX;

    /// Adds an entry, which must lie behind all that were added before. Repeated positions are merged.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn push(&mut self, offset: u32, position: u32) {
        if self.positions.last() == Some(&position) {
            return;
        }
        assert!(self.offsets.last().is_none_or(|&last| last < offset), "addresses are sorted");
        self.offsets.push(offset);
        self.positions.push(position);
    }

    /// Byte offset in the wasm module of the operator that the instruction at `offset` belongs to.
    pub fn lookup(&self, offset: u32) -> Option<u32> {
        let index = self.offsets.partition_point(|&start| start <= offset).checked_sub(1)?;
        Some(self.positions[index]).filter(|&position| position != Self::NONE)
    }

    /// Offsets in the text and positions in the wasm module.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        self.offsets.iter().copied().zip(self.positions.iter().copied())
    }

    /// Makes room for `additional` entries.
    pub fn reserve(&mut self, additional: usize) {
        self.offsets.reserve(additional);
        self.positions.reserve(additional);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups() {
        let mut traps = TrapTable::default();
        traps.push(4, TrapCode::IntegerOverflow);
        traps.push(9, TrapCode::UnreachableCodeReached);
        assert_eq!(traps.lookup(9), Some(TrapCode::UnreachableCodeReached));
        assert_eq!((traps.lookup(5), traps.lookup(10)), (None, None));

        let mut map = AddressMap::default();
        map.push(2, 100);
        map.push(4, 100);
        map.push(8, AddressMap::NONE);
        map.push(12, 50);
        assert_eq!(map.iter().len(), 3);
        assert_eq!((map.lookup(1), map.lookup(2), map.lookup(7)), (None, Some(100), Some(100)));
        assert_eq!((map.lookup(8), map.lookup(99)), (None, Some(50)));

        let mut code = CodeImage::default();
        code.functions.push(FunctionExtent { offset: 0, length: 3, wasm_offset: 0 });
        code.functions.push(FunctionExtent { offset: 16, length: 4, wasm_offset: 0 });
        let at = |offset| code.function_at(offset).map(|f| f.as_u32());
        assert_eq!((at(0), at(3), at(16), at(19), at(20)), (Some(0), None, Some(1), Some(1), None));
    }
}
