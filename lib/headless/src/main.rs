//! The program `wasmer-headless`, which runs what `wasmer compile` has compiled.
//!
//! `cargo build --profile headless --package wasmer-headless` makes it small.

use std::process::ExitCode;

fn main() -> ExitCode {
    wasmer_cli::headless()
}
