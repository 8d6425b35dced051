//! References in an object, and how they are filled in.
//!
//! (System V ABI for AMD64, §4.4; ELF for the Arm 64-bit Architecture, *Relocation*.)

use ::object::elf::{self, RelocationType};
use ::object::{Object, ObjectSymbol, RelocationFlags, RelocationTarget};
use wasmer_compiler::RelocationKind;

use super::{Elf, PAGE, Symbol, damaged};
use crate::lines::Machine;

/// A reference to a symbol.
pub(super) struct Reference<'data, 'file> {
    pub(super) form: Form,
    pub(super) symbol: Symbol<'data, 'file>,
    pub(super) addend: i64,
}

/// What is written at the place of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The target itself, in 8 bytes.
    Address,
    /// The distance from the place, in so many bytes.
    Distance(u8),
    /// The distance, a multiple of 4, in so many bits from bit `at` on of an instruction.
    Words { at: u8, bits: u8 },
    /// The distance in the 21 bits of an `adr`.
    Adr,
    /// The distance between pages in the 21 bits of an `adrp`.
    AdrPage,
    /// The offset within its page, a multiple of 2 to the power of this, in the 12 bits of an `add`, load or store.
    PageOffset(u8),
}

const X86_64: &[(RelocationType, Form)] = &[
    (elf::R_X86_64_64, Form::Address),
    (elf::R_X86_64_PC32, Form::Distance(4)),
    (elf::R_X86_64_PLT32, Form::Distance(4)),
    (elf::R_X86_64_PC64, Form::Distance(8)),
];

const AARCH64: &[(RelocationType, Form)] = &[
    (elf::R_AARCH64_ABS64, Form::Address),
    (elf::R_AARCH64_PREL32, Form::Distance(4)),
    (elf::R_AARCH64_PREL64, Form::Distance(8)),
    (elf::R_AARCH64_CALL26, Form::Words { at: 0, bits: 26 }),
    (elf::R_AARCH64_JUMP26, Form::Words { at: 0, bits: 26 }),
    (elf::R_AARCH64_CONDBR19, Form::Words { at: 5, bits: 19 }),
    (elf::R_AARCH64_LD_PREL_LO19, Form::Words { at: 5, bits: 19 }),
    (elf::R_AARCH64_TSTBR14, Form::Words { at: 5, bits: 14 }),
    (elf::R_AARCH64_ADR_PREL_LO21, Form::Adr),
    (elf::R_AARCH64_ADR_PREL_PG_HI21, Form::AdrPage),
    (elf::R_AARCH64_ADD_ABS_LO12_NC, Form::PageOffset(0)),
    (elf::R_AARCH64_LDST8_ABS_LO12_NC, Form::PageOffset(0)),
    (elf::R_AARCH64_LDST16_ABS_LO12_NC, Form::PageOffset(1)),
    (elf::R_AARCH64_LDST32_ABS_LO12_NC, Form::PageOffset(2)),
    (elf::R_AARCH64_LDST64_ABS_LO12_NC, Form::PageOffset(3)),
    (elf::R_AARCH64_LDST128_ABS_LO12_NC, Form::PageOffset(4)),
];

/// Relocations that may refer to functions of other units.
const CALLS: &[(Machine, RelocationType, RelocationKind)] = &[
    (Machine::X86_64, elf::R_X86_64_PC32, RelocationKind::X86PcRel4),
    (Machine::X86_64, elf::R_X86_64_PLT32, RelocationKind::X86PcRel4),
    (Machine::Aarch64, elf::R_AARCH64_CALL26, RelocationKind::Aarch64Call26),
    (Machine::Aarch64, elf::R_AARCH64_JUMP26, RelocationKind::Aarch64Call26),
];

impl Machine {
    /// What it is called in the header of an object.
    pub(super) fn in_elf(self) -> ::object::Architecture {
        match self {
            Self::X86_64 => ::object::Architecture::X86_64,
            Self::Aarch64 => ::object::Architecture::Aarch64,
        }
    }

    /// How the linker resolves `relocation`, if it can.
    pub(super) fn call(self, relocation: &::object::Relocation) -> Option<RelocationKind> {
        let RelocationFlags::Elf { r_type } = relocation.flags() else { return None };
        let mut calls = CALLS.iter();
        calls.find(|call| (call.0, call.1) == (self, r_type)).map(|call| call.2)
    }
}

/// The symbol that a relocation refers to.
pub(super) fn symbol<'data, 'file>(
    elf: &'file Elf<'data>,
    relocation: &::object::Relocation,
) -> Result<Symbol<'data, 'file>, String> {
    let RelocationTarget::Symbol(index) = relocation.target() else {
        return Err("a relocation refers to no symbol".to_owned());
    };
    elf.symbol_by_index(index).map_err(damaged("a symbol"))
}

impl<'data, 'file> Reference<'data, 'file> {
    pub(super) fn read(
        elf: &'file Elf<'data>,
        machine: Machine,
        relocation: &::object::Relocation,
    ) -> Result<Self, String> {
        let forms = match machine {
            Machine::X86_64 => X86_64,
            Machine::Aarch64 => AARCH64,
        };
        let form = match relocation.flags() {
            RelocationFlags::Elf { r_type } if !relocation.has_implicit_addend() => {
                forms.iter().find(|form| form.0 == r_type).map(|form| form.1)
            }
            _ => None,
        };
        let symbol = symbol(elf, relocation)?;
        let Some(form) = form else {
            let (name, flags) = (symbol.name().unwrap_or("?"), relocation.flags());
            return Err(format!("generated code refers to {name:?} by a relocation {flags:?}"));
        };
        Ok(Self { form, symbol, addend: relocation.addend() })
    }
}

