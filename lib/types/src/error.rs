//! Errors that more than one crate reports.

use std::io;

use thiserror::Error;

use crate::progress::UserAbort;
pub use crate::trap::TrapCode;
use crate::types::ExternType;
use crate::units::Pages;

/// A module could not be read or is not valid.
#[derive(Error, Debug)]
pub enum WasmError {
    /// The bytes are not a valid module.
    #[error("invalid input WebAssembly code at offset {offset}: {message}")]
    InvalidWebAssembly {
        /// What is wrong.
        message: String,
        /// Byte offset in the module.
        offset: usize,
    },
    /// It uses something that this engine does not support.
    #[error("unsupported feature: {0}")]
    Unsupported(String),
    /// It is larger than the documented limits.
    #[error("implementation limit exceeded")]
    ImplLimitExceeded,
    /// A middleware refused it.
    #[error("{0}")]
    Middleware(#[from] MiddlewareError),
    /// Something else.
    #[error("{0}")]
    Generic(String),
}

/// Result of reading a module.
pub type WasmResult<T> = Result<T, WasmError>;

/// A module could not be compiled.
#[derive(Error, Debug)]
pub enum CompileError {
    /// The module could not be read.
    #[error("WebAssembly translation error: {0}")]
    Wasm(#[from] WasmError),
    /// The compiler failed.
    #[error("Compilation error: {0}")]
    Codegen(String),
    /// The module is not valid; the text ends with the byte offset.
    #[error("Validation error: {0}")]
    Validate(String),
    /// The module uses a proposal that is off or that this compiler does not have.
    #[error("unsupported feature: {0}")]
    UnsupportedFeature(String),
    /// The compiler can't generate code for the target.
    #[error("unsupported target: {0}")]
    UnsupportedTarget(String),
    /// A documented limit was passed, or memory ran out.
    #[error("insufficient resources: {0}")]
    Resource(String),
    /// A middleware failed.
    #[error("middleware error: {0}")]
    MiddlewareError(String),
    /// Whoever was told of the progress wanted it to stop.
    #[error("compilation was stopped: {0}")]
    Aborted(#[from] UserAbort),
}

impl From<MiddlewareError> for CompileError {
    fn from(error: MiddlewareError) -> Self {
        Self::MiddlewareError(error.to_string())
    }
}

/// A middleware failed.
#[derive(Error, Debug)]
#[error("error in middleware {name}: {message}")]
pub struct MiddlewareError {
    /// Which middleware.
    pub name: String,
    /// What is wrong.
    pub message: String,
}

impl MiddlewareError {
    /// The middleware `name` failed because of `message`.
    pub fn new<A: Into<String>, B: Into<String>>(name: A, message: B) -> Self {
        Self { name: name.into(), message: message.into() }
    }
}

/// A compiled module could not be written.
#[derive(Error, Debug)]
pub enum SerializeError {
    /// The file could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Something else.
    #[error("{0}")]
    Generic(String),
}

/// A compiled module could not be loaded.
#[derive(Error, Debug)]
pub enum DeserializeError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Something else.
    #[error("{0}")]
    Generic(String),
    /// It is for another version or another machine.
    #[error("incompatible binary: {0}")]
    Incompatible(String),
    /// It is damaged.
    #[error("corrupted binary: {0}")]
    CorruptedBinary(String),
    /// Compiling a part of it failed.
    #[error(transparent)]
    Compiler(#[from] CompileError),
    /// It is too short or too long.
    #[error("invalid input bytes: expected {expected} bytes, got {got}")]
    InvalidByteLength {
        /// Bytes that it should have.
        expected: usize,
        /// Bytes that it has.
        got: usize,
    },
}

/// A text is not the name of a CPU feature.
#[derive(Error, Debug)]
pub enum ParseCpuFeatureError {
    /// There is no feature of this name.
    #[error("CpuFeature {0} not recognized")]
    Missing(String),
}

/// No instance can be made of a module on this machine, whatever it is given.
#[derive(Error, Debug)]
pub enum PreInstantiationError {
    /// Its code needs CPU features that this machine does not have.
    #[error("missing required CPU features: {0:?}")]
    CpuFeature(String),
}

/// An import can't be satisfied.
#[derive(Error, Debug, Clone)]
pub enum ImportError {
    /// The item given has another type: expected, received.
    #[error("incompatible import type. Expected {0:?} but received {1:?}")]
    IncompatibleType(ExternType, ExternType),
    /// Nothing was given.
    #[error("unknown import. Expected {0:?}")]
    UnknownImport(ExternType),
    /// The memory given can't be used.
    #[error("memory error. {0}")]
    MemoryError(String),
}

/// A memory could not be made, grown or used.
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryError, Pages};
///
/// let error = MemoryError::CouldNotGrow { current: Pages(2), attempted_delta: Pages(9) };
/// assert_eq!(
///     error.to_string(),
///     "The memory could not grow: current size 2 pages, requested increase: 9 pages"
/// );
/// ```
#[derive(Error, Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemoryError {
    /// The operating system refused address space or memory.
    #[error("Error when allocating memory: {0}")]
    Region(String),
    /// It is at its limit.
    #[error("The memory could not grow: current size {} pages, requested increase: {} pages", .current.0, .attempted_delta.0)]
    CouldNotGrow {
        /// Present size.
        current: Pages,
        /// Pages that were to be added.
        attempted_delta: Pages,
    },
    /// The type makes no sense.
    #[error("The memory is invalid because {reason}")]
    InvalidMemory {
        /// Why not.
        reason: String,
    },
    /// The minimum is above what is possible.
    #[error("The minimum requested ({} pages) memory is larger than the maximum allowed memory ({} pages)", .min_requested.0, .max_allowed.0)]
    MinimumMemoryTooLarge {
        /// Pages asked for.
        min_requested: Pages,
        /// Pages possible.
        max_allowed: Pages,
    },
    /// The maximum is above what is possible.
    #[error("The maximum requested memory ({} pages) is larger than the maximum allowed memory ({} pages)", .max_requested.0, .max_allowed.0)]
    MaximumMemoryTooLarge {
        /// Pages asked for.
        max_requested: Pages,
        /// Pages possible.
        max_allowed: Pages,
    },
    /// The operation needs a shared memory.
    #[error("The memory is not shared")]
    MemoryNotShared,
    /// This kind of memory can't do that.
    #[error("This operation is not supported: {message}")]
    UnsupportedOperation {
        /// What was asked for.
        message: String,
    },
    /// This memory has no atomic operations.
    #[error("Atomic operations are not supported by this memory")]
    AtomicsNotSupported,
    /// An atomic operation failed.
    #[error(transparent)]
    AtomicOperationFailed(#[from] AtomicsError),
    /// Something else.
    #[error("A user-defined error occurred: {0}")]
    Generic(String),
}

/// An atomic wait or notification failed.
#[derive(Error, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AtomicsError {
    /// This memory has no atomic operations.
    #[error("Atomic operations are not supported")]
    Unimplemented,
    /// As many threads wait as can be counted.
    #[error("Too many waiters for address")]
    TooManyWaiters,
    /// Atomic operations were turned off.
    #[error("Atomic operations are disabled")]
    AtomicsDisabled,
    /// The memory is gone.
    #[error("The underlying memory was dropped")]
    MemoryDropped,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enumerations that can grow are listed where a new variant does not compile without its text. What
    /// provokes each is tested in `lib/api/tests/memory_errors.rs`.
    #[test]
    fn texts_of_memory_errors() {
        use MemoryError::*;
        let text = |error: &MemoryError| match error {
            Region(_) => "Error when allocating memory: full",
            CouldNotGrow { .. } => {
                "The memory could not grow: current size 2 pages, requested increase: 70000 pages"
            }
            InvalidMemory { .. } => "The memory is invalid because it is",
            MinimumMemoryTooLarge { .. } => {
                "The minimum requested (5 pages) memory is larger than the maximum allowed memory (4 pages)"
            }
            MaximumMemoryTooLarge { .. } => {
                "The maximum requested memory (5 pages) is larger than the maximum allowed memory (4 pages)"
            }
            MemoryNotShared => "The memory is not shared",
            UnsupportedOperation { .. } => "This operation is not supported: flying",
            AtomicsNotSupported => "Atomic operations are not supported by this memory",
            AtomicOperationFailed(_) => "Too many waiters for address",
            Generic(_) => "A user-defined error occurred: mine",
        };
        let all = [
            Region("full".to_owned()),
            CouldNotGrow { current: Pages(2), attempted_delta: Pages(70_000) },
            InvalidMemory { reason: "it is".to_owned() },
            MinimumMemoryTooLarge { min_requested: Pages(5), max_allowed: Pages(4) },
            MaximumMemoryTooLarge { max_requested: Pages(5), max_allowed: Pages(4) },
            MemoryNotShared,
            UnsupportedOperation { message: "flying".to_owned() },
            AtomicsNotSupported,
            AtomicOperationFailed(AtomicsError::TooManyWaiters),
            Generic("mine".to_owned()),
        ];
        for error in all {
            assert_eq!(error.to_string(), text(&error));
        }
    }

