//! Exception tags (WebAssembly 3.0, §4.2.11).

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;

use wasmer_types::{FunctionType, TagKind, TagType};

use crate::definition::Definition;
use crate::type_registry::{RegisteredType, register};
use crate::vmcontext::VMTagDefinition;

/// A tag of a store.
///
/// # Example
///
/// ```
/// use wasmer_types::{FunctionType, TagKind, Type};
/// use wasmer_vm::VMTag;
///
/// let tag = VMTag::new(TagKind::Exception, &FunctionType::new([Type::I32], []));
/// assert_eq!(tag.ty().params(), [Type::I32]);
/// ```
#[derive(Debug)]
pub struct VMTag {
    /// Keeps the number in the definition.
    ty: Arc<RegisteredType>,
    definition: Definition<VMTagDefinition>,
    /// 1 + its place in the list of its store; 0 before it has one.
    pub(crate) number: Cell<u32>,
}

impl VMTag {
    /// A new tag, different from all others, for exceptions that carry the parameters of `ty`.
    pub fn new(_kind: TagKind, ty: &FunctionType) -> Self {
        let ty = register(ty);
        let definition = VMTagDefinition { type_id: ty.id(), reserved: 0 };
        Self { ty, definition: Definition::owned(definition), number: Cell::new(0) }
    }

    /// The tag of an instance, with its definition in the VM context.
    ///
    /// # Safety
    ///
    /// The definition is that of a tag of type `ty`, and stays valid for as long as the tag is used.
    pub(crate) unsafe fn new_instance(
        ty: Arc<RegisteredType>,
        definition: NonNull<VMTagDefinition>,
    ) -> Self {
        // SAFETY: as for the caller.
        let definition = unsafe { Definition::existing(definition) };
        Self { ty, definition, number: Cell::new(0) }
    }

    /// Its type.
    pub fn ty(&self) -> TagType {
        TagType::new(TagKind::Exception, self.ty.ty().params())
    }

    /// The function type of which the parameters are what exceptions carry.
    pub fn function_type(&self) -> &Arc<RegisteredType> {
        &self.ty
    }

    /// Its definition, of which the address is its identity.
    #[inline]
    pub fn vmtag(&self) -> NonNull<VMTagDefinition> {
        self.definition.as_ptr()
    }
}
