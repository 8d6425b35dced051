//! `wasmer compile`, and running and inspecting what it writes.

use std::fs;

use crate::{Dir, EXIT_7, MATH, assert_error, assert_output};

/// A machine that this is not.
const FOREIGN: &str = if cfg!(target_arch = "aarch64") {
    "x86_64-unknown-linux-gnu"
} else {
    "aarch64-unknown-linux-gnu"
};

#[test]
fn what_is_compiled_runs() {
    let dir = Dir::new(&[("math.wat", MATH), ("exit.wat", EXIT_7)]);
    let output = dir.wasmer(&["compile", "math.wat", "-o", "out.wasmu"]);
    assert_error(&output, 0, &["✔ File compiled successfully to `out.wasmu`."]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.starts_with("Compiler: engine-cranelift-"), "{stdout}");
    assert!(stdout.contains("\nTarget: "), "{stdout}");
    assert_output(&dir.wasmer(&["run", "-i", "add", "out.wasmu", "1", "2"]), 0, "3\n");
    assert_output(&dir.wasmer(&["out.wasmu"]), 0, "\n");
    // Traces are the same.
    let trap = |file: &str| dir.wasmer(&["run", "-i", "trap", file]);
    assert_error(&trap("out.wasmu"), 1, &["integer divide by zero", "at inner (math[2]:0x"]);
    assert_eq!(trap("out.wasmu").stderr, trap("math.wat").stderr);

    // What it is says the content, not the name; and the name of a module is that of its file.
    let output = dir.wasmer(&["compile", "exit.wat", "--output", "exit"]);
    assert_error(&output, 0, &["warning: `exit` does not end in `.wasmu`", "✔"]);
    assert_output(&dir.wasmer(&["run", "exit"]), 7, "");
    assert_error(&dir.wasmer(&["run", "-i", "f", "exit"]), 1, &["a function named \"f\""]);
}

#[test]
fn what_is_compiled_for_another_machine_is_refused() {
    let dir = Dir::new(&[("math.wat", MATH), ("exit.wat", EXIT_7)]);
    for name in ["math", "exit"] {
        let (wat, wasmu) = (format!("{name}.wat"), format!("{name}.wasmu"));
        let output = dir.wasmer(&["compile", &wat, "--target", FOREIGN, "-o", &wasmu]);
        assert_error(&output, 0, &[]);
        assert!(String::from_utf8_lossy(&output.stdout).ends_with(&format!("Target: {FOREIGN}\n")));
        let foreign = format!("was compiled for {FOREIGN}");
        let help = "help: run it on such a machine, or compile the module for this one";
        let parts = [&foreign[..], "incorrect OS or architecture", help];
        assert_error(&dir.wasmer(&["run", &wasmu]), 1, &parts);
    }
    let output = dir.wasmer(&["inspect", "math.wasmu"]);
    assert_error(&output, 0, &[]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(&format!("Target: {FOREIGN}\n")), "{stdout}");
    assert!(stdout.contains("\"add\": [I32, I32] -> [I32]"), "{stdout}");
}

#[test]
fn cpu_features() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let compile = |arguments: &[&str]| {
        dir.wasmer(&[&["compile", "math.wat", "-o", "out.wasmu"], arguments].concat())
    };
    let x86 = ["--target", "x86_64-unknown-linux-gnu", "--cpu-features", "avx2,avx", "-m", "bmi"];
    assert_error(&compile(&x86), 0, &[]);
    let stdout = dir.wasmer(&["inspect", "out.wasmu"]).stdout;
    let stdout = String::from_utf8_lossy(&stdout);
    let line = stdout.lines().find(|line| line.starts_with("CPU features:")).unwrap();
    assert_eq!(line, "CPU features: avx, bmi, avx2");

    assert_error(&compile(&["-m", "avx2"]), 2, &["--target"]);
    let unknown = compile(&["--target", "x86_64-unknown-linux-gnu", "-m", "sse9"]);
    assert_error(&unknown, 2, &["sse9", "sse4.1, sse4.2"]);
    assert_error(&compile(&["--target", "vax"]), 2, &["vax", "expected one like"]);
    let unsupported = compile(&["--target", "riscv64gc-unknown-linux-gnu"]);
    assert_error(&unsupported, 1, &["failed to compile `math.wat`"]);
}

#[test]
fn what_cant_be_compiled() {
    let dir = Dir::new(&[("bad.wat", "(module (func (result i32)))"), ("math.wat", MATH)]);
    let compile = |file: &str, out: &str| dir.wasmer(&["compile", file, "-o", out]);
    assert_error(&compile("bad.wat", "o.wasmu"), 1, &["failed to compile `bad.wat`", "offset 0x"]);
    assert_error(&compile("none", "o.wasmu"), 1, &["unable to read `none`"]);
    assert_error(&compile("math.wat", "no/o.wasmu"), 1, &["unable to write `no/o.wasmu`"]);
    assert!(!dir.path("o.wasmu").exists());
    assert_error(&compile("math.wat", "o.wasmu"), 0, &[]);
    assert_error(&compile("o.wasmu", "p.wasmu"), 1, &["compiled already"]);
    assert_error(&dir.wasmer(&["compile", "math.wat"]), 2, &["--output"]);
    assert_error(&dir.wasmer(&["validate", "o.wasmu"]), 1, &["only validates WebAssembly files"]);
}

#[test]
fn inspect_describes() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    dir.wasmer(&["compile", "math.wat", "-o", "out.wasmu"]);
    let output = dir.wasmer(&["inspect", "out.wasmu"]);
    assert_error(&output, 0, &[]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let version = concat!("Version: ", env!("CARGO_PKG_VERSION"), "\n");
    let parts = [
        "Type: wasmu\nSize: ",
        version,
        "CPU features: ",
        "Compiler: cranelift-",
        "Sections:\n",
        "    .text: ",
        "Imports:\n  Functions:\n",
        "    \"add\": [I32, I32] -> [I32]\n",
    ];
    for part in parts {
        assert!(stdout.contains(part), "`{part}` is not in: {stdout}");
    }
}

#[test]
fn damaged_artifacts() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    dir.wasmer(&["compile", "math.wat", "-o", "out.wasmu"]);
    let good = fs::read(dir.path("out.wasmu")).unwrap();
    fs::write(dir.path("cut.wasmu"), &good[..good.len() / 2]).unwrap();
    let mut version = good.clone();
    version[64 + 8] ^= 1;
    fs::write(dir.path("version.wasmu"), version).unwrap();
    let parts = |file: &str| format!("unable to load `{file}`");
    let cut = [&parts("cut.wasmu")[..], "expected", "help: it is cut off"];
    assert_error(&dir.wasmer(&["cut.wasmu"]), 1, &cut);
    let help = "help: another version of wasmer has compiled it";
    let incompatible = [&parts("version.wasmu")[..], "incompatible version of Wasmer", help];
    assert_error(&dir.wasmer(&["version.wasmu"]), 1, &incompatible);
    for file in ["cut.wasmu", "version.wasmu"] {
        let output = dir.wasmer(&["inspect", file]);
        assert_error(&output, 1, &[&format!("failed to inspect `{file}`")]);
    }
}