    #[test]
    fn texts_of_atomics_errors() {
        use AtomicsError::*;
        for error in [Unimplemented, TooManyWaiters, AtomicsDisabled, MemoryDropped] {
            let text = match error {
                Unimplemented => "Atomic operations are not supported",
                TooManyWaiters => "Too many waiters for address",
                AtomicsDisabled => "Atomic operations are disabled",
                MemoryDropped => "The underlying memory was dropped",
            };
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn texts_of_artifact_errors() {
        let io = || io::Error::other("disk");
        let serialize = |error: SerializeError| match error {
            SerializeError::Io(_) => (error.to_string(), "disk"),
            SerializeError::Generic(_) => (error.to_string(), "mine"),
        };
        for error in [io().into(), SerializeError::Generic("mine".to_owned())] {
            let (is, should) = serialize(error);
            assert_eq!(is, should);
        }
        let deserialize = |error: &DeserializeError| match error {
            DeserializeError::Io(_) => "disk",
            DeserializeError::Generic(_) => "mine",
            DeserializeError::Incompatible(_) => "incompatible binary: other",
            DeserializeError::CorruptedBinary(_) => "corrupted binary: hole",
            DeserializeError::Compiler(_) => "Validation error: no",
            DeserializeError::InvalidByteLength { .. } => {
                "invalid input bytes: expected 8 bytes, got 3"
            }
        };
        let all = [
            io().into(),
            DeserializeError::Generic("mine".to_owned()),
            DeserializeError::Incompatible("other".to_owned()),
            DeserializeError::CorruptedBinary("hole".to_owned()),
            CompileError::Validate("no".to_owned()).into(),
            DeserializeError::InvalidByteLength { expected: 8, got: 3 },
        ];
        for error in all {
            assert_eq!(error.to_string(), deserialize(&error));
        }
    }
}
