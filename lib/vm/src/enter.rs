//! Into wasm and out of it.
//!
//! [`enter`] runs a closure, which calls wasm, on a stack of wasm's own and notes how to get out: an
//! [`Activation`]. A computation that can't go on ends by going straight back to where its activation began.
//! Nothing is unwound on the way: between there and the trap are only frames of compiled code, and frames of
//! the closure and of stubs, which own nothing.
//!
//! ```text
//! caller's stack        │ wasm stack
//! enter                 │
//!   switch ─────────────┼→ body → closure → wasm → … → wasm ── host_entry → host function
//!     ↑                 │                            │ fault                     │ raise
//!     └── resume ←──────┼────────────────────────────┴───────────────────────────┘
//! ```

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{self, AssertUnwindSafe};
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering;

use wasmer_types::TrapCode;

use crate::arch;
use crate::backtrace::{self, Backtrace, Place};
use crate::coroutine::Resumption;
use crate::interrupt;
use crate::settings::StoreSettings;
use crate::stack::Stack;
use crate::thread::{Thread, ThreadError};
use crate::trap::Trap;
use crate::vmcontext::VMStoreContext;

/// An entry into wasm that has not ended. It lies in the frame of [`enter`].
#[repr(C)]
pub struct Activation {
    /// Frame pointer of [`switch`], which writes it before anything else happens.
    frame: Cell<MaybeUninit<usize>>,
    /// Written by what ends the activation other than by returning.
    outcome: Cell<MaybeUninit<Outcome>>,
    store: NonNull<VMStoreContext>,
    stack: NonNull<Stack>,
    /// What this is nested in, if the thread was in wasm already.
    outer: Option<Outer>,
    /// How to go on with it, if it can wait.
    resumption: Option<NonNull<Resumption>>,
    /// Written with [`Outcome::PAYLOAD`].
    payload: UnsafeCell<MaybeUninit<Payload>>,
}

/// What goes on when a nested activation has ended.
struct Outer {
    /// The activation of this thread, of whatever store, that this one is nested in.
    previous: NonNull<Activation>,
    /// What the store's context had: the part that belongs to its innermost activation.
    activation: *mut Activation,
    stack_limit: usize,
    exit_frame: usize,
    exit_pc: usize,
}

/// Why an activation ended other than by returning: the number of a [`TrapCode`] when the processor or a stub
/// ended it, [`Outcome::PAYLOAD`] when a host function did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Outcome(pub(crate) u32);

impl Outcome {
    const PAYLOAD: Self = Self(u32::MAX);
    pub(crate) const STACK_OVERFLOW: Self = Self::trap(TrapCode::StackOverflow);

    pub(crate) const fn trap(code: TrapCode) -> Self {
        Self(code as u32)
    }

    /// The code of [`Outcome::trap`].
    fn code(self) -> TrapCode {
        let code = u8::try_from(self.0).ok().and_then(TrapCode::from_u8);
        code.expect("an activation ends for a reason")
    }
}

/// What a host function ended an activation with.
enum Payload {
    Trap(Trap),
    Panic(Box<dyn Any + Send>),
}

pub(crate) const ACTIVATION_FRAME: usize = std::mem::offset_of!(Activation, frame);
pub(crate) const ACTIVATION_OUTCOME: usize = std::mem::offset_of!(Activation, outcome);

impl Activation {
    /// Writes an activation that begins now to `place`, one field after the other. It is not nested: see
    /// [`Self::nest`].
    ///
    /// # Safety
    ///
    /// `place` is valid for writes. The store, the stack and the resumption live as long as the activation.
    #[inline(always)]
    pub(crate) unsafe fn write(
        place: *mut Self,
        store: NonNull<VMStoreContext>,
        stack: NonNull<Stack>,
        resumption: NonNull<Resumption>,
    ) {
        // SAFETY: as for the caller. The other fields need no value yet.
        unsafe {
            (&raw mut (*place).store).write(store);
            (&raw mut (*place).stack).write(stack);
            (&raw mut (*place).outer).write(None);
            (&raw mut (*place).resumption).write(Some(resumption));
        }
    }

