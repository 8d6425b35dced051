//! What is emitted, read back by a disassembler.

mod vector;

use std::collections::HashMap;

use capstone::prelude::*;
use wasmer_types::{LocalFunctionIndex, TrapCode};

use super::*;
use crate::buffer::{Code, Label};
use crate::masm::{
    Address, Condition, ControlMasm, Conversion, Division, FloatBinary, FloatCondition, FloatMasm,
    FloatUnary, IntBinary, IntCondition, IntUnary, IntegerMasm, Load, MemoryMasm, Rhs, Rounding,
    Shift, Slot, Ty,
};

/// A machine for a function of `size` bytes.
fn machine(size: usize) -> A64Masm {
    let mut buffer = CodeBuffer::default();
    buffer.clear();
    A64.masm(buffer, size)
}

fn finish(mut masm: A64Masm) -> Code {
    masm.buffer.finish().unwrap()
}

fn disassemble(bytes: &[u8]) -> Vec<String> {
    let capstone = Capstone::new().arm64().mode(arch::arm64::ArchMode::Arm).build().unwrap();
    let mut lines = Vec::new();
    let instructions = capstone.disasm_all(bytes, 0).unwrap();
    for instruction in instructions.iter() {
        let mnemonic = instruction.mnemonic().unwrap();
        lines.push(format!("{mnemonic} {}", instruction.op_str().unwrap()).trim().to_owned());
    }
    assert_eq!(lines.len() * 4, bytes.len(), "{lines:?}");
    lines
}

/// What `emit` emits.
fn code(emit: impl FnOnce(&mut A64Masm)) -> String {
    let mut masm = machine(0);
    emit(&mut masm);
    disassemble(&finish(masm).bytes).join("; ")
}

/// Values of registers behind straight-line code that only works out integers, and the address that the access at its
/// end, if there is one, has.
struct Evaluated {
    registers: HashMap<String, u64>,
    address: Option<u64>,
}

const FRAME: u64 = 1 << 40;
const STACK: u64 = 1 << 41;
const BASE: u64 = 1 << 42;
const OFFSET: u64 = 0x1234_5678;

fn number(text: &str) -> u64 {
    let text = text.trim().trim_start_matches('#');
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let value = match text.strip_prefix("0x") {
        Some(text) => u64::from_str_radix(text, 16).unwrap(),
        None => text.parse().unwrap(),
    };
    if negative { value.wrapping_neg() } else { value }
}

/// x29 is `FRAME`, sp `STACK`, x1 `BASE`, x2 `OFFSET`.
fn evaluate(emit: impl FnOnce(&mut A64Masm)) -> Evaluated {
    let mut masm = machine(0);
    emit(&mut masm);
    let mut registers: HashMap<String, u64> =
        [("x29", FRAME), ("sp", STACK), ("x1", BASE), ("x2", OFFSET), ("xzr", 0), ("wzr", 0)]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
    let mut address = None;
    for line in disassemble(&finish(masm).bytes) {
        assert!(address.is_none(), "{line} behind the access");
        let (mnemonic, rest) = line.split_once(' ').unwrap();
        if let Some((_, place)) = rest.split_once('[') {
            let parts = place.trim_end_matches(']').split(", ");
            let values = parts.map(|part| value(&registers, part));
            address = Some(values.fold(0, u64::wrapping_add));
            continue;
        }
        let parts: Vec<&str> = rest.split(", ").collect();
        let shift = match parts.iter().find_map(|part| part.strip_prefix("lsl #")) {
            Some(shift) => shift.parse().unwrap(),
            None => 0,
        };
        let of = |at: usize| value(&registers, parts[at]);
        let result = match mnemonic {
            "mov" | "movz" => of(1) << shift,
            "movn" => !(of(1) << shift),
            "movk" => {
                let name = parts[0].replace('w', "x");
                registers[&name] & !(0xffff << shift) | of(1) << shift
            }
            "orr" => of(1) | of(2),
            "add" => of(1).wrapping_add(of(2) << shift),
            "sub" => of(1).wrapping_sub(of(2) << shift),
            _ => panic!("{line}"),
        };
        let result = match parts[0].starts_with('w') {
            true => u64::from(result as u32),
            false => result,
        };
        registers.insert(parts[0].replace('w', "x"), result);
    }
    Evaluated { registers, address }
}

fn value(registers: &HashMap<String, u64>, text: &str) -> u64 {
    let text = text.trim_end_matches(", uxtx");
    match text.starts_with('#') {
        true => number(text),
        false => *registers.get(text).unwrap_or_else(|| panic!("{text}")),
    }
}

/// Numbers of all shapes.
fn numbers() -> impl Iterator<Item = u64> {
    let edges = (0..64).flat_map(|bit| {
        let power = 1u64 << bit;
        [power - 1, power, power + 1, !power, !(power - 1), power.wrapping_neg() - 1]
    });
    let halves = (0..81).map(|number: u64| {
        let half = |at: u32| [0, 0xffff, 0x1234][(number / 3u64.pow(at) % 3) as usize];
        half(0) | half(1) << 16 | half(2) << 32 | half(3) << 48
    });
    let patterns = [
        0x5555_5555_5555_5555,
        0x5555_5555,
        0xff00_ff00_ff00_ff00,
        0x7fc0_0000,
        0xffff_0000_ffff,
        0x8000_0000_0000_0001,
        0x0123_4567_89ab_cdef,
    ];
    edges.chain(halves).chain(patterns)
}

