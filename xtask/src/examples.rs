//! `cargo xtask examples`

use std::process::Command;

use anyhow::Result;

use crate::{shell, tools};

/// C programs in examples/ of which the WebAssembly is kept beside the source.
const PROGRAMS: [&str; 1] = ["wordfreq"];

/// Compiles the C programs.
pub(crate) fn build() -> Result<()> {
    tools::require(&tools::C_TO_WASM)?;
    for program in PROGRAMS {
        shell::run(
            Command::new("clang-22")
                .args(["--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt", "-O2", "-s"])
                .arg(format!("examples/{program}.c"))
                .arg("-o")
                .arg(format!("examples/{program}.wasm")),
        )?;
    }
    Ok(())
}
