//! The commands.

mod inspect;
mod run;
mod validate;
#[cfg(feature = "wast")]
mod wast;

pub(crate) use inspect::Inspect;
pub(crate) use run::Run;
pub(crate) use validate::Validate;
#[cfg(feature = "wast")]
pub(crate) use wast::Wast;
