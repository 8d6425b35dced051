//! Random modules, which every compiler must run alike.

use std::env;

use wasmer::{Engine, Features, Instance, Memory, Module, RuntimeError, Store, Value, imports};

use crate::backend::{COMPILERS, Memories, engine};
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

/// Has all compilers, with both kinds of memories, run cases that `make` makes of the random numbers of a seed, `count` of
/// them; results, what `describe` says of errors, and memories must be the same. The variables
/// `WASMER_{name}_SEED` and `WASMER_{name}_COUNT` choose others.
pub fn all_compilers_run_alike(
    name: &str,
    count: u64,
    make: impl Fn(&mut Rng) -> Case,
    describe: fn(&RuntimeError) -> String,
) {
    let engines: Vec<_> = COMPILERS
        .iter()
        .flat_map(|compiler| Memories::ALL.map(|memories| (*compiler, memories)))
        .map(|(compiler, memories)| {
            let name = format!("{compiler:?} {}", memories.name());
            (name, engine(compiler, memories, &Features::default()))
        })
        .collect();
    let number = |what: &str, usual| {
        let variable = env::var(format!("WASMER_{name}_{what}"));
        variable.map_or(usual, |number| number.parse().expect("a number"))
    };
    let first = number("SEED", 1);
    for seed in first..first + number("COUNT", count) {
        compare(&engines, seed, &make(&mut Rng::new(seed)), describe);
    }
}

fn compare(
    engines: &[(String, Engine)],
    seed: u64,
    case: &Case,
    describe: fn(&RuntimeError) -> String,
) {
    let Case { wat, calls } = case;
    let mut all = engines.iter().map(|(name, engine)| (name, run(engine, case, describe)));
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

/// What can be seen of each call: results or an error, and the memory.
fn run(
    engine: &Engine,
    Case { wat, calls }: &Case,
    describe: fn(&RuntimeError) -> String,
) -> Vec<(String, Vec<u8>)> {
    let mut store = Store::new(engine.clone());
    let module = Module::new(&store, wat).unwrap_or_else(|error| panic!("{error}\n{wat}"));
    let instance = Instance::new(&mut store, &module, &imports! {}).expect("an instance");
    let memory: Memory = instance.exports.get_memory("memory").expect("a memory").clone();
    let fresh: Vec<u8> = (0..LENGTH).map(|at| (at * 7 + at / 256 * 13) as u8).collect();
    let mut seen = Vec::new();
    for (function, arguments) in calls {
        memory.view(&store).write(0, &fresh).expect("a page");
        let function = instance.exports.get_function(&function.to_string()).expect("a function");
        let result = match function.call(&mut store, arguments) {
            Ok(values) => format!("{values:?}"),
            Err(error) => describe(&error),
        };
        seen.push((result, memory.view(&store).copy_to_vec().expect("a page")));
    }
    seen
}
