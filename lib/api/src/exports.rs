//! What an instance exports.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use smallvec::SmallVec;
use thiserror::Error;
use wasmer_types::ExportIndex;

use crate::externs::Extern;
use crate::function::{Function, TypedFunction};
use crate::global::Global;
use crate::memory::Memory;
use crate::module::Module;
use crate::native::WasmTypeList;
use crate::store::AsStoreRef;
use crate::table::Table;
use crate::tag::Tag;

/// An export is not there, or something else than expected.
#[derive(Clone, Debug, Error)]
pub enum ExportError {
    /// It has another kind or another type.
    #[error("Incompatible Export Type")]
    IncompatibleType,
    /// There is none of this name.
    #[error("Missing export {0}")]
    Missing(String),
}

/// What an instance exports, by name, in the order in which its module declares it. Also a namespace that
/// the host puts together for [`Imports`](crate::Imports).
///
/// # Example
///
/// ```
/// # use wasmer::{ExportError, Instance, Module, Store, TypedFunction, imports};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut store = Store::default();
/// # let wat = "(module (func (export \"double\") (param i64) (result i64)
/// #     local.get 0 local.get 0 i64.add))";
/// # let module = Module::new(&store, wat)?;
/// # let instance = Instance::new(&mut store, &module, &imports! {})?;
/// let double: TypedFunction<i64, i64> = instance.exports.get_typed_function(&store, "double")?;
/// assert_eq!(double.call(&mut store, 21)?, 42);
/// assert!(matches!(instance.exports.get_memory("double"), Err(ExportError::IncompatibleType)));
/// assert!(matches!(instance.exports.get_memory("memory"), Err(ExportError::Missing(_))));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Exports(Repr);

#[derive(Clone)]
enum Repr {
    /// The exports of an instance.
    Instance(Arc<InstanceExports>),
    /// Anything else.
    Map(IndexMap<String, Extern>),
}

/// What an instance exports. It is shared by all that refer to it, and counts as one user of the module, of
/// which the count is contended when several threads make instances.
pub(crate) struct InstanceExports {
    /// The names are its own.
    pub(crate) module: Module,
    /// An item for each export of the module, in order.
    pub(crate) externs: SmallVec<[Extern; 4]>,
}

impl InstanceExports {
    fn names(&self) -> &IndexMap<String, ExportIndex> {
        &self.module.info().exports
    }
}

impl Exports {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing, with room for `n` items.
    pub fn with_capacity(n: usize) -> Self {
        Self(Repr::Map(IndexMap::with_capacity(n)))
    }

    pub(crate) fn of_instance(exports: Arc<InstanceExports>) -> Self {
        debug_assert_eq!(exports.names().len(), exports.externs.len());
        Self(Repr::Instance(exports))
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Instance(exports) => exports.externs.len(),
            Repr::Map(map) => map.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an item, or replaces the one of this name.
    pub fn insert<S, E>(&mut self, name: S, value: E)
    where
        S: Into<String>,
        E: Into<Extern>,
    {
        if let Repr::Instance(_) = self.0 {
            self.0 =
                Repr::Map(self.iter().map(|(name, item)| (name.clone(), item.clone())).collect());
        }
        if let Repr::Map(map) = &mut self.0 {
            map.insert(name.into(), value.into());
        }
    }

    /// The item `name`, which must be a `T`.
    ///
    /// # Errors
    ///
    /// When there is none, or it is something else. So for the following methods.
    pub fn get<'a, T: Exportable<'a>>(&'a self, name: &str) -> Result<&'a T, ExportError> {
        match self.get_extern(name) {
            Some(item) => T::get_self_from_extern(item),
            None => Err(ExportError::Missing(name.to_owned())),
        }
    }

    /// The global `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_global(&self, name: &str) -> Result<&Global, ExportError> {
        self.get(name)
    }

    /// The memory `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_memory(&self, name: &str) -> Result<&Memory, ExportError> {
        self.get(name)
    }

    /// The table `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_table(&self, name: &str) -> Result<&Table, ExportError> {
        self.get(name)
    }

    /// The tag `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_tag(&self, name: &str) -> Result<&Tag, ExportError> {
        self.get(name)
    }

    /// The function `name`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_function(&self, name: &str) -> Result<&Function, ExportError> {
        self.get(name)
    }

    /// The function `name`, to call with Rust values.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`], and [`ExportError::IncompatibleType`] when the function has another type.
    pub fn get_typed_function<Args, Rets>(
        &self,
        store: &impl AsStoreRef,
        name: &str,
    ) -> Result<TypedFunction<Args, Rets>, ExportError>
    where
        Args: WasmTypeList,
        Rets: WasmTypeList,
    {
        self.get_function(name)?.typed(store).map_err(|_| ExportError::IncompatibleType)
    }

    /// The item `name` as a `T`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub fn get_with_generics<'a, T, Args, Rets>(&'a self, name: &str) -> Result<T, ExportError>
    where
        Args: WasmTypeList,
        Rets: WasmTypeList,
        T: ExportableWithGenerics<'a, Args, Rets>,
    {
        match self.get_extern(name) {
            Some(item) => T::get_self_from_extern_with_generics(item),
            None => Err(ExportError::Missing(name.to_owned())),
        }
    }

    /// The item `name`, whatever it is.
    pub fn get_extern(&self, name: &str) -> Option<&Extern> {
        match &self.0 {
            Repr::Instance(exports) => Some(&exports.externs[exports.names().get_index_of(name)?]),
            Repr::Map(map) => map.get(name),
        }
    }

    /// Whether there is an item `name`.
    pub fn contains<S>(&self, name: S) -> bool
    where
        S: Into<String>,
    {
        self.get_extern(&name.into()).is_some()
    }

    /// Names and items, in order.
    pub fn iter(&self) -> ExportsIterator<'_, ExportsIter<'_>> {
        ExportsIterator::new(ExportsIter { exports: self, next: 0 })
    }

    fn at(&self, index: usize) -> Option<(&String, &Extern)> {
        match &self.0 {
            Repr::Instance(exports) => {
                Some((exports.names().get_index(index)?.0, &exports.externs[index]))
            }
            Repr::Map(map) => map.get_index(index),
        }
    }
}

