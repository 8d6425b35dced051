//! The incumbent with its LLVM compiler, as a program that the benchmarks start.
//!
//! - `peer-wasmer compile MODULE THREADS [ARTIFACT]` compiles a module and prints `usage WALL PROCESSOR PEAK`
//!   (nanoseconds, nanoseconds, bytes) and `code BYTES`; it writes the artifact, too, if told where.
//! - `peer-wasmer run ARTIFACT NAME [ARGUMENT…]` runs `_start` of a compiled WASI command; what it printed is followed
//!   by a line `time NANOSECONDS`, processor time of `_start` alone.
//!
//! All settings are the defaults of the incumbent, which are those that make the fastest code without giving up what
//! the specification demands.

mod wasi;

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::num::NonZero;
use std::time::{Duration, Instant};
use wasmer::sys::{EngineBuilder, LLVM};
use wasmer::{Engine, Module, Store};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["compile", module, threads] => compile(module, threads.parse()?, None),
        ["compile", module, threads, artifact] => compile(module, threads.parse()?, Some(artifact)),
        ["run", artifact, _, ..] => run(artifact, &arguments[2..]),
        _ => bail!("expected compile MODULE THREADS [ARTIFACT] or run ARTIFACT NAME [ARGUMENT…]"),
    }
}

fn compile(path: &str, threads: NonZero<usize>, artifact: Option<&str>) -> Result<()> {
    let wasm = std::fs::read(path).with_context(|| format!("cannot read {path}"))?;
    let (start, processor) = (Instant::now(), processor_time(libc::CLOCK_PROCESS_CPUTIME_ID)?);
    let mut compiler = LLVM::new();
    compiler.num_threads(threads);
    let engine: Engine = EngineBuilder::new(compiler).engine().into();
    let module = Module::new(&engine, wasm)?;
    let wall = start.elapsed();
    let processor = processor_time(libc::CLOCK_PROCESS_CPUTIME_ID)? - processor;
    println!("usage {} {} {}", wall.as_nanos(), processor.as_nanos(), peak()?);
    println!("code {}", code_size(&module)?);
    if let Some(artifact) = artifact {
        module.serialize_to_file(artifact)?;
    }
    Ok(())
}

/// Bytes of machine code of all functions, without trampolines and constants.
fn code_size(module: &Module) -> Result<usize> {
    let functions = module.sys_artifact().and_then(|a| a.finished_function_extents());
    Ok(functions.context("no code in memory")?.iter().map(|(_, extent)| extent.length).sum())
}

fn run(artifact: &str, arguments: &[String]) -> Result<()> {
    let engine: Engine = EngineBuilder::new(LLVM::new()).engine().into();
    // SAFETY: the file was written by `compile` and is not changed.
    let module = unsafe { Module::deserialize_from_file(&engine, artifact)? };
    let mut store = Store::new(engine);
    let (instance, env) = wasi::instantiate(&mut store, &module, arguments)?;
    let entry = instance.exports.get_typed_function::<(), ()>(&store, "_start")?;
    let start = processor_time(libc::CLOCK_THREAD_CPUTIME_ID)?;
    let result = entry.call(&mut store);
    let time = processor_time(libc::CLOCK_THREAD_CPUTIME_ID)? - start;
    if let Err(error) = result {
        match error.downcast::<wasi::Exit>()? {
            wasi::Exit(0) => {}
            failed => return Err(failed.into()),
        }
    }
    let mut out = std::io::stdout().lock();
    out.write_all(env.as_ref(&store).stdout())?;
    Ok(writeln!(out, "\ntime {}", time.as_nanos())?)
}

/// Processor time of the thread or the process.
fn processor_time(clock: libc::clockid_t) -> Result<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a live local of the type that clock_gettime(2) writes.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    Ok(Duration::new(u64::try_from(time.tv_sec)?, u32::try_from(time.tv_nsec)?))
}

/// The largest resident size of this process so far, in bytes.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    Ok(kib.context("no VmHWM in /proc/self/status")? * 1024)
}
