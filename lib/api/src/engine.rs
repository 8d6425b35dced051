//! Engines: a compiler with its settings, and the rules by which memories and tables are made.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(feature = "compiler")]
use wasmer_compiler::{Compiler, CompilerConfig};
use wasmer_types::{
    CompilationProgressCallback, CompileError, DeserializeError, Features, HashAlgorithm, Target,
    UserCompilerOptimizations,
};
use wasmer_vm::{BaseTunables, Shared, Tunables};

use crate::backend::BackendKind;
use crate::module::Module;
use crate::store::StoreRef;

/// A compiler with its settings, the target, the proposals that are on, and the [`Tunables`].
///
/// Clones share all of it. An engine without a compiler (*headless*) runs modules that were compiled before.
///
/// Engines are made from settings of a compiler, from an [`EngineBuilder`], or from a [`BackendKind`]. There can be
/// any number of them in a program, with different compilers, and a store runs modules of all of them.
///
/// # Example
///
/// ```
/// use wasmer::sys::{Cranelift, CraneliftOptLevel};
/// use wasmer::{Engine, NativeEngineExt};
///
/// let mut fast_to_compile = Cranelift::default();
/// fast_to_compile.opt_level(CraneliftOptLevel::None);
/// let (quick, best) = (Engine::from(fast_to_compile), Engine::default());
/// assert_eq!((quick.name(), best.name()), ("cranelift", "cranelift"));
/// assert_ne!(quick.deterministic_id(), best.deterministic_id());
/// assert!(quick.target().is_native() && quick.features().simd);
///
/// assert!(quick.id() != best.id() && quick.id() == quick.clone().id());
/// assert_eq!(Engine::headless().name(), "headless");
/// ```
#[derive(Clone)]
pub struct Engine(Shared<Inner>);

#[derive(Clone)]
struct Inner {
    #[cfg(feature = "compiler")]
    compiler: Option<Arc<dyn Compiler>>,
    target: Target,
    features: Features,
    tunables: Arc<dyn Tunables + Send + Sync>,
    /// Compiler and settings.
    id: String,
    hash_algorithm: Option<HashAlgorithm>,
    number: EngineId,
}

/// Tells engines of this process apart ([`Engine::id`]). Clones have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EngineId(u64);

impl EngineId {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Engine {
    #[cfg(feature = "compiler")]
    pub(crate) fn with_compiler(
        config: Box<dyn CompilerConfig>,
        target: Target,
        features: Option<Features>,
    ) -> Self {
        let features = features.unwrap_or_else(|| config.default_features_for_target(&target));
        let compiler: Arc<dyn Compiler> = config.compiler().into();
        let id = wasmer_compiler::compiler_id(&*compiler).unwrap_or_else(|| unique_id(&*compiler));
        let id = format!("{PREFIX}{id}");
        let tunables = Arc::new(BaseTunables::for_target(&target));
        Self(Shared::new(Inner {
            compiler: Some(compiler),
            target,
            features,
            tunables,
            id,
            number: EngineId::new(),
            hash_algorithm: Some(HashAlgorithm::Sha256),
        }))
    }

    /// An engine that can't compile.
    fn without_compiler(target: Target, features: Option<Features>) -> Self {
        Self(Shared::new(Inner {
            #[cfg(feature = "compiler")]
            compiler: None,
            tunables: Arc::new(BaseTunables::for_target(&target)),
            target,
            features: features.unwrap_or_default(),
            id: format!("{PREFIX}headless"),
            number: EngineId::new(),
            hash_algorithm: Some(HashAlgorithm::Sha256),
        }))
    }

    /// The compiler, its settings and its middlewares: engines with equal ids make equal code for equal targets.
    ///
    /// A middleware that does not say what it does (`ModuleMiddleware::deterministic_id`) could do anything. With one of
    /// these, an engine has an id that no other engine ever has, in no process.
    pub fn deterministic_id(&self) -> &str {
        &self.0.id
    }

    /// The name of the compiler, or `headless`. For those that come with this crate it is [`BackendKind::name`].
    pub fn name(&self) -> &str {
        #[cfg(feature = "compiler")]
        if let Some(compiler) = &self.0.compiler {
            return compiler.name();
        }
        BackendKind::Headless.name()
    }

