//! How much a program may use.

use std::io::Write;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use clap::Args;
use wasmer::{Deadline, Instance, Store, StoreLimits, Value};

use crate::quantity::{parse_duration, parse_size};
use crate::report::Advice;

/// The exit code when the time is up: that of `timeout` of the coreutils.
const TIMED_OUT: u8 = 124;

/// How long a host function may go on when the time is up. Code of the guest stops at once.
const GRACE: Duration = Duration::from_millis(100);

/// How much a program may use.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Limits {
    /// Bytes of stack that the guest is sure of: 65536, 512K, 4M [default: 1M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    stack_size: Option<u64>,

    /// Bytes that each memory of the guest may have at most; `memory.grow` fails beyond
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    memory_limit: Option<u64>,

    /// Stop the guest when it has run for so long: 500ms, 30s, 5m
    ///
    /// The exit code is then 124, and the trace says where it was. The time begins when the module is compiled.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    timeout: Option<Duration>,

    /// Stop the guest when it has executed so many operators
    ///
    /// The same program stops at the same place each time, on every machine. `block`, `loop`, `else`, `end`, `nop` and
    /// `drop` don't count. A compiled program can only be limited if it was compiled with --fuel.
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,
}

/// Names of the globals that metered modules export.
const POINTS: &str = "wasmer_metering_remaining_points";
const EXHAUSTED: &str = "wasmer_metering_points_exhausted";

impl Limits {
    /// Sets the limits that do not depend on time.
    pub(crate) fn apply(&self, store: &mut Store) -> anyhow::Result<()> {
        if let Some(size) = self.stack_size {
            /// The address space of a process has to hold it.
            const LARGEST: u64 = 1 << 40;
            let size = usize::try_from(size).ok().filter(|_| size <= LARGEST);
            let size = size.ok_or_else(|| {
                Advice::new("the stack can't be that large", "the most for --stack-size is 1024G")
            })?;
            wasmer::sys::set_stack_size(size);
        }
        if let Some(size) = self.memory_limit {
            store.set_limits(StoreLimits::new().memory_size(size));
        }
        Ok(())
    }

    /// Gives a module that was compiled with fuel as much as it is to have.
    pub(crate) fn fill_up(&self, store: &mut Store, instance: &Instance) -> anyhow::Result<()> {
        let Some(fuel) = self.fuel else {
            return Ok(());
        };
        let points = instance.exports.get_global(POINTS);
        let is_set = points.is_ok_and(|points| points.set(store, Value::I64(fuel as i64)).is_ok());
        match is_set {
            true => Ok(()),
            false => Err(Advice::new(
                "the program was compiled without --fuel, so that it can't be limited",
                "compile it with `wasmer compile --fuel N`, or run the module that it was made of",
            )
            .into()),
        }
    }

    /// Starts the clock, if there is one.
    pub(crate) fn start_clock(&self, store: &Store) -> Option<Clock> {
        let time = self.timeout?;
        let deadline = store.interrupter().after(time);
        let (is_over, ended) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            if ended.recv_timeout(time.saturating_add(GRACE)) == Err(RecvTimeoutError::Timeout) {
                // It waits in a function of the host, which nothing can interrupt.
                let _ = writeln!(std::io::stderr(), "error: {}", message(time));
                std::process::exit(TIMED_OUT.into());
            }
        });
        Some(Clock { time, deadline, _is_over: is_over })
    }
}

/// `error`, with the reason if it is that the fuel of `instance` is used up.
pub(crate) fn explain_fuel(
    error: anyhow::Error,
    store: &mut Store,
    instance: &Instance,
) -> anyhow::Error {
    match instance.exports.get_global(EXHAUSTED).map(|exhausted| exhausted.get(store)) {
        Ok(Value::I32(1)) => error.context(Advice::new(
            "the guest has used up its fuel",
            "if it is to go on for longer, give it more with --fuel",
        )),
        _ => error,
    }
}

/// The time of a program. It stops when this is dropped.
pub(crate) struct Clock {
    time: Duration,
    deadline: Deadline,
    _is_over: Sender<()>,
}

/// A program was stopped because its time was up.
#[derive(Debug)]
pub(crate) struct TimedOut(Duration);

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&message(self.0))
    }
}

impl TimedOut {
    /// The exit code.
    pub(crate) fn code() -> ExitCode {
        ExitCode::from(TIMED_OUT)
    }
}

fn message(time: Duration) -> String {
    format!("the guest was stopped after {time:?}, as --timeout says")
}

impl Clock {
    /// `error`, with the reason if it may be that the time was up.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let code = super::trap_of(&error).and_then(|trap| trap.clone().to_trap());
        let is_interrupted = code == Some(wasmer::TrapCode::HostInterrupt);
        match is_interrupted && self.deadline.has_passed() {
            true => error.context(TimedOut(self.time)),
            false => error,
        }
    }
}
