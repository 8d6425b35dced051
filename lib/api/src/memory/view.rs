//! Access to the bytes of a memory.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::NonNull;
use std::string::FromUtf8Error;
use std::sync::atomic::{AtomicUsize, Ordering::Acquire};

use thiserror::Error;
use wasmer_types::Pages;
use wasmer_vm::VMMemoryDefinition;

use super::copy;
use super::value_type::ValueType;

/// A range of guest memory could not be accessed. Nothing was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MemoryAccessError {
    /// A part of the range is outside of the memory.
    #[error("memory access out of bounds")]
    HeapOutOfBounds,
    /// The end of the range is no address.
    #[error("address calculation overflow")]
    Overflow,
    /// The bytes are not UTF-8.
    #[error("string is not valid utf-8")]
    NonUtf8String,
    /// The address is not aligned. Accesses copy, so this crate does not report it.
    #[error("unaligned pointer read")]
    UnalignedPointerRead,
}

impl From<FromUtf8Error> for MemoryAccessError {
    fn from(_: FromUtf8Error) -> Self {
        Self::NonUtf8String
    }
}

/// The bytes of a memory, wherever they lie at the moment of each access.
#[derive(Clone, Copy)]
pub(super) struct GuestBytes<'a> {
    /// Where the memory says where it lies. The memory lives as long as the store, which `'a` borrows.
    definition: NonNull<VMMemoryDefinition>,
    store: PhantomData<&'a ()>,
}

impl<'a> GuestBytes<'a> {
    /// # Safety
    ///
    /// For `'a`, `definition` is that of a memory of which all bytes below the length are readable and
    /// writable, and which neither shrinks nor moves.
    pub(super) unsafe fn new(definition: NonNull<VMMemoryDefinition>) -> Self {
        Self { definition, store: PhantomData }
    }

    #[inline]
    fn base(self) -> *mut u8 {
        // SAFETY: the definition is alive, and its base does not change during `'a`.
        unsafe { (*self.definition.as_ptr()).base }
    }

    /// Present length in bytes. A shared memory may grow at any time.
    #[inline]
    pub(super) fn len(self) -> usize {
        // SAFETY: the definition is alive; where other threads may write its length they do so atomically.
        unsafe { AtomicUsize::from_ptr(&raw mut (*self.definition.as_ptr()).current_length) }
            .load(Acquire)
    }

    /// Host address of the bytes from `offset`, after a check that all `len` are inside.
    #[inline]
    fn range(self, offset: u64, len: u64) -> Result<*mut u8, MemoryAccessError> {
        let end = offset.checked_add(len).ok_or(MemoryAccessError::Overflow)?;
        if end > self.len() as u64 {
            return Err(MemoryAccessError::HeapOutOfBounds);
        }
        // `offset <= end <= len`, so that it fits and stays in the memory.
        Ok(self.base().wrapping_add(offset as usize))
    }

    /// Whether the range is inside of the memory.
    pub(super) fn check(self, offset: u64, len: u64) -> Result<(), MemoryAccessError> {
        self.range(offset, len).map(|_| ())
    }

    /// Fills `buf`, all of which is initialised if this succeeds.
    #[inline]
    pub(super) fn read(
        self,
        offset: u64,
        buf: &mut [MaybeUninit<u8>],
    ) -> Result<(), MemoryAccessError> {
        let src = self.range(offset, buf.len() as u64)?;
        // SAFETY: the range was checked, and memories do not shrink; `buf` is writable.
        unsafe { copy::from_guest(src, buf.as_mut_ptr().cast(), buf.len()) };
        Ok(())
    }

    #[inline]
    pub(super) fn write(self, offset: u64, data: &[u8]) -> Result<(), MemoryAccessError> {
        let dst = self.range(offset, data.len() as u64)?;
        // SAFETY: the range was checked, and memories do not shrink; `data` is readable.
        unsafe { copy::to_guest(data.as_ptr(), dst, data.len()) };
        Ok(())
    }

    /// Fills `values`, all of which are initialised if this succeeds.
    #[inline]
    pub(super) fn read_values<T: ValueType>(
        self,
        offset: u64,
        values: &mut [MaybeUninit<T>],
    ) -> Result<(), MemoryAccessError> {
        self.read(offset, as_bytes(values))?;
        values.iter_mut().for_each(|value| T::normalize_bytes(as_bytes(value.as_mut_slice1())));
        Ok(())
    }

    #[inline]
    pub(super) fn read_value<T: ValueType>(self, offset: u64) -> Result<T, MemoryAccessError> {
        let mut value = MaybeUninit::uninit();
        self.read_values(offset, value.as_mut_slice1())?;
        // SAFETY: `read_values` has initialised it.
        Ok(unsafe { value.assume_init() })
    }

