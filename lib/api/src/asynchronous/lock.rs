//! Who uses a store that several tasks share: one that changes it, or any number that read it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Locked for changes.
const WRITE: u32 = 1 << 31;
/// Somebody waits. Below are the number of readers.
const WANTED: u32 = 1 << 30;

/// A lock for tasks: who can't have it waits without blocking the thread.
///
/// It is given to nobody in particular: whoever waits is told when it becomes free, and who comes first gets it.
/// So a task that waits and is not polled any more is in nobody's way.
pub(crate) struct Lock {
    state: AtomicU32,
    wakers: Mutex<Vec<(u64, Waker)>>,
}

/// How a lock is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A place among those who wait.
#[derive(Debug, Default)]
pub(crate) struct Place(Option<u64>);

impl Lock {
    /// Locked for changes.
    pub(crate) const fn new_locked() -> Self {
        Self { state: AtomicU32::new(WRITE), wakers: Mutex::new(Vec::new()) }
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<(u64, Waker)>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock if it is free.
    #[inline]
    pub(crate) fn try_lock(&self, access: Access) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            let readers = state & !WANTED;
            let locked = match access {
                Access::Write if readers == 0 => state | WRITE,
                // One less than what would be taken for the bit above.
                Access::Read if readers < WANTED - 1 => state + 1,
                _ => return false,
            };
            match self.state.compare_exchange_weak(
                state,
                locked,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
    }

    /// Takes the lock, or has `context` woken when it may be free.
    #[inline]
    pub(crate) fn poll_lock(
        &self,
        access: Access,
        place: &mut Place,
        context: &Context<'_>,
    ) -> Poll<()> {
        match self.try_lock(access) {
            true => Poll::Ready(()),
            false => self.wait(access, place, context),
        }
    }

    #[cold]
    fn wait(&self, access: Access, place: &mut Place, context: &Context<'_>) -> Poll<()> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let mut wakers = self.wakers();
        // Whoever unlocks after this wakes those who wait, for which it needs `wakers`, also when somebody else
        // has got the lock meanwhile.
        self.state.fetch_or(WANTED, Ordering::Relaxed);
        if self.try_lock(access) {
            return Poll::Ready(());
        }
        let number = *place.0.get_or_insert_with(|| NUMBERS.fetch_add(1, Ordering::Relaxed));
        match wakers.iter_mut().find(|(other, _)| *other == number) {
            Some((_, waker)) => waker.clone_from(context.waker()),
            None => wakers.push((number, context.waker().clone())),
        }
        Poll::Pending
    }

    /// Gives up waiting.
    #[inline(always)]
    pub(crate) fn forget(&self, place: &mut Place) {
        if let Some(number) = place.0.take() {
            self.remove(number);
        }
    }

    #[cold]
    fn remove(&self, number: u64) {
        self.wakers().retain(|(other, _)| *other != number);
    }

    /// Gives the lock back.
    #[inline]
    pub(crate) fn unlock(&self, access: Access) {
        let before = match access {
            Access::Write => self.state.swap(0, Ordering::Release),
            Access::Read => self.state.fetch_sub(1, Ordering::Release),
        };
        if before & WANTED != 0 {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        let wakers = {
            let mut wakers = self.wakers();
            self.state.fetch_and(!WANTED, Ordering::Relaxed);
            std::mem::take(&mut *wakers)
        };
        wakers.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

#[cfg(test)]
mod tests {
    use std::cell::UnsafeCell;
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::Wake;
    use std::thread::{self, Thread};

    use super::*;

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn block_on<R>(future: impl Future<Output = R>) -> R {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut future = std::pin::pin!(future);
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }

    async fn locked(lock: &Lock, access: Access) {
        let mut place = Place::default();
        poll_fn(|context| lock.poll_lock(access, &mut place, context)).await;
        lock.forget(&mut place);
    }

    #[test]
    fn one_writer_or_many_readers() {
        let lock = Lock::new_locked();
        assert!(!lock.try_lock(Access::Read) && !lock.try_lock(Access::Write));
        lock.unlock(Access::Write);
        assert!(lock.try_lock(Access::Read) && lock.try_lock(Access::Read));
        assert!(!lock.try_lock(Access::Write));
        lock.unlock(Access::Read);
        assert!(!lock.try_lock(Access::Write));
        lock.unlock(Access::Read);
        assert!(lock.try_lock(Access::Write));
    }

    #[test]
    fn those_who_wait_are_woken() {
        struct Shared(Lock, UnsafeCell<u64>);
        // SAFETY: the number is used under the lock.
        unsafe impl Sync for Shared {}

        let shared = Shared(Lock::new_locked(), UnsafeCell::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let shared = &shared;
                    block_on(async {
                        for n in 0..5_000 {
                            locked(&shared.0, Access::Write).await;
                            // SAFETY: under the lock.
                            unsafe { *shared.1.get() += 1 };
                            shared.0.unlock(Access::Write);
                            if n % 8 == 0 {
                                locked(&shared.0, Access::Read).await;
                                // SAFETY: under the lock.
                                assert!(unsafe { *shared.1.get() } > 0);
                                shared.0.unlock(Access::Read);
                            }
                        }
                    });
                });
            }
            shared.0.unlock(Access::Write);
        });
        assert_eq!(shared.1.into_inner(), 20_000);
    }

    #[test]
    fn who_gives_up_is_in_nobodys_way() {
        let lock = Lock::new_locked();
        let mut place = Place::default();
        let context = Context::from_waker(Waker::noop());
        assert!(lock.poll_lock(Access::Read, &mut place, &context).is_pending());
        lock.unlock(Access::Write);
        // It has been woken, and takes its time.
        assert!(lock.try_lock(Access::Write));
        assert!(lock.poll_lock(Access::Read, &mut place, &context).is_pending());
        lock.forget(&mut place);
        assert!(lock.wakers().is_empty());
    }
}
