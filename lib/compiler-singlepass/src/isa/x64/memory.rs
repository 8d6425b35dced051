//! Moves, constants, loads, stores, slots of the frame.

use dynasmrt::DynasmApi;

use super::asm::{asm, mem, plain, slot};
use super::{R11, X64Masm, XMM15};
use crate::buffer::Distance;
use crate::masm::{Address, Load, MemoryMasm, Slot, Ty};
use crate::registers::{Class, Reg};

impl X64Masm {
    /// Sets a general register.
    pub(super) fn int_constant(&mut self, to: Reg, bits: u64) {
        let code = to.code();
        if let Ok(bits) = u32::try_from(bits) {
            asm!(self; mov Rd(code), DWORD bits as i32);
        } else if let Ok(bits) = i32::try_from(bits as i64) {
            asm!(self; mov Rq(code), DWORD bits);
        } else {
            asm!(self; mov Rq(code), QWORD bits as i64);
        }
    }
}

impl MemoryMasm for X64Masm {
    fn mov(&mut self, ty: Ty, to: Reg, from: Reg) {
        // A move of 32 bits clears the upper half, which may be what is wanted.
        if to == from && ty != Ty::I32 {
            return;
        }
        let (to, from) = (to.code(), from.code());
        match ty {
            Ty::I32 => asm!(self; mov Rd(to), Rd(from)),
            Ty::I64 => asm!(self; mov Rq(to), Rq(from)),
            Ty::F32 | Ty::F64 | Ty::V128 => asm!(self; movaps Rx(to), Rx(from)),
        }
    }

    fn exchange(&mut self, a: Reg, b: Reg) {
        match a.class() {
            Class::General => {
                let (a, b) = (a.code(), b.code());
                asm!(self; xchg Rq(a), Rq(b));
            }
            Class::Vector => {
                self.mov(Ty::V128, XMM15, a);
                self.mov(Ty::V128, a, b);
                self.mov(Ty::V128, b, XMM15);
            }
        }
    }

    fn constant(&mut self, ty: Ty, to: Reg, bits: u64) {
        let code = to.code();
        match ty {
            Ty::I32 | Ty::I64 => self.int_constant(to, bits),
            Ty::F32 | Ty::F64 | Ty::V128 if bits == 0 => asm!(self; xorps Rx(code), Rx(code)),
            // Not through a general register: the scratch one may hold a callee.
            Ty::F32 | Ty::F64 | Ty::V128 => {
                let label = self.buffer.constant(u128::from(bits).to_le_bytes());
                match ty {
                    Ty::F32 => asm!(self; movss Rx(code), [rip + 0]),
                    _ => asm!(self; movsd Rx(code), [rip + 0]),
                }
                let field = self.buffer.here() - 4;
                self.buffer.refer(field, label, Distance::Rel32);
            }
        }
    }

    fn vector_constant(&mut self, to: Reg, bytes: [u8; 16]) {
        let code = to.code();
        if bytes == [0; 16] {
            return asm!(self; xorps Rx(code), Rx(code));
        }
        if bytes == [0xff; 16] {
            return asm!(self; pcmpeqd Rx(code), Rx(code));
        }
        let label = self.buffer.constant(bytes);
        asm!(self; movaps Rx(code), [rip + 0]);
        let field = self.buffer.here() - 4;
        self.buffer.refer(field, label, Distance::Rel32);
    }

    fn load_slot(&mut self, ty: Ty, to: Reg, from: Slot) {
        let to = to.code();
        match ty {
            Ty::I32 => slot!(asm, self, from, { mov Rd(to), } {}),
            Ty::I64 => slot!(asm, self, from, { mov Rq(to), } {}),
            Ty::F32 => slot!(asm, self, from, { movss Rx(to), } {}),
            Ty::F64 => slot!(asm, self, from, { movsd Rx(to), } {}),
            Ty::V128 => slot!(asm, self, from, { movups Rx(to), } {}),
        }
    }

    fn store_slot(&mut self, ty: Ty, to: Slot, from: Reg) {
        let from = from.code();
        match ty {
            Ty::I32 => slot!(asm, self, to, { mov } {, Rd(from)}),
            Ty::I64 => slot!(asm, self, to, { mov } {, Rq(from)}),
            Ty::F32 => slot!(asm, self, to, { movss } {, Rx(from)}),
            Ty::F64 => slot!(asm, self, to, { movsd } {, Rx(from)}),
            Ty::V128 => slot!(asm, self, to, { movups } {, Rx(from)}),
        }
    }

