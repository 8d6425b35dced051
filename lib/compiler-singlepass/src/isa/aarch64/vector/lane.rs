//! Single lanes, splats, and loads and stores of lanes.

use wasmer_types::TrapCode;

use super::*;
use crate::masm::{Address, Load};
use crate::registers::Class;
use crate::vector::VectorLoad;

impl A64Masm {
    /// A register with the whole address, for instructions that have no offset.
    fn single_register(&mut self, address: Address) -> Reg {
        let Address { base, index, offset } = address;
        if index.is_none() && offset == 0 {
            return base;
        }
        // The offset first: a large one takes the scratch register.
        self.add_offset(X16, base, offset);
        if let Some(index) = index {
            let index = index.code();
            asm!(self; add x16, x16, X(index));
        }
        X16
    }
}

impl LaneMasm for A64Masm {
    fn splat(&mut self, lanes: Lanes, to: Reg, value: Reg) {
        let (to, code) = (to.code(), value.code());
        match (value.class(), lanes) {
            (Class::General, Lanes::I8x16) => asm!(self; dup V(to).b16, W(code)),
            (Class::General, Lanes::I16x8) => asm!(self; dup V(to).h8, W(code)),
            (Class::General, Lanes::I32x4) => asm!(self; dup V(to).s4, W(code)),
            (Class::General, Lanes::I64x2) => asm!(self; dup V(to).d2, X(code)),
            (Class::Vector, Lanes::I64x2) => asm!(self; dup V(to).d2, V(code).d[0]),
            (Class::Vector, _) => asm!(self; dup V(to).s4, V(code).s[0]),
        }
    }

    fn extract_lane(&mut self, lanes: Lanes, lane: u8, signed: bool, to: Reg, a: Reg) {
        let (code, a, lane) = (to.code(), a.code(), u32::from(lane));
        match (to.class(), lanes) {
            (Class::General, Lanes::I8x16) if signed => asm!(self; smov W(code), V(a).b[lane]),
            (Class::General, Lanes::I8x16) => asm!(self; umov W(code), V(a).b[lane]),
            (Class::General, Lanes::I16x8) if signed => asm!(self; smov W(code), V(a).h[lane]),
            (Class::General, Lanes::I16x8) => asm!(self; umov W(code), V(a).h[lane]),
            (Class::General, Lanes::I32x4) => asm!(self; umov W(code), V(a).s[lane]),
            (Class::General, Lanes::I64x2) => asm!(self; umov X(code), V(a).d[lane]),
            (Class::Vector, Lanes::I64x2) => asm!(self; dup D(code), V(a).d[lane]),
            (Class::Vector, _) => asm!(self; dup S(code), V(a).s[lane]),
        }
    }

    fn replace_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, value: Reg) {
        let mut value = value;
        if value == to && to != a {
            self.mov(Ty::V128, V30, value);
            value = V30;
        }
        self.mov(Ty::V128, to, a);
        let (to, code, lane) = (to.code(), value.code(), u32::from(lane));
        match (value.class(), lanes) {
            (Class::General, Lanes::I8x16) => asm!(self; ins V(to).b[lane], W(code)),
            (Class::General, Lanes::I16x8) => asm!(self; ins V(to).h[lane], W(code)),
            (Class::General, Lanes::I32x4) => asm!(self; ins V(to).s[lane], W(code)),
            (Class::General, Lanes::I64x2) => asm!(self; ins V(to).d[lane], X(code)),
            (Class::Vector, Lanes::I64x2) => asm!(self; ins V(to).d[lane], V(code).d[0]),
            (Class::Vector, _) => asm!(self; ins V(to).s[lane], V(code).s[0]),
        }
    }

    fn load_vector(&mut self, load: VectorLoad, to: Reg, from: Address) {
        match load {
            VectorLoad::Splat(lanes) => {
                let (to, from) = (to.code(), self.single_register(from).code());
                self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
                match lanes {
                    Lanes::I8x16 => asm!(self; ld1r {V(to).b16 * 1}, [X(from)]),
                    Lanes::I16x8 => asm!(self; ld1r {V(to).h8 * 1}, [X(from)]),
                    Lanes::I32x4 => asm!(self; ld1r {V(to).s4 * 1}, [X(from)]),
                    Lanes::I64x2 => asm!(self; ld1r {V(to).d2 * 1}, [X(from)]),
                }
            }
            VectorLoad::Extend(widen) => {
                self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
                self.load(Load::whole(Ty::F64), to, from);
                self.extend_lanes(widen, to, to);
            }
        }
    }

    fn load_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, from: Address) {
        let from = self.single_register(from).code();
        self.mov(Ty::V128, to, a);
        let (to, lane) = (to.code(), u32::from(lane));
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match lanes {
            Lanes::I8x16 => asm!(self; ld1 {V(to).b * 1}[lane], [X(from)]),
            Lanes::I16x8 => asm!(self; ld1 {V(to).h * 1}[lane], [X(from)]),
            Lanes::I32x4 => asm!(self; ld1 {V(to).s * 1}[lane], [X(from)]),
            Lanes::I64x2 => asm!(self; ld1 {V(to).d * 1}[lane], [X(from)]),
        }
    }

    fn store_lane(&mut self, lanes: Lanes, lane: u8, to: Address, a: Reg) {
        let to = self.single_register(to).code();
        let (a, lane) = (a.code(), u32::from(lane));
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match lanes {
            Lanes::I8x16 => asm!(self; st1 {V(a).b * 1}[lane], [X(to)]),
            Lanes::I16x8 => asm!(self; st1 {V(a).h * 1}[lane], [X(to)]),
            Lanes::I32x4 => asm!(self; st1 {V(a).s * 1}[lane], [X(to)]),
            Lanes::I64x2 => asm!(self; st1 {V(a).d * 1}[lane], [X(to)]),
        }
    }
}
