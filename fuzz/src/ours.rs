//! The compilers of this workspace.

use std::sync::{Arc, Mutex};

use wasmer::{
    BackendKind, CompileError, Engine, Extern, Function, FunctionType, Global, IndexType,
    InstantiationError, LinkError, Memory, MemoryFormat, MemoryType, Pages, RuntimeError, Store,
    Table, TableType, TrapCode, Type,
};
use wasmer_tests::backend::{self, Memories};
use wasmer_tests::proposals::Era;

use crate::case::{Case, FUEL_EXPORT, Nans};
use crate::machine::{
    self, End, Import, Instance, Kind, Log, Machine, State, Trap, Value, hash, host_global,
};

/// A compiler with a kind of memories.
#[derive(Debug)]
pub(crate) struct Ours {
    name: String,
    engine: Engine,
    canonicalizing: Engine,
}

impl Ours {
    pub(crate) fn new(compiler: BackendKind, memories: Memories) -> Self {
        let features = Era::Today.features();
        let mut canonicalizing = compiler.config().expect("it is a compiler");
        canonicalizing.canonicalize_nans(true);
        Self {
            name: format!("{}, {} memories", compiler.name(), memories.name()),
            engine: backend::engine(compiler, memories, &features),
            canonicalizing: backend::engine_with(canonicalizing, memories, &features),
        }
    }
}

/// An error of a host function.
#[derive(Debug)]
struct HostError;

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host function fails")
    }
}

impl std::error::Error for HostError {}

impl Machine for Ours {
    fn name(&self) -> &str {
        &self.name
    }

    fn can_run(&self, _: &Case) -> bool {
        true
    }

    fn instantiate(&self, case: &Case) -> Result<Box<dyn Instance>, End> {
        let engine = match case.nans {
            Nans::InModule => &self.engine,
            Nans::ByCompiler => &self.canonicalizing,
        };
        let failed = |error: &dyn std::fmt::Display| End::Failed(error.to_string());
        let module = wasmer::Module::from_binary(engine, &case.wasm);
        let module = module.map_err(|error| match error {
            CompileError::UnsupportedFeature(_) => End::Unsupported,
            other => failed(&other),
        })?;
        let mut store = Store::new(engine.clone());
        let log = Arc::default();
        let imports = imports(&mut store, case, &log).map_err(|error| failed(&error))?;
        let instance = wasmer::Instance::new_by_index(&mut store, &module, &imports);
        let instance = instance.map_err(|error| match error {
            InstantiationError::Start(error) | InstantiationError::Link(LinkError::Trap(error)) => {
                end(error)
            }
            other => failed(&other),
        })?;
        Ok(Box::new(Running { store, instance, log, case: case.clone() }))
    }
}

fn imports(store: &mut Store, case: &Case, log: &Arc<Mutex<Log>>) -> anyhow::Result<Vec<Extern>> {
    let index = |wide: bool| if wide { IndexType::I64 } else { IndexType::I32 };
    let mut imports = Vec::new();
    for (number, import) in case.imports.iter().enumerate() {
        imports.push(match import {
            Import::Function { params, results } => {
                host_function(store, number, params, results, log.clone()).into()
            }
            Import::Global { kind, mutable } => {
                let value = value(&host_global(*kind));
                match mutable {
                    true => Global::new_mut(store, value).into(),
                    false => Global::new(store, value).into(),
                }
            }
            Import::Memory(ty) => {
                let pages = |pages: u64| u32::try_from(pages).map(Pages);
                let maximum = ty.maximum.map(pages).transpose()?;
                let memory = MemoryType::new(pages(ty.initial)?, maximum, ty.shared);
                let format = MemoryFormat {
                    index: index(ty.memory64),
                    page_size_log2: ty.page_size_log2.unwrap_or(16) as u8,
                };
                Memory::new_with_format(store, memory, format)?.into()
            }
            Import::Table { kind, ty: table } => {
                let maximum = table.maximum.map(u32::try_from).transpose()?;
                let made = TableType::new(ty(*kind), table.initial.try_into()?, maximum);
                let null = value(&Value::Null(*kind));
                Table::new_with_index(store, made, index(table.table64), null)?.into()
            }
        });
    }
    Ok(imports)
}

fn host_function(
    store: &mut Store,
    number: usize,
    params: &[Kind],
    results: &[Kind],
    log: Arc<Mutex<Log>>,
) -> Function {
    let types = |kinds: &[Kind]| kinds.iter().map(|kind| ty(*kind)).collect::<Vec<_>>();
    let signature = FunctionType::new(types(params), types(results));
    let results = results.to_vec();
    Function::new(store, signature, move |arguments| {
        let arguments: Vec<_> = arguments.iter().map(seen).collect();
        let returned = machine::host_function(number, &arguments, &results);
        log.lock().expect("nothing panics with it").push((number, arguments));
        let returned = returned.ok_or_else(|| RuntimeError::user(Box::new(HostError)))?;
        Ok(returned.iter().map(value).collect())
    })
}

