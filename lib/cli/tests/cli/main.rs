//! The command line as scripts see it: output, errors and exit codes.

mod artifacts;
mod binfmt;
mod cache;
mod compilers;
mod config;
mod coredump;
mod errors;
mod executables;
mod guests;
mod inspect;
mod limits;
mod logging;
mod other_versions;
mod output;
mod profiling;
mod shells;
mod signals;
mod sockets;
mod stdin;
mod tools;
mod variables;
mod volumes;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use wasmer::BackendKind;

/// A directory with files, in which commands run.
struct Dir(TempDir);

impl Dir {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).expect("a file");
        }
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn wasmer(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the command starts")
    }

    /// `wasmer` with its home in this directory.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasmer"));
        command.current_dir(self.0.path()).env("WASMER_DIR", self.path(".wasmer")).args(args);
        for variable in ["WASMER_CACHE_DIR", "RUST_LOG", "LOG_FORMAT", "LOG_EVENTS"] {
            command.env_remove(variable);
        }
        command
    }
}

#[track_caller]
fn assert_output(output: &Output, code: i32, stdout: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout, "stderr: {stderr}");
    assert_eq!(output.status.code(), Some(code), "stderr: {stderr}");
}

#[track_caller]
fn assert_error(output: &Output, code: i32, parts: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "stderr: {stderr}");
    for part in parts {
        assert!(stderr.contains(part), "`{part}` is not in: {stderr}");
    }
}

const MATH: &str = r#"(module $math
    (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
    (func (export "swap") (param f32 i64) (result i64 f32) local.get 1 local.get 0)
    (func $inner i32.const 1 i32.const 0 i32.div_s drop)
    (func $outer (export "trap") call $inner)
    (func (export "_start")))"#;

/// Prints the second argument and exits with 7.
const EXIT_7: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") i32.const 7 call $exit))"#;

#[test]
fn invoke_prints_results() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    assert_output(&dir.wasmer(&["run", "--invoke", "add", "math.wat", "1", "2"]), 0, "3\n");
    assert_output(&dir.wasmer(&["run", "-i", "add", "math.wat", "--", "-5", "2"]), 0, "-3\n");
    assert_output(&dir.wasmer(&["run", "-i", "swap", "math.wat", "1.5", "9"]), 0, "9 1.5\n");
    assert_output(&dir.wasmer(&["math.wat"]), 0, "\n");
}

#[test]
fn invoke_refuses_bad_arguments() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let add = |args: &[&str]| dir.wasmer(&[&["run", "--invoke", "add", "math.wat"], args].concat());
    assert_error(&add(&["1"]), 1, &["Function expected 2 arguments, but received 1"]);
    assert_error(&add(&["1", "abc"]), 1, &["Unable to convert \"abc\" to I32"]);
    let missing = dir.wasmer(&["run", "--invoke", "sub", "math.wat"]);
    assert_error(&missing, 1, &["The module doesn't export a function named \"sub\""]);
}

#[test]
fn a_trap_prints_message_and_backtrace() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let output = dir.wasmer(&["run", "--invoke", "trap", "math.wat"]);
    assert_error(
        &output,
        1,
        &["integer divide by zero", "at inner (math[2]:0x", "at outer (math[3]:0x"],
    );
}

#[test]
fn the_exit_code_is_the_guests() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    let output = dir.wasmer(&["run", "exit.wat"]);
    assert_output(&output, 7, "");
    assert!(output.stderr.is_empty());
}

#[test]
fn files_that_cant_be_run() {
    let dir = Dir::new(&[
        ("broken.wat", "(module (func (result i32)))"),
        ("syntax.wat", "(module"),
        ("imports.wat", "(module (import \"a\" \"b\" (func)))"),
        ("bindgen.wat", "(module (import \"wbg\" \"b\" (func)))"),
        ("empty.wat", "(module)"),
    ]);
    std::fs::write(dir.0.path().join("component.wasm"), b"\0asm\x0d\0\x01\0").unwrap();
    std::fs::write(dir.0.path().join("elf"), b"\x7fELF\xff\xff\xff").unwrap();
    let cases: [(&str, &[&str]); 8] = [
        ("no-such-file", &["unable to read `no-such-file`", "No such file"]),
        ("broken.wat", &["unable to compile", "at offset 0x"]),
        ("syntax.wat", &["unable to compile", "syntax.wat"]),
        ("imports.wat", &["unable to start", "\"a\".\"b\"", "unknown import"]),
        ("bindgen.wat", &["wasm-bindgen"]),
        ("empty.wat", &["The module doesn't export a \"_start\" function", "--invoke"]),
        ("component.wasm", &["is a component"]),
        ("elf", &["unable to determine how to execute"]),
    ];
    for (file, parts) in cases {
        assert_error(&dir.wasmer(&["run", file]), 1, parts);
    }
}

