//! Linux and other Unix-like systems.

pub mod mmap;
pub(crate) mod pagemap;
pub(crate) mod signal;
mod ucontext;
