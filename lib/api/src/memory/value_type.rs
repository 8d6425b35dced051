//! Values that lie in guest memory as they lie in host memory.

use std::marker::PhantomData;
use std::mem::{MaybeUninit, size_of};

/// A type whose values can be copied byte for byte between host and guest memory.
///
/// Implement it for structures with `#[derive(ValueType)]`.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Store, ValueType, WasmPtr};
///
/// /// As C lays it out: there are 3 bytes between the fields.
/// #[derive(Clone, Copy, ValueType)]
/// #[repr(C)]
/// struct Entry {
///     kind: u8,
///     size: u32,
/// }
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// view.write(0, &[0xff; 8])?;
/// WasmPtr::<Entry>::new(0).write(&view, Entry { kind: 7, size: 1 })?;
/// assert_eq!(view.copy_range_to_vec(0..8)?, [7, 0, 0, 0, 1, 0, 0, 0]);
/// let entry = WasmPtr::<Entry>::new(0).read(&view)?;
/// assert_eq!((entry.kind, entry.size), (7, 1));
/// # Ok(()) }
/// ```
///
/// # Safety
///
/// - [`Self::normalize_bytes`] turns any `size_of::<Self>()` initialised bytes into those of a value. (Its
///   default does nothing, which is right where every bit pattern is a value.)
/// - [`Self::zero_padding_bytes`] initialises every byte of `bytes` that is not part of the value.
/// - [`Self::HAS_PADDING`] is true unless every byte of every value is initialised.
pub unsafe trait ValueType: Copy {
    /// Whether some bytes may not be part of the value. When there are none, arrays are written at once.
    const HAS_PADDING: bool = true;

    /// `bytes` is a copy of `self`; sets those that are padding to zero, so that no other data of the host
    /// reach the guest.
    fn zero_padding_bytes(&self, bytes: &mut [MaybeUninit<u8>]);

    /// `bytes` comes from a guest, which may have put anything there: makes it the bytes of a value. A
    /// `bool`, for example, is true if its byte is not 0.
    fn normalize_bytes(bytes: &mut [MaybeUninit<u8>]) {
        let _ = bytes;
    }
}

macro_rules! plain_value_types {
    ($($ty:ty)*) => {$(
        // SAFETY: every bit pattern is a value, and there is no padding.
        unsafe impl ValueType for $ty {
            const HAS_PADDING: bool = false;

            #[inline]
            fn zero_padding_bytes(&self, _bytes: &mut [MaybeUninit<u8>]) {}
        }
    )*};
}
plain_value_types! { i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize f32 f64 }

// SAFETY: there is no padding, and the bytes that are values are 0 and 1.
unsafe impl ValueType for bool {
    const HAS_PADDING: bool = false;

    #[inline]
    fn zero_padding_bytes(&self, _bytes: &mut [MaybeUninit<u8>]) {}

    #[inline]
    fn normalize_bytes(bytes: &mut [MaybeUninit<u8>]) {
        for byte in bytes {
            // SAFETY: the caller's bytes are initialised by the contract of the trait.
            let value = unsafe { byte.assume_init() };
            *byte = MaybeUninit::new((value != 0) as u8);
        }
    }
}

// SAFETY: it has no bytes.
unsafe impl<T: ?Sized> ValueType for PhantomData<T> {
    const HAS_PADDING: bool = false;

    #[inline]
    fn zero_padding_bytes(&self, _bytes: &mut [MaybeUninit<u8>]) {}
}

// SAFETY: an array is its elements, one after the other.
unsafe impl<T: ValueType, const N: usize> ValueType for [T; N] {
    const HAS_PADDING: bool = T::HAS_PADDING;

    #[inline]
    fn zero_padding_bytes(&self, bytes: &mut [MaybeUninit<u8>]) {
        if size_of::<T>() > 0 {
            for (element, bytes) in self.iter().zip(bytes.chunks_exact_mut(size_of::<T>())) {
                element.zero_padding_bytes(bytes);
            }
        }
    }

    #[inline]
    fn normalize_bytes(bytes: &mut [MaybeUninit<u8>]) {
        if size_of::<T>() > 0 {
            bytes.chunks_exact_mut(size_of::<T>()).for_each(T::normalize_bytes);
        }
    }
}
