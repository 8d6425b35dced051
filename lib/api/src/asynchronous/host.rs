//! Host functions that return futures.
//!
//! What wasm calls is an `extern "C"` function, as for other host functions. It starts the closure, waits for
//! the future that this returns, by [`wait_for`], and goes on with the results. Of the closure it knows only the
//! types of parameters and results.

use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};

use wasmer_types::{FunctionType, RawValue};
use wasmer_vm::{
    DynamicHostFunction, DynamicTask, Task, Trap, VMHostContext, VMStoreContext,
    dynamic_host_entry, host_call, host_entry, register_type, wait_for,
};

use super::env::{AsyncFunctionEnv, AsyncFunctionEnvMut};
use super::store::StoreAsync;
use crate::function::{
    Function, FunctionEnv, HostFunctionKind, IntoResult, WithEnv, WithoutEnv, check_results,
    finish, values,
};
use crate::native::{Abi, FromToNativeWasmType, NativeWasmTypeInto, WasmTypeList, for_each_arity};
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, StoreMut};
use crate::value::Value;

type LocalFuture<T> = Pin<Box<dyn Future<Output = Result<T, RuntimeError>>>>;
type SendFuture<T> = Pin<Box<dyn Future<Output = Result<T, RuntimeError>> + Send>>;

/// A closure that [`Function::new_typed_async`] takes: any `Fn` of up to 26 parameters that are
/// [`FromToNativeWasmType`]s, behind an [`AsyncFunctionEnvMut<T>`] if it is [`WithEnv`], that returns a future of
/// an [`IntoResult`].
pub trait AsyncHostFunction<T, Args, Rets, Kind>
where
    Args: WasmTypeList + 'static,
    Rets: WasmTypeList,
    Kind: HostFunctionKind,
{
    /// Calls the closure.
    fn call_async(
        &self,
        env: AsyncFunctionEnv<T, Kind>,
        args: Args,
    ) -> Pin<Box<dyn Future<Output = Result<Rets, RuntimeError>>>>;
}

/// An [`AsyncHostFunction`] for any thread: the closure is `Send + Sync`, the future is `Send`.
pub trait SendAsyncHostFunction<T, Args, Rets, Kind>: Send + Sync
where
    Args: WasmTypeList + 'static,
    Rets: WasmTypeList,
    Kind: HostFunctionKind,
{
    /// Calls the closure.
    fn call_send_async(
        &self,
        env: AsyncFunctionEnv<T, Kind>,
        args: Args,
    ) -> Pin<Box<dyn Future<Output = Result<Rets, RuntimeError>> + Send>>;
}

async fn results<Rets: WasmTypeList>(
    future: impl Future<Output: IntoResult<Rets>>,
) -> Result<Rets, RuntimeError> {
    future.await.into_result().map_err(|error| RuntimeError::user(Box::new(error)))
}

/// A value that is only used by the thread that made it.
struct ThreadBound<T> {
    value: ManuallyDrop<T>,
    thread: ThreadId,
}

// SAFETY: other threads can't get at the value, and do not drop it.
unsafe impl<T> Send for ThreadBound<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for ThreadBound<T> {}

impl<T> ThreadBound<T> {
    fn new(value: T) -> Self {
        Self { value: ManuallyDrop::new(value), thread: thread::current().id() }
    }

    fn is_here(&self) -> bool {
        self.thread == thread::current().id()
    }

    fn get(&self) -> Result<&T, RuntimeError> {
        if self.is_here() { Ok(&self.value) } else { Err(elsewhere()) }
    }
}

#[cold]
fn elsewhere() -> RuntimeError {
    RuntimeError::new(
        "this asynchronous host function belongs to the thread that made it: one for all threads is made by \
         `Function::new_async_send` and its like",
    )
}

impl<T> Drop for ThreadBound<T> {
    fn drop(&mut self) {
        // In other threads it is leaked, as there is nothing better to do.
        if self.is_here() {
            // SAFETY: the value is not used any more.
            unsafe { ManuallyDrop::drop(&mut self.value) };
        }
    }
}

impl<T> Future for ThreadBound<LocalFuture<T>> {
    type Output = Result<T, RuntimeError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.is_here() {
            true => self.value.as_mut().poll(context),
            false => Poll::Ready(Err(elsewhere())),
        }
    }
}

