//! The guest's descriptors: numbers, the files behind them, and what may be done with each.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use crate::fs::{Directory, VirtualFile};
use crate::types::{Errno, Fd, Filetype, Rights};

/// Most descriptors a guest can have open. Host files run out earlier, at the limit of the process.
const MAX_DESCRIPTORS: usize = 1 << 16;

/// What a descriptor number stands for.
///
/// Rights are those of the interface: an open file has what was asked for, as far as the directory it was
/// opened through passes it on, and they only ever become fewer.
#[derive(Debug)]
pub struct Descriptor {
    file: Arc<dyn VirtualFile>,
    rights: AtomicU64,
    inheriting: AtomicU64,
    preopen: Option<Box<str>>,
}

impl Descriptor {
    /// A descriptor with these rights, of which only those are kept that mean something for the file.
    pub fn new(file: Arc<dyn VirtualFile>, rights: Rights, inheriting: Rights) -> Self {
        let applicable = match file.filetype() {
            Filetype::Directory => Rights::DIRECTORY,
            Filetype::SocketStream | Filetype::SocketDgram => Rights::SOCKET,
            _ => Rights::FILE,
        };
        Self {
            rights: AtomicU64::new(rights.intersection(applicable).bits()),
            inheriting: AtomicU64::new(inheriting.bits()),
            preopen: None,
            file,
        }
    }

    /// A directory that the guest finds when it starts, under exactly this name.
    pub fn preopen(
        directory: Arc<dyn VirtualFile>,
        name: impl Into<Box<str>>,
        rights: Rights,
    ) -> Self {
        Self { preopen: Some(name.into()), ..Self::new(directory, rights, rights) }
    }

    /// The file.
    pub fn file(&self) -> &dyn VirtualFile {
        &*self.file
    }

    /// The name of a preopened directory.
    pub fn preopen_name(&self) -> Option<&str> {
        self.preopen.as_deref()
    }

    /// What may be done with this descriptor.
    pub fn rights(&self) -> Rights {
        Rights::from_bits_truncate(self.rights.load(Relaxed))
    }

    /// The most that may be done with descriptors opened through this one.
    pub fn inheriting(&self) -> Rights {
        Rights::from_bits_truncate(self.inheriting.load(Relaxed))
    }

    /// Gives up rights; [`Errno::Notcapable`] if one is asked for that is not there.
    pub fn reduce_rights(&self, rights: Rights, inheriting: Rights) -> Result<(), Errno> {
        if !self.rights().contains(rights) || !self.inheriting().contains(inheriting) {
            return Err(Errno::Notcapable);
        }
        self.rights.fetch_and(rights.bits(), Relaxed);
        self.inheriting.fetch_and(inheriting.bits(), Relaxed);
        Ok(())
    }

    /// [`Errno::Notcapable`] unless the descriptor has all of `rights`.
    pub fn require(&self, rights: Rights) -> Result<(), Errno> {
        if self.rights().contains(rights) { Ok(()) } else { Err(Errno::Notcapable) }
    }

    /// The file for a call that directories do not have.
    pub fn file_for(&self, rights: Rights) -> Result<&dyn VirtualFile, Errno> {
        match self.require(rights) {
            Ok(()) => Ok(&*self.file),
            Err(_) if self.file.as_directory().is_some() => Err(Errno::Isdir),
            Err(error) => Err(error),
        }
    }

    /// The directory for a call that only directories have.
    pub fn directory_for(&self, rights: Rights) -> Result<&dyn Directory, Errno> {
        let directory = self.file.as_directory().ok_or(Errno::Notdir)?;
        self.require(rights)?;
        Ok(directory)
    }
}

/// The descriptors of a guest, by number. Threads of the guest share one table.
#[derive(Debug)]
pub struct FdTable {
    slots: RwLock<Slots>,
    limit: usize,
}

impl Default for FdTable {
    fn default() -> Self {
        Self::with_limit(MAX_DESCRIPTORS)
    }
}

#[derive(Debug, Default)]
struct Slots {
    entries: Vec<Option<Arc<Descriptor>>>,
    /// No slot below this one is free.
    first_free: usize,
}

impl FdTable {
    /// A table of at most `limit` descriptors, 65,536 if that is more.
    pub fn with_limit(limit: usize) -> Self {
        Self { slots: RwLock::default(), limit: limit.min(MAX_DESCRIPTORS) }
    }

