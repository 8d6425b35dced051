//! Give code points to spend: it stops when they are used up, at the same place on each machine.

use std::error::Error;
use std::sync::Arc;

use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder};
use wasmer::wasmparser::Operator;
use wasmer::{Instance, Module, Store, TypedFunction, imports};
use wasmer_middlewares::Metering;
use wasmer_middlewares::metering::{MeteringPoints, get_remaining_points, set_remaining_points};

/// Collatz's problem: how often a number can be halved, or else multiplied by 3 and incremented, until it is 1.
const COLLATZ: &str = r#"
(module
  (func (export "steps") (param $n i64) (result i32)
    (local $steps i32)
    (block $done
      (loop $next
        (br_if $done (i64.le_u (local.get $n) (i64.const 1)))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (if (i64.eqz (i64.and (local.get $n) (i64.const 1)))
          (then (local.set $n (i64.shr_u (local.get $n) (i64.const 1))))
          (else
            (local.set $n (i64.mul (local.get $n) (i64.const 3)))
            (local.set $n (i64.add (local.get $n) (i64.const 1)))))
        (br $next)))
    (local.get $steps)))
"#;

/// What an operator costs. Multiplications are dear, and what only says where control goes is free.
fn cost(operator: &Operator<'_>) -> u64 {
    match operator {
        Operator::Block { .. } | Operator::Loop { .. } | Operator::Else | Operator::End => 0,
        Operator::I64Mul => 3,
        _ => 1,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Payments become part of the code when it is compiled, so metering belongs to the compiler.
    let mut compiler = Cranelift::default();
    compiler.push_middleware(Arc::new(Metering::new(3_000, cost)));
    let mut store = Store::new(EngineBuilder::new(compiler));
    let module = Module::new(&store, COLLATZ)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let steps: TypedFunction<i64, i32> = instance.exports.get_typed_function(&store, "steps")?;

    let count = steps.call(&mut store, 27)?;
    let MeteringPoints::Remaining(left) = get_remaining_points(&mut store, &instance) else {
        return Err("3,000 points are enough for 27".into());
    };
    println!("27 takes {count} steps; that cost {} points", 3_000 - left);

    // What is left does not suffice for a longer way. What can't be paid is not executed, so it ends with a trap.
    let error = steps.call(&mut store, 871).unwrap_err();
    println!("871: {}", error.message());
    assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Exhausted);

    // The instance goes on working when somebody pays.
    set_remaining_points(&mut store, &instance, 10_000);
    println!("871 takes {} steps", steps.call(&mut store, 871)?);
    println!("left: {:?}", get_remaining_points(&mut store, &instance));
    Ok(())
}

// Prints:
// 27 takes 111 steps; that cost 2249 points
// 871: unreachable
// 871 takes 178 steps
// left: Remaining(6401)
