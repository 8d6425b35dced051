//! Bulk memory operators (WebAssembly 3.0, §4.6.8): all or nothing, and a range of no bytes may begin right
//! behind the last byte.

use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use wasmer_types::TrapCode;

use super::current_length;
use super::wait::ExpectedValue;
use crate::vmcontext::VMMemoryDefinition;

/// The bytes that a memory has now.
///
/// Those of a shared memory may be used by other threads at the same time. They are only touched by relaxed
/// atomic accesses here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes {
    base: *mut u8,
    len: usize,
    shared: bool,
}

impl Bytes {
    /// # Safety
    ///
    /// As long as the result is used: the definition is that of a live memory, whose bytes nobody else uses
    /// unless it is shared, and which does not move.
    #[inline]
    pub(crate) unsafe fn new(definition: NonNull<VMMemoryDefinition>, shared: bool) -> Self {
        // SAFETY: as for the caller.
        let (base, len) = unsafe { ((*definition.as_ptr()).base, current_length(definition)) };
        Self { base, len, shared }
    }

    /// The address of the first of `len` bytes from `start`, all of which are inside.
    #[inline]
    fn range(self, start: u64, len: u64) -> Result<*mut u8, TrapCode> {
        match start.checked_add(len) {
            // No larger than the length, so it fits.
            Some(end) if end <= self.len as u64 => Ok(self.base.wrapping_add(start as usize)),
            _ => Err(TrapCode::HeapAccessOutOfBounds),
        }
    }

    /// `memory.fill`
    pub(crate) fn fill(self, start: u64, value: u8, len: u64) -> Result<(), TrapCode> {
        let to = self.range(start, len)?;
        match self.shared {
            // SAFETY: the range was checked, and is not used by others.
            false => unsafe { to.write_bytes(value, len as usize) },
            true => atomic_fill(to, value, len as usize),
        }
        Ok(())
    }

    /// `memory.copy`, to this memory.
    pub(crate) fn copy_from(
        self,
        start: u64,
        from: Self,
        from_start: u64,
        len: u64,
    ) -> Result<(), TrapCode> {
        let source = from.range(from_start, len)?;
        let to = self.range(start, len)?;
        match self.shared || from.shared {
            // SAFETY: both ranges were checked, and are not used by others.
            false => unsafe { ptr::copy(source, to, len as usize) },
            true => atomic_copy(source, to, len as usize),
        }
        Ok(())
    }

    /// `memory.init`: copies `data`, a part of a segment that was checked before.
    pub(crate) fn init(self, start: u64, data: &[u8]) -> Result<(), TrapCode> {
        let to = self.range(start, data.len() as u64)?;
        match self.shared {
            // SAFETY: the range was checked, and data of the module is not in a memory.
            false => unsafe { ptr::copy_nonoverlapping(data.as_ptr(), to, data.len()) },
            true => atomic_copy(data.as_ptr(), to, data.len()),
        }
        Ok(())
    }

    /// Checks the operand of a wait or notify for `size` bytes.
    pub(crate) fn check_atomic(self, address: u64, size: u64) -> Result<*mut u8, TrapCode> {
        let at = self.range(address, size)?;
        match address % size {
            0 => Ok(at),
            _ => Err(TrapCode::UnalignedAtomic),
        }
    }

    /// Whether the value at `at`, which [`Bytes::check_atomic`] has returned for its size, is the one that a
    /// thread expects.
    pub(crate) fn is_expected(at: *mut u8, expected: ExpectedValue) -> bool {
        match expected {
            // SAFETY: the address was checked and the base is aligned to a page.
            ExpectedValue::U32(value) => unsafe {
                AtomicU32::from_ptr(at.cast()).load(Ordering::SeqCst) == value.to_le()
            },
            // SAFETY: as above.
            ExpectedValue::U64(value) => unsafe {
                AtomicU64::from_ptr(at.cast()).load(Ordering::SeqCst) == value.to_le()
            },
        }
    }
}

const WORD: usize = size_of::<u64>();

/// # Preconditions
///
/// The addresses passed to these helpers come from [`Bytes::range`].
fn byte<'a>(at: *const u8) -> &'a AtomicU8 {
    // SAFETY: the byte is in a live memory of which all accesses at this time are atomic, or is constant.
    unsafe { AtomicU8::from_ptr(at.cast_mut()) }
}

fn word<'a>(at: *const u8) -> &'a AtomicU64 {
    debug_assert!(at.addr().is_multiple_of(WORD));
    // SAFETY: as for `byte`; the callers have checked the alignment.
    unsafe { AtomicU64::from_ptr(at.cast_mut().cast()) }
}

fn atomic_fill(to: *mut u8, value: u8, len: usize) {
    let head = to.align_offset(WORD).min(len);
    let words = (len - head) / WORD;
    (0..head).for_each(|n| byte(to.wrapping_add(n)).store(value, Ordering::Relaxed));
    let pattern = u64::from_ne_bytes([value; WORD]);
    let middle = to.wrapping_add(head);
    (0..words).for_each(|n| word(middle.wrapping_add(n * WORD)).store(pattern, Ordering::Relaxed));
    (head + words * WORD..len)
        .for_each(|n| byte(to.wrapping_add(n)).store(value, Ordering::Relaxed));
}

