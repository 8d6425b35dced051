//! The benchmarks, a function for each group of lines. The goals are those that the project has set itself.

use crate::baseline;
use crate::generate;
use crate::llvm;
use crate::measure::{Batch, Measured, Subject, calibrate, geometric_mean, interleave, time_each};
use crate::process::{self, Threads};
use crate::programs::{self, Program};
use crate::report::{Goal, Metric, Report, Unit, say};
use crate::runtime::{self, Call, Run, Runtime, WasiCommand};
use crate::start;
use crate::wasi;
use anyhow::{Context, Result, ensure};
use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// What to run.
pub(crate) struct Plan {
    /// Part of `suite/name`.
    pub(crate) filter: String,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    /// Subjects to leave out.
    pub(crate) without: Vec<String>,
    /// Modules of the user's that are measured, too.
    pub(crate) modules: Vec<PathBuf>,
    /// Only print the names.
    pub(crate) list: bool,
}

impl Plan {
    /// Whether to measure a line; prints its name if that is all that is wanted.
    pub(crate) fn wants(&self, suite: &str, name: &str) -> Result<bool> {
        let full = format!("{suite}/{name}");
        let wanted = full.contains(&self.filter);
        if self.list && wanted {
            say(&full)?;
        }
        Ok(wanted && !self.list)
    }

    pub(crate) fn includes(&self, subject: &str) -> bool {
        !self.without.iter().any(|s| s == subject)
    }

    pub(crate) fn runtimes(&self) -> impl Iterator<Item = &'static dyn Runtime> {
        runtime::ALL.iter().copied().filter(|r| self.includes(r.name()))
    }

    /// The C programs whose execution time is measured, and the commands among the modules of the user's.
    pub(crate) fn programs(&self) -> Result<Vec<Program>> {
        let mut all = programs::all()?;
        for module in &self.modules {
            all.extend(Program::of_command(module)?);
        }
        all.retain(Program::is_for_execution);
        Ok(all)
    }

    /// The argument of the C programs: how much to compute.
    pub(crate) fn size(&self) -> &'static str {
        if self.quick { "10" } else { "100" }
    }

    /// How long one round of a short operation goes on.
    fn batch(&self) -> Duration {
        Duration::from_millis(if self.quick { 3 } else { 30 })
    }

    /// Rounds of short operations are cheap: more of them.
    pub(crate) fn many_rounds(&self) -> usize {
        if self.quick { self.rounds } else { self.rounds * 6 }
    }
}

/// A group of lines.
type Suite = fn(&Plan, &mut Report) -> Result<()>;

/// Every group, in the order of the table.
pub(crate) const ALL: &[Suite] = &[
    execution,
    metering,
    compilation,
    artifacts,
    calls,
    asynchronous,
    instances,
    threads,
    whole_process,
    wasi::system_calls,
    start::warm,
    baseline::compilation,
    baseline::execution,
    baseline::whole_process,
    llvm::compilation,
    llvm::execution,
];

pub(crate) const fn seconds(goal: Goal) -> Metric {
    Metric { suffix: "", unit: Unit::Seconds, goal }
}

/// Execution time of the C programs: `_start` alone, without compilation and instantiation.
fn execution(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "programs";
    report.begin_suite(SUITE);
    for program in &plan.programs()? {
        if !plan.wants(SUITE, &program.name)? {
            continue;
        }
        let args = [program.name.as_str(), plan.size()];
        let same = SameOutput::default();
        let mut subjects = Vec::new();
        if plan.includes(NATIVE)
            && let Some(native) = program.native()?
        {
            subjects.push(execution_of(
                NATIVE,
                Box::new(Process(vec![native.into()])),
                args,
                &same,
            ));
        }
        let wasm = std::fs::read(program.wasm()?)?;
        for runtime in plan.runtimes() {
            subjects.push(execution_of(runtime.name(), runtime.command(&wasm)?, args, &same));
        }
        let measured = interleave(subjects, plan.rounds).with_context(|| program.name.clone())?;
        report.add(&program.name, &[seconds(Goal::None)], &measured)?;
    }
    report.end_suite(&[Goal::Ratio(1.03)])
}

