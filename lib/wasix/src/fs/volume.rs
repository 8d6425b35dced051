//! A file system in memory.
//!
//! A node is a file, a directory or a symbolic link. Directories own their nodes, open files share them, so a file
//! that was removed lives until it is closed. One lock covers the shape of the tree: a call sees paths as they are
//! at one moment. The lock of a node covers what the node has, and is never held while another node is locked.
//!
//! What a guest can make the host keep is bounded by a limit on all of it: contents, names and nodes.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::{SystemTime, UNIX_EPOCH};

use super::resolve::{
    Entry, Place, Tree, removable_dir, removable_file, renamed, resolve, resolve_entry,
    resolve_to_open, without_slashes,
};
use super::{
    DirEntry, Directory, FsResult, Interest, OpenOptions, Readiness, SeekTo, SetTime, SetTimes,
    SyncKind, VirtualFile, bytes,
};
use crate::memory::GuestSlices;
use crate::types::{Advice, Errno, Fdflags, Filestat, Filetype, Timestamp};

/// Bytes that a file system holds unless told otherwise.
const DEFAULT_LIMIT: u64 = 256 << 20;

/// What a node and its entry in a directory count towards the limit, beside contents.
const NODE_COST: u64 = 1024;

/// Cookies of `.` and `..`; entries have larger ones.
const DOT: u64 = 1;
const DOT_DOT: u64 = 2;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nanoseconds since 1970.
fn nanos(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::try_from(since.as_nanos()).unwrap_or(Timestamp::MAX)
}

fn now() -> Timestamp {
    nanos(SystemTime::now())
}

/// A directory of a file system in memory, and the boundary for paths relative to it. Clones are the same directory.
///
/// [`MemoryDir::new`] makes a file system. Its contents are lost with the last descriptor, open file or clone.
#[derive(Clone, Debug)]
pub struct MemoryDir {
    volume: Arc<Volume>,
    node: Arc<Node>,
}

/// What the nodes of a file system share.
#[derive(Debug)]
struct Volume {
    /// Held while the tree is walked or changed.
    tree: Mutex<()>,
    next_ino: AtomicU64,
    quota: Arc<Quota>,
}

/// How much there is, and how much there may be.
#[derive(Debug)]
struct Quota {
    used: AtomicU64,
    limit: u64,
}

impl Quota {
    fn take(&self, amount: u64) -> FsResult<()> {
        let fits = |used: u64| used.checked_add(amount).filter(|sum| *sum <= self.limit);
        self.used.fetch_update(Relaxed, Relaxed, fits).map(drop).map_err(|_| Errno::Nospc)
    }

    fn give_back(&self, amount: u64) {
        self.used.fetch_sub(amount, Relaxed);
    }

    fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used.load(Relaxed))
    }
}

struct Node {
    ino: u64,
    filetype: Filetype,
    quota: Arc<Quota>,
    state: Mutex<State>,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("ino", &self.ino).field("filetype", &self.filetype).finish()
    }
}

struct State {
    nlink: u64,
    atim: Timestamp,
    mtim: Timestamp,
    ctim: Timestamp,
    contents: Contents,
}

enum Contents {
    File(Vec<u8>),
    Link(Vec<u8>),
    Dir(Entries),
}

/// The entries of a directory, by name and in the order in which they were made. The number of an entry is its
/// cookie: it is never used again, so a listing goes on in the right place however the directory has changed.
struct Entries {
    parent: Weak<Node>,
    by_name: HashMap<Arc<str>, u64>,
    by_cookie: BTreeMap<u64, (Arc<str>, Arc<Node>)>,
    next: u64,
}

impl Entries {
    fn new(parent: Weak<Node>) -> Self {
        Self { parent, by_name: HashMap::new(), by_cookie: BTreeMap::new(), next: DOT_DOT + 1 }
    }

    fn get(&self, name: &str) -> Option<&Arc<Node>> {
        self.by_cookie.get(self.by_name.get(name)?).map(|(_, node)| node)
    }

    fn insert(&mut self, name: &str, node: Arc<Node>) {
        let name: Arc<str> = name.into();
        self.by_name.insert(name.clone(), self.next);
        self.by_cookie.insert(self.next, (name, node));
        self.next += 1;
    }

    fn remove(&mut self, name: &str) -> Option<Arc<Node>> {
        let cookie = self.by_name.remove(name)?;
        self.by_cookie.remove(&cookie).map(|(_, node)| node)
    }
}

