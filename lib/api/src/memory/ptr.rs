//! Typed pointers of the guest.

use std::fmt;
use std::marker::PhantomData;
use std::mem::{MaybeUninit, size_of};

use super::size::{Memory32, Memory64, MemorySize};
use super::slice::WasmSlice;
use super::value_type::ValueType;
use super::view::{MemoryAccessError, MemoryView};
use super::wasm_ref::{WasmRef, WasmRefAccess};
use crate::native::{FromToNativeWasmType, NativeWasmTypeInto};

/// A pointer to a value in a [`Memory64`].
///
/// # Example
///
/// ```
/// use wasmer::WasmPtr64;
///
/// let pointer = WasmPtr64::<u32>::new(1 << 40);
/// assert_eq!(pointer.add_offset(2).unwrap().offset(), (1 << 40) + 8);
/// ```
pub type WasmPtr64<T> = WasmPtr<T, Memory64>;

/// An address in guest memory where a `T` is expected.
///
/// It may be used for parameters and results of typed functions. It carries no memory and no guarantee:
/// each access names the memory, and checks that the range lies in it.
///
/// # Example
///
/// ```
/// # use wasmer::{Memory, MemoryType, MemoryAccessError, Store, WasmPtr};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut store = Store::default();
/// # let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// let counter: WasmPtr<u32> = WasmPtr::new(64);
/// counter.write(&view, counter.read(&view)? + 1)?;
/// assert_eq!(counter.read(&view)?, 1);
///
/// let outside: WasmPtr<u32> = WasmPtr::new(65_533);
/// assert!(matches!(outside.read(&view), Err(MemoryAccessError::HeapOutOfBounds)));
///
/// // Offsets count values, not bytes.
/// let next = counter.add_offset(1)?;
/// assert_eq!((next.offset(), next.sub_offset(1)?), (68, counter));
/// assert!(matches!(counter.add_offset(u32::MAX), Err(MemoryAccessError::Overflow)));
/// assert!(WasmPtr::<u32>::null().is_null() && !counter.is_null());
/// assert_eq!(format!("{:?}", counter.cast::<u8>()), "u8(@64)");
/// assert_eq!(counter.deref(&view).read()?, 1);
/// *counter.access(&view)?.as_mut() = 5;
/// assert_eq!(counter.slice(&view, 2)?.read_to_vec()?, [5, 0]);
/// assert_eq!(counter.read_until(&view, |value| *value == 0)?, [5]);
///
/// view.write(100, b"text\0")?;
/// let text: WasmPtr<u8> = WasmPtr::new(100);
/// assert_eq!(text.read_utf8_string(&view, 2)?, "te");
/// assert_eq!(text.read_utf8_string_with_nul(&view)?, "text");
/// view.write_u8(101, 0xff)?;
/// assert!(matches!(text.read_utf8_string(&view, 2), Err(MemoryAccessError::NonUtf8String)));
/// # Ok(()) }
/// ```
#[repr(transparent)]
pub struct WasmPtr<T, M: MemorySize = Memory32> {
    offset: M::Offset,
    pointee: PhantomData<T>,
}

impl<T, M: MemorySize> WasmPtr<T, M> {
    /// A pointer to the byte at `offset`.
    #[inline]
    pub fn new(offset: M::Offset) -> Self {
        Self { offset, pointee: PhantomData }
    }

    /// The address in bytes.
    #[inline]
    pub fn offset(&self) -> M::Offset {
        self.offset
    }

    /// The same address for another type.
    #[inline]
    pub fn cast<U>(self) -> WasmPtr<U, M> {
        WasmPtr::new(self.offset)
    }

    /// Address 0.
    #[inline]
    pub fn null() -> Self {
        Self::new(M::ZERO)
    }

    /// Whether the address is 0.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.offset == M::ZERO
    }

    /// The pointer `offset` elements further.
    ///
    /// # Errors
    ///
    /// [`MemoryAccessError::Overflow`] when the address does not fit.
    pub fn add_offset(self, offset: M::Offset) -> Result<Self, MemoryAccessError> {
        self.moved(offset, u64::checked_add)
    }

    /// The pointer `offset` elements before.
    ///
    /// # Errors
    ///
    /// [`MemoryAccessError::Overflow`] when the address would be below 0.
    pub fn sub_offset(self, offset: M::Offset) -> Result<Self, MemoryAccessError> {
        self.moved(offset, u64::checked_sub)
    }

    fn moved(
        self,
        elements: M::Offset,
        by: impl FnOnce(u64, u64) -> Option<u64>,
    ) -> Result<Self, MemoryAccessError> {
        let elements: u64 = elements.into();
        let target = elements
            .checked_mul(size_of::<T>() as u64)
            .and_then(|bytes| by(self.offset.into(), bytes))
            .ok_or(MemoryAccessError::Overflow)?;
        let offset = M::Offset::try_from(target).map_err(|_| MemoryAccessError::Overflow)?;
        Ok(Self::new(offset))
    }
}

