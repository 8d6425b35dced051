//! Where a definition lies that compiled code reads.

use std::ptr::NonNull;

/// A definition in a VM context, or one that belongs to this value alone. It does not move.
#[derive(Debug)]
pub(crate) struct Definition<T> {
    at: NonNull<T>,
    owned: bool,
}

// SAFETY: it is used as a `T` that the holder owns, or that lies in the instance that owns the holder.
unsafe impl<T: Send> Send for Definition<T> {}
// SAFETY: shared references give away nothing but the address.
unsafe impl<T> Sync for Definition<T> {}

impl<T> Definition<T> {
    /// A definition of its own.
    pub(crate) fn owned(value: T) -> Self {
        Self { at: NonNull::from(Box::leak(Box::new(value))), owned: true }
    }

    /// The definition at `at`, which gets `value`.
    ///
    /// # Safety
    ///
    /// `at` can be written, and stays valid for as long as the result is used.
    #[inline]
    pub(crate) unsafe fn within(at: NonNull<T>, value: T) -> Self {
        // SAFETY: as for the caller.
        unsafe { at.write(value) };
        Self { at, owned: false }
    }

    /// The definition at `at` as it is.
    ///
    /// # Safety
    ///
    /// `at` is initialised, and stays valid for as long as the result is used.
    #[inline]
    pub(crate) unsafe fn existing(at: NonNull<T>) -> Self {
        Self { at, owned: false }
    }

    /// Whether it belongs to this value alone.
    pub(crate) fn is_owned(&self) -> bool {
        self.owned
    }

    /// Its address.
    #[inline]
    pub(crate) fn as_ptr(&self) -> NonNull<T> {
        self.at
    }
}

impl<T> Drop for Definition<T> {
    #[inline]
    fn drop(&mut self) {
        if self.owned {
            // SAFETY: `owned` has leaked this box, and nobody uses it after its owner.
            drop(unsafe { Box::from_raw(self.at.as_ptr()) });
        }
    }
}
