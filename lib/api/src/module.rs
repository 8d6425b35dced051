//! Modules: compiled code, ready to be instantiated.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;
#[cfg(feature = "compiler")]
use wasmer_types::image::ModuleImage;
use wasmer_types::{
    CompilationProgressCallback, CompileError, CpuFeature, ExportType, ExportsIterator, ImportType,
    ImportsIterator, ModuleInfo, Target,
};
use wasmer_vm::{LoadedModule, Shared};

use crate::engine::{AsEngineRef, Engine};
use crate::error::InstantiationError;

/// A module could not be made from a file.
#[derive(Debug, Error)]
pub enum IoCompileError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Its contents could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

/// Something that can be turned into [`Bytes`].
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

/// Whether the bytes begin as a module in the binary format does.
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
pub struct Module(Shared<Inner>);

struct Inner {
    loaded: Arc<LoadedModule>,
    /// Why it can't run here, if it can't.
    mismatch: Option<InstantiationError>,
}

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
    /// When the file can't be read, and those of [`Self::new`].
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

    /// Checks that a module in the binary format is valid and uses no proposals but those that are on.
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

    #[cfg(feature = "compiler")]
    fn compile(
        engine: &Engine,
        binary: &[u8],
        name: Option<String>,
        progress: Option<&CompilationProgressCallback>,
    ) -> Result<Self, CompileError> {
        use wasmer_compiler::{CallMode, CompileOptions, compile_module};

        use crate::engine::NativeEngineExt;

        let Some(compiler) = engine.compiler() else {
            let message = "No compiler compiled into executable".to_owned();
            return Err(CompileError::Codegen(message));
        };
        let tunables = engine.tunables();
        let options = CompileOptions {
            memory_style: &|ty| tunables.memory_style(ty),
            table_style: &|ty| tunables.table_style(ty),
            call_mode: CallMode::Direct,
            progress,
        };
        let image = compile_module(compiler, engine.features(), engine.target(), &options, binary)?;
        // SAFETY: the image comes from a compiler of this process.
        unsafe { Self::load(image, name) }
    }

    #[cfg(not(feature = "compiler"))]
    fn compile(
        _: &Engine,
        _: &[u8],
        _: Option<String>,
        _: Option<&CompilationProgressCallback>,
    ) -> Result<Self, CompileError> {
        Err(no_compiler_feature())
    }

    /// # Safety
    ///
    /// The image comes from a compiler that is trusted.
    #[cfg(feature = "compiler")]
    unsafe fn load(mut image: ModuleImage, name: Option<String>) -> Result<Self, CompileError> {
        if name.is_some() {
            Arc::make_mut(&mut image.info).name = name;
        }
        // SAFETY: as the caller promised.
        let loaded = unsafe { LoadedModule::new(image) };
        loaded.map(Self::from_loaded).map_err(|error| CompileError::Resource(error.to_string()))
    }

    pub(crate) fn from_loaded(loaded: Arc<LoadedModule>) -> Self {
        let mismatch = mismatch(loaded.target());
        Self(Shared::new(Inner { loaded, mismatch }))
    }

    /// Whether this machine can run its code.
    pub(crate) fn check_target(&self) -> Result<(), InstantiationError> {
        match &self.0.mismatch {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    /// The name: that of the `name` section, or what [`Self::set_name`] has set.
    pub fn name(&self) -> Option<&str> {
        self.new_name().or(self.info().name.as_deref())
    }

    /// What [`Self::set_name`] has set.
    pub(crate) fn new_name(&self) -> Option<&str> {
        self.0.loaded.code().given_name()
    }

    /// Sets the name, which appears in traces. It can only be set as long as there is no clone of the module
    /// and no instance; returns whether it was.
    pub fn set_name(&mut self, name: &str) -> bool {
        if Shared::count(&self.0) != 1 {
            return false;
        }
        self.0.loaded.code().rename(name.to_owned());
        true
    }

    /// What the module needs, in the order in which it declares it. Nothing if it was loaded and is damaged, which
    /// [`Self::prepare`] tells.
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
        self.0.loaded.info()
    }

    pub(crate) fn loaded(&self) -> &Arc<LoadedModule> {
        &self.0.loaded
    }
}

/// What code for `target` needs and this machine does not have.
fn mismatch(target: &Target) -> Option<InstantiationError> {
    if !target.is_native() {
        return Some(InstantiationError::DifferentArchOS);
    }
    let missing = *target.cpu_features() - CpuFeature::for_host();
    match missing.is_empty() {
        true => None,
        false => Some(InstantiationError::CpuFeature(CpuFeature::names(missing))),
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
