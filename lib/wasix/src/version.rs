//! Which version of WASI a module was made for.

use std::collections::BTreeSet;

use wasmer::Module;

/// A version of WASI, by the namespace that modules import it from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WasiVersion {
    /// `wasi_unstable`.
    Snapshot0,
    /// `wasi_snapshot_preview1`.
    Snapshot1,
    /// `wasix_32v1`, with 32-bit addresses.
    Wasix32v1,
    /// `wasix_64v1`, with 64-bit addresses.
    Wasix64v1,
    /// The newest version without extensions: `wasi_snapshot_preview1`.
    Latest,
}

impl WasiVersion {
    /// The versions that have a namespace of their own, oldest first.
    const NAMED: [WasiVersion; 4] = [
        WasiVersion::Snapshot0,
        WasiVersion::Snapshot1,
        WasiVersion::Wasix32v1,
        WasiVersion::Wasix64v1,
    ];

    /// The namespace.
    pub const fn get_namespace_str(&self) -> &'static str {
        match self {
            WasiVersion::Snapshot0 => "wasi_unstable",
            WasiVersion::Snapshot1 | WasiVersion::Latest => "wasi_snapshot_preview1",
            WasiVersion::Wasix32v1 => "wasix_32v1",
            WasiVersion::Wasix64v1 => "wasix_64v1",
        }
    }

    fn of_namespace(namespace: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|version| version.get_namespace_str() == namespace)
    }
}

/// Whether a module imports functions of WASI, of any version.
pub fn is_wasi_module(module: &Module) -> bool {
    get_wasi_version(module, false).is_some()
}

/// Whether a module imports functions of WASIX.
pub fn is_wasix_module(module: &Module) -> bool {
    get_wasi_versions(module, false).is_some_and(|versions| {
        versions.contains(&WasiVersion::Wasix32v1) || versions.contains(&WasiVersion::Wasix64v1)
    })
}

/// The version of WASI that a module imports functions of: the first one found.
///
/// If `strict`, all functions that the module imports must be of this version.
pub fn get_wasi_version(module: &Module, strict: bool) -> Option<WasiVersion> {
    let mut versions =
        module.imports().functions().map(|import| WasiVersion::of_namespace(import.module()));
    if strict {
        let first = versions.next()??;
        versions.all(|version| version == Some(first)).then_some(first)
    } else {
        versions.flatten().next()
    }
}

/// All versions of WASI that a module imports functions of; `None` if there are none.
///
/// If `strict`, also `None` if the module imports functions of something else.
pub fn get_wasi_versions(module: &Module, strict: bool) -> Option<BTreeSet<WasiVersion>> {
    let mut found = BTreeSet::new();
    for import in module.imports().functions() {
        match WasiVersion::of_namespace(import.module()) {
            Some(version) => {
                found.insert(version);
            }
            None if strict => return None,
            None => {}
        }
    }
    (!found.is_empty()).then_some(found)
}
