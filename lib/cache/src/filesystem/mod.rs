//! A cache in a directory.
//!
//! | file | what |
//! |---|---|
//! | `key` | 32 random bytes, which only the owner of the directory can read |
//! | 64 digits, with an extension or without | an artifact with a keyed hash, see [`Module::serialize_keyed`] |
//! | `….checked` | that the module of this name was checked, and has not changed since: 32 bytes |
//! | 64 digits with `.source` | the hash of a source file that has not changed since: 64 bytes |
//! | `….tmp` | one of these that is being written |
//!
//! Everything is written beside its place and then put there at once, so that nobody ever reads a part. There are no
//! locks: who comes last replaces what is there by the same.

mod key;
mod stamp;
mod sweep;
mod temporary;

use std::fmt;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW};
use wasmer::{AsEngineRef, DeserializeError, Module, SerializeError};

use self::key::Key;
use self::stamp::Stamp;
use crate::{Cache, Hash};

/// How many bytes a [`FileSystemCache`] may hold unless [`FileSystemCache::set_max_size`] says something else: 1 GiB.
pub const DEFAULT_MAX_SIZE: u64 = 1 << 30;

/// Only the owner of the directory of a cache needs to get in.
const DIRECTORY_MODE: u32 = 0o700;

/// A [`Cache`] in a directory.
///
/// # Safety and sharing
///
/// Each file has a hash with a secret key, which is made when the directory is and which only its owner can read. A file
/// that was damaged, comes from elsewhere, or was stored under another hash, is refused and deleted, not run. So loading
/// is safe ([`Self::load_checked`]) as long as nobody but the owner can read the key.
///
/// A module that was checked is mapped from its file the next times, without reading it, as long as the times that the
/// system keeps of the file have not changed, and nobody but the owner can write to the directory. So what is on the
/// disk must be what was written there: damage that the disk itself does is found by the first load only.
///
/// Any number of threads and processes of one user may use a directory at once.
///
/// # Size
///
/// When the files take more than [`Self::set_max_size`] allows, those that have not been used for the longest time are
/// deleted until they take seven eighths of it.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let temporary = tempfile::tempdir()?;
/// # let directory = temporary.path();
/// use wasmer::{DeserializeError, Engine, Module};
/// use wasmer_cache::{Cache, FileSystemCache, Hash};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, "(module (memory (export \"m\") 1))")?;
/// let hash = Hash::generate(b"this one");
///
/// let mut cache = FileSystemCache::new(directory.join("modules"))?;
/// cache.set_cache_extension(Some("wasmu"));
/// cache.set_max_size(Some(16 << 20));
/// cache.store(hash, &module)?;
/// assert!(cache.path().join(format!("{hash}.wasmu")).exists());
/// assert!(cache.size()? > 0);
///
/// // SAFETY: the directory is ours, and the cache checks each file.
/// let loaded = unsafe { cache.load(&engine, hash)? };
/// assert_eq!(loaded.exports().next().unwrap().name(), "m");
///
/// cache.clear()?;
/// let error = cache.load_checked(&engine, hash).unwrap_err();
/// assert!(matches!(error, DeserializeError::Io(_)));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct FileSystemCache {
    path: PathBuf,
    extension: Option<String>,
    max_size: u64,
    key: Key,
    /// Nobody else can put files there.
    is_private: bool,
}

