//! DWARF call frame information for debuggers and profilers (DWARF 5, §6.4; LSB 5.0, *Exception Frames*).
//!
//! The start of a function is a distance from where it is written, 4 bytes, as the section lies at a known distance
//! behind the text. So it needs no relocation and holds wherever the two are mapped.

use gimli::write::{
    Address, CallFrameInstruction, CieId, CommonInformationEntry, EhFrame as Section, EndianVec,
    FrameDescriptionEntry, FrameTable,
};
use gimli::{DW_EH_PE_pcrel, DW_EH_PE_sdata4, DwEhPe, Encoding, Format, LittleEndian, Register};
use wasmer_types::CompileError;
use wasmer_types::target::Architecture;

use crate::function::{FrameRule, UnwindInfo};

/// An `.eh_frame` section in the making.
pub(super) struct EhFrame {
    architecture: Architecture,
    /// Bytes from the start of the text to the section.
    offset: u64,
    /// Made for the first function that has unwind information.
    table: Option<(FrameTable, CieId)>,
}

impl EhFrame {
    /// A section that will lie `offset` bytes behind the start of the text.
    pub(super) fn new(architecture: Architecture, offset: usize) -> Self {
        Self { architecture, offset: offset as u64, table: None }
    }

    /// Adds the function at offset `at` of the text.
    pub(super) fn add(&mut self, at: u32, info: &UnwindInfo) -> Result<(), String> {
        let (table, cie) = match &mut self.table {
            Some(entry) => entry,
            None => {
                let entry = common_entry(self.architecture)?;
                let mut table = FrameTable::default();
                let cie = table.add_cie(entry);
                self.table.insert((table, cie))
            }
        };
        let mut entry = {
            // As seen from the start of the section.
            let start = Address::Constant(u64::from(at).wrapping_sub(self.offset));
            FrameDescriptionEntry::new(start, info.length)
        };
        let mut last = 0;
        for &(offset, rule) in &info.rules {
            if offset < last || offset > info.length {
                return Err(format!("unwind rule at {offset} is out of order or of the function"));
            }
            last = offset;
            entry.add_instruction(offset, instruction(rule));
        }
        table.add_fde(*cie, entry);
        Ok(())
    }

    /// The section with its end mark; empty when no function has unwind information.
    pub(super) fn finish(self) -> Result<Vec<u8>, CompileError> {
        let Some((table, _)) = self.table else {
            return Ok(Vec::new());
        };
        let mut section = Section(EndianVec::new(LittleEndian));
        table
            .write_eh_frame(&mut section)
            .map_err(|error| CompileError::Codegen(format!("unwind information: {error}")))?;
        let mut bytes = section.0.into_vec();
        bytes.extend([0; 4]);
        Ok(bytes)
    }
}

fn instruction(rule: FrameRule) -> CallFrameInstruction {
    match rule {
        FrameRule::Cfa { register, offset } => {
            CallFrameInstruction::Cfa(Register(register), offset)
        }
        FrameRule::CfaOffset(offset) => CallFrameInstruction::CfaOffset(offset),
        FrameRule::CfaRegister(register) => CallFrameInstruction::CfaRegister(Register(register)),
        FrameRule::Saved { register, offset } => {
            CallFrameInstruction::Offset(Register(register), offset)
        }
        FrameRule::Same(register) => CallFrameInstruction::SameValue(Register(register)),
    }
}

/// How addresses are written: 4 bytes, relative to where they stand.
const RELATIVE: DwEhPe = DwEhPe(DW_EH_PE_pcrel.0 | DW_EH_PE_sdata4.0);

/// What holds at the start of every function.
fn common_entry(architecture: Architecture) -> Result<CommonInformationEntry, String> {
    let encoding = Encoding { format: Format::Dwarf32, version: 1, address_size: 8 };
    match architecture {
        Architecture::X86_64 => {
            let (rsp, return_address) = (gimli::X86_64::RSP, gimli::X86_64::RA);
            let mut entry = CommonInformationEntry::new(encoding, 1, -8, return_address);
            entry.fde_address_encoding = RELATIVE;
            // `call` pushed the return address.
            entry.add_instruction(CallFrameInstruction::Cfa(rsp, 8));
            entry.add_instruction(CallFrameInstruction::Offset(return_address, -8));
            Ok(entry)
        }
        Architecture::Aarch64(_) => {
            let (sp, link) = (gimli::AArch64::SP, gimli::AArch64::X30);
            let mut entry = CommonInformationEntry::new(encoding, 4, -8, link);
            entry.fde_address_encoding = RELATIVE;
            entry.add_instruction(CallFrameInstruction::Cfa(sp, 0));
            Ok(entry)
        }
        other => Err(format!("there is no unwind information for {other}")),
    }
}
