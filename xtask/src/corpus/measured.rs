//! Processes with their time and memory.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a process is looked at. What it uses in the last of these intervals is not seen.
const INTERVAL: Duration = Duration::from_millis(2);

/// What a process used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) time: Duration,
    /// Of all its threads together; zero where the system does not tell.
    pub(super) processor_time: Duration,
    /// The most memory that it had at any time, in bytes; 0 where the system does not tell.
    pub(super) memory: u64,
}

impl Usage {
    /// Adds that of a process that ran after the others.
    pub(super) fn then(&mut self, other: Self) {
        self.time += other.time;
        self.processor_time += other.processor_time;
        self.memory = self.memory.max(other.memory);
    }
}

/// Runs a process to its end.
///
/// # Errors
///
/// When it can't be started, or does not end within `limit`; then it is ended.
pub(super) fn run(command: &mut Command, limit: Duration) -> Result<(ExitStatus, Usage)> {
    let started = Instant::now();
    let mut child = command.spawn().with_context(|| format!("unable to start {command:?}"))?;
    let mut usage = Usage::default();
    loop {
        usage.memory = peak_memory(&child).unwrap_or(0).max(usage.memory);
        usage.processor_time = processor_time(&child).unwrap_or_default().max(usage.processor_time);
        if let Some(status) = child.try_wait()? {
            return Ok((status, Usage { time: started.elapsed(), ..usage }));
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("{command:?} did not end within {} s", limit.as_secs());
        }
        thread::sleep(INTERVAL);
    }
}

/// The most memory that a process had, in bytes.
fn peak_memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The time that processors have spent for a process.
fn processor_time(child: &Child) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    // In user code and in the kernel, in hundredths of a second on every machine.
    Some(Duration::from_millis((ticks()? + ticks()?) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_measured() {
        let (status, usage) =
            run(Command::new("sh").args(["-c", "sleep 0.1; exit 7"]), Duration::MAX).unwrap();
        assert_eq!(status.code(), Some(7));
        assert!(usage.time >= Duration::from_millis(100));
        assert!(usage.processor_time < usage.time);
        assert!(cfg!(not(target_os = "linux")) || usage.memory > 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn time_of_processors_is_measured() {
        let count = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let (_, usage) = run(Command::new("sh").args(["-c", count]), Duration::MAX).unwrap();
        assert!(usage.processor_time > Duration::ZERO);
    }

    #[test]
    fn a_process_that_takes_too_long_is_ended() {
        let started = Instant::now();
        let result = run(Command::new("sleep").arg("60"), Duration::from_millis(50));
        assert!(result.unwrap_err().to_string().contains("did not end"));
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
