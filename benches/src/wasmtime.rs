//! wasmtime, set up as its documentation recommends for speed.

use crate::generate::{CALLS, InstanceCase, TRAP_DEPTH, loop_result};
use crate::measure::{Batch, calibrate, thread_time, time_each};
use crate::report::note;
use crate::runtime::{Call, Instantiate, Run, Runtime, WasiCommand};
use crate::wasi::FOLDER;
use ::wasmtime::{
    Config, Enabled, Engine, Func, FuncType, InstanceAllocationStrategy, InstancePre, Linker,
    Module, PoolingAllocationConfig, Store, Strategy, Val, ValType, WasmBacktrace,
};
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use wasmtime_wasi::p1::{WasiP1Ctx, add_to_linker_sync};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtxBuilder};

/// The runtime that everything is compared with, with one of its compilers.
pub(crate) struct Wasmtime {
    name: &'static str,
    strategy: Strategy,
    /// The option of the command line.
    option: &'static str,
}

/// With its default compiler.
pub(crate) const CRANELIFT: Wasmtime =
    Wasmtime { name: "wasmtime", strategy: Strategy::Cranelift, option: "compiler=cranelift" };

/// With its baseline compiler.
pub(crate) const WINCH: Wasmtime =
    Wasmtime { name: "winch", strategy: Strategy::Winch, option: "compiler=winch" };

impl Wasmtime {
    fn config(&self) -> Config {
        let mut config = Config::new();
        config.strategy(self.strategy);
        config
    }

    fn engine(&self) -> Result<Engine> {
        Ok(Engine::new(&self.config())?)
    }
}

impl Runtime for Wasmtime {
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
        let mut linker: Linker<WasiP1Ctx> = Linker::new(&engine);
        add_to_linker_sync(&mut linker, |context| context)?;
        Ok(Box::new(Command(linker.instantiate_pre(&module)?)))
    }

    fn call(&self, kind: Call) -> Result<Batch<'static>> {
        let engine = self.engine()?;
        let module = Module::new(&engine, wat::parse_str(CALLS)?)?;
        let mut store = Store::new(&engine, ());
        let host = if kind == Call::DynamicHost {
            let ty = FuncType::new(&engine, [ValType::I32, ValType::I32], [ValType::I32]);
            Func::new(&mut store, ty, |_, params, results| {
                results[0] = Val::I32(params[0].unwrap_i32().wrapping_add(params[1].unwrap_i32()));
                Ok(())
            })
        } else {
            Func::wrap(&mut store, |a: i32, b: i32| a.wrapping_add(b))
        };
        let instance = ::wasmtime::Instance::new(&mut store, &module, &[host.into()])?;
        Ok(match kind {
            Call::Typed => {
                let nop = instance.get_typed_func::<(), ()>(&mut store, "nop")?;
                Box::new(move |repetitions| {
                    for _ in 0..repetitions {
                        nop.call(&mut store, ())?;
                    }
                    Ok(())
                })
            }
            Call::Dynamic => {
                let add = instance.get_func(&mut store, "add").context("no export add")?;
                Box::new(move |repetitions| {
                    let mut results = [Val::I32(0)];
                    for n in 0..repetitions {
                        add.call(&mut store, &[Val::I32(n as i32), Val::I32(1)], &mut results)?;
                        ensure!(results[0].i32() == Some((n as i32).wrapping_add(1)));
                    }
                    Ok(())
                })
            }
            Call::TypedHost | Call::DynamicHost => {
                let run = instance.get_typed_func::<i32, i32>(&mut store, "loop")?;
                Box::new(move |repetitions| {
                    let repetitions = i32::try_from(repetitions)?;
                    ensure!(run.call(&mut store, repetitions)? == loop_result(repetitions));
                    Ok(())
                })
            }
            Call::Trap => {
                let trap = instance.get_typed_func::<i32, i32>(&mut store, "trap")?;
                Box::new(move |repetitions| {
                    for _ in 0..repetitions {
                        let error =
                            trap.call(&mut store, TRAP_DEPTH).err().context("expected a trap")?;
                        let backtrace =
                            error.downcast_ref::<WasmBacktrace>().context("no backtrace")?;
                        ensure!(backtrace.frames().len() == TRAP_DEPTH as usize + 2, "{error:?}");
                    }
                    Ok(())
                })
            }
        })
    }

    fn instantiate(&self, case: &InstanceCase) -> Result<Instantiate> {
        // The fastest of its allocators for this module, found by trial.
        let mut best: Option<(f64, Instantiate)> = None;
        let mut all = String::new();
        for (name, strategy) in allocators() {
            let mut config = self.config();
            config.allocation_strategy(strategy);
            let run = instantiate_with(&Engine::new(&config)?, case)?;
            let repetitions = calibrate(TRIAL, &run)?;
            let mut batch: Batch<'_> = Box::new(&run);
            let mut time = f64::MAX;
            for _ in 0..5 {
                time = time.min(time_each(&mut batch, repetitions)?);
            }
            drop(batch);
            all += &format!(" {name}: {:.2} µs;", time * 1e6);
            if best.as_ref().is_none_or(|(least, _)| time < *least) {
                best = Some((time, run));
            }
        }
        note(&format!("wasmtime's allocators:{all} the best is taken"))?;
        Ok(best.context("no allocator")?.1)
    }

    fn serialize(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        Ok(Module::new(&self.engine()?, wasm)?.serialize()?)
    }

    fn load(&self, file: &Path, instantiate: bool) -> Result<Batch<'static>> {
        let (engine, file) = (self.engine()?, file.to_owned());
        Ok(Box::new(move |repetitions| {
            for _ in 0..repetitions {
                // SAFETY: the file was written by `serialize` and is not changed.
                let module = unsafe { Module::deserialize_file(&engine, &file)? };
                if instantiate {
                    let mut store = Store::new(&engine, ());
                    let host = Func::wrap(&mut store, |value: i32| value);
                    let imports = [host.into()];
                    black_box(::wasmtime::Instance::new(&mut store, &module, &imports)?);
                }
                black_box(module);
            }
            Ok(())
        }))
    }

    fn command_line(&self) -> Result<Vec<OsString>> {
        // No cache: the module is compiled each time.
        Ok(vec![
            crate::tools::wasmtime()?.into(),
            "run".into(),
            "-C".into(),
            "cache=n".into(),
            "-C".into(),
            self.option.into(),
        ])
    }
}

