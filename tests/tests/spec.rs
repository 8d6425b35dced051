//! Runs every script of the official suite and of `tests/wast`, each as a test of its own, with each compiler
//! and with both kinds of memories: `cranelift::static::simd/simd_load.wast`.
//!
//! Scripts of which the code depends much on the CPU are run for older CPUs too, by the compilers that look at its
//! features: `singlepass::sse2::simd/simd_load.wast`.
//!
//! What is left out is in the tables of `wasmer_tests::{proposals, suite}`; the numbers there are exact, so
//! that nothing is left out unnoticed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;

use libtest_mimic::{Arguments, Failed, Trial};
use wasmer::sys::Features;
use wasmer::{BackendKind, CompileError, Engine, Module, Store};
use wasmer_tests::backend::{
    COMPILERS, Memories, compilers_for_older_cpus, engine, engine_for, older_cpus,
};
use wasmer_tests::proposals::{Support, later_proposal};
use wasmer_tests::suite::{LEFT_OUT, SUPERSEDED, Script, official, ours};
use wasmer_types::WasmError;
use wasmer_wast::{DirectiveErrors, Wast};

/// How many directives ran and were left out, by reason.
static TOTALS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut scripts = official();
    scripts.extend(ours().expect("the folder tests/wast can be read"));

    let mut trials = vec![Trial::test("tables", {
        let scripts = scripts.clone();
        move || check_tables(&scripts)
    })];
    for &compiler in COMPILERS {
        for memories in Memories::ALL {
            for script in &scripts {
                trials.push(run_trial(compiler, memories, script.clone()));
            }
        }
        for script in &scripts {
            let script = script.clone();
            let name = format!("{}::refuses::{}", compiler.name(), script.name);
            trials.push(Trial::test(name, move || refuses(compiler, &script)));
        }
    }
    for compiler in compilers_for_older_cpus() {
        for (name, target) in older_cpus() {
            for script in scripts.iter().filter(|script| depends_on_cpu(&script.name)) {
                let (script, target) = (script.clone(), target.clone());
                let name = format!("{}::{name}::{}", compiler.name(), script.name);
                trials.push(Trial::test(name, move || {
                    run(&script, |features| {
                        engine_for(target, compiler, Memories::Static, features)
                    })
                }));
            }
        }
    }

    let conclusion = libtest_mimic::run(&arguments, trials);
    for (what, count) in TOTALS.lock().expect("no test panics with it").iter() {
        eprintln!("directives {what}: {count}");
    }
    conclusion.exit_code()
}

fn run_trial(compiler: BackendKind, memories: Memories, script: Script) -> Trial {
    let name = format!("{}::{}::{}", compiler.name(), memories.name(), script.name);
    let support = script.row.map_or(Support::Yes, |row| row.support(compiler));
    Trial::test(name, move || run(&script, |features| engine(compiler, memories, features)))
        .with_ignored_flag(matches!(support, Support::No(_)))
}

fn depends_on_cpu(script: &str) -> bool {
    const SCALAR: [&str; 5] = ["float_misc", "f32.wast", "f64.wast", "conversions", "i64.wast"];
    script.contains("simd/") || SCALAR.iter().any(|name| script.contains(name))
}

fn run(script: &Script, engine: impl FnOnce(&Features) -> Engine) -> Result<(), Failed> {
    let features = script.era().features();
    let mut wast = Wast::new_with_spectest(Store::new(engine(&features)));
    wast.leave_out(move |wasm| later_proposal(wasm, &features).map(str::to_owned));

    let result = wast.run_buffer(Path::new(&script.name), script.text.as_bytes());
    check_failures(script, result)?;

    let mut totals = TOTALS.lock().expect("no test panics with it");
    *totals.entry("run".to_owned()).or_default() += wast.ran();
    for left_out in wast.left_out() {
        *totals.entry(format!("left out ({})", left_out.reason)).or_default() += 1;
    }
    drop(totals);

    let mut left_out = BTreeMap::<&str, Vec<usize>>::new();
    for directive in wast.left_out() {
        left_out.entry(&directive.reason).or_default().push(directive.line);
    }
    let expected =
        LEFT_OUT.iter().find(|(name, _)| *name == script.name).map_or(&[][..], |row| row.1);
    if !left_out.iter().map(|(reason, lines)| (*reason, lines.len())).eq(expected.iter().copied()) {
        let counts: Vec<_> = left_out.iter().map(|(reason, lines)| (reason, lines.len())).collect();
        return Err(format!(
            "`LEFT_OUT` has {expected:?}, but what is left out is {counts:?}, at the lines {left_out:?}"
        )
        .into());
    }
    Ok(())
}

