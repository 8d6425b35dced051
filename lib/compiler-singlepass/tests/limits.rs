//! Modules that are built to be expensive: each is compiled, no stack overflows, and twice the module takes twice the
//! work.

use std::thread;

use wasmer_compiler::CompilerConfig;
use wasmer_compiler_singlepass::Singlepass;
use wasmer_compiler_testing::work::{CountingAllocator, compile, doubles};
use wasmer_compiler_testing::{hostile, machines};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// One test, as allocations of others would count. It has a stack of 1 MiB.
#[test]
fn work_grows_with_the_size() {
    let work = || {
        let mut failures = Vec::new();
        for machine in &machines::ALL {
            let compiler = Box::new(Singlepass::new()).compiler();
            let target = machine.target(Some(machine.common));
            for shape in hostile::SHAPES {
                failures.extend(doubles(&*compiler, &target, shape).err());
                compile(&*compiler, &target, &(shape.make)(shape.largest));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    };
    let thread = thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
