//! Identity of stores.

use std::cell::Cell;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tells stores apart: each [`StoreId::default`] is different from all others of this process.
///
/// ```
/// use wasmer_types::StoreId;
///
/// let id = StoreId::default();
/// assert_ne!(id, StoreId::default());
/// assert_eq!(id.to_string(), id.as_raw().to_string());
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct StoreId(NonZeroUsize);

impl StoreId {
    /// The number behind the identity.
    pub fn as_raw(&self) -> NonZeroUsize {
        self.0
    }
}

impl Default for StoreId {
    fn default() -> Self {
        /// Numbers that a thread takes at once, so that threads rarely write the same counter.
        const BLOCK: usize = 1 << 10;
        static NEXT: AtomicUsize = AtomicUsize::new(BLOCK);
        thread_local! {
            static OWN: Cell<usize> = const { Cell::new(0) };
        }
        OWN.with(|own| {
            let mut id = own.get();
            if id.is_multiple_of(BLOCK) {
                id = NEXT.fetch_add(BLOCK, Ordering::Relaxed);
            }
            own.set(id + 1);
            Self(NonZeroUsize::new(id).expect("a process makes fewer than 2^64 stores"))
        })
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn all_are_different() {
        let ids = || (0..5000).map(|_| StoreId::default()).collect::<Vec<_>>();
        let all: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ids)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 20_000);
    }
}
