use wasmer_types::entity::EntityRef;
use wasmer_types::{
    DataIndex, DataPlacement, ElemIndex, ElementPlacement, Features, FuncRefIndex, GlobalIndex,
    IndexType, InitExpr, MemoryIndex, Pages, TableIndex, Type,
};

use super::*;
use crate::driver::validate_module;
use crate::testing::{Scribe, compile_features, compile_with, text_of, wasm};

fn translate(bytes: &[u8]) -> ModuleTranslation<'_> {
    ModuleTranslation::new(bytes, Proposals::new(&Features::all())).unwrap()
}

#[test]
fn everything_outside_of_bodies_is_taken_in() {
    let bytes = wasm(
        r#"(module $shop
            (type $unary (func (param i32) (result i32)))
            (import "host" "f" (func $f (type $unary)))
            (import "host" "g" (global $g i32))
            (import "host" "m" (memory 1 2))
            (memory $large i64 0x1_0000_0000_0000)
            (table $funcs 10 20 funcref)
            (table $wide i64 1 0x2_0000_0000 externref)
            (tag $t (param i64))
            (global $sum i32 (i32.add (global.get $g) (i32.const 2)))
            (global $name funcref (ref.func $named))
            (func $main (type $unary) (local f32) (i32.add (local.get 0) (i32.const 1)))
            (func $named)
            (func $quiet)
            (export "main" (func $main))
            (export "mem" (memory 0))
            (start $quiet)
            (elem (i32.const 3) func $f $main)
            (elem $declared declare func $named)
            (elem $null funcref (ref.func $main) (ref.null func))
            (data (i32.const 8) "abc")
            (data $passive "de")
        )"#,
    );
    let module = translate(&bytes);
    let info = &module.info;
    assert_eq!(info.name.as_deref(), Some("shop"));
    assert_eq!((info.functions.len(), info.num_imported_functions), (4, 1));
    assert_eq!((info.globals.len(), info.num_imported_globals), (3, 1));
    let large = info.memories[MemoryIndex::new(1)];
    let format = info.memory_formats[MemoryIndex::new(1)];
    assert_eq!((large.minimum, format.index), (Pages(u32::MAX), IndexType::I64));
    let wide = info.tables[TableIndex::new(1)];
    assert_eq!(
        (info.table_indices[TableIndex::new(1)], wide.maximum, wide.ty),
        (IndexType::I64, Some(u32::MAX), Type::ExternRef)
    );
    assert_eq!(info.imports().map(|import| import.name().to_owned()).collect::<String>(), "fgm");
    assert_eq!(
        info.exports().map(|export| export.name().to_owned()).collect::<String>(),
        "mainmem"
    );
    assert_eq!(info.start_function, Some(FunctionIndex::new(3)));
    assert_eq!(info.tags.len(), 1);
    let sum =
        [InitExprOp::GlobalGet(GlobalIndex::new(0)), InitExprOp::I32Const(2), InitExprOp::I32Add];
    let sum = GlobalInit::Expr(InitExpr::new(sum));
    assert_eq!(info.global_initializers.values().next(), Some(&sum));

    // Exports, then element segments, then globals.
    let escaped: Vec<_> = info.func_refs.values().map(|function| function.index()).collect();
    assert_eq!(escaped, [1, 0, 2]);
    assert_eq!(info.func_ref(FunctionIndex::new(0)), Some(FuncRefIndex::new(1)));
    assert_eq!(info.func_ref(FunctionIndex::new(3)), None);

    let elements = &info.element_segments;
    let offset = InitExpr::new([InitExprOp::I32Const(3)]);
    let active = ElementPlacement::Active { table: TableIndex::new(0), offset };
    assert_eq!(elements[ElemIndex::new(0)].placement, active);
    assert_eq!(elements[ElemIndex::new(1)].placement, ElementPlacement::Declared);
    assert!(
        matches!(&elements[ElemIndex::new(0)].items, ElementItems::Functions(f) if f.len() == 2)
    );
    let null = InitExpr::new([InitExprOp::RefNull(Type::FuncRef)]);
    let main = InitExpr::new([InitExprOp::RefFunc(FunctionIndex::new(1))]);
    let items = ElementItems::Expressions([main, null].into());
    assert_eq!(elements[ElemIndex::new(2)].items, items);

    assert_eq!(&*module.data(), b"abcde");
    assert_eq!(info.data_segments[DataIndex::new(1)].placement, DataPlacement::Passive);
    assert_eq!(info.data_segments[DataIndex::new(1)].data, 3..5);

    assert_eq!(module.functions.len(), 3);
    let body = &module.functions[0];
    assert_eq!(body.function_index(), FunctionIndex::new(1));
    assert_eq!(&bytes[body.offset() as usize..][..body.size()], body.bytes());
    assert_eq!(info.function_names.get(FunctionIndex::new(1)), Some("main"));
}

