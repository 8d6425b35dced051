//! Values of which the type is known at run time.

use std::fmt;
use std::ptr::NonNull;

use wasmer_types::{RawValue, Type};

use crate::exception::Exception;
use crate::extern_ref::ExternRef;
use crate::function::Function;
use crate::native::NativeWasmTypeInto;
use crate::store::{AsStoreMut, AsStoreRef};

/// A wasm value.
///
/// # Example
///
/// ```
/// use wasmer::{Function, Store, Type, Value};
///
/// let value = Value::from(-1i32);
/// assert_eq!((value.ty(), value.i32(), value.i64()), (Type::I32, Some(-1), None));
/// assert_eq!((value.unwrap_i32(), u32::try_from(value.clone())), (-1, Ok(u32::MAX)));
/// assert_eq!(i64::try_from(value.clone()), Err("Value is not of Wasm type i64"));
/// assert_eq!((format!("{value:?}"), value.to_string()), ("I32(-1)".to_owned(), "-1".to_owned()));
/// assert_ne!(Value::F32(f32::NAN), Value::F32(f32::NAN));
///
/// // References belong to a store, and are never equal.
/// let mut store = Store::default();
/// let function = Value::from(Function::new_typed(&mut store, || 5));
/// assert!(function.is_from_store(&store) && !function.is_from_store(&Store::default()));
/// assert!(function.unwrap_funcref().is_some());
/// assert_ne!(Value::null(), Value::null());
///
/// // As compiled code has it.
/// let raw = Value::V128(1 << 64).as_raw(&store);
/// // SAFETY: these are the bits of a value of this type.
/// let value = unsafe { Value::from_raw(&mut store, Type::V128, raw) };
/// assert_eq!(value.unwrap_v128(), 1 << 64);
/// ```
#[derive(Clone)]
pub enum Value {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// 32-bit float.
    F32(f32),
    /// 64-bit float.
    F64(f64),
    /// 128-bit vector, lane 0 in the low bits.
    V128(u128),
    /// Reference to a value of the host, or null.
    ExternRef(Option<ExternRef>),
    /// Reference to a function, or null.
    FuncRef(Option<Function>),
    /// Reference to an exception, or null.
    ExceptionRef(Option<Exception>),
}

macro_rules! value_kinds {
    ($($get:ident $unwrap:ident $variant:ident $ty:ty, $what:literal;)*) => {$(
        #[doc = concat!("The value if it is of type `", $what, "`.")]
        pub fn $get(&self) -> Option<$ty> {
            match self {
                Self::$variant(value) => Some(*value),
                _ => None,
            }
        }

        #[doc = concat!("The value, which must be of type `", $what, "`.\n\n# Panics\n\nWhen it is not.")]
        pub fn $unwrap(&self) -> $ty {
            self.$get().expect(concat!("expected ", $what))
        }
    )*};
}

macro_rules! reference_kinds {
    ($($get:ident $unwrap:ident $variant:ident $ty:ty, $what:literal;)*) => {$(
        #[doc = concat!("The reference if it is of type `", $what, "`.")]
        pub fn $get(&self) -> Option<&Option<$ty>> {
            match self {
                Self::$variant(value) => Some(value),
                _ => None,
            }
        }

        #[doc = concat!("The reference, which must be of type `", $what, "`.\n\n# Panics\n\nWhen it is not.")]
        pub fn $unwrap(&self) -> &Option<$ty> {
            self.$get().expect(concat!("expected ", $what))
        }
    )*};
}

impl Value {
    /// A null `externref`.
    pub fn null() -> Self {
        Self::ExternRef(None)
    }

    /// Its type.
    #[inline]
    pub fn ty(&self) -> Type {
        match self {
            Self::I32(_) => Type::I32,
            Self::I64(_) => Type::I64,
            Self::F32(_) => Type::F32,
            Self::F64(_) => Type::F64,
            Self::V128(_) => Type::V128,
            Self::ExternRef(_) => Type::ExternRef,
            Self::FuncRef(_) => Type::FuncRef,
            Self::ExceptionRef(_) => Type::ExceptionRef,
        }
    }

