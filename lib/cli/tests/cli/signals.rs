//! SIGINT ends the guest, and SIGPIPE ends it quietly.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use crate::Dir;
use crate::guests::{SPIN, YES};

const SIGINT: i32 = 2;
const SIGPIPE: i32 = 13;

/// Starts a guest, and waits until it has printed `line`. What it prints after that is not read.
fn start(dir: &Dir, guest: &str, line: &str) -> Child {
    let mut command = dir.command(&["run", guest]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, line);
    child
}

/// Expects that it ends by a signal, and without a word.
fn assert_ended(child: Child, signal: i32) {
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.signal(), Some(signal));
}

#[test]
fn sigint_ends_the_guest() {
    let dir = Dir::new(&[("spin.wat", SPIN)]);
    let child = start(&dir, "spin.wat", "started\n");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    // A shell makes 130 of it.
    assert_ended(child, SIGINT);
}

#[test]
fn a_guest_whose_output_nobody_reads_ends_quietly() {
    let dir = Dir::new(&[("yes.wat", YES)]);
    assert_ended(start(&dir, "yes.wat", "yes\n"), SIGPIPE);
}
