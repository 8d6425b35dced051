//! The directory that a program starts in.
//!
//! Preview 1 does not know such a thing; C libraries do. What they make of a path is the name of a directory that the guest
//! has, and a path relative to that. A directory `.` is that of all relative paths. It is that of absolute paths as well
//! that no longer name is the beginning of, since `/`, `.` and no name at all are the same to them. So a volume `/` can't
//! be seen behind it, and the guest is given the directories in that volume, each by its name.

use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context;
use wasmer_wasix::WasiEnvBuilder;
use wasmer_wasix::fs::{Directory, MemoryDir};
use wasmer_wasix::types::{Errno, Filetype};

use super::volume::Volume;
use crate::report::Advice;

/// No volume `/` may have more directories, each of which is opened.
const MOST: usize = 256;

/// A path of the guest: absolute, and not leading upwards.
#[derive(Debug, Clone)]
pub(crate) struct Cwd(String);

impl FromStr for Cwd {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.starts_with('/') && !text.split('/').any(|component| component == "..") {
            true => Ok(Self(text.to_owned())),
            false => Err("expected an absolute path of the guest, without `..`"),
        }
    }
}

/// The components of a path of the guest, which are all that C libraries tell names by: `/data`, `./data` and `data` are
/// the same to them.
fn components(path: &str) -> Vec<&str> {
    path.split('/').filter(|component| !matches!(*component, "" | ".")).collect()
}

impl Cwd {
    /// Opens the directory, which is one that the guest is given, or below one.
    pub(super) fn open<'a>(
        &self,
        volumes: impl Iterator<Item = &'a Volume>,
        in_memory: &[(&str, Arc<MemoryDir>)],
    ) -> anyhow::Result<Start> {
        let path = components(&self.0);
        let depth = |name: &str| {
            let name = components(name);
            path.starts_with(&name).then_some(name.len())
        };
        // The one with the longest name, and of several the last, as C libraries look for it.
        let volume = volumes
            .filter_map(|volume| Some((depth(&volume.guest)?, volume)))
            .max_by_key(|(depth, _)| *depth);
        let memory = in_memory
            .iter()
            .filter_map(|(name, directory)| Some((depth(name)?, directory)))
            .max_by_key(|(depth, _)| *depth);
        let failure = || format!("unable to start the guest in `{}`", self.0);
        let directory = match (volume, memory) {
            (None, None) => {
                return Err(Advice::new(
                    format!("the guest has no directory `{}` to start in", self.0),
                    format!("give it one with `--volume HOST:{}`", self.0),
                )
                .into());
            }
            (Some((depth, volume)), memory) if memory.is_none_or(|(other, _)| other < depth) => {
                let directory = volume.open(&path[depth..].join("/")).with_context(failure)?;
                volume.restrict(directory)
            }
            // It is still empty.
            (_, Some((depth, directory))) if depth == path.len() => directory.clone(),
            _ => return Err(Errno::Noent).with_context(failure),
        };
        Ok(Start(directory))
    }

    /// Whether paths below `volume` can't be told from those below this.
    pub(super) fn hides(&self, volume: &Volume) -> bool {
        components(&volume.guest).is_empty() && !components(&self.0).is_empty()
    }
}

/// The directory that a guest starts in.
pub(super) struct Start(Arc<dyn Directory>);

impl Start {
    /// Gives it to the guest, which has all others already.
    pub(super) fn add_to(self, builder: &mut WasiEnvBuilder) -> anyhow::Result<()> {
        Ok(builder.add_map_fs(".", self.0)?)
    }

    /// Gives the guest the directories in `volume`, except those with names that there are here, too.
    pub(super) fn add_visible(
        &self,
        volume: &Volume,
        builder: &mut WasiEnvBuilder,
    ) -> anyhow::Result<()> {
        let root = volume.open("")?;
        let mut names = Vec::new();
        root.read_dir(0, &mut |entry| {
            let is_openable =
                matches!(entry.filetype, Filetype::Directory | Filetype::SymbolicLink);
            let name = std::str::from_utf8(entry.name).ok();
            if let Some(name) = name.filter(|name| is_openable && !matches!(*name, "." | "..")) {
                names.push(name.to_owned());
            }
            match names.len() > MOST {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if names.len() > MOST {
            return Err(Advice::new(
                format!("there are more than {MOST} directories in it"),
                "with --cwd, give the guest those that it needs by their names",
            )
            .into());
        }
        names.sort();
        for name in names {
            if self.0.stat_at(&name, false).is_ok() {
                continue;
            }
            // A link that leads elsewhere, or one that we may not open.
            let Ok(directory) = root.open_dir(&name) else { continue };
            builder.add_map_fs(&format!("/{name}"), volume.restrict(directory))?;
        }
        Ok(())
    }
}
