//! State of the host that host functions share.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use wasmer_vm::{StoreHandle, StoreObjects, VMFunctionEnvironment};

use super::wrong_store;
use crate::store::{AsStoreMut, AsStoreRef, StoreMut, StoreRef};

/// A handle to a value of the host in a store, which host functions get to see.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, FunctionEnv, FunctionEnvMut, Store, TypedFunction};
///
/// let mut store = Store::default();
/// let total = FunctionEnv::new(&mut store, 0);
/// let add = Function::new_typed_with_env(
///     &mut store,
///     &total,
///     |mut total: FunctionEnvMut<'_, i32>, value: i32| *total.data_mut() += value,
/// );
/// let add: TypedFunction<i32, ()> = add.typed(&store)?;
/// add.call(&mut store, 40)?;
/// add.call(&mut store, 2)?;
/// assert_eq!(*total.as_ref(&store), 42);
/// # Ok(()) }
/// ```
pub struct FunctionEnv<T> {
    handle: StoreHandle<VMFunctionEnvironment>,
    value: PhantomData<fn() -> T>,
}

impl<T: Any + Send> FunctionEnv<T> {
    /// Puts `value` into the store, where it stays as long as the store.
    pub fn new(store: &mut impl AsStoreMut, value: T) -> Self {
        let mut store = store.as_store_mut();
        let environment = VMFunctionEnvironment::new(value);
        let handle = StoreHandle::new(store.vm_objects_mut(), environment);
        Self { handle, value: PhantomData }
    }

    fn of(objects: &StoreObjects, handle: &StoreHandle<VMFunctionEnvironment>) -> *const T {
        let value: &(dyn Any + Send) = handle.get(objects).as_ref();
        value.downcast_ref::<T>().expect("a handle is made for a value of its type")
    }

    /// The value. It must be `Sync`, as several threads may share a reference to the store.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn as_ref<'a>(&self, store: &'a impl AsStoreRef) -> &'a T
    where
        T: Sync,
    {
        let objects = store.as_store_ref().into_objects();
        // SAFETY: the value lives as long as the store, which `'a` borrows.
        unsafe { &*Self::of(objects, &self.handle) }
    }

    /// The value, to change.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn as_mut<'a>(&self, store: &'a mut impl AsStoreMut) -> &'a mut T {
        let objects = store.as_store_mut().into_vm_objects_mut();
        let value: &mut (dyn Any + Send) = self.handle.get_mut(objects).as_mut();
        value.downcast_mut::<T>().expect("a handle is made for a value of its type")
    }

    /// The value together with its store, as a host function gets it.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{FunctionEnv, FunctionEnvMut, Store};
    ///
    /// fn host_function(mut env: FunctionEnvMut<'_, Vec<i32>>, value: i32) {
    ///     env.data_mut().push(value);
    /// }
    ///
    /// let mut store = Store::default();
    /// let env = FunctionEnv::new(&mut store, vec![1]);
    /// env.as_mut(&mut store).push(2);
    /// host_function(env.clone().into_mut(&mut store), 3);
    /// assert_eq!(env.as_ref(&store), &[1, 2, 3]);
    /// ```
    ///
    /// # Panics
    ///
    /// Its methods panic when the value belongs to another store.
    pub fn into_mut(self, store: &mut impl AsStoreMut) -> FunctionEnvMut<'_, T> {
        FunctionEnvMut { store: store.as_store_mut(), env: self }
    }
}

impl<T> FunctionEnv<T> {
    /// # Panics
    ///
    /// When it belongs to another store.
    pub(crate) fn assert_store(&self, store: &impl AsStoreRef) {
        if self.handle.store_id() != store.as_store_ref().id() {
            wrong_store();
        }
    }
}

impl<T> Clone for FunctionEnv<T> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone(), value: PhantomData }
    }
}

impl<T> PartialEq for FunctionEnv<T> {
    fn eq(&self, other: &Self) -> bool {
        self.handle == other.handle
    }
}

impl<T> Eq for FunctionEnv<T> {}

