//! Metering: a module can execute as much as was paid for, and not more.
//!
//! ```
//! use std::sync::Arc;
//! use wasmer::sys::{CompilerConfig, Cranelift, EngineBuilder};
//! use wasmer::wasmparser::Operator;
//! use wasmer::{Instance, Module, Store, imports};
//! use wasmer_middlewares::Metering;
//! use wasmer_middlewares::metering::{MeteringPoints, get_remaining_points, set_remaining_points};
//!
//! # fn main() -> anyhow::Result<()> {
//! let cost = |operator: &Operator| match operator {
//!     Operator::LocalGet { .. } | Operator::I32Const { .. } => 1,
//!     Operator::I32Add => 2,
//!     _ => 0,
//! };
//! let mut compiler = Cranelift::default();
//! compiler.push_middleware(Arc::new(Metering::new(10, cost)));
//! let mut store = Store::new(EngineBuilder::new(compiler));
//!
//! let module = Module::new(
//!     &store,
//!     r#"(module (func (export "add_one") (param i32) (result i32)
//!         (i32.add (local.get 0) (i32.const 1))))"#,
//! )?;
//! let instance = Instance::new(&mut store, &module, &imports! {})?;
//! let add_one = instance.exports.get_typed_function::<i32, i32>(&store, "add_one")?;
//!
//! // Each call costs 4.
//! add_one.call(&mut store, 1)?;
//! assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Remaining(6));
//! add_one.call(&mut store, 1)?;
//! assert!(add_one.call(&mut store, 1).is_err());
//! assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Exhausted);
//!
//! set_remaining_points(&mut store, &instance, 4);
//! add_one.call(&mut store, 1)?;
//! assert_eq!(get_remaining_points(&mut store, &instance), MeteringPoints::Remaining(0));
//! # Ok(())
//! # }
//! ```
//!
//! # What is paid, and when
//!
//! An operator costs what the function says that was given to [`Metering::new`], each time that control passes it.
//! A branch goes on behind the `loop` or the `end` that it leads to, so that is not paid again, and what
//! can't be reached costs nothing. `else` is the end of the first arm and is paid there.
//!
//! Operators are paid for together, a *run* at a time, before the first of them is executed. A run is a sequence
//! of operators of which all are executed when the first one is; it ends at each branch, call and return. If there
//! are fewer points left than the run costs, none of it is executed and none of it is paid: the instance is marked
//! as exhausted and the trap `unreachable` happens. So
//!
//! - when a function has returned, exactly the operators that were executed are paid,
//! - a host function sees exactly what was executed before it, the call included, and may set the points,
//! - when anything else traps in the middle of a run, the rest of the run was paid too.
//!
//! The start function is paid from the points that were given to [`Metering::new`].
//!
//! Points don't wrap around: a run whose cost does not fit in 64 bits is paid in parts, and is never executed as a
//! whole.
//!
//! # Where the points are
//!
//! Each instance has its own, in two globals that it exports: `wasmer_metering_remaining_points`, an `i64` that is to
//! be read as a `u64`, and `wasmer_metering_points_exhausted`, an `i32` that is 1 when the points ran out.
//! Code of the module can't name them. A module that has exports of these names itself is not compiled, and
//! neither is one that imports writable globals of these names, which could be the points of another instance. If
//! you hand the exports of one instance to another module that is *not* metered, leave the two globals out.
//!
//! # Caches
//!
//! A module that was compiled may be kept and loaded later, as `wasmer-cache` does. It must not be taken for one that was
//! metered with another cost function, and nobody can see what a closure does. So modules that are metered are not found
//! in caches, unless the cost function was given a name ([`Metering::with_id`]).
//!
//! # What it costs
//!
//! A run that costs anything begins with a comparison, a branch that is not taken, a subtraction and a store. Where a
//! compiler keeps the points in a register ([`FunctionMiddleware::frequent_globals`]), they are loaded
//! only at the beginning of functions and behind calls.

mod control;
mod function;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use wasmer::sys::{FunctionMiddleware, ModuleMiddleware};
use wasmer::wasmparser::Operator;
use wasmer::{AsStoreMut, Global, Instance, Value};
use wasmer_types::{
    ExportIndex, GlobalIndex, GlobalInit, GlobalType, ImportIndex, LocalFunctionIndex,
    MiddlewareError, ModuleInfo, Mutability, Type,
};

