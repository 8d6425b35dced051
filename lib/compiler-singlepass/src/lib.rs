//! Singlepass: compiles a function in one pass over its operators, in linear time, with no intermediate representation.
//!
//! It is the compiler for code that is compiled more often than it runs, and where the time to compile must be bounded
//! and the output the same, byte for byte, on every machine. [`Singlepass`] is its configuration.
//!
//! ```text
//! bytes ─ scan ─▶ uses of locals ┐
//!       ─ validate ─▶ operators ─┴─ translator ─▶ masm (isa/x64, isa/aarch64) ─▶ buffer ─▶ CompiledFunction
//! ```
//!
//! `translator` knows operators and nothing of machines; `masm` is the trait in which it asks a machine for
//! instructions, the sum of one trait for each subject; `isa` holds the machines, with the same files for each, in which
//! they implement the trait of that subject.
#![forbid(unsafe_code)]

mod atomic;
mod buffer;
mod callbacks;
mod compiler;
mod config;
mod environ;
mod isa;
mod listing;
mod masm;
mod operand;
mod registers;
mod scan;
mod translator;
mod vector;

pub use callbacks::SinglepassCallbacks;
pub use compiler::SinglepassCompiler;
pub use config::Singlepass;
pub use listing::AssemblyComment;
