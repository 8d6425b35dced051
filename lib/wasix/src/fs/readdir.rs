//! Listing a directory of the host from a cookie.
//!
//! A cookie is the number of entries read so far: C libraries pass them as 32 bits (`telldir`). On Linux the position of
//! the kernel (`d_off`, 64 bits) is remembered for each, so going on is one seek, however large the directory is, and the
//! right one when other entries come and go.

use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;

use super::{DirEntry, FsResult, sys};
use crate::types::{Errno, Filetype};

/// Bytes of entries fetched at once: about as many entries as fit in the buffer of C libraries for WASI.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BUFFER: usize = 4096;

/// The positions behind the entries of a directory that have been read, for the cookies 1, 2, …
pub(super) type Positions = Vec<u64>;

/// Passes the entries after cookie `from` to `sink` until it breaks. Moves the position of `fd`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn read_dir(
    fd: BorrowedFd<'_>,
    positions: &mut Positions,
    from: u64,
    sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
) -> FsResult<()> {
    let mut read = usize::try_from(from).map_err(|_| Errno::Inval)?;
    let position = match read.checked_sub(1) {
        None => 0,
        Some(last) => *positions.get(last).ok_or(Errno::Inval)?,
    };
    rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(position))?;
    let mut buffer = [std::mem::MaybeUninit::uninit(); BUFFER];
    let mut entries = rustix::fs::RawDir::new(fd, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        match positions.get_mut(read) {
            Some(position) => *position = entry.next_entry_cookie(),
            None => positions.push(entry.next_entry_cookie()),
        }
        read += 1;
        let found = DirEntry {
            name: entry.file_name().to_bytes(),
            ino: entry.ino(),
            filetype: filetype(fd, entry.file_name(), entry.file_type()),
            next: read as u64,
        };
        if sink(found).is_break() {
            break;
        }
    }
    Ok(())
}

/// Passes the entries after cookie `from` to `sink` until it breaks.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn read_dir(
    fd: BorrowedFd<'_>,
    _positions: &mut Positions,
    from: u64,
    sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
) -> FsResult<()> {
    let from = usize::try_from(from).map_err(|_| Errno::Inval)?;
    for (index, entry) in rustix::fs::Dir::read_from(fd)?.enumerate().skip(from) {
        let entry = entry?;
        let found = DirEntry {
            name: entry.file_name().to_bytes(),
            ino: entry.ino(),
            filetype: filetype(fd, entry.file_name(), entry.file_type()),
            next: index as u64 + 1,
        };
        if sink(found).is_break() {
            break;
        }
    }
    Ok(())
}

/// The type of an entry; some file systems do not tell it with the name.
fn filetype(fd: BorrowedFd<'_>, name: &std::ffi::CStr, found: rustix::fs::FileType) -> Filetype {
    if found != rustix::fs::FileType::Unknown {
        return sys::filetype(found);
    }
    match rustix::fs::statat(fd, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => sys::filetype(rustix::fs::FileType::from_raw_mode(stat.st_mode)),
        Err(_) => Filetype::Unknown,
    }
}
