//! Atomic accesses to memory. Loads are as they always are; stores and all else have a full barrier.

use dynasmrt::DynasmApi;
use wasmer_types::TrapCode;

use super::asm::{asm, plain};
use super::control::Flag;
use super::{R11, RAX, X64Masm};
use crate::atomic::{AtomicMasm, AtomicOp};
use crate::masm::{Address, IntBinary, IntegerMasm, Load, MemoryMasm, Rhs, Size, Ty};
use crate::registers::Reg;

/// An instruction with the memory at `$address`, of `$bytes`.
macro_rules! sized {
    ($self:ident, $bytes:expr, $address:expr, $value:expr, { $($op:tt)* }) => {{
        let (address, value) = ($address.code(), $value.code());
        $self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        match $bytes {
            1 => plain!($self; $($op)* [BYTE Rq(address) + 0], Rb(value)),
            2 => plain!($self; $($op)* [BYTE Rq(address) + 0], Rw(value)),
            4 => plain!($self; $($op)* [BYTE Rq(address) + 0], Rd(value)),
            _ => plain!($self; $($op)* [BYTE Rq(address) + 0], Rq(value)),
        }
    }};
}

impl X64Masm {
    /// Clears what is above the lowest `bytes`.
    fn clear_above(&mut self, bytes: u8, to: Reg) {
        let code = to.code();
        match bytes {
            1 => plain!(self; movzx Rd(code), Rb(code)),
            2 => asm!(self; movzx Rd(code), Rw(code)),
            4 => self.mov(Ty::I32, to, to),
            _ => {}
        }
    }

    /// Stores `replacement` if the value is the one in rax, and gives what it was there. The flags say whether.
    fn exchange_if_equal(&mut self, bytes: u8, address: Reg, replacement: Reg) {
        sized!(self, bytes, address, replacement, { lock cmpxchg });
    }
}

impl AtomicMasm for X64Masm {
    fn fence(&mut self) {
        plain!(self; mfence);
    }

    fn atomic_load(&mut self, bytes: u8, to: Reg, address: Reg) {
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
        self.load(Load { bytes, signed: false, ty: Ty::I64 }, to, Address::at(address, 0));
    }

    fn atomic_store(&mut self, bytes: u8, address: Reg, value: Reg) {
        // An exchange is a barrier by itself.
        self.mov(Ty::I64, R11, value);
        sized!(self, bytes, address, R11, { xchg });
    }

    fn atomic_register(&self, op: Option<AtomicOp>) -> Option<Reg> {
        match op {
            Some(AtomicOp::Add | AtomicOp::Sub | AtomicOp::Exchange) => None,
            Some(AtomicOp::And | AtomicOp::Or | AtomicOp::Xor) | None => Some(RAX),
        }
    }

    fn atomic_rmw(&mut self, op: AtomicOp, bytes: u8, to: Reg, address: Reg, operand: Reg) {
        let op = match op {
            AtomicOp::Add | AtomicOp::Sub | AtomicOp::Exchange => {
                self.mov(Ty::I64, to, operand);
                if op == AtomicOp::Sub {
                    let code = to.code();
                    asm!(self; neg Rq(code));
                }
                match op {
                    AtomicOp::Exchange => sized!(self, bytes, address, to, { xchg }),
                    _ => sized!(self, bytes, address, to, { lock xadd }),
                }
                return self.clear_above(bytes, to);
            }
            AtomicOp::And => IntBinary::And,
            AtomicOp::Or => IntBinary::Or,
            AtomicOp::Xor => IntBinary::Xor,
        };
        self.atomic_load(bytes, RAX, address);
        let again = self.buffer.new_label();
        self.buffer.bind(again);
        self.int_binary(op, Size::S64, R11, RAX, Rhs::Reg(operand));
        self.exchange_if_equal(bytes, address, R11);
        self.jump_if(Flag::NotEqual, again);
    }

    fn atomic_compare_exchange(&mut self, bytes: u8, to: Reg, address: Reg, replacement: Reg) {
        self.exchange_if_equal(bytes, address, replacement);
        self.clear_above(bytes, to);
    }
}
