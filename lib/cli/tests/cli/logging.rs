//! `-v`, `RUST_LOG`, `--log-format`, `--log-events`: what is told of what is done.

use std::fs;

use serde_json::Value;

use crate::guests::{CAT, OPEN};
use crate::{Dir, EXIT_7, MATH, assert_error, assert_output};

/// What `run` with these options says.
fn log(dir: &Dir, options: &[&str], variables: &[(&str, &str)]) -> String {
    let args = [&["run"], options].concat();
    let output = dir.command(&args).envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

/// A module that is worth a place in the cache.
fn large() -> String {
    format!("(module (data \"{}\") (func (export \"_start\")))", "x".repeat(10_000))
}

#[test]
fn levels() {
    let dir = Dir::new(&[("large.wat", &large()), ("exit.wat", EXIT_7)]);
    assert_eq!(log(&dir, &["large.wat"], &[]), "");
    let dir = Dir::new(&[("large.wat", &large()), ("exit.wat", EXIT_7)]);
    assert_eq!(log(&dir, &["-v", "large.wat"], &[]), "", "there is nothing to warn of");

    let dir = Dir::new(&[("large.wat", &large()), ("exit.wat", EXIT_7)]);
    let first = log(&dir, &["-vv", "large.wat"], &[]);
    assert!(first.contains("compile{file=large.wat bytes="), "{first}");
    assert!(first.contains("close time.busy="), "{first}");
    assert!(!first.contains("DEBUG") && !first.contains('\x1b'), "{first}");
    let again = log(&dir, &["-vv", "large.wat"], &[]);
    assert!(again.contains("loaded from the cache") && !again.contains("compile{"), "{again}");
    let why = log(&dir, &["-vvv", "exit.wat"], &[]);
    assert!(why.contains("too small for the cache") && why.contains("compiler="), "{why}");
    assert!(!why.contains("proc_exit"), "{why}");
    let calls = log(&dir, &["--verbose", "-vvv", "exit.wat"], &[]);
    assert!(calls.contains("TRACE wasmer_wasix::syscalls: proc_exit(code=7) us="), "{calls}");

    let unusable = log(&dir, &["-v", "--cache-dir", "exit.wat", "large.wat"], &[]);
    assert!(
        unusable.contains("WARN") && unusable.contains("the cache can't be used"),
        "{unusable}"
    );
    assert!(log(&dir, &["--color", "always", "-vv", "large.wat"], &[]).contains('\x1b'));
}

#[test]
fn calls_of_the_guest_are_shown_as_strace_does() {
    let dir = Dir::new(&[("open.wat", OPEN), ("cat.wat", CAT), ("input", "some\ntext")]);
    let trace = [("RUST_LOG", "wasmer_wasix=trace")];
    let open = log(&dir, &["--dir", ".", "open.wat"], &trace);
    let line = "path_open(fd=3, flags=0, path=\"old\", oflags=0, rights_base=0x2, rights_inheriting=0x0, \
                fdflags=0, opened=0x8) = noent us=";
    assert!(open.contains(line), "{open}");
    assert_eq!(open.lines().count(), 2, "an exit, and nothing of other parts: {open}");
    fs::write(dir.path("old"), "").unwrap();
    let found = log(&dir, &["--dir", ".", "open.wat"], &trace);
    assert!(found.contains("opened=0x8) = success, opened=4 us="), "{found}");

    let cat = ["--stdin", "input", "cat.wat"];
    let copied = log(&dir, &cat, &trace);
    for part in [
        r#"fd_read(fd=0, iovs=0x0, iovs_len=1, nread=0x8) = success, nread=9 "some\ntext" us="#,
        r#"fd_write(fd=1, iovs=0x0, iovs_len=1, nwritten=0xc "some\ntext") = success, nwritten=9 us="#,
        "nread=0 \"\" us=",
    ] {
        assert!(copied.contains(part), "{part} is not in: {copied}");
    }
    let command = dir.command(&[&["run"], &cat[..]].concat()).env("RUST_LOG", "trace").output();
    assert_eq!(command.unwrap().stdout, b"some\ntext", "the guest does not notice");
}

#[test]
fn the_variable_counts_in_place_of_the_option() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    assert_eq!(log(&dir, &["-vvvv", "math.wat"], &[("RUST_LOG", "wasmer_wasix=trace")]), "");
    assert_eq!(log(&dir, &["-vvvv", "math.wat"], &[("RUST_LOG", "off")]), "");
    assert!(log(&dir, &["math.wat"], &[("RUST_LOG", "debug")]).contains("DEBUG"));
    assert!(log(&dir, &["-vvv", "math.wat"], &[("RUST_LOG", "")]).contains("DEBUG"));
    let bad = log(&dir, &["math.wat"], &[("RUST_LOG", "wasmer=nonsense")]);
    assert!(bad.starts_with("warning: RUST_LOG is ignored: "), "{bad}");
}

