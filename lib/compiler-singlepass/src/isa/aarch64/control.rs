//! Frames, jumps, conditions, calls, traps.

use dynasmrt::DynasmApi;
use wasmer_compiler::RelocationKind;
use wasmer_types::{LocalFunctionIndex, TrapCode};

use super::asm::{ArithmeticImmediate, Flag, asm, branch_if_zero};
use super::{A64Masm, STACK_POINTER, V30, X16, ZERO};
use crate::buffer::{Distance, Label};
use crate::masm::{
    Address, Condition, ControlMasm, IntCondition, IntegerMasm, Load, MemoryMasm, Rhs, Size, Ty,
};
use crate::registers::Reg;

/// Stack below the stack pointer that is touched before it is used: no frame may step over the guard.
const PAGE: u32 = 4096;

/// Bytes that conditional branches reach, with some to spare.
const NEAR: u32 = (1 << 20) - 64;

/// `udf #0`, which no version of the architecture defines.
const UDF: u32 = 0;

/// `b` without its distance.
const JUMP: u32 = 0x1400_0000;

/// The distance of a conditional branch over the instruction behind it.
const OVER_ONE: u32 = 2 << 5;

impl A64Masm {
    /// Whether a conditional branch at `at` reaches a label, as far as can be said now.
    fn is_near(&self, at: u32, to: Label) -> bool {
        self.buffer.offset_of(to).map_or(!self.far, |target| at.saturating_sub(target) < NEAR)
    }

    /// Emits a conditional branch, given without its distance. `inverts` is the bit that turns its condition round.
    pub(super) fn branch_by(&mut self, branch: u32, inverts: u32, to: Label) {
        let at = self.buffer.here();
        if self.is_near(at, to) {
            self.buffer.refer(at, to, Distance::Branch19);
            self.word(branch);
        } else {
            self.word(branch ^ inverts | OVER_ONE);
            self.jump(to);
        }
    }

    pub(super) fn branch_if(&mut self, flag: Flag, to: Label) {
        self.branch_by(flag.branch(), 1, to);
    }

    /// A branch within the code of one operator.
    pub(super) fn branch_near(&mut self, flag: Flag, to: Label) {
        let at = self.buffer.here();
        self.buffer.refer(at, to, Distance::Branch19);
        self.word(flag.branch());
    }

    /// Branches on a register being zero or not, if that is what the last instruction has compared; the branch then takes
    /// the place of that instruction.
    fn branch_on_zero_test(&mut self, condition: Condition, to: Label) -> bool {
        let Some((behind, size, reg)) = self.zero_test else { return false };
        let is_zero = match condition {
            Condition::Int(IntCondition::Equal) => true,
            Condition::Int(IntCondition::NotEqual) => false,
            _ => return false,
        };
        if behind != self.buffer.here() {
            return false;
        }
        let at = behind - 4;
        if self.is_near(at, to) {
            self.buffer.refer(at, to, Distance::Branch19);
            self.buffer.patch32(at, branch_if_zero(is_zero, size, reg));
        } else {
            self.buffer.patch32(at, branch_if_zero(!is_zero, size, reg) | OVER_ONE);
            self.jump(to);
        }
        self.zero_test = None;
        true
    }

    /// `sub sp, sp, size` for a size less than a page.
    fn make_room(&mut self, size: u32) {
        let size = ArithmeticImmediate::low(size);
        self.sum_immediate((true, false), Size::S64, [STACK_POINTER, STACK_POINTER], size);
    }

    /// Makes room for a frame larger than a page: touches each page, from the top down.
    fn emit_probes(&mut self, size: u32) {
        let [begin, again, back] = [(); 3].map(|()| self.buffer.new_label());
        // A jump here takes the place of the instruction that makes room.
        self.buffer.bind(begin);
        self.int_constant(X16, u64::from(size / PAGE));
        self.buffer.bind(again);
        asm!(self; sub sp, sp, 1, lsl 12; str xzr, [sp]; subs x16, x16, 1);
        self.branch_near(Flag::NOT_EQUAL, again);
        if !size.is_multiple_of(PAGE) {
            self.make_room(size % PAGE);
        }
        self.jump(back);
        let room = self.room;
        self.buffer.patch32(room, JUMP);
        self.buffer.refer(room, begin, Distance::Branch26);
        self.buffer.bind_at(back, room + 4);
    }
}

