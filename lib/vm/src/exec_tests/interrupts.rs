//! Stopping computations from outside.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wasmer_types::TrapCode;

use super::*;
use crate::{InterruptHandle, SuspendedCalls};

fn handle(store: &mut TestStore) -> InterruptHandle {
    static NONE: SuspendedCalls = SuspendedCalls::new();
    // SAFETY: each test revokes the handle or ends its threads before the store goes.
    unsafe { InterruptHandle::new(store.context(), NonNull::from(&NONE)) }.unwrap()
}

fn assert_interrupted(result: Result<usize, Trap>) -> Trap {
    let trap = result.unwrap_err();
    assert_eq!(trap.code(), Some(TrapCode::HostInterrupt));
    trap
}

#[test]
fn loops_are_interrupted() {
    let mut store = TestStore::new();
    let handle = handle(&mut store);
    let nothing = store.host(|_| Ok(()));
    let mut in_wasm = 0;
    for round in 0..60 {
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_micros(round * 100));
                handle.interrupt();
            });
            match round % 2 {
                0 => {
                    let trap = assert_interrupted(store.call("spin", [0; 4]));
                    match names(&trap)[..] {
                        ["spin"] => in_wasm += 1,
                        [] => {} // The request was there first.
                        ref other => panic!("{other:?}"),
                    }
                }
                _ => drop(assert_interrupted(
                    store.call("repeat", [nothing.0, nothing.1, usize::MAX, 0]),
                )),
            }
        });
        assert_eq!(store.call("add", [1, 2, 0, 0]).unwrap(), 3, "the store goes on");
    }
    assert!(in_wasm > 0);
    handle.revoke();
    handle.interrupt();
    store.call("nop", [0; 4]).unwrap();
}

#[test]
fn host_functions_are_interrupted_when_they_return() {
    static RETURNED: AtomicBool = AtomicBool::new(false);
    let mut store = TestStore::new();
    let handle = handle(&mut store);
    let own = handle.clone();
    let host = store.host(move |_| {
        own.interrupt();
        thread::sleep(Duration::from_millis(20));
        RETURNED.store(true, Ordering::Relaxed);
        Ok(())
    });
    let trap = assert_interrupted(store.call_host(host));
    assert_eq!(names(&trap), ["call"]);
    assert!(RETURNED.load(Ordering::Relaxed));
    store.call("nop", [0; 4]).unwrap();
    handle.revoke();
}

#[test]
fn an_early_request_stops_the_next_call_only() {
    let mut store = TestStore::new();
    let handle = handle(&mut store);
    handle.interrupt();
    thread::sleep(Duration::from_millis(5));
    assert_interrupted(store.call("spin", [0; 4]));
    store.call("nop", [0; 4]).unwrap();
    handle.revoke();
}

/// Only the store that was asked stops, also when another one runs above it.
#[test]
fn other_stores_go_on() {
    let mut one = TestStore::new();
    let mut two = TestStore::new();
    let handle = handle(&mut one);
    let own = handle.clone();
    let (repeat, nothing) = (two.code.function("repeat"), two.host(|_| Ok(())));
    let two_context = two.context().as_ptr() as usize;
    let host = one.host(move |_| {
        own.interrupt();
        let two = NonNull::new(two_context as *mut VMStoreContext).unwrap();
        let args = [nothing.0, nothing.1, 100_000, 0];
        // SAFETY: the other store is live and idle.
        unsafe { enter(two, || call_code(repeat, args)) }.map(drop)
    });
    assert_interrupted(one.call_host(host));
    handle.revoke();
}

/// Requests at all moments of short calls: each is answered by exactly one trap.
#[test]
fn races() {
    let mut store = TestStore::new();
    let handle = handle(&mut store);
    let nothing = store.host(|_| Ok(()));
    let requested = AtomicUsize::new(0);
    let seen = AtomicUsize::new(0);
    const ROUNDS: usize = 5000;
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..ROUNDS {
                requested.store(round + 1, Ordering::Release);
                handle.interrupt();
                while seen.load(Ordering::Acquire) <= round {
                    thread::yield_now();
                }
            }
        });
        while seen.load(Ordering::Relaxed) < ROUNDS {
            let result = match seen.load(Ordering::Relaxed) % 3 {
                0 => store.call("repeat", [nothing.0, nothing.1, 3, 0]),
                1 => store.call("add", [1, 2, 0, 0]),
                _ => store.call("spin", [0; 4]),
            };
            if let Err(trap) = result {
                assert_interrupted(Err(trap));
                let seen = seen.fetch_add(1, Ordering::AcqRel) + 1;
                assert!(seen <= requested.load(Ordering::Acquire), "a trap without a request");
            }
        }
    });
    assert!(start.elapsed() < Duration::from_secs(60));
    store.call("nop", [0; 4]).unwrap();
    handle.revoke();
}

#[test]
fn handles_outlive_stores() {
    for _ in 0..200 {
        let mut store = TestStore::new();
        let handle = handle(&mut store);
        thread::scope(|scope| {
            let other = handle.clone();
            scope.spawn(move || (0..10).for_each(|_| other.interrupt()));
            let _ = store.call("nop", [0; 4]);
            handle.revoke();
            drop(store);
        });
        handle.interrupt();
    }
}
