//! What to do about an instruction that could not go on, or a computation that should not.
//!
//! Signal handlers ask this: nothing here allocates, locks or calls code that might.

use std::ptr::NonNull;

use wasmer_types::TrapCode;

use crate::backtrace::{Place, walk};
use crate::code::LoadedCode;
use crate::code_map;
use crate::enter::Activation;
use crate::interrupt;
use crate::settings::StoreSettings;
use crate::sys::TrapHandlerFn;
use crate::thread::Thread;

/// Whether the handler of the store of which wasm is active on this thread, if it has one, is done with the
/// signal.
pub(crate) fn ask_embedder(ask: impl FnOnce(&TrapHandlerFn<'static>) -> bool) -> bool {
    Thread::with(|thread| {
        let Some(activation) = thread.activation.get() else { return false };
        // SAFETY: an activation of this thread and its store are live. Settings are not changed while wasm runs.
        let settings = unsafe { StoreSettings::of(activation.as_ref().store()) };
        settings.trap_handler.as_deref().is_some_and(ask)
    })
}

/// Decides about a fault of this thread at `place` on an access to `address`, if it was one.
///
/// When it is a trap of wasm, it is noted in the activation, and the result is the frame pointer for
/// [`crate::arch::resume`]. Anything else is not ours.
pub(crate) fn on_fault(place: Place, address: Option<usize>) -> Option<usize> {
    end_wasm(place, |activation, code| {
        if address.is_some_and(|address| activation.stack().guard().contains(&address)) {
            return Some(TrapCode::StackOverflow);
        }
        code.trap_at(place.pc, address.is_some())
    })
}

/// Decides about a request to stop that reached this thread at `place`.
///
/// When the thread is in wasm of a store that was asked to stop, the trap is noted, the request is done, and
/// the result is the frame pointer for [`crate::arch::resume`].
pub(crate) fn on_interrupt(place: Place) -> Option<usize> {
    end_wasm(place, |activation, _| {
        // SAFETY: a store is live while it has an activation.
        let interrupted = unsafe { &(*activation.store().as_ptr()).interrupted };
        interrupt::take(interrupted).then_some(TrapCode::HostInterrupt)
    })
}

/// Ends the present activation if `place` is in wasm and `why` has a reason.
fn end_wasm(
    place: Place,
    why: impl FnOnce(&Activation, &LoadedCode) -> Option<TrapCode>,
) -> Option<usize> {
    Thread::with(|thread| {
        let innermost: NonNull<Activation> = thread.activation.get()?;
        let code = code_map::lookup(place.pc)?;
        // SAFETY: the present activation of a thread is live, and so is the code that the thread executes.
        let (activation, code) = unsafe { (innermost.as_ref(), code.as_ref()) };
        let trap = why(activation, code)?;
        thread.record_trace(|pcs| match trap {
            TrapCode::StackOverflow => 0,
            // SAFETY: the activation is the present one, and the place is in the code that it runs.
            _ => unsafe { walk(innermost, place, pcs) },
        });
        Some(activation.end(trap))
    })
}
