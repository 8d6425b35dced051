//! Output that nobody reads, and output that nobody wants.

use std::process::{Output, Stdio};

use super::{Dir, MATH, assert_output};

/// What a command does whose output nobody reads from the start.
fn unread(dir: &Dir, args: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = dir.command(args);
    command.stdout(writer).stderr(Stdio::piped());
    let child = command.spawn().expect("the command starts");
    // It has the other end of the pipe, too.
    drop(command);
    child.wait_with_output().expect("the command ends")
}

#[test]
fn closed_output_is_no_error() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let compiled = dir.wasmer(&["compile", "math.wat", "-o", "math.wasmu"]);
    assert_eq!(compiled.status.code(), Some(0));
    let lines: [&[&str]; 8] = [
        &["inspect", "math.wat"],
        &["inspect", "math.wasmu"],
        &["cache", "dir"],
        &["cache", "size"],
        &["run", "-i", "add", "math.wat", "1", "2"],
        &["run", "-i", "add", "math.wasmu", "1", "2"],
        &["--help"],
        &["--version"],
    ];
    for args in lines {
        let output = unread(&dir, args);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

/// The lines that `compile` prints are not what it is for.
#[test]
fn closed_output_does_not_keep_from_compiling() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let output = unread(&dir, &["compile", "math.wat", "-o", "math.wasmu"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "✔ File compiled successfully to `math.wasmu`.\n"
    );
    assert_eq!(output.status.code(), Some(0));
    assert_output(&dir.wasmer(&["run", "-i", "add", "math.wasmu", "1", "2"]), 0, "3\n");
}

#[test]
fn other_failures_to_write_are_errors() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it exists");
    let output = dir.command(&["inspect", "math.wat"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"));
}

#[test]
fn quiet_commands_print_no_notes() {
    let wasm: &[u8] = b"\0asm\x01\0\0\0";
    let dir = Dir::new(&[("math.wat", MATH), ("test.wast", "(module)")]);
    std::fs::write(dir.path("empty.wasm"), wasm).unwrap();
    // The last one has a note about its name, too.
    let lines: [&[&str]; 5] = [
        &["validate", "empty.wasm"],
        &["cache", "clean"],
        &["wast", "test.wast"],
        &["compile", "math.wat", "-o", "math.wasmu"],
        &["compile", "math.wat", "-o", "math.other"],
    ];
    for args in lines {
        let loud = dir.wasmer(args);
        assert!(!loud.stderr.is_empty(), "{args:?}");
        let before = dir.wasmer(&[&["-q"], args].concat());
        let behind = dir.wasmer(&[args, &["--quiet"]].concat());
        for quiet in [before, behind] {
            assert_eq!(String::from_utf8_lossy(&quiet.stderr), "", "{args:?}");
            assert_eq!(String::from_utf8_lossy(&quiet.stdout), "", "{args:?}");
            assert_eq!(quiet.status.code(), Some(0), "{args:?}");
        }
    }
    let failed = dir.wasmer(&["-q", "validate", "math.wat"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(!failed.stderr.is_empty(), "errors are printed all the same");
}
