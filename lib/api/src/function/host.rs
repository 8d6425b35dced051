//! Typed functions of the host, which compiled code calls directly.
//!
//! For a closure, its parameter types and its results there is one `extern "C"` function that converts the
//! arguments, calls the closure and converts the results, behind the stub of
//! [`host_entry!`](wasmer_vm::host_entry). The closure lies in the context that is the first argument.

use std::convert::Infallible;
use std::error::Error;
use std::marker::PhantomData;
use std::ptr::NonNull;

use wasmer_types::RawValue;
use wasmer_vm::{Trap, VMHostContext, host_call, host_entry};

use super::env::{FunctionEnv, FunctionEnvMut};
use crate::native::{Abi, FromToNativeWasmType, NativeWasmTypeInto, WasmTypeList, for_each_arity};
use crate::runtime_error::RuntimeError;
use crate::store::StoreMut;

/// Says that a host function takes a [`FunctionEnvMut`] first.
#[derive(Debug)]
pub struct WithEnv;

/// Says that a host function takes no [`FunctionEnvMut`].
#[derive(Debug)]
pub struct WithoutEnv;

/// [`WithEnv`] or [`WithoutEnv`].
pub trait HostFunctionKind: sealed::Kind {}

impl HostFunctionKind for WithEnv {}
impl HostFunctionKind for WithoutEnv {}

pub(crate) mod sealed {
    /// Keeps [`super::HostFunctionKind`] to this crate.
    pub trait Kind {}
    impl Kind for super::WithEnv {}
    impl Kind for super::WithoutEnv {}

    /// Keeps [`super::HostFunction`] to this crate.
    pub trait Host<T, Args, Rets, Kind> {
        /// The code that wasm calls.
        fn entry() -> *const u8;
    }
}

/// What a typed host function may return for results `T`: `T`, or a `Result<T, E>`.
pub trait IntoResult<T: WasmTypeList> {
    /// With what it may fail.
    type Error: Error + Send + Sync + 'static;

    /// As a result.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn into_result(self) -> Result<T, Self::Error>;
}

impl<T: WasmTypeList> IntoResult<T> for T {
    type Error = Infallible;

