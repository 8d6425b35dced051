//! The runner itself: directives that must fail do, with the place and what was expected and found.

use std::path::Path;

use wasmer::Store;
use wasmer_wast::{DirectiveErrors, Wast};

fn run(wast: &mut Wast, script: &str) -> Vec<(usize, usize, String)> {
    match wast.run_buffer(Path::new("test.wast"), script.as_bytes()) {
        Ok(()) => Vec::new(),
        Err(error) => {
            let errors = error.downcast::<DirectiveErrors>().expect("the script is well-formed");
            assert_eq!(errors.filename, Path::new("test.wast"));
            errors.errors.into_iter().map(|e| (e.line, e.col, e.message)).collect()
        }
    }
}

fn spectest() -> Wast {
    Wast::new_with_spectest(Store::default())
}

/// `module` followed by each directive on a line of its own; every directive fails with its message.
fn all_fail(module: &str, directives: &[(&str, &str)]) {
    let mut script = module.replace('\n', " ");
    for (directive, _) in directives {
        script += "\n";
        script += directive;
    }
    let errors = run(&mut spectest(), &script);
    for (i, (directive, expected)) in directives.iter().enumerate() {
        let line = i + 2;
        let found = errors.iter().find(|error| error.0 == line);
        let (_, col, message) = found.unwrap_or_else(|| panic!("does not fail: {directive}"));
        assert_eq!(*col, 2, "{directive}");
        assert!(message.contains(expected), "{directive}: {message}");
    }
    assert_eq!(errors.len(), directives.len(), "{errors:?}");
}

const MODULE: &str = r#"
(module
  (global (export "global") i32 (i32.const 1))
  (memory (export "memory") 1)
  (func (export "one") (result i32) (i32.const 1))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "v128") (param v128) (result v128) (local.get 0))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "func") (param funcref) (result funcref) (local.get 0))
  (func (export "trap") (result i32) (unreachable)))
"#;

