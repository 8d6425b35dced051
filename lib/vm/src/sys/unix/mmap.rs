//! Ranges of the address space.
//!
//! An [`Mmap`] owns a range from its reservation until it is dropped. All other methods change what lies in
//! a part of it: nothing, zeroed memory, or the bytes of a file. Parts are given in bytes from the start and
//! must begin and end at multiples of [`page_size`].

use std::ffi::c_void;
use std::io;
use std::ops::Range;
use std::os::fd::AsFd;
use std::ptr::{self, NonNull};

use rustix::mm::{self, Advice, MapFlags, MprotectFlags, ProtFlags};
use thiserror::Error;

/// Bytes in a page of the machine's memory.
#[inline]
pub fn page_size() -> usize {
    rustix::param::page_size()
}

/// Rounds `bytes` up to whole pages, or `None` when that overflows.
#[inline]
pub fn round_up_to_pages(bytes: usize) -> Option<usize> {
    bytes.checked_next_multiple_of(page_size())
}

/// The system refused to change the address space.
#[derive(Debug, Error)]
#[error("could not {action} {bytes} bytes of address space: {source}")]
pub struct MmapError {
    action: &'static str,
    bytes: usize,
    source: io::Error,
}

impl MmapError {
    fn new(action: &'static str, bytes: usize, source: impl Into<io::Error>) -> Self {
        Self { action, bytes, source: source.into() }
    }
}

/// What code may do with a part of an [`Mmap`]. Nothing is writable and executable at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Every access faults.
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    ReadWrite,
    /// Reading and executing.
    ReadExecute,
}

impl Protection {
    fn map(self) -> ProtFlags {
        match self {
            Self::None => ProtFlags::empty(),
            Self::Read => ProtFlags::READ,
            Self::ReadWrite => ProtFlags::READ | ProtFlags::WRITE,
            Self::ReadExecute => ProtFlags::READ | ProtFlags::EXEC,
        }
    }

    fn protect(self) -> MprotectFlags {
        match self {
            Self::None => MprotectFlags::empty(),
            Self::Read => MprotectFlags::READ,
            Self::ReadWrite => MprotectFlags::READ | MprotectFlags::WRITE,
            Self::ReadExecute => MprotectFlags::READ | MprotectFlags::EXEC,
        }
    }
}

/// An owned, page-aligned range of the address space.
#[derive(Debug)]
pub struct Mmap {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the range belongs to this value alone and is not tied to the thread that mapped it. Shared
// references give away its address and nothing that reads or writes through it.
unsafe impl Send for Mmap {}
// SAFETY: as above.
unsafe impl Sync for Mmap {}

impl Mmap {
    /// Reserves `bytes` (rounded up to pages, not 0) of address space in which every access faults. It takes
    /// no memory and does not count as committed.
    pub fn reserve(bytes: usize) -> Result<Self, MmapError> {
        Self::map("reserve", bytes, Protection::None, MapFlags::NORESERVE)
    }

    /// Maps `bytes` (rounded up to pages, not 0) of zeroed memory that can be read and written.
    pub fn zeroed(bytes: usize) -> Result<Self, MmapError> {
        Self::map("map", bytes, Protection::ReadWrite, MapFlags::empty())
    }

    /// Maps the first `bytes` (rounded up to pages, not 0) of `file`, to be read. Pages behind the end of the file
    /// can't be accessed.
    ///
    /// # Safety
    ///
    /// Nobody changes these bytes of the file or truncates it as long as they are mapped.
    pub unsafe fn read_only_file(file: impl AsFd, bytes: usize) -> Result<Self, MmapError> {
        let too_large =
            || MmapError::new("map a file of", bytes, io::Error::from(io::ErrorKind::OutOfMemory));
        let len = round_up_to_pages(bytes).ok_or_else(too_large)?;
        // SAFETY: a new mapping at an address that the system chooses changes no memory in use.
        let start =
            unsafe { mm::mmap(ptr::null_mut(), len, ProtFlags::READ, MapFlags::PRIVATE, file, 0) };
        let start = start.map_err(|error| MmapError::new("map a file of", bytes, error))?;
        let start = NonNull::new(start.cast()).ok_or_else(too_large)?;
        Ok(Self { start, len })
    }

