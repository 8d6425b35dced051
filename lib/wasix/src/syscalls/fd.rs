//! Descriptors: state, attributes, storage, directory contents and preopened directories.

use std::ops::ControlFlow;

use crate::ctx::WasiCtx;
use crate::fs::SyncKind;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{
    Abi, Advice, Dirent, Errno, FDSTAT_SIZE, Fd, Fdflags, Fdstat, Filestat, PRESTAT_SIZE, Prestat,
    Rights, Timestamp,
};

type Result = std::result::Result<(), Errno>;

/// Takes note of how a range of a file is going to be used.
pub fn fd_advise(ctx: &WasiCtx, fd: Fd, offset: u64, len: u64, advice: u32) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let advice = Advice::try_from(advice)?;
    descriptor.file_for(Rights::FD_ADVISE)?.advise(offset, len, advice)
}

/// Makes room for a range of a file.
pub fn fd_allocate(ctx: &WasiCtx, fd: Fd, offset: u64, len: u64) -> Result {
    ctx.fds.get(fd)?.file_for(Rights::FD_ALLOCATE)?.allocate(offset, len)
}

/// Closes a descriptor.
pub fn fd_close(ctx: &WasiCtx, fd: Fd) -> Result {
    ctx.fds.remove(fd)
}

/// Stores the data of a file.
pub fn fd_datasync(ctx: &WasiCtx, fd: Fd) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    descriptor.require(Rights::FD_DATASYNC)?;
    descriptor.file().sync(SyncKind::Data)
}

/// Stores the data and metadata of a file.
pub fn fd_sync(ctx: &WasiCtx, fd: Fd) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    descriptor.require(Rights::FD_SYNC)?;
    descriptor.file().sync(SyncKind::All)
}

/// Writes the state of a descriptor.
pub fn fd_fdstat_get(ctx: &WasiCtx, mem: GuestMemory<'_>, fd: Fd, stat: GuestPtr) -> Result {
    mem.check(stat, FDSTAT_SIZE as u64)?;
    let descriptor = ctx.fds.get(fd)?;
    let found = Fdstat {
        filetype: descriptor.file().filetype(),
        flags: descriptor.file().flags()?,
        rights_base: descriptor.rights(),
        rights_inheriting: descriptor.inheriting(),
    };
    mem.write(stat, &found.encode())
}

/// Sets the flags of a descriptor. Only `APPEND` and `NONBLOCK` can change once a file is open; to ask for one of
/// the others is [`Errno::Inval`] unless it is set already.
pub fn fd_fdstat_set_flags(ctx: &WasiCtx, fd: Fd, flags: u32) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let flags = Fdflags::try_from(u64::from(flags))?;
    descriptor.require(Rights::FD_FDSTAT_SET_FLAGS)?;
    let changeable = Fdflags::APPEND | Fdflags::NONBLOCK;
    let fixed = flags.difference(changeable);
    if fixed != Fdflags::empty() && !descriptor.file().flags()?.contains(fixed) {
        return Err(Errno::Inval);
    }
    descriptor.file().set_flags(flags.intersection(changeable))
}

/// Gives up rights of a descriptor.
pub fn fd_fdstat_set_rights(ctx: &WasiCtx, fd: Fd, base: u64, inheriting: u64) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    match (Rights::try_from(base), Rights::try_from(inheriting)) {
        (Ok(base), Ok(inheriting)) => descriptor.reduce_rights(base, inheriting),
        _ => Err(Errno::Notcapable),
    }
}

/// Writes the attributes of an open file.
pub fn fd_filestat_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    abi: Abi,
    fd: Fd,
    stat: GuestPtr,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    descriptor.require(Rights::FD_FILESTAT_GET)?;
    write_filestat(mem, abi, stat, &descriptor.file().filestat()?)
}

/// Writes attributes in the layout of the interface version.
pub(super) fn write_filestat(
    mem: GuestMemory<'_>,
    abi: Abi,
    ptr: GuestPtr,
    stat: &Filestat,
) -> Result {
    match abi {
        Abi::Preview1 => mem.write(ptr, &stat.encode_preview1()),
        Abi::Unstable => mem.write(ptr, &stat.encode_unstable()),
    }
}

/// Sets the size of an open file.
pub fn fd_filestat_set_size(ctx: &WasiCtx, fd: Fd, size: u64) -> Result {
    ctx.fds.get(fd)?.file_for(Rights::FD_FILESTAT_SET_SIZE)?.set_size(size)
}

/// Sets the time stamps of an open file.
pub fn fd_filestat_set_times(
    ctx: &WasiCtx,
    fd: Fd,
    atim: Timestamp,
    mtim: Timestamp,
    flags: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let times = super::set_times(atim, mtim, flags)?;
    descriptor.require(Rights::FD_FILESTAT_SET_TIMES)?;
    descriptor.file().set_times(times)
}

/// Writes what a preopened directory is. [`Errno::Badf`] tells C libraries that there are no more of them.
pub fn fd_prestat_get(ctx: &WasiCtx, mem: GuestMemory<'_>, fd: Fd, stat: GuestPtr) -> Result {
    mem.check(stat, PRESTAT_SIZE as u64)?;
    let descriptor = ctx.fds.get(fd)?;
    let name = descriptor.preopen_name().ok_or(Errno::Badf)?;
    let name_len = u32::try_from(name.len()).map_err(|_| Errno::Overflow)?;
    mem.write(stat, &Prestat { name_len }.encode())
}

/// Writes the name of a preopened directory, without a zero byte.
pub fn fd_prestat_dir_name(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let name = descriptor.preopen_name().ok_or(Errno::Badf)?;
    if name.len() > path_len as usize {
        return Err(Errno::Nametoolong);
    }
    mem.write(path, name.as_bytes())
}

/// Writes entries of a directory, beginning after the one with cookie `cookie`.
///
/// The entries fill the buffer; the last may be cut off anywhere. That the buffer is not full says that there
/// are no more.
pub fn fd_readdir(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    buf: GuestPtr,
    buf_len: u32,
    cookie: u64,
    used: GuestPtr,
) -> Result {
    mem.check(used, 4)?;
    mem.check(buf, u64::from(buf_len))?;
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::FD_READDIR)?;

    let capacity = buf_len as usize;
    let mut filled = 0;
    let mut written = Ok(());
    directory.read_dir(cookie, &mut |entry| {
        let head = Dirent {
            next: entry.next,
            ino: entry.ino,
            namlen: u32::try_from(entry.name.len()).unwrap_or(u32::MAX),
            filetype: entry.filetype,
        };
        for bytes in [&head.encode()[..], entry.name] {
            let part = &bytes[..bytes.len().min(capacity - filled)];
            written = written.and_then(|()| mem.write(buf + filled as u64, part));
            filled += part.len();
        }
        if filled == capacity { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    written?;
    mem.write_u32(used, filled as u32)
}

/// Moves a descriptor to another number that is in use.
pub fn fd_renumber(ctx: &WasiCtx, from: Fd, to: Fd) -> Result {
    ctx.fds.renumber(from, to)
}