/// A future and what it has returned.
struct Running<T> {
    future: SendFuture<T>,
    output: Option<Result<T, RuntimeError>>,
}

impl<T> Running<T> {
    fn new(future: SendFuture<T>) -> Self {
        Self { future, output: None }
    }

    fn into_output(self) -> Result<T, RuntimeError> {
        self.output.expect("it was waited for")
    }
}

// The output is not pinned.
impl<T> Unpin for Running<T> {}

impl<T> Future for Running<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.future.as_mut().poll(context).map(|output| self.output = Some(output))
    }
}

/// How a host function starts: what the context of a typed one holds.
type Start<Args, Rets> =
    Box<dyn Fn(StoreAsync, Args) -> Result<SendFuture<Rets>, RuntimeError> + Send + Sync>;

/// Starts a typed host function.
///
/// It is a function of its own so that nothing it does with the thread's variables is mixed with what comes
/// after the waiting.
#[inline(never)]
fn start<Args, Rets>(
    store: &StoreMut<'_>,
    start: &Start<Args, Rets>,
    args: Args,
) -> Result<Running<Rets>, Trap> {
    // SAFETY: the store is alive, as it is borrowed.
    let store = unsafe { StoreAsync::new(store.ptr()) };
    start(store, args).map(Running::new).map_err(RuntimeError::into_vm_trap)
}

/// The task of a host function with values.
struct ValuesTask {
    running: Running<Vec<Value>>,
    ty: FunctionType,
}

impl Future for ValuesTask {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.running).poll(context)
    }
}

impl DynamicTask for ValuesTask {
    fn finish(
        mut self: Pin<&mut Self>,
        store: NonNull<VMStoreContext>,
        slots: &mut [RawValue],
    ) -> Result<(), Trap> {
        let results = self.running.output.take().expect("it was waited for");
        // SAFETY: the function was called by code of this store, and has the only handle until it returns.
        let store = unsafe { StoreMut::from_context(store) };
        let results = results.map_err(RuntimeError::into_vm_trap)?;
        check_results(&store, &self.ty, &results).map_err(RuntimeError::into_vm_trap)?;
        for (slot, value) in slots.iter_mut().zip(&results) {
            *slot = value.as_raw(&store);
        }
        Ok(())
    }
}

/// A host function with values.
fn new_with_values(
    store: &mut impl AsStoreMut,
    ty: FunctionType,
    start: impl Fn(StoreAsync, &[Value]) -> Result<SendFuture<Vec<Value>>, RuntimeError>
    + Send
    + Sync
    + 'static,
) -> Function {
    let registered = register_type(&ty);
    let begin = move |context: NonNull<VMStoreContext>, slots: &[RawValue]| {
        // SAFETY: the function is called by code of this store, and has the only handle until it returns.
        let mut store = unsafe { StoreMut::from_context(context) };
        // SAFETY: the slots are arguments of these types, which belong to this store.
        let args: Vec<Value> = unsafe { values(&mut store, ty.params(), slots) }.collect();
        // SAFETY: the store is alive.
        let handle = unsafe { StoreAsync::new(store.ptr()) };
        let future = start(handle, &args).map_err(RuntimeError::into_vm_trap)?;
        Ok(Box::pin(ValuesTask { running: Running::new(future), ty: ty.clone() }) as Task)
    };
    let host = DynamicHostFunction::new_waiting(registered, begin);
    let mut store = store.as_store_mut();
    let ty = host.ty().ty().clone();
    // SAFETY: the entry point is the one for this data.
    unsafe { Function::from_host(&mut store, &ty, dynamic_host_entry(), Box::new(host)) }
}

/// A typed host function.
fn new_typed<Args, Rets>(
    store: &mut impl AsStoreMut,
    start: impl Fn(StoreAsync, Args) -> Result<SendFuture<Rets>, RuntimeError> + Send + Sync + 'static,
) -> Function
where
    Args: AsyncEntry<Rets> + 'static,
    Rets: WasmTypeList + 'static,
{
    let mut store = store.as_store_mut();
    let ty = FunctionType::new(Args::wasm_types(), Rets::wasm_types());
    let start: Start<Args, Rets> = Box::new(start);
    // SAFETY: the entry point is the one for functions of this type with such a context.
    unsafe { Function::from_host(&mut store, &ty, Args::entry(), Box::new(start)) }
}

