//! The files that `CraneliftCallbacks` writes.

#[allow(dead_code, reason = "each test uses a part")]
mod common;

use std::fs;

use common::{features, machine, reserved};
use wasmer_compiler::{CallMode, CompileOptions, CompilerConfig, compile_module};
use wasmer_compiler_cranelift::{Cranelift, CraneliftCallbacks};
use wasmer_types::image::ModuleImage;
use wasmer_types::{CompileError, HashAlgorithm, ModuleHash, TableStyle};

const TEXT: &str = r#"(module
    (import "env" "f" (func))
    (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $add_again (param i32) (result i32) (call $add (local.get 0) (i32.const 7)))
    (func (call 0)))"#;

fn compile(
    config: &Cranelift,
    machine_name: &str,
    hash_algorithm: Option<HashAlgorithm>,
) -> Result<ModuleImage, CompileError> {
    let options = CompileOptions {
        memory_style: &reserved,
        table_style: &|_| TableStyle::CallerChecksSignature,
        call_mode: CallMode::Direct,
        hash_algorithm,
        progress: None,
    };
    let compiler = Box::new(config.clone()).compiler();
    let target = machine(machine_name, None);
    compile_module(&*compiler, &features(), &target, &options, &wat::parse_str(TEXT).unwrap())
}

#[test]
fn each_function_has_its_files_and_the_same_code() {
    let directory = std::env::temp_dir().join(format!("wasmer-clif-{}", std::process::id()));
    let hash = ModuleHash::sha256(wat::parse_str(TEXT).unwrap()).to_string();
    let machines = [("x86_64-unknown-linux-gnu", 62), ("aarch64-unknown-linux-gnu", 183)];
    for (machine_name, elf_machine) in machines {
        let mut config = Cranelift::new();
        let plain = compile(&config, machine_name, None).unwrap();
        config.callbacks(Some(CraneliftCallbacks::new(directory.clone()).unwrap()));
        let image = compile(&config, machine_name, Some(HashAlgorithm::Sha256)).unwrap();
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
    let error = compile(&config, "x86_64-unknown-linux-gnu", None).unwrap_err();
    assert!(
        matches!(&error, CompileError::Resource(text) if text.contains("add_0.preopt.clif")),
        "{error}"
    );
    assert!(CraneliftCallbacks::new(directory.join("below")).is_err());
    fs::remove_file(&directory).unwrap();
}
