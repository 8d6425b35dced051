//! Disassemblers, debuggers and profilers read artifacts, as `docs/artifacts.md` says. A tool that is not installed,
//! or may not trace or measure here, is skipped, and the test says so.

use std::path::Path;
use std::process::{Command, Output};

use wasmer::Module;
use wasmer::sys::{Cranelift, EngineBuilder};

use crate::{Dir, assert_error};

/// `hot` runs for a while; `outer` calls `inner`, which is outside of the memory.
const MODULE: &str = r#"(module
    (memory 1)
    (func $hot (export "hot") (result i32)
        (local $n i32)
        (loop $next
            (br_if $next (i32.ne (local.tee $n (i32.add (local.get $n) (i32.const 3)))
                                 (i32.const 600000000))))
        local.get $n)
    (func $inner (param i32) (result i32)
        (i32.add (i32.load (i32.add (local.get 0) (i32.const 70000))) (i32.const 1)))
    (func $outer (export "outer") (result i32)
        (i32.add (call $inner (i32.const 4)) (i32.const 2)))
    (func (export "nameless") (result i32) i32.const 7))"#;

/// The symbols of the functions.
const SYMBOLS: [&str; 4] = ["hot", "inner", "outer", "wasm[0]::function[3]"];

/// A directory with the artifact `m.wasmu`.
fn artifact() -> Dir {
    let dir = Dir::new(&[("m.wat", MODULE)]);
    assert_error(&dir.wasmer(&["compile", "m.wat", "-o", "m.wasmu"]), 0, &[]);
    dir
}

/// What a tool prints, or `None` if it is not installed.
fn tool(dir: &Dir, program: &str, args: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.current_dir(dir.path(".")).env("WASMER_DIR", dir.path(".wasmer"));
    // Not what the user likes, and nothing from the network.
    command.envs([("LC_ALL", "C"), ("HOME", "/nonexistent"), ("DEBUGINFOD_URLS", "")]);
    let found = command.args(args).output();
    if found.is_err() {
        eprintln!("skipped: `{program}` can't be started here");
    }
    found.ok()
}

/// What it prints to standard output when it succeeds; it must not complain.
fn stdout(dir: &Dir, program: &str, args: &[&str]) -> Option<String> {
    let output = tool(dir, program, args)?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{program}: {stderr}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn disassemblers_find_the_functions() {
    let dir = artifact();
    for program in ["objdump", "llvm-objdump"] {
        let Some(text) = stdout(&dir, program, &["-d", "m.wasmu"]) else { continue };
        for symbol in SYMBOLS {
            assert!(text.contains(&format!("<{symbol}>:\n")), "{program}: {symbol} not in {text}");
        }
        let outer = text.split("<outer>:").nth(1).and_then(|rest| rest.split(">:\n").next());
        let outer = outer.expect("code of `outer`");
        let mut calls = outer.lines().filter(|line| line.contains("call") || line.contains("bl\t"));
        assert!(calls.any(|line| line.contains("<inner>")), "{program}: {text}");
    }
}

#[test]
fn readelf_has_nothing_to_complain_about() {
    let dir = artifact();
    let Some(text) = stdout(&dir, "readelf", &["-aW", "m.wasmu"]) else { return };
    for symbol in SYMBOLS {
        let known = text.lines().any(|line| line.contains(" FUNC ") && line.ends_with(symbol));
        assert!(known, "{symbol} not in {text}");
    }
    assert!(!text.to_lowercase().contains("warning"), "{text}");
}

/// `.eh_frame` describes each function, by the same addresses as the symbols.
#[test]
fn call_frame_information_is_readable() {
    let dir = Dir::new(&[]);
    let mut compiler = Cranelift::default();
    compiler.unwind_info(true);
    let engine = EngineBuilder::new(compiler).engine();
    let module = Module::new(&engine, MODULE).expect("a module");
    module.serialize_to_file(dir.path("m.wasmu")).expect("an artifact");
    let Some(frames) = stdout(&dir, "readelf", &["--debug-dump=frames", "m.wasmu"]) else { return };
    let symbols = stdout(&dir, "readelf", &["-sW", "m.wasmu"]).expect("readelf is there");
    for symbol in SYMBOLS {
        let line = symbols.lines().find(|line| line.ends_with(symbol)).expect("a symbol");
        let address = line.split_whitespace().nth(1).expect("an address");
        assert!(frames.contains(&format!(" pc={address}..")), "{symbol}: {line} {frames}");
    }
}

#[test]
fn gdb_finds_the_functions() {
    let dir = artifact();
    let args = ["-batch", "-nx", "-ex", "info functions", "-ex", "disassemble inner", "m.wasmu"];
    let Some(text) = stdout(&dir, "gdb", &args) else { return };
    for symbol in SYMBOLS {
        assert!(text.lines().any(|line| line.ends_with(&format!(" {symbol}"))), "{symbol}: {text}");
    }
    let code = "Dump of assembler code for function inner:\n";
    assert!(text.contains(code) && text.contains("<+0>:"), "{text}");
}

/// A running program: the symbols are added where the file is mapped, and the stack is shown with names.
#[test]
fn gdb_shows_frames_of_a_running_program() {
    let dir = artifact();
    let wasmer = env!("CARGO_BIN_EXE_wasmer");
    let debug = |commands: &[&str]| {
        let mut args = vec!["-batch", "-nx"];
        for command in [&["run"], commands].concat() {
            args.extend(["-ex", command]);
        }
        args.extend(["--args", wasmer, "run", "--invoke", "outer", "m.wasmu"]);
        let output = tool(&dir, "gdb", &args)?;
        Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    // Where it is mapped is the same each time, as the debugger turns off the shuffling of addresses.
    let Some(text) = debug(&["info proc mappings"]) else { return };
    if !text.contains("received signal SIGSEGV") {
        return eprintln!("skipped: gdb can't run a program here: {text}");
    }
    let path = dir.path("m.wasmu");
    let file = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let mapped = text.lines().find(|line| line.ends_with(file)).expect("the artifact is mapped");
    let address = mapped.split_whitespace().next().expect("an address");
    let text = debug(&[&format!("add-symbol-file m.wasmu -o {address}"), "bt 3"]);
    let text = text.expect("gdb is there");
    for frame in [" in inner ()", " in outer ()"] {
        assert!(text.contains(frame), "{frame} not in {text}");
    }
}

#[test]
fn perf_finds_the_functions() {
    let dir = artifact();
    let wasmer = env!("CARGO_BIN_EXE_wasmer");
    let record = ["record", "-q", "-o", "data", wasmer, "run", "--invoke", "hot", "m.wasmu"];
    let Some(recorded) = tool(&dir, "perf", &record) else { return };
    if !recorded.status.success() || !Path::new(&dir.path("data")).exists() {
        let reason = String::from_utf8_lossy(&recorded.stderr);
        return eprintln!("skipped: perf may not measure here: {reason}");
    }
    let report = ["report", "--stdio", "-i", "data", "--percent-limit", "20"];
    let report = tool(&dir, "perf", &report).expect("perf is there");
    let text = String::from_utf8_lossy(&report.stdout);
    let found = text.lines().any(|line| line.contains("m.wasmu") && line.ends_with("] hot"));
    assert!(found, "{text}");
}
