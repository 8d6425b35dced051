//! A compiled module on its way from a compiler to the runtime.
//!
//! The image is position-independent: its text is copied or mapped anywhere and is not patched afterwards.
//! Its tables are flat, sorted arrays that are searched where they lie.

mod inlined;
mod leaves;
pub(crate) mod rows;
mod steps;
mod tables;

use std::iter;
use std::sync::Arc;

use bytes::Bytes;
use cranelift_entity::PrimaryMap;

pub use self::inlined::{InlinedBody, InliningTable};
pub use self::leaves::{LeafTable, ReturnAddress};
pub use self::steps::TableParts;
pub use self::tables::{AddressMap, FunctionExtent, FunctionTable, TrapTable};
use crate::indices::{LocalFunctionIndex, MemoryIndex, TableIndex};
use crate::module::ModuleInfo;
use crate::style::{MemoryStyle, TableStyle};
use crate::target::Target;

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
    pub functions: FunctionTable,
    /// Instructions that may trap, and code in which every access to memory may.
    pub traps: TrapTable,
    /// Which operator an instruction comes from.
    pub addresses: AddressMap,
    /// Function bodies that stand in place of calls, in which an operator may be. Empty for most compilers.
    pub inlined: InliningTable,
    /// Functions without frames. Empty for most compilers.
    pub leaves: LeafTable,
    /// DWARF call frame information in the form of an `.eh_frame` section. The addresses of functions in it are
    /// relative to where they stand, and hold when it lies at [`CodeImage::eh_frame_offset`] from the start of the
    /// text. Empty when the compiler made none.
    pub eh_frame: Bytes,
}

/// Alignment of an `.eh_frame` section.
pub const EH_FRAME_ALIGN: usize = 8;

impl CodeImage {
    /// The function whose code contains `offset`.
    pub fn function_at(&self, offset: u32) -> Option<LocalFunctionIndex> {
        self.functions.at(offset)
    }

    /// The operators that are being executed when the instruction at `offset` is, innermost first: the one that it
    /// comes from and, if that is in a body in place of a call, the calls. Each is the function that it is in and its
    /// byte offset in the wasm module, which may not be known for the first.
    pub fn operators_at(
        &self,
        offset: u32,
    ) -> impl Iterator<Item = (LocalFunctionIndex, Option<u32>)> + '_ {
        let mut next = Some(self.addresses.lookup(offset));
        iter::from_fn(move || {
            let position = next.take()?;
            let Some((at, body)) = position.and_then(|at| Some((at, self.inlined.at(at)?))) else {
                return Some((self.function_at(offset)?, position));
            };
            // So that this ends, whatever the tables contain.
            next = (body.call < body.start).then_some(Some(body.call));
            let start = self.functions.get(body.function)?.wasm_offset;
            Some((body.function, start.checked_add(at - body.start)))
        })
    }

    /// Bytes from the start of a text of `text` bytes to its `.eh_frame` section: it lies right behind.
    pub fn eh_frame_offset(text: usize) -> usize {
        text.next_multiple_of(EH_FRAME_ALIGN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_inlined_bodies_are_found() {
        let function = LocalFunctionIndex::from_u32;
        let mut code = CodeImage { text: vec![0x90; 64], ..CodeImage::default() };
        for (offset, wasm_offset) in [(0, 100), (16, 200), (32, 300)] {
            code.functions.push(FunctionExtent { offset, length: 16, wasm_offset });
        }
        for (offset, position) in
            [(0, 105), (4, 1002), (8, 1021), (12, AddressMap::NONE), (16, 205), (33, 1999)]
        {
            code.addresses.push(offset, position);
        }
        for (start, inlined, call) in [(1000, 1, 107), (1020, 2, 1003), (1990, 0, 1990)] {
            code.inlined.push(InlinedBody { start, function: function(inlined), call });
        }
        let at = |offset| {
            let operators = code.operators_at(offset);
            operators.map(|(function, at)| (function.as_u32(), at)).collect::<Vec<_>>()
        };
        assert_eq!(at(1), [(0, Some(105))]);
        assert_eq!(at(4), [(1, Some(202)), (0, Some(107))]);
        assert_eq!(at(9), [(2, Some(301)), (1, Some(203)), (0, Some(107))]);
        assert_eq!((at(12), at(17)), (vec![(0, None)], vec![(1, Some(205))]));
        // A damaged table is no endless one.
        assert_eq!(at(33), [(0, Some(109))]);
        assert_eq!(at(60), [(0, Some(109))]);
        code.addresses = AddressMap::default();
        assert_eq!(code.operators_at(60).next(), None);
    }
}
