//! From the bytes of a WebAssembly module to a [`ModuleImage`](wasmer_types::image::ModuleImage).
//!
//! ```text
//! bytes ── translate ──▶ ModuleInfo + function bodies
//!                              │ Compiler::compile_functions   (validated and compiled together, in parallel)
//!                              ▼
//!                        CompiledFunction per body
//!                              │ link
//!                              ▼
//!                         ModuleImage
//! ```
//!
//! A backend implements [`Compiler`] (and [`CompilerConfig`], its settings). What backends have in common is
//! here: reading and validating ([`ModuleTranslation`], [`FunctionInput::translate`]), middlewares, limits,
//! parallelism ([`compile_in_parallel`]) and linking. Nothing here knows the virtual machine.
#![forbid(unsafe_code)]

mod compiler;
mod function;

pub use crate::compiler::{
    CallMode, CompileRequest, Compiler, CompilerConfig, FunctionTranslator,
};
pub use crate::function::{CompiledFunction, Relocation, RelocationKind, RelocationTarget};
pub use wasmparser;
