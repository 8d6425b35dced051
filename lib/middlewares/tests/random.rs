//! Random modules cost what their operators cost one by one.

#[expect(dead_code, reason = "each test uses a part")]
mod common;

use std::sync::Arc;

use arbitrary::Unstructured;
use common::{OneByOne, store_with};
use wasmer::wasmparser::Operator;
use wasmer::{Extern, Instance, Module, Store, Type, Value, imports};
use wasmer_middlewares::Metering;
use wasmer_middlewares::metering::{MeteringPoints, get_remaining_points, set_remaining_points};

/// Points that each call starts with, which bound it.
const LIMIT: u64 = 20_000;

/// Differs for the operators of control, so that mistakes do not cancel out.
fn cost(operator: &Operator<'_>) -> u64 {
    match operator {
        Operator::Block { .. } => 2,
        Operator::Loop { .. } => 3,
        Operator::If { .. } => 5,
        Operator::Else => 7,
        Operator::End => 11,
        Operator::Br { .. } => 13,
        Operator::BrIf { .. } => 17,
        Operator::BrTable { .. } => 19,
        Operator::Return => 23,
        Operator::Call { .. } | Operator::CallIndirect { .. } => 29,
        Operator::Unreachable => 31,
        Operator::Drop | Operator::LocalGet { .. } => 0,
        _ => 1,
    }
}

/// The longest run costs less.
const LONGEST_RUN: u64 = 10_000;

/// Pseudo-random bytes, the same ones in every run.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    };
    (0..512).flat_map(|_| next()).collect()
}

fn random_module(seed: u64) -> Vec<u8> {
    let config = wasm_smith::Config {
        max_imports: 0,
        min_funcs: 3,
        max_funcs: 6,
        export_everything: true,
        max_instructions: 400,
        max_nesting_depth: 20,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 100,
        max_memories: 1,
        max_tables: 2,
        allow_start_export: true,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        compact_imports_enabled: false,
        memory64_enabled: false,
        wide_arithmetic_enabled: false,
        ..wasm_smith::Config::default()
    };
    let bytes = bytes(seed);
    let module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes));
    module.expect("the generator makes a module of anything").to_bytes()
}

/// How a call, or the instantiation, ended.
#[derive(Debug, PartialEq)]
enum End {
    Values(Vec<Option<u128>>),
    Trap(String),
    Exhausted,
}

/// How it ended and what was left of the points.
type Outcome = (End, u64);

/// Numbers are compared, references are not.
fn comparable(values: &[Value]) -> Vec<Option<u128>> {
    let bits = |value: &Value| match value {
        Value::I32(v) => Some(*v as u128),
        Value::I64(v) => Some(*v as u128),
        Value::F32(v) => Some(v.to_bits().into()),
        Value::F64(v) => Some(v.to_bits().into()),
        Value::V128(v) => Some(*v),
        _ => None,
    };
    values.iter().map(bits).collect()
}

fn argument(ty: Type) -> Value {
    match ty {
        Type::I32 => Value::I32(3),
        Type::I64 => Value::I64(3),
        Type::F32 => Value::F32(1.5),
        Type::F64 => Value::F64(1.5),
        Type::V128 => Value::V128(7),
        Type::ExternRef => Value::ExternRef(None),
        Type::FuncRef => Value::FuncRef(None),
        other => panic!("{other} is off"),
    }
}

/// Instantiates the module and calls each function that it exports. `points` reads whether points ran out and how
/// many are left, and sets them again.
fn run(
    store: &mut Store,
    wasm: &[u8],
    points: impl Fn(&mut Store, &Instance) -> (bool, u64),
) -> Vec<Outcome> {
    let module = Module::new(&*store, wasm).unwrap();
    let instance = match Instance::new(store, &module, &imports! {}) {
        Ok(instance) => instance,
        // Both fail; where they do, and whether it is for want of points, can't be seen from outside.
        Err(_) => return vec![(End::Trap(String::new()), 0)],
    };
    let mut outcomes = Vec::new();
    let functions: Vec<_> = instance
        .exports
        .iter()
        .filter_map(|(_, export)| match export {
            Extern::Function(function) => Some(function.clone()),
            _ => None,
        })
        .collect();
    for function in functions {
        points(store, &instance);
        let arguments: Vec<_> = function.ty(store).params().iter().copied().map(argument).collect();
        let result = function.call(store, &arguments);
        let (exhausted, left) = points(store, &instance);
        let end = match result {
            Ok(values) => End::Values(comparable(&values)),
            Err(_) if exhausted => End::Exhausted,
            Err(error) => End::Trap(error.message()),
        };
        outcomes.push((end, left));
    }
    outcomes
}

