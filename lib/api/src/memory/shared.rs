//! Memories that several threads use.

use std::time::Duration;

use wasmer_types::{AtomicsError, MemoryError};
use wasmer_vm::VMSharedMemory;

use super::Memory;
use crate::store::AsStoreMut;

/// A place in a memory to wait at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemoryLocation {
    address: u32,
}

impl MemoryLocation {
    /// Byte `address`.
    pub fn new_32(address: u32) -> Self {
        Self { address }
    }
}

impl From<u32> for MemoryLocation {
    fn from(address: u32) -> Self {
        Self::new_32(address)
    }
}

/// A memory that several stores, each used by its own thread, can share.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryType, Store};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, Some(4), true))?;
/// let shared = memory.as_shared(&store).unwrap();
/// let thread = std::thread::spawn(move || {
///     let mut store = Store::default();
///     let memory = shared.attach(&mut store);
///     memory.view(&store).write(0, b"from there").unwrap();
/// });
/// thread.join().unwrap();
/// assert_eq!(memory.view(&store).copy_range_to_vec(0..10)?, b"from there");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct SharedMemory {
    memory: Option<Memory>,
    shared: VMSharedMemory,
}

impl SharedMemory {
    pub(super) fn new(memory: Option<Memory>, shared: VMSharedMemory) -> Self {
        Self { memory, shared }
    }

    /// Puts it into a store.
    pub fn attach(self, store: &mut impl AsStoreMut) -> Memory {
        Memory::new_from_existing(store, self.shared)
    }

    /// What can be done with it without a store.
    pub fn ops(&self) -> MemoryOps {
        self.clone().into()
    }

    /// The handle that it was made from.
    ///
    /// # Panics
    ///
    /// When it was made by [`Memory::copy`] and so is in no store.
    pub fn memory(&self) -> &Memory {
        self.memory.as_ref().expect("the memory is not attached to a store")
    }

    /// Wakes at most `count` threads that wait at `location` and returns how many.
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled.
    pub fn notify(&self, location: MemoryLocation, count: u32) -> Result<u32, AtomicsError> {
        self.shared.notify(location.address, count)
    }

    /// Waits at `location` until it is notified (0) or the time is over (2).
    ///
    /// # Errors
    ///
    /// When atomic operations are disabled, also while it waits.
    pub fn wait(
        &self,
        location: MemoryLocation,
        timeout: Option<Duration>,
    ) -> Result<u32, AtomicsError> {
        self.shared.wait(location.address, timeout)
    }

    /// Makes all that wait now or later fail.
    ///
    /// # Errors
    ///
    /// None for the memories of this crate.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use wasmer::{AtomicsError, Memory, MemoryLocation, MemoryType, Store};
    ///
    /// let mut store = Store::default();
    /// let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true))?;
    /// let shared = memory.as_shared(&store).unwrap();
    /// let place = MemoryLocation::new_32(8);
    /// assert_eq!(shared.notify(place, 1), Ok(0), "nobody waits");
    /// assert_eq!(shared.wait(place, Some(Duration::from_millis(1))), Ok(2), "the time is over");
    ///
    /// let waiter = shared.clone();
    /// let thread = std::thread::spawn(move || waiter.wait(place, None));
    /// shared.disable_atomics()?;
    /// assert_eq!(thread.join().unwrap(), Err(AtomicsError::AtomicsDisabled));
    /// assert_eq!(shared.notify(place, 1), Err(AtomicsError::AtomicsDisabled));
    /// # Ok(()) }
    /// ```
    pub fn disable_atomics(&self) -> Result<(), MemoryError> {
        Ok(self.shared.disable_atomics()?)
    }

    /// Wakes all threads that wait.
    ///
    /// # Errors
    ///
    /// None for the memories of this crate.
    pub fn wake_all_atomic_waiters(&self) -> Result<(), MemoryError> {
        Ok(self.shared.wake_all_atomic_waiters()?)
    }
}

/// What can be done with a [`SharedMemory`] without a store.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Memory, MemoryLocation, MemoryOps, MemoryType, Store};
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, Some(1), true))?;
/// let ops: MemoryOps = memory.as_shared(&store).unwrap().ops();
/// let waiter = ops.clone();
/// let thread = std::thread::spawn(move || waiter.wait(MemoryLocation::new_32(0), None));
/// // It may not wait yet.
/// while ops.notify(MemoryLocation::new_32(0), 1)? == 0 {}
/// assert_eq!(thread.join().unwrap(), Ok(0));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct MemoryOps(SharedMemory);

impl From<SharedMemory> for MemoryOps {
    fn from(shared: SharedMemory) -> Self {
        Self(shared)
    }
}

impl MemoryOps {
    /// As [`SharedMemory::notify`].
    ///
    /// # Errors
    ///
    /// Those of [`SharedMemory::notify`].
    pub fn notify(&self, location: MemoryLocation, count: u32) -> Result<u32, AtomicsError> {
        self.0.notify(location, count)
    }

    /// As [`SharedMemory::wait`].
    ///
    /// # Errors
    ///
    /// Those of [`SharedMemory::wait`].
    pub fn wait(
        &self,
        location: MemoryLocation,
        timeout: Option<Duration>,
    ) -> Result<u32, AtomicsError> {
        self.0.wait(location, timeout)
    }

    /// As [`SharedMemory::disable_atomics`].
    ///
    /// # Errors
    ///
    /// Those of [`SharedMemory::disable_atomics`].
    pub fn disable_atomics(&self) -> Result<(), AtomicsError> {
        self.0.shared.disable_atomics()
    }

    /// As [`SharedMemory::wake_all_atomic_waiters`].
    ///
    /// # Errors
    ///
    /// Those of [`SharedMemory::wake_all_atomic_waiters`].
    pub fn wake_all_atomic_waiters(&self) -> Result<(), AtomicsError> {
        self.0.shared.wake_all_atomic_waiters()
    }
}
