//! What the embedder sets for one store.

use std::fmt;
use std::ptr::NonNull;

use crate::limits::StoreLimits;
use crate::stack::stack_size;
use crate::sys::TrapHandlerFn;
use crate::vmcontext::VMStoreContext;

/// What the embedder sets for one store. [`VMStoreContext::settings`] points to it.
pub struct StoreSettings {
    /// Bytes of stack that wasm is sure of, as [`set_stack_size`](crate::set_stack_size) explains; `None` for the
    /// default of the process.
    pub wasm_stack_size: Option<usize>,
    /// How much the store may hold.
    pub limits: StoreLimits,
    /// Asked first about signals of the processor that arrive while wasm of the store is active.
    pub trap_handler: Option<Box<TrapHandlerFn<'static>>>,
}

/// Those of stores without any.
pub(crate) static DEFAULT: StoreSettings = StoreSettings::new();

impl StoreSettings {
    /// The defaults.
    pub const fn new() -> Self {
        Self { wasm_stack_size: None, limits: StoreLimits::new(), trap_handler: None }
    }

    /// Those of a store.
    ///
    /// # Safety
    ///
    /// The context is live, and its settings are not changed during `'a`.
    #[inline(always)]
    pub(crate) unsafe fn of<'a>(store: NonNull<VMStoreContext>) -> &'a Self {
        // SAFETY: as for the caller; a context points to its settings.
        unsafe { (*store.as_ptr()).settings.as_ref() }
    }

    /// Bytes of stack that wasm is sure of.
    #[inline(always)]
    pub(crate) fn stack_size(&self) -> usize {
        self.wasm_stack_size.unwrap_or_else(stack_size)
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreSettings")
            .field("wasm_stack_size", &self.wasm_stack_size)
            .field("limits", &self.limits)
            .field("trap_handler", &self.trap_handler.is_some())
            .finish()
    }
}
