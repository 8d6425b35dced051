//! The code that is generated for the modules in `tests/compile-output/singlepass` is as their files say.
//!
//! `BLESS=1 cargo test -p wasmer-compiler-singlepass --test compile_output` rewrites the expectations.

use wasmer_compiler_singlepass::Singlepass;
use wasmer_compiler_testing::snapshot::Snapshots;

#[test]
fn code_is_as_expected() {
    Snapshots::<Singlepass>::new("singlepass").check();
}
