//! A writable directory on top of a read-only one.
//!
//! What the guest reads comes from the upper layer, or from the lower one if the upper has nothing of that name. What
//! it changes goes to the upper layer: a file of the lower layer is copied there when it is first opened for writing.
//! What it removes is marked as gone by an empty file in the upper layer, `.wh.` before the name; a directory that
//! hides what the lower layer has under its name holds `.wh..wh..opq`. These are the marks of OCI image layers, so an
//! upper directory of the host is a layer that other tools know. Names that begin with `.wh.` are [`Errno::Inval`]
//! for the guest.
//!
//! Paths are walked here, name by name, and the layers get paths without links and `..`; they guard their own
//! boundaries besides.

use std::any::Any;
use std::cell::Cell;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::resolve::{
    Entry, Place, Tree, removable_dir, removable_file, renamed, resolve, resolve_entry,
    resolve_to_open, without_slashes,
};
use super::{
    DirEntry, Directory, FsResult, OpenOptions, ReadOnly, SetTime, SetTimes, SyncKind, VirtualFile,
};
use crate::memory::{GuestMemory, GuestSlices};
use crate::types::{Errno, Filestat, Filetype};

/// What marks of the upper layer begin with.
const MARK: &str = ".wh.";
/// The mark of a directory that hides the one below it.
const OPAQUE: &str = ".wh..wh..opq";
/// A file that is being copied up, in the root of the upper layer.
const COPY: &str = ".wh..wh.copy";
/// Entries that listings of an overlay hold together, 64 bytes or so each; more are [`Errno::Nomem`].
const LISTED: usize = 1 << 22;
/// Bytes copied at once.
const CHUNK: usize = 64 << 10;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A directory of an overlay, and the boundary for paths relative to it. Clones are the same directory.
///
/// Before a directory that the lower layer has is renamed, all that it has there is copied to the upper layer, so that
/// renaming it is one step, however much that was; with names that are not UTF-8 it fails ([`Errno::Ilseq`]), and with
/// devices, pipes and sockets ([`Errno::Notsup`]). Whatever step of a change is the last one that reaches the upper
/// layer, what the guest had is still there, under the old name or the new one.
///
/// A file of the lower layer that was opened for reading stays as it is when it is copied up later. A directory that is
/// removed while it is open is [`Errno::Noent`] from then on. The lower layer must not change meanwhile.
#[derive(Clone, Debug)]
pub struct OverlayDir {
    layers: Arc<Layers>,
    open: Arc<OpenDir>,
}

#[derive(Debug)]
struct Layers {
    lower: Arc<dyn Directory>,
    upper: Arc<dyn Directory>,
    /// Held for the time of a call. The directories that are open, whose paths change when one is renamed.
    open: Mutex<Vec<Weak<OpenDir>>>,
    listed: Arc<AtomicUsize>,
}

/// An open directory.
#[derive(Debug)]
struct OpenDir {
    /// Path from the root, without a slash at either end; `None` when the directory is gone.
    path: Mutex<Option<String>>,
    /// The entries, as they were when the listing began at the start. A cookie is a position in it.
    listing: Mutex<Arc<Listing>>,
}

/// The entries of a directory, and what counts them for as long as they are there.
#[derive(Debug, Default)]
struct Listing {
    entries: Vec<Listed>,
    listed: Arc<AtomicUsize>,
}

impl Listing {
    fn new(entries: Vec<Listed>, listed: &Arc<AtomicUsize>) -> FsResult<Self> {
        let listing = Self { entries, listed: listed.clone() };
        let before = listed.fetch_add(listing.entries.len(), Relaxed);
        if before + listing.entries.len() > LISTED { Err(Errno::Nomem) } else { Ok(listing) }
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.listed.fetch_sub(self.entries.len(), Relaxed);
    }
}

/// An entry of a directory.
#[derive(Clone, Debug)]
struct Listed {
    name: Box<[u8]>,
    ino: u64,
    filetype: Filetype,
}