#[test]
fn constants() {
    for bits in numbers() {
        let evaluated = evaluate(|masm| masm.constant(Ty::I64, x(3), bits));
        assert_eq!(evaluated.registers["x3"], bits, "0x{bits:x}");
    }
    assert_eq!(code(|masm| masm.constant(Ty::I32, x(3), 0)), "mov w3, #0");
    assert_eq!(code(|masm| masm.constant(Ty::I32, x(3), 0xffff_fff0)), "mov w3, #-0x10");
    assert_eq!(code(|masm| masm.constant(Ty::I64, x(3), u64::MAX)), "mov x3, #-1");
    let pattern = code(|masm| masm.constant(Ty::I64, x(3), 0x5555_5555_5555_5555));
    assert_eq!(pattern.matches(';').count(), 0, "{pattern}");
}

#[test]
fn float_constants() {
    let of = |ty, bits| code(|masm| masm.constant(ty, v(3), bits));
    assert_eq!(of(Ty::F32, 0), "movi v3.2d, #0000000000000000");
    assert_eq!(of(Ty::F32, u64::from(1.5f32.to_bits())), "fmov s3, #1.50000000");
    assert_eq!(of(Ty::F64, (-31f64).to_bits()), "fmov d3, #-31.00000000");
    assert_eq!(of(Ty::F32, 0x8000_0000), "mov w16, #-0x80000000; fmov s3, w16");
    assert_eq!(of(Ty::F64, 1 << 63), "mov x16, #-0x8000000000000000; fmov d3, x16");
    assert_eq!(of(Ty::F64, f64::INFINITY.to_bits()), "mov x16, #0x7ff0000000000000; fmov d3, x16");
    for bits in numbers() {
        of(Ty::F64, bits);
        of(Ty::F32, bits & 0xffff_ffff);
    }
}

#[test]
fn vector_constants() {
    let of = |bytes| code(|masm| masm.vector_constant(v(3), bytes));
    assert_eq!(of([0; 16]), "movi v3.2d, #0000000000000000");
    assert_eq!(of([0xff; 16]), "movi v3.2d, #0xffffffffffffffff");
    assert_eq!(of([7; 16]), "movi v3.16b, #7");
    let bytes: [u8; 16] = std::array::from_fn(|at| at as u8);
    let mut masm = machine(0);
    masm.enter();
    masm.vector_constant(v(3), bytes);
    masm.leave();
    masm.finish(0);
    let code = finish(masm).bytes;
    let (instructions, constants) = code.split_at(code.len() - 16);
    assert_eq!(constants, bytes);
    let load = format!("ldr q3, #0x{:x}", instructions.len());
    // The address of the constant is the place of the instruction plus the distance.
    assert_eq!(disassemble(&instructions[..16])[3], load);
    let mut masm = machine(1 << 20);
    masm.vector_constant(v(3), bytes);
    let lines = disassemble(&finish(masm).bytes);
    assert_eq!(lines.last().unwrap(), "mov v3.d[1], x16");
}

#[test]
fn slots() {
    let edges =
        [8, 16, 24, 248, 256, 264, 4080, 4088, 4096, 4104, 8192, 32752, 32760, 32768, 65536];
    let large = [(1 << 24) - 16, (1 << 24) - 8, 1 << 24, (1 << 24) + 8, 0x7654_3210, i32::MAX - 7];
    for magnitude in edges.into_iter().chain(large) {
        for slot in [-magnitude, magnitude].map(Slot) {
            let address = FRAME.wrapping_add(slot.0 as u64);
            for ty in [Ty::I32, Ty::I64, Ty::F32, Ty::F64, Ty::V128] {
                let reg = if ty.class() == Class::General { x(7) } else { v(7) };
                let load = evaluate(|masm| masm.load_slot(ty, reg, slot));
                assert_eq!(load.address, Some(address), "{ty:?} {slot:?}");
                let store = evaluate(|masm| masm.store_slot(ty, slot, reg));
                assert_eq!(store.address, Some(address), "{ty:?} {slot:?}");
            }
            let store = evaluate(|masm| masm.store_slot_constant(Ty::I64, slot, 0x1_2345));
            assert_eq!((store.address, store.registers["x17"]), (Some(address), 0x1_2345));
            let to = evaluate(|masm| masm.slot_address(x(7), slot));
            assert_eq!(to.registers["x7"], address);
        }
    }
    assert_eq!(code(|masm| masm.load_slot(Ty::I64, x(7), Slot(-256))), "ldur x7, [x29, #-0x100]");
    assert_eq!(
        code(|masm| masm.store_slot(Ty::V128, Slot(-272), v(7))),
        "sub x16, x29, #1, lsl #12; str q7, [x16, #0xef0]"
    );
    assert_eq!(code(|masm| masm.store_slot_constant(Ty::F32, Slot(-8), 0)), "stur wzr, [x29, #-8]");
}

