//! Middlewares: code that sees and changes every operator of a module before it is compiled.
//!
//! [`Metering`] counts what a module executes in points, and stops it when it has none left. How to write a
//! middleware of one's own is shown by `examples/instruction_counter.rs`.
#![forbid(unsafe_code)]

pub mod metering;

pub use crate::metering::Metering;
