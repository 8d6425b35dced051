//! Linear memories (WebAssembly 3.0, §4.2.9 and §4.6.8).
//!
//! ```text
//! VMMemory ─┬─ VMOwnedMemory ── Slot (address space, recycled by the pool) ── MemoryImage (of the module)
//!           ├─ VMSharedMemory ─ one mapping for all clones, ThreadConditions
//!           └─ Box<dyn LinearMemory> of the embedder
//! ```

pub(crate) mod bulk;
mod image;
mod owned;
mod plan;
mod pool;
mod shared;
mod slot;
mod wait;

use std::cell::Cell;
use std::fmt;
use std::ptr::{self, NonNull};
use std::time::Duration;

use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages, TrapCode};

pub use self::image::MemoryImage;
pub use self::owned::VMOwnedMemory;
pub use self::plan::static_memories_work;
pub use self::shared::VMSharedMemory;
pub use self::wait::{ExpectedValue, NotifyLocation, ThreadConditions, WaiterError};

use crate::trap::Trap;
use crate::vmcontext::VMMemoryDefinition;

/// A linear memory. Embedders can bring their own by [`VMMemory::from_custom`], from their [`crate::Tunables`].
///
/// # Example
///
/// ```
/// use std::ptr::NonNull;
/// use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};
/// use wasmer_vm::{LinearMemory, VMMemory, VMMemoryDefinition, VMOwnedMemory};
///
/// /// Grows to an even number of pages.
/// #[derive(Debug)]
/// struct Even(VMOwnedMemory);
///
/// impl LinearMemory for Even {
///     fn ty(&self) -> MemoryType {
///         self.0.ty()
///     }
///     fn size(&self) -> Pages {
///         self.0.size()
///     }
///     fn style(&self) -> MemoryStyle {
///         self.0.style()
///     }
///     fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError> {
///         let odd = (self.size() + delta).0 % 2;
///         self.0.grow(delta + odd)
///     }
///     fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
///         self.0.vmmemory()
///     }
///     fn try_clone(&self) -> Result<Box<dyn LinearMemory>, MemoryError> {
///         self.0.try_clone()
///     }
///     fn copy(&mut self) -> Result<Box<dyn LinearMemory>, MemoryError> {
///         Ok(Box::new(Even(self.0.copy()?)))
///     }
/// }
///
/// let style = MemoryStyle::Dynamic { offset_guard_size: 65_536 };
/// let memory = VMOwnedMemory::new(&MemoryType::new(2, None, false), &style)?;
/// let mut memory = VMMemory::from_custom(Box::new(Even(memory)) as Box<dyn LinearMemory>);
/// assert_eq!(memory.grow(Pages(1))?, Pages(2));
/// assert_eq!(memory.size(), Pages(4));
/// memory.grow_at_least(5 << 16)?;
/// assert_eq!(memory.copy()?.size(), Pages(6));
/// # Ok::<(), MemoryError>(())
/// ```
pub trait LinearMemory
where
    Self: fmt::Debug + Send,
{
    /// Its type, as it was made.
    fn ty(&self) -> MemoryType;

    /// Present size in pages.
    fn size(&self) -> Pages;

    /// How it lies in the address space, and its address type and page size.
    fn style(&self) -> MemoryStyle;

    /// Adds `delta` pages of zeros and returns how many there were before. The bytes that are there stay as they are.
    ///
    /// # Errors
    ///
    /// [`MemoryError::CouldNotGrow`] when its type does not allow it or memory runs out.
    fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError>;

    /// Grows until there are at least `min_size` bytes.
    ///
    /// # Errors
    ///
    /// As for [`LinearMemory::grow`].
    fn grow_at_least(&mut self, min_size: u64) -> Result<(), MemoryError> {
        let current = self.size();
        match pages_missing(self.style(), current, min_size)? {
            Pages(0) => Ok(()),
            delta => self.grow(delta).map(|_| ()),
        }
    }

    /// Sets all bytes to 0; the size does not change.
    ///
    /// # Errors
    ///
    /// When this kind of memory can't.
    fn reset(&mut self) -> Result<(), MemoryError> {
        Err(MemoryError::UnsupportedOperation { message: "this memory can't be reset".to_owned() })
    }

    /// Where compiled code finds it. The definition does not move as long as the memory lives.
    fn vmmemory(&self) -> NonNull<VMMemoryDefinition>;

    /// Another owner of the same memory, if it is shared.
    ///
    /// # Errors
    ///
    /// [`MemoryError::MemoryNotShared`] when it is not.
    fn try_clone(&self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError>;

    /// Copies `data` to the bytes from `start`.
    ///
    /// # Errors
    ///
    /// A trap when they are not all inside of the memory. Nothing is written then.
    ///
    /// # Safety
    ///
    /// Nothing else uses the memory at the same time, unless it is shared.
    #[doc(hidden)]
    unsafe fn initialize_with_data(&self, start: usize, data: &[u8]) -> Result<(), Trap> {
        let shared = self.ty().shared;
        // SAFETY: as for the caller; the definition is that of a live memory.
        unsafe { bulk::Bytes::new(self.vmmemory(), shared) }
            .init(start as u64, data)
            .map_err(Trap::wasm)
    }

    /// A memory of its own with the same type and contents.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    fn copy(&mut self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError>;

    /// The memory as one that threads share.
    ///
    /// # Errors
    ///
    /// [`MemoryError::MemoryNotShared`] when it is none.
    fn as_shared(&self) -> Result<VMSharedMemory, MemoryError> {
        Err(MemoryError::MemoryNotShared)
    }

    /// Waits until another thread notifies `dst`: 0, or until the timeout is over: 2.
    ///
    /// # Errors
    ///
    /// When this is no shared memory, or atomic operations are disabled.
    fn do_wait(
        &mut self,
        dst: NotifyLocation,
        timeout: Option<Duration>,
    ) -> Result<u32, WaiterError> {
        let conditions = self.thread_conditions().ok_or(WaiterError::Unimplemented)?;
        conditions.wait(dst, timeout, None, || true)
    }

    /// Wakes at most `count` threads that wait at `dst`, and returns how many.
    fn do_notify(&mut self, dst: NotifyLocation, count: u32) -> u32 {
        let conditions = self.thread_conditions();
        conditions.and_then(|conditions| conditions.notify(dst, count).ok()).unwrap_or(0)
    }

    /// Where threads wait, for a shared memory.
    fn thread_conditions(&self) -> Option<&ThreadConditions> {
        None
    }
}

/// How many pages a memory of style `style` with `current` pages lacks for `min_size` bytes.
pub(crate) fn pages_missing(
    style: MemoryStyle,
    current: Pages,
    min_size: u64,
) -> Result<Pages, MemoryError> {
    let wanted = min_size.div_ceil(1 << style.format().page_size_log2);
    let delta = wanted.saturating_sub(current.0.into());
    match u32::try_from(delta) {
        Ok(delta) => Ok(Pages(delta)),
        Err(_) => Err(MemoryError::CouldNotGrow { current, attempted_delta: Pages(u32::MAX) }),
    }
}

/// The kinds of memories.
#[derive(Debug)]
enum Kind {
    Owned(VMOwnedMemory),
    Shared(VMSharedMemory),
    Custom(Box<dyn LinearMemory + 'static>),
}

/// A memory of a store.
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};
/// use wasmer_vm::{LinearMemory, VMMemory};
///
/// let style = MemoryStyle::Dynamic { offset_guard_size: 65_536 };
/// let mut memory = VMMemory::new(&MemoryType::new(1, Some(3), false), &style)?;
/// assert_eq!(memory.grow(Pages(1))?, Pages(1));
/// assert_eq!((memory.get_runtime_size(), memory.style()), (2, style));
/// assert!(memory.grow(Pages(2)).is_err());
/// // A memory of another kind.
/// let copy = VMMemory::from_custom(memory.copy()?);
/// assert_eq!(copy.size(), Pages(2));
/// assert!(matches!(copy.as_shared(), Err(MemoryError::MemoryNotShared)));
/// # Ok::<(), MemoryError>(())
/// ```
#[derive(Debug)]
pub struct VMMemory {
    kind: Kind,
    /// 1 + its place in the list of its store; 0 before it has one.
    pub(crate) number: Cell<u32>,
}

impl VMMemory {
    fn from_kind(kind: Kind) -> Self {
        Self { kind, number: Cell::new(0) }
    }

    /// A memory of zeros of type `ty`.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, or memory or address space runs out.
    pub fn new(memory: &MemoryType, style: &MemoryStyle) -> Result<Self, MemoryError> {
        match memory.shared {
            true => VMSharedMemory::new(memory, style).map(Self::from),
            false => VMOwnedMemory::new(memory, style).map(Self::from),
        }
    }

    /// As [`VMMemory::new`], for an instance whose code finds the definition at `vm_memory_location`. A
    /// shared memory has its definition elsewhere: see [`LinearMemory::vmmemory`].
    ///
    /// # Errors
    ///
    /// As for [`VMMemory::new`].
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

    /// As [`VMMemory::from_definition`], with the contents of `image`, unless the memory is shared.
    ///
    /// # Errors
    ///
    /// As for [`VMMemory::new`].
    ///
    /// # Safety
    ///
    /// As for [`VMMemory::from_definition`], and the image lives longer than the memory.
    #[inline]
    pub unsafe fn with_image(
        memory: &MemoryType,
        style: &MemoryStyle,
        vm_memory_location: NonNull<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<Self, MemoryError> {
        if memory.shared {
            return VMSharedMemory::new(memory, style).map(Self::from);
        }
        // SAFETY: as for the caller.
        unsafe { VMOwnedMemory::with_image(memory, style, vm_memory_location, image) }
            .map(Self::from)
    }

    /// A memory of the embedder's own kind.
    pub fn from_custom<IntoVMMemory>(memory: IntoVMMemory) -> Self
    where
        IntoVMMemory: Into<Self>,
    {
        memory.into()
    }

    /// Present size in pages.
    pub fn get_runtime_size(&self) -> u32 {
        self.size().0
    }

    /// A memory of its own with the same type and contents.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub fn copy(&mut self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        self.any_mut().copy()
    }

    fn any(&self) -> &dyn LinearMemory {
        match &self.kind {
            Kind::Owned(memory) => memory,
            Kind::Shared(memory) => memory,
            Kind::Custom(memory) => &**memory,
        }
    }

    fn any_mut(&mut self) -> &mut dyn LinearMemory {
        match &mut self.kind {
            Kind::Owned(memory) => memory,
            Kind::Shared(memory) => memory,
            Kind::Custom(memory) => &mut **memory,
        }
    }
}

impl From<VMOwnedMemory> for VMMemory {
    #[inline]
    fn from(memory: VMOwnedMemory) -> Self {
        Self::from_kind(Kind::Owned(memory))
    }
}

impl From<VMSharedMemory> for VMMemory {
    fn from(memory: VMSharedMemory) -> Self {
        Self::from_kind(Kind::Shared(memory))
    }
}

impl From<Box<dyn LinearMemory + 'static>> for VMMemory {
    fn from(memory: Box<dyn LinearMemory + 'static>) -> Self {
        Self::from_kind(Kind::Custom(memory))
    }
}