    fn read<T>(&self, f: impl FnOnce(&Slots) -> T) -> T {
        f(&self.slots.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, f: impl FnOnce(&mut Slots) -> T) -> T {
        f(&mut self.slots.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The descriptor of a number, or [`Errno::Badf`].
    pub fn get(&self, fd: Fd) -> Result<Arc<Descriptor>, Errno> {
        self.read(|slots| slots.entries.get(fd as usize)?.clone()).ok_or(Errno::Badf)
    }

    /// Gives a descriptor the lowest number that is free, or [`Errno::Mfile`].
    pub fn insert(&self, descriptor: Descriptor) -> Result<Fd, Errno> {
        self.write(|slots| {
            let entries = &mut slots.entries;
            let start = slots.first_free.min(entries.len());
            let index = entries[start..]
                .iter()
                .position(Option::is_none)
                .map_or(entries.len(), |offset| start + offset);
            if index >= self.limit {
                return Err(Errno::Mfile);
            }
            if index == entries.len() {
                entries.push(None);
            }
            entries[index] = Some(Arc::new(descriptor));
            slots.first_free = index + 1;
            Ok(index as Fd)
        })
    }

    /// Frees a number; the file is closed when the last call that uses it ends.
    pub fn remove(&self, fd: Fd) -> Result<(), Errno> {
        let removed = self.write(|slots| {
            let removed = slots.entries.get_mut(fd as usize)?.take()?;
            slots.first_free = slots.first_free.min(fd as usize);
            Some(removed)
        });
        // Dropped, which may close a file, when the lock is free again.
        removed.map(drop).ok_or(Errno::Badf)
    }

    /// Moves a descriptor to a number that is in use, whose file is closed.
    pub fn renumber(&self, from: Fd, to: Fd) -> Result<(), Errno> {
        let replaced = self.write(|slots| {
            let is_open = |fd: Fd| slots.entries.get(fd as usize).is_some_and(Option::is_some);
            if !is_open(from) || !is_open(to) {
                return Err(Errno::Badf);
            }
            if from == to {
                return Ok(None);
            }
            let moved = slots.entries[from as usize].take();
            slots.first_free = slots.first_free.min(from as usize);
            Ok(std::mem::replace(&mut slots.entries[to as usize], moved))
        });
        replaced.map(drop)
    }

    /// Closes all files.
    pub fn clear(&self) {
        drop(self.write(std::mem::take));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Null;

    fn null() -> Descriptor {
        Descriptor::new(Arc::new(Null), Rights::all(), Rights::all())
    }

    #[test]
    fn numbers_are_the_lowest_free() {
        let table = FdTable::default();
        let insert = || table.insert(null()).unwrap();
        assert_eq!([insert(), insert(), insert(), insert()], [0, 1, 2, 3]);
        table.remove(2).unwrap();
        table.remove(1).unwrap();
        assert_eq!([insert(), insert(), insert()], [1, 2, 4]);
        table.renumber(0, 3).unwrap();
        assert_eq!(table.get(0).unwrap_err(), Errno::Badf);
        assert_eq!(insert(), 0);
        assert_eq!(table.renumber(0, 99), Err(Errno::Badf));
        assert_eq!(table.renumber(99, 0), Err(Errno::Badf));
        assert_eq!(table.renumber(0, 0), Ok(()));
        for fd in [5, u32::MAX, 1 << 31] {
            assert_eq!(table.get(fd).unwrap_err(), Errno::Badf);
            assert_eq!(table.remove(fd), Err(Errno::Badf));
        }
        table.clear();
        assert_eq!(insert(), 0);
    }

    #[test]
    fn the_table_is_bounded() {
        let table = FdTable::default();
        for _ in 0..MAX_DESCRIPTORS {
            table.insert(null()).unwrap();
        }
        assert_eq!(table.insert(null()), Err(Errno::Mfile));
        table.remove(77).unwrap();
        assert_eq!(table.insert(null()), Ok(77));
    }

    #[test]
    fn rights_only_become_fewer() {
        let descriptor =
            Descriptor::new(Arc::new(Null), Rights::FD_READ | Rights::PATH_OPEN, Rights::empty());
        assert_eq!(descriptor.rights(), Rights::FD_READ, "a device has no path calls");
        assert_eq!(
            descriptor.reduce_rights(Rights::FD_WRITE, Rights::empty()),
            Err(Errno::Notcapable)
        );
        assert_eq!(
            descriptor.reduce_rights(Rights::empty(), Rights::FD_READ),
            Err(Errno::Notcapable)
        );
        assert_eq!(descriptor.require(Rights::FD_READ), Ok(()));
        assert_eq!(descriptor.reduce_rights(Rights::empty(), Rights::empty()), Ok(()));
        assert_eq!(descriptor.require(Rights::FD_READ), Err(Errno::Notcapable));
    }
}
