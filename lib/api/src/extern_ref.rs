//! References of wasm to values of the host.

use std::any::Any;
use std::fmt;
use std::ptr::NonNull;

use wasmer_types::StoreId;
use wasmer_vm::VMExternObj;

use crate::function::wrong_store;
use crate::store::{AsStoreMut, AsStoreRef};

/// A handle to a value of the host in a store, which wasm code can hold and hand back but not look into.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{ExternRef, Instance, Module, Store, TypedFunction, imports};
///
/// let mut store = Store::default();
/// let module = Module::new(&store, r#"(module
///     (func (export "same") (param externref) (result externref) local.get 0))"#)?;
/// let instance = Instance::new(&mut store, &module, &imports! {})?;
/// let same: TypedFunction<Option<ExternRef>, Option<ExternRef>> =
///     instance.exports.get_typed_function(&store, "same")?;
///
/// let name = ExternRef::new(&mut store, String::from("value"));
/// let back = same.call(&mut store, Some(name))?.unwrap();
/// assert_eq!(back.downcast::<String>(&store).unwrap(), "value");
/// assert!(same.call(&mut store, None)?.is_none());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ExternRef {
    store: StoreId,
    object: NonNull<VMExternObj>,
}

// SAFETY: it does nothing by itself: what it points to is `Send + Sync`, and is only used with the store that it
// belongs to, which is checked.
unsafe impl Send for ExternRef {}
// SAFETY: as above.
unsafe impl Sync for ExternRef {}

impl ExternRef {
    /// Puts `value` into the store, where it stays as long as the store.
    pub fn new<T>(store: &mut impl AsStoreMut, value: T) -> Self
    where
        T: Any + Send + Sync + 'static + Sized,
    {
        let mut store = store.as_store_mut();
        let object = store.vm_objects_mut().new_extern_ref(value);
        Self { store: store.id(), object }
    }

    /// The value if it is a `T`.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn downcast<'a, T>(&self, store: &'a impl AsStoreRef) -> Option<&'a T>
    where
        T: Any + Send + Sync + 'static + Sized,
    {
        self.address_in(store.as_store_ref().id());
        // SAFETY: the object lives as long as its store, which is borrowed, and is never changed.
        unsafe { self.object.as_ref() }.value().downcast_ref()
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.store == store.as_store_ref().id()
    }

    /// Whether both are references to the same value.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.object == other.object
    }

    /// # Safety
    ///
    /// The object belongs to the store with this id.
    pub(crate) unsafe fn from_vm(store: StoreId, object: NonNull<VMExternObj>) -> Self {
        Self { store, object }
    }

    pub(crate) fn object(&self) -> NonNull<VMExternObj> {
        self.object
    }

    /// The reference that code of the store with id `store` has.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub(crate) fn address_in(&self, store: StoreId) -> usize {
        if self.store != store {
            wrong_store();
        }
        self.object.as_ptr().expose_provenance()
    }
}

impl fmt::Debug for ExternRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternRef").field("store", &self.store).finish_non_exhaustive()
    }
}
