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
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{
///     AsStoreAsync, AsyncFunctionEnvMut, Function, FunctionEnv, Global, Instance, Module, Store, Value, imports,
/// };
///
/// struct State {
///     calls: i32,
///     last: Global,
/// }
///
/// async fn note(mut env: AsyncFunctionEnvMut<State>, value: i32) -> i32 {
///     tokio::task::yield_now().await;
///     {
///         let mut locked = env.write().await;
///         let (state, mut store) = locked.data_and_store_mut();
///         state.calls += 1;
///         state.last.set(&mut store, Value::I32(value)).unwrap();
///     }
///     let again = env.as_mut();
///     let locked = again.read().await;
///     let (state, _store) = locked.data_and_store();
///     state.calls
/// }
///
/// let mut store = Store::default();
/// let last = Global::new_mut(&mut store, Value::I32(0));
/// let env = FunctionEnv::new(&mut store, State { calls: 0, last: last.clone() });
/// let note = Function::new_typed_with_env_async(&mut store, &env, note);
/// let wat = r#"(module
///     (import "host" "note" (func $note (param i32) (result i32)))
///     (func (export "run") (result i32)
///         (drop (call $note (i32.const 5)))
///         (call $note (i32.const 6))))"#;
/// let module = Module::new(&store, wat)?;
/// let instance = Instance::new(&mut store, &module, &imports! { "host" => { "note" => note } })?;
/// let run = instance.exports.get_typed_function::<(), i32>(&store, "run")?;
///
/// let store = store.into_async();
/// assert_eq!(run.call_async(&store).await?, 2);
/// let mut locked = store.write_lock().await;
/// assert_eq!(last.get(&mut locked), Value::I32(6));
/// assert_eq!(env.as_ref(&locked).calls, 2);
/// # Ok(()) }
/// ```
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

/// An [`AsyncFunctionEnvMut`], or none: what [`AsyncHostFunction::call_async`](super::AsyncHostFunction::call_async)
/// takes.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use wasmer::{AsyncFunctionEnv, AsyncHostFunction};
///
/// let double = |value: i32| async move { value * 2 };
/// let result = AsyncHostFunction::<(), i32, i32, _>::call_async(&double, AsyncFunctionEnv::new(), 21);
/// assert_eq!(result.await.unwrap(), 42);
/// # }
/// ```
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
