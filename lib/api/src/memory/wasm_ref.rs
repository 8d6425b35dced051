//! A value in guest memory.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::copy;
use super::ptr::WasmPtr;
use super::size::{Memory32, Memory64, MemorySize};
use super::value_type::ValueType;
use super::view::{AsMutSlice1, GuestBytes, MemoryAccessError, MemoryView, as_bytes};

/// A place in a memory where a `T` is expected. Whether it is inside of the memory is found out when it is
/// used.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Store, WasmPtr, WasmRef};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// let place = WasmRef::<u16>::new(&view, 8);
/// place.write(500)?;
/// assert_eq!(place.read()?, 500);
/// assert_eq!((place.offset(), place.as_ptr32()), (8, WasmPtr::new(8)));
/// assert_eq!(place.as_ptr64().offset(), 8);
///
/// // A copy that is written back.
/// let mut copy = place.access()?;
/// *copy.as_mut() += 1;
/// assert_eq!((copy.read(), place.read()?), (501, 500));
/// drop(copy);
/// assert_eq!(place.read()?, 501);
/// let mut copy = place.access()?;
/// copy.as_mut_uninit().write(7);
/// drop(copy);
/// assert_eq!(place.read()?, 7);
/// # Ok(()) }
/// ```
pub struct WasmRef<'a, T: ValueType> {
    bytes: GuestBytes<'a>,
    offset: u64,
    value: PhantomData<*mut T>,
}

impl<'a, T: ValueType> WasmRef<'a, T> {
    /// The place at byte `offset`.
    #[inline]
    pub fn new(view: &'a MemoryView<'_>, offset: u64) -> Self {
        Self::from_bytes(view.bytes(), offset)
    }

    #[inline]
    pub(super) fn from_bytes(bytes: GuestBytes<'a>, offset: u64) -> Self {
        Self { bytes, offset, value: PhantomData }
    }

    /// The address in bytes.
    pub fn offset(self) -> u64 {
        self.offset
    }

    /// The address as a 32-bit pointer.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn as_ptr32(self) -> WasmPtr<T, Memory32> {
        self.as_ptr()
    }

    /// The address as a 64-bit pointer.
    pub fn as_ptr64(self) -> WasmPtr<T, Memory64> {
        self.as_ptr()
    }

    /// The address as a pointer.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn as_ptr<M: MemorySize>(self) -> WasmPtr<T, M> {
        match M::Offset::try_from(self.offset) {
            Ok(offset) => WasmPtr::new(offset),
            Err(_) => panic!("the address does not fit into the pointer"),
        }
    }

    /// Reads the value.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    #[inline]
    pub fn read(self) -> Result<T, MemoryAccessError> {
        self.bytes.read_value(self.offset)
    }

    /// Writes the value.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory; nothing is written then.
    #[inline]
    pub fn write(self, val: T) -> Result<(), MemoryAccessError> {
        self.bytes.write_value(self.offset, val)
    }

    /// A copy of the value that is written back when it is dropped.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    pub fn access(self) -> Result<WasmRefAccess<'a, T>, MemoryAccessError> {
        let mut value = MaybeUninit::uninit();
        self.bytes.read_values(self.offset, value.as_mut_slice1())?;
        Ok(WasmRefAccess { place: self, value, exposed: false })
    }
}

impl<T: ValueType> Clone for WasmRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ValueType> Copy for WasmRef<'_, T> {}

impl<T: ValueType> fmt::Debug for WasmRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WasmRef<{}>(@{:#x})", std::any::type_name::<T>(), self.offset)
    }
}

/// A copy of a value in guest memory, which is written back when it is dropped.
pub struct WasmRefAccess<'a, T: ValueType> {
    place: WasmRef<'a, T>,
    /// Initialised, unless `exposed`.
    value: MaybeUninit<T>,
    /// Whether the user has written to `value` as to possibly uninitialised memory.
    exposed: bool,
}

impl<T: ValueType> WasmRefAccess<'_, T> {
    /// The copy as uninitialised memory to write to.
    pub fn as_mut_uninit(&mut self) -> &mut MaybeUninit<T> {
        self.exposed = true;
        &mut self.value
    }

    /// The value of the copy.
    ///
    /// # Panics
    ///
    /// After [`Self::as_mut_uninit`], until `as_mut` was called.
    pub fn read(&self) -> T {
        *self.as_ref()
    }

    /// Replaces the copy.
    pub fn write(&mut self, val: T) {
        self.value.write(val);
        self.exposed = false;
    }
}

impl<T: ValueType> AsRef<T> for WasmRefAccess<'_, T> {
    fn as_ref(&self) -> &T {
        assert!(!self.exposed, "call `as_mut` after `as_mut_uninit`");
        // SAFETY: it is initialised, as it is not exposed.
        unsafe { self.value.assume_init_ref() }
    }
}

impl<T: ValueType> AsMut<T> for WasmRefAccess<'_, T> {
    fn as_mut(&mut self) -> &mut T {
        if std::mem::take(&mut self.exposed) {
            let bytes = as_bytes(self.value.as_mut_slice1());
            copy::freeze(bytes);
            T::normalize_bytes(bytes);
        }
        // SAFETY: it is initialised: it was read from the guest, or normalised now.
        unsafe { self.value.assume_init_mut() }
    }
}

impl<T: ValueType> Drop for WasmRefAccess<'_, T> {
    fn drop(&mut self) {
        let value = *self.as_mut();
        // The range was inside when the copy was made, and memories do not shrink.
        let _ = self.place.write(value);
    }
}