    #[inline(always)]
    fn into_result(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

impl<T, E> IntoResult<T> for Result<T, E>
where
    T: WasmTypeList,
    E: Error + Send + Sync + 'static,
{
    type Error = E;

    #[inline(always)]
    fn into_result(self) -> Self {
        self
    }
}

/// A closure that [`Function::new_typed`](crate::Function::new_typed) takes: any `Fn` of up to 26 parameters
/// that are [`FromToNativeWasmType`]s, behind a [`FunctionEnvMut<T>`] if it is [`WithEnv`], that returns an
/// [`IntoResult`].
pub trait HostFunction<T, Args, Rets, Kind>: sealed::Host<T, Args, Rets, Kind>
where
    Args: WasmTypeList,
    Rets: WasmTypeList,
    Kind: HostFunctionKind,
{
}

impl<F, T, Args, Rets, Kind> HostFunction<T, Args, Rets, Kind> for F
where
    F: sealed::Host<T, Args, Rets, Kind>,
    Args: WasmTypeList,
    Rets: WasmTypeList,
    Kind: HostFunctionKind,
{
}

/// How the closure in the context of a host function is called.
trait Body<Args, Rets> {
    /// What the context holds.
    type Data;

    fn call(data: &Self::Data, store: &mut StoreMut<'_>, args: Args) -> Result<Rets, Trap>;
}

/// A closure without an environment.
struct Plain<F>(PhantomData<F>);

/// A closure with an environment.
struct WithValue<F, T>(PhantomData<(F, T)>);

/// What the context of a [`WithValue`] holds.
pub(super) struct ClosureAndEnv<F, T> {
    pub(super) closure: F,
    pub(super) env: FunctionEnv<T>,
}

/// The end of every host function: an error becomes a trap, results what compiled code expects.
#[inline(always)]
pub(crate) fn finish<Rets: WasmTypeList>(
    rets: Result<Rets, Trap>,
    store: &mut StoreMut<'_>,
) -> Result<Rets::CStruct, Trap> {
    let rets = rets?;
    if !rets.is_from_store(store) {
        return Err(RuntimeError::cross_store().into_vm_trap());
    }
    // SAFETY: they belong to this store, as was just checked, and are returned to code of it.
    Ok(unsafe { rets.into_c_struct(store) })
}

#[cold]
fn user_trap<E: Error + Send + Sync + 'static>(error: E) -> Trap {
    let error: Box<dyn Error + Send + Sync> = Box::new(error);
    match error.downcast::<RuntimeError>() {
        // It may be an exception.
        Ok(error) => error.into_vm_trap(),
        Err(error) => Trap::user(error),
    }
}

macro_rules! host_functions {
    ($($arity:literal ($($A:ident)*))*) => {$(const _: () = {
        impl<F, R, Rets, $($A),*> Body<($($A,)*), Rets> for Plain<F>
        where
            F: Fn($($A),*) -> R,
            R: IntoResult<Rets>,
            Rets: WasmTypeList,
        {
            type Data = F;

            #[inline(always)]
            fn call(closure: &F, _: &mut StoreMut<'_>, ($($A,)*): ($($A,)*)) -> Result<Rets, Trap> {
                closure($($A),*).into_result().map_err(user_trap)
            }
        }

        impl<F, T, R, Rets, $($A),*> Body<($($A,)*), Rets> for WithValue<F, T>
        where
            F: Fn(FunctionEnvMut<'_, T>, $($A),*) -> R,
            T: Send + 'static,
            R: IntoResult<Rets>,
            Rets: WasmTypeList,
        {
            type Data = ClosureAndEnv<F, T>;

            #[inline(always)]
            fn call(
                data: &Self::Data,
                store: &mut StoreMut<'_>,
                ($($A,)*): ($($A,)*),
            ) -> Result<Rets, Trap> {
                use crate::store::AsStoreMut;
                let env = FunctionEnvMut::new(store.as_store_mut(), &data.env);
                (data.closure)(env, $($A),*).into_result().map_err(user_trap)
            }
        }

        /// What a host function does.
        ///
        /// # Safety
        ///
        /// The context is that of the function, which code that runs in the store of the context has called with
        /// these arguments of its types. The store may be used until this returns.
        #[inline(always)]
        unsafe fn run<H, Rets, $($A),*>(
            context: *mut VMHostContext,
            ($($A,)*): ($(Abi<$A>,)*),
        ) -> Result<Rets::CStruct, Trap>
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            // SAFETY: as for the caller.
            unsafe {
                let mut store = StoreMut::from_context((*context).store_context);
                let data = &*(*context).data.cast::<H::Data>();
                $(let $A = $A::from_native(NativeWasmTypeInto::from_abi(&mut store, $A));)*
                finish::<Rets>(H::call(data, &mut store, ($($A,)*)), &mut store)
            }
        }

        /// Called by wasm for functions that return at most one value.
        unsafe extern "C" fn body<H, Rets, $($A),*>(
            context: NonNull<VMHostContext>,
            $($A: Abi<$A>),*
        ) -> Rets::CStruct
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            let context = context.as_ptr();
            // SAFETY: code that runs in the store of the context calls the function with the context that was made
            // for it, and with arguments of its types. This owns nothing when `host_call` leaves it by a trap.
            unsafe {
                host_call((*context).store_context, || run::<H, Rets, $($A),*>(context, ($($A,)*)))
            }
        }

        /// Called by wasm for functions that return several values, with the place for these.
        unsafe extern "C" fn body_in_area<H, Rets, $($A),*>(
            context: NonNull<VMHostContext>,
            area: *mut RawValue,
            $($A: Abi<$A>),*
        )
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            let context = context.as_ptr();
            // SAFETY: as in `body`; `area` has room for the results.
            unsafe {
                host_call((*context).store_context, || {
                    let rets = run::<H, Rets, $($A),*>(context, ($($A,)*))?;
                    Rets::write_c_struct_to_ptr(rets, area);
                    Ok(())
                })
            }
        }

        #[unsafe(naked)]
        unsafe extern "C" fn stub<H, Rets, $($A),*>()
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            host_entry!(body::<H, Rets, $($A),*>)
        }

        #[unsafe(naked)]
        unsafe extern "C" fn stub_in_area<H, Rets, $($A),*>()
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            host_entry!(body_in_area::<H, Rets, $($A),*>)
        }

        /// The stub of the body that fits the number of results.
        fn entry<H, Rets, $($A),*>() -> *const u8
        where
            H: Body<($($A,)*), Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            match Rets::IN_AREA {
                false => stub::<H, Rets, $($A),*> as *const () as *const u8,
                true => stub_in_area::<H, Rets, $($A),*> as *const () as *const u8,
            }
        }

        impl<F, R, Rets, $($A),*> sealed::Host<(), host_functions!(@args $($A)*), Rets, WithoutEnv>
            for F
        where
            F: Fn($($A),*) -> R + 'static,
            R: IntoResult<Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            fn entry() -> *const u8 {
                entry::<Plain<F>, Rets, $($A),*>()
            }
        }

        impl<F, T, R, Rets, $($A),*> sealed::Host<T, host_functions!(@args $($A)*), Rets, WithEnv>
            for F
        where
            F: Fn(FunctionEnvMut<'_, T>, $($A),*) -> R + 'static,
            T: Send + 'static,
            R: IntoResult<Rets>,
            Rets: WasmTypeList,
            $($A: FromToNativeWasmType,)*
        {
            fn entry() -> *const u8 {
                entry::<WithValue<F, T>, Rets, $($A),*>()
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

    for_each_arity!(host_functions);
}
