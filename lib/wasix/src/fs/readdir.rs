//! Listing a directory of the host from a cookie.
//!
//! On Linux a cookie is the kernel's own (`d_off`): going on from it is one seek, however large the directory
//! is, and it stays valid when other entries come and go. Elsewhere it is the number of entries read so far.

use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;

use super::{DirEntry, FsResult, sys};
use crate::types::{Errno, Filetype};

/// Bytes of entries fetched at once: about as many entries as fit in the buffer of C libraries for WASI.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BUFFER: usize = 4096;

/// Passes the entries after cookie `from` to `sink` until it breaks. Moves the position of `fd`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn read_dir(
    fd: BorrowedFd<'_>,
    from: u64,
    sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
) -> FsResult<()> {
    if from > i64::MAX as u64 {
        return Err(Errno::Inval);
    }
    rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(from))?;
    let mut buffer = [std::mem::MaybeUninit::uninit(); BUFFER];
    let mut entries = rustix::fs::RawDir::new(fd, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let found = DirEntry {
            name: entry.file_name().to_bytes(),
            ino: entry.ino(),
            filetype: filetype(fd, entry.file_name(), entry.file_type()),
            next: entry.next_entry_cookie(),
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
