//! Benchmarks of this workspace's runtime against wasmtime and native code, measured in one run.
//!
//! - [`programs`] builds the C programs of `benches/programs`, [`generate`] makes modules for the rest,
//! - [`runtime`] says what a runtime must be able to do; there is one file for each that can, and [`peer`] for one that
//!   only compiles and runs,
//! - [`suite`] has the benchmarks themselves, a function for each group of lines in the table, [`baseline`] those of
//!   compilers that are fast to compile, and [`llvm`] those of the one that makes the fastest code,
//! - [`measure`] interleaves the subjects of a benchmark, [`process`] measures child processes,
//! - [`report`] prints the table and writes the JSON file.

mod baseline;
mod generate;
mod llvm;
mod measure;
mod ours;
mod peer;
mod process;
mod programs;
mod report;
mod runtime;
mod start;
mod suite;
mod tools;
mod wasi;
mod wasmtime;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Measure the runtime against wasmtime and native code.
///
/// Every line is measured for all subjects in turn, several rounds, so that noise and changes of clock speed meet
/// all alike. The ratio is taken between the best rounds; the ratio of the medians is shown beside it. Lines that
/// stay on one thread are measured in processor time, which other work on the machine disturbs least.
#[derive(Parser)]
#[command(name = "wasmer-benches")]
struct Options {
    /// Only lines whose `suite/name` contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Less work and fewer rounds: to see that everything runs, not to compare
    #[arg(long)]
    quick: bool,
    /// Rounds of each line
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Leave a subject out: native, wasmtime, wasmer, winch, singlepass, llvm or wasmer-7.4
    #[arg(long, value_name = "SUBJECT")]
    without: Vec<String>,
    /// Write every measurement to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure this module, too: in `compile` and `artifact`, and in `programs` and `metering` if it is a WASI command
    ///
    /// A command gets its name and how much to compute (100, or 10 with `--quick`) as arguments, no folders and no
    /// input, and must print something. Can be given several times.
    #[arg(long = "module", value_name = "FILE")]
    modules: Vec<PathBuf>,
    /// Print the names of the lines and stop
    #[arg(long)]
    list: bool,
    #[command(subcommand)]
    child: Option<Child>,
}

/// What the harness asks of itself in a fresh process.
#[derive(Subcommand)]
enum Child {
    /// Compile a module once; print time and peak memory
    #[command(hide = true)]
    Compile { runtime: String, module: PathBuf },
    /// Run a command from this small process; print time and peak memory
    #[command(hide = true)]
    Launch {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

fn main() -> Result<()> {
    let options = Options::parse();
    match options.child {
        Some(Child::Compile { runtime, module }) => {
            let runtime = runtime::named(&runtime)?;
            let wasm = std::fs::read(&module)
                .with_context(|| format!("cannot read {}", module.display()))?;
            let usage = process::compile_here(runtime, &wasm)?;
            report::say(&usage.to_line())
        }
        Some(Child::Launch { command }) => report::say(&process::run(&command)?.usage.to_line()),
        None => run(options),
    }
}

fn run(options: Options) -> Result<()> {
    let plan = suite::Plan {
        filter: options.filter.unwrap_or_default(),
        rounds: options.rounds.unwrap_or(if options.quick { 2 } else { 5 }).max(1),
        quick: options.quick,
        without: options.without,
        modules: options.modules,
        list: options.list,
    };
    let mut report = report::Report::new(options.json)?;
    for suite in suite::ALL {
        suite(&plan, &mut report).context("a benchmark could not be run")?;
    }
    report.finish()
}
