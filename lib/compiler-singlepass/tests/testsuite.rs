//! Compiles every module of the official test suite, for several machines.

use wasmer_compiler::{CallMode, CompilerConfig};
use wasmer_compiler_singlepass::Singlepass;
use wasmer_compiler_testing::compile::{compile, options};
use wasmer_compiler_testing::machines::{AARCH64, X86_64, moving, reserved};
use wasmer_compiler_testing::suite::compile_all;

#[test]
fn x86_64() {
    let mut config = Singlepass::new();
    config.unwind_info(true);
    compile_all(config, &X86_64.target(None), &options(&reserved, CallMode::Direct));
}

#[test]
fn x86_64_baseline_with_moving_memories_and_canonical_nans() {
    let mut config = Singlepass::new();
    config.canonicalize_nans(true);
    compile_all(config, &X86_64.target(Some(&[])), &options(&moving, CallMode::Slots));
}

#[test]
fn aarch64() {
    let mut config = Singlepass::new();
    config.unwind_info(true);
    compile_all(config, &AARCH64.target(None), &options(&reserved, CallMode::Direct));
}

#[test]
fn aarch64_baseline_with_moving_memories_and_canonical_nans() {
    let mut config = Singlepass::new();
    config.canonicalize_nans(true);
    compile_all(config, &AARCH64.target(Some(&[])), &options(&moving, CallMode::Slots));
}

/// A body of few bytes whose code is longer than conditional branches reach: each call copies 1,000 results.
#[test]
fn aarch64_long_code_of_a_short_body() {
    let values = "i64 ".repeat(1000);
    let zeros = "i64.const 0\n".repeat(1000);
    let calls = "call $f\n".repeat(200);
    let drops = "drop\n".repeat(1000);
    let text = format!(
        "(module
            (import \"\" \"f\" (func $f (param {values}) (result {values})))
            (func (param i32)
                (block
                    (br_if 0 (local.get 0))
                    {zeros} {calls} {drops}
                    (if (local.get 0) (then (unreachable)))
                )
            )
        )"
    );
    let bytes = wat::parse_str(text).expect("a module");
    assert!(bytes.len() < 8 << 10, "{} bytes", bytes.len());
    let compiler = Box::new(Singlepass::new()).compiler();
    let image = compile(&*compiler, &AARCH64.target(Some(&[])), &bytes);
    let text = image.expect("the module is compiled").code.text.len();
    assert!(text > 2 << 20, "{text} bytes of code");
}
