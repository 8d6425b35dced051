//! Slots that wait for the next memory.
//!
//! Each thread keeps a few, so that most memories are made without a lock or a system call. What a thread has
//! too many of goes to a list of the process, and what that has too many of is unmapped. Slots in the lists
//! are clean.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::image::{ImageId, MemoryImage};
use super::slot::Slot;
use crate::sys::mmap::MmapError;

/// Slots that a thread keeps.
const THREAD_SLOTS: usize = 8;

/// Slots that the process keeps in addition.
const SHARED_SLOTS: usize = 64;

/// Images larger than this are not kept alive by slots that have them mapped.
const MAX_IMAGE: usize = 16 << 20;

static SHARED: Mutex<Vec<Slot>> = Mutex::new(Vec::new());

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local(Vec::new())) };
}

struct Local(Vec<Slot>);

impl Drop for Local {
    fn drop(&mut self) {
        shared().extend(self.0.drain(..));
        trim();
    }
}

fn shared() -> MutexGuard<'static, Vec<Slot>> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Unmaps what the process has too many of, outside of the lock.
fn trim() {
    let mut shared = shared();
    let extra = match shared.len().checked_sub(SHARED_SLOTS) {
        Some(count) => shared.drain(..count).collect(),
        None => Vec::new(),
    };
    drop(shared);
    drop(extra);
}

/// Takes the slot of `reserved` bytes that needs the least work.
fn take(
    slots: &mut Vec<Slot>,
    reserved: usize,
    len: usize,
    image: Option<ImageId>,
) -> Option<Slot> {
    // Those used last come first: their pages are in the caches.
    let fit = || slots.iter().enumerate().rev().filter(|(_, slot)| slot.reserved() == reserved);
    let (at, _) = fit()
        .find(|(_, slot)| slot.is_prepared(len, image))
        .or_else(|| fit().find(|(_, slot)| slot.has_image(image)))
        .or_else(|| fit().find(|(_, slot)| slot.has_image(None)))
        .or_else(|| fit().next())?;
    Some(slots.swap_remove(at))
}

/// A slot of `reserved` bytes (whole pages, not 0) of which exactly the first `len` (whole pages) are
/// accessible, and contain `image` and zeros.
///
/// # Errors
///
/// When there is no room.
pub(super) fn acquire(
    reserved: usize,
    len: usize,
    image: Option<&MemoryImage>,
) -> Result<Slot, MmapError> {
    let id = image.map(MemoryImage::id);
    let local = LOCAL.try_with(|local| take(&mut local.borrow_mut().0, reserved, len, id));
    let found = local.ok().flatten().or_else(|| {
        let mut shared = shared();
        take(&mut shared, reserved, len, id)
    });
    let mut slot = match found {
        Some(slot) if slot.is_prepared(len, id) => return Ok(slot),
        Some(slot) => slot,
        None => Slot::reserve(reserved).or_else(|_| {
            clear();
            Slot::reserve(reserved)
        })?,
    };
    slot.prepare(len, image)?;
    Ok(slot)
}

/// Gives a slot back that no memory uses any more. `image` is the one that it has.
pub(super) fn release(mut slot: Slot, image: Option<&MemoryImage>) {
    if image.is_some_and(|image| image.range().len() > MAX_IMAGE) {
        return;
    }
    let local = LOCAL.try_with(|local| {
        let mut local = local.borrow_mut();
        if local.0.len() >= THREAD_SLOTS {
            return Some(slot);
        }
        // A slot that can't be cleaned is unmapped.
        if slot.clean(image).is_ok() {
            local.0.push(slot);
        }
        None
    });
    // In a thread that ends, `slot` is gone with the closure.
    let Ok(Some(back)) = local else { return };
    slot = back;
    if shared().len() < SHARED_SLOTS && slot.clean(image).is_ok() {
        shared().push(slot);
        trim();
    }
}

/// Unmaps the slots of this thread and of the process.
pub(crate) fn clear() {
    let local = LOCAL.try_with(|local| std::mem::take(&mut local.borrow_mut().0));
    let shared = std::mem::take(&mut *shared());
    drop((local, shared));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::mmap::page_size;

    #[test]
    fn slots_come_back_clean() {
        std::thread::spawn(|| {
            let page = page_size();
            // A size that no other test uses.
            let reserved = 77 * page;
            let image = MemoryImage::new(&[(0, b"image")]).unwrap();
            let slot = acquire(reserved, 2 * page, Some(&image)).unwrap();
            let base = slot.base();
            // SAFETY: the byte is accessible.
            unsafe { base.write(b'X') };
            release(slot, Some(&image));
            let slot = acquire(reserved, 2 * page, Some(&image)).unwrap();
            assert_eq!(slot.base(), base, "the slot was kept");
            // SAFETY: as above.
            assert_eq!(unsafe { base.read() }, b'i');
            release(slot, Some(&image));
            let slot = acquire(reserved, page, None).unwrap();
            assert_eq!(slot.base(), base);
            // SAFETY: as above.
            assert_eq!(unsafe { base.read() }, 0);
            release(slot, None);
        })
        .join()
        .unwrap();
    }

    #[test]
    fn lists_are_bounded() {
        let page = page_size();
        let slots: Vec<_> = (0..200).map(|_| acquire(78 * page, page, None).unwrap()).collect();
        for slot in slots {
            release(slot, None);
        }
        let kept = LOCAL.with(|local| local.borrow().0.len());
        assert!(kept <= THREAD_SLOTS && shared().len() <= SHARED_SLOTS);
        assert!(acquire(1 << 60, 0, None).is_err());
    }
}
