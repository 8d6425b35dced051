//! Vectors and atomic accesses: the code of every operator, compared with what was read and found right once.

use super::*;
use crate::atomic::{AtomicMasm, AtomicOp};
use crate::vector::{
    Extremum, LaneMasm, Lanes, VectorBinary, VectorLoad, VectorMasm, VectorTernary, VectorTest,
    VectorUnary, Widen,
};

/// What `vector.txt` holds. With this variable in the environment, the file is written instead.
const BLESS: &str = "BLESS";
const EXPECTED: &str = include_str!("vector.txt");

const ALL: [Lanes; 4] = [Lanes::I8x16, Lanes::I16x8, Lanes::I32x4, Lanes::I64x2];
const NARROW: [Lanes; 2] = [Lanes::I8x16, Lanes::I16x8];
const EXTREMA: [Extremum; 2] = [Extremum::Min, Extremum::Max];
const SIZES: [Size; 2] = [Size::S32, Size::S64];
const SIGNS: [bool; 2] = [true, false];

fn widths() -> Vec<Widen> {
    let mut widths = Vec::new();
    for from in &ALL[..3] {
        for signed in SIGNS {
            widths.extend([false, true].map(|high| Widen { from: *from, high, signed }));
        }
    }
    widths
}

fn unary() -> Vec<VectorUnary> {
    use VectorUnary::*;
    let mut ops = vec![Not, Popcnt, Demote, Promote];
    ops.extend(ALL.map(Abs));
    ops.extend(ALL.map(Neg));
    for size in SIZES {
        ops.extend([FloatUnary::Abs, FloatUnary::Neg, FloatUnary::Sqrt].map(|op| Float(op, size)));
        let roundings = [Rounding::Ceil, Rounding::Floor, Rounding::Trunc, Rounding::Nearest];
        ops.extend(roundings.map(|rounding| Float(FloatUnary::Round(rounding), size)));
        ops.extend(SIGNS.map(|signed| Truncate { from: size, signed, relaxed: false }));
        ops.extend(SIGNS.map(|signed| Convert { to: size, signed }));
    }
    ops.extend(widths().into_iter().map(Extend));
    for from in NARROW {
        ops.extend(SIGNS.map(|signed| AddPairs { from, signed }));
    }
    ops
}

fn binary() -> Vec<VectorBinary> {
    use VectorBinary::*;
    let mut ops = vec![And, Or, Xor, AndNot, Dot, Mul(Lanes::I64x2)];
    ops.extend([MulQ15 { relaxed: false }, Swizzle { relaxed: true }, DotBytes { relaxed: false }]);
    for lanes in ALL {
        ops.extend([Add(lanes), Sub(lanes)]);
        for (condition, _) in CONDITIONS {
            match condition {
                Condition::Int(condition) => ops.push(Compare(condition, lanes)),
                Condition::Float(..) => {}
            }
        }
    }
    for lanes in &ALL[1..3] {
        ops.push(Mul(*lanes));
        ops.extend(SIGNS.map(|signed| Narrow { from: *lanes, signed }));
    }
    for lanes in NARROW {
        ops.push(Average(lanes));
        ops.extend(SIGNS.map(|signed| AddSaturating { lanes, signed }));
        ops.extend(SIGNS.map(|signed| SubSaturating { lanes, signed }));
    }
    for which in EXTREMA {
        for lanes in &ALL[..3] {
            ops.extend(SIGNS.map(|signed| Extremum { which, lanes: *lanes, signed }));
        }
        ops.extend(SIZES.map(|size| Pseudo(which, size)));
        ops.extend(SIZES.map(|size| RelaxedFloat(which, size)));
    }
    for size in SIZES {
        for (condition, _) in CONDITIONS {
            match condition {
                Condition::Float(condition, _) => ops.push(CompareFloats(condition, size)),
                Condition::Int(_) => {}
            }
        }
        for op in [FloatBinary::Add, FloatBinary::Sub, FloatBinary::Mul, FloatBinary::Div] {
            ops.push(Float(op, size));
        }
        ops.extend([FloatBinary::Min, FloatBinary::Max].map(|op| Float(op, size)));
    }
    ops.extend(widths().into_iter().map(MulWide));
    ops
}

