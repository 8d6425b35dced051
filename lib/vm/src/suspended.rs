//! Calls that wait for the host, to be woken when they are to end.
//!
//! An interruption does not reach a call that is suspended: no thread runs it. So the call leaves a waker here, and is
//! polled again when the store is interrupted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// The suspended calls of a store.
#[derive(Debug)]
pub struct SuspendedCalls(Mutex<Calls>);

#[derive(Debug)]
struct Calls {
    wakers: Vec<Option<Waker>>,
    /// Places that are empty.
    free: Vec<usize>,
}

/// The place of a call among the suspended ones, if it has one.
#[derive(Debug, Default)]
pub struct Suspension(Option<usize>);

impl SuspendedCalls {
    /// None.
    pub const fn new() -> Self {
        Self(Mutex::new(Calls { wakers: Vec::new(), free: Vec::new() }))
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `waker` woken by interruptions from now on, in place of the one that the call has left before.
    ///
    /// An interruption that has happened is not told: look at the flag after this.
    pub fn register(&self, call: &mut Suspension, waker: &Waker) {
        // Wakers may be all that is left of tasks, and drop them: not under the lock.
        let _replaced = {
            let mut calls = self.calls();
            let place = *call.0.get_or_insert_with(|| {
                calls.free.pop().unwrap_or_else(|| {
                    calls.wakers.push(None);
                    calls.wakers.len() - 1
                })
            });
            match &calls.wakers[place] {
                Some(same) if same.will_wake(waker) => None,
                _ => calls.wakers[place].replace(waker.clone()),
            }
        };
    }

    /// Forgets a call.
    #[inline]
    pub fn forget(&self, call: &mut Suspension) {
        if let Some(place) = call.0.take() {
            let _waker = self.remove(place);
        }
    }

    #[cold]
    fn remove(&self, place: usize) -> Option<Waker> {
        let mut calls = self.calls();
        calls.free.push(place);
        calls.wakers[place].take()
    }

    /// The wakers of all calls.
    pub(crate) fn wakers(&self) -> Vec<Waker> {
        self.calls().wakers.iter().flatten().cloned().collect()
    }
}

impl Default for SuspendedCalls {
    fn default() -> Self {
        Self::new()
    }
}

/// Wakes all of them, also when one panics.
pub(crate) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker fails");
        }
    }

    #[test]
    fn all_are_woken_until_they_are_forgotten() {
        let calls = SuspendedCalls::new();
        let counts: [Arc<Count>; 3] = Default::default();
        let mut places: [Suspension; 3] = Default::default();
        let found = || counts.each_ref().map(|count| count.0.load(Ordering::Relaxed));
        for (place, count) in places.iter_mut().zip(&counts) {
            calls.register(place, &count.clone().into());
        }
        wake(calls.wakers());
        assert_eq!(found(), [1, 1, 1]);
        calls.forget(&mut places[1]);
        calls.forget(&mut places[1]);
        wake(calls.wakers());
        assert_eq!(found(), [2, 1, 2]);
        // The free place is used again, and a task may change its waker.
        calls.register(&mut places[1], &counts[1].clone().into());
        calls.register(&mut places[0], &counts[1].clone().into());
        wake(calls.wakers());
        assert_eq!((found(), calls.wakers().len()), ([2, 3, 3], 3));
    }

    #[test]
    fn one_that_panics_keeps_nobody_from_being_woken() {
        let calls = SuspendedCalls::new();
        let count = Arc::new(Count::default());
        let [mut first, mut second] = [Suspension::default(), Suspension::default()];
        calls.register(&mut first, &Arc::new(Panics).into());
        calls.register(&mut second, &count.clone().into());
        wake(calls.wakers());
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }

    /// A task whose last waker is the one that is left here forgets its call when it is dropped.
    #[test]
    fn wakers_are_dropped_outside_of_the_lock() {
        struct Task(&'static SuspendedCalls, Mutex<Suspension>);

        impl Wake for Task {
            fn wake(self: Arc<Self>) {}
        }

        impl Drop for Task {
            fn drop(&mut self) {
                self.0.forget(self.1.get_mut().unwrap());
            }
        }

        static CALLS: SuspendedCalls = SuspendedCalls::new();
        let task = || {
            let mut own = Suspension::default();
            CALLS.register(&mut own, Waker::noop());
            Waker::from(Arc::new(Task(&CALLS, Mutex::new(own))))
        };
        let mut place = Suspension::default();
        CALLS.register(&mut place, &task());
        CALLS.register(&mut place, &task());
        CALLS.forget(&mut place);
        assert!(CALLS.wakers().is_empty());
    }
}
