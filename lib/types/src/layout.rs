//! Layout of the structures that compiled code reads and the runtime writes.
//!
//! Each structure is described once, field by field. A compiler asks for an offset on its target
//! (`VMMemoryDefinition::new(8).base()`), and `wasmer-vm` asserts at compile time that its `repr(C)` structure
//! has the same offsets.

use crate::Type;

/// Width of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// As wide as a pointer.
    Ptr,
    /// 4 bytes.
    U32,
    /// 8 bytes.
    U64,
}

impl FieldKind {
    const fn size(self, pointer_size: u8) -> u32 {
        match self {
            Self::Ptr => pointer_size as u32,
            Self::U32 => 4,
            Self::U64 => 8,
        }
    }
}

/// Rounds up to a power of two.
pub const fn align_to(offset: u32, align: u32) -> u32 {
    (offset + align - 1) & !(align - 1)
}

/// Offset of field number `index` by the rules of C; past the last field, the size of the structure.
const fn offset_of(kinds: &[FieldKind], index: usize, pointer_size: u8) -> u32 {
    let (mut offset, mut align, mut i) = (0, 1, 0);
    while i < kinds.len() {
        let size = kinds[i].size(pointer_size);
        if size > align {
            align = size;
        }
        offset = align_to(offset, size);
        if i == index {
            return offset;
        }
        offset += size;
        i += 1;
    }
    align_to(offset, align)
}

