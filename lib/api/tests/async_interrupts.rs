//! Ending asynchronous calls that wait, and who gets a store that several wait for.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use wasmer::{
    AsStoreAsync, Function, FunctionEnv, RuntimeError, Store, StoreAsync, TrapCode, TypedFunction,
    imports,
};

use crate::asynchronous::{Counted, Twice, block_on, code, poll, twice, yield_now};

/// A store with a function that waits forever when it is called with 0, and else for a moment; and how many of the waits
/// that never end were dropped.
fn waiting() -> (StoreAsync, Twice, Arc<AtomicUsize>) {
    let mut store = Store::default();
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let f = Function::new_typed_async(&mut store, move |n: i32| {
        let counted = (n == 0).then(|| Counted(count.clone()));
        async move {
            match counted {
                Some(_counted) => pending().await,
                None => yield_now().await,
            }
            n
        }
    });
    let twice = twice(&mut store, f);
    (store.into_async(), twice, dropped)
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A call that was polled and waits, and how often it was woken since.
struct Suspended<F>(Pin<Box<F>>, Arc<Count>);

impl<R, F: Future<Output = R>> Suspended<F> {
    fn new(call: F) -> Self {
        let mut call = Self(Box::pin(call), Arc::default());
        assert!(call.poll().is_pending());
        call.1.0.store(0, Ordering::Relaxed);
        call
    }

    fn poll(&mut self) -> Poll<R> {
        let waker = Waker::from(self.1.clone());
        self.0.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn is_woken(&self) -> bool {
        self.1.0.load(Ordering::Relaxed) > 0
    }
}

fn is_interrupted(result: Poll<Result<i32, RuntimeError>>) -> bool {
    match result {
        Poll::Ready(result) => code(result) == Some(TrapCode::HostInterrupt),
        Poll::Pending => false,
    }
}

#[test]
fn interruptions_wake_a_call_that_waits() {
    let (store, twice, dropped) = waiting();
    let interrupter = store.interrupter();
    let mut call = Box::pin(twice.call_async(&store, 0));
    assert!(poll(&mut call).is_pending());
    let timer = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        interrupter.interrupt();
    });
    assert_eq!(code(block_on(call)), Some(TrapCode::HostInterrupt));
    timer.join().unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    assert_eq!(block_on(twice.call_async(&store, 1)).unwrap(), 2, "it was for one call");
    store.into_store().unwrap();
}

#[test]
fn deadlines_wake_all_calls_that_wait() {
    let (store, twice, dropped) = waiting();
    let mut calls: Vec<_> = (0..3).map(|_| Suspended::new(twice.call_async(&store, 0))).collect();
    let mut last = Box::pin(twice.call_async(&store, 0));
    assert!(poll(&mut last).is_pending());
    let deadline = store.interrupter().after(Duration::from_millis(10));
    assert_eq!(code(block_on(last)), Some(TrapCode::HostInterrupt));
    for call in &mut calls {
        // They are woken one after the other.
        while !call.is_woken() {
            thread::yield_now();
        }
        assert!(is_interrupted(call.poll()));
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 4);
    drop(deadline);
    assert_eq!(block_on(twice.call_async(&store, 1)).unwrap(), 2);
}

#[test]
fn one_interruption_ends_one_call() {
    let (store, twice, dropped) = waiting();
    let mut calls = [0, 0, 1].map(|n| Suspended::new(twice.call_async(&store, n)));
    let interrupter = store.interrupter();
    interrupter.interrupt();
    assert!(calls.iter().all(Suspended::is_woken));
    assert!(is_interrupted(calls[1].poll()));
    assert!(calls[0].poll().is_pending());
    while calls[2].poll().is_pending() {}
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    // One that is taken back ends none.
    interrupter.interrupt();
    interrupter.cancel();
    assert!(calls[0].poll().is_pending());
    interrupter.interrupt();
    assert!(is_interrupted(calls[0].poll()));
    drop(calls);
    // A call that is gone is not woken.
    let gone = Suspended::new(twice.call_async(&store, 0));
    let count = gone.1.clone();
    drop(gone);
    interrupter.interrupt();
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    interrupter.cancel();
    assert_eq!(block_on(twice.call_async(&store, 1)).unwrap(), 2);
}

