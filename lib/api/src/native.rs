//! Rust types that are wasm types, and how they cross between the two.
//!
//! Compiled code and typed host functions call each other by the platform's C ABI, so each type here names
//! the type of the C ABI that carries it ([`NativeWasmType::Abi`]).

use std::array::TryFromSliceError;
use std::convert::Infallible;
use std::fmt::Debug;
use std::ptr::{self, NonNull};

use wasmer_types::{RawValue, Type};

use crate::extern_ref::ExternRef;
use crate::function::Function;
use crate::store::{AsStoreMut, AsStoreRef};

/// A Rust type that stands for a wasm type.
///
/// # Example
///
/// ```
/// use wasmer::{Function, NativeWasmType, Type};
///
/// assert_eq!(<u32 as NativeWasmType>::WASM_TYPE, Type::I32);
/// assert_eq!(<Option<Function> as NativeWasmType>::WASM_TYPE, Type::FuncRef);
/// ```
pub trait NativeWasmType: Sized {
    /// What carries it in a call by the C ABI.
    type Abi: Copy + Debug;

    /// The wasm type.
    const WASM_TYPE: Type;
}

/// A [`NativeWasmType`] that can be passed.
pub trait NativeWasmTypeInto: NativeWasmType {
    /// As an argument or result of a call.
    #[doc(hidden)]
    fn into_abi(self, store: &mut impl AsStoreMut) -> Self::Abi;

    /// From an argument or result of a call.
    ///
    /// # Safety
    ///
    /// `abi` comes from a call within this store, of this type.
    #[doc(hidden)]
    unsafe fn from_abi(store: &mut impl AsStoreMut, abi: Self::Abi) -> Self;

    /// As an element of an array of values.
    fn into_raw(self, store: &mut impl AsStoreMut) -> RawValue;

    /// From an element of an array of values.
    ///
    /// # Safety
    ///
    /// `raw` is a value of this type that belongs to this store.
    unsafe fn from_raw(store: &mut impl AsStoreMut, raw: RawValue) -> Self;
}

macro_rules! native_numbers {
    ($($ty:ident $wasm:ident $get:ident;)*) => {$(
        impl NativeWasmType for $ty {
            type Abi = $ty;
            const WASM_TYPE: Type = Type::$wasm;
        }

        impl NativeWasmTypeInto for $ty {
            #[inline(always)]
            fn into_abi(self, _store: &mut impl AsStoreMut) -> $ty {
                self
            }

            #[inline(always)]
            unsafe fn from_abi(_store: &mut impl AsStoreMut, abi: $ty) -> Self {
                abi
            }

            #[inline(always)]
            fn into_raw(self, _store: &mut impl AsStoreMut) -> RawValue {
                self.into()
            }

            #[inline(always)]
            unsafe fn from_raw(_store: &mut impl AsStoreMut, raw: RawValue) -> Self {
                raw.$get()
            }
        }
    )*};
}

native_numbers! {
    i32 I32 as_i32;
    u32 I32 as_u32;
    i64 I64 as_i64;
    u64 I64 as_u64;
    f32 F32 as_f32;
    f64 F64 as_f64;
}

/// The type of the C ABI that travels in a vector register.
#[cfg(target_arch = "x86_64")]
type Vector = std::arch::x86_64::__m128i;
/// The type of the C ABI that travels in a vector register.
#[cfg(target_arch = "aarch64")]
type Vector = std::arch::aarch64::uint8x16_t;

impl NativeWasmType for u128 {
    type Abi = Vector;
    const WASM_TYPE: Type = Type::V128;
}

impl NativeWasmTypeInto for u128 {
    #[inline(always)]
    fn into_abi(self, _store: &mut impl AsStoreMut) -> Vector {
        // SAFETY: both have 16 bytes, and every bit pattern is a value of both.
        unsafe { std::mem::transmute(self.to_le_bytes()) }
    }

    #[inline(always)]
    unsafe fn from_abi(_store: &mut impl AsStoreMut, abi: Vector) -> Self {
        // SAFETY: as in `into_abi`.
        Self::from_le_bytes(unsafe { std::mem::transmute::<Vector, [u8; 16]>(abi) })
    }

