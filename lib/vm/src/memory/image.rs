//! Initial contents of a memory, made once per module and mapped into each instance, copy-on-write.

use std::num::NonZeroU64;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};

use crate::sys::mmap::{Mmap, Protection, page_size};

/// Bytes that an image covers at most. What lies further apart is copied when an instance is made.
const MAX_LENGTH: usize = 1 << 30;

/// Tells images apart, for as long as the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageId(NonZeroU64);

/// The pages of a memory that data segments write to, as they are before anything else is written.
#[derive(Debug)]
pub struct MemoryImage {
    id: ImageId,
    /// Which bytes of the memory it covers. Whole pages of the machine.
    range: Range<usize>,
    /// A file in memory with its bytes.
    file: OwnedFd,
    /// The file, to be read.
    bytes: Mmap,
}

impl MemoryImage {
    /// An image of a memory of zeros in which `segments`, address and contents, were written in this order.
    /// `None` when there is nothing to write, or the system can't do it, or it does not pay.
    ///
    /// The ends of all segments are at most [`isize::MAX`].
    pub fn new(segments: &[(usize, &[u8])]) -> Option<Self> {
        let filled = || segments.iter().filter(|(_, bytes)| !bytes.is_empty());
        let page = page_size();
        let start = filled().map(|(at, _)| *at).min()? & !(page - 1);
        let end = filled().map(|(at, bytes)| at + bytes.len()).max()?.next_multiple_of(page);
        let range = start..end;
        if range.len() > MAX_LENGTH {
            return None;
        }
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create("wasm-memory-image", flags).ok()?;
        rustix::fs::ftruncate(&file, range.len() as u64).ok()?;
        for (at, bytes) in filled() {
            write_all(file.as_fd(), (at - start) as u64, bytes)?;
        }
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&file, seals).ok()?;
        let bytes = Mmap::reserve(range.len()).ok()?;
        // SAFETY: the mapping is fresh, and the file is sealed.
        unsafe { bytes.map_private_file_fixed(&file, 0, 0..range.len(), Protection::Read) }.ok()?;
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = ImageId(NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed))?);
        Some(Self { id, range, file, bytes })
    }

    pub(crate) fn id(&self) -> ImageId {
        self.id
    }

    /// Which bytes of the memory it covers: whole pages of the machine.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// The contents of [`MemoryImage::range`].
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping has as many readable bytes, lives as long as `self`, and its file is sealed.
        unsafe { std::slice::from_raw_parts(self.bytes.start().as_ptr(), self.range.len()) }
    }
}

fn write_all(file: BorrowedFd<'_>, mut at: u64, mut bytes: &[u8]) -> Option<()> {
    while !bytes.is_empty() {
        let written = rustix::io::pwrite(file, bytes, at).ok().filter(|&n| n > 0)?;
        at += written as u64;
        bytes = &bytes[written..];
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_segments_win() {
        let page = page_size();
        let image = MemoryImage::new(&[
            (page + 1, b"abcd"),
            (0, b""),
            (page + 2, b"X"),
            (3 * page - 1, b"yz"),
        ])
        .unwrap();
        assert_eq!(image.range(), page..4 * page);
        assert_eq!(&image.bytes()[..6], b"\0aXcd\0");
        assert_eq!(&image.bytes()[2 * page - 1..2 * page + 2], b"yz\0");
        let other = MemoryImage::new(&[(0, b"1")]).unwrap();
        assert_ne!(image.id(), other.id());
    }

    #[test]
    fn nothing_and_too_much() {
        assert!(MemoryImage::new(&[]).is_none());
        assert!(MemoryImage::new(&[(7, b"")]).is_none());
        assert!(MemoryImage::new(&[(0, b"a"), (2 << 30, b"b")]).is_none());
    }
}
