//! Listing a directory of the host from a cookie.
//!
//! A cookie is the number of entries read so far: C libraries pass them as 32 bits (`telldir`). On Linux the position of
//! the kernel (`d_off`, 63 bits) is remembered for each, so going on is one seek, however large the directory is, and the
//! right one when other entries come and go. Of so many entries that it would be a burden, the cookie is that position.

use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;

use super::{DirEntry, FsResult, sys};
use crate::types::{Errno, Filetype};

/// Bytes of entries fetched at once: about as many entries as fit in the buffer of C libraries for WASI.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BUFFER: usize = 4096;

/// Entries of an open directory whose positions are remembered.
#[cfg(any(target_os = "linux", target_os = "android"))]
const REMEMBERED: usize = 1 << 15;

/// Told from a number of entries: the rest of such a cookie is a position of the kernel.
#[cfg(any(target_os = "linux", target_os = "android"))]
const POSITION: u64 = 1 << 63;

/// The positions behind the entries of a directory that have been read, for the cookies 1, 2, …
#[derive(Debug, Default)]
pub(super) struct Positions(#[cfg(any(target_os = "linux", target_os = "android"))] Vec<u64>);

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Positions {
    /// The position that a cookie stands for, and how many entries are before it, if that matters.
    fn of(&self, cookie: u64) -> FsResult<(u64, usize)> {
        if cookie & POSITION != 0 {
            return Ok((cookie & !POSITION, REMEMBERED));
        }
        let read = usize::try_from(cookie).map_err(|_| Errno::Inval)?;
        let position = match read.checked_sub(1) {
            None => 0,
            Some(last) => *self.0.get(last).ok_or(Errno::Inval)?,
        };
        Ok((position, read))
    }

    /// The cookie for the position behind an entry with `read` before it.
    fn cookie(&mut self, read: usize, position: u64) -> u64 {
        match self.0.get_mut(read) {
            Some(known) => *known = position,
            None if read < REMEMBERED => self.0.push(position),
            None => return position | POSITION,
        }
        read as u64 + 1
    }
}

/// Passes the entries after cookie `from` to `sink` until it breaks. Moves the position of `fd`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn read_dir(
    fd: BorrowedFd<'_>,
    positions: &mut Positions,
    from: u64,
    sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
) -> FsResult<()> {
    let (position, mut read) = positions.of(from)?;
    rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(position))?;
    let mut buffer = [std::mem::MaybeUninit::uninit(); BUFFER];
    let mut entries = rustix::fs::RawDir::new(fd, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let next = positions.cookie(read, entry.next_entry_cookie());
        read += 1;
        let found = DirEntry {
            name: entry.file_name().to_bytes(),
            ino: entry.ino(),
            filetype: filetype(fd, entry.file_name(), entry.file_type()),
            next,
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

#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_small_as_long_as_they_can_be() {
        let mut positions = Positions::default();
        let position = |entry: usize| (entry as u64 + 1) << 40;
        let cookies: Vec<u64> =
            (0..REMEMBERED + 5).map(|entry| positions.cookie(entry, position(entry))).collect();
        assert_eq!(cookies[..3], [1, 2, 3]);
        for (entry, cookie) in cookies.iter().enumerate() {
            let read = (entry + 1).min(REMEMBERED);
            assert_eq!(positions.of(*cookie), Ok((position(entry), read)));
        }
        assert_eq!(positions.0.len(), REMEMBERED);
        // From one of the last on, no matter how many there are before it.
        assert_eq!(positions.cookie(REMEMBERED, 77), 77 | POSITION);
        assert_eq!(positions.of(0), Ok((0, 0)));
        assert_eq!(positions.of(REMEMBERED as u64 + 1), Err(Errno::Inval));
        // Listed again after a change.
        assert_eq!(positions.cookie(1, 5), 2);
        assert_eq!(positions.of(2), Ok((5, 2)));
    }
}
