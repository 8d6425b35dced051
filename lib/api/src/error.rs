//! Errors of instantiation.

use thiserror::Error;
use wasmer_types::ImportError;

use crate::runtime_error::RuntimeError;

/// An instance could not be made.
#[derive(Clone, Debug, Error)]
pub enum InstantiationError {
    /// The imports given do not satisfy the module.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The start function trapped, or an active segment did not fit into its memory or table.
    #[error(transparent)]
    Start(RuntimeError),
    /// The module's code needs CPU features that this machine does not have: their names.
    #[error("missing required CPU features: {0}")]
    CpuFeature(String),
    /// An import belongs to another store.
    #[error("cannot mix imports from different stores")]
    DifferentStores,
    /// The module was compiled for another machine.
    #[error("incorrect OS or architecture")]
    DifferentArchOS,
}

/// The imports given do not satisfy the module.
#[derive(Clone, Debug, Error)]
pub enum LinkError {
    /// An import, named by module and field, is missing or of the wrong type.
    #[error("Error while importing {0:?}.{1:?}: {2}")]
    Import(String, String, ImportError),
    /// A trap happened.
    #[error("RuntimeError occurred during linking: {0}")]
    Trap(#[source] RuntimeError),
    /// Memory or address space ran out.
    #[error("Insufficient resources: {0}")]
    Resource(String),
}
