//! What the command lines have in common: options, the short form of `run`, exit codes.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory, Parser};

#[cfg(feature = "logging")]
use crate::logging::Logging;
use crate::report::{self, Refusal};

/// What a command line prints, and how.
#[derive(Args, Debug)]
pub(crate) struct Output {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,

    /// Print neither notes nor progress; errors are printed all the same
    #[arg(short, long, global = true)]
    quiet: bool,

    #[cfg(feature = "logging")]
    #[command(flatten)]
    logging: Logging,
}

impl Output {
    /// Whether more is to be told than usual.
    #[cfg(feature = "logging")]
    pub(crate) fn is_verbose(&self) -> bool {
        self.logging.verbose > 0
    }
}

/// A command line with subcommands, one of which is `run`.
pub(crate) trait CommandLine: Parser {
    /// What to print.
    fn output(&self) -> &Output;

    /// Runs the command. The exit code is that of the guest for `run`.
    fn execute(&self) -> anyhow::Result<ExitCode>;

    /// The exit code for an error of the command.
    fn failure_code(&self, error: &anyhow::Error) -> ExitCode;
}

/// The names of all commands.
pub(crate) fn commands<C: CommandLine>() -> Vec<String> {
    let mut line = C::command();
    line.build();
    line.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Parses the words of a command line, the name of the program first, and runs the command. If they are wrong, or ask
/// for help, the process ends.
pub(crate) fn main<C: CommandLine>(words: Vec<OsString>) -> ExitCode {
    let line = C::try_parse_from(&words).unwrap_or_else(|error| {
        if is_shorthand::<C>(&words, error.kind()) {
            let mut words = words;
            words.insert(1, "run".into());
            return C::parse_from(words);
        }
        error.exit()
    });
    let output = line.output();
    if output.quiet {
        report::set_quiet();
    }
    #[cfg(feature = "logging")]
    {
        if output.quiet && output.is_verbose() {
            let message = "--quiet cannot be used with --verbose";
            C::command().error(ErrorKind::ArgumentConflict, message).exit();
        }
        output.logging.start(report::is_colored(output.color));
    }
    match line.execute() {
        Ok(code) => code,
        Err(error) if report::is_closed_output(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&error, output.color);
            match error.is::<Refusal>() {
                true => ExitCode::from(2),
                false => line.failure_code(&error),
            }
        }
    }
}

/// Whether `words` are `wasmer FILE …`, to be read as `wasmer run FILE …`: they do not parse, and the first of
/// them is neither a command nor a flag.
fn is_shorthand<C: CommandFactory>(words: &[OsString], error: ErrorKind) -> bool {
    let asked_for_help = matches!(error, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let Some(first) = words.get(1).filter(|_| !asked_for_help) else {
        return false;
    };
    let command = C::command();
    let is_command = |name: &str| name == "help" || command.find_subcommand(name).is_some();
    !first.to_str().is_some_and(|first| first.starts_with('-') || is_command(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::Args as Headless;

    #[test]
    fn shorthand() {
        let is_shorthand = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = Headless::try_parse_from(&words).map(|_| ErrorKind::Io).unwrap_err();
            is_shorthand::<Headless>(&words, error.kind())
        };
        assert!(is_shorthand("wasmer app.wasm"));
        assert!(is_shorthand("wasmer app.wasm --dir . -- --help"));
        assert!(!is_shorthand("wasmer run"));
        assert!(!is_shorthand("wasmer --help"));
        assert!(!is_shorthand("wasmer --bad-flag"));
    }
}
