//! What the tests of the compilers share, so that each compiler is held to the same.
//!
//! - [`machines`]: what to compile for, [`compile`]: compiling for it,
//! - [`callbacks`]: files with the stages of functions,
//! - [`suite`]: the modules of the official test suite,
//! - [`snapshot`]: generated code compared with what files say, [`disassembly`]: that code in words,
//! - [`hostile`]: modules that are built to be expensive, [`work`]: what compiling them takes, counted.

pub mod callbacks;
pub mod compile;
pub mod disassembly;
pub mod hostile;
pub mod machines;
pub mod snapshot;
pub mod suite;
pub mod work;
