//! `wasmer validate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use wasmer::Module;

use crate::compiler::CompilerOptions;
use crate::input::{Input, Kind};
use crate::report;

/// Check that a binary module is valid
#[derive(Args, Debug)]
pub(crate) struct Validate {
    /// The module, in the binary format
    file: PathBuf,

    #[command(flatten)]
    compiler: CompilerOptions,
}

impl Validate {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = self.file.display();
        self.validate().with_context(|| format!("failed to validate `{file}`"))?;
        report::note(format_args!("Validation passed for `{file}`."));
        Ok(ExitCode::SUCCESS)
    }

    fn validate(&self) -> anyhow::Result<()> {
        let engine = self.compiler.engine()?;
        let input = Input::read(&self.file)?;
        if input.kind != Kind::Binary {
            bail!("`wasmer validate` only validates WebAssembly files");
        }
        Module::validate(&engine, &input.bytes)?;
        Ok(())
    }
}
