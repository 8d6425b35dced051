//! WASI step by step: system calls beside functions of one's own, for an instance that is called more than once.

use std::error::Error;
use std::io::Read;

use wasmer::{Function, Instance, Module, Store, TypedFunction, imports};
use wasmer_wasix::{Pipe, WasiEnv, WasiVersion, get_wasi_version};

/// A library that prints a greeting: the host decides in which language.
const PLUGIN: &str = r#"
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "host" "language" (func $language (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00" "\28\00\00\00\06\00\00\00")
  (data (i32.const 32) "hello\n  salut\n")
  (func (export "greet") (result i32)
    (call $fd_write (i32.const 1)
      (i32.mul (call $language) (i32.const 8)) (i32.const 1) (i32.const 16))))
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, PLUGIN)?;
    assert_eq!(get_wasi_version(&module, true), None, "it imports something else, too");
    assert_eq!(get_wasi_version(&module, false), Some(WasiVersion::Snapshot1));

    // The state of a guest, in the store: what its files, arguments and so on are.
    let (stdout, mut output) = Pipe::channel();
    let mut wasi = WasiEnv::builder("plugin").stdout(Box::new(stdout)).finalize(&mut store)?;

    // System calls are functions like others, so other imports go beside them.
    let mut imports = wasi.import_object(&mut store, &module)?;
    let language = Function::new_typed(&mut store, || 1);
    imports.extend(&imports! { "host" => { "language" => language } });
    let instance = Instance::new(&mut store, &module, &imports)?;

    // The system calls must know whose memory their pointers point into.
    wasi.initialize(&mut store, instance.clone())?;

    // There is no `_start`: the host calls what it wants, as often as it wants.
    let greet: TypedFunction<(), i32> = instance.exports.get_typed_function(&store, "greet")?;
    assert_eq!(greet.call(&mut store)?, 0, "the errno of success");
    assert_eq!(greet.call(&mut store)?, 0);

    // Its files are closed when it is told that this is the end. Then the output ends, too.
    wasi.on_exit(&mut store, None);
    let mut text = String::new();
    output.read_to_string(&mut text)?;
    print!("{text}");
    assert_eq!(text, "salut\nsalut\n");
    assert_ne!(greet.call(&mut store)?, 0, "its standard output is closed");
    Ok(())
}

// Prints:
// salut
// salut