    /// Makes it one inside of that which the thread has, if it has one.
    ///
    /// # Safety
    ///
    /// The store is live, and this thread uses it.
    pub(crate) unsafe fn nest(&mut self) {
        // SAFETY: as for the caller.
        self.outer = unsafe { Outer::of(self.store.as_ptr()) };
    }

    pub(crate) fn resumption(&self) -> Option<NonNull<Resumption>> {
        self.resumption
    }

    pub(crate) fn store(&self) -> NonNull<VMStoreContext> {
        self.store
    }

    pub(crate) fn previous(&self) -> Option<NonNull<Self>> {
        self.outer.as_ref().map(|outer| outer.previous)
    }

    /// The stack that it runs on.
    pub(crate) fn stack(&self) -> &Stack {
        // SAFETY: `enter` keeps the stack for as long as the activation.
        unsafe { self.stack.as_ref() }
    }

    /// Frame pointer and return address of the last call from wasm of the store to the host before this
    /// activation.
    pub(crate) fn outer_exit(&self) -> Option<(usize, usize)> {
        self.outer.as_ref().map(|outer| (outer.exit_frame, outer.exit_pc))
    }

    /// Notes what [`enter`] is to return or to panic with.
    fn set_payload(&self, payload: Payload) {
        // SAFETY: only the thread of the activation uses it, and `enter` reads the payload after it has ended.
        unsafe { (*self.payload.get()).write(payload) };
        self.outcome.set(MaybeUninit::new(Outcome::PAYLOAD));
    }

    /// Notes why the processor ended it, and returns the frame pointer for [`arch::resume`].
    pub(crate) fn end(&self, code: TrapCode) -> usize {
        self.outcome.set(MaybeUninit::new(Outcome::trap(code)));
        self.frame()
    }

    /// The frame pointer for [`arch::resume`].
    fn frame(&self) -> usize {
        // SAFETY: nobody can end an activation before `switch` has begun it.
        unsafe { self.frame.get().assume_init() }
    }
}

/// Frame pointer and return address of the last call from wasm of `store` to the host.
///
/// # Safety
///
/// The store's context is live.
pub(crate) unsafe fn exit_of_store(store: NonNull<VMStoreContext>) -> (usize, usize) {
    let store = store.as_ptr();
    // SAFETY: it is live, and only its thread, which is this one, writes these fields.
    unsafe { ((*store).exit_frame, (*store).exit_pc) }
}

/// The innermost entry into wasm of this thread.
pub fn current_activation() -> Option<NonNull<Activation>> {
    Thread::with(|thread| thread.activation.get())
}

/// Runs `f` as a computation of `store` on a stack of wasm's own, and returns what it returns.
///
/// The outermost entry of a thread switches to the thread's cached stack; those nested in it, by a host
/// function that calls wasm again, stay on that stack.
///
/// # Errors
///
/// The trap that ended the computation: one of wasm, an error that a host function returned, a stack
/// overflow when a nested entry finds too little room, an interruption (also one from before), or the
/// [`ThreadError`] as [`Trap::User`] when the thread could not get a stack.
///
/// # Panics
///
/// With the payload of a panic in `f` or in a host function that it called.
///
/// # Safety
///
/// `store` is the live context of a store that this thread may use exclusively, and `f` calls only functions
/// of that store, with arguments of their types. A trap forgets `f` and its variables: what needs to be
/// dropped stays outside.
#[inline]
pub unsafe fn enter<F, R>(store: NonNull<VMStoreContext>, f: F) -> Result<R, Trap>
where
    F: FnOnce() -> R,
{
    // SAFETY: as for the caller.
    let size = unsafe { StoreSettings::of(store) }.stack_size();
    let place = Thread::with(|thread| match thread.activation.get() {
        None => thread.cached_stack(size),
        Some(_) => None,
    });
    match place {
        // SAFETY: as for the caller; nobody runs on the cached stack when there is no activation.
        Some((stack, top)) => unsafe { enter_on::<false, _, _>(store, stack, top, f) },
        // SAFETY: as for the caller.
        None => unsafe { enter_elsewhere(store, size, f) },
    }
}

