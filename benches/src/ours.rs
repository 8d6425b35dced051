//! This workspace's runtime, used as its documentation shows.

use crate::generate::{CALLS, InstanceCase, TRAP_DEPTH, loop_result};
use crate::measure::{Batch, thread_time};
use crate::runtime::{Call, Instantiate, Run, Runtime, WasiCommand};
use crate::wasi::FOLDER;
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::future::poll_fn;
use std::hint::black_box;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};
use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder};
use wasmer::wasmparser::Operator;
use wasmer::{
    BackendKind, Engine, Function, FunctionType, Instance, Module, Store, Type, Value, imports,
};
use wasmer_middlewares::Metering;
use wasmer_wasix::fs::Buffer;
use wasmer_wasix::{WasiEnv, WasiEnvBuilder, WasiError};

/// The runtime under test, with one of its compilers.
pub(crate) struct Wasmer {
    name: &'static str,
    /// The name of its [`BackendKind`], which is also that of the option of the command line.
    backend: &'static str,
}

/// With its default compiler.
pub(crate) const CRANELIFT: Wasmer = Wasmer { name: "wasmer", backend: "cranelift" };

/// With the one that is the fastest to compile.
pub(crate) const SINGLEPASS: Wasmer = Wasmer { name: "singlepass", backend: "singlepass" };

/// With the one that makes the fastest code, if it is built in.
pub(crate) const LLVM: Wasmer = Wasmer { name: "llvm", backend: "llvm" };

impl Wasmer {
    /// Whether this program has the compiler.
    pub(crate) fn is_built_in(&self) -> bool {
        self.kind().is_ok()
    }

    fn kind(&self) -> Result<BackendKind> {
        Ok(self.backend.parse()?)
    }

    fn engine(&self) -> Result<Engine> {
        Ok(self.kind()?.into())
    }
}

impl Runtime for Wasmer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn compile(&self, wasm: &[u8]) -> Result<()> {
        black_box(Module::new(&self.engine()?, wasm)?);
        Ok(())
    }

    fn command(&self, wasm: &[u8]) -> Result<Box<dyn WasiCommand>> {
        let engine = self.engine()?;
        let module = Module::new(&engine, wasm)?;
        Ok(Box::new(Command { engine, module }))
    }

    fn call(&self, kind: Call) -> Result<Batch<'static>> {
        let mut store = Store::new(self.engine()?);
        let module = Module::new(&store, CALLS)?;
        let host = if kind == Call::DynamicHost {
            let ty = FunctionType::new([Type::I32, Type::I32], [Type::I32]);
            Function::new(&mut store, ty, |params| {
                Ok(vec![Value::I32(params[0].unwrap_i32().wrapping_add(params[1].unwrap_i32()))])
            })
        } else {
            Function::new_typed(&mut store, |a: i32, b: i32| a.wrapping_add(b))
        };
        let instance = Instance::new(&mut store, &module, &imports! { "host" => { "f" => host } })?;
        let exports = &instance.exports;
        Ok(match kind {
            Call::Typed => {
                let nop = exports.get_typed_function::<(), ()>(&store, "nop")?;
                Box::new(move |repetitions| {
                    for _ in 0..repetitions {
                        nop.call(&mut store)?;
                    }
                    Ok(())
                })
            }
            Call::Dynamic => {
                let add = exports.get_function("add")?.clone();
                Box::new(move |repetitions| {
                    for n in 0..repetitions {
                        let sum = add.call(&mut store, &[Value::I32(n as i32), Value::I32(1)])?;
                        ensure!(sum[0].i32() == Some((n as i32).wrapping_add(1)));
                    }
                    Ok(())
                })
            }
            Call::TypedHost | Call::DynamicHost => {
                let run = exports.get_typed_function::<i32, i32>(&store, "loop")?;
                Box::new(move |repetitions| {
                    let repetitions = i32::try_from(repetitions)?;
                    ensure!(run.call(&mut store, repetitions)? == loop_result(repetitions));
                    Ok(())
                })
            }
            Call::Trap => {
                let trap = exports.get_typed_function::<i32, i32>(&store, "trap")?;
                Box::new(move |repetitions| {
                    for _ in 0..repetitions {
                        let error =
                            trap.call(&mut store, TRAP_DEPTH).err().context("expected a trap")?;
                        ensure!(error.trace().len() == TRAP_DEPTH as usize + 2, "{error:?}");
                    }
                    Ok(())
                })
            }
        })
    }

    fn instantiate(&self, case: &InstanceCase) -> Result<Instantiate> {
        let engine = self.engine()?;
        let module = Module::new(&engine, &case.wasm)?;
        let expected = case.expected;
        Ok(Box::new(move |repetitions| {
            let imports = imports! {};
            for _ in 0..repetitions {
                let mut store = Store::new(engine.clone());
                let instance = Instance::new(&mut store, &module, &imports)?;
                let run = instance.exports.get_typed_function::<(), i32>(&store, "run")?;
                let value = run.call(&mut store)?;
                ensure!(value == expected, "expected {expected}, found {value}");
            }
            Ok(())
        }))
    }

    fn serialize(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        Ok(Module::new(&self.engine()?, wasm)?.serialize()?.into())
    }

    fn load(&self, file: &Path, instantiate: bool) -> Result<Batch<'static>> {
        let (engine, file) = (self.engine()?, file.to_owned());
        Ok(Box::new(move |repetitions| {
            for _ in 0..repetitions {
                // SAFETY: the file was written by `serialize` and is not changed.
                let module = unsafe { Module::deserialize_from_file(&engine, &file)? };
                if instantiate {
                    let mut store = Store::new(engine.clone());
                    let host = Function::new_typed(&mut store, |value: i32| value);
                    let imports = imports! { "host" => { "f" => host } };
                    black_box(Instance::new(&mut store, &module, &imports)?);
                }
                black_box(module);
            }
            Ok(())
        }))
    }

    fn command_line(&self) -> Result<Vec<OsString>> {
        let option = format!("--{}", self.backend);
        let options = ["run", &option, "--disable-cache"].map(OsString::from);
        Ok(std::iter::once(crate::tools::wasmer()?.into()).chain(options).collect())
    }
}

