//! Arrays in guest memory.

use std::fmt;
use std::marker::PhantomData;
use std::mem::{MaybeUninit, size_of};
use std::ops::Range;

use bytes::BytesMut;

use super::copy;
use super::ptr::WasmPtr;
use super::size::{Memory32, Memory64, MemorySize};
use super::value_type::ValueType;
use super::view::{AsMutSlice1, GuestBytes, MemoryAccessError, MemoryView, as_bytes};
use super::wasm_ref::WasmRef;

/// A place in a memory where `len` values are expected, one after the other. Whether it is inside of the
/// memory is found out when it is used.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Store, WasmPtr, WasmSlice};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// let slice = WasmSlice::<u32>::new(&view, 64, 4)?;
/// slice.write_slice(&[1, 2, 3, 4])?;
/// slice.write(0, 10)?;
/// assert_eq!(slice.read_to_vec()?, [10, 2, 3, 4]);
/// assert_eq!((slice.len(), slice.offset(), slice.read(3)?), (4, 64, 4));
/// assert_eq!(slice.index(1).offset(), 68);
///
/// let middle = slice.subslice(1..3);
/// assert_eq!(middle.as_ptr32(), WasmPtr::new(68));
/// let mut values = [0; 2];
/// middle.read_slice(&mut values)?;
/// assert_eq!(values, [2, 3]);
/// let sum: u32 = slice.iter().map(|place| place.read()).sum::<Result<_, _>>()?;
/// assert_eq!(sum, 19);
/// assert_eq!(&middle.read_to_bytes()?[..], [2, 0, 0, 0, 3, 0, 0, 0]);
///
/// // A copy of all values that is written back.
/// let mut copy = slice.access()?;
/// copy.as_mut().reverse();
/// drop(copy);
/// assert_eq!(slice.read_to_vec()?, [4, 3, 2, 10]);
///
/// // Whether it lies in the memory is found out when it is used.
/// assert!(WasmSlice::<u32>::new(&view, 65_534, 1)?.read(0).is_err());
/// assert!(WasmSlice::<u32>::new(&view, u64::MAX, 1).is_err());
/// # Ok(()) }
/// ```
pub struct WasmSlice<'a, T: ValueType> {
    bytes: GuestBytes<'a>,
    offset: u64,
    len: u64,
    value: PhantomData<*mut T>,
}

impl<'a, T: ValueType> WasmSlice<'a, T> {
    /// The `len` values from byte `offset`.
    ///
    /// # Errors
    ///
    /// [`MemoryAccessError::Overflow`] when the end is no address.
    pub fn new(view: &'a MemoryView<'_>, offset: u64, len: u64) -> Result<Self, MemoryAccessError> {
        let size = len.checked_mul(size_of::<T>() as u64).ok_or(MemoryAccessError::Overflow)?;
        offset.checked_add(size).ok_or(MemoryAccessError::Overflow)?;
        Ok(Self { bytes: view.bytes(), offset, len, value: PhantomData })
    }

    /// Address of the first value in bytes.
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

    fn as_ptr<M: MemorySize>(self) -> WasmPtr<T, M> {
        WasmRef::from_bytes(self.bytes, self.offset).as_ptr()
    }

    /// Number of values.
    pub fn len(self) -> u64 {
        self.len
    }

    /// Whether there are no values.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Whether [`Self::access`] makes a copy, which it always does.
    pub fn is_owned(self) -> bool {
        true
    }

