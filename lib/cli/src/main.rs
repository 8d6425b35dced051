//! The program `wasmer`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wasmer_cli::wasmer()
}
