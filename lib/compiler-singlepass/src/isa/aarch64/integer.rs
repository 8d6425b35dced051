//! Instructions on integers.

use dynasmrt::DynasmApi;
use wasmer_types::TrapCode;

use super::asm::{ArithmeticImmediate, Flag, asm, branch_if_zero, int, is_logical_immediate};
use super::{A64Masm, V30, X16, ZERO};
use crate::masm::{
    Division, DivisionRegisters, IntBinary, IntUnary, IntegerMasm, MemoryMasm, Rhs, Shift, Size, Ty,
};
use crate::registers::Reg;

impl A64Masm {
    /// A register with the second operand: the scratch register, if it is in none.
    pub(super) fn in_register(&mut self, size: Size, b: Rhs) -> Reg {
        match b {
            Rhs::Reg(reg) => return reg,
            Rhs::Imm(bits) => self.int_constant(X16, bits),
            Rhs::Slot(slot) => self.load_slot(Ty::int(size), X16, slot),
        }
        X16
    }

    fn logical_immediate(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, bits: u64) {
        let (to, a, low) = (to.code(), a.code(), bits as u32);
        match (op, size) {
            (IntBinary::And, Size::S32) => asm!(self; and WSP(to), W(a), low),
            (IntBinary::And, Size::S64) => asm!(self; and XSP(to), X(a), bits),
            (IntBinary::Or, Size::S32) => asm!(self; orr WSP(to), W(a), low),
            (IntBinary::Or, Size::S64) => asm!(self; orr XSP(to), X(a), bits),
            (_, Size::S32) => asm!(self; eor WSP(to), W(a), low),
            (_, Size::S64) => asm!(self; eor XSP(to), X(a), bits),
        }
    }
}

impl IntegerMasm for A64Masm {
    fn is_immediate(&self, op: Option<IntBinary>, size: Size, value: u64) -> bool {
        match op {
            None | Some(IntBinary::Add | IntBinary::Sub) => {
                ArithmeticImmediate::new(size, value).is_some()
            }
            Some(IntBinary::And | IntBinary::Or | IntBinary::Xor) => {
                is_logical_immediate(size, value)
            }
            Some(IntBinary::Mul) => false,
        }
    }

    fn int_binary(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, b: Rhs) {
        match (op, b) {
            (IntBinary::Add | IntBinary::Sub, Rhs::Imm(bits)) => {
                if let Some(b) = ArithmeticImmediate::new(size, bits) {
                    let subtract = op == IntBinary::Sub;
                    return self.sum_immediate((subtract, false), size, [to, a], b);
                }
            }
            (IntBinary::And | IntBinary::Or | IntBinary::Xor, Rhs::Imm(bits))
                if is_logical_immediate(size, bits) =>
            {
                return self.logical_immediate(op, size, to, a, bits);
            }
            _ => {}
        }
        let b = self.in_register(size, b);
        match op {
            IntBinary::Add => int!(self, add, size, [to, a, b]),
            IntBinary::Sub => int!(self, sub, size, [to, a, b]),
            IntBinary::Mul => int!(self, mul, size, [to, a, b]),
            IntBinary::And => int!(self, and, size, [to, a, b]),
            IntBinary::Or => int!(self, orr, size, [to, a, b]),
            IntBinary::Xor => int!(self, eor, size, [to, a, b]),
        }
    }

    fn shift_register(&self, _op: Shift) -> Option<Reg> {
        None
    }

    fn shift(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: Rhs) {
        let mask = size.bits() - 1;
        if let Rhs::Imm(amount) = amount {
            let amount = amount as u32 & mask;
            return match op {
                Shift::Shl => int!(self, lsl, size, [to, a], amount),
                Shift::ShrS => int!(self, asr, size, [to, a], amount),
                Shift::ShrU => int!(self, lsr, size, [to, a], amount),
                Shift::Rotl => int!(self, ror, size, [to, a], amount.wrapping_neg() & mask),
                Shift::Rotr => int!(self, ror, size, [to, a], amount),
            };
        }
        let amount = self.in_register(size, amount);
        match op {
            Shift::Shl => int!(self, lsl, size, [to, a, amount]),
            Shift::ShrS => int!(self, asr, size, [to, a, amount]),
            Shift::ShrU => int!(self, lsr, size, [to, a, amount]),
            Shift::Rotl => {
                int!(self, neg, size, [X16, amount]);
                int!(self, ror, size, [to, a, X16]);
            }
            Shift::Rotr => int!(self, ror, size, [to, a, amount]),
        }
    }

    fn division_registers(&self) -> Option<DivisionRegisters> {
        None
    }