    /// Value number `idx`.
    ///
    /// # Panics
    ///
    /// When `idx` is not below the length.
    #[inline]
    pub fn index(self, idx: u64) -> WasmRef<'a, T> {
        assert!(idx < self.len, "WasmSlice out of bounds");
        WasmRef::from_bytes(self.bytes, self.offset + idx * size_of::<T>() as u64)
    }

    /// The values in `range`.
    ///
    /// # Panics
    ///
    /// When the range is not inside of this one.
    #[inline]
    pub fn subslice(self, range: Range<u64>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len, "WasmSlice out of bounds");
        Self {
            offset: self.offset + range.start * size_of::<T>() as u64,
            len: range.end - range.start,
            ..self
        }
    }

    /// The places of the values.
    pub fn iter(self) -> WasmSliceIter<'a, T> {
        WasmSliceIter { slice: self }
    }

    /// A copy of the values that is written back when it is dropped.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    pub fn access(self) -> Result<WasmSliceAccess<'a, T>, MemoryAccessError> {
        let mut values = Box::new_uninit_slice(self.checked_len()?);
        self.bytes.read_values(self.offset, &mut values)?;
        Ok(WasmSliceAccess { slice: self, values, exposed: false })
    }

    /// Reads value number `idx`.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    ///
    /// # Panics
    ///
    /// When `idx` is not below the length.
    #[inline]
    pub fn read(self, idx: u64) -> Result<T, MemoryAccessError> {
        self.index(idx).read()
    }

    /// Writes value number `idx`.
    ///
    /// # Errors
    ///
    /// When it is not entirely inside of the memory.
    ///
    /// # Panics
    ///
    /// When `idx` is not below the length.
    #[inline]
    pub fn write(self, idx: u64, val: T) -> Result<(), MemoryAccessError> {
        self.index(idx).write(val)
    }

    /// Fills `buf` with all values.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    ///
    /// # Panics
    ///
    /// When `buf` has another length.
    pub fn read_slice(self, buf: &mut [T]) -> Result<(), MemoryAccessError> {
        let len = buf.len();
        // SAFETY: the same memory. Only valid values are written to it: on success by `read_values`, and
        // otherwise nothing.
        let buf = unsafe { std::slice::from_raw_parts_mut(buf.as_mut_ptr().cast(), len) };
        self.read_slice_uninit(buf).map(|_| ())
    }

    /// Fills `buf` with all values and returns it as initialised.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    ///
    /// # Panics
    ///
    /// When `buf` has another length.
    pub fn read_slice_uninit(
        self,
        buf: &mut [MaybeUninit<T>],
    ) -> Result<&mut [T], MemoryAccessError> {
        self.assert_len(buf.len());
        self.bytes.read_values(self.offset, buf)?;
        // SAFETY: `read_values` has initialised all of it.
        Ok(unsafe { buf.assume_init_mut() })
    }

    /// Writes all values.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory; nothing is written then.
    ///
    /// # Panics
    ///
    /// When `data` has another length.
    pub fn write_slice(self, data: &[T]) -> Result<(), MemoryAccessError> {
        self.assert_len(data.len());
        if !T::HAS_PADDING {
            // SAFETY: the bytes of values without padding are initialised.
            let bytes = unsafe {
                std::slice::from_raw_parts(data.as_ptr().cast::<u8>(), size_of_val(data))
            };
            return self.bytes.write(self.offset, bytes);
        }
        self.checked_len()?;
        for (value, place) in data.iter().zip(self.iter()) {
            place.write(*value)?;
        }
        Ok(())
    }

    /// Reads the bytes of the values into the start of `buf` and returns how many they are.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    ///
    /// # Panics
    ///
    /// When `buf` is shorter.
    pub fn read_to_slice(self, buf: &mut [MaybeUninit<u8>]) -> Result<usize, MemoryAccessError> {
        let size = self.checked_len()? * size_of::<T>();
        self.bytes.read(self.offset, &mut buf[..size])?;
        Ok(size)
    }

    /// Reads all values.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    pub fn read_to_vec(self) -> Result<Vec<T>, MemoryAccessError> {
        let len = self.checked_len()?;
        let mut values = Vec::with_capacity(len);
        self.bytes.read_values(self.offset, &mut values.spare_capacity_mut()[..len])?;
        // SAFETY: `read_values` has initialised the first `len` values.
        unsafe { values.set_len(len) };
        Ok(values)
    }

    /// Reads the bytes of all values.
    ///
    /// # Errors
    ///
    /// When they are not entirely inside of the memory.
    pub fn read_to_bytes(self) -> Result<BytesMut, MemoryAccessError> {
        let size = self.checked_len()? * size_of::<T>();
        let mut bytes = BytesMut::with_capacity(size);
        self.bytes.read(self.offset, &mut bytes.spare_capacity_mut()[..size])?;
        // SAFETY: `read` has initialised the first `size` bytes.
        unsafe { bytes.set_len(size) };
        Ok(bytes)
    }

    fn assert_len(self, len: usize) {
        assert_eq!(self.len, len as u64, "slice length doesn't match WasmSlice length");
    }

    /// The length, after a check that the range is inside of the memory, so that nothing is allocated for
    /// one that is not.
    fn checked_len(self) -> Result<usize, MemoryAccessError> {
        self.bytes.check(self.offset, self.len * size_of::<T>() as u64)?;
        usize::try_from(self.len).map_err(|_| MemoryAccessError::Overflow)
    }
}

impl<T: ValueType> Clone for WasmSlice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ValueType> Copy for WasmSlice<'_, T> {}

impl<T: ValueType> fmt::Debug for WasmSlice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = std::any::type_name::<T>();
        write!(f, "WasmSlice<{name}>(@{:#x}, {} values)", self.offset, self.len)
    }
}

impl<'a, T: ValueType> IntoIterator for WasmSlice<'a, T> {
    type IntoIter = WasmSliceIter<'a, T>;
    type Item = WasmRef<'a, T>;