    /// Its bits. Those of a reference only mean something to code of `store`.
    ///
    /// # Panics
    ///
    /// When it is a reference that belongs to another store.
    #[inline]
    pub fn as_raw(&self, store: &impl AsStoreRef) -> RawValue {
        match self {
            Self::I32(value) => (*value).into(),
            Self::I64(value) => (*value).into(),
            Self::F32(value) => (*value).into(),
            Self::F64(value) => (*value).into(),
            Self::V128(value) => (*value).into(),
            Self::ExternRef(reference) => {
                let id = store.as_store_ref().id();
                reference.as_ref().map_or(0, |reference| reference.address_in(id)).into()
            }
            Self::FuncRef(function) => {
                let id = store.as_store_ref().id();
                function.as_ref().map_or(0, |function| function.address_in(id)).into()
            }
            Self::ExceptionRef(exception) => {
                let id = store.as_store_ref().id();
                exception.as_ref().map_or(0, |exception| exception.address_in(id)).into()
            }
        }
    }

    /// The value of type `ty` with bits `raw`.
    ///
    /// # Safety
    ///
    /// A reference comes from code of `store`, and has this type.
    #[inline]
    pub unsafe fn from_raw(store: &mut impl AsStoreMut, ty: Type, raw: RawValue) -> Self {
        match ty {
            Type::I32 => Self::I32(raw.as_i32()),
            Type::I64 => Self::I64(raw.as_i64()),
            Type::F32 => Self::F32(raw.as_f32()),
            Type::F64 => Self::F64(raw.as_f64()),
            Type::V128 => Self::V128(raw.as_u128()),
            // SAFETY: as the caller promised.
            Type::ExternRef => Self::ExternRef(unsafe { NativeWasmTypeInto::from_raw(store, raw) }),
            // SAFETY: as the caller promised.
            Type::FuncRef => Self::FuncRef(unsafe { NativeWasmTypeInto::from_raw(store, raw) }),
            Type::ExceptionRef => {
                let id = store.as_store_ref().id();
                let object = NonNull::new(std::ptr::with_exposed_provenance_mut(raw.as_usize()));
                // SAFETY: as the caller promised.
                Self::ExceptionRef(object.map(|object| unsafe { Exception::from_vm(id, object) }))
            }
        }
    }

    /// Whether it may be used in `store`, which holds for all but references to objects of other stores.
    #[inline]
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        match self {
            Self::ExternRef(Some(reference)) => reference.is_from_store(store),
            Self::FuncRef(Some(function)) => function.is_from_store(store),
            Self::ExceptionRef(Some(exception)) => exception.is_from_store(store),
            _ => true,
        }
    }

    value_kinds! {
        i32 unwrap_i32 I32 i32, "i32";
        i64 unwrap_i64 I64 i64, "i64";
        f32 unwrap_f32 F32 f32, "f32";
        f64 unwrap_f64 F64 f64, "f64";
        v128 unwrap_v128 V128 u128, "v128";
    }

    reference_kinds! {
        externref unwrap_externref ExternRef ExternRef, "externref";
        funcref unwrap_funcref FuncRef Function, "funcref";
        exnref unwrap_exnref ExceptionRef Exception, "exnref";
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => write!(f, "I32({value:?})"),
            Self::I64(value) => write!(f, "I64({value:?})"),
            Self::F32(value) => write!(f, "F32({value:?})"),
            Self::F64(value) => write!(f, "F64({value:?})"),
            Self::V128(value) => write!(f, "V128({value:?})"),
            Self::ExternRef(None) => f.write_str("Null ExternRef"),
            Self::ExternRef(Some(reference)) => write!(f, "ExternRef({reference:?})"),
            Self::FuncRef(None) => f.write_str("Null FuncRef"),
            Self::FuncRef(Some(function)) => write!(f, "FuncRef({function:?})"),
            Self::ExceptionRef(None) => f.write_str("Null ExceptionRef"),
            Self::ExceptionRef(Some(exception)) => write!(f, "ExceptionRef({exception:?})"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::F32(value) => value.fmt(f),
            Self::F64(value) => value.fmt(f),
            Self::V128(value) => value.fmt(f),
            Self::ExternRef(_) => f.write_str("externref"),
            Self::FuncRef(_) => f.write_str("funcref"),
            Self::ExceptionRef(_) => f.write_str("exnref"),
        }
    }
}

