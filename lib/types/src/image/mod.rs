//! A compiled module on its way from a compiler to the runtime.
//!
//! The image is position-independent: its text is copied or mapped anywhere and is not patched afterwards.
//! Its tables are flat, sorted arrays that are searched where they lie.

mod steps;
mod tables;
pub(crate) mod words;

use std::sync::Arc;

use bytes::Bytes;
use cranelift_entity::PrimaryMap;

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

    /// Bytes from the start of a text of `text` bytes to its `.eh_frame` section: it lies right behind.
    pub fn eh_frame_offset(text: usize) -> usize {
        text.next_multiple_of(EH_FRAME_ALIGN)
    }
}
