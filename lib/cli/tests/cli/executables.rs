//! `wasmer create-exe`: native programs.

use std::fs;
use std::process::{Command, Output};

use crate::guests::ARGUMENTS;
use crate::{Dir, EXIT_7, MATH, assert_error, assert_output};

const RUNNER: &str = env!("CARGO_BIN_EXE_wasmer");

/// Makes a native program of `file`, and starts it.
fn start(dir: &Dir, file: &str, words: &[&str]) -> Output {
    let args = ["create-exe", file, "-o", "program", "--runner", RUNNER];
    let created = dir.wasmer(&args);
    assert_error(&created, 0, &["✔ Native executable compiled successfully to `program`."]);
    Command::new("./program").args(words).current_dir(dir.path(".")).output().unwrap()
}

#[test]
fn programs_start_like_native_ones() {
    let trap = "(module $app (func $f unreachable) (func (export \"_start\") (call $f)))";
    let dir = Dir::new(&[("args.wat", ARGUMENTS), ("exit.wat", EXIT_7), ("trap.wat", trap)]);
    let words = ["--help", "run", "-V", "x"];
    assert_output(&start(&dir, "args.wat", &words), 0, "./program\0--help\0run\0-V\0x\0");
    assert_output(&start(&dir, "exit.wat", &[]), 7, "");
    assert_error(&start(&dir, "trap.wat", &[]), 1, &["unreachable", "at f (app[0]:0x"]);
    // Of what was compiled before.
    assert_error(&dir.wasmer(&["compile", "exit.wat", "-o", "exit.wasmu"]), 0, &[]);
    assert_output(&start(&dir, "exit.wasmu", &[]), 7, "");
}

#[test]
fn what_is_no_program() {
    let dir = Dir::new(&[("math.wat", MATH), ("bad.wat", "(module (func (result i32)))")]);
    let create = |options: &[&str]| dir.wasmer(&[&["create-exe", "-o", "out"], options].concat());
    let foreign = create(&["--target", "aarch64-unknown-linux-gnu", "math.wat"]);
    assert_error(
        &foreign,
        1,
        &["failed to compile `math.wat`", "can't run programs on aarch64", "--runner"],
    );
    assert_error(&create(&["bad.wat"]), 1, &["failed to compile `bad.wat`", "at offset 0x"]);
    let none = create(&["--runner", "none", "math.wat"]);
    assert_error(&none, 1, &["unable to read `none`, which is to run the program"]);
    assert!(!dir.path("out").exists());
    let unwritable = dir.wasmer(&["create-exe", "math.wat", "-o", "none/out"]);
    assert_error(&unwritable, 1, &["unable to write `none/out`"]);

    // What is behind the runner is cut off.
    assert_error(&dir.wasmer(&["compile", "math.wat", "-o", "math.wasmu"]), 0, &[]);
    let compiled = fs::read(dir.path("math.wasmu")).unwrap();
    fs::write(dir.path("cut.wasmu"), &compiled[..compiled.len() / 2]).unwrap();
    let damaged = start(&dir, "cut.wasmu", &["--version"]);
    assert_error(&damaged, 1, &["the program in this file is damaged"]);
}
