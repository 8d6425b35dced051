//! The process: ending it, signals and scheduling.

use crate::types::{Errno, ExitCode, Signal, enums::SignalAction};

/// The code that a program ends with.
pub fn proc_exit(code: u32) -> ExitCode {
    ExitCode::from(code.cast_signed())
}

/// Sends the program a signal; `Some` when that ends it, with 128 and the signal's number as the code.
///
/// # Errors
///
/// [`Errno::Inval`] for an unknown signal, [`Errno::Notsup`] for one that would stop the program.
pub fn proc_raise(signal: u32) -> Result<Option<ExitCode>, Errno> {
    let signal = Signal::try_from(signal)?;
    match signal.default_action() {
        SignalAction::Ignore => Ok(None),
        SignalAction::Stop => Err(Errno::Notsup),
        SignalAction::Terminate => Ok(Some(ExitCode::from(128 + i32::from(signal as u8)))),
    }
}

/// Lets others run.
pub fn sched_yield() -> Result<(), Errno> {
    std::thread::yield_now();
    Ok(())
}
