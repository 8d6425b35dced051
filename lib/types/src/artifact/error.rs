//! What can be wrong with an artifact.

use enumset::EnumSet;
use thiserror::Error;

use crate::error::{DeserializeError, SerializeError};
use crate::target::CpuFeature;

/// An artifact can't be used, or can't be made.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
pub enum ArtifactError {
    /// The bytes do not begin as an artifact does.
    #[error("The provided bytes are not a Wasmer engine artifact: expected {expected}")]
    NotAnArtifact {
        /// What an artifact begins with.
        expected: &'static str,
    },
    /// The format is that of another version.
    #[error(
        "The provided bytes were serialized by an incompatible version of Wasmer: \
         format {found}, expected format {expected}"
    )]
    Version {
        /// Number in the header.
        found: u32,
        /// Number of this version.
        expected: u32,
    },
    /// The version, or what code and runtime agree on in it, is another one.
    #[error(
        "The provided bytes were serialized by an incompatible version of Wasmer: \
         version {version} with hash {found:016x}, expected version {own_version} with hash {expected:016x}"
    )]
    Hash {
        /// Version in the header.
        version: String,
        /// Hash in the header.
        found: u64,
        /// This version.
        own_version: &'static str,
        /// Hash of this version.
        expected: u64,
    },
    /// The target is unknown, or there is no ELF machine for it.
    #[error("unknown target: {0}")]
    Target(String),
    /// The code uses CPU features that the machine it is to run on does not have.
    #[error("Some CPU Features needed for the artifact are missing: {}", CpuFeature::names(*.0))]
    CpuFeatures(EnumSet<CpuFeature>),
    /// The file is too short or too long.
    #[error("{got} bytes, expected {expected}")]
    Length {
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has.
        got: u64,
    },
    /// A part can't be read.
    #[error("offset {offset} of `{section}`: expected {expected}")]
    Malformed {
        /// Which section.
        section: &'static str,
        /// Byte offset in it.
        offset: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// The description of the module contradicts itself.
    #[error("{0}")]
    Invalid(String),
    /// The keyed hash is another one.
    #[error(
        "the keyed hash does not fit: the bytes were changed, or hashed with another key or none"
    )]
    Key,
    /// A part is too large for the format.
    #[error("{0} is too large for an artifact")]
    TooLarge(&'static str),
}

impl From<ArtifactError> for DeserializeError {
    fn from(error: ArtifactError) -> Self {
        use ArtifactError as E;
        match error {
            E::NotAnArtifact { .. }
            | E::Version { .. }
            | E::Hash { .. }
            | E::Target(_)
            | E::CpuFeatures(_) => Self::Incompatible(error.to_string()),
            E::Length { expected, got } => Self::InvalidByteLength {
                expected: usize::try_from(expected).unwrap_or(usize::MAX),
                got: usize::try_from(got).unwrap_or(usize::MAX),
            },
            E::Malformed { .. } | E::Invalid(_) | E::Key | E::TooLarge(_) => {
                Self::CorruptedBinary(error.to_string())
            }
        }
    }
}

impl From<ArtifactError> for SerializeError {
    fn from(error: ArtifactError) -> Self {
        Self::Generic(error.to_string())
    }
}
