//! Tables.

use wasmer_types::{IndexType, TableType, Type};
use wasmer_vm::{StoreHandle, TableElement, VMTable};

use crate::engine::NativeEngineExt;
use crate::exception::Exception;
use crate::extern_ref::ExternRef;
use crate::function::Function;
use crate::runtime_error::RuntimeError;
use crate::store::{AsStoreMut, AsStoreRef, StoreMut};
use crate::value::Value;

/// A handle to a table in a store: an array of references.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use wasmer::{Function, Store, Table, TableType, Type, Value};
///
/// let mut store = Store::default();
/// let table = Table::new(&mut store, TableType::new(Type::FuncRef, 2, Some(4)), Value::FuncRef(None))?;
/// let answer = Function::new_typed(&mut store, || 42);
/// table.set(&mut store, 1, answer.into())?;
///
/// let Some(Value::FuncRef(Some(found))) = table.get(&mut store, 1) else { panic!() };
/// assert_eq!(*found.call(&mut store, &[])?, [Value::I32(42)]);
/// assert_eq!(table.grow(&mut store, 2, Value::FuncRef(None))?, 2);
/// assert!(table.get(&mut store, 4).is_none());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    handle: StoreHandle<VMTable>,
}

impl Table {
    /// A table filled with `init`.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, a limit of the store is passed, memory runs out, or `init` is no reference, of another type or of
    /// another store.
    pub fn new(
        store: &mut impl AsStoreMut,
        ty: TableType,
        init: Value,
    ) -> Result<Self, RuntimeError> {
        Self::new_with_index(store, ty, IndexType::I32, init)
    }

    /// As [`Self::new`], with indices of which the type can be `I64`: only modules with the proposal *memory64*
    /// import such a table. For the host they have 32 bits in any case.
    ///
    /// # Errors
    ///
    /// Those of [`Self::new`].
    ///
    /// # Example
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use wasmer::{IndexType, Store, Table, TableType, Type, Value};
    ///
    /// let mut store = Store::default();
    /// let ty = TableType::new(Type::FuncRef, 2, None);
    /// let table = Table::new_with_index(&mut store, ty, IndexType::I64, Value::FuncRef(None))?;
    /// assert_eq!(table.size(&store), 2);
    /// assert_eq!(table.index_type(&store), IndexType::I64);
    /// # Ok(()) }
    /// ```
    pub fn new_with_index(
        store: &mut impl AsStoreMut,
        ty: TableType,
        index: IndexType,
        init: Value,
    ) -> Result<Self, RuntimeError> {
        let mut store = store.as_store_mut();
        let init = element(&store, ty.ty, &init)?;
        let (limits, counts) = store.limits();
        limits.check_new_table(counts, &ty).map_err(RuntimeError::new)?;
        let tunables = store.engine().tunables();
        let style = tunables.table_style(&ty);
        let mut table = tunables.create_host_table(&ty, &style).map_err(RuntimeError::new)?;
        table.set_index_type(index);
        // New elements are null.
        if !init.is_null() {
            for index in 0..table.size() {
                table.set(index, init)?;
            }
        }
        Ok(Self { handle: StoreHandle::new(store.vm_objects_mut(), table) })
    }

    /// Its type, with the size that it was made with.
    ///
    /// # Panics
    ///
    /// When it belongs to another store. So for the following methods.
    pub fn ty(&self, store: &impl AsStoreRef) -> TableType {
        *self.handle.get(store.as_store_ref().objects()).ty()
    }

