//! `wasmer inspect`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::compiler::CompilerOptions;
use crate::input::{self, Input, Kind};
use crate::inspect::{self, human_size};
use crate::report::Output;

/// List what a module imports and exports
///
/// Of a compiled module, also the version and compiler that made it, the machine that it is for, and how large its
/// sections are. Its code is not run.
#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// The module: binary, text, or what `wasmer compile` has written
    file: PathBuf,

    #[command(flatten)]
    compiler: CompilerOptions,
}

impl Inspect {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = input::name(&self.file);
        self.inspect().with_context(|| format!("failed to inspect `{file}`"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn inspect(&self) -> anyhow::Result<()> {
        let input = Input::read(&self.file, &[])?;
        let kind = match input.kind {
            Kind::Artifact => return inspect::artifact(&input),
            Kind::Binary => "wasm",
            Kind::Text => "wat",
        };
        let module = self.compiler.compile(&self.compiler.engine()?, &input)?;
        let mut out = Output::new();
        writeln!(out, "Type: {kind}")?;
        writeln!(out, "Size: {}", human_size(input.bytes.len() as u64))?;
        inspect::items(&mut out, &module)
    }
}
