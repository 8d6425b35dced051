//! What a compiler has made of a module: the part of a [`Module`] that belongs to the native backend.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use enumset::EnumSet;
use wasmer_types::artifact::ArtifactHeader;
use wasmer_types::{
    CompilationProgressCallback, CompileError, CpuFeature, DeserializeError, HashAlgorithm,
    LocalFunctionIndex, ModuleInfo, SerializeError, Target,
};
use wasmer_vm::{LoadedModule, Tunables};

use crate::artifact::deserialize_error;
use crate::engine::{Engine, NativeEngineExt};
use crate::error::{InstantiationError, LinkError};
use crate::module::{IntoBytes, Module};
use crate::runtime_error::RuntimeError;

/// Tells artifacts of this process apart. Clones have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactId(u64);

impl ArtifactId {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number behind it, as text.
    pub fn id(&self) -> String {
        self.0.to_string()
    }
}

/// A compiled module: machine code, and the description of the module that it is for.
///
/// Every [`Module`] has one ([`Module::sys_artifact`]), and every one becomes a module by
/// [`Module::from`](Module#impl-From<Arc<Artifact>>-for-Module), to be instantiated.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use wasmer::sys::Artifact;
/// use wasmer::{Engine, Instance, Module, NativeEngineExt, Store, imports, wat2wasm};
///
/// let engine = Engine::default();
/// let wasm = wat2wasm(br#"(module $seven (func (export "f") (result i32) (i32.const 7)))"#)?;
/// let compiled = Artifact::new(&engine, &wasm, engine.tunables(), None)?;
/// assert_eq!(compiled.module_info().name.as_deref(), Some("seven"));
/// let bytes = compiled.serialize()?;
/// assert!(Artifact::is_deserializable(&bytes) && !Artifact::is_deserializable(&wasm));
///
/// let mut store = Store::new(Engine::headless());
/// // SAFETY: the bytes were made above.
/// let loaded = Arc::new(unsafe { Artifact::deserialize(store.engine(), bytes)? });
/// loaded.preinstantiate()?;
/// assert!(loaded.allocated() && loaded.id() != compiled.id());
///
/// let module = Module::from(loaded.clone());
/// assert_eq!(module.sys_artifact(), Some(&*loaded));
/// let instance = Instance::new(&mut store, &module, &imports! {})?;
/// assert_eq!(instance.exports.get_typed_function::<(), i32>(&store, "f")?.call(&mut store)?, 7);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Artifact {
    loaded: Arc<LoadedModule>,
    /// Why it can't run here, if it can't.
    mismatch: Option<InstantiationError>,
    id: ArtifactId,
}

/// How a module is compiled, beside what the engine says.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "compiler"), expect(dead_code, reason = "nothing is compiled"))]
pub(crate) struct Settings<'a> {
    pub(crate) tunables: &'a dyn Tunables,
    pub(crate) hash_algorithm: Option<HashAlgorithm>,
    pub(crate) progress: Option<&'a CompilationProgressCallback>,
}

impl<'a> Settings<'a> {
    /// Those of `engine`.
    pub(crate) fn of(
        engine: &'a Engine,
        progress: Option<&'a CompilationProgressCallback>,
    ) -> Self {
        Self { tunables: engine.tunables(), hash_algorithm: engine.hash_algorithm(), progress }
    }
}

impl Artifact {
    /// Compiles a module in the binary format, with memories and tables as `tunables` make them.
    /// `hash_algorithm` says how [`ModuleInfo::hash`] is made, if it is wanted.
    ///
    /// # Errors
    ///
    /// Those of [`Module::from_binary`].
    #[cfg(feature = "compiler")]
    pub fn new(
        engine: &Engine,
        data: &[u8],
        tunables: &dyn Tunables,
        hash_algorithm: Option<HashAlgorithm>,
    ) -> Result<Self, CompileError> {
        Self::compile(engine, data, None, Settings { tunables, hash_algorithm, progress: None })
    }

