//! The files that `SinglepassCallbacks` writes.

use std::io;
use std::path::PathBuf;

use wasmer_compiler_singlepass::{Singlepass, SinglepassCallbacks};
use wasmer_compiler_testing::callbacks::{fail_to_write, write_stages};
use wasmer_types::LocalFunctionIndex;

fn config(directory: PathBuf) -> io::Result<Singlepass> {
    let mut config = Singlepass::new();
    config.callbacks(Some(SinglepassCallbacks::new(directory)?));
    Ok(config)
}

/// The numbers in a text for an assembler.
fn numbers(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let Some((directive, numbers)) = line.trim_start().split_once(" 0x") else { continue };
        let size = match directive {
            ".byte" => 1,
            ".inst" => 4,
            _ => continue,
        };
        for number in numbers.split(", 0x") {
            let number = u32::from_str_radix(number, 16).expect("a number");
            bytes.extend(&number.to_le_bytes()[..size]);
        }
    }
    bytes
}

#[test]
fn each_function_has_its_files_and_the_same_code() {
    for written in write_stages(config, &[".s", ".o"]) {
        let first = LocalFunctionIndex::from_u32(0);
        let extent = written.image.code.functions.get(first).expect("a function");
        let add = written.text("add_0.s");
        assert_eq!(numbers(add), written.image.code.text[extent.range()], "{add}");
        let comments: Vec<_> = add.lines().filter(|line| line.starts_with("/* ")).collect();
        assert_eq!(comments[0], "/* prologue */");
        assert!(comments.iter().any(|comment| comment.ends_with(" I32Add */")), "{add}");
        let divide = written.text("divide_2.s");
        for trap in ["may trap: int_divz", "may trap: int_ovf"] {
            assert!(divide.contains(trap), "{}: {divide}", written.machine.name);
        }
    }
}

#[test]
fn a_file_that_can_not_be_written_fails_the_compilation() {
    fail_to_write(config, ".s");
}
