//! What each thread that runs wasm has.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::error::Error;
use std::ptr::NonNull;

use thiserror::Error;

use crate::backtrace::MAX_FRAMES;
use crate::enter::Activation;
use crate::stack::{self, Stack};
use crate::sys::mmap::MmapError;
use crate::sys::signal::{self, AlternateStack};
use crate::trap::Trap;

/// A thread could not get what it needs for running wasm.
#[derive(Debug, Error)]
pub enum ThreadError {
    /// No room for a stack.
    #[error("no stack for WebAssembly: {0}")]
    Stack(#[from] MmapError),
    /// The system refused a signal handler or its stack.
    #[error("no signal handler for WebAssembly: {0}")]
    Signals(#[from] std::io::Error),
    /// The thread is ending: the destructors of its local variables run.
    #[error("WebAssembly was called while the thread was ending")]
    Ending,
}

impl From<ThreadError> for Trap {
    fn from(error: ThreadError) -> Self {
        Self::user(Box::<dyn Error + Send + Sync>::from(error))
    }
}

/// The part that calls and signal handlers use. It has no destructor, so that reaching it takes no check.
pub(crate) struct Thread {
    /// The innermost entry into wasm.
    pub(crate) activation: Cell<Option<NonNull<Activation>>>,
    /// A stack for the outermost call, owned by [`RESOURCES`]. In use when there is an activation.
    stack: Cell<Option<NonNull<Stack>>>,
    /// The system's number of the thread.
    id: Cell<u32>,
    /// Instructions that were being executed at the last trap found by the processor.
    trace: UnsafeCell<[usize; MAX_FRAMES]>,
    /// How many there are.
    trace_len: Cell<usize>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread {
            activation: Cell::new(None),
            stack: Cell::new(None),
            id: Cell::new(0),
            trace: UnsafeCell::new([0; MAX_FRAMES]),
            trace_len: Cell::new(0),
        }
    };
    static RESOURCES: RefCell<Resources> = const { RefCell::new(Resources { stack: None, signals: None }) };
}

/// The part with a destructor.
struct Resources {
    stack: Option<Box<Stack>>,
    signals: Option<AlternateStack>,
}

impl Drop for Resources {
    fn drop(&mut self) {
        Thread::with(|thread| thread.stack.set(None));
    }
}

impl Thread {
    /// Lends the state of this thread.
    #[inline(always)]
    pub(crate) fn with<R>(f: impl FnOnce(&Self) -> R) -> R {
        THREAD.with(f)
    }

    /// The system's number of the thread, once it has run wasm.
    #[inline]
    pub(crate) fn id(&self) -> u32 {
        self.id.get()
    }

    /// The stack for an outermost call for which wasm needs `size` bytes, and where to start on it, if there
    /// is one that is large enough.
    #[inline]
    pub(crate) fn cached_stack(&self, size: usize) -> Option<(NonNull<Stack>, usize)> {
        // SAFETY: the stack is owned by `RESOURCES`, which replaces it only in `prepare`, when no call runs
        // on it, and clears this pointer before it drops it.
        let stack = unsafe { self.stack.get()?.as_ref() };
        (stack.size() >= size).then(|| (NonNull::from(stack), stack.top_for(size)))
    }

    /// Gets the thread ready for running wasm, with `size` bytes of stack for the outermost call.
    ///
    /// There must be no activation, or the cached stack must be large enough already.
    #[cold]
    pub(crate) fn prepare(size: usize) -> Result<(), ThreadError> {
        signal::install_trap_handlers()?;
        let prepared = RESOURCES.try_with(|resources| {
            let mut resources = resources.borrow_mut();
            if resources.signals.is_none() {
                resources.signals = Some(AlternateStack::install()?);
            }
            Self::with(|thread| {
                thread.id.set(signal::thread_id());
                if thread.cached_stack(size).is_none() {
                    assert!(thread.activation.get().is_none(), "the stack is in use");
                    thread.stack.set(None);
                    resources.stack = None;
                    let stack = resources.stack.insert(stack::take(size)?);
                    thread.stack.set(Some(NonNull::from(&**stack)));
                }
                Ok(())
            })
        });
        prepared.unwrap_or(Err(ThreadError::Ending))
    }

    /// Takes the stack that [`Self::cached_stack`] has found, for a computation that goes on using it.
    #[cold]
    pub(crate) fn detach_stack() -> Box<Stack> {
        let stack = RESOURCES.with(|resources| resources.borrow_mut().stack.take());
        Self::with(|thread| thread.stack.set(None));
        stack.expect("the outermost call of a thread runs on its stack")
    }

    /// Lets `fill` write the trace. For signal handlers.
    pub(crate) fn record_trace(&self, fill: impl FnOnce(&mut [usize; MAX_FRAMES]) -> usize) {
        // SAFETY: the trace is only touched here and in `with_trace`, which runs no wasm, so that neither can
        // interrupt the other.
        self.trace_len.set(fill(unsafe { &mut *self.trace.get() }));
    }

    /// Reads the trace.
    pub(crate) fn with_trace<R>(&self, read: impl FnOnce(&[usize]) -> R) -> R {
        // SAFETY: as above.
        let trace = unsafe { &*self.trace.get() };
        read(&trace[..self.trace_len.get()])
    }
}