/// [`enter`] when this is the first call of the thread, or a nested one.
#[inline(never)]
unsafe fn enter_elsewhere<F, R>(
    store: NonNull<VMStoreContext>,
    size: usize,
    f: F,
) -> Result<R, Trap>
where
    F: FnOnce() -> R,
{
    let own;
    let (stack, top) = match find_stack(size)? {
        Found::Here(stack) => (stack, 0),
        Found::Cached(stack, top) => (stack, top),
        Found::New(stack) => {
            own = stack;
            (NonNull::from(&own), own.top_for(size))
        }
    };
    // SAFETY: as for the caller; `find_stack` found the stack that we are on, or one that is free.
    unsafe { enter_on::<true, _, _>(store, stack, top, f) }
}

/// Where a call can run.
enum Found {
    /// On the stack on which the thread is.
    Here(NonNull<Stack>),
    /// From the top of the thread's cached stack.
    Cached(NonNull<Stack>, usize),
    /// On a stack of its own.
    New(Stack),
}

/// Finds a stack with `size` bytes for wasm when the cached one is not free for use.
#[cold]
fn find_stack(size: usize) -> Result<Found, Trap> {
    Thread::with(|thread| match thread.activation.get() {
        None => {
            Thread::prepare(size)?;
            let (stack, top) = thread.cached_stack(size).ok_or(ThreadError::Ending)?;
            Ok(Found::Cached(stack, top))
        }
        Some(activation) => {
            // SAFETY: the innermost activation of this thread is live.
            let stack = unsafe { activation.as_ref() }.stack();
            let pointer = arch::stack_pointer();
            if !stack.contains(pointer) {
                // The host function switched to a stack of the embedder's (a coroutine).
                return Ok(Found::New(Stack::new(size).map_err(ThreadError::from)?));
            }
            match pointer >= stack.limit() {
                true => Ok(Found::Here(NonNull::from(stack))),
                false => Err(Trap::wasm(TrapCode::StackOverflow)),
            }
        }
    })
}

/// What [`switch`] carries to [`body`] and back.
pub(crate) struct Call<F, R> {
    pub(crate) f: ManuallyDrop<F>,
    pub(crate) result: MaybeUninit<R>,
}

/// Runs `f` on `stack`, from `top` down, or from the present stack pointer when `top` is 0. If not `NESTED`,
/// this is the first activation of the thread.
///
/// # Safety
///
/// As for [`enter`], and nobody else uses the stack.
#[inline(always)]
unsafe fn enter_on<const NESTED: bool, F, R>(
    store: NonNull<VMStoreContext>,
    stack: NonNull<Stack>,
    top: usize,
    f: F,
) -> Result<R, Trap>
where
    F: FnOnce() -> R,
{
    let activation = Activation {
        frame: Cell::new(MaybeUninit::uninit()),
        outcome: Cell::new(MaybeUninit::uninit()),
        store,
        stack,
        // SAFETY: the context is live, and this thread uses the store.
        outer: if NESTED { unsafe { Outer::of(store.as_ptr()) } } else { None },
        resumption: None,
        payload: UnsafeCell::new(MaybeUninit::uninit()),
    };
    let mut call = Call { f: ManuallyDrop::new(f), result: MaybeUninit::uninit() };
    // SAFETY: the store is live and, like the stack, used by this thread alone.
    let interrupted = unsafe { begin(store, &activation, stack.as_ref().limit()) };
    let ended = if interrupted == 0 {
        // SAFETY: the stack is free below `top`, `call` has a closure, and `activation` was made known.
        unsafe { switch::<F, R>(&mut call, &activation, top) }
    } else {
        // SAFETY: nobody has taken the closure.
        unsafe { ManuallyDrop::drop(&mut call.f) };
        take_request(&activation)
    };
    // SAFETY: it is the innermost activation, and its store is live.
    unsafe { leave(&activation) };
    match ended {
        // SAFETY: `body` has written the result before it returned 0.
        0 => Ok(unsafe { call.result.assume_init() }),
        // SAFETY: the activation has ended otherwise, and nobody else takes its payload.
        _ => Err(unsafe { take_outcome(&activation) }),
    }
}

