//! Compiling as an engine does, with what tests choose.

use wasmer_compiler::{CallMode, CompileOptions, Compiler, compile_module};
use wasmer_types::image::ModuleImage;
use wasmer_types::{CompileError, MemoryStyle, MemoryType, TableStyle, Target};

use crate::machines::{features, reserved};

/// Compiles with these memories and calls; makes no hash, and tells nobody how far it has come.
pub fn options(
    memory_style: &dyn Fn(&MemoryType) -> MemoryStyle,
    call_mode: CallMode,
) -> CompileOptions<'_> {
    CompileOptions {
        memory_style,
        table_style: &|_| TableStyle::CallerChecksSignature,
        call_mode,
        hash_algorithm: None,
        progress: None,
    }
}

/// Compiles a module with reserved memories and direct calls.
///
/// # Errors
///
/// Those of [`compile_module`].
pub fn compile(
    compiler: &dyn Compiler,
    target: &Target,
    module: &[u8],
) -> Result<ModuleImage, CompileError> {
    let options = options(&reserved, CallMode::Direct);
    compile_module(compiler, &features(), target, &options, module)
}
