//! `--timeout`, `--memory-limit`, `--stack-size`, `--fuel`: what a guest may use.

use std::time::{Duration, Instant};

use crate::guests::{CAT, SPIN};
use crate::{Dir, assert_error, assert_output};

#[test]
fn a_guest_that_runs_too_long_is_stopped() {
    let dir = Dir::new(&[("spin.wat", SPIN)]);
    let start = Instant::now();
    let output = dir.wasmer(&["run", "--timeout", "200ms", "spin.wat"]);
    assert_error(&output, 124, &["stopped after 200ms, as --timeout says", "at spin (spin[1]:0x"]);
    assert!(start.elapsed() > Duration::from_millis(200));
    let start = "(module (func $s (loop (br 0))) (start $s))";
    std::fs::write(dir.path("start.wat"), start).unwrap();
    let output = dir.wasmer(&["run", "--timeout", "0.1", "start.wat"]);
    assert_error(&output, 124, &["as --timeout says", "unable to start `start.wat`"]);
    // In time, it is not disturbed.
    let quick = Dir::new(&[("quick.wat", "(module (func (export \"_start\")))")]);
    assert_output(&quick.wasmer(&["run", "--timeout", "1h", "quick.wat"]), 0, "\n");
}

#[test]
fn a_guest_that_waits_too_long_is_stopped() {
    let dir = Dir::new(&[("cat.wat", CAT)]);
    // Nobody writes to the other end.
    let (reader, _writer) = std::io::pipe().unwrap();
    let mut command = dir.command(&["run", "--timeout", "0.2", "cat.wat"]);
    let output = command.stdin(reader).output().unwrap();
    assert_error(&output, 124, &["error: the guest was stopped after 200ms, as --timeout says"]);
}

#[test]
fn memories_are_limited() {
    let grow = r#"(module (memory 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let large = "(module (memory 100) (func (export \"_start\")))";
    let dir = Dir::new(&[("grow.wat", grow), ("large.wat", large)]);
    let grow = |limit, pages| {
        dir.wasmer(&["run", "--memory-limit", limit, "--invoke", "grow", "grow.wat", pages])
    };
    assert_output(&grow("128K", "1"), 0, "1\n");
    assert_output(&grow("128K", "2"), 0, "-1\n");
    let refused = dir.wasmer(&["run", "--memory-limit", "1M", "large.wat"]);
    assert_error(&refused, 1, &["unable to start `large.wat`", "memory"]);
    assert_error(&grow("much", "1"), 2, &["--memory-limit", "expected a number of bytes"]);
}

#[test]
fn stacks_have_the_size_asked_for() {
    let deep = r#"(module
        (func $deep (export "deep") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#;
    let dir = Dir::new(&[("deep.wat", deep)]);
    let deep = |options: &[&str]| {
        let rest = ["--invoke", "deep", "deep.wat", "1000000"];
        dir.wasmer(&[&["run"], options, &rest].concat())
    };
    assert_error(&deep(&[]), 1, &["call stack exhausted"]);
    assert_output(&deep(&["--stack-size", "256M"]), 0, "1000000\n");
    assert_error(
        &deep(&["--stack-size", "2000G"]),
        1,
        &["the stack can't be that large", "help: "],
    );
    assert_error(&deep(&["--stack-size", "x"]), 2, &["--stack-size", "expected a number of bytes"]);
}

#[test]
fn fuel_limits_what_is_executed() {
    let dir = Dir::new(&[("spin.wat", SPIN)]);
    let output = dir.wasmer(&["run", "--fuel", "1000", "spin.wat"]);
    assert_error(&output, 1, &["the guest has used up its fuel", "help: ", "at spin (spin[1]:0x"]);
    assert_eq!(output.stdout, b"started\n");
    let count = r#"(module (func (export "f") (param i32) (result i32) (local i32)
        (loop (local.set 1 (i32.add (local.get 1) (i32.const 1)))
              (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
        local.get 1))"#;
    std::fs::write(dir.path("count.wat"), count).unwrap();
    let run =
        |file: &str, fuel: &str| dir.wasmer(&["run", "--fuel", fuel, "--invoke", "f", file, "10"]);
    // 10 rounds of 8 operators, and the last one.
    assert_output(&run("count.wat", "81"), 0, "10\n");
    assert_error(&run("count.wat", "80"), 1, &["used up its fuel"]);

    let compile = |more: &[&str], out: &str| {
        let output = dir.wasmer(&[&["compile", "count.wat", "-o", out], more].concat());
        assert_error(&output, 0, &[]);
    };
    compile(&["--fuel", "5"], "metered.wasmu");
    compile(&[], "free.wasmu");
    let metered = dir.wasmer(&["run", "--invoke", "f", "metered.wasmu", "10"]);
    assert_error(&metered, 1, &["used up its fuel"]);
    assert_output(&run("metered.wasmu", "81"), 0, "10\n");
    assert_error(
        &run("free.wasmu", "81"),
        1,
        &["compiled without --fuel", "help: compile it with"],
    );
}
