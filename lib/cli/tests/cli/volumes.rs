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

/// `open.wat` for a directory that is not the first one.
fn open_in(descriptor: u32) -> String {
    let first = "(call $open (i32.const 3)";
    assert!(OPEN.contains(first));
    OPEN.replace(first, &format!("(call $open (i32.const {descriptor})"))
}

#[test]
fn where_a_guest_starts() {
    let dir = dir();
    std::fs::write(dir.path("open4.wat"), open_in(4)).unwrap();
    std::fs::write(dir.path("name4.wat"), PREOPEN.replace("i32.const 3", "i32.const 4")).unwrap();
    let run = |volume: &str, cwd: &str, guest: &str| {
        dir.wasmer(&["run", "--volume", volume, "--cwd", cwd, guest])
    };
    for (volume, cwd) in [
        ("data:/in", "/in"),
        ("data:in", "/in/"),
        (".:/x/y", "/x//y/./data"),
        ("data:/in:ro", "/in"),
        (".:/in:ro", "/in/data"),
    ] {
        assert_output(&run(volume, cwd, "open4.wat"), 0, "");
        assert_output(&run(volume, cwd, "name4.wat"), 0, ".");
    }
    // The longest name counts.
    let nested = ["run", "--volume", "data:/a/b", "--volume", ".:/a", "--cwd", "/a/b"];
    std::fs::write(dir.path("open5.wat"), open_in(5)).unwrap();
    assert_output(&dir.wasmer(&[&nested[..], &["open5.wat"]].concat()), 0, "");
    let in_memory = ["run", "--tmpfs", "/tmp", "--cwd", "/tmp", "name4.wat"];
    assert_output(&dir.wasmer(&in_memory), 0, ".");

    // What may only be read stays so.
    let create = CREATE.replace("(call $open (i32.const 3)", "(call $open (i32.const 4)");
    std::fs::write(dir.path("create4.wat"), create).unwrap();
    assert_ne!(run("data:/in:ro", "/in", "create4.wat").status.code(), Some(0));
    assert!(!dir.path("data/new").exists());
    assert_output(&run("data:/in", "/in", "create4.wat"), 0, "");
    assert!(dir.path("data/new").exists());
}

/// The C library of the guest takes `/` and `.` for the same.
#[test]
fn absolute_and_relative_paths() {
    let dir = dir();
    std::fs::create_dir_all(dir.path("other/data")).unwrap();
    std::fs::write(dir.path("other/here"), "one two").unwrap();
    std::fs::write(dir.path("other/data/old"), "three four five").unwrap();
    let words = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wordfreq.wasm");
    let count = |options: &[&str], file: &str| {
        let output = dir.wasmer(&[&["run"], options, &[words, file]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_once(' ').and_then(|(count, _)| count.parse::<u32>().ok()).expect(file)
    };
    for volume in [["--volume", ".:/"], ["--volume", ".:/:ro"], ["--dir", "."]] {
        let options = [&volume[..], &["--cwd", "/data"]].concat();
        assert_eq!(count(&options, "old"), 1);
        assert_eq!(count(&options, "/data/old"), 1);
        assert_eq!(count(&options, "/other/here"), 2);
        let options = [&volume[..], &["--cwd", "/other"]].concat();
        assert_eq!(count(&options, "here"), 2);
        assert_eq!(count(&options, "/other/here"), 2);
        // There is one of this name, and the libraries do not tell.
        assert_eq!((count(&options, "data/old"), count(&options, "/data/old")), (3, 3));
    }
}

#[test]
fn where_a_guest_can_not_start() {
    let dir = dir();
    std::os::unix::fs::symlink("/", dir.path("data/out")).unwrap();
    std::os::unix::fs::symlink("..", dir.path("data/up")).unwrap();
    let run = |cwd: &str| {
        dir.wasmer(&["run", "--volume", "data:/in", "--tmpfs", "/tmp", "--cwd", cwd, "name.wat"])
    };
    for bad in ["in", "", ".", "/in/../in"] {
        assert_error(&run(bad), 2, &["--cwd", "expected an absolute path of the guest"]);
    }
    for elsewhere in ["/", "/inner", "/other"] {
        let message = format!("the guest has no directory `{elsewhere}` to start in");
        assert_error(&run(elsewhere), 1, &[&message, "help: give it one with `--volume HOST:"]);
    }
    for missing in ["/in/none", "/in/old", "/in/out", "/in/up", "/in/out/usr", "/tmp/x"] {
        assert_error(&run(missing), 1, &[&format!("unable to start the guest in `{missing}`")]);
    }
}
