//! State of the host that asynchronous host functions share.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::store::{AsStoreAsync, StoreAsync, StoreAsyncReadLock, StoreAsyncWriteLock};
use crate::function::{FunctionEnv, FunctionEnvMut, WithEnv, WithoutEnv};
use crate::objects::StoreObjects;
use crate::store::{AsStoreMut, AsStoreRef, StoreMut, StoreRef};

/// What an asynchronous host function gets: access to the value of its [`FunctionEnv`] and to the store.
///
/// Both are shared with other calls, and so are locked for use. In a call that was not made by `call_async`, the
/// store belongs to that call, and waiting for a lock makes it trap.
pub struct AsyncFunctionEnvMut<T> {
    store: StoreAsync,
    env: FunctionEnv<T>,
}

impl<T> AsyncFunctionEnvMut<T> {
    pub(crate) fn new(store: StoreAsync, env: &FunctionEnv<T>) -> Self {
        Self { store, env: env.clone() }
    }

    /// Waits until the store can be read.
    pub async fn read(&self) -> AsyncFunctionEnvHandle<T> {
        AsyncFunctionEnvHandle { lock: self.store.read_lock().await, env: self.env.clone() }
    }

    /// Waits until the store can be changed.
    pub async fn write(&self) -> AsyncFunctionEnvHandleMut<T> {
        AsyncFunctionEnvHandleMut { lock: self.store.write_lock().await, env: self.env.clone() }
    }

    /// The handle to the value.
    pub fn as_ref(&self) -> FunctionEnv<T> {
        self.env.clone()
    }

    /// The same once more.
    pub fn as_mut(&mut self) -> Self {
        Self::new(self.store.clone(), &self.env)
    }

    /// The store.
    pub fn as_store_async(&self) -> impl AsStoreAsync + 'static {
        self.store.clone()
    }
}

impl<T> fmt::Debug for AsyncFunctionEnvMut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFunctionEnvMut").field("env", &self.env).finish_non_exhaustive()
    }
}

impl<T: Any + Send> FunctionEnvMut<'_, T> {
    /// The store as one for asynchronous calls, when it is one. It is locked until the host function returns.
    pub fn as_store_async(&self) -> Option<impl AsStoreAsync + 'static> {
        AsStoreRef::as_store_async(self)
    }

    /// The same for asynchronous use, when the store is one for asynchronous calls. It is locked until the host
    /// function returns.
    pub fn as_async_mut(&self) -> Option<AsyncFunctionEnvMut<T>> {
        let store = self.as_store_ref().shared()?;
        Some(AsyncFunctionEnvMut { store, env: self.as_ref() })
    }
}

/// The value and the store of an [`AsyncFunctionEnvMut`], locked for reading until this is dropped.
pub struct AsyncFunctionEnvHandle<T> {
    lock: StoreAsyncReadLock,
    env: FunctionEnv<T>,
}

impl<T: Any + Send + Sync> AsyncFunctionEnvHandle<T> {
    /// The value. It must be `Sync`, as several tasks may read it at the same time.
    pub fn data(&self) -> &T {
        self.env.as_ref(&self.lock)
    }

    /// The value and the store.
    pub fn data_and_store(&self) -> (&T, &impl AsStoreRef) {
        (self.data(), &self.lock)
    }
}

impl<T> AsStoreRef for AsyncFunctionEnvHandle<T> {
    fn as_store_ref(&self) -> StoreRef<'_> {
        self.lock.as_store_ref()
    }
}

impl<T> fmt::Debug for AsyncFunctionEnvHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFunctionEnvHandle").field("env", &self.env).finish_non_exhaustive()
    }
}

/// The value and the store of an [`AsyncFunctionEnvMut`], locked for changes until this is dropped.
pub struct AsyncFunctionEnvHandleMut<T> {
    lock: StoreAsyncWriteLock,
    env: FunctionEnv<T>,
}

impl<T: Any + Send> AsyncFunctionEnvHandleMut<T> {
    /// The value, to change.
    pub fn data_mut(&mut self) -> &mut T {
        self.env.as_mut(&mut self.lock)
    }

    /// The value and the store at the same time. See [`FunctionEnvMut::data_and_store_mut`] for what not to do
    /// with them.
    pub fn data_and_store_mut(&mut self) -> (&mut T, &mut impl AsStoreMut) {
        let data: *mut T = self.data_mut();
        // SAFETY: as in `FunctionEnvMut::data_and_store_mut`.
        (unsafe { &mut *data }, &mut self.lock)
    }

    /// The same for functions that are not asynchronous.
    pub fn as_function_env_mut(&mut self) -> FunctionEnvMut<'_, T> {
        self.env.clone().into_mut(&mut self.lock)
    }
}

impl<T> AsStoreRef for AsyncFunctionEnvHandleMut<T> {
    fn as_store_ref(&self) -> StoreRef<'_> {
        self.lock.as_store_ref()
    }
}

impl<T> AsStoreMut for AsyncFunctionEnvHandleMut<T> {
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        self.lock.as_store_mut()
    }

    fn objects_mut(&mut self) -> &mut StoreObjects {
        self.lock.objects_mut()
    }
}

impl<T> fmt::Debug for AsyncFunctionEnvHandleMut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFunctionEnvHandleMut").field("env", &self.env).finish_non_exhaustive()
    }
}

/// An [`AsyncFunctionEnvMut`], or none.
#[derive(Debug)]
pub enum AsyncFunctionEnv<T, Kind> {
    /// For a function that has none.
    WithoutEnv(PhantomData<(T, Kind)>),
    /// For one that has.
    WithEnv(AsyncFunctionEnvMut<T>),
}

impl<T> AsyncFunctionEnv<T, WithoutEnv> {
    /// None.
    pub fn new() -> Self {
        Self::WithoutEnv(PhantomData)
    }
}

impl<T> Default for AsyncFunctionEnv<T, WithoutEnv> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> AsyncFunctionEnv<T, WithEnv> {
    /// This one.
    pub fn with_env(env: AsyncFunctionEnvMut<T>) -> Self {
        Self::WithEnv(env)
    }

    /// The one that was put in.
    ///
    /// # Panics
    ///
    /// When it was made as [`Self::WithoutEnv`].
    pub fn into_env(self) -> AsyncFunctionEnvMut<T> {
        match self {
            Self::WithEnv(env) => env,
            Self::WithoutEnv(_) => panic!("this function has an environment"),
        }
    }
}
