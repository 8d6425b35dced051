//! Single lanes, splats, and loads and stores of lanes.

use wasmer_types::TrapCode;

use super::*;
use crate::isa::x64::asm::mem;
use crate::masm::Address;
use crate::registers::Class;
use crate::vector::VectorLoad;

impl X64Masm {
    /// All lanes become the lowest one.
    fn splat_low(&mut self, lanes: Lanes, to: Reg) {
        let code = to.code();
        match lanes {
            Lanes::I8x16 if self.has(CpuFeature::AVX2) => {
                plain!(self; vpbroadcastb Rx(code), Rx(code));
            }
            Lanes::I16x8 if self.has(CpuFeature::AVX2) => {
                plain!(self; vpbroadcastw Rx(code), Rx(code));
            }
            Lanes::I8x16 if self.has(CpuFeature::SSSE3) => {
                self.zeros(XMM15);
                one!(self, pshufb, to, XMM15);
            }
            Lanes::I8x16 => {
                one!(self, punpcklbw, to, to);
                self.splat_low(Lanes::I16x8, to);
            }
            Lanes::I16x8 => {
                asm!(self; pshuflw Rx(code), Rx(code), 0);
                self.pick_words(to, to, 0);
            }
            Lanes::I32x4 => self.pick_words(to, to, 0),
            Lanes::I64x2 => one!(self, punpcklqdq, to, to),
        }
    }

    /// Inserts the byte that is alone in r11.
    fn insert_byte(&mut self, lane: u8, to: Reg) {
        let mut mask = [0xff; 16];
        mask[usize::from(lane)] = 0;
        with_constant!(self, pand, to, mask);
        plain!(self; movd xmm15, r11d; pslldq xmm15, lane as i8);
        one!(self, por, to, XMM15);
    }

    /// Inserts the lowest lane of another register.
    fn insert_float(&mut self, lanes: Lanes, lane: u8, to: Reg, value: Reg) {
        let (code, from) = (to.code(), value.code());
        match (lanes, lane) {
            (Lanes::I64x2, 0) => one!(self, movsd, to, value),
            (Lanes::I64x2, _) => one!(self, movlhps, to, value),
            (_, 0) => one!(self, movss, to, value),
            (_, lane) if self.has(CpuFeature::SSE41) => {
                asm!(self; insertps Rx(code), Rx(from), (lane << 4) as i8);
            }
            (_, lane) => {
                let word = 2 * lane as i8;
                asm!(self; movd r11d, Rx(from));
                asm!(self; pinsrw Rx(code), r11d, word);
                plain!(self; shr r11d, 16);
                asm!(self; pinsrw Rx(code), r11d, word + 1);
            }
        }
    }

    /// The next instruction accesses a memory.
    fn access(&mut self) {
        self.buffer.trap_site(TrapCode::HeapAccessOutOfBounds);
    }

    fn load_splat(&mut self, lanes: Lanes, to: Reg, from: Address) {
        let code = to.code();
        self.access();
        match lanes {
            Lanes::I8x16 if self.has(CpuFeature::AVX2) => {
                mem!(plain, self, from, { vpbroadcastb Rx(code), } {});
            }
            Lanes::I16x8 if self.has(CpuFeature::AVX2) => {
                mem!(plain, self, from, { vpbroadcastw Rx(code), } {});
            }
            Lanes::I8x16 => {
                mem!(asm, self, from, { movzx r11d, BYTE } {});
                self.splat(lanes, to, R11);
            }
            Lanes::I16x8 => {
                mem!(asm, self, from, { movzx r11d, WORD } {});
                self.splat(lanes, to, R11);
            }
            Lanes::I32x4 if self.has(CpuFeature::AVX) => {
                mem!(plain, self, from, { vbroadcastss Rx(code), } {});
            }
            Lanes::I32x4 => {
                mem!(asm, self, from, { movss Rx(code), } {});
                self.splat_low(lanes, to);
            }
            Lanes::I64x2 if self.has(CpuFeature::SSE3) => {
                mem!(asm, self, from, { movddup Rx(code), } {});
            }
            Lanes::I64x2 => {
                mem!(asm, self, from, { movsd Rx(code), } {});
                self.splat_low(lanes, to);
            }
        }
    }