#[test]
fn wrong_results() {
    all_fail(
        MODULE,
        &[
            (
                r#"(assert_return (invoke "one") (i32.const 2))"#,
                "expected `(i32.const 2)`, found `(i32.const 1)`",
            ),
            (
                r#"(assert_return (invoke "one") (i64.const 1))"#,
                "expected `(i64.const 1)`, found `(i32.const 1)`",
            ),
            (r#"(assert_return (invoke "one"))"#, "expected ``, found `(i32.const 1)`"),
            (
                r#"(assert_return (invoke "two") (i32.const 1))"#,
                "found `(i32.const 1) (i64.const 2)`",
            ),
            (
                r#"(assert_return (invoke "two") (i32.const 1) (i64.const 3))"#,
                "found `(i32.const 1) (i64.const 2)`",
            ),
            (r#"(assert_return (invoke "one") (either (i32.const 2) (i32.const 3)))"#, "either"),
            (
                r#"(assert_return (invoke "f32" (f32.const -0)) (f32.const 0))"#,
                "found `(f32.const -0 = 0x80000000)`",
            ),
            (
                r#"(assert_return (invoke "f32" (f32.const nan:0x1)) (f32.const nan:arithmetic))"#,
                "nan:arithmetic",
            ),
            (
                r#"(assert_return (invoke "f32" (f32.const 1)) (f32.const nan:canonical))"#,
                "nan:canonical",
            ),
            (
                r#"(assert_return (invoke "f64" (f64.const nan:0x8_0000_0000_0001)) (f64.const nan:canonical))"#,
                "0x7ff8000000000001",
            ),
            (
                r#"(assert_return (invoke "v128" (v128.const i32x4 1 2 3 4)) (v128.const i32x4 1 2 3 5))"#,
                "i32x4 0x00000001 0x00000002 0x00000003 0x00000004",
            ),
            (
                r#"(assert_return (invoke "v128" (v128.const f32x4 1 nan 3 4)) (v128.const f32x4 1 2 3 nan:canonical))"#,
                "f32x4",
            ),
            (
                r#"(assert_return (invoke "extern" (ref.extern 1)) (ref.extern 2))"#,
                "expected `(ref.extern 2)`, found `(ref.extern 1)`",
            ),
            (
                r#"(assert_return (invoke "extern" (ref.extern 1)) (ref.null extern))"#,
                "found `(ref.extern 1)`",
            ),
            (
                r#"(assert_return (invoke "extern" (ref.null extern)) (ref.extern 1))"#,
                "found `(ref.null extern)`",
            ),
            (
                r#"(assert_return (invoke "extern" (ref.null extern)) (ref.null func))"#,
                "found `(ref.null extern)`",
            ),
            (
                r#"(assert_return (invoke "func" (ref.null func)) (ref.func))"#,
                "found `(ref.null func)`",
            ),
            (r#"(assert_return (get "global") (i32.const 2))"#, "found `(i32.const 1)`"),
            (r#"(assert_return (invoke "trap") (i32.const 2))"#, "found the trap `unreachable`"),
            (r#"(invoke "trap")"#, "found the trap `unreachable`"),
        ],
    );
}

#[test]
fn missing_things() {
    all_fail(
        MODULE,
        &[
            (r#"(assert_return (invoke "none"))"#, "no export \"none\""),
            (r#"(assert_return (invoke "memory"))"#, "not a function"),
            (r#"(assert_return (get "one") (i32.const 1))"#, "not a global"),
            (r#"(assert_return (invoke $none "one") (i32.const 1))"#, "no instance `$none`"),
            (r#"(register "name" $none)"#, "no instance `$none`"),
            (r#"(module instance $a $none)"#, "no module `$none`"),
            (r#"(wait $none)"#, "no thread `$none`"),
        ],
    );
}

#[test]
fn wrong_traps() {
    all_fail(
        MODULE,
        &[
            (r#"(assert_trap (invoke "one") "unreachable")"#, "found the results `(i32.const 1)`"),
            (
                r#"(assert_trap (invoke "trap") "integer overflow")"#,
                "expected the trap `integer overflow`, found the trap `unreachable`",
            ),
            (r#"(assert_trap (invoke "trap") "unreachable code")"#, "unreachable"),
            (r#"(assert_exhaustion (invoke "trap") "call stack exhausted")"#, "unreachable"),
            (r#"(assert_exception (invoke "trap"))"#, "expected an exception"),
            (r#"(assert_trap (module) "unreachable")"#, "found the results ``"),
            (r#"(assert_trap (module (import "a" "b" (func))) "unreachable")"#, "can't be linked"),
        ],
    );
}

#[test]
fn wrong_modules() {
    all_fail(
        MODULE,
        &[
            (r#"(assert_invalid (module) "type mismatch")"#, "expected the error `type mismatch`"),
            (
                r#"(assert_malformed (module quote "(func)") "unexpected token")"#,
                "expected the error",
            ),
            (
                r#"(assert_malformed (module binary "\00asm\01\00\00\00") "unexpected end")"#,
                "expected the error",
            ),
            (r#"(assert_unlinkable (module) "unknown import")"#, "is instantiated"),
            (
                r#"(assert_unlinkable (module (import "spectest" "print" (global i32))) "unknown import")"#,
                "incompatible",
            ),
            (
                r#"(assert_unlinkable (module (func $f (unreachable)) (start $f)) "unknown import")"#,
                "unreachable",
            ),
        ],
    );
    let errors = run(&mut spectest(), "(module (func (result i32)))");
    assert!(errors[0].2.contains("valid but rejected"), "{errors:?}");
    let errors = run(&mut spectest(), r#"(module (import "spectest" "none" (func)))"#);
    assert!(errors[0].2.contains("can't be instantiated"), "{errors:?}");
    let errors = run(&mut spectest(), r#"(module quote "(func")"#);
    assert!(errors[0].2.contains("malformed"), "{errors:?}");
}

#[test]
fn a_failed_module_is_reported_once() {
    let script = r#"
        (module $m (import "spectest" "none" (func)) (func (export "f")))
        (assert_return (invoke "f"))
        (register "m" $m)
        (module (import "m" "f" (func)))
        (module (func (export "g") (result i32) (i32.const 1)))
        (assert_return (invoke "g") (i32.const 2))
    "#;
    let lines: Vec<_> = run(&mut spectest(), script).into_iter().map(|error| error.0).collect();
    assert_eq!(lines, [2, 7]);
}

#[test]
fn fail_fast_stops() {
    let script = r#"(assert_return (invoke "a")) (assert_return (invoke "b"))"#;
    assert_eq!(run(&mut spectest(), script).len(), 2);
    let mut wast = spectest();
    wast.fail_fast = true;
    assert_eq!(run(&mut wast, script).len(), 1);
}

#[test]
fn left_out_with_all_that_follows() {
    let script = r#"
        (module $m (memory 3) (func (export "f")))
        (assert_return (invoke "f"))
        (register "m")
        (assert_unlinkable (module (import "m" "f" (func))) "unknown import")
        (assert_invalid (module (memory 3) (func (result i32))) "type mismatch")
        (module (func (export "g")))
        (assert_return (invoke "g"))
        (assert_return (invoke $m "f"))
    "#;
    let mut wast = spectest();
    wast.leave_out(|wasm| {
        wasm.windows(4).any(|bytes| bytes == [5, 3, 1, 0]).then(|| "has a memory".to_owned())
    });
    assert_eq!(run(&mut wast, script), []);
    let lines: Vec<_> = wast.left_out().iter().map(|directive| directive.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 9]);
    assert_eq!(wast.ran(), 2);
    assert!(wast.left_out().iter().all(|directive| directive.reason == "has a memory"));
}

#[test]
fn tolerated() {
    let mut wast = spectest();
    wast.allow_trap_message("integer overflow", "unreach");
    wast.allow_instantiation_failures(&["spectest"]);
    let script = format!(
        r#"{MODULE} (assert_trap (invoke "trap") "integer overflow")
        (module (import "spectest" "none" (func)) (func (export "f")))
        (assert_return (invoke "f"))"#
    );
    assert_eq!(run(&mut wast, &script), []);
    assert_eq!(wast.left_out().len(), 2);
    let script = r#"(module (import "none" "none" (func)))"#;
    assert_eq!(run(&mut wast, script).len(), 1);

    let mut wast = spectest();
    wast.disable_assert_and_exhaustion();
    assert_eq!(run(&mut wast, r#"(module) (assert_trap (invoke "none") "x")"#), []);
}

#[test]
fn threads_report_their_failures() {
    let script = r#"
        (module $m (memory (export "memory") 1 1 shared))
        (thread $t (shared (module $m))
          (register "m" $m)
          (module (import "m" "memory" (memory 1 1 shared))
            (func (export "f") (result i32) (i32.atomic.rmw.add (i32.const 0) (i32.const 5))))
          (assert_return (invoke "f") (i32.const 0))
          (assert_return (invoke "f") (i32.const 6))
        )
        (wait $t)
        (register "m" $m)
        (module (import "m" "memory" (memory 1 1 shared))
          (func (export "f") (result i32) (i32.atomic.load (i32.const 0))))
        (assert_return (invoke "f") (i32.const 10))
        (module $f (func (export "f")))
        (thread $u (shared (module $f)))
    "#;
    let errors = run(&mut spectest(), script);
    assert_eq!(errors.iter().map(|error| error.0).collect::<Vec<_>>(), [8, 16], "{errors:?}");
    assert!(errors[1].2.contains("can't share"), "{errors:?}");
}

#[test]
fn scripts_that_are_none() {
    let mut wast = spectest();
    let run = |wast: &mut Wast, script: &[u8]| {
        wast.run_buffer(Path::new("no.wast"), script).unwrap_err().to_string()
    };
    let error = run(&mut wast, b"(module)\n(assert_nothing)");
    assert!(error.contains("no.wast:2:"), "{error}");
    assert!(run(&mut wast, b"\xff").contains("not UTF-8"));
    let error = wast.run_file(Path::new("does/not/exist.wast")).unwrap_err().to_string();
    assert!(error.contains("does/not/exist.wast"), "{error}");
}

#[test]
fn messages_have_the_place() {
    let mut wast = spectest();
    let error =
        wast.run_buffer(Path::new("dir/a.wast"), b"(module)\n\n  (invoke \"f\")").unwrap_err();
    assert_eq!(error.to_string(), "dir/a.wast:3:4: the instance has no export \"f\"");
}

#[test]
fn failures_in_allowed_lines_and_exceptions_are_left_out() {
    let mut wast = spectest();
    wast.allow_directive_failures_at_line(3);
    wast.disable_assert_exception();
    let script = r#"(module (func (export "f") (result i32) (i32.const 1)))
        (assert_exception (invoke "f"))
        (assert_return (invoke "f") (i32.const 2))
        (assert_return (invoke "f") (i32.const 3))
        (assert_return (invoke "f") (i32.const 1))"#;
    let errors = run(&mut wast, script);
    assert_eq!(errors.iter().map(|error| error.0).collect::<Vec<_>>(), [4]);
    let left_out: Vec<_> = wast.left_out().iter().map(|left_out| left_out.line).collect();
    assert_eq!((left_out, wast.ran()), (vec![2, 3], 3));
}
