//! Where wasmer keeps its own files.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

/// Where files are kept.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Directories {
    /// Home of settings and caches [default: `.wasmer` in your home directory]
    #[arg(long, global = true, value_name = "DIR", env = WASMER_DIR, hide_env_values = true)]
    wasmer_dir: Option<OsString>,

    /// Where compiled modules are kept [default: the setting `cache.dir`, else `cache` in the one above]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "WASMER_CACHE_DIR",
        hide_env_values = true
    )]
    cache_dir: Option<OsString>,
}

/// The variable with the home of settings and caches.
const WASMER_DIR: &str = "WASMER_DIR";

/// A directory, unless its name is empty.
fn given(dir: &Option<OsString>) -> Option<PathBuf> {
    dir.clone().filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

impl Directories {
    /// Those of a command without options for them.
    pub(crate) fn of_environment() -> Self {
        Self { wasmer_dir: std::env::var_os(WASMER_DIR), cache_dir: None }
    }

    /// The home of settings and caches; `None` if there is no home.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        given(&self.wasmer_dir).or_else(|| {
            let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty())?;
            Some(home.join(".wasmer"))
        })
    }

    /// The same for who can't do without.
    pub(crate) fn expect_home(&self) -> anyhow::Result<PathBuf> {
        self.home().context("there is no home directory; name one with --wasmer-dir")
    }

    /// The file of the settings; `None` if there is no home.
    pub(crate) fn settings(&self) -> Option<PathBuf> {
        Some(self.home()?.join("wasmer.toml"))
    }

    /// The directory of all caches: the one named, the one of the settings, or that in the home.
    pub(crate) fn cache(&self, setting: Option<String>) -> Option<PathBuf> {
        let home = || Some(self.home()?.join("cache"));
        given(&self.cache_dir).or(setting.map(PathBuf::from)).or_else(home)
    }
}
