//! Instances of modules.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;
use wasmer_types::{ExportIndex, ImportError};
use wasmer_vm::{InternalStoreHandle, StoreHandle, VMExtern, VMInstance, enter};

use crate::artifact::deserialize_error;
use crate::error::{InstantiationError, LinkError};
use crate::exports::{Exports, InstanceExports};
use crate::externs::Extern;
use crate::global::Global;
use crate::imports::Imports;
use crate::memory::Memory;
use crate::module::Module;
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, StoreMut};
use crate::table::Table;

/// A module with its state: memories, tables and globals, in a store.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, Instance, Module, Store, Value, imports};
///
/// let mut store = Store::default();
/// let module = Module::new(&store, r#"(module
///     (import "host" "offset" (func $offset (result i32)))
///     (func (export "shift") (param i32) (result i32)
///         (i32.add (local.get 0) (call $offset))))"#)?;
/// let imports = imports! {
///     "host" => { "offset" => Function::new_typed(&mut store, || 100) },
/// };
/// let instance = Instance::new(&mut store, &module, &imports)?;
/// let shift = instance.exports.get_function("shift")?;
/// assert_eq!(*shift.call(&mut store, &[Value::I32(5)])?, [Value::I32(105)]);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Instance {
    handle: StoreHandle<VMInstance>,
    /// What it exported when it was made, and its module.
    own: Arc<InstanceExports>,
    /// What it exports.
    pub exports: Exports,
}

impl Instance {
    /// Makes an instance of `module`: resolves its imports by name, makes its memories, tables and globals,
    /// applies its active segments and runs its start function.
    ///
    /// # Errors
    ///
    /// [`InstantiationError::Link`] when an import is missing or of the wrong type or there is no memory, or when the
    /// module was loaded and is damaged (see [`Module::deserialize_from_file`]);
    /// [`InstantiationError::DifferentStores`] when one belongs to another store;
    /// [`InstantiationError::Start`] when a segment does not fit or the start function traps. What was
    /// written to imported memories and tables before such an error stays.
    pub fn new(
        store: &mut impl AsStoreMut,
        module: &Module,
        imports: &Imports,
    ) -> Result<Self, InstantiationError> {
        let mut store = store.as_store_mut();
        // Without imports, a vector without an allocation.
        let externs = imports.imports_for_module(module)?;
        Self::instantiate(&mut store, module, &externs)
    }

    /// As [`Self::new`], with the imports in the order in which the module declares them. Those too many are
    /// ignored.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Global, Instance, Module, Store, Value};
    ///
    /// let mut store = Store::default();
    /// let wat = r#"(module (import "" "" (global i32)) (export "same" (global 0)))"#;
    /// let module = Module::new(&store, wat)?;
    /// let global = Global::new(&mut store, Value::I32(3));
    /// let instance = Instance::new_by_index(&mut store, &module, &[global.clone().into()])?;
    /// assert_eq!(instance.exports.get_global("same")?, &global);
    /// assert_eq!(instance.module(), &module);
    /// assert!(Instance::new_by_index(&mut store, &module, &[]).is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Self::new`].
    pub fn new_by_index(
        store: &mut impl AsStoreMut,
        module: &Module,
        externs: &[Extern],
    ) -> Result<Self, InstantiationError> {
        let info = module.info();
        if let Some((key, &index)) = info.imports.get_index(externs.len()) {
            let error = ImportError::UnknownImport(info.import_type(index));
            let error = LinkError::Import(key.module.clone(), key.field.clone(), error);
            return Err(error.into());
        }
        let mut store = store.as_store_mut();
        Self::instantiate(&mut store, module, &externs[..info.imports.len()])
    }

    fn instantiate(
        store: &mut StoreMut<'_>,
        module: &Module,
        externs: &[Extern],
    ) -> Result<Self, InstantiationError> {
        if !externs.iter().all(|item| item.is_from_store(store)) {
            return Err(InstantiationError::DifferentStores);
        }
        module.check_target()?;
        store.read_vmconfig();
        let imports: Vec<VMExtern> = externs.iter().map(Extern::to_vm).collect();
        let handle = instantiate(store, module, &imports)?;
        let own = Arc::new(exports(store, module, handle)?);
        start(store, handle)?;
        let handle = StoreHandle::from_internal(store.id(), handle);
        Ok(Self { handle, exports: Exports::of_instance(own.clone()), own })
    }

    /// The module that it is an instance of.
    pub fn module(&self) -> &Module {
        &self.own.module
    }