    /// Loads an artifact from bytes, as [`Module::deserialize`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize`].
    pub unsafe fn deserialize(
        engine: &Engine,
        bytes: impl IntoBytes,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Module::deserialize(engine, bytes) }.map(Self::from)
    }

    /// Loads an artifact from bytes, as [`Module::deserialize_unchecked`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_unchecked`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_unchecked`].
    pub unsafe fn deserialize_unchecked(
        engine: &Engine,
        bytes: impl IntoBytes,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Module::deserialize_unchecked(engine, bytes) }.map(Self::from)
    }

    /// Loads an artifact from a file, as [`Module::deserialize_from_file`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_from_file`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_from_file`].
    pub unsafe fn deserialize_file(
        engine: &Engine,
        path: impl AsRef<Path>,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Module::deserialize_from_file(engine, path) }.map(Self::from)
    }

    /// The same as [`Self::deserialize`]: all artifacts are object files.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize`].
    pub unsafe fn deserialize_object(
        engine: &Engine,
        bytes: impl IntoBytes,
    ) -> Result<Self, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Self::deserialize(engine, bytes) }
    }

    /// Whether `bytes` begin as an artifact of this version does. [`Module::is_deserializable`] also asks whether an
    /// engine can load it.
    pub fn is_deserializable(bytes: &[u8]) -> bool {
        ArtifactHeader::read(bytes).is_ok_and(|header| header.check_version().is_ok())
    }

    /// The artifact as bytes, as [`Module::serialize`] makes them.
    ///
    /// # Errors
    ///
    /// Those of [`Module::serialize`].
    pub fn serialize(&self) -> Result<Vec<u8>, SerializeError> {
        let bytes = self.loaded.serialize(self.loaded.code().given_name());
        bytes.map_err(|error| SerializeError::Generic(error.to_string()))
    }

    /// Whether the code can run on this machine. What is for another one can be looked at and serialized.
    pub fn allocated(&self) -> bool {
        self.mismatch.is_none()
    }

    /// What tells it from the other artifacts of the process.
    pub fn id(&self) -> &ArtifactId {
        &self.id
    }

    /// The machine that the code is for, with the CPU features that it needs.
    pub fn target(&self) -> &Target {
        self.loaded.target()
    }

    /// The CPU features that the code needs.
    pub fn cpu_features(&self) -> EnumSet<CpuFeature> {
        *self.target().cpu_features()
    }

    /// The description of the module; an empty one if it was loaded and is damaged, which
    /// [`Self::preinstantiate`] tells.
    pub fn module_info(&self) -> &ModuleInfo {
        self.loaded.info()
    }

    /// The description of the module, to keep.
    pub fn create_module_info(&self) -> Arc<ModuleInfo> {
        self.loaded.info().clone()
    }

    /// Sets the name of the module, as [`Module::set_name`] does. Returns whether it was set, which it is not when
    /// there are modules, instances or clones of it.
    pub fn set_module_info_name(&mut self, name: String) -> bool {
        let is_alone = Arc::strong_count(&self.loaded) == 1;
        if is_alone {
            self.loaded.code().rename(name);
        }
        is_alone
    }

    /// Where the code of each function lies in memory. `None` when it can't run here, or the description of the
    /// module is damaged.
    ///
    /// ```
    /// # use wasmer::{Module, Store};
    /// let module = Module::new(&Store::default(), "(module (func) (func))").unwrap();
    /// let extents = module.sys_artifact().unwrap().finished_function_extents().unwrap();
    /// assert_eq!(extents.len(), 2);
    /// assert!(extents.iter().all(|(_, extent)| extent.length > 0 && !extent.ptr.0.is_null()));
    /// ```
    pub fn finished_function_extents(&self) -> Option<Vec<(LocalFunctionIndex, FunctionExtent)>> {
        if !self.allocated() || self.loaded.prepare().is_err() {
            return None;
        }
        let code = self.loaded.code();
        let text = code.text().as_ptr();
        let extent = |(index, extent): (_, wasmer_types::image::FunctionExtent)| {
            let ptr = FunctionBodyPtr(text.wrapping_add(extent.offset as usize));
            (index, FunctionExtent { ptr, length: extent.length as usize })
        };
        Some(code.image().functions.iter().map(extent).collect())
    }

    /// Checks what [`Instance::new`](crate::Instance::new) checks of the module itself: that its code can run here,
    /// and that its description is whole.
    ///
    /// # Errors
    ///
    /// [`InstantiationError::DifferentArchOS`] or [`InstantiationError::CpuFeature`] when it can't run here, and
    /// [`LinkError::Trap`] with a [`DeserializeError`] when the description is damaged.
    pub fn preinstantiate(&self) -> Result<(), InstantiationError> {
        self.check_target()?;
        self.loaded.prepare().map_err(|error| {
            let error = Box::new(deserialize_error(error));
            LinkError::Trap(RuntimeError::user(error)).into()
        })
    }

    /// Compiles a module, which gets the name `name` if there is one.
    #[cfg(feature = "compiler")]
    pub(crate) fn compile(
        engine: &Engine,
        binary: &[u8],
        name: Option<String>,
        settings: Settings<'_>,
    ) -> Result<Self, CompileError> {
        use wasmer_compiler::{CallMode, CompileOptions, compile_module};

        let Some(compiler) = engine.compiler() else {
            let message = "No compiler compiled into executable".to_owned();
            return Err(CompileError::Codegen(message));
        };
        let Settings { tunables, hash_algorithm, progress } = settings;
        let options = CompileOptions {
            memory_style: &|ty| tunables.memory_style(ty),
            table_style: &|ty| tunables.table_style(ty),
            call_mode: CallMode::Direct,
            hash_algorithm,
            progress,
        };
        let mut image =
            compile_module(compiler, engine.features(), engine.target(), &options, binary)?;
        if name.is_some() {
            Arc::make_mut(&mut image.info).name = name;
        }
        // SAFETY: the image comes from a compiler of this process.
        let loaded = unsafe { LoadedModule::new(image) };
        let artifact =
            Self::from_loaded(loaded.map_err(|error| CompileError::Resource(error.to_string()))?);
        crate::perf_map::add(engine, &artifact).map_err(|error| {
            CompileError::Resource(format!("can't write the names of functions for perf: {error}"))
        })?;
        Ok(artifact)
    }

    #[cfg(not(feature = "compiler"))]
    pub(crate) fn compile(
        _: &Engine,
        _: &[u8],
        _: Option<String>,
        _: Settings<'_>,
    ) -> Result<Self, CompileError> {
        let message = "The compiler feature is not enabled, but is required to compile a Module";
        Err(CompileError::UnsupportedTarget(message.to_owned()))
    }

    pub(crate) fn from_loaded(loaded: Arc<LoadedModule>) -> Self {
        let mismatch = mismatch(loaded.target());
        Self { loaded, mismatch, id: ArtifactId::new() }
    }

    pub(crate) fn loaded(&self) -> &Arc<LoadedModule> {
        &self.loaded
    }

    /// Whether this machine can run its code.
    pub(crate) fn check_target(&self) -> Result<(), InstantiationError> {
        match &self.mismatch {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
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

impl PartialEq for Artifact {
    /// Whether both are the same code in memory.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.loaded, &other.loaded)
    }
}

impl Eq for Artifact {}

impl fmt::Debug for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artifact")
            .field("id", &self.id)
            .field("module", &self.loaded.code().module_name())
            .field("target", &self.target().triple().to_string())
            .finish()
    }
}

