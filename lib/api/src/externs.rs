//! What can be imported and exported.

use std::fmt;

use wasmer_types::ExternType;
use wasmer_vm::{StoreHandle, VMExtern};

use crate::exports::{ExportError, Exportable};
use crate::function::Function;
use crate::global::Global;
use crate::memory::Memory;
use crate::store::{AsStoreMut, AsStoreRef};
use crate::table::Table;
use crate::tag::Tag;

macro_rules! externs {
    ($($(#[$doc:meta])* $kind:ident)*) => {
        /// A function, global, table, memory or tag: what instances import and export.
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
    /// A handle to an object of the virtual machine.
    ///
    /// # Safety
    ///
    /// The object belongs to `store`.
    #[doc(hidden)]
    pub unsafe fn from_vm_extern(store: &mut impl AsStoreMut, vm_extern: VMExtern) -> Self {
        let id = store.as_store_ref().id();
        // SAFETY: as the caller promised.
        unsafe { Self::from_vm(id, vm_extern) }
    }

    /// A handle to an object of the virtual machine.
    ///
    /// # Safety
    ///
    /// The object belongs to the store with this id.
    #[inline]
    pub(crate) unsafe fn from_vm(id: wasmer_types::StoreId, vm_extern: VMExtern) -> Self {
        match vm_extern {
            // SAFETY: as the caller promised.
            VMExtern::Function(func_ref) => unsafe { Function::from_vm(id, func_ref) }.into(),
            VMExtern::Global(handle) => {
                Global::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            VMExtern::Table(handle) => {
                Table::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            VMExtern::Memory(handle) => {
                Memory::from_vm(StoreHandle::from_internal(id, handle)).into()
            }
            VMExtern::Tag(handle) => Tag::from_vm(StoreHandle::from_internal(id, handle)).into(),
        }
    }

    /// The object of the virtual machine.
    #[doc(hidden)]
    pub fn to_vm_extern(&self) -> VMExtern {
        match self {
            Self::Function(function) => VMExtern::Function(function.func_ref()),
            Self::Global(global) => VMExtern::Global(global.handle().internal_handle()),
            Self::Table(table) => VMExtern::Table(table.handle().internal_handle()),
            Self::Memory(memory) => VMExtern::Memory(memory.handle().internal_handle()),
            Self::Tag(tag) => VMExtern::Tag(tag.handle().internal_handle()),
        }
    }
}

impl<'a> Exportable<'a> for Extern {
    fn get_self_from_extern(item: &'a Extern) -> Result<&'a Self, ExportError> {
        Ok(item)
    }
}
