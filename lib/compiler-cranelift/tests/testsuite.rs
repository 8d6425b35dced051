//! Compiles every module of the official test suite, with Cranelift's verifier, for several machines.

use wasmer_compiler::{CallMode, CompilerConfig};
use wasmer_compiler_cranelift::{Cranelift, CraneliftOptLevel};
use wasmer_compiler_testing::compile::options;
use wasmer_compiler_testing::machines::{AARCH64, X86_64, moving, reserved};
use wasmer_compiler_testing::suite::compile_all;
use wasmer_types::CpuFeature;

fn config(opt_level: CraneliftOptLevel) -> Cranelift {
    let mut config = Cranelift::new();
    config.opt_level(opt_level);
    config.enable_verifier();
    config
}

#[test]
fn x86_64() {
    let config = config(CraneliftOptLevel::Speed);
    compile_all(config, &X86_64.target(None), &options(&reserved, CallMode::Direct));
}

#[test]
fn x86_64_baseline_without_optimization() {
    let mut config = config(CraneliftOptLevel::None);
    config.canonicalize_nans(true).spectre_mitigations(false).unwind_info(true);
    let target = X86_64.target(Some(&[CpuFeature::SSE2]));
    compile_all(config, &target, &options(&moving, CallMode::Slots));
}

#[test]
fn aarch64() {
    let mut config = config(CraneliftOptLevel::SpeedAndSize);
    config.unwind_info(true);
    compile_all(config, &AARCH64.target(None), &options(&reserved, CallMode::Direct));
}

#[test]
fn aarch64_baseline_with_moving_memories() {
    let config = config(CraneliftOptLevel::Speed);
    compile_all(config, &AARCH64.target(Some(&[])), &options(&moving, CallMode::Slots));
}
