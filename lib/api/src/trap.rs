//! Traps of the virtual machine as errors, and uncaught exceptions as text.

use std::error::Error;
use std::fmt;

use wasmer_vm::Trap;

use crate::exception::Exception;
use crate::frame_info::FrameInfo;
use crate::runtime_error::RuntimeError;
use crate::value::Value;

/// Why a call into wasm ended without a result, before it becomes a [`RuntimeError`].
///
/// # Example
///
/// ```
/// use wasmer::{BackendTrap, RuntimeError, TrapCode, vm::Trap};
///
/// let trap = BackendTrap::from(Trap::lib(TrapCode::UnreachableCodeReached));
/// assert_eq!(trap.to_string(), "unreachable");
/// let error = RuntimeError::new_from_source(trap, Vec::new(), Some(TrapCode::UnreachableCodeReached));
/// assert_eq!(error.message(), "unreachable");
///
/// let trap = BackendTrap::from(Trap::user(std::fmt::Error));
/// assert!(trap.is::<std::fmt::Error>() && !trap.is_exception());
/// assert_eq!(trap.downcast::<std::fmt::Error>().unwrap(), std::fmt::Error);
/// ```
#[derive(Debug)]
pub enum BackendTrap {
    /// Of code of this machine.
    Sys(Trap),
}

impl BackendTrap {
    /// As [`RuntimeError::user`].
    pub fn user(err: Box<dyn Error + Send + Sync>) -> RuntimeError {
        RuntimeError::user(err)
    }

    /// The error of a host function.
    ///
    /// # Errors
    ///
    /// This trap, when it is not one of type `T`.
    pub fn downcast<T: Error + 'static>(self) -> Result<T, Self> {
        let Self::Sys(trap) = self;
        trap.downcast().map_err(Self::Sys)
    }

    /// The error of a host function, if it is a `T`.
    pub fn downcast_ref<T: Error + 'static>(&self) -> Option<&T> {
        let Self::Sys(trap) = self;
        trap.downcast_ref()
    }

    /// Whether this is an error of a host function of type `T`.
    pub fn is<T: Error + 'static>(&self) -> bool {
        self.downcast_ref::<T>().is_some()
    }

    /// Whether this is an exception that was not caught.
    pub fn is_exception(&self) -> bool {
        let Self::Sys(trap) = self;
        trap.is_exception()
    }

    /// The exception, if this is one.
    pub fn to_exception(&self) -> Option<Exception> {
        let Self::Sys(trap) = self;
        trap.to_exception_ref().map(Exception::from_vm_exceptionref)
    }

    pub(crate) fn into_vm(self) -> Trap {
        let Self::Sys(trap) = self;
        trap
    }
}

impl From<Trap> for BackendTrap {
    fn from(trap: Trap) -> Self {
        Self::Sys(trap)
    }
}

impl fmt::Display for BackendTrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sys(trap) = self;
        trap.fmt(f)
    }
}

impl Error for BackendTrap {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let Self::Sys(trap) = self;
        trap.source()
    }
}

/// A [`RuntimeError`] to print, made by [`RuntimeError::display`]: of an exception that was not caught, with what it
/// carries.
#[derive(Debug)]
pub enum RuntimeErrorDisplay<'a> {
    /// An exception with these values, thrown there.
    Exception(Vec<Value>, &'a [FrameInfo]),
    /// Any other error.
    Other(&'a RuntimeError),
}

impl fmt::Display for RuntimeErrorDisplay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exception(payload, trace) => {
                write!(f, "Uncaught exception with payload: {payload:?}")?;
                RuntimeError::write_trace(trace, f)
            }
            Self::Other(error) => error.fmt(f),
        }
    }
}
