//! The Cranelift compiler of `wasmer`.
//!
//! ```text
//! operators (validated) ── translator ──▶ Cranelift IR ── cranelift-codegen ──▶ machine code
//!                                                                                │ output
//!                                                                                ▼
//!                                                                         CompiledFunction
//! ```
//!
//! [`Cranelift`] holds the settings and makes a [`CraneliftCompiler`]. The translator turns the operators of
//! one function into Cranelift's intermediate representation; what it needs to know of the module is worked out once
//! per request (`environ`). Code reads the structures of the runtime only by the layouts of `wasmer-types`.
#![forbid(unsafe_code)]

mod callbacks;
mod compiler;
mod config;
mod environ;
mod output;
mod pressure;
mod stamped;
mod translator;
mod traps;

pub use crate::callbacks::CraneliftCallbacks;
pub use crate::compiler::CraneliftCompiler;
pub use crate::config::{Cranelift, CraneliftOptLevel};
pub use cranelift_codegen::{self, CodegenResult};
