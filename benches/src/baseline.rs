//! Compilers that are fast to compile, beside one that makes fast code. The goals are those that the project has set
//! itself.

use crate::measure::{Subject, interleave};
use crate::process::{self, Threads};
use crate::programs;
use crate::report::{Columns, Goal, Metric, Report, Unit};
use crate::runtime::{self, Runtime};
use crate::suite::{Plan, SameOutput, execution_of, large_modules, seconds};
use std::path::Path;

use anyhow::{Context, Result};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection};

const COLUMNS: Columns = Columns { base: "wasmer", other: None, peer: "winch", ours: "singlepass" };

fn runtimes(plan: &Plan) -> impl Iterator<Item = &'static dyn Runtime> {
    runtime::BASELINE.iter().copied().filter(|r| plan.includes(r.name()))
}

/// Compilation of large modules on one thread, each in a fresh process, and how large the code is.
pub(crate) fn compilation(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "baseline compile";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", wall", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::Ratio(0.6) },
        Metric { suffix: ", peak memory", unit: Unit::Bytes, goal: Goal::Ratio(0.7) },
        Metric { suffix: ", code", unit: Unit::Bytes, goal: Goal::Ratio(0.9) },
    ];
    report.begin_suite_of(SUITE, COLUMNS);
    for (name, _, make) in large_modules(plan) {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let path = make()?;
        let wasm = std::fs::read(&path)?;
        let mut subjects = Vec::new();
        for runtime in runtimes(plan) {
            subjects.push(compiling(runtime, &wasm, &path, Threads::One)?);
        }
        let measured = interleave(subjects, plan.rounds)?;
        report.add(&format!("{name}, {:.1} MB", wasm.len() as f64 / 1e6), METRICS, &measured)?;
    }
    report.end_suite(&[])
}

/// The compilation of the module `wasm`, which is the file `path`, by a runtime in a fresh process: what the process used,
/// and how large the code is.
pub(crate) fn compiling(
    runtime: &'static dyn Runtime,
    wasm: &[u8],
    path: &Path,
    threads: Threads,
) -> Result<Subject<'static>> {
    let artifact = runtime.serialize(wasm).with_context(|| runtime.name())?;
    let code = code_size(&artifact).with_context(|| runtime.name())? as f64;
    let path = path.to_owned();
    let round = move || {
        let mut values = process::compile(runtime.name(), &path, threads)?.values();
        values.push(code);
        Ok(values)
    };
    Ok(Subject { name: runtime.name(), round: Box::new(round) })
}

/// Bytes of machine code in an artifact; those of all runtimes are ELF files.
///
/// # Errors
/// When it is no ELF file, or has no code.
fn code_size(artifact: &[u8]) -> Result<u64> {
    let file = ElfFile64::<Endianness>::parse(artifact)?;
    Ok(file.section_by_name(".text").context("no section .text")?.size())
}

/// Execution time of the C programs.
pub(crate) fn execution(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "baseline programs";
    report.begin_suite_of(SUITE, COLUMNS);
    for program in &plan.programs()? {
        if !plan.wants(SUITE, &program.name)? {
            continue;
        }
        let args = [program.name.as_str(), plan.size()];
        let wasm = std::fs::read(program.wasm()?)?;
        let same = SameOutput::default();
        let mut subjects = Vec::new();
        for runtime in runtimes(plan) {
            let command = runtime.command(&wasm).with_context(|| runtime.name())?;
            subjects.push(execution_of(runtime.name(), command, args, &same));
        }
        let measured = interleave(subjects, plan.rounds).with_context(|| program.name.clone())?;
        report.add(&program.name, &[seconds(Goal::None)], &measured)?;
    }
    report.end_suite(&[Goal::RatioTo(COLUMNS.base, 1.4)])
}

/// A small program as a whole process, compiled anew each time.
pub(crate) fn whole_process(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "baseline process";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", wall", unit: Unit::Seconds, goal: Goal::AtMost(0.004) },
        Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", peak memory", unit: Unit::Bytes, goal: Goal::None },
    ];
    report.begin_suite_of(SUITE, COLUMNS);
    for program in programs::all()?.iter().filter(|p| !p.is_for_execution()) {
        // Building the command lines takes too long for a quick look.
        if !plan.wants(SUITE, &program.name)? || plan.quick {
            continue;
        }
        let wasm = program.wasm()?;
        let same = SameOutput::default();
        let mut subjects = Vec::new();
        for runtime in runtimes(plan) {
            let mut command = runtime.command_line()?;
            command.push(wasm.clone().into());
            same.check(runtime.name(), process::run(&command)?.stdout)?;
            let round = move || Ok(process::launch(&command)?.values());
            subjects.push(Subject { name: runtime.name(), round: Box::new(round) });
        }
        report.add(&program.name, METRICS, &interleave(subjects, plan.many_rounds())?)?;
    }
    report.end_suite(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_in_artifacts() -> Result<()> {
        let wasm = wat::parse_str("(module (func (export \"f\") (result i32) (i32.const 7)))")?;
        for runtime in runtime::BASELINE {
            let size = code_size(&runtime.serialize(&wasm)?)?;
            // Up to a page, and trampolines.
            assert!((1..=8192).contains(&size), "{}: {size}", runtime.name());
        }
        assert!(code_size(b"no ELF file").is_err());
        Ok(())
    }
}
