//! `--coredump-on-trap`: what is in the file.

use std::fs;

use wasmer::sys::wasmparser::{
    CoreDumpInstancesSection, CoreDumpModulesSection, CoreDumpSection, CoreDumpStackSection,
    DataKind, KnownCustom, Operator, Parser, Payload, Validator,
};

use crate::guests::SPIN;
use crate::{Dir, EXIT_7, assert_error, assert_output};

const TRAP: &str = r#"(module $app
    (memory (export "memory") 16 20)
    (memory $second (export "second") 1)
    (memory $hidden 1)
    (global $reference (mut funcref) (ref.null func))
    (global (export "counter") (mut i64) (i64.const 5))
    (global $hidden f32 (f32.const 2.5))
    (data (i32.const 70000) "contents")
    (data (memory $second) (i32.const 3) "more")
    (data (memory $hidden) (i32.const 9) "private")
    (func $inner (global.set 1 (i64.const -9)) unreachable)
    (func $outer (export "_start") nop call $inner))"#;

#[test]
fn a_trap_is_dumped() {
    let dir = Dir::new(&[("app.wat", TRAP)]);
    let output = dir.wasmer(&["run", "--coredump-on-trap", "core", "app.wat"]);
    assert_error(
        &output,
        1,
        &["unreachable", "at inner (app[0]:0x", "core dump written to `core`"],
    );
    let dump = fs::read(dir.path("core")).unwrap();
    assert!(dump.len() < 20_000, "what is zero takes no room: {}", dump.len());
    Validator::new().validate_all(&dump).expect("it is a valid module");
    let (mut seen, mut data, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&dump) {
        match payload.unwrap() {
            Payload::CustomSection(section) => {
                seen.push(section.name().to_owned());
                match section.as_known() {
                    KnownCustom::CoreDump(CoreDumpSection { name }) => assert_eq!(name, "app.wat"),
                    KnownCustom::CoreDumpModules(CoreDumpModulesSection { modules }) => {
                        assert_eq!(modules, ["app"]);
                    }
                    KnownCustom::CoreDumpInstances(CoreDumpInstancesSection { instances }) => {
                        assert_eq!(
                            (&instances[0].memories, &instances[0].globals),
                            (&vec![0, 1, 2], &vec![0, 1, 2])
                        );
                    }
                    KnownCustom::CoreDumpStack(CoreDumpStackSection { name, frames }) => {
                        let found: Vec<_> = frames
                            .iter()
                            .map(|it| (it.instanceidx, it.funcidx, it.codeoffset))
                            .collect();
                        // Behind the count of locals: a constant, `global.set`; and `nop`.
                        assert_eq!((name, found), ("main", vec![(0, 0, 5), (0, 1, 2)]));
                    }
                    _ => panic!("{}", section.name()),
                }
            }
            Payload::MemorySection(memories) => {
                let sizes: Vec<_> = memories.into_iter().map(|it| it.unwrap().initial).collect();
                assert_eq!(sizes, [16, 1, 1]);
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let init_expr = global.unwrap().init_expr;
                    values.push(init_expr.get_operators_reader().read().unwrap());
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    let segment = segment.unwrap();
                    let DataKind::Active { memory_index, offset_expr } = segment.kind else {
                        panic!()
                    };
                    let Operator::I32Const { value } =
                        offset_expr.get_operators_reader().read().unwrap()
                    else {
                        panic!()
                    };
                    data.push((memory_index, value as usize, segment.data.to_vec()));
                }
            }
            _ => {}
        }
    }
    assert_eq!(seen, ["core", "coremodules", "coreinstances", "corestack"]);
    let at = |memory: u32, address: usize, length: usize| {
        let found = data.iter().find(|(index, start, bytes)| {
            *index == memory && *start <= address && address + length <= start + bytes.len()
        });
        let (_, start, bytes) = found.expect("it is there");
        bytes[address - start..][..length].to_vec()
    };
    assert_eq!((at(0, 70000, 8), at(1, 3, 4)), (b"contents".to_vec(), b"more".to_vec()));
    assert_eq!(at(2, 9, 7), b"private", "what is not exported is there, too");
    let [reference, counter, hidden] = &values[..] else { panic!("{values:?}") };
    assert!(matches!(reference, Operator::RefNull { .. }), "{reference:?}");
    assert!(matches!(counter, Operator::I64Const { value: -9 }), "{counter:?}");
    let expected = 2.5_f32.to_bits();
    assert!(
        matches!(hidden, Operator::F32Const { value } if value.bits() == expected),
        "{hidden:?}"
    );
}

#[test]
fn wasi_programs_that_are_stopped() {
    let dir = Dir::new(&[("spin.wat", SPIN)]);
    let output =
        dir.wasmer(&["run", "--timeout", "100ms", "--coredump-on-trap", "core", "spin.wat"]);
    assert_error(&output, 124, &["core dump written to `core`", "as --timeout says"]);
    let dump = fs::read(dir.path("core")).unwrap();
    assert!(dump.windows(8).any(|bytes| bytes == b"started\n"));
}

#[test]
fn start_functions() {
    let dir = Dir::new(&[(
        "start.wat",
        "(module (memory (export \"m\") 1) (func $s unreachable) (start $s))",
    )]);
    let output = dir.wasmer(&["run", "--coredump-on-trap", "core", "start.wat"]);
    assert_error(&output, 1, &["unable to start `start.wat`", "core dump written to `core`"]);
    Validator::new().validate_all(&fs::read(dir.path("core")).unwrap()).unwrap();
}

#[test]
fn an_exit_is_no_trap() {
    let dir = Dir::new(&[("exit.wat", EXIT_7)]);
    assert_output(&dir.wasmer(&["run", "--coredump-on-trap", "core", "exit.wat"]), 7, "");
    assert!(!dir.path("core").exists());
}

#[test]
fn dumps_that_cant_be_written() {
    let dir = Dir::new(&[("app.wat", TRAP)]);
    for file in ["no/core", "."] {
        let output = dir.wasmer(&["run", "--coredump-on-trap", file, "app.wat"]);
        assert_error(
            &output,
            1,
            &[&format!("unable to write the core dump `{file}`"), "unreachable"],
        );
    }
}
