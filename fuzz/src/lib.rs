//! Random modules, run by each compiler of this workspace and by an interpreter that somebody else wrote.
//!
//! ```text
//!           ┌─▶ ours: each compiler, each kind of memories ─┐
//! seed ─▶ case                                              ├─▶ check: the transcripts are the same
//!           └─▶ interpreter (where it has the proposals) ───┘
//! ```
//!
//! A [`Case`] is a module, what to call in it and how; the same for the same seed. A [`Machine`] runs it and writes
//! down what can be seen from outside: results, kinds of traps, calls of host functions, and all globals, memories and
//! tables after each call. [`check`] compares. [`reduce`] makes a module that shows a difference small.
//!
//! `tests/differential.rs` does so with fixed seeds, and `cargo xtask fuzz` for as long as one likes.
#![forbid(unsafe_code)]

mod case;
mod check;
mod interpreter;
mod machine;
mod ours;
mod reduce;

pub use crate::case::{Case, Nans};
pub use crate::check::{Difference, Machines, Verdict, check};
pub use crate::machine::{End, Instance, Kind, Log, Machine, State, Trap, Value};
pub use crate::reduce::reduce;
