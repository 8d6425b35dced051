//! Stopping a computation from outside.
//!
//! A request sets a flag in the store's context and signals the thread that runs the store. A thread in wasm
//! traps right in the handler; one in a host function traps when that returns; one that is not in wasm traps
//! when it enters. Whoever traps clears the flag. Between looking at the flag and being in wasm there is a
//! gap in which a signal has no effect, so a watchdog thread sends it again until the flag is cleared.

use std::fmt;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::Duration;

use crate::sys::signal;
use crate::vmcontext::VMStoreContext;

/// Interrupts the computations of a store, from any thread, at any time, also after the store is gone.
#[derive(Clone)]
pub struct InterruptHandle {
    target: Arc<Target>,
}

/// The store to interrupt, or nothing when it has gone.
struct Target(Mutex<Option<Store>>);

struct Store(NonNull<VMStoreContext>);

// SAFETY: through it only the atomic fields are used, under the lock that `revoke` takes before the store goes.
unsafe impl Send for Store {}

/// How a request stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing left to do.
    Done,
    /// The store is not in wasm, as far as can be seen.
    Idle,
    /// The thread that runs the store was signalled.
    Signalled,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl InterruptHandle {
    /// A handle for the store with the context `store`.
    ///
    /// # Errors
    ///
    /// When the system refuses a signal handler or a thread.
    ///
    /// # Safety
    ///
    /// The context is live until [`InterruptHandle::revoke`] is called on this handle or a clone of it.
    pub unsafe fn new(store: NonNull<VMStoreContext>) -> io::Result<Self> {
        signal::install_interrupt_handler()?;
        watchdog()?;
        Ok(Self { target: Arc::new(Target(Mutex::new(Some(Store(store))))) })
    }

    /// Ends the computation that the store runs, or else the next one, with
    /// [`TrapCode::HostInterrupt`](wasmer_types::TrapCode::HostInterrupt).
    ///
    /// It does not wait for that. A host function is not disturbed: the trap comes when it returns.
    pub fn interrupt(&self) {
        if let Some(store) = &*lock(&self.target.0) {
            // SAFETY: the store is live while the lock is held.
            unsafe { (*store.0.as_ptr()).interrupted.store(1, Ordering::SeqCst) };
        }
        if self.target.signal() != State::Done
            && let Ok(watchdog) = watchdog()
        {
            watchdog.watch(&self.target);
        }
    }

    /// Makes this handle and its clones do nothing from now on: the store goes away.
    pub fn revoke(&self) {
        *lock(&self.target.0) = None;
    }
}

impl fmt::Debug for InterruptHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptHandle").finish_non_exhaustive()
    }
}

impl Target {
    /// Signals the thread that runs the store if its flag is set.
    fn signal(&self) -> State {
        {
            let store = lock(&self.0);
            let Some(store) = &*store else { return State::Done };
            let store = store.0.as_ptr();
            // SAFETY: the store is live while the lock is held. These fields are atomic; nothing refers to the
            // others, which its thread may be writing.
            let (interrupted, activation, thread) =
                unsafe { (&(*store).interrupted, &(*store).activation, &(*store).thread) };
            if interrupted.load(Ordering::SeqCst) == 0 {
                return State::Done;
            }
            if activation.load(Ordering::SeqCst).is_null() {
                return State::Idle;
            }
            signal::interrupt_thread(thread.load(Ordering::SeqCst));
        }
        if let Some(wake) = WAKE.get() {
            wake();
        }
        State::Signalled
    }
}

/// See [`set_wake_hook`].
static WAKE: OnceLock<fn()> = OnceLock::new();

/// Sets a function that wakes all threads that wait in the host on behalf of wasm. It is called, by the
/// interrupting thread or the watchdog, after the flag of a running store was set; the threads look at the
/// flag of their store and wait on or return. The first call counts.
pub fn set_wake_hook(wake: fn()) {
    let _ = WAKE.set(wake);
}

/// Repeats requests.
struct Watchdog {
    /// Targets, and how often they were found idle.
    requests: Mutex<Vec<(Arc<Target>, u32)>>,
    wake: Condvar,
}

/// First and last pause between two signals.
const PAUSES: [Duration; 2] = [Duration::from_micros(200), Duration::from_millis(10)];

/// The watchdog, started when it is first needed.
fn watchdog() -> io::Result<&'static Watchdog> {
    static WATCHDOG: Watchdog = Watchdog { requests: Mutex::new(Vec::new()), wake: Condvar::new() };
    static STARTED: Mutex<bool> = Mutex::new(false);
    let mut started = lock(&STARTED);
    if !*started {
        thread::Builder::new().name("wasmer-interrupt".to_owned()).spawn(|| WATCHDOG.run())?;
        *started = true;
    }
    Ok(&WATCHDOG)
}

impl Watchdog {
    /// Begins to repeat the request for `target`, or goes on if it does already.
    fn watch(&self, target: &Arc<Target>) {
        let mut requests = lock(&self.requests);
        match requests.iter_mut().find(|(known, _)| Arc::ptr_eq(known, target)) {
            Some((_, idle)) => *idle = 0,
            None => requests.push((target.clone(), 0)),
        }
        self.wake.notify_one();
    }

    fn run(&self) {
        let [mut pause, longest] = PAUSES;
        let mut known = 0;
        loop {
            let mut requests = lock(&self.requests);
            while requests.is_empty() {
                known = 0;
                requests =
                    self.wake.wait(requests).unwrap_or_else(|poisoned| poisoned.into_inner());
            }
            // New requests make it quick again.
            pause = if requests.len() > known { PAUSES[0] } else { (pause * 2).min(longest) };
            known = requests.len();
            drop(requests);
            thread::sleep(pause);

            // `signal` takes the lock of a target; nobody holds that while taking this one.
            lock(&self.requests).retain_mut(|(target, idle)| match target.signal() {
                State::Done => false,
                State::Signalled => true,
                // A thread that enters now finds the flag. One that looked before the flag was set had
                // entered long ago, and is seen the second time at the latest.
                State::Idle => {
                    *idle += 1;
                    *idle < 2
                }
            });
        }
    }
}
