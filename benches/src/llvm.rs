//! The compiler that makes the fastest code, beside LLVM in wasmer 7.4, wasmtime and native code. The goals are those
//! that the project has set itself.
//!
//! Only with the feature `llvm`: they need LLVM 22.

use crate::baseline::compiling;
use crate::measure::{Subject, interleave};
use crate::peer::{self, Peer};
use crate::process::Threads;
use crate::report::{Columns, Goal, Metric, Report, Unit};
use crate::runtime::{self, Runtime};
use crate::suite::{NATIVE, Plan, Process, SameOutput, execution_of, large_modules, seconds};
use anyhow::{Context, Result};

const WASMTIME: &str = "wasmtime";

const COLUMNS: Columns =
    Columns { base: NATIVE, other: Some(WASMTIME), peer: peer::NAME, ours: "llvm" };

fn runtimes(plan: &Plan) -> impl Iterator<Item = &'static dyn Runtime> {
    let is_built_in =
        |r: &&dyn Runtime| r.name() != COLUMNS.ours || crate::ours::LLVM.is_built_in();
    runtime::LLVM.iter().copied().filter(is_built_in).filter(|r| plan.includes(r.name()))
}

/// Compilation of large modules with all threads, each in a fresh process, and how large the code is.
pub(crate) fn compilation(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "llvm compile";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", wall", unit: Unit::Seconds, goal: Goal::Ratio(0.8) },
        Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::Ratio(0.8) },
        Metric { suffix: ", peak memory", unit: Unit::Bytes, goal: Goal::None },
        Metric { suffix: ", code", unit: Unit::Bytes, goal: Goal::Ratio(1.0) },
    ];
    if !cfg!(feature = "llvm") {
        return Ok(());
    }
    report.begin_suite_of(SUITE, COLUMNS);
    for (name, _, make) in large_modules(plan) {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let path = make()?;
        let wasm = std::fs::read(&path)?;
        let mut subjects = Vec::new();
        for runtime in runtimes(plan) {
            subjects.push(compiling(runtime, &wasm, &path, Threads::All)?);
        }
        if plan.includes(peer::NAME) {
            let peer = Peer::new()?;
            let round = move || peer.compile(&path, Threads::All);
            subjects.push(Subject { name: peer::NAME, round: Box::new(round) });
        }
        let measured = interleave(subjects, plan.rounds)?;
        report.add(&format!("{name}, {:.1} MB", wasm.len() as f64 / 1e6), METRICS, &measured)?;
    }
    report.end_suite(&[])
}

/// Execution time of the C programs.
pub(crate) fn execution(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "llvm programs";
    const MEAN: &[Goal] =
        &[Goal::Ratio(0.92), Goal::RatioTo(NATIVE, 1.12), Goal::RatioTo(WASMTIME, 0.8)];
    if !cfg!(feature = "llvm") {
        return Ok(());
    }
    report.begin_suite_of(SUITE, COLUMNS);
    for program in &plan.programs()? {
        if !plan.wants(SUITE, &program.name)? {
            continue;
        }
        let args = [program.name.as_str(), plan.size()];
        let path = program.wasm()?;
        let wasm = std::fs::read(&path)?;
        let same = SameOutput::default();
        let mut subjects = Vec::new();
        if plan.includes(NATIVE)
            && let Some(native) = program.native()?
        {
            let command = Box::new(Process(vec![native.into()]));
            subjects.push(execution_of(NATIVE, command, args, &same));
        }
        if plan.includes(peer::NAME) {
            let command = Peer::new()?.command(&path)?;
            subjects.push(execution_of(peer::NAME, command, args, &same));
        }
        for runtime in runtimes(plan) {
            let command = runtime.command(&wasm).with_context(|| runtime.name())?;
            subjects.push(execution_of(runtime.name(), command, args, &same));
        }
        let measured = interleave(subjects, plan.rounds).with_context(|| program.name.clone())?;
        report.add(&program.name, &[seconds(Goal::Ratio(1.05))], &measured)?;
    }
    report.end_suite(MEAN)
}
