//! What a store owns, as users see it.

use std::fmt;

use wasmer_types::{GlobalType, RawValue, StoreId};
use wasmer_vm::StoreObjects as VMStoreObjects;

use crate::interrupt::Interrupter;
use crate::store::StorePtr;

/// What a store owns: [`AsStoreMut::objects_mut`](crate::AsStoreMut::objects_mut) hands it out.
///
/// It has no size, so that it can't be taken out of its store.
///
/// # Example
///
/// ```
/// use wasmer::{AsStoreMut, Global, Store, StoreObjects, Value};
///
/// let mut store = Store::default();
/// let global = Global::new_mut(&mut store, Value::I32(7));
/// let id = store.id();
/// let objects: &mut StoreObjects = store.objects_mut();
/// assert_eq!(objects.id(), id);
/// assert_eq!(objects.as_u128_globals(), [7]);
/// objects.set_global_unchecked(0, 8);
/// assert_eq!(global.get(&mut store), Value::I32(8));
/// ```
#[repr(transparent)]
pub struct StoreObjects(dyn Owned);

/// What is behind [`StoreObjects`].
pub(crate) struct Objects {
    pub(crate) vm: VMStoreObjects,
    /// The store of which this is a part. `None` only while that is being made.
    pub(crate) store: Option<StorePtr>,
}

trait Owned {
    fn objects(&self) -> &Objects;
}

impl Owned for Objects {
    fn objects(&self) -> &Objects {
        self
    }
}

impl StoreObjects {
    pub(crate) fn new(objects: &mut Objects) -> &mut Self {
        let objects: &mut (dyn Owned + 'static) = objects;
        // SAFETY: the same representation, and the same lifetime.
        unsafe { &mut *(std::ptr::from_mut(objects) as *mut Self) }
    }

    fn vm(&self) -> &VMStoreObjects {
        &self.0.objects().vm
    }

    /// What tells the store from all others of the process.
    pub fn id(&self) -> StoreId {
        self.vm().id()
    }

    /// Whether both belong to the same store.
    pub fn same(a: &Self, b: &Self) -> bool {
        a.id() == b.id()
    }

    /// As [`Store::interrupter`](crate::Store::interrupter).
    pub fn interrupter(&self) -> Interrupter {
        let store = self.0.objects().store.expect("the store is made");
        // SAFETY: the store is alive as long as its objects are borrowed.
        unsafe { store.interrupter() }
    }

    fn globals(&self) -> impl Iterator<Item = (GlobalType, *mut RawValue)> {
        self.vm().globals().map(|(ty, place)| (ty, place.as_ptr()))
    }

    /// The values of all globals, whether the host can get at them or not: first those that the host has made, then
    /// for each instance those that it defines. Numbers narrower than 128 bits are filled up with zeros.
    ///
    /// Together with the contents of memories this is the state of a guest that does not keep references in
    /// tables. [`Self::set_global_unchecked`] writes it back, also into a store in which the same was made in the
    /// same order.
    pub fn as_u128_globals(&self) -> Vec<u128> {
        // SAFETY: globals live and have values as long as the store, which is borrowed, and no wasm runs in it.
        self.globals().map(|(_, place)| unsafe { place.read() }.as_u128()).collect()
    }

    /// Sets the global with number `idx` in [`Self::as_u128_globals`] to the low bits of `val`. Neither its type
    /// nor its mutability is checked; code may have the value of one that is immutable built in.
    ///
    /// # Panics
    ///
    /// When there is no such global, or when it is a reference and `val` is neither the value that it has nor null,
    /// which is 0.
    pub fn set_global_unchecked(&self, idx: usize, val: u128) {
        let (ty, place) = self.globals().nth(idx).expect("a global with this number");
        let value = match ty.ty.bit_size(usize::BITS as usize) {
            128 => val,
            bits => val & ((1 << bits) - 1),
        };
        // SAFETY: as above.
        let allowed = !ty.ty.is_ref() || value == 0 || value == unsafe { place.read() }.as_u128();
        assert!(allowed, "references can't be made of numbers");
        // SAFETY: as above; this type is for one thread, and gives out no references to values.
        unsafe { place.write(RawValue::from(value)) };
    }
}

impl fmt::Debug for StoreObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreObjects").field("id", &self.id()).finish()
    }
}
