//! What the host offers to modules.

use std::fmt;

use indexmap::IndexMap;
use wasmer_types::ImportError;

use crate::error::LinkError;
use crate::exports::Exports;
use crate::externs::Extern;
use crate::module::Module;

/// What modules can import: items by two names, that of a namespace (the *module* of the specification) and
/// that of the item. Usually made by [`imports!`](crate::imports).
///
/// # Example
///
/// ```
/// use wasmer::{Function, Imports, Module, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut store = Store::default();
/// let mut imports = Imports::new();
/// let answer = Function::new_typed(&mut store, || 42);
/// imports.define("env", "answer", answer.clone());
/// assert!(imports.exists("env", "answer"));
/// assert_eq!(imports.get_export("env", "answer"), Some(answer.clone().into()));
///
/// // The same under another name.
/// let env = imports.get_namespace_exports("env").expect("it was just defined");
/// imports.register_namespace("legacy", env);
/// assert!(imports.contains_namespace("legacy"));
/// let mut names: Vec<_> = imports.iter().map(|(module, name, _)| format!("{module}.{name}")).collect();
/// names.sort();
/// assert_eq!(names, ["env.answer", "legacy.answer"]);
///
/// let module = Module::new(&store, r#"(module (import "legacy" "answer" (func (result i32))))"#)?;
/// assert_eq!(imports.imports_for_module(&module)?, [answer.into()]);
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Imports {
    namespaces: IndexMap<String, IndexMap<String, Extern>>,
}

impl Imports {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The item `module`.`name`.
    pub fn get_export(&self, module: &str, name: &str) -> Option<Extern> {
        self.get(module, name).cloned()
    }

    fn get(&self, module: &str, name: &str) -> Option<&Extern> {
        self.namespaces.get(module)?.get(name)
    }

    /// Whether there is an item `module`.`name`.
    pub fn exists(&self, module: &str, name: &str) -> bool {
        self.get(module, name).is_some()
    }

    /// Whether there are items in the namespace `name`.
    pub fn contains_namespace(&self, name: &str) -> bool {
        self.namespaces.contains_key(name)
    }

    /// Adds items to a namespace. Items that were there under the same names are replaced.
    pub fn register_namespace(
        &mut self,
        ns: &str,
        contents: impl IntoIterator<Item = (String, Extern)>,
    ) {
        for (name, item) in contents {
            self.namespace(ns).insert(name, item);
        }
    }

    /// Adds the item `ns`.`name`, or replaces it.
    pub fn define(&mut self, ns: &str, name: &str, val: impl Into<Extern>) {
        self.namespace(ns).insert(name.to_owned(), val.into());
    }

    fn namespace(&mut self, name: &str) -> &mut IndexMap<String, Extern> {
        // Not `entry`, which would need a `String` each time.
        if !self.namespaces.contains_key(name) {
            self.namespaces.insert(name.to_owned(), IndexMap::new());
        }
        &mut self.namespaces[name]
    }

    /// All items of a namespace, or `None` when there are none.
    pub fn get_namespace_exports(&self, name: &str) -> Option<Exports> {
        let items = self.namespaces.get(name)?;
        Some(items.iter().map(|(name, item)| (name.clone(), item.clone())).collect())
    }

    /// What `module` imports, in order, by name alone: types are checked when it is instantiated.
    ///
    /// # Errors
    ///
    /// [`LinkError::Import`] with [`ImportError::UnknownImport`] for the first import that is not here.
    pub fn imports_for_module(&self, module: &Module) -> Result<Vec<Extern>, LinkError> {
        let info = module.info();
        let mut items = Vec::with_capacity(info.imports.len());
        for (key, &index) in &info.imports {
            let item = self.get(&key.module, &key.field).cloned().ok_or_else(|| {
                let error = ImportError::UnknownImport(info.import_type(index));
                LinkError::Import(key.module.clone(), key.field.clone(), error)
            })?;
            items.push(item);
        }
        Ok(items)
    }

    /// Names and items.
    pub fn iter(&self) -> ImportsIterator<'_> {
        ImportsIterator { namespaces: self.namespaces.iter(), items: None }
    }
}

/// Names and items of [`Imports`].
#[derive(Debug)]
pub struct ImportsIterator<'a> {
    namespaces: indexmap::map::Iter<'a, String, IndexMap<String, Extern>>,
    items: Option<(&'a str, indexmap::map::Iter<'a, String, Extern>)>,
}

impl<'a> Iterator for ImportsIterator<'a> {
    type Item = (&'a str, &'a str, &'a Extern);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((namespace, items)) = &mut self.items
                && let Some((name, item)) = items.next()
            {
                return Some((namespace, name, item));
            }
            let (namespace, items) = self.namespaces.next()?;
            self.items = Some((namespace, items.iter()));
        }
    }
}

impl IntoIterator for &Imports {
    type IntoIter = std::vec::IntoIter<((String, String), Extern)>;
    type Item = ((String, String), Extern);

    fn into_iter(self) -> Self::IntoIter {
        let owned = |(namespace, name, item): (&str, &str, &Extern)| {
            ((namespace.to_owned(), name.to_owned()), item.clone())
        };
        self.iter().map(owned).collect::<Vec<_>>().into_iter()
    }
}

impl Extend<((String, String), Extern)> for Imports {
    fn extend<I: IntoIterator<Item = ((String, String), Extern)>>(&mut self, iter: I) {
        for ((namespace, name), item) in iter {
            self.namespace(&namespace).insert(name, item);
        }
    }
}

impl fmt::Debug for Imports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.iter().count() {
            0 => f.write_str("Imports { map: (empty) }"),
            count => write!(f, "Imports {{ map: (... {count} item(s) ...) }}"),
        }
    }
}

/// Makes [`Imports`] from names of namespaces and, for each, names and items in braces, or an
/// [`Exports`](crate::Exports).
///
/// ```
/// use wasmer::{Exports, Function, Store, imports};
///
/// let mut store = Store::default();
/// let abort = Function::new_typed(&mut store, |code: i32| -> () { println!("abort: {code}") });
/// let mut wasi = Exports::new();
/// wasi.insert("sched_yield", Function::new_typed(&mut store, || 0));
///
/// let imports = imports! {
///     "env" => {
///         "abort" => abort,
///         "now" => Function::new_typed(&mut store, || 0u64),
///     },
///     "wasi" => wasi,
/// };
/// assert_eq!(imports.iter().count(), 3);
/// ```
#[macro_export]
macro_rules! imports {
    () => { $crate::Imports::new() };
    ($($namespace:expr => $items:tt),+ $(,)?) => {{
        let mut imports = $crate::Imports::new();
        $(imports.register_namespace($namespace, $crate::import_namespace!($items));)+
        imports
    }};
}

/// Makes [`Exports`](crate::Exports) from names and items.
#[doc(hidden)]
#[macro_export]
macro_rules! namespace {
    ($($name:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "an empty list inserts nothing")]
        let mut exports = $crate::Exports::new();
        $(exports.insert($name, $value);)*
        exports
    }};
}

/// The right side of an arrow of [`imports!`](crate::imports).
#[doc(hidden)]
#[macro_export]
macro_rules! import_namespace {
    ({ $($items:tt)* }) => { $crate::namespace! { $($items)* } };
    ($namespace:ident) => { $namespace };
}
