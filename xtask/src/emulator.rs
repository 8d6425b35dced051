//! An emulator of user programs for AArch64: `qemu-aarch64`.
//!
//! qemu 7.2, which Debian 12 has, keeps 49 MiB for each live reservation of 8 GiB, and that is what a memory is for
//! us. Newer ones keep nothing. So a newer one is unpacked from Debian's backports where that is possible.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian::Packages;
use crate::shell;

/// The first version that is known to keep nothing for reservations.
const SPARSE: u32 = 10;

/// The emulator to use.
pub(crate) struct Emulator {
    /// Folder of the program `qemu-aarch64`.
    folder: PathBuf,
    /// Whether it can have thousands of memories.
    pub(crate) many_memories: bool,
}

impl Emulator {
    /// Finds the best that there is: the system's, if it is new enough, or one unpacked below `cross`, or else the
    /// system's.
    ///
    /// # Errors
    ///
    /// When there is none that runs.
    pub(crate) fn find(cross: &Path) -> Result<Self> {
        let system = PathBuf::from("/usr/bin");
        let unpacked = cross.join("qemu");
        for folder in [system.clone(), unpacked.join("usr/bin")] {
            if version(&folder).is_ok_and(|version| version >= SPARSE) {
                return Ok(Self { folder, many_memories: true });
            }
        }
        match Packages::of_backports(&unpacked)
            .and_then(|packages| packages.unpack("qemu-user"))
            .and_then(|()| version(&unpacked.join("usr/bin")))
        {
            Ok(_) => Ok(Self { folder: unpacked.join("usr/bin"), many_memories: true }),
            Err(error) => {
                eprintln!(
                    "the emulator of the system is used, as there is no newer one: {error:#}"
                );
                version(&system)?;
                Ok(Self { folder: system, many_memories: false })
            }
        }
    }

    /// The words that go before a program and its arguments, with [`Emulator::search_path`].
    pub(crate) const RUNNER: [&str; 3] = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"];

    /// The search path of programs, with the emulator first.
    pub(crate) fn search_path(&self) -> Result<OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder.clone()).chain(std::env::split_paths(&path));
        Ok(std::env::join_paths(folders)?)
    }
}

/// The major version of the emulator in `folder`.
fn version(folder: &Path) -> Result<u32> {
    let text = shell::output(Command::new(folder.join("qemu-aarch64")).arg("--version"))?;
    let number = text.split_whitespace().skip_while(|&word| word != "version").nth(1);
    let major = number.and_then(|number| number.split('.').next()?.parse().ok());
    major.with_context(|| format!("`{text}` names no version"))
}
