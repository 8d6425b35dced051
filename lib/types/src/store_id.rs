//! Identity of stores.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tells stores apart: each [`StoreId::default`] is different from all others of this process.
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
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(NonZeroUsize::new(id).expect("a process makes fewer than 2^64 stores"))
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