struct Running {
    store: Store,
    instance: wasmer::Instance,
    log: Arc<Mutex<Log>>,
    case: Case,
}

impl Running {
    fn export(&self, name: &str) -> &Extern {
        self.instance.exports.get_extern(name).expect("the module was validated with its exports")
    }
}

impl Instance for Running {
    fn set_fuel(&mut self, fuel: i32) {
        if let Some(Extern::Global(global)) = self.instance.exports.get_extern(FUEL_EXPORT) {
            let global = global.clone();
            global.set(&mut self.store, wasmer::Value::I32(fuel)).expect("the fuel is variable");
        }
    }

    fn call(&mut self, function: &str, arguments: &[Value]) -> End {
        let Extern::Function(function) = self.export(function).clone() else {
            return End::Failed(format!("{function} is no function"));
        };
        let arguments: Vec<_> = arguments.iter().map(value).collect();
        match function.call(&mut self.store, &arguments) {
            Ok(results) => End::Values(results.iter().map(seen).collect()),
            Err(error) => end(error),
        }
    }

    fn state(&mut self) -> State {
        let exports = self.case.exports.clone();
        let mut state = State::default();
        for name in &exports.globals {
            if let Extern::Global(global) = self.export(name).clone() {
                state.globals.push(seen(&global.get(&mut self.store)));
            }
        }
        for name in &exports.memories {
            if let Extern::Memory(memory) = self.export(name) {
                let bytes = memory.view(&self.store).copy_to_vec().expect("all of it is there");
                state.memories.push((bytes.len() as u64, hash(&bytes)));
            }
        }
        for name in &exports.tables {
            if let Extern::Table(table) = self.export(name).clone() {
                let size = table.size(&self.store);
                let entry = |index| {
                    let value = table.get(&mut self.store, index).expect("it is within bounds");
                    matches!(seen(&value), Value::Null(_))
                };
                state.tables.push((0..size).map(entry).collect());
            }
        }
        state.log = self.log.lock().expect("nothing panics with it").clone();
        state
    }
}

fn ty(kind: Kind) -> Type {
    match kind {
        Kind::I32 => Type::I32,
        Kind::I64 => Type::I64,
        Kind::F32 => Type::F32,
        Kind::F64 => Type::F64,
        Kind::V128 => Type::V128,
        Kind::FuncRef => Type::FuncRef,
        Kind::ExternRef => Type::ExternRef,
    }
}

fn value(value: &Value) -> wasmer::Value {
    match *value {
        Value::I32(v) => wasmer::Value::I32(v),
        Value::I64(v) => wasmer::Value::I64(v),
        Value::F32(v) => wasmer::Value::F32(f32::from_bits(v)),
        Value::F64(v) => wasmer::Value::F64(f64::from_bits(v)),
        Value::V128(v) => wasmer::Value::V128(v),
        Value::Null(Kind::FuncRef) => wasmer::Value::FuncRef(None),
        Value::Null(_) | Value::Reference => wasmer::Value::ExternRef(None),
    }
}

fn seen(value: &wasmer::Value) -> Value {
    match value {
        wasmer::Value::I32(v) => Value::I32(*v),
        wasmer::Value::I64(v) => Value::I64(*v),
        wasmer::Value::F32(v) => Value::F32(v.to_bits()),
        wasmer::Value::F64(v) => Value::F64(v.to_bits()),
        wasmer::Value::V128(v) => Value::V128(*v),
        wasmer::Value::FuncRef(None) => Value::Null(Kind::FuncRef),
        wasmer::Value::ExternRef(None) => Value::Null(Kind::ExternRef),
        _ => Value::Reference,
    }
}

fn end(error: RuntimeError) -> End {
    if error.is::<HostError>() {
        return End::Trap(Trap::Host);
    }
    let text = error.to_string();
    End::Trap(match error.to_trap() {
        Some(TrapCode::UnreachableCodeReached) => Trap::Unreachable,
        Some(TrapCode::HeapAccessOutOfBounds) => Trap::MemoryBounds,
        Some(TrapCode::HeapMisaligned | TrapCode::UnalignedAtomic) => Trap::Misaligned,
        Some(TrapCode::TableAccessOutOfBounds) => Trap::TableBounds,
        Some(TrapCode::IndirectCallToNull) => Trap::CallOfNull,
        Some(TrapCode::BadSignature) => Trap::Signature,
        Some(TrapCode::IntegerOverflow) => Trap::Overflow,
        Some(TrapCode::IntegerDivisionByZero) => Trap::DivideByZero,
        Some(TrapCode::BadConversionToInteger) => Trap::Conversion,
        Some(TrapCode::StackOverflow) => return End::StackOverflow,
        _ => return End::Failed(text),
    })
}
