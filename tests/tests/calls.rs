//! Functions that call one another, which a compiler may put in place of calls as long as nobody can tell: every
//! compiler leaves the same results, memories, traps and traces behind.

use std::fmt::Write as _;
use std::sync::Arc;

use wasmer::wasmparser::Operator;
use wasmer::{FrameInfo, RuntimeError, Value};
use wasmer_middlewares::Metering;
use wasmer_middlewares::metering::{get_remaining_points, set_remaining_points};
use wasmer_tests::alike::{Case, Watch, all_compilers_run_alike};
use wasmer_tests::rng::Rng;

/// Modules, those that are metered, functions in each, calls of each.
const MODULES: u64 = 60;
const METERED_MODULES: u64 = 30;
const FUNCTIONS: usize = 16;
const CALLS: usize = 12;

const TYPES: &[&str] = &["i32", "i64", "f64"];
/// By type. Nothing makes a NaN, of which the bits are not determined.
const OPERATORS: &[&[&str]] =
    &[&["add", "sub", "mul"], &["add", "sub", "mul"], &["add", "sub", "max"]];

/// Parameters and results, by their places among the types.
struct Signature {
    params: Vec<usize>,
    results: Vec<usize>,
}

/// Writes one function, which calls those with higher numbers only, so that every call ends.
struct Writer<'r> {
    rng: &'r mut Rng,
    signatures: &'r [Signature],
    number: usize,
    /// Types of parameters and locals.
    locals: Vec<usize>,
    /// Blocks that are open. The outermost has the results of the function, and others none.
    depth: usize,
    /// How many operators may still come.
    rest: usize,
    /// How many calls may, so that there are not too many in all.
    calls: usize,
}

impl Writer<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.below(from.len())]
    }

    /// A local of type number `ty`.
    fn local(&mut self, ty: usize) -> Option<usize> {
        let all: Vec<_> =
            (0..self.locals.len()).filter(|&local| self.locals[local] == ty).collect();
        (!all.is_empty()).then(|| self.pick(&all))
    }

    /// A later function with exactly these results, with arguments.
    fn call(&mut self, results: &[usize]) -> Option<String> {
        let later = self.number + 1..self.signatures.len();
        let all: Vec<_> =
            later.filter(|&number| self.signatures[number].results == results).collect();
        if all.is_empty() || self.calls == 0 {
            return None;
        }
        self.calls -= 1;
        let callee = self.pick(&all);
        let mut call = format!("(call {callee}");
        for &ty in &self.signatures[callee].params {
            write!(call, " {}", self.value(ty, 1)).expect("strings grow");
        }
        Some(call + ")")
    }

    /// An address that is outside now and then.
    fn address(&mut self) -> String {
        let value = self.value(0, 1);
        match self.rng.below(12) {
            0 => value,
            _ => format!("(i32.and {value} (i32.const 65535))"),
        }
    }

    fn value(&mut self, ty: usize, depth: usize) -> String {
        let name = TYPES[ty];
        self.rest = self.rest.saturating_sub(1);
        if depth == 0 || self.rest == 0 {
            return match self.local(ty) {
                Some(local) if self.rng.below(4) > 0 => format!("(local.get {local})"),
                _ => format!("({name}.const {})", self.rng.below(9)),
            };
        }
        match self.rng.below(8) {
            0..3 => {
                let operator = self.pick(OPERATORS[ty]);
                format!(
                    "({name}.{operator} {} {})",
                    self.value(ty, depth - 1),
                    self.value(ty, depth - 1)
                )
            }
            3 => {
                let offset = self.pick(&[0, 1, 8, 65535]);
                let address = self.address();
                match ty {
                    2 => format!("(f64.convert_i32_s (i32.load offset={offset} {address}))"),
                    _ => format!("({name}.load offset={offset} {address})"),
                }
            }
            4 => {
                let from = self.rng.below(3);
                let value = self.value(from, depth - 1);
                match (from, ty) {
                    (0, 1) => format!("(i64.extend_i32_s {value})"),
                    (1, 0) => format!("(i32.wrap_i64 {value})"),
                    (2, 0) => format!("(i32.trunc_sat_f64_s {value})"),
                    (2, 1) => format!("(i64.trunc_f64_s {value})"),
                    (0 | 1, 2) => format!("(f64.convert_{}_u {value})", TYPES[from]),
                    _ => value,
                }
            }
            5 if ty < 2 => format!(
                "({name}.div_s {} {})",
                self.value(ty, depth - 1),
                self.value(ty, depth - 1)
            ),
            _ => match self.call(&[ty]) {
                Some(call) => call,
                None => self.value(ty, depth - 1),
            },
        }
    }

    fn condition(&mut self) -> String {
        let compare = self.pick(&["eq", "lt_s", "gt_u"]);
        format!("(i32.{compare} {} {})", self.value(0, 1), self.value(0, 1))
    }

    fn block(&mut self) -> String {
        self.depth += 1;
        let mut block = String::new();
        for _ in 0..1 + self.rng.below(2) {
            block += &self.statement();
        }
        self.depth -= 1;
        block
    }

    fn results(&mut self) -> String {
        let results = &self.signatures[self.number].results;
        results.iter().map(|&ty| self.value(ty, 1) + " ").collect()
    }

    fn statement(&mut self) -> String {
        self.rest = self.rest.saturating_sub(1);
        let kinds = if self.rest == 0 || self.depth > 3 { 4 } else { 12 };
        match self.rng.below(kinds) {
            0 | 1 => {
                let ty = self.rng.below(3);
                match self.local(ty) {
                    Some(local) => format!("(local.set {local} {})", self.value(ty, 2)),
                    None => format!("(drop {})", self.value(ty, 2)),
                }
            }
            2 | 3 => {
                let ty = self.rng.below(3);
                format!("({}.store {} {})", TYPES[ty], self.address(), self.value(ty, 1))
            }
            4 => format!("(if {} (then {}))", self.condition(), self.block()),
            5 => {
                format!("(if {} (then {}) (else {}))", self.condition(), self.block(), self.block())
            }
            6 => format!("(if {} (then (return {})))", self.condition(), self.results()),
            7 if self.rng.below(4) == 0 => {
                // Without the store, Cranelift takes the place of the `if`.
                let store = "(i32.store (i32.const 8) (i32.const 9))";
                format!("(if {} (then {store} unreachable))", self.condition())
            }
            8 => {
                let out = format!("(br_if 0 {})", self.condition());
                format!("(block {} {out} {})", self.block(), self.block())
            }
            // A few iterations.
            9 => {
                self.locals.push(3);
                let counter = self.locals.len() - 1;
                let body = self.block();
                format!(
                    "(local.set {counter} (i32.const {}))
                     (loop {body} (br_if 0 (local.tee {counter}
                        (i32.sub (local.get {counter}) (i32.const 1)))))",
                    1 + self.rng.below(3)
                )
            }
            10 => match self.call(&[]) {
                Some(call) => call,
                None => self.block(),
            },
            _ => match self.call(&[0, 1]) {
                Some(call) => format!("{call} (drop) (drop)"),
                None => self.block(),
            },
        }
    }

    fn function(mut self) -> String {
        let signature = &self.signatures[self.number];
        let mut body = String::new();
        for _ in 0..self.rng.below(4) {
            body += &self.statement();
        }
        body += &self.results();
        let names = |types: &[usize]| {
            types.iter().map(|&ty| [TYPES, &["i32"]].concat()[ty].to_owned() + " ").collect()
        };
        let [params, results, locals]: [String; 3] = [
            names(&signature.params),
            names(&signature.results),
            names(&self.locals[signature.params.len()..]),
        ];
        format!(
            "(func (export \"{}\") (param {params}) (result {results}) (local {locals})\n {body})",
            self.number
        )
    }
}

