//! Files that the commands are given.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use wasmer::sys::ArtifactMetadata;

/// What a file holds, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A compiled module.
    Artifact,
    /// A module in the binary format.
    Binary,
    /// Text, presumably of a module.
    Text,
}

/// A file that was read.
#[cfg_attr(not(feature = "compiler"), expect(dead_code, reason = "only compilers look inside"))]
pub(crate) struct Input<'a> {
    pub(crate) path: &'a Path,
    pub(crate) kind: Kind,
    /// All of the file; of an artifact, only the beginning.
    pub(crate) bytes: Vec<u8>,
}

/// The four bytes at the start of every module and component.
const MAGIC: &[u8] = b"\0asm";
/// The field behind the magic number that tells a component from a module.
const COMPONENT_LAYER: [u8; 2] = [1, 0];
/// Enough bytes to tell an artifact.
const BEGINNING: u64 = 128;

impl<'a> Input<'a> {
    /// Reads `path` and finds out what it is. Of artifacts, which are mapped later, only the beginning is read.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or is of a kind that is known but can't be used.
    pub(crate) fn read(path: &'a Path) -> anyhow::Result<Self> {
        let (bytes, is_artifact) =
            read(path).with_context(|| format!("unable to read `{}`", path.display()))?;
        let kind = match bytes.strip_prefix(MAGIC) {
            Some(rest) if rest.get(2..4) == Some(&COMPONENT_LAYER) => bail!(
                "`{}` is a component, and only core modules can be used; \
                 extract the core module first, for example with `wasm-tools component unbundle`",
                path.display()
            ),
            Some(_) => Kind::Binary,
            None if is_artifact => Kind::Artifact,
            None => Kind::Text,
        };
        if kind == Kind::Text && std::str::from_utf8(&bytes).is_err() {
            bail!(
                "unable to determine how to execute `{}`: it is neither a WebAssembly module (which begins with \
                 `\\0asm`) nor text nor what `wasmer compile` writes",
                path.display()
            );
        }
        Ok(Self { path, kind, bytes })
    }
}

/// The bytes of a file, and whether it is an artifact, of which only the beginning is read.
fn read(path: &Path) -> std::io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
    let is_artifact = ArtifactMetadata::is_artifact(&bytes);
    if !is_artifact {
        file.read_to_end(&mut bytes)?;
    }
    Ok((bytes, is_artifact))
}

/// Names a module after its file if it has no name.
pub(crate) fn set_default_name(module: &mut wasmer::Module, path: &Path) {
    if module.name().is_none()
        && let Some(name) = path.file_stem()
    {
        module.set_name(&name.to_string_lossy());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> anyhow::Result<Kind> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("input");
        std::fs::write(&path, bytes).unwrap();
        Input::read(&path).map(|input| {
            assert!(input.kind == Kind::Artifact || input.bytes == bytes);
            input.kind
        })
    }

    #[test]
    fn kinds() {
        assert_eq!(read(b"\0asm\x01\0\0\0").unwrap(), Kind::Binary);
        assert_eq!(read(b"(module)").unwrap(), Kind::Text);
        assert_eq!(read("(module)".repeat(100).as_bytes()).unwrap(), Kind::Text);
        assert!(read(b"\0asm\x0d\0\x01\0").unwrap_err().to_string().contains("component"));
        assert!(read(b"\xff\xfe\x80").unwrap_err().to_string().contains("neither"));
        assert!(read(b"\x7fELF\xff\xff").unwrap_err().to_string().contains("neither"));
    }
}
