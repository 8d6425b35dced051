//! Files that were read once and have not changed since, so that they need not be read again.
//!
//! Whoever changes a file changes the times that the system keeps for it. One of them can't be set by programs, but only
//! follows the clock. So a file is as it was when size, times and number are, unless it was changed within the same
//! tick of the clock in which they were noted. Therefore nothing is noted of files that have changed just now.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::key::Key;
use super::temporary;
use crate::Hash;

/// End of the names of files that say that a module was checked.
pub(super) const CHECKED: &str = "checked";
/// End of the names of files that say what the hash of a module's source is.
pub(super) const SOURCE: &str = "source";

/// Seconds within which a file may change twice without a difference of its times. The coarsest clock, that of FAT, has
/// two.
const TICK: i64 = 3;

/// What changes when a file changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp([i64; 7]);

impl Stamp {
    /// That of the file with this metadata; `None` if it is no file, or has changed just now.
    pub(super) fn of(found: &Metadata) -> Option<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() as i64;
        let is_settled = found.ctime().saturating_add(TICK) < now;
        (found.is_file() && is_settled).then(|| {
            Self([
                found.dev() as i64,
                found.ino() as i64,
                found.size() as i64,
                found.mtime(),
                found.mtime_nsec(),
                found.ctime(),
                found.ctime_nsec(),
            ])
        })
    }

    pub(super) fn bytes(self) -> [u8; 56] {
        let mut bytes = [0; 56];
        for (place, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

/// The file that says that the module in `path` was checked.
pub(super) fn checked_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(CHECKED);
    name.into()
}

/// Whether the module that is stored under `key` was checked when it had this stamp.
pub(super) fn is_checked(own: &Key, path: &Path, key: Hash, stamp: Stamp) -> bool {
    let expected = own.of_stamp(CHECKED, key, stamp);
    fs::read(checked_file(path)).is_ok_and(|found| found == expected.as_bytes())
}

/// Notes that it was checked.
pub(super) fn set_checked(own: &Key, path: &Path, key: Hash, stamp: Stamp) -> io::Result<()> {
    let file = checked_file(path);
    temporary::write(&file, own.of_stamp(CHECKED, key, stamp).as_bytes())?.put_in_place(&file)
}

/// The hash of a source with this stamp, which was `engine`'s when nothing is in it.
pub(super) fn source_hash(own: &Key, directory: &Path, engine: Hash, stamp: Stamp) -> Option<Hash> {
    let name = own.of_stamp(SOURCE, engine, stamp);
    let found = fs::read(source_file(directory, &name)).ok()?;
    let (hash, proof) = found.split_first_chunk::<32>()?;
    let hash = Hash::new(*hash);
    (proof == own.of_stamp(SOURCE, name.with(hash.as_bytes()), stamp).as_bytes()).then_some(hash)
}

/// Notes the hash.
pub(super) fn set_source_hash(
    own: &Key,
    directory: &Path,
    engine: Hash,
    stamp: Stamp,
    hash: Hash,
) -> io::Result<()> {
    let name = own.of_stamp(SOURCE, engine, stamp);
    let proof = own.of_stamp(SOURCE, name.with(hash.as_bytes()), stamp);
    let file = source_file(directory, &name);
    let contents = [&hash.as_bytes()[..], proof.as_bytes()].concat();
    temporary::write(&file, &contents)?.put_in_place(&file)
}

fn source_file(directory: &Path, name: &Hash) -> PathBuf {
    directory.join(format!("{name}.{SOURCE}"))
}
