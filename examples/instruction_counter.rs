//! A middleware of one's own: counts how many operators of each kind are executed.
//!
//! The middleware adds a global for each kind, and in each function, before every operator, code that increments one
//! of them. The host reads the globals, which are exported.

use std::error::Error;
use std::sync::Arc;

use wasmer::sys::{
    CompilerConfig, Cranelift, EngineBuilder, FunctionMiddleware, MiddlewareReaderState,
    ModuleMiddleware,
};
use wasmer::wasmparser::Operator;
use wasmer::{
    Instance, LocalFunctionIndex, MiddlewareError, Module, ModuleInfo, Store, Value, imports,
};
use wasmer_types::{ExportIndex, GlobalIndex, GlobalInit, GlobalType, Mutability, Type};

/// Kinds of operators, and the names of their counters.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Calls,
    MemoryAccesses,
    Others,
}

impl Kind {
    const ALL: [(Kind, &str); 3] = [
        (Kind::Calls, "count_calls"),
        (Kind::MemoryAccesses, "count_memory_accesses"),
        (Kind::Others, "count_others"),
    ];

    fn of(operator: &Operator<'_>) -> Self {
        match operator {
            Operator::Call { .. } | Operator::CallIndirect { .. } => Kind::Calls,
            Operator::I32Load { .. } | Operator::I32Store { .. } => Kind::MemoryAccesses,
            _ => Kind::Others,
        }
    }
}

/// The middleware for all modules that a compiler compiles.
#[derive(Debug)]
struct Counter;

impl ModuleMiddleware for Counter {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        // Without the module it is not known which globals they are, and nothing is counted.
        Box::new(FunctionCounter { counters: None })
    }

    fn generate_function_middleware_of(
        &self,
        module: &ModuleInfo,
        _: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware> {
        let counter = |(_, name): (Kind, &str)| match module.exports.get(name) {
            Some(ExportIndex::Global(index)) => Some(*index),
            _ => None,
        };
        let [calls, accesses, others] = Kind::ALL.map(counter);
        let counters = calls.zip(accesses).zip(others).map(|((a, b), c)| [a, b, c]);
        Box::new(FunctionCounter { counters })
    }

    fn transform_module_info(&self, module: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        for (_, name) in Kind::ALL {
            let global = module.globals.push(GlobalType::new(Type::I64, Mutability::Var));
            module.global_initializers.push(GlobalInit::I64Const(0));
            let old = module.exports.insert(name.to_owned(), ExportIndex::Global(global));
            if old.is_some() {
                let reason = format!("the module has an export {name}");
                return Err(MiddlewareError::new("Counter", reason));
            }
        }
        Ok(())
    }
}

/// The middleware for one function.
#[derive(Debug)]
struct FunctionCounter {
    counters: Option<[GlobalIndex; 3]>,
}

impl FunctionMiddleware for FunctionCounter {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        if let Some(counters) = self.counters {
            let global_index = counters[Kind::of(&operator) as usize].as_u32();
            state.extend([
                Operator::GlobalGet { global_index },
                Operator::I64Const { value: 1 },
                Operator::I64Add,
                Operator::GlobalSet { global_index },
            ]);
        }
        state.push_operator(operator);
        Ok(())
    }
}

/// Adds up the numbers in memory.
const MODULE: &str = r#"(module
    (memory (export "memory") 1)
    (func $load (param $at i32) (result i32) (i32.load (local.get $at)))
    (func (export "sum") (param $count i32) (result i32) (local $sum i32)
        (block $done
            (loop $next
                (br_if $done (i32.eqz (local.get $count)))
                (local.set $count (i32.sub (local.get $count) (i32.const 1)))
                (local.set $sum (i32.add (local.get $sum)
                    (call $load (i32.mul (local.get $count) (i32.const 4)))))
                (br $next)))
        (local.get $sum)))"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut compiler = Cranelift::default();
    compiler.push_middleware(Arc::new(Counter));
    let mut store = Store::new(EngineBuilder::new(compiler));
    let module = Module::new(&store, MODULE)?;
    let instance = Instance::new(&mut store, &module, &imports! {})?;
    let sum = instance.exports.get_typed_function::<i32, i32>(&store, "sum")?;
    sum.call(&mut store, 10)?;

    let mut counts = [0; 3];
    for (kind, name) in Kind::ALL {
        let Value::I64(count) = instance.exports.get_global(name)?.get(&mut store) else {
            return Err(format!("the counter {name} is an i64").into());
        };
        println!("{kind:?}: {count}");
        counts[kind as usize] = count;
    }
    // Ten calls of `$load`, each with one access.
    assert_eq!(counts[..2], [10, 10]);
    Ok(())
}

// Prints:
// Calls: 10
// MemoryAccesses: 10
// Others: 167
