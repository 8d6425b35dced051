//! What is written to standard output and standard error: data, errors and notes.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ColorChoice;

/// Whether notes and progress are left out.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Leaves out notes and progress from now on.
pub(crate) fn set_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether notes and progress are left out.
#[cfg(any(feature = "compiler", feature = "coredump"))]
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Standard output, for the data that a command was asked for. When nobody reads it any more, as behind `| head`,
/// writing fails with an error that [`is_closed_output`] recognises.
pub(crate) struct Output(StdoutLock<'static>);

impl Output {
    pub(crate) fn new() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(closed)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(closed)
    }
}

/// Nobody reads standard output any more.
#[derive(Debug)]
struct ClosedOutput;

impl fmt::Display for ClosedOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the output")
    }
}

impl Error for ClosedOutput {}

fn closed(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ io::ErrorKind::BrokenPipe => io::Error::new(kind, ClosedOutput),
        _ => error,
    }
}

/// Whether `error` is that nobody reads what is written to an [`Output`]: no failure, as who has closed it knows enough.
pub(crate) fn is_closed_output(error: &anyhow::Error) -> bool {
    let inner = |cause: &io::Error| cause.get_ref().is_some_and(|inner| inner.is::<ClosedOutput>());
    error.chain().any(|cause| cause.downcast_ref().is_some_and(inner))
}

/// An error that tells what to do about it, on a line of its own behind the causes.
#[derive(Debug)]
pub(crate) struct Advice {
    message: String,
    help: String,
}

impl Advice {
    /// An error that says `message`, with `help` for who wants to go on.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// `error` with `help`.
    pub(crate) fn on(error: anyhow::Error, help: impl Into<String>) -> anyhow::Error {
        let message = error.to_string();
        error.context(Self::new(message, help))
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Advice {}

/// An option is known, and can't be used here. The exit code is that of wrong options.
#[derive(Debug)]
pub(crate) struct Refusal(String);

impl Refusal {
    /// An error that says `message`, with `help`.
    pub(crate) fn error(message: impl Into<String>, help: impl Into<String>) -> anyhow::Error {
        Advice::on(Self(message.into()).into(), help)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refusal {}

/// Prints `error` and its causes to standard error. Failures to print are ignored: there is nobody to tell.
pub(crate) fn error(error: &anyhow::Error, color: ColorChoice) {
    let _ = io::stderr().write_all(render(error, is_colored(color)).as_bytes());
}

/// Whether what is written to standard error has colours.
pub(crate) fn is_colored(color: ColorChoice) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => io::stderr().is_terminal() && !is_color_unwanted(),
    }
}

/// Whether the user has asked all programs for no colours: `NO_COLOR` set to something, or a terminal that has none.
fn is_color_unwanted() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// Prints a note to standard error, unless notes are left out.
#[cfg(any(feature = "compiler", feature = "coredump"))]
pub(crate) fn note(text: fmt::Arguments<'_>) {
    if !is_quiet() {
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// The outermost error on one line, then its causes, numbered and drawn as a list, then what to do.
fn render(error: &anyhow::Error, colored: bool) -> String {
    let (red, green, plain) =
        if colored { ("\x1b[1;31m", "\x1b[1;32m", "\x1b[0m") } else { ("", "", "") };
    let mut text = format!("{red}error{plain}: {error}\n");
    let causes: Vec<String> = causes_of(error);
    for (index, cause) in causes.iter().enumerate() {
        let mark = if index + 1 == causes.len() { "╰─▶" } else { "├─▶" };
        let number = index + 1;
        let mut lines = cause.lines();
        text.push_str(&format!("{mark} {number}: {}\n", lines.next().unwrap_or_default()));
        for line in lines {
            text.push_str(&format!(
                "{} {line}\n",
                if index + 1 == causes.len() { "    " } else { "│   " }
            ));
        }
    }
    if let Some(Advice { help, .. }) = error.downcast_ref() {
        text.push_str(&format!("{green}help{plain}: {help}\n"));
    }
    text
}

/// The causes of `error`, without those that only repeat what the error above them says.
fn causes_of(error: &anyhow::Error) -> Vec<String> {
    let mut last = error.to_string();
    let mut causes = Vec::new();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if text != last {
            causes.push(text.clone());
        }
        last = text;
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_closed_output_is_no_failure() {
        use anyhow::Context;
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        let ours: anyhow::Result<()> = Err(closed(pipe())).context("failed to inspect");
        assert!(is_closed_output(&ours.unwrap_err()));
        assert!(!is_closed_output(&pipe().into()), "one of another file");
        let full = closed(io::Error::from(io::ErrorKind::StorageFull));
        assert!(!is_closed_output(&full.into()));
    }

    #[test]
    fn advice_is_the_last_line() {
        let error = Advice::on(anyhow::anyhow!("inner").context("middle"), "do this");
        let error = error.context("outer");
        assert_eq!(
            render(&error, false),
            "error: outer\n├─▶ 1: middle\n╰─▶ 2: inner\nhelp: do this\n"
        );
    }

    #[test]
    fn layout() {
        let error =
            anyhow::anyhow!("innermost\nsecond line").context("middle").context("outermost");
        assert_eq!(
            render(&error, false),
            "error: outermost\n├─▶ 1: middle\n╰─▶ 2: innermost\n     second line\n"
        );
        assert!(
            render(&anyhow::anyhow!("alone"), true).starts_with("\x1b[1;31merror\x1b[0m: alone")
        );
    }
}
