//! What the benchmarks ask of a runtime.

use crate::generate::InstanceCase;
use crate::measure::Batch;
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// A runtime under test. Everything that can be prepared is prepared before the returned closure is timed.
pub(crate) trait Runtime: Sync {
    /// The name in the table.
    fn name(&self) -> &'static str;

    /// Validates and compiles a module with all threads, and drops it.
    fn compile(&self, wasm: &[u8]) -> Result<()>;

    /// Compiles a WASI command.
    fn command(&self, wasm: &[u8]) -> Result<Box<dyn WasiCommand>>;

    /// Repeats one kind of call, on [`crate::generate::CALLS`].
    fn call(&self, kind: Call) -> Result<Batch<'static>>;

    /// Repeats: a new store, a new instance of the module, one call of its export `run`, which must return what
    /// the case says.
    /// The closure may run on several threads at once. Of several ways to set the runtime up, the fastest.
    fn instantiate(&self, case: &InstanceCase) -> Result<Instantiate>;

    /// The artifact of a module.
    fn serialize(&self, wasm: &[u8]) -> Result<Vec<u8>>;

    /// Repeats: loads the artifact in a file; instantiates it, too, if asked for (one of the modules of
    /// [`crate::generate::synthetic`]); drops it.
    fn load(&self, file: &Path, instantiate: bool) -> Result<Batch<'static>>;

    /// The command line that runs a WASI command, compiling it anew; the file and its arguments follow.
    fn command_line(&self) -> Result<Vec<OsString>>;
}

/// A number of instantiations; the argument is how many.
pub(crate) type Instantiate = Box<dyn Fn(u64) -> Result<()> + Send + Sync>;

/// A compiled WASI command.
pub(crate) trait WasiCommand {
    /// Makes a new instance with these arguments (the first is the name of the program) and runs `_start`.
    fn run(&mut self, args: &[&str]) -> Result<Run>;

    /// The same, in a guest that has a folder of the host as [`crate::wasi::FOLDER`].
    fn run_in(&mut self, _args: &[&str], _folder: &Path) -> Result<Run> {
        bail!("this command gets no folder")
    }
}

/// One run of a command.
pub(crate) struct Run {
    /// Processor time of `_start` alone.
    pub(crate) time: Duration,
    /// What it printed.
    pub(crate) stdout: Vec<u8>,
}

/// The kinds of calls between host and WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    /// The host calls `nop`, its type known to the Rust compiler.
    Typed,
    /// The host calls `add` with values whose types are known at run time only.
    Dynamic,
    /// WebAssembly calls a host function whose type is known to the Rust compiler.
    TypedHost,
    /// WebAssembly calls a host function that gets values.
    DynamicHost,
    /// The host calls `trap`, gets the error and reads all frames of its backtrace.
    Trap,
}

/// Every runtime, in the order of the columns.
pub(crate) const ALL: &[&dyn Runtime] = &[&crate::wasmtime::CRANELIFT, &crate::ours::CRANELIFT];

/// The compilers that are fast to compile, behind the one that they are compared with.
pub(crate) const BASELINE: &[&dyn Runtime] =
    &[&crate::ours::CRANELIFT, &crate::wasmtime::WINCH, &crate::ours::SINGLEPASS];

/// The compiler that makes the fastest code, behind the one that everything is compared with.
pub(crate) const LLVM: &[&dyn Runtime] = &[&crate::wasmtime::CRANELIFT, &crate::ours::LLVM];

/// The runtime of that name.
///
/// # Errors
/// When there is none, or it is not built in.
pub(crate) fn named(name: &str) -> Result<&'static dyn Runtime> {
    let all = || ALL.iter().chain(BASELINE).chain(LLVM);
    match all().find(|r| r.name() == name) {
        Some(runtime) => Ok(*runtime),
        None => bail!(
            "expected one of {:?}, found {name:?}",
            all().map(|r| r.name()).collect::<Vec<_>>()
        ),
    }
}
