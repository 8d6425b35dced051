//! Settings.

use std::num::NonZero;
use std::sync::Arc;

use wasmer_compiler::{
    Compiler, CompilerConfig, ModuleMiddleware, implemented_features, usual_features,
};
use wasmer_types::{Features, Target};

use crate::callbacks::SinglepassCallbacks;
use crate::compiler::SinglepassCompiler;

/// Settings of the Singlepass compiler.
///
/// ```
/// use wasmer_compiler_singlepass::Singlepass;
///
/// let mut config = Singlepass::new();
/// config.canonicalize_nans(true);
/// ```
#[derive(Debug, Clone)]
pub struct Singlepass {
    /// How many threads compile at the same time.
    pub num_threads: NonZero<usize>,
    pub(crate) canonicalize_nans: bool,
    pub(crate) unwind_info: bool,
    pub(crate) perfmap: bool,
    pub(crate) callbacks: Option<SinglepassCallbacks>,
    pub(crate) middlewares: Vec<Arc<dyn ModuleMiddleware>>,
}

impl Singlepass {
    /// The defaults: compiles on all processors.
    pub fn new() -> Self {
        Self {
            num_threads: std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            canonicalize_nans: false,
            unwind_info: false,
            perfmap: false,
            callbacks: None,
            middlewares: Vec::new(),
        }
    }

    /// Replaces every NaN that an arithmetic operator produces by the canonical one, and makes the relaxed SIMD
    /// operators deterministic. Costs run time.
    pub fn canonicalize_nans(&mut self, enable: bool) -> &mut Self {
        self.canonicalize_nans = enable;
        self
    }

    /// Changes nothing: accesses that are not aligned always work.
    pub fn allow_experimental_unaligned_memory_accesses(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// Changes nothing: there is one artifact format.
    pub fn experimental_artifact(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// How many threads compile at the same time. The default is one for each processor.
    pub fn num_threads(&mut self, num_threads: NonZero<usize>) -> &mut Self {
        self.num_threads = num_threads;
        self
    }

    /// Makes DWARF call frame information, for debuggers and profilers. Backtraces do not need it.
    pub fn unwind_info(&mut self, enable: bool) -> &mut Self {
        self.unwind_info = enable;
        self
    }

    /// Writes what the compiler makes of each function to files, or not. The code is the same.
    pub fn callbacks(&mut self, callbacks: Option<SinglepassCallbacks>) -> &mut Self {
        self.callbacks = callbacks;
        self
    }

    /// Settings that change the code.
    pub(crate) fn deterministic_id(&self) -> String {
        format!(
            "singlepass-{}{}{}",
            env!("CARGO_PKG_VERSION"),
            if self.canonicalize_nans { "-nan" } else { "" },
            if self.unwind_info { "-unwind" } else { "" },
        )
    }
}

impl Default for Singlepass {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Singlepass> for Box<dyn CompilerConfig> {
    fn from(config: Singlepass) -> Self {
        Box::new(config)
    }
}

impl CompilerConfig for Singlepass {
    fn enable_perfmap(&mut self) {
        self.perfmap = true;
    }

    fn canonicalize_nans(&mut self, enable: bool) {
        self.canonicalize_nans = enable;
    }

    fn compiler(self: Box<Self>) -> Box<dyn Compiler> {
        Box::new(SinglepassCompiler::new(*self))
    }

    fn default_features_for_target(&self, _target: &Target) -> Features {
        usual_features()
    }

    fn supported_features_for_target(&self, _target: &Target) -> Features {
        implemented_features()
    }

    fn push_middleware(&mut self, middleware: Arc<dyn ModuleMiddleware>) {
        self.middlewares.push(middleware);
    }
}
