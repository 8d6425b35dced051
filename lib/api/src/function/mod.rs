//! Functions of wasm and of the host.

mod env;
mod host;
mod typed;

use std::fmt;
use std::ptr::NonNull;

use wasmer_types::{FunctionType, RawValue, StoreId, Type};
use wasmer_vm::{
    DynamicHostFunction, RegisteredType, Trap, VMFuncRef, VMStoreContext, call_dynamic,
    dynamic_host_entry, enter, register_type, with_type,
};

pub use self::env::{FunctionEnv, FunctionEnvMut};
pub use self::host::{HostFunction, HostFunctionKind, IntoResult, WithEnv, WithoutEnv};
pub use self::typed::TypedFunction;

pub(crate) use self::host::finish;

use self::host::ClosureAndEnv;
use crate::asynchronous::{AsStoreAsync, call_values};
use crate::native::WasmTypeList;
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, AsStoreRef, StoreMut};
use crate::value::Value;

/// How many values a call keeps on the stack; more are on the heap.
const INLINE_VALUES: usize = 8;

/// Runs `f` with an array of `len` zeros.
#[inline(always)]
fn with_slots<R>(len: usize, f: impl FnOnce(&mut [RawValue]) -> R) -> R {
    let mut inline = [RawValue::default(); INLINE_VALUES];
    match inline.get_mut(..len) {
        Some(slots) => f(slots),
        None => f(&mut vec![RawValue::default(); len]),
    }
}

/// A handle to a function in a store: one that an instance exports, or one of the host.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, FunctionType, Store, Type, Value};
///
/// let mut store = Store::default();
/// let ty = FunctionType::new([Type::I32, Type::I32], [Type::I32]);
/// let sum = Function::new(&mut store, ty, |args| {
///     Ok(vec![Value::I32(args[0].unwrap_i32() + args[1].unwrap_i32())])
/// });
/// assert_eq!(*sum.call(&mut store, &[Value::I32(40), Value::I32(2)])?, [Value::I32(42)]);
///
/// let product = Function::new_typed(&mut store, |a: i32, b: i32| a * b);
/// assert_eq!(product.typed::<(i32, i32), i32>(&store)?.call(&mut store, 6, 7)?, 42);
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Function {
    store: StoreId,
    func_ref: NonNull<VMFuncRef>,
}

// SAFETY: it does nothing by itself: what it points to is only used with the store that it belongs to, which is
// checked.
unsafe impl Send for Function {}
// SAFETY: as above.
unsafe impl Sync for Function {}

impl Function {
    /// A function of the host of any type. It gets its arguments as values, and must return values of its
    /// result types; otherwise its caller traps.
    ///
    /// Functions made by [`Self::new_typed`] are several times faster.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Function, RuntimeError, Store, Type, Value};
    ///
    /// let mut store = Store::default();
    /// let f = Function::new(&mut store, ([Type::I32], [Type::I32]), |args| match args[0] {
    ///     Value::I32(13) => Err(RuntimeError::new("bad luck")),
    ///     Value::I32(n) => Ok(vec![Value::I32(n * 2)]),
    ///     _ => Ok(vec![]),
    /// });
    /// assert_eq!(*f.call(&mut store, &[Value::I32(21)])?, [Value::I32(42)]);
    /// assert_eq!(f.call(&mut store, &[Value::I32(13)]).unwrap_err().message(), "bad luck");
    /// assert_eq!(f.ty(&store).to_string(), "[I32] -> [I32]");
    /// assert_eq!((f.param_arity(&store), f.result_arity(&store)), (1, 1));
    /// assert!(f.is_from_store(&store) && !f.is_from_store(&Store::default()));
    /// # Ok(()) }
    /// ```
    pub fn new<FT, F>(store: &mut impl AsStoreMut, ty: FT, func: F) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(&[Value]) -> Result<Vec<Value>, RuntimeError> + 'static + Send + Sync,
    {
        Self::new_dynamic(store, ty.into(), move |_, args| func(args))
    }

