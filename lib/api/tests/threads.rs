//! Stores, modules and functions on several threads.

use std::thread;

use wasmer::{
    Engine, Exports, Extern, ExternRef, Function, FunctionEnv, Global, Imports, Instance, Memory,
    Module, RuntimeError, SharedMemory, Store, Table, TypedFunction, Value, imports,
};

const FIB: &str = r#"(module (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add
            (call $fib (i32.sub (local.get 0) (i32.const 1)))
            (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;

#[test]
fn what_may_cross_threads() {
    fn both<T: Send + Sync>() {}
    both::<Store>();
    both::<Engine>();
    both::<Module>();
    both::<Instance>();
    both::<Imports>();
    both::<Exports>();
    both::<Extern>();
    both::<Function>();
    both::<TypedFunction<std::rc::Rc<()>, ()>>();
    both::<Memory>();
    both::<SharedMemory>();
    both::<Global>();
    both::<Table>();
    both::<Value>();
    both::<ExternRef>();
    both::<FunctionEnv<i32>>();
    both::<RuntimeError>();
    both::<wasmer::Interrupter>();
}

#[test]
fn one_module_on_many_threads() {
    let module = {
        let engine = Engine::default();
        Module::new(&engine, FIB).unwrap()
    };
    // The engine is gone.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..20 {
                    let mut store = Store::default();
                    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
                    let fib: TypedFunction<u32, u32> =
                        instance.exports.get_typed_function(&store, "fib").unwrap();
                    let mut expected = (0, 1);
                    (0..n).for_each(|_| expected = (expected.1, expected.0 + expected.1));
                    assert_eq!(fib.call(&mut store, n).unwrap(), expected.0);
                }
            });
        }
    });
}

#[test]
fn a_store_moves() {
    let mut store = Store::default();
    let instance = crate::instance(&mut store, FIB);
    let fib: TypedFunction<u32, u32> = instance.exports.get_typed_function(&store, "fib").unwrap();
    assert_eq!(fib.call(&mut store, 10).unwrap(), 55);
    let handle = thread::spawn(move || {
        assert_eq!(fib.call(&mut store, 11).unwrap(), 89);
        (store, fib)
    });
    let (mut store, fib) = handle.join().unwrap();
    assert_eq!(fib.call(&mut store, 12).unwrap(), 144);
}

#[test]
fn traps_on_many_threads_at_once() {
    let module = Module::new(
        &Engine::default(),
        r#"(module (memory 1) (func (export "f") (param i32) (result i32)
            (i32.load (local.get 0))))"#,
    )
    .unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut store = Store::default();
                let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
                let f: TypedFunction<i32, i32> =
                    instance.exports.get_typed_function(&store, "f").unwrap();
                for n in 0..500 {
                    assert_eq!(f.call(&mut store, n).unwrap(), 0);
                    let error = f.call(&mut store, -1 - n).unwrap_err();
                    assert_eq!(error.message(), "out of bounds memory access");
                }
            });
        }
    });
}
