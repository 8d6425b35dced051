//! Memories that one store uses.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};

use super::image::MemoryImage;
use super::plan::{Plan, reserved_bytes, with_headroom};
use super::slot::{Slot, whole_pages};
use super::{LinearMemory, VMSharedMemory, copy_contents, no_definition, pool};
use crate::definition::Definition;
use crate::vmcontext::VMMemoryDefinition;

/// A memory that belongs to one store.
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};
/// use wasmer_vm::{LinearMemory, VMOwnedMemory};
///
/// let style = MemoryStyle::Dynamic { offset_guard_size: 65_536 };
/// let mut memory = VMOwnedMemory::new(&MemoryType::new(1, Some(3), false), &style)?;
/// memory.grow_at_least(65_537)?;
/// assert_eq!((memory.size(), memory.copy()?.size()), (Pages(2), Pages(2)));
/// let shared = memory.to_shared();
/// assert_eq!((shared.size(), shared.ty().shared), (Pages(2), true));
/// # Ok::<(), MemoryError>(())
/// ```
#[derive(Debug)]
pub struct VMOwnedMemory {
    slot: ManuallyDrop<Slot>,
    /// What the slot contained at the start. It lives longer than the memory.
    image: Option<NonNull<MemoryImage>>,
    definition: Definition<VMMemoryDefinition>,
    ty: MemoryType,
    style: MemoryStyle,
    /// Bytes that it can have at most.
    limit: u64,
}

// SAFETY: the slot belongs to the memory, and the image is only read.
unsafe impl Send for VMOwnedMemory {}
// SAFETY: shared references give away addresses and sizes only.
unsafe impl Sync for VMOwnedMemory {}

impl VMOwnedMemory {
    /// A memory of zeros.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, or memory or address space runs out.
    pub fn new(memory: &MemoryType, style: &MemoryStyle) -> Result<Self, MemoryError> {
        Self::make(memory, style, Definition::owned(no_definition()), None)
    }

    /// As [`VMOwnedMemory::new`], for an instance whose code finds the definition at `vm_memory_location`.
    ///
    /// # Errors
    ///
    /// As for [`VMOwnedMemory::new`].
    ///
    /// # Safety
    ///
    /// The location can be written, and stays valid for as long as the memory is used.
    pub unsafe fn from_definition(
        memory: &MemoryType,
        style: &MemoryStyle,
        vm_memory_location: NonNull<VMMemoryDefinition>,
    ) -> Result<Self, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { Self::with_image(memory, style, vm_memory_location, None) }
    }

    /// # Safety
    ///
    /// As for [`VMOwnedMemory::from_definition`], and the image lives longer than the memory.
    #[inline]
    pub(super) unsafe fn with_image(
        memory: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<Self, MemoryError> {
        // SAFETY: as for the caller.
        let definition = unsafe { Definition::within(location, no_definition()) };
        Self::make(memory, style, definition, image)
    }

    fn make(
        ty: &MemoryType,
        style: &MemoryStyle,
        definition: Definition<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<Self, MemoryError> {
        let plan = Plan::new(ty, style, true)?;
        let accessible = whole_pages(plan.len as u64).ok_or_else(|| region("too large"))?;
        if image.is_some_and(|image| image.range().end > accessible) {
            return Err(MemoryError::Generic("an image is larger than its memory".to_owned()));
        }
        let slot = pool::acquire(plan.reserved, accessible, image).map_err(region)?;
        let memory = Self {
            slot: ManuallyDrop::new(slot),
            image: image.map(NonNull::from),
            definition,
            ty: *ty,
            style: *style,
            limit: plan.limit,
        };
        memory.publish(plan.len);
        Ok(memory)
    }

    /// Tells compiled code where the memory lies and that it has `len` bytes.
    #[inline]
    fn publish(&self, len: usize) {
        let definition = VMMemoryDefinition { base: self.slot.base(), current_length: len };
        // SAFETY: whoever has made the definition keeps it valid, and only this thread uses the memory.
        unsafe { self.definition.as_ptr().write(definition) };
    }

    fn len(&self) -> usize {
        // SAFETY: as above.
        unsafe { (*self.definition.as_ptr().as_ptr()).current_length }
    }

    fn image(&self) -> Option<&MemoryImage> {
        // SAFETY: whoever made the memory keeps the image alive.
        self.image.map(|image| unsafe { image.as_ref() })
    }

    /// # Safety
    ///
    /// Nothing refers to the contents.
    pub(super) unsafe fn forget_image(&mut self) -> Result<(), MemoryError> {
        self.image = None;
        // SAFETY: as for the caller.
        unsafe { self.slot.forget_image() }.map_err(region)
    }

    /// Makes room for `len` bytes, which are allowed.
    fn extend(&mut self, len: usize) -> Result<(), MemoryError> {
        let accessible = whole_pages(len as u64).ok_or_else(|| region("too large"))?;
        let needed = reserved_bytes(len as u64, &self.style).ok_or_else(|| region("too large"))?;
        if needed <= self.slot.reserved() {
            return self.slot.extend(accessible).map_err(region);
        }
        let roomy = reserved_bytes(with_headroom(len as u64, self.limit), &self.style);
        let new = match roomy.map(|bytes| pool::acquire(bytes, accessible, None)) {
            Some(Ok(slot)) => slot,
            _ => pool::acquire(needed, accessible, None).map_err(region)?,
        };
        // SAFETY: the old slot holds the present length and the new one is longer; they do not overlap.
        unsafe { self.slot.base().copy_to_nonoverlapping(new.base(), self.len()) };
        let old = std::mem::replace(&mut *self.slot, new);
        pool::release(old, self.image());
        self.image = None;
        Ok(())
    }

    /// The memory as one that threads can share, with the same contents.
    ///
    /// # Panics
    ///
    /// When there is not enough memory for a copy.
    pub fn to_shared(self) -> VMSharedMemory {
        let ty = MemoryType { minimum: self.size(), shared: true, ..self.ty };
        let shared = VMSharedMemory::new(&ty, &self.style).expect("enough memory for a copy");
        // SAFETY: both have the same length, and the new one is not known to anybody.
        unsafe { copy_contents(self.vmmemory(), shared.vmmemory(), self.len()) };
        shared
    }

    /// A memory of its own with the same type and contents.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub fn copy(&self) -> Result<Self, MemoryError> {
        let ty = MemoryType { minimum: self.size(), ..self.ty };
        let mut copy = Self::new(&ty, &self.style)?;
        copy.ty = self.ty;
        // SAFETY: as in `to_shared`.
        unsafe { copy_contents(self.vmmemory(), copy.vmmemory(), self.len()) };
        Ok(copy)
    }
}

