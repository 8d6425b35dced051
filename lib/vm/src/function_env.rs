//! State of the host that host functions use.

use std::any::Any;
use std::fmt;

/// A value of the host that belongs to a store.
pub struct VMFunctionEnvironment {
    contents: Box<dyn Any + Send + 'static>,
}

impl VMFunctionEnvironment {
    /// Wraps a value.
    pub fn new(value: impl Any + Send + 'static) -> Self {
        Self { contents: Box::new(value) }
    }

    /// The value.
    #[expect(clippy::should_implement_trait, reason = "the name that embedders know")]
    pub fn as_ref(&self) -> &(dyn Any + Send + 'static) {
        &*self.contents
    }

    /// The value, to change.
    #[expect(clippy::should_implement_trait, reason = "the name that embedders know")]
    pub fn as_mut(&mut self) -> &mut (dyn Any + Send + 'static) {
        &mut *self.contents
    }
}

impl fmt::Debug for VMFunctionEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMFunctionEnvironment").finish_non_exhaustive()
    }
}
