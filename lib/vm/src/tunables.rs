//! How memories and tables are made.

use std::ops::Deref;
use std::ptr::NonNull;

use wasmer_types::{
    FunctionType, GlobalType, MemoryError, MemoryFormat, MemoryStyle, MemoryType, Pages,
    TableStyle, TableType, TagKind, Target,
};

use crate::global::VMGlobal;
use crate::memory::{LinearMemory, MemoryImage, VMMemory, static_memories_work};
use crate::table::VMTable;
use crate::tag::VMTag;
use crate::vmcontext::{VMGlobalDefinition, VMMemoryDefinition, VMTableDefinition};

/// Settings of the virtual machine.
#[derive(Clone, Debug, Default)]
pub struct VMConfig {
    /// Bytes of stack that wasm is sure of, in stores of this engine; `None` for the default of the process.
    ///
    /// It is a lower bound: wasm that calls nothing of the host may use [`HOST_ROOM`](crate::HOST_ROOM), 1 MiB, more. It
    /// counts from the outermost call of a thread; calls that are nested in it stay on its stack, also those of stores
    /// with another size. [`set_stack_size`](crate::set_stack_size) has the details.
    pub wasm_stack_size: Option<usize>,
}

/// Decides how memories and tables lie in the address space, and makes them.
///
/// An engine has one ([`BaseTunables`] unless it was given another), which is asked when a module is compiled, when it is
/// instantiated, and when the host makes a memory or table. Programs set their own to limit memories or to bring
/// memories of another kind; mostly they change a type and hand it on to another `Tunables`.
///
/// # Example
///
/// ```
/// use std::ptr::NonNull;
/// use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages, TableStyle, TableType};
/// use wasmer_vm::{
///     BaseTunables, LinearMemory, Tunables, VMMemory, VMMemoryDefinition, VMTable, VMTableDefinition,
/// };
///
/// /// No memory grows beyond 4 pages, and no larger one is made.
/// struct Small(BaseTunables);
///
/// impl Small {
///     fn limited(&self, ty: &MemoryType) -> MemoryType {
///         let maximum = ty.maximum.map_or(Pages(4), |maximum| maximum.min(Pages(4)));
///         MemoryType { maximum: Some(maximum), ..*ty }
///     }
/// }
///
/// impl Tunables for Small {
///     fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
///         self.0.memory_style(&self.limited(memory))
///     }
///     fn table_style(&self, table: &TableType) -> TableStyle {
///         self.0.table_style(table)
///     }
///     fn create_host_memory(&self, ty: &MemoryType, style: &MemoryStyle) -> Result<VMMemory, MemoryError> {
///         self.0.create_host_memory(&self.limited(ty), style)
///     }
///     unsafe fn create_vm_memory(
///         &self,
///         ty: &MemoryType,
///         style: &MemoryStyle,
///         location: NonNull<VMMemoryDefinition>,
///     ) -> Result<VMMemory, MemoryError> {
///         // SAFETY: as for the caller.
///         unsafe { self.0.create_vm_memory(&self.limited(ty), style, location) }
///     }
///     fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
///         self.0.create_host_table(ty, style)
///     }
///     unsafe fn create_vm_table(
///         &self,
///         ty: &TableType,
///         style: &TableStyle,
///         location: NonNull<VMTableDefinition>,
///     ) -> Result<VMTable, String> {
///         // SAFETY: as for the caller.
///         unsafe { self.0.create_vm_table(ty, style, location) }
///     }
/// }
///
/// let tunables = Small(BaseTunables::new());
/// let ty = MemoryType::new(1, None, false);
/// let style = tunables.memory_style(&ty);
/// let mut memory = tunables.create_host_memory(&ty, &style).unwrap();
/// assert_eq!(memory.grow(Pages(3)), Ok(Pages(1)));
/// assert!(memory.grow(Pages(1)).is_err());
/// assert!(tunables.create_host_memory(&MemoryType::new(5, None, false), &style).is_err());
/// ```
pub trait Tunables {
    /// How code is compiled to access memories of this type.
    ///
    /// What is said here of a memory with 64-bit addresses, or pages of another size than 64 KiB, is used for its
    /// guard only: such a memory moves, and has the style [`MemoryStyle::Extended`].
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle;

    /// How code is compiled to call through tables of this type.
    fn table_style(&self, table: &TableType) -> TableStyle;

    /// Makes a memory for the host.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, is not allowed, or memory or address space runs out.
    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError>;

