//! Several compilers in one process: picked by name at run time, and with functions of one calling those of another.

use std::error::Error;

use wasmer::sys::{
    CpuFeature, Cranelift, CraneliftOptLevel, EngineBuilder, NativeEngineExt, Singlepass, Target,
};
use wasmer::{BackendKind, Engine, Function, Instance, Module, Store, TypedFunction, imports};

/// The engine that users call `name`.
fn engine(name: &str) -> Result<Engine, Box<dyn Error>> {
    let mut cranelift = Cranelift::default();
    match name {
        // Code that runs fast, for this very machine.
        "cranelift" => Ok(cranelift.into()),
        // Code that is there at once.
        "singlepass" => Ok(Singlepass::default().into()),
        // Code that is there sooner than the best.
        "cranelift-quick" => {
            cranelift.opt_level(CraneliftOptLevel::None);
            Ok(cranelift.into())
        }
        // Code for every machine of this architecture.
        "cranelift-portable" => {
            let everywhere = CpuFeature::for_host() & (CpuFeature::SSE2 | CpuFeature::NEON);
            let target = Target::new(Target::default().triple().clone(), everywhere);
            Ok(EngineBuilder::new(cranelift).set_target(Some(target)).engine())
        }
        // Code that runs fastest, in builds with `--features wasmer/llvm`.
        "llvm" => Ok(name.parse::<BackendKind>()?.into()),
        // No compiler at all.
        "headless" => Ok(Engine::headless()),
        other => Err(format!("there is no compiler `{other}`").into()),
    }
}

/// Calculates.
const LIBRARY: &str = r#"
(module
  (import "host" "trace" (func $trace (param i32)))
  (func (export "square") (param i32) (result i32)
    (call $trace (local.get 0))
    (i32.mul (local.get 0) (local.get 0))))
"#;

/// Uses it: by its import, and by a table that anybody can fill.
const PROGRAM: &str = r#"
(module
  (import "library" "square" (func $square (param i32) (result i32)))
  (table (export "table") 1 funcref)
  (elem (i32.const 0) $square)
  (func (export "run") (param i32) (result i32)
    (i32.add
      (call $square (local.get 0))
      (call_indirect (param i32) (result i32) (i32.const 10) (i32.const 0)))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // A user may name the compiler: `cargo run --example compilers cranelift-portable`.
    let name = std::env::args().nth(1).unwrap_or_else(|| "cranelift".to_owned());
    let (main, quick) = (engine(&name)?, engine("singlepass")?);
    println!("{}", engine("quantum").unwrap_err());

    // An engine can be told from others by its id: equal ids make equal code.
    assert_ne!(main.deterministic_id(), quick.deterministic_id());
    assert_eq!(main.deterministic_id(), engine(&name)?.deterministic_id());

    // A module belongs to the engine that compiled it, and runs in any store. So both are in this one.
    let mut store = Store::new(main.clone());
    let library = Module::new(&quick, LIBRARY)?;
    let program = Module::new(&main, PROGRAM)?;

    let trace = Function::new_typed(&mut store, |n: i32| println!("square of {n}"));
    let library =
        Instance::new(&mut store, &library, &imports! { "host" => { "trace" => trace } })?;
    let mut imports = imports! {};
    imports.register_namespace("library", library.exports);
    let instance = Instance::new(&mut store, &program, &imports)?;

    // All compilers follow one calling convention, so nothing stands between the two.
    let run: TypedFunction<i32, i32> = instance.exports.get_typed_function(&store, "run")?;
    println!("result: {}", run.call(&mut store, 3)?);
    assert_eq!(run.call(&mut store, 4)?, 116);

    // The same with every pair.
    let names = ["cranelift", "singlepass", "cranelift-quick", "cranelift-portable"];
    for (one, other) in names.iter().flat_map(|one| names.map(|other| (one, other))) {
        let square = r#"(module (func (export "square") (param i32) (result i32) (local.get 0)))"#;
        let library = Module::new(&engine(one)?, square)?;
        let library = Instance::new(&mut store, &library, &imports! {})?;
        let program = Module::new(&engine(other)?, PROGRAM)?;
        let square = library.exports.get_function("square")?.clone();
        let imports = imports! { "library" => { "square" => square } };
        let instance = Instance::new(&mut store, &program, &imports)?;
        let run: TypedFunction<i32, i32> = instance.exports.get_typed_function(&store, "run")?;
        assert_eq!(run.call(&mut store, 5)?, 15);
    }
    println!("{} pairs work", names.len() * names.len());
    Ok(())
}

// Prints:
// there is no compiler `quantum`
// square of 3
// square of 10
// result: 109
// square of 4
// square of 10
// 16 pairs work