#[test]
fn lines_for_tools() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    let by_variable = log(&dir, &["-vvvv", "exit.wat"], &[("LOG_FORMAT", "json")]);
    for text in [log(&dir, &["-vvvv", "--log-format", "json", "exit.wat"], &[]), by_variable] {
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let call = lines.last().unwrap();
        assert_eq!(call["target"], "wasmer_wasix::syscalls");
        assert_eq!(call["fields"]["message"], "proc_exit(code=7)");
        assert!(call["fields"]["us"].is_u64());
        let compiled = lines.iter().find(|line| line["fields"]["message"] == "close").unwrap();
        assert_eq!(compiled["span"]["file"], "exit.wat");
    }
}

#[test]
fn events_of_work() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    for (events, expected) in
        [("new", (true, false)), ("close", (false, true)), ("all", (true, true))]
    {
        let by_option = log(&dir, &["-vv", "--log-events", events, "exit.wat"], &[]);
        let by_variable = log(&dir, &["-vv", "exit.wat"], &[("LOG_EVENTS", events)]);
        for text in [by_option, by_variable] {
            assert_eq!((text.contains(": new"), text.contains(": close")), expected, "{text}");
        }
    }
    assert_error(
        &dir.wasmer(&["--log-events", "none", "run", "exit.wat"]),
        2,
        &["new, close, all"],
    );
    assert_error(&dir.wasmer(&["--log-format", "xml", "run", "exit.wat"]), 2, &["text, json"]);
}

#[test]
fn loud_or_quiet() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    for line in [["-q", "-v", "run", "math.wat"], ["-q", "run", "-v", "math.wat"]] {
        assert_error(&dir.wasmer(&line), 2, &["--quiet cannot be used with --verbose"]);
    }
}

#[test]
fn versions() {
    let dir = Dir::new(&[]);
    let version = concat!("wasmer ", env!("CARGO_PKG_VERSION"), "\n");
    for flag in ["-V", "--version"] {
        assert_output(&dir.wasmer(&[flag]), 0, version);
    }
    for flags in [&["-V", "-v"][..], &["--verbose", "--version"], &["-vV"]] {
        let output = dir.wasmer(flags);
        assert_error(&output, 0, &[]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(version), "{text}");
        let names =
            ["binary", "commit-hash", "commit-date", "host", "cpu", "compilers", "features"];
        let found: Vec<&str> =
            text.lines().skip(1).map(|line| line.split_once(": ").expect(line).0).collect();
        assert_eq!(found, names);
        assert!(text.contains("compilers: cranelift, "), "{text}");
    }
    let help = String::from_utf8(dir.wasmer(&["-h"]).stdout).unwrap();
    let (before, logging) = help.split_once("\nLogging:\n").unwrap();
    assert!(before.contains("--version") && logging.contains("--log-events"), "{help}");
    assert_error(&dir.wasmer(&["-q"]), 2, &["expected a command or a file to run", "Usage"]);
}
