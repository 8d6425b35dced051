//! Values of the host that wasm refers to.

use std::any::Any;
use std::fmt;

/// A value of the host. A reference to it is its address, which stays valid as long as the store that owns it.
pub struct VMExternObj {
    value: Box<dyn Any + Send + Sync>,
}

impl VMExternObj {
    pub(crate) fn new(value: Box<dyn Any + Send + Sync>) -> Self {
        Self { value }
    }

    /// The value.
    pub fn value(&self) -> &(dyn Any + Send + Sync) {
        &*self.value
    }
}

impl fmt::Debug for VMExternObj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMExternObj").finish_non_exhaustive()
    }
}