impl<T> Hash for FunctionEnv<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.handle.store_id().hash(state);
        self.handle.internal_handle().index().hash(state);
    }
}

impl<T> fmt::Debug for FunctionEnv<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionEnv").field("handle", &self.handle).finish()
    }
}

/// What a host function gets: the value of its [`FunctionEnv`], and the store, in which it may call wasm.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, FunctionEnv, FunctionEnvMut, RuntimeError, Store, TypedFunction};
///
/// #[derive(Default)]
/// struct Host {
///     calls: u32,
///     callback: Option<TypedFunction<u32, u32>>,
/// }
///
/// /// Calls the callback twice, and counts.
/// fn apply(mut env: FunctionEnvMut<'_, Host>, n: u32) -> Result<u32, RuntimeError> {
///     let (host, mut store) = env.data_and_store_mut();
///     host.calls += 1;
///     let callback = host.callback.clone().expect("it was set");
///     let once = callback.call(&mut store, n)?;
///     let twice = callback.call(&mut env.as_mut(), once)?;
///     let same = env.as_ref();
///     assert_eq!(same.as_mut(&mut env).calls, 1);
///     Ok(twice)
/// }
///
/// let mut store = Store::default();
/// let env = FunctionEnv::new(&mut store, Host::default());
/// let square = Function::new_typed(&mut store, |n: u32| n * n).typed(&store)?;
/// env.as_mut(&mut store).callback = Some(square);
/// let apply = Function::new_typed_with_env(&mut store, &env, apply).typed::<u32, u32>(&store)?;
/// assert_eq!(apply.call(&mut store, 3)?, 81);
/// assert_eq!(env.as_mut(&mut store).calls, 1);
/// # Ok(()) }
/// ```
pub struct FunctionEnvMut<'a, T: 'a> {
    store: StoreMut<'a>,
    env: FunctionEnv<T>,
}

impl<'a, T: Any + Send> FunctionEnvMut<'a, T> {
    #[inline(always)]
    pub(super) fn new(store: StoreMut<'a>, env: &FunctionEnv<T>) -> Self {
        Self { store, env: env.clone() }
    }

    /// The value.
    pub fn data(&self) -> &T {
        // SAFETY: the value lives as long as the store. Only this thread has the handle to the store, which
        // is borrowed as long as the reference.
        unsafe { &*FunctionEnv::of(self.store.objects(), &self.env.handle) }
    }

    /// The value, to change.
    pub fn data_mut(&mut self) -> &mut T {
        self.env.as_mut(&mut self.store)
    }

    /// The handle to the value.
    pub fn as_ref(&self) -> FunctionEnv<T> {
        self.env.clone()
    }

    /// The same for a shorter time.
    pub fn as_mut(&mut self) -> FunctionEnvMut<'_, T> {
        FunctionEnvMut { store: self.store.as_store_mut(), env: self.env.clone() }
    }

    /// The value and the store at the same time. Do not use the store to get at the same value again, by
    /// its handle or by calling wasm that calls a host function which does, while you still use the first
    /// reference.
    pub fn data_and_store_mut(&mut self) -> (&mut T, StoreMut<'_>) {
        let data: *mut T = self.data_mut();
        // SAFETY: the value is in memory of its own, lives as long as the store, and is borrowed with `self`.
        // That it is not reached through the store too is what the documentation asks for.
        (unsafe { &mut *data }, self.store.as_store_mut())
    }
}

impl<T> AsStoreRef for FunctionEnvMut<'_, T> {
    #[inline(always)]
    fn as_store_ref(&self) -> StoreRef<'_> {
        self.store.as_store_ref()
    }
}

impl<T> AsStoreMut for FunctionEnvMut<'_, T> {
    #[inline(always)]
    fn as_store_mut(&mut self) -> StoreMut<'_> {
        self.store.as_store_mut()
    }

    fn objects_mut(&mut self) -> &mut crate::StoreObjects {
        self.store.objects_mut()
    }
}

impl<T> fmt::Debug for FunctionEnvMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionEnvMut").field("env", &self.env).finish_non_exhaustive()
    }
}
