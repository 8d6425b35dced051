//! Errors of instantiation.

use thiserror::Error;
use wasmer_types::{ImportError, PreInstantiationError};

use crate::runtime_error::RuntimeError;

/// An instance could not be made.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), wasmer::CompileError> {
/// use wasmer::{ExternType, ImportError, Instance, InstantiationError, LinkError, Module, Store, imports};
///
/// let mut store = Store::default();
/// let module = Module::new(&store, r#"(module (import "env" "log" (func (param i32))))"#)?;
/// match Instance::new(&mut store, &module, &imports! {}) {
///     Err(InstantiationError::Link(LinkError::Import(module, name, ImportError::UnknownImport(ty)))) => {
///         assert_eq!((module.as_str(), name.as_str()), ("env", "log"));
///         assert!(matches!(ty, ExternType::Function(_)));
///     }
///     other => panic!("{other:?}"),
/// }
///
/// let module = Module::new(&store, "(module (func $main unreachable) (start $main))")?;
/// let error = Instance::new(&mut store, &module, &imports! {}).unwrap_err();
/// assert!(matches!(error, InstantiationError::Start(trap) if trap.message() == "unreachable"));
/// # Ok(()) }
/// ```
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

impl From<PreInstantiationError> for InstantiationError {
    fn from(error: PreInstantiationError) -> Self {
        match error {
            PreInstantiationError::CpuFeature(missing) => Self::CpuFeature(missing),
        }
    }
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
