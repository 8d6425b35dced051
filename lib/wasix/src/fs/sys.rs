//! The system calls that transfer data between the kernel and guest memory, and polling.
//!
//! They are made through `libc`, since safe wrappers take Rust slices, which guest memory never is: its
//! ranges may overlap, and other threads may write to them. The kernel does not mind either.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::task::Poll;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, OFlags, Stat};

use super::{FsResult, Interest, Readiness, SetTime, SetTimes};
use crate::memory::GuestSlices;
use crate::types::{Errno, Fdflags, Filestat, Filetype};

/// The result of a system call: a count, or -1 with `errno` set.
pub(super) fn count(result: isize) -> FsResult<usize> {
    usize::try_from(result).map_err(|_| Errno::from(std::io::Error::last_os_error()))
}

/// A position as the system calls take it.
fn file_offset(offset: u64) -> FsResult<libc::off_t> {
    libc::off_t::try_from(offset).map_err(|_| Errno::Inval)
}

/// The number of ranges as the system calls take it; `GuestSlices` bounds it to `IOV_MAX`.
pub(super) fn vec_count(vecs: &[libc::iovec]) -> libc::c_int {
    libc::c_int::try_from(vecs.len()).unwrap_or(libc::c_int::MAX)
}

/// Reads at the position of the descriptor.
pub(super) fn read(fd: BorrowedFd<'_>, bufs: &GuestSlices<'_>) -> FsResult<usize> {
    let fd = fd.as_raw_fd();
    // SAFETY: the descriptor is open for the call, and `GuestSlices` holds ranges that are valid for writes
    // by others than Rust code for as long as it lives.
    count(unsafe {
        match bufs.as_iovecs() {
            [one] => libc::read(fd, one.iov_base, one.iov_len),
            vecs => libc::readv(fd, vecs.as_ptr(), vec_count(vecs)),
        }
    })
}

/// Writes at the position of the descriptor.
pub(super) fn write(fd: BorrowedFd<'_>, bufs: &GuestSlices<'_>) -> FsResult<usize> {
    let fd = fd.as_raw_fd();
    // SAFETY: as in `read`; the kernel only reads the ranges.
    count(unsafe {
        match bufs.as_iovecs() {
            [one] => libc::write(fd, one.iov_base, one.iov_len),
            vecs => libc::writev(fd, vecs.as_ptr(), vec_count(vecs)),
        }
    })
}

/// Reads at a position of the file.
pub(super) fn read_at(fd: BorrowedFd<'_>, bufs: &GuestSlices<'_>, at: u64) -> FsResult<usize> {
    let (fd, at) = (fd.as_raw_fd(), file_offset(at)?);
    // SAFETY: as in `read`.
    count(unsafe {
        match bufs.as_iovecs() {
            [one] => libc::pread(fd, one.iov_base, one.iov_len, at),
            vecs => libc::preadv(fd, vecs.as_ptr(), vec_count(vecs), at),
        }
    })
}

/// Writes at a position of the file.
pub(super) fn write_at(fd: BorrowedFd<'_>, bufs: &GuestSlices<'_>, at: u64) -> FsResult<usize> {
    let (fd, at) = (fd.as_raw_fd(), file_offset(at)?);
    // SAFETY: as in `write`.
    count(unsafe {
        match bufs.as_iovecs() {
            [one] => libc::pwrite(fd, one.iov_base, one.iov_len, at),
            vecs => libc::pwritev(fd, vecs.as_ptr(), vec_count(vecs), at),
        }
    })
}

/// Whether a descriptor can be read or written now.
pub(super) fn poll_now(fd: BorrowedFd<'_>, interest: Interest) -> Poll<FsResult<Readiness>> {
    let wanted = poll_flags(interest);
    let mut fds = [PollFd::from_borrowed_fd(fd, wanted)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match rustix::event::poll(&mut fds, Some(&now)) {
        Err(error) => return Poll::Ready(Err(error.into())),
        Ok(0) => return Poll::Pending,
        Ok(_) => {}
    }
    let found = fds[0].revents();
    if found.contains(PollFlags::NVAL) {
        return Poll::Ready(Err(Errno::Badf));
    }
    let hangup = found.intersects(PollFlags::HUP | PollFlags::ERR);
    let nbytes = match interest {
        Interest::Read => rustix::io::ioctl_fionread(fd).unwrap_or(0),
        Interest::Write => 1,
    };
    let nbytes = if hangup { nbytes } else { nbytes.max(1) };
    Poll::Ready(Ok(Readiness { nbytes, hangup }))
}

/// What `poll` is asked for.
pub(crate) fn poll_flags(interest: Interest) -> PollFlags {
    match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    }
}