    /// As [`Mmap::reserve`], for a stack: the parts that are made accessible are not backed by huge pages.
    pub fn reserve_stack(bytes: usize) -> Result<Self, MmapError> {
        Self::map("reserve", bytes, Protection::None, MapFlags::NORESERVE | MapFlags::STACK)
    }

    fn map(
        action: &'static str,
        bytes: usize,
        protection: Protection,
        flags: MapFlags,
    ) -> Result<Self, MmapError> {
        let too_large =
            || MmapError::new(action, bytes, io::Error::from(io::ErrorKind::OutOfMemory));
        let len = round_up_to_pages(bytes).ok_or_else(too_large)?;
        // SAFETY: a new mapping at an address that the system chooses changes no memory in use.
        let start = unsafe {
            mm::mmap_anonymous(ptr::null_mut(), len, protection.map(), MapFlags::PRIVATE | flags)
        };
        let start = start.map_err(|error| MmapError::new(action, bytes, error))?;
        let start = NonNull::new(start.cast()).ok_or_else(too_large)?;
        Ok(Self { start, len })
    }

    /// Address of its first byte.
    #[inline]
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Its length in bytes, a multiple of [`page_size`].
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes, which it always has.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The addresses that it covers.
    #[inline]
    pub fn addresses(&self) -> Range<usize> {
        let start = self.start.as_ptr() as usize;
        start..start + self.len
    }

    /// Lets `range` be read and written. Pages that were never accessible before are zero.
    ///
    /// # Safety
    ///
    /// As for [`Mmap::protect`].
    pub unsafe fn make_accessible(&self, range: Range<usize>) -> Result<(), MmapError> {
        // SAFETY: as for the caller.
        unsafe { self.protect(range, Protection::ReadWrite) }
    }

    /// Makes every access to `range` fault. Its contents stay until [`Mmap::decommit`].
    ///
    /// # Safety
    ///
    /// As for [`Mmap::protect`].
    pub unsafe fn make_inaccessible(&self, range: Range<usize>) -> Result<(), MmapError> {
        // SAFETY: as for the caller.
        unsafe { self.protect(range, Protection::None) }
    }

    /// Changes what may be done with `range`.
    ///
    /// # Safety
    ///
    /// No reference to a part of `range` is used any more in a way that `protection` forbids.
    ///
    /// # Panics
    ///
    /// When `range` is not made of pages of this mapping.
    pub unsafe fn protect(
        &self,
        range: Range<usize>,
        protection: Protection,
    ) -> Result<(), MmapError> {
        let (start, len) = self.part(&range);
        if len == 0 {
            return Ok(());
        }
        // SAFETY: `part` has checked that the range is ours; the caller answers for its contents.
        unsafe { mm::mprotect(start, len, protection.protect()) }
            .map_err(|error| MmapError::new("change the protection of", len, error))
    }

    /// Gives the memory behind `range` back. Anonymous pages read as zero afterwards and pages of a file as
    /// the file; the protection stays.
    ///
    /// # Safety
    ///
    /// No reference to the bytes of `range` exists.
    ///
    /// # Panics
    ///
    /// When `range` is not made of pages of this mapping.
    pub unsafe fn decommit(&self, range: Range<usize>) -> Result<(), MmapError> {
        let (start, len) = self.part(&range);
        if len == 0 {
            return Ok(());
        }
        // SAFETY: `part` has checked that the range is ours; the caller answers for its contents.
        unsafe { mm::madvise(start, len, Advice::LinuxDontNeed) }
            .map_err(|error| MmapError::new("give back", len, error))
    }