impl Default for Exports {
    fn default() -> Self {
        Self(Repr::Map(IndexMap::new()))
    }
}

impl PartialEq for Exports {
    /// Whether both have equal items under equal names, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(name, item)| other.get_extern(name) == Some(item))
    }
}

impl Eq for Exports {}

impl fmt::Debug for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<(String, Extern)> for Exports {
    fn from_iter<I: IntoIterator<Item = (String, Extern)>>(iter: I) -> Self {
        Self(Repr::Map(iter.into_iter().collect()))
    }
}

impl IntoIterator for Exports {
    type IntoIter = indexmap::map::IntoIter<String, Extern>;
    type Item = (String, Extern);

    fn into_iter(self) -> Self::IntoIter {
        let map = match self.0 {
            Repr::Instance(exports) => {
                exports.names().keys().cloned().zip(exports.externs.iter().cloned()).collect()
            }
            Repr::Map(map) => map,
        };
        map.into_iter()
    }
}

impl<'a> IntoIterator for &'a Exports {
    type IntoIter = ExportsIter<'a>;
    type Item = (&'a String, &'a Extern);

    fn into_iter(self) -> ExportsIter<'a> {
        ExportsIter { exports: self, next: 0 }
    }
}

/// Names and items of [`Exports`], in order.
#[derive(Clone, Debug)]
pub struct ExportsIter<'a> {
    exports: &'a Exports,
    next: usize,
}

impl<'a> Iterator for ExportsIter<'a> {
    type Item = (&'a String, &'a Extern);

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.exports.at(self.next)?;
        self.next += 1;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.exports.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for ExportsIter<'_> {}

/// Names and items of [`Exports`], in order, or those of one kind.
#[derive(Clone, Debug)]
pub struct ExportsIterator<'a, I>
where
    I: Iterator<Item = (&'a String, &'a Extern)>,
{
    iter: I,
}

macro_rules! only {
    ($($method:ident $kind:ident)*) => {$(
        #[doc = concat!("Only the ", stringify!($method), ".")]
        pub fn $method(self) -> impl Iterator<Item = (&'a String, &'a $kind)> {
            self.iter.filter_map(|(name, item)| match item {
                Extern::$kind(item) => Some((name, item)),
                _ => None,
            })
        }
    )*};
}

impl<'a, I> ExportsIterator<'a, I>
where
    I: Iterator<Item = (&'a String, &'a Extern)>,
{
    fn new(iter: I) -> Self {
        Self { iter }
    }

    only! {
        functions Function
        memories Memory
        globals Global
        tables Table
        tags Tag
    }
}

impl<'a, I> Iterator for ExportsIterator<'a, I>
where
    I: Iterator<Item = (&'a String, &'a Extern)>,
{
    type Item = (&'a String, &'a Extern);

    fn next(&mut self) -> Option<Self::Item> {
        self.iter.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.size_hint()
    }
}

impl<'a, I> ExactSizeIterator for ExportsIterator<'a, I> where
    I: ExactSizeIterator<Item = (&'a String, &'a Extern)>
{
}

/// What [`Exports::get`] finds.
pub trait Exportable<'a>: Sized {
    /// The item, when it is of this kind.
    ///
    /// # Errors
    ///
    /// [`ExportError::IncompatibleType`] when it is not.
    fn get_self_from_extern(item: &'a Extern) -> Result<&'a Self, ExportError>;
}

/// What [`Exports::get_with_generics`] finds.
pub trait ExportableWithGenerics<'a, Args: WasmTypeList, Rets: WasmTypeList>: Sized {
    /// The item, when it is of this kind.
    ///
    /// # Errors
    ///
    /// [`ExportError::IncompatibleType`] when it is not.
    fn get_self_from_extern_with_generics(item: &'a Extern) -> Result<Self, ExportError>;
}

impl<'a, T: Exportable<'a> + Clone + 'a> ExportableWithGenerics<'a, (), ()> for T {
    fn get_self_from_extern_with_generics(item: &'a Extern) -> Result<Self, ExportError> {
        T::get_self_from_extern(item).cloned()
    }
}
