//! `wasmer --version`

use std::io::Write;
use std::process::ExitCode;

use wasmer::BackendKind;
use wasmer::sys::{CpuFeature, HOST, Target};

use crate::report::Output;

/// The optional parts that this was built with, compilers aside.
const FEATURES: &[(&str, bool)] =
    &[("coredump", cfg!(feature = "coredump")), ("wast", cfg!(feature = "wast"))];

/// Prints the version; in detail, also what tells one build from another.
pub(super) fn execute(in_detail: bool) -> anyhow::Result<ExitCode> {
    let mut out = Output::new();
    writeln!(out, "wasmer {}", env!("CARGO_PKG_VERSION"))?;
    if !in_detail {
        return Ok(ExitCode::SUCCESS);
    }
    let compilers = BackendKind::ALL.iter().filter(|backend| **backend != BackendKind::Headless);
    let compilers: Vec<&str> = compilers.map(|backend| backend.name()).collect();
    let features: Vec<&str> = FEATURES.iter().filter(|it| it.1).map(|it| it.0).collect();
    let lines: [(&str, &str); 7] = [
        ("binary", "wasmer"),
        ("commit-hash", env!("WASMER_COMMIT_HASH")),
        ("commit-date", env!("WASMER_COMMIT_DATE")),
        ("host", &HOST.to_string()),
        ("cpu", &CpuFeature::names(*Target::default().cpu_features())),
        ("compilers", &compilers.join(", ")),
        ("features", &features.join(", ")),
    ];
    for (name, value) in lines {
        writeln!(out, "{name}: {value}")?;
    }
    Ok(ExitCode::SUCCESS)
}
