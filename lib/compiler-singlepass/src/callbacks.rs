//! Files with the code of each function.

use std::collections::HashMap;

use wasmer_compiler::debug_files::ASSEMBLY;
use wasmer_compiler::{CompileRequest, CompiledFunction, CompiledKind, FunctionInput};
use wasmer_types::CompileError;
use wasmer_types::target::Architecture;

use crate::listing::{AssemblyComment, assembly, comments};

wasmer_compiler::debug_callbacks! {
    /// Writes the code of each function to files, given to [`Singlepass::callbacks`](crate::Singlepass::callbacks).
    ///
    /// | suffix | contents |
    /// |---|---|
    /// | `.s` | the machine code as numbers for an assembler, with comments that say which operator it is of |
    /// | `.o` | the machine code, as an ELF object file; calls are relocations |
    ///
    /// Singlepass makes no text of instructions: `objdump -dr` shows those of the object file.
    ///
    /// # Example
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use wasmer_compiler::CompiledKind;
    /// use wasmer_compiler_singlepass::{AssemblyComment, Singlepass, SinglepassCallbacks};
    /// use wasmer_types::LocalFunctionIndex;
    /// # use wasmer_types::target::Architecture;
    ///
    /// let directory = std::env::temp_dir().join(format!("singlepass-{}", std::process::id()));
    /// let callbacks = SinglepassCallbacks::new(directory.clone())?;
    /// assert_eq!(callbacks.debug_dir(), &directory);
    /// Singlepass::new().callbacks(Some(callbacks.clone()));
    ///
    /// let function = CompiledKind::Local(LocalFunctionIndex::from_u32(3), "add".to_owned());
    /// callbacks.obj_memory_buffer(&function, &Some("00FF".to_owned()), b"\x7fELF");
    /// assert_eq!(std::fs::read(directory.join("00FF/add_3.o"))?, b"\x7fELF");
    ///
    /// let comments = HashMap::from([(0, AssemblyComment::FunctionPrologue)]);
    /// callbacks.asm_memory_buffer(&function, &None, Architecture::X86_64, &[0x55, 0xc3], comments)?;
    /// let text = std::fs::read_to_string(directory.join("add_3.s"))?;
    /// assert_eq!(text, "\t.text\n/* prologue */\n\t.byte 0x55, 0xc3\n");
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SinglepassCallbacks;
}

impl SinglepassCallbacks {
    /// Writes the code `mem_buffer` for a machine of architecture `arch`, with comments in front of the offsets that
    /// they are for.
    ///
    /// # Errors
    ///
    /// [`CompileError::Resource`] when the file can't be written.
    pub fn asm_memory_buffer(
        &self,
        kind: &CompiledKind,
        module_hash: &Option<String>,
        arch: Architecture,
        mem_buffer: &[u8],
        assembly_comments: HashMap<usize, AssemblyComment>,
    ) -> Result<(), CompileError> {
        let text = assembly(arch, mem_buffer, &assembly_comments);
        self.files.write(kind, module_hash.as_deref(), ASSEMBLY, text.as_bytes()).map(drop)
    }

    /// Writes the files of a function that was compiled to `code`.
    pub(crate) fn write(
        &self,
        request: &CompileRequest<'_>,
        function: &FunctionInput<'_>,
        code: &CompiledFunction,
    ) -> Result<(), CompileError> {
        let architecture = request.target.triple().architecture;
        let text = assembly(architecture, &code.body, &comments(function, code));
        let files = self.files.of_function(request.module, function.index());
        files.write_code(&text, code, architecture)
    }
}
