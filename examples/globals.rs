//! Globals: constants for a guest, and variables that guest and host share.

use std::error::Error;

use wasmer::{Global, Instance, Module, Mutability, Store, Type, TypedFunction, Value, imports};

/// Accelerates while its import allows it.
const CAR: &str = r#"
(module
  (import "road" "limit" (global $limit (mut f32)))
  (global $speed (export "speed") (mut f32) (f32.const 0))
  (global (export "wheels") i32 (i32.const 4))
  (func (export "accelerate") (param f32)
    (global.set $speed
      (f32.min (global.get $limit) (f32.add (global.get $speed) (local.get 0))))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();

    // The value says the type. `Global::new` would make a constant.
    let limit = Global::new_mut(&mut store, Value::F32(50.0));
    let module = Module::new(&store, CAR)?;
    let imports = imports! { "road" => { "limit" => limit.clone() } };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let speed = instance.exports.get_global("speed")?;
    let wheels = instance.exports.get_global("wheels")?;
    let accelerate: TypedFunction<f32, ()> =
        instance.exports.get_typed_function(&store, "accelerate")?;

    // The host sees what the guest sets …
    accelerate.call(&mut store, 30.0)?;
    accelerate.call(&mut store, 30.0)?;
    println!("speed: {:?}", speed.get(&mut store));
    assert_eq!(speed.get(&mut store), Value::F32(50.0));

    // … and the guest what the host sets.
    limit.set(&mut store, Value::F32(130.0))?;
    speed.set(&mut store, Value::F32(100.0))?;
    accelerate.call(&mut store, 20.5)?;
    println!("speed: {:?}", speed.get(&mut store));
    assert_eq!(f32::try_from(speed.get(&mut store))?, 120.5);

    // Types can be asked for, and are kept.
    let ty = wheels.ty(&store);
    println!("wheels: {ty}");
    assert_eq!((ty.ty, ty.mutability), (Type::I32, Mutability::Const));
    for (global, value) in [(wheels, Value::I32(3)), (speed, Value::I32(3))] {
        println!("error: {}", global.set(&mut store, value).unwrap_err().message());
    }
    Ok(())
}

// Prints:
// speed: F32(50.0)
// speed: F32(120.5)
// wheels: I32 (constant)
// error: Attempted to set an immutable global
// error: Attempted to operate on a global of type F32 as a global of type I32
