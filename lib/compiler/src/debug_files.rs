//! Files with what compilers make of each function on the way, for people who look for faults.
//!
//! Compilers that offer them have a type `…Callbacks`, which is a [`DebugFiles`] with a method for each stage
//! ([`debug_callbacks`](crate::debug_callbacks)). While a function is compiled, its files are a [`FunctionFiles`].

use std::path::{Path, PathBuf};
use std::{fs, io};

use object::write::{Object, Relocation as ObjectRelocation, Symbol, SymbolSection};
use object::{
    Architecture as ObjectArchitecture, BinaryFormat, Endianness, RelocationFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope, elf,
};
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, FunctionType, LocalFunctionIndex, ModuleInfo, Type};

use crate::function::{CompiledFunction, RelocationKind, RelocationTarget};

/// What was compiled.
#[derive(Debug, Clone)]
pub enum CompiledKind {
    /// A function of the module's own, and its name ([`ModuleInfo::get_function_name`]).
    Local(LocalFunctionIndex, String),
    /// What calls functions of a type from the host. Our compilers make none.
    FunctionCallTrampoline(FunctionType),
    /// What calls functions of the host from wasm. Our compilers make none.
    DynamicFunctionTrampoline(FunctionType),
    /// All of the module.
    Module,
}

impl CompiledKind {
    /// A function of `module`.
    pub fn function(module: &ModuleInfo, function: LocalFunctionIndex) -> Self {
        Self::Local(function, module.get_function_name(module.func_index(function)))
    }

    /// A name for its files: of at most [`NAME_LENGTH`] ASCII letters, digits, dashes and underscores, and with the
    /// number of a function, so that functions of one name have different files.
    fn file_name(&self) -> String {
        let (name, end) = match self {
            Self::Local(index, name) => (name.clone(), format!("_{}", index.as_u32())),
            Self::FunctionCallTrampoline(ty) => {
                (format!("trampoline_call_{}", letters(ty)), String::new())
            }
            Self::DynamicFunctionTrampoline(ty) => {
                (format!("trampoline_dynamic_{}", letters(ty)), String::new())
            }
            Self::Module => ("module".to_owned(), String::new()),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let plain = name.chars().map(|c| if is_plain(c) { c } else { '_' });
        plain.take(NAME_LENGTH - end.len()).chain(end.chars()).collect()
    }
}

/// Bytes of a name, so that with a suffix it is one for every file system.
const NAME_LENGTH: usize = 200;

/// A function type in a few letters.
fn letters(ty: &FunctionType) -> String {
    let letter = |ty: &Type| match ty {
        Type::I32 => 'i',
        Type::I64 => 'I',
        Type::F32 => 'f',
        Type::F64 => 'F',
        Type::V128 => 'v',
        Type::ExternRef => 'e',
        Type::FuncRef => 'r',
        Type::ExceptionRef => 'x',
    };
    let list = |types: &[Type]| types.iter().map(letter).collect::<String>();
    format!("{}_{}", list(ty.params()), list(ty.results()))
}

/// A directory for files about compiled functions.
///
/// A file is named after its function and what is in it. Those of modules with a hash are in a directory of that
/// name.
#[derive(Debug, Clone)]
pub struct DebugFiles {
    directory: PathBuf,
}

impl DebugFiles {
    /// The directory, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// When it can't be made.
    pub fn new(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        Ok(Self { directory })
    }

    /// The directory.
    pub fn directory(&self) -> &PathBuf {
        &self.directory
    }

    /// Writes a file of which the name ends with `suffix`, in the place of an older one. Returns where it is.
    ///
    /// # Errors
    ///
    /// [`CompileError::Resource`] when it can't be written.
    pub fn write(
        &self,
        kind: &CompiledKind,
        module_hash: Option<&str>,
        suffix: &str,
        contents: &[u8],
    ) -> Result<PathBuf, CompileError> {
        // A hash is digits; nothing else may lead out of the directory.
        let hash = module_hash.filter(|hash| hash.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let directory =
            hash.map_or_else(|| self.directory.clone(), |hash| self.directory.join(hash));
        let path = directory.join(kind.file_name() + suffix);
        let written = fs::create_dir_all(&directory).and_then(|()| fs::write(&path, contents));
        written.map_err(|error| unwritten(&path, &error))?;
        Ok(path)
    }

    /// The files of a function of `module`.
    pub fn of_function<'a>(
        &'a self,
        module: &'a ModuleInfo,
        function: LocalFunctionIndex,
    ) -> FunctionFiles<'a> {
        let kind = CompiledKind::function(module, function);
        FunctionFiles { files: self, module, hash: module.hash_string(), kind, function }
    }
}

