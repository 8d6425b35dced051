//! Functions that are built to be expensive: each is compiled or refused, and no stack overflows.

use std::fmt::Write as _;

use wasmer_compiler::CompilerConfig;
use wasmer_compiler_cranelift::{Cranelift, CraneliftOptLevel};
use wasmer_compiler_testing::machines::X86_64;
use wasmer_compiler_testing::{compile, hostile};
use wasmer_types::CompileError;
use wasmer_types::image::ModuleImage;

fn compile(source: &str, opt_level: CraneliftOptLevel) -> Result<ModuleImage, CompileError> {
    compile_bytes(&wat::parse_str(source).expect("a module in text form"), opt_level)
}

fn compile_bytes(bytes: &[u8], opt_level: CraneliftOptLevel) -> Result<ModuleImage, CompileError> {
    let mut config = Cranelift::new();
    config.opt_level(opt_level);
    compile::compile(&*Box::new(config).compiler(), &X86_64.target(None), bytes)
}

/// Compiles at each optimization level, on a thread with a stack of 1 MiB.
fn compiles(source: String) {
    compiles_bytes(wat::parse_str(source).expect("a module in text form"));
}

fn compiles_bytes(bytes: Vec<u8>) {
    let work = move || {
        for opt_level in [CraneliftOptLevel::None, CraneliftOptLevel::Speed] {
            compile_bytes(&bytes, opt_level).unwrap();
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap();
    thread.join().unwrap();
}

fn repeat(text: &str, count: usize) -> String {
    text.repeat(count)
}

#[test]
fn hostile_shapes() {
    for shape in hostile::SHAPES {
        compiles_bytes((shape.make)(shape.size));
    }
}

#[test]
fn deep_blocks() {
    // The parser of the text form is recursive for folded operators only.
    for open in ["block\n", "loop\n", "i32.const 0\nif\n"] {
        let (open, close) = (repeat(open, 20_000), repeat("end\n", 20_000));
        compiles(format!("(module (func {open} {close}))"));
    }
}

#[test]
fn deep_blocks_with_values() {
    let open = repeat("block (result i32)\n", 5_000);
    let close = repeat("i32.const 1\nbr_if 0\nend\n", 5_000);
    compiles(format!("(module (func (result i32) {open} i32.const 1 {close}))"));
}

#[test]
fn large_branch_tables() {
    let labels = repeat("0 1 2 ", 20_000);
    compiles(format!(
        "(module (func (param i32) (local i32 i32 i32)
            block block block
              (local.set 1 (i32.const 1))
              (br_table {labels} 0 (local.get 0))
            end
              (local.set 2 (local.get 1))
            end
              (local.set 3 (local.get 2))
            end))"
    ));
    let labels = repeat("0 1 ", 20_000);
    compiles(format!(
        "(module (func (param i32) (result i32)
            (block (result i32)
                (block (result i32) (br_table {labels} 0 (i32.const 5) (local.get 0))))))"
    ));
}

#[test]
fn branches_out_of_many_blocks() {
    let count = 1_000;
    let mut source = String::from("(module (func (param i32) (local i32 i64 f64)\n");
    source += &repeat("block\n", count);
    let labels: String = (0..count).map(|depth| format!("{depth} ")).collect();
    writeln!(source, "local.get 0 br_table {labels} 0").unwrap();
    source += &repeat("end (local.set 1 (i32.add (local.get 1) (local.get 0)))\n", count);
    compiles(source + "))");
}

#[test]
fn many_locals_and_loops() {
    let locals = repeat("i32 ", 40_000);
    let uses: String = (1..40_000)
        .step_by(100)
        .map(|local| format!("(local.set {local} (i32.add (local.get {local}) (i32.const 1)))\n"))
        .collect();
    compiles(format!("(module (func (local {locals}) (loop {uses} (br_if 0 (local.get 1)))))"));
}

#[test]
fn long_chains() {
    let adds = repeat("local.get 0 i32.add\n", 20_000);
    compiles(format!("(module (func (param i32) (result i32) local.get 0 {adds}))"));
    let pushes = repeat("local.get 0 i32.load\n", 20_000);
    let pops = repeat("i32.sub\n", 19_999);
    compiles(format!("(module (memory 1) (func (param i32) (result i32) {pushes} {pops}))"));
}

/// Each local is live in each loop, or looked for in each block: these get their locals in memory.
#[test]
fn locals_times_blocks() {
    let count = 1_500;
    let locals = repeat("i32 ", count);
    let gets: String = (0..count).map(|local| format!("local.get {local} drop\n")).collect();
    let (open, close) = (repeat("loop\n", count), repeat("local.get 0 br_if 0 end\n", count));
    compiles(format!("(module (func (param i32) (local {locals}) {open} {gets} {close}))"));

    let locals = repeat("i32 ", 12_000);
    let gets: String = (0..12_000).map(|local| format!("local.get {local} drop\n")).collect();
    let ifs = repeat("local.get 0 if nop end\n", 3_000);
    compiles(format!(
        "(module (func (param i32) (local {locals}) loop {gets} {ifs} local.get 0 br_if 0 end))"
    ));
    compiles(format!("(module (func (param i32) (local {locals}) {ifs} {gets}))"));
}

#[test]
fn the_most_parameters_and_results() {
    let params = repeat("i64 ", 1_000);
    let gets: String = (0..1_000).map(|local| format!("local.get {local}\n")).collect();
    compiles(format!(
        "(module (type $t (func (param {params}) (result {params})))
            (func $f (type $t) {gets})
            (func (type $t) {gets} call $f)
            (func (type $t) {gets} (block (type $t) (loop (type $t)))))"
    ));
}

#[test]
fn many_calls_and_globals() {
    let mut source = String::from("(module (memory 1)\n");
    for i in 0..3_000 {
        writeln!(source, "(global $g{i} (mut i32) (i32.const 0)) (func $f{i})").unwrap();
    }
    source += "(func\n";
    for i in 0..3_000 {
        writeln!(source, "(call $f{i}) (global.set $g{i} (global.get $g{}))", (i * 7) % 3_000)
            .unwrap();
    }
    compiles(source + "))");
}

#[test]
fn operators_of_missing_proposals_are_named() {
    let operators = [
        ("(func return_call 0)", "tail"),
        ("(tag) (func (throw 0))", "exceptions"),
        ("(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))", "reference"),
    ];
    for (source, proposal) in operators {
        let error = compile(&format!("(module {source})"), CraneliftOptLevel::Speed).unwrap_err();
        assert!(error.to_string().contains(proposal), "{error}");
    }
}
