//! Ways in which computations end.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use wasmer_types::TrapCode;
use wasmer_types::entity::EntityRef;

use super::*;
use crate::{HOST_ROOM, MAX_FRAMES, code_map};

#[test]
fn faults_become_traps() {
    let mut store = TestStore::new();
    for _ in 0..100 {
        let trap = store.call("trap", [0; 4]).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::UnreachableCodeReached));
        assert_eq!(names(&trap), ["trap"]);
        let trap = store.call("div", [1, 0, 0, 0]).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::IntegerDivisionByZero));
        assert_eq!(store.call("div", [84, 2, 0, 0]).unwrap(), 42);
        let trap = store.call("load", [16, 0, 0, 0]).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::HeapAccessOutOfBounds));
        // Not an address of x86-64 at all: a fault without an address.
        let trap = store.call("load", [1 << 63, 0, 0, 0]).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::HeapAccessOutOfBounds));
    }
}

#[test]
fn frames_have_places() {
    let mut store = TestStore::new();
    let trap = store.call("trap", [0; 4]).unwrap_err();
    let frame = trap.backtrace().frames().next().unwrap();
    let site = frame.code.image().traps.iter().find(|site| site.1 == trap.code().unwrap()).unwrap();
    assert_eq!((frame.text_offset, frame.wasm_offset), (site.0, Some(site.0)));
    assert_eq!(frame.function.index(), 2);
    assert!(Arc::ptr_eq(frame.code, &store.code.code));
}

/// A leaf without a frame has the frame pointer of its caller.
#[test]
fn leaves_have_callers() {
    let mut store = TestStore::new();
    for (leaf, expected) in [
        ("leaf", ["leaf", "deep", "deep", "deep"].as_slice()),
        ("spill", &["spill", "deep", "deep", "deep"]),
        // Outside of the stack nothing is read.
        ("lost", &["lost", "deep", "deep"]),
    ] {
        let entry = store.code.function(leaf) as usize;
        let trap = store.call("deep", [entry, 0, 2, 0]).unwrap_err();
        assert_eq!((trap.code(), &names(&trap)[..]), (Some(TrapCode::NullReference), expected));
        // The host has called it.
        let trap = store.call(leaf, [0; 4]).unwrap_err();
        assert_eq!(names(&trap), [leaf]);
    }
}

#[test]
fn traces_keep_code_and_are_capped() {
    let mut store = TestStore::new();
    let host = store.host(|_| Err(Trap::wasm(TrapCode::NullReference)));
    let trap = store.call("deep", [host.0, host.1, 1000, 0]).unwrap_err();
    assert_eq!(names(&trap), ["deep"; MAX_FRAMES]);
    assert_eq!(arc_count(&store.code.code), 2, "one for the store, one for all frames");
    let code = Arc::downgrade(&store.code.code);
    drop(store);
    assert_eq!(names(&trap).len(), MAX_FRAMES);
    drop(trap);
    assert!(code.upgrade().is_none());
}

#[test]
fn traces_go_through_nested_activations() {
    let mut store = TestStore::new();
    let trap = store.code.function("trap");
    let deep = store.code.function("deep");
    let inner = store.host(move |context| {
        // SAFETY: the store runs us.
        let trap = unsafe { enter(context, || call_code(trap, [0; 4])) }.unwrap_err();
        assert_eq!(names(&trap), ["trap", "deep", "deep", "call"]);
        Err(trap)
    });
    let outer = store.host(move |context| {
        // A call that returns in between must not change where the others were.
        // SAFETY: the store runs us.
        let result = unsafe {
            enter(context, || ()).unwrap();
            enter(context, || call_code(deep, [inner.0, inner.1, 1, 0]))
        };
        let trap = result.unwrap_err();
        assert_eq!(names(&trap), ["trap", "deep", "deep", "call"], "the first trace stays");
        Err(Trap::user("another error"))
    });
    let trap = store.call_host(outer).unwrap_err();
    assert_eq!((names(&trap), trap.to_string().as_str()), (vec!["call"], "another error"));
}

#[test]
fn stack_overflows_are_traps() {
    let mut store = TestStore::new();
    for _ in 0..20 {
        let trap = store.call("recurse", [0; 4]).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::StackOverflow));
        assert!(trap.backtrace().is_empty());
    }
    // Many threads at once.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| TestStore::new().call("recurse", [0; 4]).unwrap_err());
        }
    });
}

