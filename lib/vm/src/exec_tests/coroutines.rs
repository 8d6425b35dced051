//! Computations that wait.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use wasmer_types::TrapCode;

use super::*;
use crate::{Computation, InterruptHandle, Progress, SuspendedCalls, Waiting, can_wait, wait};

/// Is ready when it has been polled so many times more.
struct Countdown {
    left: usize,
    dropped: Arc<AtomicUsize>,
}

impl Future for Countdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.left {
            0 => Poll::Ready(()),
            _ => {
                self.left -= 1;
                Poll::Pending
            }
        }
    }
}

impl Drop for Countdown {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits in a host function until a countdown of `left` is over.
fn wait_for(store: NonNull<VMStoreContext>, left: usize, dropped: &Arc<AtomicUsize>) {
    let mut countdown = std::mem::ManuallyDrop::new(Countdown { left, dropped: dropped.clone() });
    let waiting: *mut Waiting = &raw mut *countdown;
    // SAFETY: the frames of the caller own nothing, and the countdown stays here until it is dropped.
    unsafe {
        wait(store, NonNull::new(waiting).unwrap());
        std::mem::ManuallyDrop::drop(&mut countdown);
    }
}

type TestCall = (Entry, [usize; 4]);
type Run = Computation<Box<dyn FnOnce() -> usize>, usize>;

/// A computation that may go to other threads.
struct Moving(Pin<Box<Run>>);

// SAFETY: tests use a store and its computations by one thread at a time.
unsafe impl Send for Moving {}

impl Moving {
    fn new() -> Self {
        Self(Box::pin(Computation::new()))
    }

    fn start(&mut self, store: &mut TestStore, (entry, args): TestCall) -> Progress<usize> {
        // The box is taken by `body`, so that nothing is left when the call ends by a trap.
        let call: Box<dyn FnOnce() -> usize> = Box::new(move || call_code(entry, args));
        // SAFETY: as `TestStore::enter`; tests keep the store until the computation is gone.
        let progress = unsafe { self.0.as_mut().start(store.context(), call) };
        assert!(!store.context.is_active());
        progress
    }

    fn poll(&mut self) -> Poll<()> {
        self.0.as_mut().poll_waiting(&mut Context::from_waker(Waker::noop()))
    }

