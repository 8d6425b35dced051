//! Calls that take a path, relative to the directory of a descriptor.

use super::fd::write_filestat;
use super::{read_path, set_times};
use crate::ctx::WasiCtx;
use crate::fd_table::Descriptor;
use crate::fs::OpenOptions;
use crate::memory::{GuestMemory, GuestPtr};
use crate::types::{Abi, Errno, Fd, Fdflags, Filetype, Lookupflags, Oflags, Rights, Timestamp};

type Result<T = ()> = std::result::Result<T, Errno>;

/// Whether to follow a symbolic link in the last component.
fn follow(flags: u32) -> Result<bool> {
    Ok(Lookupflags::try_from(u64::from(flags))?.contains(Lookupflags::SYMLINK_FOLLOW))
}

/// Makes a directory.
pub fn path_create_directory(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_CREATE_DIRECTORY)?;
    directory.create_dir(&read_path(mem, path, path_len)?)
}

/// Writes the attributes of a file.
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_filestat_get(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    abi: Abi,
    fd: Fd,
    flags: u32,
    path: GuestPtr,
    path_len: u32,
    stat: GuestPtr,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_FILESTAT_GET)?;
    let found = directory.stat_at(&read_path(mem, path, path_len)?, follow(flags)?)?;
    write_filestat(mem, abi, stat, &found)
}

/// Sets the time stamps of a file.
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_filestat_set_times(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    flags: u32,
    path: GuestPtr,
    path_len: u32,
    atim: Timestamp,
    mtim: Timestamp,
    fst_flags: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_FILESTAT_SET_TIMES)?;
    let times = set_times(atim, mtim, fst_flags)?;
    directory.set_times_at(&read_path(mem, path, path_len)?, follow(flags)?, times)
}

/// Makes a hard link. To follow a symbolic link on the way is not supported: [`Errno::Inval`].
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_link(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    old_fd: Fd,
    old_flags: u32,
    old_path: GuestPtr,
    old_path_len: u32,
    new_fd: Fd,
    new_path: GuestPtr,
    new_path_len: u32,
) -> Result {
    let (old, new) = (ctx.fds.get(old_fd)?, ctx.fds.get(new_fd)?);
    let from = old.directory_for(Rights::PATH_LINK_SOURCE)?;
    let to = new.directory_for(Rights::PATH_LINK_TARGET)?;
    if follow(old_flags)? {
        return Err(Errno::Inval);
    }
    let old_path = read_path(mem, old_path, old_path_len)?;
    from.link(&old_path, to, &read_path(mem, new_path, new_path_len)?)
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
    path: GuestPtr,
    path_len: u32,
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
    let file = directory.open(&read_path(mem, path, path_len)?, &options)?;
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
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_readlink(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
    buf: GuestPtr,
    buf_len: u32,
    used: GuestPtr,
) -> Result {
    mem.check(used, 4)?;
    mem.check(buf, u64::from(buf_len))?;
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_READLINK)?;
    let contents = directory.read_link(&read_path(mem, path, path_len)?)?;
    let part = &contents[..contents.len().min(buf_len as usize)];
    mem.write(buf, part)?;
    mem.write_u32(used, part.len() as u32)
}

/// Removes an empty directory.
pub fn path_remove_directory(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_REMOVE_DIRECTORY)?;
    directory.remove_dir(&read_path(mem, path, path_len)?)
}

/// Renames a file or directory.
#[expect(clippy::too_many_arguments, reason = "the parameters are those of the interface")]
pub fn path_rename(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    old_fd: Fd,
    old_path: GuestPtr,
    old_path_len: u32,
    new_fd: Fd,
    new_path: GuestPtr,
    new_path_len: u32,
) -> Result {
    let (old, new) = (ctx.fds.get(old_fd)?, ctx.fds.get(new_fd)?);
    let from = old.directory_for(Rights::PATH_RENAME_SOURCE)?;
    let to = new.directory_for(Rights::PATH_RENAME_TARGET)?;
    let old_path = read_path(mem, old_path, old_path_len)?;
    from.rename(&old_path, to, &read_path(mem, new_path, new_path_len)?)
}

/// Makes a symbolic link. An absolute target is [`Errno::Perm`].
pub fn path_symlink(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    contents: GuestPtr,
    contents_len: u32,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_SYMLINK)?;
    let contents = read_path(mem, contents, contents_len)?;
    directory.symlink(&contents, &read_path(mem, path, path_len)?)
}

/// Removes a file; [`Errno::Isdir`] for a directory.
pub fn path_unlink_file(
    ctx: &WasiCtx,
    mem: GuestMemory<'_>,
    fd: Fd,
    path: GuestPtr,
    path_len: u32,
) -> Result {
    let descriptor = ctx.fds.get(fd)?;
    let directory = descriptor.directory_for(Rights::PATH_UNLINK_FILE)?;
    let path = read_path(mem, path, path_len)?;
    // Some systems call it EPERM.
    match directory.unlink(&path) {
        Err(Errno::Perm)
            if directory.stat_at(&path, false).is_ok_and(|s| s.filetype == Filetype::Directory) =>
        {
            Err(Errno::Isdir)
        }
        result => result,
    }
}
