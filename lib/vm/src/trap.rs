//! Why a call into wasm ended without a result.

use std::error::Error;
use std::fmt;

use wasmer_types::TrapCode;

use crate::backtrace::Backtrace;
use crate::exception::VMExceptionRef;

/// The end of a computation that did not return: what [`crate::enter`] hands to its caller, and what a host
/// function returns to make its caller trap.
///
/// A trap that goes through several entries into wasm keeps the backtrace of the first.
///
/// # Example
///
/// ```
/// use wasmer_types::TrapCode;
/// use wasmer_vm::Trap;
///
/// let trap = Trap::lib(TrapCode::UnreachableCodeReached);
/// assert_eq!((trap.to_string(), trap.code()), ("unreachable".to_owned(), Some(TrapCode::UnreachableCodeReached)));
/// let trap = Trap::user(std::fmt::Error);
/// assert!(trap.is::<std::fmt::Error>() && trap.code().is_none());
/// assert_eq!(trap.downcast::<std::fmt::Error>().unwrap(), std::fmt::Error);
/// ```
#[derive(Debug)]
pub enum Trap {
    /// A trap of the specification, or one that the runtime adds.
    Wasm {
        /// The reason.
        code: TrapCode,
        /// Where it happened. Empty for a stack overflow, for which there is no room left to look.
        backtrace: Backtrace,
    },
    /// A host function failed.
    User {
        /// What it returned.
        error: Box<dyn Error + Send + Sync>,
        /// Where it was called from.
        backtrace: Backtrace,
    },
    /// An exception that was not caught. From a host function: one that its caller may catch.
    UncaughtException {
        /// The exception. It belongs to the store of the code that has thrown it.
        exnref: VMExceptionRef,
        /// Where it was thrown.
        backtrace: Backtrace,
    },
}

impl Trap {
    /// A trap for `code` without a backtrace, which it gets when it is raised.
    pub fn wasm(code: TrapCode) -> Self {
        Self::Wasm { code, backtrace: Backtrace::default() }
    }

    /// An error of a host function without a backtrace, which it gets when it is raised.
    pub fn user(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::User { error: error.into(), backtrace: Backtrace::default() }
    }

    /// As [`Self::wasm`], under the name that programs may know.
    pub fn lib(trap_code: TrapCode) -> Self {
        Self::wasm(trap_code)
    }

    /// An exception without a backtrace, which it gets when it is raised.
    pub fn uncaught_exception(exnref: VMExceptionRef) -> Self {
        Self::UncaughtException { exnref, backtrace: Backtrace::default() }
    }

    /// Whether this is an exception.
    pub fn is_exception(&self) -> bool {
        self.to_exception_ref().is_some()
    }

    /// The exception, if this is one.
    pub fn to_exception_ref(&self) -> Option<VMExceptionRef> {
        match self {
            Self::UncaughtException { exnref, .. } => Some(*exnref),
            Self::Wasm { .. } | Self::User { .. } => None,
        }
    }

    /// The reason, when this is not an error of a host function.
    pub fn to_trap(self) -> Option<TrapCode> {
        self.code()
    }

    /// The error of a host function, if it is a `T`.
    pub fn downcast_ref<T: Error + 'static>(&self) -> Option<&T> {
        match self {
            Self::User { error, .. } => error.downcast_ref(),
            Self::Wasm { .. } | Self::UncaughtException { .. } => None,
        }
    }

    /// Whether this is an error of a host function of type `T`.
    pub fn is<T: Error + 'static>(&self) -> bool {
        self.downcast_ref::<T>().is_some()
    }

    /// The error of a host function.
    ///
    /// # Errors
    ///
    /// This trap, when it is not one of type `T`.
    pub fn downcast<T: Error + 'static>(self) -> Result<T, Self> {
        match self {
            Self::User { error, backtrace } => match error.downcast() {
                Ok(error) => Ok(*error),
                Err(error) => Err(Self::User { error, backtrace }),
            },
            trap => Err(trap),
        }
    }

    /// The reason, when this is not an error of a host function.
    pub fn code(&self) -> Option<TrapCode> {
        match self {
            Self::Wasm { code, .. } => Some(*code),
            Self::UncaughtException { .. } => Some(TrapCode::UncaughtException),
            Self::User { .. } => None,
        }
    }

    /// Where it happened.
    pub fn backtrace(&self) -> &Backtrace {
        match self {
            Self::Wasm { backtrace, .. }
            | Self::User { backtrace, .. }
            | Self::UncaughtException { backtrace, .. } => backtrace,
        }
    }

    /// Adds a backtrace unless there is one.
    pub(crate) fn or_backtrace(mut self, capture: impl FnOnce() -> Backtrace) -> Self {
        let (Self::Wasm { backtrace, .. }
        | Self::User { backtrace, .. }
        | Self::UncaughtException { backtrace, .. }) = &mut self;
        if backtrace.is_empty() {
            *backtrace = capture();
        }
        self
    }
}

impl From<TrapCode> for Trap {
    fn from(code: TrapCode) -> Self {
        Self::wasm(code)
    }
}

/// The reason alone; the backtrace is for those who ask for it.
impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wasm { code, .. } => f.write_str(code.message()),
            Self::UncaughtException { .. } => f.write_str(TrapCode::UncaughtException.message()),
            Self::User { error, .. } => error.fmt(f),
        }
    }
}

impl Error for Trap {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Wasm { code, .. } => Some(code),
            Self::UncaughtException { .. } => None,
            Self::User { error, .. } => Some(&**error),
        }
    }
}