use self::control::Flow;
pub use self::function::FunctionMetering;

/// Name of the exported global that holds the points.
const POINTS: &str = "wasmer_metering_remaining_points";
/// Name of the exported global that says whether they ran out.
const EXHAUSTED: &str = "wasmer_metering_points_exhausted";

/// The name of this middleware in errors.
const NAME: &str = "Metering";

/// The middleware that makes modules pay for what they execute.
///
/// It is added to the settings of a compiler, and then meters every module that the compiler compiles. See the
/// [module](self) for what is paid and when.
pub struct Metering<F: Fn(&Operator) -> u64 + Send + Sync> {
    initial_limit: u64,
    cost_function: Arc<F>,
    /// The name of the cost function.
    id: Option<String>,
    /// For those who ask for the middleware of a function without the module.
    last: Mutex<Last>,
}

/// Numbers of the two globals in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Globals {
    points: GlobalIndex,
    exhausted: GlobalIndex,
}

/// The modules to which globals were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    None,
    /// One or more, with these numbers.
    Equal(Globals),
    Different,
}

impl<F: Fn(&Operator) -> u64 + Send + Sync> Metering<F> {
    /// Instances have `initial_limit` points when they are made. `cost_function` says what each operator costs,
    /// in points; it is called when a module is compiled, and must return the same for the same operator.
    pub fn new(initial_limit: u64, cost_function: F) -> Self {
        let cost_function = Arc::new(cost_function);
        Self { initial_limit, cost_function, id: None, last: Mutex::new(Last::None) }
    }

    /// Names the cost function, so that caches can tell modules that were metered with it from others.
    ///
    /// Change the name whenever the function changes: a module that was compiled with one function of this name is taken
    /// for what any other of this name would make. Functions that depend on parameters have them in their names.
    ///
    /// ```
    /// use wasmer_middlewares::Metering;
    ///
    /// let price = 3;
    /// let metering = Metering::new(1000, move |_| price).with_id(format!("my program, price {price}, 1"));
    /// ```
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl<F: Fn(&Operator) -> u64 + Send + Sync> fmt::Debug for Metering<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metering")
            .field("initial_limit", &self.initial_limit)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<F: Fn(&Operator) -> u64 + Send + Sync + 'static> ModuleMiddleware for Metering<F> {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        let globals = match *self.last.lock().unwrap_or_else(PoisonError::into_inner) {
            Last::Equal(globals) => Ok(globals),
            Last::None => Err("the module's description was not transformed"),
            Last::Different => Err("several modules are metered: it must be said which one it is"),
        };
        Box::new(FunctionMetering::new(self.cost_function.clone(), globals))
    }

    fn generate_function_middleware_of(
        &self,
        module: &ModuleInfo,
        _: LocalFunctionIndex,
    ) -> Box<dyn FunctionMiddleware> {
        let globals = Globals::find(module).ok_or("another middleware took the globals away");
        Box::new(FunctionMetering::new(self.cost_function.clone(), globals))
    }

    fn deterministic_id(&self) -> Option<String> {
        let (version, limit) = (env!("CARGO_PKG_VERSION"), self.initial_limit);
        Some(format!("wasmer-middlewares {version} metering {limit} {}", self.id.as_ref()?))
    }

    /// # Errors
    ///
    /// When the module has exports, or imports of writable globals, with the names of those that are added.
    fn transform_module_info(&self, module: &mut ModuleInfo) -> Result<(), MiddlewareError> {
        check_names(module)?;
        let points = GlobalInit::I64Const(self.initial_limit as i64);
        let globals = Globals {
            points: add_global(module, POINTS, Type::I64, points),
            exhausted: add_global(module, EXHAUSTED, Type::I32, GlobalInit::I32Const(0)),
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            Last::None => Last::Equal(globals),
            same if same == Last::Equal(globals) => same,
            _ => Last::Different,
        };
        Ok(())
    }
}

