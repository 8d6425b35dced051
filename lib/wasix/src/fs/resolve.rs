//! Walking a path, for file systems whose directories are ours: in memory, and overlays.
//!
//! The walk starts at a directory and never leaves it: `..` above it, an absolute path and a symbolic link with an
//! absolute target are [`Errno::Perm`], as with directories of the host.

use std::collections::VecDeque;

use super::{FsResult, OpenOptions};
use crate::types::Errno;

/// Most symbolic links that one path may lead through, as on Linux.
const MAX_LINKS: usize = 40;

/// Longest name in bytes, as on Linux.
const MAX_NAME: usize = 255;

/// A file system that can look up one name.
pub(super) trait Tree {
    /// A directory.
    type Dir: Clone;

    /// What a directory has under a name.
    fn entry(&self, dir: &Self::Dir, name: &str) -> FsResult<Option<Entry<Self::Dir>>>;
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Entry<D> {
    Dir(D),
    /// A symbolic link, with its contents.
    Link(Vec<u8>),
    /// A file, or something else without entries.
    Other,
}

/// Where a path leads to.
#[derive(Debug)]
pub(super) struct Place<D> {
    /// The directory that has, or would have, the last component.
    pub(super) dir: D,
    /// The last component; `None` when the path leads to `dir` itself (`.`, `a/..`).
    pub(super) name: Option<String>,
    /// What is there.
    pub(super) entry: Option<Entry<D>>,
    /// The path ends with a slash: only a directory will do.
    pub(super) slash: bool,
}

impl<D> Place<D> {
    /// The name for something new: [`Errno::Exist`] when there is something.
    pub(super) fn vacant(&self) -> FsResult<&str> {
        match (&self.name, &self.entry) {
            (Some(name), None) => Ok(name),
            _ => Err(Errno::Exist),
        }
    }

    /// As [`vacant`](Self::vacant), for what is not a directory, whose name has no slash at its end.
    pub(super) fn vacant_file(&self) -> FsResult<&str> {
        let name = self.vacant()?;
        if self.slash { Err(Errno::Noent) } else { Ok(name) }
    }

    /// What is there, or [`Errno::Noent`].
    pub(super) fn found(&self) -> FsResult<&Entry<D>> {
        self.entry.as_ref().ok_or(Errno::Noent)
    }

    /// The name of what is to be removed; `dots` is the error for a path that ends in `.` or `..`.
    pub(super) fn removable(&self, dots: Errno) -> FsResult<&str> {
        let name = self.name.as_deref().ok_or(dots)?;
        self.found()?;
        Ok(name)
    }

    fn is_dir(&self) -> bool {
        matches!(self.entry, Some(Entry::Dir(_)))
    }
}

/// The components of a path that mean something; [`Errno::Perm`] when it is absolute.
fn components(path: &str) -> FsResult<impl DoubleEndedIterator<Item = &str>> {
    match path {
        "" => Err(Errno::Noent),
        _ if path.starts_with('/') => Err(Errno::Perm),
        _ => Ok(path.split('/').filter(|part| !matches!(*part, "" | "."))),
    }
}

/// Whether only a directory is meant.
fn wants_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

/// A path without slashes at its end, unless it is nothing else.
pub(super) fn without_slashes(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => path,
        trimmed => trimmed,
    }
}

/// Walks a path; a symbolic link in the last component is followed if `follow`, or if a slash is behind it.
pub(super) fn resolve<T: Tree>(
    tree: &T,
    base: &T::Dir,
    path: &str,
    follow: bool,
) -> FsResult<Place<T::Dir>> {
    let mut slash = wants_directory(path);
    let mut pending: VecDeque<String> = components(path)?.map(str::to_owned).collect();
    let mut above = Vec::new();
    let mut dir = base.clone();
    let mut links = 0;
    while let Some(name) = pending.pop_front() {
        if name == ".." {
            dir = above.pop().ok_or(Errno::Perm)?;
            continue;
        }
        if name.len() > MAX_NAME {
            return Err(Errno::Nametoolong);
        }
        let last = pending.is_empty();
        match tree.entry(&dir, &name)? {
            Some(Entry::Link(target)) if !last || follow || slash => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(Errno::Loop);
                }
                let target = std::str::from_utf8(&target).map_err(|_| Errno::Ilseq)?;
                slash |= last && wants_directory(target);
                for part in components(target)?.rev() {
                    pending.push_front(part.to_owned());
                }
            }
            entry if last => {
                if slash && matches!(entry, Some(Entry::Other)) {
                    return Err(Errno::Notdir);
                }
                // Something new can be named with a slash behind it, but nothing can be looked up in it.
                if entry.is_none() && path.ends_with("/.") {
                    return Err(Errno::Noent);
                }
                return Ok(Place { dir, name: Some(name), entry, slash });
            }
            Some(Entry::Dir(below)) => above.push(std::mem::replace(&mut dir, below)),
            Some(_) => return Err(Errno::Notdir),
            None => return Err(Errno::Noent),
        }
    }
    let entry = Some(Entry::Dir(dir.clone()));
    Ok(Place { dir, name: None, entry, slash })
}

/// As [`resolve`], for opening. What is created has no slash behind its name: [`Errno::Isdir`], whatever is there.
pub(super) fn resolve_to_open<T: Tree>(
    tree: &T,
    base: &T::Dir,
    path: &str,
    options: &OpenOptions,
) -> FsResult<Place<T::Dir>> {
    if options.create && path.ends_with('/') {
        resolve(tree, base, without_slashes(path), false)?;
        return Err(Errno::Isdir);
    }
    let follow = options.follow && !(options.create && options.exclusive);
    resolve(tree, base, path, follow)
}

/// Walks a path to an entry itself, for what removes or renames it: no link in the last component is followed. A path
/// that ends in `.` or `..` names none.
pub(super) fn resolve_entry<T: Tree>(
    tree: &T,
    base: &T::Dir,
    path: &str,
) -> FsResult<Place<T::Dir>> {
    let trimmed = without_slashes(path);
    let slash = trimmed.len() < path.len();
    let last = trimmed.rsplit('/').next();
    if !matches!(last, Some("." | "..")) {
        return Ok(Place { slash, ..resolve(tree, base, trimmed, false)? });
    }
    let place = resolve(tree, base, &format!("{trimmed}/"), true)?;
    match place.found()? {
        Entry::Dir(_) => Ok(Place { name: None, ..place }),
        _ => Err(Errno::Notdir),
    }
}

/// The name of a directory that is to be removed.
pub(super) fn removable_dir<D>(place: &Place<D>) -> FsResult<&str> {
    let name = place.removable(Errno::Inval)?;
    if place.is_dir() { Ok(name) } else { Err(Errno::Notdir) }
}

/// The name of a file that is to be removed.
pub(super) fn removable_file<D>(place: &Place<D>) -> FsResult<&str> {
    let name = place.removable(Errno::Isdir)?;
    match place.slash {
        _ if place.is_dir() => Err(Errno::Isdir),
        true => Err(Errno::Notdir),
        false => Ok(name),
    }
}

/// The old name and the new one of what is to be renamed. Only directories have slashes behind them.
pub(super) fn renamed<'a, D>(
    from: &'a Place<D>,
    onto: &'a Place<D>,
) -> FsResult<(&'a str, &'a str)> {
    let to_name = onto.name.as_deref().ok_or(Errno::Busy)?;
    let name = from.removable(Errno::Busy)?;
    if !from.is_dir() && (from.slash || onto.slash) {
        return Err(Errno::Notdir);
    }
    Ok((name, to_name))
}
