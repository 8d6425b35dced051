//! What a trap tells: its reason as a code, and the functions that were active, with names and places in the module.

use std::error::Error;

use wasmer::{Function, Instance, Module, RuntimeError, Store, TrapCode, TypedFunction, imports};

/// Each case ends in its own way. Names in the text format get into the module as its `name` section.
const BROKEN: &str = r#"
(module $broken
  (import "host" "panic_handler" (func $handler))
  (type $void (func))
  (memory 1)
  (table 2 funcref)
  (elem (i32.const 0) $wrong_type)
  (func $wrong_type (param i32))
  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $endless (call $endless))
  (func $case (export "case") (param $case i32)
    (if (i32.eq (local.get $case) (i32.const 0)) (then unreachable))
    (if (i32.eq (local.get $case) (i32.const 1)) (then
      (drop (call $divide (i32.const 1) (i32.const 0)))))
    (if (i32.eq (local.get $case) (i32.const 2)) (then
      (drop (i32.load (i32.const 65533)))))
    (if (i32.eq (local.get $case) (i32.const 3)) (then
      (call_indirect (type $void) (i32.const 0))))
    (if (i32.eq (local.get $case) (i32.const 4)) (then
      (call_indirect (type $void) (i32.const 1))))
    (if (i32.eq (local.get $case) (i32.const 5)) (then (call $endless)))
    (if (i32.eq (local.get $case) (i32.const 6)) (then (call $handler))))
  (func $main (export "main") (param i32) (call $case (local.get 0))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, BROKEN)?;
    let handler = Function::new_typed(&mut store, || -> Result<(), RuntimeError> {
        Err(RuntimeError::new("the guest has panicked"))
    });
    let imports = imports! { "host" => { "panic_handler" => handler } };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let run: TypedFunction<i32, ()> = instance.exports.get_typed_function(&store, "main")?;

    // A trap has a code. The last case has none: it is an error of the host.
    let codes = [
        Some(TrapCode::UnreachableCodeReached),
        Some(TrapCode::IntegerDivisionByZero),
        Some(TrapCode::HeapAccessOutOfBounds),
        Some(TrapCode::BadSignature),
        Some(TrapCode::IndirectCallToNull),
        Some(TrapCode::StackOverflow),
        None,
    ];
    for (case, code) in (0..).zip(codes) {
        let error = run.call(&mut store, case).unwrap_err();
        println!("case {case}: {}", error.message());
        assert_eq!(error.to_trap(), code);
    }

    // Printed, an error has a line for each function that was active, innermost first.
    let error = run.call(&mut store, 1).unwrap_err();
    println!("\n{error}\n");

    // The same for programs: offsets are those of the binary module, where tools find the source line.
    let frames = error.trace();
    for frame in frames {
        println!(
            "function {} of {}, `{}`, byte {} of its body",
            frame.func_index(),
            frame.module_name(),
            frame.function_name().unwrap_or("<unnamed>"),
            frame.func_offset(),
        );
    }
    let names: Vec<_> = frames.iter().filter_map(|frame| frame.function_name()).collect();
    assert_eq!(names, ["divide", "case", "main"]);
    let binary = wasmer::wat2wasm(BROKEN.as_bytes())?;
    assert_eq!(binary[frames[0].module_offset()], 0x6d, "the opcode of `i32.div_s`");

    // After a trap the instance is as the guest has left it, and can be called again.
    run.call(&mut store, 100)?;
    Ok(())
}

// Prints:
// case 0: unreachable
// case 1: integer divide by zero
// case 2: out of bounds memory access
// case 3: indirect call type mismatch
// case 4: uninitialized element
// case 5: call stack exhausted
// case 6: the guest has panicked
//
// RuntimeError: integer divide by zero
//     at divide (broken[2]:0x69)
//     at case (broken[4]:0x86)
//     at main (broken[5]:0xcd)
//
// function 2 of broken, `divide`, byte 5 of its body
// function 4 of broken, `case`, byte 21 of its body
// function 5 of broken, `main`, byte 3 of its body