impl FileSystemCache {
    /// A cache in the directory `path`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] when `path` is not a directory, when nothing can be written to it, or when
    /// its key belongs to another user; else what the system says.
    pub fn new<P: Into<PathBuf>>(path: P) -> io::Result<Self> {
        let path = path.into();
        make_directory(&path)?;
        let key = Key::of_directory(&path)?;
        let is_private = is_own(&fs::metadata(&path)?);
        Ok(Self { path, extension: None, max_size: DEFAULT_MAX_SIZE, key, is_private })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets the extension of files, without the dot; `None` for none. Files with another extension are not found.
    pub fn set_cache_extension(&mut self, extension: Option<impl ToString>) {
        self.extension = extension.map(|extension| extension.to_string());
    }

    /// Sets how many bytes all files may take; `None` for any number. It is enforced by the next
    /// [`store`](Cache::store); a module that is larger by itself is not stored.
    pub fn set_max_size(&mut self, bytes: Option<u64>) {
        self.max_size = bytes.unwrap_or(u64::MAX);
    }

    /// How many bytes the files of the cache take.
    ///
    /// # Errors
    ///
    /// When the directory can't be read.
    pub fn size(&self) -> io::Result<u64> {
        sweep::size(&self.path)
    }

    /// Deletes all modules. Other files in the directory stay.
    ///
    /// # Errors
    ///
    /// When one can't be deleted.
    pub fn clear(&self) -> io::Result<()> {
        sweep::clear(&self.path)
    }

    /// As [`Cache::load`], which is safe here: see the type.
    ///
    /// # Errors
    ///
    /// [`DeserializeError::Io`] with [`io::ErrorKind::NotFound`] when nothing was stored under `key`;
    /// [`DeserializeError::CorruptedBinary`] when it was damaged or comes from elsewhere;
    /// [`DeserializeError::Incompatible`] when the engine has a compiler and would not compile like that which has made
    /// the module, middlewares included ([`Engine::would_compile_like`](wasmer::Engine::would_compile_like)); and those of
    /// [`Module::deserialize_from_file_checked`]. Except after other failures to read it, the file is deleted.
    pub fn load_checked(
        &self,
        engine: &impl AsEngineRef,
        key: Hash,
    ) -> Result<Module, DeserializeError> {
        let path = self.file_of(key);
        if let Some(module) = self.load_checked_before(engine, &path, key) {
            touch(&stamp::checked_file(&path));
            return Ok(module);
        }
        let before = fs::symlink_metadata(&path);
        let loaded = self.load_file(engine, &path, key);
        match &loaded {
            Ok(_) => {
                if let Ok(before) = before {
                    self.note_load(&path, key, &before);
                }
            }
            Err(DeserializeError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {}
            Err(_) => {
                // If it can't be deleted it will be refused again.
                let _ = fs::remove_file(&path);
            }
        }
        loaded
    }

    /// Maps the module if it was checked before and its file has not changed.
    fn load_checked_before(
        &self,
        engine: &impl AsEngineRef,
        path: &Path,
        key: Hash,
    ) -> Option<Module> {
        let found = fs::symlink_metadata(path).ok()?;
        let stamp = Stamp::of(&found)?;
        let is_trusted = self.is_private && is_own(&found) && found.len() <= self.max_size;
        if !is_trusted || !stamp::is_checked(&self.key, path, key, stamp) {
            return None;
        }
        // SAFETY: the contents were checked when the file had this stamp, so they have the hash with our key. Only the
        // owner can change the file or put another one there, whose programs put files in place of others and change
        // none.
        let module = unsafe { Module::deserialize_from_file(engine, path) }.ok()?;
        engine.as_engine_ref().engine().would_compile_like(&module).then_some(module)
    }

    /// Notes that the module was checked and used. `before` is from before it was read.
    fn note_load(&self, path: &Path, key: Hash, before: &fs::Metadata) {
        /// A file that was written or used within this time is not going to be the first to be deleted.
        const RECENT: Duration = Duration::from_secs(60);
        let now = fs::symlink_metadata(path).ok();
        let unchanged =
            now.as_ref().and_then(Stamp::of).filter(|now| Stamp::of(before) == Some(*now));
        // Nothing here is worth an error: the module is loaded.
        let noted = match unchanged.filter(|_| self.is_private) {
            Some(stamp) => stamp::set_checked(&self.key, path, key, stamp).is_ok(),
            None => false,
        };
        let is_recent = |found: fs::Metadata| {
            let age = found.modified().ok().and_then(|time| time.elapsed().ok());
            age.is_some_and(|age| age < RECENT)
        };
        // This changes the stamp, too.
        if !noted && !now.is_some_and(is_recent) {
            touch(path);
        }
    }

    /// [`Hash::of_module`] of the contents of `source`, a file with a module, if [`Self::remember_source`] was told
    /// and the file has not changed since: then it needs not be read.
    pub fn hash_of_source(&self, engine: &impl AsEngineRef, source: &fs::Metadata) -> Option<Hash> {
        let stamp = Stamp::of(source)?;
        stamp::source_hash(&self.key, &self.path, Hash::of_module(engine, b""), stamp)
    }

    /// Notes that `hash` is the [`Hash::of_module`] of the contents of a file. `source` is from before it was read. Does
    /// nothing if the file has changed just now, as it might change again without a trace.
    ///
    /// # Errors
    ///
    /// When nothing can be written to the directory.
    pub fn remember_source(
        &self,
        engine: &impl AsEngineRef,
        source: &fs::Metadata,
        hash: Hash,
    ) -> io::Result<()> {
        let Some(stamp) = Stamp::of(source) else {
            return Ok(());
        };
        let engine = Hash::of_module(engine, b"");
        stamp::set_source_hash(&self.key, &self.path, engine, stamp, hash)
    }

    fn load_file(
        &self,
        engine: &impl AsEngineRef,
        path: &Path,
        key: Hash,
    ) -> Result<Module, DeserializeError> {
        let found = fs::symlink_metadata(path)?;
        if !found.is_file() || found.len() > self.max_size {
            // Reading a pipe may take forever, and a file larger than any that was stored all memory.
            let expected = format!("expected a file of at most {} bytes", self.max_size);
            return Err(DeserializeError::CorruptedBinary(expected));
        }
        let module = Module::deserialize_from_file_checked(engine, path, &self.key.of_entry(key))?;
        match engine.as_engine_ref().engine().would_compile_like(&module) {
            true => Ok(module),
            // Whatever the hash says: without its metering, for example, a module must not be run.
            false => Err(DeserializeError::Incompatible(
                "it was compiled by another compiler, or with other settings or middlewares"
                    .to_owned(),
            )),
        }
    }

    fn store_file(&self, key: Hash, module: &Module) -> Result<(), SerializeError> {
        let bytes = module.serialize_keyed(&self.key.of_entry(key))?;
        if bytes.len() as u64 > self.max_size {
            return Ok(());
        }
        let path = self.file_of(key);
        temporary::write(&path, &bytes)?.put_in_place(&path)?;
        sweep::shrink(&self.path, self.max_size, &path)?;
        Ok(())
    }

    /// Where the module is.
    fn file_of(&self, key: Hash) -> PathBuf {
        let mut name = key.to_string();
        if let Some(extension) = &self.extension {
            name.push('.');
            name.push_str(extension);
        }
        self.path.join(name)
    }
}

impl Cache for FileSystemCache {
    type SerializeError = SerializeError;
    type DeserializeError = DeserializeError;

    unsafe fn load(
        &self,
        engine: &impl AsEngineRef,
        key: Hash,
    ) -> Result<Module, DeserializeError> {
        self.load_checked(engine, key)
    }

    fn store(&mut self, key: Hash, module: &Module) -> Result<(), SerializeError> {
        self.store_file(key, module)
    }
}

impl fmt::Debug for FileSystemCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSystemCache")
            .field("path", &self.path)
            .field("extension", &self.extension)
            .field("max_size", &self.max_size)
            .finish_non_exhaustive()
    }
}

/// Makes the directory of a cache unless it is there.
fn make_directory(path: &Path) -> io::Result<()> {
    let denied = |what: &str| {
        let message = format!("the directory of a cache {what}: {}", path.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    };
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path);
        }
        found => found?,
    };
    if !found.is_dir() {
        return denied("must not be a file");
    }
    if found.permissions().readonly() {
        return denied("must not be read-only");
    }
    Ok(())
}

/// Whether only this user can write to a file or directory.
fn is_own(found: &fs::Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

/// Makes a file the last to be deleted.
fn touch(path: &Path) {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW as _ };
    let times = Timestamps { last_access: now, last_modification: now };
    // Worth nothing more than being deleted too early.
    let _ = rustix::fs::utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW);
}
