//! `cargo xtask check`: what must hold before a change lands, besides the tests.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Sets of features of the crate `wasmer` that must build on their own.
const FEATURE_SETS: [&str; 4] = ["sys", "sys,wat", "sys,compiler", "sys,cranelift"];

/// What a build without any compiler must not pull in.
const COMPILER_CRATES: [&str; 4] = ["wasmparser", "rayon", "cranelift-codegen", "llvm"];

pub(crate) fn run() -> Result<()> {
    let none: [&str; 0] = [];
    shell::cargo(["fmt", "--all", "--check"], &none)?;
    shell::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], &none)?;
    for features in FEATURE_SETS {
        let only = ["--no-default-features", "--features", features, "--", "-D", "warnings"];
        shell::cargo(["clippy", "--package", "wasmer"], &only)?;
    }
    headless_has_no_compiler()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    shell::run(
        Command::new(cargo)
            .args(["doc", "--workspace", "--no-deps", "--exclude", "wasmer-benches"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// A runtime without compilers must not carry any part of one.
fn headless_has_no_compiler() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(shell::root())
        .args(["tree", "--package", "wasmer", "--edges", "normal", "--prefix", "none"])
        .args(["--no-default-features", "--features", "sys"])
        .output()?;
    let tree = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !tree.contains("wasmer-vm") {
        bail!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    for name in COMPILER_CRATES {
        if tree.lines().any(|line| line.starts_with(name)) {
            bail!("a headless build of `wasmer` depends on `{name}`");
        }
    }
    Ok(())
}