#[test]
fn addresses() {
    let offsets = [0, 1, 3, 8, 255, 256, 257, 4095, 4096, 0x7fff, 0x12_3456, i32::MAX, i32::MIN];
    let negative = [-1, -255, -256, -257, -4096, -4097, -0x12_3456, -(1 << 24), 1 - (1 << 24)];
    for offset in offsets.into_iter().chain(negative) {
        for index in [None, Some(x(2))] {
            let address = Address { base: x(1), index, offset };
            let indexed = if index.is_some() { OFFSET } else { 0 };
            let sum = BASE.wrapping_add(offset as u64).wrapping_add(indexed);
            for bytes in [1, 2, 4, 8] {
                let load = Load { bytes, signed: false, ty: Ty::I64 };
                let evaluated = evaluate(|masm| masm.load(load, x(7), address));
                assert_eq!(evaluated.address, Some(sum), "{address:?}");
            }
            for bytes in [4, 8, 16] {
                let evaluated = evaluate(|masm| masm.store(bytes, address, v(7)));
                assert_eq!(evaluated.address, Some(sum), "{address:?}");
            }
            for to in [x(1), x(2), x(7), X17] {
                let evaluated = evaluate(|masm| masm.address(to, address));
                assert_eq!(evaluated.registers[&format!("x{}", to.code())], sum, "{address:?}");
            }
        }
    }
    let argument = code(|masm| masm.store_argument(Ty::V128, 16, v(31)));
    assert_eq!(argument, "str q31, [sp, #0x10]");
    let argument = evaluate(|masm| masm.store_argument(Ty::I64, 70000, X17));
    assert_eq!(argument.address, Some(STACK + 70000));
}

#[test]
fn loads_and_stores() {
    let at = Address { base: x(1), index: Some(x(2)), offset: 0 };
    let load = |ty, bytes, signed| code(|masm| masm.load(Load { bytes, signed, ty }, x(7), at));
    assert_eq!(load(Ty::I32, 1, true), "ldrsb w7, [x1, x2]");
    assert_eq!(load(Ty::I64, 1, true), "ldrsb x7, [x1, x2]");
    assert_eq!(load(Ty::I32, 2, true), "ldrsh w7, [x1, x2]");
    assert_eq!(load(Ty::I64, 2, true), "ldrsh x7, [x1, x2]");
    assert_eq!(load(Ty::I64, 4, true), "ldrsw x7, [x1, x2]");
    assert_eq!(load(Ty::I32, 1, false), "ldrb w7, [x1, x2]");
    assert_eq!(load(Ty::I64, 2, false), "ldrh w7, [x1, x2]");
    assert_eq!(load(Ty::I64, 4, false), "ldr w7, [x1, x2]");
    assert_eq!(load(Ty::I64, 8, false), "ldr x7, [x1, x2]");
    let float = |ty| code(|masm| masm.load(Load::whole(ty), v(7), at));
    assert_eq!(float(Ty::F32), "ldr s7, [x1, x2]");
    assert_eq!(float(Ty::F64), "ldr d7, [x1, x2]");
    assert_eq!(float(Ty::V128), "ldr q7, [x1, x2]");
    let store = |bytes, reg| code(|masm| masm.store(bytes, at, reg));
    assert_eq!(store(1, x(7)), "strb w7, [x1, x2]");
    assert_eq!(store(2, x(7)), "strh w7, [x1, x2]");
    assert_eq!(store(4, x(7)), "str w7, [x1, x2]");
    assert_eq!(store(8, x(7)), "str x7, [x1, x2]");
    assert_eq!(store(4, v(7)), "str s7, [x1, x2]");
    assert_eq!(store(8, v(7)), "str d7, [x1, x2]");
    assert_eq!(store(16, v(7)), "str q7, [x1, x2]");
    assert_eq!(code(|masm| assert!(masm.store_constant(2, at, 0x10000))), "strh wzr, [x1, x2]");
    assert_eq!(code(|masm| assert!(!masm.store_constant(2, at, 1))), "");
}

/// An access with an address of several instructions traps at the last.
#[test]
fn trap_sites() {
    let mut masm = machine(0);
    let at = Address { base: x(1), index: Some(x(2)), offset: 0x12_3456 };
    masm.buffer().trap_site(TrapCode::HeapAccessOutOfBounds);
    masm.load(Load::whole(Ty::I64), x(7), at);
    masm.buffer().trap_site(TrapCode::TableAccessOutOfBounds);
    masm.load(Load::whole(Ty::I64), x(7), Address::at(x(1), 0));
    masm.trap(TrapCode::UnreachableCodeReached);
    let Code { bytes, traps, .. } = finish(masm);
    let lines = disassemble(&bytes[..bytes.len() - 4]);
    assert!(lines[3].starts_with("ldr"), "{lines:?}");
    let offsets: Vec<u32> = traps.iter().map(|trap| trap.0).collect();
    assert_eq!(offsets, [12, 16, 20]);
    assert_eq!(bytes[20..], [0; 4]);
}

const BINARIES: [IntBinary; 6] =
    [IntBinary::Add, IntBinary::Sub, IntBinary::Mul, IntBinary::And, IntBinary::Or, IntBinary::Xor];

