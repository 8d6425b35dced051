//! Initial contents of a memory, mapped into each instance, copy-on-write.
//!
//! They are those of a file: the artifact that the module was loaded from, if it has them as they lie in the memory,
//! otherwise one in memory that is made once per module.

use std::num::NonZeroU64;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};

use crate::artifact::KeptFile;
use crate::sys::mmap::{Mmap, Protection, page_size, round_up_to_pages};

/// Bytes that an image covers at most. What lies further apart is copied when an instance is made.
const MAX_LENGTH: usize = 1 << 30;

/// Tells images apart, for as long as the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageId(NonZeroU64);

impl ImageId {
    fn new() -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed)).map(Self)
    }
}

/// The pages of a memory that data segments write to, as they are before anything else is written.
#[derive(Debug)]
pub struct MemoryImage {
    id: ImageId,
    /// Which bytes of the memory it covers. Whole pages of the machine.
    range: Range<usize>,
    source: Source,
    /// Where its first byte is in the source.
    offset: usize,
}

/// What has the bytes of an image. Nobody changes it.
#[derive(Debug)]
enum Source {
    /// A file in memory, and the whole of it mapped.
    Memory(OwnedFd, Mmap),
    /// The file of an artifact.
    Artifact(Arc<KeptFile>),
}

impl Source {
    fn file(&self) -> BorrowedFd<'_> {
        match self {
            Self::Memory(file, _) => file.as_fd(),
            Self::Artifact(artifact) => artifact.file().as_fd(),
        }
    }

    /// All of it.
    fn map(&self) -> &Mmap {
        match self {
            Self::Memory(_, map) => map,
            Self::Artifact(artifact) => artifact.map(),
        }
    }
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
        let mut writer = Writer::new(file.as_fd());
        for (at, bytes) in filled() {
            writer.write((at - start) as u64, bytes)?;
        }
        writer.flush()?;
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&file, seals).ok()?;
        let bytes = Mmap::reserve(range.len()).ok()?;
        // SAFETY: the mapping is fresh, and the file is sealed.
        unsafe { bytes.map_private_file_fixed(&file, 0, 0..range.len(), Protection::Read) }.ok()?;
        Some(Self { id: ImageId::new()?, range, source: Source::Memory(file, bytes), offset: 0 })
    }

    /// An image of the bytes `place` of the file of an artifact, as they lie from `address` on in a memory. The rest of
    /// their last page belongs to the image, too. `None` when they can't be mapped: one of the numbers is not a
    /// multiple of the page size, or `place` is empty or not in the file.
    ///
    /// The end of the addresses is at most [`isize::MAX`].
    pub(crate) fn in_artifact(
        artifact: &Arc<KeptFile>,
        place: Range<usize>,
        address: usize,
    ) -> Option<Self> {
        let len = round_up_to_pages(place.len()).filter(|&len| len > 0)?;
        let is_mapped = place.start.checked_add(len)? <= artifact.map().len();
        if (place.start | address) & (page_size() - 1) != 0 || !is_mapped {
            return None;
        }
        let range = address..address.checked_add(len)?;
        let source = Source::Artifact(artifact.clone());
        Some(Self { id: ImageId::new()?, range, source, offset: place.start })
    }

    pub(crate) fn id(&self) -> ImageId {
        self.id
    }

    /// Which bytes of the memory it covers: whole pages of the machine.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The file that has its bytes, and where they begin in it.
    pub(crate) fn file(&self) -> (BorrowedFd<'_>, u64) {
        (self.source.file(), self.offset as u64)
    }

    /// The contents of [`MemoryImage::range`].
    pub fn bytes(&self) -> &[u8] {
        let map = self.source.map();
        // SAFETY: whoever has made the image has found that the mapping, which can be read and lives as long as `self`,
        // has as many bytes from there on. A file in memory is sealed, and whoever has mapped an artifact has promised
        // that it stays as it is.
        unsafe {
            let start = map.start().as_ptr().add(self.offset);
            std::slice::from_raw_parts(start, self.range.len())
        }
    }
}

/// Writes segments to an empty file, many small ones at once: programs of interpreters have tens of thousands.
struct Writer<'a> {
    file: BorrowedFd<'a>,
    /// What is not written yet, and where it begins.
    pending: Vec<u8>,
    at: u64,
    /// Nothing was written from there on.
    end: u64,
}

impl<'a> Writer<'a> {
    /// Segments are joined to pieces of so many bytes.
    const PIECE: usize = 256 << 10;
    /// Zeros that are written to join two segments. A page that is not written takes no memory.
    const LARGEST_GAP: u64 = 4096;

    fn new(file: BorrowedFd<'a>) -> Self {
        Self { file, pending: Vec::new(), at: 0, end: 0 }
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Option<()> {
        // What lies before the end may be there already, and must not be overwritten by zeros.
        let is_last = !self.pending.is_empty() && self.at + self.pending.len() as u64 == self.end;
        let gap = at.checked_sub(self.end).filter(|gap| is_last && *gap <= Self::LARGEST_GAP);
        match gap.filter(|_| self.pending.len() + bytes.len() <= Self::PIECE) {
            Some(gap) => self.pending.resize(self.pending.len() + gap as usize, 0),
            None => {
                self.flush()?;
                self.at = at;
            }
        }
        self.end = self.end.max(at + bytes.len() as u64);
        if bytes.len() > Self::PIECE {
            return write_all(self.file, at, bytes);
        }
        self.pending.extend_from_slice(bytes);
        Some(())
    }

    fn flush(&mut self) -> Option<()> {
        write_all(self.file, self.at, &self.pending)?;
        self.pending.clear();
        Some(())
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

    /// In any order, over one another, with gaps, small and large: the same as in a vector.
    #[test]
    fn segments_are_joined() {
        const SIZE: usize = 3 << 20;
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) as usize % below
        };
        for round in 0..40 {
            let mut expected = vec![0; SIZE];
            let (mut segments, mut next) = (Vec::new(), 0);
            for number in 0..200_usize {
                let largest = [20, 5000, 600_000][random(3).min(random(3))];
                let length = 1 + random(largest);
                let at = match random(10) {
                    0 => random(SIZE - length),
                    _ => next + [0, 1, 5000][random(3).min(random(3))],
                };
                if at + length > SIZE {
                    continue;
                }
                next = at + length;
                segments.push((at, vec![number as u8 + 1; length]));
            }
            for (at, bytes) in &segments {
                expected[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            let segments: Vec<_> = segments.iter().map(|(at, bytes)| (*at, &bytes[..])).collect();
            let image = MemoryImage::new(&segments).unwrap();
            let range = image.range();
            let expected = &expected[range.start..range.end.min(SIZE)];
            assert!(image.bytes()[..expected.len()] == *expected, "round {round}");
        }
    }

    #[test]
    fn nothing_and_too_much() {
        assert!(MemoryImage::new(&[]).is_none());
        assert!(MemoryImage::new(&[(7, b"")]).is_none());
        assert!(MemoryImage::new(&[(0, b"a"), (2 << 30, b"b")]).is_none());
    }
}
