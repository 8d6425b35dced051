//! Instructions on integers.

use dynasmrt::DynasmApi;
use wasmer_types::{CpuFeature, TrapCode};

use super::asm::{asm, plain, slot};
use super::control::Flag;
use super::{R11, RAX, RCX, RDX, X64Masm};
use crate::masm::{
    Condition, ControlMasm, Division, DivisionRegisters, IntBinary, IntCondition, IntUnary,
    IntegerMasm, Masm, MemoryMasm, Rhs, Shift, Size, Ty,
};
use crate::registers::Reg;

/// An instruction with a register and a second operand, in both widths.
macro_rules! with_rhs {
    ($self:ident, $op:tt, $size:expr, $a:expr, $b:expr) => {{
        let a = $a.code();
        match ($size, $b) {
            (Size::S32, Rhs::Reg(b)) => asm!($self; $op Rd(a), Rd(b.code())),
            (Size::S64, Rhs::Reg(b)) => asm!($self; $op Rq(a), Rq(b.code())),
            (Size::S32, Rhs::Imm(b)) => match i8::try_from(b as i32) {
                Ok(b) => asm!($self; $op Rd(a), BYTE b),
                Err(_) => asm!($self; $op Rd(a), DWORD b as i32),
            },
            (Size::S64, Rhs::Imm(b)) => match i8::try_from(b as i64) {
                Ok(b) => asm!($self; $op Rq(a), BYTE b),
                Err(_) => asm!($self; $op Rq(a), DWORD b as i32),
            },
            (Size::S32, Rhs::Slot(b)) => slot!(asm, $self, b, { $op Rd(a), } {}),
            (Size::S64, Rhs::Slot(b)) => slot!(asm, $self, b, { $op Rq(a), } {}),
        }
    }};
}

/// An instruction with two registers, in both widths.
macro_rules! with_registers {
    ($self:ident, $op:ident, $size:expr, $a:expr, $b:expr) => {{
        let (a, b) = ($a.code(), $b.code());
        match $size {
            Size::S32 => asm!($self; $op Rd(a), Rd(b)),
            Size::S64 => asm!($self; $op Rq(a), Rq(b)),
        }
    }};
}

impl X64Masm {
    /// `to op= b`
    fn operate(&mut self, op: IntBinary, size: Size, to: Reg, b: Rhs) {
        match op {
            IntBinary::Add => with_rhs!(self, add, size, to, b),
            IntBinary::Sub => with_rhs!(self, sub, size, to, b),
            IntBinary::And => with_rhs!(self, and, size, to, b),
            IntBinary::Or => with_rhs!(self, or, size, to, b),
            IntBinary::Xor => with_rhs!(self, xor, size, to, b),
            IntBinary::Mul => match (size, b) {
                (_, Rhs::Reg(b)) => with_registers!(self, imul, size, to, b),
                (_, Rhs::Imm(_)) => {
                    self.product_with_constant(size, to, to, b);
                }
                (Size::S32, Rhs::Slot(b)) => {
                    let to = to.code();
                    slot!(asm, self, b, { imul Rd(to), } {});
                }
                (Size::S64, Rhs::Slot(b)) => {
                    let to = to.code();
                    slot!(asm, self, b, { imul Rq(to), } {});
                }
            },
        }
    }

    /// A sum by `lea`, if it is not wanted in place of its first operand.
    fn sum_elsewhere(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, b: Rhs) -> bool {
        if op != IntBinary::Add || to == a || b == Rhs::Reg(to) {
            return false;
        }
        let (to, base) = (to.code(), a.code());
        match (size, b) {
            (_, Rhs::Reg(b)) => return self.sum_of_registers(size, to, base, b.code()),
            (Size::S32, Rhs::Imm(b)) => match i8::try_from(b as i32) {
                Ok(b) => asm!(self; lea Rd(to), [BYTE Rq(base) + b]),
                Err(_) => asm!(self; lea Rd(to), [DWORD Rq(base) + b as i32]),
            },
            (Size::S64, Rhs::Imm(b)) => match i8::try_from(b as i64) {
                Ok(b) => asm!(self; lea Rq(to), [BYTE Rq(base) + b]),
                Err(_) => asm!(self; lea Rq(to), [DWORD Rq(base) + b as i32]),
            },
            (_, Rhs::Slot(_)) => return false,
        }
        true
    }

