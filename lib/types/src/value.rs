//! A value without its type, as it lies in arrays that cross between host and wasm.

use std::fmt;

/// The bits of one value, whatever its type: little-endian in the low bytes, the others zero.
///
/// Stored as bytes rather than as a `union`, so that every view of it is safe. A slot has 16 bytes and the
/// alignment of a vector, which is what the ABI (return areas, globals) uses per value.
///
/// # Example
///
/// ```
/// use wasmer_types::RawValue;
///
/// let raw = RawValue::from(-1i32);
/// assert_eq!((raw.as_i32(), raw.as_u32(), raw.as_i64()), (-1, u32::MAX, 0xffff_ffff));
/// assert_eq!(raw, -1i32);
/// assert_eq!(RawValue::from(1.5f64).as_f64(), 1.5);
/// assert_eq!(RawValue::from_bytes([1; 16]).bytes(), [1; 16]);
/// ```
#[derive(Copy, Clone, Default, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct RawValue {
    bytes: [u8; 16],
}

macro_rules! raw_value_views {
    ($($get:ident $ty:ident)*) => {
        impl RawValue {$(
            #[doc = concat!("The low bytes as `", stringify!($ty), "`.")]
            #[inline]
            pub const fn $get(self) -> $ty {
                const N: usize = size_of::<$ty>();
                let mut bytes = [0; N];
                let mut i = 0;
                while i < N {
                    bytes[i] = self.bytes[i];
                    i += 1;
                }
                $ty::from_le_bytes(bytes)
            }
        )*}

        $(
            impl From<$ty> for RawValue {
                #[inline]
                fn from(value: $ty) -> Self {
                    let mut bytes = [0; 16];
                    bytes[..size_of::<$ty>()].copy_from_slice(&value.to_le_bytes());
                    Self { bytes }
                }
            }

            impl PartialEq<$ty> for RawValue {
                fn eq(&self, other: &$ty) -> bool {
                    self.$get() == *other
                }
            }
        )*
    };
}

raw_value_views! {
    as_i32 i32
    as_u32 u32
    as_i64 i64
    as_u64 u64
    as_f32 f32
    as_f64 f64
    as_i128 i128
    as_u128 u128
    as_usize usize
}

impl RawValue {
    /// All sixteen bytes.
    #[inline]
    pub const fn bytes(self) -> [u8; 16] {
        self.bytes
    }

    /// A value of sixteen bytes.
    #[inline]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { bytes }
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawValue({:#034x})", self.as_u128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_values_are_zero_extended() {
        assert_eq!(RawValue::from(-1i32).as_u128(), 0xffff_ffff);
        assert_eq!(RawValue::from(1.5f64).as_f64(), 1.5);
        assert_eq!(RawValue::from(u128::MAX).as_i64(), -1);
    }
}
