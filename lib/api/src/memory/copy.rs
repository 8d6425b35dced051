//! Copies to and from memory that a guest, also another thread of it, may access at the same time.
//!
//! Such memory is never behind a Rust reference and is never accessed by plain loads and stores, which the
//! compiler may repeat, split or combine: what is here are relaxed atomic accesses and, for long copies,
//! string instructions in inline assembly. A guest that races with the host may see and produce any mixture
//! of old and new bytes, and nothing worse. An aligned value of 1, 2, 4 or 8 bytes is copied as one.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

/// Length in bytes from which string instructions pay.
#[cfg(target_arch = "x86_64")]
const STRING_COPY: usize = 512;

/// Copies `len` bytes from the guest's memory at `src` to the host's at `dst`.
///
/// # Safety
///
/// `src` is readable in guest memory, `dst` is writable in host memory, both for `len` bytes.
#[inline]
pub(super) unsafe fn from_guest(src: *const u8, dst: *mut u8, len: usize) {
    macro_rules! one {
        ($atomic:ty, $ty:ty) => {{
            // SAFETY: `src` is aligned for and readable as this type, guest memory is not accessed but
            // atomically, and `dst` has room.
            unsafe {
                let value = (*src.cast::<$atomic>()).load(Relaxed);
                dst.cast::<$ty>().write_unaligned(value);
            }
        }};
    }
    match len {
        1 => one!(AtomicU8, u8),
        2 if src.addr().is_multiple_of(2) => one!(AtomicU16, u16),
        4 if src.addr().is_multiple_of(4) => one!(AtomicU32, u32),
        8 if src.addr().is_multiple_of(8) => one!(AtomicU64, u64),
        // SAFETY: as the caller promised.
        _ => unsafe { from_guest_long(src, dst, len) },
    }
}

/// Copies `len` bytes from the host's memory at `src` to the guest's at `dst`.
///
/// # Safety
///
/// `src` is readable in host memory, `dst` is writable in guest memory, both for `len` bytes.
#[inline]
pub(super) unsafe fn to_guest(src: *const u8, dst: *mut u8, len: usize) {
    macro_rules! one {
        ($atomic:ty, $ty:ty) => {{
            // SAFETY: `dst` is aligned for and writable as this type, guest memory is not accessed but
            // atomically, and `src` is readable.
            unsafe {
                let value = src.cast::<$ty>().read_unaligned();
                (*dst.cast::<$atomic>()).store(value, Relaxed);
            }
        }};
    }
    match len {
        1 => one!(AtomicU8, u8),
        2 if dst.addr().is_multiple_of(2) => one!(AtomicU16, u16),
        4 if dst.addr().is_multiple_of(4) => one!(AtomicU32, u32),
        8 if dst.addr().is_multiple_of(8) => one!(AtomicU64, u64),
        // SAFETY: as the caller promised.
        _ => unsafe { to_guest_long(src, dst, len) },
    }
}

/// `rep movsb`, which is fast for long copies on every processor of the last ten years.
///
/// # Safety
///
/// `src` is readable, `dst` is writable, both for `len` bytes.
#[cfg(target_arch = "x86_64")]
unsafe fn string_copy(src: *const u8, dst: *mut u8, len: usize) {
    // SAFETY: the operands are those of the instruction, which copies upwards (the C ABI keeps the direction
    // flag clear).
    unsafe {
        std::arch::asm!(
            "rep movsb",
            inout("rsi") src => _,
            inout("rdi") dst => _,
            inout("rcx") len => _,
            options(nostack, preserves_flags),
        );
    }
}

/// Bytes at the start of a range at `address` until it is aligned for words.
fn head(address: usize, len: usize) -> usize {
    (address.wrapping_neg() % size_of::<u64>()).min(len)
}

unsafe fn from_guest_long(src: *const u8, dst: *mut u8, len: usize) {
    #[cfg(target_arch = "x86_64")]
    if len >= STRING_COPY {
        // SAFETY: as the caller promised.
        return unsafe { string_copy(src, dst, len) };
    }
    let head = head(src.addr(), len);
    let words = (len - head) / size_of::<u64>();
    let byte = |at: usize| {
        // SAFETY: `at < len`; `from_guest` says what may be accessed.
        unsafe { dst.add(at).write((*src.add(at).cast::<AtomicU8>()).load(Relaxed)) }
    };
    (0..head).for_each(byte);
    for word in 0..words {
        let at = head + word * size_of::<u64>();
        // SAFETY: `at + 8 <= len`, and `src + head` is aligned.
        unsafe {
            let value = (*src.add(at).cast::<AtomicU64>()).load(Relaxed);
            dst.add(at).cast::<u64>().write_unaligned(value);
        }
    }
    (head + words * size_of::<u64>()..len).for_each(byte);
}

