//! `wasmer config`: paths, and settings that count where no option says anything.

use std::fs;

use crate::{Dir, MATH, assert_error, assert_output};

#[test]
fn paths() {
    let dir = Dir::new(&[]);
    let home = dir.path(".wasmer").display().to_string();
    assert_output(&dir.wasmer(&["config", "--prefix"]), 0, &format!("{home}\n"));
    let output = dir.wasmer(&["config", "--bindir", "--config-path"]);
    assert_output(&output, 0, &format!("{home}/bin\n{home}/wasmer.toml\n"));
    assert_output(&dir.wasmer(&["config", "--wasmer-dir", "/x", "--prefix"]), 0, "/x\n");
    for option in ["--libs", "--cflags", "--libdir", "--includedir", "--pkg-config"] {
        let parts = ["there is no C library", "help: use the crate"];
        assert_error(&dir.wasmer(&["config", option]), 2, &parts);
    }
    assert_error(&dir.wasmer(&["config"]), 2, &["expected `get`, `set`", "help: "]);
}

#[test]
fn settings_are_kept() {
    let dir = Dir::new(&[]);
    let config = |args: &[&str]| dir.wasmer(&[&["config"], args].concat());
    assert_output(&config(&["get", "compiler.backend"]), 0, "none\n");
    assert_output(&config(&["set", "compiler.backend", "singlepass"]), 0, "");
    assert_output(&config(&["set", "cache.max-size", "64M"]), 0, "");
    assert_output(&config(&["set", "compiler.threads", "2"]), 0, "");
    let text = fs::read_to_string(dir.path(".wasmer/wasmer.toml")).unwrap();
    assert_eq!(
        text,
        "[compiler]\nbackend = \"singlepass\"\nthreads = 2\n\n[cache]\nmax-size = \"64M\"\n"
    );
    let all = "compiler.backend = singlepass\ncompiler.opt-level = none\ncompiler.threads = 2\n\
               cache.enabled = none\ncache.dir = none\ncache.max-size = 64M\n";
    assert_output(&config(&["get"]), 0, all);
    for nothing in ["none", ""] {
        assert_output(&config(&["set", "compiler.backend", nothing]), 0, "");
        assert_output(&config(&["get", "compiler.backend"]), 0, "none\n");
    }
    assert_eq!(fs::read_dir(dir.path(".wasmer")).unwrap().count(), 1, "no other files");
}

#[test]
fn bad_settings() {
    let dir = Dir::new(&[("math.wat", MATH), ("file", "")]);
    let config = |args: &[&str]| dir.wasmer(&[&["config"], args].concat());
    for args in [&["get", "registry.url"][..], &["set", "registry.url", "x"]] {
        assert_error(
            &config(args),
            1,
            &["there is no setting `registry.url`", "help: ", "`cache.dir`"],
        );
    }
    for (key, value, part) in [
        ("compiler.backend", "v8", "there is no backend `v8`"),
        ("compiler.backend", "headless", "expected a compiler"),
        ("compiler.threads", "0", "expected a number of threads"),
        ("compiler.opt-level", "9", "expected one of 0, 1, 2, 3, s"),
        ("cache.dir", "relative", "expected an absolute path"),
        ("cache.enabled", "maybe", "expected true or false"),
        ("cache.max-size", "much", "expected a number of bytes"),
    ] {
        assert_error(&config(&["set", key, value]), 1, &["is no value for", key, part]);
    }
    assert!(!dir.path(".wasmer").exists());
    let unwritable = config(&["set", "--wasmer-dir", "file", "cache.enabled", "true"]);
    assert_error(&unwritable, 1, &["unable to write the settings"]);

    fs::create_dir(dir.path(".wasmer")).unwrap();
    for (text, parts) in [
        ("[compiler", &["unable to read the settings in", "line 1", "help: mend the file"][..]),
        ("compiler.backend = \"v8\"", &["the setting `compiler.backend` is `v8`", "help: "]),
        ("compiler.threads = -1", &["the setting `compiler.threads` is `-1`"]),
        ("cache.enabled = [1]", &["the setting `cache.enabled` is `[1]`"]),
    ] {
        fs::write(dir.path(".wasmer/wasmer.toml"), text).unwrap();
        assert_error(&dir.wasmer(&["run", "math.wat"]), 1, parts);
    }
    fs::write(dir.path(".wasmer/wasmer.toml"), b"\xff").unwrap();
    assert_error(&dir.wasmer(&["run", "math.wat"]), 1, &["unable to read the settings", "UTF-8"]);
    // Of another version of wasmer.
    fs::write(dir.path(".wasmer/wasmer.toml"), "telemetry_enabled = true\n[registry]\nurl = 3")
        .unwrap();
    assert_output(&dir.wasmer(&["run", "math.wat"]), 0, "\n");
}

#[test]
fn settings_choose_the_compiler() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let id = |options: &[&str]| {
        let args = [&["compile", "math.wat", "-o", "m.wasmu"], options].concat();
        String::from_utf8(dir.wasmer(&args).stdout).unwrap()
    };
    let (cranelift, fast) = (id(&[]), id(&["-O0"]));
    assert!(cranelift.contains("cranelift"), "{cranelift}");
    dir.wasmer(&["config", "set", "compiler.opt-level", "0"]);
    assert_eq!((id(&[]), id(&["-O3"])), (fast, cranelift.clone()), "options come first");
    // Singlepass has no levels, which is no failure unless an option asks for one.
    dir.wasmer(&["config", "set", "compiler.backend", "singlepass"]);
    assert!(id(&[]).contains("singlepass"));
    assert_eq!(id(&["--cranelift", "-O3"]), cranelift);
    assert_error(&dir.wasmer(&["run", "-O1", "math.wat"]), 1, &["it has no --opt-level"]);
    assert_output(&dir.wasmer(&["run", "-i", "add", "math.wat", "1", "2"]), 0, "3\n");
}

#[test]
fn settings_of_the_cache() {
    let text = format!("(module (data \"{}\") (func (export \"_start\")))", "x".repeat(10_000));
    let dir = Dir::new(&[("large.wat", &text)]);
    let set = |key, value: &str| assert_output(&dir.wasmer(&["config", "set", key, value]), 0, "");
    set("cache.enabled", "false");
    dir.wasmer(&["run", "large.wat"]);
    assert!(!dir.path(".wasmer/cache").exists());
    set("cache.enabled", "none");
    let other = dir.path("other").display().to_string();
    set("cache.dir", &other);
    assert_output(&dir.wasmer(&["cache", "dir"]), 0, &format!("{other}\n"));
    assert_output(&dir.wasmer(&["cache", "--cache-dir", "x", "dir"]), 0, "x\n");
    dir.wasmer(&["run", "large.wat"]);
    assert!(dir.path("other/compiled").exists() && !dir.path(".wasmer/cache").exists());
    // Nothing fits.
    set("cache.max-size", "1K");
    dir.wasmer(&["cache", "clean"]);
    dir.wasmer(&["run", "large.wat"]);
    assert_output(&dir.wasmer(&["cache", "size"]), 0, "0 B\n");
}
