//! Programs that are measured as whole processes.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// The version of wasmtime that everything is compared with; the library in `Cargo.toml` is the same one.
const WASMTIME: &str = "48.0.8";

/// The folder that cargo builds into.
///
/// # Errors
/// When the harness does not lie in such a folder (it is at `TARGET/PROFILE/wasmer-benches`).
pub(crate) fn target_folder() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    // Test programs lie one folder deeper, in `deps`.
    let folder = this.ancestors().skip(1).find(|f| f.file_name().is_some_and(|n| n != "deps"));
    Ok(folder
        .and_then(|profile| profile.parent())
        .context("the harness lies outside of a target folder")?
        .to_owned())
}

/// The command line of wasmtime, with its default features; built once, which takes a quarter of an hour.
///
/// # Errors
/// When cargo cannot build it.
pub(crate) fn wasmtime() -> Result<PathBuf> {
    let tools = target_folder()?.join("bench-tools");
    let root = tools.join(format!("wasmtime-{WASMTIME}"));
    let program = root.join("bin").join("wasmtime");
    if !program.exists() {
        crate::report::note("building the command line of wasmtime, once; this takes a while")?;
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["install", "wasmtime-cli", "--locked", "--version", &format!("={WASMTIME}")])
            .arg("--root")
            .arg(&root)
            .arg("--target-dir")
            .arg(tools.join("build"))
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .status()?;
        ensure!(status.success(), "cargo install wasmtime-cli failed: {status}");
    }
    Ok(program)
}

/// The incumbent with LLVM (`benches/peer-wasmer`), built now so that it is up to date.
///
/// # Errors
/// When cargo cannot build it: it needs LLVM 22.
pub(crate) fn peer() -> Result<PathBuf> {
    let target = target_folder()?.join("bench-tools").join("peer-wasmer");
    let program = target.join("release").join("peer-wasmer");
    if !program.exists() {
        crate::report::note("building wasmer 7.4 with LLVM, once; this takes a while")?;
    }
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer-wasmer/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .status()?;
    ensure!(
        status.success(),
        "benches/peer-wasmer could not be built ({status}); it needs llvm-22-dev, libpolly-22-dev and libzstd-dev"
    );
    Ok(program)
}

/// The command line of this workspace, built now so that it is up to date.
///
/// # Errors
/// When cargo cannot build it.
pub(crate) fn wasmer() -> Result<PathBuf> {
    let target = target_folder()?;
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--release", "--package", "wasmer-cli", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(status.success(), "cargo build --package wasmer-cli failed: {status}");
    Ok(target.join("release").join("wasmer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_folder_holds_this_program() -> Result<()> {
        let target = target_folder()?;
        assert!(std::env::current_exe()?.strip_prefix(&target)?.components().count() >= 2);
        Ok(())
    }
}
