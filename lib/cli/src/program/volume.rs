//! Directories that a program is given.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use wasmer_wasix::WasiEnvBuilder;
use wasmer_wasix::fs::{Directory, HostDir, MemoryDir, ReadOnly};

use super::cwd::Cwd;
use crate::report::Advice;

/// The directories that a WASI program is given.
#[derive(Args, Debug)]
pub(crate) struct Volumes {
    /// Give the guest a directory, under the same name; with `:ro`, to read only
    #[arg(long = "dir", value_name = "DIR[:ro]", value_parser = Volume::parse_dir)]
    dirs: Vec<Volume>,

    /// Give the guest the directory HOST under the name GUEST; with `:ro`, to read only
    ///
    /// Without GUEST it has the same name. What follows the last colon is the name for the guest, unless it is `ro` (read
    /// only) or `rw` (the default). A guest sees nothing of the host but these directories.
    #[arg(long = "volume", value_name = "HOST[:GUEST][:ro]", value_parser = Volume::parse)]
    volumes: Vec<Volume>,

    /// Give the guest an empty directory in memory under the name GUEST; it is gone when the guest ends
    #[arg(long = "tmpfs", value_name = "GUEST")]
    in_memory: Vec<String>,

    /// Give the guest the directory HOST under the name GUEST (old form of --volume)
    #[arg(long = "mapdir", value_name = "GUEST:HOST[:ro]", value_parser = Volume::parse_mapdir, hide = true)]
    mapdirs: Vec<Volume>,

    /// Start the guest in a directory of its own, an absolute path: it is what relative paths begin at
    ///
    /// The directory has to be one that the guest is given, or in one. It gets it once more, under the name `.`:
    /// `--volume .:/src --cwd /src/examples`.
    #[arg(long, value_name = "GUEST")]
    cwd: Option<Cwd>,
}

/// A directory of the host and its name in the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Volume {
    host: PathBuf,
    pub(super) guest: String,
    read_only: bool,
}

impl Volume {
    /// `DIR`, perhaps with the access.
    fn parse_dir(text: &str) -> Result<Self, String> {
        let (dir, read_only) = split_access(text);
        Self::new(dir, dir, read_only)
    }

    /// `HOST[:GUEST]`, split at the last colon, perhaps with the access.
    fn parse(text: &str) -> Result<Self, String> {
        let (rest, read_only) = split_access(text);
        let (host, guest) = rest.rsplit_once(':').unwrap_or((rest, rest));
        Self::new(host, guest, read_only)
    }

    /// `GUEST:HOST` or `GUEST::HOST`, perhaps with the access.
    fn parse_mapdir(text: &str) -> Result<Self, String> {
        let (rest, read_only) = split_access(text);
        let (guest, host) =
            rest.split_once("::").or_else(|| rest.split_once(':')).ok_or("expected GUEST:HOST")?;
        Self::new(host, guest, read_only)
    }

    fn new(host: &str, guest: &str, read_only: bool) -> Result<Self, String> {
        if host.is_empty() || guest.is_empty() {
            return Err("expected HOST:GUEST with both names".to_owned());
        }
        Ok(Self { host: host.into(), guest: guest.to_owned(), read_only })
    }
}

/// What is before `:ro` or `:rw` at the end of `text`, and whether it is to be read only.
///
/// `ro` and `rw` are never names for the guest: a directory must not become writable because somebody has left out its
/// name.
fn split_access(text: &str) -> (&str, bool) {
    match text.rsplit_once(':') {
        Some((rest, "ro")) => (rest, true),
        Some((rest, "rw")) => (rest, false),
        _ => (text, false),
    }
}

impl Volume {
    /// Opens the directory, or the one at `path` below it.
    pub(super) fn open(&self, path: &str) -> anyhow::Result<HostDir> {
        let directory = HostDir::open_ambient(&self.host)?;
        match path {
            "" => Ok(directory),
            path => Ok(directory.open_dir(path)?),
        }
    }

