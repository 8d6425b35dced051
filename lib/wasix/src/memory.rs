//! The guest's memory as system calls see it: a base address and a size, with every access checked.
//!
//! Addresses come from the guest and are never trusted. A range that is not inside the memory is
//! [`Errno::Fault`]; nothing is read or written in that case.
//!
//! No reference to guest memory is ever made, only copies: other threads of the guest may write to a shared
//! memory at any time, and the guest may pass ranges that overlap. Copies to and from a shared memory are
//! made of relaxed atomic accesses; of an unshared one, plain. Data of host files do not pass through here:
//! [`GuestSlices`] hands checked addresses to the kernel, which copies straight from and to the guest.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use smallvec::SmallVec;

use crate::types::{Errno, IOVEC_SIZE};

/// An address in guest memory.
///
/// Today's guests have 32-bit addresses; they are widened at once, so that sums cannot overflow.
pub type GuestPtr = u64;

/// A path that the guest passes: where it lies, and how many bytes it has.
#[derive(Clone, Copy, Debug)]
pub struct GuestPath {
    ptr: GuestPtr,
    len: u32,
}

impl GuestPath {
    /// The path of `len` bytes at `ptr`.
    pub fn new(ptr: GuestPtr, len: u32) -> Self {
        Self { ptr, len }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`Errno::Nametoolong`], [`Errno::Fault`], [`Errno::Ilseq`] unless it is UTF-8, and [`Errno::Inval`] when it
    /// has a zero byte.
    pub fn read(self, mem: GuestMemory<'_>) -> Result<String, Errno> {
        if self.len > MAX_PATH {
            return Err(Errno::Nametoolong);
        }
        let mut bytes = vec![0; self.len as usize];
        mem.read(self.ptr, &mut bytes)?;
        let path = String::from_utf8(bytes).map_err(|_| Errno::Ilseq)?;
        if path.contains('\0') { Err(Errno::Inval) } else { Ok(path) }
    }
}

/// Longest path in bytes, as on Linux.
const MAX_PATH: u32 = 4096;

/// Most slices a scattered read or write handles at once (`IOV_MAX` of Linux); the rest makes it a short one.
const MAX_SLICES: u32 = 1024;

/// Most bytes a read or write transfers at once, as on Linux; the rest makes it a short one.
const MAX_TRANSFER: usize = 0x7fff_f000;

/// A view of the guest's linear memory for the time of one call.
#[derive(Clone, Copy, Debug)]
pub struct GuestMemory<'a> {
    base: *mut u8,
    len: usize,
    shared: bool,
    _memory: PhantomData<&'a [Cell<u8>]>,
}

impl<'a> GuestMemory<'a> {
    /// A view of `len` bytes at `base`.
    ///
    /// # Safety
    ///
    /// For the lifetime `'a`, the bytes are mapped, readable and writable, and no Rust reference to them is
    /// used. Unless `shared`, nothing else accesses them; if `shared`, other accesses are the guest's, or
    /// atomic.
    pub unsafe fn from_raw(base: *mut u8, len: usize, shared: bool) -> Self {
        Self { base, len, shared, _memory: PhantomData }
    }

    /// A view of bytes that this thread owns.
    pub fn from_cells(bytes: &'a [Cell<u8>]) -> Self {
        // SAFETY: a slice of cells is readable and writable for `'a` through a shared reference, and cells
        // cannot be accessed from another thread, nor can references to their contents exist.
        unsafe { Self::from_raw(bytes.as_ptr().cast_mut().cast(), bytes.len(), false) }
    }

    /// Size of the memory in bytes.
    pub fn size(&self) -> u64 {
        self.len as u64
    }

    /// The host address of a range, which is inside the memory if this returns `Ok`.
    fn host_range(&self, ptr: GuestPtr, len: usize) -> Result<*mut u8, Errno> {
        let start = usize::try_from(ptr).map_err(|_| Errno::Fault)?;
        match start.checked_add(len) {
            // `wrapping_add` needs no proof; it does not wrap since `start <= end <= self.len`.
            Some(end) if end <= self.len => Ok(self.base.wrapping_add(start)),
            _ => Err(Errno::Fault),
        }
    }

    /// Checks that a range is inside the memory.
    pub fn check(&self, ptr: GuestPtr, len: u64) -> Result<(), Errno> {
        let len = usize::try_from(len).map_err(|_| Errno::Fault)?;
        self.host_range(ptr, len).map(|_| ())
    }

