//! Tags.

use wasmer_types::{FunctionType, TagKind, TagType, Type};
use wasmer_vm::{StoreHandle, VMTag};

use crate::store::{AsStoreMut, AsStoreRef};

/// A handle to a tag in a store: what tells exceptions of one kind from others, and says which values they carry.
///
/// # Example
///
/// ```
/// use wasmer::{Exception, Extern, Imports, Store, Tag, TagKind, Type, Value};
///
/// let mut store = Store::default();
/// let tag = Tag::new(&mut store, [Type::I32, Type::F64]);
/// assert_eq!(tag.ty(&store).kind, TagKind::Exception);
/// assert_eq!(tag.ty(&store).params(), [Type::I32, Type::F64]);
///
/// // Another tag of the same type is another kind of exceptions.
/// let other = Tag::new(&mut store, [Type::I32, Type::F64]);
/// assert_ne!(tag, other);
///
/// let mut imports = Imports::new();
/// imports.define("env", "failure", tag.clone());
/// assert_eq!(imports.get_export("env", "failure"), Some(Extern::Tag(tag)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    handle: StoreHandle<VMTag>,
}

impl Tag {
    /// A tag, different from all others, for exceptions that carry values of types `params`.
    pub fn new<P: Into<Box<[Type]>>>(store: &mut impl AsStoreMut, params: P) -> Self {
        let mut store = store.as_store_mut();
        let tag = VMTag::new(TagKind::Exception, &FunctionType::new(params, []));
        Self { handle: StoreHandle::new(store.vm_objects_mut(), tag) }
    }

    /// Its type.
    ///
    /// # Panics
    ///
    /// When it belongs to another store.
    pub fn ty(&self, store: &impl AsStoreRef) -> TagType {
        self.handle.get(store.as_store_ref().objects()).ty()
    }

    /// Whether it belongs to `store`.
    pub fn is_from_store(&self, store: &impl AsStoreRef) -> bool {
        self.handle.store_id() == store.as_store_ref().id()
    }

    pub(crate) fn from_vm(handle: StoreHandle<VMTag>) -> Self {
        Self { handle }
    }

    pub(crate) fn handle(&self) -> &StoreHandle<VMTag> {
        &self.handle
    }
}
