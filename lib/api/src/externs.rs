//! What can be imported and exported.

use std::fmt;

use wasmer_types::{ExternType, StoreId};
use wasmer_vm::{self as vm, StoreHandle};

use crate::exports::{ExportError, Exportable};
use crate::function::{Function, wrong_store};
use crate::global::Global;
use crate::memory::Memory;
use crate::store::{AsStoreMut, AsStoreRef};
use crate::table::Table;
use crate::tag::Tag;

macro_rules! externs {
    ($($(#[$doc:meta])* $kind:ident)*) => {
        /// A function, global, table, memory or tag: what instances import and export.
        ///
        /// # Example
        ///
        /// ```
        /// use wasmer::{Extern, ExternType, Global, Store, Value};
        ///
        /// let mut store = Store::default();
        /// let item = Extern::from(Global::new(&mut store, Value::I32(4)));
        /// let ExternType::Global(ty) = item.ty(&store) else { panic!() };
        /// assert_eq!(ty.to_string(), "I32 (constant)");
        /// assert!(item.is_from_store(&store) && !item.is_from_store(&Store::default()));
        /// assert_eq!(format!("{item:?}"), "Global(...)");
        /// ```
        #[derive(Clone, PartialEq, Eq)]
        pub enum Extern {$(
            $(#[$doc])*
            $kind($kind),
        )*}

        impl Extern {
            /// Its type.
            ///
            /// # Panics
            ///
            /// When it belongs to another store.
            pub fn ty(&self, store: &impl AsStoreRef) -> ExternType {
                match self {$(Self::$kind(item) => ExternType::$kind(item.ty(store)),)*}
            }

            /// Whether it belongs to `store`.
            pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
                match self {$(Self::$kind(item) => item.is_from_store(store),)*}
            }
        }

        $(
            impl From<$kind> for Extern {
                fn from(item: $kind) -> Self {
                    Self::$kind(item)
                }
            }

            impl<'a> Exportable<'a> for $kind {
                fn get_self_from_extern(item: &'a Extern) -> Result<&'a Self, ExportError> {
                    match item {
                        Extern::$kind(item) => Ok(item),
                        _ => Err(ExportError::IncompatibleType),
                    }
                }
            }
        )*

        impl fmt::Debug for Extern {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {$(
                    Self::$kind(_) => concat!(stringify!($kind), "(...)"),
                )*})
            }
        }
    };
}

externs! {
    /// A function.
    Function
    /// A global.
    Global
    /// A table.
    Table
    /// A memory.
    Memory
    /// A tag.
    Tag
}

impl Extern {
    /// The handle that `vm_extern` was made from.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    #[doc(hidden)]
    pub fn from_vm_extern(store: &mut impl AsStoreMut, vm_extern: VMExtern) -> Self {
        let id = store.as_store_ref().id();
        if id != vm_extern.store {
            wrong_store();
        }
        // SAFETY: `to_vm_extern` has made it for this store.
        unsafe { Self::from_vm(id, vm_extern.object) }
    }

    /// What it is to the virtual machine, from which [`VMExternToExtern::to_extern`] makes it again.
    #[doc(hidden)]
    pub fn to_vm_extern(&self) -> VMExtern {
        VMExtern { store: self.store_id(), object: self.to_vm() }
    }

    fn store_id(&self) -> StoreId {
        match self {
            Self::Function(function) => function.store_id(),
            Self::Global(global) => global.handle().store_id(),
            Self::Table(table) => table.handle().store_id(),
            Self::Memory(memory) => memory.handle().store_id(),
            Self::Tag(tag) => tag.handle().store_id(),
        }
    }

    /// A handle to an object of the virtual machine.
    ///
    /// # Safety
    ///
    /// The object belongs to the store with this id.
    #[inline]
    pub(crate) unsafe fn from_vm(id: StoreId, vm_extern: vm::VMExtern) -> Self {
        match vm_extern {
            // SAFETY: as the caller promised.
            vm::VMExtern::Function(func_ref) => unsafe { Function::from_vm(id, func_ref) }.into(),
            vm::VMExtern::Global(handle) => {
                Global::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            vm::VMExtern::Table(handle) => {
                Table::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            vm::VMExtern::Memory(handle) => {
                Memory::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            vm::VMExtern::Tag(handle) => {
                Tag::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
        }
    }

    /// The object of the virtual machine.
    pub(crate) fn to_vm(&self) -> vm::VMExtern {
        match self {
            Self::Function(function) => vm::VMExtern::Function(function.func_ref()),
            Self::Global(global) => vm::VMExtern::Global(global.handle().internal_handle()),
            Self::Table(table) => vm::VMExtern::Table(table.handle().internal_handle()),
            Self::Memory(memory) => vm::VMExtern::Memory(memory.handle().internal_handle()),
            Self::Tag(tag) => vm::VMExtern::Tag(tag.handle().internal_handle()),
        }
    }
}

impl<'a> Exportable<'a> for Extern {
    fn get_self_from_extern(item: &'a Extern) -> Result<&'a Self, ExportError> {
        Ok(item)
    }
}

/// What an [`Extern`] is to the virtual machine, with the store that it belongs to.
///
/// # Example
///
/// ```
/// use wasmer::{Extern, Function, Store, VMExternToExtern, vm::VMExtern};
///
/// let mut store = Store::default();
/// let item = Extern::from(Function::new_typed(&mut store, || 1));
/// let raw: VMExtern = item.to_vm_extern();
/// assert_eq!(raw.to_extern(&mut store), item);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct VMExtern {
    store: StoreId,
    object: vm::VMExtern,
}

/// From [`VMExtern`] to [`Extern`].
pub trait VMExternToExtern {
    /// The handle.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    fn to_extern(self, store: &mut impl AsStoreMut) -> Extern;
}

impl VMExternToExtern for VMExtern {
    fn to_extern(self, store: &mut impl AsStoreMut) -> Extern {
        Extern::from_vm_extern(store, self)
    }
}
