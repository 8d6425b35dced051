//! Address space for a memory, which is used by one memory after the other.

use std::ops::Range;
use std::ptr;

use super::image::{ImageId, MemoryImage};
use crate::sys::mmap::{Mmap, MmapError, Protection, page_size};
use crate::sys::pagemap;

/// Bytes that a slot keeps when it is cleaned, by writing them, rather than giving them back to the system.
/// Writing a page takes a tenth of the time that it takes to get a new one.
const KEEP: usize = 512 << 10;

/// A reserved range of which the first part can be read and written.
///
/// What a slot holds between two memories is an image, where one is mapped, and zeros elsewhere.
#[derive(Debug)]
pub(super) struct Slot {
    map: Mmap,
    /// Bytes from the start that can be read and written. Whole pages.
    accessible: usize,
    /// The image that is mapped, and where.
    image: Option<(ImageId, Range<usize>)>,
}

impl Slot {
    /// Reserves `bytes` (not 0), of which none can be accessed.
    pub(super) fn reserve(bytes: usize) -> Result<Self, MmapError> {
        Ok(Self { map: Mmap::reserve(bytes)?, accessible: 0, image: None })
    }

    /// Address of byte 0.
    #[inline]
    pub(super) fn base(&self) -> *mut u8 {
        self.map.start().as_ptr()
    }

    /// Bytes reserved.
    #[inline]
    pub(super) fn reserved(&self) -> usize {
        self.map.len()
    }

    /// Whether [`Slot::prepare`] would have nothing to do.
    #[inline]
    pub(super) fn is_prepared(&self, len: usize, image: Option<ImageId>) -> bool {
        self.accessible == len && self.has_image(image)
    }

    #[inline]
    pub(super) fn has_image(&self, image: Option<ImageId>) -> bool {
        self.image.as_ref().map(|(id, _)| *id) == image
    }

    /// Makes the first `len` bytes (whole pages) of a clean slot accessible, and no others, and maps `image`,
    /// which lies within them.
    ///
    /// After an error the slot must not be used.
    pub(super) fn prepare(
        &mut self,
        len: usize,
        image: Option<&MemoryImage>,
    ) -> Result<(), MmapError> {
        let keeps_image = self.has_image(image.map(MemoryImage::id));
        // SAFETY: the slot belongs to no memory, so that nothing refers to its bytes.
        unsafe {
            if !keeps_image && let Some((_, range)) = self.image.take() {
                self.map.map_anonymous_fixed(range, Protection::ReadWrite)?;
            }
            if self.accessible > len {
                self.map.make_inaccessible(len..self.accessible)?;
                self.accessible = len;
            } else {
                self.extend(len)?;
            }
            if let Some(image) = image.filter(|_| !keeps_image) {
                let protection = Protection::ReadWrite;
                let (file, offset) = image.file();
                self.map.map_private_file_fixed(file, offset, image.range(), protection)?;
                self.image = Some((image.id(), image.range()));
            }
        }
        Ok(())
    }

    /// Makes the first `len` bytes (whole pages) accessible if they are not. New ones are zero.
    pub(super) fn extend(&mut self, len: usize) -> Result<(), MmapError> {
        if len > self.accessible {
            // SAFETY: making bytes accessible forbids nothing.
            unsafe { self.map.make_accessible(self.accessible..len)? };
            self.accessible = len;
        }
        Ok(())
    }

    /// Gives all bytes the contents that they had at the start: those of `image`, which is the one that is
    /// mapped, and zeros.
    ///
    /// After an error the slot must not be used.
    pub(super) fn clean(&mut self, image: Option<&MemoryImage>) -> Result<(), MmapError> {
        debug_assert!(self.has_image(image.map(MemoryImage::id)));
        if self.accessible == 0 {
            return Ok(());
        }
        let start = self.map.addresses().start;
        let mut budget = KEEP;
        // From here on pages are given back.
        let mut rest = None;
        let known = pagemap::written_pages(start, start + self.accessible, &mut |pages| {
            if rest.is_some() {
                return;
            }
            let pages = pages.start - start..pages.end - start;
            let kept = pages.start..pages.end.min(pages.start + budget);
            budget -= kept.len();
            if kept.end < pages.end || budget == 0 {
                rest = Some(kept.end);
            }
            // SAFETY: the pages are accessible, and no memory uses the slot any more.
            unsafe { restore(self.base(), kept, image) };
        });
        let rest = if known { rest } else { Some(0) };
        match rest {
            // SAFETY: as above.
            Some(rest) => unsafe { self.map.decommit(rest..self.accessible) },
            None => Ok(()),
        }
    }

