//! Bytes and texts that are no modules, and modules that ask for too much: `Module::new` returns an error that says
//! where, within bounded time and memory, and never panics.

use std::time::{Duration, Instant};

use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, Function, FunctionSection, GlobalSection, GlobalType,
    ImportSection, Instruction, MemorySection, MemoryType, RawSection, RefType, TableSection,
    TableType, TypeSection, ValType,
};
use wasmer::{CompileError, Engine, Module};
use wasmer_tests::backend::{COMPILERS, Memories, engine};
use wasmer_tests::proposals::Era;
use wasmer_tests::rng::Rng;
use wasmer_types::WasmError;

fn engines() -> impl Iterator<Item = Engine> {
    COMPILERS.iter().map(|c| engine(*c, Memories::Static, &Era::Today.features()))
}

/// A module with every section and operators of every group.
fn sample() -> Vec<u8> {
    wat::parse_str(
        r#"
        (module $sample
          (type $binary (func (param i32 i32) (result i32)))
          (import "host" "log" (func $log (param i64)))
          (import "host" "memory" (memory $imported 1 2))
          (import "host" "table" (table 1 funcref))
          (import "host" "global" (global $g i32))
          (memory $own i64 1)
          (table $t 4 8 externref)
          (global $count (mut i64) (i64.add (i64.const 1) (i64.const 2)))
          (elem $e (table 0) (i32.const 0) func $add)
          (data $active (memory $imported) (global.get $g) "hello")
          (data $passive "world")
          (func $add (export "add") (type $binary) (i32.add (local.get 0) (local.get 1)))
          (func $main (export "main") (param f64) (result f32 v128)
            (local i32 i64 f32 v128 funcref externref)
            (block $out
              (loop $again
                (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                (br_table $again $out $again (i32.rem_u (local.get 1) (i32.const 3)))))
            (if (i32.lt_s (local.get 1) (i32.const 100))
              (then (call $log (i64.extend_i32_s (local.get 1))))
              (else (unreachable)))
            (local.set 1 (call_indirect 0 (type $binary) (i32.const 1) (i32.const 2) (i32.const 0)))
            (i64.store $own offset=8 (i64.const 16) (i64.atomic.rmw.add $own (i64.const 0) (i64.const 1)))
            (memory.init $own $passive (i64.const 0) (i32.const 0) (i32.const 5))
            (memory.copy $own $imported (i64.const 0) (i32.const 0) (i32.const 5))
            (table.set $t (i32.const 1) (table.get $t (i32.const 0)))
            (f32.demote_f64 (f64.sqrt (local.get 0)))
            (i32x4.relaxed_laneselect (i8x16.splat (local.get 1)) (v128.load $imported (i32.const 0)) (local.get 4)))
          (func $start (global.set $count (i64.const 9)))
          (start $start)
          (@custom "note" "nothing")
        )
        "#,
    )
    .expect("the sample is well-formed")
}

/// Compiles the bytes; an error must be of the right kind and say at which offset.
fn compile(engine: &Engine, bytes: &[u8]) -> Result<(), CompileError> {
    let error = match Module::from_binary(engine, bytes) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let text = error.to_string();
    let offset = text.rsplit_once("offset ").unwrap_or_else(|| panic!("no offset: {text}")).1;
    let offset = offset.trim_end_matches(')').split(':').next().expect("split has a first part");
    let offset = match offset.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16),
        None => offset.parse(),
    };
    let offset = offset.unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(offset <= bytes.len(), "the offset is outside of {} bytes: {text}", bytes.len());
    assert!(
        matches!(
            error,
            CompileError::Wasm(_)
                | CompileError::Validate(_)
                | CompileError::UnsupportedFeature(_)
                | CompileError::Resource(_)
        ),
        "not an error of the module: {error:?}"
    );
    Err(error)
}

#[test]
fn the_sample_is_valid() {
    for engine in engines() {
        compile(&engine, &sample()).unwrap();
    }
}

#[test]
fn truncated() {
    for engine in engines() {
        let sample = sample();
        let mut whole_sections = 0;
        for length in 0..sample.len() {
            // The header alone is the empty module, and the rest can be cut off between sections as long as
            // nothing is declared that has no body yet.
            whole_sections += compile(&engine, &sample[..length]).is_ok() as usize;
        }
        assert!(whole_sections < 12, "{whole_sections} truncated modules are accepted");
    }
}

