//! SIGINT ends the guest, and SIGPIPE ends it quietly.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use crate::Dir;
use crate::guests::{SPIN, YES};

const SIGINT: i32 = 2;
const SIGPIPE: i32 = 13;

#[test]
fn sigint_ends_the_guest() {
    let dir = Dir::new(&[("spin.wat", SPIN)]);
    let mut command = dir.command(&["run", "spin.wat"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "started\n");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    // A shell makes 130 of it.
    assert_eq!(output.status.signal(), Some(SIGINT));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_guest_whose_output_nobody_reads_ends_quietly() {
    let dir = Dir::new(&[("yes.wat", YES)]);
    let mut command = dir.command(&["run", "yes.wat"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "yes\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.signal(), Some(SIGPIPE));
}