#[test]
fn a_call_that_runs_comes_before_those_that_wait() {
    static RUNS: AtomicBool = AtomicBool::new(false);
    let mut store = Store::default();
    let wait = Function::new_typed_async(&mut store, async |n: i32| {
        if n == 0 {
            pending().await
        }
        n
    });
    let twice = twice(&mut store, wait);
    let runs = Function::new_typed(&mut store, || RUNS.store(true, Ordering::SeqCst));
    let wat = r#"(module (import "host" "runs" (func $runs)) (func (export "f") call $runs (loop (br 0))))"#;
    let spin = crate::instance_with(&mut store, wat, &imports! { "host" => { "runs" => runs } });
    let spin: TypedFunction<(), ()> = spin.exports.get_typed_function(&store, "f").unwrap();
    let store = store.into_async();
    let mut waits = Suspended::new(twice.call_async(&store, 0));
    let shared = store.clone();
    let thread = thread::spawn(move || block_on(spin.call_async(&shared)));
    while !RUNS.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    let interrupter = store.interrupter();
    interrupter.interrupt();
    assert!(waits.is_woken());
    let early = waits.poll();
    let error = thread.join().unwrap().unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    assert!(early.is_pending() && waits.poll().is_pending());
    interrupter.interrupt();
    assert!(is_interrupted(waits.poll()));
    drop(waits);
    store.into_store().unwrap();
}

/// The future keeps the store locked, and uses it when it is dropped.
#[test]
fn what_waits_with_the_store_locked_is_ended() {
    struct LooksAtTheStore(StoreAsync, Arc<Mutex<Vec<i32>>>);

    impl Drop for LooksAtTheStore {
        fn drop(&mut self) {
            drop(self.0.read());
            self.1.lock().unwrap().push(1);
        }
    }

    let mut store = Store::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let env = FunctionEnv::new(&mut store, seen.clone());
    let f = Function::new_typed_with_env_async(
        &mut store,
        &env,
        async |env: wasmer::AsyncFunctionEnvMut<Arc<Mutex<Vec<i32>>>>, n: i32| {
            let store = env.as_store_async().store();
            let seen = env.read().await.data().clone();
            // Dropped in the opposite order.
            let _looks = LooksAtTheStore(store, seen);
            let _lock = env.write().await;
            if n == 0 {
                pending().await
            }
            n
        },
    );
    let twice = twice(&mut store, f);
    let store = store.into_async();
    let mut call = Suspended::new(twice.call_async(&store, 0));
    store.interrupter().interrupt();
    assert!(call.is_woken());
    assert!(is_interrupted(call.poll()));
    assert_eq!(*seen.lock().unwrap(), [1]);
    drop(call);
    assert_eq!(block_on(twice.call_async(&store, 1)).unwrap(), 2);
}

#[test]
fn the_store_goes_from_one_to_the_next() {
    let (store, twice, _) = waiting();
    let lock = store.clone().write();
    let mut tasks: Vec<_> = (0..3).map(|_| Suspended::new(store.write_lock())).collect();
    let mut call = Suspended::new(twice.call_async(&store, 1));
    drop(lock);
    let woken = |tasks: &[Suspended<_>]| tasks.iter().filter(|task| task.is_woken()).count();
    assert_eq!((woken(&tasks), call.is_woken()), (1, false));
    // The first one has it, and gives up; the second one was in the middle of it.
    drop(tasks.remove(0));
    assert!(tasks[0].is_woken());
    let Poll::Ready(lock) = tasks[0].poll() else { panic!("it has the store") };
    drop(tasks.remove(0));
    assert!(call.poll().is_pending() && !tasks[0].is_woken());
    drop(lock);
    assert!(tasks[0].is_woken() && !call.is_woken());
    drop(tasks);
    assert!(call.is_woken());
    let result = block_on(poll_fn(|context| call.0.as_mut().poll(context)));
    assert_eq!(result.unwrap(), 2);
    drop(call);
    assert!(poll(&mut Box::pin(store.write_lock())).is_ready());
    store.into_store().unwrap();
}
