//! `wasmer config`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::directories::Directories;
use crate::report::{Output, Refusal};
use crate::settings::{KEYS, Key, Settings};

/// Show where wasmer keeps its files, and show and change its settings
///
/// Settings are in the file `wasmer.toml` of the wasmer directory. They count where no option says anything else.
#[derive(Args, Debug)]
#[command(
    after_help = settings_help()
)]
pub(crate) struct Config {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    directories: Directories,

    #[command(flatten)]
    paths: Paths,
}

/// What to do with settings.
#[derive(Subcommand, Debug)]
enum Command {
    /// Print a setting, or all settings
    Get {
        /// Its name; without it, all settings
        key: Option<String>,
    },
    /// Change a setting
    Set {
        /// Its name
        key: String,
        /// The value; `none` for that of wasmer itself
        value: String,
    },
}

/// What to print, a line each.
#[derive(Args, Debug)]
#[command(next_help_heading = "Paths")]
struct Paths {
    /// Print the wasmer directory
    #[arg(long)]
    prefix: bool,

    /// Print the directory of programs in it
    #[arg(long)]
    bindir: bool,

    /// Print the file of the settings
    #[arg(long)]
    config_path: bool,

    // Of other versions.
    #[arg(long, hide = true)]
    includedir: bool,
    #[arg(long, hide = true)]
    libdir: bool,
    #[arg(long, hide = true)]
    libs: bool,
    #[arg(long, hide = true)]
    cflags: bool,
    #[arg(long, hide = true)]
    pkg_config: bool,
}

fn settings_help() -> String {
    let mut text = "Settings:\n".to_owned();
    for key in KEYS {
        text.push_str(&format!("  {:<20} {}\n", key.name(), key.meaning));
    }
    text + "\nExamples:\n  \
            wasmer config get\n  \
            wasmer config set compiler.backend singlepass\n  \
            wasmer config set cache.dir /var/cache/wasmer\n  \
            wasmer config set cache.dir none\n  \
            wasmer config --config-path"
}

impl Config {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            None => self.paths.print(&self.directories.expect_home()?)?,
            Some(Command::Get { key }) => {
                let settings = Settings::read(&self.directories)?;
                let mut out = Output::new();
                let value = |key: &Key| -> anyhow::Result<String> {
                    Ok(settings.get(key)?.unwrap_or_else(|| "none".to_owned()))
                };
                match key {
                    Some(name) => writeln!(out, "{}", value(Key::named(name)?)?)?,
                    None => {
                        for key in KEYS {
                            writeln!(out, "{} = {}", key.name(), value(key)?)?;
                        }
                    }
                }
            }
            Some(Command::Set { key, value }) => {
                let mut settings = Settings::read(&self.directories)?;
                settings.set(Key::named(key)?, value)?;
                settings.write()?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Paths {
    fn print(&self, home: &Path) -> anyhow::Result<()> {
        let of_library = [self.includedir, self.libdir, self.libs, self.cflags, self.pkg_config];
        if of_library.contains(&true) {
            return Err(Refusal::error(
                "there is no C library of this version of wasmer to link to",
                "use the crate `wasmer` from Rust",
            ));
        }
        let paths = [
            (self.prefix, home.to_owned()),
            (self.bindir, home.join("bin")),
            (self.config_path, home.join("wasmer.toml")),
        ];
        if !paths.iter().any(|(wanted, _)| *wanted) {
            return Err(Refusal::error(
                "expected `get`, `set`, or which path to print",
                "`wasmer config --help` lists them",
            ));
        }
        let mut out = Output::new();
        for (wanted, path) in paths {
            if wanted {
                writeln!(out, "{}", path.display())?;
            }
        }
        Ok(())
    }
}