#[test]
fn host_functions_need_room() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let mut store = TestStore::new();
    let host = store.host(|_| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // Uses nearly all of the room that it is promised.
        let mut room = [0u8; HOST_ROOM - (64 << 10)];
        std::hint::black_box(&mut room);
        Ok(())
    });
    let frame = 16;
    let size = crate::stack_size();
    let at = |bytes: usize| [host.0, host.1, bytes / frame, 0];
    store.call("deep", at(size - 4096)).unwrap();
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    // Less than the promised room, but much: then hardly any, down to the last bytes.
    for bytes in [size + 4096, size + HOST_ROOM - (8 << 10)] {
        let trap = store.call("deep", at(bytes)).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::StackOverflow));
    }
    for bytes in (size + HOST_ROOM - 4096..size + HOST_ROOM + 64).step_by(frame) {
        let trap = store.call("deep", at(bytes)).unwrap_err();
        assert_eq!(trap.code(), Some(TrapCode::StackOverflow));
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
}

/// Recursion through the host is stopped as well.
#[test]
fn nested_entries_need_room() {
    static DEPTH: AtomicUsize = AtomicUsize::new(0);
    static HOST: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];
    let mut store = TestStore::new();
    let call = store.code.function("call");
    let host = store.host(move |context| {
        DEPTH.fetch_add(1, Ordering::Relaxed);
        let [code, host] = [0, 1].map(|n| HOST[n].load(Ordering::Relaxed));
        // SAFETY: the store runs us.
        unsafe { enter(context, || call_code(call, [code, host, 0, 0])) }.map(drop)
    });
    HOST[0].store(host.0, Ordering::Relaxed);
    HOST[1].store(host.1, Ordering::Relaxed);
    let trap = store.call_host(host).unwrap_err();
    assert_eq!(trap.code(), Some(TrapCode::StackOverflow));
    assert!(DEPTH.load(Ordering::Relaxed) > 100);
    store.call("nop", [0; 4]).unwrap();
}

#[derive(Debug)]
struct MyError(Arc<u32>);

impl fmt::Display for MyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "my error {}", self.0)
    }
}

impl Error for MyError {}

#[test]
fn user_errors_come_back() {
    let shared = Arc::new(7);
    let mut store = TestStore::new();
    let error = shared.clone();
    let host = store.host(move |_| Err(Trap::user(MyError(error.clone()))));
    let trap = store.call_host(host).unwrap_err();
    assert_eq!(names(&trap), ["call"]);
    assert_eq!(trap.to_string(), "my error 7");
    assert_eq!(trap.code(), None);
    let Trap::User { error, .. } = trap else { panic!("a user error") };
    assert_eq!(*error.downcast::<MyError>().unwrap().0, 7);
    assert_eq!(Arc::strong_count(&shared), 2, "nothing was leaked");
}

/// A builtin is a host function with a stub of its own, which raises or returns.
#[test]
fn builtins_raise() {
    #[unsafe(naked)]
    unsafe extern "C" fn entry(context: &VMHostContext, code: u32) -> u32 {
        crate::host_entry!(body)
    }
    extern "C" fn body(context: &VMHostContext, code: u32) -> u32 {
        let call = || match TrapCode::from_u8(code as u8) {
            Some(code) => Err(code.into()),
            None => Ok(code + 1),
        };
        // SAFETY: the stub leads here.
        unsafe { crate::host_call(context.store_context, call) }
    }
    let mut store = TestStore::new();
    let (_, context) = store.host(|_| Ok(()));
    let entry = entry as *const () as usize;
    for &code in TrapCode::ALL {
        let trap = store.call("call", [entry, context, code as usize, 0]).unwrap_err();
        assert_eq!((trap.code(), names(&trap)), (Some(code), vec!["call"]));
    }
    assert_eq!(store.call("call", [entry, context, 200, 0]).unwrap(), 201);
}

#[test]
fn many_threads_trap_while_code_comes_and_goes() {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut store = TestStore::new();
                let host = store.host(|_| Err(Trap::wasm(TrapCode::NullReference)));
                while !done.load(Ordering::Relaxed) {
                    let trap = store.call("trap", [0; 4]).unwrap_err();
                    assert_eq!(names(&trap), ["trap"]);
                    let trap = store.call("deep", [host.0, host.1, 3, 0]).unwrap_err();
                    assert_eq!(names(&trap), ["deep"; 4]);
                }
            });
        }
        let loaders: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    for round in 0..20 {
                        let codes: Vec<_> = (0..100 + round).map(|_| TestCode::load()).collect();
                        for code in &codes {
                            let found = code_map::lookup(code.function("spin") as usize).unwrap();
                            assert_eq!(found.as_ptr().cast_const(), Arc::as_ptr(&code.code));
                        }
                    }
                })
            })
            .collect();
        for loader in loaders {
            loader.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}