/// A directory on the way of a path, and which layers have it.
#[derive(Clone, Debug)]
struct Dir {
    path: String,
    upper: bool,
    lower: bool,
}

impl Dir {
    const fn root() -> Self {
        Self { path: String::new(), upper: true, lower: true }
    }

    fn join(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// The path as the layers take it.
    fn as_path(&self) -> &str {
        if self.path.is_empty() { "." } else { &self.path }
    }

    fn whiteout(&self, name: &str) -> String {
        self.join(&format!("{MARK}{name}"))
    }
}

/// The attributes of a file that may not exist.
fn stat(layer: &dyn Directory, path: &str) -> FsResult<Option<Filestat>> {
    match layer.stat_at(path, false) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::Noent | Errno::Notdir) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file that may not exist.
fn unlink_if_there(layer: &dyn Directory, path: &str) -> FsResult<()> {
    match layer.unlink(path) {
        Err(Errno::Noent) => Ok(()),
        result => result,
    }
}

/// The time stamps of a file.
fn times(stat: &Filestat) -> SetTimes {
    let at = |nanos| {
        let time: Option<SystemTime> = UNIX_EPOCH.checked_add(Duration::from_nanos(nanos));
        time.map(SetTime::At)
    };
    SetTimes { accessed: at(stat.atim), modified: at(stat.mtim) }
}

/// Options that open a new file for writing.
const NEW: OpenOptions = OpenOptions {
    follow: false,
    read: false,
    write: true,
    create: true,
    exclusive: true,
    directory: false,
    truncate: false,
    flags: crate::types::Fdflags::empty(),
};

impl Tree for Layers {
    type Dir = Dir;

    fn entry(&self, dir: &Dir, name: &str) -> FsResult<Option<Entry<Dir>>> {
        if name.starts_with(MARK) {
            return Err(Errno::Inval);
        }
        let path = dir.join(name);
        let upper = self.in_upper(dir, name)?;
        let lower = match dir.lower && !(dir.upper && self.marked(&dir.whiteout(name))?) {
            true => stat(&*self.lower, &path)?,
            false => None,
        };
        let is_dir =
            |stat: &Option<Filestat>| stat.is_some_and(|stat| stat.filetype == Filetype::Directory);
        let (layer, found) = match (&upper, &lower) {
            (Some(found), _) => (&self.upper, found),
            (None, Some(found)) => (&self.lower, found),
            (None, None) => return Ok(None),
        };
        Ok(Some(match found.filetype {
            Filetype::Directory => {
                let mut below = Dir { path, upper: upper.is_some(), lower: is_dir(&lower) };
                below.lower &= !(below.upper && self.marked(&below.join(OPAQUE))?);
                Entry::Dir(below)
            }
            Filetype::SymbolicLink => Entry::Link(layer.read_link(&path)?),
            _ => Entry::Other,
        }))
    }
}

impl Layers {
    fn in_upper(&self, dir: &Dir, name: &str) -> FsResult<Option<Filestat>> {
        if dir.upper { stat(&*self.upper, &dir.join(name)) } else { Ok(None) }
    }

    /// Whether the lower layer has something of a name, which must be marked as gone when the name is.
    fn shadows(&self, dir: &Dir, name: &str) -> FsResult<bool> {
        Ok(dir.lower && stat(&*self.lower, &dir.join(name))?.is_some())
    }

    fn marked(&self, mark: &str) -> FsResult<bool> {
        Ok(stat(&*self.upper, mark)?.is_some())
    }

