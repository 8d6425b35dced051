//! Every operator on vectors and every atomic one, with its operands in locals and in temporaries and its result in either,
//! gives the same bytes with every compiler and for every CPU. Results are to be deterministic, so that NaNs and relaxed operators can be
//! compared too.

use std::fmt::Write as _;

use wasmer::sys::EngineBuilder;
use wasmer::{BackendKind, Engine, Instance, Module, Store, imports};
use wasmer_tests::backend::{compilers_for_older_cpus, older_cpus};
use wasmer_tests::proposals::Era;
use wasmer_tests::rng::Rng;
use wasmer_types::Target;

const UNARY: &str = "
    v128.not i8x16.abs i16x8.abs i32x4.abs i64x2.abs i8x16.neg i16x8.neg i32x4.neg i64x2.neg i8x16.popcnt
    f32x4.abs f64x2.abs f32x4.neg f64x2.neg f32x4.sqrt f64x2.sqrt f32x4.ceil f64x2.ceil f32x4.floor f64x2.floor
    f32x4.trunc f64x2.trunc f32x4.nearest f64x2.nearest
    i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u
    i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u
    i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u
    i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u
    i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u
    i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero
    i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u
    i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero
    f32x4.convert_i32x4_s f32x4.convert_i32x4_u f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u
    f32x4.demote_f64x2_zero f64x2.promote_low_f32x4";

const BINARY: &str = "
    v128.and v128.or v128.xor v128.andnot i8x16.swizzle i8x16.relaxed_swizzle
    i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u
    i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u
    i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u
    i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s
    f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge
    i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u
    i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u
    i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u
    i32x4.add i32x4.sub i64x2.add i64x2.sub i16x8.mul i32x4.mul i64x2.mul
    i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u
    i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i8x16.avgr_u i16x8.avgr_u
    i16x8.q15mulr_sat_s i16x8.relaxed_q15mulr_s i32x4.dot_i16x8_s i16x8.relaxed_dot_i8x16_i7x16_s
    i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u
    i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u
    i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u
    f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax
    f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax
    f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max";

const TERNARY: &str = "
    v128.bitselect i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect
    i64x2.relaxed_laneselect f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd
    i32x4.relaxed_dot_i8x16_i7x16_add_s";

const TESTS: &str = "
    v128.any_true i8x16.all_true i16x8.all_true i32x4.all_true i64x2.all_true
    i8x16.bitmask i16x8.bitmask i32x4.bitmask i64x2.bitmask";

/// Lanes, how many, what a lane is outside, and operators that take one out.
const SHAPES: [(&str, usize, &str, &[&str]); 6] = [
    ("i8x16", 16, "i32", &["extract_lane_s", "extract_lane_u"]),
    ("i16x8", 8, "i32", &["extract_lane_s", "extract_lane_u"]),
    ("i32x4", 4, "i32", &["extract_lane"]),
    ("i64x2", 2, "i64", &["extract_lane"]),
    ("f32x4", 4, "f32", &["extract_lane"]),
    ("f64x2", 2, "f64", &["extract_lane"]),
];

/// Where the operands are in the memory, and where results begin.
const RESULTS: usize = 64;
const INPUTS: usize = 48;

/// Functions that load the operands and store results.
#[derive(Default)]
struct Program {
    functions: String,
    calls: String,
    /// What made the results, in their order.
    made_by: Vec<String>,
}

