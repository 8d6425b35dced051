//! `--stdin`, and programs that come from standard input.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::guests::CAT;
use crate::{Dir, MATH, assert_error, assert_output};

/// What a command does that reads `text` from its standard input.
fn with_input(dir: &Dir, args: &[&str], text: &[u8]) -> Output {
    let mut command = dir.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || {
        // Not all of them read it.
        let _ = stdin.write_all(&text);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

#[test]
fn standard_input_of_the_guest() {
    let dir = Dir::new(&[("cat.wat", CAT), ("file", "of a file"), ("null", "of another")]);
    assert_output(&with_input(&dir, &["run", "cat.wat"], b"inherited"), 0, "inherited");
    for (source, expected) in [
        ("inherit", "inherited"),
        ("-", "inherited"),
        ("null", ""),
        ("./null", "of another"),
        ("file", "of a file"),
        ("/dev/null", ""),
    ] {
        let output = with_input(&dir, &["run", "--stdin", source, "cat.wat"], b"inherited");
        assert_output(&output, 0, expected);
    }
    let missing = dir.wasmer(&["run", "--stdin", "none", "cat.wat"]);
    assert_error(&missing, 1, &["unable to open `none` for the guest's standard input"]);
}

#[test]
fn programs_from_standard_input() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let run = ["run", "--invoke", "add", "-", "1", "2"];
    assert_output(&with_input(&dir, &run, MATH.as_bytes()), 0, "3\n");
    assert_output(&dir.wasmer(&["compile", "math.wat", "-o", "m.wasmu"]), 0, &{
        let output = dir.wasmer(&["compile", "math.wat", "-o", "m.wasmu"]);
        String::from_utf8(output.stdout).unwrap()
    });
    let artifact = std::fs::read(dir.path("m.wasmu")).unwrap();
    assert_output(&with_input(&dir, &run, &artifact), 0, "3\n");
    let inspect = with_input(&dir, &["inspect", "-"], &artifact);
    assert_error(&inspect, 0, &[]);
    assert!(String::from_utf8_lossy(&inspect.stdout).contains("\"add\""));
    // The program is all that there is to read.
    assert_output(&with_input(&dir, &["run", "-"], CAT.as_bytes()), 0, "");
    assert_error(&with_input(&dir, &run, b""), 1, &["`standard input` is empty"]);
    let cut = with_input(&dir, &run, &artifact[..artifact.len() / 2]);
    assert_error(&cut, 1, &["unable to load `standard input`", "help: it is cut off"]);
}
