//! Files that the commands are given.

use std::path::Path;

use anyhow::{Context, bail};
use wasmer::{Engine, Module};

/// What a file holds, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A module in the binary format.
    Binary,
    /// Text, presumably of a module.
    Text,
}

/// A file that was read.
pub(crate) struct Input {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: Kind,
}

/// The four bytes at the start of every module and component.
const MAGIC: &[u8] = b"\0asm";
/// The field behind the magic number that tells a component from a module.
const COMPONENT_LAYER: [u8; 2] = [1, 0];

impl Input {
    /// Reads `path` and finds out what it is.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or is of a kind that is known but can't be used.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes =
            std::fs::read(path).with_context(|| format!("unable to read `{}`", path.display()))?;
        let kind = match bytes.strip_prefix(MAGIC) {
            Some(rest) if rest.get(2..4) == Some(&COMPONENT_LAYER) => bail!(
                "`{}` is a component, and only core modules can be used; \
                 extract the core module first, for example with `wasm-tools component unbundle`",
                path.display()
            ),
            Some(_) => Kind::Binary,
            None => Kind::Text,
        };
        if kind == Kind::Text && std::str::from_utf8(&bytes).is_err() {
            bail!(
                "unable to determine how to execute `{}`: it is neither a WebAssembly module (which begins with \
                 `\\0asm`) nor text",
                path.display()
            );
        }
        Ok(Self { bytes, kind })
    }

    /// Compiles it.
    pub(crate) fn compile(&self, engine: &Engine, path: &Path) -> anyhow::Result<Module> {
        let mut module = Module::new(engine, &self.bytes)
            .with_context(|| format!("unable to compile `{}`", path.display()))?;
        if module.name().is_none()
            && let Some(name) = path.file_stem()
        {
            module.set_name(&name.to_string_lossy());
        }
        Ok(module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> anyhow::Result<Kind> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("input");
        std::fs::write(&path, bytes).unwrap();
        Input::read(&path).map(|input| input.kind)
    }

    #[test]
    fn kinds() {
        assert_eq!(read(b"\0asm\x01\0\0\0").unwrap(), Kind::Binary);
        assert_eq!(read(b"(module)").unwrap(), Kind::Text);
        assert!(read(b"\0asm\x0d\0\x01\0").unwrap_err().to_string().contains("component"));
        assert!(read(b"\xff\xfe\x80").unwrap_err().to_string().contains("neither"));
    }
}