/// The script fails exactly where it is superseded.
fn check_failures(script: &Script, result: anyhow::Result<()>) -> Result<(), Failed> {
    let mut superseded: Vec<_> = SUPERSEDED
        .iter()
        .filter(|(name, ..)| *name == script.name)
        .flat_map(|(_, lines, _)| lines.iter().copied())
        .collect();
    let Err(error) = result else {
        return match superseded.first() {
            None => Ok(()),
            Some(line) => Err(format!("line {line} is superseded but does not fail").into()),
        };
    };
    let mut errors = error.downcast::<DirectiveErrors>()?;
    errors.errors.retain(|error| {
        let found = superseded.iter().position(|&line| line == error.line);
        found.map(|i| superseded.remove(i)).is_none()
    });
    match superseded.first() {
        Some(line) => Err(format!("line {line} is superseded but does not fail").into()),
        None if errors.errors.is_empty() => Ok(()),
        None => Err(errors.to_string().into()),
    }
}

/// Every module of the script that is valid, but only with a later proposal, is refused by an error that
/// names the proposal.
fn refuses(compiler: BackendKind, script: &Script) -> Result<(), Failed> {
    let features = script.era().features();
    let engine = engine(compiler, Memories::Static, &features);
    let mut wast = Wast::new_with_spectest(Store::new(engine.clone()));
    let wrong = std::sync::Arc::new(Mutex::new(Vec::new()));
    let seen = wrong.clone();
    // Nothing is run: the filter looks at every module and then leaves it out.
    wast.leave_out(move |wasm| {
        if let Some(proposal) = later_proposal(wasm, &features)
            && let Err(message) = check_refusal(&engine, wasm, proposal)
        {
            seen.lock().expect("no test panics with it").push(message);
        }
        Some("only compiled".to_owned())
    });
    // Scripts of proposals that we don't have may use directives that we don't know.
    let _ = wast.run_buffer(Path::new(&script.name), script.text.as_bytes());
    let wrong = wrong.lock().expect("no test panics with it");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn check_refusal(engine: &Engine, wasm: &[u8], proposal: &str) -> Result<(), String> {
    let error = match Module::from_binary(engine, wasm) {
        Ok(_) => return Err(format!("a module that needs {proposal} is compiled")),
        Err(error) => error,
    };
    let kind = matches!(
        error,
        CompileError::UnsupportedFeature(_)
            | CompileError::Validate(_)
            | CompileError::Wasm(WasmError::Unsupported(_) | WasmError::InvalidWebAssembly { .. })
    );
    if kind && error.to_string().contains(proposal) {
        return Ok(());
    }
    Err(format!("a module that needs {proposal} is refused without saying so: {error:?}"))
}

/// The tables speak of scripts that exist, and of the features that there are.
fn check_tables(scripts: &[Script]) -> Result<(), Failed> {
    let names = LEFT_OUT.iter().map(|row| row.0).chain(SUPERSEDED.iter().map(|row| row.0));
    for name in names {
        if !scripts.iter().any(|script| script.name == name) {
            return Err(format!("there is no script {name}").into());
        }
    }
    let official = scripts.iter().filter(|script| script.row.is_some()).count();
    if official != OFFICIAL_SCRIPTS {
        return Err(format!("there are {official} official scripts, not {OFFICIAL_SCRIPTS}").into());
    }
    let on = |features: &Features| features.iter().filter(|(_, on)| *on).count();
    let today = wasmer_tests::proposals::Era::Today.features();
    if on(&today) + ["tail_call", "exceptions", "function_references", "gc", "module_linking"].len()
        != on(&Features::all())
    {
        return Err("there is a feature that the tables don't know".into());
    }
    Ok(())
}

/// How many there are in the version of the suite that we use.
const OFFICIAL_SCRIPTS: usize = 441;
