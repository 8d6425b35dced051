//! What the ways in and out cost. Run with
//! `cargo test --release -p wasmer-vm bench -- --ignored --nocapture --test-threads 1`.

use std::hint::black_box;
use std::time::Instant;

use wasmer_types::{RawValue, TrapCode, Type};

use super::*;
use crate::call_dynamic;

/// Prints the best of many short runs, in nanoseconds per operation: others use the machine as well.
fn measure(what: &str, operations: usize, mut run: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..2_000_000 / operations {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_nanos() as f64 / operations as f64);
    }
    eprintln!("{what:<32} {best:>8.2} ns");
}

#[unsafe(naked)]
unsafe extern "C" fn typed_entry(context: &VMHostContext, value: u32) -> u32 {
    crate::host_entry!(typed_body)
}

extern "C" fn typed_body(context: &VMHostContext, value: u32) -> u32 {
    // SAFETY: the stub leads here.
    unsafe { crate::host_call(context.store_context, || Ok(value ^ 1)) }
}

#[test]
#[ignore = "a benchmark"]
fn bench() {
    const N: usize = 1000;
    let mut store = TestStore::new();
    store.call("nop", [0; 4]).unwrap();
    let context = store.context();

    let nop = store.code.function("nop");
    measure("nop through enter", N, || {
        for _ in 0..N {
            // SAFETY: the store is ours.
            unsafe { enter(context, || call_code(black_box(nop), [0; 4])) }.unwrap();
        }
    });
    measure("nop called directly", N, || {
        for _ in 0..N {
            call_code(black_box(nop), [0; 4]);
        }
    });

    let ty = register_type(&FunctionType::new([Type::I32, Type::I32], [Type::I32]));
    let add = func_ref((store.code.function("add") as usize, 0));
    measure("dynamic (i32, i32) -> i32", N, || {
        let mut values = [RawValue::from(1i32); 2];
        for _ in 0..N {
            let values = &mut values[..];
            let add = NonNull::from(black_box(&add));
            // SAFETY: the function is of this type.
            unsafe { enter(context, || call_dynamic(add, ty.shape(), values)) }.unwrap();
        }
    });

    for (name, what) in
        [("trap", "trap by ud2"), ("load", "trap by a load"), ("div", "trap by div")]
    {
        let trap = store.code.function(name);
        measure(what, N / 100, || {
            for _ in 0..N / 100 {
                // SAFETY: the store is ours.
                unsafe { enter(context, || call_code(trap, [0; 4])) }.unwrap_err();
            }
        });
    }
    let host = store.host(|_| Err(Trap::wasm(TrapCode::NullReference)));
    let call = store.code.function("call");
    measure("trap of a host function", N / 10, || {
        for _ in 0..N / 10 {
            // SAFETY: the store is ours.
            unsafe { enter(context, || call_code(call, [host.0, host.1, 0, 0])) }.unwrap_err();
        }
    });

    let (_, host_context) = store.host(|_| Ok(()));
    let repeat = store.code.function("repeat");
    let typed = typed_entry as *const () as usize;
    measure("wasm called from wasm", N, || {
        // SAFETY: the store is ours.
        unsafe { enter(context, || call_code(repeat, [nop as usize, 0, N, 0])) }.unwrap();
    });
    measure("typed host function", N, || {
        // SAFETY: the store is ours.
        unsafe { enter(context, || call_code(repeat, [typed, host_context, N, 0])) }.unwrap();
    });
    let nothing = store.host(|_| Ok(()));
    measure("dynamic host function ()", N, || {
        // SAFETY: the store is ours.
        unsafe { enter(context, || call_code(repeat, [nothing.0, nothing.1, N, 0])) }.unwrap();
    });
    let binary = store.dynamic_host(ty, |_, values| {
        values[0] = (values[0].as_i32().wrapping_add(values[1].as_i32())).into();
        Ok(())
    });
    measure("dynamic host function (i32, i32)", N, || {
        // SAFETY: the store is ours.
        unsafe { enter(context, || call_code(repeat, [binary.0, binary.1, N, 0])) }.unwrap();
    });
}