#[test]
fn of_custom_sections_with_one_name_the_last_is_kept() {
    let bytes = wasm(
        r#"(module (func $f)
            (@custom "a" "one") (@custom "b" "two") (@custom "a" "three"))"#,
    );
    let module = translate(&bytes);
    let contents = |name| module.info.custom_sections(name).collect::<Vec<_>>();
    assert_eq!(contents("a"), [(*b"three").into()]);
    assert_eq!(contents("b"), [(*b"two").into()]);
    assert_eq!(contents("name").len(), 1);
    assert!(contents("c").is_empty());
}

#[test]
fn damaged_names_do_not_hurt() {
    let module = |names: &[u8]| {
        let mut module = wasm_encoder::Module::new();
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        let mut functions = wasm_encoder::FunctionSection::new();
        functions.function(0).function(0);
        let mut code = wasm_encoder::CodeSection::new();
        code.raw(&[0, 0x0b]).raw(&[0, 0x0b]);
        module.section(&types).section(&functions).section(&code);
        let custom = wasm_encoder::CustomSection { name: "name".into(), data: names.into() };
        module.section(&custom);
        module.finish()
    };
    // Function 0 is `a`, function 1 is `b`, function 7 does not exist.
    let good = [1, 10, 3, 0, 1, b'a', 1, 1, b'b', 7, 1, b'c'];
    for end in 0..=good.len() {
        let bytes = module(&good[..end]);
        let names = translate(&bytes).info.function_names;
        assert_eq!(names.len(), if end == good.len() { 2 } else { 0 }, "cut at {end}");
    }
    let bytes = module(&[1, 7, 2, 1, 1, b'b', 0, 1, b'a', 9, 9]);
    assert_eq!(translate(&bytes).info.function_names.len(), 1, "names out of order");
}

#[test]
fn a_hundred_thousand_functions_are_no_problem() {
    let count = 100_000;
    let mut text = String::from("(module (func $f (param i32)) ");
    for number in 1..count {
        text.push_str(&format!("(func $name{number})"));
    }
    text.push(')');
    let bytes = wasm(&text);
    let start = std::time::Instant::now();
    let module = translate(&bytes);
    assert_eq!(module.info.function_names.get(FunctionIndex::new(count - 1)), Some("name99999"));
    assert_eq!(module.functions.len(), count);
    // It takes some 20 ms; a quadratic algorithm would take minutes.
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn operators_arrive_in_order_with_positions() {
    let bytes = wasm(
        r#"(module (memory 1) (func (param i32) (result v128) (local i64 i64 f32)
            (drop (i32.load offset=4 (local.get 0)))
            (block (br_table 0 0 (local.get 0)))
            (v128.const i64x2 1 2)))"#,
    );
    let image = compile_with(&Scribe::default(), &bytes).unwrap();
    let text = text_of(&image, 0);
    let lines: Vec<&str> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let expected = [
        "locals",
        "locals",
        "begin",
        "local_get",
        "i32_load",
        "drop",
        "block",
        "local_get",
        "br_table",
        "end",
        "v128_const",
        "end",
    ];
    assert_eq!(lines, expected);
    assert!(text.starts_with("locals 2 I64\nlocals 1 F32\nbegin\n"));
    // The first operator: `local.get` is 0x20.
    let at = text.find("local_get").unwrap() as u32;
    assert_eq!(bytes[image.code.addresses.lookup(at).unwrap() as usize], 0x20);
}