    /// As [`Self::new`], for a function that uses a [`FunctionEnv`] or the store.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Function, FunctionEnv, Store, Type, Value};
    ///
    /// let mut store = Store::default();
    /// let log = FunctionEnv::new(&mut store, Vec::new());
    /// let f = Function::new_with_env(&mut store, &log, ([Type::I32, Type::F64], []), |mut log, args| {
    ///     log.data_mut().extend(args.iter().map(Value::to_string));
    ///     Ok(vec![])
    /// });
    /// f.call(&mut store, &[Value::I32(7), Value::F64(0.5)])?;
    /// assert_eq!(log.as_ref(&store), &["7", "0.5"]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_with_env<FT, F, T: Send + 'static>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        ty: FT,
        func: F,
    ) -> Self
    where
        FT: Into<FunctionType>,
        F: Fn(FunctionEnvMut<'_, T>, &[Value]) -> Result<Vec<Value>, RuntimeError>
            + 'static
            + Send
            + Sync,
    {
        env.assert_store(store);
        let env = env.clone();
        Self::new_dynamic(store, ty.into(), move |store, args| {
            func(FunctionEnvMut::new(store, &env), args)
        })
    }

    fn new_dynamic(
        store: &mut impl AsStoreMut,
        ty: FunctionType,
        func: impl Fn(StoreMut<'_>, &[Value]) -> Result<Vec<Value>, RuntimeError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let registered = register_type(&ty);
        let body = move |context: NonNull<VMStoreContext>, slots: &mut [RawValue]| {
            // SAFETY: the function is called by code of this store, and has the only handle until it returns.
            let mut store = unsafe { StoreMut::from_context(context) };
            // SAFETY: the slots begin with arguments of these types, which belong to this store.
            let args = unsafe { values(&mut store, ty.params(), slots) };
            let count = args.len();
            let mut inline = [const { Value::I32(0) }; INLINE_VALUES];
            let heap: Vec<Value>;
            let args = match inline.get_mut(..count) {
                Some(inline) => {
                    inline.iter_mut().zip(args).for_each(|(place, arg)| *place = arg);
                    &*inline
                }
                None => {
                    heap = args.collect();
                    &heap
                }
            };
            let results = func(store.as_store_mut(), args).map_err(RuntimeError::into_vm_trap)?;
            check_results(&store, &ty, &results).map_err(RuntimeError::into_vm_trap)?;
            for (slot, value) in slots.iter_mut().zip(&results) {
                *slot = value.as_raw(&store);
            }
            Ok::<(), Trap>(())
        };
        let host = DynamicHostFunction::new(registered.clone(), body);
        let mut store = store.as_store_mut();
        let context = store.ptr().context();
        // SAFETY: the entry point is the one for this data.
        let func_ref = unsafe {
            store.vm_objects_mut().new_host_function(
                context,
                registered,
                dynamic_host_entry(),
                Box::new(host),
            )
        };
        Self { store: store.id(), func_ref }
    }

    /// A function of the host, of the type of the closure `func`: its parameters and results are Rust
    /// values. It may return a `Result`, of which the error makes the caller trap.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::num::TryFromIntError;
    /// use wasmer::{Function, Store, Value};
    ///
    /// let mut store = Store::default();
    /// let narrow = Function::new_typed(&mut store, |n: i64| i32::try_from(n));
    /// assert_eq!(*narrow.call(&mut store, &[Value::I64(-3)])?, [Value::I32(-3)]);
    /// let error = narrow.call(&mut store, &[Value::I64(1 << 40)]).unwrap_err();
    /// assert!(error.is::<TryFromIntError>());
    /// # Ok(()) }
    /// ```
    pub fn new_typed<F, Args, Rets>(store: &mut impl AsStoreMut, func: F) -> Self
    where
        F: HostFunction<(), Args, Rets, WithoutEnv> + 'static + Send + Sync,
        Args: WasmTypeList,
        Rets: WasmTypeList,
    {
        let mut store = store.as_store_mut();
        let ty = FunctionType::new(Args::wasm_types(), Rets::wasm_types());
        // SAFETY: the entry point is the one for this closure, of this type.
        unsafe { Self::from_host(&mut store, &ty, F::entry(), Box::new(func)) }
    }

    /// As [`Self::new_typed`], for a closure that takes a [`FunctionEnvMut`] first. There is an example at
    /// [`FunctionEnv`].
    ///
    /// # Panics
    ///
    /// When `env` belongs to another store.
    pub fn new_typed_with_env<T: Send + 'static, F, Args, Rets>(
        store: &mut impl AsStoreMut,
        env: &FunctionEnv<T>,
        func: F,
    ) -> Self
    where
        F: HostFunction<T, Args, Rets, WithEnv> + 'static + Send + Sync,
        Args: WasmTypeList,
        Rets: WasmTypeList,
    {
        env.assert_store(store);
        let mut store = store.as_store_mut();
        let ty = FunctionType::new(Args::wasm_types(), Rets::wasm_types());
        let data = Box::new(ClosureAndEnv { closure: func, env: env.clone() });
        // SAFETY: the entry point is the one for this closure and environment, of this type.
        unsafe { Self::from_host(&mut store, &ty, F::entry(), data) }
    }

    /// # Safety
    ///
    /// `entry` is code for functions of type `ty` with a context that holds a `T`.
    pub(crate) unsafe fn from_host<T: Send + Sync + 'static>(
        store: &mut StoreMut<'_>,
        ty: &FunctionType,
        entry: *const u8,
        data: Box<T>,
    ) -> Self {
        let ty = register_type(ty);
        let context = store.ptr().context();
        // SAFETY: as the caller promised.
        let func_ref =
            unsafe { store.vm_objects_mut().new_host_function(context, ty, entry, data) };
        Self { store: store.id(), func_ref }
    }

    /// # Safety
    ///
    /// The function belongs to the store with this id.
    #[inline]
    pub(crate) unsafe fn from_vm(store: StoreId, func_ref: NonNull<VMFuncRef>) -> Self {
        Self { store, func_ref }
    }

    #[inline(always)]
    pub(crate) fn func_ref(&self) -> NonNull<VMFuncRef> {
        self.func_ref
    }

    /// The reference that code of the store with id `store` has.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub(crate) fn address_in(&self, store: StoreId) -> usize {
        self.assert_store(store);
        self.func_ref.as_ptr().expose_provenance()
    }

    pub(crate) fn store_id(&self) -> StoreId {
        self.store
    }

    #[inline(always)]
    pub(crate) fn assert_store(&self, store: StoreId) {
        if self.store != store {
            wrong_store();
        }
    }

    /// Its type, for which the caller has a handle to the store.
    fn with_type<R>(&self, store: &impl AsStoreRef, f: impl FnOnce(&FunctionType) -> R) -> R {
        self.assert_store(store.as_store_ref().id());
        // SAFETY: the store is alive, and with it the function.
        let id = unsafe { (*self.func_ref.as_ptr()).type_id };
        with_type(id, |registered| f(registered.ty())).expect("functions keep their types")
    }

    /// Its type.
    ///
    /// # Panics
    ///
    /// When it belongs to another store. So for the following methods.
    pub fn ty(&self, store: &impl AsStoreRef) -> FunctionType {
        self.with_type(store, FunctionType::clone)
    }

    /// Number of parameters.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn param_arity(&self, store: &impl AsStoreRef) -> usize {
        self.with_type(store, |ty| ty.params().len())
    }

    /// Number of results.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn result_arity(&self, store: &impl AsStoreRef) -> usize {
        self.with_type(store, |ty| ty.results().len())
    }

    /// Calls the function. For a function that is called often, [`Self::typed`] is the faster way.
    ///
    /// # Errors
    ///
    /// When it traps, a host function that it calls fails, or number, types or stores of the arguments are
    /// wrong.
    ///
    /// # Panics
    ///
    /// When it belongs to another store, and with the payload of a panic in a host function.
    pub fn call(
        &self,
        store: &mut impl AsStoreMut,
        params: &[Value],
    ) -> Result<Box<[Value]>, RuntimeError> {
        let mut store = store.as_store_mut();
        let ty = self.registered_type(&mut store);
        check_arguments(&store, ty.ty(), params)?;
        with_slots(ty.shape().values(), |slots| {
            // SAFETY: the arguments have just been checked.
            unsafe {
                self.run(&mut store, ty, slots, |store, slots| {
                    for (slot, value) in slots.iter_mut().zip(params) {
                        *slot = value.as_raw(store);
                    }
                })?;
                Ok(values(&mut store, ty.ty().results(), slots).collect())
            }
        })
    }

    /// Calls the function, which may be suspended by asynchronous host functions ([`Self::new_typed_async`]
    /// and its like).
    ///
    /// Nothing happens before the future is polled. When it is dropped before it is ready, the call ends where
    /// it is: the futures of host functions are dropped, and wasm does not go on. The future can be sent to
    /// other threads.
    ///
    /// # Errors
    ///
    /// As for [`Self::call`].
    ///
    /// # Panics
    ///
    /// When it belongs to another store. The future panics with the payload of a panic in a host function.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use wasmer::{Function, Instance, Module, Store, Value, imports};
    ///
    /// let mut store = Store::default();
    /// let wat = r#"(module (import "host" "sleep" (func $sleep (param i64)))
    ///     (func (export "nap") (result i32) (call $sleep (i64.const 5)) (i32.const 42)))"#;
    /// let module = Module::new(&store, wat)?;
    /// let sleep = Function::new_typed_async(&mut store, async |ms: u64| {
    ///     tokio::time::sleep(Duration::from_millis(ms)).await;
    /// });
    /// let imports = imports! { "host" => { "sleep" => sleep } };
    /// let instance = Instance::new(&mut store, &module, &imports)?;
    /// let nap = instance.exports.get_function("nap")?;
    ///
    /// let store = store.into_async();
    /// let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    /// let results = runtime.block_on(nap.call_async(&store, vec![]))?;
    /// assert_eq!(*results, [Value::I32(42)]);
    /// # Ok(()) }
    /// ```
    pub fn call_async(
        &self,
        store: &impl AsStoreAsync,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Box<[Value]>, RuntimeError>> + Send + 'static {
        call_values(self.clone(), store.store(), params)
    }

    /// Calls the function with values in an array, of which the low bits are those of the parameters' types.
    ///
    /// # Errors
    ///
    /// When it traps, the number of values is wrong, or one for a reference is not null.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    #[doc(hidden)]
    pub fn call_raw(
        &self,
        store: &mut impl AsStoreMut,
        params: Vec<RawValue>,
    ) -> Result<Box<[Value]>, RuntimeError> {
        let mut store = store.as_store_mut();
        let ty = self.registered_type(&mut store);
        self.call_slots(&mut store, &params, |store, slots| {
            // SAFETY: they are the results of a function of this type.
            unsafe { values(store, ty.ty().results(), slots) }.collect()
        })
    }

    /// As [`Self::call_raw`]; `take` gets the results at the start of an array.
    fn call_slots<R>(
        &self,
        store: &mut StoreMut<'_>,
        params: &[RawValue],
        take: impl FnOnce(&mut StoreMut<'_>, &[RawValue]) -> R,
    ) -> Result<R, RuntimeError> {
        let ty = self.registered_type(store);
        if ty.ty().params().len() != params.len() {
            return Err(wrong_parameters(ty.ty(), &[]));
        }
        let forged = |(ty, value): (&Type, &RawValue)| ty.is_ref() && *value != RawValue::default();
        if ty.ty().params().iter().zip(params).any(forged) {
            return Err(RuntimeError::new("references can't be made of numbers"));
        }
        with_slots(ty.shape().values(), |slots| {
            // SAFETY: there are as many arguments as parameters. All bits are values of numbers, and references are
            // null.
            unsafe {
                self.run(store, ty, slots, |_, slots| {
                    slots[..params.len()].copy_from_slice(params);
                })?;
            }
            Ok(take(store, slots))
        })
    }

    #[inline]
    fn registered_type<'a>(&self, store: &mut StoreMut<'a>) -> &'a RegisteredType {
        self.assert_store(store.id());
        // SAFETY: the function belongs to the store, which is alive.
        unsafe { store.function_type((*self.func_ref.as_ptr()).type_id) }
    }

    /// Calls the function; the results are at the start of `slots` then.
    ///
    /// # Safety
    ///
    /// It belongs to the store and has the type `ty`; `slots` has room for parameters and results, and
    /// `set_args` writes arguments of that type, which belong to the store, to its start.
    #[inline(always)]
    unsafe fn run(
        &self,
        store: &mut StoreMut<'_>,
        ty: &RegisteredType,
        slots: &mut [RawValue],
        set_args: impl Fn(&StoreMut<'_>, &mut [RawValue]),
    ) -> Result<(), RuntimeError> {
        loop {
            set_args(store, slots);
            // SAFETY: as the caller promised. The closure owns nothing.
            unsafe {
                let slots = &mut *slots;
                enter(store.ptr().context(), || {
                    call_dynamic(self.func_ref, ty.shape(), slots);
                })?;
            }
            if !store.has_on_called() || !store.finish_call()? {
                return Ok(());
            }
        }
    }

    /// The function with a type that is known in Rust.
    ///
    /// # Errors
    ///
    /// When it has another type.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Function, Store, TypedFunction};
    ///
    /// let mut store = Store::default();
    /// let minus = Function::new_typed(&mut store, |a: i32, b: i32| a - b);
    /// let typed: TypedFunction<(i32, i32), i32> = minus.typed(&store)?;
    /// assert_eq!(typed.call(&mut store, 50, 8)?, 42);
    ///
    /// let error = minus.typed::<i32, i32>(&store).unwrap_err();
    /// assert!(error.message().starts_with("given types (`[I32]`) for the function arguments"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn typed<Args, Rets>(
        &self,
        store: &impl AsStoreRef,
    ) -> Result<TypedFunction<Args, Rets>, RuntimeError>
    where
        Args: WasmTypeList,
        Rets: WasmTypeList,
    {
        self.with_type(store, |ty| {
            same_types("arguments", Args::wasm_types(), ty.params())?;
            same_types("results", Rets::wasm_types(), ty.results())
        })?;
        Ok(TypedFunction::new(self.clone()))
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.store == store.as_store_ref().id()
    }
}