#[cold]
fn unwritten(path: &Path, error: &io::Error) -> CompileError {
    CompileError::Resource(format!("can't write {}: {error}", path.display()))
}

/// Files about one function that is being compiled.
#[derive(Debug)]
pub struct FunctionFiles<'a> {
    files: &'a DebugFiles,
    module: &'a ModuleInfo,
    hash: Option<String>,
    kind: CompiledKind,
    function: LocalFunctionIndex,
}

impl FunctionFiles<'_> {
    /// Writes a stage.
    ///
    /// # Errors
    ///
    /// [`CompileError::Resource`] when the file can't be written.
    pub fn write(&self, suffix: &str, contents: &[u8]) -> Result<(), CompileError> {
        self.files.write(&self.kind, self.hash.as_deref(), suffix, contents).map(drop)
    }

    /// Writes the result: `assembly` is its text, from `code` an object file is made.
    ///
    /// # Errors
    ///
    /// Those of [`Self::write`] and [`object_of_function`].
    pub fn write_code(
        &self,
        assembly: &str,
        code: &CompiledFunction,
        architecture: Architecture,
    ) -> Result<(), CompileError> {
        self.write(ASSEMBLY, assembly.as_bytes())?;
        self.write(OBJECT, &object_of_function(self.module, self.function, code, architecture)?)
    }
}

/// Suffix of files with the text of instructions.
pub const ASSEMBLY: &str = ".s";

/// Suffix of object files.
pub const OBJECT: &str = ".o";

