//! The files that `CraneliftCallbacks` writes.

use std::io;
use std::path::PathBuf;

use wasmer_compiler_cranelift::{Cranelift, CraneliftCallbacks};
use wasmer_compiler_testing::callbacks::{fail_to_write, write_stages};

fn config(directory: PathBuf) -> io::Result<Cranelift> {
    let mut config = Cranelift::new();
    config.callbacks(Some(CraneliftCallbacks::new(directory)?));
    Ok(config)
}

#[test]
fn each_function_has_its_files_and_the_same_code() {
    for written in write_stages(config, &[".preopt.clif", ".s", ".o"]) {
        assert!(written.text("add_0.preopt.clif").contains("iadd"));
        assert!(written.text("add_again_1.s").contains("ret"));
    }
}

#[test]
fn a_file_that_can_not_be_written_fails_the_compilation() {
    fail_to_write(config, ".preopt.clif");
}