    /// `lea` of two registers in its form without a displacement, which dynasm never chooses. The other form takes
    /// three cycles in place of one. `false`: there is no such form of these.
    fn sum_of_registers(&mut self, size: Size, to: u8, a: u8, b: u8) -> bool {
        // What would be the base `rbp` or `r13` means something else.
        let (base, index) = if a & 7 == 5 { (b, a) } else { (a, b) };
        if base & 7 == 5 {
            return false;
        }
        debug_assert_ne!(index, 4, "`rsp` is no operand");
        let rex = 0x40 | u8::from(size == Size::S64) << 3 | (to >> 3) << 2 | (index >> 3) << 1;
        let rex = rex | base >> 3;
        if rex != 0x40 {
            self.buffer.push(rex);
        }
        self.buffer.push(0x8d);
        self.buffer.push((to & 7) << 3 | 4);
        self.buffer.push((index & 7) << 3 | base & 7);
        true
    }

    fn product_with_constant(&mut self, size: Size, to: Reg, a: Reg, b: Rhs) -> bool {
        let Rhs::Imm(b) = b else { return false };
        let (to, a) = (to.code(), a.code());
        match size {
            Size::S32 => match i8::try_from(b as i32) {
                Ok(b) => asm!(self; imul Rd(to), Rd(a), BYTE b),
                Err(_) => asm!(self; imul Rd(to), Rd(a), DWORD b as i32),
            },
            Size::S64 => match i8::try_from(b as i64) {
                Ok(b) => asm!(self; imul Rq(to), Rq(a), BYTE b),
                Err(_) => asm!(self; imul Rq(to), Rq(a), DWORD b as i32),
            },
        }
        true
    }

    /// dynasm knows the short form of `cmp` and does not choose it.
    fn compare_constant(&mut self, size: Size, a: Reg, b: u64) {
        let (code, b) = (a.code(), b as i32);
        let Ok(short) = i8::try_from(b) else {
            return match size {
                Size::S32 => asm!(self; cmp Rd(code), DWORD b),
                Size::S64 => asm!(self; cmp Rq(code), DWORD b),
            };
        };
        let rex = 0x40 | u8::from(size == Size::S64) << 3 | code >> 3;
        if rex != 0x40 {
            self.buffer.push(rex);
        }
        self.buffer.push(0x83);
        self.buffer.push(0xc0 | 7 << 3 | code & 7);
        self.buffer.push_i8(short);
    }

    fn shift_by_constant(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: i8) {
        if to != a {
            self.mov(Ty::int(size), to, a);
        }
        let to = to.code();
        match (op, size) {
            (Shift::Shl, Size::S32) => asm!(self; shl Rd(to), amount),
            (Shift::Shl, Size::S64) => asm!(self; shl Rq(to), amount),
            (Shift::ShrS, Size::S32) => asm!(self; sar Rd(to), amount),
            (Shift::ShrS, Size::S64) => asm!(self; sar Rq(to), amount),
            (Shift::ShrU, Size::S32) => asm!(self; shr Rd(to), amount),
            (Shift::ShrU, Size::S64) => asm!(self; shr Rq(to), amount),
            (Shift::Rotl, Size::S32) => asm!(self; rol Rd(to), amount),
            (Shift::Rotl, Size::S64) => asm!(self; rol Rq(to), amount),
            (Shift::Rotr, Size::S32) => asm!(self; ror Rd(to), amount),
            (Shift::Rotr, Size::S64) => asm!(self; ror Rq(to), amount),
        }
    }

