//! Keeps what [`wasmer`] has compiled, so that it is compiled once.
//!
//! A [`Cache`] stores modules under a [`Hash`](struct@Hash). [`FileSystemCache`] is one in a directory.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! use wasmer::{Engine, Module};
//! use wasmer_cache::{Cache, FileSystemCache, Hash};
//!
//! let engine = Engine::default();
//! let wasm = wasmer::wat2wasm(b"(module (func (export \"f\")))")?;
//!
//! let mut cache = FileSystemCache::new(directory.path())?;
//! let hash = Hash::of_module(&engine, &wasm);
//! let module = match cache.load_checked(&engine, hash) {
//!     Ok(module) => module,
//!     // Not there, damaged, of another version: all the same to us.
//!     Err(_) => {
//!         let module = Module::new(&engine, &wasm)?;
//!         cache.store(hash, &module)?;
//!         module
//!     }
//! };
//! assert_eq!(module.exports().count(), 1);
//! assert!(cache.load_checked(&engine, hash).is_ok());
//! # Ok(()) }
//! ```
//!
//! # What the hash must cover
//!
//! A cache returns what was stored under a hash, whatever it is. So the hash must cover everything that decides what
//! the code does: [`Hash::of_module`] covers the module, the compiler with its settings and middlewares, the target and
//! the proposals, and [`Hash::with`] adds what only you know, such as tunables. [`Hash::generate`] covers the bytes it is
//! given and nothing else.
//!
//! # Middlewares
//!
//! A module that was compiled with metering must never be answered by one without. So a [`FileSystemCache`] compares the
//! compiler that has made a module, its settings and its middlewares with those of the engine that it is loaded for,
//! whatever the hash covers, and refuses it if they differ. (An engine without a compiler gets any.)
//!
//! Middlewares are known by what their `ModuleMiddleware::deterministic_id` says. One that does not say anything could do
//! anything: nothing that was compiled with it is ever loaded for an engine with a compiler. Implement the method to have
//! such modules cached; for metering, that is `Metering::with_id`.

#[cfg(feature = "filesystem")]
mod filesystem;
mod hash;

use std::error::Error;

use wasmer::{AsEngineRef, Module};
pub use wasmer::{DeserializeError, SerializeError};

#[cfg(feature = "filesystem")]
pub use crate::filesystem::{DEFAULT_MAX_SIZE, FileSystemCache};
pub use crate::hash::Hash;

/// Something that keeps compiled modules.
pub trait Cache {
    /// Why a module can't be stored.
    type SerializeError: Error + Send + Sync;
    /// Why a module can't be loaded.
    type DeserializeError: Error + Send + Sync;

    /// Loads the module that was stored under `key`.
    ///
    /// # Errors
    ///
    /// When there is none, or it can't be used.
    ///
    /// # Safety
    ///
    /// What the cache holds was put there by [`Self::store`], and nobody else has changed it. A cache may prove this by
    /// itself, as [`FileSystemCache`] does.
    unsafe fn load(
        &self,
        engine: &impl AsEngineRef,
        key: Hash,
    ) -> Result<Module, Self::DeserializeError>;

    /// Stores a module under `key`, in the place of what was there.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    fn store(&mut self, key: Hash, module: &Module) -> Result<(), Self::SerializeError>;
}