impl From<Module> for Artifact {
    /// What the module has.
    fn from(module: Module) -> Self {
        module.as_artifact().clone()
    }
}

impl From<Arc<Artifact>> for Module {
    /// The module that the artifact is of.
    fn from(artifact: Arc<Artifact>) -> Self {
        Self::from_artifact(Arc::unwrap_or_clone(artifact))
    }
}

impl From<Artifact> for Module {
    /// The module that the artifact is of.
    fn from(artifact: Artifact) -> Self {
        Self::from_artifact(artifact)
    }
}

/// Where the code of a function lies, from [`Artifact::finished_function_extents`].
#[derive(Clone, Copy, Debug)]
pub struct FunctionExtent {
    /// Its first instruction.
    pub ptr: FunctionBodyPtr,
    /// Bytes of code.
    pub length: usize,
}

/// The address of code, which is valid as long as its [`Artifact`], a module or an instance of it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionBodyPtr(pub *const u8);

// SAFETY: it is a number until somebody dereferences it, who has to know more anyway; and nobody writes to code.
unsafe impl Send for FunctionBodyPtr {}
// SAFETY: as above.
unsafe impl Sync for FunctionBodyPtr {}

#[cfg(feature = "compiler")]
impl From<Box<dyn wasmer_compiler::CompilerConfig>> for Engine {
    /// An engine for this machine with the compiler of these settings, and its default proposals.
    fn from(config: Box<dyn wasmer_compiler::CompilerConfig>) -> Self {
        crate::engine::EngineBuilder::new(config).engine()
    }
}

