//! The structures that compiled code reads, as Rust sees them.

use std::mem::offset_of;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use wasmer_types::{RawValue, layout};

use crate::enter::Activation;
use crate::instance::VMInstance;
use crate::settings::{self, StoreSettings};

/// Defines `repr(C)` structures and proves that they have the layout that the compilers know.
macro_rules! vm_structs {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident as $known_as:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[repr(C)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        const _: () = assert!(size_of::<$name>() == layout::$name::HOST.size() as usize);
        $(const _: () =
            assert!(offset_of!($name, $field) == layout::$name::HOST.$known_as() as usize);)*
    )*};
}

vm_structs! {
    /// What compiled code reads to reach a linear memory.
    #[derive(Clone, Copy, Debug)]
    VMMemoryDefinition {
        /// Address of byte 0.
        base as base: *mut u8,
        /// Present length in bytes. That of a shared memory is only used atomically.
        current_length as current_length: usize,
    }

    /// What compiled code reads to reach a table.
    #[derive(Clone, Copy, Debug)]
    VMTableDefinition {
        /// Address of element 0: a [`VMFunctionElement`] in a table of functions, otherwise a reference.
        base as base: *mut usize,
        /// Present length in elements.
        current_elements as current_elements: usize,
    }

    /// An element of a table of functions. All of it is 0 until the element is first read.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    VMFunctionElement {
        /// The address of a [`VMFuncRef`], or 0 for null; with [`layout::FUNC_TABLE_RESOLVED`] set.
        reference as reference: usize,
        /// Its `code`, if `type_id` is not 0.
        code as code: *const u8,
        /// Its `vmctx`, if `type_id` is not 0.
        vmctx as vmctx: *mut (),
        /// Its `type_id`, or 0, which no type has, until it is called.
        type_id as type_id: u32,
        /// Unused.
        reserved as reserved: u32,
    }

    /// An imported function in a VM context.
    #[derive(Clone, Copy, Debug)]
    VMFunctionImport {
        /// Entry point with the C ABI.
        code as code: *const u8,
        /// First argument of the call.
        vmctx as vmctx: *mut (),
        /// The reference that `ref.func` of the import yields.
        func_ref as func_ref: NonNull<VMFuncRef>,
    }

    /// A tag: its identity is its address.
    #[derive(Clone, Copy, Debug)]
    VMTagDefinition {
        /// Canonical id of its type.
        type_id as type_id: u32,
        /// Unused.
        reserved as reserved: u32,
    }

    /// First fields of every VM context. What follows is laid out by [`wasmer_types::VMOffsets`].
    #[derive(Debug)]
    VMContextHeader {
        /// The context of the instance's store.
        store_context as store_context: NonNull<VMStoreContext>,
        /// Table of entry points of the builtins.
        builtins as builtins: *const (),
        /// Array of canonical type ids, by signature.
        type_ids as type_ids: *const u32,
        /// Array of entry points, by local function.
        function_slots as function_slots: *const *const u8,
        /// The instance.
        instance as instance: NonNull<VMInstance>,
        /// Unused.
        reserved as reserved: usize,
    }

    /// The target of a function reference.
    #[derive(Debug)]
    VMFuncRef {
        /// Entry point with the C ABI.
        code as code: *const u8,
        /// First argument of the call.
        vmctx as vmctx: *mut (),
        /// Canonical id of its type.
        type_id as type_id: u32,
        /// Which internal convention `internal_code` follows; 0 for none.
        internal_abi as internal_abi: u32,
        /// Entry point with the internal convention of a compiler.
        internal_code as internal_code: *const u8,
    }

    /// State of a store that compiled code and the stubs of the runtime reach.
    #[derive(Debug)]
    VMStoreContext {
        /// Lowest stack pointer with which code of the host may start on the present stack.
        stack_limit as stack_limit: usize,
        /// The innermost entry into wasm of this store.
        activation as activation: AtomicPtr<Activation>,
        /// The store that this belongs to.
        store as store: *mut (),
        /// Frame pointer of the wasm code that called the host last.
        exit_frame as exit_frame: usize,
        /// Address in that code behind the call.
        exit_pc as exit_pc: usize,
        /// Not 0 when the host asked the running computation to stop.
        interrupted as interrupted: AtomicU32,
        /// The system's number of the thread that ran wasm of the store last, or 0.
        thread as thread: AtomicU32,
        /// Start of the heap of collected objects.
        gc_heap_base as gc_heap_base: *mut u8,
        /// Length of that heap in bytes.
        gc_heap_length as gc_heap_length: usize,
        /// What the embedder has set for the store. It lives as long as the context, and is not changed while
        /// wasm of the store runs.
        settings as settings: NonNull<StoreSettings>,
    }
}

/// The context of an instance, which compiled code gets as its first argument.
pub type VMContext = VMContextHeader;

/// Where the value of a global lies.
pub type VMGlobalDefinition = RawValue;

impl Default for VMStoreContext {
    /// The context of a store that runs nothing and has no heap, with the default settings.
    fn default() -> Self {
        Self {
            stack_limit: 0,
            activation: AtomicPtr::default(),
            store: ptr::null_mut(),
            exit_frame: 0,
            exit_pc: 0,
            interrupted: AtomicU32::new(0),
            thread: AtomicU32::new(0),
            gc_heap_base: ptr::null_mut(),
            gc_heap_length: 0,
            settings: NonNull::from(&settings::DEFAULT),
        }
    }
}

impl VMStoreContext {
    /// Whether wasm of the store is active: it runs, or has called the host.
    #[inline]
    pub fn is_active(&self) -> bool {
        !self.activation.load(Ordering::Relaxed).is_null()
    }
}

/// First argument of a host function, in place of a VM context.
#[derive(Debug)]
#[repr(C)]
pub struct VMHostContext {
    /// The context of the store that the function belongs to.
    pub store_context: NonNull<VMStoreContext>,
    /// What the function is made of; its code knows the type.
    pub data: *const (),
}

const _: () = assert!(
    offset_of!(VMHostContext, store_context)
        == layout::VMContextHeader::HOST.store_context() as usize
);
