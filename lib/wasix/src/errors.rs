//! Errors of setting up and running a guest.

use std::path::PathBuf;

#[cfg(feature = "sys")]
use crate::types::ExitCode;

/// What is wrong with the description of a guest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WasiStateCreationError {
    /// A variable's name is empty or has a `=` or a zero byte, or its value has a zero byte.
    #[error("environment variable format error: `{0}`")]
    EnvironmentVariableFormatError(String),
    /// An argument has a zero byte.
    #[error("argument contains null byte: `{0}`")]
    ArgumentContainsNulByte(String),
    /// A directory to preopen does not exist.
    #[error("preopened directory not found: `{}`", .0.display())]
    PreopenedDirectoryNotFound(PathBuf),
    /// A directory cannot be preopened.
    #[error("preopened directory error: `{0}`")]
    PreopenedDirectoryError(String),
    /// The guest's name of a directory has a zero byte.
    #[error("mapped dir alias has wrong format: `{0}`")]
    MappedDirAliasFormattingError(String),
    /// There are more files than a guest can have open.
    #[error("wasi filesystem creation error: `{0}`")]
    WasiFsCreationError(String),
}

/// How a system call ends the program instead of returning.
#[cfg(feature = "sys")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WasiError {
    /// The program has ended itself with this code.
    #[error("WASI exited with code: {0}")]
    Exit(ExitCode),
    /// A module imports nothing that a WASI host supplies.
    #[error("the WASI version could not be determined")]
    UnknownWasiVersion,
}

/// What went wrong with a guest.
#[cfg(feature = "sys")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WasiRuntimeError {
    /// Its description.
    #[error("WASI state setup failed")]
    Init(#[from] WasiStateCreationError),
    /// A missing export.
    #[error("loading exports failed")]
    Export(#[from] wasmer::ExportError),
    /// Instantiation of its module.
    #[error("instantiation failed")]
    Instantiation(#[from] wasmer::InstantiationError),
    /// It has ended itself, or its module is not for WASI.
    #[error("WASI error")]
    Wasi(#[from] WasiError),
    /// It has trapped.
    #[error("{0}")]
    Runtime(#[from] wasmer::RuntimeError),
}

#[cfg(feature = "sys")]
impl WasiRuntimeError {
    /// The code that the program has ended itself with, if it has.
    pub fn as_exit_code(&self) -> Option<ExitCode> {
        let error = match self {
            WasiRuntimeError::Wasi(error) => error,
            WasiRuntimeError::Runtime(error) => error.downcast_ref()?,
            _ => return None,
        };
        match error {
            WasiError::Exit(code) => Some(*code),
            WasiError::UnknownWasiVersion => None,
        }
    }
}
