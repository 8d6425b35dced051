//! Files with the stages of functions.

use wasmer_compiler::debug_files::ASSEMBLY;

/// Suffix of files with intermediate representation that is not yet optimised.
pub(crate) const PREOPT: &str = ".preopt.ll";

/// Suffix of files with intermediate representation that is optimised.
pub(crate) const POSTOPT: &str = ".postopt.ll";

wasmer_compiler::debug_callbacks! {
    /// Writes what the compiler makes of functions to files, given to [`LLVM::callbacks`](crate::LLVM::callbacks).
    ///
    /// | suffix | contents |
    /// |---|---|
    /// | `.preopt.ll` | LLVM's intermediate representation, before it is optimised |
    /// | `.postopt.ll` | the same, after |
    /// | `.s` | the instructions, as text |
    /// | `.o` | the machine code, as LLVM's object file |
    ///
    /// Functions that are compiled together have files together, which are named after the first of them.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer_compiler::CompiledKind;
    /// use wasmer_compiler_llvm::{LLVM, LLVMCallbacks};
    /// use wasmer_types::LocalFunctionIndex;
    ///
    /// let directory = std::env::temp_dir().join(format!("llvm-{}", std::process::id()));
    /// let callbacks = LLVMCallbacks::new(directory.clone())?;
    /// assert_eq!(callbacks.debug_dir(), &directory);
    /// LLVM::new().callbacks(Some(callbacks.clone()));
    ///
    /// let function = CompiledKind::Local(LocalFunctionIndex::from_u32(3), "add".to_owned());
    /// callbacks.preopt_ir(&function, &None, b"define i32 @add()");
    /// callbacks.postopt_ir(&function, &None, b"define noundef i32 @add()");
    /// callbacks.asm_memory_buffer(&function, &None, b"ret");
    /// callbacks.obj_memory_buffer(&function, &Some("00FF".to_owned()), b"\x7fELF");
    /// assert_eq!(std::fs::read(directory.join("add_3.preopt.ll"))?, b"define i32 @add()");
    /// assert_eq!(std::fs::read(directory.join("add_3.postopt.ll"))?, b"define noundef i32 @add()");
    /// assert_eq!(std::fs::read(directory.join("add_3.s"))?, b"ret");
    /// assert_eq!(std::fs::read(directory.join("00FF/add_3.o"))?, b"\x7fELF");
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    LLVMCallbacks;
    /// Writes the text `mem_buffer` of intermediate representation that is not yet optimised.
    preopt_ir => PREOPT;
    /// Writes the text `mem_buffer` of intermediate representation that is optimised.
    postopt_ir => POSTOPT;
    /// Writes the text `mem_buffer` of instructions.
    asm_memory_buffer => ASSEMBLY;
}
