//! Directories and files of the host.
//!
//! Path resolution is that of `cap-std` (`openat2` with `RESOLVE_BENEATH` where the kernel has it): no path
//! leaves the directory, also while others rename what it leads through. Once open, a file is a plain
//! descriptor, and data go straight between the kernel and the guest. The position of a file is the kernel's,
//! so reading and writing are one system call each.

use std::any::Any;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use cap_fs_ext::{
    DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt, SystemTimeSpec,
};
use cap_std::fs::{Dir, MetadataExt, OpenOptionsExt};
use cap_std::time::SystemTime;
use rustix::fs::{FallocateFlags, FileType};

use super::resolve::without_slashes;
use super::{
    DirEntry, Directory, FsResult, Interest, OpenOptions, Readiness, SeekTo, SetTime, SetTimes,
    Socket, SyncKind, VirtualFile, readdir, socket, sys,
};
use crate::memory::GuestSlices;
use crate::types::{Advice, Errno, Fdflags, Filestat, Filetype};

/// An open file of the host that is not a directory.
#[derive(Debug)]
pub struct HostFile {
    fd: OwnedFd,
    filetype: Filetype,
}

impl HostFile {
    /// Takes over an open file.
    ///
    /// # Errors
    ///
    /// When its type cannot be found out, or it is a directory.
    pub fn new(file: impl Into<OwnedFd>) -> io::Result<Self> {
        let fd = file.into();
        let stat = rustix::fs::fstat(&fd)?;
        let filetype = match sys::filetype(FileType::from_raw_mode(stat.st_mode)) {
            Filetype::Directory => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Filetype::SocketStream => socket::filetype(fd.as_fd()),
            other => other,
        };
        Ok(Self { fd, filetype })
    }

    /// The descriptor of the host.
    pub(super) fn host_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl VirtualFile for HostFile {
    fn filetype(&self) -> Filetype {
        self.filetype
    }

    fn filestat(&self) -> FsResult<Filestat> {
        sys::filestat(&self.fd)
    }

    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        sys::read(self.fd.as_fd(), bufs)
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        sys::write(self.fd.as_fd(), bufs)
    }

    fn read_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        sys::read_at(self.fd.as_fd(), bufs, offset)
    }

    fn write_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        sys::write_at(self.fd.as_fd(), bufs, offset)
    }

    fn seek(&self, to: SeekTo) -> FsResult<u64> {
        let to = match to {
            SeekTo::Start(offset) if offset > i64::MAX as u64 => return Err(Errno::Inval),
            SeekTo::Start(offset) => rustix::fs::SeekFrom::Start(offset),
            SeekTo::Current(offset) => rustix::fs::SeekFrom::Current(offset),
            SeekTo::End(offset) => rustix::fs::SeekFrom::End(offset),
        };
        Ok(rustix::fs::seek(&self.fd, to)?)
    }

    fn set_size(&self, size: u64) -> FsResult<()> {
        if size > i64::MAX as u64 {
            return Err(Errno::Fbig);
        }
        Ok(rustix::fs::ftruncate(&self.fd, size)?)
    }

    fn allocate(&self, offset: u64, len: u64) -> FsResult<()> {
        match offset.checked_add(len) {
            Some(end) if end <= i64::MAX as u64 => {}
            _ => return Err(Errno::Fbig),
        }
        Ok(rustix::fs::fallocate(&self.fd, FallocateFlags::empty(), offset, len)?)
    }

    fn advise(&self, offset: u64, len: u64, advice: Advice) -> FsResult<()> {
        if offset > i64::MAX as u64 || len > i64::MAX as u64 {
            return Err(Errno::Inval);
        }
        let advice = match advice {
            Advice::Normal => rustix::fs::Advice::Normal,
            Advice::Sequential => rustix::fs::Advice::Sequential,
            Advice::Random => rustix::fs::Advice::Random,
            Advice::Willneed => rustix::fs::Advice::WillNeed,
            Advice::Dontneed => rustix::fs::Advice::DontNeed,
            Advice::Noreuse => rustix::fs::Advice::NoReuse,
        };
        Ok(rustix::fs::fadvise(&self.fd, offset, std::num::NonZeroU64::new(len), advice)?)
    }

    fn sync(&self, what: SyncKind) -> FsResult<()> {
        match what {
            SyncKind::Data => rustix::fs::fdatasync(&self.fd)?,
            SyncKind::All => rustix::fs::fsync(&self.fd)?,
        }
        Ok(())
    }

    fn set_times(&self, times: SetTimes) -> FsResult<()> {
        sys::set_times(self.fd.as_fd(), times)
    }

    fn flags(&self) -> FsResult<Fdflags> {
        sys::flags(self.fd.as_fd())
    }

    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        sys::set_flags(self.fd.as_fd(), flags)
    }

    fn poll(&self, interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        if self.filetype != Filetype::RegularFile {
            return sys::poll_now(self.fd.as_fd(), interest);
        }
        Poll::Ready(match interest {
            Interest::Write => Ok(Readiness { nbytes: 1, hangup: false }),
            Interest::Read => self.filestat().and_then(|stat| {
                let nbytes = stat.size.saturating_sub(self.seek(SeekTo::Current(0))?);
                Ok(Readiness { nbytes, hangup: nbytes == 0 })
            }),
        })
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        (self.filetype != Filetype::RegularFile).then(|| self.fd.as_fd())
    }

    fn as_socket(&self) -> Option<&dyn Socket> {
        matches!(self.filetype, Filetype::SocketStream | Filetype::SocketDgram).then_some(self)
    }
}

