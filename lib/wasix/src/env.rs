//! A guest in a store: its state as the environment of host functions, and its way from a module to the end.

use std::sync::Arc;

use wasmer::{
    AsStoreMut, AsStoreRef, ExportError, Extern, FunctionEnv, Imports, Instance, Memory,
    MemoryView, Module, RuntimeError, Store,
};

use crate::bindings;
use crate::builder::WasiEnvBuilder;
use crate::ctx::WasiCtx;
use crate::errors::{WasiError, WasiRuntimeError};
use crate::types::ExitCode;
use crate::version::{WasiVersion, get_wasi_version, get_wasi_versions};

/// A guest: its state, which clones share, and its memory.
#[derive(Clone, Debug)]
pub struct WasiEnv {
    ctx: Arc<WasiCtx>,
    memory: Option<(Memory, bool)>,
    /// What the embedder supplies besides WASI.
    imports: Arc<[((String, String), Extern)]>,
}

impl WasiEnv {
    /// Begins the description of a guest whose argument 0 is `program_name`.
    pub fn builder(program_name: impl Into<String>) -> WasiEnvBuilder {
        WasiEnvBuilder::new(program_name)
    }

    /// The state that the system calls work on.
    pub fn ctx(&self) -> &WasiCtx {
        &self.ctx
    }

    /// The memory of the guest, known after [`WasiFunctionEnv::initialize`].
    pub fn try_memory(&self) -> Option<&Memory> {
        self.memory.as_ref().map(|(memory, _)| memory)
    }

    /// A view of the memory of the guest, known after [`WasiFunctionEnv::initialize`].
    pub fn try_memory_view<'a>(
        &self,
        store: &'a (impl AsStoreRef + ?Sized),
    ) -> Option<MemoryView<'a>> {
        self.try_memory().map(|memory| memory.view(store))
    }

    /// The memory, and whether it is shared.
    pub(crate) fn guest_memory(&self) -> Option<(&Memory, bool)> {
        self.memory.as_ref().map(|(memory, shared)| (memory, *shared))
    }
}

/// A guest in a store.
///
/// The way of a guest, if more control is needed than [`WasiEnvBuilder::run_with_store`] gives:
/// [`WasiEnvBuilder::finalize`], [`import_object`](Self::import_object), [`Instance::new`],
/// [`initialize`](Self::initialize), a call of its `_start`, [`on_exit`](Self::on_exit).
#[derive(Clone, Debug)]
pub struct WasiFunctionEnv {
    /// The guest.
    pub env: FunctionEnv<WasiEnv>,
}

impl WasiFunctionEnv {
    /// Puts a guest into a store.
    pub fn new(store: &mut impl AsStoreMut, env: WasiEnv) -> Self {
        Self { env: FunctionEnv::new(store, env) }
    }

    /// The guest.
    pub fn data<'a>(&'a self, store: &'a impl AsStoreRef) -> &'a WasiEnv {
        self.env.as_ref(store)
    }

    /// The guest.
    pub fn data_mut<'a>(&'a self, store: &'a mut impl AsStoreMut) -> &'a mut WasiEnv {
        self.env.as_mut(store)
    }

    /// What a module imports from WASI, and what the builder was given besides.
    ///
    /// # Errors
    ///
    /// [`WasiError::UnknownWasiVersion`] when the module imports nothing from WASI.
    pub fn import_object(
        &self,
        store: &mut impl AsStoreMut,
        module: &Module,
    ) -> Result<Imports, WasiError> {
        let version = get_wasi_version(module, false).ok_or(WasiError::UnknownWasiVersion)?;
        Ok(self.imports(store, module, &[version]))
    }

    /// The same for a module that imports from several versions of WASI at once.
    ///
    /// # Errors
    ///
    /// [`WasiError::UnknownWasiVersion`] when the module imports nothing from WASI.
    pub fn import_object_for_all_wasi_versions(
        &self,
        store: &mut impl AsStoreMut,
        module: &Module,
    ) -> Result<Imports, WasiError> {
        let versions = get_wasi_versions(module, false).ok_or(WasiError::UnknownWasiVersion)?;
        let versions: Vec<WasiVersion> = versions.into_iter().collect();
        Ok(self.imports(store, module, &versions))
    }

