//! What the commands say of files that they can't use: what it is, and what to do.

use std::fs;

use crate::guests::CAT;
use crate::{Dir, MATH, assert_error};

/// What `run` must say of a file with these contents.
#[track_caller]
fn assert_refused(contents: &[u8], parts: &[&str]) {
    let dir = Dir::new(&[]);
    fs::write(dir.path("file"), contents).unwrap();
    assert_error(&dir.wasmer(&["run", "file"]), 1, parts);
}

#[test]
fn files_that_are_not_there() {
    let dir = Dir::new(&[("app.wasm", "")]);
    fs::create_dir(dir.path("empty")).unwrap();
    fs::create_dir(dir.path("full")).unwrap();
    fs::write(dir.path("full/app.wasm"), "").unwrap();
    let cases: [(&str, &[&str]); 7] = [
        ("none", &["unable to read `none`", "No such file", "help: name a file"]),
        ("app", &["unable to read `app`", "help: there is a file `app.wasm`"]),
        ("app.wat", &["help: there is a file `app.wasm`"]),
        (
            "wasmer/python",
            &["help: there is no directory `wasmer` either; packages of the registry"],
        ),
        ("https://example.com/app.wasm", &["help: programs are run from files: download it first"]),
        ("empty", &["unable to read `empty`", "Is a directory", "help: name the file of a module"]),
        ("full", &["Is a directory", "help: name a file in it, for example `full/app.wasm`"]),
    ];
    for (file, parts) in cases {
        assert_error(&dir.wasmer(&["run", file]), 1, parts);
    }
}

#[test]
fn misspelt_commands() {
    let dir = Dir::new(&[]);
    for (word, command) in [("rnu", "run"), ("inspct", "inspect"), ("compille", "compile")] {
        let help =
            format!("help: there is no command `{word}` either; a similar one is `{command}`");
        assert_error(&dir.wasmer(&[word, "app.wasm"]), 1, &["unable to read", &help]);
    }
}

