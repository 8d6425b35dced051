//! The file from which `perf` takes the names of functions that are no part of a file.
//!
//! It is `/tmp/perf-PID.map`, with a line for each function: address and size in hexadecimal digits, and the name, as
//! the documentation of `perf` prescribes (`tools/perf/Documentation/jit-interface.txt` of Linux).

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, PoisonError};

use crate::compiled::Artifact;
use crate::engine::Engine;

/// Adds the functions of `artifact`, if the settings of the engine's compiler say so
/// (`CompilerConfig::enable_perfmap`).
///
/// # Errors
///
/// When the file can't be written.
pub(crate) fn add(engine: &Engine, artifact: &Artifact) -> io::Result<()> {
    match engine.writes_perf_map() {
        true => write(&lines(artifact)),
        false => Ok(()),
    }
}

/// A line for each function.
fn lines(artifact: &Artifact) -> String {
    let info = artifact.module_info();
    let mut lines = String::new();
    for (function, extent) in artifact.finished_function_extents().unwrap_or_default() {
        let name = info.get_function_name(info.func_index(function));
        let name = name.replace(char::is_control, "?");
        let _ = writeln!(lines, "{:x} {:x} {name}", extent.ptr.0.addr(), extent.length);
    }
    lines
}

fn write(lines: &str) -> io::Result<()> {
    /// The file, and the process that opened it: another may have been forked off.
    static OPEN: Mutex<Option<(u32, File)>> = Mutex::new(None);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    let file = match &mut *open {
        Some((opened_by, file)) if *opened_by == process => file,
        other => {
            // Everybody can write to the directory: what others put there is not followed.
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o644)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
                .open(format!("/tmp/perf-{process}.map"))?;
            &mut other.insert((process, file)).1
        }
    };
    file.write_all(lines.as_bytes())
}