    /// Makes a memory for an instance, of which the code finds the definition at the place given.
    ///
    /// # Errors
    ///
    /// As for [`Tunables::create_host_memory`].
    ///
    /// # Safety
    ///
    /// The location can be written, and stays valid for as long as the memory is used.
    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        vm_definition_location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError>;

    /// As [`Tunables::create_vm_memory`], of a memory that is not shared and has the contents of `image`.
    /// What is provided copies them.
    ///
    /// # Errors
    ///
    /// As for [`Tunables::create_host_memory`].
    ///
    /// # Safety
    ///
    /// As for [`Tunables::create_vm_memory`], and the image lives longer than the memory.
    #[doc(hidden)]
    unsafe fn create_vm_memory_with_image(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        vm_definition_location: NonNull<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        let memory = unsafe { self.create_vm_memory(ty, style, vm_definition_location)? };
        if let Some(image) = image {
            let (start, bytes) = (image.range().start, image.bytes());
            // SAFETY: nobody knows the new memory.
            let length = unsafe { (*memory.vmmemory().as_ptr()).current_length };
            // The last page of the image can be longer than a memory of small pages.
            let bytes = &bytes[..bytes.len().min(length.saturating_sub(start))];
            // SAFETY: as above.
            unsafe { memory.initialize_with_data(start, bytes) }
                .map_err(|trap| MemoryError::Generic(trap.to_string()))?;
        }
        Ok(memory)
    }

    /// Makes a table for the host.
    ///
    /// # Errors
    ///
    /// When the type makes no sense, is not allowed, or memory runs out.
    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String>;

    /// Makes a table for an instance, of which the code finds the definition at the place given.
    ///
    /// # Errors
    ///
    /// As for [`Tunables::create_host_table`].
    ///
    /// # Safety
    ///
    /// The location can be written, and stays valid for as long as the table is used.
    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        vm_definition_location: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String>;

    /// Makes a global. Nothing calls it: the values of an instance's globals lie in its VM context, and those of
    /// the host are made without it. It is here for programs that call or implement it.
    ///
    /// # Errors
    ///
    /// None, as provided.
    fn create_global(&self, ty: GlobalType) -> Result<VMGlobal, String> {
        Ok(VMGlobal::new(ty))
    }

    /// Makes a global of which the value lies at the place given. Nothing calls it, as for
    /// [`Tunables::create_global`].
    ///
    /// # Errors
    ///
    /// None, as provided.
    ///
    /// # Safety
    ///
    /// The location has a value of the type, and stays valid for as long as the global is used.
    unsafe fn create_vm_global(
        &self,
        ty: GlobalType,
        vm_definition_location: NonNull<VMGlobalDefinition>,
    ) -> Result<VMGlobal, String> {
        // SAFETY: as for the caller.
        Ok(unsafe { VMGlobal::new_instance(ty, vm_definition_location) })
    }

    /// Makes a tag. Nothing calls it, as for [`Tunables::create_global`].
    ///
    /// # Errors
    ///
    /// None, as provided.
    fn create_tag(&self, kind: TagKind, ty: FunctionType) -> Result<VMTag, String> {
        Ok(VMTag::new(kind, &ty))
    }

    /// Settings of the virtual machine.
    fn vmconfig(&self) -> &VMConfig {
        &VMConfig { wasm_stack_size: None }
    }
}

/// The usual way: memories with 32-bit addresses never move, others do.
///
/// # Example
///
/// ```
/// use wasmer_types::{MemoryStyle, MemoryType, Pages, Target};
/// use wasmer_vm::{BaseTunables, Tunables};
///
/// // No memory takes more than 16 MiB of address space, so that larger ones move when they grow.
/// let mut tunables = BaseTunables::for_target(&Target::default());
/// tunables.static_memory_bound = Pages(256);
/// let style = tunables.memory_style(&MemoryType::new(1, None, false));
/// assert!(matches!(style, MemoryStyle::Dynamic { .. }));
/// let style = tunables.memory_style(&MemoryType::new(1, Some(256), false));
/// assert!(matches!(style, MemoryStyle::Static { bound: Pages(256), .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseTunables {
    /// Memories that can't grow beyond this get address space of this size, and never move.
    pub static_memory_bound: Pages,
    /// Unmapped bytes behind memories that never move.
    pub static_memory_offset_guard_size: u64,
    /// Unmapped bytes behind memories that move.
    pub dynamic_memory_offset_guard_size: u64,
}

impl BaseTunables {
    /// For this machine.
    pub fn new() -> Self {
        Self::for_target(&Target::default())
    }

