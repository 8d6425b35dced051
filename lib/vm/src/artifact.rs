//! The bytes of artifacts, in pages.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::sys::mmap::{Mmap, MmapError, Protection};

/// The bytes of an artifact, at the start of pages that are not written any more.
#[derive(Clone, Debug)]
pub struct ArtifactMemory {
    map: Arc<Mmap>,
    bytes: Bytes,
    /// The file that is mapped, if it is one.
    file: Option<Arc<File>>,
}

/// The file of an artifact that stays open, so that memories can be mapped from it.
#[derive(Debug)]
pub(crate) struct KeptFile {
    file: Arc<File>,
    map: Arc<Mmap>,
}

/// How many there are.
static KEPT: AtomicU64 = AtomicU64::new(0);

impl KeptFile {
    /// `None` when so many are open that the program might run out of file descriptors because of them: modules that
    /// are loaded and never used should not take them away.
    fn new(file: Arc<File>, map: Arc<Mmap>, limit: u64) -> Option<Self> {
        let kept = KEPT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < limit).then_some(n + 1));
        kept.ok().map(|_| Self { file, map })
    }

    /// How many there may be.
    fn limit() -> u64 {
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        files.unwrap_or(u64::MAX) / 4
    }

    /// The file, of which nobody changes what is mapped.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Its contents from the first byte on.
    pub(crate) fn map(&self) -> &Arc<Mmap> {
        &self.map
    }
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        KEPT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The bytes of a mapping.
struct Contents {
    map: Arc<Mmap>,
    len: usize,
}

impl AsRef<[u8]> for Contents {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: the mapping has as many bytes, which stay readable, and which nobody writes: `ArtifactMemory` makes
        // this when it has written them, and those who map files have promised it.
        unsafe { std::slice::from_raw_parts(self.map.start().as_ptr(), self.len) }
    }
}

impl ArtifactMemory {
    fn new(map: Mmap, len: usize) -> Self {
        let map = Arc::new(map);
        let bytes = Bytes::from_owner(Contents { map: map.clone(), len });
        Self { map, bytes, file: None }
    }

    /// New memory that `fill` has written, of `len` bytes.
    fn filled<E: From<MmapError>>(
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        // There is no mapping without bytes.
        let map = Mmap::zeroed(len.max(1))?;
        // SAFETY: the fresh mapping is zeroed, writable, as long, and nobody else knows it.
        fill(unsafe { std::slice::from_raw_parts_mut(map.start().as_ptr(), len) })?;
        // SAFETY: nobody refers to it as writable memory any more.
        unsafe { map.protect(0..map.len(), Protection::Read)? };
        Ok(Self::new(map, len))
    }

    /// A copy of `bytes`.
    ///
    /// # Errors
    ///
    /// When there is no memory.
    pub fn copy(bytes: &[u8]) -> Result<Self, MmapError> {
        Self::filled(bytes.len(), |memory| {
            memory.copy_from_slice(bytes);
            Ok(())
        })
    }

    /// A copy of the rest of `file`, which may change afterwards.
    ///
    /// # Errors
    ///
    /// When it can't be read, or there is no memory.
    pub fn read(mut file: &File) -> io::Result<Self> {
        let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        Self::filled::<ReadError>(len, |memory| Ok(file.read_exact(memory)?))
            .map_err(|error| error.0)
    }

    /// The contents of `file`, which are not copied: what is not used is not even read. The file stays open as long as
    /// this exists.
    ///
    /// # Errors
    ///
    /// When the system can't map it.
    ///
    /// # Safety
    ///
    /// Nobody changes the file or truncates it as long as this, or what was loaded from it, exists. (It may be
    /// deleted or replaced by another.)
    pub unsafe fn map(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        let len = usize::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        if len == 0 {
            return Self::copy(&[]).map_err(io::Error::other);
        }
        // SAFETY: as for the caller.
        let map = unsafe { Mmap::read_only_file(&file, len) };
        let memory = Self::new(map.map_err(io::Error::other)?, len);
        Ok(Self { file: Some(Arc::new(file)), ..memory })
    }

    /// The file that is mapped, kept open; `None` if there is none, or there are too many.
    pub(crate) fn keep_file(&self) -> Option<KeptFile> {
        KeptFile::new(self.file.clone()?, self.map.clone(), KeptFile::limit())
    }

    /// All of them.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What they lie in.
    pub(crate) fn map_of(&self) -> &Arc<Mmap> {
        &self.map
    }
}

/// Why a file could not be read into memory.
struct ReadError(io::Error);

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<MmapError> for ReadError {
    fn from(error: MmapError) -> Self {
        Self(io::Error::other(error))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    fn file(contents: &[u8]) -> File {
        let fd = rustix::fs::memfd_create("test", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let mut file = File::from(fd);
        file.write_all(contents).unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn bytes_stay_as_they_were() {
        for contents in [&b""[..], b"abc"] {
            let file = file(contents);
            // SAFETY: nobody changes the file.
            let mapped = unsafe { ArtifactMemory::map(file.try_clone().unwrap()) }.unwrap();
            let read = ArtifactMemory::read(&file).unwrap();
            let copied = ArtifactMemory::copy(contents).unwrap();
            drop(file);
            assert_eq!(mapped.keep_file().is_some(), !contents.is_empty());
            let file = mapped.file.clone().unwrap_or_else(|| Arc::new(self::file(b"")));
            assert!(KeptFile::new(file, mapped.map.clone(), 0).is_none());
            assert!(read.keep_file().is_none() && copied.keep_file().is_none());
            for memory in [mapped, read, copied] {
                assert_eq!(memory.bytes(), contents);
                assert!(memory.map_of().len() >= contents.len());
            }
        }
    }

    #[test]
    fn a_file_that_shrinks_is_an_error() {
        let mut file = file(b"abc");
        file.seek(io::SeekFrom::Start(1)).unwrap();
        assert!(ArtifactMemory::read(&file).is_err());
    }
}
