//! What a store owns, and handles to it.
//!
//! Objects live as long as their store, at fixed addresses: in boxes of their own, or in the instance that
//! they belong to. A handle is a number. It is given when somebody first asks for one, so that what an
//! instance keeps to itself costs nothing.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::sync::Arc;

use smallvec::SmallVec;
use wasmer_types::{RawValue, StoreId};

use crate::exception::{VMExceptionObj, VMExceptionRef};
use crate::extern_ref::VMExternObj;
use crate::function_env::VMFunctionEnvironment;
use crate::global::VMGlobal;
use crate::instance::{InstanceBox, VMInstance};
use crate::limits::StoreCounts;
use crate::memory::VMMemory;
use crate::table::VMTable;
use crate::tag::VMTag;
use crate::type_registry::RegisteredType;
use crate::vmcontext::{VMFuncRef, VMHostContext, VMStoreContext};

/// Everything that a store owns.
#[derive(Debug, Default)]
pub struct StoreObjects {
    id: StoreId,
    instances: SmallVec<[InstanceBox; 1]>,
    memories: List<VMMemory>,
    tables: List<VMTable>,
    globals: List<VMGlobal>,
    tags: List<VMTag>,
    function_environments: List<VMFunctionEnvironment>,
    host_functions: Vec<Fixed<HostFunction>>,
    extern_refs: Vec<Fixed<VMExternObj>>,
    exceptions: Vec<Fixed<VMExceptionObj>>,
    counts: StoreCounts,
}

// SAFETY: a store is used by one thread at a time, and what users put into it is `Send`.
unsafe impl Send for StoreObjects {}

/// Objects that have a number.
type List<T> = Vec<Listed<T>>;

/// An object of which the address is given away. It is only used through that address.
#[derive(Debug)]
struct Fixed<T>(NonNull<T>);

impl<T> Fixed<T> {
    fn new(object: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(object))))
    }
}

impl<T> Drop for Fixed<T> {
    fn drop(&mut self) {
        // SAFETY: `new` has leaked the box, and nobody uses the object after its store.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// An object in a list.
#[derive(Debug)]
enum Listed<T> {
    Owned(Fixed<T>),
    /// In an instance of the same store.
    InInstance(NonNull<T>),
}

impl<T> Listed<T> {
    fn as_ref(&self) -> &T {
        let (Self::Owned(Fixed(object)) | Self::InInstance(object)) = self;
        // SAFETY: objects and instances live as long as the store, which is borrowed.
        unsafe { object.as_ref() }
    }

    fn as_mut(&mut self) -> &mut T {
        let (Self::Owned(Fixed(object)) | Self::InInstance(object)) = self;
        // SAFETY: as above, exclusively.
        unsafe { object.as_mut() }
    }
}

/// A host function: what its reference points to.
#[derive(Debug)]
struct HostFunction {
    func_ref: VMFuncRef,
    context: VMHostContext,
    /// What `context.data` points to.
    _data: HostData,
    /// Keeps the number in `func_ref`.
    _ty: Arc<RegisteredType>,
}

/// The data of a host function and how to drop it.
#[derive(Debug)]
struct HostData {
    at: NonNull<()>,
    drop: unsafe fn(NonNull<()>),
}

impl HostData {
    fn new<T: Send + Sync + 'static>(data: Box<T>) -> Self {
        unsafe fn drop_box<T>(at: NonNull<()>) {
            // SAFETY: `at` is the leaked box.
            drop(unsafe { Box::from_raw(at.cast::<T>().as_ptr()) });
        }
        Self { at: NonNull::from(Box::leak(data)).cast(), drop: drop_box::<T> }
    }
}

impl Drop for HostData {
    fn drop(&mut self) {
        // SAFETY: the pointer is the one that the function was made for, and this is its end.
        unsafe { (self.drop)(self.at) };
    }
}

/// A store with so many instances has taken memory that is worth giving back.
const MANY_INSTANCES: usize = 1000;

impl Drop for StoreObjects {
    fn drop(&mut self) {
        if self.instances.len() >= MANY_INSTANCES {
            self.instances.clear();
            trim_heap();
        }
    }
}

/// Lets the allocator give back what it holds of memory that was freed in between, which it does not do by
/// itself.
#[cold]
fn trim_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it changes no memory in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

impl StoreObjects {
    /// What tells the store from all others of the process.
    #[inline]
    pub fn id(&self) -> StoreId {
        self.id
    }

