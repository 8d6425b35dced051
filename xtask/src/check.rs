//! `cargo xtask check`: what must hold before a change lands, besides the tests.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::{shell, tools};

/// Sets of features of the crate `wasmer` that must build on their own.
const FEATURE_SETS: [&str; 8] = [
    "sys",
    "headless,wat",
    "compiler",
    "cranelift",
    "singlepass",
    "llvm",
    "llvm-static",
    "sys,enable-serde,detect-wasm-features",
];

/// What a build without any compiler must not pull in.
const COMPILER_CRATES: [&str; 7] =
    ["wasmparser", "wat", "rayon", "cranelift-codegen", "wasmer-compiler", "inkwell", "llvm"];

/// The features that are off by default, of all crates at the same time.
const EVERYTHING: &str = "wasmer-cli/llvm,wasmer-tests/llvm,wasmer-fuzz/llvm";

pub(crate) fn run() -> Result<()> {
    let none: [&str; 0] = [];
    shell::cargo(["fmt", "--all", "--check"], &none)?;
    tools::require(&tools::LLVM)?;
    for more in [&[][..], &["--features", EVERYTHING]] {
        let all = [more, &["--", "-D", "warnings"]].concat();
        shell::cargo(["clippy", "--workspace", "--all-targets"], &all)?;
    }
    for features in FEATURE_SETS {
        let only = ["--no-default-features", "--features", features, "--", "-D", "warnings"];
        shell::cargo(["clippy", "--package", "wasmer"], &only)?;
    }
    let headless = ["--no-default-features", "--", "-D", "warnings"];
    shell::cargo(["clippy", "--package", "wasmer-cli"], &headless)?;
    headless_has_no_compiler()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    shell::run(
        Command::new(cargo)
            .args(["doc", "--workspace", "--no-deps", "--exclude", "wasmer-benches"])
            .args(["--features", EVERYTHING])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// A runtime without compilers must not carry any part of one.
fn headless_has_no_compiler() -> Result<()> {
    let library = ["--package", "wasmer", "--no-default-features", "--features", "sys"];
    for build in [&library[..], &["--package", "wasmer-headless"]] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["tree", "--edges", "normal", "--prefix", "none"]).args(build);
        let tree = shell::output(command.current_dir(shell::root()))?;
        ensure!(tree.contains("wasmer-vm"), "unexpected output of {command:?}");
        for name in COMPILER_CRATES {
            let found = tree.lines().any(|line| line.starts_with(name));
            ensure!(!found, "a headless build ({}) depends on `{name}`", build.join(" "));
        }
    }
    Ok(())
}
