//! The WASI host of wasmer: what a WebAssembly program needs to behave like a program.
//!
//! A guest gets arguments, environment variables, standard streams and directories, and nothing else of the
//! system: a file can be reached only through a directory that was handed to the guest, by a path that does not
//! leave it. Preview 1 of WASI (`wasi_snapshot_preview1`) and its predecessor (`wasi_unstable`) are supported.
//!
//! [`WasiEnvBuilder`] describes a guest and runs it:
//!
#![cfg_attr(feature = "sys", doc = "```no_run")]
#![cfg_attr(not(feature = "sys"), doc = "```ignore")]
//! use wasmer::{Module, Store};
//! use wasmer_wasix::WasiEnv;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut store = Store::default();
//! let module = Module::from_file(&store, "program.wasm")?;
//! WasiEnv::builder("program")
//!     .args(["--verbose", "input"])
//!     .env("LANG", "C.UTF-8")
//!     .map_dir("/data", "some/directory")?
//!     .run_with_store(module, &mut store)?;
//! # Ok(())
//! # }
//! ```
//!
//! # How it is made
//!
//! Each layer knows only those below it:
//!
//! | module | subject |
//! |---|---|
//! | `bindings`, `env` | system calls as functions of the crate `wasmer`; feature `sys` |
//! | [`syscalls`] | one function per system call: checks what the guest passes, does what it asks for |
//! | [`ctx`], [`fd_table`], [`host`] | the state of a guest |
//! | [`fs`] | files and directories: of the host, in memory, overlays, and what an embedder adds |
//! | [`capabilities`] | limits |
//! | [`memory`] | the guest's memory, with every address checked |
//! | [`types`] | numbers and layouts of the interface |

#[cfg(feature = "sys")]
mod bindings;
mod builder;
pub mod capabilities;
pub mod ctx;
#[cfg(feature = "sys")]
mod env;
mod errors;
pub mod fd_table;
pub mod fs;
pub mod host;
pub mod memory;
pub mod syscalls;
#[cfg(feature = "tracing")]
mod trace;
pub mod types;
#[cfg(feature = "sys")]
mod version;

#[cfg(feature = "sys")]
pub use bindings::generate_import_object_from_env;
pub use builder::{PreopenDirBuilder, WasiEnvBuilder};
pub use capabilities::Capabilities;
#[cfg(feature = "sys")]
pub use env::{WasiEnv, WasiFunctionEnv};
pub use errors::WasiStateCreationError;
#[cfg(feature = "sys")]
pub use errors::{WasiError, WasiRuntimeError};
pub use fs::{Pipe, VirtualFile};
pub use types::ExitCode;
#[cfg(feature = "sys")]
pub use version::{
    WasiVersion, get_wasi_version, get_wasi_versions, is_wasi_module, is_wasix_module,
};