impl Program {
    /// `code` leaves a value of type `ty`.
    fn result(&mut self, ty: &str, code: &str) {
        let at = RESULTS + 16 * self.made_by.len();
        let number = self.made_by.len();
        self.made_by.push(code.to_owned());
        writeln!(
            self.functions,
            "(func $f{number} (local $a v128) (local $b v128) (local $c v128) (local $n i32) (local $m i64) (local $p i32)
               (local.set $a (v128.load offset=0 (i32.const 0)))
               (local.set $b (v128.load offset=16 (i32.const 0)))
               (local.set $c (v128.load offset=32 (i32.const 0)))
               (local.set $n (i32.load offset=32 (i32.const 0)))
               (local.set $m (i64.load offset=40 (i32.const 0)))
               (local.set $p (i32.and (local.get $n) (i32.const 8)))
               ({ty}.store offset={at} (i32.const 0) {code}))"
        )
        .expect("strings grow");
        writeln!(self.calls, "(call $f{number})").expect("strings grow");
    }

    /// An operator on vectors: with operands in locals and temporaries, with a result in a temporary and in each local.
    fn operator(&mut self, op: &str, operands: &[&str], more: &str) {
        let count = operands.len() as u32;
        for temporaries in 0..1 << count {
            let code = self.call(op, operands, temporaries, more);
            self.result("v128", &code);
        }
        let code = self.call(op, operands, 0, more);
        for to in operands {
            self.result("v128", &format!("(local.tee {to} {code})"));
        }
        let code = self.call(op, &vec![operands[0]; operands.len()], 0, more);
        self.result("v128", &code);
        self.result("v128", &format!("(local.tee {} {code})", operands[0]));
    }

    fn call(&self, op: &str, operands: &[&str], temporaries: u32, more: &str) -> String {
        let operand = |(at, local): (usize, &&str)| match temporaries >> at & 1 {
            0 => format!("(local.get {local})"),
            _ => format!("(v128.xor (local.get {local}) (v128.const i64x2 0 0))"),
        };
        let operands: Vec<_> = operands.iter().enumerate().map(operand).collect();
        format!("({op} {} {more})", operands.join(" "))
    }

    fn wat(&self) -> String {
        let pages = (RESULTS + 16 * self.made_by.len()).div_ceil(1 << 16);
        format!(
            "(module (memory (export \"memory\") {pages}) {} (func (export \"run\") {}))",
            self.functions, self.calls
        )
    }
}

fn program() -> Program {
    let mut program = Program::default();
    for op in UNARY.split_whitespace() {
        program.operator(op, &["$a"], "");
    }
    for op in BINARY.split_whitespace() {
        program.operator(op, &["$a", "$b"], "");
    }
    for op in TERNARY.split_whitespace() {
        program.operator(op, &["$a", "$b", "$c"], "");
    }
    for op in TESTS.split_whitespace() {
        program.result("i32", &format!("({op} (local.get $a))"));
        program.result("i32", &format!("(i32.eqz ({op} (local.get $a)))"));
        program.result(
            "i32",
            &format!(
                "(if (result i32) ({op} (local.get $a)) (then (i32.const 2)) (else (i32.const 3)))"
            ),
        );
    }
    for (shape, count, ty, extracts) in SHAPES {
        for op in ["shl", "shr_s", "shr_u"] {
            if shape.starts_with('i') {
                let op = format!("{shape}.{op}");
                program.operator(&op, &["$a"], "(local.get $n)");
                for amount in [0, 1, 3, 7, 15, 31, 63] {
                    program.operator(&op, &["$a"], &format!("(i32.const {amount})"));
                }
            }
        }
        let last = count - 1;
        for op in extracts {
            for lane in [0, 1, last / 2, last] {
                let extract = format!("({shape}.{op} {lane} (local.get $b))");
                program.result(ty, &extract);
                program.result("v128", &format!("({shape}.splat {extract})"));
                program.operator(
                    &format!("{shape}.replace_lane {}", last - lane),
                    &["$a"],
                    &extract,
                );
            }
        }
    }
    memory_operators(&mut program);
    atomic_operators(&mut program);
    for pattern in shuffles() {
        let bytes: Vec<_> = pattern.iter().map(u8::to_string).collect();
        program.operator(&format!("i8x16.shuffle {}", bytes.join(" ")), &["$a", "$b"], "");
    }
    program
}

fn memory_operators(program: &mut Program) {
    for op in ["8x8_s", "8x8_u", "16x4_s", "16x4_u", "32x2_s", "32x2_u", "32_zero", "64_zero"] {
        program.result(
            "v128",
            &format!("(v128.load{op} offset=5 (i32.and (local.get $n) (i32.const 7)))"),
        );
    }
    for (bits, last) in [(8, 15), (16, 7), (32, 3), (64, 1)] {
        program.result(
            "v128",
            &format!("(v128.load{bits}_splat offset=5 (i32.and (local.get $n) (i32.const 7)))"),
        );
        for lane in [0, last / 2, last] {
            program.operator(
                &format!("v128.load{bits}_lane offset=3 {lane} (i32.const 0)"),
                &["$b"],
                "",
            );
            let store =
                format!("v128.store{bits}_lane offset=16 {lane} (i32.const 0) (local.get $a)");
            let load = "(v128.load offset=16 (i32.const 0))";
            program.result("v128", &format!("(block (result v128) ({store}) {load})"));
            // As it was.
            let restored = "(block (result v128) (v128.store offset=16 (i32.const 0) (local.get $b)) (local.get $b))";
            program.result("v128", restored);
        }
    }
}

