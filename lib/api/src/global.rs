//! Globals.

use wasmer_types::{GlobalType, Mutability, RawValue};
use wasmer_vm::{StoreHandle, VMGlobal};

use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, AsStoreRef};
use crate::value::Value;

/// A handle to a global in a store.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Global, Store, Value};
///
/// let mut store = Store::default();
/// let global = Global::new_mut(&mut store, Value::I32(1));
/// global.set(&mut store, Value::I32(2))?;
/// assert_eq!(global.get(&mut store), Value::I32(2));
/// assert_eq!(global.ty(&store).to_string(), "I32 (mutable)");
///
/// let constant = Global::new(&mut store, Value::F64(0.5));
/// assert!(constant.set(&mut store, Value::F64(1.5)).is_err());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    handle: StoreHandle<VMGlobal>,
}

impl Global {
    /// A global that can't be written.
    ///
    /// # Panics
    ///
    /// When `val` belongs to another store.
    pub fn new(store: &mut impl AsStoreMut, val: Value) -> Self {
        Self::with_mutability(store, val, Mutability::Const)
    }

    /// A global that can be written.
    ///
    /// # Panics
    ///
    /// When `val` belongs to another store.
    pub fn new_mut(store: &mut impl AsStoreMut, val: Value) -> Self {
        Self::with_mutability(store, val, Mutability::Var)
    }

    fn with_mutability(store: &mut impl AsStoreMut, val: Value, mutability: Mutability) -> Self {
        let mut store = store.as_store_mut();
        assert!(val.is_from_store(&store), "cross-`Store` values are not supported");
        let raw = val.as_raw(&store);
        let global = VMGlobal::new(GlobalType::new(val.ty(), mutability));
        let handle = StoreHandle::new(store.vm_objects_mut(), global);
        let global = Self { handle };
        global.write(&mut store, raw);
        global
    }

    fn write(&self, store: &mut impl AsStoreMut, raw: RawValue) {
        let mut store = store.as_store_mut();
        let place = self.handle.get_mut(store.vm_objects_mut()).vmglobal();
        // SAFETY: the place lives as long as the store, and only code that runs in the store, of which there
        // is none while it is borrowed, uses it too.
        unsafe { place.cast::<RawValue>().write(raw) };
    }

    /// Its type.
    ///
    /// # Panics
    ///
    /// When it belongs to another store. So for the following methods.
    pub fn ty(&self, store: &impl AsStoreRef) -> GlobalType {
        *self.handle.get(store.as_store_ref().objects()).ty()
    }

    /// Its value.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn get(&self, store: &mut impl AsStoreMut) -> Value {
        let mut store = store.as_store_mut();
        let global = self.handle.get(store.objects());
        let (ty, place) = (global.ty().ty, global.vmglobal());
        // SAFETY: as in `write`.
        let raw = unsafe { place.cast::<RawValue>().read() };
        // SAFETY: a global holds a value of its type that belongs to its store.
        unsafe { Value::from_raw(&mut store, ty, raw) }
    }

    /// Writes its value.
    ///
    /// # Errors
    ///
    /// When it can't be written, or the value has another type or belongs to another store.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn set(&self, store: &mut impl AsStoreMut, val: Value) -> Result<(), RuntimeError> {
        let mut store = store.as_store_mut();
        let ty = self.ty(&store);
        if !val.is_from_store(&store) {
            return Err(RuntimeError::cross_store());
        }
        if !ty.mutability.is_mutable() {
            return Err(RuntimeError::new("Attempted to set an immutable global"));
        }
        if ty.ty != val.ty() {
            return Err(RuntimeError::new(format!(
                "Attempted to operate on a global of type {} as a global of type {}",
                ty.ty,
                val.ty()
            )));
        }
        let raw = val.as_raw(&store);
        self.write(&mut store, raw);
        Ok(())
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.handle.store_id() == store.as_store_ref().id()
    }

    pub(crate) fn from_vm(handle: StoreHandle<VMGlobal>) -> Self {
        Self { handle }
    }

    pub(crate) fn handle(&self) -> &StoreHandle<VMGlobal> {
        &self.handle
    }
}
