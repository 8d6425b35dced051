//! How far a compilation has come, and how to stop it.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use thiserror::Error;

/// How far a compilation has come: the step that is done, of so many in the present phase.
#[derive(Clone, Debug, Default)]
pub struct CompilationProgress {
    phase_name: Option<Cow<'static, str>>,
    phase_step_count: Option<u64>,
    phase_step: Option<u64>,
}

impl CompilationProgress {
    /// `phase_step` of `phase_step_count` steps of a phase are done; what is unknown is `None`.
    pub fn new(
        phase_name: Option<Cow<'static, str>>,
        phase_step_count: Option<u64>,
        phase_step: Option<u64>,
    ) -> Self {
        Self { phase_name, phase_step_count, phase_step }
    }

    /// What is being done, for people.
    pub fn phase_name(&self) -> Option<&str> {
        self.phase_name.as_deref()
    }

    /// Number of steps of the phase.
    pub fn phase_step_count(&self) -> Option<u64> {
        self.phase_step_count
    }

    /// How many of them are done; at the end of the phase, all.
    pub fn phase_step(&self) -> Option<u64> {
        self.phase_step
    }
}

/// Somebody who watched a compilation wanted it to stop.
#[derive(Clone, Debug, Error)]
#[error("{reason}")]
pub struct UserAbort {
    reason: String,
}

impl UserAbort {
    /// A wish to stop because of `reason`.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

type OnProgress = dyn Fn(CompilationProgress) -> Result<(), UserAbort> + Send + Sync;
type OnSize = dyn Fn(usize) -> Result<(), UserAbort> + Send + Sync;

/// What is told how far a compilation has come, and may stop it.
///
/// It is called by the threads that compile, by one of them at a time.
///
/// # Example
///
/// ```
/// use std::num::NonZero;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use wasmer_types::{CompilationProgress, CompilationProgressCallback, UserAbort};
///
/// let size = Arc::new(AtomicUsize::new(0));
/// let grown = size.clone();
/// let callback = CompilationProgressCallback::new(|progress| match progress.phase_step() {
///     Some(step) if step > 100 => Err(UserAbort::new("too much")),
///     _ => Ok(()),
/// })
/// .with_reserve_size_callback(
///     move |bytes| {
///         grown.fetch_add(bytes, Ordering::Relaxed);
///         Ok(())
///     },
///     NonZero::new(1 << 20).unwrap(),
/// );
///
/// // A compiler does this.
/// let progress = |step| CompilationProgress::new(Some("Compiling".into()), Some(200), Some(step));
/// assert_eq!((progress(7).phase_name(), progress(7).phase_step_count()), (Some("Compiling"), Some(200)));
/// assert!(callback.notify(progress(100)).is_ok());
/// assert_eq!(callback.notify(progress(101)).unwrap_err().reason(), "too much");
/// assert_eq!(callback.reserve_size_chunk_size().unwrap().get(), 1 << 20);
/// callback.reserve_size(1 << 20).unwrap();
/// assert_eq!(size.load(Ordering::Relaxed), 1 << 20);
/// ```
#[derive(Clone)]
pub struct CompilationProgressCallback {
    on_progress: Arc<OnProgress>,
    size: Option<(Arc<OnSize>, NonZeroUsize)>,
}

impl CompilationProgressCallback {
    /// `callback` is called when a phase begins (0 steps done) and after each of its steps. A
    /// [`UserAbort`] stops the compilation: what other threads have begun is finished, and nothing else is
    /// begun.
    pub fn new<F>(callback: F) -> Self
    where
        F: Fn(CompilationProgress) -> Result<(), UserAbort> + Send + Sync + 'static,
    {
        Self { on_progress: Arc::new(callback), size: None }
    }

    /// Also calls `callback`, each time that the machine code made so far has grown by `chunk_size` bytes or
    /// more, with the number of bytes by which it has grown. It may stop the compilation in the same way.
    pub fn with_reserve_size_callback<F>(mut self, callback: F, chunk_size: NonZeroUsize) -> Self
    where
        F: Fn(usize) -> Result<(), UserAbort> + Send + Sync + 'static,
    {
        self.size = Some((Arc::new(callback), chunk_size));
        self
    }

    /// In which steps growth is told, if it is.
    pub fn reserve_size_chunk_size(&self) -> Option<NonZeroUsize> {
        self.size.as_ref().map(|(_, chunk)| *chunk)
    }

    /// Tells that machine code has grown by `size_increase` bytes.
    ///
    /// # Errors
    ///
    /// When the compilation is to stop.
    pub fn reserve_size(&self, size_increase: usize) -> Result<(), UserAbort> {
        self.size.as_ref().map_or(Ok(()), |(callback, _)| callback(size_increase))
    }

    /// Tells how far the compilation has come.
    ///
    /// # Errors
    ///
    /// When the compilation is to stop.
    pub fn notify(&self, progress: CompilationProgress) -> Result<(), UserAbort> {
        (self.on_progress)(progress)
    }
}

impl fmt::Debug for CompilationProgressCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompilationProgressCallback").finish_non_exhaustive()
    }
}