    /// `directory`, with what the guest may do in this volume.
    pub(super) fn restrict(&self, directory: HostDir) -> Arc<dyn Directory> {
        match self.read_only {
            true => Arc::new(ReadOnly::new(Arc::new(directory))),
            false => Arc::new(directory),
        }
    }

    fn add_to(&self, builder: &mut WasiEnvBuilder) -> anyhow::Result<()> {
        let Self { host, guest, read_only } = self;
        builder.add_preopen_build(|preopen| {
            let writable = !read_only;
            preopen.directory(host).alias(guest).read(true).write(writable).create(writable)
        })?;
        Ok(())
    }

    /// Why the guest can't be given the directory, and what to do.
    fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let host = &self.host;
        let error =
            error.context(format!("unable to give the guest the directory `{}`", host.display()));
        match host.exists() {
            true if host.is_dir() => error,
            true => Advice::on(error, "name the directory that has the file"),
            false => {
                let help =
                    "a directory must be there before a guest can have it: make it with `mkdir`";
                Advice::on(error, help)
            }
        }
    }
}

impl Volumes {
    /// Opens the directories for the guest.
    pub(crate) fn add_to(&self, builder: &mut WasiEnvBuilder) -> anyhow::Result<()> {
        let volumes = || self.dirs.iter().chain(&self.volumes).chain(&self.mapdirs);
        let in_memory: Vec<(&str, Arc<MemoryDir>)> = self
            .in_memory
            .iter()
            .map(|guest| (guest.as_str(), Arc::new(MemoryDir::new())))
            .collect();
        let Some(cwd) = &self.cwd else {
            for volume in volumes() {
                volume.add_to(builder).map_err(|error| volume.explain(error))?;
            }
            return add_in_memory(builder, in_memory);
        };
        let start = cwd.open(volumes(), &in_memory)?;
        for volume in volumes() {
            let added = match cwd.hides(volume) {
                true => start.add_visible(volume, builder),
                false => volume.add_to(builder),
            };
            added.map_err(|error| volume.explain(error))?;
        }
        add_in_memory(builder, in_memory)?;
        start.add_to(builder)
    }
}

fn add_in_memory(
    builder: &mut WasiEnvBuilder,
    directories: Vec<(&str, Arc<MemoryDir>)>,
) -> anyhow::Result<()> {
    for (guest, directory) in directories {
        builder.add_map_fs(guest, directory)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let volume = |host: &str, guest: &str, read_only| Volume {
            host: host.into(),
            guest: guest.into(),
            read_only,
        };
        assert_eq!(Volume::parse("/tmp:data"), Ok(volume("/tmp", "data", false)));
        assert_eq!(Volume::parse("a:b:/"), Ok(volume("a:b", "/", false)));
        assert_eq!(Volume::parse("."), Ok(volume(".", ".", false)));
        assert_eq!(Volume::parse("/tmp:data:ro"), Ok(volume("/tmp", "data", true)));
        assert_eq!(Volume::parse("/tmp:data:rw"), Ok(volume("/tmp", "data", false)));
        assert_eq!(Volume::parse("/tmp:ro"), Ok(volume("/tmp", "/tmp", true)));
        assert_eq!(Volume::parse("/tmp:ro:rw"), Ok(volume("/tmp", "ro", false)));
        assert_eq!(Volume::parse_dir("a:b:ro"), Ok(volume("a:b", "a:b", true)));
        assert_eq!(Volume::parse_mapdir("data::/tmp"), Ok(volume("/tmp", "data", false)));
        assert_eq!(Volume::parse_mapdir("data:/tmp:ro"), Ok(volume("/tmp", "data", true)));
        assert!(Volume::parse("/tmp:").is_err());
        assert!(Volume::parse(":ro").is_err());
        assert!(Volume::parse_mapdir("data").is_err());
    }
}