/// What the subject that needs no runtime is called.
pub(crate) const NATIVE: &str = "native";

/// A program that says itself how long it took ([`process::run_timed`]), and what precedes its arguments.
pub(crate) struct Process(pub(crate) Vec<OsString>);

impl WasiCommand for Process {
    fn run(&mut self, args: &[&str]) -> Result<Run> {
        let mut command = self.0.clone();
        command.extend(args[1..].iter().map(OsString::from));
        process::run_timed(&command)
    }
}

/// A subject whose rounds are runs of a command with these arguments.
pub(crate) fn execution_of<'a>(
    name: &'static str,
    mut command: Box<dyn WasiCommand>,
    args: [&'a str; 2],
    same: &'a SameOutput,
) -> Subject<'a> {
    let round = move || {
        let run = command.run(&args).context(name)?;
        same.check(name, run.stdout)?;
        Ok(vec![run.time.as_secs_f64()])
    };
    Subject { name, round: Box::new(round) }
}

/// Checks that all subjects print the same.
#[derive(Default)]
pub(crate) struct SameOutput(RefCell<Option<Vec<u8>>>);

impl SameOutput {
    pub(crate) fn check(&self, name: &str, stdout: Vec<u8>) -> Result<()> {
        let mut expected = self.0.borrow_mut();
        let expected = expected.get_or_insert_with(|| stdout.clone());
        let text = String::from_utf8_lossy;
        ensure!(
            *expected == stdout,
            "{name}: expected {:?}, found {:?}",
            text(expected),
            text(&stdout)
        );
        ensure!(!stdout.is_empty(), "{name} printed nothing");
        Ok(())
    }
}

/// Execution time of the C programs with and without metering.
fn metering(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "metering";
    const OVERHEAD: &str = ", metered / unmetered";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", unmetered", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", metered", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: OVERHEAD, unit: Unit::Times, goal: Goal::None },
    ];
    const MEAN: &[Metric] =
        &[Metric { suffix: OVERHEAD, unit: Unit::Times, goal: Goal::AtMost(1.3) }];
    report.begin_suite(SUITE);
    let ours: &dyn Runtime = &crate::ours::CRANELIFT;
    let mut overheads = Vec::new();
    for program in &plan.programs()? {
        if !plan.wants(SUITE, &program.name)? || !plan.includes(ours.name()) {
            continue;
        }
        let args = [program.name.as_str(), plan.size()];
        let wasm = std::fs::read(program.wasm()?)?;
        let commands = [
            ("unmetered", ours.command(&wasm)?),
            ("metered", crate::ours::metered_command(&wasm)?),
        ];
        let same = SameOutput::default();
        let subjects = commands.map(|(name, command)| execution_of(name, command, args, &same));
        let measured = interleave(subjects.into(), plan.rounds)?;
        let mut rounds: Vec<_> = measured.into_iter().flat_map(|m| m.rounds).collect();
        // Between the best rounds of each, as in the ratios to other runtimes.
        let overhead = Unit::Seconds.best(&rounds[1]) / Unit::Seconds.best(&rounds[0]);
        rounds.push(vec![overhead]);
        overheads.push(overhead);
        report.add(&program.name, METRICS, &[Measured { name: ours.name(), rounds }])?;
    }
    if !overheads.is_empty() {
        let rounds = vec![vec![geometric_mean(&overheads)]];
        report.add("geometric mean", MEAN, &[Measured { name: ours.name(), rounds }])?;
    }
    report.end_suite(&[])
}

/// Builds or generates a module; where it is.
type MakeModule<'a> = Box<dyn Fn() -> Result<PathBuf> + 'a>;