    fn into_iter(self) -> WasmSliceIter<'a, T> {
        self.iter()
    }
}

/// The places of the values of a [`WasmSlice`].
#[derive(Debug)]
pub struct WasmSliceIter<'a, T: ValueType> {
    /// Those that are still to come.
    slice: WasmSlice<'a, T>,
}

impl<'a, T: ValueType> Iterator for WasmSliceIter<'a, T> {
    type Item = WasmRef<'a, T>;

    fn next(&mut self) -> Option<WasmRef<'a, T>> {
        if self.slice.is_empty() {
            return None;
        }
        let first = self.slice.index(0);
        self.slice = self.slice.subslice(1..self.slice.len);
        Some(first)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = usize::try_from(self.slice.len);
        (*len.as_ref().unwrap_or(&usize::MAX), len.ok())
    }
}

impl<'a, T: ValueType> DoubleEndedIterator for WasmSliceIter<'a, T> {
    fn next_back(&mut self) -> Option<WasmRef<'a, T>> {
        let before = self.slice.len.checked_sub(1)?;
        let last = self.slice.index(before);
        self.slice = self.slice.subslice(0..before);
        Some(last)
    }
}

impl<T: ValueType> ExactSizeIterator for WasmSliceIter<'_, T> {}

/// A copy of an array in guest memory, which is written back when it is dropped.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Store, WasmPtr};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// let slice = WasmPtr::<u8>::new(16).slice(&view, 5)?;
/// let mut text = slice.access()?;
/// assert_eq!((text.len(), text.is_empty()), (5, false));
/// text.copy_from_slice(b"abcde");
/// assert_eq!(text.copy_from_slice_min(b"xy"), 2);
/// text.as_mut()[2] = b'z';
/// assert_eq!(text.as_ref(), b"xyzde");
/// assert_eq!(slice.read(0)?, 0, "not written yet");
/// drop(text);
/// assert_eq!(slice.read_to_vec()?, b"xyzde");
/// # Ok(()) }
/// ```
pub struct WasmSliceAccess<'a, T: ValueType> {
    slice: WasmSlice<'a, T>,
    /// Initialised, unless `exposed`.
    values: Box<[MaybeUninit<T>]>,
    /// Whether the user has written to `values` as to possibly uninitialised memory.
    exposed: bool,
}

impl<'a, T: ValueType> WasmSliceAccess<'a, T> {
    /// The values.
    ///
    /// # Panics
    ///
    /// After [`Self::as_mut_uninit`], until one of the other methods that take `&mut self` was called.
    pub fn iter(&'a self) -> std::slice::Iter<'a, T> {
        self.as_ref().iter()
    }

    /// The values, to change.
    pub fn iter_mut(&'a mut self) -> std::slice::IterMut<'a, T> {
        self.as_mut().iter_mut()
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The copy as uninitialised memory to write to.
    pub fn as_mut_uninit(&mut self) -> &mut [MaybeUninit<T>] {
        self.exposed = true;
        &mut self.values
    }
}

impl WasmSliceAccess<'_, u8> {
    /// Replaces all bytes.
    ///
    /// # Panics
    ///
    /// When `src` has another length.
    pub fn copy_from_slice(&mut self, src: &[u8]) {
        self.as_mut().copy_from_slice(src);
    }

    /// Replaces as many bytes as both have and returns how many.
    pub fn copy_from_slice_min(&mut self, src: &[u8]) -> usize {
        let len = src.len().min(self.len());
        self.as_mut()[..len].copy_from_slice(&src[..len]);
        len
    }
}

impl<T: ValueType> AsRef<[T]> for WasmSliceAccess<'_, T> {
    fn as_ref(&self) -> &[T] {
        assert!(!self.exposed, "call `as_mut` after `as_mut_uninit`");
        // SAFETY: they are initialised, as they are not exposed.
        unsafe { self.values.assume_init_ref() }
    }
}

impl<T: ValueType> AsMut<[T]> for WasmSliceAccess<'_, T> {
    fn as_mut(&mut self) -> &mut [T] {
        if std::mem::take(&mut self.exposed) {
            copy::freeze(as_bytes(&mut self.values));
            for value in &mut self.values {
                T::normalize_bytes(as_bytes(value.as_mut_slice1()));
            }
        }
        // SAFETY: they are initialised: they were read from the guest, or normalised now.
        unsafe { self.values.assume_init_mut() }
    }
}

impl<T: ValueType> Drop for WasmSliceAccess<'_, T> {
    fn drop(&mut self) {
        let slice = self.slice;
        // The range was inside when the copy was made, and memories do not shrink.
        let _ = slice.write_slice(self.as_mut());
    }
}
