//! The files that `LLVMCallbacks` writes.

use std::io;
use std::path::PathBuf;

use wasmer_compiler::CompilerConfig;
use wasmer_compiler_llvm::{LLVM, LLVMCallbacks};
use wasmer_compiler_testing::callbacks::fail_to_write;
use wasmer_compiler_testing::compile::compile;
use wasmer_compiler_testing::machines;

fn config(directory: PathBuf) -> io::Result<LLVM> {
    let mut config = LLVM::new();
    config.callbacks(Some(LLVMCallbacks::new(directory)?));
    Ok(config)
}

#[test]
fn functions_have_files_and_the_same_code() {
    let module = wat::parse_str(
        "(module
            (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
            (func $add_again (param i32) (result i32) (call $add (local.get 0) (i32.const 7))))",
    )
    .expect("a module");
    for machine in &machines::ALL {
        let directory = tempfile::tempdir().expect("a directory");
        let with_files = config(directory.path().to_owned()).expect("the directory is there");
        let [with_files, plain] = [with_files, LLVM::new()].map(|config| {
            let compiler = Box::new(config).compiler();
            compile(&*compiler, &machine.target(None), &module).expect("the module is compiled")
        });
        assert_eq!(with_files.code.text, plain.code.text);
        assert_eq!(with_files.compiler, plain.compiler);

        let read = |suffix: &str| {
            let path = directory.path().join(format!("add_0{suffix}"));
            std::fs::read(path).unwrap_or_else(|error| panic!("{suffix}: {error}"))
        };
        let text = |suffix: &str| String::from_utf8(read(suffix)).expect("a text");
        assert!(text(".preopt.ll").contains("add i32"));
        assert!(text(".postopt.ll").contains("add i32"));
        assert!(text(".s").contains("ret"));
        assert_eq!(read(".o")[..4], *b"\x7fELF");
    }
}

#[test]
fn a_file_that_can_not_be_written_fails_the_compilation() {
    fail_to_write(config, ".preopt.ll");
}
