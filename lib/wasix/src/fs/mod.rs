//! What a descriptor of the guest stands for: files, directories, devices and pipes.
//!
//! Two traits cover them all. [`VirtualFile`] is anything that is open; [`Directory`] is what a directory adds:
//! the calls that take a path. The implementations are
//!
//! - [`HostDir`] and [`HostFile`]: a directory of the host and what is below it. Paths are resolved by
//!   `cap-std`, so that none leads out of the directory, whatever `..` and symbolic links it has;
//! - [`MemoryDir`]: a file system in memory, bounded by a limit;
//! - [`ReadOnly`]: another directory, for reading only;
//! - [`OverlayDir`]: a directory that keeps changes to a read-only one in another;
//! - [`HostStdio`]: the standard streams of this process;
//! - [`Pipe`], [`Buffer`] and [`Null`]: memory of this process, for programs that capture or feed the streams.
//!
//! A path is the guest's: relative, in UTF-8, with `/` between components. Data are transferred from and to
//! [`GuestSlices`], so that a host file needs no copy in between. Errors are numbers of the interface.

mod bytes;
mod host;
mod memory;
mod overlay;
mod read_only;
mod readdir;
mod resolve;
mod socket;
mod stdio;
mod sys;
mod volume;

use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::SystemTime;

pub use host::{HostDir, HostFile};
pub use memory::{Buffer, Null, Pipe};
pub use overlay::OverlayDir;
pub use read_only::ReadOnly;
pub use stdio::{HostStdio, StdioStream};
pub(crate) use sys::poll_flags;
pub use volume::MemoryDir;

use crate::memory::GuestSlices;
use crate::types::{Advice, Errno, Fdflags, Filestat, Filetype, Riflags, Sdflags};

/// The result of a call on a file.
pub type FsResult<T> = Result<T, Errno>;

/// Something open: a file, directory, device or pipe.
///
/// Several descriptors and threads may use one at the same time, so all methods take `&self`. The defaults are
/// those of a stream that can neither seek nor be polled: always ready, and with no attributes.
pub trait VirtualFile: fmt::Debug + Send + Sync {
    /// Type of the file. It never changes.
    fn filetype(&self) -> Filetype;

    /// Attributes of the file.
    fn filestat(&self) -> FsResult<Filestat> {
        Ok(Filestat::of_type(self.filetype()))
    }

    /// Reads at the current position and moves it. `Ok(0)` is the end of the file.
    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize>;

    /// Writes at the current position (at the end when [`Fdflags::APPEND`] is set) and moves it.
    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize>;

    /// Reads at a position; the current one stays.
    fn read_at(&self, _bufs: &GuestSlices<'_>, _offset: u64) -> FsResult<usize> {
        Err(Errno::Spipe)
    }

    /// Writes at a position; the current one stays.
    fn write_at(&self, _bufs: &GuestSlices<'_>, _offset: u64) -> FsResult<usize> {
        Err(Errno::Spipe)
    }

    /// Moves the current position and returns it.
    fn seek(&self, _to: SeekTo) -> FsResult<u64> {
        Err(Errno::Spipe)
    }

    /// Sets the size; new bytes are zero.
    fn set_size(&self, _size: u64) -> FsResult<()> {
        Err(Errno::Inval)
    }

    /// Makes sure that there is room for a range, extending the file if it is shorter.
    fn allocate(&self, _offset: u64, _len: u64) -> FsResult<()> {
        Err(Errno::Notsup)
    }

    /// Takes note of how a range (to the end of the file if `len` is 0) is going to be used.
    fn advise(&self, _offset: u64, _len: u64, _advice: Advice) -> FsResult<()> {
        Err(Errno::Spipe)
    }

    /// Stores what was written: the data, or the metadata as well.
    fn sync(&self, _what: SyncKind) -> FsResult<()> {
        Err(Errno::Inval)
    }

    /// Sets the time stamps.
    fn set_times(&self, _times: SetTimes) -> FsResult<()> {
        Err(Errno::Notsup)
    }

    /// Flags of the open file.
    fn flags(&self) -> FsResult<Fdflags> {
        Ok(Fdflags::empty())
    }