    /// What tells this engine and its clones from all others of the process.
    pub fn id(&self) -> EngineId {
        self.0.number
    }

    /// The format of the artifacts that [`Module::serialize`] makes: `elf`.
    pub fn artifact_format(&self) -> String {
        "elf".to_owned()
    }

    /// Tells the engine what a user would like of its compiler. No compiler here has what can be asked for, so that it
    /// changes nothing; a wish that can't be fulfilled is no error.
    ///
    /// # Errors
    ///
    /// None at present.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{Engine, sys::UserCompilerOptimizations};
    ///
    /// let mut engine = Engine::default();
    /// let before = engine.deterministic_id().to_owned();
    /// engine.with_opts(&UserCompilerOptimizations { pass_params: Some(true) })?;
    /// assert_eq!(engine.deterministic_id(), before);
    /// # Ok::<(), wasmer::CompileError>(())
    /// ```
    pub fn with_opts(
        &mut self,
        suggested_opts: &UserCompilerOptimizations,
    ) -> Result<(), CompileError> {
        let UserCompilerOptimizations { pass_params: _ } = suggested_opts;
        Ok(())
    }

    /// Whether `module`, compiled or loaded, was made by the compiler, the settings and the middlewares that this engine
    /// has. Always true if it has no compiler, and never if it has middlewares that do not say what they do.
    pub fn would_compile_like(&self, module: &Module) -> bool {
        #[cfg(feature = "compiler")]
        if self.0.compiler.is_some() {
            let id = self.0.id.strip_prefix(PREFIX);
            return id == Some(module.loaded().compiler());
        }
        let _ = module;
        true
    }

    /// Whether calls of its modules can be asynchronous ([`Function::call_async`](crate::Function::call_async)),
    /// which holds for all.
    pub fn supports_async(&self) -> bool {
        true
    }

    /// The proposals that modules may use.
    pub fn features(&self) -> &Features {
        &self.0.features
    }

    /// How modules are hashed when they are compiled ([`ModuleInfo::hash`](wasmer_types::ModuleInfo::hash)).
    pub fn hash_algorithm(&self) -> Option<HashAlgorithm> {
        self.0.hash_algorithm
    }

    /// Whether the names of functions are told to `perf`.
    pub(crate) fn writes_perf_map(&self) -> bool {
        #[cfg(feature = "compiler")]
        return self.compiler().is_some_and(Compiler::get_perfmap_enabled);
        #[cfg(not(feature = "compiler"))]
        false
    }

    #[cfg(feature = "compiler")]
    pub(crate) fn compiler(&self) -> Option<&dyn Compiler> {
        self.0.compiler.as_deref()
    }

    pub(crate) fn shared_tunables(&self) -> &(dyn Tunables + Send + Sync) {
        &*self.0.tunables
    }
}

/// What the ids of engines begin with.
const PREFIX: &str = "engine-";

/// The id of an engine with middlewares that have none: whatever they do, nobody else may be taken to do the same.
#[cfg(feature = "compiler")]
fn unique_id(compiler: &dyn Compiler) -> String {
    use std::hash::{BuildHasher, RandomState};
    // The system's random numbers make the first hasher of a process.
    let number = || RandomState::new().hash_one(std::process::id());
    format!("{}+unique-{:016x}{:016x}", compiler.deterministic_id(), number(), number())
}

/// What only engines of this process's machine have.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::sys::{BaseTunables, Cranelift, Features, Target};
/// use wasmer::{Engine, Module, NativeEngineExt, Pages, vm::MemoryStyle};
///
/// let config = Box::new(Cranelift::default());
/// let mut engine: Engine = NativeEngineExt::new(config, Target::default(), Features::default());
/// assert!(engine.target().is_native());
///
/// // Memories of more than 16 pages check bounds by themselves, and take no address space in advance.
/// let mut tunables = BaseTunables::for_target(engine.target());
/// tunables.static_memory_bound = Pages(16);
/// engine.set_tunables(tunables);
/// let module = Module::new(&engine, "(module (memory 1 100))")?;
/// let ty = module.info().memories.values().next().unwrap();
/// assert!(matches!(engine.tunables().memory_style(ty), MemoryStyle::Dynamic { .. }));
///
/// let file = tempfile::NamedTempFile::new()?;
/// module.serialize_to_file(file.path())?;
/// let headless: Engine = NativeEngineExt::headless();
/// // SAFETY: the file is the one just written, and nobody changes it.
/// let loaded = unsafe { headless.deserialize_from_mmapped_file(file.path()) }?;
/// assert_eq!(loaded.info().memories.len(), 1);
/// # Ok(()) }
/// ```
pub trait NativeEngineExt {
    /// An engine with a compiler.
    #[cfg(feature = "compiler")]
    fn new(compiler_config: Box<dyn CompilerConfig>, target: Target, features: Features) -> Self;

