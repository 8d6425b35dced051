//! Engines: a compiler with its settings, and the rules by which memories and tables are made.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "compiler")]
use wasmer_compiler::{Compiler, CompilerConfig};
use wasmer_types::{CompilationProgressCallback, CompileError, DeserializeError, Features, Target};
use wasmer_vm::{BaseTunables, Shared, Tunables};

use crate::module::Module;

/// A compiler with its settings, the target, the proposals that are on, and the [`Tunables`].
///
/// Clones share all of it. An engine without a compiler (*headless*) runs modules that were compiled before.
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
}

impl Engine {
    #[cfg(feature = "compiler")]
    fn with_compiler(
        config: Box<dyn CompilerConfig>,
        target: Target,
        features: Option<Features>,
    ) -> Self {
        let features = features.unwrap_or_else(|| config.default_features_for_target(&target));
        let compiler: Arc<dyn Compiler> = config.compiler().into();
        let id = wasmer_compiler::compiler_id(&*compiler).unwrap_or_else(|| unique_id(&*compiler));
        let id = format!("{PREFIX}{id}");
        let tunables = Arc::new(BaseTunables::for_target(&target));
        Self(Shared::new(Inner { compiler: Some(compiler), target, features, tunables, id }))
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
        }))
    }

    /// The compiler, its settings and its middlewares: engines with equal ids make equal code for equal targets.
    ///
    /// A middleware that does not say what it does (`ModuleMiddleware::deterministic_id`) could do anything. With one of
    /// these, an engine has an id that no other engine ever has, in no process.
    pub fn deterministic_id(&self) -> &str {
        &self.0.id
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
    /// An engine with the default compiler: Cranelift if it is there, otherwise none.
    fn default() -> Self {
        #[cfg(feature = "cranelift")]
        return wasmer_compiler_cranelift::Cranelift::default().into();
        #[cfg(not(feature = "cranelift"))]
        Self::without_compiler(Target::default(), None)
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
/// # Panics
///
/// When no compiler is built in.
#[cfg(feature = "compiler")]
pub fn get_default_compiler_config() -> Box<dyn CompilerConfig> {
    #[cfg(feature = "cranelift")]
    return Box::new(wasmer_compiler_cranelift::Cranelift::default());
    #[cfg(not(feature = "cranelift"))]
    panic!("no default compiler was enabled");
}

/// Makes an [`Engine`].
///
/// # Example
///
/// ```
/// use wasmer::sys::{Cranelift, EngineBuilder, Features};
/// use wasmer::Store;
///
/// let mut features = Features::default();
/// features.threads(false);
/// let engine = EngineBuilder::new(Cranelift::default()).set_features(Some(features)).engine();
/// let store = Store::new(engine);
/// ```
pub struct EngineBuilder {
    #[cfg(feature = "compiler")]
    config: Option<Box<dyn CompilerConfig>>,
    target: Option<Target>,
    features: Option<Features>,
}

impl EngineBuilder {
    /// For an engine with a compiler.
    #[cfg(feature = "compiler")]
    pub fn new<T>(compiler_config: T) -> Self
    where
        T: Into<Box<dyn CompilerConfig>>,
    {
        Self { config: Some(compiler_config.into()), target: None, features: None }
    }

    /// For an engine without a compiler.
    pub fn headless() -> Self {
        Self {
            #[cfg(feature = "compiler")]
            config: None,
            target: None,
            features: None,
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

    /// Makes the engine.
    pub fn engine(self) -> Engine {
        let target = self.target.unwrap_or_default();
        #[cfg(feature = "compiler")]
        if let Some(config) = self.config {
            return Engine::with_compiler(config, target, self.features);
        }
        Engine::without_compiler(target, self.features)
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
pub trait AsEngineRef {
    /// A handle to the engine.
    fn as_engine_ref(&self) -> EngineRef<'_>;
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
}
