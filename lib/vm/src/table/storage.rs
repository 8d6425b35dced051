//! Memory for the elements of tables, recycled per thread.
//!
//! It is counted in words, whatever the elements are. Storage in the list is zero, so that a table of many elements is
//! made without touching them.

use std::alloc::{self, Layout};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Storages that a thread keeps.
const KEPT: usize = 8;

/// Bytes of the largest storage that is kept.
const MAX_KEPT_BYTES: usize = 1 << 20;

thread_local! {
    static FREE: RefCell<Vec<Storage>> = const { RefCell::new(Vec::new()) };
}

/// Words for elements, all of them initialised.
#[derive(Debug)]
pub(super) struct Storage {
    start: NonNull<usize>,
    capacity: usize,
}

// SAFETY: it owns its memory.
unsafe impl Send for Storage {}

impl Storage {
    /// At least `words` words, all 0. `None` when memory runs out.
    #[inline]
    pub(super) fn zeroed(words: usize) -> Option<Self> {
        if words == 0 {
            return Some(Self { start: NonNull::dangling(), capacity: 0 });
        }
        let kept = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            // Not much larger ones, so that a large table finds one of its size.
            let fits = |storage: &Self| storage.capacity >= words && storage.capacity / 2 <= words;
            let at = free.iter().rposition(fits)?;
            Some(free.swap_remove(at))
        });
        kept.ok().flatten().or_else(|| Self::allocate(words))
    }

    #[cold]
    fn allocate(words: usize) -> Option<Self> {
        let layout = Layout::array::<usize>(words).ok()?;
        // SAFETY: the layout has a size.
        let start = NonNull::new(unsafe { alloc::alloc_zeroed(layout) })?;
        Some(Self { start: start.cast(), capacity: words })
    }

    /// Address of the first word.
    #[inline]
    pub(super) fn start(&self) -> NonNull<usize> {
        self.start
    }

    /// How many words there are.
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Gives the storage back, all of which is 0.
    ///
    /// # Safety
    ///
    /// All words are 0.
    #[inline]
    pub(super) unsafe fn recycle(self) {
        let bytes = self.capacity * size_of::<usize>();
        if bytes == 0 || bytes > MAX_KEPT_BYTES {
            return;
        }
        // When it is not kept, the closure drops it.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if free.len() < KEPT {
                free.push(self);
            }
        });
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if self.capacity != 0 {
            let layout = Layout::array::<usize>(self.capacity).expect("it was allocated with it");
            // SAFETY: it was allocated with this layout, and this is its end.
            unsafe { alloc::dealloc(self.start.as_ptr().cast(), layout) };
        }
    }
}
