//! Calls that are futures.

use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, ready};

use wasmer_types::{RawValue, TrapCode};
use wasmer_vm::{
    Computation, Progress, RegisteredType, Suspension, Trap, call_dynamic, lookup_type,
};

use super::lock::{Access, Place};
use super::store::StoreAsync;
use crate::function::{Function, check_arguments, values};
use crate::runtime_error::RuntimeError;
use crate::store::StoreMut;
use crate::value::Value;

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It wants to run from the start.
    Begin,
    /// A host function waits.
    Waiting,
    /// It wants to go on.
    Resume,
    /// It has ended.
    Over,
}

/// A call in a shared store. `prepare` makes the code of the call when the store is locked, and makes it again
/// when the call is to be repeated; `finish` makes the result of what the code has returned.
pub(crate) struct AsyncCall<P, C, R, T> {
    phase: Phase,
    place: Place,
    suspension: Suspension,
    prepare: P,
    finish: T,
    computation: Computation<C, R>,
    /// Dropped last.
    store: StoreAsync,
}

// SAFETY: what may be of any kind is `Send` itself. The computation holds values of wasm and pointers into the
// store, which `StoreAsync` keeps and locks. While it waits, its stack has frames of wasm and of our host functions,
// which own the future that they wait for, and that is `Send`.
unsafe impl<P: Send, C, R, T: Send> Send for AsyncCall<P, C, R, T> {}

impl<P, C, R, T, Out> AsyncCall<P, C, R, T>
where
    P: FnMut(&mut StoreMut<'_>) -> Result<C, RuntimeError>,
    C: FnOnce() -> R,
    T: FnMut(&mut StoreMut<'_>, R) -> Out,
{
    /// A call that has not begun.
    ///
    /// # Safety
    ///
    /// The code that `prepare` makes may be entered in `store` and owns nothing.
    #[inline]
    pub(crate) unsafe fn new(store: StoreAsync, prepare: P, finish: T) -> Self {
        Self {
            phase: Phase::Begin,
            place: Place::default(),
            suspension: Suspension::default(),
            prepare,
            finish,
            computation: Computation::new(),
            store,
        }
    }

    /// Runs wasm, in the locked store, until it ends or waits. `None` when there is more to do.
    #[inline(always)]
    fn run(self: Pin<&mut Self>) -> Option<Result<Out, RuntimeError>> {
        // SAFETY: the computation is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let _unlock = Unlock(&this.store);
        // SAFETY: the store is locked by us.
        let mut store = unsafe { StoreMut::from_store_ptr(this.store.ptr()) };
        let phase = std::mem::replace(&mut this.phase, Phase::Over);
        // SAFETY: as above.
        let computation = unsafe { Pin::new_unchecked(&mut this.computation) };
        let progress = match phase {
            // SAFETY: as the caller of `new` promised; `self.store` keeps the store.
            Phase::Resume => unsafe { computation.resume() },
            _ => match (this.prepare)(&mut store) {
                // SAFETY: as above.
                Ok(code) => unsafe { computation.start(store.ptr().context(), code) },
                Err(error) => return Some(Err(error)),
            },
        };
        match progress {
            Progress::Done(results) => {
                if store.has_on_called() {
                    match store.finish_call() {
                        Ok(false) => {}
                        Ok(true) => {
                            this.phase = Phase::Begin;
                            return None;
                        }
                        Err(error) => return Some(Err(error)),
                    }
                }
                Some(Ok((this.finish)(&mut store, results)))
            }
            Progress::Failed(trap) => Some(Err(trap.into())),
            Progress::Waiting => {
                this.phase = Phase::Waiting;
                None
            }
        }
    }
}

impl<P, C, R, T> AsyncCall<P, C, R, T> {
    fn set_phase(self: Pin<&mut Self>, phase: Phase) {
        // SAFETY: nothing is moved.
        unsafe { self.get_unchecked_mut() }.phase = phase;
    }

    /// Waits for the host function, or for an interruption of the store.
    fn poll_waiting(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Trap>> {
        // SAFETY: the computation is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let mut computation = unsafe { Pin::new_unchecked(&mut this.computation) };
        // SAFETY: the handle keeps the store.
        let (lock, calls) = unsafe { (this.store.ptr().lock(), this.store.ptr().suspended()) };
        if computation.as_mut().poll_waiting(context).is_ready() {
            lock.forget(&mut this.place);
            return Poll::Ready(Ok(()));
        }
        // Whoever interrupts the store after this wakes this call, and whoever has done it before is seen.
        calls.register(&mut this.suspension, context.waker());
        if !computation.is_interrupted() {
            // It was another call that ended.
            lock.forget(&mut this.place);
            return Poll::Pending;
        }
        // A call that runs comes before those that wait. This one waits for the lock, to go on when that has ended. The
        // lock itself may be kept by something that never comes: what the host function waits for, for example.
        let is_meant = match lock.poll_lock(Access::Write, &mut this.place, context) {
            Poll::Ready(()) => {
                let is_meant = computation.take_interruption();
                lock.unlock(Access::Write);
                is_meant
            }
            Poll::Pending => !computation.is_store_running() && computation.take_interruption(),
        };
        if !is_meant {
            return Poll::Pending;
        }
        this.phase = Phase::Over;
        lock.forget(&mut this.place);
        // What the host function waits for may use the store when it is dropped: it is not locked any more.
        computation.abandon();
        Poll::Ready(Err(Trap::wasm(TrapCode::HostInterrupt)))
    }
}

/// Unlocks a store that is locked for changes.
struct Unlock<'a>(&'a StoreAsync);

impl Drop for Unlock<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the handle keeps the store.
        unsafe { self.0.ptr().lock() }.unlock(Access::Write);
    }
}

