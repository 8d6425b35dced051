//! The key of a directory.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::rand::GetRandomFlags;

use super::stamp::Stamp;
use super::temporary;
use crate::Hash;

/// Name of its file.
pub(super) const FILE: &str = "key";

/// What makes files of this directory differ from those that anybody else can make. It is never printed.
#[derive(Clone)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// The key of a directory, which is made if there is none, or if it can't be a secret any more.
    pub(super) fn of_directory(directory: &Path) -> io::Result<Self> {
        let path = directory.join(FILE);
        if let Some(key) = Self::read(&path)? {
            return Ok(key);
        }
        let mut bytes = [0; 32];
        fill_randomly(&mut bytes)?;
        temporary::write(&path, &bytes)?.put_in_empty_place(&path)?;
        // That of another process if it was faster.
        Self::read(&path)?.ok_or_else(|| io::Error::other("the key of a cache was not kept"))
    }

    /// The key for the module that is stored under `hash`, so that files can't be exchanged.
    pub(super) fn of_entry(&self, hash: Hash) -> [u8; 32] {
        blake3::keyed_hash(&self.0, hash.as_bytes()).into()
    }

    /// What only this cache can say of a file with this stamp, for a `purpose`.
    pub(super) fn of_stamp(&self, purpose: &str, hash: Hash, stamp: Stamp) -> Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.of_entry(hash));
        hasher.update(purpose.as_bytes()).update(&stamp.bytes());
        Hash::new(hasher.finalize().into())
    }

    /// The key in a file. If it is none, or if others can read it, it is deleted.
    fn read(path: &Path) -> io::Result<Option<Self>> {
        // Neither waits for the other end of a pipe, nor follows a link to a file that somebody else knows.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = match rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from) {
            Ok(file) => File::from(file),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return fs::remove_file(path).map(|()| None);
            }
            Err(error) => return Err(error),
        };
        let found = file.metadata()?;
        if found.uid() != rustix::process::geteuid().as_raw() {
            let message = format!("the key of a cache belongs to another user: {}", path.display());
            return Err(io::Error::new(ErrorKind::PermissionDenied, message));
        }
        let mut bytes = [0; 32];
        let is_secret = found.is_file() && found.mode() & 0o077 == 0;
        if !is_secret || found.len() != 32 || (&file).read_exact(&mut bytes).is_err() {
            return fs::remove_file(path).map(|()| None);
        }
        Ok(Some(Self(bytes)))
    }
}

fn fill_randomly(bytes: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        match rustix::rand::getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(more) => filled += more,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
