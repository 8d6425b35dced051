//! The code that is generated for the modules in `tests/compile-output/llvm` is as their files say: of each function
//! LLVM's intermediate representation when it is optimised, and then the instructions.
//!
//! `BLESS=1 cargo test -p wasmer-compiler-llvm --test compile_output` rewrites the expectations.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use wasmer_compiler::{CompileRequest, FunctionInput};
use wasmer_compiler_llvm::{LLVM, LLVMCallbacks};
use wasmer_compiler_testing::snapshot::{Snapshots, disassembly};

/// Each function is compiled alone, so that none disappears in another.
fn listing(
    config: &LLVM,
    request: &CompileRequest<'_>,
    functions: &[FunctionInput<'_>],
) -> Vec<String> {
    let listing = |function| {
        let directory = tempfile::tempdir().expect("a directory");
        let callbacks = LLVMCallbacks::new(directory.path().to_owned()).expect("it is there");
        let mut config = config.clone();
        config.callbacks(Some(callbacks));
        let instructions = disassembly(&config, request, std::slice::from_ref(function));
        let mut text = definitions(&optimised(directory.path()));
        for part in instructions {
            write!(text, "  ; ----\n{part}").expect("a string takes all");
        }
        text
    };
    functions.iter().map(listing).collect()
}

/// The one file with optimised intermediate representation.
fn optimised(directory: &Path) -> String {
    let entries = fs::read_dir(directory).expect("the directory can be read");
    let mut paths = entries.map(|entry| entry.expect("the directory can be read").path());
    let is_optimised = |path: &std::path::PathBuf| path.to_string_lossy().ends_with(".postopt.ll");
    let path = paths.find(is_optimised).expect("the compiler writes it");
    fs::read_to_string(path).expect("the file can be read")
}

/// The bodies of functions in a text of LLVM's: what they refer to, such as declarations, is left out, and so is what
/// says nothing without it.
fn definitions(text: &str) -> String {
    let mut definitions = String::new();
    let mut is_inside = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        is_inside |= line.starts_with("define ");
        if is_inside {
            writeln!(definitions, "  {}", without_references(line)).expect("a string takes all");
        }
        is_inside &= line != "}";
    }
    definitions
}

/// A line without numbers of metadata and of groups of attributes, without the section, which is named after the
/// function, and without the comment that lists predecessors.
fn without_references(line: &str) -> String {
    let code = line.split(';').next().unwrap_or_default();
    let mut code = code.replace(" local_unnamed_addr", "");
    if let Some((start, section)) = code.split_once(" section \"") {
        let end = section.split_once('"').map_or("", |(_, end)| end);
        code = format!("{start}{end}");
    }
    let mut parts = code.split(", ");
    let is_number =
        |part: &str| part.starts_with('!') && part.ends_with(|last: char| last.is_ascii_digit());
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // `!invariant.load` stays: what is behind it is empty.
        match part.strip_prefix("!invariant.load") {
            Some(_) => kept += ", !invariant.load",
            None if is_number(part) => {}
            None => write!(kept, ", {part}").expect("a string takes all"),
        }
    }
    let words = kept.split(' ').filter(|word| !is_group(word));
    words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

/// Whether a word is the number of a group of attributes or, before the brace of a function, of metadata.
fn is_group(word: &str) -> bool {
    let number = word.strip_prefix('#').or_else(|| word.strip_prefix('!'));
    word == "!dbg" || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

#[test]
fn code_is_as_expected() {
    Snapshots { listing, ..Snapshots::<LLVM>::new("llvm") }.check();
}
