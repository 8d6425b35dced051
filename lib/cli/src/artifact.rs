//! Compiled modules in files.

use std::path::Path;

use anyhow::Context;
use wasmer::sys::{ArtifactMetadata, CpuFeature, HOST};
use wasmer::{Engine, InstantiationError, Module};

use crate::input::set_default_name;

/// Loads what `wasmer compile` has written, to run it.
pub(crate) fn load(engine: &Engine, path: &Path) -> anyhow::Result<Module> {
    // SAFETY: who asks to run an artifact trusts it as a program of the system, and leaves the file alone
    // meanwhile. The help of `run` says so.
    let module = unsafe { Module::deserialize_from_file(engine, path) };
    let mut module = module.with_context(|| format!("unable to load `{}`", path.display()))?;
    set_default_name(&mut module, path);
    Ok(module)
}

/// If `error` says that this machine can't run the code in `path`, puts the reason before it.
pub(crate) fn explain(error: anyhow::Error, path: &Path) -> anyhow::Error {
    use InstantiationError as E;
    let is_foreign = error
        .chain()
        .any(|cause| matches!(cause.downcast_ref(), Some(E::DifferentArchOS | E::CpuFeature(_))));
    if !is_foreign {
        return error;
    }
    match ArtifactMetadata::from_file(path) {
        Err(_) => error,
        Ok(metadata) => error.context(format!(
            "`{}` was compiled for {}, and this machine is {HOST}",
            path.display(),
            describe_target(&metadata)
        )),
    }
}

/// Triple and CPU features.
fn describe_target(metadata: &ArtifactMetadata) -> String {
    let triple = metadata.target().triple();
    match cpu_features(metadata) {
        none if none.is_empty() => triple.to_string(),
        features => format!("{triple} with {features}"),
    }
}

/// The names of the CPU features that the code needs.
pub(crate) fn cpu_features(metadata: &ArtifactMetadata) -> String {
    CpuFeature::names(*metadata.target().cpu_features())
}