    /// Puts a host function of type `ty` into the store: the first argument of `code` is a [`VMHostContext`]
    /// with the address of `data`. The reference lives as long as the store.
    ///
    /// # Safety
    ///
    /// `store` is the context of this store, and `code` is the entry point of a host function (see
    /// [`crate::host_entry`]) of type `ty` for such data.
    pub unsafe fn new_host_function<T: Send + Sync + 'static>(
        &mut self,
        store: NonNull<VMStoreContext>,
        ty: Arc<RegisteredType>,
        code: *const u8,
        data: Box<T>,
    ) -> NonNull<VMFuncRef> {
        let data = HostData::new(data);
        let function = Fixed::new(HostFunction {
            func_ref: VMFuncRef {
                code,
                vmctx: std::ptr::null_mut(),
                type_id: ty.id(),
                internal_abi: 0,
                internal_code: std::ptr::null(),
            },
            context: VMHostContext { store_context: store, data: data.at.as_ptr() },
            _data: data,
            _ty: ty,
        });
        let at = function.0.as_ptr();
        self.host_functions.push(function);
        // SAFETY: the function is alive, and nobody else uses it yet.
        unsafe {
            (*at).func_ref.vmctx = (&raw mut (*at).context).cast();
            NonNull::new_unchecked(&raw mut (*at).func_ref)
        }
    }

    /// Puts a value of the host into the store. The reference lives as long as the store.
    pub fn new_extern_ref(&mut self, value: impl Any + Send + Sync) -> NonNull<VMExternObj> {
        let object = Fixed::new(VMExternObj::new(Box::new(value)));
        let at = object.0;
        self.extern_refs.push(object);
        at
    }

    /// Puts an exception into the store, where it stays as long as the store.
    ///
    /// # Panics
    ///
    /// When the tag is none of this store, or carries another number of values.
    ///
    /// # Safety
    ///
    /// The values are of the types that the tag carries; references among them belong to this store.
    pub unsafe fn new_exception(
        &mut self,
        tag: InternalStoreHandle<VMTag>,
        values: Box<[RawValue]>,
    ) -> VMExceptionRef {
        let vm_tag = tag.get(self);
        assert_eq!(vm_tag.function_type().ty().params().len(), values.len(), "values of a tag");
        let object = Fixed::new(VMExceptionObj::new(vm_tag.vmtag(), tag, values));
        let at = object.0;
        self.exceptions.push(object);
        // SAFETY: this store owns it.
        unsafe { VMExceptionRef::new(self.id, at) }
    }

    /// How many things there are.
    #[inline]
    pub fn counts(&self) -> StoreCounts {
        self.counts
    }

    /// Two different objects at the same time.
    ///
    /// # Panics
    ///
    /// When they are the same, or one is not of this store.
    pub fn get_2_mut<T: StoreObject>(
        &mut self,
        a: InternalStoreHandle<T>,
        b: InternalStoreHandle<T>,
    ) -> (&mut T, &mut T) {
        assert!(a != b, "two handles to the same object");
        let a: *mut T = a.get_mut(self);
        let b: *mut T = b.get_mut(self);
        // SAFETY: different numbers are different objects, which stay where they are.
        unsafe { (&mut *a, &mut *b) }
    }

    pub(crate) fn push_instance(
        &mut self,
        instance: InstanceBox,
    ) -> InternalStoreHandle<VMInstance> {
        self.counts.add(StoreCounts::of_instance(instance.get().module_info()));
        self.instances.push(instance);
        InternalStoreHandle::new(self.instances.len())
    }

    /// The handle of an object that lies in an instance.
    pub(crate) fn handle_of<T: Numbered>(&mut self, object: NonNull<T>) -> InternalStoreHandle<T> {
        // SAFETY: the object is alive, and this is the only reference to it.
        let number = unsafe { object.as_ref() }.number();
        if let Some(index) = NonZeroU32::new(number.get()) {
            return InternalStoreHandle { index, object: PhantomData };
        }
        let list = T::list_mut(self);
        list.push(Listed::InInstance(object));
        let handle = InternalStoreHandle::new(list.len());
        number.set(handle.index.get());
        handle
    }

    /// The handle of a new object.
    pub(crate) fn insert<T: StoreObject>(&mut self, object: T) -> InternalStoreHandle<T> {
        T::insert(self, object)
    }
}

mod sealed {
    /// Keeps [`super::StoreObject`] to this crate.
    pub trait Sealed {}
}

/// Something that a store owns and that handles refer to.
pub trait StoreObject: Sized + sealed::Sealed {
    #[doc(hidden)]
    fn get(objects: &StoreObjects, index: usize) -> Option<&Self>;
    #[doc(hidden)]
    fn get_mut(objects: &mut StoreObjects, index: usize) -> Option<&mut Self>;
    #[doc(hidden)]
    fn insert(objects: &mut StoreObjects, object: Self) -> InternalStoreHandle<Self>;
}