    fn mark(&self, mark: &str) -> FsResult<()> {
        match self.upper.open(mark, &NEW) {
            Ok(_) | Err(Errno::Exist) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a directory, and those above it, in the upper layer.
    fn raise_dir(&self, dir: &Dir) -> FsResult<()> {
        if dir.upper {
            return Ok(());
        }
        let ends = dir.path.match_indices('/').map(|(at, _)| at).chain([dir.path.len()]);
        for end in ends {
            match self.upper.create_dir(&dir.path[..end]) {
                Ok(()) | Err(Errno::Exist) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Copies what the lower layer has to the upper one, a file with its contents or without.
    fn raise(&self, dir: &Dir, name: &str, contents: bool) -> FsResult<()> {
        if self.in_upper(dir, name)?.is_some() {
            return Ok(());
        }
        self.raise_dir(dir)?;
        let path = dir.join(name);
        let found = self.lower.stat_at(&path, false)?;
        match found.filetype {
            Filetype::SymbolicLink => {
                let target = self.lower.read_link(&path)?;
                let target = std::str::from_utf8(&target).map_err(|_| Errno::Ilseq)?;
                self.upper.symlink(target, &path)?;
                self.upper.set_times_at(&path, false, times(&found))
            }
            Filetype::RegularFile => {
                unlink_if_there(&*self.upper, COPY)?;
                let copied = self
                    .copy(&path, contents, times(&found))
                    .and_then(|()| self.upper.rename(COPY, &*self.upper, &path));
                if copied.is_err() {
                    unlink_if_there(&*self.upper, COPY)?;
                }
                copied
            }
            _ => Err(Errno::Notsup),
        }
    }

    /// Copies all that the lower layer has in a directory to the upper one. What the guest sees stays the same at
    /// each step, so it does no harm to stop at any of them.
    fn raise_tree(&self, top: &Dir) -> FsResult<()> {
        let mut made = Vec::new();
        let mut pending = vec![top.clone()];
        while let Some(mut dir) = pending.pop() {
            if !dir.lower {
                continue;
            }
            if !dir.upper {
                made.push((dir.path.clone(), times(&self.lower.stat_at(&dir.path, false)?)));
                self.raise_dir(&dir)?;
                dir.upper = true;
            }
            for entry in self.list(&dir)? {
                let name = std::str::from_utf8(&entry.name).map_err(|_| Errno::Ilseq)?;
                if matches!(name, "." | "..") {
                    continue;
                }
                match self.entry(&dir, name)? {
                    Some(Entry::Dir(below)) => pending.push(below),
                    Some(_) => self.raise(&dir, name, true)?,
                    None => {}
                }
            }
        }
        for (path, times) in made {
            self.upper.set_times_at(&path, false, times)?;
        }
        Ok(())
    }

    fn copy(&self, path: &str, contents: bool, times: SetTimes) -> FsResult<()> {
        let to = self.upper.open(COPY, &NEW)?;
        if contents {
            let reading = OpenOptions { read: true, ..OpenOptions::default() };
            let from = self.lower.open(path, &reading)?;
            let buffer = vec![Cell::new(0); CHUNK];
            let memory = GuestMemory::from_cells(&buffer);
            loop {
                let len = from.read(&memory.slice(0, CHUNK as u32)?)? as u32;
                if len == 0 {
                    break;
                }
                let mut done = 0;
                while done < len {
                    match to.write(&memory.slice(done.into(), len - done)?)? {
                        0 => return Err(Errno::Io),
                        more => done += more as u32,
                    }
                }
            }
        }
        to.set_times(times)
    }

    /// The entries of a directory, those of the upper layer first.
    fn list(&self, dir: &Dir) -> FsResult<Vec<Listed>> {
        let mut found = Vec::new();
        let mut hidden = HashSet::<Box<[u8]>>::new();
        for (layer, here) in [(&self.upper, dir.upper), (&self.lower, dir.lower)] {
            if !here {
                continue;
            }
            let opened = open_dir(&**layer, dir.as_path())?;
            let directory = opened.as_directory().ok_or(Errno::Notdir)?;
            let mut names = Vec::new();
            // A mark hides what is below, not what is beside it.
            let mut marks = Vec::new();
            directory.read_dir(0, &mut |entry| {
                if let Some(name) = entry.name.strip_prefix(MARK.as_bytes()) {
                    marks.push(name.into());
                } else if !hidden.contains(entry.name) {
                    let (ino, filetype) = (entry.ino, entry.filetype);
                    names.push(Listed { name: entry.name.into(), ino, filetype });
                }
                ControlFlow::Continue(())
            })?;
            hidden.extend(marks.into_iter().chain(names.iter().map(|entry| entry.name.clone())));
            found.append(&mut names);
        }
        Ok(found)
    }

    fn is_empty(&self, dir: &Dir) -> FsResult<bool> {
        let dots = |entry: &Listed| matches!(&*entry.name, b"." | b"..");
        Ok(self.list(dir)?.iter().all(dots))
    }

    /// Removes a directory without entries from the upper layer, with its marks.
    fn drop_upper(&self, dir: &Dir) -> FsResult<()> {
        if !dir.upper {
            return Ok(());
        }
        let mut marks = Vec::new();
        let opened = open_dir(&*self.upper, dir.as_path())?;
        opened.as_directory().ok_or(Errno::Notdir)?.read_dir(0, &mut |entry| {
            if entry.name.starts_with(MARK.as_bytes()) {
                marks.push(String::from_utf8_lossy(entry.name).into_owned());
            }
            ControlFlow::Continue(())
        })?;
        for mark in marks {
            self.upper.unlink(&dir.join(&mark))?;
        }
        self.upper.remove_dir(&dir.path)
    }

    /// Tells open directories that one has moved, or is gone.
    fn moved(open: &[Weak<OpenDir>], from: &str, to: Option<&str>) {
        for dir in open.iter().filter_map(Weak::upgrade) {
            let mut path = lock(&dir.path);
            let rest = path.as_deref().and_then(|path| path.strip_prefix(from));
            let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
            if let Some(rest) = rest {
                *path = to.map(|to| format!("{to}{rest}"));
            }
        }
    }

    /// The options that open what is there already.
    fn reopen(options: &OpenOptions) -> OpenOptions {
        OpenOptions { follow: false, create: false, exclusive: false, ..*options }
    }
}

/// Whether a path is that of a directory, or of something in it.
fn is_inside(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn open_dir(layer: &dyn Directory, path: &str) -> FsResult<Arc<dyn VirtualFile>> {
    layer.open(path, &OpenOptions { read: true, directory: true, ..OpenOptions::default() })
}

/// A call on an overlay: the lock, and the directory that it begins at.
struct Call<'a> {
    layers: &'a Layers,
    open: MutexGuard<'a, Vec<Weak<OpenDir>>>,
}

impl Call<'_> {
    /// The directory behind a descriptor.
    fn base(&self, open: &OpenDir) -> FsResult<Dir> {
        let path = lock(&open.path).clone().ok_or(Errno::Noent)?;
        let mut dir = Dir::root();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            match self.layers.entry(&dir, name)? {
                Some(Entry::Dir(below)) => dir = below,
                _ => return Err(Errno::Noent),
            }
        }
        Ok(dir)
    }

    fn place(&self, open: &OpenDir, path: &str, follow: bool) -> FsResult<Place<Dir>> {
        resolve(self.layers, &self.base(open)?, path, follow)
    }

    fn entry(&self, open: &OpenDir, path: &str) -> FsResult<Place<Dir>> {
        resolve_entry(self.layers, &self.base(open)?, path)
    }

    /// Takes back the mark that a name is gone, now that there is something again.
    fn appeared(&self, dir: &Dir, name: &str) -> FsResult<()> {
        unlink_if_there(&*self.layers.upper, &dir.whiteout(name))
    }

    /// Marks a name as gone, if there is anything to hide.
    fn hide(&self, dir: &Dir, name: &str) -> FsResult<()> {
        if !self.layers.shadows(dir, name)? {
            return Ok(());
        }
        self.layers.raise_dir(dir)?;
        self.layers.mark(&dir.whiteout(name))
    }

    /// The layer that has what a place names, and the path in it.
    fn locate(&self, place: &Place<Dir>) -> FsResult<(&dyn Directory, String)> {
        let layers = self.layers;
        let (upper, path) = match (place.found()?, &place.name) {
            (Entry::Dir(dir), _) => (dir.upper, dir.as_path().to_owned()),
            (_, Some(name)) => (layers.in_upper(&place.dir, name)?.is_some(), place.dir.join(name)),
            (_, None) => return Err(Errno::Noent),
        };
        Ok((if upper { &*layers.upper } else { &*layers.lower }, path))
    }

    /// Moves what a place names to the upper layer; the path there.
    fn raised(&self, place: &Place<Dir>) -> FsResult<String> {
        match (place.found()?, &place.name) {
            (Entry::Dir(dir), _) => {
                self.layers.raise_dir(dir)?;
                Ok(dir.as_path().to_owned())
            }
            (_, Some(name)) => {
                self.layers.raise(&place.dir, name, true)?;
                Ok(place.dir.join(name))
            }
            (_, None) => Err(Errno::Noent),
        }
    }

    /// Opens a file that is not a directory.
    fn open_file(
        &self,
        place: &Place<Dir>,
        options: &OpenOptions,
    ) -> FsResult<Arc<dyn VirtualFile>> {
        let layers = self.layers;
        let Some(name) = &place.name else { return Err(Errno::Isdir) };
        let (dir, path) = (&place.dir, place.dir.join(name));
        match &place.entry {
            None if !options.create => Err(Errno::Noent),
            None if place.slash || options.directory => Err(Errno::Isdir),
            None => {
                layers.raise_dir(dir)?;
                let new = OpenOptions { follow: false, exclusive: true, ..*options };
                let file = layers.upper.open(&path, &new)?;
                self.appeared(dir, name)?;
                Ok(file)
            }
            Some(_) if options.create && options.exclusive => Err(Errno::Exist),
            Some(_) if options.directory => Err(Errno::Notdir),
            Some(Entry::Link(_)) => Err(Errno::Loop),
            Some(_) => {
                let change = options.write || options.truncate;
                if change {
                    layers.raise(dir, name, !options.truncate)?;
                }
                let upper = change || layers.in_upper(dir, name)?.is_some();
                let layer = if upper { &layers.upper } else { &layers.lower };
                layer.open(&path, &Layers::reopen(options))
            }
        }
    }

    /// Renames a directory. The upper layer gets all of it first, then it is marked, and then it is renamed there: at
    /// each step it is found whole under one of the names.
    fn rename_dir(&self, (from, dir): (&Place<Dir>, &Dir), onto: &Place<Dir>) -> FsResult<()> {
        let layers = self.layers;
        let (Some(name), Some(to_name)) = (&from.name, &onto.name) else {
            return Err(Errno::Inval);
        };
        if is_inside(&onto.dir.path, &dir.path) {
            return Err(Errno::Inval);
        }
        match &onto.entry {
            None => {}
            Some(Entry::Dir(replaced)) if !layers.is_empty(replaced)? => {
                return Err(Errno::Notempty);
            }
            Some(Entry::Dir(_)) => {}
            Some(_) => return Err(Errno::Notdir),
        }
        layers.raise_tree(dir)?;
        layers.raise_dir(&onto.dir)?;
        if layers.shadows(&onto.dir, to_name)? {
            // What is below the new name shows through neither now nor later.
            layers.mark(&onto.dir.whiteout(to_name))?;
            layers.mark(&dir.join(OPAQUE))?;
        }
        if let Some(Entry::Dir(replaced)) = &onto.entry {
            layers.drop_upper(replaced)?;
            Layers::moved(&self.open, &replaced.path, None);
        }
        let to = onto.dir.join(to_name);
        self.hide(&from.dir, name)?;
        layers.upper.rename(&dir.path, &*layers.upper, &to)?;
        Layers::moved(&self.open, &dir.path, Some(&to));
        self.appeared(&onto.dir, to_name)
    }
}

impl OverlayDir {
    /// A directory that has what `lower` has, and keeps changes in `upper`.
    pub fn new(lower: Arc<dyn Directory>, upper: Arc<dyn Directory>) -> Self {
        let open = Arc::new(OpenDir::new(String::new()));
        let known = Mutex::new(vec![Arc::downgrade(&open)]);
        let lower = Arc::new(ReadOnly::new(lower));
        let layers = Layers { lower, upper, open: known, listed: Arc::default() };
        Self { layers: Arc::new(layers), open }
    }

    fn call(&self) -> Call<'_> {
        Call { layers: &self.layers, open: lock(&self.layers.open) }
    }

    fn same_overlay<'a>(&self, other: &'a dyn Directory) -> FsResult<&'a Self> {
        let other: &Self = other.as_any().downcast_ref().ok_or(Errno::Xdev)?;
        if Arc::ptr_eq(&self.layers, &other.layers) { Ok(other) } else { Err(Errno::Xdev) }
    }
}

impl OpenDir {
    fn new(path: String) -> Self {
        Self { path: Mutex::new(Some(path)), listing: Mutex::default() }
    }
}

impl VirtualFile for OverlayDir {
    fn filetype(&self) -> Filetype {
        Filetype::Directory
    }

