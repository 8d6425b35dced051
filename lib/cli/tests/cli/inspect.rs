//! `wasmer inspect`: for people, and for tools.

use std::fs;

use crate::{Dir, MATH, assert_error, assert_output};

const MODULE: &str = r#"(module $named
    (import "env" "log" (func (param i32 i64)))
    (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    (memory (export "memory") 1 2)
    (table (export "table") 3 funcref)
    (global (export "counter") (mut i32) (i32.const 0))
    (func $small (export "_start"))
    (func $large (result i32) i32.const 1 i32.const 2 i32.add i32.const 3 i32.add)
    (func (param v128)))"#;

/// What `inspect` prints.
fn stdout(dir: &Dir, args: &[&str]) -> String {
    let output = dir.wasmer(&[&["inspect"], args].concat());
    assert_error(&output, 0, &[]);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn tables_for_people() {
    let dir = Dir::new(&[("m.wat", MODULE)]);
    let text = stdout(&dir, &["m.wat"]);
    for part in [
        "Type: wat\nSize: ",
        "Imports:\n  Functions:\n    \"env\".\"log\": [I32, I64] -> []\n",
        "    \"wasi_snapshot_preview1\".\"sched_yield\": [] -> [I32]\n",
        "    \"memory\": not shared (1 pages..2 pages)\n",
        "    \"table\": FuncRef (3..)\n",
        "    \"counter\": I32 (mutable)\n",
        "Use: WASI command: `wasmer run` starts it\n",
        "Proposals: simd\n",
        "Code: 3 functions, 14 B; 2 are imported\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<_> = text.lines().map(words).collect();
    let row =
        |name: &str| rows.iter().find(|row| row.last().is_some_and(|last| last == name)).unwrap();
    assert_eq!(row("code")[3], "3", "functions: {text}");
    assert_eq!(row("large")[..4], ["10", "B", "71.4%", "3"].map(str::to_owned), "{text}");
    let at = |name: &str| text.rfind(name).unwrap();
    assert!(at("  large") < at("  <unnamed>"), "the largest comes first: {text}");
    let one = stdout(&dir, &["m.wat", "--functions", "1"]);
    assert!(one.contains("large") && !one.contains("<unnamed>"), "{one}");
}

#[test]
fn json_for_tools() {
    let dir = Dir::new(&[("m.wat", MODULE)]);
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&dir, &["m.wat", "--json"])).unwrap();
    assert_eq!(json["type"], "wat");
    assert_eq!(json["imports"][0]["module"], "env");
    assert_eq!(json["imports"][0]["name"], "log");
    assert_eq!(json["imports"][0]["kind"], "function");
    assert_eq!(json["exports"][0]["name"], "memory");
    assert_eq!(json["proposals"], serde_json::json!(["simd"]));
    assert_eq!(json["functions"][1]["index"], 3);
    assert_eq!(json["functions"][1]["name"], "large");
    assert_eq!(json["functions"][1]["size"], 10);
    assert_eq!(json["functions"].as_array().unwrap().len(), 3);
    let code = json["sections"].as_array().unwrap().iter().find(|it| it["name"] == "code").unwrap();
    assert_eq!(code["items"], 3);
    // The offsets are those of the binary module.
    let wasm = wasmer::wat2wasm(MODULE.as_bytes()).unwrap();
    let at = json["functions"][1]["offset"].as_u64().unwrap() as usize;
    assert_eq!(&wasm[at..at + 3], [0, 0x41, 1]);

    fs::write(dir.path("m.wasm"), &wasm).unwrap();
    let binary: serde_json::Value =
        serde_json::from_str(&stdout(&dir, &["--json", "m.wasm"])).unwrap();
    assert_eq!((&binary["type"], &binary["functions"]), (&"wasm".into(), &json["functions"]));
}

#[test]
fn json_of_artifacts() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    assert!(dir.wasmer(&["compile", "math.wat", "-o", "math.wasmu"]).status.success());
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&dir, &["math.wasmu", "--json"])).unwrap();
    assert_eq!(json["type"], "wasmu");
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["exports"][0]["name"], "add");
    assert_eq!(json["size"].as_u64(), Some(fs::metadata(dir.path("math.wasmu")).unwrap().len()));
    assert!(json["sections"].as_array().unwrap().iter().any(|it| it["name"] == ".text"));
}

#[test]
fn proposals_without_a_compiler() {
    let tail = "(module (memory i64 1) (func $f (return_call $f)) (tag (param i32)))";
    let dir = Dir::new(&[("m.wat", tail)]);
    let text = stdout(&dir, &["m.wat"]);
    assert!(text.contains("Proposals: tail-call, memory64, exceptions\n"), "{text}");
    assert!(text.contains("Use: library: `wasmer run --invoke` calls its functions\n"), "{text}");
}

#[test]
fn what_cant_be_inspected() {
    let dir = Dir::new(&[("bad.wat", "(module (func (result i32)))"), ("syntax.wat", "(module")]);
    let wasm = wasmer::wat2wasm(MODULE.as_bytes()).unwrap();
    fs::write(dir.path("cut.wasm"), &wasm[..wasm.len() - 3]).unwrap();
    let cases: [(&str, &[&str]); 4] = [
        ("bad.wat", &["failed to inspect `bad.wat`", "the module is not valid", "offset 0x"]),
        ("syntax.wat", &["failed to inspect `syntax.wat`"]),
        ("cut.wasm", &["failed to inspect `cut.wasm`", "is cut off", "help: "]),
        ("none", &["failed to inspect `none`", "No such file"]),
    ];
    for (file, parts) in cases {
        for options in [&["inspect", file][..], &["inspect", "--json", file]] {
            let output = dir.wasmer(options);
            assert_error(&output, 1, parts);
            assert_output(&output, 1, "");
        }
    }
}
