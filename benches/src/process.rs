//! Child processes: what they print, how long they take, how much memory they need.

use crate::measure::process_time;
use crate::runtime::{Run, Runtime};
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a piece of work cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usage {
    /// Time on the clock.
    pub(crate) wall: Duration,
    /// Processor time, user and system, of all threads.
    pub(crate) cpu: Duration,
    /// The largest resident size, in bytes.
    pub(crate) peak: u64,
}

impl Usage {
    /// One line for the parent process to read.
    pub(crate) fn to_line(self) -> String {
        format!("usage {} {} {}", self.wall.as_nanos(), self.cpu.as_nanos(), self.peak)
    }

    fn from_line(line: &str) -> Option<Usage> {
        let mut words = line.strip_prefix("usage ")?.split(' ').map(|w| w.parse::<u64>().ok());
        let mut next = || words.next().flatten();
        Some(Usage {
            wall: Duration::from_nanos(next()?),
            cpu: Duration::from_nanos(next()?),
            peak: next()?,
        })
    }

    /// Seconds on the clock, seconds of processor time, bytes: in the order of the metrics of a line.
    pub(crate) fn values(self) -> Vec<f64> {
        vec![self.wall.as_secs_f64(), self.cpu.as_secs_f64(), self.peak as f64]
    }
}

/// A process that has ended well.
pub(crate) struct Finished {
    /// What it cost. The peak counts no less than what this process had resident when it started the other.
    pub(crate) usage: Usage,
    /// What it printed.
    pub(crate) stdout: Vec<u8>,
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started, and when it does not exit with 0.
pub(crate) fn run(command: &[OsString]) -> Result<Finished> {
    let [program, args @ ..] = command else { bail!("no command to run") };
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let mut stdout = Vec::new();
    child.stdout.take().context("the child has no output")?.read_to_end(&mut stdout)?;
    let (status, cpu, peak) = wait(child.id())?;
    let usage = Usage { wall: start.elapsed(), cpu, peak };
    ensure!(status.success(), "{} {args:?}: {status}", program.display());
    Ok(Finished { usage, stdout })
}

/// Runs a program that ends what it prints with a line `time NANOSECONDS`, how long a part of it took.
///
/// # Errors
/// As [`run`], and when there is no such line.
pub(crate) fn run_timed(command: &[OsString]) -> Result<Run> {
    let mut stdout = run(command)?.stdout;
    let time = split_time(&mut stdout).context("expected a line with the time at the end")?;
    Ok(Run { time, stdout })
}

/// Takes the last line, and the end of the one before, away from what a program has printed.
fn split_time(stdout: &mut Vec<u8>) -> Option<Duration> {
    const MARK: &[u8] = b"\ntime ";
    let at = stdout.windows(MARK.len()).rposition(|window| window == MARK)?;
    let nanoseconds = std::str::from_utf8(&stdout[at + MARK.len()..]).ok()?.trim_end().parse();
    stdout.truncate(at);
    Some(Duration::from_nanos(nanoseconds.ok()?))
}

/// Runs a command from a fresh small process, so that the peak is not that of the harness.
///
/// # Errors
/// As [`run`].
pub(crate) fn launch(command: &[OsString]) -> Result<Usage> {
    let mut all = vec![std::env::current_exe()?.into(), "launch".into(), "--".into()];
    all.extend_from_slice(command);
    usage_of(&all)
}

/// How many threads compile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Threads {
    /// As many as there are processors.
    All,
    /// The one that asks.
    One,
}

/// Compiles a module in a fresh process.
///
/// # Errors
/// When the compiler refuses the module.
pub(crate) fn compile(runtime: &str, module: &Path, threads: Threads) -> Result<Usage> {
    let mut command: Vec<OsString> = match threads {
        Threads::All => Vec::new(),
        // All runtimes leave it to rayon.
        Threads::One => vec!["env".into(), "RAYON_NUM_THREADS=1".into()],
    };
    command.extend([
        std::env::current_exe()?.into(),
        "compile".into(),
        runtime.into(),
        module.into(),
    ]);
    usage_of(&command)
}

fn usage_of(command: &[OsString]) -> Result<Usage> {
    usage_in(&String::from_utf8(run(command)?.stdout)?)
}

/// What [`Usage::to_line`] wrote among the lines of `output`.
///
/// # Errors
/// When it is not there.
pub(crate) fn usage_in(output: &str) -> Result<Usage> {
    output
        .lines()
        .find_map(Usage::from_line)
        .with_context(|| format!("expected a usage line, found {output:?}"))
}

/// Compiles a module in this process, which should have done nothing else.
///
/// # Errors
/// When the compiler refuses the module.
pub(crate) fn compile_here(runtime: &dyn Runtime, wasm: &[u8]) -> Result<Usage> {
    let (start, cpu) = (Instant::now(), process_time());
    runtime.compile(wasm)?;
    Ok(Usage { wall: start.elapsed(), cpu: process_time() - cpu, peak: own_peak()? })
}

/// The largest resident size of this process so far, in bytes (`VmHWM` of proc(5), which starts anew at `exec`).
fn own_peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib: Option<u64> = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok());
    Ok(kib.context("no VmHWM in /proc/self/status")? * 1024)
}

/// Waits for a child; its status, processor time and largest resident size in bytes.
fn wait(pid: u32) -> Result<(ExitStatus, Duration, u64)> {
    let pid = libc::pid_t::try_from(pid)?;
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both pointers are to live locals of the types that wait4(2) writes.
        let result = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
        if result == pid {
            break;
        }
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error.into());
        }
    }
    // SAFETY: `rusage` is plain integers, zeroed above and filled in by wait4.
    let usage = unsafe { usage.assume_init() };
    let time = |t: libc::timeval| {
        Duration::from_secs(u64::try_from(t.tv_sec).unwrap_or(0))
            + Duration::from_micros(u64::try_from(t.tv_usec).unwrap_or(0))
    };
    let peak = u64::try_from(usage.ru_maxrss)? * 1024;
    Ok((
        std::os::unix::process::ExitStatusExt::from_raw(status),
        time(usage.ru_utime) + time(usage.ru_stime),
        peak,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_survives_the_pipe() {
        let usage =
            Usage { wall: Duration::from_nanos(5), cpu: Duration::from_secs(2), peak: 4096 };
        assert_eq!(Usage::from_line(&usage.to_line()), Some(usage));
        assert_eq!(Usage::from_line("usage 1 2"), None);
        assert_eq!(Usage::from_line("1 2 3"), None);
    }

    #[test]
    fn time_is_split_off() -> Result<()> {
        let print = |text: &str| run_timed(&["printf".into(), "%b".into(), text.into()]);
        let run = print("a\ntime 1\nb\n\ntime 25\n")?;
        assert_eq!((run.time, &run.stdout[..]), (Duration::from_nanos(25), &b"a\ntime 1\nb\n"[..]));
        assert!(print("a\n").is_err());
        assert!(print("a\n\ntime x\n").is_err());
        Ok(())
    }

    #[test]
    fn runs_and_measures() -> Result<()> {
        let finished = run(&["sh".into(), "-c".into(), "echo hello".into()])?;
        assert_eq!(finished.stdout, b"hello\n");
        assert!(finished.usage.peak > 100_000);
        assert!(run(&["false".into()]).is_err());
        assert!(run(&["/nonexistent".into()]).is_err());
        assert!(own_peak()? > 100_000);
        Ok(())
    }
}