#[test]
fn integers() {
    let names = ["add", "sub", "mul", "and", "orr", "eor"];
    for (op, name) in BINARIES.into_iter().zip(names) {
        for (size, of) in [(Size::S32, 'w'), (Size::S64, 'x')] {
            let registers = code(|masm| masm.int_binary(op, size, x(1), x(2), Rhs::Reg(x(1))));
            assert_eq!(registers, format!("{name} {of}1, {of}2, {of}1"));
            for bits in numbers().map(|bits| bits & size.mask()) {
                let line = code(|masm| masm.int_binary(op, size, x(1), x(2), Rhs::Imm(bits)));
                let is_one = !line.contains(';');
                assert_eq!(machine(0).is_immediate(Some(op), size, bits), is_one, "{line}");
            }
        }
    }
    let sum =
        |size, bits| code(|masm| masm.int_binary(IntBinary::Add, size, x(1), x(2), Rhs::Imm(bits)));
    assert_eq!(sum(Size::S32, 0xfff), "add w1, w2, #0xfff");
    assert_eq!(sum(Size::S32, 0xffff_ffff), "sub w1, w2, #1");
    assert_eq!(sum(Size::S64, 0xffff_ffff), "mov w16, #-1; add x1, x2, x16");
    assert_eq!(sum(Size::S64, 0xfff000), "add x1, x2, #0xfff, lsl #12");
    assert_eq!(sum(Size::S64, 0x1001), "mov w16, #0x1001; add x1, x2, x16");
    let slot =
        code(|masm| masm.int_binary(IntBinary::Add, Size::S32, x(1), x(2), Rhs::Slot(Slot(-8))));
    assert_eq!(slot, "ldur w16, [x29, #-8]; add w1, w2, w16");
    let mask =
        code(|masm| masm.int_binary(IntBinary::And, Size::S64, x(1), x(2), Rhs::Imm(0xff00)));
    assert_eq!(mask, "and x1, x2, #0xff00");
}

#[test]
fn comparisons() {
    let compare = |size, b| code(|masm| masm.compare(size, x(1), b));
    assert_eq!(compare(Size::S32, Rhs::Reg(x(2))), "cmp w1, w2");
    assert_eq!(compare(Size::S64, Rhs::Imm(0)), "cmp x1, #0");
    assert_eq!(compare(Size::S32, Rhs::Imm(0xffff_ffff)), "cmn w1, #1");
    assert_eq!(compare(Size::S64, Rhs::Imm(0x5000)), "cmp x1, #5, lsl #12");
    assert_eq!(compare(Size::S64, Rhs::Imm(0x5001)), "mov w16, #0x5001; cmp x1, x16");
    let test = |size, b| code(|masm| masm.test(size, x(1), b));
    assert_eq!(test(Size::S32, Rhs::Imm(0x80)), "tst w1, #0x80");
    assert_eq!(test(Size::S64, Rhs::Imm(5)), "mov w16, #5; tst x1, x16");
    for bits in numbers() {
        compare(Size::S64, Rhs::Imm(bits));
        compare(Size::S32, Rhs::Imm(bits & 0xffff_ffff));
        test(Size::S64, Rhs::Imm(bits));
        test(Size::S32, Rhs::Imm(bits & 0xffff_ffff));
    }
}

#[test]
fn shifts() {
    let shift = |op, size, amount| code(|masm| masm.shift(op, size, x(1), x(2), amount));
    let by = Rhs::Reg(x(1));
    assert_eq!(shift(Shift::Shl, Size::S32, by), "lsl w1, w2, w1");
    assert_eq!(shift(Shift::ShrS, Size::S64, by), "asr x1, x2, x1");
    assert_eq!(shift(Shift::ShrU, Size::S32, by), "lsr w1, w2, w1");
    assert_eq!(shift(Shift::Rotr, Size::S64, by), "ror x1, x2, x1");
    assert_eq!(shift(Shift::Rotl, Size::S32, by), "neg w16, w1; ror w1, w2, w16");
    assert_eq!(shift(Shift::Rotl, Size::S32, Rhs::Imm(1)), "ror w1, w2, #0x1f");
    assert_eq!(shift(Shift::Rotl, Size::S64, Rhs::Imm(63)), "ror x1, x2, #1");
    assert_eq!(shift(Shift::Shl, Size::S32, Rhs::Imm(31)), "lsl w1, w2, #0x1f");
    assert_eq!(shift(Shift::Shl, Size::S64, Rhs::Imm(1)), "lsl x1, x2, #1");
    assert_eq!(shift(Shift::ShrS, Size::S32, Rhs::Imm(31)), "asr w1, w2, #0x1f");
    assert_eq!(shift(Shift::ShrU, Size::S64, Rhs::Imm(63)), "lsr x1, x2, #0x3f");
    for op in [Shift::Shl, Shift::ShrS, Shift::ShrU, Shift::Rotl, Shift::Rotr] {
        for amount in 0..130 {
            shift(op, Size::S32, Rhs::Imm(amount));
            shift(op, Size::S64, Rhs::Imm(amount));
        }
    }
}