    #[inline(always)]
    fn into_raw(self, _store: &mut impl AsStoreMut) -> RawValue {
        self.into()
    }

    #[inline(always)]
    unsafe fn from_raw(_store: &mut impl AsStoreMut, raw: RawValue) -> Self {
        raw.as_u128()
    }
}

/// A type that can be a parameter or result of a typed function: numbers, `Option<ExternRef>`, `Option<Function>`,
/// pointers such as [`WasmPtr`](crate::WasmPtr), and types of programs that travel as one of these.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{FromToNativeWasmType, Function, Store};
///
/// /// A number that guests can't confuse with others.
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct FileId(u32);
///
/// // SAFETY: it travels as an `i32` does.
/// unsafe impl FromToNativeWasmType for FileId {
///     type Native = i32;
///
///     fn from_native(native: i32) -> Self {
///         Self(native as u32)
///     }
///
///     fn to_native(self) -> i32 {
///         self.0 as i32
///     }
/// }
///
/// let mut store = Store::default();
/// let next = Function::new_typed(&mut store, |id: FileId| FileId(id.0 + 1));
/// let next = next.typed::<FileId, FileId>(&store)?;
/// assert_eq!(next.call(&mut store, FileId(3))?, FileId(4));
/// # Ok(()) }
/// ```
///
/// # Safety
///
/// `Native::Abi` is passed by the C ABI as compiled code passes a value of type `Native::WASM_TYPE`.
pub unsafe trait FromToNativeWasmType: Sized {
    /// What it travels as.
    type Native: NativeWasmTypeInto;

    /// From what it travels as.
    fn from_native(native: Self::Native) -> Self;

    /// To what it travels as.
    fn to_native(self) -> Self::Native;

    /// Whether it may be passed to functions of `store`, which holds for all but references to objects of
    /// other stores.
    #[inline(always)]
    fn is_from_store(&self, _store: &impl AsStoreRef) -> bool {
        true
    }
}

macro_rules! numbers_travel_as {
    ($($ty:ident $native:ident)*) => {$(
        // SAFETY: integers and floats of wasm are those of the C ABI.
        unsafe impl FromToNativeWasmType for $ty {
            type Native = $native;

            #[inline(always)]
            fn from_native(native: $native) -> Self {
                native as Self
            }

            #[inline(always)]
            fn to_native(self) -> $native {
                self as $native
            }
        }
    )*};
}

numbers_travel_as! {
    i8 i32
    u8 i32
    i16 i32
    u16 i32
    i32 i32
    u32 i32
    i64 i64
    u64 i64
    f32 f32
    f64 f64
    u128 u128
}

/// Handles travel as the addresses of what they refer to, and `None` as 0.
macro_rules! references {
    ($($handle:ident $wasm:ident;)*) => {$(
        impl NativeWasmType for $handle {
            type Abi = usize;
            const WASM_TYPE: Type = Type::$wasm;
        }

        impl NativeWasmType for Option<$handle> {
            type Abi = usize;
            const WASM_TYPE: Type = Type::$wasm;
        }

        impl NativeWasmTypeInto for Option<$handle> {
            fn into_abi(self, store: &mut impl AsStoreMut) -> usize {
                let id = store.as_store_ref().id();
                self.map_or(0, |handle| handle.address_in(id))
            }

            unsafe fn from_abi(store: &mut impl AsStoreMut, abi: usize) -> Self {
                let object = NonNull::new(ptr::with_exposed_provenance_mut(abi))?;
                // SAFETY: the caller promised that it belongs to this store.
                Some(unsafe { $handle::from_vm(store.as_store_ref().id(), object) })
            }

            fn into_raw(self, store: &mut impl AsStoreMut) -> RawValue {
                self.into_abi(store).into()
            }

            unsafe fn from_raw(store: &mut impl AsStoreMut, raw: RawValue) -> Self {
                // SAFETY: as the caller promised.
                unsafe { Self::from_abi(store, raw.as_usize()) }
            }
        }

        // SAFETY: references of wasm are pointers of the C ABI.
        unsafe impl FromToNativeWasmType for Option<$handle> {
            type Native = Self;

            fn from_native(native: Self) -> Self {
                native
            }

            fn to_native(self) -> Self {
                self
            }

            fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
                self.as_ref().is_none_or(|handle| handle.is_from_store(store))
            }
        }
    )*};
}