fn atomic_copy(from: *const u8, to: *mut u8, len: usize) {
    // Words only when both are aligned in the same way.
    let head = match (from.addr() ^ to.addr()) % WORD {
        0 => to.align_offset(WORD).min(len),
        _ => len,
    };
    let words = (len - head) / WORD;
    let copy_byte = |n: usize| {
        let value = byte(from.wrapping_add(n)).load(Ordering::Relaxed);
        byte(to.wrapping_add(n)).store(value, Ordering::Relaxed);
    };
    let copy_word = |n: usize| {
        let n = head + n * WORD;
        let value = word(from.wrapping_add(n)).load(Ordering::Relaxed);
        word(to.wrapping_add(n)).store(value, Ordering::Relaxed);
    };
    let tail = head + words * WORD..len;
    // As ranges may overlap, what is read last is written last.
    if to.addr() <= from.addr() {
        (0..head).for_each(copy_byte);
        (0..words).for_each(copy_word);
        tail.for_each(copy_byte);
    } else {
        tail.rev().for_each(copy_byte);
        (0..words).rev().for_each(copy_word);
        (0..head).rev().for_each(copy_byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: Result<(), TrapCode> = Err(TrapCode::HeapAccessOutOfBounds);

    /// Runs `test` on 64 bytes 0, 1, 2, … as a memory, shared or not.
    fn with_memory(test: impl Fn(Bytes, &dyn Fn() -> Vec<u8>)) {
        for shared in [false, true] {
            let mut words: Vec<u64> = vec![0; 8];
            let base = words.as_mut_ptr().cast::<u8>();
            // SAFETY: the vector has 64 bytes.
            (0..64).for_each(|n| unsafe { base.add(n).write(n as u8) });
            // SAFETY: as above.
            let read = || unsafe { std::slice::from_raw_parts(base, 64) }.to_vec();
            test(Bytes { base, len: 64, shared }, &read);
        }
    }

    #[test]
    fn bounds() {
        with_memory(|memory, read| {
            let before = read();
            assert_eq!(memory.fill(64, 1, 0), Ok(()));
            assert_eq!(memory.fill(65, 1, 0), OUT);
            assert_eq!(memory.fill(60, 1, 5), OUT);
            assert_eq!(memory.fill(u64::MAX, 1, 0), OUT);
            assert_eq!(memory.fill(u64::MAX, 1, 1), OUT);
            assert_eq!(memory.fill(1, 1, u64::MAX), OUT);
            assert_eq!(memory.copy_from(64, memory, 64, 0), Ok(()));
            assert_eq!(memory.copy_from(0, memory, 65, 0), OUT);
            assert_eq!(memory.copy_from(65, memory, 0, 0), OUT);
            assert_eq!(memory.copy_from(u64::MAX - 1, memory, 0, 3), OUT);
            assert_eq!(memory.copy_from(0, memory, u64::MAX - 1, 3), OUT);
            assert_eq!(memory.init(62, b"abc"), OUT);
            assert_eq!(memory.init(64, b""), Ok(()));
            assert_eq!(memory.init(65, b""), OUT);
            assert_eq!(read(), before, "nothing is written when it traps");
        });
    }

    #[test]
    fn contents() {
        with_memory(|memory, read| {
            for (to, from, len) in
                [(3, 1, 40), (1, 3, 40), (0, 8, 56), (8, 0, 50), (5, 5, 7), (13, 30, 0)]
            {
                let mut expected = read();
                expected.copy_within(from..from + len, to);
                memory.copy_from(to as u64, memory, from as u64, len as u64).unwrap();
                assert_eq!(read(), expected, "{to} {from} {len}");
            }
            for (start, len) in [(0, 64), (3, 2), (7, 20), (9, 0)] {
                let mut expected = read();
                expected[start..start + len].fill(0xaa);
                memory.fill(start as u64, 0xaa, len as u64).unwrap();
                assert_eq!(read(), expected);
            }
            memory.init(61, b"end").unwrap();
            assert_eq!(&read()[60..], b"\xaaend");
        });
    }

    #[test]
    fn atomic_operands() {
        with_memory(|memory, _| {
            assert_eq!(memory.check_atomic(2, 4), Err(TrapCode::UnalignedAtomic));
            assert_eq!(memory.check_atomic(64, 4), Err(TrapCode::HeapAccessOutOfBounds));
            assert_eq!(memory.check_atomic(u64::MAX - 3, 4), Err(TrapCode::HeapAccessOutOfBounds));
            let at = memory.check_atomic(60, 4).unwrap();
            assert!(Bytes::is_expected(at, ExpectedValue::U32(0x3f3e3d3c)));
            assert!(!Bytes::is_expected(at, ExpectedValue::U32(0)));
            let at = memory.check_atomic(0, 8).unwrap();
            assert!(Bytes::is_expected(at, ExpectedValue::U64(0x0706050403020100)));
        });
    }
}