#[cold]
pub(crate) fn wrong_store() -> ! {
    panic!("object used with the wrong context")
}

#[inline]
pub(crate) fn check_arguments(
    store: &StoreMut<'_>,
    ty: &FunctionType,
    params: &[Value],
) -> Result<(), RuntimeError> {
    let expected = ty.params();
    if expected.len() != params.len()
        || expected.iter().zip(params).any(|(ty, value)| *ty != value.ty())
    {
        return Err(wrong_parameters(ty, params));
    }
    match params.iter().all(|value| value.is_from_store(store)) {
        true => Ok(()),
        false => Err(RuntimeError::cross_store()),
    }
}

#[cold]
fn wrong_parameters(ty: &FunctionType, params: &[Value]) -> RuntimeError {
    let given: Vec<Type> = params.iter().map(Value::ty).collect();
    RuntimeError::new(format!("Parameters of type {given:?} did not match signature {ty}"))
}

fn same_types(what: &str, given: &[Type], actual: &[Type]) -> Result<(), RuntimeError> {
    match given == actual {
        true => Ok(()),
        false => Err(RuntimeError::new(format!(
            "given types (`{given:?}`) for the function {what} don't match the actual types (`{actual:?}`)"
        ))),
    }
}

/// The first values in `slots`.
///
/// # Safety
///
/// They are of these types and belong to the store.
#[inline]
pub(crate) unsafe fn values(
    store: &mut StoreMut<'_>,
    types: &[Type],
    slots: &[RawValue],
) -> impl ExactSizeIterator<Item = Value> {
    types.iter().zip(slots).map(|(&ty, &raw)| {
        // SAFETY: as the caller promised.
        unsafe { Value::from_raw(store, ty, raw) }
    })
}

/// Checks what a host function has returned.
#[inline]
pub(crate) fn check_results(
    store: &StoreMut<'_>,
    ty: &FunctionType,
    results: &[Value],
) -> Result<(), RuntimeError> {
    let expected = ty.results();
    if expected.len() != results.len()
        || expected.iter().zip(results).any(|(ty, value)| *ty != value.ty())
    {
        let given: Vec<Type> = results.iter().map(Value::ty).collect();
        return Err(RuntimeError::new(format!(
            "Dynamic function returned wrong signature. Expected {expected:?} but got {given:?}"
        )));
    }
    match results.iter().all(|value| value.is_from_store(store)) {
        true => Ok(()),
        false => Err(RuntimeError::cross_store()),
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("store", &self.store).finish_non_exhaustive()
    }
}