impl Node {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Calls `f` with the entries of a directory, and notes the time if they change.
    fn entries<R>(&self, change: bool, f: impl FnOnce(&mut Entries) -> R) -> FsResult<R> {
        let mut state = self.state();
        if change {
            if state.nlink == 0 {
                return Err(Errno::Noent);
            }
            state.mtim = now();
            state.ctim = state.mtim;
        }
        match &mut state.contents {
            Contents::Dir(entries) => Ok(f(entries)),
            _ => Err(Errno::Notdir),
        }
    }

    fn filestat(&self) -> Filestat {
        let state = self.state();
        let size = match &state.contents {
            Contents::File(data) | Contents::Link(data) => data.len() as u64,
            Contents::Dir(_) => 0,
        };
        Filestat {
            dev: std::ptr::from_ref(&*self.quota).addr() as u64 | 1 << 63,
            ino: self.ino,
            filetype: self.filetype,
            nlink: state.nlink,
            size,
            atim: state.atim,
            mtim: state.mtim,
            ctim: state.ctim,
        }
    }

    fn set_times(&self, times: SetTimes) {
        let mut state = self.state();
        let time = |time| match time {
            SetTime::Now => now(),
            SetTime::At(at) => nanos(at),
        };
        if let Some(accessed) = times.accessed {
            state.atim = time(accessed);
        }
        if let Some(modified) = times.modified {
            state.mtim = time(modified);
        }
        state.ctim = now();
    }

    /// Notes that a name is gone.
    fn unlinked(&self) {
        let mut state = self.state();
        state.nlink = state.nlink.saturating_sub(1);
        state.ctim = now();
        if state.nlink > 0 {
            self.quota.give_back(NODE_COST);
        }
    }