/// An open directory of the host, and the boundary for all paths relative to it.
#[derive(Debug)]
pub struct HostDir {
    dir: Dir,
    /// Locked while the position of the directory's descriptor is in use.
    listing: Mutex<readdir::Positions>,
}

impl HostDir {
    /// Opens a directory by its path on the host.
    ///
    /// # Errors
    ///
    /// Those of opening it for reading; one of kind `NotADirectory` if it is not a directory.
    pub fn open_ambient(path: impl AsRef<Path>) -> io::Result<Self> {
        // With O_DIRECTORY, opening never waits for the other end of a pipe.
        let file = File::options().read(true).custom_flags(libc::O_DIRECTORY).open(path)?;
        Ok(Self::new(file))
    }

    /// Takes over an open directory.
    pub fn new(directory: File) -> Self {
        Self { dir: Dir::from_std_file(directory), listing: Mutex::default() }
    }

    /// Opens a directory below this one.
    ///
    /// # Errors
    ///
    /// [`Errno::Notdir`], [`Errno::Perm`] when the path leads out of this directory, and those of opening it for reading.
    pub fn open_dir(&self, path: &str) -> FsResult<Self> {
        let options =
            OpenOptions { read: true, follow: true, directory: true, ..OpenOptions::default() };
        Ok(Self::new(self.open_file(path, &options)?))
    }

    /// Another directory, if it is one of the host.
    fn same_kind(other: &dyn Directory) -> FsResult<&Self> {
        other.as_any().downcast_ref().ok_or(Errno::Xdev)
    }

    /// Opens a file with exactly these options.
    fn open_file(&self, path: &str, options: &OpenOptions) -> FsResult<File> {
        let mut host = cap_std::fs::OpenOptions::new();
        // Creating and truncating need a descriptor that can write, whatever the guest may do with it.
        host.write(options.write || options.create || options.truncate);
        host.read(options.read || !options.write);
        host.create(options.create && !options.exclusive);
        host.create_new(options.create && options.exclusive);
        host.truncate(options.truncate);
        host.follow(if options.follow { FollowSymlinks::Yes } else { FollowSymlinks::No });
        host.sync(options.flags.contains(Fdflags::SYNC));
        host.dsync(options.flags.contains(Fdflags::DSYNC));
        host.rsync(options.flags.contains(Fdflags::RSYNC));
        host.nonblock(options.flags.contains(Fdflags::NONBLOCK));
        let mut flags = libc::O_NOCTTY;
        if options.flags.contains(Fdflags::APPEND) {
            flags |= libc::O_APPEND;
        }
        if options.directory {
            flags |= libc::O_DIRECTORY;
        }
        host.custom_flags(flags);
        Ok(self.dir.open_with(path, &host)?.into_std())
    }
}

impl VirtualFile for HostDir {
    fn filetype(&self) -> Filetype {
        Filetype::Directory
    }

    fn filestat(&self) -> FsResult<Filestat> {
        sys::filestat(&self.dir)
    }

