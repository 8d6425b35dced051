//! What the translation of every function of a module needs to know, worked out once.

use wasmer_compiler::{CallMode, CompileRequest, HeapBounds};
use wasmer_types::entity::PrimaryMap;
use wasmer_types::layout::Layouts;
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, CpuFeature, MemoryIndex, ModuleInfo, VMOffsets};

use crate::config::LLVM;

/// The module and machine that functions are compiled for.
pub(crate) struct Environ<'a> {
    pub(crate) module: &'a ModuleInfo,
    pub(crate) offsets: &'a VMOffsets,
    pub(crate) layouts: Layouts,
    pub(crate) call_mode: CallMode,
    /// What is known of the bounds of each memory.
    pub(crate) bounds: PrimaryMap<MemoryIndex, HeapBounds>,
    /// Whether NaNs are canonical and relaxed operators give the same results on all machines.
    pub(crate) deterministic: bool,
    pub(crate) unwind_info: bool,
    pub(crate) is_x86: bool,
    /// Whether floats are rounded to integers by an instruction.
    pub(crate) has_round: bool,
    /// Whether there is an instruction for `a * b + c` with one rounding.
    pub(crate) has_fma: bool,
    /// Whether bytes are picked from a vector by one instruction.
    pub(crate) has_byte_shuffle: bool,
}

impl<'a> Environ<'a> {
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] when addresses of the machine do not have 64 bits.
    pub(crate) fn new(config: &LLVM, request: &CompileRequest<'a>) -> Result<Self, CompileError> {
        let is_x86 = request.target.triple().architecture == Architecture::X86_64;
        let has = |feature| !is_x86 || request.target.cpu_features().contains(feature);
        Ok(Self {
            module: request.module,
            offsets: request.offsets,
            layouts: request.layouts_64()?,
            call_mode: request.call_mode,
            bounds: request.heap_bounds(),
            deterministic: config.canonicalize_nans,
            unwind_info: config.unwind_info,
            is_x86,
            has_round: has(CpuFeature::SSE41),
            has_fma: has(CpuFeature::FMA),
            has_byte_shuffle: has(CpuFeature::SSSE3),
        })
    }

    /// Whether no memory can be written to by other threads or be longer than indices of 32 bits tell.
    pub(crate) fn has_plain_memories(&self) -> bool {
        let mut memories = self.module.memories.keys();
        memories.all(|index| !self.module.memories[index].shared && !self.bounds[index].index_64())
    }
}