/// # Asynchronous host functions
///
/// They return futures. Wasm that calls one is suspended until the future is ready, if it was called by
/// [`Function::call_async`]; otherwise the future must be ready at once, and if it is not, the call traps with
/// [`TrapCode::YieldOutsideAsyncContext`](crate::TrapCode::YieldOutsideAsyncContext). That also holds for calls
/// that a host function makes by [`Function::call`] while an asynchronous call is running.
///
/// Functions made by [`Self::new_async`], [`Self::new_with_env_async`], [`Self::new_typed_async`] and
/// [`Self::new_typed_with_env_async`] belong to the thread that has made them: when they are called, or their
/// futures polled, by another one, the call fails. What they own is leaked when it is dropped by another one.
/// Those whose names end in `_send` need closures and futures that are `Send` and work in all threads.
impl Function {
    /// A host function of any type, that gets values and returns a future of values.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Function, Store, Type, Value};
    ///
    /// let mut store = Store::default();
    /// let double = Function::new_async(&mut store, ([Type::I32], [Type::I32]), |args| {
    ///     let n = args[0].unwrap_i32();
    ///     async move { Ok(vec![Value::I32(n * 2)]) }
    /// });
    /// // It is ready at once, so that a plain call does.
    /// assert_eq!(*double.call(&mut store, &[Value::I32(21)])?, [Value::I32(42)]);
    /// # Ok(()) }
    /// ```
    pub fn new_async<FT, F, Fut>(store: &mut impl AsStoreMut, ty: FT, func: F) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(&[Value]) -> Fut + 'static,
        Fut: Future<Output = Result<Vec<Value>, RuntimeError>> + 'static,
    {
        let func = ThreadBound::new(func);
        new_with_values(store, ty.into(), move |_, args| {
            let future: LocalFuture<_> = Box::pin(func.get()?(args));
            Ok(Box::pin(ThreadBound::new(future)))
        })
    }

    /// As [`Self::new_async`], for all threads.
    pub fn new_async_send<FT, F, Fut>(store: &mut impl AsStoreMut, ty: FT, func: F) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(&[Value]) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<Value>, RuntimeError>> + Send + 'static,
    {
        new_with_values(store, ty.into(), move |_, args| Ok(Box::pin(func(args))))
    }

