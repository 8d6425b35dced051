//! Entering, returning, nesting.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmer_types::TrapCode;

use super::*;
use crate::arch;
use crate::thread::Thread;

#[test]
fn enter_runs_on_another_stack_and_returns() {
    let mut store = TestStore::new();
    let outside = arch::stack_pointer();
    let inside = store.enter(arch::stack_pointer).unwrap();
    assert!(inside.abs_diff(outside) > 64 << 10);
    assert_eq!(inside, store.enter(arch::stack_pointer).unwrap(), "the stack is used again");
    assert_eq!(store.call("add", [40, 2, 0, 0]).unwrap(), 42);
    let text = store.enter(|| String::from("results of any type")).unwrap();
    assert_eq!(text, "results of any type");
    assert!(Thread::with(|thread| thread.activation.get().is_none()));
}

#[test]
fn nested_entries_stay_on_the_stack() {
    let mut store = TestStore::new();
    let pointers = Arc::new([const { AtomicUsize::new(0) }; 2]);
    let add = store.code.function("add");
    let seen = pointers.clone();
    let host = store.host(move |context| {
        seen[0].store(arch::stack_pointer(), Ordering::Relaxed);
        // SAFETY: the store runs us.
        let sum = unsafe {
            enter(context, || {
                seen[1].store(arch::stack_pointer(), Ordering::Relaxed);
                call_code(add, [1, 2, 0, 0])
            })
        };
        assert_eq!(sum?, 3);
        Ok(())
    });
    store.call_host(host).unwrap();
    let [outer, inner] = [0, 1].map(|n| pointers[n].load(Ordering::Relaxed));
    assert!(inner < outer && outer - inner < 4096, "{inner:#x} follows {outer:#x}");
}

#[test]
fn entries_of_other_stores_nest() {
    let mut one = TestStore::new();
    let mut two = TestStore::new();
    let trap = two.code.function("trap");
    let two_context = two.context().as_ptr() as usize;
    let host = one.host(move |_| {
        let two = NonNull::new(two_context as *mut VMStoreContext).unwrap();
        // SAFETY: the other store is live and idle.
        let trap = unsafe { enter(two, || call_code(trap, [0; 4])) }.unwrap_err();
        assert_eq!(names(&trap), ["trap", "call"], "the trace goes through both stores");
        Err(Trap::wasm(TrapCode::NullReference))
    });
    let trap = one.call_host(host).unwrap_err();
    assert_eq!((trap.code(), &names(&trap)[..]), (Some(TrapCode::NullReference), &["call"][..]));
    assert!(!two.context.is_active());
    two.call("nop", [0; 4]).unwrap();
}

#[test]
fn panics_travel() {
    let mut store = TestStore::new();
    let number = std::hint::black_box(7);
    let host = store.host(move |_| panic!("host function {number}"));
    let panic = catch_unwind(AssertUnwindSafe(|| store.call_host(host))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "host function 7");
    // A panic of the closure itself.
    let panic =
        catch_unwind(AssertUnwindSafe(|| store.enter(|| -> usize { std::panic::panic_any(5u8) })));
    assert_eq!(panic.unwrap_err().downcast_ref::<u8>(), Some(&5));
    // Through two entries.
    let call = store.code.function("call");
    let outer = store.host(move |context| {
        // SAFETY: the store runs us.
        unsafe { enter(context, || call_code(call, [host.0, host.1, 0, 0])) }.map(drop)
    });
    let panic = catch_unwind(AssertUnwindSafe(|| store.call_host(outer))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "host function 7");
    assert!(Thread::with(|thread| thread.activation.get().is_none()));
    store.call("nop", [0; 4]).unwrap();
}

/// Variables of the caller survive when a computation that has changed all registers ends.
#[test]
fn registers_are_restored_by_traps() {
    let mut store = TestStore::new();
    let raise = store.host(|_| Err(Trap::wasm(TrapCode::NullReference)));
    let quiet = store.host(|_| Ok(()));
    let values: Vec<Cell<u64>> = (0..16).map(Cell::new).collect();
    let floats: Vec<f64> = (0..8).map(f64::from).collect();
    for (host, code) in [(raise, TrapCode::NullReference), (quiet, TrapCode::BadSignature)] {
        let [a, b, c, d, e, f, g, h] = std::array::from_fn(|n| std::hint::black_box(floats[n]));
        let (mut i, mut j, mut k) = (values[1].get(), values[2].get(), values[3].get());
        for _ in 0..3 {
            let trap = store.call("clobber", [host.0, host.1, 0, 0]).unwrap_err();
            assert_eq!(trap.code(), Some(code));
            i += 1;
            j += i;
            k += j;
        }
        assert_eq!((i, j, k), (4, 11, 25));
        assert_eq!([a, b, c, d, e, f, g, h], floats[..]);
    }
}

#[test]
fn a_thread_that_ends_gives_its_stack_back() {
    let maps = crate::process::mappings;
    let run = || {
        std::thread::spawn(|| TestStore::new().call("add", [1, 1, 0, 0]).unwrap()).join().unwrap()
    };
    run();
    let before = maps();
    for _ in 0..1000 {
        assert_eq!(run(), 2);
    }
    // Other tests, which run at the same time, have some as well.
    assert!(maps() < before + 500, "from {before} to {} mappings", maps());
}

#[test]
fn calls_in_destructors_of_thread_variables_are_errors_or_work() {
    struct Late(std::cell::RefCell<Option<TestStore>>);
    impl Drop for Late {
        fn drop(&mut self) {
            if let Some(mut store) = self.0.take() {
                match store.call("add", [1, 1, 0, 0]) {
                    Ok(sum) => assert_eq!(sum, 2),
                    Err(trap) => assert!(trap.to_string().contains("ending"), "{trap}"),
                }
            }
        }
    }
    thread_local!(static LATE: Late = const { Late(std::cell::RefCell::new(None)) });
    std::thread::spawn(|| {
        // Registered first, so destroyed last or first: both are to be survived.
        LATE.with(|late| *late.0.borrow_mut() = Some(TestStore::new()));
        TestStore::new().call("nop", [0; 4]).unwrap();
    })
    .join()
    .unwrap();
}
