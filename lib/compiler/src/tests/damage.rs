//! Bytes that are no module, or hardly one, are errors and nothing worse.

use std::sync::Arc;

use wasmer_types::{CompileError, Features};

use super::middlewares::CountCalls;
use crate::driver::validate_module;
use crate::testing::{Random, Scribe, compile_features, wasm};

/// Modules that use as much of the format as they can.
fn modules() -> Vec<Vec<u8>> {
    let texts = [
        r#"(module $first
            (type $t (func (param i32 i64) (result f32)))
            (import "a" "f" (func $f (type $t)))
            (import "a" "g" (global $g i32))
            (import "a" "t" (table $t 1 funcref))
            (memory $m 1 2) (memory $n i64 1)
            (table $own 3 externref)
            (global $h (mut i64) (i64.const 7))
            (func $one (type $t) (local i32 f64)
                (block $b (result f32)
                    (loop $l (br_if $l (local.get 2)))
                    (if (result f32) (local.get 0)
                        (then (f32.const 1)) (else (br $b (f32.const 2)))))
                (i64.store $n offset=0x1_0000_0000 (i64.const 8) (local.get 1))
                (br_table 0 0 0 (local.get 0)))
            (func $two (export "two") (result i32 i32)
                (call_indirect $t (type $t) (i32.const 1) (i64.const 2) (i32.const 0)) drop
                (memory.copy $m $m (i32.const 0) (i32.const 1) (i32.const 2))
                (drop (v128.bitselect (v128.const i32x4 1 2 3 4) (v128.const i64x2 5 6)
                    (i8x16.splat (i32.const 7))))
                (drop (ref.func $one))
                (i32.atomic.rmw.add (i32.const 0) (i32.const 1))
                (i32.const 5))
            (elem (i32.const 0) func $f $one)
            (elem $e funcref (ref.func $one) (ref.null func))
            (data (i32.const 0) "hello") (data "passive")
            (start $go) (func $go) (@custom "note" "text"))"#,
        r#"(module $second
            (tag $tag (param i32))
            (func $throw (export "throw") (throw $tag (i32.const 1)))
            (func $catch (result i32)
                (block $h (result i32)
                    (try_table (catch $tag $h) (call $throw)) (i32.const 0)))
            (func $tail (param i64) (result i64)
                (if (result i64) (i64.eqz (local.get 0))
                    (then (i64.const 0))
                    (else (return_call $tail (i64.sub (local.get 0) (i64.const 1))))))
            (global i32 (i32.mul (i32.const 3) (i32.const 4))))"#,
        r#"(module (type (func)) (func) (export "" (func 0)))"#,
    ];
    texts.iter().map(|text| wasm(text)).collect()
}

/// Tries all ways that a module can take. An error must say where it is.
fn feed(bytes: &[u8]) -> bool {
    let plain = Scribe::default();
    let counting =
        Scribe { middlewares: vec![Arc::new(CountCalls::default())], ..Scribe::default() };
    let all = validate_module(&Features::all(), bytes);
    let results = [
        validate_module(&Features::default(), bytes),
        compile_features(&plain, &Features::default(), bytes).map(drop),
        compile_features(&plain, &Features::all(), bytes).map(drop),
        compile_features(&counting, &Features::all(), bytes).map(drop),
    ];
    // Compiling succeeds exactly when validating does.
    assert_eq!(results[0].is_ok(), results[1].is_ok());
    assert!(results[2].is_ok() == all.is_ok() && results[3].is_ok() == all.is_ok());
    for result in results {
        match result {
            Ok(()) => {}
            Err(CompileError::Validate(reason) | CompileError::UnsupportedFeature(reason)) => {
                assert!(reason.contains("(at offset 0x"), "{reason}");
            }
            Err(CompileError::Resource(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    all.is_ok()
}

#[test]
fn the_modules_are_valid_to_begin_with() {
    for module in modules() {
        assert!(feed(&module));
    }
}

#[test]
fn truncated_modules() {
    for module in modules() {
        for end in 0..module.len() {
            // A module that ends behind a section may be one.
            feed(&module[..end]);
        }
        assert!(!feed(&module[..module.len() - 1]));
    }
}

#[test]
fn mutated_modules() {
    let mut random = Random::new(0x5eed);
    let mut valid = 0;
    for module in modules() {
        for _ in 0..2_000 {
            let mut bytes = module.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(5) {
                    0 => bytes[at] ^= 1 << random.below(8),
                    1 => bytes[at] = random.next() as u8,
                    2 => bytes.insert(at, random.next() as u8),
                    3 => drop(bytes.remove(at)),
                    _ => {
                        let end = at + random.below(bytes.len() - at);
                        let copy = bytes[at..end].to_vec();
                        let to = random.below(bytes.len());
                        bytes.splice(to..to, copy);
                    }
                }
            }
            valid += usize::from(feed(&bytes));
        }
    }
    // Mutations that change nothing that matters are there as well, or the test would look at headers only.
    assert!(valid > 100, "{valid} of 6000 are valid");
}

#[test]
fn random_bytes() {
    let mut random = Random::new(42);
    for length in 0..1_000 {
        let mut bytes: Vec<u8> = (0..length % 200).map(|_| random.next() as u8).collect();
        feed(&bytes);
        bytes.splice(0..0, *b"\0asm\x01\0\0\0");
        feed(&bytes);
    }
}