    /// A shift of BMI2.
    fn shift_elsewhere(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: Reg) {
        let (to, a, by) = (to.code(), a.code(), amount.code());
        match (op, size) {
            (Shift::Shl, Size::S32) => plain!(self; shlx Rd(to), Rd(a), Rd(by)),
            (Shift::Shl, Size::S64) => plain!(self; shlx Rq(to), Rq(a), Rq(by)),
            (Shift::ShrS, Size::S32) => plain!(self; sarx Rd(to), Rd(a), Rd(by)),
            (Shift::ShrS, Size::S64) => plain!(self; sarx Rq(to), Rq(a), Rq(by)),
            (_, Size::S32) => plain!(self; shrx Rd(to), Rd(a), Rd(by)),
            (_, Size::S64) => plain!(self; shrx Rq(to), Rq(a), Rq(by)),
        }
    }

    /// Leading zeros by `bsr`, which leaves its destination alone when there is no bit.
    fn scan_reverse(&mut self, size: Size, to: Reg, a: Reg) {
        let bits = size.bits();
        // 2 * bits - 1 becomes bits below.
        self.int_constant(R11, u64::from(2 * bits - 1));
        let (code, a) = (to.code(), a.code());
        match size {
            Size::S32 => plain!(self; bsr Rd(code), Rd(a); cmovz Rd(code), r11d),
            Size::S64 => plain!(self; bsr Rq(code), Rq(a); cmovz Rq(code), r11),
        }
        with_rhs!(self, xor, Size::S32, to, Rhs::Imm(u64::from(bits - 1)));
    }

    fn scan_forward(&mut self, size: Size, to: Reg, a: Reg) {
        self.int_constant(R11, u64::from(size.bits()));
        let (to, a) = (to.code(), a.code());
        match size {
            Size::S32 => plain!(self; bsf Rd(to), Rd(a); cmovz Rd(to), r11d),
            Size::S64 => plain!(self; bsf Rq(to), Rq(a); cmovz Rq(to), r11),
        }
    }

    /// The number of bits, by adding up fields of two, four and eight bits, and then bytes by a multiplication. Numbers
    /// of 32 bits have zeros above.
    fn count_ones(&mut self, to: Reg, a: Reg) {
        self.mov(Ty::I64, to, a);
        // The scratch register is needed for a mask and for a shifted copy at the same time, so one is on the stack.
        let spare = if to == RCX { RDX } else { RCX };
        let (to, spare) = (to.code(), spare.code());
        plain!(self; push Rq(spare); mov Rq(spare), Rq(to); shr Rq(spare), 1);
        self.int_constant(R11, 0x5555_5555_5555_5555);
        plain!(self; and Rq(spare), r11; sub Rq(to), Rq(spare));
        self.int_constant(R11, 0x3333_3333_3333_3333);
        plain!(self
            ; mov Rq(spare), Rq(to)
            ; and Rq(to), r11
            ; shr Rq(spare), 2
            ; and Rq(spare), r11
            ; add Rq(to), Rq(spare)
            ; mov Rq(spare), Rq(to)
            ; shr Rq(spare), 4
            ; add Rq(to), Rq(spare)
        );
        self.int_constant(R11, 0x0f0f_0f0f_0f0f_0f0f);
        plain!(self; and Rq(to), r11);
        self.int_constant(R11, 0x0101_0101_0101_0101);
        plain!(self; imul Rq(to), r11; shr Rq(to), 56; pop Rq(spare));
    }

    pub(super) const fn int_flag(condition: IntCondition) -> Flag {
        match condition {
            IntCondition::Equal => Flag::Equal,
            IntCondition::NotEqual => Flag::NotEqual,
            IntCondition::LessSigned => Flag::Less,
            IntCondition::LessUnsigned => Flag::Below,
            IntCondition::GreaterSigned => Flag::Greater,
            IntCondition::GreaterUnsigned => Flag::Above,
            IntCondition::LessEqualSigned => Flag::LessOrEqual,
            IntCondition::LessEqualUnsigned => Flag::BelowOrEqual,
            IntCondition::GreaterEqualSigned => Flag::GreaterOrEqual,
            IntCondition::GreaterEqualUnsigned => Flag::AboveOrEqual,
        }
    }
}