impl<T: ValueType, M: MemorySize> WasmPtr<T, M> {
    /// The place in a memory that it points to.
    #[inline]
    pub fn deref<'a>(&self, view: &'a MemoryView<'_>) -> WasmRef<'a, T> {
        WasmRef::new(view, self.offset.into())
    }

    /// Reads the value.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    #[inline]
    pub fn read(&self, view: &MemoryView<'_>) -> Result<T, MemoryAccessError> {
        self.deref(view).read()
    }

    /// Writes the value.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory; nothing is written then.
    #[inline]
    pub fn write(&self, view: &MemoryView<'_>, val: T) -> Result<(), MemoryAccessError> {
        self.deref(view).write(val)
    }

    /// The array of `len` values that starts here.
    ///
    /// # Errors
    ///
    /// [`MemoryAccessError::Overflow`] when its end is no address. Whether it lies in the memory is found
    /// out when it is used.
    #[inline]
    pub fn slice<'a>(
        &self,
        view: &'a MemoryView<'_>,
        len: M::Offset,
    ) -> Result<WasmSlice<'a, T>, MemoryAccessError> {
        WasmSlice::new(view, self.offset.into(), len.into())
    }

    /// Reads values until (and without) the first for which `end` is true.
    ///
    /// # Errors
    ///
    /// When the memory ends before.
    pub fn read_until(
        &self,
        view: &MemoryView<'_>,
        mut end: impl FnMut(&T) -> bool,
    ) -> Result<Vec<T>, MemoryAccessError> {
        // A value without bytes never reaches the end of the memory.
        if size_of::<T>() == 0 {
            return Err(MemoryAccessError::Overflow);
        }
        let mut values = Vec::new();
        let mut place = *self;
        loop {
            let value = place.read(view)?;
            if end(&value) {
                return Ok(values);
            }
            values.push(value);
            place = place.add_offset(M::ONE)?;
        }
    }

    /// A copy of the value that is written back when it is dropped.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    #[inline]
    pub fn access<'a>(
        &self,
        view: &'a MemoryView<'_>,
    ) -> Result<WasmRefAccess<'a, T>, MemoryAccessError> {
        self.deref(view).access()
    }
}

impl<M: MemorySize> WasmPtr<u8, M> {
    /// Reads a string of `len` bytes.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory, or not UTF-8.
    pub fn read_utf8_string(
        &self,
        view: &MemoryView<'_>,
        len: M::Offset,
    ) -> Result<String, MemoryAccessError> {
        Ok(String::from_utf8(self.slice(view, len)?.read_to_vec()?)?)
    }

    /// Reads a string that ends before the next zero byte.
    ///
    /// # Errors
    ///
    /// When the memory ends before, or the string is not UTF-8.
    pub fn read_utf8_string_with_nul(
        &self,
        view: &MemoryView<'_>,
    ) -> Result<String, MemoryAccessError> {
        Ok(String::from_utf8(self.read_until(view, |&byte| byte == 0)?)?)
    }
}

// SAFETY: it travels as its address, which is a wasm integer.
unsafe impl<T, M: MemorySize> FromToNativeWasmType for WasmPtr<T, M>
where
    M::Native: NativeWasmTypeInto,
{
    type Native = M::Native;

    #[inline]
    fn from_native(native: M::Native) -> Self {
        Self::new(M::native_to_offset(native))
    }

    #[inline]
    fn to_native(self) -> M::Native {
        M::offset_to_native(self.offset)
    }
}

// SAFETY: it is transparent over its address.
unsafe impl<T, M: MemorySize> ValueType for WasmPtr<T, M> {
    const HAS_PADDING: bool = M::Offset::HAS_PADDING;

    #[inline]
    fn zero_padding_bytes(&self, bytes: &mut [MaybeUninit<u8>]) {
        self.offset.zero_padding_bytes(bytes);
    }

    #[inline]
    fn normalize_bytes(bytes: &mut [MaybeUninit<u8>]) {
        M::Offset::normalize_bytes(bytes);
    }
}

impl<T, M: MemorySize> Clone for WasmPtr<T, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, M: MemorySize> Copy for WasmPtr<T, M> {}

impl<T, M: MemorySize> PartialEq for WasmPtr<T, M> {
    fn eq(&self, other: &Self) -> bool {
        self.offset == other.offset
    }
}

impl<T, M: MemorySize> Eq for WasmPtr<T, M> {}

impl<T, M: MemorySize> fmt::Debug for WasmPtr<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(@{})", std::any::type_name::<T>(), self.offset)
    }
}
