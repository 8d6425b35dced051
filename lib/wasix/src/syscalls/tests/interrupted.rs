//! Changes of an overlay that end in the middle, as if the machine had stopped: what the guest had is all there, as it
//! was or as it was to be.

use std::any::Any;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::*;
use crate::fs::{DirEntry, FsResult, OpenOptions, SetTimes};
use crate::memory::GuestSlices;
use crate::types::Filestat;

/// A directory that can be changed some times and then no more.
#[derive(Clone, Debug)]
struct Stopping {
    inner: MemoryDir,
    left: Arc<AtomicUsize>,
}

impl Stopping {
    /// Counts a change; [`Errno::Io`] when there are to be no more.
    fn change(&self) -> FsResult<()> {
        let fewer = |left: usize| left.checked_sub(1);
        self.left.fetch_update(Relaxed, Relaxed, fewer).map(drop).map_err(|_| Errno::Io)
    }

    /// What is inside of another one.
    fn inside(other: &dyn Directory) -> FsResult<&MemoryDir> {
        other.as_any().downcast_ref().map(|other: &Self| &other.inner).ok_or(Errno::Xdev)
    }
}

impl VirtualFile for Stopping {
    fn filetype(&self) -> Filetype {
        Filetype::Directory
    }

    fn read(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn write(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

impl Directory for Stopping {
    fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>> {
        if options.create || options.truncate {
            self.change()?;
        }
        self.inner.open(path, options)
    }

    fn read_dir(
        &self,
        from: u64,
        sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
    ) -> FsResult<()> {
        self.inner.read_dir(from, sink)
    }

    fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat> {
        self.inner.stat_at(path, follow)
    }

    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> FsResult<()> {
        self.change()?;
        self.inner.set_times_at(path, follow, times)
    }

    fn create_dir(&self, path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.create_dir(path)
    }

    fn remove_dir(&self, path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.remove_dir(path)
    }

    fn unlink(&self, path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.unlink(path)
    }

    fn link(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.link(path, Self::inside(to)?, to_path)
    }

    fn rename(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.rename(path, Self::inside(to)?, to_path)
    }

    fn symlink(&self, contents: &str, path: &str) -> FsResult<()> {
        self.change()?;
        self.inner.symlink(contents, path)
    }

    fn read_link(&self, path: &str) -> FsResult<Vec<u8>> {
        self.inner.read_link(path)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A guest on an overlay whose layers both have something, and where some things are marked as gone.
fn overlay() -> (Arc<MemoryDir>, Stopping, Guest) {
    let lower = Arc::new(MemoryDir::new());
    for path in
        ["dir/one", "dir/sub/two", "dir/sub/gone", "dir/sub/deep/three", "other/gone", "file"]
    {
        lower.write_file(path, path.as_bytes()).unwrap();
    }
    lower.symlink("one", "dir/link").unwrap();
    let left = Arc::new(AtomicUsize::new(usize::MAX));
    let upper = Stopping { inner: MemoryDir::new(), left };
    let guest = on(&lower, &upper);
    guest.unlink("dir/sub/gone").unwrap();
    guest.unlink("other/gone").unwrap();
    guest.file("dir/new", "new");
    guest.mkdir("made").unwrap();
    guest.file("made/new", "new");
    (lower, upper, guest)
}

fn on(lower: &Arc<MemoryDir>, upper: &Stopping) -> Guest {
    Guest::with_root(|_| Arc::new(OverlayDir::new(lower.clone(), Arc::new(upper.clone()))))
}

/// The names of all that a guest sees, and the sizes of files.
fn tree(guest: &Guest) -> BTreeSet<String> {
    guest.snapshot().lines().map(str::to_owned).collect()
}

/// Stops a change after each of its steps. `lost` is what need not be there in between.
fn stop_everywhere(change: impl Fn(&Guest) -> Result<(), Errno>, lost: &str) {
    let (_, _, guest) = overlay();
    let before = tree(&guest);
    change(&guest).unwrap();
    let after = tree(&guest);
    assert_ne!(before, after);
    for steps in 0.. {
        let (lower, upper, guest) = overlay();
        upper.left.store(steps, Relaxed);
        let result = change(&guest);
        upper.left.store(usize::MAX, Relaxed);
        let found = tree(&on(&lower, &upper));
        if result.is_ok() {
            assert_eq!(found, after);
            assert!(steps > 1, "a change of one step");
            return;
        }
        assert_eq!(result, Err(Errno::Io));
        let without = |all: &BTreeSet<String>| -> BTreeSet<String> {
            let under = |line: &String| !lost.is_empty() && line.starts_with(lost);
            all.iter().filter(|line| !under(line)).cloned().collect()
        };
        let whole = found == before || found == after || without(&found) == without(&before);
        assert!(whole, "after {steps} steps: {found:#?}");
        // What is left is no obstacle: the change can be made in the end.
        let guest = on(&lower, &upper);
        if found != after {
            change(&guest).unwrap();
            assert_eq!(tree(&guest), after, "again after {steps} steps");
        }
    }
}

#[test]
fn files() {
    stop_everywhere(|guest| guest.rename("file", "dir/one"), "");
    stop_everywhere(|guest| guest.rename("dir/link", "dir/sub/gone"), "");
    stop_everywhere(|guest| guest.link("file", "made/hard"), "");
    stop_everywhere(|guest| guest.symlink("file", "dir/sub/gone"), "");
    let truncate = |guest: &Guest| {
        let fd = guest.open("dir/sub/two", Oflags::TRUNC)?;
        fd::fd_close(&guest.ctx, fd)
    };
    stop_everywhere(truncate, "");
}

#[test]
fn directories() {
    stop_everywhere(|guest| guest.rename("dir", "new"), "");
    stop_everywhere(|guest| guest.rename("dir/sub", "made/sub"), "");
    // An empty directory that is replaced may be gone before the new one is there.
    stop_everywhere(|guest| guest.rename("dir", "other"), "./other");
    stop_everywhere(|guest| guest.rename("made", "other"), "./other");
    stop_everywhere(|guest| guest.rmdir("other"), "");
}