#[test]
fn mutated() {
    for engine in engines() {
        let sample = sample();
        let mut bytes = sample.clone();
        for at in 0..sample.len() {
            for value in [0, 0x7f, 0x80, 0xff, sample[at] ^ 1, sample[at].wrapping_add(1)] {
                bytes[at] = value;
                let _ = compile(&engine, &bytes);
            }
            bytes[at] = sample[at];
        }
        let mut rng = Rng::new(1);
        for _ in 0..1500 {
            let mut bytes = sample.clone();
            for _ in 0..1 + rng.below(8) {
                match rng.below(3) {
                    0 => {
                        let at = rng.below(bytes.len());
                        bytes[at] = rng.byte();
                    }
                    1 => drop(bytes.remove(rng.below(bytes.len()))),
                    _ => bytes.insert(rng.below(bytes.len()), rng.byte()),
                }
            }
            let _ = compile(&engine, &bytes);
        }
    }
}

#[test]
fn random() {
    for engine in engines() {
        let mut rng = Rng::new(2);
        for _ in 0..3000 {
            let mut bytes = match rng.below(3) {
                0 => Vec::new(),
                1 => b"\0asm\x01\0\0\0".to_vec(),
                // A function with a random body.
                _ => {
                    let mut module = wasm_encoder::Module::new();
                    let mut types = TypeSection::new();
                    types.ty().function([ValType::I32, ValType::I64], [ValType::I32]);
                    let mut functions = FunctionSection::new();
                    functions.function(0);
                    let mut memories = MemorySection::new();
                    memories.memory(memory(1, Some(1)));
                    let body: Vec<_> = (0..rng.below(40)).map(|_| rng.byte()).collect();
                    let mut code = CodeSection::new();
                    let mut function = Function::new([(1, ValType::F64)]);
                    function.raw(body);
                    function.instruction(&Instruction::End);
                    code.function(&function);
                    module.section(&types).section(&functions).section(&memories).section(&code);
                    let _ = compile(&engine, &module.finish());
                    continue;
                }
            };
            bytes.extend((0..rng.below(64)).map(|_| rng.byte()));
            let _ = compile(&engine, &bytes);
        }
    }
}

#[test]
fn wrong_texts() {
    let texts = [
        "",
        "(",
        "(module",
        "(module (func $f (result i32)))",
        "(module (memory 1 0))",
        "\0",
        "(((",
        "\u{feff}(module)",
    ];
    let mut rng = Rng::new(3);
    let tokens = [
        "(",
        ")",
        "module",
        "func",
        "i32.const",
        "1",
        "$a",
        "\"",
        "end",
        "block",
        "\u{202e}",
        ";;",
        "(;",
    ];
    let random = (0..500).map(|_| {
        let mut text = String::new();
        for _ in 0..rng.below(12) {
            text += tokens[rng.below(tokens.len())];
            text += " ";
        }
        text
    });
    let random: Vec<_> = random.collect();
    for engine in engines() {
        for text in texts.iter().copied().chain(random.iter().map(String::as_str)) {
            match Module::new(&engine, text) {
                Ok(_) => {}
                Err(CompileError::Wasm(WasmError::Generic(message))) => {
                    assert!(
                        message.starts_with("Error when converting wat"),
                        "{text:?}: {message}"
                    );
                }
                Err(CompileError::Validate(message)) => {
                    assert!(message.contains("offset"), "{text:?}: {message}");
                }
                Err(error) => panic!("{text:?}: {error:?}"),
            }
        }
        // Not UTF-8, and not wasm either.
        assert!(matches!(
            Module::new(&engine, b"\xff\xfe\xfd"),
            Err(CompileError::Wasm(WasmError::Generic(_)))
        ));
    }
}

/// Deeply nested text does not exhaust the host's stack.
#[test]
fn deeply_nested_text() {
    let nested = format!("(module (func {}{}))", "(block ".repeat(100_000), ")".repeat(100_000));
    for engine in engines() {
        assert!(Module::new(&engine, &nested).is_err());
    }
}

fn memory(minimum: u64, maximum: Option<u64>) -> MemoryType {
    MemoryType { minimum, maximum, memory64: false, shared: false, page_size_log2: None }
}

/// A module with one function `[i32] -> []`, `body` being its locals and operators.
fn one_function(locals: &[(u32, ValType)], operators: impl FnOnce(&mut Function)) -> Vec<u8> {
    let mut module = wasm_encoder::Module::new();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], []);
    types.ty().function(vec![ValType::I64; 1000], vec![ValType::I64; 1000]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut code = CodeSection::new();
    let mut function = Function::new(locals.iter().copied());
    operators(&mut function);
    function.instruction(&Instruction::End);
    code.function(&function);
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

/// What must come of a module that asks for much.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expect {
    Error,
    Module,
    /// One or the other, but soon.
    Either,
}