    #[inline]
    pub(super) fn write_value<T: ValueType>(
        self,
        offset: u64,
        value: T,
    ) -> Result<(), MemoryAccessError> {
        let mut copied = MaybeUninit::new(value);
        let bytes = as_bytes(copied.as_mut_slice1());
        value.zero_padding_bytes(bytes);
        // SAFETY: the bytes are those of a value with its padding initialised.
        self.write(offset, unsafe { bytes.assume_init_ref() })
    }
}

/// A value as a slice of one.
pub(super) trait AsMutSlice1<T> {
    fn as_mut_slice1(&mut self) -> &mut [MaybeUninit<T>];
}

impl<T> AsMutSlice1<T> for MaybeUninit<T> {
    #[inline]
    fn as_mut_slice1(&mut self) -> &mut [MaybeUninit<T>] {
        std::slice::from_mut(self)
    }
}

/// The bytes of values.
#[inline]
pub(super) fn as_bytes<T>(values: &mut [MaybeUninit<T>]) -> &mut [MaybeUninit<u8>] {
    let len = size_of_val(values);
    // SAFETY: the same memory; bytes need no alignment and, as they may be uninitialised, no validity. What
    // is written to them must be valid only when the values are read as `T`.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), len) }
}

/// The bytes of a [`Memory`](crate::Memory).
///
/// As long as the view lives, its store can't be used to run code or to grow the memory. (A shared memory
/// can grow nevertheless; the view sees its new bytes.)
///
/// All accesses are copies. If other threads access the same bytes of a shared memory at the same time, a
/// mixture of old and new bytes may be read; an aligned value of up to 8 bytes is read and written at once.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryAccessError, MemoryType, Pages, Store};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// assert_eq!((view.size(), view.data_size()), (Pages(1), 65_536));
///
/// view.write(65_532, b"last")?;
/// view.write_u8(0, b'F')?;
/// assert_eq!(view.read_u8(65_535)?, b't');
/// assert_eq!(view.copy_range_to_vec(65_534..70_000)?, b"st");
/// assert_eq!(view.copy_to_vec()?.len(), 65_536);
/// // Nothing is written when a part is outside.
/// assert!(matches!(view.write(65_533, b"LAST"), Err(MemoryAccessError::HeapOutOfBounds)));
/// assert!(matches!(view.write(u64::MAX, b"LAST"), Err(MemoryAccessError::Overflow)));
/// let mut bytes = [0; 4];
/// view.read(65_532, &mut bytes)?;
/// assert_eq!(&bytes, b"last");
/// let mut room = [std::mem::MaybeUninit::uninit(); 4];
/// assert_eq!(view.read_uninit(65_532, &mut room)?, b"last");
///
/// let other = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let (view, other) = (memory.view(&store), other.view(&store));
/// view.copy_to_memory(1, &other)?;
/// assert_eq!(other.read_u8(0)?, b'F');
/// # Ok(()) }
/// ```
pub struct MemoryView<'a> {
    bytes: GuestBytes<'a>,
    page_size_log2: u8,
}

impl<'a> MemoryView<'a> {
    pub(super) fn new(bytes: GuestBytes<'a>, page_size_log2: u8) -> Self {
        Self { bytes, page_size_log2 }
    }