/// An object that knows its number.
pub(crate) trait Numbered: Sized {
    /// 1 + its place in the list; 0 before it has one.
    fn number(&self) -> &std::cell::Cell<u32>;
    #[expect(private_interfaces, reason = "used in this file only")]
    fn list_mut(objects: &mut StoreObjects) -> &mut List<Self>;
}

macro_rules! store_objects {
    ($($ty:ident $list:ident $(knows $number:ident)? $(counts $count:ident)?;)*) => {$(
        impl sealed::Sealed for $ty {}

        impl StoreObject for $ty {
            #[inline]
            fn get(objects: &StoreObjects, index: usize) -> Option<&Self> {
                objects.$list.get(index).map(Listed::as_ref)
            }

            #[inline]
            fn get_mut(objects: &mut StoreObjects, index: usize) -> Option<&mut Self> {
                objects.$list.get_mut(index).map(Listed::as_mut)
            }

            fn insert(objects: &mut StoreObjects, object: Self) -> InternalStoreHandle<Self> {
                $(objects.counts.$count += 1;)?
                let list = &mut objects.$list;
                let handle = InternalStoreHandle::new(list.len() + 1);
                $(object.$number.set(handle.index.get());)?
                list.push(Listed::Owned(Fixed::new(object)));
                handle
            }
        }

        $(impl Numbered for $ty {
            fn number(&self) -> &std::cell::Cell<u32> {
                &self.$number
            }

            #[expect(private_interfaces, reason = "used in this file only")]
            fn list_mut(objects: &mut StoreObjects) -> &mut List<Self> {
                &mut objects.$list
            }
        })?
    )*};
}

store_objects! {
    VMMemory memories knows number counts memories;
    VMTable tables knows number counts tables;
    VMGlobal globals knows number;
    VMTag tags knows number;
    VMFunctionEnvironment function_environments;
}

impl sealed::Sealed for VMInstance {}

impl StoreObject for VMInstance {
    #[inline]
    fn get(objects: &StoreObjects, index: usize) -> Option<&Self> {
        objects.instances.get(index).map(InstanceBox::get)
    }

    #[inline]
    fn get_mut(objects: &mut StoreObjects, index: usize) -> Option<&mut Self> {
        objects.instances.get_mut(index).map(InstanceBox::get_mut)
    }

    fn insert(_: &mut StoreObjects, _: Self) -> InternalStoreHandle<Self> {
        unreachable!("instances are only made by `instantiate`, which does not use this")
    }
}

/// A handle to an object of a store that is known from the context.
pub struct InternalStoreHandle<T> {
    /// 1 + the place in the list.
    index: NonZeroU32,
    object: PhantomData<fn() -> T>,
}

impl<T> InternalStoreHandle<T> {
    /// The handle of the object that makes a list `len` long.
    fn new(len: usize) -> Self {
        let index = u32::try_from(len).ok().and_then(NonZeroU32::new);
        let index = index.expect("a store has fewer than 2^32 objects of a kind");
        Self { index, object: PhantomData }
    }

    /// The handle with this number.
    pub fn from_index(index: usize) -> Option<Self> {
        let index = NonZeroU32::new(u32::try_from(index).ok()?)?;
        Some(Self { index, object: PhantomData })
    }

    /// Its number, not 0.
    pub fn index(&self) -> usize {
        self.index.get() as usize
    }
}

impl<T: StoreObject> InternalStoreHandle<T> {
    /// The object.
    ///
    /// # Panics
    ///
    /// When there is no such object in `objects`.
    #[inline]
    pub fn get(self, objects: &StoreObjects) -> &T {
        T::get(objects, self.index() - 1).unwrap_or_else(|| wrong_context())
    }

    /// The object, to change.
    ///
    /// # Panics
    ///
    /// When there is no such object in `objects`.
    #[inline]
    pub fn get_mut(self, objects: &mut StoreObjects) -> &mut T {
        T::get_mut(objects, self.index() - 1).unwrap_or_else(|| wrong_context())
    }
}

#[cold]
fn wrong_context() -> ! {
    panic!("object used with the wrong context")
}

impl<T> Copy for InternalStoreHandle<T> {}

impl<T> Clone for InternalStoreHandle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> PartialEq for InternalStoreHandle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for InternalStoreHandle<T> {}

impl<T> Hash for InternalStoreHandle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl<T> fmt::Debug for InternalStoreHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InternalStoreHandle").field("index", &self.index).finish()
    }
}

/// A handle to an object of a store.
pub struct StoreHandle<T> {
    id: StoreId,
    internal: InternalStoreHandle<T>,
}

impl<T> StoreHandle<T> {
    /// The handle `internal` of the store with id `id`.
    #[inline]
    pub fn from_internal(id: StoreId, internal: InternalStoreHandle<T>) -> Self {
        Self { id, internal }
    }

