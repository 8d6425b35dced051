//! Finds the imports of a script's modules, and compares link errors with the sentences of scripts.

use std::collections::HashMap;

use wasmer::{Exports, Imports, InstantiationError, LinkError, Module};
use wasmer_types::ImportError;

/// Why something that a directive refers to is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// It was left out on purpose, for this reason.
    LeftOut(String),
    /// The directive that should have made it failed, which is reported there.
    Failed,
}

/// What there is under a name, or why not.
pub(crate) type Slot<T> = Result<T, Absence>;

/// What modules can import.
pub(crate) struct Linker {
    host: Imports,
    registered: HashMap<String, Slot<Exports>>,
}

impl Linker {
    pub(crate) fn new(host: Imports) -> Self {
        Self { host, registered: HashMap::new() }
    }

    /// Makes `exports` available as the module `name`, in place of what had that name.
    pub(crate) fn register(&mut self, name: &str, exports: Slot<Exports>) {
        self.registered.insert(name.to_owned(), exports);
    }

    /// What `module` imports, as far as it is there. An import from a module that was left out, or that
    /// failed, is an absence of this one too.
    pub(crate) fn imports(&self, module: &Module) -> Slot<Imports> {
        let mut imports = Imports::new();
        for import in module.imports() {
            let (module, name) = (import.module(), import.name());
            let found = match self.registered.get(module) {
                Some(Err(absence)) => return Err(absence.clone()),
                Some(Ok(exports)) => exports.get_extern(name).cloned(),
                None => self.host.get_export(module, name),
            };
            if let Some(found) = found {
                imports.define(module, name, found);
            }
        }
        Ok(imports)
    }
}

/// Whether a script calls `error` by the sentence `expected`.
pub(crate) fn is_named(error: &InstantiationError, expected: &str) -> bool {
    let sentence = match error {
        InstantiationError::Link(LinkError::Import(_, _, ImportError::UnknownImport(_))) => {
            "unknown import"
        }
        InstantiationError::Link(LinkError::Import(_, _, _)) => "incompatible import type",
        _ => return false,
    };
    sentence.starts_with(expected)
}