    /// All of its state, whether it is exported or not: for debuggers, core dumps and snapshots.
    ///
    /// A module that keeps something to itself counts on nobody changing it.
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{Instance, Module, Store, Value, imports};
    ///
    /// let mut store = Store::default();
    /// let module = Module::new(&store, "(module (memory 2) (global i32 (i32.const 7)))")?;
    /// let state = Instance::new(&mut store, &module, &imports! {})?.state(&mut store);
    /// assert_eq!(state.memories[0].size(&store).0, 2);
    /// assert_eq!(state.globals[0].get(&mut store), Value::I32(7));
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn state(&self, store: &mut impl AsStoreMut) -> InstanceState {
        let mut store = store.as_store_mut();
        self.handle.get(store.objects());
        let info = self.own.module.info();
        let indices = (info.memories.keys().map(ExportIndex::Memory))
            .chain(info.tables.keys().map(ExportIndex::Table))
            .chain(info.globals.keys().map(ExportIndex::Global));
        let mut state = InstanceState::default();
        for index in indices {
            let (id, objects) = (store.id(), store.vm_objects_mut());
            let item = VMInstance::export(self.handle.internal_handle(), index, objects);
            // SAFETY: what an instance has belongs to its store, of which `get` has checked that it is this one.
            match unsafe { Extern::from_vm(id, item) } {
                Extern::Memory(memory) => state.memories.push(memory),
                Extern::Table(table) => state.tables.push(table),
                Extern::Global(global) => state.globals.push(global),
                Extern::Function(_) | Extern::Tag(_) => unreachable!("they have no state"),
            }
        }
        state
    }
}

/// What code of an instance can change: see [`Instance::state`]. The positions are the indices of the module, whose
/// imports come first.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct InstanceState {
    /// Its memories.
    pub memories: Vec<Memory>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Its globals.
    pub globals: Vec<Global>,
}

/// Makes the instance, without running its start function.
fn instantiate(
    store: &mut StoreMut<'_>,
    module: &Module,
    imports: &[VMExtern],
) -> Result<InternalStoreHandle<VMInstance>, InstantiationError> {
    let context = store.ptr().context();
    let (engine, objects) = store.engine_and_objects();
    let tunables = engine.shared_tunables();
    // SAFETY: the context is that of the store of these objects, and the imports belong to it.
    let made =
        unsafe { wasmer_vm::instantiate(objects, context, module.loaded(), imports, tunables) };
    made.map_err(|error| match error {
        wasmer_vm::InstantiationError::Import(index, error) => {
            let (key, _) = module.info().imports.get_index(index).expect("an import of the module");
            LinkError::Import(key.module.clone(), key.field.clone(), error).into()
        }
        wasmer_vm::InstantiationError::Trap(trap) => InstantiationError::Start(trap.into()),
        wasmer_vm::InstantiationError::Resource(message) => LinkError::Resource(message).into(),
        wasmer_vm::InstantiationError::Module(error) => {
            let error = Box::new(deserialize_error(&error));
            LinkError::Trap(RuntimeError::user(error)).into()
        }
    })
}

/// Handles to what an instance exports.
fn exports(
    store: &mut StoreMut<'_>,
    module: &Module,
    handle: InternalStoreHandle<VMInstance>,
) -> Result<InstanceExports, InstantiationError> {
    let id = store.id();
    let objects = store.vm_objects_mut();
    let mut externs = SmallVec::with_capacity(module.info().exports.len());
    for &index in module.info().exports.values() {
        let item = VMInstance::export(handle, index, objects);
        // SAFETY: what an instance exports belongs to its store.
        externs.push(unsafe { Extern::from_vm(id, item) });
    }
    Ok(InstanceExports { module: module.clone(), externs })
}

/// Runs the start function, if there is one.
fn start(
    store: &mut StoreMut<'_>,
    handle: InternalStoreHandle<VMInstance>,
) -> Result<(), InstantiationError> {
    let Some(function) = handle.get_mut(store.vm_objects_mut()).start_function() else {
        return Ok(());
    };
    let function = function.as_ptr();
    // SAFETY: a start function has neither parameters nor results, and belongs to the store of its instance.
    let ended = unsafe {
        enter(store.ptr().context(), || {
            let code: unsafe extern "C" fn(*mut ()) = std::mem::transmute((*function).code);
            code((*function).vmctx);
        })
    };
    ended.map_err(|trap| InstantiationError::Start(RuntimeError::from(trap)))
}

impl PartialEq for Instance {
    /// Whether both are handles to the same instance.
    fn eq(&self, other: &Self) -> bool {
        self.handle == other.handle
    }
}

impl Eq for Instance {}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("exports", &self.exports).finish_non_exhaustive()
    }
}