impl<P, C, R, T, Out> Future for AsyncCall<P, C, R, T>
where
    P: FnMut(&mut StoreMut<'_>) -> Result<C, RuntimeError>,
    C: FnOnce() -> R,
    T: FnMut(&mut StoreMut<'_>, R) -> Out,
{
    type Output = Result<Out, RuntimeError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            // SAFETY: the computation is not moved.
            let this = unsafe { self.as_mut().get_unchecked_mut() };
            match this.phase {
                Phase::Begin | Phase::Resume => {
                    // SAFETY: the handle keeps the store.
                    let lock = unsafe { this.store.ptr().lock() };
                    ready!(lock.poll_lock(Access::Write, &mut this.place, context));
                    if let Some(result) = self.as_mut().run() {
                        return Poll::Ready(result);
                    }
                }
                Phase::Waiting => match ready!(self.as_mut().poll_waiting(context)) {
                    Ok(()) => self.as_mut().set_phase(Phase::Resume),
                    Err(trap) => return Poll::Ready(Err(trap.into())),
                },
                Phase::Over => panic!("a call that has ended is not polled again"),
            }
        }
    }
}

impl<P, C, R, T> Drop for AsyncCall<P, C, R, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle keeps the store.
        let (lock, calls) = unsafe { (self.store.ptr().lock(), self.store.ptr().suspended()) };
        lock.forget(&mut self.place);
        calls.forget(&mut self.suspension);
    }
}

/// A call with values.
///
/// # Panics
///
/// When the function does not belong to the store.
pub(crate) fn call_values(
    function: Function,
    store: StoreAsync,
    params: Vec<Value>,
) -> impl Future<Output = Result<Box<[Value]>, RuntimeError>> + Send + 'static {
    // SAFETY: the handle keeps the store.
    function.assert_store(unsafe { store.ptr().id() });
    // SAFETY: the function belongs to the store, so that it is alive, and its type never changes.
    let id = unsafe { (*function.func_ref().as_ptr()).type_id };
    let ty = lookup_type(id).expect("functions keep their types");
    let result_ty = ty.clone();
    let mut slots: Vec<RawValue> = Vec::new();
    let prepare = move |store: &mut StoreMut<'_>| {
        check_arguments(store, ty.ty(), &params)?;
        slots.clear();
        slots.extend(params.iter().map(|value| value.as_raw(store)));
        slots.resize(ty.shape().values(), RawValue::default());
        let ty: *const RegisteredType = &*ty;
        let (func_ref, values) = (function.func_ref(), NonNull::from(&mut *slots));
        Ok(move || {
            // SAFETY: the arguments have been checked. The values and the type are kept by the closure around
            // this one, which stays as long as the call.
            unsafe {
                call_dynamic(func_ref, (*ty).shape(), &mut *values.as_ptr());
            }
            values
        })
    };
    let finish = move |store: &mut StoreMut<'_>, slots: NonNull<[RawValue]>| {
        // SAFETY: the slots are kept by `prepare`, and begin with the results of a function of this type in
        // this store.
        unsafe { values(store, result_ty.ty().results(), slots.as_ref()).collect() }
    };
    // SAFETY: the code calls a function of the store, and owns nothing.
    unsafe { AsyncCall::new(store, prepare, finish) }
}
