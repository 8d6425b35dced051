//! Modules: compiled code, ready to be instantiated.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;
use wasmer_types::{
    CompilationProgressCallback, CompileError, ExportType, ExportsIterator, ImportType,
    ImportsIterator, ModuleInfo,
};
use wasmer_vm::{LoadedModule, Shared};

use crate::compiled::{Artifact, Settings};
use crate::engine::{AsEngineRef, Engine};
use crate::error::InstantiationError;

/// A module could not be made from a file, by [`Module::from_file`].
#[derive(Debug, Error)]
pub enum IoCompileError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Its contents could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

/// Something that can be turned into [`Bytes`]: what the functions that load artifacts take.
///
/// # Example
///
/// ```
/// use wasmer::IntoBytes;
///
/// assert_eq!(vec![1, 2].into_bytes(), (&[1, 2]).into_bytes());
/// assert_eq!("text".into_bytes(), &b"text"[..]);
/// ```
pub trait IntoBytes {
    /// The bytes.
    fn into_bytes(self) -> Bytes;
}

macro_rules! into_bytes {
    ($(($($generics:tt)*) $ty:ty, $bytes:ident => $value:expr;)*) => {$(
        impl<$($generics)*> IntoBytes for $ty {
            fn into_bytes(self) -> Bytes {
                let $bytes = self;
                $value
            }
        }
    )*};
}

into_bytes! {
    () Bytes, bytes => bytes;
    () Vec<u8>, bytes => bytes.into();
    () &Vec<u8>, bytes => Bytes::copy_from_slice(bytes);
    () &[u8], bytes => Bytes::copy_from_slice(bytes);
    (const N: usize) &[u8; N], bytes => Bytes::copy_from_slice(bytes);
    () &str, bytes => Bytes::copy_from_slice(bytes.as_bytes());
    () std::borrow::Cow<'_, [u8]>, bytes => bytes.into_owned().into();
}

/// Whether the bytes begin as a module in the binary format does. The rest is not looked at.
///
/// # Example
///
/// ```
/// assert!(wasmer::is_wasm(wasmer::wat2wasm(b"(module)").unwrap()));
/// assert!(!wasmer::is_wasm("(module)"));
/// ```
pub fn is_wasm(bytes: impl AsRef<[u8]>) -> bool {
    bytes.as_ref().starts_with(b"\0asm")
}

/// A compiled module.
///
/// It has no state: what it defines is made anew by each [`Instance`](crate::Instance). Clones are cheap and
/// share the code. It may be used by several threads and by stores of several engines, and outlives the
/// engine that compiled it.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), wasmer::CompileError> {
/// use wasmer::{Module, Store};
///
/// let store = Store::default();
/// let module = Module::new(&store, "(module $adder (func (export \"zero\") (result i32) i32.const 0))")?;
/// assert_eq!(module.name(), Some("adder"));
/// assert_eq!(module.exports().functions().next().unwrap().ty().to_string(), "[] -> [I32]");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Module(Shared<Artifact>);

impl Module {
    /// Compiles a module in the binary format or, with the feature `wat`, the text format.
    ///
    /// # Errors
    ///
    /// [`CompileError::Wasm`] with line and column for wrong text, and those of [`Self::from_binary`].
    pub fn new(engine: &impl AsEngineRef, bytes: impl AsRef<[u8]>) -> Result<Self, CompileError> {
        let engine = engine.as_engine_ref();
        Self::compile(engine.engine(), &binary(bytes.as_ref())?, None, None)
    }

    /// As [`Self::new`]. The module is compiled when the future is polled first, which takes as long: nothing is
    /// waited for.
    ///
    /// # Errors
    ///
    /// Those of [`Self::new`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Module, Store};
    ///
    /// let store = Store::default();
    /// let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    /// let module = runtime.block_on(Module::new_async(&store, "(module $later)"))?;
    /// assert_eq!(module.name(), Some("later"));
    /// # Ok(()) }
    /// ```
    pub async fn new_async(
        engine: &impl AsEngineRef,
        bytes: impl AsRef<[u8]>,
    ) -> Result<Self, CompileError> {
        Self::new(engine, bytes)
    }

