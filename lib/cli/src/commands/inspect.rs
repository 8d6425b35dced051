//! `wasmer inspect`

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use wasmer::{ExternType, Module};

use crate::compiler::CompilerOptions;
use crate::input::{Input, Kind};

/// List what a module imports and exports
#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// The module, binary or text
    file: PathBuf,

    #[command(flatten)]
    compiler: CompilerOptions,
}

impl Inspect {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = self.file.display();
        self.inspect().with_context(|| format!("failed to inspect `{file}`"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn inspect(&self) -> anyhow::Result<()> {
        let engine = self.compiler.engine()?;
        let input = Input::read(&self.file)?;
        let module = input.compile(&engine, &self.file)?;
        let kind = match input.kind {
            Kind::Binary => "wasm",
            Kind::Text => "wat",
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "Type: {kind}")?;
        writeln!(out, "Size: {}", human_size(input.bytes.len()))?;
        write_items(&mut out, "Imports", imports(&module))?;
        write_items(&mut out, "Exports", exports(&module))?;
        Ok(())
    }
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
fn human_size(bytes: usize) -> String {
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
