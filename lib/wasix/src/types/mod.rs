//! The ABI of WASI preview 1 and of its predecessor `wasi_unstable`: numbers, bit sets and records as they
//! lie in guest memory.
//!
//! Everything here follows the two interface files of the WASI project, `wasi_snapshot_preview1.witx` and
//! `wasi_unstable.witx` with their `typenames.witx`. The two differ in four places only, and each has one
//! home: [`Abi`] says which one is spoken, and the encoders of [`Filestat`], [`Subscription`] and [`Whence`]
//! take it as an argument. (The fourth, `sock_accept`, exists in preview 1 only.)

pub(crate) mod enums;
mod errno;
mod flags;
mod records;

pub use enums::{Advice, ClockId, EventType, Filetype, Signal, Whence};
pub use errno::Errno;
pub use flags::{
    EventRwFlags, Fdflags, Fstflags, Lookupflags, Oflags, Riflags, Rights, Roflags, Sdflags,
    SubclockFlags,
};
pub use records::{
    DIRENT_SIZE, Dirent, EVENT_SIZE, Event, FDSTAT_SIZE, Fdstat, Filestat, IOVEC_SIZE,
    PRESTAT_SIZE, Prestat, Subscription, SubscriptionKind,
};

/// A file descriptor of the guest.
pub type Fd = u32;

/// A point in time or a span of time, in nanoseconds.
pub type Timestamp = u64;

/// Which of the two interface versions a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// `wasi_unstable`, also called snapshot 0.
    Unstable,
    /// `wasi_snapshot_preview1`.
    Preview1,
}

/// The code a program ends with: what it passes to `proc_exit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExitCode(i32);

impl ExitCode {
    /// Whether the code says that all went well, which is zero.
    pub fn is_success(self) -> bool {
        self.0 == 0
    }

    /// The code as a number.
    pub fn raw(self) -> i32 {
        self.0
    }
}

impl From<i32> for ExitCode {
    fn from(code: i32) -> Self {
        Self(code)
    }
}

impl From<ExitCode> for i32 {
    fn from(code: ExitCode) -> Self {
        code.0
    }
}

impl From<Errno> for ExitCode {
    fn from(errno: Errno) -> Self {
        Self(errno as i32)
    }
}

impl std::fmt::Display for ExitCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
