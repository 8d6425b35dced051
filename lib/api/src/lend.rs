//! Lending a store to code that can't be handed a reference to it.

use std::cell::Cell;
use std::ptr::NonNull;

use wasmer_vm::{Activation, current_activation};

use crate::store::{Store, StoreMut, StorePtr};

thread_local! {
    static LENT: Cell<Option<Lent>> = const { Cell::new(None) };
}

/// A store that [`StoreMut::parked`] lends.
#[derive(Clone, Copy)]
struct Lent {
    store: StorePtr,
    /// The call that the thread was in.
    activation: Option<NonNull<Activation>>,
}

/// Ends what a change of [`LENT`] is for.
struct Restore(Option<Lent>);

impl Drop for Restore {
    fn drop(&mut self) {
        LENT.set(self.0);
    }
}

impl StoreMut<'_> {
    /// Runs `f`, in which [`Store::with_current`] can be used to get at this store.
    ///
    /// This is for hosts with code between them and their own functions to which no reference to the store can be
    /// handed, such as callbacks of a library. It nests: in `f`, other stores can be lent.
    pub fn parked<R>(&mut self, f: impl FnOnce() -> R) -> R {
        let lent = Lent { store: self.ptr(), activation: current_activation() };
        let _restore = Restore(LENT.replace(Some(lent)));
        f()
    }
}

impl Store {
    /// Runs `f` with the store that [`StoreMut::parked`] lends on this thread.
    ///
    /// `None`, and `f` does not run, when there is no such store: outside of `parked`, in `f` itself, and in host
    /// functions that are called in between and have not lent theirs.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{AsStoreMut, Global, Store, Value};
    ///
    /// let mut store = Store::default();
    /// let count = Global::new_mut(&mut store, Value::I32(0));
    ///
    /// // A library takes this callback, and knows nothing of stores.
    /// let callback = || {
    ///     Store::with_current(|store| count.set(store, Value::I32(42))).expect("somebody has lent a store")
    /// };
    /// store.as_store_mut().parked(callback)?;
    /// assert_eq!(count.get(&mut store), Value::I32(42));
    /// assert!(Store::with_current(|_| ()).is_none());
    /// # Ok(()) }
    /// ```
    pub fn with_current<R>(f: impl FnOnce(&mut StoreMut<'_>) -> R) -> Option<R> {
        let lent = LENT.get().filter(|lent| lent.activation == current_activation())?;
        let _restore = Restore(LENT.take());
        // SAFETY: `parked` runs further up the stack and does not use the store, which it has borrowed mutably. It is
        // not lent again before `f` returns.
        let mut store = unsafe { StoreMut::from_store_ptr(lent.store) };
        Some(f(&mut store))
    }
}