impl ControlMasm for A64Masm {
    fn enter(&mut self) {
        asm!(self; stp x29, x30, [sp, -16]!; mov x29, sp);
        self.room = self.buffer.here();
        self.make_room(0);
    }

    fn leave(&mut self) {
        asm!(self; mov sp, x29; ldp x29, x30, [sp], 16; ret);
    }

    fn finish(&mut self, frame_size: u32) {
        self.buffer.emit_outline_traps(|buffer| buffer.push_u32(UDF));
        match frame_size {
            0..PAGE => {
                // The field of `sub sp, sp, 0`.
                let word = self.buffer.read32(self.room) | frame_size << 10;
                self.buffer.patch32(self.room, word);
            }
            _ => self.emit_probes(frame_size),
        }
        self.buffer.emit_constants();
    }

    fn jump(&mut self, to: Label) {
        let at = self.buffer.here();
        self.buffer.refer(at, to, Distance::Branch26);
        self.word(JUMP);
    }

    fn branch(&mut self, condition: Condition, to: Label) {
        if !self.branch_on_zero_test(condition, to) {
            self.branch_if(Flag::of(condition), to);
        }
    }

    fn set(&mut self, condition: Condition, to: Reg) {
        self.set_if(Flag::of(condition), to);
    }

    fn zero_if(&mut self, condition: Condition, to: Reg) {
        self.select_general(Flag::of(condition), to, ZERO, to);
    }

    fn select(&mut self, condition: Condition, ty: Ty, to: Reg, a: Reg, b: Reg) {
        let flag = Flag::of(condition);
        match ty {
            Ty::I32 | Ty::I64 => self.select_general(flag, to, a, b),
            Ty::F32 | Ty::F64 => self.select_float(flag, to, a, b),
            Ty::V128 => {
                self.mask_if(flag, X16);
                let (a, b) = (a.code(), b.code());
                asm!(self; dup v30.d2, x16; bsl v30.b16, V(a).b16, V(b).b16);
                self.mov(Ty::V128, to, V30);
            }
        }
    }

    fn jump_table(&mut self, index: Reg, labels: &[Label]) {
        self.has_jump_tables = true;
        self.compare(Size::S32, index, Rhs::Imm(labels.len() as u64 - 1));
        self.int_constant(X16, labels.len() as u64 - 1);
        self.select_general(Flag::BELOW, index, index, X16);
        let code = index.code();
        // The table is right behind.
        asm!(self
            ; adr x16, 16
            ; ldrsw X(code), [x16, X(code), lsl 2]
            ; add x16, x16, X(code)
            ; br x16
        );
        let table = self.buffer.here();
        for label in labels {
            let entry = self.buffer.here();
            self.buffer.push_u32(0);
            self.buffer.refer(entry, *label, Distance::From(table));
        }
    }

    fn trap(&mut self, code: TrapCode) {
        self.buffer.trap_site(code);
        self.word(UDF);
    }

    fn call_function(&mut self, function: LocalFunctionIndex) {
        let at = self.buffer.here();
        // `bl`
        self.word(0x9400_0000);
        self.buffer.relocate(at, RelocationKind::Aarch64Call26, function, 0);
    }

    fn call(&mut self, callee: Reg) {
        let callee = callee.code();
        asm!(self; blr X(callee));
    }

    fn store_argument(&mut self, ty: Ty, offset: u32, from: Reg) {
        // A function has at most 1,000 parameters.
        self.store(Load::whole(ty).bytes, Address::at(STACK_POINTER, offset as i32), from);
    }
}
