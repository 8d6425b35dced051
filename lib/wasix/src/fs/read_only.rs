//! A directory that nothing can be changed through.

use std::any::Any;
use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::task::{Poll, Waker};

use super::{
    DirEntry, Directory, FsResult, Interest, OpenOptions, Readiness, SeekTo, SetTimes, SyncKind,
    VirtualFile,
};
use crate::memory::GuestSlices;
use crate::types::{Advice, Errno, Fdflags, Filestat, Filetype};

/// Another directory, for reading: what would change it, or a file below it, is [`Errno::Rofs`].
///
/// It holds whatever rights a descriptor has: files are opened for reading only, and directories opened through it are
/// like it.
#[derive(Clone, Debug)]
pub struct ReadOnly {
    inner: Arc<dyn Directory>,
}

impl ReadOnly {
    /// The directory, for reading.
    pub fn new(directory: Arc<dyn Directory>) -> Self {
        Self { inner: directory }
    }
}

/// An open file or directory that is only read.
#[derive(Debug)]
pub(super) struct ReadOnlyFile(pub(super) Arc<dyn VirtualFile>);

/// The methods of a [`VirtualFile`] that change nothing, passed on, and those that would, refused.
macro_rules! read_only_methods {
    (|$this:ident| $inner:expr) => {
        fn filetype(&self) -> Filetype {
            let $this = self;
            $inner.filetype()
        }

        fn filestat(&self) -> FsResult<Filestat> {
            let $this = self;
            $inner.filestat()
        }

        fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
            let $this = self;
            $inner.read(bufs)
        }

        fn read_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
            let $this = self;
            $inner.read_at(bufs, offset)
        }

        fn seek(&self, to: SeekTo) -> FsResult<u64> {
            let $this = self;
            $inner.seek(to)
        }

        fn advise(&self, offset: u64, len: u64, advice: Advice) -> FsResult<()> {
            let $this = self;
            $inner.advise(offset, len, advice)
        }

        fn flags(&self) -> FsResult<Fdflags> {
            let $this = self;
            $inner.flags()
        }

        fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
            let $this = self;
            $inner.set_flags(flags)
        }

        fn poll(&self, interest: Interest, waker: &Waker) -> Poll<FsResult<Readiness>> {
            let $this = self;
            $inner.poll(interest, waker)
        }

        fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
            let $this = self;
            $inner.poll_fd()
        }

        /// There is nothing to store.
        fn sync(&self, _what: SyncKind) -> FsResult<()> {
            Ok(())
        }

        fn write(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
            Err(Errno::Rofs)
        }

        fn write_at(&self, _bufs: &GuestSlices<'_>, _offset: u64) -> FsResult<usize> {
            Err(Errno::Rofs)
        }

        fn set_size(&self, _size: u64) -> FsResult<()> {
            Err(Errno::Rofs)
        }

        fn allocate(&self, _offset: u64, _len: u64) -> FsResult<()> {
            Err(Errno::Rofs)
        }

        fn set_times(&self, _times: SetTimes) -> FsResult<()> {
            Err(Errno::Rofs)
        }
    };
}

impl VirtualFile for ReadOnlyFile {
    read_only_methods!(|this| this.0);
}

impl VirtualFile for ReadOnly {
    read_only_methods!(|this| this.inner);

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

/// A directory of a read-only one, which others share.
#[derive(Debug)]
struct ReadOnlySubdir(Arc<dyn VirtualFile>);

impl ReadOnlySubdir {
    fn directory(&self) -> FsResult<&dyn Directory> {
        self.0.as_directory().ok_or(Errno::Notdir)
    }
}

impl VirtualFile for ReadOnlySubdir {
    read_only_methods!(|this| this.0);

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

/// Opens below a directory, for reading.
fn open(
    inner: &dyn Directory,
    path: &str,
    options: &OpenOptions,
) -> FsResult<Arc<dyn VirtualFile>> {
    let exclusive = options.create && options.exclusive;
    let reading = OpenOptions {
        read: true,
        write: false,
        create: false,
        exclusive: false,
        truncate: false,
        follow: options.follow && !exclusive,
        ..*options
    };
    // Files that are there are found to be so before it matters that nothing can be changed.
    let found = match inner.open(path, &reading) {
        Err(Errno::Noent) if options.create => return Err(Errno::Rofs),
        Err(Errno::Loop) if exclusive => return Err(Errno::Exist),
        found => found?,
    };
    let directory = found.filetype() == Filetype::Directory;
    if exclusive {
        return Err(Errno::Exist);
    }
    if options.write || options.truncate {
        return Err(if directory { Errno::Isdir } else { Errno::Rofs });
    }
    Ok(if directory { Arc::new(ReadOnlySubdir(found)) } else { Arc::new(ReadOnlyFile(found)) })
}

/// The methods of a [`Directory`], likewise.
macro_rules! read_only_directory {
    (|$this:ident| $inner:expr) => {
        fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>> {
            let $this = self;
            open($inner, path, options)
        }

        fn read_dir(
            &self,
            from: u64,
            sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
        ) -> FsResult<()> {
            let $this = self;
            $inner.read_dir(from, sink)
        }

        fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat> {
            let $this = self;
            $inner.stat_at(path, follow)
        }

        fn read_link(&self, path: &str) -> FsResult<Vec<u8>> {
            let $this = self;
            $inner.read_link(path)
        }

        fn set_times_at(&self, path: &str, follow: bool, _times: SetTimes) -> FsResult<()> {
            let $this = self;
            $inner.stat_at(path, follow)?;
            Err(Errno::Rofs)
        }

        fn create_dir(&self, path: &str) -> FsResult<()> {
            let $this = self;
            refuse_new($inner, path)
        }

        fn remove_dir(&self, path: &str) -> FsResult<()> {
            let $this = self;
            $inner.stat_at(path, false)?;
            Err(Errno::Rofs)
        }

        fn unlink(&self, path: &str) -> FsResult<()> {
            let $this = self;
            $inner.stat_at(path, false)?;
            Err(Errno::Rofs)
        }

        fn link(&self, path: &str, _to: &dyn Directory, _to_path: &str) -> FsResult<()> {
            let $this = self;
            $inner.stat_at(path, false)?;
            Err(Errno::Rofs)
        }

        fn rename(&self, path: &str, _to: &dyn Directory, _to_path: &str) -> FsResult<()> {
            let $this = self;
            $inner.stat_at(path, false)?;
            Err(Errno::Rofs)
        }

        fn symlink(&self, _contents: &str, path: &str) -> FsResult<()> {
            let $this = self;
            refuse_new($inner, path)
        }

        fn as_any(&self) -> &dyn Any {
            self
        }
    };
}

/// The error of making something.
fn refuse_new(inner: &dyn Directory, path: &str) -> FsResult<()> {
    match inner.stat_at(path, false) {
        Ok(_) => Err(Errno::Exist),
        Err(Errno::Noent) => Err(Errno::Rofs),
        Err(other) => Err(other),
    }
}

impl Directory for ReadOnly {
    read_only_directory!(|this| &*this.inner);
}

impl Directory for ReadOnlySubdir {
    read_only_directory!(|this| this.directory()?);
}
