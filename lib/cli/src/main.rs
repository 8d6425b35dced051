//! The `wasmer` command line.
//!
//! `main` parses the arguments, runs one command of [`commands`] and turns its outcome into an exit code.

mod args;
mod commands;
mod compiler;
mod input;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::parse();
    match args.command.execute() {
        Ok(code) => code,
        Err(error) => {
            report::error(&error, args.color);
            args.command.failure_code(&error)
        }
    }
}
