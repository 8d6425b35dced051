//! Files that the commands are given.

use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use wasmer::sys::ArtifactMetadata;

use crate::diagnose;
use crate::report::Advice;

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
pub(crate) struct Input<'a> {
    pub(crate) path: &'a Path,
    pub(crate) kind: Kind,
    /// All of the file; of an artifact in a file, only the beginning.
    pub(crate) bytes: Vec<u8>,
    /// Of a file, from before it was read.
    pub(crate) metadata: Option<Metadata>,
}

/// The four bytes at the start of every module and component.
const MAGIC: &[u8] = b"\0asm";
/// Enough bytes to tell what a file is.
const BEGINNING: u64 = 128;
/// No module has more bytes. Devices have any number.
const LARGEST: u64 = 1 << 30;

/// Whether `path` stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

impl<'a> Input<'a> {
    /// Reads `path`, or standard input for `-`, and finds out what it is. Of artifacts in files, which are mapped
    /// later, only the beginning is read.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or is of a kind that can't be used; says what to do about it. `commands` are those
    /// of the command line, of which one may be meant.
    pub(crate) fn read(path: &'a Path, commands: fn() -> Vec<String>) -> anyhow::Result<Self> {
        let mut input = Self { path, kind: Kind::Text, bytes: Vec::new(), metadata: None };
        let failure = |error| {
            let error = match diagnose::unreadable(path, &error, commands) {
                Some(help) => Advice::on(error.into(), help),
                None => error.into(),
            };
            error.context(format!("unable to read `{}`", name(path)))
        };
        let filled = match is_stdin(path) {
            true => input.fill(io::stdin().lock(), None),
            false => {
                let file = File::open(path).map_err(failure)?;
                input.metadata = file.metadata().ok().filter(Metadata::is_file);
                let length = input.metadata.as_ref().map(Metadata::len);
                input.fill(file, length)
            }
        };
        filled.map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => failure(error),
            Err(error) => error,
        })
    }

    /// Reads as much as there has to be, of `length` bytes if that is known.
    fn fill(mut self, mut reader: impl Read, length: Option<u64>) -> anyhow::Result<Self> {
        reader.by_ref().take(BEGINNING).read_to_end(&mut self.bytes)?;
        let name = self.name().into_owned();
        self.kind = kind(&name, &self.bytes)?;
        if self.kind == Kind::Artifact && !is_stdin(self.path) {
            return Ok(self);
        }
        // Room for one more tells the end without another allocation.
        let rest = length.unwrap_or(0).clamp(BEGINNING, LARGEST) - BEGINNING;
        self.bytes.reserve_exact(rest as usize + 1);
        reader.take(LARGEST).read_to_end(&mut self.bytes)?;
        if self.bytes.len() as u64 > LARGEST {
            let message =
                format!("`{name}` has more than {LARGEST} bytes, which no module may have");
            return Err(Advice::new(message, "look whether it is the file that you mean").into());
        }
        if self.kind == Kind::Text {
            if std::str::from_utf8(&self.bytes).is_err() {
                return Err(diagnose::unknown_content(&name, &self.bytes).into());
            }
            if let Some(advice) = diagnose::foreign_text(&name, &self.bytes) {
                return Err(advice.into());
            }
        }
        Ok(self)
    }

    /// How it is called in messages.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        name(self.path)
    }
}

/// How a file is called in messages.
pub(crate) fn name(path: &Path) -> Cow<'_, str> {
    match is_stdin(path) {
        true => "standard input".into(),
        false => path.to_string_lossy(),
    }
}

/// What a file is that begins with `bytes`.
fn kind(name: &str, bytes: &[u8]) -> anyhow::Result<Kind> {
    if bytes.is_empty() {
        let help =
            "expected a WebAssembly module; look whether what should have written it has failed";
        return Err(Advice::new(format!("`{name}` is empty"), help).into());
    }
    if bytes.starts_with(MAGIC) {
        return match diagnose::wrong_header(name, bytes) {
            Some(advice) => Err(advice.into()),
            None => Ok(Kind::Binary),
        };
    }
    if ArtifactMetadata::is_artifact(bytes) {
        return Ok(Kind::Artifact);
    }
    // A character may be cut in two.
    let is_text =
        std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    match is_text && !bytes.contains(&0) {
        true => Ok(Kind::Text),
        false => Err(diagnose::unknown_content(name, bytes).into()),
    }
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
        Input::read(&path, Vec::new).map(|input| {
            assert!(input.kind == Kind::Artifact || input.bytes == bytes);
            input.kind
        })
    }

    #[test]
    fn kinds() {
        assert_eq!(read(b"\0asm\x01\0\0\0").unwrap(), Kind::Binary);
        assert_eq!(read(b"(module)").unwrap(), Kind::Text);
        assert_eq!(read("(module)".repeat(100).as_bytes()).unwrap(), Kind::Text);
        // A character of two bytes lies across the end of what is read first.
        assert_eq!(read(format!("(;{}é;)", "x".repeat(125)).as_bytes()).unwrap(), Kind::Text);
        assert!(read(b"\0asm\x0d\0\x01\0").unwrap_err().to_string().contains("component"));
        assert!(read(b"\xff\xfe\x80").unwrap_err().to_string().contains("neither"));
        assert!(read(b"\x7fELF\xff\xff").unwrap_err().to_string().contains("native program"));
    }

    #[test]
    fn devices_without_end() {
        for device in ["/dev/zero", "/dev/urandom"] {
            assert!(Input::read(Path::new(device), Vec::new).is_err(), "{device}");
        }
    }
}
