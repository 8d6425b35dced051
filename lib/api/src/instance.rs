//! Instances of modules.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;
use wasmer_types::ImportError;
use wasmer_vm::{InternalStoreHandle, StoreHandle, VMExtern, VMInstance, enter};

use crate::artifact::deserialize_error;
use crate::error::{InstantiationError, LinkError};
use crate::exports::{Exports, InstanceExports};
use crate::externs::Extern;
use crate::imports::Imports;
use crate::module::Module;
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, StoreMut};

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
        let imports: Vec<VMExtern> = externs.iter().map(Extern::to_vm_extern).collect();
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