    /// Copies from the guest.
    pub fn read(&self, ptr: GuestPtr, buf: &mut [u8]) -> Result<(), Errno> {
        let src = self.host_range(ptr, buf.len())?;
        // SAFETY: `host_range` has checked `buf.len()` bytes at `src` and they are ours to access by the
        // contract of `from_raw`; `buf` is a Rust reference and so does not overlap them.
        unsafe { copy_from_guest(src, buf, self.shared) };
        Ok(())
    }

    /// Copies to the guest.
    pub fn write(&self, ptr: GuestPtr, data: &[u8]) -> Result<(), Errno> {
        let dst = self.host_range(ptr, data.len())?;
        // SAFETY: as in `read`.
        unsafe { copy_to_guest(dst, data, self.shared) };
        Ok(())
    }

    /// Reads a number of 32 bits.
    pub fn read_u32(&self, ptr: GuestPtr) -> Result<u32, Errno> {
        let mut bytes = [0; 4];
        self.read(ptr, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Writes a number of 32 bits.
    pub fn write_u32(&self, ptr: GuestPtr, value: u32) -> Result<(), Errno> {
        self.write(ptr, &value.to_le_bytes())
    }

    /// Writes a number of 64 bits.
    pub fn write_u64(&self, ptr: GuestPtr, value: u64) -> Result<(), Errno> {
        self.write(ptr, &value.to_le_bytes())
    }

    /// Reads an array of `$iovec` or `$ciovec` and checks every range it names.
    ///
    /// Empty slices are dropped, whatever their address. At most 1024 slices and 0x7ffff000 bytes are kept:
    /// a transfer may always be shorter than what was asked for.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] when the array or one of the ranges is not inside the memory.
    pub fn slices(&self, iovs: GuestPtr, count: u32) -> Result<GuestSlices<'a>, Errno> {
        self.check(iovs, u64::from(count) * u64::from(IOVEC_SIZE))?;
        let mut vecs = SmallVec::new();
        let mut total = 0usize;
        for index in 0..count.min(MAX_SLICES) {
            let mut bytes = [0; IOVEC_SIZE as usize];
            self.read(iovs + u64::from(index * IOVEC_SIZE), &mut bytes)?;
            let [a, b, c, d, e, f, g, h] = bytes;
            let ptr = u32::from_le_bytes([a, b, c, d]);
            let len = u32::from_le_bytes([e, f, g, h]) as usize;
            if len == 0 {
                continue;
            }
            let base = self.host_range(u64::from(ptr), len)?;
            let len = len.min(MAX_TRANSFER - total);
            if len > 0 {
                vecs.push(libc::iovec { iov_base: base.cast(), iov_len: len });
                total += len;
            }
        }
        Ok(GuestSlices { vecs, total, shared: self.shared, _memory: PhantomData })
    }

    /// One range as the buffer of a transfer.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] when the range is not inside the memory.
    pub fn slice(&self, ptr: GuestPtr, len: u32) -> Result<GuestSlices<'a>, Errno> {
        let base = self.host_range(ptr, len as usize)?;
        let total = (len as usize).min(MAX_TRANSFER);
        let mut vecs = SmallVec::new();
        if total > 0 {
            vecs.push(libc::iovec { iov_base: base.cast(), iov_len: total });
        }
        Ok(GuestSlices { vecs, total, shared: self.shared, _memory: PhantomData })
    }
}

/// The guest memory that a read or write is to fill or to take: ranges that are known to be inside it.
///
/// The ranges may overlap one another. A host file passes [`as_iovecs`](Self::as_iovecs) to the kernel; any
/// other kind of file copies with [`scatter`](Self::scatter) and [`gather`](Self::gather).
#[derive(Debug)]
pub struct GuestSlices<'a> {
    vecs: SmallVec<[libc::iovec; 4]>,
    total: usize,
    shared: bool,
    _memory: PhantomData<&'a [Cell<u8>]>,
}

