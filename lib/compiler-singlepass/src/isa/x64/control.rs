//! Frames, jumps, conditions, calls, traps.

use dynasmrt::DynasmApi;
use wasmer_compiler::RelocationKind;
use wasmer_types::{LocalFunctionIndex, TrapCode};

use super::asm::{asm, plain};
use super::{R11, X64Masm};
use crate::buffer::{Distance, Label};
use crate::masm::{Condition, ControlMasm, IntegerMasm, MemoryMasm, Rhs, Size, Ty};
use crate::registers::{Class, Reg};

/// A condition as the machine encodes it (Intel SDM, volume 1, appendix B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Flag {
    NoOverflow = 1,
    Below = 2,
    AboveOrEqual = 3,
    Equal = 4,
    NotEqual = 5,
    BelowOrEqual = 6,
    Above = 7,
    Sign = 8,
    NoSign = 9,
    Parity = 10,
    NoParity = 11,
    Less = 12,
    GreaterOrEqual = 13,
    LessOrEqual = 14,
    Greater = 15,
}

impl Flag {
    /// The opposite, of those that have one here.
    const fn negated(self) -> Self {
        match self {
            Self::Below => Self::AboveOrEqual,
            Self::AboveOrEqual => Self::Below,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::BelowOrEqual => Self::Above,
            Self::Above => Self::BelowOrEqual,
            Self::Sign => Self::NoSign,
            Self::NoSign => Self::Sign,
            Self::Parity => Self::NoParity,
            Self::NoParity | Self::NoOverflow => Self::Parity,
            Self::Less => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
        }
    }
}

/// A condition as flags: that one of them is set, or that none is.
struct Flags {
    flags: &'static [Flag],
    any: bool,
}

/// Stack below the stack pointer that is touched before it is used: no frame may step over the guard.
const PAGE: u32 = 4096;

impl X64Masm {
    pub(super) fn jump_if(&mut self, flag: Flag, to: Label) {
        let opcode = flag as u8;
        if let Some(distance) = self.short_distance(to) {
            self.buffer.push(0x70 | opcode);
            self.buffer.push_i8(distance);
        } else {
            self.buffer.push(0x0f);
            self.buffer.push(0x80 | opcode);
            self.long_distance(to);
        }
    }

    /// The distance to a label that is near, from behind an instruction of two bytes.
    fn short_distance(&self, to: Label) -> Option<i8> {
        let target = self.buffer.offset_of(to)?;
        i8::try_from(i64::from(target) - i64::from(self.buffer.here() + 2)).ok()
    }

    fn long_distance(&mut self, to: Label) {
        let field = self.buffer.here();
        self.buffer.push_u32(0);
        self.buffer.refer(field, to, Distance::Rel32);
    }

    fn flags_of(condition: Condition) -> Flags {
        match condition {
            Condition::Int(condition) => {
                let all: &'static [Flag] = match Self::int_flag(condition) {
                    Flag::Equal => &[Flag::Equal],
                    Flag::NotEqual => &[Flag::NotEqual],
                    Flag::Less => &[Flag::Less],
                    Flag::Below => &[Flag::Below],
                    Flag::Greater => &[Flag::Greater],
                    Flag::Above => &[Flag::Above],
                    Flag::LessOrEqual => &[Flag::LessOrEqual],
                    Flag::BelowOrEqual => &[Flag::BelowOrEqual],
                    Flag::GreaterOrEqual => &[Flag::GreaterOrEqual],
                    _ => &[Flag::AboveOrEqual],
                };
                Flags { flags: all, any: true }
            }
            Condition::Float(condition, holds) => {
                let (flags, any) = Self::float_flags(condition);
                Flags { flags, any: any == holds }
            }
        }
    }

    /// Sets `to` to 1 or 0.
    fn set_flag(&mut self, flag: Flag, to: Reg) {
        // A REX prefix selects the low byte of every register.
        let code = to.code();
        self.buffer.push(0x40 | code >> 3);
        self.buffer.push(0x0f);
        self.buffer.push(0x90 | flag as u8);
        self.buffer.push(0xc0 | code & 7);
    }

    /// Moves all 64 bits if the flag is set.
    fn move_if(&mut self, flag: Flag, to: Reg, from: Reg) {
        let (to, from) = (to.code(), from.code());
        self.buffer.push(0x48 | (to >> 3) << 2 | from >> 3);
        self.buffer.push(0x0f);
        self.buffer.push(0x40 | flag as u8);
        self.buffer.push(0xc0 | (to & 7) << 3 | from & 7);
    }

    /// Selects between general registers.
    fn select_general(&mut self, flags: &Flags, to: Reg, a: Reg, b: Reg) {
        // What is selected when none of the flags is set, and what otherwise.
        let (none, some) = if flags.any { (b, a) } else { (a, b) };
        let mut some = some;
        if to == some && flags.flags.len() == 1 && none != to {
            return self.move_if(flags.flags[0].negated(), to, none);
        }
        if to == some {
            self.mov(Ty::I64, R11, some);
            some = R11;
        }
        self.mov(Ty::I64, to, none);
        for flag in flags.flags {
            self.move_if(*flag, to, some);
        }
    }

    /// Makes room for a frame larger than a page: touches each page, from the top down.
    fn emit_probes(&mut self, size: u32) {
        let begin = self.buffer.new_label();
        let back = self.buffer.new_label();
        // The place of `sub rsp, size`, which has 7 bytes, is taken by a jump of 5.
        self.buffer.bind(begin);
        // rax is a temporary, which holds nothing at the entry.
        plain!(self; mov eax, (size / PAGE) as i32);
        let again = self.buffer.new_label();
        self.buffer.bind(again);
        plain!(self; sub rsp, PAGE as i32; test [rsp], eax; sub eax, 1);
        self.jump_if(Flag::NotEqual, again);
        if !size.is_multiple_of(PAGE) {
            plain!(self; sub rsp, (size % PAGE) as i32);
        }
        self.jump(back);
        let room = self.room;
        self.buffer.patch32(room, 0x9090_90e9);
        self.buffer.patch32(room + 3, 0x9090_9090);
        self.buffer.patch32(room + 1, 0);
        self.buffer.refer(room + 1, begin, Distance::Rel32);
        self.buffer.bind_at(back, room + 7);
    }
}

