//! Loops over memories, which a compiler may turn into others as long as nobody can tell: every compiler leaves the same
//! results, memories and traps behind. Addresses run off either end of the memory, wrap, or lie so that one access
//! reads what another wrote a few iterations before; numbers of iterations are small, none, or endless but for a trap.

use std::fmt::Write as _;

use wasmer::{RuntimeError, Value};
use wasmer_tests::alike::{Case, LENGTH, Watch, all_compilers_run_alike};
use wasmer_tests::rng::Rng;

/// Modules, functions in each, calls of each.
const MODULES: u64 = 40;
const FUNCTIONS: usize = 6;
const CALLS: usize = 40;

/// A counter's type, step, and while what it goes on.
const COUNTERS: &[(&str, i32, &str)] = &[
    ("i32", 1, "ne"),
    ("i32", 1, "lt_u"),
    ("i32", 1, "lt_s"),
    ("i32", 1, "le_s"),
    ("i32", 1, "le_u"),
    ("i32", 2, "ne"),
    ("i32", 3, "ne"),
    ("i32", 4, "lt_u"),
    ("i32", 3, "le_s"),
    ("i32", -1, "ne"),
    ("i32", -1, "gt_u"),
    ("i32", -1, "gt_s"),
    ("i32", -2, "ge_s"),
    ("i32", -4, "ge_u"),
    ("i32", -8, "ne"),
    ("i64", 1, "ne"),
    ("i64", 1, "lt_s"),
    ("i64", 2, "le_u"),
    ("i64", -1, "gt_u"),
    ("i64", -3, "ge_s"),
];
/// Types of accesses: load, its type, store, bytes.
const ACCESSES: &[(&str, &str, &str, i32)] = &[
    ("i32.load8_u", "i32", "i32.store8", 1),
    ("i32.load8_s", "i32", "i32.store8", 1),
    ("i32.load16_u", "i32", "i32.store16", 2),
    ("i32.load", "i32", "i32.store", 4),
    ("i64.load", "i64", "i64.store", 8),
    ("i64.load32_u", "i64", "i64.store32", 4),
];
const OPERATORS: &[&str] = &["add", "sub", "mul", "xor", "and", "or", "shr_u"];

/// Writes one function.
struct Writer<'r> {
    rng: &'r mut Rng,
    counter: (&'static str, i32, &'static str),
}

