//! The command lines of wasmer, as functions that are all of a `main`.
//!
//! `wasmer` is the one with compilers (`src/main.rs`), [`headless`] the one without (`lib/headless`). Both
//! parse the arguments of the process, run one command and turn its outcome into an exit code.

mod artifact;
#[cfg(feature = "compiler")]
mod commands;
#[cfg(feature = "compiler")]
mod compiler;
mod diagnose;
#[cfg(feature = "compiler")]
mod directories;
mod executable;
mod grammar;
mod headless;
mod input;
mod inspect;
#[cfg(feature = "compiler")]
mod jitdump;
#[cfg(feature = "logging")]
mod logging;
mod program;
#[cfg(feature = "compiler")]
mod progress;
mod quantity;
mod report;
#[cfg(feature = "compiler")]
mod settings;
mod signals;

#[cfg(feature = "compiler")]
pub use crate::commands::wasmer;
pub use crate::headless::headless;
