//! The image depends on nothing but the module and the settings.

use wasmer_types::{CompileError, Features, LocalFunctionIndex};

use crate::driver::validate_module;
use crate::testing::{Scribe, compile_with, text_of, wasm};

/// Many functions of very different sizes that call one another; the bodies of those in `bad` are not valid.
fn many(count: usize, bad: &[usize]) -> Vec<u8> {
    let mut text = String::from("(module ");
    for number in 0..count {
        let work = "(drop (i32.add (i32.const 1) (i32.const 2)))".repeat(number * 37 % 101);
        let bad = if bad.contains(&number) { "i64.const 0 drop drop" } else { "" };
        text.push_str(&format!("(func (call {}) {work} {bad})", (number * 7) % count));
    }
    text.push(')');
    wasm(&text)
}

#[test]
fn results_are_in_the_order_of_the_module() {
    let bytes = many(300, &[]);
    let image = compile_with(&Scribe::default(), &bytes).unwrap();
    assert_eq!(image.code.functions.len(), 300);
    for (index, extent) in image.code.functions.iter() {
        let number = index.as_u32() as usize;
        let text = text_of(&image, index.as_u32());
        assert_eq!(text.matches("i32_add").count(), number * 37 % 101, "function {number}");
        // The call leads to its target.
        let place = extent.offset as usize + "begin\n".len();
        let distance = image.code.text[place..place + 4].try_into().unwrap();
        let target = place as i64 + i64::from(i32::from_le_bytes(distance));
        let callee = LocalFunctionIndex::from_u32(number as u32 * 7 % 300);
        assert_eq!(target as u32, image.code.functions.get(callee).unwrap().offset);
        assert_eq!(image.code.function_at(extent.offset), Some(index));
    }
}

#[test]
fn two_compilations_are_the_same() {
    let bytes = many(300, &[]);
    let first = compile_with(&Scribe::default(), &bytes).unwrap();
    for _ in 0..5 {
        let again = compile_with(&Scribe::default(), &bytes).unwrap();
        assert!(first.code.text == again.code.text && first.info == again.info);
        assert_eq!(first.code.addresses, again.code.addresses);
    }
}

#[test]
fn the_first_bad_function_is_reported() {
    // Function 255 is among the largest and is compiled early; function 30 is bad as well.
    let bytes = many(300, &[30, 41, 255, 299]);
    let functions = bytes_of_bodies(&bytes);
    for _ in 0..20 {
        let compiled = compile_with(&Scribe::default(), &bytes).unwrap_err();
        let validated = validate_module(&Features::all(), &bytes).unwrap_err();
        for error in [compiled, validated] {
            let CompileError::Validate(reason) = error else { panic!("{error:?}") };
            let offset = reason.rsplit_once("0x").unwrap().1.trim_end_matches(')');
            let offset = u32::from_str_radix(offset, 16).unwrap();
            assert!(functions[30].contains(&offset), "{reason}");
        }
    }
}

fn bytes_of_bodies(bytes: &[u8]) -> Vec<std::ops::Range<u32>> {
    let proposals = crate::Proposals::new(&Features::all());
    let module = crate::ModuleTranslation::new(bytes, proposals).unwrap();
    let range = |f: &crate::FunctionInput<'_>| f.offset()..f.offset() + f.size() as u32;
    module.functions.iter().map(range).collect()
}