struct Command(InstancePre<WasiP1Ctx>);

impl WasiCommand for Command {
    fn run(&mut self, args: &[&str]) -> Result<Run> {
        self.run_with(WasiCtxBuilder::new().args(args))
    }

    fn run_in(&mut self, args: &[&str], folder: &Path) -> Result<Run> {
        let mut builder = WasiCtxBuilder::new();
        // As its command line does: without it every call of a file goes to another thread.
        builder.args(args).allow_blocking_current_thread(true);
        builder.preopened_dir(folder, FOLDER, FsPerms::ReadWrite)?;
        self.run_with(&mut builder)
    }
}

impl Command {
    fn run_with(&mut self, builder: &mut WasiCtxBuilder) -> Result<Run> {
        let stdout = MemoryOutputPipe::new(1 << 16);
        let context = builder.stdout(stdout.clone()).build_p1();
        let mut store = Store::new(self.0.module().engine(), context);
        let instance = self.0.instantiate(&mut store)?;
        let entry = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
        let start = thread_time();
        let result = entry.call(&mut store, ());
        let time = thread_time() - start;
        if let Err(error) = result {
            ensure!(error.downcast_ref::<I32Exit>().is_some_and(|exit| exit.0 == 0), "{error:?}");
        }
        Ok(Run { time, stdout: stdout.contents().to_vec() })
    }
}

/// How long one try of an allocator goes on.
const TRIAL: Duration = Duration::from_millis(5);

/// The ways to allocate instances: as it comes, pooled, and pooled with the two settings that its documentation
/// names for frequent reuse, which reset in place what was dirtied.
fn allocators() -> [(&'static str, InstanceAllocationStrategy); 4] {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(100).total_memories(100).total_tables(100).table_elements(10_000);
    let mut resident = pool.clone();
    resident.linear_memory_keep_resident(128 << 10).table_keep_resident(128 << 10);
    let mut scanned = resident.clone();
    scanned.pagemap_scan(Enabled::Auto);
    [
        ("on demand", InstanceAllocationStrategy::OnDemand),
        ("pool", InstanceAllocationStrategy::Pooling(pool)),
        ("resident pool", InstanceAllocationStrategy::Pooling(resident)),
        ("resident pool with page scan", InstanceAllocationStrategy::Pooling(scanned)),
    ]
}

fn instantiate_with(engine: &Engine, case: &InstanceCase) -> Result<Instantiate> {
    let engine = engine.clone();
    let module = Module::new(&engine, &case.wasm)?;
    let expected = case.expected;
    let run = module.get_export_index("run").context("no export run")?;
    let pre = Linker::<()>::new(&engine).instantiate_pre(&module)?;
    Ok(Box::new(move |repetitions| {
        for _ in 0..repetitions {
            let mut store = Store::new(&engine, ());
            let instance = pre.instantiate(&mut store)?;
            let export = instance.get_module_export(&mut store, &run);
            let run = export.and_then(|e| e.into_func()).context("run is no function")?;
            let value = run.typed::<(), i32>(&store)?.call(&mut store, ())?;
            ensure!(value == expected, "expected {expected}, found {value}");
        }
        Ok(())
    }))
}
