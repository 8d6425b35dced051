//! `memory.atomic.wait` and `memory.atomic.notify` (threads proposal, *wait and notify operators*).

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::interrupt::set_wake_hook;

/// Threads that may wait on one memory at a time.
const MAX_WAITERS: usize = 1 << 20;

/// A place in a memory to wait at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotifyLocation {
    /// Byte address in the memory.
    pub address: u64,
}

/// The value that a thread expects before it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedValue {
    /// Of `memory.atomic.wait32`.
    U32(u32),
    /// Of `memory.atomic.wait64`.
    U64(u64),
}

/// A thread could not wait, or not any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WaiterError {
    /// The memory is not shared.
    #[error("atomic operations are not supported by this memory")]
    Unimplemented,
    /// As many threads wait as can be counted.
    #[error("too many waiters on one memory, expected at most {MAX_WAITERS}")]
    TooManyWaiters,
    /// Atomic operations were turned off.
    #[error("atomic operations are disabled")]
    AtomicsDisabled,
    /// The computation that waits is to be stopped.
    #[error("interrupted by host")]
    Interrupted,
}

/// Woken.
pub(crate) const WOKEN: u32 = 0;
/// The value was not the expected one.
pub(crate) const NOT_EQUAL: u32 = 1;
/// The time was over.
pub(crate) const TIMED_OUT: u32 = 2;

/// The threads that wait at the addresses of a shared memory.
#[derive(Clone)]
pub struct ThreadConditions(Arc<Inner>);

#[derive(Default)]
struct Inner(Mutex<Queues>);

#[derive(Default)]
struct Queues {
    /// By address, the longest waiting first. There are no empty queues.
    waiting: HashMap<u64, VecDeque<Arc<Waiter>>>,
    count: usize,
    disabled: bool,
}

/// How it stands with a waiting thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Woken,
    Disabled,
}

/// A thread that waits. Its lock is taken after that of the queues.
struct Waiter {
    state: Mutex<State>,
    changed: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiter {
    fn end(&self, state: State) {
        *lock(&self.state) = state;
        self.changed.notify_one();
    }

    /// Waits until the state changes, and returns the new one; or until the time is over or the flag set,
    /// and returns [`State::Waiting`].
    fn wait(&self, deadline: Option<Instant>, interrupted: Option<&AtomicU32>) -> State {
        let mut state = lock(&self.state);
        loop {
            if *state != State::Waiting || is_set(interrupted) {
                return *state;
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return *state;
                    }
                    let woken = self.changed.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

fn is_set(flag: Option<&AtomicU32>) -> bool {
    flag.is_some_and(|flag| flag.load(Ordering::SeqCst) != 0)
}

impl Queues {
    /// Wakes at most `count` threads that wait at `address`.
    fn wake(&mut self, address: u64, count: u32, state: State) -> u32 {
        let Some(queue) = self.waiting.get_mut(&address) else { return 0 };
        let woken = queue.len().min(count as usize);
        queue.drain(..woken).for_each(|waiter| waiter.end(state));
        if queue.is_empty() {
            self.waiting.remove(&address);
        }
        self.count -= woken;
        woken as u32
    }

    fn wake_everywhere(&mut self, state: State) {
        self.waiting.drain().flat_map(|(_, queue)| queue).for_each(|waiter| waiter.end(state));
        self.count = 0;
    }

    /// Takes a waiter out of its queue. False if somebody else has done so.
    fn remove(&mut self, address: u64, waiter: &Arc<Waiter>) -> bool {
        let Some(queue) = self.waiting.get_mut(&address) else { return false };
        let Some(at) = queue.iter().position(|other| Arc::ptr_eq(other, waiter)) else {
            return false;
        };
        queue.remove(at);
        if queue.is_empty() {
            self.waiting.remove(&address);
        }
        self.count -= 1;
        true
    }
}

impl ThreadConditions {
    /// For a new memory.
    pub fn new() -> Self {
        let inner = Arc::<Inner>::default();
        register(&inner);
        Self(inner)
    }

    /// Waits at `dst`: 0 when notified, 1 when `is_expected` says no, 2 when the timeout is over. No
    /// notification is lost between the call of `is_expected` and the waiting. A flag `interrupted` that is
    /// not 0 ends it, also later when the interruption's wake hook is called.
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled, also meanwhile; when too many threads wait; when interrupted.
    pub fn wait(
        &self,
        dst: NotifyLocation,
        timeout: Option<Duration>,
        interrupted: Option<&AtomicU32>,
        is_expected: impl FnOnce() -> bool,
    ) -> Result<u32, WaiterError> {
        // A time too far away to be expressed never comes.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let waiter =
            Arc::new(Waiter { state: Mutex::new(State::Waiting), changed: Condvar::new() });
        let mut queues = lock(&self.0.0);
        if queues.disabled {
            return Err(WaiterError::AtomicsDisabled);
        }
        if !is_expected() {
            return Ok(NOT_EQUAL);
        }
        if queues.count >= MAX_WAITERS {
            return Err(WaiterError::TooManyWaiters);
        }
        queues.waiting.entry(dst.address).or_default().push_back(waiter.clone());
        queues.count += 1;
        drop(queues);

        let mut state = waiter.wait(deadline, interrupted);
        if state == State::Waiting {
            if lock(&self.0.0).remove(dst.address, &waiter) {
                return match is_set(interrupted) {
                    true => Err(WaiterError::Interrupted),
                    false => Ok(TIMED_OUT),
                };
            }
            // It was notified at the last moment, and counted.
            state = *lock(&waiter.state);
        }
        match state {
            State::Disabled => Err(WaiterError::AtomicsDisabled),
            State::Waiting | State::Woken => Ok(WOKEN),
        }
    }

    /// Wakes at most `count` threads that wait at `dst`, the longest waiting first, and returns how many.
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled.
    pub fn notify(&self, dst: NotifyLocation, count: u32) -> Result<u32, WaiterError> {
        let mut queues = lock(&self.0.0);
        match queues.disabled {
            true => Err(WaiterError::AtomicsDisabled),
            false => Ok(queues.wake(dst.address, count, State::Woken)),
        }
    }

    /// Wakes all threads as if they had been notified.
    pub fn wake_all(&self) {
        lock(&self.0.0).wake_everywhere(State::Woken);
    }

    /// Makes all that wait fail, and all that want to wait or notify later.
    pub fn disable_atomics(&self) {
        let mut queues = lock(&self.0.0);
        queues.disabled = true;
        queues.wake_everywhere(State::Disabled);
    }
}

impl Default for ThreadConditions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ThreadConditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadConditions").finish_non_exhaustive()
    }
}

/// All memories on which threads may wait.
static MEMORIES: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

fn register(inner: &Arc<Inner>) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| set_wake_hook(look_at_flags));
    let mut memories = lock(&MEMORIES);
    // Now and then, so that it costs nothing to speak of.
    if memories.len() == memories.capacity() {
        memories.retain(|memory| memory.strong_count() > 0);
    }
    memories.push(Arc::downgrade(inner));
}

