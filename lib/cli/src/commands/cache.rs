//! `wasmer cache`, and the cache that `wasmer run` uses.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use tracing::{debug, info, warn};
use wasmer::{Engine, Module};
use wasmer_cache::{Cache as _, FileSystemCache, Hash};

use crate::directories::Directories;
use crate::input::Input;
use crate::inspect::human_size;
use crate::report;
use crate::settings::Settings;

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
    /// The settings that are kept beside the cache.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Settings::read(&self.directories)
    }

    /// The cache. One that can't be used is as good as none.
    pub(crate) fn open(&self, settings: &Settings) -> anyhow::Result<Option<FileSystemCache>> {
        if self.disable_cache || !settings.is_cache_enabled()? {
            return Ok(None);
        }
        let cache = compiled(&self.directories, settings)?;
        Ok(cache.and_then(|cache| {
            let unusable = |error: &io::Error| warn!(%error, "the cache can't be used");
            cache.inspect_err(unusable).ok()
        }))
    }
}

/// The cache of compiled modules; `None` if there is no home.
fn compiled(
    directories: &Directories,
    settings: &Settings,
) -> anyhow::Result<Option<io::Result<FileSystemCache>>> {
    let max_size = settings.cache_max_size()?;
    let directory = directories.cache(settings.cache_dir()?);
    Ok(directory.map(|directory| {
        let mut cache = FileSystemCache::new(directory.join("compiled"))?;
        cache.set_cache_extension(Some("bin"));
        if max_size.is_some() {
            cache.set_max_size(max_size);
        }
        Ok(cache)
    }))
}

/// What was compiled of the module in the file `path`, if neither has changed since. The file is not read.
pub(crate) fn load_unread(cache: &FileSystemCache, engine: &Engine, path: &Path) -> Option<Module> {
    let source = std::fs::metadata(path).ok()?;
    let module = cache.load_checked(engine, cache.hash_of_source(engine, &source)?).ok()?;
    info!(file = %path.display(), "loaded from the cache, without reading the file");
    Some(module)
}

/// What `compile` has made of `input`, now or another time. It must depend on nothing but `engine` and the module.
pub(crate) fn get_or_compile(
    cache: &mut FileSystemCache,
    engine: &Engine,
    input: &Input<'_>,
    compile: impl FnOnce() -> anyhow::Result<Module>,
) -> anyhow::Result<Module> {
    if input.bytes.len() < SMALLEST {
        debug!(bytes = input.bytes.len(), "too small for the cache");
        return compile();
    }
    let hash = Hash::of_module(engine, &input.bytes);
    match cache.load_checked(engine, hash) {
        Err(error) => debug!(%hash, %error, "not in the cache"),
        Ok(module) => {
            info!(file = %input.name(), %hash, "loaded from the cache");
            if let Some(source) = &input.metadata {
                // The next time it may be faster.
                let _ = cache.remember_source(engine, source, hash);
            }
            return Ok(module);
        }
    }
    let module = compile()?;
    // The program can run all the same.
    match cache.store(hash, &module) {
        Ok(()) => debug!(%hash, directory = %cache.path().display(), "stored in the cache"),
        Err(error) => warn!(%error, "it can't be stored in the cache"),
    }
    Ok(module)
}

impl Cache {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let no_home = "there is no home directory; name one with --wasmer-dir or --cache-dir";
        let settings = Settings::read(&self.directories)?;
        let directory = self.directories.cache(settings.cache_dir()?).context(no_home)?;
        let failure = || format!("unable to use the cache in `{}`", directory.display());
        let open = || -> anyhow::Result<FileSystemCache> {
            compiled(&self.directories, &settings)?.context(no_home)?.with_context(failure)
        };
        let mut out = report::Output::new();
        match self.command {
            Command::Dir => writeln!(out, "{}", directory.display())?,
            Command::Size => {
                let size = open()?.size().with_context(failure)?;
                writeln!(out, "{}", human_size(size))?;
            }
            Command::Clean => {
                open()?.clear().with_context(failure)?;
                report::note(format_args!("Wasmer cache cleaned successfully."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