    /// Maps the bytes of `file` from `offset` (a multiple of [`page_size`]) over `range`, to be read and
    /// written. What is written stays private to this mapping.
    ///
    /// # Safety
    ///
    /// No reference to the bytes of `range` exists, and nobody truncates the file while it is mapped.
    ///
    /// # Panics
    ///
    /// When `range` is not made of pages of this mapping.
    pub unsafe fn map_private_file_fixed(
        &self,
        file: impl AsFd,
        offset: u64,
        range: Range<usize>,
        protection: Protection,
    ) -> Result<(), MmapError> {
        let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
        let (start, len) = self.part(&range);
        if len == 0 {
            return Ok(());
        }
        // SAFETY: `part` has checked that the range is ours; the caller answers for its contents.
        unsafe { mm::mmap(start, len, protection.map(), flags, file, offset) }
            .map(drop)
            .map_err(|error| MmapError::new("map a file over", len, error))
    }

    /// Replaces `range` by fresh anonymous memory: zero where it is accessible.
    ///
    /// # Safety
    ///
    /// No reference to the bytes of `range` exists.
    ///
    /// # Panics
    ///
    /// When `range` is not made of pages of this mapping.
    pub unsafe fn map_anonymous_fixed(
        &self,
        range: Range<usize>,
        protection: Protection,
    ) -> Result<(), MmapError> {
        let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
        let (start, len) = self.part(&range);
        if len == 0 {
            return Ok(());
        }
        // SAFETY: `part` has checked that the range is ours; the caller answers for its contents.
        unsafe { mm::mmap_anonymous(start, len, protection.map(), flags) }
            .map(drop)
            .map_err(|error| MmapError::new("map memory over", len, error))
    }

    /// Address and length of a part.
    fn part(&self, range: &Range<usize>) -> (*mut c_void, usize) {
        assert!(
            range.start <= range.end && range.end <= self.len,
            "range {range:?} is outside of a mapping of {} bytes",
            self.len
        );
        let mask = page_size() - 1;
        assert!((range.start | range.end) & mask == 0, "range {range:?} is not made of pages");
        // SAFETY: the offset is within the mapping.
        let start = unsafe { self.start.add(range.start) };
        (start.as_ptr().cast(), range.end - range.start)
    }
}

impl Drop for Mmap {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nobody can use it after its owner. An error (the system has run
        // out of room for splitting a mapping) would leak the range, which is harmless.
        let _ = unsafe { mm::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn pages_come_and_go() {
        let page = page_size();
        let map = Mmap::reserve(10 * page + 1).unwrap();
        assert_eq!(map.len(), 11 * page);
        let byte = map.start().as_ptr().wrapping_add(page);
        // SAFETY: the range is ours, and it is accessible when it is written and read.
        unsafe {
            map.make_accessible(page..3 * page).unwrap();
            byte.write(7);
            map.make_inaccessible(page..3 * page).unwrap();
            map.make_accessible(page..2 * page).unwrap();
            assert_eq!(byte.read(), 7);
            map.decommit(page..2 * page).unwrap();
            assert_eq!(byte.read(), 0);
        }
    }

    #[test]
    fn files_are_private_and_come_back() {
        let page = page_size();
        let fd = rustix::fs::memfd_create("test", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let mut file = std::fs::File::from(fd);
        file.write_all(&vec![5; page]).unwrap();
        let map = Mmap::reserve(2 * page).unwrap();
        let byte = map.start().as_ptr();
        // SAFETY: the range is ours and the file is long enough.
        unsafe {
            map.map_private_file_fixed(&file, 0, 0..page, Protection::ReadWrite).unwrap();
            byte.write(6);
            map.decommit(0..page).unwrap();
            assert_eq!(byte.read(), 5);
            map.map_anonymous_fixed(0..page, Protection::ReadWrite).unwrap();
            assert_eq!(byte.read(), 0);
        }
    }

    #[test]
    fn too_large_is_an_error() {
        assert!(Mmap::reserve(usize::MAX).is_err());
        let error = Mmap::reserve(1 << 60).unwrap_err().to_string();
        assert!(error.starts_with("could not reserve 1152921504606846976 bytes"), "{error}");
        assert!(Mmap::reserve(0).is_err());
    }

    #[test]
    #[should_panic(expected = "outside of a mapping")]
    fn parts_are_checked() {
        let map = Mmap::reserve(page_size()).unwrap();
        // SAFETY: nothing refers to the range.
        let _ = unsafe { map.make_accessible(0..2 * page_size()) };
    }
}
