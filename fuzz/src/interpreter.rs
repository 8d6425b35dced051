//! wasmi, an interpreter: what it computes has nothing to do with registers and instructions of machines.

use wasmi::errors::{ErrorKind, InstantiationError, MemoryError, TableError};
use wasmi::{
    AsContextMut, Caller, Config, Engine, Error, Extern, F32, F64, Func, FuncType, Global, Memory,
    MemoryType, Mutability, Nullable, Ref, RefType, Store, Table, TableType, TrapCode, Val,
    ValType,
};

use crate::case::{Case, FUEL_EXPORT};
use crate::machine::{
    self, End, Import, Instance, Kind, Log, Machine, State, Trap, Value, hash, host_global,
};

/// wasmi, built so that NaNs are canonical.
pub(crate) struct Interpreter(Engine);

/// What host functions fail with.
const HOST_ERROR: &str = "the host function fails";

impl Interpreter {
    pub(crate) fn new() -> Self {
        let mut config = Config::default();
        config.wasm_custom_page_sizes(true).wasm_wide_arithmetic(true).wasm_relaxed_simd(false);
        config.wasm_multi_memory(true).wasm_tail_call(false);
        // Fuel runs out first.
        config.set_max_recursion_depth(100_000).set_max_stack_height(1 << 26);
        Self(Engine::new(&config))
    }
}

impl Machine for Interpreter {
    fn name(&self) -> &str {
        "wasmi"
    }

    fn is_foreign(&self) -> bool {
        true
    }

    fn can_run(&self, case: &Case) -> bool {
        !case.ours_only
    }

    fn instantiate(&self, case: &Case) -> Result<Box<dyn Instance>, End> {
        let module = wasmi::Module::new(&self.0, &case.wasm).map_err(end)?;
        let mut store = Store::new(&self.0, Log::new());
        let imports = imports(&mut store, case).map_err(end)?;
        let instance = wasmi::Instance::new(&mut store, &module, &imports).map_err(end)?;
        Ok(Box::new(Running { store, instance, case: case.clone() }))
    }
}

fn imports(store: &mut Store<Log>, case: &Case) -> Result<Vec<Extern>, Error> {
    let mut imports = Vec::new();
    for (number, import) in case.imports.iter().enumerate() {
        imports.push(match import {
            Import::Function { params, results } => {
                host_function(store, number, params, results).into()
            }
            Import::Global { kind, mutable } => {
                let mutability = if *mutable { Mutability::Var } else { Mutability::Const };
                Global::new(&mut *store, value(&host_global(*kind)), mutability).into()
            }
            Import::Memory(ty) => {
                let mut builder = MemoryType::builder();
                builder.min(ty.initial).max(ty.maximum).memory64(ty.memory64);
                builder.page_size_log2(ty.page_size_log2.unwrap_or(16) as u8);
                Memory::new(&mut *store, builder.build().map_err(Error::from)?)?.into()
            }
            Import::Table { kind, ty } => {
                let (element, null) = match kind {
                    Kind::FuncRef => (RefType::Func, Ref::Func(Nullable::Null)),
                    _ => (RefType::Extern, Ref::Extern(Nullable::Null)),
                };
                let narrow = |size: u64| u32::try_from(size).map_err(|e| Error::new(e.to_string()));
                let ty = match ty.table64 {
                    true => TableType::new64(element, ty.initial, ty.maximum),
                    false => TableType::new(
                        element,
                        narrow(ty.initial)?,
                        ty.maximum.map(narrow).transpose()?,
                    ),
                };
                Table::new(&mut *store, ty, null)?.into()
            }
        });
    }
    // It wants them by kind.
    imports.sort_by_key(|import| match import {
        Extern::Func(_) => 0,
        Extern::Table(_) => 1,
        Extern::Memory(_) => 2,
        Extern::Global(_) => 3,
    });
    Ok(imports)
}

fn host_function(store: &mut Store<Log>, number: usize, params: &[Kind], results: &[Kind]) -> Func {
    let types = |kinds: &[Kind]| kinds.iter().map(|kind| ty(*kind)).collect::<Vec<_>>();
    let signature = FuncType::new(types(params), types(results));
    let kinds = results.to_vec();
    let run = move |mut caller: Caller<'_, Log>, arguments: &[Val], results: &mut [Val]| {
        let arguments: Vec<_> = arguments.iter().map(seen).collect();
        let returned = machine::host_function(number, &arguments, &kinds);
        caller.data_mut().push((number, arguments));
        let returned = returned.ok_or_else(|| Error::new(HOST_ERROR))?;
        for (result, returned) in results.iter_mut().zip(&returned) {
            *result = value(returned);
        }
        Ok(())
    };
    Func::new(store, signature, run)
}

