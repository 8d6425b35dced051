//! Memories with 32-bit and with 64-bit addresses.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, SubAssign};

use wasmer_types::Type;

use super::value_type::ValueType;
use crate::native::NativeWasmType;

/// Whether addresses of a memory have 32 or 64 bits.
///
/// # Safety
///
/// `Native` is the wasm type of an address.
///
/// # Example
///
/// ```
/// use wasmer::{Memory32, Memory64, MemorySize};
///
/// fn pages<M: MemorySize>(bytes: M::Offset) -> u64 {
///     bytes.into().div_ceil(65_536)
/// }
/// assert_eq!(pages::<Memory32>(65_537), 2);
/// assert_eq!(pages::<Memory64>(1 << 40), 1 << 24);
/// assert!(Memory64::is_64bit() && !Memory32::is_64bit());
/// assert_eq!(Memory32::offset_to_native(u32::MAX), -1);
/// assert_eq!(Memory64::native_to_offset(-1), u64::MAX);
/// assert_eq!(Memory32::ZERO + Memory32::ONE, 1);
/// ```
pub unsafe trait MemorySize: Copy {
    /// An address or a length.
    type Offset: Default
        + Debug
        + Display
        + Eq
        + Ord
        + Clone
        + Copy
        + Sync
        + Send
        + ValueType
        + Into<u64>
        + From<u32>
        + From<u16>
        + From<u8>
        + TryFrom<u64>
        + TryFrom<u32>
        + TryFrom<u16>
        + TryFrom<u8>
        + TryFrom<i32>
        + TryInto<usize>
        + TryInto<u64>
        + TryInto<u32>
        + TryInto<u16>
        + TryInto<u8>
        + TryInto<i32>
        + TryFrom<usize>
        + Add<Self::Offset>
        + Sum<Self::Offset>
        + AddAssign<Self::Offset>
        + SubAssign<Self::Offset>
        + 'static;

    /// The wasm type of an address.
    type Native: NativeWasmType;

    /// Address 0.
    const ZERO: Self::Offset;
    /// Address 1.
    const ONE: Self::Offset;

    /// The address as a wasm value.
    fn offset_to_native(offset: Self::Offset) -> Self::Native;

    /// The wasm value as an address.
    fn native_to_offset(native: Self::Native) -> Self::Offset;

    /// Whether addresses have 64 bits.
    fn is_64bit() -> bool;
}

macro_rules! memory_sizes {
    ($($(#[$doc:meta])* $name:ident $offset:ident $native:ident $wide:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        // SAFETY: addresses are unsigned integers and travel as the wasm integers of the same width.
        unsafe impl MemorySize for $name {
            type Offset = $offset;
            type Native = $native;
            const ZERO: $offset = 0;
            const ONE: $offset = 1;

            #[inline]
            fn offset_to_native(offset: $offset) -> $native {
                offset as $native
            }

            #[inline]
            fn native_to_offset(native: $native) -> $offset {
                native as $offset
            }

            fn is_64bit() -> bool {
                $wide
            }
        }

        impl NativeWasmType for $name {
            type Abi = <$native as NativeWasmType>::Abi;
            const WASM_TYPE: Type = <$native as NativeWasmType>::WASM_TYPE;
        }
    )*};
}

memory_sizes! {
    /// A memory with 32-bit addresses.
    Memory32 u32 i32 false;
    /// A memory with 64-bit addresses (memory64).
    Memory64 u64 i64 true;
}