references! {
    ExternRef ExternRef;
    Function FuncRef;
}

/// Types of several values: the parameters or the results of a typed function.
///
/// It is `()`, a [`FromToNativeWasmType`] or a tuple of up to 26 of them; [`Infallible`] for the results of a
/// function that never returns normally.
///
/// # Example
///
/// ```
/// use wasmer::{Store, Type, WasmTypeList};
///
/// type Pair = (i64, f32);
/// assert_eq!((Pair::size(), Pair::wasm_types()), (2, &[Type::I64, Type::F32][..]));
/// assert_eq!(<() as WasmTypeList>::wasm_types(), []);
///
/// let mut store = Store::default();
/// // SAFETY: numbers belong to every store.
/// let back = unsafe {
///     let array = (7i64, 0.5f32).into_array(&mut store);
///     Pair::from_slice(&mut store, &array).unwrap()
/// };
/// assert_eq!(back, (7, 0.5));
/// ```
pub trait WasmTypeList: Sized + sealed::List {
    /// What a compiled function returns: nothing, the only value as the C ABI passes it, or the array that
    /// it writes its values to ([`Self::Array`]).
    type CStruct;

    /// The values as an array.
    type Array: AsMut<[RawValue]>;

    /// Whether a function with these results writes them to an array of its caller.
    #[doc(hidden)]
    const IN_AREA: bool;

    /// Number of values.
    fn size() -> u32;

    /// The values in `array`.
    ///
    /// # Safety
    ///
    /// They are of these types and belong to this store.
    unsafe fn from_array(store: &mut impl AsStoreMut, array: Self::Array) -> Self;

    /// The values in `slice`.
    ///
    /// # Errors
    ///
    /// When it has another length.
    ///
    /// # Safety
    ///
    /// They are of these types and belong to this store.
    unsafe fn from_slice(
        store: &mut impl AsStoreMut,
        slice: &[RawValue],
    ) -> Result<Self, TryFromSliceError>;

    /// The values as an array.
    ///
    /// # Safety
    ///
    /// What they refer to may only be used in this store.
    unsafe fn into_array(self, store: &mut impl AsStoreMut) -> Self::Array;

    /// An array of zeros.
    fn empty_array() -> Self::Array;

    /// The values that a compiled function returned.
    ///
    /// # Safety
    ///
    /// They are of these types and belong to this store.
    unsafe fn from_c_struct(store: &mut impl AsStoreMut, c_struct: Self::CStruct) -> Self;

    /// The values as a compiled function returns them.
    ///
    /// # Safety
    ///
    /// What they refer to may only be used in this store.
    unsafe fn into_c_struct(self, store: &mut impl AsStoreMut) -> Self::CStruct;

    /// Writes what a function returned to an array.
    ///
    /// # Safety
    ///
    /// `ptr` is valid for writes of [`Self::size`] values.
    unsafe fn write_c_struct_to_ptr(c_struct: Self::CStruct, ptr: *mut RawValue);

    /// The types of the values.
    fn wasm_types() -> &'static [Type];

    /// Whether all values may be passed to functions of `store`.
    #[doc(hidden)]
    fn is_from_store(&self, store: &impl AsStoreRef) -> bool;
}

pub(crate) mod sealed {
    use super::FromToNativeWasmType;

    /// Keeps [`super::WasmTypeList`] to the types of this crate.
    pub trait List {}

    impl List for std::convert::Infallible {}
    impl<T: FromToNativeWasmType> List for T {}

    macro_rules! tuples {
        ($($arity:literal ($($T:ident)*))*) => {$(
            impl<$($T: FromToNativeWasmType),*> List for ($($T,)*) {}
        )*};
    }
    crate::native::for_each_arity!(tuples);
}

/// What carries a value of `T` in a call.
pub(crate) type Abi<T> = <<T as FromToNativeWasmType>::Native as NativeWasmType>::Abi;

/// A function may be called as one that never returns normally whether or not that is true, so what it returns
/// is no `Infallible`.
impl WasmTypeList for Infallible {
    type CStruct = ();
    type Array = [RawValue; 0];
    const IN_AREA: bool = false;

    fn size() -> u32 {
        0
    }