impl Engine {
    /// Checks a module in the binary format, as [`Module::validate`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::validate`].
    pub fn validate(&self, binary: &[u8]) -> Result<(), CompileError> {
        Module::validate(self, binary)
    }

    /// Compiles a module in the binary format, as [`Module::from_binary`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::from_binary`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{CompilationProgressCallback, Engine, Module, wat2wasm};
    ///
    /// let engine = Engine::default().cloned();
    /// let wasm = wat2wasm(b"(module (func))")?;
    /// engine.validate(&wasm)?;
    /// let artifact = engine.compile(&wasm)?;
    /// assert_eq!(artifact.module_info().local_func_count(), 1);
    ///
    /// let progress = CompilationProgressCallback::new(|progress| {
    ///     println!("{:?} of {:?}", progress.phase_step(), progress.phase_step_count());
    ///     Ok(())
    /// });
    /// let again = engine.compile_with_progress(&wasm, Some(progress))?;
    /// assert_eq!(Module::from(again).serialize()?, Module::from(artifact).serialize()?);
    /// # Ok(()) }
    /// ```
    pub fn compile(&self, binary: &[u8]) -> Result<Arc<Artifact>, CompileError> {
        self.compile_with_progress(binary, None)
    }

    /// As [`Self::compile`], and tells `progress_callback` how far it has come, as [`Module::new_with_progress`]
    /// does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::new_with_progress`].
    pub fn compile_with_progress(
        &self,
        binary: &[u8],
        progress_callback: Option<CompilationProgressCallback>,
    ) -> Result<Arc<Artifact>, CompileError> {
        let settings = Settings::of(self, progress_callback.as_ref());
        Artifact::compile(self, binary, None, settings).map(Arc::new)
    }

    /// Another handle to the same engine.
    pub fn cloned(&self) -> Self {
        self.clone()
    }

    /// Loads an artifact from bytes, as [`Module::deserialize`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Engine, Module};
    ///
    /// let engine = Engine::default();
    /// let bytes = Module::new(&engine, "(module (memory (export \"m\") 1))")?.serialize()?;
    /// // SAFETY: the bytes were made above.
    /// let artifact = unsafe { engine.deserialize(bytes.clone())? };
    /// assert_eq!(artifact.module_info().exports().count(), 1);
    /// assert_eq!(Module::from(artifact).serialize()?, bytes);
    /// # Ok(()) }
    /// ```
    pub unsafe fn deserialize(
        &self,
        bytes: impl IntoBytes,
    ) -> Result<Arc<Artifact>, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Artifact::deserialize(self, bytes) }.map(Arc::new)
    }

    /// Loads an artifact from bytes, as [`Module::deserialize_unchecked`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_unchecked`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_unchecked`].
    pub unsafe fn deserialize_unchecked(
        &self,
        bytes: impl IntoBytes,
    ) -> Result<Arc<Artifact>, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Artifact::deserialize_unchecked(self, bytes) }.map(Arc::new)
    }

    /// Loads an artifact from a file, as [`Module::deserialize_from_file`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_from_file`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_from_file`].
    pub unsafe fn deserialize_from_file(
        &self,
        file_ref: &Path,
    ) -> Result<Arc<Artifact>, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Artifact::deserialize_file(self, file_ref) }.map(Arc::new)
    }

    /// Loads an artifact from a file, as [`Module::deserialize_from_file_unchecked`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_from_file_unchecked`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_from_file_unchecked`].
    pub unsafe fn deserialize_from_file_unchecked(
        &self,
        file_ref: &Path,
    ) -> Result<Arc<Artifact>, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { self.deserialize_from_file(file_ref) }
    }
}
