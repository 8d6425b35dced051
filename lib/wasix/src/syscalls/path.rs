//! Calls that take a path, relative to the directory of a descriptor.

use super::fd::write_filestat;
use super::set_times;
use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::fs::{Directory, OpenOptions};
use crate::memory::{GuestMemory, GuestPath, GuestPtr};
use crate::types::{Abi, Errno, Fd, Fdflags, Filetype, Lookupflags, Oflags, Rights, Timestamp};

type Result<T = ()> = std::result::Result<T, Errno>;

/// Whether to follow a symbolic link in the last component.
fn follow(flags: u32) -> Result<bool> {
    Ok(Lookupflags::try_from(u64::from(flags))?.contains(Lookupflags::SYMLINK_FOLLOW))
}

/// Calls `f` with the directory of a descriptor that has the `rights`, and a path that the guest passes.
fn at<R>(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    (fd, path): (Fd, GuestPath),
    rights: Rights,
    f: impl FnOnce(&dyn Directory, &str) -> Result<R>,
) -> Result<R> {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(rights)?;
    f(directory, &path.read(mem)?)
}

/// As [`at`], for calls with two paths.
fn at_both<R>(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    old: (Fd, GuestPath, Rights),
    new: (Fd, GuestPath, Rights),
    f: impl FnOnce((&dyn Directory, &str), (&dyn Directory, &str)) -> Result<R>,
) -> Result<R> {
    let (from, to) = (ctx.fds.get(old.0)?, ctx.fds.get(new.0)?);
    let (from, to) = (from.directory_for(old.2)?, to.directory_for(new.2)?);
    f((from, &old.1.read(mem)?), (to, &new.1.read(mem)?))
}

/// Makes a directory.
pub fn path_create_directory(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPath,
) -> Result {
    at(ctx, mem, (fd, path), Rights::PATH_CREATE_DIRECTORY, |dir, path| dir.create_dir(path))
}

/// Writes the attributes of a file.
pub fn path_filestat_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    abi: Abi,
    fd: Fd,
    flags: u32,
    path: GuestPath,
    stat: GuestPtr,
) -> Result {
    let found = at(ctx, mem, (fd, path), Rights::PATH_FILESTAT_GET, |dir, path| {
        dir.stat_at(path, follow(flags)?)
    })?;
    write_filestat(mem, abi, stat, &found)
}

/// Sets the time stamps of a file.
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_filestat_set_times(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    flags: u32,
    path: GuestPath,
    atim: Timestamp,
    mtim: Timestamp,
    fst_flags: u32,
) -> Result {
    at(ctx, mem, (fd, path), Rights::PATH_FILESTAT_SET_TIMES, |dir, path| {
        dir.set_times_at(path, follow(flags)?, set_times(atim, mtim, fst_flags)?)
    })
}

/// Makes a hard link. To follow a symbolic link on the way is not supported: [`Errno::Inval`].
pub fn path_link(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    old_fd: Fd,
    old_flags: u32,
    old_path: GuestPath,
    new_fd: Fd,
    new_path: GuestPath,
) -> Result {
    let old = (old_fd, old_path, Rights::PATH_LINK_SOURCE);
    let new = (new_fd, new_path, Rights::PATH_LINK_TARGET);
    at_both(ctx, mem, old, new, |(from, old_path), (to, new_path)| match follow(old_flags)? {
        true => Err(Errno::Inval),
        false => from.link(old_path, to, new_path),
    })
}