    unsafe fn from_array(_: &mut impl AsStoreMut, _: Self::Array) -> Self {
        panic!("a function that was said not to return has returned")
    }

    unsafe fn from_slice(
        _: &mut impl AsStoreMut,
        _: &[RawValue],
    ) -> Result<Self, TryFromSliceError> {
        panic!("a function that was said not to return has returned")
    }

    unsafe fn into_array(self, _: &mut impl AsStoreMut) -> Self::Array {
        match self {}
    }

    fn empty_array() -> Self::Array {
        []
    }

    unsafe fn from_c_struct(_: &mut impl AsStoreMut, (): ()) -> Self {
        panic!("a function that was said not to return has returned")
    }

    unsafe fn into_c_struct(self, _: &mut impl AsStoreMut) {
        match self {}
    }

    unsafe fn write_c_struct_to_ptr((): (), _: *mut RawValue) {}

    fn wasm_types() -> &'static [Type] {
        &[]
    }

    fn is_from_store(&self, _: &impl AsStoreRef) -> bool {
        match *self {}
    }
}

/// What is the same for a value alone and for a tuple of one.
macro_rules! list_of_one {
    ($List:ty, $T:ident, $value:ident => $wrap:expr, $list:ident => $unwrap:expr, $by_ref:expr) => {
        impl<$T: FromToNativeWasmType> WasmTypeList for $List {
            type CStruct = Abi<$T>;
            type Array = [RawValue; 1];
            const IN_AREA: bool = false;

            fn size() -> u32 {
                1
            }

            #[inline]
            unsafe fn from_array(store: &mut impl AsStoreMut, [raw]: [RawValue; 1]) -> Self {
                // SAFETY: as the caller promised.
                let $value = $T::from_native(unsafe { NativeWasmTypeInto::from_raw(store, raw) });
                $wrap
            }

            #[inline]
            unsafe fn from_slice(
                store: &mut impl AsStoreMut,
                slice: &[RawValue],
            ) -> Result<Self, TryFromSliceError> {
                // SAFETY: as the caller promised.
                Ok(unsafe { Self::from_array(store, slice.try_into()?) })
            }

            #[inline]
            unsafe fn into_array(self, store: &mut impl AsStoreMut) -> [RawValue; 1] {
                let $list = self;
                [$unwrap.to_native().into_raw(store)]
            }

            fn empty_array() -> [RawValue; 1] {
                [RawValue::default()]
            }

            #[inline(always)]
            unsafe fn from_c_struct(store: &mut impl AsStoreMut, abi: Abi<$T>) -> Self {
                // SAFETY: as the caller promised.
                let $value = $T::from_native(unsafe { NativeWasmTypeInto::from_abi(store, abi) });
                $wrap
            }

            #[inline(always)]
            unsafe fn into_c_struct(self, store: &mut impl AsStoreMut) -> Abi<$T> {
                let $list = self;
                $unwrap.to_native().into_abi(store)
            }

            unsafe fn write_c_struct_to_ptr(abi: Abi<$T>, ptr: *mut RawValue) {
                // SAFETY: the caller's pointer is good for a slot, and what carries a value is no wider.
                unsafe {
                    ptr.write(RawValue::default());
                    ptr.cast::<Abi<$T>>().write_unaligned(abi);
                }
            }

            fn wasm_types() -> &'static [Type] {
                const { &[$T::Native::WASM_TYPE] }
            }

            #[inline(always)]
            fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
                let $list = self;
                $by_ref.is_from_store(store)
            }
        }
    };
}
list_of_one!(T, T, value => value, list => list, list);
list_of_one!((T,), T, value => (value,), list => list.0, list.0);

impl WasmTypeList for () {
    type CStruct = ();
    type Array = [RawValue; 0];
    const IN_AREA: bool = false;

    fn size() -> u32 {
        0
    }

    unsafe fn from_array(_: &mut impl AsStoreMut, _: Self::Array) -> Self {}

    unsafe fn from_slice(
        _: &mut impl AsStoreMut,
        slice: &[RawValue],
    ) -> Result<Self, TryFromSliceError> {
        <[RawValue; 0]>::try_from(slice).map(|_| ())
    }

    unsafe fn into_array(self, _: &mut impl AsStoreMut) -> Self::Array {
        []
    }

