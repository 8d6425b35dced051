//! Computations that can wait: entered, left in the middle, gone on with later, also by another thread.
//!
//! A [`Computation`] runs wasm as [`enter`](crate::enter) does, on the thread's cached stack. When a host
//! function has to wait for a future, it calls [`wait`], which goes back to whoever started the computation.
//! The stack stays as it is: it is taken out of the thread's cache and belongs to the computation from then on.
//! Who owns the computation polls the future, on a stack of its own, and goes on with the computation when it
//! is ready.
//!
//! ```text
//! owner                       │ wasm stack
//! start ──────────────────────┼→ closure → wasm → host_entry → host function
//!   ↑                         │                                   │ wait(future)
//!   └─ Progress::Waiting ←────┼───────────────────────────────────┘
//! poll_waiting → future       │
//! resume ─────────────────────┼→ wait returns → … → closure returns
//!   ↑                         │                          │
//!   └─ Progress::Done ←───────┼──────────────────────────┘
//! ```
//!
//! While it waits, the frames on the stack are those of compiled code, of stubs and of the host function, which
//! own nothing but the future, and that belongs to the computation for so long. So a waiting computation is
//! dropped by dropping the future and giving the stack back. Frames of other host functions can't be in
//! between: calls that these make are [`enter`](crate::enter)ed, and what is entered can't wait.
//!
//! The base of the stack is a frame record that is linked anew to the frame of whoever goes on with the
//! computation, so that unwinders and profilers always find their way.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::marker::PhantomPinned;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use wasmer_types::TrapCode;

use crate::arch;
use crate::enter::{Activation, Call, begin, body, leave, take_outcome, take_request};
use crate::interrupt;
use crate::settings::StoreSettings;
use crate::stack::{self, Stack};
use crate::thread::{Thread, ThreadError};
use crate::trap::Trap;
use crate::vmcontext::VMStoreContext;

/// What a host function waits for.
pub type Waiting = dyn Future<Output = ()>;

/// Where a computation is to go on. It lies in the [`Computation`].
#[repr(C)]
pub(crate) struct Resumption {
    /// Stack pointer of the call of `arch::suspend`.
    stack_pointer: Cell<usize>,
    /// The frame record at the base of the stack.
    base: Cell<usize>,
    /// What the host function waits for. It belongs to the computation while that waits.
    waiting: Cell<Option<NonNull<Waiting>>>,
    /// The last call from wasm to the host: that of the host function.
    exit: Cell<(usize, usize)>,
}

pub(crate) const RESUMPTION_STACK_POINTER: usize = std::mem::offset_of!(Resumption, stack_pointer);
pub(crate) const RESUMPTION_BASE: usize = std::mem::offset_of!(Resumption, base);

/// How far a [`Computation`] has come.
#[derive(Debug)]
pub enum Progress<R> {
    /// The closure has returned.
    Done(R),
    /// It ended with a trap.
    Failed(Trap),
    /// A host function waits: see [`Computation::poll_waiting`].
    Waiting,
}

/// What the switching routines return: as those of [`enter`](crate::enter), or [`SUSPENDED`].
const DONE: usize = 0;
const SUSPENDED: usize = 2;

/// A computation that can wait. It may be used again when it has ended.
pub struct Computation<F, R> {
    /// Written by `start`; in use while the computation runs or waits.
    call: UnsafeCell<MaybeUninit<Call<F, R>>>,
    /// As `call`.
    activation: UnsafeCell<MaybeUninit<Activation>>,
    resumption: Resumption,
    /// The stack, when it does not belong to the thread.
    stack: Option<Box<Stack>>,
    waits: bool,
    _pinned: PhantomPinned,
}

