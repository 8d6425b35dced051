//! Starting programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ lies in the workspace")
}

/// Runs a program in the root of the workspace and waits for it.
///
/// # Errors
///
/// When it can't be started or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = format!("{command:?}");
    let status =
        command.current_dir(root()).status().with_context(|| format!("unable to start {name}"))?;
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    Ok(())
}

/// Runs this cargo with some fixed arguments and `more`.
pub(crate) fn cargo<const N: usize>(args: [&str; N], more: &[impl AsRef<OsStr>]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo).args(args).args(more))
}

/// Runs a program and returns what it wrote to its output.
///
/// # Errors
///
/// When it can't be started or fails; then the error has what it wrote to its error output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = format!("{command:?}");
    let output = command.output().with_context(|| format!("unable to start {name}"))?;
    if !output.status.success() {
        bail!("{name} failed: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{name} did not write text"))
}
