//! How long it takes to make and drop a store with one instance, on one thread and on two.
//!
//! ```text
//! cargo run --release -p wasmer-vm --example instantiate
//! ```
#![expect(clippy::print_stdout, reason = "this is what it is for")]

use std::ptr::NonNull;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use wasmer_types::image::{CodeImage, FunctionExtent, ModuleImage};
use wasmer_types::{
    BuiltinFunction, DataPlacement, DataSegment, ElementItems, ElementPlacement, ElementSegment,
    ExportIndex, FunctionIndex, FunctionType, InitExpr, InitExprOp, MemoryIndex, MemoryType,
    ModuleInfo, SignatureIndex, TableIndex, TableType, Target, Type,
};
use wasmer_vm::{
    BaseTunables, LinearMemory, LoadedModule, StoreObjects, Tunables, VMContext, VMExtern,
    VMInstance, VMStoreContext, enter, instantiate,
};

/// A module, and what its function would do: write to these addresses, and call these table elements.
struct Case {
    name: &'static str,
    module: Arc<LoadedModule>,
    writes: &'static [usize],
    calls: &'static [u64],
}

fn load(info: ModuleInfo, data: Vec<u8>) -> Arc<LoadedModule> {
    let tunables = BaseTunables::new();
    let count = info.local_func_count();
    let functions = (0..count as u32)
        .map(|n| FunctionExtent { offset: n, length: 1, wasm_offset: 0 })
        .collect();
    let image = ModuleImage {
        memory_styles: info.memories.values().map(|ty| tunables.memory_style(ty)).collect(),
        table_styles: info.tables.values().map(|ty| tunables.table_style(ty)).collect(),
        info: Arc::new(info),
        target: Target::default(),
        compiler: String::new(),
        code: CodeImage { text: vec![0xc3; count], functions, ..CodeImage::default() },
        data: data.into(),
    };
    // SAFETY: nobody runs the code.
    unsafe { LoadedModule::new(image) }.expect("the module can be loaded")
}

fn info(functions: usize) -> ModuleInfo {
    let mut info = ModuleInfo::new();
    info.no_table_set = true;
    info.signatures.push(FunctionType::new([Type::I32], []));
    for _ in 0..functions {
        let function = info.functions.push(SignatureIndex::from_u32(0));
        info.escape(function);
    }
    info.exports.insert("f".to_owned(), ExportIndex::Function(FunctionIndex::from_u32(0)));
    info
}

fn cases() -> [Case; 4] {
    let zero = || InitExpr::new([InitExprOp::I32Const(0)]);
    let with_memory = |pages, data: usize| {
        let mut info = info(1);
        let memory = info.memories.push(MemoryType::new(pages, None, false));
        let placement = DataPlacement::Active { memory, offset: zero() };
        info.data_segments.push(DataSegment { placement, data: 0..data });
        load(info, vec![0x5a; data])
    };
    let mut table = info(10_000);
    table.tables.push(TableType::new(Type::FuncRef, 10_000, None));
    table.element_segments.push(ElementSegment {
        placement: ElementPlacement::Active { table: TableIndex::from_u32(0), offset: zero() },
        ty: Type::FuncRef,
        items: ElementItems::Functions((0..10_000).map(FunctionIndex::from_u32).collect()),
    });
    [
        Case { name: "tiny", module: load(info(1), Vec::new()), writes: &[], calls: &[] },
        Case {
            name: "17 pages",
            module: with_memory(17, 64),
            writes: &[1024, 65536, 17 * 65536 - 8],
            calls: &[],
        },
        Case {
            name: "1 MiB of data",
            module: with_memory(17, 1 << 20),
            writes: &[16, 500_000, 17 * 65536 - 8],
            calls: &[],
        },
        Case {
            name: "10,000-entry table",
            module: load(table, Vec::new()),
            writes: &[],
            calls: &[7, 9_999],
        },
    ]
}

/// Makes a store and an instance, does what the case says, and drops both.
fn run(case: &Case, tunables: &BaseTunables) {
    let mut context = Box::new(VMStoreContext::default());
    let context = NonNull::from(&mut *context);
    let mut objects = StoreObjects::default();
    // SAFETY: the context belongs to this store.
    let made = unsafe { instantiate(&mut objects, context, &case.module, &[], tunables) };
    let handle = made.expect("there is enough memory");
    let export = ExportIndex::Function(FunctionIndex::from_u32(0));
    let function = VMInstance::export(handle, export, &mut objects);
    assert!(matches!(function, VMExtern::Function(_)));
    if !case.writes.is_empty() {
        let memory = ExportIndex::Memory(MemoryIndex::from_u32(0));
        let VMExtern::Memory(memory) = VMInstance::export(handle, memory, &mut objects) else {
            return;
        };
        let memory = memory.get(&objects).vmmemory();
        for &address in case.writes {
            // SAFETY: the memory is alive and has 17 pages.
            unsafe { (*memory.as_ptr()).base.add(address).write_volatile(1) };
        }
    }
    if !case.calls.is_empty() {
        let vmctx = handle.get(&objects).vmctx();
        let resolve = || {
            // SAFETY: the builtin has this type, and the table these elements.
            unsafe {
                let builtins = (*vmctx.as_ptr()).builtins.cast::<*const ()>();
                let at = BuiltinFunction::table_resolve.index() as usize;
                let resolve: unsafe extern "C" fn(NonNull<VMContext>, u32, u64) -> usize =
                    std::mem::transmute(*builtins.add(at));
                case.calls.iter().map(|&index| resolve(vmctx, 0, index)).fold(0, |a, b| a ^ b)
            }
        };
        // SAFETY: the store is this one.
        let called = unsafe { enter(context, resolve) };
        assert!(called.is_ok_and(|value| value != 0));
    }
}

/// Processor time that this thread has used. On a busy machine it says more than the clock on the wall.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Rounds per second of each of `threads`, together.
fn rate(case: &Case, threads: usize) -> f64 {
    let tunables = BaseTunables::new();
    let barrier = Barrier::new(threads);
    let time = Duration::from_millis(200);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    (0..1000).for_each(|_| run(case, &tunables));
                    barrier.wait();
                    let (start, mut rounds) = (thread_time(), 0);
                    while thread_time() - start < time {
                        (0..100).for_each(|_| run(case, &tunables));
                        rounds += 100;
                    }
                    f64::from(rounds) / (thread_time() - start).as_secs_f64()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker ends")).sum()
    })
}

fn main() {
    println!("{:20} {:>10} {:>12}", "", "ns", "two threads");
    let only = std::env::args().nth(1);
    for case in cases() {
        if only.as_ref().is_some_and(|only| !case.name.contains(only)) {
            continue;
        }
        let best = |threads| (0..5).map(|_| rate(&case, threads)).fold(0.0, f64::max);
        let (one, two) = (best(1), best(2));
        println!("{:20} {:10.0} {:11.2}x", case.name, 1e9 / one, two / one);
    }
}
