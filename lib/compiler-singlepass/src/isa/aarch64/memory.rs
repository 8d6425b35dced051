//! Moves, constants, loads, stores, slots of the frame.

use dynasmrt::DynasmApi;

use super::asm::{Access, ArithmeticImmediate, Flag, asm, is_logical_immediate};
use super::{A64Masm, FRAME_POINTER, V30, X16, X17, ZERO};
use crate::buffer::Distance;
use crate::masm::{Address, Load, MemoryMasm, Size, Slot, Ty};
use crate::registers::{Class, Reg};

/// Numbers below this are a sum of two immediates.
const TWO_IMMEDIATES: u32 = 1 << 24;

impl A64Masm {
    /// Sets a general register, by the fewest instructions: 16 bits each, or a repeated pattern at once.
    pub(super) fn int_constant(&mut self, to: Reg, bits: u64) {
        let code = to.code();
        let low = bits as u32;
        if bits == u64::from(low) {
            // The upper half becomes zero by itself.
            return match (low >> 16, !low >> 16, !low & 0xffff) {
                (0, ..) => asm!(self; movz W(code), low),
                (high, ..) if low & 0xffff == 0 => asm!(self; movz W(code), high, lsl 16),
                (_, 0, _) => asm!(self; movn W(code), !low),
                (_, high, 0) => asm!(self; movn W(code), high, lsl 16),
                _ if is_logical_immediate(Size::S32, bits) => asm!(self; orr WSP(code), wzr, low),
                (high, ..) => asm!(self; movz W(code), low & 0xffff; movk W(code), high, lsl 16),
            };
        }
        if bits == u64::MAX {
            return asm!(self; movn X(code), 0);
        }
        let halves: [u32; 4] = std::array::from_fn(|at| (bits >> (16 * at)) as u32 & 0xffff);
        let count = |of: u32| halves.iter().filter(|half| **half == of).count();
        let inverted = count(0xffff) > count(0);
        let rest = if inverted { 0xffff } else { 0 };
        if count(rest) < 3 && is_logical_immediate(Size::S64, bits) {
            return asm!(self; orr XSP(code), xzr, bits);
        }
        let mut is_first = true;
        for (at, half) in halves.into_iter().enumerate() {
            let shift = 16 * at as u32;
            if half == rest {
                continue;
            }
            match (is_first, inverted) {
                (true, false) => asm!(self; movz X(code), half, lsl shift),
                (true, true) => asm!(self; movn X(code), half ^ 0xffff, lsl shift),
                (false, _) => asm!(self; movk X(code), half, lsl shift),
            }
            is_first = false;
        }
    }

    /// `to = base + offset`, where `base` may be the stack pointer but not the scratch register.
    pub(super) fn add_offset(&mut self, to: Reg, base: Reg, offset: i32) {
        let magnitude = offset.unsigned_abs();
        if magnitude >= TWO_IMMEDIATES {
            return self.add_large_offset(to, base, offset);
        }
        let (low, high) = (magnitude & 0xfff, magnitude & !0xfff);
        if low != 0 || (high == 0 && to != base) {
            self.add_part(offset < 0, to, base, ArithmeticImmediate::low(low));
        }
        if high != 0 {
            let base = if low == 0 { base } else { to };
            self.add_part(offset < 0, to, base, ArithmeticImmediate::high(high));
        }
    }

    fn add_part(&mut self, subtract: bool, to: Reg, base: Reg, part: ArithmeticImmediate) {
        self.sum_immediate((subtract, false), Size::S64, [to, base], part);
    }

    fn add_large_offset(&mut self, to: Reg, base: Reg, offset: i32) {
        self.int_constant(X16, i64::from(offset) as u64);
        let (to, base) = (to.code(), base.code());
        asm!(self; add XSP(to), XSP(base), x16, uxtx);
    }