    /// Type of its indices in wasm.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn index_type(&self, store: &impl AsStoreRef) -> IndexType {
        self.handle.get(store.as_store_ref().objects()).index_type()
    }

    /// Element number `index`, or `None` past the end.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn get(&self, store: &mut impl AsStoreMut, index: u32) -> Option<Value> {
        let mut store = store.as_store_mut();
        let element = self.handle.get_mut(store.vm_objects_mut()).get(index)?;
        Some(value(&mut store, element))
    }

    /// Writes element number `index`.
    ///
    /// # Errors
    ///
    /// [`TrapCode::TableAccessOutOfBounds`](crate::TrapCode) past the end, and when `val` is no reference, of another type or
    /// of another store.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn set(
        &self,
        store: &mut impl AsStoreMut,
        index: u32,
        val: Value,
    ) -> Result<(), RuntimeError> {
        let mut store = store.as_store_mut();
        let element = element(&store, self.ty(&store).ty, &val)?;
        Ok(self.handle.get_mut(store.vm_objects_mut()).set(index, element)?)
    }

    /// Present number of elements.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn size(&self, store: &impl AsStoreRef) -> u32 {
        self.handle.get(store.as_store_ref().objects()).size()
    }

    /// Adds `delta` elements and returns how many there were before.
    ///
    /// # Errors
    ///
    /// When the maximum or a limit of the store does not allow it, memory runs out, or `init` is no reference, of another type or of
    /// another store.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn grow(
        &self,
        store: &mut impl AsStoreMut,
        delta: u32,
        init: Value,
    ) -> Result<u32, RuntimeError> {
        let store = store.as_store_mut();
        let init = element(&store, self.ty(&store).ty, &init)?;
        let (limits, objects) = store.into_limits_and_objects();
        limits
            .grow_table(self.handle.get_mut(objects), delta, init)
            .ok_or_else(|| RuntimeError::new(format!("failed to grow table by `{delta}`")))
    }

    /// Copies `len` elements from one table to another, or within one.
    ///
    /// # Errors
    ///
    /// [`TrapCode::TableAccessOutOfBounds`](crate::TrapCode) when one of the ranges is not inside of its table, and when the
    /// tables have different types.
    ///
    /// # Panics
    ///
    /// When one belongs to another store.
    pub fn copy(
        store: &mut impl AsStoreMut,
        dst_table: &Self,
        dst_index: u32,
        src_table: &Self,
        src_index: u32,
        len: u32,
    ) -> Result<(), RuntimeError> {
        let mut store = store.as_store_mut();
        if dst_table.ty(&store).ty != src_table.ty(&store).ty {
            return Err(RuntimeError::new("Table types do not match"));
        }
        let objects = store.vm_objects_mut();
        if dst_table.handle == src_table.handle {
            return Ok(dst_table.handle.get_mut(objects).copy_within(dst_index, src_index, len)?);
        }
        let (dst, src) = objects
            .get_2_mut(dst_table.handle.internal_handle(), src_table.handle.internal_handle());
        Ok(dst.copy(src, dst_index, src_index, len)?)
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.handle.store_id() == store.as_store_ref().id()
    }

    pub(crate) fn from_vm(handle: StoreHandle<VMTable>) -> Self {
        Self { handle }
    }

    pub(crate) fn handle(&self) -> &StoreHandle<VMTable> {
        &self.handle
    }
}

/// What a table of elements of type `ty` holds for a value.
fn element(store: &StoreMut<'_>, ty: Type, value: &Value) -> Result<TableElement, RuntimeError> {
    if !value.ty().is_ref() {
        return Err(RuntimeError::new("val is not reference"));
    }
    if !value.is_from_store(store) {
        return Err(RuntimeError::new("cannot pass Value across contexts"));
    }
    match (ty, value) {
        (Type::FuncRef, Value::FuncRef(function)) => {
            Ok(TableElement::FuncRef(function.as_ref().map(Function::func_ref)))
        }
        (Type::ExternRef, Value::ExternRef(reference)) => {
            Ok(TableElement::ExternRef(reference.as_ref().map(ExternRef::object)))
        }
        (Type::ExceptionRef, Value::ExceptionRef(exception)) => {
            let object = |exception: &Exception| exception.vm_exceptionref().object();
            Ok(TableElement::ExceptionRef(exception.as_ref().map(object)))
        }
        _ => Err(RuntimeError::new(format!(
            "Attempted to put a value of type {} into a table of type {ty}",
            value.ty()
        ))),
    }
}

/// What a table of the store holds, as a value.
fn value(store: &mut StoreMut<'_>, element: TableElement) -> Value {
    let id = store.id();
    match element {
        // SAFETY: a table refers to objects of its store only.
        TableElement::FuncRef(function) => unsafe {
            Value::FuncRef(function.map(|function| Function::from_vm(id, function)))
        },
        // SAFETY: as above.
        TableElement::ExternRef(reference) => unsafe {
            Value::ExternRef(reference.map(|object| ExternRef::from_vm(id, object)))
        },
        // SAFETY: as above.
        TableElement::ExceptionRef(exception) => unsafe {
            Value::ExceptionRef(exception.map(|object| Exception::from_vm(id, object)))
        },
    }
}