    /// The nodes below a directory that is being dropped.
    fn take_children(&mut self) -> Vec<Arc<Node>> {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        match &mut state.contents {
            Contents::Dir(entries) => {
                std::mem::take(&mut entries.by_cookie).into_values().map(|(_, node)| node).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Drop for Node {
    /// Without recursion: the tree may be deeper than the stack.
    fn drop(&mut self) {
        let mut below = self.take_children();
        while let Some(node) = below.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                below.append(&mut node.take_children());
            }
        }
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let len = match &state.contents {
            Contents::File(data) | Contents::Link(data) => data.len() as u64,
            Contents::Dir(_) => 0,
        };
        self.quota.give_back(NODE_COST + len);
    }
}

impl Default for MemoryDir {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree for Volume {
    type Dir = Arc<Node>;

    fn entry(&self, dir: &Arc<Node>, name: &str) -> FsResult<Option<Entry<Arc<Node>>>> {
        let found = dir.entries(false, |entries| entries.get(name).cloned())?;
        Ok(found.map(|node| match node.filetype {
            Filetype::Directory => Entry::Dir(node),
            Filetype::SymbolicLink => match &node.state().contents {
                Contents::Link(target) => Entry::Link(target.clone()),
                _ => Entry::Other,
            },
            _ => Entry::Other,
        }))
    }
}

impl MemoryDir {
    /// An empty file system of at most 256 MiB.
    pub fn new() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }

    /// An empty file system whose contents, with 1 KiB added for each file, are at most `limit` bytes; more is
    /// [`Errno::Nospc`].
    pub fn with_limit(limit: u64) -> Self {
        let quota = Arc::new(Quota { used: AtomicU64::new(NODE_COST), limit });
        let volume = Arc::new(Volume {
            tree: Mutex::new(()),
            next_ino: AtomicU64::new(2),
            quota: quota.clone(),
        });
        let state = State::new(Contents::Dir(Entries::new(Weak::new())));
        let node = Node { ino: 1, filetype: Filetype::Directory, quota, state: Mutex::new(state) };
        Self { volume, node: Arc::new(node) }
    }

    /// Bytes in use, of those that [`with_limit`](Self::with_limit) allows.
    pub fn used(&self) -> u64 {
        self.volume.quota.used.load(Relaxed)
    }

    /// Makes a file with contents, for a guest to find. Directories that are missing on the way are made, a file
    /// that exists is replaced.
    ///
    /// # Errors
    ///
    /// Those of the calls of a guest, [`Errno::Nospc`] among them.
    pub fn write_file(&self, path: &str, contents: &[u8]) -> FsResult<()> {
        if let Some((parents, _)) = path.rsplit_once('/') {
            self.create_dir_all(parents)?;
        }
        let _tree = lock(&self.volume.tree);
        let options =
            OpenOptions { follow: true, write: true, create: true, ..OpenOptions::default() };
        let node = self.open_node(path, &options)?;
        if node.filetype == Filetype::Directory {
            return Err(Errno::Isdir);
        }
        let mut state = node.state();
        let Contents::File(data) = &mut state.contents else { return Err(Errno::Inval) };
        self.volume.quota.give_back(data.len() as u64);
        data.clear();
        self.volume.quota.take(contents.len() as u64)?;
        data.extend_from_slice(contents);
        Ok(())
    }

    /// Makes a directory and those that are missing on the way.
    ///
    /// # Errors
    ///
    /// Those of the calls of a guest.
    pub fn create_dir_all(&self, path: &str) -> FsResult<()> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            match self.create_dir(&path[..end]) {
                Ok(()) | Err(Errno::Exist) => {}
                Err(Errno::Noent) if end == 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The contents of a file.
    ///
    /// # Errors
    ///
    /// Those of the calls of a guest; [`Errno::Isdir`] for a directory.
    pub fn read_file(&self, path: &str) -> FsResult<Vec<u8>> {
        let _tree = lock(&self.volume.tree);
        let node = self.find(path, true)?;
        let state = node.state();
        match &state.contents {
            Contents::File(data) => Ok(data.clone()),
            Contents::Dir(_) => Err(Errno::Isdir),
            Contents::Link(_) => Err(Errno::Inval),
        }
    }

    fn node(&self, filetype: Filetype, contents: Contents) -> FsResult<Arc<Node>> {
        let len = match &contents {
            Contents::Link(target) => target.len() as u64,
            _ => 0,
        };
        self.volume.quota.take(NODE_COST + len)?;
        Ok(Arc::new(Node {
            ino: self.volume.next_ino.fetch_add(1, Relaxed),
            filetype,
            quota: self.volume.quota.clone(),
            state: Mutex::new(State::new(contents)),
        }))
    }

    fn place(&self, path: &str, follow: bool) -> FsResult<Place<Arc<Node>>> {
        resolve(&*self.volume, &self.node, path, follow)
    }

    /// The node that a path leads to.
    fn find(&self, path: &str, follow: bool) -> FsResult<Arc<Node>> {
        node_at(&self.place(path, follow)?)
    }

    /// The node to open, made if it does not exist and the options say so. The tree is locked.
    fn open_node(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<Node>> {
        let place = resolve_to_open(&*self.volume, &self.node, path, options)?;
        if place.entry.is_none() {
            if !options.create {
                return Err(Errno::Noent);
            }
            if place.slash || options.directory {
                return Err(Errno::Isdir);
            }
            let node = self.node(Filetype::RegularFile, Contents::File(Vec::new()))?;
            let name = place.vacant()?;
            place.dir.entries(true, |entries| entries.insert(name, node.clone()))?;
            return Ok(node);
        }
        if options.create && options.exclusive {
            return Err(Errno::Exist);
        }
        let node = node_at(&place)?;
        match node.filetype {
            Filetype::Directory if options.write || options.create || options.truncate => {
                Err(Errno::Isdir)
            }
            Filetype::Directory => Ok(node),
            _ if options.directory => Err(Errno::Notdir),
            Filetype::SymbolicLink => Err(Errno::Loop),
            _ => Ok(node),
        }
    }
}

/// The node of a place.
fn node_at(place: &Place<Arc<Node>>) -> FsResult<Arc<Node>> {
    place.found()?;
    match &place.name {
        None => Ok(place.dir.clone()),
        Some(name) => {
            place.dir.entries(false, |entries| entries.get(name).cloned())?.ok_or(Errno::Noent)
        }
    }
}

/// Whether a directory has no entries.
fn is_empty(node: &Node) -> FsResult<bool> {
    node.entries(false, |entries| entries.by_cookie.is_empty())
}

/// Whether `node` is `dir` or above it.
fn contains(node: &Arc<Node>, dir: &Arc<Node>) -> FsResult<bool> {
    let mut at = Some(dir.clone());
    while let Some(current) = at {
        if Arc::ptr_eq(&current, node) {
            return Ok(true);
        }
        at = current.entries(false, |entries| entries.parent.upgrade())?;
    }
    Ok(false)
}

impl State {
    fn new(contents: Contents) -> Self {
        let time = now();
        Self { nlink: 1, atim: time, mtim: time, ctim: time, contents }
    }
}

impl VirtualFile for MemoryDir {
    fn filetype(&self) -> Filetype {
        Filetype::Directory
    }

    fn filestat(&self) -> FsResult<Filestat> {
        Ok(self.node.filestat())
    }

    fn read(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn write(&self, _bufs: &GuestSlices<'_>) -> FsResult<usize> {
        Err(Errno::Isdir)
    }

    fn sync(&self, _what: SyncKind) -> FsResult<()> {
        Ok(())
    }

    fn set_times(&self, times: SetTimes) -> FsResult<()> {
        self.node.set_times(times);
        Ok(())
    }

    fn as_directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }
}

impl Directory for MemoryDir {
    fn open(&self, path: &str, options: &OpenOptions) -> FsResult<Arc<dyn VirtualFile>> {
        let _tree = lock(&self.volume.tree);
        let node = self.open_node(path, options)?;
        if node.filetype == Filetype::Directory {
            return Ok(Arc::new(MemoryDir { volume: self.volume.clone(), node }));
        }
        let file = MemoryFile {
            node,
            position: Mutex::new(0),
            append: AtomicBool::new(options.flags.contains(Fdflags::APPEND)),
            fixed_flags: options.flags.difference(Fdflags::APPEND),
            nonblock: AtomicBool::new(options.flags.contains(Fdflags::NONBLOCK)),
        };
        if options.truncate {
            file.set_size(0)?;
        }
        Ok(Arc::new(file))
    }

    fn read_dir(
        &self,
        from: u64,
        sink: &mut dyn FnMut(DirEntry<'_>) -> ControlFlow<()>,
    ) -> FsResult<()> {
        if from > i64::MAX as u64 {
            return Err(Errno::Inval);
        }
        let _tree = lock(&self.volume.tree);
        let parent = self.node.entries(false, |entries| entries.parent.upgrade())?;
        let mut pass = |name: &str, node: &Node, next| {
            let (ino, filetype) = (node.ino, node.filetype);
            sink(DirEntry { name: name.as_bytes(), ino, filetype, next }).is_break()
        };
        for (cookie, name, node) in
            [(DOT, ".", &self.node), (DOT_DOT, "..", parent.as_ref().unwrap_or(&self.node))]
        {
            if from < cookie && pass(name, node, cookie) {
                return Ok(());
            }
        }
        self.node.entries(false, |entries| {
            for (cookie, (name, node)) in entries.by_cookie.range(from + 1..) {
                if pass(name, node, *cookie) {
                    break;
                }
            }
        })
    }

    fn stat_at(&self, path: &str, follow: bool) -> FsResult<Filestat> {
        let _tree = lock(&self.volume.tree);
        Ok(self.find(path, follow)?.filestat())
    }

    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> FsResult<()> {
        let _tree = lock(&self.volume.tree);
        self.find(path, follow)?.set_times(times);
        Ok(())
    }

    fn create_dir(&self, path: &str) -> FsResult<()> {
        let _tree = lock(&self.volume.tree);
        let place = self.place(without_slashes(path), false)?;
        let name = place.vacant()?;
        let parent = Arc::downgrade(&place.dir);
        let node = self.node(Filetype::Directory, Contents::Dir(Entries::new(parent)))?;
        place.dir.entries(true, |entries| entries.insert(name, node))
    }

    fn remove_dir(&self, path: &str) -> FsResult<()> {
        let _tree = lock(&self.volume.tree);
        let place = resolve_entry(&*self.volume, &self.node, path)?;
        let name = removable_dir(&place)?;
        let node = node_at(&place)?;
        if !is_empty(&node)? {
            return Err(Errno::Notempty);
        }
        node.unlinked();
        place.dir.entries(true, |entries| drop(entries.remove(name)))
    }

    fn unlink(&self, path: &str) -> FsResult<()> {
        let _tree = lock(&self.volume.tree);
        let place = resolve_entry(&*self.volume, &self.node, path)?;
        let name = removable_file(&place)?;
        let removed = place.dir.entries(true, |entries| entries.remove(name))?;
        removed.ok_or(Errno::Noent)?.unlinked();
        Ok(())
    }

    fn link(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        let to = self.same_volume(to)?;
        let _tree = lock(&self.volume.tree);
        let node = self.find(path, false)?;
        let place = to.place(to_path, false)?;
        let name = place.vacant()?;
        if node.filetype == Filetype::Directory {
            return Err(Errno::Perm);
        }
        if place.slash {
            return Err(Errno::Noent);
        }
        // A name counts as much as a node.
        self.volume.quota.take(NODE_COST)?;
        place.dir.entries(true, |entries| entries.insert(name, node.clone()))?;
        let mut state = node.state();
        state.nlink += 1;
        state.ctim = now();
        Ok(())
    }

    fn rename(&self, path: &str, to: &dyn Directory, to_path: &str) -> FsResult<()> {
        let to = self.same_volume(to)?;
        let _tree = lock(&self.volume.tree);
        let from = resolve_entry(&*self.volume, &self.node, path)?;
        let onto = resolve_entry(&*to.volume, &to.node, to_path)?;
        let (name, to_name) = renamed(&from, &onto)?;
        let node = node_at(&from)?;
        let directory = node.filetype == Filetype::Directory;
        if directory && contains(&node, &onto.dir)? {
            return Err(Errno::Inval);
        }
        if onto.entry.is_some() {
            let replaced = node_at(&onto)?;
            if Arc::ptr_eq(&replaced, &node) {
                return Ok(());
            }
            if matches!(onto.entry, Some(Entry::Dir(_))) && contains(&replaced, &from.dir)? {
                return Err(Errno::Notempty);
            }
            match (directory, replaced.filetype == Filetype::Directory) {
                (true, false) => return Err(Errno::Notdir),
                (false, true) => return Err(Errno::Isdir),
                (true, true) if !is_empty(&replaced)? => return Err(Errno::Notempty),
                _ => {}
            }
            onto.dir.entries(true, |entries| drop(entries.remove(to_name)))?;
            replaced.unlinked();
        }
        onto.dir.entries(true, |entries| entries.insert(to_name, node.clone()))?;
        from.dir.entries(true, |entries| drop(entries.remove(name)))?;
        if directory {
            node.entries(false, |entries| entries.parent = Arc::downgrade(&onto.dir))?;
        }
        node.state().ctim = now();
        Ok(())
    }

    fn symlink(&self, contents: &str, path: &str) -> FsResult<()> {
        if contents.is_empty() {
            return Err(Errno::Noent);
        }
        if contents.starts_with('/') {
            return Err(Errno::Perm);
        }
        let _tree = lock(&self.volume.tree);
        let place = self.place(path, false)?;
        let name = place.vacant_file()?;
        let target = contents.as_bytes().to_vec();
        let node = self.node(Filetype::SymbolicLink, Contents::Link(target))?;
        place.dir.entries(true, |entries| entries.insert(name, node))
    }

    fn read_link(&self, path: &str) -> FsResult<Vec<u8>> {
        let _tree = lock(&self.volume.tree);
        match &self.find(path, false)?.state().contents {
            Contents::Link(target) => Ok(target.clone()),
            _ => Err(Errno::Inval),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl MemoryDir {
    /// Another directory, if it is one of this file system.
    fn same_volume<'a>(&self, other: &'a dyn Directory) -> FsResult<&'a Self> {
        let other: &Self = other.as_any().downcast_ref().ok_or(Errno::Xdev)?;
        if Arc::ptr_eq(&self.volume, &other.volume) { Ok(other) } else { Err(Errno::Xdev) }
    }
}

/// An open file of a file system in memory, with a position of its own.
#[derive(Debug)]
struct MemoryFile {
    node: Arc<Node>,
    position: Mutex<u64>,
    append: AtomicBool,
    nonblock: AtomicBool,
    fixed_flags: Fdflags,
}

impl MemoryFile {
    /// Calls `f` with the contents and the size that they may have.
    fn change<R>(&self, f: impl FnOnce(&mut Vec<u8>, u64) -> FsResult<R>) -> FsResult<R> {
        let mut state = self.node.state();
        let State { contents: Contents::File(data), mtim, ctim, .. } = &mut *state else {
            return Err(Errno::Inval);
        };
        let quota = &self.node.quota;
        let before = data.len() as u64;
        // Others may take what is left at the same time: then the size is put back.
        let result = f(data, before.saturating_add(quota.left()))?;
        let after = data.len() as u64;
        match after.checked_sub(before) {
            Some(more) => {
                if let Err(error) = quota.take(more) {
                    data.truncate(before as usize);
                    return Err(error);
                }
            }
            None => {
                quota.give_back(before - after);
                data.shrink_to(after as usize);
            }
        }
        *mtim = now();
        *ctim = *mtim;
        Ok(result)
    }

    fn read_from(&self, bufs: &GuestSlices<'_>, at: u64) -> usize {
        let mut state = self.node.state();
        state.atim = now();
        match &state.contents {
            Contents::File(data) => bufs.scatter(bytes::rest(data, at)),
            _ => 0,
        }
    }

    fn len(&self) -> usize {
        match &self.node.state().contents {
            Contents::File(data) => data.len(),
            _ => 0,
        }
    }
}

impl VirtualFile for MemoryFile {
    fn filetype(&self) -> Filetype {
        Filetype::RegularFile
    }

    fn filestat(&self) -> FsResult<Filestat> {
        Ok(self.node.filestat())
    }

    fn read(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        let mut position = lock(&self.position);
        let done = self.read_from(bufs, *position);
        *position += done as u64;
        Ok(done)
    }

    fn write(&self, bufs: &GuestSlices<'_>) -> FsResult<usize> {
        let mut position = lock(&self.position);
        let append = self.append.load(Relaxed);
        let (at, done) = self.change(|data, limit| {
            let at = if append { data.len() as u64 } else { *position };
            Ok((at, bytes::write(data, limit, bufs, at)?))
        })?;
        *position = at + done as u64;
        Ok(done)
    }

    fn read_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        if offset > i64::MAX as u64 {
            return Err(Errno::Inval);
        }
        Ok(self.read_from(bufs, offset))
    }

    fn write_at(&self, bufs: &GuestSlices<'_>, offset: u64) -> FsResult<usize> {
        if offset > i64::MAX as u64 {
            return Err(Errno::Inval);
        }
        self.change(|data, limit| bytes::write(data, limit, bufs, offset))
    }

    fn seek(&self, to: SeekTo) -> FsResult<u64> {
        let mut position = lock(&self.position);
        *position = bytes::seek(to, *position, self.len())?;
        Ok(*position)
    }

    fn set_size(&self, size: u64) -> FsResult<()> {
        self.change(|data, limit| bytes::resize(data, limit, size))
    }

    fn allocate(&self, offset: u64, len: u64) -> FsResult<()> {
        if len == 0 {
            return Err(Errno::Inval);
        }
        let end = offset.checked_add(len).ok_or(Errno::Fbig)?;
        self.change(|data, limit| bytes::resize(data, limit, end.max(data.len() as u64)))
    }

    fn advise(&self, offset: u64, len: u64, _advice: Advice) -> FsResult<()> {
        if offset > i64::MAX as u64 || len > i64::MAX as u64 { Err(Errno::Inval) } else { Ok(()) }
    }

    fn sync(&self, _what: SyncKind) -> FsResult<()> {
        Ok(())
    }

    fn set_times(&self, times: SetTimes) -> FsResult<()> {
        self.node.set_times(times);
        Ok(())
    }

    fn flags(&self) -> FsResult<Fdflags> {
        let mut flags = self.fixed_flags.difference(Fdflags::NONBLOCK);
        for (set, flag) in [(&self.append, Fdflags::APPEND), (&self.nonblock, Fdflags::NONBLOCK)] {
            if set.load(Relaxed) {
                flags = flags | flag;
            }
        }
        Ok(flags)
    }

    fn set_flags(&self, flags: Fdflags) -> FsResult<()> {
        self.append.store(flags.contains(Fdflags::APPEND), Relaxed);
        self.nonblock.store(flags.contains(Fdflags::NONBLOCK), Relaxed);
        Ok(())
    }

    fn poll(&self, interest: Interest, _waker: &Waker) -> Poll<FsResult<Readiness>> {
        Poll::Ready(Ok(match interest {
            Interest::Write => Readiness { nbytes: 1, hangup: false },
            Interest::Read => {
                let nbytes = (self.len() as u64).saturating_sub(*lock(&self.position));
                Readiness { nbytes, hangup: nbytes == 0 }
            }
        }))
    }
}