    /// For code that runs on `target`. When that is this machine, and this process may not reserve as much
    /// address space as static memories take, all memories move.
    pub fn for_target(target: &Target) -> Self {
        let room = target.pointer_size() >= 8 && (!target.is_native() || static_memories_work());
        Self {
            static_memory_bound: if room { MemoryStyle::static_bound() } else { Pages(0) },
            static_memory_offset_guard_size: MemoryStyle::static_offset_guard_size(),
            dynamic_memory_offset_guard_size: 1 << 16,
        }
    }
}

impl Default for BaseTunables {
    fn default() -> Self {
        Self::new()
    }
}

impl Tunables for BaseTunables {
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        // Whatever its format is: memories of an unusual one move in any case.
        let limit = MemoryFormat::default().limit_pages(memory);
        match Pages(limit) <= self.static_memory_bound {
            true => MemoryStyle::Static {
                bound: self.static_memory_bound,
                offset_guard_size: self.static_memory_offset_guard_size,
            },
            false => {
                MemoryStyle::Dynamic { offset_guard_size: self.dynamic_memory_offset_guard_size }
            }
        }
    }

    fn table_style(&self, _table: &TableType) -> TableStyle {
        TableStyle::CallerChecksSignature
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        VMMemory::new(ty, style)
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        vm_definition_location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { VMMemory::from_definition(ty, style, vm_definition_location) }
    }

    unsafe fn create_vm_memory_with_image(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        vm_definition_location: NonNull<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { VMMemory::with_image(ty, style, vm_definition_location, image) }
    }

    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
        VMTable::new(ty, style)
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        vm_definition_location: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        // SAFETY: as for the caller.
        unsafe { VMTable::from_definition(ty, style, vm_definition_location) }
    }
}

/// What a pointer to tunables does, they do.
impl<P> Tunables for P
where
    P: Deref,
    P::Target: Tunables,
{
    fn memory_style(&self, memory: &MemoryType) -> MemoryStyle {
        (**self).memory_style(memory)
    }

    fn table_style(&self, table: &TableType) -> TableStyle {
        (**self).table_style(table)
    }

    fn create_host_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
    ) -> Result<VMMemory, MemoryError> {
        (**self).create_host_memory(ty, style)
    }

    unsafe fn create_vm_memory(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { (**self).create_vm_memory(ty, style, location) }
    }

    unsafe fn create_vm_memory_with_image(
        &self,
        ty: &MemoryType,
        style: &MemoryStyle,
        location: NonNull<VMMemoryDefinition>,
        image: Option<&MemoryImage>,
    ) -> Result<VMMemory, MemoryError> {
        // SAFETY: as for the caller.
        unsafe { (**self).create_vm_memory_with_image(ty, style, location, image) }
    }

    fn create_host_table(&self, ty: &TableType, style: &TableStyle) -> Result<VMTable, String> {
        (**self).create_host_table(ty, style)
    }

    unsafe fn create_vm_table(
        &self,
        ty: &TableType,
        style: &TableStyle,
        location: NonNull<VMTableDefinition>,
    ) -> Result<VMTable, String> {
        // SAFETY: as for the caller.
        unsafe { (**self).create_vm_table(ty, style, location) }
    }

    fn create_global(&self, ty: GlobalType) -> Result<VMGlobal, String> {
        (**self).create_global(ty)
    }

    unsafe fn create_vm_global(
        &self,
        ty: GlobalType,
        location: NonNull<VMGlobalDefinition>,
    ) -> Result<VMGlobal, String> {
        // SAFETY: as for the caller.
        unsafe { (**self).create_vm_global(ty, location) }
    }

    fn create_tag(&self, kind: TagKind, ty: FunctionType) -> Result<VMTag, String> {
        (**self).create_tag(kind, ty)
    }

    fn vmconfig(&self) -> &VMConfig {
        (**self).vmconfig()
    }
}

#[cfg(test)]
mod tests {
    use wasmer_types::WASM_MAX_PAGES;

    use super::*;

    #[test]
    fn styles() {
        let tunables = BaseTunables::new();
        assert_eq!(tunables.static_memory_bound, Pages(WASM_MAX_PAGES), "on the machines of tests");
        let ty = MemoryType::new(1, None, false);
        assert!(matches!(tunables.memory_style(&ty), MemoryStyle::Static { .. }));
        let small = BaseTunables { static_memory_bound: Pages(10), ..tunables };
        assert!(matches!(small.memory_style(&ty), MemoryStyle::Dynamic { .. }));
        let ty = MemoryType::new(1, Some(10), false);
        assert!(matches!(small.memory_style(&ty), MemoryStyle::Static { bound: Pages(10), .. }));
    }
}