unsafe fn to_guest_long(src: *const u8, dst: *mut u8, len: usize) {
    #[cfg(target_arch = "x86_64")]
    if len >= STRING_COPY {
        // SAFETY: as the caller promised.
        return unsafe { string_copy(src, dst, len) };
    }
    let head = head(dst.addr(), len);
    let words = (len - head) / size_of::<u64>();
    let byte = |at: usize| {
        // SAFETY: `at < len`; `to_guest` says what may be accessed.
        unsafe { (*dst.add(at).cast::<AtomicU8>()).store(src.add(at).read(), Relaxed) }
    };
    (0..head).for_each(byte);
    for word in 0..words {
        let at = head + word * size_of::<u64>();
        // SAFETY: `at + 8 <= len`, and `dst + head` is aligned.
        unsafe {
            let value = src.add(at).cast::<u64>().read_unaligned();
            (*dst.add(at).cast::<AtomicU64>()).store(value, Relaxed);
        }
    }
    (head + words * size_of::<u64>()..len).for_each(byte);
}

/// Copies `len` bytes within guest memory; the ranges may overlap.
///
/// # Safety
///
/// Both are accessible in guest memory for `len` bytes.
pub(super) unsafe fn within_guest(src: *const u8, dst: *mut u8, len: usize) {
    const CHUNK: usize = 4096;
    let mut buffer = [MaybeUninit::<u8>::uninit(); CHUNK];
    let buffer = buffer.as_mut_ptr().cast::<u8>();
    let chunks = len.div_ceil(CHUNK);
    let mut copy = |chunk: usize| {
        let at = chunk * CHUNK;
        let len = CHUNK.min(len - at);
        // SAFETY: the chunk lies in both ranges, and the buffer has room for it.
        unsafe {
            from_guest(src.add(at), buffer, len);
            to_guest(buffer, dst.add(at), len);
        }
    };
    // As `memmove`: begin where the destination does not yet cover what is still to be read.
    if dst.addr() <= src.addr() {
        (0..chunks).for_each(&mut copy);
    } else {
        (0..chunks).rev().for_each(&mut copy);
    }
}

/// Declares bytes that the user may or may not have written to be initialised, with whatever they hold.
pub(super) fn freeze(bytes: &mut [MaybeUninit<u8>]) {
    // SAFETY: the assembly has no instructions. As it is opaque and is given the address, it stands for one
    // that stores to each byte what the byte physically holds.
    unsafe {
        std::arch::asm!("/* {0} */", in(reg) bytes.as_mut_ptr(), options(nostack, preserves_flags));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lengths_and_alignments() {
        let source: Vec<u8> = (0..2048u32).map(|i| (i * 7 + 1) as u8).collect();
        for len in (0..40).chain([500, 511, 512, 513, 1000]) {
            for at in 0..9 {
                let mut out = vec![0; 2048];
                // SAFETY: both vectors are longer than `at + len`.
                unsafe { from_guest(source.as_ptr().add(at), out.as_mut_ptr().add(3), len) };
                assert_eq!(out[3..3 + len], source[at..at + len]);
                assert!(out[..3].iter().chain(&out[3 + len..]).all(|&byte| byte == 0));

                let mut out = vec![0; 2048];
                // SAFETY: as above.
                unsafe { to_guest(source.as_ptr().add(3), out.as_mut_ptr().add(at), len) };
                assert_eq!(out[at..at + len], source[3..3 + len]);
                assert!(out[..at].iter().chain(&out[at + len..]).all(|&byte| byte == 0));
            }
        }
    }

    #[test]
    fn overlapping_ranges() {
        let start: Vec<u8> = (0..20_000u32).map(|i| (i / 3) as u8).collect();
        for (src, dst) in [(0, 1), (1, 0), (0, 5000), (5000, 0), (100, 4196), (7, 7)] {
            let (mut ours, mut theirs) = (start.clone(), start.clone());
            let base = ours.as_mut_ptr();
            // SAFETY: both ranges lie in the vector.
            unsafe { within_guest(base.add(src), base.add(dst), 14_000) };
            theirs.copy_within(src..src + 14_000, dst);
            assert!(ours == theirs, "{src} to {dst}");
        }
    }
}