/// Compiles a WASI command that counts each operator, and has as many points as there can be.
pub(crate) fn metered_command(wasm: &[u8]) -> Result<Box<dyn WasiCommand>> {
    let mut compiler = Cranelift::default();
    compiler.push_middleware(Arc::new(Metering::new(u64::MAX, |_: &Operator| 1)));
    let engine = Engine::from(EngineBuilder::new(compiler));
    let module = Module::new(&engine, wasm)?;
    Ok(Box::new(Command { engine, module }))
}

/// Repeats an asynchronous call of `nop`, which is ready at once.
pub(crate) fn async_call() -> Result<Batch<'static>> {
    let mut store = Store::default();
    let module = Module::new(&store, CALLS)?;
    let host = Function::new_typed(&mut store, |a: i32, b: i32| a.wrapping_add(b));
    let instance = Instance::new(&mut store, &module, &imports! { "host" => { "f" => host } })?;
    let nop = instance.exports.get_typed_function::<(), ()>(&store, "nop")?;
    let store = store.into_async();
    Ok(Box::new(move |repetitions| {
        for _ in 0..repetitions {
            let call = pin!(nop.call_async(&store));
            match call.poll(&mut TaskContext::from_waker(Waker::noop())) {
                Poll::Ready(result) => result?,
                Poll::Pending => anyhow::bail!("expected a future that is ready"),
            }
        }
        Ok(())
    }))
}

/// Repeats, in WebAssembly, the call of an asynchronous host function, of which the future is ready when it is
/// polled for the first time, or the second time.
pub(crate) fn async_host_function(at_once: bool) -> Result<Batch<'static>> {
    let mut store = Store::default();
    let module = Module::new(&store, CALLS)?;
    let host = Function::new_typed_async(&mut store, move |a: i32, b: i32| {
        let mut polled = at_once;
        poll_fn(move |_| match std::mem::replace(&mut polled, true) {
            true => Poll::Ready(a.wrapping_add(b)),
            false => Poll::Pending,
        })
    });
    let instance = Instance::new(&mut store, &module, &imports! { "host" => { "f" => host } })?;
    let run = instance.exports.get_typed_function::<i32, i32>(&store, "loop")?;
    let store = store.into_async();
    Ok(Box::new(move |repetitions| {
        let repetitions = i32::try_from(repetitions)?;
        let mut call = pin!(run.call_async(&store, repetitions));
        let mut context = TaskContext::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = call.as_mut().poll(&mut context) {
                ensure!(result? == loop_result(repetitions));
                return Ok(());
            }
        }
    }))
}

struct Command {
    engine: Engine,
    module: Module,
}

impl WasiCommand for Command {
    fn run(&mut self, args: &[&str]) -> Result<Run> {
        self.run_with(builder(args)?)
    }

    fn run_in(&mut self, args: &[&str], folder: &Path) -> Result<Run> {
        self.run_with(builder(args)?.map_dir(FOLDER, folder)?)
    }
}

/// A guest with these arguments, the name of the program first.
fn builder(args: &[&str]) -> Result<WasiEnvBuilder> {
    let [program, args @ ..] = args else { anyhow::bail!("no name of the program") };
    Ok(WasiEnv::builder(*program).args(args))
}

impl Command {
    fn run_with(&mut self, builder: WasiEnvBuilder) -> Result<Run> {
        let mut store = Store::new(self.engine.clone());
        let stdout = Buffer::new();
        let builder = builder.stdout(Box::new(stdout.clone()));
        let (instance, _environment) = builder.instantiate(self.module.clone(), &mut store)?;
        let entry = instance.exports.get_typed_function::<(), ()>(&store, "_start")?;
        let start = thread_time();
        let result = entry.call(&mut store);
        let time = thread_time() - start;
        if let Err(error) = result {
            // `WasiError` takes the error apart; an exit with 0 is a good end.
            match error.downcast::<WasiError>()? {
                WasiError::Exit(code) if code.is_success() => {}
                other => return Err(other.into()),
            }
        }
        Ok(Run { time, stdout: stdout.contents() })
    }
}
