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

mod bounds;
mod compiler;
pub mod debug_files;
mod driver;
mod function;
pub mod limits;
mod link;
mod middleware;
pub mod operators;
mod parallel;
mod progress;
mod proposals;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod translate;

pub use crate::bounds::{Check, HeapBounds};
pub use crate::compiler::{
    CallMode, CompileRequest, Compiler, CompilerConfig, Debugger, FunctionTranslator,
};
pub use crate::debug_files::CompiledKind;
pub use crate::driver::{CompileOptions, compile_module, validate_module};
pub use crate::function::{
    CODE_PAGE, CompiledFunction, FrameRule, Relocation, RelocationKind, RelocationTarget,
    UnwindInfo,
};
pub use crate::link::link;
pub use crate::middleware::{
    FunctionMiddleware, MiddlewareReaderState, ModuleMiddleware, ModuleMiddlewareChain, compiler_id,
};
pub use crate::parallel::{compile_in_parallel, compile_units_in_parallel};
pub use crate::proposals::{Proposals, implemented_features, usual_features};
pub use crate::translate::{FunctionInput, ModuleTranslation, ValidationScratch};
pub use wasmparser;

/// Version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