    #[inline]
    pub(super) fn bytes(&self) -> GuestBytes<'a> {
        self.bytes
    }

    /// Address of byte 0.
    #[doc(hidden)]
    pub fn data_ptr(&self) -> *mut u8 {
        self.bytes.base()
    }

    /// Size in bytes.
    pub fn data_size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The bytes.
    ///
    /// # Safety
    ///
    /// Nothing writes to the memory as long as the slice lives.
    #[doc(hidden)]
    pub unsafe fn data_unchecked(&self) -> &[u8] {
        // SAFETY: all bytes below the length are mapped for the lifetime of the view.
        unsafe { std::slice::from_raw_parts(self.bytes.base(), self.bytes.len()) }
    }

    /// The bytes, to write to.
    ///
    /// # Safety
    ///
    /// Nothing else accesses the memory as long as the slice lives.
    #[expect(clippy::mut_from_ref, reason = "the caller promises that nothing else has access")]
    #[doc(hidden)]
    pub unsafe fn data_unchecked_mut(&self) -> &mut [u8] {
        // SAFETY: all bytes below the length are mapped for the lifetime of the view.
        unsafe { std::slice::from_raw_parts_mut(self.bytes.base(), self.bytes.len()) }
    }

    /// Size in pages.
    pub fn size(&self) -> Pages {
        Pages(u32::try_from(self.data_size() >> self.page_size_log2).unwrap_or(u32::MAX))
    }

    /// Fills `buf` with the bytes from `offset`.
    ///
    /// # Errors
    ///
    /// When they are not all inside of the memory.
    #[inline]
    pub fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), MemoryAccessError> {
        let len = buf.len();
        // SAFETY: the same bytes; `read` writes nothing but initialised ones.
        let buf = unsafe { std::slice::from_raw_parts_mut(buf.as_mut_ptr().cast(), len) };
        self.bytes.read(offset, buf)
    }

    /// The byte at `offset`.
    ///
    /// # Errors
    ///
    /// When it is outside of the memory.
    #[inline]
    pub fn read_u8(&self, offset: u64) -> Result<u8, MemoryAccessError> {
        self.bytes.read_value(offset)
    }

    /// Fills `buf` with the bytes from `offset` and returns it as initialised.
    ///
    /// # Errors
    ///
    /// When they are not all inside of the memory.
    pub fn read_uninit<'b>(
        &self,
        offset: u64,
        buf: &'b mut [MaybeUninit<u8>],
    ) -> Result<&'b mut [u8], MemoryAccessError> {
        self.bytes.read(offset, buf)?;
        // SAFETY: `read` has initialised all of it.
        Ok(unsafe { buf.assume_init_mut() })
    }

    /// Writes `data` to the bytes from `offset`.
    ///
    /// # Errors
    ///
    /// When they are not all inside of the memory; nothing is written then.
    #[inline]
    pub fn write(&self, offset: u64, data: &[u8]) -> Result<(), MemoryAccessError> {
        self.bytes.write(offset, data)
    }

    /// Writes the byte at `offset`.
    ///
    /// # Errors
    ///
    /// When it is outside of the memory.
    #[inline]
    pub fn write_u8(&self, offset: u64, val: u8) -> Result<(), MemoryAccessError> {
        self.bytes.write_value(offset, val)
    }

    /// A copy of all bytes.
    ///
    /// # Errors
    ///
    /// None.
    pub fn copy_to_vec(&self) -> Result<Vec<u8>, MemoryAccessError> {
        self.copy_range_to_vec(0..self.data_size())
    }

    /// A copy of the bytes in `range`, or of those of them that exist.
    ///
    /// # Errors
    ///
    /// None.
    pub fn copy_range_to_vec(&self, range: Range<u64>) -> Result<Vec<u8>, MemoryAccessError> {
        let len = range.end.min(self.data_size()).saturating_sub(range.start) as usize;
        let mut bytes = Vec::with_capacity(len);
        if len > 0 {
            self.bytes.read(range.start, &mut bytes.spare_capacity_mut()[..len])?;
            // SAFETY: `read` has initialised the first `len` bytes.
            unsafe { bytes.set_len(len) };
        }
        Ok(bytes)
    }

    /// Copies the first `amount` bytes to the start of another memory.
    ///
    /// # Errors
    ///
    /// When one of the memories is shorter.
    pub fn copy_to_memory(&self, amount: u64, new_memory: &Self) -> Result<(), MemoryAccessError> {
        self.copy_range_to_memory(0, 0, amount, new_memory)
    }

    /// Copies `amount` bytes to another memory, or within the same.
    ///
    /// # Errors
    ///
    /// When one of the ranges is not inside of its memory.
    #[doc(hidden)]
    pub fn copy_range_to_memory(
        &self,
        source_offset: u64,
        target_offset: u64,
        amount: u64,
        new_memory: &Self,
    ) -> Result<(), MemoryAccessError> {
        let src = self.bytes.range(source_offset, amount)?;
        let dst = new_memory.bytes.range(target_offset, amount)?;
        // SAFETY: both ranges were checked, and memories do not shrink.
        unsafe { copy::within_guest(src, dst, amount as usize) };
        Ok(())
    }
}

impl fmt::Debug for MemoryView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryView").field("size", &self.data_size()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryAccessError::{self, *};

    /// A new variant does not compile without its text. What provokes each is tested in
    /// `tests/memory_errors.rs`.
    #[test]
    fn texts_of_access_errors() {
        for error in [HeapOutOfBounds, Overflow, NonUtf8String, UnalignedPointerRead] {
            let error: MemoryAccessError = error;
            let text = match error {
                HeapOutOfBounds => "memory access out of bounds",
                Overflow => "address calculation overflow",
                NonUtf8String => "string is not valid utf-8",
                UnalignedPointerRead => "unaligned pointer read",
            };
            assert_eq!(error.to_string(), text);
        }
    }
}
