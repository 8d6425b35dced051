//! `wasmer-headless` as scripts see it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use wasmer::{Module, Store};

fn compile(dir: &Path, name: &str, wat: &str) {
    let module = Module::new(&Store::default(), wat).expect("a module");
    module.serialize_to_file(dir.join(name)).expect("a file");
}

fn headless(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmer-headless"));
    command.current_dir(dir).args(args).output().expect("the command starts")
}

#[track_caller]
fn assert_output(output: &Output, code: i32, stdout: &str, parts: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "stderr: {stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    for part in parts {
        assert!(stderr.contains(part), "`{part}` is not in: {stderr}");
    }
}

#[test]
fn closed_output_is_no_error() {
    let dir = tempfile::tempdir().unwrap();
    compile(dir.path(), "empty.wasmu", "(module)");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmer-headless"));
    command.current_dir(dir.path()).args(["-q", "inspect", "empty.wasmu"]).stdout(writer);
    assert_output(&command.output().unwrap(), 0, "", &[]);
}

#[test]
fn compiled_programs_run() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let math = r#"(module $math
        (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
        (func $f (export "trap") unreachable))"#;
    compile(dir, "math.wasmu", math);
    assert_output(&headless(dir, &["run", "-i", "add", "math.wasmu", "1", "2"]), 0, "3\n", &[]);
    let trap = headless(dir, &["run", "-i", "trap", "math.wasmu"]);
    assert_output(&trap, 1, "", &["unreachable", "at f (math[1]:0x"]);
    let nothing = headless(dir, &["math.wasmu"]);
    assert_output(&nothing, 1, "", &["doesn't export a \"_start\" function"]);

    // Writes the first argument and ends with the number of arguments.
    let wasi = r#"(module
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (drop (call $args (i32.const 100) (i32.const 200)))
            (i32.store (i32.const 8) (i32.load (i32.const 104)))
            (i32.store (i32.const 12) (i32.const 5))
            (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
            (call $exit (i32.load (i32.const 0)))))"#;
    compile(dir, "wasi.wasmu", wasi);
    assert_output(&headless(dir, &["wasi.wasmu", "hello", "x"]), 3, "hello", &[]);
    assert_output(&headless(dir, &["run", "wasi.wasmu", "--", "-a--b"]), 2, "-a--b", &[]);
    let no_directory = headless(dir, &["run", "--dir", "none", "wasi.wasmu", "hello"]);
    assert_output(&no_directory, 1, "", &["`none`"]);
}

#[test]
fn what_is_not_compiled_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::write(dir.join("text.wat"), "(module)").unwrap();
    fs::write(dir.join("module.wasm"), b"\0asm\x01\0\0\0").unwrap();
    fs::write(dir.join("elf"), b"\x7fELF\xff\xff\xff").unwrap();
    for file in ["text.wat", "module.wasm"] {
        let parts = ["no compiler", &format!("wasmer compile {file}")];
        assert_output(&headless(dir, &[file]), 1, "", &parts);
        assert_output(&headless(dir, &["inspect", file]), 1, "", &parts);
    }
    assert_output(&headless(dir, &["elf"]), 1, "", &["unable to determine how to execute"]);
    assert_output(&headless(dir, &["none"]), 1, "", &["unable to read `none`"]);
    assert_output(&headless(dir, &[]), 2, "", &["Usage: wasmer-headless"]);
    assert_output(&headless(dir, &["run", "--env", "A", "x"]), 2, "", &["KEY=VALUE"]);
    let version = concat!("wasmer-headless ", env!("CARGO_PKG_VERSION"), "\n");
    assert_output(&headless(dir, &["--version"]), 0, version, &[]);
}

#[test]
fn inspect() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    compile(dir, "m.wasmu", "(module (func (export \"f\") (param i64)))");
    let output = headless(dir, &["inspect", "m.wasmu"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    for part in ["Type: wasmu\n", "Compiler: cranelift-", "    \"f\": [I64] -> []\n"] {
        assert!(stdout.contains(part), "`{part}` is not in: {stdout}");
    }
}
