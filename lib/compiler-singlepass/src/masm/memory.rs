//! Moves, constants, slots of the frame, loads and stores: the trait [`MemoryMasm`].

use super::{Address, Slot, Ty};
use crate::registers::Reg;

/// What a load reads and makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// 1, 2, 4, 8 or 16.
    pub(crate) bytes: u8,
    /// Whether the sign is extended to the width of the result; else zeros are.
    pub(crate) signed: bool,
    pub(crate) ty: Ty,
}

impl Load {
    /// A whole value.
    pub(crate) const fn whole(ty: Ty) -> Self {
        let bytes = match ty {
            Ty::I32 | Ty::F32 => 4,
            Ty::I64 | Ty::F64 => 8,
            Ty::V128 => 16,
        };
        Self { bytes, signed: false, ty }
    }
}

/// A machine that moves values between registers, slots and memory.
pub(crate) trait MemoryMasm {
    fn mov(&mut self, ty: Ty, to: Reg, from: Reg);

    /// Exchanges two registers of the same class.
    fn exchange(&mut self, a: Reg, b: Reg);

    /// Sets a register, without changing the flags.
    fn constant(&mut self, ty: Ty, to: Reg, bits: u64);

    fn vector_constant(&mut self, to: Reg, bytes: [u8; 16]);

    /// Loads a slot, without changing the flags.
    fn load_slot(&mut self, ty: Ty, to: Reg, slot: Slot);

    /// Stores to a slot, without changing the flags.
    fn store_slot(&mut self, ty: Ty, slot: Slot, from: Reg);

    /// Stores a constant that is not a vector to a slot, without changing the flags.
    fn store_slot_constant(&mut self, ty: Ty, slot: Slot, bits: u64);

    /// The address of a slot.
    fn slot_address(&mut self, to: Reg, slot: Slot);

    /// Zeroes the slots from `first` on, up to and without `end`, both multiples of 8. Changes no registers but the
    /// temporaries. Used at the entry only.
    fn zero_slots(&mut self, first: Slot, end: Slot);

    /// Loads, without changing the flags.
    fn load(&mut self, load: Load, to: Reg, from: Address);

    /// Stores the lowest `bytes`.
    fn store(&mut self, bytes: u8, to: Address, from: Reg);

    /// Stores a constant of `bytes` if the machine can.
    fn store_constant(&mut self, bytes: u8, to: Address, bits: u64) -> bool;

    /// Whether a store that begins in a memory and faults may have written a part.
    fn stores_partly(&self) -> bool;

    /// The sum of the parts of an address, of 64 bits. Does not change the flags.
    fn address(&mut self, to: Reg, address: Address);
}
