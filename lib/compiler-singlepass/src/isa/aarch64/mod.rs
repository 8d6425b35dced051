//! AArch64 with the AAPCS64. Armv8.0 with Advanced SIMD is enough; nothing later is used.

mod asm;
mod atomic;
mod control;
mod float;
mod integer;
mod memory;
#[cfg(test)]
mod tests;
mod vector;

use wasmer_compiler::FrameRule;

use super::Isa;
use crate::buffer::CodeBuffer;
use crate::masm::{Machine, Masm, Size};
use crate::registers::{Class, Reg, RegSet};
use crate::translator::FrameLayout;

const fn x(code: u8) -> Reg {
    Reg::general(code)
}

const fn v(code: u8) -> Reg {
    Reg::vector(code)
}

/// Scratch of this machine alone: addresses, constants.
const X16: Reg = x(16);
/// Scratch of the portable part, and the address of a callee.
const X17: Reg = x(17);
const FRAME_POINTER: Reg = x(29);
/// What register 31 is in sums with a constant and as the base of an address.
const STACK_POINTER: Reg = x(31);
/// What register 31 is elsewhere.
const ZERO: Reg = x(31);
/// Scratch of this machine alone.
const V30: Reg = v(30);
/// Scratch of the portable part.
const V31: Reg = v(31);

/// Registers 16 and 17 may change in calls that a linker routes, 18 belongs to the platform: it is never used.
static MACHINE: Machine = Machine {
    vmctx: x(28),
    memory_base: x(27),
    results: [x(0), v(0)],
    params: [
        &[x(0), x(1), x(2), x(3), x(4), x(5), x(6), x(7)],
        &[v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7)],
    ],
    temporaries: RegSet::of(&[
        x(0),
        x(1),
        x(2),
        x(3),
        x(4),
        x(5),
        x(6),
        x(7),
        v(0),
        v(1),
        v(2),
        v(3),
        v(4),
        v(5),
        v(6),
        v(7),
    ]),
    saved: [
        &[x(19), x(20), x(21), x(22), x(23), x(24), x(25), x(26)],
        &[v(8), v(9), v(10), v(11), v(12), v(13), v(14), v(15)],
    ],
    unsaved: [
        &[x(8), x(9), x(10), x(11), x(12), x(13), x(14), x(15)],
        &[
            v(16),
            v(17),
            v(18),
            v(19),
            v(20),
            v(21),
            v(22),
            v(23),
            v(24),
            v(25),
            v(26),
            v(27),
            v(28),
            v(29),
        ],
    ],
    callee: X17,
    scratch: [X17, V31],
    slot_operands: false,
    incoming: 16,
};

/// AArch64.
pub(crate) struct A64;

/// Emits instructions for AArch64.
pub(crate) struct A64Masm {
    buffer: CodeBuffer,
    /// Whether the function may be so large that conditional branches, which reach 1 MiB, do not reach.
    far: bool,
    /// Offset of the instruction that makes room for the frame.
    room: u32,
    has_jump_tables: bool,
    /// A comparison of a register with zero, and the offset behind it.
    zero_test: Option<(u32, Size, Reg)>,
}

/// Bytes of a function's body up to which conditional branches are expected to reach: 64 bytes of code for each byte.
/// Where they do not, which is seen in the end, the function is compiled again.
const LARGEST_NEAR: usize = 16 << 10;

impl Masm for A64Masm {
    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    fn buffer(&mut self) -> &mut CodeBuffer {
        &mut self.buffer
    }
}

impl Isa for A64 {
    type Masm = A64Masm;

    fn masm(&self, buffer: CodeBuffer, size: usize) -> A64Masm {
        let far = size > LARGEST_NEAR;
        A64Masm { buffer, far, room: 0, has_jump_tables: false, zero_test: None }
    }

    fn buffer(&self, masm: A64Masm) -> (CodeBuffer, bool) {
        (masm.buffer, masm.has_jump_tables)
    }

    fn alignment(&self) -> u32 {
        16
    }

    fn unwind_rules(&self, frame: &FrameLayout) -> Vec<(u32, FrameRule)> {
        // DWARF numbers: the frame pointer 29, the link register 30, sp 31. The first two instructions store the pair
        // and set the frame pointer.
        let mut rules = vec![
            (0, FrameRule::Cfa { register: 31, offset: 0 }),
            (4, FrameRule::CfaOffset(16)),
            (4, FrameRule::Saved { register: 29, offset: -16 }),
            (4, FrameRule::Saved { register: 30, offset: -8 }),
            (8, FrameRule::CfaRegister(29)),
        ];
        rules.extend(frame.saved.iter().map(|(reg, slot)| {
            let offset = slot.0 - MACHINE.incoming;
            (frame.saved_at, FrameRule::Saved { register: dwarf_number(*reg), offset })
        }));
        rules
    }
}

/// The DWARF number of a register (DWARF for the Arm 64-bit Architecture, §4.1).
const fn dwarf_number(reg: Reg) -> u16 {
    match reg.class() {
        Class::General => reg.code() as u16,
        Class::Vector => 64 + reg.code() as u16,
    }
}
