//! Files with the stages of each function.

use wasmer_compiler::CompiledKind;
use wasmer_compiler::debug_files::ASSEMBLY;
use wasmer_types::CompileError;
use wasmer_types::target::Architecture;

/// Suffix of files with intermediate representation.
pub(crate) const IR: &str = ".preopt.clif";

wasmer_compiler::debug_callbacks! {
    /// Writes what the compiler makes of each function to files, given to
    /// [`Cranelift::callbacks`](crate::Cranelift::callbacks).
    ///
    /// | suffix | contents |
    /// |---|---|
    /// | `.preopt.clif` | Cranelift's intermediate representation, before it is optimised |
    /// | `.s` | the instructions, as text |
    /// | `.o` | the machine code, as an ELF object file; calls are relocations |
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer_compiler::CompiledKind;
    /// use wasmer_compiler_cranelift::{Cranelift, CraneliftCallbacks};
    /// use wasmer_types::LocalFunctionIndex;
    /// # use wasmer_types::target::Architecture;
    ///
    /// let directory = std::env::temp_dir().join(format!("clif-{}", std::process::id()));
    /// let callbacks = CraneliftCallbacks::new(directory.clone())?;
    /// assert_eq!(callbacks.debug_dir(), &directory);
    /// Cranelift::new().callbacks(Some(callbacks.clone()));
    ///
    /// let function = CompiledKind::Local(LocalFunctionIndex::from_u32(3), "add".to_owned());
    /// callbacks.preopt_ir(&function, &None, b"function u0:3()");
    /// callbacks.obj_memory_buffer(&function, &Some("00FF".to_owned()), b"\x7fELF");
    /// callbacks.asm_memory_buffer(&function, &None, Architecture::X86_64, b"ret")?;
    /// assert_eq!(std::fs::read(directory.join("add_3.preopt.clif"))?, b"function u0:3()");
    /// assert_eq!(std::fs::read(directory.join("00FF/add_3.o"))?, b"\x7fELF");
    /// assert_eq!(std::fs::read(directory.join("add_3.s"))?, b"ret");
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    CraneliftCallbacks;
    /// Writes the text `mem_buffer` of intermediate representation.
    preopt_ir => IR;
}

impl CraneliftCallbacks {
    /// Writes the text `mem_buffer` of instructions.
    ///
    /// # Errors
    ///
    /// [`CompileError::Resource`] when the file can't be written.
    pub fn asm_memory_buffer(
        &self,
        kind: &CompiledKind,
        module_hash: &Option<String>,
        _arch: Architecture,
        mem_buffer: &[u8],
    ) -> Result<(), CompileError> {
        self.files.write(kind, module_hash.as_deref(), ASSEMBLY, mem_buffer).map(drop)
    }
}