/// Makes all waiting threads look at the flags by which they are interrupted.
fn look_at_flags() {
    let memories: Vec<_> = lock(&MEMORIES).iter().filter_map(Weak::upgrade).collect();
    for memory in memories {
        for waiter in lock(&memory.0).waiting.values().flatten() {
            // A thread that holds the lock has not looked yet, or is past that and about to wait.
            drop(lock(&waiter.state));
            waiter.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const HERE: NotifyLocation = NotifyLocation { address: 8 };
    const THERE: NotifyLocation = NotifyLocation { address: 16 };
    const SOON: Option<Duration> = Some(Duration::from_millis(5));

    /// Waits until `count` threads wait.
    fn until_waiting(conditions: &ThreadConditions, count: usize) {
        while lock(&conditions.0.0).count != count {
            thread::yield_now();
        }
    }

    #[test]
    fn timeouts_and_values() {
        let conditions = ThreadConditions::new();
        let before = Instant::now();
        assert_eq!(conditions.wait(HERE, SOON, None, || true), Ok(TIMED_OUT));
        assert!(before.elapsed() >= SOON.unwrap());
        assert_eq!(conditions.wait(HERE, Some(Duration::ZERO), None, || true), Ok(TIMED_OUT));
        assert_eq!(conditions.wait(HERE, None, None, || false), Ok(NOT_EQUAL));
        assert_eq!(conditions.notify(HERE, 1), Ok(0));
        assert!(lock(&conditions.0.0).waiting.is_empty());
    }

    #[test]
    fn notifications_go_to_their_address_and_are_counted() {
        let conditions = ThreadConditions::new();
        thread::scope(|scope| {
            let threads: Vec<_> = [HERE, HERE, HERE, THERE]
                .into_iter()
                .enumerate()
                .map(|(n, place)| {
                    let conditions = &conditions;
                    let long = Some(Duration::MAX);
                    let thread = scope.spawn(move || conditions.wait(place, long, None, || true));
                    until_waiting(conditions, n + 1);
                    thread
                })
                .collect();
            assert_eq!(conditions.notify(HERE, 2), Ok(2));
            until_waiting(&conditions, 2);
            assert_eq!(conditions.notify(HERE, u32::MAX), Ok(1));
            assert_eq!(conditions.notify(HERE, u32::MAX), Ok(0));
            conditions.wake_all();
            for thread in threads {
                assert_eq!(thread.join().unwrap(), Ok(WOKEN));
            }
        });
    }

    #[test]
    fn every_notified_thread_knows() {
        let conditions = ThreadConditions::new();
        let mut notified = 0;
        let woken = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let time = Some(Duration::from_micros(50));
                        (0..200)
                            .filter(|_| conditions.wait(HERE, time, None, || true) == Ok(WOKEN))
                            .count()
                    })
                })
                .collect();
            while threads.iter().any(|thread| !thread.is_finished()) {
                notified += conditions.notify(HERE, 1).unwrap() as usize;
            }
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(woken, notified);
    }

    #[test]
    fn disabling() {
        let conditions = ThreadConditions::new();
        thread::scope(|scope| {
            let thread = scope.spawn(|| conditions.wait(HERE, None, None, || true));
            until_waiting(&conditions, 1);
            conditions.disable_atomics();
            assert_eq!(thread.join().unwrap(), Err(WaiterError::AtomicsDisabled));
        });
        assert_eq!(conditions.wait(HERE, None, None, || true), Err(WaiterError::AtomicsDisabled));
        assert_eq!(conditions.notify(HERE, 1), Err(WaiterError::AtomicsDisabled));
    }

    #[test]
    fn interruption() {
        let conditions = ThreadConditions::new();
        let (flag, other) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            let thread = scope.spawn(|| conditions.wait(HERE, None, Some(&flag), || true));
            let calm = scope.spawn(|| conditions.wait(HERE, None, Some(&other), || true));
            until_waiting(&conditions, 2);
            flag.store(1, Ordering::SeqCst);
            look_at_flags();
            assert_eq!(thread.join().unwrap(), Err(WaiterError::Interrupted));
            until_waiting(&conditions, 1);
            conditions.notify(HERE, 1).unwrap();
            assert_eq!(calm.join().unwrap(), Ok(WOKEN));
        });
        assert_eq!(
            conditions.wait(HERE, None, Some(&flag), || true),
            Err(WaiterError::Interrupted)
        );
    }
}
