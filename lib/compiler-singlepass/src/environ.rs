//! What the translation of every function of a module needs to know, worked out once.

use wasmer_compiler::{CallMode, CompileRequest, HeapBounds};
use wasmer_types::entity::PrimaryMap;
use wasmer_types::layout::Layouts;
use wasmer_types::{CompileError, MemoryIndex, ModuleInfo, VMOffsets};

/// Bytes in an address. The machines that we generate code for have 64-bit addresses.
pub(crate) const POINTER_SIZE: u8 = 8;

/// The module that functions are compiled for.
pub(crate) struct Environ<'a> {
    pub(crate) module: &'a ModuleInfo,
    pub(crate) offsets: &'a VMOffsets,
    pub(crate) layouts: Layouts,
    pub(crate) call_mode: CallMode,
    /// What is known of the bounds of each memory.
    pub(crate) bounds: PrimaryMap<MemoryIndex, HeapBounds>,
    /// Whether NaNs are canonical and relaxed operators give the same results on all machines.
    pub(crate) deterministic: bool,
}

impl<'a> Environ<'a> {
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] when addresses of the machine do not have 64 bits.
    pub(crate) fn new(
        deterministic: bool,
        request: &CompileRequest<'a>,
    ) -> Result<Self, CompileError> {
        Ok(Self {
            module: request.module,
            offsets: request.offsets,
            layouts: request.layouts_64()?,
            call_mode: request.call_mode,
            bounds: request.heap_bounds(),
            deterministic,
        })
    }

    /// Whether the base of a memory never changes.
    pub(crate) fn is_fixed(&self, memory: MemoryIndex) -> bool {
        !self.bounds[memory].moves() || self.module.memories[memory].shared
    }
}
