//! From an address to the loaded code that it belongs to.
//!
//! A signal handler asks this, so reading takes no locks and no memory: it is a radix tree over the numbers
//! of 4 KiB units of the address space, three levels of 4,096 entries. Nodes are made when code is loaded
//! there for the first time and stay; a leaf node covers 16 MiB and is 32 KiB large.

use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::code::LoadedCode;

const UNIT_BITS: u32 = 12;
const LEVEL_BITS: u32 = 12;
const FAN_OUT: usize = 1 << LEVEL_BITS;

/// Addresses from here on can't be in the map. Systems map nothing there unless they are asked to.
const END: usize = 1 << (UNIT_BITS + 3 * LEVEL_BITS);

struct Node<T> {
    entries: [AtomicPtr<T>; FAN_OUT],
}

impl<T> Node<T> {
    const fn new() -> Self {
        Self { entries: [const { AtomicPtr::new(ptr::null_mut()) }; FAN_OUT] }
    }
}

type Leaf = Node<LoadedCode>;
type Middle = Node<Leaf>;

static ROOT: Node<Middle> = Node::new();

/// Taken by those who change the map.
static WRITERS: Mutex<()> = Mutex::new(());

/// The entry of the node of `level` (2 is the root) on the way to `address`.
const fn index(address: usize, level: u32) -> usize {
    (address >> (UNIT_BITS + level * LEVEL_BITS)) & (FAN_OUT - 1)
}

/// The code whose pages contain `address`.
///
/// The pointer is valid as long as that code is loaded, which is certain while it is being executed. It may
/// be turned into an `Arc` then.
#[inline]
pub(crate) fn lookup(address: usize) -> Option<NonNull<LoadedCode>> {
    if address >= END {
        return None;
    }
    let middle = ROOT.entries[index(address, 2)].load(Ordering::Acquire);
    // SAFETY: nodes are never freed, and are complete before they are published.
    let middle = unsafe { middle.as_ref()? };
    let leaf = middle.entries[index(address, 1)].load(Ordering::Acquire);
    // SAFETY: as above.
    let leaf = unsafe { leaf.as_ref()? };
    NonNull::new(leaf.entries[index(address, 0)].load(Ordering::Acquire))
}

/// Whether the map has room for code at `addresses`.
pub(crate) fn covers(addresses: &Range<usize>) -> bool {
    addresses.end <= END
}

/// Enters `code` as what lies at `addresses`, or clears them. They are whole pages below [`covers`]'s limit
/// that belong to the caller.
pub(crate) fn set(addresses: Range<usize>, code: *const LoadedCode) {
    assert!(covers(&addresses), "code at {addresses:x?} is outside of the code map");
    let _writer = WRITERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for address in addresses.step_by(1 << UNIT_BITS) {
        let middle = child(&ROOT.entries[index(address, 2)]);
        let leaf = child(&middle.entries[index(address, 1)]);
        leaf.entries[index(address, 0)].store(code.cast_mut(), Ordering::Release);
    }
}

/// The node behind `entry`, made if need be. Only for those who hold [`WRITERS`].
fn child<T>(entry: &'static AtomicPtr<Node<T>>) -> &'static Node<T> {
    let node = entry.load(Ordering::Acquire);
    // SAFETY: nodes are never freed.
    if let Some(node) = unsafe { node.as_ref() } {
        return node;
    }
    let node = Box::leak(Box::new(Node::new()));
    entry.store(node, Ordering::Release);
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found() {
        let marker = NonNull::<LoadedCode>::dangling();
        // Not page 0 of any mapping: nothing is ever mapped below the first 64 KiB.
        set(0x3000..0x5000, marker.as_ptr());
        assert_eq!(lookup(0x3000), Some(marker));
        assert_eq!(lookup(0x4fff), Some(marker));
        assert_eq!(
            (lookup(0x2fff), lookup(0x5000), lookup(usize::MAX), lookup(END)),
            Default::default()
        );
        set(0x3000..0x5000, ptr::null());
        assert_eq!(lookup(0x3000), None);
        assert!(!covers(&(END - 1..END + 1)));
    }
}