impl IntegerMasm for X64Masm {
    fn is_immediate(&self, _op: Option<IntBinary>, size: Size, value: u64) -> bool {
        match size {
            Size::S32 => true,
            Size::S64 => i32::try_from(value as i64).is_ok(),
        }
    }

    fn int_binary(&mut self, op: IntBinary, size: Size, to: Reg, a: Reg, b: Rhs) {
        if self.sum_elsewhere(op, size, to, a, b) {
            return;
        }
        if op == IntBinary::Mul && self.product_with_constant(size, to, a, b) {
            return;
        }
        // The second operand would be overwritten by the first.
        if b == Rhs::Reg(to) && to != a {
            if op.is_commutative() {
                return self.operate(op, size, to, Rhs::Reg(a));
            }
            self.mov(Ty::int(size), R11, to);
            self.mov(Ty::int(size), to, a);
            return self.operate(op, size, to, Rhs::Reg(R11));
        }
        if to != a {
            self.mov(Ty::int(size), to, a);
        }
        self.operate(op, size, to, b);
    }

    fn shift_register(&self, op: Shift) -> Option<Reg> {
        let has_instruction =
            self.has(CpuFeature::BMI2) && !matches!(op, Shift::Rotl | Shift::Rotr);
        (!has_instruction).then_some(RCX)
    }

    fn shift(&mut self, op: Shift, size: Size, to: Reg, a: Reg, amount: Rhs) {
        match amount {
            Rhs::Imm(amount) => self.shift_by_constant(op, size, to, a, amount as i8),
            Rhs::Reg(amount) if self.shift_register(op).is_none() => {
                self.shift_elsewhere(op, size, to, a, amount);
            }
            // The amount is in cl.
            Rhs::Reg(_) | Rhs::Slot(_) => {
                self.mov(Ty::int(size), to, a);
                let to = to.code();
                match (op, size) {
                    (Shift::Shl, Size::S32) => asm!(self; shl Rd(to), cl),
                    (Shift::Shl, Size::S64) => asm!(self; shl Rq(to), cl),
                    (Shift::ShrS, Size::S32) => asm!(self; sar Rd(to), cl),
                    (Shift::ShrS, Size::S64) => asm!(self; sar Rq(to), cl),
                    (Shift::ShrU, Size::S32) => asm!(self; shr Rd(to), cl),
                    (Shift::ShrU, Size::S64) => asm!(self; shr Rq(to), cl),
                    (Shift::Rotl, Size::S32) => asm!(self; rol Rd(to), cl),
                    (Shift::Rotl, Size::S64) => asm!(self; rol Rq(to), cl),
                    (Shift::Rotr, Size::S32) => asm!(self; ror Rd(to), cl),
                    (Shift::Rotr, Size::S64) => asm!(self; ror Rq(to), cl),
                }
            }
        }
    }

    fn division_registers(&self) -> Option<DivisionRegisters> {
        Some(DivisionRegisters { quotient: RAX, remainder: RDX })
    }

    /// The dividend is in rax. Quotient and remainder come into rax and rdx.
    fn divide(&mut self, op: Division, size: Size, _to: Reg, _a: Reg, b: Reg, known: Option<u64>) {
        let code = b.code();
        if !op.signed {
            // The fault of the instruction can only mean one thing.
            plain!(self; xor edx, edx);
            self.buffer.trap_site(TrapCode::IntegerDivisionByZero);
            match size {
                Size::S32 => asm!(self; div Rd(code)),
                Size::S64 => asm!(self; div Rq(code)),
            }
            return;
        }
        if known.is_none_or(|known| known == 0) {
            self.test(size, b, Rhs::Reg(b));
            self.trap_if(Condition::Int(IntCondition::Equal), TrapCode::IntegerDivisionByZero);
        }
        let may_be_minus_one = known.is_none_or(|known| known == size.mask());
        let done = self.buffer.new_label();
        if op.remainder && may_be_minus_one {
            // The quotient may not fit, but the remainder is 0.
            let divide = self.buffer.new_label();
            self.compare(size, b, Rhs::Imm(size.mask()));
            self.branch(Condition::Int(IntCondition::NotEqual), divide);
            plain!(self; xor edx, edx);
            self.jump(done);
            self.buffer.bind(divide);
        }
        match size {
            Size::S32 => plain!(self; cdq),
            Size::S64 => plain!(self; cqo),
        }
        self.buffer.trap_site(TrapCode::IntegerOverflow);
        match size {
            Size::S32 => asm!(self; idiv Rd(code)),
            Size::S64 => asm!(self; idiv Rq(code)),
        }
        self.buffer.bind(done);
    }

