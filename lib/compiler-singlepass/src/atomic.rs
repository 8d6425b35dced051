//! What the portable part asks of a machine for atomic accesses to memory: the trait [`AtomicMasm`].
//!
//! All are sequentially consistent. Accesses have 1, 2, 4 or 8 `bytes`, at an address that is a multiple of that, in a
//! general register. Of values that are stored or compared only the lowest `bytes` count; values that are read are
//! extended with zeros to 64 bits. Each method marks its accesses as the site of a trap
//! ([`HeapAccessOutOfBounds`](wasmer_types::TrapCode::HeapAccessOutOfBounds)).
//!
//! Operands may be the same register, are never in a scratch register of the machine, and are not changed.

use crate::registers::Reg;

/// What a value in memory and an operand become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtomicOp {
    Add,
    Sub,
    And,
    Or,
    Xor,
    /// The operand.
    Exchange,
}

/// A machine with atomic accesses.
pub(crate) trait AtomicMasm {
    /// The accesses before come before those behind.
    fn fence(&mut self);

    /// `to` may be `address`.
    fn atomic_load(&mut self, bytes: u8, to: Reg, address: Reg);

    fn atomic_store(&mut self, bytes: u8, address: Reg, value: Reg);

    /// The register in which the result of [`AtomicMasm::atomic_rmw`] with an operator must be, or, without one, that of
    /// [`AtomicMasm::atomic_compare_exchange`], if there is one. It is a temporary.
    fn atomic_register(&self, op: Option<AtomicOp>) -> Option<Reg>;

    /// Changes a value, and gives what it was. `to` is [`AtomicMasm::atomic_register`] if there is one, and neither
    /// `address` nor `operand` in any case.
    fn atomic_rmw(&mut self, op: AtomicOp, bytes: u8, to: Reg, address: Reg, operand: Reg);

    /// Stores `replacement` if the value is the one in `to`, and gives in `to` what it was. `to` is
    /// [`AtomicMasm::atomic_register`] if there is one, and neither `address` nor `replacement` in any case.
    fn atomic_compare_exchange(&mut self, bytes: u8, to: Reg, address: Reg, replacement: Reg);
}
