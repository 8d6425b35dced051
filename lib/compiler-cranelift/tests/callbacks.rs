//! The files that `CraneliftCallbacks` writes.

use std::fs;

use wasmer_compiler::{CallMode, CompileOptions, CompilerConfig, compile_module};
use wasmer_compiler_cranelift::{Cranelift, CraneliftCallbacks};
use wasmer_compiler_testing::compile::options;
use wasmer_compiler_testing::machines::{AARCH64, Machine, X86_64, features, reserved};
use wasmer_types::image::ModuleImage;
use wasmer_types::{CompileError, HashAlgorithm, ModuleHash};

const TEXT: &str = r#"(module
    (import "env" "f" (func))
    (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $add_again (param i32) (result i32) (call $add (local.get 0) (i32.const 7)))
    (func (call 0)))"#;

fn compile(
    config: &Cranelift,
    machine: &Machine,
    hash_algorithm: Option<HashAlgorithm>,
) -> Result<ModuleImage, CompileError> {
    let options = CompileOptions { hash_algorithm, ..options(&reserved, CallMode::Direct) };
    let compiler = Box::new(config.clone()).compiler();
    let target = machine.target(None);
    compile_module(&*compiler, &features(), &target, &options, &wat::parse_str(TEXT).unwrap())
}

#[test]
fn each_function_has_its_files_and_the_same_code() {
    let directory = std::env::temp_dir().join(format!("wasmer-clif-{}", std::process::id()));
    let hash = ModuleHash::sha256(wat::parse_str(TEXT).unwrap()).to_string();
    let machines = [(&X86_64, 62), (&AARCH64, 183)];
    for (machine, elf_machine) in machines {
        let mut config = Cranelift::new();
        let plain = compile(&config, machine, None).unwrap();
        config.callbacks(Some(CraneliftCallbacks::new(directory.clone()).unwrap()));
        let image = compile(&config, machine, Some(HashAlgorithm::Sha256)).unwrap();
        assert_eq!(plain.code.text, image.code.text);
        assert_eq!(plain.compiler, image.compiler);

        let read = |name: &str| fs::read(directory.join(&hash).join(name)).unwrap();
        let text = |name: &str| String::from_utf8(read(name)).unwrap();
        assert!(text("add_0.preopt.clif").contains("iadd"));
        assert!(text("add_again_1.s").contains("ret"));
        let object = read("add_again_1.o");
        assert_eq!((&object[..4], object[18]), (&b"\x7fELF"[..], elf_machine));
        assert!(object.windows(5).any(|window| window == b"\0add\0"), "the name of the callee");
        let mut files: Vec<_> = fs::read_dir(directory.join(&hash)).unwrap().collect();
        assert_eq!(files.len(), 9);
        files.retain(|file| {
            file.as_ref().unwrap().file_name().to_string_lossy().contains("function_3_2")
        });
        assert_eq!(files.len(), 3, "a function without a name");
        fs::remove_dir_all(&directory).unwrap();
    }
}

#[test]
fn a_file_that_can_not_be_written_fails_the_compilation() {
    let directory = std::env::temp_dir().join(format!("wasmer-no-clif-{}", std::process::id()));
    let mut config = Cranelift::new();
    config.callbacks(Some(CraneliftCallbacks::new(directory.clone()).unwrap()));
    fs::remove_dir(&directory).unwrap();
    fs::write(&directory, b"a file").unwrap();
    let error = compile(&config, &X86_64, None).unwrap_err();
    assert!(
        matches!(&error, CompileError::Resource(text) if text.contains("add_0.preopt.clif")),
        "{error}"
    );
    assert!(CraneliftCallbacks::new(directory.join("below")).is_err());
    fs::remove_file(&directory).unwrap();
}
