//! Counting references without a counter that all threads write.
//!
//! A module is kept alive by each of its instances. When several threads make instances at the same time, the
//! one counter in an [`Arc`] goes back and forth between their caches, which takes longer than all the rest.
//! So there are several counters, and each thread uses one of them.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// A value with several reference counters.
pub(crate) struct Sharded<T> {
    shards: [Arc<Shard<T>>; SHARDS],
}

/// Keeps counters in different cache lines.
#[repr(align(128))]
struct Shard<T>(Arc<T>);

impl<T> Sharded<T> {
    pub(crate) fn new(value: T) -> Self {
        let value = Arc::new(value);
        Self { shards: std::array::from_fn(|_| Arc::new(Shard(value.clone()))) }
    }

    /// A reference that may outlive this one.
    #[inline]
    pub(crate) fn lease(&self) -> Lease<T> {
        Lease(self.shards[shard_of_thread()].clone())
    }
}

impl<T> Deref for Sharded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.shards[0].0
    }
}

impl<T: fmt::Debug> fmt::Debug for Sharded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A counted reference to the value of a [`Sharded`].
pub(crate) struct Lease<T>(Arc<Shard<T>>);

impl<T> Deref for Lease<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_reference_drops_the_value() {
        let value = Arc::new(());
        let count = || Arc::strong_count(&value);
        let sharded = Sharded::new(value.clone());
        let leases: Vec<_> = (0..20)
            .map(|_| std::thread::scope(|scope| scope.spawn(|| sharded.lease()).join().unwrap()))
            .collect();
        assert!(leases.iter().all(|lease| Arc::ptr_eq(lease, &value)));
        drop(sharded);
        assert_eq!(count(), 2);
        drop(leases);
        assert_eq!(count(), 1);
    }
}
