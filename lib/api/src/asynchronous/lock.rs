//! Who uses a store that several tasks share: one that changes it, or any number that read it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Locked for changes.
const WRITE: u32 = 1 << 31;
/// Somebody waits. Below is the number of readers.
const QUEUED: u32 = 1 << 30;

/// A lock for tasks: who can't have it waits without blocking the thread.
///
/// It goes to those who wait in the order in which they came: whoever unlocks hands it over to the first of them, or to
/// all readers before the next writer. From then on it is theirs, even before they are polled, and nobody who comes
/// later gets ahead of them. One that gives up ([`Lock::forget`]) hands it over to the next.
pub(crate) struct Lock {
    state: AtomicU32,
    queue: Mutex<Queue>,
}

struct Queue {
    /// Those who wait, in order. [`QUEUED`] is set as long as there is one; it only changes under the lock of the queue.
    waiting: VecDeque<Waiter>,
    /// Those who have got the lock and don't know it yet.
    granted: Vec<(u64, Access)>,
    /// Number of the next one.
    next: u64,
}

struct Waiter {
    number: u64,
    access: Access,
    waker: Waker,
}

/// How a lock is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A place among those who wait, or who have got the lock since.
#[derive(Debug, Default)]
pub(crate) struct Place(Option<u64>);

impl Queue {
    /// Where one lies that waits.
    fn find(&self, number: u64) -> Option<usize> {
        self.waiting.binary_search_by_key(&number, |waiter| waiter.number).ok()
    }

    /// Whether one has got the lock, which it knows after this.
    fn take_granted(&mut self, number: u64) -> Option<Access> {
        let at = self.granted.iter().position(|(other, _)| *other == number)?;
        Some(self.granted.swap_remove(at).1)
    }
}