impl<F, R> Computation<F, R>
where
    F: FnOnce() -> R,
{
    /// A computation that has not begun.
    pub const fn new() -> Self {
        Self {
            call: UnsafeCell::new(MaybeUninit::uninit()),
            activation: UnsafeCell::new(MaybeUninit::uninit()),
            resumption: Resumption {
                stack_pointer: Cell::new(0),
                base: Cell::new(0),
                waiting: Cell::new(None),
                exit: Cell::new((0, 0)),
            },
            stack: None,
            waits: false,
            _pinned: PhantomPinned,
        }
    }

    /// Runs `f` as a computation of `store`, as [`enter`](crate::enter) does, until it ends or waits.
    ///
    /// # Panics
    ///
    /// When it waits, and with the payload of a panic in `f` or in a host function that it called.
    ///
    /// # Safety
    ///
    /// As for [`enter`](crate::enter), for this call and those of [`Self::resume`] that follow. The store lives
    /// until the computation has ended or is dropped.
    #[inline(always)]
    pub unsafe fn start(self: Pin<&mut Self>, store: NonNull<VMStoreContext>, f: F) -> Progress<R> {
        // SAFETY: nothing is moved.
        let this = unsafe { self.get_unchecked_mut() };
        assert!(!this.waits, "a computation that waits can't begin anew");
        // SAFETY: as for the caller.
        let size = unsafe { StoreSettings::of(store) }.stack_size();
        let cached = Thread::with(|thread| match thread.activation.get() {
            None => thread.cached_stack(size),
            Some(_) => None,
        });
        let nested = cached.is_none();
        let (stack, top) = match cached {
            Some(place) => place,
            None => match this.find_stack(size) {
                Ok(place) => place,
                Err(trap) => return Progress::Failed(trap),
            },
        };
        let this = ptr::from_mut(this);
        // SAFETY: the fields are used by this function and those that it calls. The stack is free below `top`,
        // and the activation and the closure are written before they are used.
        unsafe {
            let call = (*this).call.get().cast::<Call<F, R>>();
            (&raw mut (*call).f).write(ManuallyDrop::new(f));
            let resumption = NonNull::from(&(*this).resumption);
            let activation = (*this).activation.get().cast::<Activation>();
            Activation::write(activation, store, stack, resumption);
            if nested {
                (*activation).nest();
            }
            let ended = if begin(store, activation, stack.as_ref().limit()) == 0 {
                switch_resumable::<F, R>(call, resumption.as_ptr(), top, activation)
            } else {
                // Nobody has taken the closure.
                ManuallyDrop::drop(&mut (*call).f);
                take_request(&*activation)
            };
            Self::stopped(this, ended)
        }
    }

    /// Goes on with a computation of which the host function's future is ready, until it ends or waits again.
    ///
    /// # Panics
    ///
    /// When it does not wait, and with the payload of a panic.
    ///
    /// # Safety
    ///
    /// As for [`Self::start`].
    pub unsafe fn resume(self: Pin<&mut Self>) -> Progress<R> {
        // SAFETY: nothing is moved.
        let this = unsafe { self.get_unchecked_mut() };
        assert!(this.waits, "only a computation that waits can be resumed");
        let this = ptr::from_mut(this);
        // SAFETY: the activation was written by `start`, and what waits keeps its stack.
        unsafe {
            let activation = (*this).activation.get().cast::<Activation>();
            let store = (*activation).store();
            if Thread::with(Thread::id) == 0
                && let Err(error) = Thread::prepare(StoreSettings::of(store).stack_size())
            {
                (*this).drop_waiting();
                return Progress::Failed(error.into());
            }
            (*this).waits = false;
            (*activation).nest();
            // A request to stop takes effect when the host function returns.
            begin(store, activation, (*activation).stack().limit());
            let context = store.as_ptr();
            ((*context).exit_frame, (*context).exit_pc) = (*this).resumption.exit.get();
            let ended = arch::resume_suspended(activation, &raw const (*this).resumption);
            Self::stopped(this, ended)
        }
    }

    /// What comes behind the switch back: the thread and the store are as before, and the result is taken.
    ///
    /// # Safety
    ///
    /// The activation has ended for the reason `ended`, and this is the innermost of the thread.
    #[inline(always)]
    unsafe fn stopped(this: *mut Self, ended: usize) -> Progress<R> {
        // SAFETY: as for the caller.
        unsafe {
            let activation = (*this).activation.get().cast::<Activation>();
            if ended == SUSPENDED {
                return Self::suspended(this);
            }
            leave(&*activation);
            if (*this).stack.is_some() {
                (*this).give_stack_back();
            }
            match ended {
                DONE => {
                    let call = (*this).call.get().cast::<Call<F, R>>();
                    Progress::Done((*call).result.assume_init_read())
                }
                _ => Progress::Failed(take_outcome(&*activation)),
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Self::stopped`].
    #[cold]
    #[inline(never)]
    unsafe fn suspended(this: *mut Self) -> Progress<R> {
        // SAFETY: as for the caller; the store is live.
        unsafe {
            let activation = (*this).activation.get().cast::<Activation>();
            let context = (*activation).store().as_ptr();
            (*this).resumption.exit.set(((*context).exit_frame, (*context).exit_pc));
            leave(&*activation);
            (*this).waits = true;
            if (*this).stack.is_none() {
                (*this).stack = Some(Thread::detach_stack());
            }
        }
        Progress::Waiting
    }
}

impl<F, R> Computation<F, R> {
    /// Whether a host function waits.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Whether something asks the store of a computation that waits to end what it runs.
    ///
    /// # Panics
    ///
    /// When the computation does not wait.
    #[inline]
    pub fn is_interrupted(&self) -> bool {
        self.interrupted().load(Ordering::SeqCst) != 0
    }

    /// Whether wasm runs in the store of a computation that waits.
    ///
    /// # Panics
    ///
    /// When the computation does not wait.
    pub fn is_store_running(&self) -> bool {
        // SAFETY: as in `context`; the field is atomic.
        unsafe { !(*self.context()).activation.load(Ordering::SeqCst).is_null() }
    }

    /// Answers [`Self::is_interrupted`]: true if this computation is the one to end, by [`Self::abandon`]. What runs in
    /// the store meanwhile answers it, too.
    ///
    /// # Panics
    ///
    /// When the computation does not wait.
    pub fn take_interruption(&self) -> bool {
        interrupt::take(self.interrupted())
    }

    /// The flag of the store.
    fn interrupted(&self) -> &AtomicU32 {
        // SAFETY: as in `context`; the field is atomic.
        unsafe { &(*self.context()).interrupted }
    }

    /// The store, which is live as long as the computation waits. Other threads may be using it.
    fn context(&self) -> *mut VMStoreContext {
        assert!(self.waits, "only a computation that waits has a store");
        // SAFETY: `start` has written the activation, which stays as long as the computation waits. So does the store,
        // as its caller has promised.
        unsafe { (*self.activation.get().cast::<Activation>()).store().as_ptr() }
    }

    /// Polls what the host function waits for. When it is ready, the computation is to be resumed.
    ///
    /// # Panics
    ///
    /// When the computation does not wait, or when the future panics.
    pub fn poll_waiting(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        assert!(self.waits, "only a computation that waits has something to poll");
        let mut waiting = self.resumption.waiting.get().expect("it waits for something");
        // SAFETY: the future is alive, is used by us alone while the computation waits, and stays in its place
        // on the stack until it is dropped.
        unsafe { Pin::new_unchecked(waiting.as_mut()) }.poll(context)
    }

    /// Finds a stack when the cached one is not free for use.
    #[cold]
    fn find_stack(&mut self, size: usize) -> Result<(NonNull<Stack>, usize), Trap> {
        Thread::with(|thread| {
            if thread.activation.get().is_none() {
                Thread::prepare(size)?;
                return Ok(thread.cached_stack(size).ok_or(ThreadError::Ending)?);
            }
            // What runs below may wait for longer than we do, or not as long.
            let stack = self.stack.insert(stack::take(size).map_err(ThreadError::from)?);
            Ok((NonNull::from(&**stack), stack.top_for(size)))
        })
    }

    #[cold]
    fn give_stack_back(&mut self) {
        if let Some(stack) = self.stack.take() {
            stack::give_back(stack);
        }
    }

    /// Ends a computation, if it waits: drops what the host function waits for, and gives the stack back.
    pub fn abandon(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved.
        unsafe { self.get_unchecked_mut() }.drop_waiting();
    }

    fn drop_waiting(&mut self) {
        if !std::mem::take(&mut self.waits) {
            return;
        }
        // The frames on the stack own nothing else.
        let stack = self.stack.take();
        if let Some(waiting) = self.resumption.waiting.take() {
            // SAFETY: the future belongs to us, and the host function never goes on. Its memory is kept by
            // `stack` until this function ends, also by a panic.
            unsafe { waiting.drop_in_place() };
        }
        if let Some(stack) = stack {
            stack::give_back(stack);
        }
    }
}

impl<F, R> Drop for Computation<F, R> {
    fn drop(&mut self) {
        self.drop_waiting();
    }
}

impl<F, R> Default for Computation<F, R>
where
    F: FnOnce() -> R,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<F, R> fmt::Debug for Computation<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Computation").field("waits", &self.waits).finish_non_exhaustive()
    }
}

/// Calls `body(call, activation)` on another stack: 0 when it returns 0, 1 when it returns 1 or was left
/// through [`arch::resume`], [`SUSPENDED`] when it waits.
#[unsafe(naked)]
unsafe extern "C" fn switch_resumable<F, R>(
    call: *mut Call<F, R>,
    resumption: *const Resumption,
    top: usize,
    activation: *const Activation,
) -> usize
where
    F: FnOnce() -> R,
{
    arch::switch_resumable!(body::<F, R>)
}

/// Whether a host function of `store` that wasm has called may [`wait`]: the innermost computation of the
/// thread is a [`Computation`], of that store.
// The functions that wait go on in another thread, perhaps. Code that finds the variables of a thread must not
// be inlined to them: its result would be used again.
#[inline(never)]
pub fn can_wait(store: NonNull<VMStoreContext>) -> bool {
    resumption(store).is_some()
}

#[inline(never)]
fn resumption(store: NonNull<VMStoreContext>) -> Option<NonNull<Resumption>> {
    let activation = Thread::with(|thread| thread.activation.get())?;
    // SAFETY: the innermost activation of this thread is live.
    let activation = unsafe { activation.as_ref() };
    let here = activation.store() == store && activation.stack().contains(arch::stack_pointer());
    activation.resumption().filter(|_| here)
}

/// Makes the computation that called the host function wait until `future` is ready. It does not return when
/// the computation is dropped instead; then the future is dropped in its place.
///
/// # Panics
///
/// When [`can_wait`] says no.
///
/// # Safety
///
/// It is called by a host function of `store`, which wasm has called; the future lies in a frame of that
/// function, or elsewhere for as long. All frames up to that of wasm own nothing: what the function returns
/// without dropping it is gone. They use no variables of the thread by an address from before the call.
#[inline(never)]
pub unsafe fn wait(store: NonNull<VMStoreContext>, future: NonNull<Waiting>) {
    let resumption = resumption(store).expect("the call that runs can wait");
    // SAFETY: the resumption belongs to the computation that runs, on whose stack this is called.
    unsafe {
        resumption.as_ref().waiting.set(Some(future));
        arch::suspend(resumption.as_ptr());
        // It is the host function's again.
        resumption.as_ref().waiting.set(None);
    }
}

/// Waits for `future`, and returns it when it is ready. Where the computation can't wait, the future is polled
/// once.
///
/// # Errors
///
/// [`TrapCode::YieldOutsideAsyncContext`] when that did not do.
///
/// # Safety
///
/// It is called by a host function of `store`, which wasm has called. All frames up to that of wasm own nothing:
/// when the computation is dropped, they are gone, and the future is dropped in its place. They use no variables
/// of the thread by an address from before the call.
#[inline(never)]
pub unsafe fn wait_for<F>(store: NonNull<VMStoreContext>, future: F) -> Result<F, Trap>
where
    F: Future<Output = ()> + Unpin + 'static,
{
    if !can_wait(store) {
        return poll_once(future);
    }
    let mut future = ManuallyDrop::new(future);
    let waiting: *mut Waiting = &raw mut *future;
    // SAFETY: as for the caller. The future stays in this frame until it is ready; it is not used meanwhile.
    unsafe { wait(store, NonNull::new_unchecked(waiting)) };
    Ok(ManuallyDrop::into_inner(future))
}

#[inline(never)]
fn poll_once<F: Future<Output = ()> + Unpin>(mut future: F) -> Result<F, Trap> {
    match Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(()) => Ok(future),
        Poll::Pending => Err(TrapCode::YieldOutsideAsyncContext.into()),
    }
}
