//! The code of a module depends on the module and the settings alone.

use std::num::NonZero;

use wasmer_compiler::{CallMode, CompilerConfig, compile_module};
use wasmer_compiler_llvm::{LLVM, LLVMOptLevel};
use wasmer_compiler_testing::compile::options;
use wasmer_compiler_testing::hostile::SHAPES;
use wasmer_compiler_testing::machines::{self, Machine, features, reserved};
use wasmer_types::image::ModuleImage;

/// Functions that call each other across units, with traps, constants and tables of branches.
fn module() -> Vec<u8> {
    let functions: String = (0..600)
        .map(|number| {
            format!(
                "(func $f{number} (param i32 f64) (result i32)
                    (block $a (block $b (block $c (br_table $a $b $c $a (local.get 0)))
                        (f64.store (local.get 0) (f64.mul (local.get 1) (f64.const {number}.5))))
                        (return (i32.div_u (local.get 0) (i32.load offset={number} (local.get 0)))))
                    (call $f{} (i32.add (local.get 0) (i32.const {number})) (local.get 1)))\n",
                (number * 7 + 300) % 600
            )
        })
        .collect();
    wat::parse_str(format!("(module (memory 1) {functions})")).expect("a module")
}

fn compile(
    machine: &Machine,
    level: LLVMOptLevel,
    threads: usize,
    call_mode: CallMode,
    module: &[u8],
) -> ModuleImage {
    let mut config = LLVM::new();
    config.opt_level(level).num_threads(NonZero::new(threads).expect("a number of threads"));
    config.unwind_info(true);
    let compiler = Box::new(config).compiler();
    let options = options(&reserved, call_mode);
    compile_module(&*compiler, &features(), &machine.target(None), &options, module)
        .expect("the module is compiled")
}

fn assert_same(one: &ModuleImage, other: &ModuleImage, what: &str) {
    assert_eq!(one.compiler, other.compiler, "{what}");
    // All that there is: text, traps, addresses, unwind information.
    assert!(format!("{:?}", one.code) == format!("{:?}", other.code), "{what}");
}

#[test]
fn threads_make_no_difference() {
    let module = module();
    for machine in &machines::ALL {
        for mode in [CallMode::Direct, CallMode::Slots] {
            let image =
                |threads| compile(machine, LLVMOptLevel::Aggressive, threads, mode, &module);
            let one = image(1);
            for threads in [1, 2, 3] {
                assert_same(&one, &image(threads), &format!("{}, {threads}", machine.name));
            }
        }
    }
}

#[test]
fn a_module_is_compiled_the_same_again() {
    for machine in &machines::ALL {
        for shape in SHAPES {
            let module = (shape.make)(shape.size / 50);
            for level in [LLVMOptLevel::None, LLVMOptLevel::Aggressive] {
                let image = || compile(machine, level, 2, CallMode::Direct, &module);
                assert_same(&image(), &image(), shape.name);
            }
        }
    }
}
