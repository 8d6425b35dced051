//! Compile once: a directory of compiled modules, which nobody else can put anything into.

use std::error::Error;
use std::fs;
use std::path::Path;

use wasmer::{Engine, Instance, Module, Store, TypedFunction, Value, imports};
use wasmer_cache::{Cache, DeserializeError, FileSystemCache, Hash};

const ANSWER: &str = r#"(module (func (export "answer") (result i32) (i32.const 42)))"#;

/// What a program does that wants a module: it gets it from the cache, or else compiles it.
fn load(
    engine: &Engine,
    cache: &mut FileSystemCache,
    wasm: &[u8],
) -> Result<Module, Box<dyn Error>> {
    // The key has all that decides what the code does: the module, the compiler with its settings, the machine. What
    // only this program knows is added: for example, which middlewares it uses.
    let key = Hash::of_module(engine, wasm).with("no middlewares");
    match cache.load_checked(engine, key) {
        Ok(module) => {
            println!("from the cache");
            Ok(module)
        }
        // Not there, damaged, of another version of the crate: in any case it is compiled.
        Err(error) => {
            match error {
                DeserializeError::CorruptedBinary(_) => println!("the file is damaged"),
                DeserializeError::Io(_) => println!("not in the cache"),
                other => println!("{other}"),
            }
            let module = Module::new(engine, wasm)?;
            cache.store(key, &module)?;
            Ok(module)
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let engine = Engine::default();
    let wasm = wasmer::wat2wasm(ANSWER.as_bytes())?;

    let mut cache = FileSystemCache::new(directory.path())?;
    cache.set_cache_extension(Some("wasmu"));
    cache.set_max_size(Some(100 << 20));
    load(&engine, &mut cache, &wasm)?;

    // Another program, later.
    let module = load(&Engine::default(), &mut cache, &wasm)?;
    let mut store = Store::new(engine.clone());
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let answer: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "answer")?;
    println!("the answer is {}", answer.call(&mut store)?);

    // Each file has a hash with a secret key, so one that was changed is not run but compiled again.
    damage(directory.path())?;
    load(&engine, &mut cache, &wasm)?;
    let module = load(&engine, &mut cache, &wasm)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let answer = instance.exports.get_function("answer")?;
    assert_eq!(*answer.call(&mut store, &[])?, [Value::I32(42)]);

    assert!(cache.size()? > 0);
    cache.clear()?;
    assert_eq!(cache.size()?, 0);
    Ok(())
}

/// Flips a bit in the middle of each compiled module.
fn damage(directory: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasmu") {
            let mut bytes = fs::read(&path)?;
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            // A new file: the old one may be mapped by a module that is still in use.
            fs::remove_file(&path)?;
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}

// Prints:
// not in the cache
// from the cache
// the answer is 42
// the file is damaged
// from the cache
