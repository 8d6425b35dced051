//! `wasmer create-exe`

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;
use clap::Args;
use wasmer::sys::HOST;

use super::compile::Source;
use crate::executable;
use crate::input::{Input, Kind};
use crate::report::{self, Advice};

/// Make a native program of a module
///
/// The program is one file, with the compiled module and what runs it: `wasmer-headless` if it is where wasmer is, or else
/// wasmer itself. It is started like any program, and all words behind its name are for the guest, which gets nothing
/// else: neither directories nor variables.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer create-exe app.wasm -o app && ./app one two\n  \
    wasmer create-exe app.wasm -o app --target aarch64-unknown-linux-gnu --runner wasmer-headless-aarch64")]
pub(crate) struct CreateExe {
    #[command(flatten)]
    source: Source,

    /// The program to write
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// What runs it: `wasmer-headless` of this version, for the machine that the program is for
    #[arg(long, value_name = "FILE")]
    runner: Option<PathBuf>,
}

impl CreateExe {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = self.source.name();
        self.create().with_context(|| format!("failed to compile `{file}`"))?;
        let output = self.output.display();
        report::note(format_args!("✔ Native executable compiled successfully to `{output}`."));
        Ok(ExitCode::SUCCESS)
    }

    fn create(&self) -> anyhow::Result<()> {
        let runner = self.runner()?;
        let input = Input::read(self.source.file(), Vec::new)?;
        match input.kind {
            Kind::Artifact => {
                let failure = || format!("unable to read `{}`", input.name());
                let artifact = std::fs::read(input.path).with_context(failure)?;
                write(&self.output, &runner, &artifact)
            }
            Kind::Binary | Kind::Text => {
                let artifact = self.source.compile(&input)?.serialize()?;
                write(&self.output, &runner, &artifact)
            }
        }
    }

    fn runner(&self) -> anyhow::Result<PathBuf> {
        if let Some(runner) = &self.runner {
            return Ok(runner.clone());
        }
        if let Some(triple) = self.source.triple().filter(|triple| **triple != HOST) {
            return Err(Advice::new(
                format!("this `wasmer` can't run programs on {triple}"),
                "name a `wasmer-headless` for that machine with --runner",
            )
            .into());
        }
        let this = std::env::current_exe().context("unable to find this program's file")?;
        let headless = this.with_file_name("wasmer-headless");
        Ok(if is_of_this_version(&headless) { headless } else { this })
    }
}

/// Whether there is a `wasmer-headless` that runs what this compiles.
fn is_of_this_version(runner: &Path) -> bool {
    let version = concat!("wasmer-headless ", env!("CARGO_PKG_VERSION"));
    let output = Command::new(runner).arg("--version").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == version.as_bytes())
}

/// Writes `runner` with a compiled program behind it to `path`, as a file that can be executed.
fn write(path: &Path, runner: &Path, artifact: &[u8]) -> anyhow::Result<()> {
    let failure = || format!("unable to read `{}`, which is to run the program", runner.display());
    let mut runner_file = File::open(runner).with_context(failure)?;
    let mut write = || -> io::Result<()> {
        let mut out = File::create(path)?;
        io::copy(&mut runner_file, &mut out)?;
        out.write_all(artifact)?;
        out.write_all(&(artifact.len() as u64).to_le_bytes())?;
        out.write_all(executable::MAGIC)?;
        let mut permissions = out.metadata()?.permissions();
        // Who may read it may execute it.
        permissions.set_mode(permissions.mode() | (permissions.mode() & 0o444) >> 2);
        out.set_permissions(permissions)
    };
    write().with_context(|| format!("unable to write `{}`", path.display()))
}