/// Makes an activation the innermost one of the thread and of its store: the store's flags for interruption.
///
/// # Safety
///
/// The activation is complete but for its frame. Its store is live and, but for the atomic fields of the
/// context, used by this thread alone; `limit` is that of its stack.
#[inline(always)]
pub(crate) unsafe fn begin(
    store: NonNull<VMStoreContext>,
    activation: *const Activation,
    limit: usize,
) -> u32 {
    let context = store.as_ptr();
    let thread_id = Thread::with(|thread| {
        thread.activation.set(NonNull::new(activation.cast_mut()));
        thread.id()
    });
    // SAFETY: as for the caller. What is there already is not written again.
    unsafe {
        if (*context).thread.load(Ordering::Relaxed) != thread_id {
            (*context).thread.store(thread_id, Ordering::Relaxed);
        }
        if (*context).stack_limit != limit {
            (*context).stack_limit = limit;
        }
        (*context).activation.store(activation.cast_mut(), Ordering::Relaxed);
        (*context).interrupted.load(Ordering::Relaxed)
    }
}

/// Gives the thread and the store back what they had before [`begin`].
///
/// # Safety
///
/// It is the innermost activation of this thread, and its store is live.
#[inline(always)]
pub(crate) unsafe fn leave(activation: &Activation) {
    Thread::with(|thread| thread.activation.set(activation.previous()));
    let context = activation.store.as_ptr();
    match &activation.outer {
        // SAFETY: the context is live, and this thread uses the store.
        Some(outer) => unsafe { outer.restore(context) },
        // SAFETY: the context is live.
        None => unsafe { (*context).activation.store(ptr::null_mut(), Ordering::Relaxed) },
    }
}

impl Outer {
    /// What a new activation of the store with `context` is nested in.
    ///
    /// # Safety
    ///
    /// The context is live, and this thread uses the store.
    unsafe fn of(context: *const VMStoreContext) -> Option<Self> {
        let previous = Thread::with(|thread| thread.activation.get())?;
        // SAFETY: as for the caller; only the thread that uses the store writes these fields.
        unsafe {
            Some(Self {
                previous,
                activation: (*context).activation.load(Ordering::Relaxed),
                stack_limit: (*context).stack_limit,
                exit_frame: (*context).exit_frame,
                exit_pc: (*context).exit_pc,
            })
        }
    }

    /// Gives the store back what it had.
    ///
    /// # Safety
    ///
    /// As for [`Outer::of`].
    unsafe fn restore(&self, context: *mut VMStoreContext) {
        // SAFETY: as for the caller; only the thread that uses the store uses these fields.
        unsafe {
            (*context).activation.store(self.activation, Ordering::Relaxed);
            (*context).stack_limit = self.stack_limit;
            (*context).exit_frame = self.exit_frame;
            (*context).exit_pc = self.exit_pc;
        }
    }
}

/// Calls `body(call, activation)` on another stack: 0 when it returns 0, 1 when it returns 1 or was left
/// through [`arch::resume`].
#[unsafe(naked)]
unsafe extern "C" fn switch<F, R>(
    call: *mut Call<F, R>,
    activation: *const Activation,
    top: usize,
) -> usize
where
    F: FnOnce() -> R,
{
    arch::switch!(body::<F, R>)
}

/// Runs the closure on the wasm stack.
pub(crate) unsafe extern "C" fn body<F, R>(
    call: *mut Call<F, R>,
    activation: *const Activation,
) -> usize
where
    F: FnOnce() -> R,
{
    // SAFETY: `enter_on` passes a closure that nobody else takes.
    let f = unsafe { ManuallyDrop::take(&mut (*call).f) };
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => {
            // SAFETY: `enter_on` passes room for the result.
            unsafe { (*call).result.write(result) };
            0
        }
        Err(panic) => {
            // SAFETY: `enter_on` passes its activation.
            note_panic(unsafe { &*activation }, panic);
            1
        }
    }
}

#[cold]
#[inline(never)]
fn note_panic(activation: &Activation, panic: Box<dyn Any + Send>) {
    activation.set_payload(Payload::Panic(panic));
}