impl Drop for VMOwnedMemory {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: this is the end of the memory: nobody takes the slot again.
        let slot = unsafe { ManuallyDrop::take(&mut self.slot) };
        pool::release(slot, self.image());
    }
}

impl LinearMemory for VMOwnedMemory {
    fn ty(&self) -> MemoryType {
        self.ty
    }

    fn size(&self) -> Pages {
        Pages((self.len() >> self.style.format().page_size_log2) as u32)
    }

    fn style(&self) -> MemoryStyle {
        self.style
    }

    fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError> {
        let current = self.size();
        if delta.0 == 0 {
            return Ok(current);
        }
        let error = MemoryError::CouldNotGrow { current, attempted_delta: delta };
        let bytes = (self.len() as u64).checked_add(self.style.format().bytes(delta));
        let Some(bytes) = bytes.filter(|&bytes| bytes <= self.limit) else { return Err(error) };
        let Ok(len) = usize::try_from(bytes) else { return Err(error) };
        if self.extend(len).is_err() {
            return Err(error);
        }
        self.publish(len);
        Ok(current)
    }

    fn reset(&mut self) -> Result<(), MemoryError> {
        // SAFETY: the memory is borrowed exclusively.
        unsafe {
            self.forget_image()?;
        }
        self.slot.clean(None).map_err(region)
    }

    #[inline]
    fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
        self.definition.as_ptr()
    }

    fn try_clone(&self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        Err(MemoryError::MemoryNotShared)
    }

    fn copy(&mut self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        Ok(Box::new(Self::copy(self)?))
    }
}

pub(super) fn region(error: impl std::fmt::Display) -> MemoryError {
    MemoryError::Region(error.to_string())
}

#[cfg(test)]
mod tests {
    use wasmer_types::{IndexType, MemoryFormat};

    use super::*;

    const STATIC: MemoryStyle =
        MemoryStyle::Static { bound: Pages(65536), offset_guard_size: 2 << 30 };
    const DYNAMIC: MemoryStyle = MemoryStyle::Dynamic { offset_guard_size: 65536 };

    #[expect(clippy::mut_from_ref, reason = "the bytes are not a part of the value")]
    fn bytes(memory: &VMOwnedMemory) -> &mut [u8] {
        // SAFETY: the memory is alive, and each test uses one slice at a time.
        unsafe { std::slice::from_raw_parts_mut(memory.slot.base(), memory.len()) }
    }

