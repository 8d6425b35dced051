//! Exceptions (WebAssembly 3.0, §4.2.12).
//!
//! An exception is one object, whoever throws it and however often: the host makes it and ends a host function
//! with it ([`Trap::UncaughtException`](crate::Trap)), compiled code throws it, catches it and keeps a reference,
//! and what nobody catches is handed to the caller of the outermost wasm function, with the payload to read.
//!
//! A reference (`exnref`) in compiled code is the address of the object. To see whether a handler is for it, code
//! compares the address of a tag's definition with the first field, and loads what the tag carries from the values.

use std::fmt;
use std::ptr::NonNull;

use wasmer_types::{RawValue, StoreId};

use crate::store::InternalStoreHandle;
use crate::tag::VMTag;
use crate::vmcontext::VMTagDefinition;

/// An exception. It lives as long as the store that owns it, and never changes.
#[repr(C)]
pub struct VMExceptionObj {
    /// The identity of its tag.
    tag: NonNull<VMTagDefinition>,
    /// A value for each parameter of the tag, in order.
    values: NonNull<RawValue>,
    count: usize,
    handle: InternalStoreHandle<VMTag>,
}

impl VMExceptionObj {
    pub(crate) fn new(
        tag: NonNull<VMTagDefinition>,
        handle: InternalStoreHandle<VMTag>,
        values: Box<[RawValue]>,
    ) -> Self {
        let count = values.len();
        Self { tag, values: NonNull::from(Box::leak(values)).cast(), count, handle }
    }

    /// The address of the tag's definition, which is the same for equal tags only.
    pub fn tag_definition(&self) -> NonNull<VMTagDefinition> {
        self.tag
    }

    /// The tag, in the store that owns the exception.
    pub fn tag(&self) -> InternalStoreHandle<VMTag> {
        self.handle
    }

    /// What it carries: a value for each parameter of the tag.
    pub fn payload(&self) -> &[RawValue] {
        // SAFETY: `new` has leaked so many values, which nobody changes.
        unsafe { NonNull::slice_from_raw_parts(self.values, self.count).as_ref() }
    }
}

impl Drop for VMExceptionObj {
    fn drop(&mut self) {
        let values = NonNull::slice_from_raw_parts(self.values, self.count);
        // SAFETY: `new` has leaked this box, and nobody reads the values after their exception.
        drop(unsafe { Box::from_raw(values.as_ptr()) });
    }
}

impl fmt::Debug for VMExceptionObj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMExceptionObj")
            .field("tag", &self.handle)
            .field("payload", &self.payload())
            .finish_non_exhaustive()
    }
}

/// A reference to an exception of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VMExceptionRef {
    store: StoreId,
    object: NonNull<VMExceptionObj>,
}

// SAFETY: it does nothing by itself: what it points to is only read by those who have the store that owns it.
unsafe impl Send for VMExceptionRef {}
// SAFETY: as above.
unsafe impl Sync for VMExceptionRef {}

impl VMExceptionRef {
    /// A reference to an exception that the store with this id owns.
    ///
    /// # Safety
    ///
    /// The store owns it.
    pub unsafe fn new(store: StoreId, object: NonNull<VMExceptionObj>) -> Self {
        Self { store, object }
    }

    /// The store that owns the exception.
    pub fn store_id(self) -> StoreId {
        self.store
    }

    /// The exception. It lives as long as its store, so that nobody may look at it later.
    pub fn object(self) -> NonNull<VMExceptionObj> {
        self.object
    }
}

impl fmt::Debug for VMExceptionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMExceptionRef").field("store", &self.store).finish_non_exhaustive()
    }
}