fn ternary() -> Vec<VectorTernary> {
    let mut ops = vec![VectorTernary::Select, VectorTernary::DotBytesAdd { relaxed: false }];
    for size in SIZES {
        ops.extend(SIGNS.map(|negate| VectorTernary::MultiplyAdd { size, negate }));
    }
    ops
}

/// The listing, in which each line says what was asked for.
#[derive(Default)]
struct Listing(String);

impl Listing {
    /// In a large function, of which the code holds its constants.
    fn add(&mut self, what: String, emit: impl FnOnce(&mut A64Masm)) {
        let mut masm = machine(1 << 20);
        emit(&mut masm);
        let lines = disassemble(&finish(masm).bytes);
        self.0.push_str(&format!("{what}\n    {}\n", lines.join("\n    ")));
    }
}

fn operators(listing: &mut Listing) {
    for op in unary() {
        listing.add(format!("{op:?}"), |masm| masm.vector_unary(op, v(1), v(2)));
    }
    for op in binary() {
        listing.add(format!("{op:?}"), |masm| masm.vector_binary(op, v(2), v(1), v(2)));
    }
    for op in ternary() {
        for to in 1..5 {
            let what = format!("v{to} = {op:?} v1, v2, v3");
            listing.add(what, |masm| masm.vector_ternary(op, v(to), v(1), v(2), v(3)));
        }
    }
    for lanes in ALL {
        let last = u64::from(lanes.bits()) - 1;
        for op in [Shift::Shl, Shift::ShrS, Shift::ShrU] {
            for amount in [Rhs::Imm(0), Rhs::Imm(1), Rhs::Imm(last), Rhs::Reg(x(3))] {
                let what = format!("{op:?} {lanes:?} by {amount:?}");
                listing.add(what, |masm| masm.vector_shift(op, lanes, v(1), v(2), amount));
            }
        }
        listing.add(format!("bitmask {lanes:?}"), |masm| masm.bitmask(lanes, x(1), v(2)));
    }
    let mixed: [u8; 16] = std::array::from_fn(|at| (at * 7 % 32) as u8);
    listing.add("shuffle of two".into(), |masm| masm.shuffle(mixed, v(1), v(1), v(2)));
    let mixed = mixed.map(|byte| byte % 16);
    listing.add("shuffle of one".into(), |masm| masm.shuffle(mixed, v(1), v(1), v(1)));
    let following = std::array::from_fn(|at| at as u8 + 3);
    listing.add("shuffle in order".into(), |masm| masm.shuffle(following, v(1), v(1), v(2)));
    for size in SIZES {
        listing.add(format!("canonical {size:?}"), |masm| masm.canonicalize_lanes(size, v(1)));
    }
}

fn tests(listing: &mut Listing) {
    let tests = ALL.map(VectorTest::All).into_iter().chain([VectorTest::Any]);
    for test in tests {
        let mut condition = None;
        listing.add(format!("{test:?}"), |masm| condition = Some(masm.vector_test(test, v(2))));
        listing.0.push_str(&format!("    holds if {:?}\n", condition.unwrap()));
    }
}