impl LinearMemory for VMMemory {
    fn ty(&self) -> MemoryType {
        self.any().ty()
    }

    fn size(&self) -> Pages {
        self.any().size()
    }

    fn style(&self) -> MemoryStyle {
        self.any().style()
    }

    fn grow(&mut self, delta: Pages) -> Result<Pages, MemoryError> {
        self.any_mut().grow(delta)
    }

    fn grow_at_least(&mut self, min_size: u64) -> Result<(), MemoryError> {
        self.any_mut().grow_at_least(min_size)
    }

    fn reset(&mut self) -> Result<(), MemoryError> {
        self.any_mut().reset()
    }

    #[inline]
    fn vmmemory(&self) -> NonNull<VMMemoryDefinition> {
        match &self.kind {
            Kind::Owned(memory) => memory.vmmemory(),
            Kind::Shared(memory) => memory.vmmemory(),
            Kind::Custom(memory) => memory.vmmemory(),
        }
    }

    fn try_clone(&self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        self.any().try_clone()
    }

    fn copy(&mut self) -> Result<Box<dyn LinearMemory + 'static>, MemoryError> {
        self.any_mut().copy()
    }

    fn as_shared(&self) -> Result<VMSharedMemory, MemoryError> {
        self.any().as_shared()
    }

    fn do_wait(
        &mut self,
        dst: NotifyLocation,
        timeout: Option<Duration>,
    ) -> Result<u32, WaiterError> {
        self.any_mut().do_wait(dst, timeout)
    }

    fn do_notify(&mut self, dst: NotifyLocation, count: u32) -> u32 {
        self.any_mut().do_notify(dst, count)
    }

    fn thread_conditions(&self) -> Option<&ThreadConditions> {
        self.any().thread_conditions()
    }
}