/// Everything up to the code behind the function, which begins with traps.
fn divide(op: Division, size: Size, known: Option<u64>) -> String {
    let mut masm = machine(0);
    masm.divide(op, size, x(1), x(1), x(2), known);
    masm.buffer().emit_outline_traps(|buffer| dynasmrt::DynasmApi::push_u32(buffer, 0));
    let Code { bytes, traps, .. } = finish(masm);
    disassemble(&bytes[..bytes.len() - 4 * traps.len()]).join("; ")
}

#[test]
fn divisions() {
    let op = |signed, remainder| Division { signed, remainder };
    assert_eq!(divide(op(false, false), Size::S32, None), "cbz w2, #8; udiv w1, w1, w2");
    assert_eq!(divide(op(false, false), Size::S32, Some(7)), "udiv w1, w1, w2");
    assert_eq!(
        divide(op(false, true), Size::S64, Some(7)),
        "udiv x16, x1, x2; msub x1, x16, x2, x1"
    );
    assert_eq!(
        divide(op(true, false), Size::S32, None),
        "cbz w2, #0x14; cmn w2, #1; ccmp w1, #1, #0, eq; b.vs #0x18; sdiv w1, w1, w2"
    );
    assert_eq!(
        divide(op(true, false), Size::S64, Some(u64::MAX)),
        "cmn x2, #1; ccmp x1, #1, #0, eq; b.vs #0x10; sdiv x1, x1, x2"
    );
    assert_eq!(
        divide(op(true, true), Size::S32, None),
        "cbz w2, #0xc; sdiv w16, w1, w2; msub w1, w16, w2, w1"
    );
}

#[test]
fn one_integer() {
    let unary = |op, size| code(|masm| masm.int_unary(op, size, x(1), x(2)));
    assert_eq!(unary(IntUnary::Clz, Size::S32), "clz w1, w2");
    assert_eq!(unary(IntUnary::Ctz, Size::S64), "rbit x1, x2; clz x1, x1");
    assert_eq!(
        unary(IntUnary::Popcnt, Size::S32),
        "fmov d30, x2; cnt v30.8b, v30.8b; addv b30, v30.8b; fmov w1, s30"
    );
    assert_eq!(unary(IntUnary::Extend(8), Size::S32), "sxtb w1, w2");
    assert_eq!(unary(IntUnary::Extend(8), Size::S64), "sxtb x1, w2");
    assert_eq!(unary(IntUnary::Extend(16), Size::S32), "sxth w1, w2");
    assert_eq!(unary(IntUnary::Extend(16), Size::S64), "sxth x1, w2");
    assert_eq!(unary(IntUnary::Extend(32), Size::S64), "sxtw x1, w2");
}

#[test]
fn wide_integers() {
    let sum = |subtract, b| code(|masm| masm.wide_sum(subtract, [x(1), x(2)], b));
    let registers = [Rhs::Reg(x(3)), Rhs::Reg(x(4))];
    assert_eq!(sum(false, registers), "adds x1, x1, x3; adc x2, x2, x4");
    assert_eq!(sum(true, registers), "subs x1, x1, x3; sbc x2, x2, x4");
    let constants = [Rhs::Imm(u64::MAX), Rhs::Imm(0)];
    assert_eq!(sum(false, constants), "subs x1, x1, #1; adc x2, x2, xzr");
    assert_eq!(
        sum(true, [Rhs::Imm(0x5001), Rhs::Imm(5)]),
        "mov w16, #0x5001; subs x1, x1, x16; mov w16, #5; sbc x2, x2, x16"
    );
    assert_eq!(
        code(|masm| masm.wide_product(true, [x(1), x(2)], x(2), x(1))),
        "mul x16, x2, x1; smulh x2, x2, x1; mov x1, x16"
    );
    assert_eq!(
        code(|masm| masm.wide_product(false, [x(1), x(2)], x(3), x(4))),
        "mul x16, x3, x4; umulh x2, x3, x4; mov x1, x16"
    );
}

#[test]
fn floats() {
    let binary = |op, size, to| code(|masm| masm.float_binary(op, size, to, v(1), v(2)));
    let names = ["fadd", "fsub", "fmul", "fdiv", "fmin", "fmax"];
    let ops = [
        FloatBinary::Add,
        FloatBinary::Sub,
        FloatBinary::Mul,
        FloatBinary::Div,
        FloatBinary::Min,
        FloatBinary::Max,
    ];
    for (op, name) in ops.into_iter().zip(names) {
        assert_eq!(binary(op, Size::S32, v(2)), format!("{name} s2, s1, s2"));
        assert_eq!(binary(op, Size::S64, v(3)), format!("{name} d3, d1, d2"));
    }
    let sign_32 = "movi v30.4s, #0x80, lsl #24";
    let sign_64 = "movi v30.2d, #0000000000000000; fneg v30.2d, v30.2d";
    let copysign = |size, to| binary(FloatBinary::Copysign, size, to);
    assert_eq!(copysign(Size::S32, v(1)), format!("{sign_32}; bit v1.16b, v2.16b, v30.16b"));
    assert_eq!(copysign(Size::S32, v(2)), format!("{sign_32}; bif v2.16b, v1.16b, v30.16b"));
    assert_eq!(
        copysign(Size::S64, v(3)),
        format!("{sign_64}; fmov d3, d1; bit v3.16b, v2.16b, v30.16b")
    );
    let unary = |op, size| code(|masm| masm.float_unary(op, size, v(1), v(2)));
    assert_eq!(unary(FloatUnary::Abs, Size::S32), "fabs s1, s2");
    assert_eq!(unary(FloatUnary::Neg, Size::S64), "fneg d1, d2");
    assert_eq!(unary(FloatUnary::Sqrt, Size::S32), "fsqrt s1, s2");
    let names = ["frintp", "frintm", "frintz", "frintn"];
    let roundings = [Rounding::Ceil, Rounding::Floor, Rounding::Trunc, Rounding::Nearest];
    for (rounding, name) in roundings.into_iter().zip(names) {
        assert_eq!(unary(FloatUnary::Round(rounding), Size::S64), format!("{name} d1, d2"));
    }
    assert_eq!(
        code(|masm| masm.canonicalize(Size::S32, v(1))),
        "fcmp s1, s1; b.vc #0x10; mov w16, #0x7fc00000; fmov s1, w16"
    );
}