    fn imports(
        &self,
        store: &mut impl AsStoreMut,
        module: &Module,
        versions: &[WasiVersion],
    ) -> Imports {
        let mut imports = bindings::imports_of_module(store, &self.env, module, versions);
        for ((namespace, name), value) in self.data(store).imports.clone().iter() {
            imports.define(namespace, name, value.clone());
        }
        imports
    }

    /// Tells the guest its instance, whose export `memory` the system calls then use. Without one, every
    /// system call that needs memory fails.
    ///
    /// # Errors
    ///
    /// When the export `memory` is something else.
    pub fn initialize(
        &mut self,
        store: &mut impl AsStoreMut,
        instance: Instance,
    ) -> Result<(), ExportError> {
        self.initialize_with_memory(store, instance, None, true)
    }

    /// As [`Self::initialize`], with the memory that the system calls use: for an instance that imports its
    /// memory and does not export it. `_update_layout` has no effect: nothing is kept of a memory's layout.
    ///
    /// # Errors
    ///
    /// When no memory is given and the export `memory` is something else.
    pub fn initialize_with_memory(
        &mut self,
        store: &mut impl AsStoreMut,
        instance: Instance,
        memory: Option<Memory>,
        _update_layout: bool,
    ) -> Result<(), ExportError> {
        let memory = match memory {
            Some(memory) => Some(memory),
            None => match instance.exports.get_memory("memory") {
                Ok(memory) => Some(memory.clone()),
                Err(ExportError::Missing(_)) => None,
                Err(error) => return Err(error),
            },
        };
        let memory = memory.map(|memory| {
            let shared = memory.ty(store).shared;
            (memory, shared)
        });
        self.data_mut(store).memory = memory;
        Ok(())
    }

    /// Ends the guest: closes its files. Those who read from its pipes then find their end.
    pub fn on_exit(&self, store: &mut impl AsStoreMut, _process_exit_code: Option<ExitCode>) {
        self.data(store).ctx.fds.clear();
    }
}

impl WasiEnvBuilder {
    /// Adds something that the guest imports besides WASI.
    pub fn add_import(
        &mut self,
        namespace: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<Extern>,
    ) {
        self.imports.push(((namespace.into(), name.into()), value.into()));
    }

    /// Adds things that the guest imports besides WASI.
    pub fn add_imports<I, S1, S2, E>(&mut self, imports: I)
    where
        I: IntoIterator<Item = ((S1, S2), E)>,
        S1: Into<String>,
        S2: Into<String>,
        E: Into<Extern>,
    {
        for ((namespace, name), value) in imports {
            self.add_import(namespace, name, value);
        }
    }

    /// Adds something that the guest imports besides WASI.
    pub fn import(
        mut self,
        namespace: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<Extern>,
    ) -> Self {
        self.add_import(namespace, name, value);
        self
    }

    /// Adds things that the guest imports besides WASI.
    pub fn imports<I, S1, S2, E>(mut self, imports: I) -> Self
    where
        I: IntoIterator<Item = ((S1, S2), E)>,
        S1: Into<String>,
        S2: Into<String>,
        E: Into<Extern>,
    {
        self.add_imports(imports);
        self
    }

    /// Sets the export that [`run`](Self::run) calls; without it, `_start`.
    pub fn set_entry_function<S: AsRef<str>>(&mut self, entry_function: S) {
        self.entry_function = Some(entry_function.as_ref().to_owned());
    }

    /// Sets the export that [`run`](Self::run) calls; without it, `_start`.
    pub fn entry_function<S: AsRef<str>>(mut self, entry_function: S) -> Self {
        self.set_entry_function(entry_function);
        self
    }

