//! Counting references without a counter that all threads write.
//!
//! A module is kept alive by each of its instances, an engine by each of its stores. When several threads make
//! these at the same time, the one counter in an [`Arc`](std::sync::Arc) goes back and forth between their caches,
//! which takes longer than all the rest. So there are several counters, and each thread uses one of them.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// How many counters there are.
pub(crate) const SHARDS: usize = 8;

/// Which of `SHARDS` things this thread uses. Threads get them in turn.
#[inline]
pub(crate) fn shard_of_thread() -> usize {
    const NONE: usize = usize::MAX;
    thread_local! {
        static SHARD: Cell<usize> = const { Cell::new(NONE) };
    }
    SHARD.with(|shard| {
        if shard.get() == NONE {
            static NEXT: AtomicUsize = AtomicUsize::new(0);
            shard.set(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
        }
        shard.get()
    })
}

/// A counted reference to a value, as an [`Arc`](std::sync::Arc), for values that many threads take references to.
///
/// A reference is counted in the shard of the thread that made it, wherever it is dropped. Nobody looks at the
/// sum of the shards as long as the first reference is there, which is not counted. After that a shard that
/// becomes empty says so to the others (as do the reference counts of Linux, `percpu_ref`).
pub struct Shared<T> {
    block: NonNull<Block<T>>,
    /// Where this reference is counted, or `FIRST`.
    shard: usize,
    owner: PhantomData<Block<T>>,
}

struct Block<T> {
    counts: [Count; SHARDS],
    /// How many of the counts are not empty, or may still be filled through the first reference. A count that
    /// leaves `EMPTY` is added here by a thread that has another reference, so that this is not zero before the
    /// last reference is gone.
    shards_in_use: AtomicUsize,
    value: T,
}

/// `ONE` for each reference of a shard, and `EMPTY` from when the first reference was dropped.
///
/// The alignment keeps counters in different cache lines.
#[derive(Default)]
#[repr(align(128))]
struct Count(AtomicUsize);

/// What a count is when its shard has no references and the first reference is gone.
const EMPTY: usize = 1;
const ONE: usize = 2;

/// The shard of the first reference.
const FIRST: usize = usize::MAX;

// SAFETY: as for `Arc`: a reference lets its thread use the value, and the last one drop it.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The first reference to `value`.
    pub fn new(value: T) -> Self {
        let shards_in_use = AtomicUsize::new(SHARDS);
        let block = Box::new(Block { counts: Default::default(), shards_in_use, value });
        Self { block: NonNull::from(Box::leak(block)), shard: FIRST, owner: PhantomData }
    }

    fn block(&self) -> &Block<T> {
        // SAFETY: the block lives as long as there is a reference.
        unsafe { self.block.as_ref() }
    }

    /// Whether both refer to the same value.
    pub fn ptr_eq(a: &Self, b: &Self) -> bool {
        a.block == b.block
    }

    /// How many references there are. It may be out of date when other threads make or drop some meanwhile.
    pub fn count(this: &Self) -> usize {
        let counts = this.block().counts.each_ref().map(|count| count.0.load(Ordering::Relaxed));
        let first = usize::from(counts[0] & EMPTY == 0);
        first + counts.iter().map(|count| count / ONE).sum::<usize>()
    }

    /// Takes one from `shards_in_use`, and drops the value when there are none.
    ///
    /// # Safety
    ///
    /// A shard was counted there that has become empty, and nobody has taken it away yet. The block is not used
    /// afterwards but through other shards that are counted.
    #[cold]
    unsafe fn shard_is_empty(block: NonNull<Block<T>>) {
        // What other references of this shard did happens before what follows, and what they and those of other
        // shards did happens before the value is dropped.
        fence(Ordering::Acquire);
        // SAFETY: the shard is still counted, which keeps the block.
        if unsafe { block.as_ref() }.shards_in_use.fetch_sub(1, Ordering::AcqRel) == 1 {
            // SAFETY: no shard is left, so there is no reference; `new` made the block as a box.
            drop(unsafe { Box::from_raw(block.as_ptr()) });
        }
    }

    /// From now on the shards say when they become empty.
    #[cold]
    fn drop_first(&mut self) {
        for shard in 0..SHARDS {
            // SAFETY: this shard is still counted, since it gets to know only here that it may become empty.
            let count = unsafe { &(*self.block.as_ptr()).counts[shard].0 };
            if count.fetch_or(EMPTY, Ordering::AcqRel) == 0 {
                // SAFETY: no reference of this shard has found it empty, as it wasn't `EMPTY` before.
                unsafe { Self::shard_is_empty(self.block) };
            }
        }
    }
}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        let shard = shard_of_thread();
        let block = self.block();
        // `self` keeps the block alive until both counts are right.
        if block.counts[shard].0.fetch_add(ONE, Ordering::Relaxed) == EMPTY {
            block.shards_in_use.fetch_add(1, Ordering::Relaxed);
        }
        Self { block: self.block, shard, owner: PhantomData }
    }
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        if self.shard == FIRST {
            return self.drop_first();
        }
        if self.block().counts[self.shard].0.fetch_sub(ONE, Ordering::Release) == EMPTY + ONE {
            // SAFETY: this was the last reference of its shard, and `drop_first` has left the shard to it.
            unsafe { Self::shard_is_empty(self.block) };
        }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.block().value
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn the_last_reference_drops_the_value() {
        let value = Arc::new(());
        let first = Shared::new(value.clone());
        let clone = || first.clone();
        let others: Vec<_> =
            (0..20).map(|_| thread::scope(|scope| scope.spawn(clone).join().unwrap())).collect();
        assert!(others.iter().all(|other| Shared::ptr_eq(other, &first)));
        assert_eq!(Shared::count(&first), 21);
        drop(first);
        assert_eq!(Arc::strong_count(&value), 2);
        drop(others);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn threads_pass_references_around() {
        for _ in 0..200 {
            let value = Arc::new(());
            let first = Shared::new(value.clone());
            thread::scope(|scope| {
                for _ in 0..4 {
                    let own = first.clone();
                    scope.spawn(move || {
                        let mut last = own;
                        for _ in 0..200 {
                            let next = last.clone();
                            assert_eq!(Arc::strong_count(&next), 2);
                            last = next;
                        }
                    });
                }
                drop(first);
            });
            assert_eq!(Arc::strong_count(&value), 1);
        }
    }
}
