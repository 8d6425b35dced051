//! Clocks and random numbers of the host, behind traits, so that an embedder can supply others.

use std::fmt;

use crate::types::{ClockId, Errno, Timestamp};

/// The clocks of a guest.
pub trait Clocks: fmt::Debug + Send + Sync {
    /// The time of a clock in nanoseconds.
    fn now(&self, clock: ClockId) -> Result<Timestamp, Errno>;

    /// The resolution of a clock in nanoseconds; never 0.
    fn resolution(&self, clock: ClockId) -> Result<Timestamp, Errno>;
}

/// A source of random bytes.
pub trait Random: fmt::Debug + Send + Sync {
    /// Fills a buffer.
    fn fill(&self, buf: &mut [u8]) -> Result<(), Errno>;
}

/// The clocks of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClocks;

fn host_clock(clock: ClockId) -> rustix::time::ClockId {
    match clock {
        ClockId::Realtime => rustix::time::ClockId::Realtime,
        ClockId::Monotonic => rustix::time::ClockId::Monotonic,
        ClockId::ProcessCputime => rustix::time::ClockId::ProcessCPUTime,
        ClockId::ThreadCputime => rustix::time::ClockId::ThreadCPUTime,
    }
}

fn nanoseconds(time: rustix::time::Timespec) -> Result<Timestamp, Errno> {
    let seconds = u64::try_from(time.tv_sec).map_err(|_| Errno::Overflow)?;
    let nanos = u64::try_from(time.tv_nsec).map_err(|_| Errno::Overflow)?;
    seconds.checked_mul(1_000_000_000).and_then(|s| s.checked_add(nanos)).ok_or(Errno::Overflow)
}

impl Clocks for SystemClocks {
    fn now(&self, clock: ClockId) -> Result<Timestamp, Errno> {
        nanoseconds(rustix::time::clock_gettime(host_clock(clock)))
    }

    fn resolution(&self, clock: ClockId) -> Result<Timestamp, Errno> {
        Ok(nanoseconds(rustix::time::clock_getres(host_clock(clock)))?.max(1))
    }
}

/// The random numbers of the operating system, fit for cryptography.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, mut buf: &mut [u8]) -> Result<(), Errno> {
        while !buf.is_empty() {
            match rustix::rand::getrandom(&mut *buf, rustix::rand::GetRandomFlags::empty()) {
                Ok(filled) => buf = &mut buf[filled..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
