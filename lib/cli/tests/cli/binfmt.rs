//! `wasmer binfmt`: what the kernel is told, and what it then starts.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::guests::{ARGUMENTS, ENVIRON};
use crate::{Dir, assert_error};

/// A directory that looks like that of the kernel, but does nothing with what it is told.
fn dir() -> Dir {
    let dir = Dir::new(&[("args.wat", ARGUMENTS), ("environ.wat", ENVIRON)]);
    fs::create_dir(dir.path("misc")).unwrap();
    fs::write(dir.path("misc/register"), "").unwrap();
    dir
}

const NAMES: [&str; 3] = ["wasmer-wasm", "wasmer-wat", "wasmer-wasmu"];

#[test]
fn programs_are_registered() {
    let dir = dir();
    let binfmt = |what| dir.wasmer(&["binfmt", "--binfmt-misc", "misc", what]);
    assert_error(&binfmt("register"), 0, &["Registered `"]);
    let link = dir.path(".wasmer/bin").canonicalize().unwrap().join("wasmer-binfmt-interpreter");
    let program = Path::new(env!("CARGO_BIN_EXE_wasmer")).canonicalize().unwrap();
    assert_eq!(link.canonicalize().unwrap(), program);
    let interpreter = link.display();
    let expected = format!(
        ":wasmer-wasm:M::\\x00asm\\x01\\x00\\x00\\x00::{interpreter}:PF\
         :wasmer-wat:E::wat::{interpreter}:PF\
         :wasmer-wasmu:E::wasmu::{interpreter}:PF"
    );
    assert_eq!(fs::read_to_string(dir.path("misc/register")).unwrap(), expected);

    // The kernel has made files of it.
    for name in NAMES {
        fs::write(dir.path("misc").join(name), "enabled\n").unwrap();
    }
    let parts = [
        "`wasmer-wasm` is registered already",
        "help: register it again with `wasmer binfmt reregister`",
    ];
    assert_error(&binfmt("register"), 1, &parts);
    assert_error(&binfmt("unregister"), 0, &["Unregistered wasmer."]);
    for name in NAMES {
        let path = dir.path("misc").join(name);
        assert_eq!(fs::read_to_string(&path).unwrap(), "enabled\n-1");
        fs::remove_file(path).unwrap();
    }
    fs::write(dir.path("misc/register"), "").unwrap();
    assert_error(&binfmt("unregister"), 0, &["wasmer was not registered."]);
    assert_error(&binfmt("reregister"), 0, &["Registered `"]);
    assert_eq!(fs::read_to_string(dir.path("misc/register")).unwrap(), expected);
}

#[test]
fn failures() {
    let dir = dir();
    let output = dir.wasmer(&["binfmt", "register", "--binfmt-misc", "none"]);
    assert_error(&output, 1, &["there is no binfmt_misc at `none`", "help: mount it"]);
    let colon = ["binfmt", "register", "--binfmt-misc", "misc", "--wasmer-dir", "a:b"];
    assert_error(&dir.wasmer(&colon), 1, &["there is a colon in it", "--wasmer-dir"]);
    assert_eq!(fs::read_to_string(dir.path("misc/register")).unwrap(), "");
    assert_error(&dir.wasmer(&["binfmt"]), 2, &["Usage"]);

    use std::os::unix::fs::PermissionsExt;
    let register = dir.path("misc/register");
    fs::set_permissions(&register, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().append(true).open(&register).is_ok() {
        return eprintln!("skipped: this user may write everything");
    }
    let output = dir.wasmer(&["binfmt", "register", "--binfmt-misc", "misc"]);
    assert_error(&output, 1, &["unable to register `wasmer-wasm`", "help: only root can"]);
}

#[test]
fn what_the_kernel_starts() {
    let dir = dir();
    let link = dir.path("wasmer-binfmt-interpreter");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_wasmer"), &link).unwrap();
    // The interpreter, the file, the name by which it was called, and its arguments.
    let start = |words: &[&str]| {
        let mut command = Command::new(&link);
        command.args(words).current_dir(dir.path(".")).env("WASMER_DIR", dir.path(".wasmer"));
        command.env("OF_THE_HOST", "1").output().unwrap()
    };
    let args = dir.path("args.wat").display().to_string();
    let output = start(&[&args, "app", "--help", "-V", "x"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "app\0--help\0-V\0x\0", "{output:?}");
    let environ = dir.path("environ.wat").display().to_string();
    assert!(String::from_utf8_lossy(&start(&[&environ, "app"]).stdout).contains("OF_THE_HOST=1\0"));
    // It has all files, and relative names mean what they mean to the one who calls it.
    let words = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wordfreq.wasm");
    let words = Path::new(words).canonicalize().unwrap().display().to_string();
    fs::write(dir.path("poem.txt"), "one two two").unwrap();
    for file in ["poem.txt", dir.path("poem.txt").canonicalize().unwrap().to_str().unwrap()] {
        let output = start(&[&words, "wordfreq", "-n", "1", file]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("3 words, 2 different\n"), "{file}: {output:?}");
    }
}
