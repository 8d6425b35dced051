//! The cache of compiled modules.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Dir, MATH, assert_error, assert_output};

/// A module that is large enough for the cache, and returns `number`.
fn large(number: i32) -> String {
    let data = "x".repeat(70_000);
    format!(
        "(module (memory 2) (data (i32.const 0) \"{data}\")
            (func (export \"f\") (result i32) i32.const {number}))"
    )
}

/// The modules in a cache.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(cache.join("compiled")) else {
        return Vec::new();
    };
    let paths = files.map(|file| file.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "bin")).collect()
}

#[test]
fn modules_are_compiled_once() {
    let dir = Dir::new(&[("a.wat", &large(7)), ("math.wat", MATH)]);
    let cache = dir.path(".wasmer/cache");
    let run = |more: &[&str]| dir.wasmer(&[&["run", "-i", "f", "a.wat"], more].concat());
    assert_output(&run(&["--disable-cache"]), 0, "7\n");
    assert!(!cache.exists());
    assert_output(&run(&[]), 0, "7\n");
    let [entry] = &entries(&cache)[..] else { panic!("expected one file") };

    // It is used: another program in its place would be seen, if there were no key.
    let written = fs::metadata(entry).unwrap();
    assert_output(&run(&[]), 0, "7\n");
    let again = fs::metadata(entry).unwrap();
    assert_eq!(written.len(), again.len());
    assert_eq!(
        std::os::unix::fs::MetadataExt::ino(&written),
        std::os::unix::fs::MetadataExt::ino(&again)
    );
    fs::write(entry, "damaged").unwrap();
    assert_output(&run(&[]), 0, "7\n");
    assert_eq!(fs::metadata(entry).unwrap().len(), written.len());

    // Another module, and other settings, are other files.
    fs::write(dir.path("a.wat"), large(8)).unwrap();
    assert_output(&run(&[]), 0, "8\n");
    assert_eq!(entries(&cache).len(), 2);
    assert_output(&run(&["--enable-nan-canonicalization"]), 0, "8\n");
    assert_eq!(entries(&cache).len(), 3);
    // The compiler is to be seen at work.
    assert_output(&run(&["--enable-verifier", "--enable-all"]), 0, "8\n");
    assert_eq!(entries(&cache).len(), 3);
    // Small modules are not worth it.
    assert_output(&dir.wasmer(&["math.wat"]), 0, "\n");
    assert_eq!(entries(&cache).len(), 3);
}

#[test]
fn traces_name_the_module_after_its_file() {
    let wat = large(7).replace("i32.const 7", "unreachable");
    let dir = Dir::new(&[("a.wat", &wat), ("b.wat", &wat)]);
    let run = |file: &str| dir.wasmer(&["run", "-i", "f", file]);
    let first = run("a.wat");
    assert_error(&first, 1, &["unreachable", "(a[0]:0x"]);
    assert_eq!(run("a.wat").stderr, first.stderr);
    assert_error(&run("b.wat"), 1, &["(b[0]:0x"]);
    assert_eq!(entries(&dir.path(".wasmer/cache")).len(), 1);
}

#[test]
fn the_directory_is_the_users_choice() {
    let dir = Dir::new(&[("a.wat", &large(7))]);
    let run = ["run", "-i", "f", "a.wat"];
    assert_output(&dir.wasmer(&[&run[..], &["--cache-dir", "one"]].concat()), 0, "7\n");
    assert_eq!(entries(&dir.path("one")).len(), 1);
    let output = dir.command(&run).env("WASMER_CACHE_DIR", "two").output().unwrap();
    assert_output(&output, 0, "7\n");
    assert_eq!(entries(&dir.path("two")).len(), 1);
    assert_output(&dir.wasmer(&[&run[..], &["--wasmer-dir", "three"]].concat()), 0, "7\n");
    assert_eq!(entries(&dir.path("three/cache")).len(), 1);
    // Set to nothing is not set.
    let output = dir.command(&run).env("WASMER_CACHE_DIR", "").output().unwrap();
    assert_output(&output, 0, "7\n");
    assert_eq!(entries(&dir.path(".wasmer/cache")).len(), 1);

    // Where there can't be a cache there is none.
    assert_output(&dir.wasmer(&[&run[..], &["--cache-dir", "a.wat"]].concat()), 0, "7\n");
}

#[test]
fn cache_commands() {
    let dir = Dir::new(&[("a.wat", &large(7))]);
    let home = dir.path(".wasmer/cache");
    assert_output(&dir.wasmer(&["cache", "dir"]), 0, &format!("{}\n", home.display()));
    assert_output(&dir.wasmer(&["cache", "dir", "--cache-dir", "x"]), 0, "x\n");
    assert_output(&dir.wasmer(&["cache", "size"]), 0, "0 B\n");
    dir.wasmer(&["run", "-i", "f", "a.wat"]);
    let size = dir.wasmer(&["cache", "size"]).stdout;
    assert!(String::from_utf8_lossy(&size).ends_with("KiB\n"));
    fs::write(home.join("compiled/notes"), "not ours").unwrap();
    let clean = dir.wasmer(&["cache", "clean"]);
    assert_error(&clean, 0, &["Wasmer cache cleaned successfully."]);
    assert_output(&dir.wasmer(&["cache", "size"]), 0, "0 B\n");
    assert!(entries(&home).is_empty() && home.join("compiled/notes").is_file());
    assert_error(&dir.wasmer(&["cache", "clean", "--cache-dir", "a.wat"]), 1, &["a.wat"]);
    assert_error(&dir.wasmer(&["cache"]), 2, &["clean"]);
}
