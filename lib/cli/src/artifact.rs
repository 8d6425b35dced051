//! Compiled modules in files.

use std::path::Path;

use wasmer::sys::{ArtifactMetadata, CpuFeature, HOST, Target};
use wasmer::{DeserializeError, Engine, InstantiationError, Module};

use crate::input::{Input, is_stdin, set_default_name};
use crate::report::Advice;

/// Loads what `wasmer compile` has written, to run it.
pub(crate) fn load(engine: &Engine, input: &Input<'_>) -> anyhow::Result<Module> {
    let path = input.path;
    // SAFETY: who asks to run an artifact trusts it as a program of the system, and leaves the file alone
    // meanwhile. The help of `run` says so.
    let module = unsafe {
        match is_stdin(path) {
            true => Module::deserialize(engine, input.bytes.as_slice()),
            false => Module::deserialize_from_file(engine, path),
        }
    };
    let mut module = module.map_err(|error| {
        let help = why_unloadable(input);
        let error =
            anyhow::Error::from(error).context(format!("unable to load `{}`", input.name()));
        match help {
            Some(help) => Advice::on(error, help),
            None => error,
        }
    })?;
    set_default_name(&mut module, path);
    Ok(module)
}

/// What to do about an artifact that can't be loaded.
fn why_unloadable(input: &Input<'_>) -> Option<String> {
    const AGAIN: &str = "compile the module again with `wasmer compile`";
    let metadata = match is_stdin(input.path) {
        true => ArtifactMetadata::read(&input.bytes),
        false => ArtifactMetadata::from_file(input.path),
    };
    Some(match metadata {
        Err(DeserializeError::InvalidByteLength { .. }) => {
            "it is cut off: copy it again, or compile the module again".to_owned()
        }
        Err(DeserializeError::Incompatible(_)) => {
            format!(
                "another version of wasmer has compiled it, and this is {}: {AGAIN}",
                wasmer::VERSION
            )
        }
        Err(_) => format!("it is damaged: {AGAIN}"),
        Ok(metadata) if !metadata.is_compatible() => {
            format!(
                "wasmer {} has compiled it, and this is {}: {AGAIN}",
                metadata.version(),
                wasmer::VERSION
            )
        }
        Ok(metadata) if metadata.target().triple() != &HOST => {
            format!("it is for {}: {AGAIN} on this machine", describe_target(&metadata))
        }
        Ok(metadata) => {
            let missing = *metadata.target().cpu_features() - *Target::default().cpu_features();
            match missing.is_empty() {
                true => format!("it is damaged: {AGAIN}"),
                false => format!(
                    "it is for another processor: {AGAIN} on this machine, or with `--target` and only the \
                     `--cpu-features` that all of yours have"
                ),
            }
        }
    })
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
        Ok(metadata) => error.context(Advice::new(
            format!(
                "`{}` was compiled for {}, and this machine is {HOST}",
                path.display(),
                describe_target(&metadata)
            ),
            "run it on such a machine, or compile the module for this one with `wasmer compile`",
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
