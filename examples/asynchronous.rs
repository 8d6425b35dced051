//! Host functions that return futures, and calls that wait for them, on several threads.

use std::error::Error;
use std::time::Duration;

use wasmer::{
    AsyncFunctionEnvMut, Function, FunctionEnv, Instance, Module, Store, TypedFunction, imports,
};

/// Asks for two prices, one after the other, and adds them up.
const WAT: &str = r#"
(module
  (import "shop" "price" (func $price (param i32) (result i32)))
  (func (export "total") (param i32 i32) (result i32)
    (i32.add (call $price (local.get 0)) (call $price (local.get 1)))))
"#;

/// An item that the shop does not have.
const ORDERED_FIRST: i32 = 99;

/// What the host functions share.
struct Shop {
    asked: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, WAT)?;
    let shop = FunctionEnv::new(&mut store, Shop { asked: 0 });

    // The name ends in `_send`: the function is used by several threads below.
    let price = Function::new_typed_with_env_async_send(
        &mut store,
        &shop,
        async |shop: AsyncFunctionEnvMut<Shop>, item: i32| {
            // Other calls run while this one waits.
            tokio::time::sleep(match item {
                ORDERED_FIRST => Duration::from_hours(24),
                _ => Duration::from_millis(10),
            })
            .await;
            // The store is locked as long as the handle exists, so it is not kept while waiting.
            shop.write().await.data_mut().asked += 1;
            item * 100
        },
    );
    let instance =
        Instance::new(&mut store, &module, &imports! { "shop" => { "price" => price } })?;
    let total: TypedFunction<(i32, i32), i32> =
        instance.exports.get_typed_function(&store, "total")?;

    // From here on, tasks share the store.
    let store = store.into_async();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build()?;
    let sum = runtime.block_on(async {
        let tasks: Vec<_> = (0..10).map(|n| tokio::spawn(total.call_async(&store, n, 1))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await??;
        }
        Ok::<_, Box<dyn Error>>(sum)
    })?;
    println!("ten calls at once: {sum}");
    assert_eq!(sum, 5500);

    // A call that is dropped ends where it is, and gives back what it has.
    let impatient = runtime.block_on(async {
        let call = total.call_async(&store, ORDERED_FIRST, 1);
        tokio::time::timeout(Duration::from_millis(10), call).await
    });
    println!("for what has to be ordered: {}", impatient.unwrap_err());

    // When no call is left, the store can belong to one owner again.
    drop(runtime);
    let store = store.into_store().map_err(|_| "somebody still has the store")?;
    println!("prices asked for: {}", shop.as_ref(&store).asked);
    assert_eq!(shop.as_ref(&store).asked, 20);
    Ok(())
}

// Prints:
// ten calls at once: 5500
// for what has to be ordered: deadline has elapsed
// prices asked for: 20