    fn read(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn write(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn sync(&self, what: SyncKind) -> FsResult<()> {
        match what {
            SyncKind::Data => rustix::fs::fdatasync(&self.dir)?,
            SyncKind::All => rustix::fs::fsync(&self.dir)?,
        }
        Ok(())
    }

    fn set_times(&self, times: SetTimes) -> FsResult<()> {
        sys::set_times(self.dir.as_fd(), times)
    }

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

impl Directory for HostDir {
    fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>> {
        let creates_only =
            options.create && !(options.exclusive || options.truncate || options.write);
        // What is created has no slash behind its name, so there is nothing to be found first.
        let creates_only = creates_only && !path.ends_with('/');
        let file = if creates_only {
            // An existing file need not be writable.
            match self.open_file(path, &OpenOptions { create: false, ..*options }) {
                Err(Errno::Noent) => self.open_file(path, options)?,
                result => result?,
            }
        } else {
            self.open_file(path, options)?
        };
        let filetype = sys::filestat(&file)?.filetype;
        Ok(match filetype {
            // As if it had been opened to be created.
            Filetype::Directory if options.create => return Err(Errno::Isdir),
            Filetype::Directory => Arc::new(HostDir::new(file)),
            filetype => Arc::new(HostFile { fd: file.into(), filetype }),
        })
    }

    fn read_dir(
        &self,
        from: u64,
        sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
    ) -> FsResult<()> {
        let mut positions = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
        readdir::read_dir(self.dir.as_fd(), &mut positions, from, sink)
    }

    fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat> {
        // A slash at the end asks for the directory that a link leads to.
        let directory = path.ends_with('/') || path.ends_with("/.");
        let follow = follow || directory;
        // A name in this directory is seldom a link, and to find that out is a single system call.
        let metadata = if !follow || !path.contains('/') {
            Some(self.dir.symlink_metadata(path)?)
        } else {
            None
        };
        let metadata = match metadata {
            Some(metadata) if !(follow && metadata.is_symlink()) => metadata,
            _ => self.dir.metadata(path)?,
        };
        if directory && !metadata.is_dir() {
            return Err(Errno::Notdir);
        }
        Ok(Filestat {
            dev: metadata.dev(),
            ino: metadata.ino(),
            filetype: sys::filetype(FileType::from_raw_mode(metadata.mode())),
            nlink: metadata.nlink(),
            size: metadata.size(),
            atim: sys::timestamp(metadata.atime(), metadata.atime_nsec()),
            mtim: sys::timestamp(metadata.mtime(), metadata.mtime_nsec()),
            ctim: sys::timestamp(metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> FsResult<()> {
        let spec = |time| match time {
            SetTime::Now => SystemTimeSpec::SymbolicNow,
            SetTime::At(at) => SystemTimeSpec::Absolute(SystemTime::from_std(at)),
        };
        let (accessed, modified) = (times.accessed.map(spec), times.modified.map(spec));
        if follow {
            self.dir.set_times(path, accessed, modified)?;
        } else {
            self.dir.set_symlink_times(path, accessed, modified)?;
        }
        Ok(())
    }

    fn create_dir(&self, path: &str) -> FsResult<()> {
        Ok(self.dir.create_dir(path)?)
    }

    fn remove_dir(&self, path: &str) -> FsResult<()> {
        Ok(self.dir.remove_dir(without_slashes(path))?)
    }

    fn unlink(&self, path: &str) -> FsResult<()> {
        // With a slash it can only be a directory, whatever a link leads to; `cap-std` would look there.
        if path.ends_with('/') {
            let found = self.stat_at(without_slashes(path), false)?;
            let directory = found.filetype == Filetype::Directory;
            return Err(if directory { Errno::Isdir } else { Errno::Notdir });
        }
        Ok(self.dir.remove_file(path)?)
    }

    fn link(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        Ok(self.dir.hard_link(path, &Self::same_kind(to)?.dir, to_path)?)
    }

    fn rename(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        // Only a directory may be given or get a name with a slash at the end; `cap-std` drops the slash.
        if path.ends_with('/') || to_path.ends_with('/') {
            let found = self.stat_at(without_slashes(path), false)?;
            if found.filetype != Filetype::Directory {
                return Err(Errno::Notdir);
            }
        }
        Ok(self.dir.rename(path, &Self::same_kind(to)?.dir, to_path)?)
    }

    fn symlink(&self, contents: &str, path: &str) -> FsResult<()> {
        // A link to nothing is what POSIX calls ENOENT; the check of an absolute target is `cap-std`'s.
        if contents.is_empty() {
            return Err(Errno::Noent);
        }
        Ok(DirExt::symlink(&self.dir, contents, path)?)
    }

    fn read_link(&self, path: &str) -> FsResult<Vec<u8>> {
        Ok(self.dir.read_link(path)?.into_os_string().into_vec())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