#[test]
fn conversions() {
    let general = |op| code(|masm| masm.convert(op, x(1), x(2)));
    assert_eq!(general(Conversion::Wrap), "mov w1, w2");
    assert_eq!(code(|masm| masm.convert(Conversion::Wrap, x(1), x(1))), "mov w1, w1");
    assert_eq!(general(Conversion::ExtendSigned), "sxtw x1, w2");
    let float = |op| code(|masm| masm.convert(op, v(1), v(2)));
    assert_eq!(float(Conversion::Demote), "fcvt s1, d2");
    assert_eq!(float(Conversion::Promote), "fcvt d1, s2");
    assert_eq!(
        code(|masm| masm.convert(Conversion::FloatBits(Size::S32), x(1), v(2))),
        "fmov w1, s2"
    );
    assert_eq!(
        code(|masm| masm.convert(Conversion::FloatBits(Size::S64), x(1), v(2))),
        "fmov x1, d2"
    );
    assert_eq!(
        code(|masm| masm.convert(Conversion::FromBits(Size::S32), v(1), x(2))),
        "fmov s1, w2"
    );
    assert_eq!(
        code(|masm| masm.convert(Conversion::FromBits(Size::S64), v(1), x(2))),
        "fmov d1, x2"
    );
    for (from, of) in [(Size::S32, 'w'), (Size::S64, 'x')] {
        for (to, lane) in [(Size::S32, 's'), (Size::S64, 'd')] {
            for (signed, sign) in [(true, 's'), (false, 'u')] {
                let op = Conversion::ToFloat { from, signed, to };
                let line = code(|masm| masm.convert(op, v(1), x(2)));
                assert_eq!(line, format!("{sign}cvtf {lane}1, {of}2"));
                let op = Conversion::ToInt { from: to, to: from, signed, saturating: true };
                let line = code(|masm| masm.convert(op, x(1), v(2)));
                assert_eq!(line, format!("fcvtz{sign} {of}1, {lane}2"));
            }
        }
    }
}

/// Each range holds exactly the floats that fit.
#[test]
fn ranges_of_conversions() {
    let holds = |range: &float::Range, value: f64| match range.is_outside {
        true => value > range.smallest && value < range.end,
        false => value >= range.smallest && value < range.end,
    };
    for to in [Size::S32, Size::S64] {
        for signed in [true, false] {
            let (least, most) = match (to, signed) {
                (Size::S32, true) => (i128::from(i32::MIN), i128::from(i32::MAX)),
                (Size::S64, true) => (i128::from(i64::MIN), i128::from(i64::MAX)),
                (Size::S32, false) => (0, i128::from(u32::MAX)),
                (Size::S64, false) => (0, i128::from(u64::MAX)),
            };
            for edge in [least as f64, most as f64, -1.0, 0.0] {
                let range = float::Range::new(Size::S64, to, signed);
                let near = [edge.next_down(), edge, edge.next_up(), edge - 1.0, edge + 1.0];
                for value in near {
                    let fits = (least..=most).contains(&(value.trunc() as i128));
                    assert_eq!(holds(&range, value), fits, "{value} {to:?} {signed}");
                }
                let range = float::Range::new(Size::S32, to, signed);
                assert_eq!(f64::from(range.smallest as f32), range.smallest);
                assert_eq!(f64::from(range.end as f32), range.end);
                let edge = edge as f32;
                for value in [edge.next_down(), edge, edge.next_up()] {
                    let fits = (least..=most).contains(&(value.trunc() as i128));
                    assert_eq!(holds(&range, f64::from(value)), fits, "{value} {to:?} {signed}");
                }
            }
        }
    }
    let op = Conversion::ToInt { from: Size::S32, to: Size::S32, signed: true, saturating: false };
    let mut masm = machine(0);
    masm.convert(op, x(1), v(2));
    masm.buffer().emit_outline_traps(|buffer| dynasmrt::DynasmApi::push_u32(buffer, 0));
    let Code { bytes, traps, .. } = finish(masm);
    assert_eq!(
        disassemble(&bytes[..bytes.len() - 8]).join("; "),
        "mov w16, #-0x31000000; fmov s30, w16; fcmp s2, s30; b.vs #0x28; b.mi #0x2c; \
         mov w16, #0x4f000000; fmov s30, w16; fcmp s2, s30; b.ge #0x2c; fcvtzs w1, s2"
    );
    let codes: Vec<TrapCode> = traps.iter().map(|trap| trap.1).collect();
    assert_eq!(codes, [TrapCode::BadConversionToInteger, TrapCode::IntegerOverflow]);
}

