//! Files with the stages of each function.

use std::io;
use std::path::PathBuf;

use wasmer_compiler::debug_files::{CompiledKind, DebugFiles, object_of_function};
use wasmer_compiler::{CompiledFunction, FunctionInput};
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, ModuleInfo};

/// Writes what the compiler makes of each function to files, given to
/// [`Cranelift::callbacks`](crate::Cranelift::callbacks).
///
/// | suffix | contents |
/// |---|---|
/// | `.preopt.clif` | Cranelift's intermediate representation, before it is optimised |
/// | `.s` | the instructions, as text |
/// | `.o` | the machine code, as an ELF object file; calls are relocations |
///
/// The files of a module lie in a directory of which the name is its hash, if the engine makes one. A compilation
/// fails when one of them can't be written. The methods with the name of a stage write a file of it again; they leave
/// it out when it can't be written.
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
#[derive(Debug, Clone)]
pub struct CraneliftCallbacks {
    files: DebugFiles,
}

impl CraneliftCallbacks {
    /// Writes to the directory `debug_dir`, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// When it can't be made.
    pub fn new(debug_dir: PathBuf) -> Result<Self, io::Error> {
        Ok(Self { files: DebugFiles::new(debug_dir)? })
    }

    /// The directory.
    pub fn debug_dir(&self) -> &PathBuf {
        self.files.directory()
    }

    /// Writes the text `mem_buffer` of intermediate representation.
    pub fn preopt_ir(&self, kind: &CompiledKind, module_hash: &Option<String>, mem_buffer: &[u8]) {
        let _ = self.files.write(kind, module_hash.as_deref(), ".preopt.clif", mem_buffer);
    }

    /// Writes the object file `mem_buffer`.
    pub fn obj_memory_buffer(
        &self,
        kind: &CompiledKind,
        module_hash: &Option<String>,
        mem_buffer: &[u8],
    ) {
        let _ = self.files.write(kind, module_hash.as_deref(), ".o", mem_buffer);
    }

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
        self.files.write(kind, module_hash.as_deref(), ".s", mem_buffer).map(drop)
    }

    /// The files of `function` of `module`.
    pub(crate) fn files_of<'a>(
        &'a self,
        module: &'a ModuleInfo,
        function: &FunctionInput<'_>,
    ) -> FunctionFiles<'a> {
        let kind = CompiledKind::function(module, function.index());
        FunctionFiles { files: &self.files, module, hash: module.hash_string(), kind }
    }
}

/// Files about one function that is being compiled.
pub(crate) struct FunctionFiles<'a> {
    files: &'a DebugFiles,
    module: &'a ModuleInfo,
    hash: Option<String>,
    kind: CompiledKind,
}

impl FunctionFiles<'_> {
    fn write(&self, suffix: &str, contents: &[u8]) -> Result<(), CompileError> {
        self.files.write(&self.kind, self.hash.as_deref(), suffix, contents).map(drop)
    }

    /// Writes intermediate representation.
    pub(crate) fn ir(&self, text: &str) -> Result<(), CompileError> {
        self.write(".preopt.clif", text.as_bytes())
    }

    /// Writes the result, of which the instructions are `text`.
    pub(crate) fn code(
        &self,
        text: &str,
        function: &FunctionInput<'_>,
        code: &CompiledFunction,
        architecture: Architecture,
    ) -> Result<(), CompileError> {
        self.write(".s", text.as_bytes())?;
        self.write(".o", &object_of_function(self.module, function.index(), code, architecture)?)
    }
}