#[test]
fn errors_have_the_offset() {
    let error = |bytes: &[u8]| match validate_module(&Features::all(), bytes) {
        Err(CompileError::Validate(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert!(error(b"").ends_with("(at offset 0x0)"));
    assert!(error(b"\0asm\x02\0\0\0").ends_with("(at offset 0x4)"));
    // Type mismatch of the only operator of the second function.
    let bytes = wasm("(module (func) (func (result i32) i64.const 1))");
    let at = bytes.windows(2).position(|pair| pair == [0x42, 1]).unwrap() + 2;
    let reason = error(&bytes);
    assert!(reason.starts_with("type mismatch"), "{reason}");
    assert!(reason.ends_with(&format!("(at offset 0x{at:x})")), "{reason}");
}

/// Modules of which each needs the proposal of that name.
const PROPOSALS: &[(&str, &str)] = &[
    ("threads", "(module (memory 1 1 shared))"),
    ("threads", "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))"),
    ("reference-types", "(module (func (param externref)))"),
    ("reference-types", "(module (table 1 funcref) (func (drop (table.size 0))))"),
    ("reference-types", "(module (table 1 funcref) (table 1 funcref))"),
    ("simd", "(module (func (drop (v128.const i64x2 0 0))))"),
    ("simd", "(module (global v128 (v128.const i64x2 0 0)))"),
    (
        "bulk-memory",
        "(module (memory 1) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))) (data \"\"))",
    ),
    ("multi-value", "(module (func (result i32 i32) unreachable))"),
    ("tail-call", "(module (func return_call 0))"),
    ("tail-call", "(module (table 1 funcref) (func (return_call_indirect (i32.const 0))))"),
    ("multi-memory", "(module (memory 1) (memory 1))"),
    ("memory64", "(module (memory i64 1))"),
    ("memory64", "(module (table i64 1 funcref))"),
    ("exceptions", "(module (tag))"),
    ("exceptions", "(module (func (param exnref)))"),
    ("exceptions", "(module (func (block (try_table (catch_all 0)))))"),
    (
        "relaxed-simd",
        "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))",
    ),
    ("extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 1))))"),
    (
        "wide-arithmetic",
        "(module (func (param i64) (i64.mul_wide_s (local.get 0) (local.get 0)) drop drop))",
    ),
    ("function-references", "(module (type $t (func)) (func (param (ref null $t))))"),
    ("function-references", "(module (type $t (func)) (func (call_ref $t (ref.null $t))))"),
    ("gc", "(module (type (struct)))"),
    ("gc", "(module (type (array i8)))"),
    ("gc", "(module (func (param anyref)))"),
    ("gc", "(module (func (drop (ref.i31 (i32.const 0)))))"),
    ("gc", "(module (rec (type (func)) (type (func))))"),
    ("custom-page-sizes", "(module (memory 1 (pagesize 1)))"),
];

fn all_but(name: &str) -> Features {
    let mut features = Features::all();
    match name {
        "threads" => features.threads(false),
        "reference-types" => features.reference_types(false).function_references(false).gc(false),
        "simd" => features.simd(false).relaxed_simd(false),
        "bulk-memory" => features.bulk_memory(false),
        "multi-value" => features.multi_value(false),
        "tail-call" => features.tail_call(false),
        "multi-memory" => features.multi_memory(false),
        "memory64" => features.memory64(false),
        "exceptions" => features.exceptions(false),
        "relaxed-simd" => features.relaxed_simd(false),
        "extended-const" => features.extended_const(false).gc(false),
        "wide-arithmetic" => features.wide_arithmetic(false),
        "function-references" => features.function_references(false).gc(false),
        "gc" => features.gc(false),
        "custom-page-sizes" => features.custom_page_sizes(false),
        other => panic!("{other} is no proposal"),
    };
    features
}

#[test]
fn a_proposal_that_is_off_is_named() {
    for (name, text) in PROPOSALS {
        let bytes = wasm(text);
        let error = validate_module(&all_but(name), &bytes).expect_err(text).to_string();
        let named = error.contains(&format!("the proposal {name} is off (at offset 0x"));
        assert!(named, "{text}: {error}");
        assert!(error.starts_with("Validation error: "), "{text}: {error}");
    }
}

#[test]
fn a_proposal_that_the_compiler_lacks_is_named() {
    for (name, text) in PROPOSALS {
        let bytes = wasm(text);
        let compiler = Scribe { supported: Some(all_but(name)), ..Scribe::default() };
        let error = compile_features(&compiler, &Features::all(), &bytes).expect_err(text);
        assert!(matches!(error, CompileError::UnsupportedFeature(_)), "{text}: {error:?}");
        let error = error.to_string();
        assert!(error.contains(name) && error.contains("(at offset 0x"), "{text}: {error}");
    }
}

#[test]
fn types_that_nothing_of_ours_has_are_refused_even_when_on() {
    let later = PROPOSALS.iter().filter(|(name, _)| ["function-references", "gc"].contains(name));
    for (name, text) in later {
        let bytes = wasm(text);
        // Bodies without such types in their signature are for the compiler to refuse.
        if let Err(error) = compile_with(&Scribe::default(), &bytes) {
            assert!(matches!(error, CompileError::UnsupportedFeature(_)), "{text}: {error:?}");
            assert!(error.to_string().contains(name), "{text}: {error}");
        }
    }
    let table = wasm("(module (func) (table 1 (ref func) (ref.func 0)))");
    let error = compile_with(&Scribe::default(), &table).unwrap_err().to_string();
    assert!(error.contains("function-references"), "{error}");
}

#[test]
fn components_are_refused() {
    let bytes = wasm("(component)");
    let error = validate_module(&Features::all(), &bytes).unwrap_err().to_string();
    assert!(error.contains("component"), "{error}");
}
