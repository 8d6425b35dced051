//! Atomic accesses to memory, without the instructions of Armv8.1: loops of exclusive loads and stores.

use dynasmrt::DynasmApi;
use wasmer_types::TrapCode;

use super::asm::{asm, branch_if_zero, int};
use super::{A64Masm, X16, X17};
use crate::atomic::{AtomicMasm, AtomicOp};
use crate::buffer::{Distance, Label};
use crate::masm::{MemoryMasm, Size, Ty};
use crate::registers::Reg;

/// An instruction with a suffix by the width of the access, of registers of which the last is the address.
macro_rules! access {
    ($self:ident, $bytes:expr, [$b:ident $h:ident $w:ident] $($status:ident)?, $value:expr, $address:expr) => {{
        let (value, address) = ($value.code(), $address.code());
        $self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match $bytes {
            1 => asm!($self; $b $($status,)? W(value), [X(address)]),
            2 => asm!($self; $h $($status,)? W(value), [X(address)]),
            4 => asm!($self; $w $($status,)? W(value), [X(address)]),
            _ => asm!($self; $w $($status,)? X(value), [X(address)]),
        }
    }};
}

impl A64Masm {
    fn load_exclusive(&mut self, bytes: u8, to: Reg, address: Reg) {
        access!(self, bytes, [ldaxrb ldaxrh ldaxr], to, address);
    }

    /// Stores and goes back if something else has come in between.
    fn store_exclusive(&mut self, bytes: u8, address: Reg, value: Reg, again: Label) {
        access!(self, bytes, [stlxrb stlxrh stlxr] w17, value, address);
        let at = self.buffer.here();
        self.buffer.refer(at, again, Distance::Branch19);
        self.word(branch_if_zero(false, Size::S32, X17));
    }
}

impl AtomicMasm for A64Masm {
    fn fence(&mut self) {
        asm!(self; dmb ish);
    }

    fn atomic_load(&mut self, bytes: u8, to: Reg, address: Reg) {
        access!(self, bytes, [ldarb ldarh ldar], to, address);
    }

    fn atomic_store(&mut self, bytes: u8, address: Reg, value: Reg) {
        access!(self, bytes, [stlrb stlrh stlr], value, address);
    }

    fn atomic_register(&self, _op: Option<AtomicOp>) -> Option<Reg> {
        None
    }

    fn atomic_rmw(&mut self, op: AtomicOp, bytes: u8, to: Reg, address: Reg, operand: Reg) {
        let again = self.buffer.new_label();
        self.buffer.bind(again);
        self.load_exclusive(bytes, to, address);
        let size = if bytes == 8 { Size::S64 } else { Size::S32 };
        match op {
            AtomicOp::Add => int!(self, add, size, [X16, to, operand]),
            AtomicOp::Sub => int!(self, sub, size, [X16, to, operand]),
            AtomicOp::And => int!(self, and, size, [X16, to, operand]),
            AtomicOp::Or => int!(self, orr, size, [X16, to, operand]),
            AtomicOp::Xor => int!(self, eor, size, [X16, to, operand]),
            AtomicOp::Exchange => {}
        }
        let value = if op == AtomicOp::Exchange { operand } else { X16 };
        self.store_exclusive(bytes, address, value, again);
    }

    fn atomic_compare_exchange(&mut self, bytes: u8, to: Reg, address: Reg, replacement: Reg) {
        let [again, done] = [(); 2].map(|()| self.buffer.new_label());
        self.buffer.bind(again);
        self.load_exclusive(bytes, X16, address);
        let expected = to.code();
        match bytes {
            1 => asm!(self; cmp w16, W(expected), uxtb),
            2 => asm!(self; cmp w16, W(expected), uxth),
            4 => asm!(self; cmp w16, W(expected)),
            _ => asm!(self; cmp x16, X(expected)),
        }
        self.branch_near(super::asm::Flag::NOT_EQUAL, done);
        self.store_exclusive(bytes, address, replacement, again);
        self.buffer.bind(done);
        self.mov(Ty::I64, to, X16);
    }
}
