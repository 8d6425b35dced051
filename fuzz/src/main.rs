//! `cargo xtask fuzz`: cases of random modules, one after the other, until the time is over or something differs.
#![forbid(unsafe_code)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;
use wasmer_fuzz::{Case, Difference, Machines, check, reduce};

/// Run random modules by each compiler and by an interpreter, and stop when they do different things.
#[derive(Parser)]
#[command(name = "wasmer-fuzz")]
struct Options {
    /// For how long
    #[arg(long, default_value_t = 1.0)]
    hours: f64,
    /// The number of the first module; each has its own
    #[arg(long, default_value_t = 1_000_000)]
    seed: u64,
    /// Only the module with that number
    #[arg(long)]
    one: bool,
    /// After how many differences to stop
    #[arg(long, default_value_t = 1)]
    most: usize,
    /// Threads; by default as many as there are processors
    #[arg(long)]
    jobs: Option<usize>,
    /// Where to write modules that show differences; by default a new temporary folder
    #[arg(long)]
    output: Option<PathBuf>,
}

/// A case that takes longer hangs.
const HANGS: Duration = Duration::from_secs(120);

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let output = match options.output {
        Some(folder) => folder,
        None => tempfile::Builder::new().prefix("wasmer-fuzz-").tempdir()?.keep(),
    };
    fs::create_dir_all(&output)?;
    let jobs = options.jobs.or_else(|| thread::available_parallelism().ok().map(usize::from));
    let jobs = if options.one { 1 } else { jobs.unwrap_or(1) };
    let run = Run {
        machines: Machines::all(),
        next: AtomicU64::new(options.seed),
        last: if options.one { options.seed } else { u64::MAX },
        end: Instant::now() + Duration::from_secs_f64(options.hours * 3600.0),
        stop: AtomicBool::new(false),
        counts: Mutex::default(),
        most: options.most,
        found: Mutex::default(),
        current: (0..jobs).map(|_| Mutex::new(None)).collect(),
        output,
    };
    thread::scope(|scope| {
        let run = &run;
        let workers: Vec<_> =
            (0..jobs).map(|worker| scope.spawn(move || run.work(worker))).collect();
        run.watch(&|| workers.iter().all(|worker| worker.is_finished()))?;
        for worker in workers {
            worker.join().expect("a worker catches panics")?;
        }
        anyhow::Ok(())
    })?;
    run.say(&run.progress())?;
    let found = run.found.lock().expect("nothing panics with it");
    for (case, difference) in &*found {
        run.report(case, difference)?;
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What has been seen so far.
#[derive(Default)]
struct Counts {
    modules: u64,
    returned: usize,
    trapped: usize,
    unsupported: usize,
    panicked: usize,
    overflows: u64,
}

struct Run {
    machines: Machines,
    /// The next case.
    next: AtomicU64,
    /// The last one.
    last: u64,
    end: Instant,
    stop: AtomicBool,
    counts: Mutex<Counts>,
    /// How many differences are enough.
    most: usize,
    found: Mutex<Vec<(Case, Box<Difference>)>>,
    /// What each worker is at, and since when.
    current: Vec<Mutex<Option<(u64, Instant)>>>,
    output: PathBuf,
}

impl Run {
    fn work(&self, worker: usize) -> Result<()> {
        // Tells which case it was when the process dies.
        let note = self.output.join(format!("worker-{worker}"));
        while !self.stop.load(Ordering::Relaxed) && Instant::now() < self.end {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed > self.last {
                break;
            }
            let current = || self.current[worker].lock().expect("nothing panics with it");
            *current() = Some((seed, Instant::now()));
            fs::write(&note, seed.to_string())?;
            let case = Case::new(seed).with_context(|| format!("module {seed}"))?;
            let result = check(&case, &self.machines);
            *current() = None;
            match result {
                Ok(verdict) => {
                    let mut counts = self.counts.lock().expect("nothing panics with it");
                    counts.modules += 1;
                    counts.returned += verdict.returned;
                    counts.trapped += verdict.trapped;
                    counts.unsupported += verdict.unsupported;
                    counts.panicked += verdict.panicked;
                    counts.overflows += u64::from(verdict.stack_overflow);
                }
                Err(difference) => {
                    self.say(&format!("module {seed}: {difference}"))?;
                    let mut found = self.found.lock().expect("nothing panics with it");
                    found.push((case, difference));
                    if found.len() >= self.most {
                        self.stop.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
        Ok(())
    }

    /// Tells how far it is, until `done`.
    fn watch(&self, done: &dyn Fn() -> bool) -> Result<()> {
        let mut told = Instant::now();
        while !done() {
            thread::sleep(Duration::from_millis(100));
            if told.elapsed() > Duration::from_secs(20) {
                told = Instant::now();
                self.say(&self.progress())?;
            }
            for current in &self.current {
                let current = *current.lock().expect("nothing panics with it");
                if let Some((seed, since)) = current
                    && since.elapsed() > HANGS
                {
                    self.say(&format!("module {seed} takes longer than {HANGS:?}"))?;
                    std::process::exit(2);
                }
            }
        }
        Ok(())
    }

    fn progress(&self) -> String {
        let counts = self.counts.lock().expect("nothing panics with it");
        let Counts { modules, returned, trapped, unsupported, panicked, overflows } = *counts;
        let next = self.next.load(Ordering::Relaxed);
        format!(
            "{modules} modules (next is {next}): {returned} calls returned, {trapped} trapped, \
             {unsupported} were not supported, in {panicked} the interpreter panicked, {overflows} modules \
             filled a stack"
        )
    }

    /// Writes the module, and a smaller one.
    fn report(&self, case: &Case, difference: &Difference) -> Result<()> {
        self.say(&format!("module {}: {difference}", case.seed))?;
        self.write(&format!("{}", case.seed), case)?;
        self.say("making it smaller")?;
        let shows = |case: &Case| {
            check(case, &self.machines).is_err_and(|other| other.machines == difference.machines)
        };
        let small = reduce(case, shows);
        if let Err(difference) = check(&small, &self.machines) {
            self.say(&difference.to_string())?;
        }
        self.write(&format!("{}-reduced", case.seed), &small)
    }

    fn write(&self, name: &str, case: &Case) -> Result<()> {
        let file = |extension: &str| self.output.join(format!("{name}.{extension}"));
        fs::write(file("wasm"), &case.wasm)?;
        let calls: String = case.calls.iter().map(|call| format!(";; {call:?}\n")).collect();
        fs::write(file("wat"), format!(";; {:?}\n{calls}{}", case.nans, case.text()))?;
        self.say(&format!("written: {}", Path::display(&file("wat"))))
    }

    fn say(&self, line: &str) -> Result<()> {
        Ok(writeln!(std::io::stderr().lock(), "{line}")?)
    }
}
