//! Stopping a computation from outside.
//!
//! A request sets a flag in the store's context and signals the thread that runs the store. A thread in wasm
//! traps right in the handler; one in a host function traps when that returns; one that is not in wasm traps
//! when it enters. Between looking at the flag and being in wasm there is a gap in which a signal has no
//! effect, so a watchdog thread sends it again until the flag is cleared.
//!
//! Calls that are suspended are not in wasm, and are woken instead ([`SuspendedCalls`]): they look at the flag when they
//! are polled.
//!
//! There are two flags. [`REQUESTED`] is cleared by whoever traps: one request ends one computation.
//! [`OVERDUE`] stays set as long as a [`Deadline`] that has passed exists, and goes with it, so that it ends
//! all computations that are made meanwhile and none after that. The watchdog is also the clock of the
//! deadlines.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::suspended::{SuspendedCalls, wake};
use crate::sys::signal;
use crate::vmcontext::VMStoreContext;

/// Interrupts the computations of a store, from any thread, at any time, also after the store is gone.
#[derive(Clone)]
pub struct InterruptHandle {
    target: Arc<Target>,
}

/// Flag of the store's context: the running computation, or else the next one, is to end.
const REQUESTED: u32 = 1;
/// Flag of the store's context: a deadline has passed.
const OVERDUE: u32 = 2;

/// Answers a request: says whether the computation of the store with this flag is to end now.
#[inline]
pub(crate) fn take(interrupted: &AtomicU32) -> bool {
    // Whoever reads the flag of a deadline leaves it to the deadline.
    interrupted.fetch_and(!REQUESTED, Ordering::Relaxed) != 0
}

/// The store to interrupt.
struct Target(Mutex<TargetState>);

struct TargetState {
    /// Nothing when it has gone.
    store: Option<Store>,
    /// Deadlines that have passed and still exist.
    overdue: u32,
}

struct Store(NonNull<VMStoreContext>, NonNull<SuspendedCalls>);

impl Store {
    fn flag(&self) -> &AtomicU32 {
        // SAFETY: the store is live while the lock that the caller holds is held. Nothing refers to the other
        // fields, which its thread may be writing.
        unsafe { &(*self.0.as_ptr()).interrupted }
    }

    fn suspended(&self) -> &SuspendedCalls {
        // SAFETY: they are live as long as the store is, and only used through shared references.
        unsafe { self.1.as_ref() }
    }
}

// SAFETY: through it only the atomic fields and the suspended calls are used, under the lock that `revoke` takes before the store goes.
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
    /// A handle for the store with the context `store`, of which `suspended` are the suspended calls.
    ///
    /// # Errors
    ///
    /// When the system refuses a signal handler or a thread.
    ///
    /// # Safety
    ///
    /// Both are live until [`InterruptHandle::revoke`] is called on this handle or a clone of it, and `suspended` is not
    /// borrowed exclusively.
    pub unsafe fn new(
        store: NonNull<VMStoreContext>,
        suspended: NonNull<SuspendedCalls>,
    ) -> io::Result<Self> {
        signal::install_interrupt_handler()?;
        watchdog()?;
        let state = TargetState { store: Some(Store(store, suspended)), overdue: 0 };
        Ok(Self { target: Arc::new(Target(Mutex::new(state))) })
    }

    /// Ends the computation that the store runs, or else the next one, with
    /// [`TrapCode::HostInterrupt`](wasmer_types::TrapCode::HostInterrupt).
    ///
    /// It does not wait for that. A host function is not disturbed: the trap comes when it returns. Suspended calls are
    /// woken, and one of them ends if nothing else does.
    pub fn interrupt(&self) {
        let wakers = match &lock(&self.target.0).store {
            Some(store) => {
                store.flag().fetch_or(REQUESTED, Ordering::SeqCst);
                store.suspended().wakers()
            }
            None => return,
        };
        self.target.pursue();
        wake(wakers);
    }

    /// Takes back what [`Self::interrupt`] has asked for, unless it has happened already.
    pub fn cancel(&self) {
        if let Some(store) = &lock(&self.target.0).store {
            store.flag().fetch_and(!REQUESTED, Ordering::SeqCst);
        }
    }

    /// Ends what the store runs at the time `at`, and what it is made to run after that, until the deadline
    /// is dropped.
    pub fn deadline(&self, at: Instant) -> Deadline {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let deadline = Deadline {
            at,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            state: Arc::new(DeadlineState {
                target: self.target.clone(),
                phase: AtomicU32::new(WAITING),
            }),
        };
        if let Ok(watchdog) = watchdog() {
            watchdog.add(&deadline);
        }
        deadline
    }

    /// Makes this handle and its clones do nothing from now on: the store goes away.
    pub fn revoke(&self) {
        lock(&self.target.0).store = None;
    }
}

/// A time at which computations are ended, made by [`InterruptHandle::deadline`]. Dropping it removes it.
#[must_use = "a deadline that is dropped does nothing"]
pub struct Deadline {
    at: Instant,
    /// Tells deadlines at the same time apart.
    number: u64,
    state: Arc<DeadlineState>,
}

struct DeadlineState {
    target: Arc<Target>,
    /// [`WAITING`], [`PASSED`] or [`REMOVED`]; only changed under the lock of the target.
    phase: AtomicU32,
}

const WAITING: u32 = 0;
const PASSED: u32 = 1;
const REMOVED: u32 = 2;

impl Deadline {
    /// Whether the time has come, so that it has ended what the store was running.
    pub fn has_passed(&self) -> bool {
        self.state.phase.load(Ordering::SeqCst) == PASSED
    }
}

