//! `cargo xtask test`

use anyhow::Result;
use clap::Args;

use crate::{shell, tools};

/// Install what the tests need and run them all
#[derive(Args)]
pub(crate) struct Test {
    /// Run only tests with this text in their names
    filter: Option<String>,
}

/// Everything but the benchmarks, which would build wasmtime.
const PACKAGES: [&str; 4] = ["test", "--workspace", "--exclude", "wasmer-benches"];

impl Test {
    pub(crate) fn run(&self) -> Result<()> {
        tools::require(&tools::C_TO_WASM)?;
        let mut more: Vec<&str> = Vec::new();
        if let Some(filter) = &self.filter {
            more.extend(["--", filter]);
        }
        shell::cargo(PACKAGES, &more)
    }
}
