//! Files that are written beside their place.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// End of the names of files that are being written.
pub(super) const EXTENSION: &str = "tmp";

/// Only the owner reads them.
const MODE: u32 = 0o600;

/// A file that is deleted unless it is put in its place.
pub(super) struct Temporary(PathBuf);

/// Writes a file beside `place`.
pub(super) fn write(place: &Path, contents: &[u8]) -> io::Result<Temporary> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = place.file_name().unwrap_or_default();
    let (temporary, mut file) = loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut unique = name.to_owned();
        unique.push(format!(".{}-{number}.{EXTENSION}", process::id()));
        let path = place.with_file_name(unique);
        // It may be there: left over by a process of the same id, or used by one in another container.
        match OpenOptions::new().write(true).create_new(true).mode(MODE).open(&path) {
            Ok(file) => break (Temporary(path), file),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    };
    file.write_all(contents)?;
    Ok(temporary)
}

impl Temporary {
    /// Replaces what is at `place`.
    pub(super) fn put_in_place(self, place: &Path) -> io::Result<()> {
        fs::rename(&self.0, place)
    }

    /// As [`Self::put_in_place`], but what is at `place` stays. Where a file can't have two names, it may be replaced.
    pub(super) fn put_in_empty_place(self, place: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, place) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(_) => self.put_in_place(place),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It is not there any more if it was put in its place.
        let _ = fs::remove_file(&self.0);
    }
}
