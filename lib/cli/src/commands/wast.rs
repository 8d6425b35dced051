//! `wasmer wast`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use wasmer::Store;

use crate::compiler::CompilerOptions;
use crate::report;
use crate::settings::Settings;

/// Run a script of the WebAssembly specification tests (.wast)
///
/// The modules of the script can import those of `spectest`. All directives are run, and those that fail are listed.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  wasmer wast --fail-fast i32.wast")]
pub(crate) struct Wast {
    /// The script
    file: PathBuf,

    /// Stop at the first failure
    #[arg(short, long)]
    fail_fast: bool,

    #[command(flatten)]
    compiler: CompilerOptions,
}

impl Wast {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = self.file.display();
        let compiler = self.compiler.clone().with_settings(&Settings::of_environment()?)?;
        let mut wast = wasmer_wast::Wast::new_with_spectest(Store::new(compiler.engine()?));
        wast.fail_fast = self.fail_fast;
        wast.run_file(&self.file).with_context(|| format!("failed to test the wast `{file}`"))?;
        report::note(format_args!("Wast tests succeeded for `{file}`."));
        Ok(ExitCode::SUCCESS)
    }
}
