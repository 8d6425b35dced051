//! x86-64 with the System V ABI. SSE2 is always there; later extensions are used where the target has them.

mod asm;
mod atomic;
mod control;
mod float;
mod integer;
mod memory;
mod vector;

use enumset::{EnumSet, enum_set};
use wasmer_compiler::FrameRule;
use wasmer_types::{CpuFeature, Target};

use super::Isa;
use crate::buffer::CodeBuffer;
use crate::masm::{Machine, Masm};
use crate::registers::{Class, Reg, RegSet};
use crate::translator::FrameLayout;

const RAX: Reg = Reg::general(0);
const RCX: Reg = Reg::general(1);
const RDX: Reg = Reg::general(2);
const RBX: Reg = Reg::general(3);
const RSI: Reg = Reg::general(6);
const RDI: Reg = Reg::general(7);
const R8: Reg = Reg::general(8);
const R9: Reg = Reg::general(9);
const R10: Reg = Reg::general(10);
/// Scratch, and the address of a callee.
const R11: Reg = Reg::general(11);
const R12: Reg = Reg::general(12);
const R13: Reg = Reg::general(13);
/// The base of memory 0.
const R14: Reg = Reg::general(14);
/// The VM context.
const R15: Reg = Reg::general(15);

const fn xmm(code: u8) -> Reg {
    Reg::vector(code)
}

/// Scratch.
const XMM14: Reg = xmm(14);
/// Scratch.
const XMM15: Reg = xmm(15);

static MACHINE: Machine = Machine {
    vmctx: R15,
    memory_base: R14,
    results: [RAX, xmm(0)],
    params: [
        &[RDI, RSI, RDX, RCX, R8, R9],
        &[xmm(0), xmm(1), xmm(2), xmm(3), xmm(4), xmm(5), xmm(6), xmm(7)],
    ],
    temporaries: RegSet::of(&[
        RAX,
        RCX,
        RDX,
        RSI,
        RDI,
        xmm(0),
        xmm(1),
        xmm(2),
        xmm(3),
        xmm(4),
        xmm(5),
    ]),
    saved: [&[RBX, R12, R13], &[]],
    unsaved: [
        &[R8, R9, R10],
        &[xmm(6), xmm(7), xmm(8), xmm(9), xmm(10), xmm(11), xmm(12), xmm(13)],
    ],
    callee: R11,
    scratch: [R11, XMM15],
    slot_operands: true,
    incoming: 16,
};

/// Extensions that change the code.
pub(crate) const CPU_FEATURES: EnumSet<CpuFeature> = enum_set!(
    CpuFeature::SSE2
        | CpuFeature::SSE3
        | CpuFeature::SSSE3
        | CpuFeature::SSE41
        | CpuFeature::SSE42
        | CpuFeature::POPCNT
        | CpuFeature::LZCNT
        | CpuFeature::BMI1
        | CpuFeature::BMI2
        | CpuFeature::AVX
        | CpuFeature::AVX2
        | CpuFeature::FMA
);

/// x86-64 with certain extensions.
pub(crate) struct X64 {
    features: EnumSet<CpuFeature>,
}

impl X64 {
    pub(crate) fn new(target: &Target) -> Self {
        Self { features: *target.cpu_features() & CPU_FEATURES }
    }
}

/// Emits instructions for x86-64.
pub(crate) struct X64Masm {
    buffer: CodeBuffer,
    features: EnumSet<CpuFeature>,
    /// Offset of the instruction that makes room for the frame.
    room: u32,
    has_jump_tables: bool,
}

impl X64Masm {
    fn has(&self, feature: CpuFeature) -> bool {
        self.features.contains(feature)
    }
}

impl Masm for X64Masm {
    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    fn buffer(&mut self) -> &mut CodeBuffer {
        &mut self.buffer
    }
}

impl Isa for X64 {
    type Masm = X64Masm;

    fn masm(&self, buffer: CodeBuffer, _size: usize) -> X64Masm {
        X64Masm { buffer, features: self.features, room: 0, has_jump_tables: false }
    }

    fn buffer(&self, masm: X64Masm) -> (CodeBuffer, bool) {
        (masm.buffer, masm.has_jump_tables)
    }

    fn alignment(&self) -> u32 {
        16
    }

    fn unwind_rules(&self, frame: &FrameLayout) -> Vec<(u32, FrameRule)> {
        // DWARF numbers: rbp 6, rsp 7. The call has pushed the return address, `push rbp` has 1 byte, `mov rbp, rsp` 3.
        let mut rules = vec![
            (0, FrameRule::Cfa { register: 7, offset: 8 }),
            (1, FrameRule::CfaOffset(16)),
            (1, FrameRule::Saved { register: 6, offset: -16 }),
            (4, FrameRule::CfaRegister(6)),
        ];
        rules.extend(frame.saved.iter().map(|(reg, slot)| {
            let offset = slot.0 - MACHINE.incoming;
            (frame.saved_at, FrameRule::Saved { register: dwarf_number(*reg), offset })
        }));
        rules
    }
}

/// The DWARF number of a register (System V AMD64, figure 3.36).
const fn dwarf_number(reg: Reg) -> u16 {
    /// rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp are numbered in this order.
    const LOW: [u16; 8] = [0, 2, 1, 3, 7, 6, 4, 5];
    match (reg.class(), reg.code()) {
        (Class::General, code @ 0..8) => LOW[code as usize],
        (Class::General, code) => code as u16,
        (Class::Vector, code) => 17 + code as u16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dwarf_numbers() {
        // rax 0, rdx 1, rcx 2, rbx 3, rsi 4, rdi 5, rbp 6, rsp 7.
        assert_eq!([RAX, RDX, RCX, RBX, RSI, RDI].map(dwarf_number), [0, 1, 2, 3, 4, 5]);
        assert_eq!([R8, R15, xmm(0)].map(dwarf_number), [8, 15, 17]);
    }
}
