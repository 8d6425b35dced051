//! The code of a function while it grows: bytes, labels, and the tables that go with them.
//!
//! It knows the forms in which machines encode distances, and nothing else of them.

use dynasmrt::{AssemblyOffset, DynasmApi};
use wasmer_compiler::{Relocation, RelocationKind, RelocationTarget};
use wasmer_types::image::AddressMap;
use wasmer_types::{CompileError, LocalFunctionIndex, TrapCode};

/// A place in the code, perhaps not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(u32);

/// How the distance from an instruction to a label is encoded in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    /// x86-64: 32 bits, from behind the field.
    Rel32,
    /// 32 bits, from the address given: an entry of a jump table.
    From(u32),
    /// AArch64 `b`: 26 bits, in instructions.
    Branch26,
    /// AArch64 `b.cond`, `cbz`, literal loads: 19 bits, in instructions.
    Branch19,
}

#[derive(Clone, Copy, Debug)]
struct Fixup {
    /// Offset of the field.
    at: u32,
    label: Label,
    distance: Distance,
}

/// A trap behind the code, to which checks jump.
#[derive(Clone, Copy, Debug)]
struct OutlineTrap {
    label: Label,
    code: TrapCode,
    position: u32,
}

/// Constants behind the code, by the label of each.
#[derive(Clone, Copy, Debug)]
struct Constant {
    label: Label,
    bytes: [u8; 16],
}

const UNBOUND: u32 = u32::MAX;

/// Machine code with its labels and tables.
#[derive(Debug, Default)]
pub(crate) struct CodeBuffer {
    bytes: Vec<u8>,
    labels: Vec<u32>,
    fixups: Vec<Fixup>,
    traps: Vec<(u32, TrapCode)>,
    addresses: Vec<(u32, u32)>,
    relocations: Vec<Relocation>,
    outline_traps: Vec<OutlineTrap>,
    constants: Vec<Constant>,
    position: u32,
}

/// What a finished buffer holds.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) bytes: Vec<u8>,
    pub(crate) traps: Vec<(u32, TrapCode)>,
    pub(crate) addresses: Vec<(u32, u32)>,
    pub(crate) relocations: Vec<Relocation>,
}

impl CodeBuffer {
    /// Empties it for the next function.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.labels.clear();
        self.fixups.clear();
        self.traps.clear();
        self.addresses.clear();
        self.relocations.clear();
        self.outline_traps.clear();
        self.constants.clear();
        self.position = AddressMap::NONE;
        self.addresses.push((0, AddressMap::NONE));
    }

    /// Offset of the next instruction.
    pub(crate) fn here(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// What follows comes from the operator at byte offset `position` of the module.
    pub(crate) fn set_position(&mut self, position: u32) {
        if self.position == position {
            return;
        }
        self.position = position;
        let here = self.here();
        match self.addresses.last_mut() {
            Some(last) if last.0 == here => last.1 = position,
            _ => self.addresses.push((here, position)),
        }
    }

    pub(crate) fn new_label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label is here.
    pub(crate) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.here();
    }

    /// The label is at an instruction that was emitted before.
    pub(crate) fn bind_at(&mut self, label: Label, offset: u32) {
        self.labels[label.0 as usize] = offset;
    }

    /// Where the label is, if that is known.
    pub(crate) fn offset_of(&self, label: Label) -> Option<u32> {
        let offset = self.labels[label.0 as usize];
        (offset != UNBOUND).then_some(offset)
    }

    /// The field at `at` is to hold the distance to `label`.
    pub(crate) fn refer(&mut self, at: u32, label: Label, distance: Distance) {
        self.fixups.push(Fixup { at, label, distance });
    }

    /// The next instruction may trap.
    pub(crate) fn trap_site(&mut self, code: TrapCode) {
        let here = self.here();
        match self.traps.last_mut() {
            Some(last) if last.0 == here => last.1 = code,
            _ => self.traps.push((here, code)),
        }
    }

    /// If the instruction that was going to be at `from` may trap, it is here instead.
    pub(crate) fn move_trap_site(&mut self, from: u32) {
        let here = self.here();
        if let Some(last) = self.traps.last_mut().filter(|last| last.0 == from) {
            last.0 = here;
        }
    }

    /// Where to jump in order to trap at the present operator.
    pub(crate) fn outline_trap(&mut self, code: TrapCode) -> Label {
        let position = self.position;
        if let Some(last) = self.outline_traps.last()
            && (last.code, last.position) == (code, position)
        {
            return last.label;
        }
        let label = self.new_label();
        self.outline_traps.push(OutlineTrap { label, code, position });
        label
    }

    /// Emits the outline traps by `trap`, which emits an instruction that faults.
    pub(crate) fn emit_outline_traps(&mut self, mut trap: impl FnMut(&mut Self)) {
        for OutlineTrap { label, code, position } in std::mem::take(&mut self.outline_traps) {
            self.bind(label);
            self.set_position(position);
            self.trap_site(code);
            trap(self);
        }
        self.set_position(AddressMap::NONE);
    }

    /// A label of 16 bytes behind the code.
    pub(crate) fn constant(&mut self, bytes: [u8; 16]) -> Label {
        // Only the last few: a long list would have to be searched again and again.
        let recent = self.constants.iter().rev().take(8).find(|constant| constant.bytes == bytes);
        if let Some(constant) = recent {
            return constant.label;
        }
        let label = self.new_label();
        self.constants.push(Constant { label, bytes });
        label
    }

    /// Emits the constants, aligned.
    pub(crate) fn emit_constants(&mut self) {
        if self.constants.is_empty() {
            return;
        }
        self.align(16, 0);
        for Constant { label, bytes } in std::mem::take(&mut self.constants) {
            self.bind(label);
            self.bytes.extend_from_slice(&bytes);
        }
    }

    /// The field at the offset `at` is to be filled in when the function has found its place.
    pub(crate) fn relocate(
        &mut self,
        at: u32,
        kind: RelocationKind,
        function: LocalFunctionIndex,
        addend: i64,
    ) {
        let target = RelocationTarget::Function(function);
        self.relocations.push(Relocation { offset: at, kind, target, addend });
    }

    /// Overwrites 4 bytes.
    pub(crate) fn patch32(&mut self, at: u32, value: u32) {
        self.bytes[at as usize..at as usize + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Reads 4 bytes.
    pub(crate) fn read32(&self, at: u32) -> u32 {
        let field = &self.bytes[at as usize..at as usize + 4];
        u32::from_le_bytes(field.try_into().expect("four bytes"))
    }

    /// Fills in all distances and takes the code out.
    ///
    /// # Errors
    ///
    /// [`CompileError::Resource`] when a distance does not fit, which takes a very large function.
    pub(crate) fn finish(&mut self) -> Result<Code, CompileError> {
        for Fixup { at, label, distance } in std::mem::take(&mut self.fixups) {
            let target = self.offset_of(label).ok_or_else(|| {
                CompileError::Codegen(format!("the code at 0x{at:x} jumps to nowhere"))
            })?;
            self.fill(at, target, distance)?;
        }
        Ok(Code {
            bytes: self.bytes.clone(),
            traps: self.traps.clone(),
            addresses: self.addresses.clone(),
            relocations: std::mem::take(&mut self.relocations),
        })
    }

    fn fill(&mut self, at: u32, target: u32, distance: Distance) -> Result<(), CompileError> {
        let from = match distance {
            Distance::Rel32 => at + 4,
            Distance::From(base) => base,
            Distance::Branch26 | Distance::Branch19 => at,
        };
        let bytes = i64::from(target) - i64::from(from);
        let (bits, scale) = match distance {
            Distance::Rel32 | Distance::From(_) => (32, 0),
            Distance::Branch26 => (26, 2),
            Distance::Branch19 => (19, 2),
        };
        let value = bytes >> scale;
        if value < -(1 << (bits - 1)) || value >= 1 << (bits - 1) {
            return Err(CompileError::Resource(format!(
                "a function is too large: a jump of {bytes} bytes at 0x{at:x} of its code"
            )));
        }
        let field = (value as u32) & (u32::MAX >> (32 - bits));
        let word = match distance {
            Distance::Rel32 | Distance::From(_) => field,
            Distance::Branch26 => self.read32(at) | field,
            Distance::Branch19 => self.read32(at) | field << 5,
        };
        self.patch32(at, word);
        Ok(())
    }
}

impl Extend<u8> for CodeBuffer {
    fn extend<T: IntoIterator<Item = u8>>(&mut self, bytes: T) {
        self.bytes.extend(bytes);
    }
}

impl<'a> Extend<&'a u8> for CodeBuffer {
    fn extend<T: IntoIterator<Item = &'a u8>>(&mut self, bytes: T) {
        self.bytes.extend(bytes);
    }
}

