//! `wasmer gen-completions` and `wasmer gen-man`: files for shells and for `man`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::report::Output;

/// Write completions of commands and options for a shell
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer gen-completions bash --out ~/.local/share/bash-completion/completions/wasmer\n  \
    wasmer gen-completions zsh --out ~/.zfunc/_wasmer        # a directory of $fpath\n  \
    wasmer gen-completions fish --out ~/.config/fish/completions/wasmer.fish")]
pub(crate) struct GenCompletions {
    /// The shell
    shell: Shell,

    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl GenCompletions {
    pub(crate) fn execute(&self, mut grammar: Command) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut grammar, "wasmer", &mut script);
        match &self.out {
            None => Output::new().write_all(&script)?,
            Some(path) => write(path, &script)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Write manual pages: one for wasmer, and one for each command
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    wasmer gen-man ~/.local/share/man/man1 && man wasmer-run")]
pub(crate) struct GenMan {
    /// The directory to write to; it is made if it is not there
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl GenMan {
    pub(crate) fn execute(&self, mut grammar: Command) -> anyhow::Result<ExitCode> {
        let failure = || format!("unable to make the directory `{}`", self.dir.display());
        fs::create_dir_all(&self.dir).with_context(failure)?;
        grammar.build();
        pages(&self.dir, "wasmer", &grammar)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes the page of a command, and those of its subcommands, which it refers to.
fn pages(dir: &Path, name: &str, command: &Command) -> anyhow::Result<()> {
    let man = clap_mangen::Man::new(command.clone()).title(name).manual("wasmer");
    let mut text = Vec::new();
    man.render(&mut text).context("unable to make a manual page")?;
    write(&dir.join(format!("{name}.1")), &text)?;
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        pages(dir, &format!("{name}-{}", command.get_name()), command)?;
    }
    Ok(())
}

fn write(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let written: io::Result<()> = fs::write(path, contents);
    written.with_context(|| format!("unable to write `{}`", path.display()))
}