impl Lock {
    /// Locked for changes.
    pub(crate) const fn new_locked() -> Self {
        let queue = Queue { waiting: VecDeque::new(), granted: Vec::new(), next: 0 };
        Self { state: AtomicU32::new(WRITE), queue: Mutex::new(queue) }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock if it is free. Who reads gets it also when others read and somebody waits.
    #[inline]
    pub(crate) fn try_lock(&self, access: Access) -> bool {
        self.take(access, 0, WRITE)
    }

    /// Takes the lock for changes if the state is `free`, or for reading if no bit of `forbidden` is set in it.
    #[inline]
    fn take(&self, access: Access, free: u32, forbidden: u32) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            let locked = match access {
                Access::Write if state == free => state | WRITE,
                // One less than what would be taken for the bit above.
                Access::Read if state & forbidden == 0 && state & (QUEUED - 1) < QUEUED - 2 => {
                    state + 1
                }
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

    /// Takes the lock, or has `context` woken when it is handed over.
    #[inline]
    pub(crate) fn poll_lock(
        &self,
        access: Access,
        place: &mut Place,
        context: &Context<'_>,
    ) -> Poll<()> {
        match place.0.is_none() && self.take(access, 0, WRITE | QUEUED) {
            true => Poll::Ready(()),
            false => self.wait(access, place, context),
        }
    }

    #[cold]
    fn wait(&self, access: Access, place: &mut Place, context: &Context<'_>) -> Poll<()> {
        let mut changes = Changes::default();
        let mut queue = self.queue();
        let Some(number) = place.0 else {
            let number = queue.next;
            queue.next += 1;
            queue.waiting.push_back(Waiter { number, access, waker: context.waker().clone() });
            // Whoever unlocks after this hands the lock over, for which it needs the queue. If somebody has unlocked
            // before, we do.
            self.state.fetch_or(QUEUED, Ordering::Relaxed);
            self.hand_over(&mut queue, &mut changes);
            if queue.take_granted(number).is_some() {
                changes.dropped = changes.woken.pop();
                return Poll::Ready(());
            }
            place.0 = Some(number);
            return Poll::Pending;
        };
        if queue.take_granted(number).is_some() {
            place.0 = None;
            return Poll::Ready(());
        }
        let at = queue.find(number).expect("who has a place waits or has got the lock");
        let waker = &mut queue.waiting[at].waker;
        if !waker.will_wake(context.waker()) {
            changes.dropped = Some(std::mem::replace(waker, context.waker().clone()));
        }
        Poll::Pending
    }

    /// Gives up waiting, and the lock, if it was handed over.
    #[inline(always)]
    pub(crate) fn forget(&self, place: &mut Place) {
        if let Some(number) = place.0.take() {
            self.remove(number);
        }
    }

    #[cold]
    fn remove(&self, number: u64) {
        let mut changes = Changes::default();
        let mut queue = self.queue();
        if let Some(access) = queue.take_granted(number) {
            self.release(access);
        } else if let Some(at) = queue.find(number) {
            changes.dropped = queue.waiting.remove(at).map(|waiter| waiter.waker);
        }
        // Readers may have waited for a writer that only waited itself.
        self.hand_over(&mut queue, &mut changes);
    }

    /// Gives the lock back.
    #[inline]
    pub(crate) fn unlock(&self, access: Access) {
        let is_awaited = match access {
            Access::Write => {
                self.state.compare_exchange(WRITE, 0, Ordering::Release, Ordering::Relaxed).is_err()
            }
            Access::Read => self.state.fetch_sub(1, Ordering::Release) == QUEUED | 1,
        };
        if is_awaited {
            self.unlock_awaited(access);
        }
    }

    #[cold]
    fn unlock_awaited(&self, access: Access) {
        let mut changes = Changes::default();
        let mut queue = self.queue();
        if access == Access::Write {
            self.release(access);
        }
        self.hand_over(&mut queue, &mut changes);
    }

    /// Gives the lock back to nobody.
    fn release(&self, access: Access) {
        match access {
            Access::Write => self.state.fetch_and(!WRITE, Ordering::Release),
            Access::Read => self.state.fetch_sub(1, Ordering::Release),
        };
    }

    /// Gives the lock to the first ones in the queue, as many as can have it.
    fn hand_over(&self, queue: &mut Queue, changes: &mut Changes) {
        while let Some(first) = queue.waiting.front()
            && self.take(first.access, QUEUED, WRITE)
            && let Some(Waiter { number, access, waker }) = queue.waiting.pop_front()
        {
            queue.granted.push((number, access));
            changes.woken.push(waker);
        }
        if queue.waiting.is_empty() {
            self.state.fetch_and(!QUEUED, Ordering::Relaxed);
        }
    }
}

/// What happens when this is dropped, which is after the queue was unlocked: wakers may be all that is left of tasks that
/// are in the queue themselves.
#[derive(Default)]
struct Changes {
    woken: Vec<Waker>,
    dropped: Option<Waker>,
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.woken.drain(..).for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::UnsafeCell;
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
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

    /// One that waits, and how often it was woken.
    struct Task<'a> {
        lock: &'a Lock,
        access: Access,
        place: Place,
        woken: Arc<Count>,
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl<'a> Task<'a> {
        /// One that has to wait.
        fn new(lock: &'a Lock, access: Access) -> Self {
            let mut task = Self { lock, access, place: Place::default(), woken: Arc::default() };
            assert!(!task.poll());
            task
        }

        fn poll(&mut self) -> bool {
            let waker = self.woken.clone().into();
            let context = Context::from_waker(&waker);
            self.lock.poll_lock(self.access, &mut self.place, &context).is_ready()
        }

        fn woken(&self) -> usize {
            self.woken.0.load(Ordering::Relaxed)
        }
    }

    impl Drop for Task<'_> {
        fn drop(&mut self) {
            self.lock.forget(&mut self.place);
        }
    }

    #[test]
    fn first_come_first_served() {
        let lock = Lock::new_locked();
        let accesses = [Access::Write, Access::Read, Access::Read, Access::Write, Access::Read];
        let mut tasks = accesses.map(|access| Task::new(&lock, access));
        let woken = |tasks: &[Task<'_>; 5]| tasks.each_ref().map(Task::woken);
        lock.unlock(Access::Write);
        assert_eq!(woken(&tasks), [1, 0, 0, 0, 0]);
        // It is the first one's, also before that is polled.
        assert!(!lock.try_lock(Access::Write) && !lock.try_lock(Access::Read));
        assert!(!tasks[1].poll() && tasks[0].poll());
        lock.unlock(Access::Write);
        assert_eq!(woken(&tasks), [1, 1, 1, 0, 0]);
        // Who comes later does not get ahead of the writer, unless it does not wait.
        let late = Task::new(&lock, Access::Read);
        assert!(lock.try_lock(Access::Read));
        assert!(tasks[2].poll() && tasks[1].poll() && !tasks[4].poll());
        (0..3).for_each(|_| lock.unlock(Access::Read));
        assert_eq!(woken(&tasks), [1, 1, 1, 1, 0]);
        assert!(tasks[3].poll());
        lock.unlock(Access::Write);
        assert_eq!((woken(&tasks), late.woken()), ([1; 5], 1));
        drop(late);
        assert!(tasks[4].poll());
        lock.unlock(Access::Read);
        assert!(lock.try_lock(Access::Write), "free");
    }

    #[test]
    fn who_gives_up_hands_the_lock_over() {
        let lock = Lock::new_locked();
        let [first, second] = [Access::Write, Access::Write].map(|it| Task::new(&lock, it));
        let [mut third, mut fourth] = [Access::Read, Access::Read].map(|it| Task::new(&lock, it));
        lock.unlock(Access::Write);
        // It has got the lock and does not want it any more, and the next one has not got it yet.
        assert_eq!((first.woken(), second.woken()), (1, 0));
        drop(second);
        assert_eq!(third.woken(), 0);
        drop(first);
        assert_eq!((third.woken(), fourth.woken()), (1, 1));
        assert!(third.poll());
        drop(third);
        assert!(fourth.poll());
        lock.unlock(Access::Read);
        let late = Task::new(&lock, Access::Write);
        lock.unlock(Access::Read);
        assert_eq!(late.woken(), 1);
        drop(late);
        assert!(lock.try_lock(Access::Write));
        let queue = lock.queue();
        assert!(queue.waiting.is_empty() && queue.granted.is_empty());
    }

    #[test]
    fn readers_go_on_when_the_writer_before_them_gives_up() {
        let lock = Lock::new_locked();
        lock.unlock(Access::Write);
        assert!(lock.try_lock(Access::Read));
        let writer = Task::new(&lock, Access::Write);
        let mut reader = Task::new(&lock, Access::Read);
        drop(writer);
        assert_eq!(reader.woken(), 1);
        assert!(reader.poll());
        lock.unlock(Access::Read);
        lock.unlock(Access::Read);
        assert!(lock.try_lock(Access::Write));
    }

    /// Threads that give up at any time, of which none may leave the lock taken or another asleep.
    #[test]
    fn nothing_is_lost_when_tasks_are_dropped() {
        let lock = Lock::new_locked();
        lock.unlock(Access::Write);
        thread::scope(|scope| {
            for seed in 0..4u32 {
                let lock = &lock;
                scope.spawn(move || {
                    for n in 0..20_000u32 {
                        let number = (n ^ seed).wrapping_mul(0x9e37_79b9) >> 16;
                        let access = if number & 1 == 0 { Access::Read } else { Access::Write };
                        if number & 6 == 0 {
                            let mut place = Place::default();
                            let context = Context::from_waker(Waker::noop());
                            if lock.poll_lock(access, &mut place, &context).is_ready() {
                                lock.unlock(access);
                            }
                            lock.forget(&mut place);
                        } else {
                            block_on(locked(lock, access));
                            lock.unlock(access);
                        }
                    }
                });
            }
        });
        assert!(lock.try_lock(Access::Write));
    }
}