fn atomic_operators(program: &mut Program) {
    for (ty, local, widths) in
        [("i32", "$n", &["", "8", "16"][..]), ("i64", "$m", &["", "8", "16", "32"][..])]
    {
        let value = format!("(local.get {local})");
        let temporary = format!("({ty}.rotl {value} ({ty}.const 5))");
        let constant = format!("({ty}.const -2)");
        let values = [&value, &temporary, &constant];
        for width in widths {
            let suffix = if width.is_empty() { "" } else { "_u" };
            let mut accesses = vec![format!("{ty}.atomic.load{width}{suffix} offset=16 PLACE")];
            for value in values {
                let store = format!("({ty}.atomic.store{width} offset=16 PLACE {value})");
                let load = format!("({ty}.atomic.load{width}{suffix} offset=16 PLACE)");
                accesses.push(format!("block (result {ty}) {store} {load}"));
                for op in ["add", "sub", "and", "or", "xor", "xchg"] {
                    let op = format!("{ty}.atomic.rmw{width}.{op}{suffix}");
                    accesses.push(format!("{op} offset=16 PLACE {value}"));
                }
                let op = format!("{ty}.atomic.rmw{width}.cmpxchg{suffix} offset=16");
                let present = format!("({ty}.load offset=16 PLACE)");
                accesses.push(format!("{op} PLACE {present} {value}"));
                accesses.push(format!("{op} PLACE {value} {present}"));
                accesses.push(format!("{op} PLACE {value} {value}"));
            }
            for access in accesses {
                for place in
                    ["(local.get $p)", "(i32.and (local.get $n) (i32.const 8))", "(i32.const 8)"]
                {
                    let code = format!("({})", access.replace("PLACE", place));
                    program.result(ty, &code);
                    program.result(ty, &format!("(local.tee {local} {code})"));
                    // With other values in temporaries.
                    let nested = (1..6).fold(code, |code, by| {
                        format!("({ty}.add ({ty}.rotl {value} ({ty}.const {by})) {code})")
                    });
                    program.result(ty, &nested);
                }
            }
        }
    }
}

/// Patterns for which there may be an instruction, and others.
fn shuffles() -> Vec<[u8; 16]> {
    let mut all = Vec::new();
    let mut rng = Rng::new(3);
    for width in [1usize, 2, 4, 8] {
        for both in [16, 32] {
            for _ in 0..6 {
                let lanes: [u8; 16] = std::array::from_fn(|_| rng.below(both / width) as u8);
                all.push(std::array::from_fn(|at| {
                    lanes[at / width] * width as u8 + (at % width) as u8
                }));
            }
        }
        for (first, second) in [(0, 16), (16, 0), (8, 24), (24, 8), (0, 0), (24, 24)] {
            all.push(std::array::from_fn(|at| {
                let from = if at / width % 2 == 0 { first } else { second };
                from + (at / width / 2 * width + at % width) as u8
            }));
        }
    }
    for first in [1, 5, 16, 19, 31] {
        all.push(std::array::from_fn(|at| (first + at as u8) % 32));
        all.push(std::array::from_fn(|at| (first + at as u8) % 16));
    }
    // Lanes of either where they are, two of one and two of the other, halves.
    all.push(std::array::from_fn(|at| at as u8 + if at / 2 % 3 == 1 { 16 } else { 0 }));
    all.push([4, 5, 6, 7, 0, 1, 2, 3, 28, 29, 30, 31, 16, 17, 18, 19]);
    all.push([28, 29, 30, 31, 16, 17, 18, 19, 4, 5, 6, 7, 0, 1, 2, 3]);
    all.push([6, 7, 4, 5, 2, 3, 0, 1, 8, 9, 10, 11, 12, 13, 14, 15]);
    all.push([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 8, 9, 14, 15, 14, 15]);
    all
}