    fn int_unary(&mut self, op: IntUnary, size: Size, to: Reg, a: Reg) {
        match op {
            IntUnary::Clz if self.has(CpuFeature::LZCNT) => {
                with_registers!(self, lzcnt, size, to, a)
            }
            IntUnary::Ctz if self.has(CpuFeature::BMI1) => {
                with_registers!(self, tzcnt, size, to, a)
            }
            IntUnary::Popcnt if self.has(CpuFeature::POPCNT) => {
                with_registers!(self, popcnt, size, to, a);
            }
            IntUnary::Clz => self.scan_reverse(size, to, a),
            IntUnary::Ctz => self.scan_forward(size, to, a),
            IntUnary::Popcnt => self.count_ones(to, a),
            IntUnary::Extend(bits) => {
                let (to, a) = (to.code(), a.code());
                match (bits, size) {
                    (8, Size::S32) => plain!(self; movsx Rd(to), Rb(a)),
                    (8, Size::S64) => plain!(self; movsx Rq(to), Rb(a)),
                    (16, Size::S32) => asm!(self; movsx Rd(to), Rw(a)),
                    (16, Size::S64) => asm!(self; movsx Rq(to), Rw(a)),
                    (_, _) => asm!(self; movsxd Rq(to), Rd(a)),
                }
            }
        }
    }

    fn compare(&mut self, size: Size, a: Reg, b: Rhs) {
        let code = a.code();
        match (size, b) {
            (_, Rhs::Reg(b)) => with_registers!(self, cmp, size, a, b),
            (_, Rhs::Imm(b)) => self.compare_constant(size, a, b),
            (Size::S32, Rhs::Slot(b)) => slot!(asm, self, b, { cmp Rd(code), } {}),
            (Size::S64, Rhs::Slot(b)) => slot!(asm, self, b, { cmp Rq(code), } {}),
        }
    }

    fn test(&mut self, size: Size, a: Reg, b: Rhs) {
        let code = a.code();
        match (size, b) {
            (_, Rhs::Reg(b)) => with_registers!(self, test, size, a, b),
            (Size::S32, Rhs::Imm(b)) => asm!(self; test Rd(code), DWORD b as i32),
            (Size::S64, Rhs::Imm(b)) => asm!(self; test Rq(code), DWORD b as i32),
            (Size::S32, Rhs::Slot(b)) => slot!(asm, self, b, { test } {, Rd(code)}),
            (Size::S64, Rhs::Slot(b)) => slot!(asm, self, b, { test } {, Rq(code)}),
        }
    }

    fn wide_sum(&mut self, subtract: bool, to: [Reg; 2], b: [Rhs; 2]) {
        let [low, high] = to;
        match subtract {
            false => {
                with_rhs!(self, add, Size::S64, low, b[0]);
                with_rhs!(self, adc, Size::S64, high, b[1]);
            }
            true => {
                with_rhs!(self, sub, Size::S64, low, b[0]);
                with_rhs!(self, sbb, Size::S64, high, b[1]);
            }
        }
    }

    /// One factor is in rax. The product comes into rax and rdx.
    fn wide_product(&mut self, signed: bool, _to: [Reg; 2], _a: Reg, b: Reg) {
        let b = b.code();
        match signed {
            true => asm!(self; imul Rq(b)),
            false => asm!(self; mul Rq(b)),
        }
    }
}
