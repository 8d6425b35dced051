//! `wasmer validate`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use wasmer::Module;

use crate::compiler::{self, CompilerOptions};
use crate::input::{self, Input, Kind};
use crate::report::{self, Advice};
use crate::settings::Settings;

/// Check that a binary module is valid
///
/// It is valid for the proposals that are on. Nothing is compiled. The exit code is 0 if it is valid, and 1 if not.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer validate app.wasm\n  \
    wasmer validate --enable-memory64 app.wasm && echo valid")]
pub(crate) struct Validate {
    /// The module, in the binary format
    file: PathBuf,

    #[command(flatten)]
    compiler: CompilerOptions,
}

impl Validate {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = input::name(&self.file);
        self.validate().with_context(|| format!("failed to validate `{file}`"))?;
        report::note(format_args!("Validation passed for `{file}`."));
        Ok(ExitCode::SUCCESS)
    }

    fn validate(&self) -> anyhow::Result<()> {
        let compiler = self.compiler.clone().with_settings(&Settings::of_environment()?)?;
        let engine = compiler.engine()?;
        let input = Input::read(&self.file, Vec::new)?;
        if input.kind != Kind::Binary {
            bail!(Advice::new(
                "`wasmer validate` only validates WebAssembly files",
                "of a text, make a module first (`wat2wasm`), or compile it with `wasmer compile`",
            ));
        }
        let validated = Module::validate(&engine, &input.bytes);
        validated.map_err(|error| compiler::explain(error.into(), &engine, &input))
    }
}