/// The modules that compilation is measured with: name, whether compilers do the same work, how to make it.
pub(crate) fn large_modules(plan: &Plan) -> Vec<(&str, bool, MakeModule<'_>)> {
    let mut modules: Vec<(&str, bool, MakeModule<'_>)> =
        vec![("C programs", true, Box::new(|| programs::amalgam(&programs::all()?)))];
    for shape in generate::SHAPES {
        let write = move || {
            let path = programs::output_folder()?.join(shape.name.replace(' ', "-") + ".wasm");
            std::fs::write(&path, generate::synthetic(shape))?;
            Ok(path)
        };
        modules.push((shape.name, shape.comparable, Box::new(write)));
    }
    for path in &plan.modules {
        modules.push((programs::name(path), true, Box::new(move || Ok(path.clone()))));
    }
    modules
}

/// Compilation of large modules with all threads, each in a fresh process.
fn compilation(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "compile";
    const fn metrics(goal: Goal) -> [Metric; 3] {
        [
            Metric { suffix: ", wall", unit: Unit::Seconds, goal },
            Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::None },
            Metric { suffix: ", peak memory", unit: Unit::Bytes, goal },
        ]
    }
    report.begin_suite(SUITE);
    for (name, comparable, make) in large_modules(plan) {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let goal = if comparable { Goal::Ratio(1.0) } else { Goal::None };
        let path = make()?;
        let size = std::fs::metadata(&path)?.len() as f64;
        let subjects = plan.runtimes().map(|runtime| {
            let path = path.clone();
            let round = move || Ok(process::compile(runtime.name(), &path, Threads::All)?.values());
            Subject { name: runtime.name(), round: Box::new(round) }
        });
        let measured = interleave(subjects.collect(), plan.rounds)?;
        report.add(&format!("{name}, {:.1} MB", size / 1e6), &metrics(goal), &measured)?;
    }
    report.end_suite(&[])
}

/// Compiled modules that are loaded from files, each also with what its first instance takes.
fn artifacts(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "artifact";
    let metrics = |goal| {
        [
            Metric { suffix: ", load", unit: Unit::Seconds, goal },
            Metric { suffix: ", size", unit: Unit::Bytes, goal: Goal::Ratio(1.2) },
            Metric { suffix: ", load and instantiate", unit: Unit::Seconds, goal: Goal::None },
        ]
    };
    report.begin_suite(SUITE);
    let generated = generate::ARTIFACTS.iter().map(|&(name, goal, _)| (name, goal, None));
    let given = plan.modules.iter();
    let given = given.map(|path| (programs::name(path), Goal::Ratio(0.3), Some(path)));
    for ((name, goal, path), number) in generated.chain(given).zip(0..) {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let wasm = match path {
            Some(path) => std::fs::read(path)?,
            None => generate::ARTIFACTS[number].2(),
        };
        // What a given module imports is not known.
        let metrics = &metrics(goal)[..if path.is_some() { 2 } else { 3 }];
        let mut subjects = Vec::new();
        for runtime in plan.runtimes() {
            let artifact = runtime.serialize(&wasm).with_context(|| runtime.name())?;
            let size = artifact.len() as f64;
            let name = format!("{}-{}.artifact", name.replace(' ', "-"), runtime.name());
            let file = programs::output_folder()?.join(name);
            std::fs::write(&file, artifact)?;
            let prepare = |instantiate| {
                let mut batch = runtime.load(&file, instantiate)?;
                Ok::<_, anyhow::Error>((calibrate(plan.batch(), &mut batch)?, batch))
            };
            let mut load = prepare(false)?;
            let mut instantiate = if path.is_none() { Some(prepare(true)?) } else { None };
            let round = move || {
                let time = |(repetitions, batch): &mut (u64, _)| time_each(batch, *repetitions);
                let mut values = vec![time(&mut load)?, size];
                if let Some(instantiate) = &mut instantiate {
                    values.push(time(instantiate)?);
                }
                Ok(values)
            };
            subjects.push(Subject { name: runtime.name(), round: Box::new(round) });
        }
        let name = format!("{name}, {:.1} MB", wasm.len() as f64 / 1e6);
        report.add(&name, metrics, &interleave(subjects, plan.many_rounds())?)?;
    }
    report.end_suite(&[])
}