const CONDITIONS: [(Condition, &str); 16] = [
    (Condition::Int(IntCondition::Equal), "eq"),
    (Condition::Int(IntCondition::NotEqual), "ne"),
    (Condition::Int(IntCondition::LessSigned), "lt"),
    (Condition::Int(IntCondition::LessUnsigned), "lo"),
    (Condition::Int(IntCondition::GreaterSigned), "gt"),
    (Condition::Int(IntCondition::GreaterUnsigned), "hi"),
    (Condition::Int(IntCondition::LessEqualSigned), "le"),
    (Condition::Int(IntCondition::LessEqualUnsigned), "ls"),
    (Condition::Int(IntCondition::GreaterEqualSigned), "ge"),
    (Condition::Int(IntCondition::GreaterEqualUnsigned), "hs"),
    (Condition::Float(FloatCondition::Equal, true), "eq"),
    (Condition::Float(FloatCondition::NotEqual, true), "ne"),
    (Condition::Float(FloatCondition::Less, true), "mi"),
    (Condition::Float(FloatCondition::Greater, true), "gt"),
    (Condition::Float(FloatCondition::LessEqual, true), "ls"),
    (Condition::Float(FloatCondition::GreaterEqual, true), "ge"),
];

#[test]
fn conditions() {
    for (condition, name) in CONDITIONS {
        assert_eq!(code(|masm| masm.set(condition, x(1))), format!("cset w1, {name}"));
        let branch = code(|masm| {
            let label = masm.buffer().new_label();
            masm.branch(condition, label);
            masm.buffer().bind(label);
        });
        assert_eq!(branch, format!("b.{name} #4"));
        let zero = code(|masm| masm.zero_if(condition, x(1)));
        assert_eq!(zero, format!("csel x1, xzr, x1, {name}"));
        let select = |ty, reg: fn(u8) -> Reg| {
            code(|masm| masm.select(condition, ty, reg(1), reg(2), reg(3)))
        };
        assert_eq!(select(Ty::I64, x), format!("csel x1, x2, x3, {name}"));
        assert_eq!(select(Ty::F32, v), format!("fcsel d1, d2, d3, {name}"));
        assert_eq!(
            select(Ty::V128, v),
            format!(
                "csetm x16, {name}; dup v30.2d, x16; bsl v30.16b, v2.16b, v3.16b; mov v1.16b, v30.16b"
            )
        );
    }
    let negated = Condition::Float(FloatCondition::Less, false);
    assert_eq!(code(|masm| masm.set(negated, x(1))), "cset w1, pl");
}

fn zero_branch(size: usize, condition: IntCondition, other: bool) -> String {
    let mut masm = machine(size);
    let label = masm.buffer().new_label();
    masm.test(Size::S32, x(1), Rhs::Reg(x(1)));
    if other {
        masm.mov(Ty::I64, x(2), x(3));
    }
    masm.branch(Condition::Int(condition), label);
    masm.buffer().bind(label);
    disassemble(&finish(masm).bytes).join("; ")
}

#[test]
fn branches_on_zero() {
    assert_eq!(zero_branch(0, IntCondition::Equal, false), "cbz w1, #4");
    assert_eq!(zero_branch(0, IntCondition::NotEqual, false), "cbnz w1, #4");
    assert_eq!(zero_branch(1 << 20, IntCondition::NotEqual, false), "cbz w1, #8; b #8");
    assert_eq!(zero_branch(0, IntCondition::NotEqual, true), "tst w1, w1; mov x2, x3; b.ne #0xc");
}

fn branch_to(masm: &mut A64Masm, label: Label) {
    masm.branch(Condition::Int(IntCondition::LessSigned), label);
}

#[test]
fn far_branches() {
    let mut masm = machine(1 << 20);
    let [near, far] = [(); 2].map(|()| masm.buffer().new_label());
    masm.buffer().bind(near);
    branch_to(&mut masm, far);
    branch_to(&mut masm, near);
    let filler = vec![0u8; 2 << 20];
    masm.buffer().extend(&filler);
    masm.buffer().bind(far);
    branch_to(&mut masm, near);
    let bytes = finish(masm).bytes;
    assert_eq!(disassemble(&bytes[..12]), ["b.ge #8", "b #0x20000c", "b.lt #0"]);
    assert_eq!(disassemble(&bytes[bytes.len() - 8..])[0], "b.ge #8");
    // The same with what is said of a small function is an error, upon which it is compiled again.
    let mut masm = machine(0);
    let far = masm.buffer().new_label();
    branch_to(&mut masm, far);
    masm.buffer().extend(&filler);
    masm.buffer().bind(far);
    assert!(masm.buffer.finish().is_err());
}

