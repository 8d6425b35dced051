//! Exceptions.

use std::fmt;
use std::ptr::NonNull;

use wasmer_types::StoreId;
use wasmer_vm::{StoreHandle, VMExceptionObj, VMExceptionRef};

use crate::function::wrong_store;
use crate::store::{AsStoreMut, AsStoreRef};
use crate::tag::Tag;
use crate::value::Value;

/// A reference to an exception in a store: a [`Tag`] and the values that it carries.
///
/// A host function throws one by returning [`RuntimeError::exception`](crate::RuntimeError::exception). What is not
/// caught comes out of the outermost call as a `RuntimeError`, from which
/// [`to_exception`](crate::RuntimeError::to_exception) takes it.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{
///     AsStoreMut, Exception, Function, FunctionEnv, FunctionEnvMut, Instance, Module, RuntimeError, Store, Tag, Type,
///     Value, imports,
/// };
///
/// let mut store = Store::default();
/// let tag = Tag::new(&mut store, [Type::I32]);
/// let env = FunctionEnv::new(&mut store, tag.clone());
/// let throw = |mut env: FunctionEnvMut<'_, Tag>, code: i32| -> Result<(), RuntimeError> {
///     let (tag, mut store) = env.data_and_store_mut();
///     let exception = Exception::new(&mut store, tag, &[Value::I32(code)]);
///     Err(RuntimeError::exception(&store, exception))
/// };
/// let throw = Function::new_typed_with_env(&mut store, &env, throw);
/// let module = Module::new(&store, r#"(module
///     (import "host" "throw" (func $throw (param i32)))
///     (func (export "run") (call $throw (i32.const 9))))"#)?;
/// let instance = Instance::new(&mut store, &module, &imports! { "host" => { "throw" => throw } })?;
///
/// let run = instance.exports.get_function("run")?;
/// let error = run.call(&mut store, &[]).unwrap_err();
/// let exception = error.to_exception().unwrap();
/// assert_eq!(exception.tag(&store), tag);
/// assert_eq!(exception.payload(&mut store), [Value::I32(9)]);
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Exception(VMExceptionRef);

impl Exception {
    /// Puts an exception into the store, where it stays as long as the store.
    ///
    /// # Panics
    ///
    /// When the tag or a value of `payload` belongs to another store, or `payload` does not have the number (*payload
    /// length mismatch*) or the types (*payload type mismatch*) of the tag's parameters.
    pub fn new(store: &mut impl AsStoreMut, tag: &Tag, payload: &[Value]) -> Self {
        let mut store = store.as_store_mut();
        let ty = tag.ty(&store);
        assert_eq!(ty.params().len(), payload.len(), "payload length mismatch");
        let types_match = ty.params().iter().zip(payload).all(|(&ty, value)| value.ty() == ty);
        assert!(types_match, "payload type mismatch");
        let values = payload.iter().map(|value| value.as_raw(&store)).collect();
        let tag = tag.handle().internal_handle();
        // SAFETY: the values have the types of the tag, and `as_raw` has checked that they belong to the store.
        Self(unsafe { store.vm_objects_mut().new_exception(tag, values) })
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.0.store_id() == store.as_store_ref().id()
    }

    /// The object, after a check that it belongs to `store`.
    fn object<'a>(&self, store: &'a impl AsStoreRef) -> &'a VMExceptionObj {
        if !self.is_from_store(store) {
            wrong_store();
        }
        // SAFETY: the object lives as long as its store, which is borrowed, and is never changed.
        unsafe { self.0.object().as_ref() }
    }

    /// Its tag.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn tag(&self, store: &impl AsStoreRef) -> Tag {
        let tag = self.object(store).tag();
        Tag::from_vm(StoreHandle::from_internal(self.0.store_id(), tag))
    }

    /// The values that it carries.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn payload(&self, store: &mut impl AsStoreMut) -> Vec<Value> {
        let mut store = store.as_store_mut();
        let ty = self.tag(&store).ty(&store);
        let values = self.object(&store).payload().to_vec();
        let value = |(&ty, raw)| {
            // SAFETY: an exception carries values of its tag's types that belong to its store.
            unsafe { Value::from_raw(&mut store, ty, raw) }
        };
        ty.params().iter().zip(values).map(value).collect()
    }

    /// The reference as the virtual machine has it.
    pub fn vm_exceptionref(&self) -> VMExceptionRef {
        self.0
    }

    /// A handle to what [`Self::vm_exceptionref`] returns.
    pub fn from_vm_exceptionref(exnref: VMExceptionRef) -> Self {
        Self(exnref)
    }

    /// # Safety
    ///
    /// The store with this id owns the object.
    pub(crate) unsafe fn from_vm(store: StoreId, object: NonNull<VMExceptionObj>) -> Self {
        // SAFETY: as the caller promised.
        Self(unsafe { VMExceptionRef::new(store, object) })
    }

    /// The reference that code of the store with id `store` has.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub(crate) fn address_in(&self, store: StoreId) -> usize {
        if self.0.store_id() != store {
            wrong_store();
        }
        self.0.object().as_ptr().expose_provenance()
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exception").field("store", &self.0.store_id()).finish_non_exhaustive()
    }
}
