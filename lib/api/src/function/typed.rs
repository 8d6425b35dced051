//! Calls of wasm functions with Rust values.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use wasmer_types::RawValue;
use wasmer_vm::{VMFuncRef, enter};

use super::Function;
use crate::asynchronous::{AsStoreAsync, AsyncCall};
use crate::native::{Abi, FromToNativeWasmType, NativeWasmTypeInto, WasmTypeList, for_each_arity};
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, StoreMut};

/// A function of which the type is known in Rust. It is called by the C ABI, with nothing between.
///
/// `Args` is `()`, the type of the only parameter, or a tuple of types; so is `Rets`.
///
/// # Example
///
/// ```
/// # use wasmer::{Instance, Module, Store, TypedFunction, imports};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut store = Store::default();
/// let wat = r#"(module
///     (func (export "divmod") (param i32 i32) (result i32 i32)
///         (i32.div_u (local.get 0) (local.get 1))
///         (i32.rem_u (local.get 0) (local.get 1))))"#;
/// let module = Module::new(&store, wat)?;
/// let instance = Instance::new(&mut store, &module, &imports! {})?;
/// let divmod: TypedFunction<(u32, u32), (u32, u32)> =
///     instance.exports.get_typed_function(&store, "divmod")?;
/// assert_eq!(divmod.call(&mut store, 47, 5)?, (9, 2));
/// assert_eq!(divmod.call(&mut store, 1, 0).unwrap_err().message(), "integer divide by zero");
/// # Ok(()) }
/// ```
pub struct TypedFunction<Args, Rets> {
    function: Function,
    signature: PhantomData<fn(Args) -> Rets>,
}

impl<Args, Rets> TypedFunction<Args, Rets> {
    /// The caller has checked the types.
    pub(super) fn new(function: Function) -> Self {
        Self { function, signature: PhantomData }
    }
}

impl<Args: WasmTypeList, Rets: WasmTypeList> TypedFunction<Args, Rets> {
    /// Calls the function with values in an array, as [`Function::call_raw`].
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
        params_list: Vec<RawValue>,
    ) -> Result<Rets, RuntimeError> {
        let mut store = store.as_store_mut();
        let results = self.function.call_slots(&mut store, &params_list, |store, slots| {
            // SAFETY: they are the results of a function of this type, as was checked when `self` was made.
            unsafe { Rets::from_slice(store, &slots[..Rets::size() as usize]) }
        })?;
        results.map_err(|error| RuntimeError::new(error.to_string()))
    }
}

/// A function of a store that goes with it to other threads.
#[derive(Clone, Copy)]
struct SendFuncRef(NonNull<VMFuncRef>);

// SAFETY: it is only used with its store.
unsafe impl Send for SendFuncRef {}

/// What comes behind a call: the handler of [`StoreMut::on_called`], which may want another one.
#[inline(always)]
fn is_to_repeat(store: &mut StoreMut<'_>) -> Result<bool, RuntimeError> {
    match store.has_on_called() {
        false => Ok(false),
        true => store.finish_call(),
    }
}