    /// Makes the guest.
    ///
    /// # Errors
    ///
    /// Those of [`build_ctx`](Self::build_ctx).
    pub fn build(mut self) -> Result<WasiEnv, WasiRuntimeError> {
        let imports = std::mem::take(&mut self.imports).into();
        Ok(WasiEnv { ctx: Arc::new(self.build_ctx()?), memory: None, imports })
    }

    /// Makes the guest and puts it into a store.
    ///
    /// # Errors
    ///
    /// Those of [`build_ctx`](Self::build_ctx).
    pub fn finalize(
        self,
        store: &mut impl AsStoreMut,
    ) -> Result<WasiFunctionEnv, WasiRuntimeError> {
        let env = self.build()?;
        Ok(WasiFunctionEnv::new(store, env))
    }

    /// Makes the guest and an instance of its module. The system calls use the memory that it exports as
    /// `memory`; if there is none, the first memory that it imports. The `_initialize` of a reactor (a module without `_start`)
    /// is called.
    ///
    /// # Errors
    ///
    /// Those of each step.
    pub fn instantiate(
        self,
        module: Module,
        store: &mut impl AsStoreMut,
    ) -> Result<(Instance, WasiFunctionEnv), WasiRuntimeError> {
        let mut env = self.finalize(store)?;
        let imports = match env.import_object_for_all_wasi_versions(store, &module) {
            Ok(imports) => imports,
            // A module that asks for nothing of WASI can be run all the same.
            Err(_) => env.imports(store, &module, &[]),
        };
        let instance = Instance::new(store, &module, &imports)?;
        let memory = imported_memory(&module, &imports);
        env.initialize_with_memory(store, instance.clone(), memory, true)?;
        if instance.exports.get_function("_start").is_err()
            && let Ok(initialize) = instance.exports.get_function("_initialize")
        {
            initialize.call(store, &[])?;
        }
        Ok((instance, env))
    }

    /// Runs a program to its end, in a new [`Store::default`].
    ///
    /// # Errors
    ///
    /// Those of [`run_with_store`](Self::run_with_store).
    pub fn run(self, module: Module) -> Result<(), WasiRuntimeError> {
        self.run_with_store(module, &mut Store::default())
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    ///
    /// Those of [`instantiate`](Self::instantiate); a missing `_start`; a trap; and
    /// [`WasiError::Exit`] when the program ends itself with a code other than 0.
    pub fn run_with_store(self, module: Module, store: &mut Store) -> Result<(), WasiRuntimeError> {
        let entry = self.entry_function.clone();
        let (instance, env) = self.instantiate(module, store)?;
        let result = match instance.exports.get_function(entry.as_deref().unwrap_or("_start")) {
            Ok(start) => start.call(store, &[]).map(drop).or_else(exit_or_trap),
            Err(error) => Err(error.into()),
        };
        let code = match &result {
            Ok(()) => Some(ExitCode::from(0)),
            Err(error) => error.as_exit_code(),
        };
        env.on_exit(store, code);
        result
    }
}

/// The memory of a guest that does not export it.
fn imported_memory(module: &Module, imports: &Imports) -> Option<Memory> {
    if module.exports().any(|export| export.name() == "memory") {
        return None;
    }
    let import = module.imports().memories().next()?;
    match imports.get_export(import.module(), import.name())? {
        Extern::Memory(memory) => Some(memory),
        _ => None,
    }
}

/// Tells a program that has ended itself from one that has trapped.
fn exit_or_trap(error: RuntimeError) -> Result<(), WasiRuntimeError> {
    match error.downcast::<WasiError>() {
        Ok(WasiError::Exit(code)) if code.is_success() => Ok(()),
        Ok(other) => Err(other.into()),
        Err(trap) => Err(trap.into()),
    }
}

#[cfg(test)]
mod tests {
    use wasmer::MemoryType;

    use super::*;

