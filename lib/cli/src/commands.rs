//! The grammar of `wasmer`, and its commands.

#[cfg(target_os = "linux")]
mod binfmt;
mod cache;
mod compile;
mod completions;
mod config;
mod create_exe;
mod inspect;
mod run;
mod validate;
mod version;
#[cfg(feature = "wast")]
mod wast;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::executable;
use crate::grammar::{self, CommandLine, Output};

/// The whole of `wasmer`: parses the arguments of this process and runs what they say.
pub fn wasmer() -> ExitCode {
    if let Some(code) = executable::run() {
        return code;
    }
    let words = std::env::args_os().collect();
    #[cfg(target_os = "linux")]
    let words = binfmt::as_interpreter(words);
    grammar::main::<Args>(words)
}

/// Runs, checks, compiles and inspects WebAssembly programs.
#[derive(Parser, Debug)]
#[command(
    name = "wasmer",
    version,
    disable_version_flag = true,
    arg_required_else_help = true,
    after_help = "`wasmer FILE [ARGS]...` is short for `wasmer run FILE [ARGS]...`.\n\
                  `wasmer help COMMAND` explains a command."
)]
struct Args {
    /// Print the version; with -v, also what wasmer was built from and with, and the processor
    #[arg(short = 'V', long)]
    version: bool,

    #[command(flatten)]
    output: Output,

    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Subcommand, Debug)]
enum Command {
    /// Run a WebAssembly program
    #[command(alias = "run-unstable")]
    Run(Box<run::Run>),
    /// Compile a module ahead of time
    Compile(compile::Compile),
    /// Make a native program of a module
    CreateExe(create_exe::CreateExe),
    /// Check that a binary module is valid
    Validate(validate::Validate),
    /// List what a module imports and exports
    Inspect(inspect::Inspect),
    /// Manage the cache of compiled modules
    Cache(cache::Cache),
    /// Show where wasmer keeps its files, and show and change its settings
    Config(config::Config),
    /// Let Linux start WebAssembly programs like native ones
    #[cfg(target_os = "linux")]
    Binfmt(binfmt::Binfmt),
    /// Run a script of the WebAssembly specification tests (.wast)
    #[cfg(feature = "wast")]
    Wast(wast::Wast),
    /// Write completions of commands and options for a shell
    GenCompletions(completions::GenCompletions),
    /// Write manual pages
    GenMan(completions::GenMan),
}

impl CommandLine for Args {
    fn output(&self) -> &Output {
        &self.output
    }

    fn execute(&self) -> anyhow::Result<ExitCode> {
        if self.version {
            return version::execute(self.output.is_verbose());
        }
        let Some(command) = &self.command else {
            let message = "expected a command or a file to run";
            Self::command().error(ErrorKind::MissingSubcommand, message).exit();
        };
        match command {
            Command::Run(command) => command.execute(),
            Command::Compile(command) => command.execute(),
            Command::CreateExe(command) => command.execute(),
            Command::Validate(command) => command.execute(),
            Command::Inspect(command) => command.execute(),
            Command::Cache(command) => command.execute(),
            Command::Config(command) => command.execute(),
            #[cfg(target_os = "linux")]
            Command::Binfmt(command) => command.execute(),
            #[cfg(feature = "wast")]
            Command::Wast(command) => command.execute(),
            Command::GenCompletions(command) => command.execute(Self::command()),
            Command::GenMan(command) => command.execute(Self::command()),
        }
    }

    /// 1, or for a trap outside of `run` the code of a process killed by SIGABRT.
    fn failure_code(&self, error: &anyhow::Error) -> ExitCode {
        const ABORTED: u8 = 128 + 6;
        let trapped = error.chain().any(|cause| cause.is::<wasmer::RuntimeError>());
        match self.command {
            Some(Command::Run(_)) => crate::program::failure_code(error),
            _ if trapped => ExitCode::from(ABORTED),
            _ => ExitCode::FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }
}