    /// An engine without a compiler.
    fn headless() -> Self;

    /// The machine that modules are compiled for.
    fn target(&self) -> &Target;

    /// Sets how memories and tables are made, for modules compiled from now on. Clones that exist are not
    /// affected.
    fn set_tunables(&mut self, tunables: impl Tunables + Send + Sync + 'static);

    /// How memories and tables are made.
    fn tunables(&self) -> &dyn Tunables;

    /// Sets how modules are hashed that are compiled from now on; `None` if nobody wants to know. Clones of the
    /// engine are not affected. It is SHA-256 unless set, which takes a small part of the time of a compilation.
    ///
    /// ```
    /// use wasmer::{Engine, HashAlgorithm, Module, ModuleHash, NativeEngineExt, wat2wasm};
    ///
    /// let wasm = wat2wasm(b"(module)").unwrap();
    /// let mut engine = Engine::default();
    /// let hash = |engine: &Engine| Module::new(engine, &wasm).unwrap().info().hash();
    /// assert_eq!(hash(&engine), Some(ModuleHash::sha256(&wasm)));
    /// engine.set_hash_algorithm(Some(HashAlgorithm::XXHash));
    /// assert_eq!(hash(&engine), Some(ModuleHash::xxhash(&wasm)));
    /// engine.set_hash_algorithm(None);
    /// assert_eq!((hash(&engine), engine.hash_algorithm()), (None, None));
    /// ```
    fn set_hash_algorithm(&mut self, hash_algorithm: Option<HashAlgorithm>);

    /// Compiles a module as [`Module::new`], and tells `on_progress` how far it has come: the phase, how many
    /// steps it has and how many are done. The callback may stop it.
    ///
    /// # Errors
    ///
    /// [`CompileError::Aborted`] when the callback returns a [`UserAbort`](crate::UserAbort), and those of
    /// [`Module::new`].
    fn new_module_with_progress(
        &self,
        bytes: &[u8],
        on_progress: CompilationProgressCallback,
    ) -> Result<Module, CompileError>;

    /// As [`Module::deserialize_from_file`].
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_from_file`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_from_file`].
    unsafe fn deserialize_from_mmapped_file(
        &self,
        file_ref: &Path,
    ) -> Result<Module, DeserializeError>;

    /// As [`Module::deserialize_from_file_unchecked`].
    ///
    /// # Errors
    ///
    /// Those of [`Module::deserialize_from_file_unchecked`].
    ///
    /// # Safety
    ///
    /// That of [`Module::deserialize_from_file_unchecked`].
    unsafe fn deserialize_from_mmapped_file_unchecked(
        &self,
        file_ref: &Path,
    ) -> Result<Module, DeserializeError>;
}

impl NativeEngineExt for Engine {
    #[cfg(feature = "compiler")]
    fn new(compiler_config: Box<dyn CompilerConfig>, target: Target, features: Features) -> Self {
        Self::with_compiler(compiler_config, target, Some(features))
    }

    fn headless() -> Self {
        Self::without_compiler(Target::default(), None)
    }

    fn target(&self) -> &Target {
        &self.0.target
    }

    fn set_tunables(&mut self, tunables: impl Tunables + Send + Sync + 'static) {
        let mut inner = Inner::clone(&self.0);
        inner.tunables = Arc::new(tunables);
        self.0 = Shared::new(inner);
    }

    fn tunables(&self) -> &dyn Tunables {
        &*self.0.tunables
    }

