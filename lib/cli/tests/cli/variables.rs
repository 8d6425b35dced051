//! `--env`, `--env-file`, `--forward-host-env`: the variables that a guest sees.

use crate::guests::ENVIRON;
use crate::{Dir, assert_error, assert_output};

/// The guest's variables, in their order.
fn variables(dir: &Dir, options: &[&str]) -> Vec<String> {
    let output = dir
        .command(&[&["run"], options, &["environ.wat"]].concat())
        .env("OF_THE_HOST", "1")
        .env("SHARED", "host")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

fn dir() -> Dir {
    let file =
        "# comment\nexport A=file\n\nSHARED='from # file'\nEMPTY=\nESCAPED=\"a\\nb\" # end\n";
    Dir::new(&[("environ.wat", ENVIRON), ("vars", file), ("bad", "A=1\nnonsense\n")])
}

#[test]
fn a_guest_has_only_the_variables_given() {
    let dir = dir();
    assert_eq!(variables(&dir, &[]), Vec::<String>::new());
    assert_eq!(variables(&dir, &["--env", "A=1", "--env", "B=x=y"]), ["A=1", "B=x=y"]);
    assert_eq!(variables(&dir, &["--env", "A=1", "--env", "A=2"]), ["A=2"], "the last counts");
}

#[test]
fn files_come_before_options() {
    let dir = dir();
    let found = variables(&dir, &["--env", "A=option", "--env-file", "vars"]);
    assert_eq!(found, ["SHARED=from # file", "EMPTY=", "ESCAPED=a\nb", "A=option"]);
}

#[test]
fn variables_of_the_host_are_forwarded_when_asked_for() {
    let dir = dir();
    let found = variables(&dir, &["--forward-host-env", "--env-file", "vars", "--env", "A=2"]);
    let has = |variable: &str| found.iter().any(|found| found == variable);
    assert!(has("OF_THE_HOST=1") && has("SHARED=from # file") && has("A=2"), "{found:?}");
    assert!(!has("SHARED=host") && !has("A=file"), "{found:?}");
    let by_variable = |value| {
        let mut command = dir.command(&["run", "environ.wat"]);
        command.env("FORWARD_HOST_ENV", value).env("OF_THE_HOST", "1").output().unwrap().stdout
    };
    assert!(String::from_utf8_lossy(&by_variable("1")).contains("OF_THE_HOST=1"));
    assert_eq!(by_variable("0"), b"");
}

#[test]
fn bad_variables() {
    let dir = dir();
    for bad in ["A", "=b", "A="] {
        let output = dir.wasmer(&["run", "--env", bad, "environ.wat"]);
        assert_error(&output, 2, &["--env", "KEY=VALUE"]);
    }
    let file = |name| dir.wasmer(&["run", "--env-file", name, "environ.wat"]);
    assert_error(&file("none"), 1, &["unable to read the variables in `none`", "No such file"]);
    assert_error(&file("bad"), 1, &["line 2 of `bad`: expected KEY=VALUE", "help: "]);
    assert_error(&file("."), 1, &["unable to read the variables in `.`"]);
    std::fs::write(dir.path("binary"), b"A=\xff").unwrap();
    assert_error(&file("binary"), 1, &["`binary`", "UTF-8"]);
}

#[test]
fn arguments_are_bytes() {
    let dir = Dir::new(&[("args.wat", crate::guests::ARGUMENTS)]);
    let output = dir.wasmer(&["run", "args.wat", "a b", "--", "--flag", ""]);
    assert_output(&output, 0, "args.wat\0a b\0--flag\0\0");
}

#[test]
fn the_name_of_the_guest() {
    let dir = Dir::new(&[("args.wat", crate::guests::ARGUMENTS)]);
    let output = dir.wasmer(&["run", "--argv0", "app", "args.wat", "x"]);
    assert_output(&output, 0, "app\0x\0");
}
