//! The grammar of the command line.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, Parser, Subcommand};

use crate::commands::{Inspect, Run, Validate};

/// Runs, checks and inspects WebAssembly programs.
#[derive(Parser, Debug)]
#[command(
    name = "wasmer",
    version,
    arg_required_else_help = true,
    after_help = "`wasmer FILE [ARGS]...` is short for `wasmer run FILE [ARGS]...`.\n\
                  `wasmer help COMMAND` explains a command."
)]
pub(crate) struct Args {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a WebAssembly program
    Run(Run),
    /// Check that a binary module is valid
    Validate(Validate),
    /// List what a module imports and exports
    Inspect(Inspect),
    /// Run a script of the WebAssembly specification tests (.wast)
    #[cfg(feature = "wast")]
    Wast(crate::commands::Wast),
}

impl Command {
    /// Runs the command. The exit code is that of the guest for `run`.
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Run(command) => command.execute(),
            Self::Validate(command) => command.execute(),
            Self::Inspect(command) => command.execute(),
            #[cfg(feature = "wast")]
            Self::Wast(command) => command.execute(),
        }
    }

    /// The exit code for an error: 1, or for a trap outside of `run` that of a process killed by SIGABRT.
    pub(crate) fn failure_code(&self, error: &anyhow::Error) -> ExitCode {
        const ABORTED: u8 = 128 + 6;
        let trapped = error.chain().any(|cause| cause.is::<wasmer::RuntimeError>());
        match self {
            Self::Run(_) => ExitCode::FAILURE,
            _ if trapped => ExitCode::from(ABORTED),
            _ => ExitCode::FAILURE,
        }
    }
}

/// Parses the arguments of this process, or prints what is wrong (or the help) and exits.
pub(crate) fn parse() -> Args {
    let words: Vec<OsString> = std::env::args_os().collect();
    Args::try_parse_from(&words).unwrap_or_else(|error| {
        if is_shorthand(&words, error.kind()) {
            let mut words = words;
            words.insert(1, "run".into());
            return Args::parse_from(words);
        }
        error.exit()
    })
}

/// Whether `words` are `wasmer FILE …`, to be read as `wasmer run FILE …`: they do not parse, and the first of
/// them is neither a command nor a flag.
fn is_shorthand(words: &[OsString], error: ErrorKind) -> bool {
    let asked_for_help = matches!(error, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let Some(first) = words.get(1).filter(|_| !asked_for_help) else {
        return false;
    };
    let command = Args::command();
    let is_command = |name: &str| name == "help" || command.find_subcommand(name).is_some();
    !first.to_str().is_some_and(|first| first.starts_with('-') || is_command(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn shorthand() {
        let is_shorthand = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = Args::try_parse_from(&words).map(|_| ErrorKind::Io).unwrap_err();
            is_shorthand(&words, error.kind())
        };
        assert!(is_shorthand("wasmer app.wasm"));
        assert!(is_shorthand("wasmer app.wasm --dir . -- --help"));
        assert!(!is_shorthand("wasmer run"));
        assert!(!is_shorthand("wasmer --help"));
        assert!(!is_shorthand("wasmer --bad-flag"));
    }
}
