//! A WebAssembly runtime: compiles and runs [WebAssembly](https://webassembly.org) modules in Rust programs.
//!
//! A module can do nothing but compute, and call what it was handed.
//!
//! ```rust
//! use wasmer::{Store, Module, Instance, Value, imports};
//!
//! fn main() -> anyhow::Result<()> {
//!     let module_wat = r#"
//!     (module
//!       (type $t0 (func (param i32) (result i32)))
//!       (func $add_one (export "add_one") (type $t0) (param $p0 i32) (result i32)
//!         local.get $p0
//!         i32.const 1
//!         i32.add))
//!     "#;
//!
//!     let mut store = Store::default();
//!     let module = Module::new(&store, &module_wat)?;
//!     // The module doesn't import anything, so we create an empty import object.
//!     let import_object = imports! {};
//!     let instance = Instance::new(&mut store, &module, &import_object)?;
//!
//!     let add_one = instance.exports.get_function("add_one")?;
//!     let result = add_one.call(&mut store, &[Value::I32(42)])?;
//!     assert_eq!(result[0], Value::I32(43));
//!
//!     Ok(())
//! }
//! ```
//!
//! # Overview
//!
//! - An [`Engine`] is a compiler with its settings. It compiles [`Module`]s, which can be used by any number of
//!   stores and threads.
//! - A [`Store`] owns what exists while modules run. A module with its state in a store is an [`Instance`].
//! - What instances import and export are [`Extern`]s: [`Function`]s, [`Memory`]s, [`Global`]s and [`Table`]s,
//!   which the host can make too. Imports are resolved by name from [`Imports`], made by [`imports!`].
//! - Functions are called with [`Value`]s ([`Function::call`]), or faster with Rust values
//!   ([`TypedFunction::call`]). In the other direction, Rust closures become functions with
//!   [`Function::new_typed`] and, for types that are only known at run time, [`Function::new`]. State that they
//!   share is in a [`FunctionEnv`].
//! - Host functions may return futures ([`Function::new_typed_async`]), and calls may be futures that wait for
//!   them ([`Function::call_async`]) in a [`StoreAsync`].
//! - What runs for too long is stopped by an [`Interrupter`] or a [`Deadline`].
//! - The contents of a memory are read and written through [`MemoryView`], [`WasmPtr`] and [`WasmSlice`].
//!
//! # Cargo features
//!
//! | feature | what it adds |
//! |---|---|
//! | `sys-default` (on by default) | `sys`, `wat`, `cranelift` |
//! | `sys`, `headless` | engines that run what was compiled before |
//! | `compiler` | `sys`; compilation, middlewares; [`sys::wasmparser`] |
//! | `cranelift` | `compiler`; the compiler [`Cranelift`] |
//! | `llvm`, `llvm-static` | `compiler`; the compiler `LLVM`, which is built with LLVM 22: as a shared library, as a part of the program |
//! | `singlepass` | `compiler`; the compiler `Singlepass` |
//! | `wat` | [`Module::new`] reads the text format too; [`wat2wasm`] |
//!
//! Others, such as `experimental-async`, are names of what is always there.
//!
//! # What can go wrong
//!
//! | when | error |
//! |---|---|
//! | a module is compiled | [`CompileError`], or [`IoCompileError`] from a file |
//! | it is instantiated | [`InstantiationError`] |
//! | an export is looked up | [`ExportError`] |
//! | a function is called | [`RuntimeError`], with a trace of the wasm functions |
//! | a memory is made or grown | [`MemoryError`] |
//! | its contents are accessed | [`MemoryAccessError`] |
//!
//! A panic in a host function travels through wasm to its caller. A handle that is used with a store it does
//! not belong to panics with *object used with the wrong context*.

#[cfg(not(feature = "sys"))]
compile_error!("enable the feature `sys` of the crate `wasmer`: there is no other backend yet");

// Derived code names the crate.
extern crate self as wasmer;