    /// Sets [`Fdflags::APPEND`] and [`Fdflags::NONBLOCK`] as in `flags`; no other bit is passed.
    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        if flags == Fdflags::empty() { Ok(()) } else { Err(Errno::Notsup) }
    }

    /// Whether a read or write would do something at once. If not, `waker` is woken when that may have
    /// changed, unless [`poll_fd`](Self::poll_fd) has a descriptor to wait for instead.
    fn poll(&self, _interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        Poll::Ready(Ok(Readiness { nbytes: 1, hangup: false }))
    }

    /// The descriptor of the host to wait for, of files that the host can wait for.
    fn poll_fd(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
        None
    }

    /// This as a socket, if it is one.
    fn as_socket(&self) -> Option<&dyn Socket> {
        None
    }

    /// This as a directory, if it is one.
    fn as_directory(&self) -> Option<&dyn Directory> {
        None
    }
}

/// A directory: calls that take a path relative to it.
///
/// No call reaches a file outside of the directory; a path that tries is [`Errno::Perm`].
pub trait Directory: VirtualFile {
    /// Opens a file or directory.
    fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>>;

    /// Passes the entries that follow the one with cookie `from` (0: all) to `sink`, until it breaks.
    ///
    /// The cookie of an entry is a position: it stays meaningful while the directory is open.
    fn read_dir(
        &self,
        from: u64,
        sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
    ) -> FsResult<()>;

    /// Attributes of a file; `follow` a symbolic link in the last component.
    fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat>;

    /// Sets the time stamps of a file.
    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> FsResult<()>;

    /// Makes a directory.
    fn create_dir(&self, path: &str) -> FsResult<()>;

    /// Removes an empty directory.
    fn remove_dir(&self, path: &str) -> FsResult<()>;

    /// Removes a file or symbolic link.
    fn unlink(&self, path: &str) -> FsResult<()>;

    /// Makes a hard link `to_path` in `to` to the file `path`; [`Errno::Xdev`] if `to` is of another kind.
    fn link(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()>;

    /// Renames `path` to `to_path` in `to`; [`Errno::Xdev`] if `to` is of another kind.
    fn rename(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()>;

    /// Makes a symbolic link `path` with `contents`, which must be relative.
    fn symlink(&self, contents: &str, path: &str) -> FsResult<()>;

    /// Contents of a symbolic link.
    fn read_link(&self, path: &str) -> FsResult<Vec<u8>>;

    /// This as what it is, to recognise directories of the same kind.
    fn as_any(&self) -> &dyn Any;
}

/// A socket: what it adds to reading ([`VirtualFile::read`]) and writing.
pub trait Socket {
    /// Waits for a connection and accepts it. `flags` are those of the new file; only [`Fdflags::NONBLOCK`] is passed.
    fn accept(&self, flags: Fdflags) -> FsResult<Arc<dyn VirtualFile>>;

    /// Receives data.
    fn receive(&self, bufs: &GuestSlices<'_>, flags: Riflags) -> FsResult<Received>;

    /// Closes one direction, or both.
    fn shutdown(&self, how: Sdflags) -> FsResult<()>;
}

/// What was received from a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Number of bytes.
    pub len: usize,
    /// A message was longer than the buffers; the rest of it is lost.
    pub truncated: bool,
}

/// Where to seek to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekTo {
    /// Bytes from the start.
    Start(u64),
    /// Bytes from the current position.
    Current(i64),
    /// Bytes from the end.
    End(i64),
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Follow a symbolic link in the last component.
    pub follow: bool,
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
    /// Create the file if it does not exist.
    pub create: bool,
    /// Fail if the file exists.
    pub exclusive: bool,
    /// Fail if it is not a directory.
    pub directory: bool,
    /// Truncate the file.
    pub truncate: bool,
    /// Flags of the open file.
    pub flags: Fdflags,
}

/// What to store in [`VirtualFile::sync`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncKind {
    /// The data, and what is needed to read them back.
    Data,
    /// The data and all metadata.
    All,
}

/// Time stamps to set; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetTimes {
    /// Last access.
    pub accessed: Option<SetTime>,
    /// Last modification.
    pub modified: Option<SetTime>,
}

/// A time stamp to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// The time of the call.
    Now,
    /// A point in time.
    At(SystemTime),
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Data to read, or the end of the file.
    Read,
    /// Room to write.
    Write,
}

/// What a ready file can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Bytes that can be read or written at once, as far as known; at least 1 unless at the end.
    pub nbytes: u64,
    /// The other end has closed, or the file is at its end.
    pub hangup: bool,
}

/// An entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirEntry<'a> {
    /// Name of the file, as the host has it.
    pub name: &'a [u8],
    /// Number of the file.
    pub ino: u64,
    /// Type of the file.
    pub filetype: Filetype,
    /// Cookie to go on after this entry.
    pub next: u64,
}
