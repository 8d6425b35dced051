//! The system calls of preview 1 and `wasi_unstable`, one function each, grouped by kind.
//!
//! A function takes the guest's state, its memory, and the parameters as the guest passed them; it knows
//! nothing of the engine. Parameters are checked here: addresses, descriptors, enumerations and flags can have
//! any value. Addresses that results go to are checked before anything is done, so that a call that fails with
//! [`Errno::Fault`] has not read, written or opened anything.
//!
//! Where the two interface versions differ, a function takes the [`Abi`](crate::types::Abi).

pub mod clock;
pub mod environ;
pub mod fd;
pub mod fd_io;
pub mod path;
pub mod poll;
pub mod proc;
pub mod sock;
#[cfg(any(test, feature = "sys"))]
pub(crate) mod table;

use std::time::{Duration, UNIX_EPOCH};

use crate::fs::{SetTime, SetTimes};
use crate::types::{Errno, Fstflags, Timestamp};

/// The time stamps to set, from the parameters of the two `filestat_set_times` calls.
fn set_times(atim: Timestamp, mtim: Timestamp, flags: u32) -> Result<SetTimes, Errno> {
    let flags = Fstflags::try_from(u64::from(flags))?;
    let time = |given, now, nanos| match (flags.contains(given), flags.contains(now)) {
        (false, false) => Ok(None),
        (true, false) => UNIX_EPOCH
            .checked_add(Duration::from_nanos(nanos))
            .map(|at| Some(SetTime::At(at)))
            .ok_or(Errno::Overflow),
        (false, true) => Ok(Some(SetTime::Now)),
        (true, true) => Err(Errno::Inval),
    };
    Ok(SetTimes {
        accessed: time(Fstflags::ATIM, Fstflags::ATIM_NOW, atim)?,
        modified: time(Fstflags::MTIM, Fstflags::MTIM_NOW, mtim)?,
    })
}

#[cfg(test)]
mod tests;
