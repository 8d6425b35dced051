//! File systems for WASI programs: in memory, layered, for reading only.

use std::error::Error;
use std::io::Read;
use std::sync::Arc;

use wasmer::{Module, Store};
use wasmer_wasix::fs::{HostDir, MemoryDir, OverlayDir, ReadOnly};
use wasmer_wasix::{Capabilities, Pipe, WasiEnv};

/// Counts words. The source is `wordfreq.c` beside this file, an ordinary C program.
const WORDFREQ: &[u8] = include_bytes!("wordfreq.wasm");

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, WORDFREQ)?;

    // Files that exist nowhere but here. The host sees what the guest writes, and the other way round.
    let memory = MemoryDir::with_limit(1 << 20);
    memory.write_file("poems/fish.txt", b"one fish two fish")?;

    // A directory of the host, which stays as it is: what is changed in it goes to memory.
    let directory = tempfile::tempdir()?;
    std::fs::write(directory.path().join("birds.txt"), "one bird two birds")?;
    let lower = Arc::new(HostDir::open_ambient(directory.path())?);
    let upper = MemoryDir::new();
    upper.write_file("birds.txt", b"no bird")?;
    let layered = OverlayDir::new(lower, Arc::new(upper));

    let mut limits = Capabilities::new();
    limits.max_descriptors = Some(16);
    for path in ["/memory/poems/fish.txt", "/layered/birds.txt"] {
        let (stdout, mut output) = Pipe::channel();
        WasiEnv::builder("wordfreq")
            .args(["-n", "1", path])
            .map_fs("/memory", Arc::new(ReadOnly::new(Arc::new(memory.clone()))))?
            .map_fs("/layered", Arc::new(layered.clone()))?
            .capabilities(limits.clone())
            .stdout(Box::new(stdout))
            .run_with_store(module.clone(), &mut store)?;
        let mut text = String::new();
        output.read_to_string(&mut text)?;
        print!("{text}");
    }
    Ok(())
}

// Prints:
// 4 words, 3 different
//      2 fish
// 2 words, 2 different
//      1 bird