    fn filestat(&self) -> FsResult<Filestat> {
        self.stat_at(".", false)
    }

    fn read(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn write(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn sync(&self, what: SyncKind) -> FsResult<()> {
        let call = self.call();
        let dir = call.base(&self.open)?;
        if dir.upper { open_dir(&*self.layers.upper, dir.as_path())?.sync(what) } else { Ok(()) }
    }

    fn set_times(&self, times: SetTimes) -> FsResult<()> {
        self.set_times_at(".", false, times)
    }

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

impl Directory for OverlayDir {
    fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>> {
        let mut call = self.call();
        let place = resolve_to_open(&*self.layers, &call.base(&self.open)?, path, options)?;
        let Some(Entry::Dir(dir)) = &place.entry else {
            return call.open_file(&place, options);
        };
        if options.create && options.exclusive {
            return Err(Errno::Exist);
        }
        if options.write || options.create || options.truncate {
            return Err(Errno::Isdir);
        }
        let open = Arc::new(OpenDir::new(dir.path.clone()));
        call.open.retain(|known| known.strong_count() > 0);
        call.open.push(Arc::downgrade(&open));
        Ok(Arc::new(Self { layers: self.layers.clone(), open }))
    }

    fn read_dir(
        &self,
        from: u64,
        sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
    ) -> FsResult<()> {
        let call = self.call();
        let mut listing = lock(&self.open.listing);
        if from == 0 || listing.entries.is_empty() {
            *listing = Arc::default();
            let entries = self.layers.list(&call.base(&self.open)?)?;
            *listing = Arc::new(Listing::new(entries, &self.layers.listed)?);
        }
        let listing = listing.clone();
        drop(call);
        let skip = usize::try_from(from).map_err(|_| Errno::Inval)?;
        if from > i64::MAX as u64 {
            return Err(Errno::Inval);
        }
        for (next, entry) in (1..).zip(&listing.entries).skip(skip) {
            let (ino, filetype) = (entry.ino, entry.filetype);
            if sink(DirEntry { name: &entry.name, ino, filetype, next }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat> {
        let call = self.call();
        let place = call.place(&self.open, path, follow)?;
        let (layer, path) = call.locate(&place)?;
        layer.stat_at(&path, false)
    }

    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> FsResult<()> {
        let call = self.call();
        let path = call.raised(&call.place(&self.open, path, follow)?)?;
        self.layers.upper.set_times_at(&path, false, times)
    }

    fn create_dir(&self, path: &str) -> FsResult<()> {
        let call = self.call();
        let place = call.place(&self.open, without_slashes(path), false)?;
        let name = place.vacant()?;
        self.layers.raise_dir(&place.dir)?;
        let path = place.dir.join(name);
        self.layers.upper.create_dir(&path)?;
        if self.layers.shadows(&place.dir, name)? {
            self.layers.mark(&format!("{path}/{OPAQUE}"))?;
        }
        call.appeared(&place.dir, name)
    }

    fn remove_dir(&self, path: &str) -> FsResult<()> {
        let call = self.call();
        let place = call.entry(&self.open, path)?;
        let name = removable_dir(&place)?;
        let Entry::Dir(dir) = place.found()? else { return Err(Errno::Notdir) };
        if !self.layers.is_empty(dir)? {
            return Err(Errno::Notempty);
        }
        call.hide(&place.dir, name)?;
        self.layers.drop_upper(dir)?;
        Layers::moved(&call.open, &dir.path, None);
        Ok(())
    }

    fn unlink(&self, path: &str) -> FsResult<()> {
        let call = self.call();
        let place = call.entry(&self.open, path)?;
        let name = removable_file(&place)?;
        call.hide(&place.dir, name)?;
        match self.layers.in_upper(&place.dir, name)? {
            Some(_) => self.layers.upper.unlink(&place.dir.join(name)),
            None => Ok(()),
        }
    }

    fn link(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        let to = self.same_overlay(to)?;
        let call = self.call();
        let from = call.place(&self.open, path, false)?;
        let directory = matches!(from.found()?, Entry::Dir(_));
        let onto = call.place(&to.open, to_path, false)?;
        let name = onto.vacant()?;
        if directory {
            return Err(Errno::Perm);
        }
        if onto.slash {
            return Err(Errno::Noent);
        }
        let path = call.raised(&from)?;
        self.layers.raise_dir(&onto.dir)?;
        self.layers.upper.link(&path, &*self.layers.upper, &onto.dir.join(name))?;
        call.appeared(&onto.dir, name)
    }

    fn rename(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        let to = self.same_overlay(to)?;
        let call = self.call();
        let from = call.entry(&self.open, path)?;
        let onto = call.entry(&to.open, to_path)?;
        let (name, to_name) = renamed(&from, &onto)?;
        if (&from.dir.path, name) == (&onto.dir.path, to_name) {
            return Ok(());
        }
        if let Entry::Dir(dir) = from.found()? {
            return call.rename_dir((&from, dir), &onto);
        }
        if let Some(Entry::Dir(replaced)) = &onto.entry {
            let inside = is_inside(&from.dir.path, &replaced.path);
            return Err(if inside { Errno::Notempty } else { Errno::Isdir });
        }
        let path = call.raised(&from)?;
        self.layers.raise_dir(&onto.dir)?;
        call.hide(&from.dir, name)?;
        self.layers.upper.rename(&path, &*self.layers.upper, &onto.dir.join(to_name))?;
        call.appeared(&onto.dir, to_name)
    }

    fn symlink(&self, contents: &str, path: &str) -> FsResult<()> {
        if contents.is_empty() {
            return Err(Errno::Noent);
        }
        if contents.starts_with('/') {
            return Err(Errno::Perm);
        }
        let call = self.call();
        let place = call.place(&self.open, path, false)?;
        let name = place.vacant_file()?;
        self.layers.raise_dir(&place.dir)?;
        self.layers.upper.symlink(contents, &place.dir.join(name))?;
        call.appeared(&place.dir, name)
    }

    fn read_link(&self, path: &str) -> FsResult<Vec<u8>> {
        let call = self.call();
        match call.place(&self.open, path, false)?.found()? {
            Entry::Link(target) => Ok(target.clone()),
            _ => Err(Errno::Inval),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
