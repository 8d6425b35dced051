//! `--dir`, `--volume`, `--mapdir`: the directories that a guest sees, and what it may do with them.

use crate::guests::{CREATE, OPEN, PREOPEN};
use crate::{Dir, assert_error, assert_output};

/// A directory `data` with a file `old`, and programs.
fn dir() -> Dir {
    let dir = Dir::new(&[("create.wat", CREATE), ("open.wat", OPEN), ("name.wat", PREOPEN)]);
    std::fs::create_dir(dir.path("data")).unwrap();
    std::fs::write(dir.path("data/old"), "text").unwrap();
    dir
}

#[test]
fn guests_see_directories_by_the_names_given() {
    let dir = dir();
    for (option, value, name) in [
        ("--dir", "data", "data"),
        ("--dir", "data:ro", "data"),
        ("--volume", "data:/in", "/in"),
        ("--volume", "data:/in:ro", "/in"),
        ("--volume", "data:ro", "data"),
        ("--volume", "data", "data"),
        ("--mapdir", "/in:data", "/in"),
        ("--mapdir", "/in::data:ro", "/in"),
    ] {
        assert_output(&dir.wasmer(&["run", option, value, "name.wat"]), 0, name);
    }
}

#[test]
fn a_volume_can_be_written() {
    let dir = dir();
    for option in [["--dir", "data"], ["--volume", "data:x"], ["--volume", "data:x:rw"]] {
        let _ = std::fs::remove_file(dir.path("data/new"));
        assert_output(&dir.wasmer(&[&["run"], &option[..], &["create.wat"]].concat()), 0, "");
        assert!(dir.path("data/new").exists(), "{option:?}");
    }
}

#[test]
fn a_read_only_volume_can_be_read_only() {
    let dir = dir();
    for option in [["--dir", "data:ro"], ["--volume", "data:x:ro"], ["--mapdir", "x:data:ro"]] {
        let create = dir.wasmer(&[&["run"], &option[..], &["create.wat"]].concat());
        assert_ne!(create.status.code(), Some(0), "{option:?}");
        assert!(!dir.path("data/new").exists(), "{option:?}");
        assert_output(&dir.wasmer(&[&["run"], &option[..], &["open.wat"]].concat()), 0, "");
    }
}

#[test]
fn directories_in_memory() {
    let dir = dir();
    assert_output(&dir.wasmer(&["run", "--tmpfs", "/tmp", "name.wat"]), 0, "/tmp");
    assert_output(&dir.wasmer(&["run", "--tmpfs", "/tmp", "create.wat"]), 0, "");
    assert!(!dir.path("new").exists());
    // It is empty each time.
    let no_entry = 44;
    assert_output(&dir.wasmer(&["run", "--tmpfs", "/tmp", "open.wat"]), no_entry, "");
}

#[test]
fn nothing_is_seen_without_options() {
    let dir = dir();
    let bad_descriptor = 8;
    assert_output(&dir.wasmer(&["run", "open.wat"]), bad_descriptor, "");
}

#[test]
fn volumes_that_cant_be_given() {
    let dir = dir();
    let missing = dir.wasmer(&["run", "--dir", "none", "name.wat"]);
    assert_error(
        &missing,
        1,
        &["unable to give the guest the directory `none`", "help: ", "mkdir"],
    );
    let file = dir.wasmer(&["run", "--volume", "data/old:x", "name.wat"]);
    assert_error(
        &file,
        1,
        &["the directory `data/old`", "help: name the directory that has the file"],
    );
    for (option, value) in
        [("--volume", "data:"), ("--volume", ":x"), ("--mapdir", "data"), ("--dir", "")]
    {
        let output = dir.wasmer(&["run", option, value, "name.wat"]);
        assert_error(&output, 2, &[option, "expected"]);
    }
}