#[test]
fn bad_flags() {
    let dir = Dir::new(&[]);
    assert_error(&dir.wasmer(&[]), 2, &["Usage"]);
    assert_error(&dir.wasmer(&["run"]), 2, &["<INPUT>"]);
    assert_error(&dir.wasmer(&["run", "--env", "A", "x.wasm"]), 2, &["KEY=VALUE"]);
    assert_error(&dir.wasmer(&["--no-such-flag"]), 2, &["--no-such-flag"]);
    assert_eq!(dir.wasmer(&["--help"]).status.code(), Some(0));
    assert_output(
        &dir.wasmer(&["--version"]),
        0,
        concat!("wasmer ", env!("CARGO_PKG_VERSION"), "\n"),
    );
}

#[test]
fn validate() {
    let dir = Dir::new(&[("text.wat", "(module)")]);
    std::fs::write(dir.0.path().join("good.wasm"), b"\0asm\x01\0\0\0").unwrap();
    std::fs::write(dir.0.path().join("bad.wasm"), b"\0asm\x01\0\0\0\x01").unwrap();
    let good = dir.wasmer(&["validate", "good.wasm"]);
    assert_error(&good, 0, &["Validation passed for `good.wasm`."]);
    assert_error(
        &dir.wasmer(&["validate", "bad.wasm"]),
        1,
        &["failed to validate `bad.wasm`", "offset 0x"],
    );
    assert_error(&dir.wasmer(&["validate", "text.wat"]), 1, &["only validates WebAssembly files"]);
}

#[test]
fn wast() {
    let dir = Dir::new(&[
        (
            "good.wast",
            "(module (func (export \"f\") (result i32) i32.const 1))\n(assert_return (invoke \"f\") (i32.const 1))",
        ),
        (
            "bad.wast",
            "(module (func (export \"f\") (result i32) i32.const 1))\n(assert_return (invoke \"f\") (i32.const 2))",
        ),
    ]);
    let good = dir.wasmer(&["wast", "good.wast"]);
    assert_error(&good, 0, &["Wast tests succeeded for `good.wast`."]);
    assert_error(
        &dir.wasmer(&["wast", "bad.wast"]),
        1,
        &["failed to test the wast `bad.wast`", "bad.wast:2"],
    );
}

/// The first command of the README.
#[test]
fn the_example_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = "examples/wordfreq.wasm";
    let dir = Dir::new(&[("poem.txt", "one two two\nthree three three, Two? THREE")]);
    let run =
        |args: &[&str]| dir.command(args).current_dir(&root).output().expect("the command starts");
    let volume = format!("{}:data", dir.0.path().display());
    let output = run(&["run", "--volume", &volume, program, "--", "-n", "2", "data/poem.txt"]);
    assert_output(&output, 0, "8 words, 3 different\n     4 three\n     3 two\n");
    let output = run(&["run", program, "examples/wordfreq.c"]);
    assert_error(&output, 1, &["wordfreq: examples/wordfreq.c:"]);
    let output = run(&["run", "--dir", "examples", program, "examples/wordfreq.c"]);
    assert_error(&output, 0, &[]);
    assert!(String::from_utf8_lossy(&output.stdout).contains(" words, "));
}

#[test]
fn compilers_are_chosen_by_name() {
    let add = "(module (func (export \"add\") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))";
    let dir = Dir::new(&[("add.wat", add)]);
    for compiler in ["--cranelift", "-c", "--singlepass", "-s"] {
        let output = dir.wasmer(&["run", compiler, "--invoke", "add", "add.wat", "3", "4"]);
        assert_output(&output, 0, "7\n");
    }
    for compiler in ["--llvm", "-l"] {
        let output = dir.wasmer(&["run", compiler, "--invoke", "add", "add.wat", "3", "4"]);
        match "llvm".parse::<BackendKind>() {
            Ok(_) => assert_output(&output, 0, "7\n"),
            Err(_) => assert_error(&output, 1, &["build it with `--features llvm`"]),
        }
    }
    for two in [["-c", "-s"], ["-l", "-s"]] {
        let run = [&["run"], &two[..], &["--invoke", "add", "add.wat", "3", "4"]].concat();
        assert_error(&dir.wasmer(&run), 2, &["cannot be used with"]);
    }
}
