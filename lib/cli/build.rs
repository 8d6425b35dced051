//! Tells the program which commit it is built from, for `wasmer -V -v`.

use std::path::Path;
use std::process::Command;

/// What git says, if this is built in a repository.
fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // It has a line more with each commit, and with each change to another one.
    if let Some(log) =
        git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists())
    {
        println!("cargo::rerun-if-changed={log}");
    }
    let of_commit = |format| git(&["log", "-1", "--date=short", format]);
    for (variable, format) in
        [("WASMER_COMMIT_HASH", "--format=%H"), ("WASMER_COMMIT_DATE", "--format=%cd")]
    {
        let value = of_commit(format).unwrap_or_else(|| "unknown".to_owned());
        println!("cargo::rustc-env={variable}={value}");
    }
}
