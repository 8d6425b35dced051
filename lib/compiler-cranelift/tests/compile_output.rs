//! The code that is generated for the modules in `tests/compile-output/cranelift` is as their files say, in Cranelift's
//! own words; and it can be read back by a disassembler. Of the settings, `no-spectre` is Cranelift's alone.
//!
//! `BLESS=1 cargo test -p wasmer-compiler-cranelift --test compile_output` rewrites the expectations.

use wasmer_compiler::{CompileRequest, FunctionInput};
use wasmer_compiler_cranelift::{Cranelift, CraneliftCompiler};
use wasmer_compiler_testing::snapshot::Snapshots;

/// With instructions as the disassembler has them.
fn disassembled() -> Snapshots<Cranelift> {
    let setting = |config: &mut Cranelift, setting: &str| {
        if setting == "no-spectre" {
            config.spectre_mitigations(false);
        }
        setting == "no-spectre"
    };
    Snapshots { setting, ..Snapshots::new("cranelift") }
}

/// With instructions as Cranelift has them.
fn snapshots() -> Snapshots<Cranelift> {
    Snapshots { listing, ..disassembled() }
}

fn listing(
    config: &Cranelift,
    request: &CompileRequest<'_>,
    functions: &[FunctionInput<'_>],
) -> Vec<String> {
    let compiler = CraneliftCompiler::new(config.clone());
    let listing = |function| {
        let text = compiler.disassemble(request, function).expect("the function is compiled");
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| format!("  {line}\n")).collect()
    };
    functions.iter().map(listing).collect()
}

#[test]
fn code_is_as_expected() {
    snapshots().check();
}

/// Frames that are larger than a page touch each of their pages on the way down, so that no frame reaches over the
/// guard pages of the stack.
#[test]
fn large_frames_are_probed() {
    let results = "i64 ".repeat(600);
    let drops = "drop ".repeat(600);
    let source = format!(
        "(module (import \"m\" \"f\" (func $f (result {results}))) (func call $f {drops}))"
    );
    for (machine, code) in snapshots().code(&source) {
        let probe = if machine.name == "x86_64" { "movl $0x0, (%rsp)" } else { "str wzr, [sp]" };
        assert_eq!(code.matches(probe).count(), 600 * 16 / 4096, "{}: {code}", machine.name);
    }
}

/// Every byte is part of an instruction or of data, and calls and traps are where they are said to be.
#[test]
fn code_can_be_read_back() {
    let codes = disassembled().codes();
    let count = |text: &str| codes.iter().map(|code| code.matches(text).count()).sum::<usize>();
    // The files have more than this.
    for (text, least) in [
        ("call add_one", 2),
        ("bl add_one", 2),
        ("; heap_get_oob", 50),
        ("; int_divz", 4),
        (".table ", 2),
    ] {
        assert!(count(text) >= least, "{text}: {}", count(text));
    }
    for code in codes {
        // Data that is not known to be data comes out one by one; zeros are padding.
        let strange = code.lines().find(|line| {
            let bytes = line.split_once(".bytes ").map_or("", |(_, bytes)| bytes);
            bytes.len() < "00 00 00 00".len() && bytes.contains(|c| !"0 ".contains(c))
        });
        assert_eq!(strange, None, "{code}");
    }
}