    fn load_extended(&mut self, widen: Widen, to: Reg, from: Address) {
        let code = to.code();
        self.access();
        match (widen.from, widen.signed) {
            _ if !self.has(CpuFeature::SSE41) => {
                mem!(asm, self, from, { movsd Rx(code), } {});
                self.extend_lanes(widen, to, to, XMM15);
            }
            (Lanes::I8x16, true) => mem!(asm, self, from, { pmovsxbw Rx(code), } {}),
            (Lanes::I8x16, false) => mem!(asm, self, from, { pmovzxbw Rx(code), } {}),
            (Lanes::I16x8, true) => mem!(asm, self, from, { pmovsxwd Rx(code), } {}),
            (Lanes::I16x8, false) => mem!(asm, self, from, { pmovzxwd Rx(code), } {}),
            (_, true) => mem!(asm, self, from, { pmovsxdq Rx(code), } {}),
            (_, false) => mem!(asm, self, from, { pmovzxdq Rx(code), } {}),
        }
    }
}

impl LaneMasm for X64Masm {
    fn splat(&mut self, lanes: Lanes, to: Reg, value: Reg) {
        let (code, from) = (to.code(), value.code());
        match (lanes, value.class()) {
            (Lanes::I64x2, Class::Vector) => self.pick_words(to, value, 0b01_00_01_00),
            (Lanes::I64x2, Class::General) => {
                asm!(self; movq Rx(code), Rq(from));
                one!(self, punpcklqdq, to, to);
            }
            (_, Class::Vector) => self.pick_words(to, value, 0),
            (lanes, Class::General) => {
                asm!(self; movd Rx(code), Rd(from));
                self.splat_low(lanes, to);
            }
        }
    }

    fn extract_lane(&mut self, lanes: Lanes, lane: u8, signed: bool, to: Reg, a: Reg) {
        if to.class() == Class::Vector {
            return match (lanes, lane) {
                (_, 0) => self.copy(to, a),
                (Lanes::I64x2, _) => self.pick_words(to, a, 0b11_10_11_10),
                (_, lane) => self.pick_words(to, a, lane),
            };
        }
        let (code, from, by) = (to.code(), a.code(), lane as i8);
        let has_extract = self.has(CpuFeature::SSE41);
        match lanes {
            Lanes::I8x16 if has_extract => {
                asm!(self; pextrb Rd(code), Rx(from), by);
                if signed {
                    plain!(self; movsx Rd(code), Rb(code));
                }
            }
            Lanes::I8x16 => {
                asm!(self; pextrw Rd(code), Rx(from), by / 2);
                match (lane % 2, signed) {
                    (0, false) => plain!(self; movzx Rd(code), Rb(code)),
                    (0, true) => plain!(self; movsx Rd(code), Rb(code)),
                    (_, false) => asm!(self; shr Rd(code), 8),
                    (_, true) => {
                        asm!(self; movsx Rd(code), Rw(code));
                        asm!(self; sar Rd(code), 8);
                    }
                }
            }
            Lanes::I16x8 => {
                asm!(self; pextrw Rd(code), Rx(from), by);
                if signed {
                    asm!(self; movsx Rd(code), Rw(code));
                }
            }
            Lanes::I32x4 if lane == 0 => asm!(self; movd Rd(code), Rx(from)),
            Lanes::I32x4 if has_extract => asm!(self; pextrd Rd(code), Rx(from), by),
            Lanes::I32x4 => {
                self.pick_words(XMM15, a, lane);
                asm!(self; movd Rd(code), xmm15);
            }
            Lanes::I64x2 if lane == 0 => asm!(self; movq Rq(code), Rx(from)),
            Lanes::I64x2 if has_extract => asm!(self; pextrq Rq(code), Rx(from), by),
            Lanes::I64x2 => {
                self.pick_words(XMM15, a, 0b11_10_11_10);
                asm!(self; movq Rq(code), xmm15);
            }
        }
    }