macro_rules! typed_calls {
    ($($arity:literal ($($A:ident)*))*) => {$(
        #[allow(
            non_snake_case,
            unused_variables,
            reason = "arguments, if there are any, are named after their types and converted in the store"
        )]
        impl<$($A,)* Rets> TypedFunction<typed_calls!(@args $($A)*), Rets>
        where
            $($A: FromToNativeWasmType,)*
            Rets: WasmTypeList,
        {
            /// Calls the code of a function.
            ///
            /// # Safety
            ///
            /// The function is alive, has these parameters and results, and runs in its store, which has been
            /// entered.
            #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
            #[inline(always)]
            unsafe fn invoke(func_ref: NonNull<VMFuncRef>, $($A: Abi<$A>),*) -> Rets::CStruct {
                // SAFETY: as for the caller, so that the code has one of these two types. With results in an
                // area, `CStruct` is the array of their slots.
                unsafe {
                    let VMFuncRef { code, vmctx, .. } = *func_ref.as_ptr();
                    if Rets::IN_AREA {
                        let code: unsafe extern "C" fn(*mut (), *mut RawValue, $(Abi<$A>),*) =
                            std::mem::transmute(code);
                        let mut area = MaybeUninit::<Rets::CStruct>::zeroed();
                        code(vmctx, area.as_mut_ptr().cast(), $($A),*);
                        area.assume_init()
                    } else {
                        let code: unsafe extern "C" fn(*mut (), $(Abi<$A>),*) -> Rets::CStruct =
                            std::mem::transmute(code);
                        code(vmctx, $($A),*)
                    }
                }
            }

            /// Calls the function, which may be suspended by asynchronous host functions. See
            /// [`Function::call_async`].
            ///
            /// # Errors
            ///
            /// As for [`Self::call`].
            ///
            /// # Panics
            ///
            /// When the function belongs to another store. The future panics with the payload of a panic in a
            /// host function.
            #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
            #[inline]
            pub fn call_async(
                &self,
                store: &impl AsStoreAsync,
                $($A: $A),*
            ) -> impl Future<Output = Result<Rets, RuntimeError>> + Sized + 'static
            where
                $($A: 'static,)*
                Rets: 'static,
            {
                let store = store.store();
                self.function.assert_store(store.store_id());
                let func_ref = SendFuncRef(self.function.func_ref());
                let mut args = Some(($($A,)*));
                let mut values = None;
                let prepare = move |store: &mut StoreMut<'_>| {
                    let SendFuncRef(func_ref) = { func_ref };
                    if let Some(($($A,)*)) = args.take() {
                        if !(true $(&& $A.is_from_store(store))*) {
                            return Err(RuntimeError::cross_store());
                        }
                        values = Some(($($A.to_native().into_abi(store),)*));
                    }
                    let ($($A,)*) = values.expect("they were made of the arguments");
                    // SAFETY: the function has these parameters and results, as was checked when `self` was
                    // made, and belongs to the store, so that it is alive and may be called in it.
                    Ok(move || unsafe { Self::invoke(func_ref, $($A),*) })
                };
                // SAFETY: they are the results of a function of this type in this store.
                let finish = |store: &mut StoreMut<'_>, results| unsafe {
                    Rets::from_c_struct(store, results)
                };
                // SAFETY: the code is for this store, and owns nothing.
                unsafe { AsyncCall::new(store, prepare, finish) }
            }

            /// Calls the function.
            ///
            /// # Errors
            ///
            /// When it traps, a host function that it calls fails, or an argument belongs to another store.
            ///
            /// # Panics
            ///
            /// When the function belongs to another store, and with the payload of a panic in a host
            /// function.
            #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
            #[inline]
            pub fn call(
                &self,
                store: &mut impl AsStoreMut,
                $($A: $A),*
            ) -> Result<Rets, RuntimeError> {
                let mut store = store.as_store_mut();
                self.function.assert_store(store.id());
                if !(true $(&& $A.is_from_store(&store))*) {
                    return Err(RuntimeError::cross_store());
                }
                let store = &mut store;
                $(let $A = $A.to_native().into_abi(store);)*
                loop {
                    let func_ref = self.function.func_ref();
                    // SAFETY: the function has these parameters and results, as was checked when `self` was
                    // made. It belongs to the store, so that it is alive and may be called in it. The closure
                    // owns nothing.
                    let called = unsafe {
                        enter(store.ptr().context(), || Self::invoke(func_ref, $($A),*))
                    };
                    let results = called.map_err(RuntimeError::from)?;
                    if !is_to_repeat(store)? {
                        // SAFETY: they are the results of a function of this type in this store.
                        return Ok(unsafe { Rets::from_c_struct(store, results) });
                    }
                }
            }
        }
    )*};
    // One parameter stands alone, not in a tuple.
    (@args $A:ident) => { $A };
    (@args $($A:ident)*) => { ($($A,)*) };
}
for_each_arity!(typed_calls);

impl<Args, Rets> Clone for TypedFunction<Args, Rets> {
    fn clone(&self) -> Self {
        Self::new(self.function.clone())
    }
}

impl<Args, Rets> fmt::Debug for TypedFunction<Args, Rets> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedFunction").field("function", &self.function).finish()
    }
}

impl<Args: WasmTypeList, Rets: WasmTypeList> From<TypedFunction<Args, Rets>> for Function {
    fn from(typed: TypedFunction<Args, Rets>) -> Self {
        typed.function
    }
}