impl GuestSlices<'_> {
    /// Number of bytes in all.
    pub fn len(&self) -> usize {
        self.total
    }

    /// Whether there is nothing to transfer.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The ranges as the kernel takes them. They are valid as long as `self`; whoever accesses them must
    /// treat them as memory that others write to.
    pub fn as_iovecs(&self) -> &[libc::iovec] {
        &self.vecs
    }

    /// These without what is beyond the first `limit` bytes.
    pub fn up_to(mut self, limit: u64) -> Self {
        let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
        if self.total > left {
            self.total = left;
            for vec in &mut self.vecs {
                vec.iov_len = vec.iov_len.min(left);
                left -= vec.iov_len;
            }
            self.vecs.retain(|vec| vec.iov_len > 0);
        }
        self
    }

    /// Fills the ranges from `data`, as far as both go; returns the number of bytes.
    pub fn scatter(&self, data: &[u8]) -> usize {
        let mut done = 0;
        for vec in &self.vecs {
            let part = &data[done..data.len().min(done + vec.iov_len)];
            // SAFETY: the range was checked when `self` was made, is at least as long as `part`, and is
            // accessible by the contract of `GuestMemory::from_raw`, whose lifetime `self` carries.
            unsafe { copy_to_guest(vec.iov_base.cast(), part, self.shared) };
            done += part.len();
        }
        done
    }

    /// Copies out of the ranges, beginning `skip` bytes in, until `buf` is full or the ranges end; returns
    /// the number of bytes.
    pub fn gather(&self, mut skip: usize, buf: &mut [u8]) -> usize {
        let mut done = 0;
        for vec in &self.vecs {
            if skip >= vec.iov_len {
                skip -= vec.iov_len;
                continue;
            }
            let end = buf.len().min(done + (vec.iov_len - skip));
            let part = &mut buf[done..end];
            // SAFETY: as in `scatter`; `skip + part.len()` is at most the length of the range.
            unsafe {
                copy_from_guest(vec.iov_base.cast::<u8>().wrapping_add(skip), part, self.shared);
            }
            done = end;
            skip = 0;
        }
        done
    }

    /// Calls `f` with all bytes, in pieces of bounded size, until it takes fewer than it was given.
    ///
    /// Returns the number of bytes taken. An error after the first piece is left for the next call.
    pub fn drain_to(
        &self,
        mut f: impl FnMut(&[u8]) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        let mut buf = [0; 4096];
        let mut done = 0;
        while done < self.total {
            let len = self.gather(done, &mut buf);
            match f(&buf[..len]) {
                Ok(taken) => {
                    done += taken;
                    if taken < len {
                        break;
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }
}

/// Copies guest memory into a buffer.
///
/// # Safety
///
/// `src` is valid for reads of `dst.len()` bytes. Unless `shared`, nothing writes to them meanwhile; if
/// `shared`, only the guest or atomic accesses do. The two do not overlap.
unsafe fn copy_from_guest(src: *const u8, dst: &mut [u8], shared: bool) {
    if !shared {
        // SAFETY: by the contract of this function.
        unsafe { std::ptr::copy_nonoverlapping(src, dst.as_mut_ptr(), dst.len()) };
        return;
    }
    for_each_unit(src, dst.len(), |unit, at| match unit {
        Unit::Word => {
            let word = src.wrapping_add(at).cast::<AtomicU64>();
            // SAFETY: `for_each_unit` names aligned words inside the range; an atomic access races with nothing.
            let value = unsafe { (*word).load(Relaxed) };
            dst[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        }
        Unit::Byte => {
            let byte = src.wrapping_add(at).cast::<AtomicU8>();
            // SAFETY: likewise, of bytes.
            dst[at] = unsafe { (*byte).load(Relaxed) };
        }
    });
}

/// Copies a buffer into guest memory.
///
/// # Safety
///
/// `dst` is valid for writes of `src.len()` bytes. Unless `shared`, nothing accesses them meanwhile; if
/// `shared`, only the guest or atomic accesses do. The two do not overlap.
unsafe fn copy_to_guest(dst: *mut u8, src: &[u8], shared: bool) {
    if !shared {
        // SAFETY: by the contract of this function.
        unsafe { std::ptr::copy_nonoverlapping(src.as_ptr(), dst, src.len()) };
        return;
    }
    for_each_unit(dst, src.len(), |unit, at| match unit {
        Unit::Word => {
            let mut value = [0; 8];
            value.copy_from_slice(&src[at..at + 8]);
            let word = dst.wrapping_add(at).cast::<AtomicU64>();
            // SAFETY: as in `copy_from_guest`.
            unsafe { (*word).store(u64::from_ne_bytes(value), Relaxed) };
        }
        Unit::Byte => {
            let byte = dst.wrapping_add(at).cast::<AtomicU8>();
            // SAFETY: likewise.
            unsafe { (*byte).store(src[at], Relaxed) };
        }
    });
}

/// How much of a shared memory one atomic access covers.
enum Unit {
    Byte,
    Word,
}

/// Covers `len` bytes at `start` with aligned words of 8 bytes where possible and single bytes elsewhere,
/// in order; `f` gets each unit and its offset from `start`.
fn for_each_unit(start: *const u8, len: usize, mut f: impl FnMut(Unit, usize)) {
    let mut at = 0;
    while at < len {
        if start.wrapping_add(at).addr().is_multiple_of(8) && len - at >= 8 {
            f(Unit::Word, at);
            at += 8;
        } else {
            f(Unit::Byte, at);
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A memory of `size` bytes that count up from zero, seen as unshared and as shared.
    fn each(size: usize, f: impl Fn(GuestMemory<'_>)) {
        for shared in [false, true] {
            let cells: Vec<Cell<u8>> = (0..size).map(|i| Cell::new(i as u8)).collect();
            let mut memory = GuestMemory::from_cells(&cells);
            memory.shared = shared;
            f(memory);
        }
    }

    fn bytes(memory: &GuestMemory<'_>, ptr: u64, len: usize) -> Vec<u8> {
        let mut buf = vec![0; len];
        memory.read(ptr, &mut buf).unwrap();
        buf
    }

    #[test]
    fn copies_at_every_alignment() {
        each(64, |memory| {
            for start in 0..9 {
                for len in 0..40 {
                    let expected: Vec<u8> = (start..start + len).map(|i| i as u8).collect();
                    assert_eq!(bytes(&memory, start, len as usize), expected);
                    memory.write(start, &expected).unwrap();
                }
            }
            assert_eq!(bytes(&memory, 0, 64), (0..64).collect::<Vec<u8>>());
        });
    }

    #[test]
    fn ranges_outside_fault_and_change_nothing() {
        each(16, |memory| {
            for (ptr, len) in [(16, 1), (15, 2), (u64::MAX, 1), (u64::MAX, 0), (17, 0), (0, 17)] {
                assert_eq!(memory.write(ptr, &vec![9; len]), Err(Errno::Fault));
                assert_eq!(memory.read(ptr, &mut vec![9; len]), Err(Errno::Fault));
                assert_eq!(memory.check(ptr, len as u64), Err(Errno::Fault));
            }
            assert_eq!(memory.check(16, 0), Ok(()));
            assert_eq!(memory.check(0, u64::MAX), Err(Errno::Fault));
            assert_eq!(bytes(&memory, 0, 16), (0..16).collect::<Vec<u8>>());
        });
    }

    #[test]
    fn slices_are_checked_and_bounded() {
        each(64, |memory| {
            let iov = |at: u64, ptr: u32, len: u32| {
                memory.write_u32(at, ptr).unwrap();
                memory.write_u32(at + 4, len).unwrap();
            };
            iov(0, 40, 3);
            iov(8, u32::MAX, 0);
            iov(16, 41, 4);
            let slices = memory.slices(0, 3).unwrap();
            assert_eq!((slices.len(), slices.as_iovecs().len()), (7, 2));

            // The ranges overlap: the later one wins.
            assert_eq!(slices.scatter(b"abcdefgh"), 7);
            assert_eq!(bytes(&memory, 40, 5), b"adefg");
            let mut buf = [0; 16];
            assert_eq!(slices.gather(1, &mut buf), 6);
            assert_eq!(&buf[..6], b"dedefg");
            assert_eq!(slices.gather(7, &mut buf), 0);

            iov(8, 60, 5);
            assert_eq!(memory.slices(0, 3).unwrap_err(), Errno::Fault);
            iov(8, u32::MAX, 2);
            assert_eq!(memory.slices(0, 3).unwrap_err(), Errno::Fault);
            assert_eq!(memory.slices(0, 9).unwrap_err(), Errno::Fault);
            assert_eq!(memory.slices(u64::from(u32::MAX), u32::MAX).unwrap_err(), Errno::Fault);
            assert!(memory.slices(0, 0).unwrap().is_empty());
        });
    }

    #[test]
    fn drain_stops_at_a_short_piece() {
        each(10_000, |memory| {
            let slices = memory.slice(0, 10_000).unwrap();
            let mut pieces = Vec::new();
            let taken = slices.drain_to(|piece| {
                pieces.push(piece.len());
                Ok(if pieces.len() == 2 { 5 } else { piece.len() })
            });
            assert_eq!(taken, Ok(4101));
            assert_eq!(pieces, [4096, 4096]);
            assert_eq!(slices.drain_to(|_| Err(Errno::Pipe)), Err(Errno::Pipe));
        });
    }
}
