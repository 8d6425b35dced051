//! Stores with middlewares, and a middleware that pays operator by operator.

use std::sync::Arc;

use wasmer::sys::{
    CompilerConfig, Cranelift, EngineBuilder, FunctionMiddleware, MiddlewareReaderState,
    ModuleMiddleware,
};
use wasmer::wasmparser::{BlockType, Operator};
use wasmer::{Instance, LocalFunctionIndex, MiddlewareError, ModuleInfo, Store, Value};
use wasmer_middlewares::metering::{MeteringPoints, get_remaining_points};
use wasmer_types::{ExportIndex, GlobalInit, GlobalType, Mutability, Type};

/// A store whose compiler has these middlewares.
pub(crate) fn store_with<const N: usize>(middlewares: [Arc<dyn ModuleMiddleware>; N]) -> Store {
    let mut compiler = Cranelift::default();
    compiler.canonicalize_nans(true);
    for middleware in middlewares {
        compiler.push_middleware(middleware);
    }
    Store::new(EngineBuilder::new(compiler))
}

/// The points that are left.
#[track_caller]
pub(crate) fn remaining(store: &mut Store, instance: &Instance) -> u64 {
    match get_remaining_points(store, instance) {
        MeteringPoints::Remaining(points) => points,
        MeteringPoints::Exhausted => panic!("the points ran out"),
    }
}

/// Pays for each operator alone, just before it, from the exported global `left`, and sets `exhausted` and traps when
/// that does not suffice. Slow, and without any idea of control.
#[derive(Clone, Debug)]
pub(crate) struct OneByOne {
    pub(crate) limit: u64,
    pub(crate) cost: fn(&Operator<'_>) -> u64,
}

impl OneByOne {
    /// What is left.
    pub(crate) fn left(store: &mut Store, instance: &Instance) -> u64 {
        match instance.exports.get_global("left").unwrap().get(store) {
            Value::I64(left) => left as u64,
            other => panic!("{other:?}"),
        }
    }

    /// Whether it did not suffice.
    pub(crate) fn is_exhausted(store: &mut Store, instance: &Instance) -> bool {
        instance.exports.get_global("exhausted").unwrap().get(store) == Value::I32(1)
    }
}

impl ModuleMiddleware for OneByOne {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        unreachable!("compilers name the module")
    }

    fn generate_function_middleware_of(
        &self,
        module: &ModuleInfo,
        _: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware> {
        let Some(ExportIndex::Global(left)) = module.exports.get("left") else { unreachable!() };
        Box::new(OneByOneIn { left: left.as_u32(), cost: self.cost })
    }

    fn transform_module_info(&self, info: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        let values = [
            ("left", Type::I64, GlobalInit::I64Const(self.limit as i64)),
            ("exhausted", Type::I32, GlobalInit::I32Const(0)),
        ];
        for (name, ty, value) in values {
            let global = info.globals.push(GlobalType::new(ty, Mutability::Var));
            info.global_initializers.push(value);
            info.exports.insert(name.to_owned(), ExportIndex::Global(global));
        }
        Ok(())
    }
}

#[derive(Debug)]
struct OneByOneIn {
    left: u32,
    cost: fn(&Operator<'_>) -> u64,
}

impl FunctionMiddleware for OneByOneIn {
    fn feed<'a>(
        &mut self,
        operator: Operator<'a>,
        state: &mut MiddlewareReaderState<'a>,
    ) -> Result<(), MiddlewareError> {
        let cost = Operator::I64Const { value: (self.cost)(&operator) as i64 };
        let left = Operator::GlobalGet { global_index: self.left };
        state.extend([
            left.clone(),
            cost.clone(),
            Operator::I64LtU,
            Operator::If { blockty: BlockType::Empty },
            Operator::I32Const { value: 1 },
            Operator::GlobalSet { global_index: self.left + 1 },
            Operator::Unreachable,
            Operator::End,
            left,
            cost,
            Operator::I64Sub,
            Operator::GlobalSet { global_index: self.left },
            operator,
        ]);
        Ok(())
    }
}
