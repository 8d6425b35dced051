//! State that host functions share, and how they reach the memory of their caller.

use std::error::Error;

use wasmer::{
    Function, FunctionEnv, FunctionEnvMut, Instance, Memory, MemoryAccessError, Module,
    RuntimeError, Store, TypedFunction, WasmPtr, imports,
};

/// Logs a text from its memory, then asks how many there were.
const GUEST: &str = r#"
(module
  (import "logger" "log" (func $log (param i32 i32)))
  (import "logger" "count" (func $count (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "one fish, two fish")
  (func (export "run") (result i32)
    (call $log (i32.const 16) (i32.const 8))
    (call $log (i32.const 26) (i32.const 8))
    (call $count))
  (func (export "bad") (call $log (i32.const -4) (i32.const 100))))
"#;

/// What the functions of a logger share.
#[derive(Default)]
struct Logger {
    lines: Vec<String>,
    /// The memory of the guest. It is known only when there is an instance, which needs the functions first.
    memory: Option<Memory>,
}

/// A host function that is given the shared state in front of the arguments.
///
/// The guest may pass anything as an address. `?` makes the call trap, with the error as the reason.
fn log(
    mut env: FunctionEnvMut<'_, Logger>,
    text: WasmPtr<u8>,
    length: u32,
) -> Result<(), RuntimeError> {
    // A start function runs while the instance is being made.
    let too_early = || RuntimeError::new("the memory is not known yet");
    let memory = env.data().memory.clone().ok_or_else(too_early)?;
    let line = text.read_utf8_string(&memory.view(&env), length)?;
    env.data_mut().lines.push(line);
    Ok(())
}

fn count(env: FunctionEnvMut<'_, Logger>) -> u32 {
    env.data().lines.len() as u32
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // The store owns the state. The handle says where it is, and can be copied and kept.
    let logger = FunctionEnv::new(&mut store, Logger::default());
    let imports = imports! {
        "logger" => {
            "log" => Function::new_typed_with_env(&mut store, &logger, log),
            "count" => Function::new_typed_with_env(&mut store, &logger, count),
        },
    };
    let module = Module::new(&store, GUEST)?;
    let instance = Instance::new(&mut store, &module, &imports)?;
    logger.as_mut(&mut store).memory = Some(instance.exports.get_memory("memory")?.clone());

    let run: TypedFunction<(), u32> = instance.exports.get_typed_function(&store, "run")?;
    println!("the guest counts {}", run.call(&mut store)?);

    // The host sees the same state, with the store in its hands.
    println!("the host has {:?}", logger.as_ref(&store).lines);
    assert_eq!(logger.as_ref(&store).lines, ["one fish", "two fish"]);

    // An address outside of the memory is the guest's problem.
    let bad: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "bad")?;
    let error = bad.call(&mut store).unwrap_err();
    println!("error: {}", error.message());
    assert!(error.is::<MemoryAccessError>());
    assert_eq!(logger.as_ref(&store).lines.len(), 2);
    Ok(())
}

// Prints:
// the guest counts 2
// the host has ["one fish", "two fish"]
// error: memory access out of bounds
