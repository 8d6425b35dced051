//! Completions, manual pages and help.

use std::fs;
use std::process::Command;

use crate::{Dir, assert_error};

/// The commands, as `--help` lists them.
const COMMANDS: [&str; 11] = [
    "run",
    "compile",
    "create-exe",
    "validate",
    "inspect",
    "cache",
    "config",
    "binfmt",
    "wast",
    "gen-completions",
    "gen-man",
];

#[test]
fn completions() {
    let dir = Dir::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = dir.wasmer(&["gen-completions", shell]);
        assert_error(&output, 0, &[]);
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["inspect", "memory-limit", "singlepass", "cwd", "log-events", "reregister"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        let file = dir.wasmer(&["gen-completions", shell, "--out", "script"]);
        assert_error(&file, 0, &[]);
        assert_eq!(fs::read_to_string(dir.path("script")).unwrap(), script);
    }
    assert_error(&dir.wasmer(&["gen-completions", "csh"]), 2, &["possible values: bash"]);
    let unwritable = dir.wasmer(&["gen-completions", "bash", "--out", "no/file"]);
    assert_error(&unwritable, 1, &["unable to write `no/file`"]);
}

#[test]
fn bash_completes() {
    let dir = Dir::new(&[]);
    let script = dir.wasmer(&["gen-completions", "bash"]).stdout;
    fs::write(dir.path("script"), script).unwrap();
    let test = ". ./script; COMP_WORDS=(wasmer run --memo); COMP_CWORD=2; _wasmer wasmer --memo run; \
                echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["-c", test]).current_dir(dir.path(".")).output();
    let Ok(output) = output else { return eprintln!("skipped: there is no bash") };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--memory-limit\n");
}

#[test]
fn manual_pages() {
    let dir = Dir::new(&[]);
    assert_error(&dir.wasmer(&["gen-man", "man"]), 0, &[]);
    let page = |name: &str| fs::read_to_string(dir.path("man").join(name)).unwrap();
    for command in COMMANDS {
        let text = page(&format!("wasmer-{command}.1"));
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"), "{command}: {text}");
    }
    assert!(page("wasmer.1").contains("wasmer\\-run(1)"));
    for word in ["memory\\-limit", "argv0", "\\-\\-cwd", "log\\-format"] {
        assert!(page("wasmer-run.1").contains(word), "{word}");
    }
    assert!(page("wasmer-config.1").contains("compiler.backend"));
    assert!(page("wasmer-config.1").contains("wasmer\\-config\\-set(1)"));
    assert!(page("wasmer-config-set.1").contains("Change a setting"));
    fs::write(dir.path("file"), "").unwrap();
    let unwritable = dir.wasmer(&["gen-man", "file/man"]);
    assert_error(&unwritable, 1, &["unable to make the directory `file/man`"]);
}

#[test]
fn help_teaches() {
    let dir = Dir::new(&[]);
    for command in COMMANDS {
        for args in [&[command, "--help"][..], &["help", command]] {
            let output = dir.wasmer(args);
            assert_error(&output, 0, &[]);
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(
                text.contains("Usage: wasmer ") && text.contains("Example"),
                "{command}: {text}"
            );
        }
    }
    let run = String::from_utf8(dir.wasmer(&["run", "--help"]).stdout).unwrap();
    for heading in [
        "Options:",
        "WASI:",
        "Limits:",
        "Compiler:",
        "WebAssembly proposals:",
        "Cache:",
        "Logging:",
        "Exit codes:",
    ] {
        assert!(run.contains(&format!("\n{heading}\n")), "{heading} not in {run}");
    }
}
