//! The standard streams of this process.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Poll, Waker};

use super::{FsResult, HostFile, Interest, Readiness, SeekTo, VirtualFile, sys};
use crate::memory::GuestSlices;
use crate::types::{Errno, Fdflags, Filestat, Filetype};

/// Which standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdioStream {
    /// Standard input, descriptor 0.
    Stdin,
    /// Standard output, descriptor 1.
    Stdout,
    /// Standard error, descriptor 2.
    Stderr,
}

/// A standard stream of this process, as the guest's.
///
/// Data go to the system at once and unbuffered. The flags of the stream are shared with whatever else uses
/// it, the shell that started this process included, so [`Fdflags::NONBLOCK`] is not set there but acted out.
#[derive(Debug)]
pub struct HostStdio {
    fd: BorrowedFd<'static>,
    filetype: Filetype,
    nonblock: AtomicBool,
}

impl HostStdio {
    /// One of the streams.
    pub fn new(stream: StdioStream) -> Self {
        // Rust opens /dev/null for streams that are closed when the process starts.
        let fd = match stream {
            StdioStream::Stdin => rustix::stdio::stdin(),
            StdioStream::Stdout => rustix::stdio::stdout(),
            StdioStream::Stderr => rustix::stdio::stderr(),
        };
        let filetype = sys::filestat(fd).map_or(Filetype::Unknown, |stat| stat.filetype);
        Self { fd, filetype, nonblock: AtomicBool::new(false) }
    }

    /// An own descriptor for a stream: a file that can be closed and seeks if the stream can.
    ///
    /// # Errors
    ///
    /// When the stream cannot be duplicated.
    pub fn duplicate(stream: StdioStream) -> std::io::Result<HostFile> {
        HostFile::new(Self::new(stream).fd.try_clone_to_owned()?)
    }

    /// [`Errno::Again`] if the call is not to wait but would.
    fn check_ready(&self, interest: Interest) -> FsResult<()> {
        if !self.nonblock.load(Relaxed) {
            return Ok(());
        }
        match sys::poll_now(self.fd, interest) {
            Poll::Ready(result) => result.map(|_| ()),
            Poll::Pending => Err(Errno::Again),
        }
    }
}

impl VirtualFile for HostStdio {
    fn filetype(&self) -> Filetype {
        self.filetype
    }

    fn filestat(&self) -> FsResult<Filestat> {
        sys::filestat(self.fd)
    }

    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        self.check_ready(Interest::Read)?;
        sys::read(self.fd, bufs)
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        self.check_ready(Interest::Write)?;
        sys::write(self.fd, bufs)
    }

    fn read_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        sys::read_at(self.fd, bufs, offset)
    }

    fn write_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        sys::write_at(self.fd, bufs, offset)
    }

    fn seek(&self, to: SeekTo) -> FsResult<u64> {
        let to = match to {
            SeekTo::Start(offset) if offset > i64::MAX as u64 => return Err(Errno::Inval),
            SeekTo::Start(offset) => rustix::fs::SeekFrom::Start(offset),
            SeekTo::Current(offset) => rustix::fs::SeekFrom::Current(offset),
            SeekTo::End(offset) => rustix::fs::SeekFrom::End(offset),
        };
        Ok(rustix::fs::seek(self.fd, to)?)
    }

    fn flags(&self) -> FsResult<Fdflags> {
        let append = sys::flags(self.fd)?.intersection(Fdflags::APPEND);
        let nonblock =
            if self.nonblock.load(Relaxed) { Fdflags::NONBLOCK } else { Fdflags::empty() };
        Ok(append | nonblock)
    }

    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        if flags.contains(Fdflags::APPEND) != self.flags()?.contains(Fdflags::APPEND) {
            return Err(Errno::Notsup);
        }
        self.nonblock.store(flags.contains(Fdflags::NONBLOCK), Relaxed);
        Ok(())
    }

    fn poll(&self, interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        sys::poll_now(self.fd.as_fd(), interest)
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.fd)
    }
}