/// Calls between host and WebAssembly.
fn calls(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "calls";
    const KINDS: &[(Call, &str, f64)] = &[
        (Call::Typed, "typed call, nop", 0.7),
        (Call::Dynamic, "dynamic call", 0.5),
        (Call::TypedHost, "typed host function", 0.9),
        (Call::DynamicHost, "dynamic host function", 0.8),
        (Call::Trap, "trap with backtrace", 0.2),
    ];
    report.begin_suite(SUITE);
    for &(kind, name, goal) in KINDS {
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let mut subjects = Vec::new();
        for runtime in plan.runtimes() {
            let mut batch = runtime.call(kind).with_context(|| runtime.name())?;
            let repetitions = calibrate(plan.batch(), &mut batch)?;
            let round = move || Ok(vec![time_each(&mut batch, repetitions)?]);
            subjects.push(Subject { name: runtime.name(), round: Box::new(round) });
        }
        report.add(
            name,
            &[seconds(Goal::Ratio(goal))],
            &interleave(subjects, plan.many_rounds())?,
        )?;
    }
    report.end_suite(&[])
}

/// Asynchronous calls, next to the others.
fn asynchronous(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "async";
    const METRICS: [Metric; 2] = [
        seconds(Goal::None),
        Metric { suffix: ", async / typed", unit: Unit::Times, goal: Goal::AtMost(3.0) },
    ];
    report.begin_suite(SUITE);
    let ours: &dyn Runtime = &crate::ours::CRANELIFT;
    type Make = fn() -> Result<Batch<'static>>;
    let cases: [(&str, usize, Make); 3] = [
        ("call of nop, ready at once", 2, crate::ours::async_call),
        ("host function, ready at once", 1, || crate::ours::async_host_function(true)),
        ("host function that suspends", 1, || crate::ours::async_host_function(false)),
    ];
    for (name, metrics, make) in cases {
        if !plan.wants(SUITE, name)? || !plan.includes(ours.name()) {
            continue;
        }
        let batches = [("typed", ours.call(Call::Typed)?), ("async", make()?)];
        let mut subjects = Vec::new();
        for (name, mut batch) in batches {
            let repetitions = calibrate(plan.batch(), &mut batch)?;
            let round = move || Ok(vec![time_each(&mut batch, repetitions)?]);
            subjects.push(Subject { name, round: Box::new(round) });
        }
        let measured = interleave(subjects, plan.many_rounds())?;
        let [typed, asynchronous] = [0, 1].map(|at| measured[at].rounds[0].clone());
        let ratio = Unit::Seconds.best(&asynchronous) / Unit::Seconds.best(&typed);
        let rounds = [asynchronous, vec![ratio]];
        let measured = Measured { name: ours.name(), rounds: rounds[..metrics].to_vec() };
        report.add(name, &METRICS[..metrics], &[measured])?;
    }
    report.end_suite(&[])
}

/// A new store, a new instance, one call.
fn instances(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "instances";
    report.begin_suite(SUITE);
    for case in generate::instances()? {
        let name = case.name;
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let goal = Goal::Ratio(if name == "tiny" { 0.5 } else { 0.7 });
        let mut subjects = Vec::new();
        for runtime in plan.runtimes() {
            let run = runtime.instantiate(&case).with_context(|| runtime.name())?;
            let repetitions = calibrate(plan.batch(), &run)?;
            let round = move || Ok(vec![time_each(&mut (Box::new(&run) as _), repetitions)?]);
            subjects.push(Subject { name: runtime.name(), round: Box::new(round) });
        }
        report.add(name, &[seconds(goal)], &interleave(subjects, plan.many_rounds())?)?;
    }
    report.end_suite(&[])
}

