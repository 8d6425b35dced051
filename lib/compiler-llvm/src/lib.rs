//! The LLVM compiler of `wasmer`.
//!
//! ```text
//! operators (validated) ── translator ──▶ LLVM IR ── passes ──▶ LLVM IR ── LLVM's backend ──▶ ELF object
//!                                                                                              │ object
//!                                                                                              ▼
//!                                                                                       CompiledFunction
//! ```
//!
//! [`LLVM`] holds the settings and makes a [`LLVMCompiler`]. Functions are compiled in *units*, several together, which lie
//! side by side afterwards (`unit`). What the translator needs to know of the module is worked out once per
//! request (`environ`). Code reads the structures of the runtime only by the layouts of `wasmer-types`.
//!
//! Building it needs LLVM 22 on the machine: the Debian packages `llvm-22-dev` and `libpolly-22-dev`, or the directory
//! of another installation in the variable `LLVM_SYS_221_PREFIX`. With the feature `dynamic`, which is on by default,
//! programs need the shared library of LLVM when they run; with `static` instead they contain it.

mod builder;
mod callbacks;
mod compiler;
mod config;
mod effort;
mod environ;
mod inline;
mod lines;
mod loops;
mod object;
mod options;
mod passes;
mod translator;
mod types;
mod unit;

pub use crate::callbacks::LLVMCallbacks;
pub use crate::compiler::LLVMCompiler;
pub use crate::config::{LLVM, LLVMOptLevel};
pub use inkwell;
