//! Options of the compilers.

use std::fs;

use crate::{Dir, MATH, assert_error, assert_output};

#[test]
fn levels_of_optimization() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let run = |options: &[&str]| {
        dir.wasmer(&[&["run"], options, &["-i", "add", "math.wat", "1", "2"]].concat())
    };
    for level in ["0", "1", "2", "3", "s", "none", "speed", "speed-and-size", "aggressive"] {
        assert_output(&run(&["--cranelift", "--opt-level", level]), 0, "3\n");
    }
    assert_output(&run(&["-O0"]), 0, "3\n");
    assert_error(&run(&["-O", "9"]), 2, &["--opt-level", "possible values: 0, 1, 2, 3, s"]);
    assert_error(
        &run(&["--singlepass", "-O1"]),
        1,
        &["it has no --opt-level", "help: leave it out"],
    );
    // The settings of the compiler are in its id.
    let id = |level| dir.wasmer(&["compile", "math.wat", "-o", "m.wasmu", "-O", level]).stdout;
    assert_ne!(id("0"), id("3"));
    assert_eq!(id("1"), id("3"));
}

#[test]
fn files_with_the_stages_of_functions() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    for (compiler, option) in
        [("cranelift", "--compiler-debug-dir"), ("singlepass", "--llvm-debug-dir")]
    {
        let compiler_option = format!("--{compiler}");
        let args = ["run", &compiler_option, option, "debug", "-i", "add", "math.wat", "1", "2"];
        assert_output(&dir.wasmer(&args), 0, "3\n");
        assert!(fs::read_dir(dir.path("debug").join(compiler)).unwrap().next().is_some());
    }
    let args = ["run", "--compiler-debug-dir", "math.wat/x", "math.wat"];
    assert_error(&dir.wasmer(&args), 1, &["unable to write to `math.wat/x`"]);
}

#[test]
fn threads_that_compile() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    for option in ["--compiler-threads", "--llvm-num-threads"] {
        let output = dir.wasmer(&["run", option, "1", "-i", "add", "math.wat", "1", "2"]);
        assert_output(&output, 0, "3\n");
    }
    assert_error(
        &dir.wasmer(&["run", "--compiler-threads", "0", "math.wat"]),
        2,
        &["--compiler-threads"],
    );
}

#[test]
fn proposals_are_turned_on_and_off() {
    let shared = "(module (memory 1 1 shared) (func (export \"_start\")))";
    let dir = Dir::new(&[("shared.wat", shared), ("math.wat", MATH)]);
    assert_output(&dir.wasmer(&["run", "shared.wat"]), 0, "\n");
    let off = dir.wasmer(&["run", "--disable-threads", "shared.wat"]);
    assert_error(&off, 1, &["unable to compile `shared.wat`", "help: ", "`--enable-threads`"]);
    // All that scripts for other versions name.
    let options = [
        "--enable-simd",
        "--enable-threads",
        "--enable-reference-types",
        "--enable-multi-value",
        "--enable-bulk-memory",
        "--enable-multi-memory",
        "--enable-extended-const",
        "--enable-memory64",
        "--enable-relaxed-simd",
        "--wide-arithmetic",
        "--enable-all",
        "--enable-nan-canonicalization",
        "--enable-verifier",
        "--experimental-artifact",
        "--disable-non-volatile-memops",
        "--enable-experimental-unaligned-memory-accesses",
    ];
    for option in options {
        assert_output(&dir.wasmer(&["run", option, "-i", "add", "math.wat", "1", "2"]), 0, "3\n");
    }
}