/// Operands: lanes of one width, random or where operators have corners.
fn inputs(rng: &mut Rng) -> [u8; INPUTS] {
    let corner_f32 = [
        0.0,
        -0.0,
        1.5,
        -2.5,
        0.49,
        2147483648.0,
        -2147483649.0,
        4294967040.0,
        1e30,
        f32::INFINITY,
        f32::NAN,
    ];
    let corner_f64 = [
        0.0,
        -0.0,
        1.5,
        -2.5,
        0.49,
        2147483647.9,
        -2147483648.9,
        4294967295.5,
        1e300,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let mut bytes = [0; INPUTS];
    let which = rng.below(6);
    for lane in bytes.chunks_mut(8) {
        let mut bits = rng.next_u64();
        match which {
            0 => {}
            1 => bits = corner_f64[rng.below(11)].to_bits() | bits & 1,
            2 => {
                let [a, b] = [(); 2].map(|()| corner_f32[rng.below(11)].to_bits());
                bits = u64::from(a) << 32 | u64::from(b) | bits & 0x0000_0001_0000_0001;
            }
            3 => {
                bits = [0, u64::MAX, 1 << 63, i64::MAX as u64, 0x8000_0000, 0x7fff_8000_8000_7fff]
                    [rng.below(6)]
            }
            4 => bits &= 0x0f0f_0f0f_0f0f_0f1f,
            _ => {
                bits =
                    u64::from_le_bytes(std::array::from_fn(|_| [0, 0x7f, 0x80, 0xff][rng.below(4)]))
            }
        }
        lane.copy_from_slice(&bits.to_le_bytes());
    }
    bytes
}

/// The results of the program for inputs of a sequence of random numbers.
fn results(engine: Engine, wasm: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut store = Store::new(engine);
    let module = Module::new(&store, wasm).unwrap();
    let instance = Instance::new(&mut store, &module, &imports! {}).unwrap();
    let memory = instance.exports.get_memory("memory").unwrap().clone();
    let run = instance.exports.get_typed_function::<(), ()>(&store, "run").unwrap();
    let mut rng = Rng::new(1);
    let mut run_once = || {
        memory.view(&store).write(0, &inputs(&mut rng)).unwrap();
        run.call(&mut store).unwrap();
        let mut bytes = vec![0; 16 * count];
        memory.view(&store).read(RESULTS as u64, &mut bytes).unwrap();
        bytes
    };
    (0..60).map(|_| run_once()).collect()
}

/// An engine with results that are the same everywhere.
fn engine(compiler: BackendKind, target: Target) -> Engine {
    let mut config = compiler.config().expect("it is a compiler");
    config.canonicalize_nans(true);
    let builder = EngineBuilder::new(config).set_target(Some(target));
    builder.set_features(Some(Era::Today.features())).engine()
}

#[test]
fn operators_give_the_same_everywhere() {
    let program = program();
    let wasm = wat::parse_str(program.wat()).unwrap();
    let count = program.made_by.len();
    let expected = results(engine(BackendKind::Cranelift, Target::default()), &wasm, count);
    let host = ("host", Target::default());
    let cpus: Vec<_> = [host].into_iter().chain(older_cpus()).collect();
    let each = |compiler| cpus.iter().map(move |(cpu, target)| (compiler, cpu, target.clone()));
    for (compiler, cpu, target) in compilers_for_older_cpus().flat_map(each) {
        let found = results(engine(compiler, target), &wasm, count);
        let mut rng = Rng::new(1);
        let mut wrong = std::collections::BTreeMap::new();
        for (expected, found) in expected.iter().zip(&found) {
            let inputs = inputs(&mut rng);
            let lanes = expected.chunks(16).zip(found.chunks(16)).zip(&program.made_by);
            for ((expected, found), made_by) in lanes.filter(|((a, b), _)| a != b) {
                wrong.entry(made_by).or_insert_with(|| {
                    format!("{made_by}: {expected:x?}, found {found:x?}, from {inputs:x?}")
                });
            }
        }
        let first: Vec<_> = wrong.values().take(20).cloned().collect();
        assert!(
            wrong.is_empty(),
            "{compiler}, {cpu}: {} differ:\n{}",
            wrong.len(),
            first.join("\n")
        );
    }
}