    /// As [`Self::new_async`], for a function that uses a [`FunctionEnv`] or the store.
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_with_env_async<FT, F, Fut, T: 'static>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        ty: FT,
        func: F,
    ) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(AsyncFunctionEnvMut<T>, &[Value]) -> Fut + 'static,
        Fut: Future<Output = Result<Vec<Value>, RuntimeError>> + 'static,
    {
        env.assert_store(store);
        let (env, func) = (env.clone(), ThreadBound::new(func));
        new_with_values(store, ty.into(), move |store, args| {
            let env = AsyncFunctionEnvMut::new(store, &env);
            let future: LocalFuture<_> = Box::pin(func.get()?(env, args));
            Ok(Box::pin(ThreadBound::new(future)))
        })
    }

    /// As [`Self::new_with_env_async`], for all threads.
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_with_env_async_send<FT, F, Fut, T: 'static>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        ty: FT,
        func: F,
    ) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(AsyncFunctionEnvMut<T>, &[Value]) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<Value>, RuntimeError>> + Send + 'static,
    {
        env.assert_store(store);
        let env = env.clone();
        new_with_values(store, ty.into(), move |store, args| {
            Ok(Box::pin(func(AsyncFunctionEnvMut::new(store, &env), args)))
        })
    }

    /// A host function of the type of the closure `func`: its parameters are Rust values, and so are the results
    /// of the future that it returns. That may also be a `Result`, of which the error makes the caller trap.
    pub fn new_typed_async<F, Args, Rets>(store: &mut impl AsStoreMut, func: F) -> Self
    where
        Rets: WasmTypeList + 'static,
        Args: AsyncEntry<Rets> + 'static,
        F: AsyncHostFunction<(), Args, Rets, WithoutEnv> + 'static,
    {
        let func = ThreadBound::new(func);
        new_typed(store, move |_, args| {
            let future = func.get()?.call_async(AsyncFunctionEnv::new(), args);
            Ok(Box::pin(ThreadBound::new(future)))
        })
    }

    /// As [`Self::new_typed_async`], for all threads.
    pub fn new_typed_async_send<F, Args, Rets>(store: &mut impl AsStoreMut, func: F) -> Self
    where
        Rets: WasmTypeList + 'static,
        Args: AsyncEntry<Rets> + 'static,
        F: SendAsyncHostFunction<(), Args, Rets, WithoutEnv> + 'static,
    {
        new_typed(store, move |_, args| Ok(func.call_send_async(AsyncFunctionEnv::new(), args)))
    }

    /// As [`Self::new_typed_async`], for a closure that takes an [`AsyncFunctionEnvMut`] first.
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_typed_with_env_async<T: 'static, F, Args, Rets>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        func: F,
    ) -> Self
    where
        Rets: WasmTypeList + 'static,
        Args: AsyncEntry<Rets> + 'static,
        F: AsyncHostFunction<T, Args, Rets, WithEnv> + 'static,
    {
        env.assert_store(store);
        let (env, func) = (env.clone(), ThreadBound::new(func));
        new_typed(store, move |store, args| {
            let env = AsyncFunctionEnv::with_env(AsyncFunctionEnvMut::new(store, &env));
            Ok(Box::pin(ThreadBound::new(func.get()?.call_async(env, args))))
        })
    }

    /// As [`Self::new_typed_with_env_async`], for all threads.
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_typed_with_env_async_send<T: 'static, F, Args, Rets>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        func: F,
    ) -> Self
    where
        Rets: WasmTypeList + 'static,
        Args: AsyncEntry<Rets> + 'static,
        F: SendAsyncHostFunction<T, Args, Rets, WithEnv> + 'static,
    {
        env.assert_store(store);
        let env = env.clone();
        new_typed(store, move |store, args| {
            let env = AsyncFunctionEnv::with_env(AsyncFunctionEnvMut::new(store, &env));
            Ok(func.call_send_async(env, args))
        })
    }
}

/// Parameters of a typed asynchronous host function with results `Rets`: all that a [`WasmTypeList`] can be but
/// `Infallible`.
pub trait AsyncEntry<Rets>: WasmTypeList {
    /// The code that wasm calls.
    #[doc(hidden)]
    fn entry() -> *const u8;
}