    /// Polls until the future is ready, and goes on.
    fn resume(&mut self, store: &mut TestStore) -> Progress<usize> {
        while self.poll().is_pending() {}
        // SAFETY: as above.
        let progress = unsafe { self.0.as_mut().resume() };
        assert!(!store.context.is_active());
        progress
    }
}

fn done(progress: Progress<usize>) -> usize {
    match progress {
        Progress::Done(value) => value,
        other => panic!("{other:?}"),
    }
}

fn failed(progress: Progress<usize>) -> Trap {
    match progress {
        Progress::Failed(trap) => trap,
        other => panic!("{other:?}"),
    }
}

fn assert_waiting(progress: &Progress<usize>) {
    assert!(matches!(progress, Progress::Waiting), "{progress:?}");
}

/// A store with a host function that waits for so many polls, and the call of it by wasm.
fn store_that_waits(polls: usize) -> (TestStore, TestCall, Arc<AtomicUsize>) {
    let mut store = TestStore::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let host = store.host(move |store| {
        assert!(can_wait(store));
        wait_for(store, polls, &count);
        Ok(())
    });
    let call = (store.code.function("call"), [host.0, host.1, 0, 0]);
    (store, call, dropped)
}

#[test]
fn without_waiting() {
    let mut store = TestStore::new();
    let add = store.code.function("add");
    let mut computation = Moving::new();
    for n in 0..100 {
        assert_eq!(done(computation.start(&mut store, (add, [n, 1, 0, 0]))), n + 1);
    }
    let trap = store.code.function("trap");
    assert!(failed(computation.start(&mut store, (trap, [0; 4]))).code().is_some());
    assert_eq!(done(computation.start(&mut store, (add, [1, 1, 0, 0]))), 2);
}

#[test]
fn waiting_again_and_again() {
    let (mut store, call, dropped) = store_that_waits(3);
    let mut computation = Moving::new();
    for round in 0..200 {
        assert_waiting(&computation.start(&mut store, call));
        assert!(computation.poll().is_pending());
        assert_eq!(store.call("add", [1, 2, 0, 0]).unwrap(), 3, "the thread and the store go on");
        done(computation.resume(&mut store));
        assert_eq!(dropped.load(Ordering::Relaxed), round + 1);
    }
}

/// Waits on each of several calls of the host function in one computation.
#[test]
fn several_waits_in_one_computation() {
    let mut store = TestStore::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let host = store.host(move |store| {
        wait_for(store, 1, &count);
        Ok(())
    });
    let mut computation = Moving::new();
    let call = (store.code.function("repeat"), [host.0, host.1, 50, 0]);
    let mut progress = computation.start(&mut store, call);
    let mut waits = 0;
    while let Progress::Waiting = progress {
        waits += 1;
        progress = computation.resume(&mut store);
    }
    done(progress);
    assert_eq!((waits, dropped.load(Ordering::Relaxed)), (50, 50));
}

#[test]
fn many_at_once_in_any_order() {
    let (mut store, call, dropped) = store_that_waits(1);
    let mut all: Vec<_> = (0..100).map(|_| Moving::new()).collect();
    for computation in &mut all {
        assert_waiting(&computation.start(&mut store, call));
    }
    for at in (0..100).rev().step_by(3) {
        done(all[at].resume(&mut store));
    }
    let left = all.iter().filter(|computation| computation.0.waits()).count();
    drop(all);
    assert!(left > 0);
    assert_eq!(dropped.load(Ordering::Relaxed), 100, "what waited was dropped");
    store.call("nop", [0; 4]).unwrap();
}

#[test]
fn dropped_while_waiting() {
    let (mut store, call, dropped) = store_that_waits(usize::MAX);
    for round in 0..500 {
        let mut computation = Moving::new();
        assert_waiting(&computation.start(&mut store, call));
        drop(computation);
        assert_eq!(dropped.load(Ordering::Relaxed), round + 1);
    }
    store.call("nop", [0; 4]).unwrap();
}

/// Goes on with the rest in a new thread, each time that it waits; the threads before it have ended.
#[test]
fn from_thread_to_thread() {
    thread_local! {
        static VISITS: Cell<usize> = const { Cell::new(0) };
    }
    fn visit() -> usize {
        VISITS.with(|visits| visits.replace(visits.get() + 1))
    }

    let mut store = TestStore::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let host = store.host(move |store| {
        visit();
        wait_for(store, 0, &dropped);
        // Whoever looks at the frames finds the way to the thread that runs this now.
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        assert!(!trace.is_empty());
        Ok(())
    });
    let call = (store.code.function("repeat"), [host.0, host.1, 20, 0]);
    let mut computation = Moving::new();
    assert_waiting(&computation.start(&mut store, call));
    let mut state = (computation, store);
    for visited in 0.. {
        let (next, progress) = thread::spawn(move || {
            let (mut computation, mut store) = state;
            let progress = computation.resume(&mut store);
            assert!(visit() <= 1, "each thread has its own variables");
            ((computation, store), progress)
        })
        .join()
        .unwrap();
        state = next;
        match progress {
            Progress::Waiting => {}
            Progress::Done(_) => {
                assert_eq!(visited, 19);
                break;
            }
            Progress::Failed(trap) => panic!("{trap}"),
        }
    }
}

#[test]
fn failing_after_waiting() {
    let mut store = TestStore::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let fails = store.host(move |store| {
        wait_for(store, 1, &count);
        Err(Trap::wasm(TrapCode::IntegerOverflow))
    });
    let count = dropped.clone();
    let panics = store.host(move |store| {
        wait_for(store, 1, &count);
        panic!("later")
    });
    let nothing = store.host(|_| Ok(()));
    let entry = store.code.function("call");
    let mut computation = Moving::new();

    assert_waiting(&computation.start(&mut store, (entry, [fails.0, fails.1, 0, 0])));
    // Others call the host meanwhile, from elsewhere.
    store.call("repeat", [nothing.0, nothing.1, 3, 0]).unwrap();
    let trap = failed(computation.resume(&mut store));
    assert_eq!((trap.code(), names(&trap)), (Some(TrapCode::IntegerOverflow), vec!["call"]));

    assert_waiting(&computation.start(&mut store, (entry, [panics.0, panics.1, 0, 0])));
    let panic = std::panic::AssertUnwindSafe(|| computation.resume(&mut store));
    let payload = std::panic::catch_unwind(panic).unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"later"));
    assert!(!store.context.is_active() && !computation.0.waits());
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
    store.call("nop", [0; 4]).unwrap();
}

/// What is entered, by whomever, can't wait; what is started inside of it can.
#[test]
fn nested() {
    let mut store = TestStore::new();
    let host = store.host(|store| {
        assert!(!can_wait(store));
        Ok(())
    });
    store.call_host(host).unwrap();

    let entry = store.code.function("call");
    let inner = move |context| {
        // SAFETY: the store is live, and its function takes what it is given.
        unsafe { enter(context, || call_code(entry, [host.0, host.1, 0, 0])) }.map(drop)
    };
    let outer = store.host(inner);
    let mut computation = Moving::new();
    done(computation.start(&mut store, (entry, [outer.0, outer.1, 0, 0])));

    let (other, call, dropped) = store_that_waits(2);
    let other = std::sync::Mutex::new((other, Moving::new()));
    let starts = store.host(move |context| {
        let (store, computation) = &mut *other.lock().unwrap();
        match computation.0.waits() {
            false => assert_waiting(&computation.start(store, call)),
            true => _ = done(computation.resume(store)),
        }
        assert!(!can_wait(NonNull::from(&mut *store.context)));
        assert!(context != NonNull::from(&mut *store.context));
        Ok(())
    });
    for _ in 0..10 {
        store.call_host(starts).unwrap();
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 5);
}

#[test]
fn interrupted_while_waiting() {
    let (mut store, call, dropped) = store_that_waits(1);
    let suspended = SuspendedCalls::new();
    // SAFETY: it is revoked below.
    let handle =
        unsafe { InterruptHandle::new(store.context(), NonNull::from(&suspended)) }.unwrap();
    let mut computation = Moving::new();
    handle.interrupt();
    let trap = failed(computation.start(&mut store, call));
    assert_eq!(trap.code(), Some(TrapCode::HostInterrupt));

    assert_waiting(&computation.start(&mut store, call));
    handle.interrupt();
    thread::sleep(std::time::Duration::from_millis(5));
    let trap = failed(computation.resume(&mut store));
    assert_eq!((trap.code(), names(&trap)), (Some(TrapCode::HostInterrupt), vec!["call"]));
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    let nop = store.code.function("nop");
    done(computation.start(&mut store, (nop, [0; 4])));
    handle.revoke();
}