mod artifact;
mod asynchronous;
mod backend;
mod compiled;
mod engine;
mod error;
mod exception;
mod exports;
mod extern_ref;
mod externs;
mod frame_info;
mod function;
mod global;
mod imports;
mod instance;
mod interrupt;
mod lend;
mod memory;
mod module;
mod native;
mod objects;
mod perf_map;
mod runtime_error;
mod store;
pub mod sys;
mod table;
mod tag;
mod trap;
mod value;
pub mod vm;

pub use crate::asynchronous::{
    AsStoreAsync, AsyncEntry, AsyncFunctionEnv, AsyncFunctionEnvHandle, AsyncFunctionEnvHandleMut,
    AsyncFunctionEnvMut, AsyncHostFunction, SendAsyncHostFunction, StoreAsync, StoreAsyncReadLock,
    StoreAsyncWriteLock,
};
pub use crate::backend::{BackendKind, ParseBackendKindError};
pub use crate::engine::{AsEngineRef, Engine, EngineId, EngineRef};
pub use crate::error::{InstantiationError, LinkError};
pub use crate::exception::Exception;
pub use crate::exports::{
    ExportError, Exportable, ExportableWithGenerics, Exports, ExportsIter, ExportsIterator,
};
pub use crate::extern_ref::ExternRef;
pub use crate::externs::{Extern, VMExternToExtern};
pub use crate::frame_info::{FrameInfo, SourceLoc};
pub use crate::function::{
    Function, FunctionEnv, FunctionEnvMut, HostFunction, HostFunctionKind, IntoResult,
    TypedFunction, WithEnv, WithoutEnv,
};
pub use crate::global::Global;
pub use crate::imports::{Imports, ImportsIterator};
pub use crate::instance::{Instance, InstanceState};
pub use crate::interrupt::{Deadline, Interrupter};
pub use crate::memory::{
    Memory, Memory32, Memory64, MemoryAccessError, MemoryLocation, MemoryOps, MemorySize,
    MemoryView, SharedMemory, ValueType, WasmPtr, WasmPtr64, WasmRef, WasmRefAccess, WasmSlice,
    WasmSliceAccess, WasmSliceIter,
};
pub use crate::module::{IntoBytes, IoCompileError, Module, is_wasm};
pub use crate::native::{FromToNativeWasmType, NativeWasmType, NativeWasmTypeInto, WasmTypeList};
pub use crate::objects::StoreObjects;
pub use crate::runtime_error::RuntimeError;
pub use crate::store::{
    AsStoreMut, AsStoreRef, OnCalledAction, OnCalledHandler, Store, StoreMut, StoreRef,
};
pub use crate::sys::names::*;
pub use crate::table::Table;
pub use crate::tag::Tag;
pub use crate::trap::{BackendTrap, RuntimeErrorDisplay};
pub use crate::value::Value;
pub use wasmer_derive::ValueType;
pub use wasmer_types::{
    AtomicsError, Bytes, CompilationProgress, CompilationProgressCallback, CompileError,
    DeserializeError, ExportIndex, ExportType, ExternType, FunctionType, GlobalInit, GlobalType,
    HashAlgorithm, ImportError, ImportType, IndexType, InitExpr, LocalFunctionIndex, MemoryError,
    MemoryFormat, MemoryStyle, MemoryType, MiddlewareError, ModuleHash, ModuleInfo, Mutability,
    PageCountOutOfRange, Pages, ParseCpuFeatureError, RawValue, SerializeError, StoreId,
    TableStyle, TableType, TagKind, TagType, TrapCode, Type, UserAbort, WASM_MAX_PAGES,
    WASM_MIN_PAGES, WASM_PAGE_SIZE, WasmError, WasmResult,
};
#[cfg(feature = "wat")]
pub use wat::parse_bytes as wat2wasm;

pub use wasmer_vm::StoreLimits;

/// Version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
