//! Packages of Debian that are unpacked into a folder: of another release, or for another machine. Nothing of them is
//! installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Packages that may be unpacked into a folder.
pub(crate) struct Packages {
    to: PathBuf,
    /// A state of its own for apt, in which no package is installed.
    apt: PathBuf,
}

impl Packages {
    /// Those that newer releases have, built for the release that runs.
    ///
    /// # Errors
    ///
    /// When this is no Debian, or it has no source that can be reached.
    pub(crate) fn of_backports(to: &Path) -> Result<Self> {
        let release = fs::read_to_string("/etc/os-release")?;
        let name = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let name = name.context("/etc/os-release has no VERSION_CODENAME")?.trim_matches('"');
        let only = format!("Codename: {name}");
        let targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", &only];
        let mirrors = shell::output(Command::new("apt-get").args(targets))?;
        let mirror = mirrors.lines().next().context("apt has no mirror of Debian")?;
        let apt = to.join("apt");
        fs::create_dir_all(&apt)?;
        let sources = apt.join("sources.list");
        fs::write(&sources, format!("deb [signed-by={KEYS}] {mirror} {name}-backports main\n"))?;
        let sources = sources.to_str().context("the folder has no name in UTF-8")?;
        Self::new(to, &[("Dir::Etc::sourcelist", sources), ("Dir::Etc::sourceparts", "-")])
    }

    /// Those of the release that runs, for machines that Debian calls `architecture`.
    ///
    /// # Errors
    ///
    /// When it has no source that can be reached.
    pub(crate) fn for_machines(architecture: &str, to: &Path) -> Result<Self> {
        Self::new(to, &[("APT::Architecture", architecture), ("APT::Architectures", architecture)])
    }

    fn new(to: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let apt = to.join("apt");
        fs::create_dir_all(apt.join("lists/partial"))?;
        fs::create_dir_all(apt.join("cache/archives/partial"))?;
        let state = apt.to_str().context("the folder has no name in UTF-8")?;
        let (lists, cache) = (format!("{state}/lists"), format!("{state}/cache"));
        let of_its_own = [
            ("Dir::State::lists", lists.as_str()),
            ("Dir::State::status", "/dev/null"),
            ("Dir::Cache", cache.as_str()),
            ("APT::Sandbox::User", "root"),
        ];
        let lines: String = of_its_own
            .iter()
            .chain(settings)
            .map(|(key, value)| format!("{key} \"{value}\";\n"))
            .collect();
        fs::write(apt.join("apt.conf"), lines)?;
        let packages = Self { to: to.to_owned(), apt };
        shell::output(packages.apt_get().args(["-qq", "update"]))?;
        Ok(packages)
    }

    fn apt_get(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.env("APT_CONFIG", self.apt.join("apt.conf"));
        command
    }

    /// Unpacks a package by itself.
    ///
    /// # Errors
    ///
    /// When there is none of this name, or it can't be fetched.
    pub(crate) fn unpack(self, package: &str) -> Result<()> {
        let download = ["-qq", "download", package];
        let folder = self.apt.join("cache/archives");
        shell::output(self.apt_get().args(download).current_dir(&folder))?;
        self.unpack_archives()
    }

    /// Unpacks packages and all that they depend on.
    ///
    /// # Errors
    ///
    /// When there is none of a name, or something of them can't be fetched.
    pub(crate) fn unpack_with_dependencies(self, packages: &[&str]) -> Result<()> {
        let download = ["-qq", "-y", "--no-install-recommends", "--download-only", "install"];
        shell::output(self.apt_get().args(download).args(packages))?;
        self.unpack_archives()
    }

    fn unpack_archives(self) -> Result<()> {
        for entry in fs::read_dir(self.apt.join("cache/archives"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                shell::output(Command::new("dpkg").arg("-x").arg(path).arg(&self.to))?;
            }
        }
        fs::remove_dir_all(self.apt)?;
        Ok(())
    }
}