/// Unmaps the address space that is kept for the next memories: what this thread has, and what threads
/// have left over.
pub fn release_unused_memory() {
    pool::clear();
}

/// Present length in bytes of the memory at `definition`.
///
/// # Safety
///
/// The definition is that of a live memory.
#[inline]
unsafe fn current_length(definition: NonNull<VMMemoryDefinition>) -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    // SAFETY: as for the caller. Other threads write the length of a shared memory atomically.
    let length = unsafe { AtomicUsize::from_ptr(&raw mut (*definition.as_ptr()).current_length) };
    length.load(Ordering::Acquire)
}

/// Copies the contents of one fresh memory from another of the same length.
///
/// # Safety
///
/// Both have `len` bytes; nobody else uses `to`.
unsafe fn copy_contents(
    from: NonNull<VMMemoryDefinition>,
    to: NonNull<VMMemoryDefinition>,
    len: usize,
) {
    // SAFETY: as for the caller. The contents of a shared memory may change meanwhile: then it is not said
    // which bytes are copied before and which after, and the copy does not depend on it.
    unsafe {
        let from = bulk::Bytes::new(from, true);
        let to = bulk::Bytes::new(to, false);
        let copied = to.copy_from(0, from, 0, len as u64);
        debug_assert_eq!(copied, Ok::<(), TrapCode>(()), "both memories have the length");
    }
}

/// A dangling definition for a memory that is being made.
fn no_definition() -> VMMemoryDefinition {
    VMMemoryDefinition { base: ptr::null_mut(), current_length: 0 }
}