fn single_lanes(listing: &mut Listing) {
    let at = Address::at(x(1), 0);
    let far = Address { base: x(1), index: Some(x(2)), offset: 5 };
    for lanes in ALL {
        listing.add(format!("splat {lanes:?}"), |masm| masm.splat(lanes, v(1), x(2)));
        let load = VectorLoad::Splat(lanes);
        listing.add(format!("load {load:?}"), |masm| masm.load_vector(load, v(1), at));
        for lane in [0, 16 / lanes.bytes() - 1] {
            let what = |what: &str| format!("{what} {lanes:?} {lane}");
            for signed in SIGNS {
                let what = what(if signed { "extract signed" } else { "extract" });
                listing.add(what, |masm| masm.extract_lane(lanes, lane, signed, x(1), v(2)));
            }
            let replace = |masm: &mut A64Masm| masm.replace_lane(lanes, lane, v(1), v(2), x(3));
            listing.add(what("replace"), replace);
            listing.add(what("load"), |masm| masm.load_lane(lanes, lane, v(1), v(2), at));
            listing.add(what("store"), |masm| masm.store_lane(lanes, lane, far, v(2)));
            if lanes.bytes() < 4 {
                continue;
            }
            let extract = |masm: &mut A64Masm| masm.extract_lane(lanes, lane, false, v(1), v(2));
            listing.add(what("extract float"), extract);
            let replace = |masm: &mut A64Masm| masm.replace_lane(lanes, lane, v(1), v(2), v(1));
            listing.add(what("replace float"), replace);
            listing.add(what("splat float"), |masm| masm.splat(lanes, v(1), v(2)));
        }
    }
    for widen in widths().into_iter().filter(|widen| !widen.high) {
        let load = VectorLoad::Extend(widen);
        let from = Address::at(x(1), 9);
        listing.add(format!("load {load:?}"), |masm| masm.load_vector(load, v(1), from));
    }
}

fn atomic(listing: &mut Listing) {
    use AtomicOp::*;
    listing.add("fence".into(), |masm| masm.fence());
    for bytes in [1, 2, 4, 8] {
        let what = |what: &str| format!("atomic {what} of {bytes}");
        listing.add(what("load"), |masm| masm.atomic_load(bytes, x(1), x(1)));
        listing.add(what("store"), |masm| masm.atomic_store(bytes, x(1), x(2)));
        for op in [Add, Sub, And, Or, Xor, Exchange] {
            let rmw = |masm: &mut A64Masm| masm.atomic_rmw(op, bytes, x(1), x(2), x(3));
            listing.add(what(&format!("{op:?}")), rmw);
        }
        let exchange = |masm: &mut A64Masm| masm.atomic_compare_exchange(bytes, x(1), x(2), x(3));
        listing.add(what("compare and exchange"), exchange);
    }
}

#[test]
fn code_of_operators() {
    let mut listing = Listing::default();
    operators(&mut listing);
    tests(&mut listing);
    single_lanes(&mut listing);
    atomic(&mut listing);
    if std::env::var_os(BLESS).is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/isa/aarch64/tests/vector.txt");
        return std::fs::write(path, listing.0).unwrap();
    }
    for (line, (found, expected)) in listing.0.lines().zip(EXPECTED.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", line + 1);
    }
    assert_eq!(listing.0.len(), EXPECTED.len());
}

/// Each access of a loop of exclusive accesses may trap, and nothing else.
#[test]
fn trap_sites_of_accesses() {
    let sites = |emit: &dyn Fn(&mut A64Masm)| {
        let mut masm = machine(0);
        emit(&mut masm);
        finish(masm).traps.iter().map(|trap| trap.0).collect::<Vec<_>>()
    };
    let address = Address { base: x(1), index: Some(x(2)), offset: 5 };
    assert_eq!(sites(&|masm| masm.atomic_rmw(AtomicOp::Add, 4, x(1), x(2), x(3))), [0, 8]);
    assert_eq!(sites(&|masm| masm.atomic_compare_exchange(8, x(1), x(2), x(3))), [0, 12]);
    let load = VectorLoad::Splat(Lanes::I8x16);
    assert_eq!(sites(&|masm| masm.load_vector(load, v(1), address)), [8]);
    assert_eq!(sites(&|masm| masm.load_lane(Lanes::I8x16, 1, v(1), v(2), address)), [12]);
    assert_eq!(sites(&|masm| masm.store_lane(Lanes::I8x16, 1, address, v(2))), [8]);
}
