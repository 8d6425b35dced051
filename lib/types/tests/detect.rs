//! `Features::detect_from_wasm`.

use wasmer_types::Features;

fn detect(text: &str) -> Vec<&'static str> {
    let features = Features::detect_from_wasm(&wat::parse_str(text).unwrap()).unwrap();
    features.iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

#[test]
fn each_proposal_is_found() {
    let modules: [(&[&str], &str); 17] = [
        (&["threads"], "(memory 1 1 shared)"),
        (&["threads"], "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))"),
        (&["reference_types"], "(table 1 funcref) (table 1 funcref)"),
        (&["reference_types"], "(table 1 externref)"),
        (&["simd"], "(func (param v128))"),
        (
            &["bulk_memory"],
            "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        ),
        (&["bulk_memory"], "(data \"passive\")"),
        (&["multi_value"], "(func (result i32 i32) unreachable)"),
        (&["tail_call"], "(func $f (return_call $f))"),
        (&["multi_memory"], "(memory 1) (memory 1)"),
        (&["memory64"], "(memory i64 1)"),
        (&["exceptions"], "(tag)"),
        (&["extended_const"], "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
        (&["wide_arithmetic"], "(func (i64.mul_wide_u (i64.const 1) (i64.const 2)) unreachable)"),
        (
            &["simd", "relaxed_simd"],
            "(func (param v128) (drop (f32x4.relaxed_min (local.get 0) (local.get 0))))",
        ),
        (&["gc"], "(type (struct))"),
        (&["custom_page_sizes"], "(memory 1 (pagesize 1))"),
    ];
    for (names, fields) in modules {
        assert_eq!(detect(&format!("(module {fields})")), names, "{fields}");
    }
    assert!(detect("(module (func) (memory 1) (table 1 funcref))").is_empty());
}

#[test]
fn a_module_that_is_never_valid_is_an_error() {
    let module = wat::parse_str("(module (func (result i32 i32) (i32.const 1)))").unwrap();
    assert!(Features::detect_from_wasm(&module).is_err());
    for len in 0..module.len() {
        let _ = Features::detect_from_wasm(&module[..len]);
    }
}
