//! Watch a compilation, and stop it: because it takes too long, or because it makes too much code.

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wasmer::{CompilationProgressCallback, CompileError, Engine, Module, UserAbort};

/// A module with `count` functions.
fn module(count: usize) -> String {
    let function = |n| format!("(func (result i32) (i32.add (i32.const {n}) (i32.const 1)))");
    format!("(module {})", (0..count).map(function).collect::<String>())
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    let wasm = module(200);

    // The callback is told of each step: that is what progress bars are made from. Threads that compile call it, one
    // at a time.
    let phases = Arc::new(Mutex::new(Vec::<(String, u64, u64)>::new()));
    let seen = phases.clone();
    let watch = CompilationProgressCallback::new(move |progress| {
        let name = progress.phase_name().unwrap_or("working").to_owned();
        let (step, steps) = (progress.phase_step(), progress.phase_step_count());
        let now = (name, step.unwrap_or(0), steps.unwrap_or(0));
        let mut seen = seen.lock().map_err(|_| UserAbort::new("a callback has panicked"))?;
        match seen.last_mut() {
            Some(phase) if phase.0 == now.0 => *phase = now,
            _ => seen.push(now),
        }
        Ok(())
    });
    Module::new_with_progress(&engine, wasm.as_bytes(), watch)?;
    for (name, step, steps) in phases.lock().map_err(|_| "a callback has panicked")?.iter() {
        println!("{name}: {step} of {steps}");
        assert_eq!(step, steps);
    }

    // An error that it returns stops the compilation, and says why.
    let stop = CompilationProgressCallback::new(|progress| match progress.phase_step() {
        Some(50..) => Err(UserAbort::new("somebody pressed the button")),
        _ => Ok(()),
    });
    let error = Module::new_with_progress(&engine, wasm.as_bytes(), stop).unwrap_err();
    println!("error: {error}");
    assert!(matches!(error, CompileError::Aborted(abort) if abort.reason().contains("button")));

    // Another callback is told how much code there is, after each 256 bytes or more. Here it keeps a budget.
    let size = Arc::new(AtomicUsize::new(0));
    let total = size.clone();
    let budget = CompilationProgressCallback::new(|_| Ok(())).with_reserve_size_callback(
        move |bytes| match total.fetch_add(bytes, Ordering::Relaxed) + bytes {
            0..=1_000 => Ok(()),
            _ => Err(UserAbort::new("too much code")),
        },
        NonZeroUsize::new(256).ok_or("256 is not 0")?,
    );
    let error = Module::new_with_progress(&engine, wasm.as_bytes(), budget).unwrap_err();
    println!("error: {error}");
    assert!(size.load(Ordering::Relaxed) > 1_000);
    Ok(())
}

// Prints:
// Compiling functions: 200 of 200
// error: compilation was stopped: somebody pressed the button
// error: compilation was stopped: too much code
