//! The file from which `perf inject --jit` takes names and code of functions.
//!
//! It is `jit-PID.dump` in the current directory, as the specification in the sources of Linux says
//! (`tools/perf/Documentation/jitdump-specification.txt`): a header, and a record for each function.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use anyhow::Context;
use wasmer::Module;
use wasmer::sys::{Architecture, FunctionExtent, HOST};

/// The first field of the file: "JiTD".
const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
const HEADER_LENGTH: u32 = 40;
/// The kind of the records: a function was loaded.
const CODE_LOAD: u32 = 0;
/// Bytes of a record without the name and the code.
const RECORD_LENGTH: usize = 56;

/// Writes the functions of `module`, which is going to run in this process.
pub(crate) fn write(module: &Module) -> anyhow::Result<()> {
    let path = PathBuf::from(format!("jit-{}.dump", std::process::id()));
    let written = (|| {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        write_to(&file, module)?;
        mark(&file)
    })();
    written.with_context(|| format!("unable to write `{}`", path.display()))
}

fn write_to(file: &File, module: &Module) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    let pid = std::process::id();
    for word in [MAGIC, VERSION, HEADER_LENGTH, machine(), 0, pid] {
        out.write_all(&word.to_ne_bytes())?;
    }
    let (now, flags) = (timestamp(), 0_u64);
    out.write_all(&now.to_ne_bytes())?;
    out.write_all(&flags.to_ne_bytes())?;

    let info = module.info();
    let extents = module.sys_artifact().and_then(|artifact| artifact.finished_function_extents());
    for (number, (function, extent)) in extents.unwrap_or_default().into_iter().enumerate() {
        let name = info.get_function_name(info.func_index(function));
        let name = name.replace('\0', "?");
        let code = code(module, extent);
        let length = RECORD_LENGTH + name.len() + 1 + code.len();
        let length =
            u32::try_from(length).map_err(|_| io::Error::other("a function is too large"))?;
        for word in [CODE_LOAD, length] {
            out.write_all(&word.to_ne_bytes())?;
        }
        out.write_all(&now.to_ne_bytes())?;
        // The thread is not used by perf.
        for word in [pid, pid] {
            out.write_all(&word.to_ne_bytes())?;
        }
        let address = code.as_ptr().addr() as u64;
        for word in [address, address, code.len() as u64, number as u64] {
            out.write_all(&word.to_ne_bytes())?;
        }
        out.write_all(name.as_bytes())?;
        out.write_all(&[0])?;
        out.write_all(code)?;
    }
    out.flush()
}

/// The code of a function.
fn code(_module: &Module, extent: FunctionExtent) -> &[u8] {
    // SAFETY: that is where the code of a function of the module lies, which can be read, is never written to, and is
    // there as long as the module.
    unsafe { std::slice::from_raw_parts(extent.ptr.0, extent.length) }
}

/// The number that ELF has for this machine.
fn machine() -> u32 {
    const EM_X86_64: u32 = 62;
    const EM_AARCH64: u32 = 183;
    match HOST.architecture {
        Architecture::Aarch64(_) => EM_AARCH64,
        _ => EM_X86_64,
    }
}

/// The time in nanoseconds, on the clock that `perf record -k mono` takes.
fn timestamp() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to the structure, which is valid for that.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Maps the file as code, which is how perf learns of it. It stays mapped until the process ends.
fn mark(file: &File) -> io::Result<()> {
    // SAFETY: it is a new mapping at an address that the system chooses, to which nobody has a pointer.
    let address = unsafe {
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        libc::mmap(std::ptr::null_mut(), 4096, protection, libc::MAP_PRIVATE, file.as_raw_fd(), 0)
    };
    match address {
        libc::MAP_FAILED => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