/// Flags of the open file.
pub(super) fn flags(fd: BorrowedFd<'_>) -> FsResult<Fdflags> {
    let host = rustix::fs::fcntl_getfl(fd)?;
    let mut flags = Fdflags::empty();
    for (host_flag, flag) in [
        (OFlags::APPEND, Fdflags::APPEND),
        (OFlags::DSYNC, Fdflags::DSYNC),
        (OFlags::NONBLOCK, Fdflags::NONBLOCK),
        (OFlags::SYNC, Fdflags::SYNC | Fdflags::RSYNC),
    ] {
        if host.contains(host_flag) {
            flags = flags | flag;
        }
    }
    Ok(flags)
}

/// Sets the flags that can change while the file is open.
pub(super) fn set_flags(fd: BorrowedFd<'_>, flags: Fdflags) -> FsResult<()> {
    let mut host = rustix::fs::fcntl_getfl(fd)?;
    host.set(OFlags::APPEND, flags.contains(Fdflags::APPEND));
    host.set(OFlags::NONBLOCK, flags.contains(Fdflags::NONBLOCK));
    Ok(rustix::fs::fcntl_setfl(fd, host)?)
}

/// Attributes of an open file.
pub(super) fn filestat(fd: impl AsFd) -> FsResult<Filestat> {
    Ok(filestat_of(&rustix::fs::fstat(fd)?))
}

/// Attributes as the guest has them.
fn filestat_of(stat: &Stat) -> Filestat {
    Filestat {
        dev: stat.st_dev,
        ino: stat.st_ino,
        filetype: filetype(FileType::from_raw_mode(stat.st_mode)),
        #[allow(clippy::useless_conversion, reason = "the width of the field depends on the host")]
        nlink: stat.st_nlink.into(),
        size: u64::try_from(stat.st_size).unwrap_or(0),
        atim: timestamp(stat.st_atime, stat.st_atime_nsec),
        mtim: timestamp(stat.st_mtime, stat.st_mtime_nsec),
        ctim: timestamp(stat.st_ctime, stat.st_ctime_nsec),
    }
}

/// Nanoseconds since 1970, saturated to what the guest can express.
pub(super) fn timestamp(seconds: i64, nanos: impl TryInto<u64>) -> u64 {
    match u64::try_from(seconds) {
        Ok(seconds) => {
            seconds.saturating_mul(1_000_000_000).saturating_add(nanos.try_into().unwrap_or(0))
        }
        Err(_) => 0,
    }
}

/// The type of a file; a pipe has none in the interface.
pub(super) fn filetype(host: FileType) -> Filetype {
    match host {
        FileType::RegularFile => Filetype::RegularFile,
        FileType::Directory => Filetype::Directory,
        FileType::Symlink => Filetype::SymbolicLink,
        FileType::BlockDevice => Filetype::BlockDevice,
        FileType::CharacterDevice => Filetype::CharacterDevice,
        FileType::Socket => Filetype::SocketStream,
        _ => Filetype::Unknown,
    }
}

/// Sets the time stamps of an open file.
pub(super) fn set_times(fd: BorrowedFd<'_>, times: SetTimes) -> FsResult<()> {
    let spec = |time: Option<SetTime>| -> FsResult<Timespec> {
        Ok(match time {
            None => Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT },
            Some(SetTime::Now) => Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW },
            Some(SetTime::At(at)) => {
                let since = at.duration_since(std::time::UNIX_EPOCH).map_err(|_| Errno::Inval)?;
                Timespec {
                    tv_sec: i64::try_from(since.as_secs()).map_err(|_| Errno::Overflow)?,
                    tv_nsec: since.subsec_nanos().into(),
                }
            }
        })
    };
    let times = rustix::fs::Timestamps {
        last_access: spec(times.accessed)?,
        last_modification: spec(times.modified)?,
    };
    Ok(rustix::fs::futimens(fd, &times)?)
}
