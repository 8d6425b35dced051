//! Reading, writing and positions.

use crate::ctx::WasiCtx;
use crate::fs::{SeekTo, VirtualFile};
use crate::memory::{GuestMemory, GuestPtr, GuestSlices};
use crate::types::{Abi, Errno, Fd, Rights, Whence};

type Result<T = ()> = std::result::Result<T, Errno>;

/// What the four transfers have in common: `transfer` moves data between the file and the guest's buffers, and
/// the number of bytes goes to `done`.
#[inline]
fn transfer(
    (ctx, mem): (&WasiCtx, GuestMemory<'_>),
    (fd, rights): (Fd, Rights),
    (iovs, iovs_len): (GuestPtr, u32),
    done: GuestPtr,
    transfer: impl FnOnce(&dyn VirtualFile, &GuestSlices<'_>) -> Result<usize>,
) -> Result {
    mem.check(done, 4)?;
    let descriptor = ctx.fds.get(fd)?;
    let file = descriptor.file_for(rights)?;
    let count = transfer(file, &mem.slices(iovs, iovs_len)?)?;
    // `GuestSlices` are never longer than what 32 bits can count.
    mem.write_u32(done, count as u32)
}

/// Reads at the position of the descriptor.
pub fn fd_read(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    iovs: GuestPtr,
    iovs_len: u32,
    nread: GuestPtr,
) -> Result {
    transfer((ctx, mem), (fd, Rights::FD_READ), (iovs, iovs_len), nread, |file, bufs| {
        file.read(bufs)
    })
}

/// Writes at the position of the descriptor.
pub fn fd_write(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    iovs: GuestPtr,
    iovs_len: u32,
    nwritten: GuestPtr,
) -> Result {
    transfer((ctx, mem), (fd, Rights::FD_WRITE), (iovs, iovs_len), nwritten, |file, bufs| {
        file.write(bufs)
    })
}

/// Reads at a position of the file.
pub fn fd_pread(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    iovs: GuestPtr,
    iovs_len: u32,
    offset: u64,
    nread: GuestPtr,
) -> Result {
    let rights = Rights::FD_READ | Rights::FD_SEEK;
    transfer((ctx, mem), (fd, rights), (iovs, iovs_len), nread, |file, bufs| {
        file.read_at(bufs, offset)
    })
}

/// Writes at a position of the file.
pub fn fd_pwrite(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    iovs: GuestPtr,
    iovs_len: u32,
    offset: u64,
    nwritten: GuestPtr,
) -> Result {
    let rights = Rights::FD_WRITE | Rights::FD_SEEK;
    transfer((ctx, mem), (fd, rights), (iovs, iovs_len), nwritten, |file, bufs| {
        file.write_at(bufs, offset)
    })
}

/// Moves the position and writes the new one.
pub fn fd_seek(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    abi: Abi,
    fd: Fd,
    offset: i64,
    whence: u32,
    position: GuestPtr,
) -> Result {
    mem.check(position, 8)?;
    let descriptor = ctx.fds.get(fd)?;
    let to = match Whence::decode(abi, whence)? {
        Whence::Set => SeekTo::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
        Whence::Cur => SeekTo::Current(offset),
        Whence::End => SeekTo::End(offset),
    };
    if to == SeekTo::Current(0) {
        return tell(ctx, mem, fd, position);
    }
    let new = seekable(descriptor.file_for(Rights::FD_SEEK), descriptor.file())?.seek(to)?;
    mem.write_u64(position, new)
}

/// Writes the position.
pub fn fd_tell(ctx: &WasiCtx, mem: GuestMemory<'_>, fd: Fd, position: GuestPtr) -> Result {
    mem.check(position, 8)?;
    tell(ctx, mem, fd, position)
}

fn tell(ctx: &WasiCtx, mem: GuestMemory<'_>, fd: Fd, position: GuestPtr) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let allowed =
        descriptor.file_for(Rights::FD_TELL).or_else(|_| descriptor.file_for(Rights::FD_SEEK));
    let new = seekable(allowed, descriptor.file())?.seek(SeekTo::Current(0))?;
    mem.write_u64(position, new)
}

/// The file of a seek. Terminals and pipes lack the right since they have no position, which is how C libraries
/// recognise a terminal: for them the error is that of seeking.
fn seekable<'a>(
    allowed: Result<&'a dyn VirtualFile>,
    file: &dyn VirtualFile,
) -> Result<&'a dyn VirtualFile> {
    match allowed {
        Err(Errno::Notcapable) if file.poll_fd().is_some() => Err(Errno::Spipe),
        result => result,
    }
}
