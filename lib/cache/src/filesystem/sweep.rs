//! How much there is in a directory, and deleting it.

use std::collections::HashMap;
use std::fs::{self, DirEntry, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{key, stamp, temporary};

/// Files that are being written for longer than this are left over by processes that have ended.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Hashes of sources are noted again when they are needed after this time.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a file is to the cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A module.
    Module,
    /// That a module was checked; its time is when the module was used last.
    Checked,
    /// The hash of a source.
    Source,
    /// A module or a key that is being written.
    Temporary,
}

impl Kind {
    /// What the file `name` is, if it is of the cache and may be deleted.
    fn of(name: &str) -> Option<Self> {
        let (stem, extension) = name.split_once('.').map_or((name, None), |(s, e)| (s, Some(e)));
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_hash = stem.len() == 64 && stem.bytes().all(is_digit);
        let last = name.rsplit_once('.').map_or("", |(_, last)| last);
        let is_written = extension
            .and_then(|extension| extension.rsplit_once('.'))
            .is_some_and(|(_, last)| last == temporary::EXTENSION);
        match is_written {
            true if is_hash || stem == key::FILE => Some(Self::Temporary),
            false if is_hash && last == stamp::CHECKED => Some(Self::Checked),
            false if is_hash && last == stamp::SOURCE => Some(Self::Source),
            false if is_hash => Some(Self::Module),
            _ => None,
        }
    }
}

struct Found {
    path: PathBuf,
    kind: Kind,
    size: u64,
    /// When it was written or used last.
    used: SystemTime,
}

/// Bytes that modules take.
pub(super) fn size(directory: &Path) -> io::Result<u64> {
    Ok(list(directory)?.iter().map(|found| found.size).sum())
}

/// Deletes all modules.
pub(super) fn clear(directory: &Path) -> io::Result<()> {
    list(directory)?.iter().try_for_each(|found| remove(&found.path))
}

/// If modules take more than `max_size`, deletes those that have not been used for the longest time, but not `newest`.
pub(super) fn shrink(directory: &Path, max_size: u64, newest: &Path) -> io::Result<()> {
    let mut files = list(directory)?;
    let now = SystemTime::now();
    let is_abandoned = |found: &Found| {
        let age = now.duration_since(found.used).unwrap_or_default();
        match found.kind {
            Kind::Temporary => age > ABANDONED,
            Kind::Source => age > FORGOTTEN,
            Kind::Module | Kind::Checked => false,
        }
    };
    for found in files.extract_if(.., |found| is_abandoned(found)) {
        remove(&found.path)?;
    }
    apply_uses(&mut files)?;
    let mut size: u64 = files.iter().map(|found| found.size).sum();
    if size <= max_size {
        return Ok(());
    }
    // Some room, so that not every module that is stored deletes another.
    let target = max_size - max_size / 8;
    files.retain(|found| found.kind == Kind::Module && found.path != newest);
    files.sort_unstable_by_key(|found| found.used);
    for found in files {
        if size <= target {
            break;
        }
        remove(&found.path)?;
        remove(&stamp::checked_file(&found.path))?;
        size -= found.size;
    }
    Ok(())
}

/// Moves the times of files that say when modules were used to the modules, and deletes those that have none.
fn apply_uses(files: &mut Vec<Found>) -> io::Result<()> {
    let checked = files.extract_if(.., |found| found.kind == Kind::Checked);
    let mut uses: HashMap<PathBuf, SystemTime> =
        checked.map(|found| (found.path, found.used)).collect();
    for module in files.iter_mut().filter(|found| found.kind == Kind::Module) {
        if let Some(used) = uses.remove(&stamp::checked_file(&module.path)) {
            module.used = module.used.max(used);
        }
    }
    uses.keys().try_for_each(|orphan| remove(orphan))
}

/// The files of the cache. Those that somebody else deletes meanwhile may be missing.
fn list(directory: &Path) -> io::Result<Vec<Found>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Some(kind) = entry.file_name().to_str().and_then(Kind::of) else {
            continue;
        };
        match describe(&entry, kind) {
            Ok(found) => files.extend(found),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

fn describe(entry: &DirEntry, kind: Kind) -> io::Result<Option<Found>> {
    let metadata: Metadata = entry.metadata()?;
    if metadata.is_dir() {
        return Ok(None);
    }
    Ok(Some(Found { path: entry.path(), kind, size: metadata.len(), used: metadata.modified()? }))
}

/// Deletes a file that may be gone.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(Kind::of(&hash), Some(Kind::Module));
        assert_eq!(Kind::of(&format!("{hash}.bin")), Some(Kind::Module));
        assert_eq!(Kind::of(&format!("{hash}.tmp")), Some(Kind::Module));
        assert_eq!(Kind::of(&format!("{hash}.12-3.tmp")), Some(Kind::Temporary));
        assert_eq!(Kind::of(&format!("{hash}.bin.12-3.tmp")), Some(Kind::Temporary));
        assert_eq!(Kind::of("key.12-3.tmp"), Some(Kind::Temporary));
        assert_eq!(Kind::of(&format!("{hash}.checked")), Some(Kind::Checked));
        assert_eq!(Kind::of(&format!("{hash}.bin.checked")), Some(Kind::Checked));
        assert_eq!(Kind::of(&format!("{hash}.source")), Some(Kind::Source));
        assert_eq!(Kind::of(&format!("{hash}.bin.checked.1-2.tmp")), Some(Kind::Temporary));
        let upper = hash.to_uppercase();
        for other in ["key", "", ".", "notes.txt", "notes.tmp", &hash[1..], upper.as_str()] {
            assert_eq!(Kind::of(other), None, "{other}");
        }
    }
}
