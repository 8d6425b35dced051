//! `--profiler`: what perf is told about functions.

use std::fs;

use crate::{Dir, MATH, assert_output};

#[test]
fn perf_map() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    let mut command =
        dir.command(&["run", "--profile", "perfmap", "-i", "add", "math.wat", "1", "2"]);
    let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let path = format!("/tmp/perf-{}.map", child.id());
    assert_output(&child.wait_with_output().unwrap(), 0, "3\n");
    let map = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    for name in ["inner", "outer"] {
        assert!(map.lines().any(|line| line.ends_with(&format!(" {name}"))), "{name}: {map}");
    }
}

#[test]
fn jit_dump() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    for file in ["math.wat", "math.wasmu"] {
        assert!(dir.wasmer(&["compile", "-q", "math.wat", "-o", "math.wasmu"]).status.success());
        let mut command =
            dir.command(&["run", "--profiler", "jitdump", "-i", "add", file, "1", "2"]);
        let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        assert_output(&child.wait_with_output().unwrap(), 0, "3\n");
        let dump = fs::read(dir.path(&format!("jit-{pid}.dump"))).unwrap();
        let word = |at: usize| u32::from_ne_bytes(dump[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(8), word(20)), (0x4a69_5444, 1, 40, pid));
        let (mut at, mut names) = (40, Vec::new());
        while at < dump.len() {
            assert_eq!(word(at), 0);
            let record = &dump[at..at + word(at + 4) as usize];
            let size = u64::from_ne_bytes(record[40..48].try_into().unwrap()) as usize;
            let end = record[56..].iter().position(|byte| *byte == 0).unwrap();
            assert_eq!(record.len(), 56 + end + 1 + size);
            names.push(String::from_utf8(record[56..56 + end].to_vec()).unwrap());
            at += record.len();
        }
        assert_eq!(names.len(), 5);
        assert!(
            names.contains(&"inner".to_owned()) && names.contains(&"outer".to_owned()),
            "{names:?}"
        );
    }
}

#[test]
fn profilers_have_names() {
    let dir = Dir::new(&[("math.wat", MATH)]);
    for profiler in ["gdb", "lldb"] {
        let output =
            dir.wasmer(&["run", "--profiler", profiler, "-i", "add", "math.wat", "1", "2"]);
        assert_output(&output, 0, "3\n");
    }
    let unknown = dir.wasmer(&["run", "--profiler", "vtune", "math.wat"]);
    crate::assert_error(&unknown, 2, &["perfmap", "jitdump", "gdb", "lldb"]);
}