impl PartialEq for Value {
    /// Numbers are compared as Rust does (so that NaN is not equal to itself); references are never equal.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::I32(a), Self::I32(b)) => a == b,
            (Self::I64(a), Self::I64(b)) => a == b,
            (Self::F32(a), Self::F32(b)) => a == b,
            (Self::F64(a), Self::F64(b)) => a == b,
            (Self::V128(a), Self::V128(b)) => a == b,
            _ => false,
        }
    }
}

macro_rules! conversions {
    ($($from:ty, $variant:ident, $value:ident => $convert:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$variant($convert)
            }
        }
    )*};
}

conversions! {
    i32, I32, value => value;
    u32, I32, value => value as i32;
    i64, I64, value => value;
    u64, I64, value => value as i64;
    f32, F32, value => value;
    f64, F64, value => value;
    Function, FuncRef, function => Some(function);
    Option<Function>, FuncRef, function => function;
    ExternRef, ExternRef, reference => Some(reference);
    Option<ExternRef>, ExternRef, reference => reference;
    Exception, ExceptionRef, exception => Some(exception);
    Option<Exception>, ExceptionRef, exception => exception;
}

macro_rules! tries {
    ($($variant:ident $to:ty, $what:literal;)*) => {$(
        impl TryFrom<Value> for $to {
            type Error = &'static str;

            fn try_from(value: Value) -> Result<Self, &'static str> {
                match value {
                    Value::$variant(value) => Ok(value as Self),
                    _ => Err(concat!("Value is not of Wasm type ", $what)),
                }
            }
        }
    )*};
}

tries! {
    I32 i32, "i32";
    I32 u32, "i32";
    I64 i64, "i64";
    I64 u64, "i64";
    F32 f32, "f32";
    F64 f64, "f64";
}

macro_rules! tries_for_references {
    ($($variant:ident $to:ty, $what:literal;)*) => {$(
        impl TryFrom<Value> for Option<$to> {
            type Error = &'static str;

            fn try_from(value: Value) -> Result<Self, &'static str> {
                match value {
                    Value::$variant(value) => Ok(value),
                    _ => Err(concat!("Value is not of Wasm type ", $what)),
                }
            }
        }
    )*};
}

tries_for_references! {
    FuncRef Function, "funcref";
    ExternRef ExternRef, "externref";
    ExceptionRef Exception, "exnref";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparison_and_text() {
        assert_eq!(Value::I32(1), Value::from(1u32));
        assert_ne!(Value::I32(1), Value::I64(1));
        assert_ne!(Value::F32(f32::NAN), Value::F32(f32::NAN));
        assert_ne!(Value::null(), Value::null());
        let text = |value: Value| (format!("{value:?}"), value.to_string());
        assert_eq!(text(Value::F32(1.5)), ("F32(1.5)".into(), "1.5".into()));
        assert_eq!(text(Value::null()), ("Null ExternRef".into(), "externref".into()));
        assert_eq!(text(Value::FuncRef(None)), ("Null FuncRef".into(), "funcref".into()));
    }

    #[test]
    fn conversions() {
        assert_eq!(Value::from(u64::MAX), Value::I64(-1));
        assert_eq!(u32::try_from(Value::I32(-1)), Ok(u32::MAX));
        assert_eq!(i32::try_from(Value::I64(0)), Err("Value is not of Wasm type i32"));
        let reference: Result<Option<Function>, _> = Value::null().try_into();
        assert_eq!(reference, Err("Value is not of Wasm type funcref"));
        assert_eq!(Value::I64(3).i64(), Some(3));
        assert!(Value::FuncRef(None).unwrap_funcref().is_none());
    }

    #[test]
    #[should_panic(expected = "expected i32")]
    fn unwrapping_another_type() {
        Value::I64(1).unwrap_i32();
    }
}