    #[test]
    fn growing() {
        for style in [STATIC, DYNAMIC] {
            let ty = MemoryType::new(1, Some(100), false);
            let mut memory = VMOwnedMemory::new(&ty, &style).unwrap();
            bytes(&memory).fill(7);
            assert_eq!(memory.grow(Pages(0)), Ok(Pages(1)));
            assert_eq!(memory.grow(Pages(59)), Ok(Pages(1)));
            assert_eq!(memory.size(), Pages(60));
            let all = bytes(&memory);
            assert!(all[..65536].iter().all(|&b| b == 7) && all[65536..].iter().all(|&b| b == 0));
            assert!(memory.grow(Pages(41)).is_err() && memory.grow(Pages(u32::MAX)).is_err());
            memory.grow_at_least(61 * 65536 - 1).unwrap();
            memory.grow_at_least(1).unwrap();
            assert_eq!(memory.size(), Pages(61));
            assert!(memory.grow_at_least(u64::MAX).is_err());
            assert_eq!(memory.grow(Pages(39)), Ok(Pages(61)));
            let copy = memory.copy().unwrap();
            assert_eq!((copy.ty(), copy.size(), bytes(&copy)[65535]), (ty, Pages(100), 7));
            memory.reset().unwrap();
            assert_eq!(memory.size(), Pages(100));
            assert!(bytes(&memory).iter().all(|&b| b == 0));
        }
    }

    #[test]
    fn bytes_as_pages() {
        let ty = MemoryType::new(3, Some(10_000), false);
        let format = MemoryFormat { page_size_log2: 0, ..MemoryFormat::default() };
        for style in [STATIC, DYNAMIC].map(|style| style.with_format(format)) {
            let mut memory = VMOwnedMemory::new(&ty, &style).unwrap();
            assert_eq!(bytes(&memory).len(), 3);
            assert_eq!(memory.grow(Pages(5000)), Ok(Pages(3)));
            assert_eq!(bytes(&memory).len(), 5003);
            assert!(bytes(&memory).iter().all(|&b| b == 0));
            assert!(memory.grow(Pages(5000)).is_err());
        }
    }

    #[test]
    fn the_system_can_refuse() {
        let mut ty = MemoryType::new(1, None, false);
        let format = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
        let style = DYNAMIC.with_format(format);
        let mut memory = VMOwnedMemory::new(&ty, &style).unwrap();
        bytes(&memory)[9] = 9;
        // 256 TiB are more than a process may have.
        let error = memory.grow(Pages(u32::MAX - 1)).unwrap_err();
        assert!(matches!(error, MemoryError::CouldNotGrow { current: Pages(1), .. }));
        assert_eq!((memory.size(), bytes(&memory)[9]), (Pages(1), 9));
        ty.minimum = Pages(u32::MAX - 1);
        assert!(matches!(VMOwnedMemory::new(&ty, &style), Err(MemoryError::Region(_))));
    }

    #[test]
    fn images_follow_a_moving_memory() {
        let image = MemoryImage::new(&[(3, b"data")]).unwrap();
        let ty = MemoryType::new(1, None, false);
        for _ in 0..3 {
            let mut place = no_definition();
            let place = NonNull::from(&mut place);
            // SAFETY: place and image live longer than the memory.
            let mut memory =
                unsafe { VMOwnedMemory::with_image(&ty, &DYNAMIC, place, Some(&image)) }.unwrap();
            assert_eq!(&bytes(&memory)[..8], b"\0\0\0data\0");
            bytes(&memory)[4] = b'X';
            memory.grow(Pages(100)).unwrap();
            assert_eq!(&bytes(&memory)[..8], b"\0\0\0dXta\0");
        }
    }

    #[test]
    fn sharing_copies() {
        let mut memory = VMOwnedMemory::new(&MemoryType::new(1, Some(2), false), &STATIC).unwrap();
        bytes(&memory)[1] = 5;
        assert_eq!(memory.try_clone().unwrap_err(), MemoryError::MemoryNotShared);
        assert!(memory.thread_conditions().is_none());
        assert_eq!(memory.do_notify(super::super::NotifyLocation { address: 0 }, 1), 0);
        let shared = memory.to_shared();
        assert!(shared.ty().shared);
        // SAFETY: the memory is alive and has a page.
        assert_eq!(unsafe { (*shared.vmmemory().as_ptr()).base.add(1).read() }, 5);
    }
}
