//! Linear memories, and how the host gets at their contents.

mod copy;
mod ptr;
mod shared;
mod size;
mod slice;
mod value_type;
mod view;
mod wasm_ref;

use wasmer_types::{MemoryError, MemoryFormat, MemoryType, Pages};
use wasmer_vm::{LinearMemory, StoreHandle, VMMemory};

pub use self::ptr::{WasmPtr, WasmPtr64};
pub use self::shared::{MemoryLocation, MemoryOps, SharedMemory};
pub use self::size::{Memory32, Memory64, MemorySize};
pub use self::slice::{WasmSlice, WasmSliceAccess, WasmSliceIter};
pub use self::value_type::ValueType;
pub use self::view::{MemoryAccessError, MemoryView};
pub use self::wasm_ref::{WasmRef, WasmRefAccess};

use self::view::GuestBytes;
use crate::engine::NativeEngineExt;
use crate::store::{AsStoreMut, AsStoreRef};

/// A handle to a linear memory in a store.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Pages, Store};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, Some(2), false))?;
/// memory.view(&store).write(8, b"hello")?;
/// assert_eq!(memory.grow(&mut store, 1)?, Pages(1));
///
/// let view = memory.view(&store);
/// assert_eq!(view.size(), Pages(2));
/// let mut text = [0; 5];
/// view.read(8, &mut text)?;
/// assert_eq!(&text, b"hello");
/// assert!(view.write(131_070, b"hello").is_err());
///
/// assert!(memory.grow(&mut store, 1).is_err(), "2 pages are the maximum");
/// memory.grow_at_least(&mut store, 100)?;
/// assert_eq!(memory.size(&store), Pages(2));
/// assert_eq!(memory.ty(&store), MemoryType::new(2, Some(2), false));
/// memory.reset(&mut store)?;
/// assert_eq!(memory.view(&store).read_u8(8)?, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    handle: StoreHandle<VMMemory>,
}

impl Memory {
    /// A memory full of zeros.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, a limit of the store is passed, or memory or address space runs out.
    pub fn new(store: &mut impl AsStoreMut, ty: MemoryType) -> Result<Self, MemoryError> {
        Self::new_with_format(store, ty, MemoryFormat::default())
    }

    /// As [`Self::new`], with an address type and size of pages that only modules with the proposals *memory64*
    /// and *custom-page-sizes* import.
    ///
    /// # Errors
    ///
    /// Those of [`Self::new`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{IndexType, Memory, MemoryFormat, MemoryType, Store};
    ///
    /// let mut store = Store::default();
    /// let bytes = MemoryFormat { page_size_log2: 0, ..MemoryFormat::default() };
    /// let memory = Memory::new_with_format(&mut store, MemoryType::new(10, Some(100), false), bytes)?;
    /// memory.grow(&mut store, 5)?;
    /// assert_eq!(memory.view(&store).data_size(), 15);
    /// assert_eq!(memory.format(&store).index, IndexType::I32);
    /// # Ok(()) }
    /// ```
    pub fn new_with_format(
        store: &mut impl AsStoreMut,
        ty: MemoryType,
        format: MemoryFormat,
    ) -> Result<Self, MemoryError> {
        let mut store = store.as_store_mut();
        let (limits, counts) = store.limits();
        limits.check_new_memory(counts, &ty, format)?;
        let tunables = store.engine().tunables();
        let style = tunables.memory_style(&ty).with_format(format);
        let memory = tunables.create_host_memory(&ty, &style)?;
        Ok(Self::new_from_existing(&mut store, memory))
    }

    /// A handle to a memory made elsewhere.
    pub fn new_from_existing<IntoVMMemory>(
        new_store: &mut impl AsStoreMut,
        memory: IntoVMMemory,
    ) -> Self
    where
        IntoVMMemory: Into<VMMemory>,
    {
        let mut store = new_store.as_store_mut();
        Self { handle: StoreHandle::new(store.vm_objects_mut(), memory.into()) }
    }