/// The lowest `bits` bits of a number that has no more of them with its sign.
fn signed(number: i64, bits: u32) -> Option<u32> {
    let rest = number >> (bits - 1);
    (rest == 0 || rest == -1).then_some(number as u32 & ((1 << bits) - 1))
}

impl Form {
    /// Fills in `place` of a block of code that refers to `target` in it.
    pub(super) fn fill_in(self, block: &mut [u8], place: u64, target: u64) -> Result<(), String> {
        match self {
            Self::Address => Err(format!("generated code has an absolute address at {place:#x}")),
            _ => self.fill_in_at(block, 0, place, target),
        }
    }

    /// Fills in the place at `offset` of `bytes`, which lie at `base`.
    pub(super) fn fill_in_at(
        self,
        bytes: &mut [u8],
        base: u64,
        offset: u64,
        target: u64,
    ) -> Result<(), String> {
        let place = base.wrapping_add(offset);
        let field = usize::try_from(offset).ok().and_then(|offset| bytes.get_mut(offset..));
        let written = field.and_then(|field| match self {
            Self::Address => write(field, target.to_le_bytes()),
            Self::Distance(8) => write(field, target.wrapping_sub(place).to_le_bytes()),
            Self::Distance(_) => {
                let distance = i32::try_from(target.wrapping_sub(place).cast_signed()).ok()?;
                write(field, distance.to_le_bytes())
            }
            _ => {
                let instruction = field.first_chunk_mut::<4>()?;
                let (mask, bits) = self.immediate(place, target)?;
                let rest = u32::from_le_bytes(*instruction) & !mask;
                write(instruction, (rest | bits).to_le_bytes())
            }
        });
        written.ok_or_else(|| {
            format!("a relocation at {place:#x} does not reach {target:#x} by {self:?}")
        })
    }

    /// The bits of an instruction of AArch64 at `place` which refer to `target`, as a mask and a value.
    fn immediate(self, place: u64, target: u64) -> Option<(u32, u32)> {
        let distance = target.wrapping_sub(place).cast_signed();
        let split =
            |number: u32| ((0x3 << 29) | (0x7_ffff << 5), (number & 3) << 29 | number >> 2 << 5);
        match self {
            Self::Address | Self::Distance(_) => None,
            Self::Words { at, bits } => {
                let words = signed(distance >> 2, bits.into()).filter(|_| distance % 4 == 0)?;
                Some((((1 << bits) - 1) << at, words << at))
            }
            Self::Adr => signed(distance, 21).map(split),
            Self::AdrPage => {
                let pages = (target / PAGE).wrapping_sub(place / PAGE).cast_signed();
                signed(pages, 21).map(split)
            }
            Self::PageOffset(scale) => {
                let offset = (target % PAGE) as u32;
                let is_multiple = offset.is_multiple_of(1 << scale);
                is_multiple.then_some((0xfff << 10, offset >> scale << 10))
            }
        }
    }
}

/// Writes to the start of `field`.
fn write<const N: usize>(field: &mut [u8], bytes: [u8; N]) -> Option<()> {
    *field.first_chunk_mut()? = bytes;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_aarch64() {
        let filled = |form: Form, instruction: u32, place: u64, target: u64| {
            let mut block = vec![0xff; place as usize];
            block.extend(instruction.to_le_bytes());
            form.fill_in(&mut block, place, target)?;
            Ok(u32::from_le_bytes(block[place as usize..].try_into().unwrap()))
        };
        let words = |at, bits| Form::Words { at, bits };
        let cases: &[(Form, u32, u64, u64, u32)] = &[
            (words(0, 26), 0x9400_0000, 8, 16, 0x9400_0002),
            (words(0, 26), 0x97ff_ffff, 8, 0, 0x97ff_fffe),
            (words(5, 19), 0x5c00_0001, 0, 64, 0x5c00_0201),
            (words(5, 19), 0x5400_0000, 8, 4, 0x54ff_ffe0),
            (words(5, 14), 0x3600_0000, 8, 4, 0x3607_ffe0),
            (Form::Adr, 0x1000_0008, 4, 11, 0x7000_0028),
            (Form::Adr, 0x1000_0008, 4, 3, 0x70ff_ffe8),
            (Form::AdrPage, 0x9000_0008, 4095, 4096, 0xb000_0008),
            (Form::AdrPage, 0x9000_0008, 4096, 4095, 0xf0ff_ffe8),
            (Form::AdrPage, 0x9000_0008, 8, 4095, 0x9000_0008),
            (Form::PageOffset(0), 0x9100_0108, 0, 0x5fff, 0x913f_fd08),
            (Form::PageOffset(3), 0xf940_0108, 0, 0x1018, 0xf940_0d08),
            (Form::PageOffset(4), 0x3dc0_0100, 0, 0x1ff0, 0x3dc3_fd00),
        ];
        for &(form, instruction, place, target, expected) in cases {
            let found: Result<u32, String> = filled(form, instruction, place, target);
            assert_eq!(found, Ok(expected), "{form:?} at {place}: {:x?}", found);
        }
        for (form, target) in [
            (words(0, 26), 2),
            (words(0, 26), 1 << 27),
            (words(5, 19), 1 << 20),
            (words(5, 14), 1 << 15),
            (Form::Adr, 1 << 20),
            (Form::AdrPage, 1 << 32),
            (Form::PageOffset(2), 2),
            (Form::Distance(4), 1 << 31),
            (Form::Address, 0),
        ] {
            assert!(filled(form, 0, 0, target).is_err(), "{form:?} does not reach {target}");
        }
        assert!(Form::Adr.fill_in(&mut [0; 4], 1, 0).is_err(), "behind the end");
        assert!(Form::Adr.fill_in(&mut [0; 4], u64::MAX, 0).is_err(), "behind the end");
    }
}