impl ControlMasm for X64Masm {
    fn enter(&mut self) {
        plain!(self; push rbp; mov rbp, rsp);
        self.room = self.buffer.here();
        plain!(self; sub rsp, DWORD 0);
    }

    fn leave(&mut self) {
        plain!(self; leave; ret);
    }

    fn finish(&mut self, frame_size: u32) {
        self.buffer.emit_outline_traps(|buffer| buffer.push(HLT));
        if frame_size <= PAGE {
            self.buffer.patch32(self.room + 3, frame_size);
        } else {
            self.emit_probes(frame_size);
        }
        self.buffer.emit_constants();
    }

    fn jump(&mut self, to: Label) {
        if let Some(distance) = self.short_distance(to) {
            self.buffer.push(0xeb);
            self.buffer.push_i8(distance);
        } else {
            self.buffer.push(0xe9);
            self.long_distance(to);
        }
    }

    fn branch(&mut self, condition: Condition, to: Label) {
        match Self::flags_of(condition) {
            Flags { flags, any: true } => {
                for flag in flags {
                    self.jump_if(*flag, to);
                }
            }
            Flags { flags: [flag], .. } => self.jump_if(flag.negated(), to),
            Flags { flags, .. } => {
                let skip = self.buffer.new_label();
                let [first, last] = [flags[0], flags[flags.len() - 1]];
                self.jump_if(first, skip);
                self.jump_if(last.negated(), to);
                self.buffer.bind(skip);
            }
        }
    }

    fn set(&mut self, condition: Condition, to: Reg) {
        let Flags { flags, any } = Self::flags_of(condition);
        let of = |flag: Flag| if any { flag } else { flag.negated() };
        self.set_flag(of(flags[0]), to);
        if let [_, second] = flags {
            self.set_flag(of(*second), R11);
            let code = to.code();
            match any {
                true => plain!(self; or Rb(code), r11b),
                false => plain!(self; and Rb(code), r11b),
            }
        }
        let code = to.code();
        plain!(self; movzx Rd(code), Rb(code));
    }

    fn zero_if(&mut self, condition: Condition, to: Reg) {
        self.int_constant(R11, 0);
        for flag in Self::flags_of(condition).flags {
            self.move_if(*flag, to, R11);
        }
    }

    fn select(&mut self, condition: Condition, ty: Ty, to: Reg, a: Reg, b: Reg) {
        if ty.class() == Class::General {
            return self.select_general(&Self::flags_of(condition), to, a, b);
        }
        let done = self.buffer.new_label();
        if to == b {
            self.branch(condition.negated(), done);
            self.mov(ty, to, a);
        } else {
            self.mov(ty, to, a);
            self.branch(condition, done);
            self.mov(ty, to, b);
        }
        self.buffer.bind(done);
    }

    fn jump_table(&mut self, index: Reg, labels: &[Label]) {
        self.has_jump_tables = true;
        let code = index.code();
        let last = labels.len() as u64 - 1;
        self.int_constant(R11, last);
        self.compare(Size::S32, index, Rhs::Reg(R11));
        self.move_if(Flag::Above, index, R11);
        plain!(self; lea r11, [rip + 0]);
        let field = self.buffer.here() - 4;
        asm!(self; movsxd Rq(code), DWORD [r11 + 4 * Rq(code)]);
        asm!(self; add r11, Rq(code));
        plain!(self; jmp r11);
        let table = self.buffer.here();
        self.buffer.patch32(field, table - (field + 4));
        for label in labels {
            let entry = self.buffer.here();
            self.buffer.push_u32(0);
            self.buffer.refer(entry, *label, Distance::From(table));
        }
    }

    fn trap(&mut self, code: TrapCode) {
        self.buffer.trap_site(code);
        self.buffer.push(HLT);
    }

    fn call_function(&mut self, function: LocalFunctionIndex) {
        self.buffer.push(0xe8);
        let field = self.buffer.here();
        self.buffer.push_u32(0);
        // Distances are from behind the field.
        self.buffer.relocate(field, RelocationKind::X86PcRel4, function, -4);
    }

    fn call(&mut self, callee: Reg) {
        let callee = callee.code();
        asm!(self; call Rq(callee));
    }

    fn store_argument(&mut self, ty: Ty, offset: u32, from: Reg) {
        let (offset, from) = (offset as i32, from.code());
        match ty {
            Ty::I32 | Ty::I64 => asm!(self; mov [rsp + offset], Rq(from)),
            Ty::F32 | Ty::F64 => asm!(self; movsd [rsp + offset], Rx(from)),
            Ty::V128 => asm!(self; movups [rsp + offset], Rx(from)),
        }
    }
}

/// `hlt`, which faults in user mode. Hypervisors intercept every invalid instruction, but not this one.
const HLT: u8 = 0xf4;