    /// Writes the count of arguments to address 0 and their size to address 4.
    const COUNT_ARGUMENTS: &str = r#"(module
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "env" "mem" (memory 1))
        (func (export "_start") (if (call $sizes (i32.const 0) (i32.const 4)) (then (unreachable)))))"#;

    #[test]
    fn system_calls_use_an_imported_memory() {
        let mut store = Store::default();
        let module = Module::new(&store, COUNT_ARGUMENTS).unwrap();
        let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
        let builder = WasiEnv::builder("name").arg("a").import("env", "mem", memory.clone());
        builder.run_with_store(module, &mut store).unwrap();
        let mut words = [0; 8];
        memory.view(&store).read(0, &mut words).unwrap();
        assert_eq!(words, [2, 0, 0, 0, 7, 0, 0, 0]);
    }

    #[test]
    fn a_memory_can_be_given() {
        let mut store = Store::default();
        let module = Module::new(&store, COUNT_ARGUMENTS).unwrap();
        let memory = Memory::new(&mut store, MemoryType::new(1, None, false)).unwrap();
        let builder = WasiEnv::builder("name").import("env", "mem", memory.clone());
        let mut env = builder.finalize(&mut store).unwrap();
        let imports = env.import_object(&mut store, &module).unwrap();
        let instance = Instance::new(&mut store, &module, &imports).unwrap();
        let start = instance.exports.get_function("_start").unwrap().clone();
        // Without a memory the system call fails, and the program traps.
        env.initialize(&mut store, instance.clone()).unwrap();
        assert!(start.call(&mut store, &[]).is_err());
        env.initialize_with_memory(&mut store, instance, Some(memory), true).unwrap();
        start.call(&mut store, &[]).unwrap();
    }

    /// Yields, and ends with the number of its arguments plus 2.
    const EXIT: &str = r#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (drop (call $yield))
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (call $exit (i32.add (i32.load (i32.const 0)) (i32.const 2)))))"#;

    #[test]
    fn exit_codes_are_typed_errors() {
        let mut store = Store::default();
        let module = Module::new(&store, EXIT).unwrap();
        let error = WasiEnv::builder("a").run_with_store(module.clone(), &mut store).unwrap_err();
        assert_eq!(error.as_exit_code(), Some(ExitCode::from(3)));
        assert!(matches!(error, WasiRuntimeError::Wasi(WasiError::Exit(_))));
        let (instance, _env) = WasiEnv::builder("a").instantiate(module, &mut store).unwrap();
        let error = instance.exports.get_function("_start").unwrap().call(&mut store, &[]);
        let error = WasiRuntimeError::from(error.unwrap_err());
        assert_eq!(error.as_exit_code(), Some(ExitCode::from(3)));
    }

    #[test]
    fn guests_run_in_asynchronous_calls() {
        let mut store = Store::default();
        let module = Module::new(&store, EXIT).unwrap();
        let builder = WasiEnv::builder("a").arg("b");
        let (instance, _env) = builder.instantiate(module, &mut store).unwrap();
        let start = instance.exports.get_function("_start").unwrap().clone();
        let store = store.into_async();
        let mut call = std::pin::pin!(start.call_async(&store, vec![]));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let error = loop {
            if let std::task::Poll::Ready(result) = call.as_mut().poll(&mut context) {
                break result.unwrap_err();
            }
        };
        match error.downcast::<WasiError>().unwrap() {
            WasiError::Exit(code) => assert_eq!(code.raw(), 4),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn reactors_are_initialized_once() {
        const REACTOR: &str = r#"(module
            (import "wasi_unstable" "sched_yield" (func $yield (result i32)))
            (global $count (mut i32) (i32.const 0))
            (memory (export "memory") 1)
            (func (export "_initialize")
                (global.set $count (i32.add (global.get $count) (i32.const 1))))
            (func (export "count") (result i32) (global.get $count)))"#;
        let mut store = Store::default();
        let module = Module::new(&store, REACTOR).unwrap();
        let (instance, _env) = WasiEnv::builder("a").instantiate(module, &mut store).unwrap();
        let count = instance.exports.get_typed_function::<(), i32>(&store, "count").unwrap();
        assert_eq!(count.call(&mut store).unwrap(), 1);
    }
}