impl Writer<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.below(from.len())]
    }

    /// An address, of elements of some size, and the offset of an access to it. It changes in each iteration, at least
    /// if it must.
    fn address(&mut self, size: i32, must: bool) -> (String, u32) {
        let offset = self.pick(&[0, 0, 0, 1, size as u32, 1024]);
        let pointer = self.pick(&["$p", "$q", "$r"]);
        let counter = match self.counter.0 {
            "i32" => "(local.get $i)",
            _ => "(i32.wrap_i64 (local.get $i))",
        };
        let stride = self.pick(&[size, size, size, 2 * size, -size, 3]);
        let address = match self.rng.below(if must { 5 } else { 6 }) {
            0 | 1 => {
                format!("(i32.add (local.get {pointer}) (i32.mul {counter} (i32.const {stride})))")
            }
            2 => format!("(i32.add (i32.shl {counter} (i32.const 2)) (local.get {pointer}))"),
            // Increased in each iteration.
            3 => "(local.get $w)".to_owned(),
            4 => {
                let place = self.pick(&[30000, 30008, 31024, 65536, 0]);
                format!("(i32.add (i32.mul {counter} (i32.const {stride})) (i32.const {place}))")
            }
            _ => format!("(local.get {pointer})"),
        };
        (address, offset)
    }

    /// A value of type `ty`.
    fn value(&mut self, ty: &str, depth: u32) -> String {
        if depth > 0 && self.rng.below(3) > 0 {
            let op = self.pick(OPERATORS);
            let (a, b) = (self.value(ty, depth - 1), self.value(ty, depth - 1));
            return format!("({ty}.{op} {a} {b})");
        }
        let counter = match (self.counter.0, ty) {
            ("i32", "i64") => "(i64.extend_i32_u (local.get $i))",
            ("i64", "i32") => "(i32.wrap_i64 (local.get $i))",
            _ => "(local.get $i)",
        };
        match self.rng.below(8) {
            0 => counter.to_owned(),
            1 => format!("({ty}.const {})", self.rng.below(1000)),
            2 if ty == "i64" => "(local.get $x)".to_owned(),
            3 if ty == "i64" => "(local.get $a)".to_owned(),
            _ => {
                let (load, loaded, _, size) = self.pick(ACCESSES);
                let (address, offset) = self.address(size, false);
                let load = format!("({load} offset={offset} {address})");
                match (loaded, ty) {
                    ("i32", "i64") => format!("(i64.extend_i32_s {load})"),
                    ("i64", "i32") => format!("(i32.wrap_i64 {load})"),
                    _ => load,
                }
            }
        }
    }

    fn statement(&mut self, must: bool) -> String {
        match self.rng.below(if must { 5 } else { 6 }) {
            0 => {
                let (address, offset) = self.address(8, must);
                let value = self.value("i32", 1);
                format!(
                    "(f64.store offset={offset} {address}
                       (f64.mul (f64.convert_i32_s {value}) (f64.const 0.5)))"
                )
            }
            1..5 => {
                let (_, ty, store, size) = self.pick(ACCESSES);
                let (address, offset) = self.address(size, must);
                format!("({store} offset={offset} {address} {})", self.value(ty, 2))
            }
            _ => {
                let op = self.pick(&["add", "xor", "or", "mul"]);
                format!("(local.set $a (i64.{op} (local.get $a) {}))", self.value("i64", 1))
            }
        }
    }

    /// A function with a loop, and an access behind it that may trap before another write to the same place.
    fn function(&mut self, name: usize) -> String {
        let (ty, step, compare) = self.counter;
        let mut body = self.statement(true);
        for _ in 0..self.rng.below(3) {
            body += &self.statement(false);
        }
        let mut bound =
            if ty == "i32" { "(local.get $n)" } else { "(i64.extend_i32_s (local.get $n))" }
                .to_owned();
        let start = match self.rng.below(4) {
            0 => format!("({ty}.const 0)"),
            // A number of iterations that is known.
            1 if compare == "ne" => {
                bound = format!("({ty}.const 0)");
                format!("({ty}.const {})", -step * [8, 16, 64, 100, 1024][self.rng.below(5)])
            }
            _ if ty == "i32" => "(local.get $s)".to_owned(),
            _ => "(i64.extend_i32_s (local.get $s))".to_owned(),
        };
        let go_on = format!("({ty}.{compare} (local.get $i) {bound})");
        let stride = self.pick(&[1, 2, 4, 8, -4, 12]);
        let next = format!(
            "(local.set $i ({ty}.add (local.get $i) ({ty}.const {step})))
             (local.set $w (i32.add (local.get $w) (i32.const {stride})))"
        );
        let inner = match self.rng.below(2) {
            0 => format!("(loop $l {body} {next} (br_if $l {go_on}))"),
            _ => format!("(block $b (loop $l (br_if $b (i32.eqz {go_on})) {body} {next} (br $l)))"),
        };
        let behind = match self.rng.below(3) {
            0 => "(drop (i32.load (local.get $y))) (i32.store (local.get $p) (i32.const 77))",
            1 => {
                "(i64.store (local.get $y) (i64.const 88)) (i64.store (local.get $q) (i64.const 99))"
            }
            _ => "",
        };
        let number =
            if ty == "i32" { "(i64.extend_i32_u (local.get $i))" } else { "(local.get $i)" };
        format!(
            "(func (export \"{name}\")
               (param $p i32) (param $q i32) (param $r i32) (param $s i32) (param $n i32) (param $y i32) (param $x i64)
               (result i64) (local $i {ty}) (local $w i32) (local $a i64)
               (local.set $i {start}) (local.set $w (local.get $p))
               {inner} {behind}
               (i64.add (i64.mul (local.get $a) (i64.const 31)) (i64.add {number} (i64.extend_i32_u (local.get $w)))))"
        )
    }
}

/// Arguments for which something happens now and then.
fn arguments(rng: &mut Rng) -> [Value; 7] {
    let near = |rng: &mut Rng, place: i64, by: usize| place + rng.below(2 * by) as i64 - by as i64;
    let middle = near(rng, 30000, 8000);
    let mut pointer = || {
        let value = match rng.below(8) {
            0 => near(rng, LENGTH as i64, 700),
            1 => near(rng, 0, 700),
            2 => near(rng, LENGTH as i64 - 1200, 300),
            _ => middle + 4 * rng.below(24) as i64 - 48 + [0, 0, 0, 1][rng.below(4)],
        };
        Value::I32(value as i32)
    };
    let pointers = [pointer(), pointer(), pointer(), pointer()];
    let start = [0, 0, rng.below(64) as i64, -(rng.below(64) as i64), 1 << 31][rng.below(5)];
    let bound = match rng.below(8) {
        0 => rng.below(4) as i64 - 2,
        1 => [i32::MAX.into(), i32::MIN.into(), -1, u32::MAX.into()][rng.below(4)],
        2..5 => start + [1, 1, -1][rng.below(3)] * 24 * rng.below(12) as i64,
        5 => start - rng.below(300) as i64,
        _ => start + rng.below(300) as i64,
    };
    let [p, q, r, y] = pointers;
    [
        p,
        q,
        r,
        Value::I32(start as i32),
        Value::I32(bound as i32),
        y,
        Value::I64(rng.next_u64() as i64),
    ]
}

/// Functions with a loop each, and calls of them.
fn case(rng: &mut Rng) -> Case {
    let mut wat = "(module (memory (export \"memory\") 1 1)".to_owned();
    for name in 0..FUNCTIONS {
        let counter = COUNTERS[rng.below(COUNTERS.len())];
        let function = Writer { rng, counter }.function(name);
        writeln!(wat, "{function}").expect("strings grow");
    }
    wat += ")";
    let calls =
        (0..FUNCTIONS * CALLS).map(|at| (at % FUNCTIONS, arguments(rng).to_vec())).collect();
    Case { wat, calls }
}

#[test]
fn all_compilers_run_loops_alike() {
    // Of two loads that trap, the place of either may be named.
    all_compilers_run_alike("LOOPS", MODULES, case, Watch::new(RuntimeError::message));
}
