//! Modules that are built to be expensive: each is compiled, in bounded time and memory, and no stack overflows.
//!
//! Some passes of LLVM take time that grows with the square of something (`docs/llvm.md`). Functions that have too much of it are
//! compiled with less effort, so that a larger size of each kind takes about as much longer as it is larger.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use wasmer_compiler::CompilerConfig;
use wasmer_compiler_llvm::{LLVM, LLVMOptLevel};
use wasmer_compiler_testing::compile::compile;
use wasmer_compiler_testing::hostile::{self, Shape};
use wasmer_compiler_testing::machines::X86_64;

/// For one module, on a machine that is busy: about ten times of what the longest takes.
const TIME: Duration = Duration::from_secs(120);

/// Bytes of memory that all of a test takes at one time, at most. The largest modules are compiled in half of it.
const MEMORY: u64 = 1 << 30;

/// How many times the usual size the larger ones are. Many are then above the limits from which on there is less effort.
const LARGER: usize = 4;

/// Compiles each kind in a size on a thread with a stack of 1 MiB.
fn compile_shapes(opt_level: LLVMOptLevel, size: fn(&Shape) -> usize) {
    let work = move || {
        let mut config = LLVM::new();
        config.opt_level(opt_level);
        let compiler = Box::new(config).compiler();
        let mut failures = Vec::new();
        for shape in hostile::SHAPES {
            let module = (shape.make)(size(shape));
            let start = Instant::now();
            let result = compile(&*compiler, &X86_64.target(None), &module);
            let time = start.elapsed();
            if let Err(error) = result {
                failures.push(format!("{}: {error}", shape.name));
            } else if time > TIME {
                failures.push(format!("{}: {time:?}", shape.name));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    };
    let thread = thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
    if let Some(peak) = peak_memory() {
        assert!(peak < MEMORY, "{peak} bytes");
    }
}

/// The most memory that this process had at one time, in bytes, where the system says.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}

#[test]
fn usual_sizes() {
    compile_shapes(LLVMOptLevel::Aggressive, |shape| shape.size);
}

#[test]
fn usual_sizes_without_optimisation() {
    compile_shapes(LLVMOptLevel::None, |shape| shape.size);
}

#[test]
fn larger_sizes() {
    compile_shapes(LLVMOptLevel::Aggressive, |shape| (LARGER * shape.size).min(shape.largest));
}