    /// An instruction of `access` at an address, without its register. The sum of what does not fit in it is in the
    /// scratch register; a trap site that was to be the access moves along.
    fn reach(&mut self, access: Access, address: Address) -> u32 {
        let Address { base, index, offset } = address;
        let before = self.buffer.here();
        let word = match (index, access.at(base, offset)) {
            (None, Some(word)) => return word,
            (Some(index), _) if offset == 0 => return access.at_index(base, index),
            (index, _) if offset.unsigned_abs() >= TWO_IMMEDIATES => {
                self.add_large_offset(X16, base, offset);
                match index {
                    Some(index) => access.at_index(X16, index),
                    None => access.at_start(X16),
                }
            }
            (Some(index), _) => {
                let (base, index) = (base.code(), index.code());
                asm!(self; add XSP(16), XSP(base), X(index), uxtx);
                self.reach_from(access, X16, offset)
            }
            (None, None) => self.reach_from(access, base, offset),
        };
        self.buffer.move_trap_site(before);
        word
    }

    /// As [`Self::reach`] for a smaller offset, with as much of it as possible in the instruction.
    fn reach_from(&mut self, access: Access, base: Reg, offset: i32) -> u32 {
        if let Some(word) = access.at(base, offset) {
            return word;
        }
        let low = offset & 0xfff;
        let high = offset - low;
        if high.unsigned_abs() < TWO_IMMEDIATES
            && let Some(word) = access.at(X16, low)
        {
            self.add_part(high < 0, X16, base, ArithmeticImmediate::high(high.unsigned_abs()));
            return word;
        }
        self.add_offset(X16, base, offset);
        access.at_start(X16)
    }

    fn access(&mut self, access: Access, address: Address, reg: Reg) {
        let word = self.reach(access, address);
        self.word(word | u32::from(reg.code()));
    }
}

impl MemoryMasm for A64Masm {
    fn mov(&mut self, ty: Ty, to: Reg, from: Reg) {
        // A move of 32 bits clears the upper half, which may be what is wanted.
        if to == from && ty != Ty::I32 {
            return;
        }
        let (to, from) = (to.code(), from.code());
        match ty {
            Ty::I32 => asm!(self; mov W(to), W(from)),
            Ty::I64 => asm!(self; mov X(to), X(from)),
            Ty::F32 => asm!(self; fmov S(to), S(from)),
            Ty::F64 => asm!(self; fmov D(to), D(from)),
            Ty::V128 => asm!(self; mov V(to).b16, V(from).b16),
        }
    }

    fn exchange(&mut self, a: Reg, b: Reg) {
        debug_assert_eq!(a.class() == Class::General, b.class() == Class::General);
        let (ty, scratch) = match a.class() {
            Class::General => (Ty::I64, X16),
            Class::Vector => (Ty::V128, V30),
        };
        self.mov(ty, scratch, a);
        self.mov(ty, a, b);
        self.mov(ty, b, scratch);
    }

    fn constant(&mut self, ty: Ty, to: Reg, bits: u64) {
        let code = to.code();
        match ty {
            Ty::I32 | Ty::I64 => self.int_constant(to, bits),
            Ty::F32 | Ty::F64 | Ty::V128 if bits == 0 => asm!(self; movi V(code).d2, 0),
            Ty::F32 => {
                let value = f32::from_bits(bits as u32);
                if is_float_immediate(value) {
                    return asm!(self; fmov S(code), value);
                }
                self.int_constant(X16, bits);
                asm!(self; fmov S(code), w16);
            }
            Ty::F64 | Ty::V128 => {
                let value = f64::from_bits(bits);
                let short = value as f32;
                if f64::from(short).to_bits() == bits && is_float_immediate(short) {
                    return asm!(self; fmov D(code), short);
                }
                self.int_constant(X16, bits);
                asm!(self; fmov D(code), x16);
            }
        }
    }

