//! Memories that several threads use (WebAssembly 3.0 with threads, §4.2.9).

use std::cell::UnsafeCell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wasmer_types::{AtomicsError, MemoryError, MemoryStyle, MemoryType, Pages};

use super::owned::region;
use super::plan::Plan;
use super::slot::{Slot, whole_pages};
use super::wait::{NotifyLocation, ThreadConditions, WaiterError};
use super::{LinearMemory, copy_contents, current_length};
use crate::vmcontext::VMMemoryDefinition;

/// A memory that the stores of several threads can have in common. Clones are the same memory.
///
/// It never moves: the address space for its maximum is reserved. Only its length changes, and only upwards.
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};
/// use wasmer_vm::{LinearMemory, VMSharedMemory};
///
/// let style = MemoryStyle::Dynamic { offset_guard_size: 65_536 };
/// let mut memory = VMSharedMemory::new(&MemoryType::new(1, Some(3), true), &style)?;
/// let (same, other) = (memory.clone(), memory.copy()?);
/// memory.grow(Pages(2))?;
/// assert_eq!([same.size(), other.size()], [Pages(3), Pages(1)]);
/// assert_eq!(same.vmmemory(), memory.vmmemory());
/// # Ok::<(), MemoryError>(())
/// ```
#[derive(Clone)]
pub struct VMSharedMemory(Arc<Shared>);

struct Shared {
    /// All compiled code reads this one definition. The base is constant, the length is used atomically.
    definition: UnsafeCell<VMMemoryDefinition>,
    /// Locked by those who grow the memory.
    slot: Mutex<Slot>,
    ty: MemoryType,
    style: MemoryStyle,
    /// Bytes that it can have at most.
    limit: u64,
    conditions: ThreadConditions,
}

// SAFETY: the definition is written by this module only, atomically.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl VMSharedMemory {
    /// A memory of zeros.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, or memory or address space runs out.
    pub fn new(memory: &MemoryType, style: &MemoryStyle) -> Result<Self, MemoryError> {
        let plan = Plan::new(memory, style, false)?;
        let accessible = whole_pages(plan.len as u64).ok_or_else(|| region("too large"))?;
        let mut slot = Slot::reserve(plan.reserved).map_err(region)?;
        slot.extend(accessible).map_err(region)?;
        let definition = VMMemoryDefinition { base: slot.base(), current_length: plan.len };
        Ok(Self(Arc::new(Shared {
            definition: UnsafeCell::new(definition),
            slot: Mutex::new(slot),
            ty: MemoryType { shared: true, ..*memory },
            style: *style,
            limit: plan.limit,
            conditions: ThreadConditions::new(),
        })))
    }

    /// As [`VMSharedMemory::new`]. Compiled code finds the memory at [`LinearMemory::vmmemory`], which it
    /// has in common with all that share it, and not at `_vm_memory_location`.
    ///
    /// # Errors
    ///
    /// As for [`VMSharedMemory::new`].
    ///
    /// # Safety
    ///
    /// None; it is for symmetry with [`super::VMOwnedMemory::from_definition`].
    pub unsafe fn from_definition(
        memory: &MemoryType,
        style: &MemoryStyle,
        _vm_memory_location: NonNull<VMMemoryDefinition>,
    ) -> Result<Self, MemoryError> {
        Self::new(memory, style)
    }

    /// A memory of its own with the same type and contents.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub fn copy(&self) -> Result<Self, MemoryError> {
        // It may grow meanwhile.
        // SAFETY: the memory is alive.
        let len = unsafe { current_length(self.vmmemory()) };
        let minimum = Pages((len >> self.0.style.format().page_size_log2) as u32);
        let copy = Self::new(&MemoryType { minimum, ..self.0.ty }, &self.0.style)?;
        // SAFETY: the copy has `len` bytes and is not known to anybody; the original has as many or more.
        unsafe { copy_contents(self.vmmemory(), copy.vmmemory(), len) };
        Ok(copy)
    }

    /// Wakes at most `count` threads that wait at `address`, and returns how many.
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled.
    pub fn notify(&self, address: impl Into<u64>, count: u32) -> Result<u32, AtomicsError> {
        let location = NotifyLocation { address: address.into() };
        self.0.conditions.notify(location, count).map_err(AtomicsError::from)
    }

    /// Waits until another thread notifies `address`: 0, or until the timeout is over: 2.
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled, also meanwhile, or too many threads wait.
    pub fn wait(
        &self,
        address: impl Into<u64>,
        timeout: Option<Duration>,
    ) -> Result<u32, AtomicsError> {
        let location = NotifyLocation { address: address.into() };
        self.0.conditions.wait(location, timeout, None, || true).map_err(AtomicsError::from)
    }

    /// Makes all threads that wait, now or later, fail with [`AtomicsError::AtomicsDisabled`].
    ///
    /// # Errors
    ///
    /// None.
    pub fn disable_atomics(&self) -> Result<(), AtomicsError> {
        self.0.conditions.disable_atomics();
        Ok(())
    }

    /// Wakes all threads that wait, as if they had been notified.
    ///
    /// # Errors
    ///
    /// None.
    pub fn wake_all_atomic_waiters(&self) -> Result<(), AtomicsError> {
        self.0.conditions.wake_all();
        Ok(())
    }

    fn length(&self) -> &AtomicUsize {
        // SAFETY: the definition lives as long as `self`, and its length is only used atomically.
        unsafe { AtomicUsize::from_ptr(&raw mut (*self.0.definition.get()).current_length) }
    }

    fn grow_shared(&self, delta: Pages) -> Result<Pages, MemoryError> {
        let Shared { slot, style, limit, .. } = &*self.0;
        let format = style.format();
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let current_len = self.length().load(Ordering::SeqCst);
        let current = Pages((current_len >> format.page_size_log2) as u32);
        if delta.0 == 0 {
            return Ok(current);
        }
        let error = MemoryError::CouldNotGrow { current, attempted_delta: delta };
        let bytes = (current_len as u64).checked_add(format.bytes(delta));
        let Some(bytes) = bytes.filter(|bytes| bytes <= limit) else { return Err(error) };
        match whole_pages(bytes).map(|accessible| slot.extend(accessible)) {
            Some(Ok(())) => {}
            _ => return Err(error),
        }
        // Whoever sees the new length can use the bytes: the system made them accessible before.
        self.length().store(bytes as usize, Ordering::SeqCst);
        Ok(current)
    }
}