    fn empty_array() -> Self::Array {
        []
    }

    unsafe fn from_c_struct(_: &mut impl AsStoreMut, (): ()) -> Self {}

    unsafe fn into_c_struct(self, _: &mut impl AsStoreMut) {}

    unsafe fn write_c_struct_to_ptr((): (), _: *mut RawValue) {}

    fn wasm_types() -> &'static [Type] {
        &[]
    }

    #[inline(always)]
    fn is_from_store(&self, _: &impl AsStoreRef) -> bool {
        true
    }
}

macro_rules! lists_in_areas {
    (0 ()) => {};
    (1 ($T:ident)) => {};
    ($arity:literal ($($T:ident)*)) => {
        #[expect(non_snake_case, reason = "the values are named after their types")]
        impl<$($T: FromToNativeWasmType),*> WasmTypeList for ($($T,)*) {
            type CStruct = [RawValue; $arity];
            type Array = [RawValue; $arity];
            const IN_AREA: bool = true;

            fn size() -> u32 {
                $arity
            }

            #[inline]
            unsafe fn from_array(store: &mut impl AsStoreMut, array: Self::Array) -> Self {
                let [$($T),*] = array;
                // SAFETY: as the caller promised.
                unsafe { ($($T::from_native(NativeWasmTypeInto::from_raw(store, $T)),)*) }
            }

            #[inline]
            unsafe fn from_slice(
                store: &mut impl AsStoreMut,
                slice: &[RawValue],
            ) -> Result<Self, TryFromSliceError> {
                // SAFETY: as the caller promised.
                Ok(unsafe { Self::from_array(store, slice.try_into()?) })
            }

            #[inline]
            unsafe fn into_array(self, store: &mut impl AsStoreMut) -> Self::Array {
                let ($($T,)*) = self;
                [$($T.to_native().into_raw(store)),*]
            }

            fn empty_array() -> Self::Array {
                [RawValue::default(); $arity]
            }

            #[inline]
            unsafe fn from_c_struct(store: &mut impl AsStoreMut, slots: Self::CStruct) -> Self {
                // SAFETY: as the caller promised.
                unsafe { Self::from_array(store, slots) }
            }

            #[inline]
            unsafe fn into_c_struct(self, store: &mut impl AsStoreMut) -> Self::CStruct {
                // SAFETY: as the caller promised.
                unsafe { self.into_array(store) }
            }

            unsafe fn write_c_struct_to_ptr(slots: Self::CStruct, ptr: *mut RawValue) {
                // SAFETY: the caller's pointer is good for as many slots.
                unsafe { ptr.cast::<Self::CStruct>().write(slots) }
            }

            fn wasm_types() -> &'static [Type] {
                const { &[$($T::Native::WASM_TYPE),*] }
            }

            #[inline(always)]
            fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
                let ($($T,)*) = self;
                $($T.is_from_store(store))&&*
            }
        }
    };
}

macro_rules! each_list_in_area {
    ($($arity:tt $types:tt)*) => {$(lists_in_areas! { $arity $types })*};
}

/// Hands the numbers of parameters that typed functions can have, each with as many names of types, to the
/// macro `$reader`.
macro_rules! for_each_arity {
    ($reader:ident) => {
        $reader! {
            0 ()
            1 (A1)
            2 (A1 A2)
            3 (A1 A2 A3)
            4 (A1 A2 A3 A4)
            5 (A1 A2 A3 A4 A5)
            6 (A1 A2 A3 A4 A5 A6)
            7 (A1 A2 A3 A4 A5 A6 A7)
            8 (A1 A2 A3 A4 A5 A6 A7 A8)
            9 (A1 A2 A3 A4 A5 A6 A7 A8 A9)
            10 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10)
            11 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11)
            12 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12)
            13 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13)
            14 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14)
            15 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15)
            16 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16)
            17 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17)
            18 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18)
            19 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19)
            20 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20)
            21 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21)
            22 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22)
            23 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22 A23)
            24 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22 A23
                A24)
            25 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22 A23
                A24 A25)
            26 (A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22 A23
                A24 A25 A26)
        }
    };
}
pub(crate) use for_each_arity;

for_each_arity!(each_list_in_area);