/// Ends an activation that has not begun because the store is to be interrupted.
#[cold]
#[inline(never)]
pub(crate) fn take_request(activation: &Activation) -> usize {
    // SAFETY: the store of an activation is live.
    interrupt::take(unsafe { &(*activation.store.as_ptr()).interrupted });
    Thread::with(|thread| thread.record_trace(|_| 0));
    activation.outcome.set(MaybeUninit::new(Outcome::trap(TrapCode::HostInterrupt)));
    1
}

/// Why an activation ended other than by returning.
///
/// # Safety
///
/// It did, and this is called once.
#[cold]
#[inline(never)]
pub(crate) unsafe fn take_outcome(activation: &Activation) -> Trap {
    // SAFETY: whatever ends an activation says why.
    match unsafe { activation.outcome.get().assume_init() } {
        Outcome::PAYLOAD => {
            // SAFETY: there is a payload with this outcome, and the caller asks once.
            match unsafe { (*activation.payload.get()).assume_init_read() } {
                Payload::Trap(trap) => trap,
                Payload::Panic(panic) => panic::resume_unwind(panic),
            }
        }
        Outcome::STACK_OVERFLOW => Trap::wasm(TrapCode::StackOverflow),
        outcome => {
            // SAFETY: the caller of `enter` keeps its store, which keeps the code that ran.
            let new = |pcs: &[usize]| unsafe { Backtrace::new(pcs) };
            let backtrace = Thread::with(|thread| thread.with_trace(new));
            Trap::Wasm { code: outcome.code(), backtrace }
        }
    }
}

/// Ends the innermost activation of `store` with `trap`, which gets a backtrace if it has none.
///
/// # Safety
///
/// The store's innermost activation is that of this thread, and no frame between it and the caller owns
/// anything or must not be left without notice. In a host function or builtin that means: call this last.
// Not inlined: a host function that has waited may be in another thread than before.
#[cold]
#[inline(never)]
pub unsafe fn raise(store: NonNull<VMStoreContext>, trap: Trap) -> ! {
    // SAFETY: the caller of wasm has live activations and stores.
    let trap = trap.or_backtrace(|| unsafe { capture(store) });
    // SAFETY: as for the caller.
    unsafe { end(store, Payload::Trap(trap)) }
}

/// Ends the innermost activation of `store` with a panic, which [`enter`] takes up again.
///
/// # Safety
///
/// As for [`raise`].
#[cold]
#[inline(never)]
pub(crate) unsafe fn raise_panic(store: NonNull<VMStoreContext>, panic: Box<dyn Any + Send>) -> ! {
    // SAFETY: as for the caller.
    unsafe { end(store, Payload::Panic(panic)) }
}

/// # Safety
///
/// As for [`raise`].
unsafe fn end(store: NonNull<VMStoreContext>, payload: Payload) -> ! {
    // SAFETY: the store is live.
    let activation = unsafe { (*store.as_ptr()).activation.load(Ordering::Relaxed) };
    debug_assert_eq!(
        Thread::with(|thread| thread.activation.get()),
        NonNull::new(activation),
        "a store raises a trap in its own activation"
    );
    // SAFETY: the activation is live. What is skipped owns nothing, as the caller answers for.
    unsafe {
        (*activation).set_payload(payload);
        arch::resume_at((*activation).frame())
    }
}

/// The backtrace of a host function of `store` that was called last.
///
/// # Safety
///
/// The store has an activation on this thread.
unsafe fn capture(store: NonNull<VMStoreContext>) -> Backtrace {
    let mut pcs = [0; backtrace::MAX_FRAMES];
    // SAFETY: the store is live, and so are the activations of this thread and the code in their frames.
    unsafe {
        let (frame, pc) = exit_of_store(store);
        let activation = (*store.as_ptr()).activation.load(Ordering::Relaxed);
        let Some(activation) = NonNull::new(activation) else { return Backtrace::default() };
        let count = backtrace::walk(activation, Place::before_return(pc, frame), &mut pcs);
        Backtrace::new(&pcs[..count])
    }
}
