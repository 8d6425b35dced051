//! Stores that several tasks share.

use std::fmt;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use wasmer_types::StoreId;

use super::lock::{Access, Place};
use crate::interrupt::Interrupter;
use crate::objects::StoreObjects;
use crate::store::{AsStoreMut, AsStoreRef, Store, StoreMut, StorePtr, StoreRef};

/// A store that several tasks share, made by [`Store::into_async`]: what [`Function::call_async`] needs.
///
/// It is locked while wasm runs in it, but not while a call waits for the future of a host function. Then other
/// calls may run, and tasks may use the store, also the host function itself: by [`AsStoreAsync::read_lock`] and
/// [`AsStoreAsync::write_lock`]. Who keeps such a lock while waiting for something else keeps all calls waiting.
///
/// Tasks get the lock in the order in which they came. A future that waits for it, of a call or of a lock, has it as soon
/// as its turn comes, and so keeps all others waiting if it is then neither polled nor dropped.
///
/// Clones are handles to the same store, which lives as long as one of them or a call.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{AsStoreAsync, AsStoreRef, Global, Store, Value};
///
/// let mut store = Store::default();
/// let global = Global::new_mut(&mut store, Value::I32(1));
/// let id = store.id();
/// let store = store.into_async();
/// assert_eq!((store.store_id(), store.store_ref().store_id()), (id, id));
///
/// let other = store.store();
/// let task = async {
///     let mut locked = other.write_lock().await;
///     global.set(&mut locked, Value::I32(2))
/// };
/// task.await?;
/// let locked = store.read_lock().await;
/// assert!(locked.as_store_ref().engine().supports_async());
/// drop(locked);
/// assert!(store.into_store().is_err(), "there is another handle");
///
/// let mut store = other.into_store().unwrap();
/// assert_eq!(global.get(&mut store), Value::I32(2));
/// # Ok(()) }
/// ```
///
/// [`Function::call_async`]: crate::Function::call_async
pub struct StoreAsync(StorePtr);

// SAFETY: a store may go to other threads, and the parts that are used by several at once are atomic: the count
// of handles and the lock. All others are used under the lock.
unsafe impl Send for StoreAsync {}
// SAFETY: as above.
unsafe impl Sync for StoreAsync {}

impl StoreAsync {
    /// A new handle to a store.
    ///
    /// # Safety
    ///
    /// The store is alive.
    pub(crate) unsafe fn new(store: StorePtr) -> Self {
        // SAFETY: as for the caller.
        unsafe { store.retain() };
        Self(store)
    }

    /// The handle that `store` was, with the lock that it had.
    ///
    /// # Safety
    ///
    /// The caller has a handle that it gives away.
    unsafe fn from_handle(store: StorePtr) -> Self {
        Self(store)
    }

    #[inline(always)]
    pub(crate) fn ptr(&self) -> StorePtr {
        self.0
    }

    /// The store as one that belongs to its owner alone.
    ///
    /// # Errors
    ///
    /// This handle, when there are others or calls that have not ended, or when the store is locked.
    pub fn into_store(self) -> Result<Store, Self> {
        // SAFETY: `self` keeps the store.
        let alone = unsafe { self.0.is_only_handle() && self.0.lock().try_lock(Access::Write) };
        match alone {
            // SAFETY: the only handle is given away, and the store is locked.
            true => Ok(unsafe { Store::from_handle(ManuallyDrop::new(self).0) }),
            false => Err(self),
        }
    }

    /// Locks the store for reading, without waiting.
    ///
    /// # Panics
    ///
    /// When it is being changed, or a task that has waited to change it has got the lock. [`AsStoreAsync::read_lock`]
    /// waits instead.
    pub fn read(&self) -> StoreAsyncReadLock {
        // SAFETY: `self` keeps the store.
        let locked = unsafe { self.0.lock().try_lock(Access::Read) };
        assert!(locked, "the store is locked for changes");
        StoreAsyncReadLock(self.clone())
    }

    /// Locks the store for changes, without waiting.
    ///
    /// # Panics
    ///
    /// When it is locked, or a task waits for the lock. [`AsStoreAsync::write_lock`] waits instead.
    pub fn write(self) -> StoreAsyncWriteLock {
        // SAFETY: `self` keeps the store.
        let locked = unsafe { self.0.lock().try_lock(Access::Write) };
        assert!(locked, "the store is locked");
        StoreAsyncWriteLock(self)
    }

    /// As [`Store::interrupter`].
    pub fn interrupter(&self) -> Interrupter {
        // SAFETY: `self` keeps the store.
        unsafe { self.0.interrupter() }
    }
}

impl Clone for StoreAsync {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: `self` keeps the store.
        unsafe { Self::new(self.0) }
    }
}