    fn replace_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, value: Reg) {
        if value.class() == Class::Vector {
            let value = self.first_to(to, a, value);
            return self.insert_float(lanes, lane, to, value);
        }
        self.copy(to, a);
        let (code, from, by) = (to.code(), value.code(), lane as i8);
        let has_insert = self.has(CpuFeature::SSE41);
        match lanes {
            Lanes::I8x16 if has_insert => asm!(self; pinsrb Rx(code), Rd(from), by),
            Lanes::I8x16 => {
                plain!(self; movzx r11d, Rb(from));
                self.insert_byte(lane, to);
            }
            Lanes::I16x8 => asm!(self; pinsrw Rx(code), Rd(from), by),
            Lanes::I32x4 if has_insert => asm!(self; pinsrd Rx(code), Rd(from), by),
            Lanes::I32x4 => {
                asm!(self; movd xmm15, Rd(from));
                self.insert_float(lanes, lane, to, XMM15);
            }
            Lanes::I64x2 if has_insert => asm!(self; pinsrq Rx(code), Rq(from), by),
            Lanes::I64x2 => {
                asm!(self; movq xmm15, Rq(from));
                self.insert_float(lanes, lane, to, XMM15);
            }
        }
    }

    fn load_vector(&mut self, load: VectorLoad, to: Reg, from: Address) {
        match load {
            VectorLoad::Splat(lanes) => self.load_splat(lanes, to, from),
            VectorLoad::Extend(widen) => self.load_extended(widen, to, from),
        }
    }

    fn load_lane(&mut self, lanes: Lanes, lane: u8, to: Reg, a: Reg, from: Address) {
        self.copy(to, a);
        let (code, by) = (to.code(), lane as i8);
        let has_insert = self.has(CpuFeature::SSE41);
        self.access();
        match lanes {
            Lanes::I8x16 if has_insert => mem!(asm, self, from, { pinsrb Rx(code), } {, by}),
            Lanes::I8x16 => {
                mem!(asm, self, from, { movzx r11d, BYTE } {});
                self.insert_byte(lane, to);
            }
            Lanes::I16x8 => mem!(asm, self, from, { pinsrw Rx(code), } {, by}),
            Lanes::I32x4 if has_insert => mem!(asm, self, from, { pinsrd Rx(code), } {, by}),
            Lanes::I32x4 => {
                mem!(asm, self, from, { movss xmm15, } {});
                self.insert_float(lanes, lane, to, XMM15);
            }
            Lanes::I64x2 if lane == 0 => mem!(asm, self, from, { movlps Rx(code), } {}),
            Lanes::I64x2 => mem!(asm, self, from, { movhps Rx(code), } {}),
        }
    }

    fn store_lane(&mut self, lanes: Lanes, lane: u8, to: Address, a: Reg) {
        let (code, by) = (a.code(), lane as i8);
        match lanes {
            Lanes::I64x2 if lane != 0 => {
                self.access();
                mem!(asm, self, to, { movhps } {, Rx(code)});
            }
            Lanes::I64x2 | Lanes::I32x4 if lane == 0 => {
                self.access();
                self.store(lanes.bytes(), to, a);
            }
            Lanes::I8x16 | Lanes::I16x8 | Lanes::I32x4 if self.has(CpuFeature::SSE41) => {
                self.access();
                match lanes {
                    Lanes::I8x16 => mem!(asm, self, to, { pextrb BYTE } {, Rx(code), by}),
                    Lanes::I16x8 => mem!(asm, self, to, { pextrw WORD } {, Rx(code), by}),
                    _ => mem!(asm, self, to, { pextrd DWORD } {, Rx(code), by}),
                }
            }
            _ => {
                self.extract_lane(lanes, lane, false, R11, a);
                self.access();
                self.store(lanes.bytes(), to, R11);
            }
        }
    }
}
