//! Random modules, which every compiler must run alike.

use std::env;
use std::sync::Arc;

use wasmer::sys::ModuleMiddleware;
use wasmer::{Engine, Features, Instance, Memory, Module, RuntimeError, Store, Value, imports};

use crate::backend::{COMPILERS, Memories, engine_with};
use crate::rng::Rng;

/// Bytes of the memory of a module.
pub const LENGTH: usize = 65536;

/// A module and calls of it.
pub struct Case {
    /// The module, which exports a memory of [`LENGTH`] bytes as `memory`, and functions by their numbers.
    pub wat: String,
    /// Functions and what they are called with.
    pub calls: Vec<(usize, Vec<Value>)>,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Watch {
    /// What is compared of errors.
    pub describe: fn(&RuntimeError) -> String,
    /// Middlewares of the compilers.
    pub middlewares: fn() -> Vec<Arc<dyn ModuleMiddleware>>,
    /// Comes before the call of this number.
    pub before: fn(&mut Store, &Instance, usize),
    /// What is compared of the instance after each call.
    pub after: fn(&mut Store, &Instance) -> String,
}

impl Watch {
    /// Results and errors, without middlewares.
    pub fn new(describe: fn(&RuntimeError) -> String) -> Self {
        Self { describe, middlewares: Vec::new, before: |_, _, _| {}, after: |_, _| String::new() }
    }
}

/// Has all compilers, with both kinds of memories, run cases that `make` makes of the random numbers of a seed, `count` of
/// them; results, what is watched, and memories must be the same. The variables
/// `WASMER_{name}_SEED` and `WASMER_{name}_COUNT` choose others.
pub fn all_compilers_run_alike(
    name: &str,
    count: u64,
    make: impl Fn(&mut Rng) -> Case,
    watch: Watch,
) {
    let engines: Vec<_> = COMPILERS
        .iter()
        .flat_map(|compiler| Memories::ALL.map(|memories| (*compiler, memories)))
        .map(|(compiler, memories)| {
            let name = format!("{compiler:?} {}", memories.name());
            let mut config = compiler.config().expect("it is a compiler");
            (watch.middlewares)().into_iter().for_each(|one| config.push_middleware(one));
            (name, engine_with(config, memories, &Features::default()))
        })
        .collect();
    let number = |what: &str, usual| {
        let variable = env::var(format!("WASMER_{name}_{what}"));
        variable.map_or(usual, |number| number.parse().expect("a number"))
    };
    let first = number("SEED", 1);
    for seed in first..first + number("COUNT", count) {
        compare(&engines, seed, &make(&mut Rng::new(seed)), watch);
    }
}

fn compare(engines: &[(String, Engine)], seed: u64, case: &Case, watch: Watch) {
    let Case { wat, calls } = case;
    let mut all = engines.iter().map(|(name, engine)| (name, run(engine, case, watch)));
    let (reference, expected) = all.next().expect("there is a compiler");
    for (name, seen) in all {
        for (at, (call, (expected, seen))) in
            calls.iter().zip(expected.iter().zip(&seen)).enumerate()
        {
            let differs = expected.1.iter().zip(&seen.1).position(|(a, b)| a != b);
            assert!(
                expected == seen,
                "seed {seed}, call {at} {call:?}: {reference} {}, {name} {}, memory differs at {differs:?}\n{wat}",
                expected.0,
                seen.0
            );
        }
    }
}

/// What can be seen of each call: results or an error and what is watched, and the memory.
fn run(engine: &Engine, Case { wat, calls }: &Case, watch: Watch) -> Vec<(String, Vec<u8>)> {
    let mut store = Store::new(engine.clone());
    let module = Module::new(&store, wat).unwrap_or_else(|error| panic!("{error}\n{wat}"));
    let instance = Instance::new(&mut store, &module, &imports! {}).expect("an instance");
    let memory: Memory = instance.exports.get_memory("memory").expect("a memory").clone();
    let fresh: Vec<u8> = (0..LENGTH).map(|at| (at * 7 + at / 256 * 13) as u8).collect();
    let mut seen = Vec::new();
    for (number, (function, arguments)) in calls.iter().enumerate() {
        (watch.before)(&mut store, &instance, number);
        memory.view(&store).write(0, &fresh).expect("a page");
        let function = instance.exports.get_function(&function.to_string()).expect("a function");
        let mut result = match function.call(&mut store, arguments) {
            Ok(values) => format!("{values:?}"),
            Err(error) => (watch.describe)(&error),
        };
        result += &(watch.after)(&mut store, &instance);
        seen.push((result, memory.view(&store).copy_to_vec().expect("a page")));
    }
    seen
}
