//! Compiles every module of the official test suite, for several machines.

use wasmer_compiler::{CallMode, CompilerConfig};
use wasmer_compiler_llvm::{LLVM, LLVMOptLevel};
use wasmer_compiler_testing::compile::options;
use wasmer_compiler_testing::machines::{AARCH64, Machine, X86_64, moving, reserved};
use wasmer_compiler_testing::suite::compile_all;

/// With every CPU feature, and what programs are compiled with.
fn newest(machine: &Machine) {
    let mut config = LLVM::new();
    config.unwind_info(true).enable_verifier();
    compile_all(config, &machine.target(None), &options(&reserved, CallMode::Direct));
}

/// The other way of everything.
fn baseline(machine: &Machine, opt_level: LLVMOptLevel) {
    let mut config = LLVM::new();
    config.opt_level(opt_level).enable_verifier();
    config.canonicalize_nans(true);
    compile_all(config, &machine.target(Some(&[])), &options(&moving, CallMode::Slots));
}

#[test]
fn x86_64() {
    newest(&X86_64);
}

#[test]
fn x86_64_baseline_with_moving_memories_and_canonical_nans() {
    baseline(&X86_64, LLVMOptLevel::Less);
}

#[test]
fn aarch64() {
    newest(&AARCH64);
}

#[test]
fn aarch64_baseline_with_moving_memories_and_canonical_nans() {
    baseline(&AARCH64, LLVMOptLevel::None);
}