impl Drop for StoreAsync {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle is not used any more.
        unsafe { self.0.release() };
    }
}

impl fmt::Debug for StoreAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreAsync").field("id", &self.store_id()).finish()
    }
}

impl Store {
    /// The store as one that several tasks can share, for asynchronous calls.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{AsStoreAsync, Global, Store, Value};
    ///
    /// let mut store = Store::default();
    /// let global = Global::new(&mut store, Value::I32(42));
    /// let store = store.into_async();
    /// assert_eq!(global.get(&mut store.store().write()), Value::I32(42));
    /// let mut store = store.into_store().unwrap();
    /// assert_eq!(global.get(&mut store), Value::I32(42));
    /// ```
    pub fn into_async(self) -> StoreAsync {
        let store = ManuallyDrop::new(self).as_store_mut().ptr();
        // SAFETY: the store is alive, and its handle becomes another one. A store is locked as long as it is a
        // `Store`.
        unsafe {
            store.set_shared(true);
            store.lock().unlock(Access::Write);
            StoreAsync::from_handle(store)
        }
    }

    /// # Safety
    ///
    /// The caller has the only handle, gives it away, and has locked the store.
    unsafe fn from_handle(store: StorePtr) -> Self {
        // SAFETY: as for the caller.
        unsafe {
            store.set_shared(false);
            Self::from_ptr(store)
        }
    }
}

/// Something that has a [`StoreAsync`].
pub trait AsStoreAsync {
    /// The store.
    fn store_ref(&self) -> &StoreAsync;

    /// A new handle to the store.
    fn store(&self) -> StoreAsync {
        self.store_ref().clone()
    }

    /// What tells the store from all others of the process.
    fn store_id(&self) -> StoreId {
        // SAFETY: the handle keeps the store.
        unsafe { self.store_ref().0.id() }
    }

    /// Waits until the store can be read: until nobody changes it and no wasm runs in it.
    fn read_lock(&self) -> impl Future<Output = StoreAsyncReadLock> {
        Locking::new(self.store(), Access::Read, StoreAsyncReadLock)
    }

    /// Waits until the store can be changed: until nobody uses it and no wasm runs in it.
    fn write_lock(&self) -> impl Future<Output = StoreAsyncWriteLock> {
        Locking::new(self.store(), Access::Write, StoreAsyncWriteLock)
    }
}

impl AsStoreAsync for StoreAsync {
    fn store_ref(&self) -> &StoreAsync {
        self
    }
}

/// Waits for a lock.
struct Locking<G> {
    /// `None` when the lock has been handed out.
    store: Option<StoreAsync>,
    access: Access,
    guard: fn(StoreAsync) -> G,
    place: Place,
}

impl<G> Locking<G> {
    fn new(store: StoreAsync, access: Access, guard: fn(StoreAsync) -> G) -> Self {
        Self { store: Some(store), access, guard, place: Place::default() }
    }
}

impl<G> Future for Locking<G> {
    type Output = G;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<G> {
        let this = self.get_mut();
        let store = this.store.as_ref().expect("a future that is ready is not polled again");
        // SAFETY: the handle keeps the store.
        let lock = unsafe { store.0.lock() };
        std::task::ready!(lock.poll_lock(this.access, &mut this.place, context));
        lock.forget(&mut this.place);
        Poll::Ready((this.guard)(this.store.take().expect("it was there")))
    }
}

impl<G> Drop for Locking<G> {
    fn drop(&mut self) {
        if let Some(store) = &self.store {
            // SAFETY: the handle keeps the store.
            unsafe { store.0.lock() }.forget(&mut self.place);
        }
    }
}

macro_rules! locks {
    ($($(#[$doc:meta])* $name:ident $access:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name(StoreAsync);

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: the handle keeps the store, and the lock is ours.
                unsafe { self.0.0.lock() }.unlock(Access::$access);
            }
        }

        impl AsStoreRef for $name {
            #[inline(always)]
            fn as_store_ref(&self) -> StoreRef<'_> {
                // SAFETY: the store is locked, and borrowed as long as this is.
                unsafe { StoreRef::from_store_ptr(self.0.0) }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    )*};
}

locks! {
    /// A [`StoreAsync`] that is locked for reading, until this is dropped.
    StoreAsyncReadLock Read;
    /// A [`StoreAsync`] that is locked for changes, until this is dropped.
    StoreAsyncWriteLock Write;
}

impl AsStoreMut for StoreAsyncWriteLock {
    #[inline(always)]
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        // SAFETY: the store is locked, and borrowed as long as this is.
        unsafe { StoreMut::from_store_ptr(self.0.0) }
    }

    fn objects_mut(&mut self) -> &mut StoreObjects {
        self.as_store_mut().into_objects_mut()
    }
}