/// Opens a file or directory and writes its descriptor.
///
/// The new descriptor has the rights asked for, as far as they apply to the type of the file and the directory
/// passes them on. Only the right to write is not silently left out: [`Errno::Notcapable`].
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_open(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    flags: u32,
    path: GuestPath,
    oflags: u32,
    rights_base: u64,
    rights_inheriting: u64,
    fdflags: u32,
    opened: GuestPtr,
) -> Result {
    mem.check(opened, 4)?;
    let oflags = Oflags::try_from(u64::from(oflags))?;
    let asked = Rights::from_bits_truncate(rights_base);
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(open_rights(oflags))?;
    let passed_on = descriptor.inheriting();
    if asked.contains(Rights::FD_WRITE) && !passed_on.contains(Rights::FD_WRITE) {
        return Err(Errno::Notcapable);
    }
    if oflags.contains(Oflags::DIRECTORY)
        && oflags.intersects(Oflags::CREAT | Oflags::EXCL | Oflags::TRUNC)
    {
        return Err(Errno::Inval);
    }
    let mut rights = asked.intersection(passed_on);
    let write = rights.contains(Rights::FD_WRITE);
    if !write {
        rights = rights.difference(Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE);
    }
    let options = OpenOptions {
        follow: follow(flags)?,
        read: rights.intersects(Rights::FD_READ | Rights::FD_READDIR),
        write,
        create: oflags.contains(Oflags::CREAT),
        exclusive: oflags.contains(Oflags::EXCL),
        directory: oflags.contains(Oflags::DIRECTORY),
        truncate: oflags.contains(Oflags::TRUNC),
        flags: Fdflags::try_from(u64::from(fdflags))?,
    };
    let file = directory.open(&path.read(mem)?, &options)?;
    let inheriting = Rights::from_bits_truncate(rights_inheriting).intersection(passed_on);
    let new = ctx.fds.insert(Descriptor::new(file, rights, inheriting))?;
    mem.write_u32(opened, new)
}

/// The rights to the directory that opening needs.
fn open_rights(oflags: Oflags) -> Rights {
    let mut needed = Rights::PATH_OPEN;
    if oflags.contains(Oflags::CREAT) {
        needed = needed | Rights::PATH_CREATE_FILE;
    }
    if oflags.contains(Oflags::TRUNC) {
        needed = needed | Rights::PATH_FILESTAT_SET_SIZE;
    }
    needed
}

/// Writes the contents of a symbolic link, cut off where the buffer ends.
pub fn path_readlink(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPath,
    buf: GuestPtr,
    buf_len: u32,
    used: GuestPtr,
) -> Result {
    mem.check(used, 4)?;
    mem.check(buf, u64::from(buf_len))?;
    let contents =
        at(ctx, mem, (fd, path), Rights::PATH_READLINK, |dir, path| dir.read_link(path))?;
    let part = &contents[..contents.len().min(buf_len as usize)];
    mem.write(buf, part)?;
    mem.write_u32(used, part.len() as u32)
}

/// Removes an empty directory.
pub fn path_remove_directory(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPath,
) -> Result {
    at(ctx, mem, (fd, path), Rights::PATH_REMOVE_DIRECTORY, |dir, path| dir.remove_dir(path))
}

/// Renames a file or directory.
pub fn path_rename(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    old_fd: Fd,
    old_path: GuestPath,
    new_fd: Fd,
    new_path: GuestPath,
) -> Result {
    let old = (old_fd, old_path, Rights::PATH_RENAME_SOURCE);
    let new = (new_fd, new_path, Rights::PATH_RENAME_TARGET);
    at_both(ctx, mem, old, new, |(from, old_path), (to, new_path)| {
        from.rename(old_path, to, new_path)
    })
}

/// Makes a symbolic link. An absolute target is [`Errno::Perm`].
pub fn path_symlink(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    contents: GuestPath,
    fd: Fd,
    path: GuestPath,
) -> Result {
    at(ctx, mem, (fd, path), Rights::PATH_SYMLINK, |dir, path| {
        dir.symlink(&contents.read(mem)?, path)
    })
}

/// Removes a file; [`Errno::Isdir`] for a directory.
pub fn path_unlink_file(ctx: &WasiCtx, mem: GuestMemory<'_>, fd: Fd, path: GuestPath) -> Result {
    at(ctx, mem, (fd, path), Rights::PATH_UNLINK_FILE, |dir, path| match dir.unlink(path) {
        // Some systems call it EPERM.
        Err(Errno::Perm)
            if dir.stat_at(path, false).is_ok_and(|s| s.filetype == Filetype::Directory) =>
        {
            Err(Errno::Isdir)
        }
        result => result,
    })
}
