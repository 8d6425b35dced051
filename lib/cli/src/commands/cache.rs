//! `wasmer cache`, and the cache that `wasmer run` uses.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use wasmer::{Engine, Module};
use wasmer_cache::{Cache as _, FileSystemCache, Hash};

use crate::input::Input;
use crate::inspect::human_size;
use crate::report;

/// Modules with fewer bytes are not kept. With 4 KiB of code, a process that compiles takes 5.3 ms, one that loads 1.8 ms,
/// and making the file 0.2 ms. With 1 KiB these are 2.8, 1.7 and 0.1 ms: not worth a file.
const SMALLEST: usize = 4 << 10;

/// Manage the cache of compiled modules
///
/// `wasmer run` keeps what it has compiled, so that the next time the program starts at once. The cache has at most
/// 1 GiB; what has not been used for the longest time is deleted.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer cache size\n  \
    wasmer cache clean\n  \
    WASMER_CACHE_DIR=/var/cache/wasmer wasmer run app.wasm")]
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
    /// The cache. One that can't be used is as good as none.
    pub(crate) fn open(&self) -> Option<FileSystemCache> {
        let cache = (!self.disable_cache).then(|| self.directories.compiled());
        cache.flatten()?.ok()
    }
}

/// What was compiled of the module in the file `path`, if neither has changed since. The file is not read.
pub(crate) fn load_unread(cache: &FileSystemCache, engine: &Engine, path: &Path) -> Option<Module> {
    let source = std::fs::metadata(path).ok()?;
    cache.load_checked(engine, cache.hash_of_source(engine, &source)?).ok()
}

/// What `compile` has made of `input`, now or another time. It must depend on nothing but `engine` and the module.
pub(crate) fn get_or_compile(
    cache: &mut FileSystemCache,
    engine: &Engine,
    input: &Input<'_>,
    compile: impl FnOnce() -> anyhow::Result<Module>,
) -> anyhow::Result<Module> {
    if input.bytes.len() < SMALLEST {
        return compile();
    }
    let hash = Hash::of_module(engine, &input.bytes);
    if let Ok(module) = cache.load_checked(engine, hash) {
        if let Some(source) = &input.metadata {
            // The next time it may be faster.
            let _ = cache.remember_source(engine, source, hash);
        }
        return Ok(module);
    }
    let module = compile()?;
    // The program can run all the same.
    let _ = cache.store(hash, &module);
    Ok(module)
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
