//! Asynchronous calls and host functions.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use wasmer::{
    AsStoreAsync, AsyncFunctionEnvMut, Function, FunctionEnv, FunctionEnvMut, FunctionType,
    Imports, Instance, OnCalledAction, RuntimeError, Store, StoreAsync, TrapCode, Type,
    TypedFunction, Value, imports,
};

use crate::instance_with;

/// Calls its import `f` with the number that it is given, twice, and adds up what it returns.
const TWICE: &str = r#"(module $m
    (import "host" "f" (func $f (param i32) (result i32)))
    (func $twice (export "twice") (param i32) (result i32)
        (i32.add (call $f (local.get 0)) (call $f (local.get 0)))))"#;

pub(crate) type Twice = TypedFunction<i32, i32>;

pub(crate) fn twice(store: &mut Store, f: Function) -> Twice {
    let instance = instance_with(store, TWICE, &imports! { "host" => { "f" => f } });
    instance.exports.get_typed_function(store, "twice").unwrap()
}

/// An executor of one task, without anything else.
pub(crate) fn block_on<R>(future: impl Future<Output = R>) -> R {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}

pub(crate) fn poll<R>(future: &mut Pin<Box<impl Future<Output = R>>>) -> Poll<R> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Is ready when it is polled for the second time.
pub(crate) fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    poll_fn(move |context| {
        context.waker().wake_by_ref();
        match std::mem::replace(&mut yielded, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
}

pub(crate) fn code(result: Result<i32, RuntimeError>) -> Option<TrapCode> {
    result.unwrap_err().to_trap()
}

/// Counts its drops.
pub(crate) struct Counted(pub(crate) Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn ready_or_not() {
    let mut store = Store::default();
    let ready = Function::new_typed_async(&mut store, async |n: i32| n + 1);
    let later = Function::new_typed_async(&mut store, async |n: i32| {
        yield_now().await;
        n + 1
    });
    let ty = FunctionType::new([Type::I32], [Type::I32]);
    let values = Function::new_async(&mut store, ty, |args| {
        let n = args[0].unwrap_i32();
        async move {
            yield_now().await;
            Ok(vec![Value::I32(n + 1)])
        }
    });
    for f in [ready, later, values] {
        let twice = twice(&mut store, f.clone());
        let shared = store.into_async();
        for n in 0..100 {
            assert_eq!(block_on(twice.call_async(&shared, n)).unwrap(), 2 * n + 2);
            let values =
                block_on(Function::from(twice.clone()).call_async(&shared, vec![Value::I32(n)]));
            assert_eq!(*values.unwrap(), [Value::I32(2 * n + 2)]);
            // A host function by itself.
            let values = block_on(f.call_async(&shared, vec![Value::I32(n)]));
            assert_eq!(*values.unwrap(), [Value::I32(n + 1)]);
        }
        store = shared.into_store().unwrap();
    }
}

#[test]
fn values_of_all_kinds_and_many() {
    let mut store = Store::default();
    let types: Vec<Type> =
        (0..30).map(|n| [Type::I32, Type::I64, Type::F32, Type::F64, Type::V128][n % 5]).collect();
    let ty = FunctionType::new(types.clone(), types.clone());
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let echo = Function::new_async(&mut store, ty, move |args| {
        let (args, counted) = (args.to_vec(), Counted(count.clone()));
        async move {
            yield_now().await;
            drop(counted);
            Ok(args)
        }
    });
    let several = Function::new_typed_async(&mut store, async |a: i32, b: f64, c: u8, d: i64| {
        yield_now().await;
        (d, c, b, a)
    });
    let several = several.typed::<(i32, f64, u8, i64), (i64, u8, f64, i32)>(&store).unwrap();
    let shared = store.into_async();
    let args: Vec<Value> = (0..30u8)
        .map(|n| match n % 5 {
            0 => Value::I32(n.into()),
            1 => Value::I64(n.into()),
            2 => Value::F32(n.into()),
            3 => Value::F64(n.into()),
            _ => Value::V128(n.into()),
        })
        .collect();
    assert_eq!(*block_on(echo.call_async(&shared, args.clone())).unwrap(), *args);
    let mut call = Box::pin(echo.call_async(&shared, args));
    assert!(poll(&mut call).is_pending());
    drop(call);
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
    let results = block_on(several.call_async(&shared, -1, 2.5, 3, i64::MIN)).unwrap();
    assert_eq!(results, (i64::MIN, 3, 2.5, -1));

    let error = block_on(echo.call_async(&shared, vec![])).unwrap_err();
    assert!(error.message().starts_with("Parameters of type [] did not match"), "{error}");
}

#[test]
fn environments() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, Vec::new());
    let f = Function::new_typed_with_env_async(
        &mut store,
        &env,
        async |env: AsyncFunctionEnvMut<Vec<i32>>, n: i32| {
            env.write().await.data_mut().push(n);
            yield_now().await;
            let handle = env.read().await;
            let (numbers, _store) = handle.data_and_store();
            numbers.len() as i32
        },
    );
    let twice = twice(&mut store, f);
    let ty = FunctionType::new([], [Type::I32]);
    let sum = Function::new_with_env_async(&mut store, &env, ty, |mut env, _| async move {
        let env = env.as_mut();
        let mut handle = env.write().await;
        let sum = handle.as_function_env_mut().data().iter().sum();
        // The lock may be kept, when nobody else wants it.
        yield_now().await;
        let (numbers, _store) = handle.data_and_store_mut();
        numbers.clear();
        Ok(vec![Value::I32(sum)])
    });
    let shared = store.into_async();
    assert_eq!(block_on(twice.call_async(&shared, 5)).unwrap(), 1 + 2);
    assert_eq!(block_on(twice.call_async(&shared, 6)).unwrap(), 3 + 4);
    assert_eq!(*block_on(sum.call_async(&shared, vec![])).unwrap(), [Value::I32(22)]);
    assert!(env.as_ref(&shared.read()).is_empty());
}

#[test]
fn several_calls_wait_in_one_store() {
    let mut store = Store::default();
    let gates = Rc::new(RefCell::new(vec![false; 20]));
    let open = gates.clone();
    let f = Function::new_typed_async(&mut store, move |n: i32| {
        let open = open.clone();
        poll_fn(move |_| match open.borrow()[n as usize] {
            true => Poll::Ready(n),
            false => Poll::Pending,
        })
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    let mut calls: Vec<_> = (0..20).map(|n| Box::pin(twice.call_async(&shared, n))).collect();
    for call in &mut calls {
        assert!(poll(call).is_pending());
    }
    let shared = shared.into_store().expect_err("the calls keep it");
    for n in (0..20).rev() {
        gates.borrow_mut()[n] = true;
        for (at, call) in calls.iter_mut().enumerate().take(n + 1) {
            match poll(call) {
                Poll::Ready(result) => assert_eq!((at, result.unwrap()), (n, 2 * n as i32)),
                Poll::Pending => assert!(at < n),
            }
        }
    }
    drop(calls);
    shared.into_store().unwrap();
}

#[test]
fn dropping_a_call_drops_what_it_has() {
    let mut store = Store::default();
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = dropped.clone();
    let f = Function::new_typed_async(&mut store, move |_: i32| {
        let counted = Counted(count.clone());
        async move {
            let _counted = counted;
            pending::<i32>().await
        }
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    for round in 0..300 {
        let mut call = Box::pin(twice.call_async(&shared, 0));
        if round % 3 != 0 {
            assert!(poll(&mut call).is_pending());
        }
        drop(call);
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 200);
    // Also in another thread, and when it is the last to have the store.
    let mut call = Box::pin(twice.call_async(&shared, 0));
    assert!(poll(&mut call).is_pending());
    drop(shared);
    drop(call);
    assert_eq!(dropped.load(Ordering::Relaxed), 201);
}

#[test]
fn calls_that_can_not_wait() {
    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |n: i32| {
        if n != 0 {
            yield_now().await;
        }
        7
    });
    let twice = twice(&mut store, f);
    assert_eq!(twice.call(&mut store, 0).unwrap(), 14);
    let error = twice.call(&mut store, 1).unwrap_err();
    assert_eq!(error.trace()[0].function_name(), Some("twice"));
    assert_eq!(error.to_trap(), Some(TrapCode::YieldOutsideAsyncContext));

    // A host function's own calls can't wait either, whoever has called it.
    let env = FunctionEnv::new(&mut store, twice.clone());
    let calls = Function::new_typed_with_env(
        &mut store,
        &env,
        |mut env: FunctionEnvMut<'_, Twice>, n: i32| {
            let twice = env.data().clone();
            twice.call(&mut env, n)
        },
    );
    let outer = self::twice(&mut store, calls);
    // The environment is in a store that belongs to the call.
    let reads = Function::new_typed_with_env_async(
        &mut store,
        &env,
        async |env: AsyncFunctionEnvMut<Twice>, _: i32| {
            drop(env.read().await);
            1
        },
    );
    let reads = self::twice(&mut store, reads);
    assert_eq!(code(reads.call(&mut store, 0)), Some(TrapCode::YieldOutsideAsyncContext));

    let shared = store.into_async();
    assert_eq!(block_on(outer.call_async(&shared, 0)).unwrap(), 28);
    let result = block_on(outer.call_async(&shared, 1));
    assert_eq!(code(result), Some(TrapCode::YieldOutsideAsyncContext));
    assert_eq!(block_on(twice.call_async(&shared, 1)).unwrap(), 14);
    assert_eq!(block_on(reads.call_async(&shared, 0)).unwrap(), 2);
    // With a lock, a plain call is possible.
    assert_eq!(twice.call(&mut shared.clone().write(), 0).unwrap(), 14);
}

#[test]
fn failures_after_waiting() {
    #[derive(Debug, thiserror::Error)]
    #[error("out of luck")]
    struct OutOfLuck;

    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |n: i32| {
        yield_now().await;
        match n {
            0 => Err(OutOfLuck),
            1 => panic!("really"),
            _ => Ok(n),
        }
    });
    let wrong =
        Function::new_async(&mut store, FunctionType::new([Type::I32], [Type::I32]), |_| async {
            Ok(vec![Value::F32(1.0)])
        });
    let (twice, wrong) = (twice(&mut store, f), twice(&mut store, wrong));
    let shared = store.into_async();
    for _ in 0..10 {
        let error = block_on(twice.call_async(&shared, 0)).unwrap_err();
        assert!(error.is::<OutOfLuck>());
        assert_eq!(error.message(), "out of luck");
        let call = twice.call_async(&shared, 1);
        assert_eq!(crate::panic_message(|| block_on(call)), "really");
        let error = block_on(wrong.call_async(&shared, 1)).unwrap_err();
        assert!(error.message().starts_with("Dynamic function returned wrong signature"));
        assert_eq!(block_on(twice.call_async(&shared, 4)).unwrap(), 8);
    }
    shared.into_store().unwrap();
}

#[test]
fn interruption() {
    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |n: i32| {
        yield_now().await;
        n
    });
    let twice = twice(&mut store, f);
    let wat = r#"(module (func (export "f") (loop (br 0))))"#;
    let spin = crate::instance(&mut store, wat);
    let spin: TypedFunction<(), ()> = spin.exports.get_typed_function(&store, "f").unwrap();
    let shared = store.into_async();
    let interrupter = shared.interrupter();

    let mut call = Box::pin(twice.call_async(&shared, 1));
    assert!(poll(&mut call).is_pending());
    interrupter.interrupt();
    assert_eq!(code(block_on(call)), Some(TrapCode::HostInterrupt));
    assert_eq!(block_on(twice.call_async(&shared, 1)).unwrap(), 2);

    let deadline = interrupter.after(Duration::from_millis(5));
    let error = block_on(spin.call_async(&shared)).unwrap_err();
    assert_eq!(error.to_trap(), Some(TrapCode::HostInterrupt));
    drop(deadline);
    assert_eq!(block_on(twice.call_async(&shared, 1)).unwrap(), 2);
}

#[test]
fn locks_keep_calls_waiting() {
    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |n: i32| {
        yield_now().await;
        n
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    let lock = shared.read();
    let mut call = Box::pin(twice.call_async(&shared, 1));
    assert!(poll(&mut call).is_pending());
    let mut write = Box::pin(shared.write_lock());
    assert!(poll(&mut write).is_pending());
    drop(lock);
    assert!(poll(&mut call).is_pending(), "it waits for its host function now");
    let Poll::Ready(guard) = poll(&mut write) else { panic!("nobody has a lock") };
    for _ in 0..5 {
        assert!(poll(&mut call).is_pending());
    }
    assert!(shared.clone().into_store().is_err());
    assert_eq!(crate::panic_message(|| shared.read()), "the store is locked for changes");
    drop(guard);
    assert_eq!(block_on(call).unwrap(), 2);
}

#[test]
fn on_called_is_asked() {
    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |n: i32| {
        yield_now().await;
        n
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let mut lock = shared.clone().write();
    wasmer::AsStoreMut::as_store_mut(&mut lock).on_called(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(OnCalledAction::InvokeAgain)
    });
    drop(lock);
    assert_eq!(block_on(twice.call_async(&shared, 3)).unwrap(), 6);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn with_tokio() {
    let mut store = Store::default();
    let f = Function::new_typed_async(&mut store, async |ms: i32| {
        tokio::time::sleep(Duration::from_millis(ms as u64)).await;
        ms
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let local = tokio::task::LocalSet::new();
    let sum: i32 = local.block_on(&runtime, async {
        let tasks: Vec<_> =
            (1..30).map(|ms| tokio::task::spawn_local(twice.call_async(&shared, ms))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap().unwrap();
        }
        sum
    });
    assert_eq!(sum, (1..30).map(|ms| 2 * ms).sum());
    let late = runtime.block_on(async {
        tokio::time::timeout(Duration::from_millis(5), twice.call_async(&shared, 60_000)).await
    });
    assert!(late.is_err());
    shared.into_store().unwrap();
}

/// Calls go from thread to thread as the executor likes.
#[test]
fn with_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    thread_local! {
        static CALLS: Cell<usize> = const { Cell::new(0) };
    }

    let mut store = Store::default();
    let threads = Arc::new(Mutex::new(std::collections::HashSet::new()));
    let env = FunctionEnv::new(&mut store, 0);
    let seen = threads.clone();
    let f = Function::new_typed_with_env_async_send(
        &mut store,
        &env,
        move |env: AsyncFunctionEnvMut<i32>, n: i32| {
            let seen = seen.clone();
            async move {
                for _ in 0..5 {
                    seen.lock().unwrap().insert(thread::current().id());
                    CALLS.set(CALLS.get() + 1);
                    tokio::task::yield_now().await;
                }
                *env.write().await.data_mut() += 1;
                n
            }
        },
    );
    let ty = FunctionType::new([Type::I32], [Type::I32]);
    let values = Function::new_async_send(&mut store, ty.clone(), |args| {
        let args = args.to_vec();
        async move {
            tokio::task::yield_now().await;
            Ok(args)
        }
    });
    let with_env = Function::new_with_env_async_send(&mut store, &env, ty, |env, args| {
        let args = args.to_vec();
        async move {
            *env.write().await.data_mut() += 1;
            tokio::task::yield_now().await;
            Ok(args)
        }
    });
    let plain = Function::new_typed_async_send(&mut store, async |n: i32| {
        tokio::task::yield_now().await;
        n
    });
    let functions = [f, values, with_env, plain].map(|f| twice(&mut store, f));
    let shared = store.into_async();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for n in 0..200 {
            let (shared, twice) = (shared.clone(), functions[n % 4].clone());
            tasks.push(tokio::spawn(async move {
                let n = n as i32;
                assert_eq!(assert_send(twice.call_async(&shared, n)).await.unwrap(), 2 * n);
                // And some that nobody waits for.
                let _ = poll(&mut Box::pin(twice.call_async(&shared, n)));
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    drop(runtime);
    assert!(*env.as_ref(&shared.read()) >= 200);
    assert!(!threads.lock().unwrap().is_empty());
    shared.into_store().unwrap();
}

/// A call that has begun in a thread that has ended.
#[test]
fn a_call_outlives_its_thread() {
    let mut store = Store::default();
    let f = Function::new_typed_async_send(&mut store, async |n: i32| {
        yield_now().await;
        if n < 0 {
            // Looks at all frames below.
            panic!("{}", std::backtrace::Backtrace::force_capture().to_string().len());
        }
        n
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    for n in [3, -3] {
        let mut call = Box::pin(twice.call_async(&shared, n));
        for _ in 0..2 {
            call = thread::spawn(|| {
                let mut call = call;
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    assert!(poll(&mut call).is_pending());
                }));
                call
            })
            .join()
            .unwrap();
        }
        if n > 0 {
            assert_eq!(block_on(call).unwrap(), 6);
        }
    }
}

#[test]
fn functions_that_belong_to_a_thread() {
    let mut store = Store::default();
    let local = Rc::new(Cell::new(0));
    let count = local.clone();
    let f = Function::new_typed_async(&mut store, move |n: i32| {
        let count = count.clone();
        async move {
            yield_now().await;
            count.set(count.get() + n);
            n
        }
    });
    let twice = twice(&mut store, f);
    let shared = store.into_async();
    assert_eq!(block_on(twice.call_async(&shared, 3)).unwrap(), 6);
    assert_eq!(local.get(), 6);

    let mut waiting = Box::pin(twice.call_async(&shared, 1));
    let mut dropped = Box::pin(twice.call_async(&shared, 1));
    assert!(poll(&mut waiting).is_pending() && poll(&mut dropped).is_pending());
    let elsewhere = |result: Result<i32, RuntimeError>| {
        let message = result.unwrap_err().message();
        assert!(message.contains("belongs to the thread that made it"), "{message}");
    };
    thread::scope(|scope| {
        scope.spawn(|| elsewhere(block_on(twice.call_async(&shared, 1))));
        scope.spawn(|| elsewhere(block_on(waiting)));
        scope.spawn(|| drop(dropped));
    });
    assert_eq!(local.get(), 6);
    assert_eq!(block_on(twice.call_async(&shared, 3)).unwrap(), 6);
}

#[test]
fn the_store_of_a_host_function() {
    let mut store = Store::default();
    let env = FunctionEnv::new(&mut store, ());
    let f =
        Function::new_typed_with_env(&mut store, &env, |env: FunctionEnvMut<'_, ()>, n: i32| {
            let shared = env.as_store_async().is_some();
            assert_eq!(shared, env.as_async_mut().is_some());
            if shared { n } else { -n }
        });
    let kept: Arc<Mutex<Option<StoreAsync>>> = Arc::default();
    let keep = kept.clone();
    let keeps = Function::new_typed_with_env_async(
        &mut store,
        &env,
        move |env: AsyncFunctionEnvMut<()>, n: i32| {
            *keep.lock().unwrap() = Some(env.as_store_async().store());
            async move { n }
        },
    );
    let (twice, keeps) = (twice(&mut store, f), twice(&mut store, keeps));
    assert_eq!(twice.call(&mut store, 1).unwrap(), -2);
    let shared = store.into_async();
    assert_eq!(block_on(twice.call_async(&shared, 1)).unwrap(), 2);
    let mut store = shared.into_store().unwrap();
    assert_eq!(keeps.call(&mut store, 1).unwrap(), 2);
    // It was given away in a call that had the store for itself; it is locked as long as the store is.
    let given = kept.lock().unwrap().take().unwrap();
    assert!(poll(&mut Box::pin(given.read_lock())).is_pending());
    drop(store);
    assert_eq!(twice.call(&mut block_on(given.write_lock()), 1).unwrap(), 2);
    given.into_store().unwrap();
}

#[test]
fn start_functions() {
    let mut store = Store::default();
    let ready = Function::new_typed_async(&mut store, async || {});
    let later = Function::new_typed_async(&mut store, async || yield_now().await);
    let wat = r#"(module (import "host" "f" (func $f)) (start $f))"#;
    let module = wasmer::Module::new(&store, wat).unwrap();
    let mut start = |f: Function| {
        let imports: Imports = imports! { "host" => { "f" => f } };
        Instance::new(&mut store, &module, &imports)
    };
    start(ready).unwrap();
    let error = start(later).unwrap_err();
    assert!(matches!(
        error,
        wasmer::InstantiationError::Start(error)
            if error.clone().to_trap() == Some(TrapCode::YieldOutsideAsyncContext)
    ));
}