struct Running {
    store: Store<Log>,
    instance: wasmi::Instance,
    case: Case,
}

impl Instance for Running {
    fn set_fuel(&mut self, fuel: i32) {
        if let Some(global) = self.instance.get_global(&self.store, FUEL_EXPORT) {
            global.set(&mut self.store, Val::I32(fuel)).expect("the fuel is variable");
        }
    }

    fn call(&mut self, function: &str, arguments: &[Value]) -> End {
        let Some(function) = self.instance.get_func(&self.store, function) else {
            return End::Failed(format!("{function} is no function"));
        };
        let arguments: Vec<_> = arguments.iter().map(value).collect();
        let ty = function.ty(&self.store);
        let mut results: Vec<_> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
        match function.call(self.store.as_context_mut(), &arguments, &mut results) {
            Ok(()) => End::Values(results.iter().map(seen).collect()),
            Err(error) => end(error),
        }
    }

    fn state(&mut self) -> State {
        let mut state = State { log: self.store.data().clone(), ..State::default() };
        let (store, exports) = (&self.store, &self.case.exports);
        let export = |name| self.instance.get_export(store, name);
        for name in &exports.globals {
            if let Some(Extern::Global(global)) = export(name) {
                state.globals.push(seen(&global.get(store)));
            }
        }
        for name in &exports.memories {
            if let Some(Extern::Memory(memory)) = export(name) {
                let bytes = memory.data(store);
                state.memories.push((bytes.len() as u64, hash(bytes)));
            }
        }
        for name in &exports.tables {
            if let Some(Extern::Table(table)) = export(name) {
                let null = |index| {
                    let entry = table.get(store, index);
                    matches!(entry, Some(Ref::Func(Nullable::Null) | Ref::Extern(Nullable::Null)))
                };
                state.tables.push((0..table.size(store)).map(null).collect());
            }
        }
        state
    }
}

fn ty(kind: Kind) -> ValType {
    match kind {
        Kind::I32 => ValType::I32,
        Kind::I64 => ValType::I64,
        Kind::F32 => ValType::F32,
        Kind::F64 => ValType::F64,
        Kind::V128 => ValType::V128,
        Kind::FuncRef => ValType::FuncRef,
        Kind::ExternRef => ValType::ExternRef,
    }
}

fn value(value: &Value) -> Val {
    match *value {
        Value::I32(v) => Val::I32(v),
        Value::I64(v) => Val::I64(v),
        Value::F32(v) => Val::F32(F32::from_bits(v)),
        Value::F64(v) => Val::F64(F64::from_bits(v)),
        Value::V128(v) => Val::V128(v.into()),
        Value::Null(Kind::FuncRef) => Val::FuncRef(Nullable::Null),
        Value::Null(_) | Value::Reference => Val::ExternRef(Nullable::Null),
    }
}

fn seen(value: &Val) -> Value {
    match value {
        Val::I32(v) => Value::I32(*v),
        Val::I64(v) => Value::I64(*v),
        Val::F32(v) => Value::F32(v.to_bits()),
        Val::F64(v) => Value::F64(v.to_bits()),
        Val::V128(v) => Value::V128(v.as_u128()),
        Val::FuncRef(Nullable::Null) => Value::Null(Kind::FuncRef),
        Val::ExternRef(Nullable::Null) => Value::Null(Kind::ExternRef),
        Val::FuncRef(_) | Val::ExternRef(_) => Value::Reference,
    }
}

fn end(error: Error) -> End {
    let failed = End::Failed(error.to_string());
    let code = match error.kind() {
        ErrorKind::Message(text) if &**text == HOST_ERROR => return End::Trap(Trap::Host),
        ErrorKind::TrapCode(code) => *code,
        ErrorKind::Memory(MemoryError::OutOfBoundsAccess) => TrapCode::MemoryOutOfBounds,
        ErrorKind::Table(TableError::InitOutOfBounds)
        | ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => {
            TrapCode::TableOutOfBounds
        }
        _ => return failed,
    };
    End::Trap(match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::MemoryBounds,
        TrapCode::TableOutOfBounds => Trap::TableBounds,
        TrapCode::IndirectCallToNull => Trap::CallOfNull,
        TrapCode::BadSignature => Trap::Signature,
        TrapCode::IntegerOverflow => Trap::Overflow,
        TrapCode::IntegerDivisionByZero => Trap::DivideByZero,
        TrapCode::BadConversionToInteger => Trap::Conversion,
        TrapCode::StackOverflow => return End::StackOverflow,
        _ => return failed,
    })
}
