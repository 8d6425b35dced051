//! Globals (WebAssembly 3.0, §4.2.10).

use std::cell::Cell;
use std::ptr::NonNull;

use wasmer_types::{GlobalType, RawValue};

use crate::definition::Definition;
use crate::vmcontext::VMGlobalDefinition;

/// A global of a store.
///
/// # Example
///
/// ```
/// use wasmer_types::{GlobalType, Mutability, RawValue, Type};
/// use wasmer_vm::VMGlobal;
///
/// let global = VMGlobal::new(GlobalType::new(Type::I32, Mutability::Var));
/// // SAFETY: the global is alive, and nobody else uses it.
/// unsafe { global.vmglobal().write(RawValue::from(5)) };
/// let copy = global.copy_on_write();
/// // SAFETY: as above.
/// assert_eq!(unsafe { copy.vmglobal().read() }.as_i32(), 5);
/// ```
#[derive(Debug)]
pub struct VMGlobal {
    ty: GlobalType,
    value: Definition<VMGlobalDefinition>,
    /// 1 + its place in the list of its store; 0 before it has one.
    pub(crate) number: Cell<u32>,
}

impl VMGlobal {
    /// A global with the value 0 or null.
    pub fn new(global_type: GlobalType) -> Self {
        Self::from_value(global_type, Definition::owned(RawValue::default()))
    }

    /// The global of an instance, with its value in the VM context at `vm_definition_location`.
    ///
    /// # Safety
    ///
    /// The location has a value of the type, and stays valid for as long as the global is used.
    pub unsafe fn new_instance(
        global_type: GlobalType,
        vm_definition_location: NonNull<VMGlobalDefinition>,
    ) -> Self {
        // SAFETY: as for the caller.
        Self::from_value(global_type, unsafe { Definition::existing(vm_definition_location) })
    }

    fn from_value(ty: GlobalType, value: Definition<VMGlobalDefinition>) -> Self {
        Self { ty, value, number: Cell::new(0) }
    }

    /// Its type.
    pub fn ty(&self) -> &GlobalType {
        &self.ty
    }

    /// Where its value lies. It does not move.
    #[inline]
    pub fn vmglobal(&self) -> NonNull<VMGlobalDefinition> {
        self.value.as_ptr()
    }

    /// A global of its own with the same type and value.
    pub fn copy_on_write(&self) -> Self {
        // SAFETY: the value is initialised and belongs to the store of this global.
        let value = unsafe { self.vmglobal().read() };
        Self::from_value(self.ty, Definition::owned(value))
    }
}

#[cfg(test)]
mod tests {
    use wasmer_types::{Mutability, Type};

    use super::*;

    #[test]
    fn values() {
        let global = VMGlobal::new(GlobalType::new(Type::I64, Mutability::Var));
        // SAFETY: the global is alive.
        unsafe { global.vmglobal().write(RawValue::from(-7i64)) };
        let copy = global.copy_on_write();
        // SAFETY: as above.
        unsafe {
            global.vmglobal().write(RawValue::default());
            assert_eq!(copy.vmglobal().read().as_i64(), -7);
        }
        assert_eq!(copy.ty(), global.ty());
    }
}