    /// The store that the object belongs to.
    #[inline]
    pub fn store_id(&self) -> StoreId {
        self.id
    }

    /// The handle without the store.
    #[inline]
    pub fn internal_handle(&self) -> InternalStoreHandle<T> {
        self.internal
    }
}

impl<T: StoreObject> StoreHandle<T> {
    /// Puts an object into a store.
    pub fn new(objects: &mut StoreObjects, object: T) -> Self {
        Self { id: objects.id(), internal: objects.insert(object) }
    }

    /// The object.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    #[inline]
    pub fn get<'a>(&self, objects: &'a StoreObjects) -> &'a T {
        self.check(objects);
        self.internal.get(objects)
    }

    /// The object, to change.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    #[inline]
    pub fn get_mut<'a>(&self, objects: &'a mut StoreObjects) -> &'a mut T {
        self.check(objects);
        self.internal.get_mut(objects)
    }

    #[inline]
    fn check(&self, objects: &StoreObjects) {
        if self.id != objects.id {
            wrong_context();
        }
    }
}

impl<T> Clone for StoreHandle<T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T> PartialEq for StoreHandle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.internal == other.internal
    }
}

impl<T> Eq for StoreHandle<T> {}

impl<T> Hash for StoreHandle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.internal.hash(state);
    }
}

impl<T> fmt::Debug for StoreHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreHandle")
            .field("store", &self.id)
            .field("internal", &self.internal)
            .finish()
    }
}

/// Something that can be imported or exported.
#[derive(Clone, Copy, Debug)]
pub enum VMExtern {
    /// A function.
    Function(NonNull<VMFuncRef>),
    /// A memory.
    Memory(InternalStoreHandle<VMMemory>),
    /// A table.
    Table(InternalStoreHandle<VMTable>),
    /// A global.
    Global(InternalStoreHandle<VMGlobal>),
    /// A tag.
    Tag(InternalStoreHandle<VMTag>),
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use wasmer_types::{FunctionType, GlobalType, Mutability, Type};

    use super::*;
    use crate::type_registry::register;

    fn global() -> VMGlobal {
        VMGlobal::new(GlobalType::new(Type::I32, Mutability::Const))
    }

    #[test]
    fn handles() {
        let mut objects = StoreObjects::default();
        let one = StoreHandle::new(&mut objects, global());
        let two = StoreHandle::new(&mut objects, global());
        assert!(one == one.clone() && one != two);
        assert_ne!(one.get(&objects).vmglobal(), two.get(&objects).vmglobal());
        assert_eq!(objects.handle_of(NonNull::from(two.get(&objects))), two.internal_handle());
        let (a, b) = objects.get_2_mut(one.internal_handle(), two.internal_handle());
        assert!(!std::ptr::eq(a, b));
        let again = InternalStoreHandle::from_index(one.internal_handle().index()).unwrap();
        assert_eq!(StoreHandle::from_internal(objects.id(), again), one);
    }

    #[test]
    #[should_panic(expected = "object used with the wrong context")]
    fn other_store() {
        let mut objects = StoreObjects::default();
        let handle = StoreHandle::new(&mut objects, global());
        let other = StoreObjects::default();
        handle.get(&other);
    }

    #[test]
    fn everything_is_dropped_with_the_store() {
        static DROPPED: AtomicU32 = AtomicU32::new(0);
        struct Counted;
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
        let mut objects = StoreObjects::default();
        let environment = VMFunctionEnvironment::new(Counted);
        let environment = StoreHandle::new(&mut objects, environment);
        assert!(environment.get_mut(&mut objects).as_mut().is::<Counted>());
        let object = objects.new_extern_ref(Counted);
        // SAFETY: the store is alive.
        assert!(unsafe { object.as_ref() }.value().is::<Counted>());
        let mut context = VMStoreContext::default();
        let ty = register(&FunctionType::new([Type::I32], []));
        let id = ty.id();
        // SAFETY: nobody calls it.
        let function = unsafe {
            let store = NonNull::from(&mut context);
            objects.new_host_function(store, ty, std::ptr::null(), Box::new(Counted))
        };
        // SAFETY: the store is alive.
        let (type_id, vmctx) =
            unsafe { ((*function.as_ptr()).type_id, (*function.as_ptr()).vmctx) };
        assert_eq!(type_id, id);
        // SAFETY: as above.
        let store_context = unsafe { (*vmctx.cast::<VMHostContext>()).store_context };
        assert_eq!(store_context, NonNull::from(&mut context));
        drop(objects);
        assert_eq!(DROPPED.load(Ordering::Relaxed), 3);
    }
}
