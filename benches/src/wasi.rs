//! System calls: how long programs take that do little else, in a folder that they are given.

use crate::measure::{Subject, interleave};
use crate::process;
use crate::programs::{self, Program};
use crate::report::{Goal, Report};
use crate::suite::{NATIVE, Plan, SameOutput, seconds};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A line: its name, what the program is told to do and how often, and what is to be reached.
const LINES: &[(&str, &str, u64, Goal)] = &[
    ("write blocks of 64 KiB", "write", 4_000, Goal::RatioTo(NATIVE, 1.1)),
    ("read blocks of 64 KiB", "read", 4_000, Goal::RatioTo(NATIVE, 1.1)),
    ("fd_write of 1 byte", "bytes", 100_000, Goal::Ratio(0.9)),
    ("clock_time_get", "clock", 1_000_000, Goal::Ratio(0.9)),
    // wasmtime takes seconds for each.
    ("fd_readdir of 10,000 entries", "list", 2, Goal::Ratio(0.9)),
    ("path_open and fd_close", "open", 100_000, Goal::Ratio(0.9)),
];

/// Entries of the folder that is listed.
const ENTRIES: usize = 10_000;

/// The folder that the program works in, as the guest sees it.
pub(crate) const FOLDER: &str = "/data";

/// The folder on the host, with what the program expects there.
fn folder() -> Result<PathBuf> {
    let folder = programs::output_folder()?.join("wasi-data");
    let many = folder.join("many");
    std::fs::create_dir_all(&many)?;
    for index in std::fs::read_dir(&many)?.count()..ENTRIES {
        std::fs::write(many.join(format!("entry-{index:05}")), "")?;
    }
    std::fs::write(folder.join("file"), vec![7; 64 << 16])?;
    Ok(folder)
}

/// System calls, beside wasmtime and the same program built for this machine.
pub(crate) fn system_calls(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "wasi";
    report.begin_suite(SUITE);
    let program = Program::of_system_calls()?;
    for (name, what, count, goal) in LINES {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let folder = folder()?;
        let count = (count / if plan.quick { 10 } else { 1 }).max(1).to_string();
        let measured = interleave(subjects(plan, &program, &folder, [what, &count])?, plan.rounds)
            .with_context(|| (*name).to_owned())?;
        report.add(name, &[seconds(*goal)], &measured)?;
    }
    report.end_suite(&[])
}

fn subjects<'a>(
    plan: &Plan,
    program: &Program,
    folder: &'a Path,
    [what, count]: [&'a str; 2],
) -> Result<Vec<Subject<'a>>> {
    let same = std::rc::Rc::new(SameOutput::default());
    let mut subjects = Vec::new();
    if plan.includes(NATIVE)
        && let Some(native) = program.native()?
    {
        let same = same.clone();
        let command = [native.into(), what.into(), count.into(), folder.into()];
        let round = move || {
            let run = process::run_timed(&command)?;
            same.check(NATIVE, run.stdout)?;
            Ok(vec![run.time.as_secs_f64()])
        };
        subjects.push(Subject { name: NATIVE, round: Box::new(round) });
    }
    let wasm = std::fs::read(program.wasm()?)?;
    for runtime in plan.runtimes() {
        let (name, same) = (runtime.name(), same.clone());
        let mut command = runtime.command(&wasm)?;
        let round = move || {
            let run = command.run_in(&["io", what, count, FOLDER], folder).context(name)?;
            same.check(name, run.stdout)?;
            Ok(vec![run.time.as_secs_f64()])
        };
        subjects.push(Subject { name, round: Box::new(round) });
    }
    Ok(subjects)
}
