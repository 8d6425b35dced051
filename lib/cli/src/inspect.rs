//! Descriptions of modules, compiled or not.

use std::fmt::Display;
use std::io::Write;

use anyhow::Context;
use wasmer::sys::{ArtifactMetadata, EngineBuilder};
use wasmer::{ExternType, Module};

use crate::artifact::cpu_features;
use crate::input::{Input, is_stdin};
use crate::report::Output;

/// Prints what is in an artifact. Of one of another version, that is only what it says about itself.
pub(crate) fn artifact(input: &Input<'_>) -> anyhow::Result<()> {
    let bytes = match is_stdin(input.path) {
        true => input.bytes.clone(),
        false => std::fs::read(input.path)?,
    };
    let metadata = ArtifactMetadata::read(&bytes)?;
    let mut out = Output::new();
    writeln!(out, "Type: wasmu")?;
    writeln!(out, "Size: {}", human_size(metadata.size()))?;
    writeln!(out, "Version: {}", metadata.version())?;
    writeln!(out, "Target: {}", metadata.target().triple())?;
    writeln!(out, "CPU features: {}", cpu_features(&metadata))?;
    writeln!(out, "Compiler: {}", metadata.compiler())?;
    writeln!(out, "Sections:")?;
    for (name, size) in metadata.sections() {
        writeln!(out, "    {name}: {}", human_size(size))?;
    }
    // It is not going to run here.
    let engine = EngineBuilder::headless().set_target(Some(metadata.target().clone())).engine();
    // SAFETY: the code is not run, and the rest of an artifact is checked.
    let module = unsafe { Module::deserialize(&engine, bytes) };
    items(&mut out, &module.context("unable to read imports and exports")?)
}

/// Prints the imports and exports of a module.
pub(crate) fn items(out: &mut impl Write, module: &Module) -> anyhow::Result<()> {
    write_items(out, "Imports", imports(module))?;
    write_items(out, "Exports", exports(module))
}

/// Imports as they are printed: `"module"."name"` and the type.
fn imports(module: &Module) -> Vec<(String, ExternType)> {
    let imports = module.imports();
    imports.map(|i| (format!("\"{}\".\"{}\"", i.module(), i.name()), i.ty().clone())).collect()
}

/// Exports as they are printed: `"name"` and the type.
fn exports(module: &Module) -> Vec<(String, ExternType)> {
    module.exports().map(|e| (format!("\"{}\"", e.name()), e.ty().clone())).collect()
}

/// Prints the items by kind.
fn write_items(
    out: &mut impl Write,
    title: &str,
    items: Vec<(String, ExternType)>,
) -> anyhow::Result<()> {
    /// The text of a type, if it is of the kind wanted.
    type Pick = fn(&ExternType) -> Option<&dyn Display>;
    let kinds: [(&str, Pick); 5] = [
        ("Functions", |ty| ty.func().map(|ty| ty as _)),
        ("Memories", |ty| ty.memory().map(|ty| ty as _)),
        ("Tables", |ty| ty.table().map(|ty| ty as _)),
        ("Globals", |ty| ty.global().map(|ty| ty as _)),
        ("Tags", |ty| match ty {
            ExternType::Tag(ty) => Some(ty),
            _ => None,
        }),
    ];
    writeln!(out, "{title}:")?;
    for (kind, pick) in kinds {
        writeln!(out, "  {kind}:")?;
        for (name, ty) in &items {
            if let Some(ty) = pick(ty) {
                writeln!(out, "    {name}: {ty}")?;
            }
        }
    }
    Ok(())
}

/// A number of bytes for people: `532 B`, `1.5 KiB`, `12 MiB`.
pub(crate) fn human_size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KiB", "MiB", "GiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let digits = if unit > 0 && size < 10.0 { 1 } else { 0 };
    format!("{size:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(human_size(532), "532 B");
        assert_eq!(human_size(1536), "1.5 KiB");
        assert_eq!(human_size(12 << 20), "12 MiB");
    }
}