    fn vector_constant(&mut self, to: Reg, bytes: [u8; 16]) {
        let code = to.code();
        let halves = [&bytes[..8], &bytes[8..]]
            .map(|half| u64::from_le_bytes(half.try_into().expect("half of a vector has 8 bytes")));
        let first = bytes[0];
        if halves[0] == halves[1] && bytes.iter().all(|byte| matches!(byte, 0 | 0xff)) {
            return asm!(self; movi V(code).d2, halves[0]);
        }
        if bytes.iter().all(|byte| *byte == first) {
            return asm!(self; movi V(code).b16, u32::from(first));
        }
        if halves[1] == 0 {
            return self.constant(Ty::F64, to, halves[0]);
        }
        if self.far {
            self.constant(Ty::F64, to, halves[0]);
            self.int_constant(X16, halves[1]);
            return asm!(self; mov V(code).d[1], x16);
        }
        let label = self.buffer.constant(bytes);
        let at = self.buffer.here();
        self.buffer.refer(at, label, Distance::Branch19);
        // `ldr q, literal`
        self.word(0x9c00_0000 | u32::from(code));
    }

    fn load_slot(&mut self, ty: Ty, to: Reg, from: Slot) {
        self.load(Load::whole(ty), to, Address::at(FRAME_POINTER, from.0));
    }

    fn store_slot(&mut self, ty: Ty, to: Slot, from: Reg) {
        self.store(Load::whole(ty).bytes, Address::at(FRAME_POINTER, to.0), from);
    }

    fn store_slot_constant(&mut self, ty: Ty, to: Slot, bits: u64) {
        let from = match bits {
            0 => ZERO,
            _ => {
                // The other scratch register may be needed for the address.
                self.int_constant(X17, bits);
                X17
            }
        };
        self.store(Load::whole(ty).bytes, Address::at(FRAME_POINTER, to.0), from);
    }

    fn slot_address(&mut self, to: Reg, slot: Slot) {
        self.add_offset(to, FRAME_POINTER, slot.0);
    }

    /// Sets slots to zero: some instructions for a few, a loop for many.
    fn zero_slots(&mut self, first: Slot, end: Slot) {
        /// Slots above which a loop is shorter.
        const FEW: i32 = 8;
        /// Slots that the loop zeroes at a time.
        const STEP: i32 = 4;
        let count = (end.0 - first.0) / 8;
        let single = if count <= FEW { count } else { count % STEP };
        for at in 0..single {
            self.store_slot_constant(Ty::I64, Slot(first.0 + 8 * at), 0);
        }
        if single == count {
            return;
        }
        // x0, x1 and v0 are temporaries that hold nothing at the entry.
        self.add_offset(Reg::general(0), FRAME_POINTER, first.0 + 8 * single);
        self.add_offset(Reg::general(1), FRAME_POINTER, end.0);
        asm!(self; movi v0.d2, 0);
        let again = self.buffer.new_label();
        self.buffer.bind(again);
        asm!(self; stp q0, q0, [x0], 32; cmp x0, x1);
        self.branch_near(Flag::NOT_EQUAL, again);
    }

    fn load(&mut self, load: Load, to: Reg, from: Address) {
        self.access(Access::load(load), from, to);
    }

    fn store(&mut self, bytes: u8, to: Address, from: Reg) {
        self.access(Access::store(from.class(), bytes), to, from);
    }

    fn store_constant(&mut self, bytes: u8, to: Address, bits: u64) -> bool {
        let is_zero = bytes <= 8 && bits & (u64::MAX >> (64 - 8 * u32::from(bytes))) == 0;
        if is_zero {
            self.store(bytes, to, ZERO);
        }
        is_zero
    }

    fn stores_partly(&self) -> bool {
        // Arm ARM, B2.5: what a store that faults leaves behind is not known where it was to be written.
        true
    }

    fn address(&mut self, to: Reg, from: Address) {
        let Address { base, index, offset } = from;
        let Some(index) = index else { return self.add_offset(to, base, offset) };
        let (sum, base, index) = (to.code(), base.code(), index.code());
        asm!(self; add X(sum), X(base), X(index));
        self.add_offset(to, to, offset);
    }
}

/// Whether `fmov` has the number: 8 bits for sign, exponent and fraction.
fn is_float_immediate(value: f32) -> bool {
    dynasmrt::aarch64::encode_floating_point_immediate(value).is_some()
}
