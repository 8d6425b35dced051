//! `cargo xtask test`

use anyhow::Result;
use clap::Args;

use crate::{aarch64, shell, tools};

/// Install what the tests need and run them all
#[derive(Args)]
pub(crate) struct Test {
    /// Run only tests with this text in their names
    filter: Option<String>,
    /// Run the tests that depend on the machine as AArch64 code, in an emulator
    #[arg(long)]
    aarch64: bool,
}

/// Everything but the benchmarks, which would build wasmtime; with the features that are off by default.
const PACKAGES: [&str; 6] = [
    "test",
    "--workspace",
    "--exclude",
    "wasmer-benches",
    "--features",
    "wasmer-types/enable-serde,wasmer-cli/llvm,wasmer-tests/llvm,wasmer-fuzz/llvm",
];

impl Test {
    pub(crate) fn run(&self) -> Result<()> {
        if self.aarch64 {
            return aarch64::test(self.filter.as_deref());
        }
        tools::require(&tools::C_TO_WASM)?;
        tools::require(&tools::LLVM)?;
        let mut more: Vec<&str> = Vec::new();
        if let Some(filter) = &self.filter {
            more.extend(["--", filter]);
        }
        shell::cargo(PACKAGES, &more)
    }
}
