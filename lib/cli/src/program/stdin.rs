//! What a program reads from its standard input.

use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context;
use wasmer_wasix::WasiEnvBuilder;
use wasmer_wasix::fs::{HostFile, Null};

/// Where standard input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stdin {
    /// From where that of wasmer comes.
    Inherit,
    /// It is at its end.
    Null,
    /// From a file.
    File(PathBuf),
}

impl FromStr for Stdin {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "-" | "inherit" => Self::Inherit,
            "null" => Self::Null,
            path => Self::File(path.into()),
        })
    }
}

impl Stdin {
    /// Sets the standard input of the guest.
    pub(crate) fn add_to(&self, builder: &mut WasiEnvBuilder) -> anyhow::Result<()> {
        match self {
            Self::Inherit => {}
            Self::Null => builder.set_stdin(Box::new(Null)),
            Self::File(path) => {
                let file = File::open(path).and_then(HostFile::new).with_context(|| {
                    format!("unable to open `{}` for the guest's standard input", path.display())
                })?;
                builder.set_stdin(Box::new(file));
            }
        }
        Ok(())
    }
}