fn too_much() -> Vec<(&'static str, Expect, Vec<u8>)> {
    use Expect::*;
    use Instruction as I;
    let section = |id, data: &[u8]| {
        let mut module = wasm_encoder::Module::new();
        module.section(&RawSection { id, data });
        module.finish()
    };
    // A count of 2³²-1, and hardly anything behind it.
    let mut cases: Vec<_> = (1..=13)
        .filter(|&id| id != 8)
        .map(|id| ("a count without contents", Error, section(id, b"\xff\xff\xff\xff\x0f\x00\x00")))
        .collect();

    cases.push(("50,000 locals", Either, one_function(&[(49_999, ValType::I64)], |_| {})));
    cases.push(("50,001 locals", Error, one_function(&[(50_000, ValType::I64)], |_| {})));
    cases.push(("2³² locals", Error, one_function(&[(u32::MAX, ValType::I32); 3], |_| {})));
    cases.push((
        "50,000 locals, all live",
        Either,
        one_function(&[(49_999, ValType::I64)], |f| {
            for i in 1..50_000 {
                f.instruction(&I::I64Const(i.into())).instruction(&I::LocalSet(i));
            }
            f.instruction(&I::Block(wasm_encoder::BlockType::Empty));
            f.instruction(&I::LocalGet(0)).instruction(&I::BrIf(0)).instruction(&I::End);
            f.instruction(&I::I64Const(0));
            for i in 1..50_000 {
                f.instruction(&I::LocalGet(i)).instruction(&I::I64Xor);
            }
            f.instruction(&I::Drop);
        }),
    ));
    let nest = |depth: usize| {
        one_function(&[], |f| {
            for _ in 0..depth {
                f.instruction(&I::Block(wasm_encoder::BlockType::Empty));
            }
            for _ in 0..depth {
                f.instruction(&I::End);
            }
        })
    };
    cases.push(("blocks nested 1,000 deep", Module, nest(1000)));
    cases.push(("blocks nested 1,000,000 deep", Error, nest(1_000_000)));
    cases.push((
        "loops nested 2,000 deep, with 100 locals",
        Either,
        one_function(&[(100, ValType::I64)], |f| {
            for i in 0..2000 {
                f.instruction(&I::Loop(wasm_encoder::BlockType::Empty));
                f.instruction(&I::I64Const(i)).instruction(&I::LocalSet(1 + (i % 100) as u32));
            }
            for i in 0..2000 {
                f.instruction(&I::LocalGet(0)).instruction(&I::BrIf(i % 3)).instruction(&I::End);
            }
        }),
    ));
    cases.push((
        "a function of 8 MB",
        Error,
        one_function(&[], |f| {
            f.raw(std::iter::repeat_n(0x01, 8_000_000));
        }),
    ));
    cases.push((
        "300,000 operators in a row",
        Either,
        one_function(&[(1, ValType::I64)], |f| {
            f.instruction(&I::LocalGet(1));
            for i in 0..150_000 {
                f.instruction(&I::I64Const(i)).instruction(&I::I64Add);
            }
            f.instruction(&I::LocalSet(1));
        }),
    ));
    cases.push((
        "100,000 operands at once",
        Either,
        one_function(&[], |f| {
            for i in 0..100_000 {
                f.instruction(&I::LocalGet(0)).instruction(&I::I32Const(i)).instruction(&I::I32Mul);
            }
            for _ in 1..100_000 {
                f.instruction(&I::I32Xor);
            }
            f.instruction(&I::Drop);
        }),
    ));
    cases.push((
        "20,000 ifs in a row",
        Either,
        one_function(&[(1, ValType::I32)], |f| {
            for i in 0..20_000 {
                f.instruction(&I::LocalGet(0)).instruction(&I::If(wasm_encoder::BlockType::Empty));
                f.instruction(&I::I32Const(i)).instruction(&I::LocalSet(1)).instruction(&I::End);
            }
        }),
    ));
    let branches = |count| {
        one_function(&[], |f| {
            f.instruction(&I::LocalGet(0));
            f.instruction(&I::BrTable(vec![0; count].into(), 0));
        })
    };
    cases.push(("a br_table with 100,000 labels", Module, branches(100_000)));
    cases.push(("a br_table with 2,000,000 labels", Error, branches(2_000_000)));
    // A thousand values through each of a hundred thousand blocks.
    cases.push((
        "100,000 blocks of 1,000 values",
        Error,
        one_function(&[], |f| {
            for _ in 0..1000 {
                f.instruction(&I::I64Const(0));
            }
            for _ in 0..100_000 {
                f.instruction(&I::Block(wasm_encoder::BlockType::FunctionType(1)));
                f.instruction(&I::End);
            }
            f.instruction(&I::Unreachable);
        }),
    ));
    cases.push(("101 memories", Error, {
        let mut memories = MemorySection::new();
        for _ in 0..101 {
            memories.memory(memory(0, None));
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&memories);
        module.finish()
    }));
    cases.push(("100,000 tables with 2³²-1 elements", Either, {
        let mut tables = TableSection::new();
        for _ in 0..100_000 {
            tables.table(TableType {
                element_type: RefType::FUNCREF,
                table64: false,
                minimum: u32::MAX.into(),
                maximum: None,
                shared: false,
            });
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&tables);
        module.finish()
    }));
    cases.push(("100,000 globals", Either, {
        let mut globals = GlobalSection::new();
        for i in 0..100_000 {
            let ty = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
            globals.global(ty, &ConstExpr::i64_const(i));
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&globals);
        module.finish()
    }));
    cases.push(("a constant expression of a million operators", Error, {
        let mut globals = GlobalSection::new();
        let ty = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        let mut expression = ConstExpr::i64_const(0);
        for _ in 0..500_000 {
            expression = expression.with_i64_const(1).with_i64_add();
        }
        globals.global(ty, &expression);
        let mut module = wasm_encoder::Module::new();
        module.section(&globals);
        module.finish()
    }));
    cases.push(("a function type of 1,001 parameters", Error, {
        let mut types = TypeSection::new();
        types.ty().function(vec![ValType::I32; 1001], []);
        let mut module = wasm_encoder::Module::new();
        module.section(&types);
        module.finish()
    }));
    cases.push(("50,000 imports of 1,000 parameters", Error, {
        let mut types = TypeSection::new();
        types.ty().function(vec![ValType::I32; 1000], []);
        let mut imports = ImportSection::new();
        for _ in 0..50_000 {
            imports.import("m", "f", EntityType::Function(0));
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }));
    cases
}

/// `count` blocks that a `br_table` leaves, and as many locals: where a block ends, each local set so far has two
/// values, which makes count²/2 joins of values in a body of about 15 bytes times `count`.
fn joins(count: u32) -> Vec<u8> {
    use Instruction as I;
    one_function(&[(count, ValType::I64)], |f| {
        for _ in 0..count {
            f.instruction(&I::Block(wasm_encoder::BlockType::Empty));
        }
        f.instruction(&I::LocalGet(0));
        f.instruction(&I::BrTable((0..count).collect::<Vec<_>>().into(), 0));
        for i in 0..count {
            f.instruction(&I::End);
            f.instruction(&I::I64Const(i.into())).instruction(&I::LocalSet(1 + i));
        }
        f.instruction(&I::I64Const(0));
        for i in 0..count {
            f.instruction(&I::LocalGet(1 + i)).instruction(&I::I64Xor);
        }
        f.instruction(&I::Drop);
    })
}

#[test]
fn joins_of_many_locals() {
    for engine in engines() {
        for count in [100, 400, 1000, 6000, 20_000] {
            let start = Instant::now();
            let result = compile(&engine, &joins(count)).map_err(|error| error.to_string());
            let time = start.elapsed();
            eprintln!("{count} joins of as many locals: {result:?} after {time:.2?}");
            assert!(time < TIME, "{count} joins of as many locals took {time:?}");
        }
    }
}

/// What compiling any of the modules here may take, on a machine that is busy otherwise.
const TIME: Duration = Duration::from_secs(60);

/// One test, so that what one case needs does not count for another.
#[test]
fn too_much_is_refused_soon() {
    const MEMORY_KIB: u64 = 3 << 20;
    for engine in engines() {
        for (what, expect, bytes) in too_much() {
            let start = Instant::now();
            let result = compile(&engine, &bytes);
            let time = start.elapsed();
            eprintln!(
                "{what}: {:?} after {time:.2?}",
                result.as_ref().map_err(ToString::to_string)
            );
            let right = match expect {
                Expect::Error => result.is_err(),
                Expect::Module => result.is_ok(),
                Expect::Either => true,
            };
            assert!(right, "{what}: expected {expect:?}, found {result:?}");
            assert!(time < TIME, "{what}: took {time:?}");
        }
        let peak = peak_memory_kib();
        assert!(peak < MEMORY_KIB, "{peak} KiB were needed");
    }
}

/// The most memory that this process had so far; 0 where it can't be asked.
fn peak_memory_kib() -> u64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