/// Defines the type `…Callbacks` of a compiler: a [`DebugFiles`] called `files`, with the methods that all compilers
/// have, and one for each stage given by its name and suffix, of which the file is written as it comes.
///
/// ```
/// wasmer_compiler::debug_callbacks! {
///     /// Writes what the compiler makes of each function to files.
///     ExampleCallbacks;
///     /// Writes the text `mem_buffer` of intermediate representation.
///     preopt_ir => ".preopt.ir";
/// }
/// ```
#[macro_export]
macro_rules! debug_callbacks {
    (
        $(#[$doc:meta])* $name:ident;
        $($(#[$stage_doc:meta])* $stage:ident => $suffix:expr;)*
    ) => {
        $(#[$doc])*
        ///
        /// # Files
        ///
        /// A file is named after its function, with its number, and ends with the suffix of the stage. The files of a
        /// module lie in a directory of which the name is its hash, if the engine makes one. A compilation fails when
        /// one of them can't be written. The methods with the name of a stage write a file of it again; they leave it
        /// out when it can't be written, unless they return the error.
        #[derive(Debug, Clone)]
        pub struct $name {
            pub(crate) files: $crate::debug_files::DebugFiles,
        }

        impl $name {
            /// Writes to the directory `debug_dir`, which is made if it does not exist.
            ///
            /// # Errors
            ///
            /// When it can't be made.
            pub fn new(debug_dir: ::std::path::PathBuf) -> ::std::io::Result<Self> {
                Ok(Self { files: $crate::debug_files::DebugFiles::new(debug_dir)? })
            }

            /// The directory.
            pub fn debug_dir(&self) -> &::std::path::PathBuf {
                self.files.directory()
            }

            $crate::debug_callbacks! {
                @stage
                $($(#[$stage_doc])* $stage => $suffix;)*
                /// Writes the object file `mem_buffer`.
                obj_memory_buffer => $crate::debug_files::OBJECT;
            }
        }
    };
    (@stage $($(#[$doc:meta])* $stage:ident => $suffix:expr;)*) => {$(
        $(#[$doc])*
        pub fn $stage(
            &self,
            kind: &$crate::CompiledKind,
            module_hash: &Option<String>,
            mem_buffer: &[u8],
        ) {
            let _ = self.files.write(kind, module_hash.as_deref(), $suffix, mem_buffer);
        }
    )*};
}

/// An object file (ELF) with a function of `module`, as `objdump -dr` and linkers read it. The functions that it
/// calls are undefined symbols of the names that [`ModuleInfo::get_function_name`] gives them.
///
/// # Errors
///
/// [`CompileError::UnsupportedTarget`] when there is no such file for `architecture`.
pub fn object_of_function(
    module: &ModuleInfo,
    function: LocalFunctionIndex,
    code: &CompiledFunction,
    architecture: Architecture,
) -> Result<Vec<u8>, CompileError> {
    let object_architecture = match architecture {
        Architecture::X86_64 => ObjectArchitecture::X86_64,
        Architecture::Aarch64(_) => ObjectArchitecture::Aarch64,
        other => return Err(CompileError::UnsupportedTarget(format!("object files for {other}"))),
    };
    let failed = |error: object::write::Error| CompileError::Codegen(error.to_string());
    let mut object = Object::new(BinaryFormat::Elf, object_architecture, Endianness::Little);
    let text = object.add_section(Vec::new(), b".text".to_vec(), SectionKind::Text);
    let offset = object.append_section_data(text, &code.body, code.alignment.max(1).into());
    let name_of = |function| module.get_function_name(module.func_index(function)).into_bytes();
    let symbol = |name, section, value, size| Symbol {
        name,
        value,
        size,
        kind: SymbolKind::Text,
        scope: SymbolScope::Dynamic,
        weak: false,
        section,
        flags: SymbolFlags::None,
    };
    let own =
        symbol(name_of(function), SymbolSection::Section(text), offset, code.body.len() as u64);
    let own = object.add_symbol(own);
    for relocation in &code.relocations {
        let RelocationTarget::Function(callee) = relocation.target;
        let callee = match callee == function {
            true => own,
            false => object.add_symbol(symbol(name_of(callee), SymbolSection::Undefined, 0, 0)),
        };
        let r_type = match relocation.kind {
            RelocationKind::X86PcRel4 => elf::R_X86_64_PLT32,
            RelocationKind::Aarch64Call26 => elf::R_AARCH64_CALL26,
        };
        let relocation = ObjectRelocation {
            offset: offset + u64::from(relocation.offset),
            symbol: callee,
            addend: relocation.addend,
            flags: RelocationFlags::Elf { r_type },
        };
        object.add_relocation(text, relocation).map_err(failed)?;
    }
    object.write().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Relocation;

    fn local(index: u32, name: &str) -> CompiledKind {
        CompiledKind::Local(LocalFunctionIndex::from_u32(index), name.to_owned())
    }

    #[test]
    fn names_stay_in_the_directory() {
        assert_eq!(local(3, "add").file_name(), "add_3");
        assert_eq!(local(3, "../../etc/passwd\0é").file_name(), "______etc_passwd___3");
        assert_eq!(local(u32::MAX - 1, &"x".repeat(10_000)).file_name().len(), NAME_LENGTH);
        let ty = FunctionType::new([Type::I32, Type::F64], [Type::V128]);
        assert_eq!(CompiledKind::FunctionCallTrampoline(ty).file_name(), "trampoline_call_iF_v");

        let directory =
            std::env::temp_dir().join(format!("wasmer-debug-files-{}", std::process::id()));
        let files = DebugFiles::new(directory.clone()).unwrap();
        let written = files.write(&local(0, "f"), Some("../x"), ".o", b"1").unwrap();
        assert_eq!(written, directory.join("f_0.o"));
        let written = files.write(&local(0, "f"), Some("A0"), ".o", b"22").unwrap();
        assert_eq!(written, directory.join("A0").join("f_0.o"));
        assert_eq!(fs::read(written).unwrap(), b"22");
        fs::remove_dir_all(directory).unwrap();
        assert!(files.write(&local(0, "f"), None, "/no/such", b"").is_err());
    }

    #[test]
    fn an_object_file_has_the_code_and_its_calls() {
        let mut info = ModuleInfo::new();
        let ty = info.signatures.push(FunctionType::new([], []));
        let function = info.functions.push(ty);
        info.functions.push(ty);
        info.function_names.push(function, "first");
        let call = |to, offset| Relocation {
            offset,
            kind: RelocationKind::X86PcRel4,
            target: RelocationTarget::Function(LocalFunctionIndex::from_u32(to)),
            addend: -4,
        };
        let code = CompiledFunction {
            body: vec![0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3],
            alignment: 16,
            relocations: vec![call(0, 1), call(1, 6)],
            ..CompiledFunction::default()
        };
        let own = LocalFunctionIndex::from_u32(0);
        let bytes = object_of_function(&info, own, &code, Architecture::X86_64).unwrap();
        assert_eq!(&bytes[..4], b"\x7fELF");
        for part in [&code.body[..1], b"\0first\0", b"\0function_1\0"] {
            assert!(bytes.windows(part.len()).any(|window| window == part), "{part:?}");
        }
        assert!(object_of_function(&info, own, &code, Architecture::Wasm32).is_err());
    }
}