macro_rules! async_host_functions {
    ($($arity:literal ($($A:ident)*))*) => {$(const _: () = {
        type List<$($A),*> = async_host_functions!(@args $($A)*);

        impl<F, Fut, Rets, $($A),*> AsyncHostFunction<(), List<$($A),*>, Rets, WithoutEnv> for F
        where
            F: Fn($($A),*) -> Fut + 'static,
            Fut: Future + 'static,
            Fut::Output: IntoResult<Rets>,
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            fn call_async(
                &self,
                _: AsyncFunctionEnv<(), WithoutEnv>,
                async_host_functions!(@args $($A)*): List<$($A),*>,
            ) -> LocalFuture<Rets> {
                Box::pin(results(self($($A),*)))
            }
        }

        impl<F, Fut, Rets, $($A),*> SendAsyncHostFunction<(), List<$($A),*>, Rets, WithoutEnv> for F
        where
            F: Fn($($A),*) -> Fut + Send + Sync + 'static,
            Fut: Future + Send + 'static,
            Fut::Output: IntoResult<Rets>,
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            fn call_send_async(
                &self,
                _: AsyncFunctionEnv<(), WithoutEnv>,
                async_host_functions!(@args $($A)*): List<$($A),*>,
            ) -> SendFuture<Rets> {
                Box::pin(results(self($($A),*)))
            }
        }

        impl<F, Fut, T, Rets, $($A),*> AsyncHostFunction<T, List<$($A),*>, Rets, WithEnv> for F
        where
            F: Fn(AsyncFunctionEnvMut<T>, $($A),*) -> Fut + 'static,
            Fut: Future + 'static,
            Fut::Output: IntoResult<Rets>,
            T: 'static,
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            fn call_async(
                &self,
                env: AsyncFunctionEnv<T, WithEnv>,
                async_host_functions!(@args $($A)*): List<$($A),*>,
            ) -> LocalFuture<Rets> {
                Box::pin(results(self(env.into_env(), $($A),*)))
            }
        }

        impl<F, Fut, T, Rets, $($A),*> SendAsyncHostFunction<T, List<$($A),*>, Rets, WithEnv> for F
        where
            F: Fn(AsyncFunctionEnvMut<T>, $($A),*) -> Fut + Send + Sync + 'static,
            Fut: Future + Send + 'static,
            Fut::Output: IntoResult<Rets>,
            T: 'static,
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            fn call_send_async(
                &self,
                env: AsyncFunctionEnv<T, WithEnv>,
                async_host_functions!(@args $($A)*): List<$($A),*>,
            ) -> SendFuture<Rets> {
                Box::pin(results(self(env.into_env(), $($A),*)))
            }
        }

        /// Waits for the results of the function.
        ///
        /// # Safety
        ///
        /// The context is that of the function, of which the arguments have the types. Wasm has called it in the
        /// store of the context, which may be used until it returns.
        #[inline(always)]
        unsafe fn run<Rets, $($A),*>(
            context: *mut VMHostContext,
            ($($A,)*): ($(Abi<$A>,)*),
        ) -> Result<Rets::CStruct, Trap>
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            // SAFETY: as for the caller. This owns nothing when it waits, or when `host_call` leaves it by a trap.
            unsafe {
                let mut store = StoreMut::from_context((*context).store_context);
                let data = &*(*context).data.cast::<Start<List<$($A),*>, Rets>>();
                $(let $A = $A::from_native(NativeWasmTypeInto::from_abi(&mut store, $A));)*
                let running = start(&store, data, async_host_functions!(@args $($A)*))?;
                let running = wait_for((*context).store_context, running)?;
                let rets = running.into_output().map_err(RuntimeError::into_vm_trap);
                finish::<Rets>(rets, &mut store)
            }
        }

        /// Called by wasm for functions that return at most one value.
        unsafe extern "C" fn body<Rets, $($A),*>(
            context: NonNull<VMHostContext>,
            $($A: Abi<$A>),*
        ) -> Rets::CStruct
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            let context = context.as_ptr();
            // SAFETY: code that runs in the store of the context calls the function with the context that was made
            // for it, and with arguments of its types.
            unsafe {
                host_call((*context).store_context, || run::<Rets, $($A),*>(context, ($($A,)*)))
            }
        }

        /// Called by wasm for functions that return several values, with the place for these.
        unsafe extern "C" fn body_in_area<Rets, $($A),*>(
            context: NonNull<VMHostContext>,
            area: *mut RawValue,
            $($A: Abi<$A>),*
        )
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            let context = context.as_ptr();
            // SAFETY: as in `body`; `area` has room for the results.
            unsafe {
                host_call((*context).store_context, || {
                    let rets = run::<Rets, $($A),*>(context, ($($A,)*))?;
                    Rets::write_c_struct_to_ptr(rets, area);
                    Ok(())
                })
            }
        }

        #[unsafe(naked)]
        unsafe extern "C" fn stub<Rets, $($A),*>()
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            host_entry!(body::<Rets, $($A),*>)
        }

        #[unsafe(naked)]
        unsafe extern "C" fn stub_in_area<Rets, $($A),*>()
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            host_entry!(body_in_area::<Rets, $($A),*>)
        }

        impl<Rets, $($A),*> AsyncEntry<Rets> for List<$($A),*>
        where
            Rets: WasmTypeList + 'static,
            $($A: FromToNativeWasmType + 'static,)*
        {
            fn entry() -> *const u8 {
                match Rets::IN_AREA {
                    false => stub::<Rets, $($A),*> as *const () as *const u8,
                    true => stub_in_area::<Rets, $($A),*> as *const () as *const u8,
                }
            }
        }
    };)*};
    // One parameter stands alone, not in a tuple.
    (@args $A:ident) => { $A };
    (@args $($A:ident)*) => { ($($A,)*) };
}

#[expect(non_snake_case, reason = "arguments are named after their types")]
mod impls {
    use super::*;

    for_each_arity!(async_host_functions);
}
