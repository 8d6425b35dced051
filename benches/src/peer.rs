//! wasmer 7.4 with LLVM: a program of its own (`benches/peer-wasmer`), as its crates have the names of ours.

use crate::process::{self, Threads};
use crate::programs::output_folder;
use crate::runtime::WasiCommand;
use crate::suite::Process;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

/// What it is called in tables.
pub(crate) const NAME: &str = "wasmer-7.4";

/// The program.
#[derive(Clone)]
pub(crate) struct Peer(PathBuf);

impl Peer {
    /// Builds it if need be, when it is first asked for.
    ///
    /// # Errors
    /// As [`crate::tools::peer`].
    pub(crate) fn new() -> Result<Peer> {
        static BUILT: Mutex<Option<Peer>> = Mutex::new(None);
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = &*built {
            return Ok(peer.clone());
        }
        let peer = Peer(crate::tools::peer()?);
        Ok(built.insert(peer).clone())
    }

    /// Compiles a module in a fresh process: time on the clock and of processors in seconds, the largest resident
    /// size and that of the code in bytes.
    ///
    /// # Errors
    /// When the module is refused.
    pub(crate) fn compile(&self, module: &Path, threads: Threads) -> Result<Vec<f64>> {
        self.compile_to(module, threads, None)
    }

    /// Compiles a WASI command; each of its runs is a process.
    ///
    /// # Errors
    /// When the module is refused.
    pub(crate) fn command(&self, module: &Path) -> Result<Box<dyn WasiCommand>> {
        let name = module.file_stem().context("no name of a file")?;
        let artifact = output_folder()?.join(name).with_extension("peer-artifact");
        self.compile_to(module, Threads::All, Some(&artifact))?;
        // The name of the program follows, which the harness leaves out for processes.
        let run = [self.0.as_os_str(), "run".as_ref(), artifact.as_os_str(), name];
        Ok(Box::new(Process(run.map(OsString::from).into())))
    }

    fn compile_to(
        &self,
        module: &Path,
        threads: Threads,
        artifact: Option<&Path>,
    ) -> Result<Vec<f64>> {
        let threads = match threads {
            Threads::All => available_parallelism()?.get(),
            Threads::One => 1,
        };
        let mut command: Vec<OsString> = vec![
            self.0.clone().into(),
            "compile".into(),
            module.into(),
            threads.to_string().into(),
        ];
        command.extend(artifact.map(OsString::from));
        let output = String::from_utf8(process::run(&command)?.stdout)?;
        let code = output.lines().find_map(|line| line.strip_prefix("code ")?.parse::<u64>().ok());
        let mut values = process::usage_in(&output)?.values();
        values
            .push(code.with_context(|| format!("expected a code line, found {output:?}"))? as f64);
        Ok(values)
    }
}