    fn store_slot_constant(&mut self, ty: Ty, to: Slot, bits: u64) {
        match (ty, i32::try_from(bits as i64)) {
            (Ty::I32 | Ty::F32, _) => slot!(plain, self, to, { mov DWORD } {, bits as i32}),
            (_, Ok(bits)) => slot!(plain, self, to, { mov QWORD } {, bits}),
            (_, Err(_)) => {
                self.int_constant(R11, bits);
                self.store_slot(Ty::I64, to, R11);
            }
        }
    }

    fn slot_address(&mut self, to: Reg, slot: Slot) {
        let to = to.code();
        asm!(self; lea Rq(to), [rbp + slot.0]);
    }

    /// Sets slots to zero: some instructions for a few, a loop for many.
    fn zero_slots(&mut self, first: Slot, end: Slot) {
        /// Slots above which a loop is shorter.
        const FEW: i32 = 8;
        let count = (end.0 - first.0) / 8;
        if count <= FEW {
            for at in 0..count {
                self.store_slot_constant(Ty::I64, Slot(first.0 + 8 * at), 0);
            }
            return;
        }
        // rax and rcx are temporaries that hold nothing at the entry; rdi may hold a local.
        plain!(self
            ; mov r11, rdi
            ; lea rdi, [rbp + first.0]
            ; xor eax, eax
            ; mov ecx, count
            ; rep stosq
            ; mov rdi, r11
        );
    }

    fn load(&mut self, load: Load, to: Reg, from: Address) {
        let code = to.code();
        match (load.ty, load.bytes, load.signed) {
            (Ty::I32, 1, true) => mem!(asm, self, from, { movsx Rd(code), BYTE } {}),
            (Ty::I64, 1, true) => mem!(asm, self, from, { movsx Rq(code), BYTE } {}),
            (Ty::I32, 2, true) => mem!(asm, self, from, { movsx Rd(code), WORD } {}),
            (Ty::I64, 2, true) => mem!(asm, self, from, { movsx Rq(code), WORD } {}),
            (Ty::I64, 4, true) => mem!(asm, self, from, { movsxd Rq(code), DWORD } {}),
            (Ty::I32 | Ty::I64, 1, false) => mem!(asm, self, from, { movzx Rd(code), BYTE } {}),
            (Ty::I32 | Ty::I64, 2, false) => mem!(asm, self, from, { movzx Rd(code), WORD } {}),
            (Ty::I32 | Ty::I64, 4, _) => mem!(asm, self, from, { mov Rd(code), } {}),
            (Ty::I32 | Ty::I64, ..) => mem!(asm, self, from, { mov Rq(code), } {}),
            (Ty::F32 | Ty::F64 | Ty::V128, 4, _) => mem!(asm, self, from, { movss Rx(code), } {}),
            (Ty::F32 | Ty::F64 | Ty::V128, 8, _) => mem!(asm, self, from, { movsd Rx(code), } {}),
            (Ty::F32 | Ty::F64 | Ty::V128, ..) => mem!(asm, self, from, { movups Rx(code), } {}),
        }
    }

    fn store(&mut self, bytes: u8, to: Address, from: Reg) {
        let code = from.code();
        match (from.class(), bytes) {
            (Class::General, 1) => mem!(plain, self, to, { mov BYTE } {, Rb(code)}),
            (Class::General, 2) => mem!(asm, self, to, { mov WORD } {, Rw(code)}),
            (Class::General, 4) => mem!(asm, self, to, { mov } {, Rd(code)}),
            (Class::General, _) => mem!(asm, self, to, { mov } {, Rq(code)}),
            (Class::Vector, 4) => mem!(asm, self, to, { movss } {, Rx(code)}),
            (Class::Vector, 8) => mem!(asm, self, to, { movsd } {, Rx(code)}),
            (Class::Vector, _) => mem!(asm, self, to, { movups } {, Rx(code)}),
        }
    }

    fn store_constant(&mut self, bytes: u8, to: Address, bits: u64) -> bool {
        match (bytes, i32::try_from(bits as i64)) {
            (1, _) => mem!(plain, self, to, { mov BYTE } {, bits as i8}),
            (2, _) => mem!(plain, self, to, { mov WORD } {, bits as i16}),
            (4, _) => mem!(plain, self, to, { mov DWORD } {, bits as i32}),
            (8, Ok(bits)) => mem!(plain, self, to, { mov QWORD } {, bits}),
            _ => return false,
        }
        true
    }

    fn stores_partly(&self) -> bool {
        false
    }

    /// Does not change the flags.
    fn address(&mut self, to: Reg, from: Address) {
        let code = to.code();
        mem!(asm, self, from, { lea Rq(code), } {});
    }
}