    /// The instruction gives 0 for a division by zero, and -2ⁿ⁻¹ for -2ⁿ⁻¹ / -1, which makes that remainder 0.
    fn divide(&mut self, op: Division, size: Size, to: Reg, a: Reg, b: Reg, known: Option<u64>) {
        if known.is_none_or(|known| known == 0) {
            let trap = self.buffer.outline_trap(TrapCode::IntegerDivisionByZero);
            self.branch_by(branch_if_zero(true, size, b), 1 << 24, trap);
        }
        if op.signed && !op.remainder && known.is_none_or(|known| known == size.mask()) {
            // `cmp a, 1` overflows if a = -2ⁿ⁻¹. It counts if b = -1.
            self.sum_immediate((false, true), size, [ZERO, b], ArithmeticImmediate::low(1));
            let code = a.code();
            match size {
                Size::S32 => asm!(self; ccmp W(code), 1, 0, eq),
                Size::S64 => asm!(self; ccmp X(code), 1, 0, eq),
            }
            let trap = self.buffer.outline_trap(TrapCode::IntegerOverflow);
            self.branch_if(Flag::OVERFLOW, trap);
        }
        let quotient = if op.remainder { X16 } else { to };
        match op.signed {
            true => int!(self, sdiv, size, [quotient, a, b]),
            false => int!(self, udiv, size, [quotient, a, b]),
        }
        if op.remainder {
            int!(self, msub, size, [to, X16, b, a]);
        }
    }

    fn int_unary(&mut self, op: IntUnary, size: Size, to: Reg, a: Reg) {
        match op {
            IntUnary::Clz => int!(self, clz, size, [to, a]),
            IntUnary::Ctz => {
                int!(self, rbit, size, [to, a]);
                int!(self, clz, size, [to, to]);
            }
            IntUnary::Popcnt => {
                // There are zeros above 32 bits.
                let (to, a) = (to.code(), a.code());
                asm!(self
                    ; fmov D(V30.code()), X(a)
                    ; cnt v30.b8, v30.b8
                    ; addv b30, v30.b8
                    ; fmov W(to), s30
                );
            }
            IntUnary::Extend(bits) => {
                let (to_code, a_code) = (to.code(), a.code());
                match (bits, size) {
                    (8, Size::S32) => asm!(self; sxtb W(to_code), W(a_code)),
                    (8, Size::S64) => asm!(self; sxtb X(to_code), W(a_code)),
                    (16, Size::S32) => asm!(self; sxth W(to_code), W(a_code)),
                    (16, Size::S64) => asm!(self; sxth X(to_code), W(a_code)),
                    (_, Size::S32) => self.mov(Ty::I32, to, a),
                    (_, Size::S64) => asm!(self; sxtw X(to_code), W(a_code)),
                }
            }
        }
    }

    fn compare(&mut self, size: Size, a: Reg, b: Rhs) {
        if let Rhs::Imm(bits) = b
            && let Some(b) = ArithmeticImmediate::new(size, bits)
        {
            return self.sum_immediate((true, true), size, [ZERO, a], b);
        }
        let b = self.in_register(size, b);
        int!(self, cmp, size, [a, b]);
    }

    fn test(&mut self, size: Size, a: Reg, b: Rhs) {
        match b {
            Rhs::Imm(bits) if is_logical_immediate(size, bits) => {
                let (a, low) = (a.code(), bits as u32);
                return match size {
                    Size::S32 => asm!(self; tst W(a), low),
                    Size::S64 => asm!(self; tst X(a), bits),
                };
            }
            _ => {}
        }
        let reg = self.in_register(size, b);
        int!(self, tst, size, [a, reg]);
        if reg == a {
            self.zero_test = Some((self.buffer.here(), size, a));
        }
    }

    fn wide_sum(&mut self, subtract: bool, to: [Reg; 2], b: [Rhs; 2]) {
        let [low, high] = to;
        let immediate = match b[0] {
            Rhs::Imm(bits) => ArithmeticImmediate::new(Size::S64, bits),
            _ => None,
        };
        if let Some(b) = immediate {
            self.sum_immediate((subtract, true), Size::S64, [low, low], b);
        } else {
            let b = self.in_register(Size::S64, b[0]);
            match subtract {
                true => int!(self, subs, Size::S64, [low, low, b]),
                false => int!(self, adds, Size::S64, [low, low, b]),
            }
        }
        let b = match b[1] {
            Rhs::Imm(0) => ZERO,
            b => self.in_register(Size::S64, b),
        };
        match subtract {
            true => int!(self, sbc, Size::S64, [high, high, b]),
            false => int!(self, adc, Size::S64, [high, high, b]),
        }
    }

    fn wide_product(&mut self, signed: bool, to: [Reg; 2], a: Reg, b: Reg) {
        let [low, high] = to;
        int!(self, mul, Size::S64, [X16, a, b]);
        let (to, a, b) = (high.code(), a.code(), b.code());
        match signed {
            true => asm!(self; smulh X(to), X(a), X(b)),
            false => asm!(self; umulh X(to), X(a), X(b)),
        }
        self.mov(Ty::I64, low, X16);
    }
}