impl DynasmApi for CodeBuffer {
    fn offset(&self) -> AssemblyOffset {
        AssemblyOffset(self.bytes.len())
    }

    fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn align(&mut self, alignment: usize, with: u8) {
        let length = self.bytes.len().next_multiple_of(alignment);
        self.bytes.resize(length, with);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer() -> CodeBuffer {
        let mut buffer = CodeBuffer::default();
        buffer.clear();
        buffer
    }

    #[test]
    fn distances_are_filled_in() {
        let mut buffer = buffer();
        let (back, forth) = (buffer.new_label(), buffer.new_label());
        buffer.bind(back);
        buffer.refer(0, forth, Distance::Rel32);
        buffer.refer(4, back, Distance::Branch26);
        buffer.refer(8, back, Distance::Branch19);
        for word in [0u32, 0x1400_0000, 0x5400_0000] {
            buffer.push_u32(word);
        }
        buffer.bind(forth);
        let code = buffer.finish().unwrap();
        assert_eq!(code.bytes[..4], 8u32.to_le_bytes());
        assert_eq!(code.bytes[4..8], 0x17ff_ffffu32.to_le_bytes());
        assert_eq!(code.bytes[8..], 0x54ff_ffc0u32.to_le_bytes());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut buffer = buffer();
        let label = buffer.new_label();
        buffer.refer(0, label, Distance::Branch19);
        buffer.bytes.resize(2 << 20, 0);
        buffer.bind(label);
        assert!(matches!(buffer.finish(), Err(CompileError::Resource(_))));
        let unbound = buffer.new_label();
        buffer.refer(0, unbound, Distance::Rel32);
        assert!(matches!(buffer.finish(), Err(CompileError::Codegen(_))));
    }

    #[test]
    fn one_trap_per_operator_and_code() {
        let mut buffer = buffer();
        buffer.set_position(10);
        let first = buffer.outline_trap(TrapCode::IntegerOverflow);
        assert_eq!(buffer.outline_trap(TrapCode::IntegerOverflow), first);
        assert_ne!(buffer.outline_trap(TrapCode::IntegerDivisionByZero), first);
        buffer.set_position(11);
        assert_ne!(buffer.outline_trap(TrapCode::IntegerOverflow), first);
        buffer.emit_outline_traps(|buffer| buffer.push(0xf4));
        let code = buffer.finish().unwrap();
        assert_eq!(code.bytes, [0xf4; 3]);
        assert_eq!(code.traps.len(), 3);
        assert_eq!(code.addresses, [(0, 10), (2, 11), (3, AddressMap::NONE)]);
    }
}