    /// Compiles a module as [`Self::new`], and tells `on_progress` how far it has come; the callback may stop
    /// it.
    ///
    /// # Errors
    ///
    /// [`CompileError::Aborted`] when the callback returns a [`UserAbort`](crate::UserAbort), and those of
    /// [`Self::new`].
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{CompilationProgressCallback, CompileError, Engine, Module, UserAbort};
    ///
    /// let engine = Engine::default();
    /// let wat = "(module (func) (func) (func))";
    /// let show = CompilationProgressCallback::new(|progress| {
    ///     let done = progress.phase_step().unwrap_or_default();
    ///     println!("{:?}: {done} of {:?}", progress.phase_name(), progress.phase_step_count());
    ///     Ok(())
    /// });
    /// assert!(Module::new_with_progress(&engine, wat, show).is_ok());
    ///
    /// let stop = CompilationProgressCallback::new(|_| Err(UserAbort::new("no time")));
    /// let result = Module::new_with_progress(&engine, wat, stop);
    /// assert!(matches!(result, Err(CompileError::Aborted(_))));
    /// ```
    pub fn new_with_progress(
        engine: &impl AsEngineRef,
        bytes: impl AsRef<[u8]>,
        on_progress: CompilationProgressCallback,
    ) -> Result<Self, CompileError> {
        let engine = engine.as_engine_ref();
        Self::compile(engine.engine(), &binary(bytes.as_ref())?, None, Some(&on_progress))
    }

    /// Compiles the module in a file, as [`Self::new`]. Its name becomes the file's absolute path.
    ///
    /// # Errors
    ///
    /// [`IoCompileError::Io`] when the file can't be read; those of [`Self::new`] as [`IoCompileError::Compile`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Engine, IoCompileError, Module};
    ///
    /// let engine = Engine::default();
    /// let file = tempfile::NamedTempFile::new()?;
    /// std::fs::write(&file, "(module $inner)")?;
    /// let module = Module::from_file(&engine, &file)?;
    /// assert_eq!(module.name(), file.path().canonicalize()?.to_str());
    ///
    /// let error = Module::from_file(&engine, "no such file").unwrap_err();
    /// assert!(matches!(error, IoCompileError::Io(_)));
    /// # Ok(()) }
    /// ```
    pub fn from_file(
        engine: &impl AsEngineRef,
        file: impl AsRef<Path>,
    ) -> Result<Self, IoCompileError> {
        let file = file.as_ref().canonicalize()?;
        let bytes = std::fs::read(&file)?;
        let name = file.to_string_lossy().into_owned();
        let engine = engine.as_engine_ref();
        Ok(Self::compile(engine.engine(), &binary(&bytes)?, Some(name), None)?)
    }

    /// Compiles a module in the binary format.
    ///
    /// # Errors
    ///
    /// [`CompileError::Validate`] with the byte offset when it is not valid or uses a proposal that is off,
    /// [`CompileError::UnsupportedFeature`] when it uses one that the compiler does not have,
    /// [`CompileError::Resource`] when it passes a limit or memory runs out, and [`CompileError::Codegen`]
    /// when the engine has no compiler.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{CompileError, Engine, Module, wat2wasm};
    ///
    /// let engine = Engine::default();
    /// let binary = wat2wasm(b"(module (func (result i32) i32.const 1))")?;
    /// Module::validate(&engine, &binary)?;
    /// Module::from_binary(&engine, &binary)?;
    ///
    /// let wrong = wat2wasm(b"(module (func (result i32) i64.const 1))")?;
    /// let error = Module::validate(&engine, &wrong).unwrap_err();
    /// let CompileError::Validate(reason) = &error else { panic!() };
    /// assert!(reason.starts_with("type mismatch: expected i32, found i64 (at offset 0x"));
    /// assert_eq!(Module::from_binary(&engine, &wrong).unwrap_err().to_string(), error.to_string());
    /// # Ok(()) }
    /// ```
    pub fn from_binary(engine: &impl AsEngineRef, binary: &[u8]) -> Result<Self, CompileError> {
        Self::compile(engine.as_engine_ref().engine(), binary, None, None)
    }