    /// Writes zeros over the image, if there is one, as if the memory had been made without.
    ///
    /// # Safety
    ///
    /// Nothing refers to the bytes of the slot.
    pub(super) unsafe fn forget_image(&mut self) -> Result<(), MmapError> {
        match self.image.take() {
            // SAFETY: as for the caller.
            Some((_, range)) => unsafe {
                self.map.map_anonymous_fixed(range, Protection::ReadWrite)
            },
            None => Ok(()),
        }
    }
}

/// Writes the initial contents of `pages`.
///
/// # Safety
///
/// They can be written, and nothing else refers to them.
unsafe fn restore(base: *mut u8, pages: Range<usize>, image: Option<&MemoryImage>) {
    let covered = image.map_or(0..0, MemoryImage::range);
    let middle =
        pages.start.clamp(covered.start, covered.end)..pages.end.clamp(covered.start, covered.end);
    // SAFETY: all three ranges are parts of `pages`, and `middle` also of the image.
    unsafe {
        let zero = |range: Range<usize>| {
            ptr::write_bytes(base.add(range.start), 0, range.end.saturating_sub(range.start));
        };
        let Some(image) = image.filter(|_| !middle.is_empty()) else { return zero(pages) };
        zero(pages.start..middle.start);
        let from = &image.bytes()[middle.start - covered.start..middle.end - covered.start];
        ptr::copy_nonoverlapping(from.as_ptr(), base.add(middle.start), from.len());
        zero(middle.end..pages.end);
    }
}

/// Rounds a length in bytes up to whole pages; `None` when that overflows.
pub(super) fn whole_pages(bytes: u64) -> Option<usize> {
    usize::try_from(bytes).ok()?.checked_next_multiple_of(page_size())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(slot: &Slot) -> &[u8] {
        // SAFETY: the bytes are accessible, and the tests do not write while they look.
        unsafe { std::slice::from_raw_parts(slot.base(), slot.accessible) }
    }

    #[test]
    fn cleaning_restores_image_and_zeros() {
        let page = page_size();
        let image = MemoryImage::new(&[(2 * page + 5, b"hello")]).unwrap();
        let mut slot = Slot::reserve(300 * page).unwrap();
        slot.prepare(250 * page, Some(&image)).unwrap();
        let mut expected = vec![0; 250 * page];
        expected[2 * page + 5..][..5].copy_from_slice(b"hello");
        // Few pages, so that they are written; and so many that some are given back.
        for touched in [1..4, 2..3, 0..250] {
            for n in touched {
                // SAFETY: the page is accessible.
                unsafe { slot.base().add(n * page).write_bytes(0xee, page) };
            }
            slot.clean(Some(&image)).unwrap();
            assert!(contents(&slot) == expected, "not restored");
        }
    }

    #[test]
    fn slots_change_their_image_and_length() {
        let page = page_size();
        let one = MemoryImage::new(&[(0, b"one")]).unwrap();
        let two = MemoryImage::new(&[(page, b"two")]).unwrap();
        let mut slot = Slot::reserve(10 * page).unwrap();
        slot.prepare(page, Some(&one)).unwrap();
        assert_eq!(&contents(&slot)[..4], b"one\0");
        slot.prepare(3 * page, Some(&two)).unwrap();
        assert_eq!(
            (&contents(&slot)[..4], &contents(&slot)[page..page + 4]),
            (&[0; 4][..], &b"two\0"[..])
        );
        slot.prepare(page, None).unwrap();
        assert!(contents(&slot).iter().all(|&byte| byte == 0));
        assert_eq!(contents(&slot).len(), page);
        assert!(slot.is_prepared(page, None) && !slot.is_prepared(page, Some(one.id())));
        slot.prepare(2 * page, Some(&one)).unwrap();
        // SAFETY: nothing refers to the bytes.
        unsafe { slot.forget_image() }.unwrap();
        assert!(contents(&slot).iter().all(|&byte| byte == 0));
    }

    #[test]
    fn only_the_first_part_is_accessible() {
        let page = page_size();
        let mut slot = Slot::reserve(4 * page).unwrap();
        slot.extend(page).unwrap();
        // SAFETY: the page is accessible.
        unsafe { slot.base().write_bytes(1, page) };
        slot.extend(3 * page).unwrap();
        assert_eq!(
            (contents(&slot)[0], contents(&slot)[page], contents(&slot).len()),
            (1, 0, 3 * page)
        );
        slot.extend(page).unwrap();
        assert_eq!(contents(&slot).len(), 3 * page);
    }
}