impl fmt::Debug for VMSharedMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VMSharedMemory")
            .field("ty", &self.0.ty)
            .field("style", &self.0.style)
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl LinearMemory for VMSharedMemory {
    fn ty(&self) -> MemoryType {
        self.0.ty
    }

    fn size(&self) -> Pages {
        Pages((self.length().load(Ordering::SeqCst) >> self.0.style.format().page_size_log2) as u32)
    }

    fn style(&self) -> MemoryStyle {
        self.0.style
    }

    fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError> {
        self.grow_shared(delta)
    }

    #[inline]
    fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
        // SAFETY: a cell is not null.
        unsafe { NonNull::new_unchecked(self.0.definition.get()) }
    }

    fn try_clone(&self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        Ok(Box::new(self.clone()))
    }

    fn copy(&mut self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        Ok(Box::new(Self::copy(self)?))
    }

    fn as_shared(&self) -> Result<VMSharedMemory, MemoryError> {
        Ok(self.clone())
    }

    fn thread_conditions(&self) -> Option<&ThreadConditions> {
        Some(&self.0.conditions)
    }
}

impl From<WaiterError> for AtomicsError {
    fn from(error: WaiterError) -> Self {
        match error {
            WaiterError::Unimplemented | WaiterError::Interrupted => Self::Unimplemented,
            WaiterError::TooManyWaiters => Self::TooManyWaiters,
            WaiterError::AtomicsDisabled => Self::AtomicsDisabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use wasmer_types::{IndexType, MemoryFormat};

    use super::*;

    #[test]
    fn threads_grow_one_memory() {
        for style in [
            MemoryStyle::Static { bound: Pages(65536), offset_guard_size: 65536 },
            MemoryStyle::Dynamic { offset_guard_size: 65536 },
        ] {
            let memory = VMSharedMemory::new(&MemoryType::new(1, Some(400), true), &style).unwrap();
            let base = |memory: &VMSharedMemory| {
                // SAFETY: the memory is alive, and its base constant.
                unsafe { (*memory.vmmemory().as_ptr()).base }
            };
            let before = base(&memory);
            thread::scope(|scope| {
                for _ in 0..4 {
                    let mut memory = memory.clone();
                    scope.spawn(move || {
                        for _ in 0..100 {
                            let Ok(Pages(old)) = memory.grow(Pages(1)) else { continue };
                            // SAFETY: the page was just added for this thread.
                            let byte = unsafe { base(&memory).add(old as usize * 65536) };
                            // SAFETY: as above.
                            unsafe {
                                assert_eq!(byte.read(), 0, "each page is handed out once");
                                byte.write(1);
                            }
                        }
                    });
                }
            });
            assert_eq!((memory.size(), base(&memory)), (Pages(400), before));
            assert!(memory.clone().grow(Pages(1)).is_err());
            let copy = memory.copy().unwrap();
            // SAFETY: the memory is alive and has as many pages.
            assert_eq!(unsafe { base(&copy).add(399 << 16).read() }, 1);
            assert_ne!(base(&copy), before);
            assert!(memory.as_shared().is_ok() && memory.try_clone().is_ok());
        }
    }

    #[test]
    fn without_room_for_the_maximum() {
        let format = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
        let style = MemoryStyle::Extended { offset_guard_size: 0, format };
        let ty = MemoryType::new(1, Some(u32::MAX), true);
        assert!(matches!(VMSharedMemory::new(&ty, &style), Err(MemoryError::Region(_))));
    }
}
