//! The stacks that wasm runs on.
//!
//! ```text
//! low addresses                                                                  high addresses
//! ┌───────────────────────┬────────────────────────────┬────────────────────────────────────────┐
//! │ guard: faults         │ room for code of the host  │ room for wasm                          │
//! └───────────────────────┴────────────────────────────┴────────────────────────────────────────┘
//!                                                      ↑ limit                              top ↑
//! ```
//!
//! Compiled code has no checks: it runs down to the guard, and the fault becomes a trap. Code of the host
//! is only started above the limit, so that it always has the room between limit and guard. So the size that is
//! asked for, from top to limit, is what wasm is sure of; without code of the host it has [`HOST_ROOM`] more.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sys::mmap::{Mmap, MmapError, page_size};

/// Bytes below the limit of a stack, for code of the host: what a host function has at least, however deep the wasm
/// is that calls it.
pub const HOST_ROOM: usize = 1 << 20;

/// Bytes below a stack that fault. A function with a larger frame must touch the pages of its frame in
/// order when it is entered (*stack probes*).
pub const STACK_GUARD_SIZE: usize = 1 << 20;

/// Bytes of stack that wasm is sure of, unless [`set_stack_size`] says otherwise.
pub const DEFAULT_STACK_SIZE: usize = 1 << 20;

static STACK_SIZE: AtomicUsize = AtomicUsize::new(DEFAULT_STACK_SIZE);

/// Sets how many bytes of stack WebAssembly is sure of, from the next outermost call of each thread on, for all stores
/// without a size of their own ([`VMConfig::wasm_stack_size`](crate::VMConfig::wasm_stack_size)). At first it is
/// [`DEFAULT_STACK_SIZE`], 1 MiB. 0 counts as 1, and the size is rounded up to a multiple of 16.
///
/// It is a lower bound:
///
/// - As long as the frames of wasm, and of host functions that call wasm again, take no more than `bytes`, nothing ends
///   with [`TrapCode::StackOverflow`](wasmer_types::TrapCode::StackOverflow). The way into wasm takes less than 1 KiB
///   of them.
/// - Beyond `bytes`, every call of a host function, and every operator that compiled code leaves to the runtime (such
///   as `memory.grow`), is that trap. So a host function has [`HOST_ROOM`], 1 MiB, for itself.
/// - Wasm that needs neither runs on into this room, because compiled code does not compare stack pointers; it traps
///   when its frames take `bytes + HOST_ROOM`. That is the most, and a small size does not change it: a function that
///   needs 32 bytes of stack nests more than 32,768 deep with any size. What must stop earlier is to be metered.
///
/// All three are exact to the byte, whatever else has run on the thread, so that the same code traps at the same depth.
///
/// When there is no room in the address space for a stack of that size, calls fail with
/// [`ThreadError::Stack`](crate::ThreadError::Stack) as an error of the user's, in which "no stack for WebAssembly" is
/// said.
///
/// # Example
///
/// ```
/// wasmer_vm::set_stack_size(2 << 20);
/// assert_eq!(wasmer_vm::stack_size(), 2 << 20);
/// // What was given back before is too small.
/// wasmer_vm::drain_stack_pool();
/// ```
pub fn set_stack_size(bytes: usize) {
    STACK_SIZE.store(bytes.max(1), Ordering::Relaxed);
}

/// How many bytes of stack wasm is sure of: what [`set_stack_size`] has set.
#[inline]
pub fn stack_size() -> usize {
    STACK_SIZE.load(Ordering::Relaxed)
}

/// A stack.
#[derive(Debug)]
pub(crate) struct Stack {
    /// End of the stack, where it starts to grow down from.
    top: usize,
    /// Lowest stack pointer with which code of the host may start.
    limit: usize,
    /// What was asked for.
    size: usize,
    map: Mmap,
}

impl Stack {
    /// A stack with room for `size` bytes of wasm frames above the limit.
    pub(crate) fn new(size: usize) -> Result<Self, MmapError> {
        let guard = STACK_GUARD_SIZE.next_multiple_of(page_size());
        let map = Mmap::reserve_stack(size.saturating_add(HOST_ROOM + guard))?;
        // SAFETY: nobody has references into the fresh mapping.
        unsafe { map.make_accessible(guard..map.len())? };
        let addresses = map.addresses();
        Ok(Self { top: addresses.end, limit: addresses.start + guard + HOST_ROOM, size, map })
    }

    /// Where to start so that wasm has `size` bytes, which are no more than the stack has.
    #[inline]
    pub(crate) fn top_for(&self, size: usize) -> usize {
        debug_assert!(size <= self.size);
        // The limit is the start of a page, so that this is not above the top.
        self.limit + size.next_multiple_of(16)
    }

    #[inline]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether an address is in its accessible part.
    #[inline]
    pub(crate) fn contains(&self, address: usize) -> bool {
        (self.limit - HOST_ROOM..self.top).contains(&address)
    }

    /// The addresses that fault.
    pub(crate) fn guard(&self) -> Range<usize> {
        self.map.addresses().start..self.limit - HOST_ROOM
    }
}

/// How many stacks that nobody uses are kept for later.
const MAX_FREE: usize = 64;

/// Stacks that were given back.
#[expect(clippy::vec_box, reason = "the address of a stack does not change while it is used")]
fn free() -> MutexGuard<'static, Vec<Box<Stack>>> {
    static FREE: Mutex<Vec<Box<Stack>>> = Mutex::new(Vec::new());
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Unmaps the stacks that are kept for later calls. What each thread keeps for itself stays.
pub fn drain_stack_pool() {
    // They are unmapped outside of the lock.
    let stacks = std::mem::take(&mut *free());
    drop(stacks);
}

/// A stack with room for at least `size` bytes of wasm frames: one that was given back, or a new one.
pub(crate) fn take(size: usize) -> Result<Box<Stack>, MmapError> {
    let used = free().pop_if(|stack| stack.size() >= size);
    used.map_or_else(|| Ok(Box::new(Stack::new(size)?)), Ok)
}

/// Gives a stack back that nobody uses any more.
pub(crate) fn give_back(stack: Box<Stack>) {
    let mut free = free();
    if free.len() < MAX_FREE {
        free.push(stack);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_are_kept_until_they_are_drained() {
        // A size that no other test uses. Others may take stacks, and leave their own.
        let size = 12_345;
        give_back(Box::new(Stack::new(size).unwrap()));
        let kept = |size| free().iter().any(|stack| stack.size() == size);
        drain_stack_pool();
        assert!(!kept(size));
    }

    #[test]
    fn parts() {
        let stack = Stack::new(5000).unwrap();
        assert!(stack.top - stack.limit() >= 5000);
        assert_eq!((stack.top_for(4096) - stack.limit(), stack.top_for(1) % 16), (4096, 0));
        assert!(stack.top_for(5000) <= stack.top && stack.top_for(5000) - stack.limit() >= 5000);
        assert_eq!(stack.guard().len(), STACK_GUARD_SIZE);
        assert!(stack.contains(stack.top - 1) && stack.contains(stack.guard().end));
        assert!(!stack.contains(stack.top) && !stack.contains(stack.guard().end - 1));
        assert!(Stack::new(usize::MAX).is_err());
        for address in [stack.top - 8, stack.guard().end] {
            // SAFETY: the word is in the accessible part of our own stack.
            unsafe { (address as *mut u64).write(1) };
        }
    }
}
