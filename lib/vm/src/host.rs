//! Host functions: what wasm calls outside.
//!
//! A host function has two parts. Its entry point is a stub that [`host_entry!`](crate::host_entry) writes:
//! it checks that there is room on the stack and notes where the call came from. It goes on to an
//! `extern "C"` function, of which the body is one [`host_call`].

use std::panic::{self, AssertUnwindSafe};
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use wasmer_types::TrapCode;

use crate::enter::{raise, raise_panic};
use crate::interrupt;
use crate::trap::Trap;
use crate::vmcontext::VMStoreContext;

/// The body of a host function or builtin: returns what `f` returns, or ends the computation of `store` with
/// the trap that `f` returns, with its panic, or with an interruption that was asked for meanwhile.
///
/// # Safety
///
/// It is called, through the stub of [`host_entry!`](crate::host_entry), by code that the innermost
/// [`crate::enter`] of `store` runs, and as the last thing in a function that owns nothing.
#[inline]
pub unsafe fn host_call<R>(
    store: NonNull<VMStoreContext>,
    f: impl FnOnce() -> Result<R, Trap>,
) -> R {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(value)) => {
            // SAFETY: the context of a store that runs is live.
            let interrupted = unsafe { &(*store.as_ptr()).interrupted };
            if interrupted.load(Ordering::Relaxed) != 0 {
                drop(value);
                // SAFETY: as for the caller.
                unsafe { raise_interrupt(store) }
            }
            value
        }
        // SAFETY: as for the caller.
        Ok(Err(trap)) => unsafe { raise(store, trap) },
        // SAFETY: as for the caller.
        Err(panic) => unsafe { raise_panic(store, panic) },
    }
}

/// # Safety
///
/// As for [`host_call`].
#[cold]
#[inline(never)]
unsafe fn raise_interrupt(store: NonNull<VMStoreContext>) -> ! {
    // SAFETY: the context of a store that runs is live.
    interrupt::take(unsafe { &(*store.as_ptr()).interrupted });
    // SAFETY: as for the caller.
    unsafe { raise(store, Trap::wasm(TrapCode::HostInterrupt)) }
}