/// The same on two threads at once, of one module: the total rate relative to that of one thread, on the clock.
fn threads(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "two threads";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", on one thread", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", on two", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", rate", unit: Unit::Times, goal: Goal::AtLeast(1.7) },
    ];
    report.begin_suite(SUITE);
    for case in generate::instances()? {
        let name = case.name;
        if !plan.wants(SUITE, name)? {
            continue;
        }
        let mut subjects = Vec::new();
        for runtime in plan.runtimes() {
            let run = runtime.instantiate(&case).with_context(|| runtime.name())?;
            let repetitions = calibrate(plan.batch(), &run)?;
            let round = move || {
                let each = |threads: u32| -> Result<f64> {
                    let took = on_threads(threads, repetitions, &run)?;
                    Ok(took.as_secs_f64() / f64::from(threads) / repetitions as f64)
                };
                Ok(vec![each(1)?, each(2)?])
            };
            subjects.push(Subject { name: runtime.name(), round: Box::new(round) });
        }
        let mut measured = interleave(subjects, plan.many_rounds())?;
        for subject in &mut measured {
            // Between the best rounds of each: the best ratio of a round would be the one whose first half was
            // disturbed most.
            let best = |rounds: &[f64]| Unit::Seconds.best(rounds);
            let rate = best(&subject.rounds[0]) / best(&subject.rounds[1]);
            subject.rounds.push(vec![rate]);
        }
        report.add(name, METRICS, &measured)?;
    }
    report.end_suite(&[])
}

/// Runs on several threads at once, as often on each; the time from the first start to the last end.
fn on_threads(
    count: u32,
    repetitions: u64,
    run: &(dyn Fn(u64) -> Result<()> + Send + Sync),
) -> Result<Duration> {
    let barrier = Barrier::new(count as usize);
    let spans = std::thread::scope(|scope| {
        let spawn = |_| {
            scope.spawn(|| {
                run(1)?;
                barrier.wait();
                let start = Instant::now();
                run(repetitions)?;
                Ok((start, Instant::now()))
            })
        };
        let threads: Vec<_> = (0..count).map(spawn).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Result<(Instant, Instant)>>| {
            thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?
        };
        threads.into_iter().map(join).collect::<Result<Vec<_>>>()
    })?;
    let first = spans.iter().map(|s| s.0).min().context("no thread")?;
    let last = spans.iter().map(|s| s.1).max().context("no thread")?;
    Ok(last - first)
}

/// The command line on a small WASI program: start, compile, run, exit.
fn whole_process(plan: &Plan, report: &mut Report) -> Result<()> {
    const SUITE: &str = "process";
    const METRICS: &[Metric] = &[
        Metric { suffix: ", wall", unit: Unit::Seconds, goal: Goal::Ratio(1.0) },
        Metric { suffix: ", processor", unit: Unit::Seconds, goal: Goal::None },
        Metric { suffix: ", peak memory", unit: Unit::Bytes, goal: Goal::Ratio(1.0) },
    ];
    report.begin_suite(SUITE);
    for program in programs::all()?.iter().filter(|p| !p.is_for_execution()) {
        // Building the command lines takes too long for a quick look.
        if !plan.wants(SUITE, &program.name)? || plan.quick {
            continue;
        }
        let wasm = program.wasm()?;
        let mut expected: Option<Vec<u8>> = None;
        let mut subjects = Vec::new();
        for runtime in plan.runtimes() {
            let mut command = runtime.command_line()?;
            command.push(wasm.clone().into());
            let printed = process::run(&command)?.stdout;
            let first = expected.get_or_insert_with(|| printed.clone());
            ensure!(*first == printed, "{} prints something else than the others", runtime.name());
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
    fn two_threads_take_as_long_as_the_slower() -> Result<()> {
        let sleep = |n| {
            std::thread::sleep(Duration::from_millis(n));
            Ok(())
        };
        let took = on_threads(2, 20, &sleep)?;
        assert!(took >= Duration::from_millis(20), "{took:?}");
        assert!(on_threads(1, 1, &|_| anyhow::bail!("no")).is_err());
        Ok(())
    }
}
