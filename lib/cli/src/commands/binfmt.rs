//! `wasmer binfmt`: has Linux start WebAssembly programs by themselves.
//!
//! Linux starts files of kinds that it does not know by programs that are registered for them (binfmt_misc). It opens
//! the program when it is registered (flag `F`), so that it is found in containers, too, and passes the name by which
//! the file was called (flag `P`).

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::directories::Directories;
use crate::report::{self, Advice};

/// The name by which Linux starts wasmer. Under it, what follows is not options but a file with its arguments.
const INTERPRETER: &str = "wasmer-binfmt-interpreter";

/// What is registered: a name, and how files of the kind are told, in the syntax of the kernel.
const KINDS: [(&str, &str); 3] = [
    // The header of a module, of version 1.
    ("wasmer-wasm", r"M::\x00asm\x01\x00\x00\x00:"),
    ("wasmer-wat", "E::wat:"),
    ("wasmer-wasmu", "E::wasmu:"),
];

/// Let Linux start WebAssembly programs like native ones
///
/// Then `./app.wasm one two` works in shells and from other programs, for modules (by their content) and for files that
/// end in `.wat` or `.wasmu`. A program that is started in this way gets all variables and the whole file system, like
/// a native one. Only root can register programs, and until the system is started again.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    sudo wasmer binfmt register\n  \
    chmod +x app.wasm && ./app.wasm one two\n  \
    sudo wasmer binfmt unregister")]
pub(crate) struct Binfmt {
    #[command(subcommand)]
    command: Command,

    /// Where the kernel's binfmt_misc is mounted
    #[arg(long, global = true, value_name = "DIR", default_value = "/proc/sys/fs/binfmt_misc")]
    binfmt_misc: PathBuf,

    #[command(flatten)]
    directories: Directories,
}

/// What to do.
#[derive(Subcommand, Debug, Clone, Copy)]
enum Command {
    /// Register this wasmer
    Register,
    /// Undo it
    Unregister,
    /// Register this wasmer in place of what is registered, as after an update
    Reregister,
}

impl Binfmt {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let register = self.binfmt_misc.join("register");
        if !register.exists() {
            return Err(Advice::new(
                format!("there is no binfmt_misc at `{}`", self.binfmt_misc.display()),
                "mount it: `mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc`; or name the place with \
                 --binfmt-misc",
            )
            .into());
        }
        let (out, in_) = match self.command {
            Command::Register => (false, true),
            Command::Unregister => (true, false),
            Command::Reregister => (true, true),
        };
        if out {
            self.unregister()?;
        }
        if in_ {
            self.register(&register)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Takes out what is registered. What is not is no failure.
    fn unregister(&self) -> anyhow::Result<()> {
        let mut count = 0;
        for (name, _) in KINDS {
            match write(&self.binfmt_misc.join(name), b"-1") {
                Ok(()) => count += 1,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(explain(error, &format!("unable to unregister `{name}`")));
                }
            }
        }
        match count {
            0 => report::note(format_args!("wasmer was not registered.")),
            _ => report::note(format_args!("Unregistered wasmer.")),
        }
        Ok(())
    }

    fn register(&self, register: &Path) -> anyhow::Result<()> {
        for (name, _) in KINDS {
            if self.binfmt_misc.join(name).exists() {
                return Err(Advice::new(
                    format!("`{name}` is registered already"),
                    "register it again with `wasmer binfmt reregister`",
                )
                .into());
            }
        }
        let interpreter = self.interpreter()?;
        for (name, kind) in KINDS {
            let mut line = format!(":{name}:{kind}:").into_bytes();
            line.extend_from_slice(interpreter.as_os_str().as_bytes());
            line.extend_from_slice(b":PF");
            write(register, &line)
                .map_err(|error| explain(error, &format!("unable to register `{name}`")))?;
        }
        report::note(format_args!("Registered `{}`.", interpreter.display()));
        Ok(())
    }

    /// A link to this program that has the name of the interpreter, in the wasmer directory.
    fn interpreter(&self) -> anyhow::Result<PathBuf> {
        let program = std::env::current_exe().context("unable to find this program's file")?;
        let bin = self.directories.expect_home()?.join("bin");
        let failure = || format!("unable to make a link to wasmer in `{}`", bin.display());
        fs::create_dir_all(&bin).with_context(failure)?;
        let bin = bin.canonicalize().with_context(failure)?;
        let link = bin.join(INTERPRETER);
        match fs::remove_file(&link) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(failure);
            }
            _ => symlink(program, &link).with_context(failure)?,
        }
        if link.as_os_str().as_bytes().contains(&b':') {
            return Err(Advice::new(
                format!("the kernel can't start `{}`, as there is a colon in it", link.display()),
                "name another directory with --wasmer-dir",
            )
            .into());
        }
        Ok(link)
    }
}

/// Writes to a file that is there, at once, as the kernel wants it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}

fn explain(error: io::Error, failure: &str) -> anyhow::Error {
    let is_denied =
        matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem);
    let error = anyhow::Error::from(error).context(failure.to_owned());
    match is_denied {
        true => Advice::on(error, "only root can: run it with `sudo`, outside of containers"),
        false => error,
    }
}

/// The words of the command line that `words` stand for, if they are those of the kernel: the interpreter, a file, the
/// name by which it was called, and its arguments.
pub(super) fn as_interpreter(words: Vec<OsString>) -> Vec<OsString> {
    let is_interpreter = words
        .first()
        .is_some_and(|name| Path::new(name).file_name().is_some_and(|name| name == INTERPRETER));
    let [_, file, called, arguments @ ..] = &words[..] else { return words };
    if !is_interpreter {
        return words;
    }
    let option = |option: &str, value: &std::ffi::OsStr| {
        let mut word = OsString::from(option);
        word.push(value);
        word
    };
    let mut line: Vec<OsString> =
        ["wasmer", "run", "--quiet", "--forward-host-env", "--volume=/:/"]
            .map(OsString::from)
            .into();
    if let Ok(directory) = std::env::current_dir() {
        line.push(option("--cwd=", directory.as_os_str()));
    }
    line.push(option("--argv0=", called));
    line.push("--".into());
    line.push(file.clone());
    line.extend_from_slice(arguments);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_kernel() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let line = as_interpreter(words("/x/wasmer-binfmt-interpreter /bin/app.wasm app --help"));
        assert_eq!(line[..2], words("wasmer run"));
        assert_eq!(line[line.len() - 4..], words("--argv0=app -- /bin/app.wasm --help"));
        for other in [
            "wasmer /bin/app.wasm app",
            "wasmer-binfmt-interpreter",
            "x/wasmer-binfmt-interpreter/y a b",
        ] {
            assert_eq!(as_interpreter(words(other)), words(other));
        }
    }
}