#[test]
fn jump_tables() {
    for count in [1, 2, 4096, 4097, 4098, 70000] {
        let mut masm = machine(0);
        let labels: Vec<Label> = (0..count).map(|_| masm.buffer().new_label()).collect();
        masm.jump_table(x(1), &labels);
        let end = masm.buffer().here();
        for label in &labels {
            masm.buffer().bind(*label);
            masm.trap(TrapCode::UnreachableCodeReached);
        }
        assert!(masm.has_jump_tables);
        let bytes = finish(masm).bytes;
        let table = end as usize - 4 * count;
        let lines = disassemble(&bytes[..table]);
        let jump = &lines[lines.len() - 5..];
        let place = table - 16;
        assert_eq!(
            jump,
            [
                "csel x1, x1, x16, lo".to_owned(),
                format!("adr x16, #0x{:x}", place + 16),
                "ldrsw x1, [x1, x16, lsl #2]".replace("x1, x16", "x16, x1"),
                "add x16, x16, x1".to_owned(),
                "br x16".to_owned(),
            ]
        );
        for (at, entry) in bytes[table..end as usize].chunks(4).enumerate() {
            let distance = u32::from_le_bytes(entry.try_into().unwrap());
            assert_eq!(distance as usize, 4 * count + 4 * at);
        }
    }
}

#[test]
fn calls() {
    let mut masm = machine(0);
    masm.mov(Ty::I64, x(1), x(2));
    masm.call_function(LocalFunctionIndex::from_u32(7));
    masm.call(X17);
    let Code { bytes, relocations, .. } = finish(masm);
    assert_eq!(disassemble(&bytes).join("; "), "mov x1, x2; bl #4; blr x17");
    assert_eq!((relocations.len(), relocations[0].offset, relocations[0].addend), (1, 4, 0));
}

#[test]
fn copies() {
    assert_eq!(code(|masm| masm.mov(Ty::I64, x(1), x(1))), "");
    assert_eq!(code(|masm| masm.mov(Ty::I32, x(1), x(1))), "mov w1, w1");
    assert_eq!(code(|masm| masm.mov(Ty::F32, v(1), v(2))), "fmov s1, s2");
    assert_eq!(code(|masm| masm.mov(Ty::V128, v(1), v(2))), "mov v1.16b, v2.16b");
    assert_eq!(code(|masm| masm.exchange(x(1), x(2))), "mov x16, x1; mov x1, x2; mov x2, x16");
    assert_eq!(
        code(|masm| masm.exchange(v(1), v(2))),
        "mov v30.16b, v1.16b; mov v1.16b, v2.16b; mov v2.16b, v30.16b"
    );
}

fn frame(size: u32) -> Vec<String> {
    let mut masm = machine(0);
    masm.enter();
    masm.leave();
    masm.finish(size);
    disassemble(&finish(masm).bytes)
}

#[test]
fn frames() {
    let small = |room: &str| {
        [
            "stp x29, x30, [sp, #-0x10]!",
            "mov x29, sp",
            room,
            "mov sp, x29",
            "ldp x29, x30, [sp], #0x10",
            "ret",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    assert_eq!(frame(0)[3..], small("")[3..]);
    assert_eq!(frame(16), small("sub sp, sp, #0x10"));
    assert_eq!(frame(4080), small("sub sp, sp, #0xff0"));
    for (size, pages, rest) in [
        (4096, "mov w16, #1", None),
        (4112, "mov w16, #1", Some("sub sp, sp, #0x10")),
        (16 << 20, "mov w16, #0x1000", None),
        ((16 << 20) + 4080, "mov w16, #0x1000", Some("sub sp, sp, #0xff0")),
        (u32::MAX - 15, "mov w16, #0xfffff", Some("sub sp, sp, #0xff0")),
    ] {
        let lines = frame(size);
        assert_eq!(lines[..6], small("b #0x18"));
        let mut expected = vec![pages];
        expected.extend(["sub sp, sp, #1, lsl #12", "str xzr, [sp]", "subs x16, x16, #1"]);
        expected.push("b.ne #0x1c");
        expected.extend(rest);
        expected.push("b #0xc");
        assert_eq!(lines[6..], expected);
    }
}

#[test]
fn zeroed_slots() {
    let zero = |first, end| code(|masm| masm.zero_slots(Slot(first), Slot(end)));
    assert_eq!(zero(-16, -16), "");
    assert_eq!(zero(-24, -8), "stur xzr, [x29, #-0x18]; stur xzr, [x29, #-0x10]");
    assert_eq!(
        zero(-88, -8),
        "stur xzr, [x29, #-0x58]; stur xzr, [x29, #-0x50]; sub x0, x29, #0x48; sub x1, x29, #8; \
         movi v0.2d, #0000000000000000; stp q0, q0, [x0], #0x20; cmp x0, x1; b.ne #0x14"
    );
    zero(-(50_000 * 16), -8);
    zero(-(i32::MAX - 7), -8);
}

#[test]
fn unwinding() {
    assert_eq!([x(19), x(28), v(8)].map(dwarf_number), [19, 28, 72]);
    let frame = FrameLayout::default();
    assert_eq!(A64.unwind_rules(&frame).len(), 5);
}