    fn vm<'a>(&self, store: &'a impl AsStoreRef) -> &'a VMMemory {
        self.handle.get(store.as_store_ref().into_objects())
    }

    fn vm_mut<'a>(&self, store: &'a mut impl AsStoreMut) -> &'a mut VMMemory {
        self.handle.get_mut(store.as_store_mut().into_vm_objects_mut())
    }

    /// Its type, with the present size as minimum.
    ///
    /// # Panics
    ///
    /// When it belongs to another store. So for the following methods.
    pub fn ty(&self, store: &impl AsStoreRef) -> MemoryType {
        let memory = self.vm(store);
        MemoryType { minimum: memory.size(), ..memory.ty() }
    }

    /// Its address type and size of pages.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn format(&self, store: &impl AsStoreRef) -> MemoryFormat {
        self.vm(store).style().format()
    }

    /// Access to its contents. As long as the view lives, the store can't be used to run code.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn view<'a>(&self, store: &'a (impl AsStoreRef + ?Sized)) -> MemoryView<'a> {
        let memory = self.handle.get(store.as_store_ref().into_objects());
        // SAFETY: the store, which owns the memory or a share in it, is borrowed for `'a`; so nothing of it
        // can grow, unless it is shared, which does not move.
        let bytes = unsafe { GuestBytes::new(memory.vmmemory()) };
        MemoryView::new(bytes, memory.style().format().page_size_log2)
    }

    /// Present size.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn size(&self, store: &impl AsStoreRef) -> Pages {
        self.vm(store).size()
    }

    /// Adds `delta` pages and returns how many there were before.
    ///
    /// # Errors
    ///
    /// [`MemoryError::CouldNotGrow`] when the maximum or a limit of the store does not allow it, or memory
    /// runs out.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn grow<IntoPages>(
        &self,
        store: &mut impl AsStoreMut,
        delta: IntoPages,
    ) -> Result<Pages, MemoryError>
    where
        IntoPages: Into<Pages>,
    {
        let (limits, objects) = store.as_store_mut().into_limits_and_objects();
        limits.grow_memory(self.handle.get_mut(objects), delta.into())
    }

    /// Grows the memory so that it has at least `min_size` bytes, if it has not.
    ///
    /// # Errors
    ///
    /// Those of [`Self::grow`].
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn grow_at_least(
        &self,
        store: &mut impl AsStoreMut,
        min_size: u64,
    ) -> Result<(), MemoryError> {
        let (limits, objects) = store.as_store_mut().into_limits_and_objects();
        limits.grow_memory_at_least(self.handle.get_mut(objects), min_size)
    }

    /// Sets all bytes to 0; the size does not change.
    ///
    /// # Errors
    ///
    /// When this kind of memory can't.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn reset(&self, store: &mut impl AsStoreMut) -> Result<(), MemoryError> {
        self.vm_mut(store).reset()
    }

    /// Puts a copy of a shared memory into another store.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Memory, MemoryType, Store};
    ///
    /// let (mut one, mut two) = (Store::default(), Store::default());
    /// let memory = Memory::new(&mut one, MemoryType::new(1, Some(2), true))?;
    /// let copy = memory.copy_to_store(&one, &mut two)?;
    /// let shared = memory.share_in_store(&one, &mut two)?;
    /// let also = Memory::new_from_existing(&mut two, memory.try_clone(&one)?);
    /// memory.view(&one).write_u8(0, 7)?;
    /// let bytes = [copy, shared, also].map(|memory| memory.view(&two).read_u8(0).unwrap());
    /// assert_eq!(bytes, [0, 7, 7]);
    ///
    /// let own = Memory::new(&mut one, MemoryType::new(1, None, false))?;
    /// assert!(own.copy_to_store(&one, &mut two).is_err() && own.as_shared(&one).is_none());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// When it is not shared, or memory runs out.
    ///
    /// # Panics
    ///
    /// When it belongs to another store than `store`.
    pub fn copy_to_store(
        &self,
        store: &impl AsStoreRef,
        new_store: &mut impl AsStoreMut,
    ) -> Result<Self, MemoryError> {
        let copy = self.copy(store)?;
        Ok(copy.attach(new_store))
    }

    /// A copy of a shared memory, in no store yet.
    ///
    /// # Errors
    ///
    /// When it is not shared, or memory runs out.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn copy(&self, store: &impl AsStoreRef) -> Result<SharedMemory, MemoryError> {
        let shared = self.vm(store).as_shared().map_err(not_shared)?;
        Ok(SharedMemory::new(None, shared.copy()?))
    }

    /// A handle to the same shared memory in another store.
    ///
    /// # Errors
    ///
    /// When it is not shared.
    ///
    /// # Panics
    ///
    /// When it belongs to another store than `store`.
    pub fn share_in_store(
        &self,
        store: &impl AsStoreRef,
        new_store: &mut impl AsStoreMut,
    ) -> Result<Self, MemoryError> {
        let shared = self.vm(store).as_shared().map_err(not_shared)?;
        Ok(Self::new_from_existing(new_store, shared))
    }

    /// The memory behind the handle, if it is shared: other threads can put it into their stores.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn as_shared(&self, store: &impl AsStoreRef) -> Option<SharedMemory> {
        let shared = self.vm(store).as_shared().ok()?;
        Some(SharedMemory::new(Some(self.clone()), shared))
    }

    /// Another owner of the same memory, if it is shared.
    ///
    /// # Errors
    ///
    /// When it is not shared.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn try_clone(&self, store: &impl AsStoreRef) -> Result<VMMemory, MemoryError> {
        self.vm(store).as_shared().map(VMMemory::from).map_err(not_shared)
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.handle.store_id() == store.as_store_ref().id()
    }

    pub(crate) fn from_vm(handle: StoreHandle<VMMemory>) -> Self {
        Self { handle }
    }

    pub(crate) fn handle(&self) -> &StoreHandle<VMMemory> {
        &self.handle
    }
}

/// The error of `wasmer` 4 for a memory that is not shared.
fn not_shared(error: MemoryError) -> MemoryError {
    match error {
        MemoryError::MemoryNotShared => {
            MemoryError::InvalidMemory { reason: "memory is not a shared memory type".to_owned() }
        }
        error => error,
    }
}