#[test]
fn files_that_may_not_be_read() {
    let dir = Dir::new(&[("secret.wasm", "")]);
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dir.path("secret.wasm"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(dir.path("secret.wasm")).is_ok() {
        return eprintln!("skipped: this user may read everything");
    }
    let output = dir.wasmer(&["run", "secret.wasm"]);
    assert_error(&output, 1, &["Permission denied", "help: you may not read it"]);
}

#[test]
fn files_of_other_kinds() {
    let cases: [(&[u8], &str, &str); 14] = [
        (b"", "`file` is empty", "has failed"),
        (b"\x7fELF\x02\x01\x01\0\xff", "a native program", "start it without wasmer"),
        (b"MZ\x90\0", "a program for Windows", "wasm32-wasip1"),
        (b"\xcf\xfa\xed\xfe", "a program for macOS", "wasm32-wasip1"),
        (b"\x1f\x8b\x08\0", "compressed (gzip)", "gunzip"),
        (b"PK\x03\x04\0", "an archive (zip)", "unzip"),
        (b"\x28\xb5\x2f\xfd\0", "compressed (zstd)", "zstd -d"),
        (b"BC\xc0\xde", "LLVM bitcode", "compile and link it"),
        (b"\0webc001", "a package (WebC)", "take the module out"),
        (b"#!/bin/sh\necho", "a script", "start it without wasmer"),
        (b"<!DOCTYPE html>", "a web page", "download failed"),
        (b"print('hello')", "text, but not that of a module", "compiled to WebAssembly first"),
        (b"\xff\xfe\x01", "neither a WebAssembly module", "whole and unpacked"),
        (b"!<arch>\n\0", "a library of object files", "link it"),
    ];
    for (contents, what, help) in cases {
        assert_refused(contents, &[what, "help: ", help]);
    }
}

#[test]
fn headers_of_other_modules() {
    let component = b"\0asm\x0d\0\x01\0";
    assert_refused(
        component,
        &["`file` is a component", "help: build the program for wasm32-wasip1"],
    );
    assert_refused(b"\0asm\x02\0\0\0", &["is a module of version 2", "only version 1"]);
    assert_refused(b"\0asm\x01\0\x07\0", &["of an unknown kind (7)"]);
    assert_refused(b"\0asm\x01\0", &["is cut off: its header has 8 bytes, and there are 6"]);
}

#[test]
fn modules_that_are_cut_off() {
    let module = wasmer::wat2wasm(CAT.as_bytes()).unwrap();
    assert_refused(
        &module[..module.len() - 20],
        &["`file` is cut off: the section at", "help: copy or download it again"],
    );
    let dir = Dir::new(&[]);
    fs::write(dir.path("cut.wasm"), &module[..module.len() - 20]).unwrap();
    let output = dir.wasmer(&["validate", "cut.wasm"]);
    assert_error(&output, 1, &["failed to validate `cut.wasm`", "is cut off"]);
    let output = dir.wasmer(&["compile", "cut.wasm", "-o", "cut.wasmu"]);
    assert_error(&output, 1, &["failed to compile `cut.wasm`", "is cut off"]);
}

#[test]
fn modules_for_other_hosts() {
    let cases: [(&str, &str, &str, &str); 12] = [
        ("wbg", "__wbg_log", "wasm-bindgen", "wasm-pack"),
        ("__wbindgen_placeholder__", "__wbindgen_throw", "wasm-bindgen", "Node.js"),
        ("./app_bg.js", "f", "wasm-bindgen", "Node.js"),
        ("gojs", "runtime.wasmExit", "Go for JavaScript", "GOOS=wasip1"),
        ("go", "runtime.wasmExit", "Go for JavaScript", "wasm_exec_node.js"),
        (
            "env",
            "emscripten_resize_heap",
            "Emscripten with its JavaScript glue",
            "-sSTANDALONE_WASM",
        ),
        ("env", "invoke_iii", "Emscripten with its JavaScript glue", "-sSTANDALONE_WASM"),
        ("a", "b", "Emscripten with its JavaScript glue", "-sSTANDALONE_WASM"),
        ("env", "abort", "AssemblyScript", "--use abort="),
        ("env", "something", "Emscripten or another embedder", "wasmer inspect"),
        ("wasi:cli/environment@0.2.0", "get-environment", "the component model", "wasm32-wasip1"),
        ("wasix_32v1", "thread_spawn_v2", "WASIX", "wasm32-wasip1"),
    ];
    for (module, name, host, help) in cases {
        let import = format!("(import \"{module}\" \"{name}\" (func))");
        let wasi = "(import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32)))";
        for imports in [import.clone(), format!("{wasi} {import}")] {
            if imports.len() > import.len() && module == "a" {
                continue;
            }
            let text = format!("(module {imports} (func (export \"_start\")))");
            let parts = [
                "unable to start `file`, which looks made for",
                host,
                "unknown import",
                "help: ",
                help,
            ];
            assert_refused(text.as_bytes(), &parts);
        }
    }
}

#[test]
fn proposals_that_are_off() {
    let memory64 = "(module (memory i64 1) (func (export \"_start\")))";
    let help = "help: it needs what is off: turn it on with `--enable-memory64`";
    assert_refused(memory64.as_bytes(), &["unable to compile `file`", help]);
    let tail = "(module (func $f (export \"_start\") (return_call $f)))";
    assert_refused(tail.as_bytes(), &["help: it needs tail-call, which cranelift does not have"]);
    let dir = Dir::new(&[("m.wat", memory64)]);
    let output = dir.wasmer(&["run", "--enable-memory64", "m.wat"]);
    assert_error(&output, 0, &[]);
}

#[test]
fn scripts_of_tests() {
    let script = "(module (func (export \"f\")))\n(assert_return (invoke \"f\"))";
    assert_refused(
        script.as_bytes(),
        &["unable to compile `file`", "help: it looks like a script", "wasmer wast"],
    );
    // A script with nothing but a module is one.
    let dir = Dir::new(&[("m.wast", MATH)]);
    assert_error(&dir.wasmer(&["run", "m.wast"]), 0, &[]);
}

#[test]
fn functions_that_are_not_there() {
    let dir = Dir::new(&[("math.wat", MATH), ("empty.wat", "(module)")]);
    let missing = dir.wasmer(&["run", "--invoke", "sub", "math.wat"]);
    let help = "help: it exports the functions `add`, `swap`, `trap`, `_start`";
    assert_error(&missing, 1, &["The module doesn't export a function named \"sub\"", help]);
    let parts =
        ["The module doesn't export a \"_start\" function", "help: it exports no functions"];
    assert_error(&dir.wasmer(&["run", "empty.wat"]), 1, &parts);
    let usage = "help: call it with `--invoke add FILE -- <I32> <I32>`; it returns I32";
    for (args, message) in [
        (&["1"][..], "Function expected 2 arguments, but received 1"),
        (&["1", "2", "3"], "Function expected 2 arguments, but received 3"),
        (&["1", "abc"], "Unable to convert \"abc\" to I32"),
        (&["1", "99999999999"], "Unable to convert \"99999999999\" to I32"),
    ] {
        let output = dir.wasmer(&[&["run", "-i", "add", "math.wat"], args].concat());
        assert_error(&output, 1, &[message, usage]);
    }
}

#[test]
fn devices() {
    let dir = Dir::new(&[]);
    for (device, part) in
        [("/dev/null", "is empty"), ("/dev/zero", "neither"), ("/dev/urandom", "`/dev/urandom`")]
    {
        assert_error(&dir.wasmer(&["run", device]), 1, &[part]);
    }
}

#[test]
fn colours_are_for_terminals() {
    let dir = Dir::new(&[]);
    let plain = dir.wasmer(&["run", "none"]);
    assert!(!plain.stderr.contains(&0x1b));
    let coloured = dir.wasmer(&["--color", "always", "run", "none"]);
    assert!(coloured.stderr.starts_with(b"\x1b[1;31merror\x1b[0m: "));
    let never = dir.wasmer(&["run", "none", "--color", "never"]);
    assert_eq!(never.stderr, plain.stderr);
    // `script` gives a terminal to what it runs.
    let wasmer = env!("CARGO_BIN_EXE_wasmer");
    let on_terminal = |setting: &str| {
        let mut command = std::process::Command::new("script");
        command.current_dir(dir.path(".")).env("TERM", "xterm").env_remove("NO_COLOR");
        command.args(["-qec", &format!("{setting} '{wasmer}' run none"), "/dev/null"]).output()
    };
    let Ok(output) = on_terminal("") else {
        return eprintln!("skipped: `script` is not installed");
    };
    assert!(output.stdout.contains(&0x1b), "{output:?}");
    for setting in ["NO_COLOR=1", "TERM=dumb"] {
        let output = on_terminal(setting).unwrap();
        assert!(!output.stdout.contains(&0x1b), "{setting}: {output:?}");
    }
    assert!(on_terminal("NO_COLOR=").unwrap().stdout.contains(&0x1b));
}