    fn set_hash_algorithm(&mut self, hash_algorithm: Option<HashAlgorithm>) {
        self.0 = Shared::new(Inner { hash_algorithm, ..Inner::clone(&self.0) });
    }

    fn new_module_with_progress(
        &self,
        bytes: &[u8],
        on_progress: CompilationProgressCallback,
    ) -> Result<Module, CompileError> {
        Module::new_with_progress(self, bytes, on_progress)
    }

    unsafe fn deserialize_from_mmapped_file(
        &self,
        file_ref: &Path,
    ) -> Result<Module, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Module::deserialize_from_file(self, file_ref) }
    }

    unsafe fn deserialize_from_mmapped_file_unchecked(
        &self,
        file_ref: &Path,
    ) -> Result<Module, DeserializeError> {
        // SAFETY: as for the caller.
        unsafe { Module::deserialize_from_file_unchecked(self, file_ref) }
    }
}

impl Default for Engine {
    /// An engine of the [default backend](BackendKind::default), with default settings.
    fn default() -> Self {
        BackendKind::default().into()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("id", &self.0.id)
            .field("target", &self.0.target.triple().to_string())
            .finish()
    }
}

#[cfg(feature = "cranelift")]
impl From<wasmer_compiler_cranelift::Cranelift> for Engine {
    fn from(config: wasmer_compiler_cranelift::Cranelift) -> Self {
        Self::with_compiler(Box::new(config), Target::default(), None)
    }
}

#[cfg(feature = "llvm-backend")]
impl From<wasmer_compiler_llvm::LLVM> for Engine {
    fn from(config: wasmer_compiler_llvm::LLVM) -> Self {
        Self::with_compiler(Box::new(config), Target::default(), None)
    }
}

#[cfg(feature = "singlepass")]
impl From<wasmer_compiler_singlepass::Singlepass> for Engine {
    fn from(config: wasmer_compiler_singlepass::Singlepass) -> Self {
        Self::with_compiler(Box::new(config), Target::default(), None)
    }
}

impl From<&Engine> for Engine {
    fn from(engine: &Engine) -> Self {
        engine.clone()
    }
}

impl From<EngineBuilder> for Engine {
    fn from(builder: EngineBuilder) -> Self {
        builder.engine()
    }
}

/// The settings of the compiler that [`Engine::default`] uses.
///
/// # Example
///
/// ```
/// use wasmer::sys::{EngineBuilder, get_default_compiler_config};
///
/// let mut config = get_default_compiler_config();
/// config.canonicalize_nans(true);
/// let engine = EngineBuilder::new(config).engine();
/// assert_ne!(engine.deterministic_id(), wasmer::Engine::default().deterministic_id());
/// ```
///
/// # Panics
///
/// When no compiler is built in.
#[cfg(feature = "compiler")]
pub fn get_default_compiler_config() -> Box<dyn CompilerConfig> {
    BackendKind::default().config().expect("no default compiler was enabled")
}

/// Makes an [`Engine`].
///
/// # Example
///
/// ```
/// use wasmer::sys::{Cranelift, CpuFeature, EngineBuilder, Features, Target};
/// use wasmer::{Module, NativeEngineExt, Store};
///
/// let mut features = Features::default();
/// features.threads(false);
/// let target = Target::new("aarch64-unknown-linux-gnu".parse().unwrap(), CpuFeature::set());
/// let builder = EngineBuilder::new(Cranelift::default())
///     .set_features(Some(features))
///     .set_target(Some(target.clone()));
/// assert!(!builder.features().unwrap().threads && builder.target() == Some(&target));
/// let engine = builder.engine();
/// assert_eq!(engine.target(), &target);
/// assert!(Module::new(&engine, "(module (memory 1 1 shared))").is_err());
///
/// // Runs what others have compiled.
/// let store = Store::new(EngineBuilder::headless());
/// assert!(Module::new(&store, "(module)").is_err());
/// ```
pub struct EngineBuilder {
    #[cfg(feature = "compiler")]
    config: Option<Box<dyn CompilerConfig>>,
    target: Option<Target>,
    features: Option<Features>,
    hash_algorithm: Option<HashAlgorithm>,
}