    /// As [`Self::from_binary`]: functions are validated while they are compiled, so nothing is saved by
    /// leaving it out.
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_binary`].
    ///
    /// # Safety
    ///
    /// The module is valid.
    pub unsafe fn from_binary_unchecked(
        engine: &impl AsEngineRef,
        binary: &[u8],
    ) -> Result<Self, CompileError> {
        Self::from_binary(engine, binary)
    }

    /// Checks that a module in the binary format is valid and uses no proposals but those that are on. There is an
    /// example at [`Self::from_binary`].
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_binary`].
    #[cfg(feature = "compiler")]
    pub fn validate(engine: &impl AsEngineRef, binary: &[u8]) -> Result<(), CompileError> {
        wasmer_compiler::validate_module(engine.as_engine_ref().engine().features(), binary)
    }

    /// Checks that a module in the binary format is valid, which needs the feature `compiler`.
    ///
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`], always.
    #[cfg(not(feature = "compiler"))]
    pub fn validate(_engine: &impl AsEngineRef, _binary: &[u8]) -> Result<(), CompileError> {
        Err(no_compiler_feature())
    }

    fn compile(
        engine: &Engine,
        binary: &[u8],
        name: Option<String>,
        progress: Option<&CompilationProgressCallback>,
    ) -> Result<Self, CompileError> {
        let settings = Settings::of(engine, progress);
        Artifact::compile(engine, binary, name, settings).map(Self::from_artifact)
    }

    pub(crate) fn from_artifact(artifact: Artifact) -> Self {
        Self(Shared::new(artifact))
    }

    /// What a compiler has made of it. Every module has that.
    pub fn sys_artifact(&self) -> Option<&Artifact> {
        Some(&self.0)
    }

    pub(crate) fn as_artifact(&self) -> &Artifact {
        &self.0
    }

    /// Whether this machine can run its code.
    pub(crate) fn check_target(&self) -> Result<(), InstantiationError> {
        self.0.check_target()
    }

    /// The name: that of the `name` section, or what [`Self::set_name`] has set.
    pub fn name(&self) -> Option<&str> {
        self.new_name().or(self.info().name.as_deref())
    }

    /// What [`Self::set_name`] has set.
    pub(crate) fn new_name(&self) -> Option<&str> {
        self.0.loaded().code().given_name()
    }

    /// Sets the name, which appears in traces. It can only be set as long as there is no clone of the module
    /// and no instance; returns whether it was.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), wasmer::CompileError> {
    /// use wasmer::{Engine, Module};
    ///
    /// let mut module = Module::new(&Engine::default(), "(module)")?;
    /// assert!(module.set_name("first"));
    /// let clone = module.clone();
    /// assert!(!module.set_name("second"));
    /// assert_eq!(clone.name(), Some("first"));
    /// # Ok(()) }
    /// ```
    pub fn set_name(&mut self, name: &str) -> bool {
        if Shared::count(&self.0) != 1 {
            return false;
        }
        self.0.loaded().code().rename(name.to_owned());
        true
    }

    /// What the module needs, in the order in which it declares it. Nothing if it was loaded and is damaged, which
    /// [`Self::prepare`] tells.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), wasmer::CompileError> {
    /// use wasmer::{Engine, ExternType, Module};
    ///
    /// let wat = r#"(module
    ///     (import "env" "log" (func (param i32 i32)))
    ///     (import "env" "base" (global i32))
    ///     (memory (export "memory") 1 2)
    ///     (@custom "notes" "made by hand"))"#;
    /// let module = Module::new(&Engine::default(), wat)?;
    /// let names: Vec<_> = module.imports().map(|import| import.name().to_owned()).collect();
    /// assert_eq!(names, ["log", "base"]);
    /// assert_eq!(module.imports().globals().next().unwrap().ty().to_string(), "I32 (constant)");
    ///
    /// let export = module.exports().next().unwrap();
    /// let ExternType::Memory(ty) = export.ty() else { panic!() };
    /// assert_eq!((export.name(), ty.maximum), ("memory", Some(wasmer::Pages(2))));
    /// assert_eq!(module.custom_sections("notes").next().unwrap().as_ref(), b"made by hand");
    /// # Ok(()) }
    /// ```
    pub fn imports(&self) -> ImportsIterator<Box<dyn Iterator<Item = ImportType> + '_>> {
        self.info().imports()
    }

    /// What the module offers, in the order in which it declares it; as [`Self::imports`].
    pub fn exports(&self) -> ExportsIterator<Box<dyn Iterator<Item = ExportType> + '_>> {
        self.info().exports()
    }

    /// Contents of the custom sections with this name; of several, the last.
    pub fn custom_sections<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Box<[u8]>> + 'a {
        self.info().custom_sections(name)
    }

    /// Everything about the module but its code.
    #[doc(hidden)]
    pub fn info(&self) -> &ModuleInfo {
        self.0.loaded().info()
    }

    pub(crate) fn loaded(&self) -> &Arc<LoadedModule> {
        self.0.loaded()
    }
}

impl PartialEq for Module {
    /// Whether one is a clone of the other.
    fn eq(&self, other: &Self) -> bool {
        Shared::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Module {}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name()).finish()
    }
}

#[cfg(not(feature = "compiler"))]
fn no_compiler_feature() -> CompileError {
    let message = "The compiler feature is not enabled, but is required to compile a Module";
    CompileError::UnsupportedTarget(message.to_owned())
}

/// The module in the binary format.
#[cfg(feature = "wat")]
fn binary(bytes: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, CompileError> {
    wat::parse_bytes(bytes).map_err(|error| {
        let message = format!("Error when converting wat: {error}");
        CompileError::Wasm(wasmer_types::WasmError::Generic(message))
    })
}

/// The module in the binary format, which is the only one without the feature `wat`.
#[cfg(not(feature = "wat"))]
fn binary(bytes: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, CompileError> {
    Ok(bytes.into())
}
