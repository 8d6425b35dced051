//! Run a WASI program: arguments, variables and one directory for it, its output into the host's hands.

use std::error::Error;
use std::io::{self, Read, Write};

use wasmer::{Module, Store};
use wasmer_wasix::{Pipe, WasiEnv};

/// Counts words. The source is `wordfreq.c` beside this file, an ordinary C program.
const WORDFREQ: &[u8] = include_bytes!("wordfreq.wasm");

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    std::fs::write(directory.path().join("fish.txt"), "one fish two fish red fish blue fish")?;

    let mut store = Store::default();
    let module = Module::new(&store, WORDFREQ)?;

    // The directory of the host has a name for the guest, which sees this directory and no other.
    let guest =
        || WasiEnv::builder("wordfreq").env("LANG", "C.UTF-8").map_dir("/texts", directory.path());

    // A pipe has two ends: what the guest writes into the one is read from the other.
    let (stdout, mut output) = Pipe::channel();
    guest()?
        .args(["-n", "2", "/texts/fish.txt"])
        .stdout(Box::new(stdout))
        .run_with_store(module.clone(), &mut store)?;
    let text = read(&mut output)?;
    print!("{text}");
    assert!(text.contains("4 fish"));

    // A program that ends with a code other than 0 is an error which has the code. Its standard error is a stream
    // like the others; streams that are not set are those of this process.
    let (stderr, mut errors) = Pipe::channel();
    let error = guest()?
        .args(["/texts/none.txt"])
        .stderr(Box::new(stderr))
        .run_with_store(module, &mut store)
        .unwrap_err();
    print!("{}", read(&mut errors)?);
    let code = error.as_exit_code().ok_or("it has ended itself")?;
    println!("exit code {code}");
    assert_eq!(code.raw(), 1);

    // Standard input, for a guest that sends it back in upper case. Closing the host's end is the end of the input.
    let module = Module::new(&store, SHOUT)?;
    let (stdin, mut input) = Pipe::channel();
    let (stdout, mut output) = Pipe::channel();
    input.write_all(b"is anybody there?\n")?;
    drop(input);
    WasiEnv::builder("shout")
        .stdin(Box::new(stdin))
        .stdout(Box::new(stdout))
        .run_with_store(module, &mut store)?;
    let text = read(&mut output)?;
    print!("{text}");
    assert_eq!(text, "IS ANYBODY THERE?\n");
    Ok(())
}

/// What a guest that has ended has written.
fn read(pipe: &mut Pipe) -> io::Result<String> {
    let mut text = String::new();
    pipe.read_to_string(&mut text)?;
    Ok(text)
}

/// Reads 100 bytes at most, clears the bit that makes letters small, and writes them.
const SHOUT: &str = r#"
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\64\00\00\00") ;; 100 bytes at 32
  (func (export "_start") (local $at i32) (local $byte i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
    (loop $next
      (local.set $byte (i32.load8_u offset=32 (local.get $at)))
      (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26)) (then
        (i32.store8 offset=32 (local.get $at) (i32.sub (local.get $byte) (i32.const 32)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.load (i32.const 4)))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"#;

// Prints:
// 8 words, 5 different
//      4 fish
//      1 blue
// 0 words, 0 different
// wordfreq: /texts/none.txt: No such file or directory
// exit code 1
// IS ANYBODY THERE?