fn run_metered(wasm: &[u8]) -> Vec<Outcome> {
    let mut store = store_with([Arc::new(Metering::new(LIMIT, cost as fn(&Operator<'_>) -> u64))]);
    run(&mut store, wasm, |store, instance| {
        let global = instance.exports.get_global("wasmer_metering_remaining_points").unwrap();
        let Value::I64(left) = global.get(store) else { unreachable!() };
        let exhausted = get_remaining_points(store, instance) == MeteringPoints::Exhausted;
        set_remaining_points(store, instance, LIMIT);
        (exhausted, left as u64)
    })
}

fn run_one_by_one(wasm: &[u8]) -> Vec<Outcome> {
    let mut store = store_with([Arc::new(OneByOne { limit: LIMIT, cost })]);
    run(&mut store, wasm, |store, instance| {
        let outcome = (OneByOne::is_exhausted(store, instance), OneByOne::left(store, instance));
        let set = |store: &mut Store, name, value| {
            instance.exports.get_global(name).unwrap().set(store, value).unwrap();
        };
        set(store, "left", Value::I64(LIMIT as i64));
        set(store, "exhausted", Value::I32(0));
        outcome
    })
}

/// How often each end was met.
#[derive(Debug, Default)]
struct Seen {
    values: u32,
    traps: u32,
    exhausted: u32,
    /// Calls that returned and cost something.
    paid: u32,
}

fn compare(seed: u64, seen: &mut Seen) {
    let wasm = random_module(seed);
    let (metered, slow) = (run_metered(&wasm), run_one_by_one(&wasm));
    assert_eq!(metered.len(), slow.len(), "seed {seed}: {metered:?} {slow:?}");
    for (metered, slow) in metered.into_iter().zip(slow) {
        let context = format!("seed {seed}: metered {metered:?}, one by one {slow:?}");
        match (metered, slow) {
            ((End::Values(a), left_a), (End::Values(b), left_b)) => {
                assert_eq!((a, left_a), (b, left_b), "{context}");
                seen.values += 1;
                seen.paid += u32::from(left_a < LIMIT - 20);
            }
            // The rest of the run that traps is paid as well.
            ((End::Trap(a), left_a), (End::Trap(b), left_b)) => {
                assert_eq!(a, b, "{context}");
                assert!(left_a <= left_b && left_b - left_a < LONGEST_RUN, "{context}");
                seen.traps += 1;
            }
            // Nothing of the run that can't be paid is executed.
            ((End::Exhausted, left_a), (End::Exhausted, left_b)) => {
                assert!(left_b <= left_a && left_a - left_b < LONGEST_RUN, "{context}");
                seen.exhausted += 1;
            }
            // It would have trapped before the points ran out.
            ((End::Exhausted, left_a), (End::Trap(_), left_b)) => {
                assert!(left_b <= left_a && left_a - left_b < LONGEST_RUN, "{context}");
                // What one does after an early end differs from what the other does.
                return;
            }
            _ => panic!("{context}"),
        }
    }
}

#[test]
fn random_modules_cost_as_much_as_one_by_one() {
    let count: u64 = match std::env::var("METERING_MODULES") {
        Ok(count) => count.parse().expect("a number"),
        Err(_) => 150,
    };
    let mut seen = Seen::default();
    for seed in 0..count {
        compare(seed, &mut seen);
    }
    // The test is worth something only if all of them are met.
    assert!(
        seen.values > 30 && seen.paid > 10 && seen.traps > 10 && seen.exhausted > 0,
        "{seen:?}"
    );
}
