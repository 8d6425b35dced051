//! Descriptions of modules, compiled or not.

#[cfg(feature = "compiler")]
pub(crate) mod binary;

use std::io::Write;

use anyhow::Context;
use wasmer::sys::{ArtifactMetadata, EngineBuilder};
use wasmer::{ExternType, Module};

use crate::artifact::cpu_features;
use crate::input::{Input, is_stdin};
use crate::report::Output;

/// What an artifact says about itself, and its imports and exports.
pub(crate) struct Artifact {
    #[cfg(feature = "compiler")]
    metadata: ArtifactMetadata,
    module: Module,
}

impl Artifact {
    /// Reads the artifact `input`. Of one of another version, only `show` what it says about itself.
    fn read(
        input: &Input<'_>,
        show: impl FnOnce(&ArtifactMetadata) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let bytes = match is_stdin(input.path) {
            true => input.bytes.clone(),
            false => std::fs::read(input.path)?,
        };
        let metadata = ArtifactMetadata::read(&bytes)?;
        show(&metadata)?;
        // It is not going to run here.
        let engine = EngineBuilder::headless().set_target(Some(metadata.target().clone())).engine();
        // SAFETY: the code is not run, and the rest of an artifact is checked.
        let module = unsafe { Module::deserialize(&engine, bytes) };
        Ok(Self {
            #[cfg(feature = "compiler")]
            metadata,
            module: module.context("unable to read imports and exports")?,
        })
    }
}

/// Prints what is in an artifact. Of one of another version, that is only what it says about itself.
pub(crate) fn artifact(input: &Input<'_>) -> anyhow::Result<()> {
    let mut out = Output::new();
    let artifact = Artifact::read(input, |metadata| {
        writeln!(out, "Type: wasmu")?;
        writeln!(out, "Size: {}", human_size(metadata.size()))?;
        writeln!(out, "Version: {}", metadata.version())?;
        writeln!(out, "Target: {}", metadata.target().triple())?;
        writeln!(out, "CPU features: {}", cpu_features(metadata))?;
        writeln!(out, "Compiler: {}", metadata.compiler())?;
        writeln!(out, "Sections:")?;
        for (name, size) in metadata.sections() {
            writeln!(out, "    {name}: {}", human_size(size))?;
        }
        Ok(())
    })?;
    let (imports, exports) = items_of(&artifact.module);
    write_items(&mut out, &imports, &exports)
}

/// The same as [`artifact`] for tools.
#[cfg(feature = "compiler")]
pub(crate) fn artifact_json(input: &Input<'_>) -> anyhow::Result<serde_json::Value> {
    use serde_json::json;
    let Artifact { metadata, module } = Artifact::read(input, |_| Ok(()))?;
    let (imports, exports) = items_of(&module);
    let sections: Vec<_> =
        metadata.sections().map(|(name, size)| json!({ "name": name, "size": size })).collect();
    Ok(json!({
        "type": "wasmu",
        "size": metadata.size(),
        "version": metadata.version(),
        "target": metadata.target().triple().to_string(),
        "cpu_features": metadata.target().cpu_features().iter().map(|it| it.to_string()).collect::<Vec<_>>(),
        "compiler": metadata.compiler(),
        "sections": sections,
        "imports": items_json(&imports),
        "exports": items_json(&exports),
    }))
}

/// The kinds of items: as a title, and for tools.
const KINDS: [(&str, &str); 5] = [
    ("Functions", "function"),
    ("Memories", "memory"),
    ("Tables", "table"),
    ("Globals", "global"),
    ("Tags", "tag"),
];

/// An import or export.
pub(crate) struct Item {
    /// The module that it is imported from.
    module: Option<String>,
    name: String,
    /// Number in [`KINDS`].
    kind: usize,
    /// Its type in words.
    ty: String,
}

impl Item {
    fn new(module: Option<&str>, name: &str, ty: &ExternType) -> Self {
        let (kind, ty) = match ty {
            ExternType::Function(ty) => (0, ty.to_string()),
            ExternType::Memory(ty) => (1, ty.to_string()),
            ExternType::Table(ty) => (2, ty.to_string()),
            ExternType::Global(ty) => (3, ty.to_string()),
            ExternType::Tag(ty) => (4, ty.to_string()),
        };
        Self { module: module.map(str::to_owned), name: name.to_owned(), kind, ty }
    }
}

/// Imports and exports of a module.
fn items_of(module: &Module) -> (Vec<Item>, Vec<Item>) {
    let imports = module.imports();
    let imports = imports.map(|it| Item::new(Some(it.module()), it.name(), it.ty())).collect();
    let exports = module.exports();
    (imports, exports.map(|it| Item::new(None, it.name(), it.ty())).collect())
}

/// Prints imports and exports by kind.
pub(crate) fn write_items(
    out: &mut impl Write,
    imports: &[Item],
    exports: &[Item],
) -> anyhow::Result<()> {
    for (title, items) in [("Imports", imports), ("Exports", exports)] {
        writeln!(out, "{title}:")?;
        for (number, (kind, _)) in KINDS.iter().enumerate() {
            writeln!(out, "  {kind}:")?;
            for Item { module, name, ty, .. } in items.iter().filter(|item| item.kind == number) {
                match module {
                    Some(module) => writeln!(out, "    \"{module}\".\"{name}\": {ty}")?,
                    None => writeln!(out, "    \"{name}\": {ty}")?,
                }
            }
        }
    }
    Ok(())
}

/// Items for tools.
#[cfg(feature = "compiler")]
pub(crate) fn items_json(items: &[Item]) -> Vec<serde_json::Value> {
    let json = |item: &Item| {
        let mut json =
            serde_json::json!({ "name": item.name, "kind": KINDS[item.kind].1, "type": item.ty });
        if let Some(module) = &item.module {
            json["module"] = module.as_str().into();
        }
        json
    };
    items.iter().map(json).collect()
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
