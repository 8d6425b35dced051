//! Asynchronous calls with nothing but the standard library: an executor for one thread, and calls that take turns.

use std::cell::RefCell;
use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use wasmer::{Function, Instance, Module, RuntimeError, Store, TypedFunction, imports};

/// Counts down. Between two numbers it waits until it is its turn again.
const COUNTDOWN: &str = r#"
(module
  (import "host" "tick" (func $tick (param i32 i32)))
  (func (export "count") (param $id i32) (param $n i32) (result i32)
    (loop $next
      (call $tick (local.get $id) (local.get $n))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $id)))
"#;

/// A future that lets others run once.
fn turn() -> impl Future<Output = ()> {
    let mut waited = false;
    poll_fn(move |context| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // This closure and its futures stay on this thread, so they may use `Rc`. The functions that end in `_send` are
    // for several threads (`asynchronous.rs`).
    let log = Rc::new(RefCell::new(Vec::new()));
    let shared = log.clone();
    let tick = Function::new_typed_async(&mut store, move |id: i32, n: i32| {
        let log = shared.clone();
        async move {
            log.borrow_mut().push(format!("{id}:{n}"));
            turn().await;
        }
    });
    let module = Module::new(&store, COUNTDOWN)?;
    let instance = Instance::new(&mut store, &module, &imports! { "host" => { "tick" => tick } })?;
    let count: TypedFunction<(i32, i32), i32> =
        instance.exports.get_typed_function(&store, "count")?;

    // Each call is a future with a stack of its own, on which wasm is left and taken up again.
    let store = store.into_async();
    let calls = (1..=3).map(|id| Box::pin(count.call_async(&store, id, 4 - id)) as Call);
    let finished = run_all(calls.collect())?;
    println!("{}", log.borrow().join(" "));
    println!("finished: {finished:?}");
    assert_eq!(finished, [3, 2, 1]);

    // A call that is not finished can be dropped. It gives back what it has, and wasm never goes on.
    log.borrow_mut().clear();
    let mut call = Box::pin(count.call_async(&store, 9, 1_000));
    let mut context = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert!(call.as_mut().poll(&mut context).is_pending());
    drop(call);
    println!("{}", log.borrow().join(" "));
    assert_eq!(*log.borrow(), ["9:1000", "9:999"]);
    Ok(())
}

type Call = Pin<Box<dyn Future<Output = Result<i32, RuntimeError>>>>;

/// Wakes a thread that sleeps in `run_all`.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The executor: polls all calls in turn until each is finished. Returns the results in the order in which they came.
fn run_all(mut calls: Vec<Call>) -> Result<Vec<i32>, RuntimeError> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut results = Vec::new();
    while !calls.is_empty() {
        calls.retain_mut(|call| match call.as_mut().poll(&mut context) {
            Poll::Ready(result) => {
                results.push(result);
                false
            }
            Poll::Pending => true,
        });
        if !calls.is_empty() {
            // Returns at once if a waker was used in the meantime.
            thread::park();
        }
    }
    results.into_iter().collect()
}

// Prints:
// 1:3 2:2 3:1 1:2 2:1 1:1
// finished: [3, 2, 1]
// 9:1000 9:999