impl Globals {
    /// Those of a module that was transformed.
    fn find(module: &ModuleInfo) -> Option<Self> {
        let find = |name, ty| match module.exports.get(name) {
            Some(ExportIndex::Global(index))
                if module.globals.get(*index) == Some(&GlobalType::new(ty, Mutability::Var)) =>
            {
                Some(*index)
            }
            _ => None,
        };
        Some(Self { points: find(POINTS, Type::I64)?, exhausted: find(EXHAUSTED, Type::I32)? })
    }
}

/// Adds an exported global that can be written.
fn add_global(module: &mut ModuleInfo, name: &str, ty: Type, init: GlobalInit) -> GlobalIndex {
    let index = module.globals.push(GlobalType::new(ty, Mutability::Var));
    module.global_initializers.push(init);
    module.exports.insert(name.to_owned(), ExportIndex::Global(index));
    index
}

/// Checks that the module has nothing that could be mistaken for the globals that are to be added, and does not
/// reach for those of others.
fn check_names(module: &ModuleInfo) -> Result<(), MiddlewareError> {
    for name in [POINTS, EXHAUSTED] {
        if module.exports.contains_key(name) {
            let reason = format!(
                "the module has an export `{name}`, which is the name of a global that metering adds"
            );
            return Err(MiddlewareError::new(NAME, reason));
        }
    }
    for (key, import) in &module.imports {
        let writable = match import {
            ImportIndex::Global(index) => module.globals[*index].mutability.is_mutable(),
            _ => false,
        };
        if writable && [POINTS, EXHAUSTED].contains(&key.field.as_str()) {
            let reason = format!(
                "the module imports the writable global `{}` of `{}`, which is where the points of a metered \
                 instance are",
                key.field, key.module
            );
            return Err(MiddlewareError::new(NAME, reason));
        }
    }
    Ok(())
}

/// What is left of the points of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeteringPoints {
    /// So many.
    Remaining(u64),
    /// Not enough for what should have been executed next. There may be some left, but this is what counts until
    /// [`set_remaining_points`].
    Exhausted,
}

/// What is left of the points of `instance`.
///
/// # Panics
///
/// When the module of the instance was not compiled with [`Metering`], or the instance belongs to another store.
pub fn get_remaining_points(ctx: &mut impl AsStoreMut, instance: &Instance) -> MeteringPoints {
    let (points, exhausted) = (global(instance, POINTS), global(instance, EXHAUSTED));
    match (exhausted.get(ctx), points.get(ctx)) {
        (Value::I32(0), Value::I64(points)) => MeteringPoints::Remaining(points as u64),
        _ => MeteringPoints::Exhausted,
    }
}

/// Gives `instance` so many points, whatever it had, and allows it to execute code again if they had run out.
///
/// # Panics
///
/// As [`get_remaining_points`].
pub fn set_remaining_points(ctx: &mut impl AsStoreMut, instance: &Instance, points: u64) {
    let values = [(POINTS, Value::I64(points as i64)), (EXHAUSTED, Value::I32(0))];
    for (name, value) in values {
        let result = global(instance, name).set(ctx, value);
        result.unwrap_or_else(|error| panic!("the export `{name}` is not metering's: {error}"));
    }
}

/// A global of a metered instance.
#[track_caller]
fn global<'i>(instance: &'i Instance, name: &str) -> &'i Global {
    let global = instance.exports.get_global(name);
    global.unwrap_or_else(|_| {
        panic!("the module was not compiled with `Metering`: expected the exported global `{name}`")
    })
}

/// Whether a run of operators that are paid together may end at `operator`: branches, calls, the beginning of
/// loops and of arms, the end of blocks, and everything behind which control does not go on.
///
/// ```
/// use wasmer::wasmparser::Operator;
/// use wasmer_middlewares::metering::is_accounting;
///
/// assert!(is_accounting(&Operator::Call { function_index: 0 }) && is_accounting(&Operator::End));
/// assert!(!is_accounting(&Operator::I32Add));
/// ```
pub fn is_accounting(operator: &Operator) -> bool {
    match control::flow(operator) {
        Flow::On | Flow::Open(control::Opens::Block | control::Opens::Try) => false,
        Flow::Open(control::Opens::Loop | control::Opens::If) => true,
        Flow::NextArm | Flow::Close | Flow::Cut | Flow::Stop => true,
    }
}
