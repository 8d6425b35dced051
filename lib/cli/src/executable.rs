//! Native programs: a runner, which is `wasmer` or `wasmer-headless`, with a compiled program behind it in one file.
//!
//! `wasmer create-exe` writes them. Each of the two looks at the end of its own file when it starts. If there is a program,
//! that is what it runs.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::ExitCode;

use anyhow::Context;
use clap::{ColorChoice, Parser};
use wasmer::{Engine, Module, NativeEngineExt, Store};

use crate::input::set_default_name;
use crate::program::{self, Program};
use crate::report;

/// The last bytes of such a file.
pub(crate) const MAGIC: &[u8; 16] = b"\0wasmer program\x01";

/// The end of the file: the length of the program in bytes, and [`MAGIC`].
const TRAILER: usize = 8 + MAGIC.len();

/// The program behind the runner in a file, if there is one.
fn program_in(mut file: impl Read + Seek) -> io::Result<Option<Vec<u8>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let Some(start) = end.checked_sub(TRAILER as u64) else { return Ok(None) };
    let mut trailer = [0; TRAILER];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut trailer)?;
    let (length, magic) = trailer.split_at(8);
    if magic != MAGIC {
        return Ok(None);
    }
    let length = u64::from_le_bytes(length.try_into().unwrap_or_default());
    let Some(begin) = start.checked_sub(length) else { return Ok(None) };
    file.seek(SeekFrom::Start(begin))?;
    let mut program = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut program)?;
    Ok(Some(program))
}

/// A command line of which all words are for the program.
#[derive(Parser)]
struct Words {
    #[command(flatten)]
    program: Program,
}

/// Runs the program that is in the file of this process, if there is one.
pub(crate) fn run() -> Option<ExitCode> {
    let file = File::open(std::env::current_exe().ok()?).ok()?;
    let artifact = program_in(file).ok()??;
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_else(|| "program".into());
    let line = [OsString::from("program"), "--".into(), name].into_iter().chain(words);
    let program = Words::parse_from(line).program;
    Some(match start(&program, &artifact) {
        Ok(code) => code,
        Err(error) if report::is_closed_output(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&error, ColorChoice::Auto);
            program::failure_code(&error)
        }
    })
}

fn start(program: &Program, artifact: &[u8]) -> anyhow::Result<ExitCode> {
    let mut store = Store::new(Engine::headless());
    // SAFETY: it is part of the program that somebody has started, and trusts as such.
    let module = unsafe { Module::deserialize(store.engine(), artifact) };
    let mut module = module.context("the program in this file is damaged")?;
    set_default_name(&mut module, &program.input);
    program.run(&mut store, &module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_files() {
        let file = |parts: &[&[u8]]| program_in(io::Cursor::new(parts.concat())).unwrap();
        let length = |length: u64| length.to_le_bytes();
        assert_eq!(file(&[b"runner", b"abc", &length(3), MAGIC]), Some(b"abc".to_vec()));
        for parts in [
            &[&b"runner"[..]][..],
            &[MAGIC],
            &[b"runner", b"abc", &length(u64::MAX), MAGIC],
            &[b"runner", &length(7), MAGIC],
            &[b"runner", b"abc", &length(3), &MAGIC[1..], b"\0"],
        ] {
            assert_eq!(file(parts), None, "{parts:?}");
        }
    }
}
