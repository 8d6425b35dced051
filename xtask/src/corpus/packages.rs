//! Packages of registries: fetched by the registry's own client, checked, kept and unpacked.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::shell;

/// One version of a package.
pub(super) struct Package {
    pub(super) registry: Registry,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// The hash of the archive as the registry has it, in hexadecimal digits.
    pub(super) sha256: &'static str,
}

/// Where packages come from. Each client takes the server from its own configuration.
#[derive(Clone, Copy)]
pub(super) enum Registry {
    /// Archives are `.tgz`; the client is `npm`.
    Npm,
    /// Archives are wheels, `.whl`; the client is `pip`.
    PyPi,
}

impl Registry {
    /// The extension of its archives.
    fn extension(self) -> &'static str {
        match self {
            Self::Npm => "tgz",
            Self::PyPi => "whl",
        }
    }

    /// The command that saves a package as the only file of the folder `to`.
    fn download(self, name: &str, version: &str, to: &Path) -> Command {
        match self {
            Self::Npm => {
                let mut npm = Command::new("npm");
                npm.args(["pack", "--loglevel", "error", "--pack-destination"])
                    .arg(to)
                    .arg(format!("{name}@{version}"));
                npm
            }
            Self::PyPi => {
                let mut pip = Command::new("python3");
                // A wheel that is only unpacked fits every version of Python.
                pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
                    .args(["--no-deps", "--only-binary", ":all:", "--ignore-requires-python"])
                    .arg("--dest")
                    .arg(to)
                    .arg(format!("{name}=={version}"));
                pip
            }
        }
    }

    /// The command that unpacks one of its archives into a folder.
    fn unpack(self, archive: &Path, to: &Path) -> Command {
        match self {
            Self::Npm => untar(archive, to),
            Self::PyPi => {
                let mut python = Command::new("python3");
                python.args(["-m", "zipfile", "-e"]).arg(archive).arg(to);
                python
            }
        }
    }
}

impl Package {
    /// The folder with the unpacked package, below `corpus`. It is fetched unless it is there.
    ///
    /// # Errors
    ///
    /// When it can't be fetched, or is not what it was when its hash was noted.
    pub(super) fn fetch(&self, corpus: &Path) -> Result<PathBuf> {
        let folder = corpus.join(self.folder_name());
        if folder.is_dir() {
            return Ok(folder);
        }
        let archive = corpus.join(format!("{}.{}", self.folder_name(), self.registry.extension()));
        if !archive.is_file() {
            self.download(corpus, &archive).with_context(|| {
                let Self { name, version, .. } = self;
                format!("unable to fetch the package `{name}` {version}; is there a network?")
            })?;
        }
        self.check(&archive)?;
        unpack(&folder, |to| self.registry.unpack(&archive, to))?;
        Ok(folder)
    }

    /// The folder with what is in the archive `file` of the package.
    ///
    /// # Errors
    ///
    /// Those of [`Package::fetch`], and when there is no such archive.
    pub(super) fn fetch_archive(&self, corpus: &Path, file: &str) -> Result<PathBuf> {
        let archive = self.fetch(corpus)?.join(file);
        let folder = archive.with_extension("unpacked");
        if !folder.is_dir() {
            unpack(&folder, |to| untar(&archive, to))?;
        }
        Ok(folder)
    }

    /// Name, version and hash, as one name of a file.
    fn folder_name(&self) -> String {
        let name = self.name.trim_start_matches('@').replace('/', "-");
        let hash = self.sha256.get(..8).unwrap_or(self.sha256);
        format!("{name}-{}-{hash}", self.version)
    }

    fn download(&self, corpus: &Path, archive: &Path) -> Result<()> {
        eprintln!("fetching {} {}", self.name, self.version);
        let folder = archive.with_extension("download");
        empty(&folder)?;
        let mut client = self.registry.download(self.name, self.version, &folder);
        // Outside of any package, so that no file of one sets how the client behaves.
        let output = client
            .current_dir(corpus)
            .output()
            .with_context(|| format!("unable to start {:?}", client.get_program()))?;
        if !output.status.success() {
            bail!("{client:?} failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        let file = fs::read_dir(&folder)?.next().context("the client saved nothing")??.path();
        fs::rename(file, archive)?;
        Ok(fs::remove_dir_all(folder)?)
    }

    /// Checks the hash of an archive. One that is wrong is removed.
    fn check(&self, archive: &Path) -> Result<()> {
        let mut hasher = Sha256::new();
        io::copy(&mut fs::File::open(archive)?, &mut hasher)?;
        let found = hex::encode(hasher.finalize());
        if found != self.sha256 {
            fs::remove_file(archive)?;
            let Self { name, version, sha256, .. } = self;
            bail!(
                "the package `{name}` {version} is not what it was: its SHA-256 is {found}, \
                 expected {sha256}"
            );
        }
        Ok(())
    }
}

/// Makes `folder` and has a command unpack something into it. It is there only when all of it is.
fn unpack(folder: &Path, command: impl FnOnce(&Path) -> Command) -> Result<()> {
    let part = folder.with_extension("part");
    empty(&part)?;
    shell::output(&mut command(&part))?;
    ensure!(fs::read_dir(&part)?.next().is_some(), "nothing was unpacked for {folder:?}");
    Ok(fs::rename(part, folder)?)
}

fn untar(archive: &Path, to: &Path) -> Command {
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(archive).arg("--directory").arg(to);
    tar
}

/// Makes `folder` an empty one.
pub(super) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("unable to make {folder:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        empty(&folder).unwrap();
        folder
    }

    /// Its archive is there, so nothing is fetched.
    const PACKAGE: Package = Package {
        registry: Registry::PyPi,
        name: "@scope/name",
        version: "1.0",
        sha256: "00000000000000000000000000000000",
    };

    #[test]
    fn another_archive_is_refused_and_removed() {
        let corpus = folder("hash");
        let archive = corpus.join("scope-name-1.0-00000000.whl");
        fs::write(&archive, "something else").unwrap();
        let error = PACKAGE.fetch(&corpus).unwrap_err().to_string();
        assert!(error.contains("its SHA-256 is f41f3fa"), "{error}");
        assert!(!archive.exists());
        assert!(!corpus.join("scope-name-1.0-00000000").exists());
        fs::remove_dir_all(corpus).unwrap();
    }

    #[test]
    fn what_was_unpacked_is_used_again() {
        let corpus = folder("kept");
        let kept = corpus.join("scope-name-1.0-00000000");
        fs::create_dir(&kept).unwrap();
        assert_eq!(PACKAGE.fetch(&corpus).unwrap(), kept);
        fs::remove_dir_all(corpus).unwrap();
    }
}