fn module(rng: &mut Rng) -> (String, Vec<Signature>) {
    let mut types = |most: usize| (0..rng.below(most + 1)).map(|_| rng.below(3)).collect();
    let signature = |number: usize| Signature {
        params: types(3),
        results: match number % 5 {
            0 => Vec::new(),
            1 => vec![0, 1],
            ty => vec![ty - 2],
        },
    };
    let signatures: Vec<_> = (0..FUNCTIONS).map(signature).collect();
    let mut wat = "(module (memory (export \"memory\") 1 1)\n".to_owned();
    for number in 0..FUNCTIONS {
        let mut locals = signatures[number].params.clone();
        locals.extend((0..rng.below(3)).map(|_| rng.below(3)));
        let rest = [6, 20, 60][rng.below(3)];
        let signatures = &signatures;
        let writer = Writer { rng, signatures, number, locals, depth: 0, rest, calls: 4 };
        writeln!(wat, "{}", writer.function()).expect("strings grow");
    }
    (wat + ")", signatures)
}

/// Functions, and calls of each.
fn case(rng: &mut Rng) -> Case {
    let (wat, signatures) = module(rng);
    let value = |ty: &usize, rng: &mut Rng| match ty {
        0 => Value::I32(rng.below(70000) as i32 - 100),
        1 => Value::I64(rng.below(70000) as i64 - 100),
        _ => Value::F64(rng.below(100) as f64),
    };
    let calls = (0..FUNCTIONS * CALLS)
        .map(|at| at % FUNCTIONS)
        .map(|at| (at, signatures[at].params.iter().map(|ty| value(ty, rng)).collect()))
        .collect();
    Case { wat, calls }
}

/// The message, and the frames: functions and offsets of calls in the module.
fn trap(error: &RuntimeError) -> String {
    // An access may be part of another instruction of the same function, which then has its place.
    let offset = |depth, frame: &FrameInfo| if depth == 0 { 0 } else { frame.module_offset() };
    let frame = |(depth, frame): (usize, &FrameInfo)| (frame.func_index(), offset(depth, frame));
    let frames: Vec<_> = error.trace().iter().enumerate().map(frame).collect();
    format!("{} {frames:x?}", error.message())
}

#[test]
fn all_compilers_call_functions_alike() {
    all_compilers_run_alike("CALLS", MODULES, case, Watch::new(trap));
}

/// What is paid for a body in place of a call is what is paid for a call, also if the points run out in it.
#[test]
fn all_compilers_meter_calls_alike() {
    fn cost(operator: &Operator<'_>) -> u64 {
        1 + u64::from(matches!(operator, Operator::Call { .. }))
    }
    let watch = Watch {
        // With an id, so that bodies stand in place of calls.
        middlewares: || vec![Arc::new(Metering::new(0, cost).with_id("calls cost 2"))],
        before: |store, instance, number| {
            let points = (number / FUNCTIONS) as u64;
            // Sometimes they suffice.
            let points = if points.is_multiple_of(3) { 1 << 40 } else { points * points * 5 };
            set_remaining_points(store, instance, points);
        },
        after: |store, instance| format!(" {:?}", get_remaining_points(store, instance)),
        ..Watch::new(trap)
    };
    all_compilers_run_alike("METERED", METERED_MODULES, case, watch);
}
