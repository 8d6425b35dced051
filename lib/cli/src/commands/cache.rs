//! `wasmer cache`, and the cache that `wasmer run` uses.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use wasmer::{Engine, Module};
use wasmer_cache::{Cache as _, FileSystemCache, Hash};

use crate::inspect::human_size;
use crate::report;

/// Modules with fewer bytes are not kept. With 4 KiB of code, a process that compiles takes 5.3 ms, one that loads 1.8 ms,
/// and making the file 0.2 ms. With 1 KiB these are 2.8, 1.7 and 0.1 ms: not worth a file.
const SMALLEST: usize = 4 << 10;

/// Manage the cache of compiled modules
#[derive(Args, Debug)]
pub(crate) struct Cache {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    directories: Directories,
}

/// What to do with the cache.
#[derive(Subcommand, Debug)]
enum Command {
    /// Print where it is
    Dir,
    /// Print how much is in it
    Size,
    /// Delete what is in it
    Clean,
}

/// Where files are kept.
#[derive(Args, Debug, Clone, Default)]
struct Directories {
    /// Home of settings and caches [default: `.wasmer` in your home directory]
    #[arg(long, global = true, value_name = "DIR", env = "WASMER_DIR", hide_env_values = true)]
    wasmer_dir: Option<OsString>,

    /// Where compiled modules are kept [default: `cache` in the one above]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "WASMER_CACHE_DIR",
        hide_env_values = true
    )]
    cache_dir: Option<OsString>,
}

impl Directories {
    /// The directory of all caches; `None` if there is no home.
    fn cache(&self) -> Option<PathBuf> {
        let given =
            |dir: &Option<OsString>| dir.clone().filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        given(&self.cache_dir).or_else(|| {
            let wasmer = given(&self.wasmer_dir).or_else(|| Some(home()?.join(".wasmer")))?;
            Some(wasmer.join("cache"))
        })
    }

    /// The cache of compiled modules; `None` if there is no home.
    fn compiled(&self) -> Option<std::io::Result<FileSystemCache>> {
        Some(FileSystemCache::new(self.cache()?.join("compiled")).map(|mut cache| {
            cache.set_cache_extension(Some("bin"));
            cache
        }))
    }
}

/// Whether and where compiled modules are kept.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Cache")]
pub(crate) struct CacheOptions {
    /// Neither read nor write the cache of compiled modules
    #[arg(long)]
    disable_cache: bool,

    #[command(flatten)]
    directories: Directories,
}

impl CacheOptions {
    /// What `compile` has made of `wasm`, now or another time. It must depend on nothing but `engine` and `wasm`.
    ///
    /// A cache that can't be used is as good as none.
    pub(crate) fn get_or_compile(
        &self,
        engine: &Engine,
        wasm: &[u8],
        compile: impl FnOnce() -> anyhow::Result<Module>,
    ) -> anyhow::Result<Module> {
        let is_used = !self.disable_cache && wasm.len() >= SMALLEST;
        let Some(Ok(mut cache)) = is_used.then(|| self.directories.compiled()).flatten() else {
            return compile();
        };
        let hash = Hash::of_module(engine, wasm);
        if let Ok(module) = cache.load_checked(engine, hash) {
            return Ok(module);
        }
        let module = compile()?;
        // The program can run all the same.
        let _ = cache.store(hash, &module);
        Ok(module)
    }
}

impl Cache {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let no_home = "there is no home directory; name one with --wasmer-dir or --cache-dir";
        let directory = self.directories.cache().context(no_home)?;
        let failure = || format!("unable to use the cache in `{}`", directory.display());
        let compiled = || {
            let cache = self.directories.compiled().context(no_home)?;
            cache.with_context(failure)
        };
        let mut out = report::Output::new();
        match self.command {
            Command::Dir => writeln!(out, "{}", directory.display())?,
            Command::Size => {
                let size = compiled()?.size().with_context(failure)?;
                writeln!(out, "{}", human_size(size))?;
            }
            Command::Clean => {
                compiled()?.clear().with_context(failure)?;
                report::note(format_args!("Wasmer cache cleaned successfully."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