impl DeadlineState {
    /// The time has come.
    fn pass(&self) {
        let wakers = {
            let mut target = lock(&self.target.0);
            if self.phase.load(Ordering::Relaxed) == REMOVED {
                return;
            }
            self.phase.store(PASSED, Ordering::SeqCst);
            target.overdue += 1;
            let Some(store) = &target.store else { return };
            store.flag().fetch_or(OVERDUE, Ordering::SeqCst);
            store.suspended().wakers()
        };
        self.target.pursue();
        wake(wakers);
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        if let Ok(watchdog) = watchdog() {
            watchdog.remove(self);
        }
        let mut target = lock(&self.state.target.0);
        if self.state.phase.swap(REMOVED, Ordering::SeqCst) != PASSED {
            return;
        }
        target.overdue -= 1;
        if target.overdue == 0
            && let Some(store) = &target.store
        {
            store.flag().fetch_and(!OVERDUE, Ordering::SeqCst);
        }
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline")
            .field("at", &self.at)
            .field("has_passed", &self.has_passed())
            .finish()
    }
}

impl fmt::Debug for InterruptHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptHandle").finish_non_exhaustive()
    }
}

impl Target {
    /// Signals the thread that runs the store if a flag is set.
    fn signal(&self) -> State {
        {
            let state = lock(&self.0);
            let Some(store) = &state.store else { return State::Done };
            if store.flag().load(Ordering::SeqCst) == 0 {
                return State::Done;
            }
            let store = store.0.as_ptr();
            // SAFETY: the store is live while the lock is held. These fields are atomic; nothing refers to the
            // others, which its thread may be writing.
            let (activation, thread) = unsafe { (&(*store).activation, &(*store).thread) };
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

    /// Signals the thread until no flag is set.
    fn pursue(self: &Arc<Self>) {
        if self.signal() != State::Done
            && let Ok(watchdog) = watchdog()
        {
            watchdog.watch(self);
        }
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

/// Repeats requests, and lets deadlines pass.
struct Watchdog {
    work: Mutex<Work>,
    wake: Condvar,
}

struct Work {
    /// Targets, and how often they were found idle.
    requests: Vec<(Arc<Target>, u32)>,
    /// By time, and by number when the time is the same.
    deadlines: BTreeMap<(Instant, u64), Arc<DeadlineState>>,
    /// When the thread wakes up by itself, while it sleeps because there are no requests.
    sleeps_until: Option<Instant>,
    /// It sleeps for an indefinite time.
    sleeps: bool,
}

/// First and last pause between two signals.
const PAUSES: [Duration; 2] = [Duration::from_micros(200), Duration::from_millis(10)];

/// The watchdog, started when it is first needed.
fn watchdog() -> io::Result<&'static Watchdog> {
    static WATCHDOG: Watchdog = Watchdog {
        work: Mutex::new(Work {
            requests: Vec::new(),
            deadlines: BTreeMap::new(),
            sleeps_until: None,
            sleeps: false,
        }),
        wake: Condvar::new(),
    };
    static STARTED: OnceLock<()> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    if STARTED.get().is_none() {
        let _starting = lock(&STARTING);
        if STARTED.get().is_none() {
            let thread = thread::Builder::new().name("wasmer-interrupt".to_owned());
            thread.spawn(|| WATCHDOG.run())?;
            let _ = STARTED.set(());
        }
    }
    Ok(&WATCHDOG)
}

impl Watchdog {
    /// Begins to repeat the request for `target`, or goes on if it does already.
    fn watch(&self, target: &Arc<Target>) {
        let mut work = lock(&self.work);
        match work.requests.iter_mut().find(|(known, _)| Arc::ptr_eq(known, target)) {
            Some((_, idle)) => *idle = 0,
            None => work.requests.push((target.clone(), 0)),
        }
        self.wake.notify_one();
    }

    fn add(&self, deadline: &Deadline) {
        let mut work = lock(&self.work);
        work.deadlines.insert((deadline.at, deadline.number), deadline.state.clone());
        // Most deadlines are removed before they pass. The thread is left asleep when it wakes up in time.
        if work.sleeps && work.sleeps_until.is_none_or(|until| until > deadline.at) {
            work.sleeps_until = Some(deadline.at);
            self.wake.notify_one();
        }
    }

    fn remove(&self, deadline: &Deadline) {
        lock(&self.work).deadlines.remove(&(deadline.at, deadline.number));
    }

    fn run(&self) {
        let [mut pause, longest] = PAUSES;
        let mut known = 0;
        loop {
            let (passed, requests) = self.sleep(&mut known);
            // These take the lock of a target; nobody holds that while taking the lock of the work.
            passed.iter().for_each(|deadline| deadline.pass());
            if requests == 0 {
                continue;
            }
            // New requests make it quick again.
            pause = if requests > known { PAUSES[0] } else { (pause * 2).min(longest) };
            known = requests;
            thread::sleep(pause);
            lock(&self.work).requests.retain_mut(|(target, idle)| match target.signal() {
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

    /// Sleeps until there is something to do: deadlines that have passed, and how many requests there are.
    fn sleep(&self, known: &mut usize) -> (Vec<Arc<DeadlineState>>, usize) {
        let mut work = lock(&self.work);
        loop {
            let now = Instant::now();
            let mut passed = Vec::new();
            while let Some(entry) = work.deadlines.first_entry()
                && entry.key().0 <= now
            {
                passed.push(entry.remove());
            }
            if !passed.is_empty() || !work.requests.is_empty() {
                return (passed, work.requests.len());
            }
            *known = 0;
            work.sleeps = true;
            work.sleeps_until = work.deadlines.keys().next().map(|&(at, _)| at);
            work = match work.sleeps_until {
                None => self.wake.wait(work).unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(at) => {
                    let left = at.saturating_duration_since(now);
                    let woken = self.wake.wait_timeout(work, left);
                    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
            work.sleeps = false;
        }
    }
}