macro_rules! vm_layouts {
    ($($(#[$doc:meta])* $name:ident $index:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ident,)* })*) => {
        /// The structures as text, for the hash of an artifact.
        pub(crate) const DESCRIPTION: &str =
            concat!($(stringify!($name { $($field: $kind)* }),)*);
    $(
        #[expect(non_camel_case_types, reason = "the variants are named after the fields")]
        #[derive(Clone, Copy)]
        enum $index { $($field,)* _end }

        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            pointer_size: u8,
        }

        impl $name {
            const KINDS: &'static [FieldKind] = &[$(FieldKind::$kind),*];

            /// The layout on a machine with pointers of `pointer_size` bytes.
            pub const fn new(pointer_size: u8) -> Self {
                Self { pointer_size }
            }

            /// The layout on this machine.
            pub const HOST: Self = Self::new(size_of::<usize>() as u8);

            const fn offset(self, index: $index) -> u32 {
                offset_of(Self::KINDS, index as usize, self.pointer_size)
            }

            $(
                $(#[$field_doc])*
                ///
                /// Returns the offset in bytes.
                pub const fn $field(self) -> u32 {
                    self.offset($index::$field)
                }
            )*

            /// Size of the structure in bytes.
            pub const fn size(self) -> u32 {
                self.offset($index::_end)
            }
        }
    )*};
}

vm_layouts! {
    /// What compiled code reads to reach a linear memory.
    VMMemoryDefinition VMMemoryDefinitionField {
        /// Address of byte 0.
        base: Ptr,
        /// Present length in bytes. That of a shared memory is read atomically.
        current_length: Ptr,
    }

    /// What compiled code reads to reach a table.
    VMTableDefinition VMTableDefinitionField {
        /// Address of element 0. An element of a function table is a [`VMFunctionElement`], one of another
        /// table is a reference, as wide as a pointer ([`Layouts::element_size`]).
        base: Ptr,
        /// Present length in elements.
        current_elements: Ptr,
    }

    /// An element of a function table: a reference, and what a call needs of its target. Whoever writes the
    /// reference sets `type_id` to 0. The first call through the element fills in the rest
    /// ([`crate::BuiltinFunction::table_callee`]).
    VMFunctionElement VMFunctionElementField {
        /// 0 until the element is first read ([`crate::BuiltinFunction::table_resolve`] fills it in), and then
        /// the reference, a pointer to a [`VMFuncRef`], with bit 0 ([`FUNC_TABLE_RESOLVED`]) set; null is that
        /// bit alone.
        reference: Ptr,
        /// [`VMFuncRef::code`] of the target, if `type_id` is not 0.
        code: Ptr,
        /// [`VMFuncRef::vmctx`] of the target, if `type_id` is not 0.
        vmctx: Ptr,
        /// [`VMFuncRef::type_id`] of the target, or 0, which no type has: then only `reference` counts.
        type_id: U32,
        /// Unused.
        reserved: U32,
    }

    /// The target of a function reference.
    VMFuncRef VMFuncRefField {
        /// Entry point with the C ABI (DESIGN: arguments `(callee vmctx, params…)`).
        code: Ptr,
        /// First argument of the call: VM context of the instance, or context of the host function.
        vmctx: Ptr,
        /// Canonical id of its type; equal ids are equal types, in the whole process.
        type_id: U32,
        /// Which internal convention `internal_code` follows; 0 for none.
        internal_abi: U32,
        /// Entry point with the internal convention of a compiler, for tail calls.
        internal_code: Ptr,
    }

    /// An imported function in a VM context.
    VMFunctionImport VMFunctionImportField {
        /// Entry point with the C ABI.
        code: Ptr,
        /// First argument of the call.
        vmctx: Ptr,
        /// The reference that `ref.func` of the import yields.
        func_ref: Ptr,
    }

    /// A tag: its identity is its address.
    VMTagDefinition VMTagDefinitionField {
        /// Canonical id of its type.
        type_id: U32,
        /// Unused.
        reserved: U32,
    }

    /// First fields of every VM context.
    VMContextHeader VMContextHeaderField {
        /// The [`VMStoreContext`] of the instance's store. Contexts of host functions begin with it too.
        store_context: Ptr,
        /// Table of entry points of [`crate::BuiltinFunction`]s.
        builtins: Ptr,
        /// Array of canonical type ids (4 bytes each), by [`crate::SignatureIndex`].
        type_ids: Ptr,
        /// Array of entry points by [`crate::LocalFunctionIndex`], for calls through slots.
        function_slots: Ptr,
        /// The runtime's own description of the instance.
        instance: Ptr,
        /// Unused.
        reserved: Ptr,
    }

    /// State of a store that compiled code and the stubs of the runtime reach.
    VMStoreContext VMStoreContextField {
        /// Lowest stack pointer with which code of the host may start on the present stack.
        stack_limit: Ptr,
        /// The innermost entry into wasm of this store.
        activation: Ptr,
        /// The store that this belongs to.
        store: Ptr,
        /// Frame pointer of the wasm code that called the host last, for backtraces.
        exit_frame: Ptr,
        /// Address in that code behind the call.
        exit_pc: Ptr,
        /// Not 0 when the host asked the running computation to stop.
        interrupted: U32,
        /// The system's number of the thread that runs wasm of the store, or 0.
        thread: U32,
        /// Start of the heap of collected objects.
        gc_heap_base: Ptr,
        /// Length of that heap in bytes.
        gc_heap_length: Ptr,
        /// What the embedder has set for the store; not for compiled code.
        settings: Ptr,
    }
}

/// The layouts of what code of a module reads most, on one machine.
#[derive(Clone, Copy, Debug)]
pub struct Layouts {
    /// The head of the VM context.
    pub header: VMContextHeader,
    /// Memories.
    pub memory: VMMemoryDefinition,
    /// Tables.
    pub table: VMTableDefinition,
    /// Elements of function tables.
    pub function_element: VMFunctionElement,
    /// Imported functions.
    pub import: VMFunctionImport,
    /// Bytes in a pointer.
    pub pointer_size: u8,
}

impl Layouts {
    /// The layouts on a machine with pointers of `pointer_size` bytes.
    pub const fn new(pointer_size: u8) -> Self {
        Self {
            header: VMContextHeader::new(pointer_size),
            memory: VMMemoryDefinition::new(pointer_size),
            table: VMTableDefinition::new(pointer_size),
            function_element: VMFunctionElement::new(pointer_size),
            import: VMFunctionImport::new(pointer_size),
            pointer_size,
        }
    }

    /// Bytes of an element of a table of references of type `ty`. With pointers of 8 bytes it is a power of two.
    pub const fn element_size(&self, ty: Type) -> u32 {
        match ty {
            Type::FuncRef => self.function_element.size(),
            _ => self.pointer_size as u32,
        }
    }
}

/// Bytes of a slot for a global or for one of several results: as many as the widest value has.
pub const VALUE_SLOT_SIZE: u32 = 16;

/// Set in every element of a function table that holds a resolved reference, null included.
pub const FUNC_TABLE_RESOLVED: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_rules() {
        let func_ref = VMFuncRef::new(8);
        assert_eq!((func_ref.vmctx(), func_ref.type_id(), func_ref.internal_code()), (8, 16, 24));
        assert_eq!((func_ref.size(), VMFuncRef::new(4).size()), (32, 20));
        assert_eq!(VMStoreContext::new(8).interrupted(), 40);
        assert_eq!(VMStoreContext::new(8).gc_heap_base(), 48);
        assert_eq!(VMTagDefinition::new(8).size(), 8);
    }

    #[test]
    fn elements_can_be_found_by_shifting() {
        // All that is compiled for.
        let layouts = Layouts::new(8);
        assert_eq!(layouts.element_size(Type::FuncRef), 32);
        for ty in [Type::ExternRef, Type::ExceptionRef] {
            assert_eq!(layouts.element_size(ty), 8);
        }
    }
}