impl EngineBuilder {
    /// For an engine with a compiler.
    #[cfg(feature = "compiler")]
    pub fn new<T>(compiler_config: T) -> Self
    where
        T: Into<Box<dyn CompilerConfig>>,
    {
        Self { config: Some(compiler_config.into()), ..Self::headless() }
    }

    /// For an engine without a compiler.
    pub fn headless() -> Self {
        Self {
            #[cfg(feature = "compiler")]
            config: None,
            target: None,
            features: None,
            hash_algorithm: Some(HashAlgorithm::Sha256),
        }
    }

    /// The machine to compile for; `None` for this one.
    pub fn set_target(mut self, target: Option<Target>) -> Self {
        self.target = target;
        self
    }

    /// The proposals that modules may use; `None` for the compiler's default.
    pub fn set_features(mut self, features: Option<Features>) -> Self {
        self.features = features;
        self
    }

    /// How modules are hashed, as [`NativeEngineExt::set_hash_algorithm`] says.
    pub fn set_hash_algorithm(mut self, hash_algorithm: Option<HashAlgorithm>) -> Self {
        self.hash_algorithm = hash_algorithm;
        self
    }

    /// Makes the engine.
    pub fn engine(self) -> Engine {
        let target = self.target.unwrap_or_default();
        #[cfg(feature = "compiler")]
        let mut engine = match self.config {
            Some(config) => Engine::with_compiler(config, target, self.features),
            None => Engine::without_compiler(target, self.features),
        };
        #[cfg(not(feature = "compiler"))]
        let mut engine = Engine::without_compiler(target, self.features);
        engine.set_hash_algorithm(self.hash_algorithm);
        engine
    }

    /// What [`Self::set_features`] has set.
    pub fn features(&self) -> Option<&Features> {
        self.features.as_ref()
    }

    /// What [`Self::set_target`] has set.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }
}

impl fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("EngineBuilder");
        #[cfg(feature = "compiler")]
        out.field("config", &self.config);
        out.field("target", &self.target).field("features", &self.features).finish()
    }
}

/// A temporary handle to an [`Engine`].
///
/// # Example
///
/// ```
/// use wasmer::{AsEngineRef, Engine, EngineRef, Module};
///
/// let engine = Engine::default();
/// let handle = EngineRef::new(&engine);
/// assert_eq!(handle.engine().id(), engine.as_engine_ref().engine().id());
/// assert!(Module::new(&handle, "(module)").is_ok());
/// ```
#[derive(Debug)]
pub struct EngineRef<'a> {
    engine: &'a Engine,
}

impl<'a> EngineRef<'a> {
    /// A handle to `engine`.
    pub fn new(engine: &'a Engine) -> Self {
        Self { engine }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.engine
    }
}

/// Something that has an engine: an [`Engine`], a [`Store`](crate::Store), a handle to one of these, or a
/// pointer to them.
///
/// # Example
///
/// ```
/// use wasmer::{AsEngineRef, Engine, Module, Store};
///
/// fn compile(engine: &impl AsEngineRef) -> Module {
///     Module::new(engine, "(module)").unwrap()
/// }
///
/// let (engine, store) = (Engine::default(), Box::new(Store::default()));
/// compile(&engine);
/// compile(&store);
/// assert_eq!(store.as_engine_ref().engine().id(), store.engine().id());
/// assert!(store.maybe_as_store().is_some() && engine.maybe_as_store().is_none());
/// ```
pub trait AsEngineRef {
    /// A handle to the engine.
    fn as_engine_ref(&self) -> EngineRef<'_>;

    /// The store, if it is one, or a handle to one.
    fn maybe_as_store(&self) -> Option<StoreRef<'_>> {
        None
    }
}

impl AsEngineRef for Engine {
    fn as_engine_ref(&self) -> EngineRef<'_> {
        EngineRef::new(self)
    }
}

impl AsEngineRef for EngineRef<'_> {
    fn as_engine_ref(&self) -> EngineRef<'_> {
        EngineRef::new(self.engine)
    }
}

impl<P> AsEngineRef for P
where
    P: Deref,
    P::Target: AsEngineRef,
{
    fn as_engine_ref(&self) -> EngineRef<'_> {
        (**self).as_engine_ref()
    }

    fn maybe_as_store(&self) -> Option<StoreRef<'_>> {
        (**self).maybe_as_store()
    }
}
