//! Which operator each instruction comes from, and which instructions are traps.
//!
//! The translator gives LLVM debug locations for accesses, calls and traps: the line is the byte offset of the
//! operator in the module, 0 for none; the column is 0, but for traps one more than the number of the [`TrapCode`].
//! LLVM writes them to `.debug_line` (DWARF 5, §6.2), where an instruction without one counts to what comes before it
//! in its block. In bodies that stand in place of calls the line is a position
//! ([`InlinedBody`](wasmer_types::image::InlinedBody)). Traps are calls of `llvm.ubsantrap` with the number, of which
//! LLVM makes one instruction, which has the number in it.
//!
//! As no other instruction has a column, a row begins at each trap or at the first of several, so its instruction is
//! found at a known place and not by decoding what comes before. LLVM gives up columns where it merges code; a trap may
//! lie anywhere then. On AArch64, where instructions are words, that makes no difference. On x86-64, what looks like a trap
//! instruction at a place where it is not known whether an instruction begins stays as it is, and is said to be a trap
//! site: if it is none, the processor never executes it.

use gimli::{ColumnType, DebugLine, DebugLineOffset, LittleEndian};
use wasmer_types::TrapCode;
use wasmer_types::image::AddressMap;
use wasmer_types::target::Architecture;

/// What code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// x86-64.
    X86_64,
    /// AArch64.
    Aarch64,
}

/// `ud1l number(%eax), %eax`, without the number.
const UD1: [u8; 4] = [0x67, 0x0f, 0xb9, 0x40];
/// `hlt` and a `nop` of the rest of the length. A hypervisor does not have to emulate `hlt` to see that it faults.
const HLT: [u8; 5] = [0xf4, 0x0f, 0x1f, 0x40, 0x00];
/// `brk 0x5500`, to which the number is added.
const BRK: u32 = 0xd42a_a000;

impl Machine {
    pub(crate) fn new(architecture: Architecture) -> Result<Self, String> {
        match architecture {
            Architecture::X86_64 => Ok(Self::X86_64),
            Architecture::Aarch64(_) => Ok(Self::Aarch64),
            other => Err(format!("there is no code for {other}")),
        }
    }

    /// Alignment that all instructions have.
    pub(crate) fn alignment(self) -> u32 {
        match self {
            Self::X86_64 => 1,
            Self::Aarch64 => 4,
        }
    }

    /// What is between functions: bytes that trap when they are executed.
    pub(crate) fn filler(self) -> u8 {
        match self {
            Self::X86_64 => 0xcc, // int3
            Self::Aarch64 => 0,   // udf #0
        }
    }

    /// The number in the trap instruction with which `code` begins, and its length.
    fn trap(self, code: &[u8]) -> Option<(u8, usize)> {
        match self {
            Self::X86_64 => {
                let &number = code.strip_prefix(&UD1)?.first()?;
                Some((number, UD1.len() + 1))
            }
            Self::Aarch64 => {
                let word = u32::from_le_bytes(*code.first_chunk()?);
                let number = word >> 5 & 0xff;
                (word == BRK | number << 5).then_some((number as u8, 4))
            }
        }
    }

    /// Replaces the trap instruction at `at` by one at which the runtime expects traps.
    fn replace_trap(self, code: &mut [u8], at: usize, number: u8) {
        let site = code.get_mut(at..).unwrap_or_default();
        match self {
            Self::X86_64 => {
                if let Some(site) = site.first_chunk_mut() {
                    *site = HLT;
                }
            }
            // `udf`: of a `brk`, debuggers are told and not the handlers of traps.
            Self::Aarch64 => {
                if let Some(site) = site.first_chunk_mut() {
                    *site = u32::from(number).to_le_bytes();
                }
            }
        }
    }

    /// The length of the instruction for padding with which `code` begins.
    fn padding(self, code: &[u8]) -> Option<usize> {
        if self == Self::Aarch64 {
            return code.starts_with(&0xd503_201f_u32.to_le_bytes()).then_some(4);
        }
        let prefixes = code.iter().take_while(|byte| [0x66, 0x2e].contains(byte)).count();
        let length = match code[prefixes..] {
            [0x90, ..] => 1,
            [0x0f, 0x1f, operand, ..] if operand < 0xc0 => {
                let displacement = [0, 1, 4][usize::from(operand >> 6)];
                3 + usize::from(operand & 7 == 4) + displacement
            }
            _ => return None,
        };
        Some(prefixes + length).filter(|&length| length <= code.len())
    }
}

/// Code with one debug location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Offset of its first instruction in the text.
    start: usize,
    /// Offset behind its last.
    end: usize,
    /// Byte offset of the operator in the module, or [`AddressMap::NONE`].
    position: u32,
    /// The trap that it is.
    trap: Option<TrapCode>,
}

/// Reads the line table of a text of `text` bytes, which begins at address 0. The rows are in order and not empty.
pub(crate) fn rows(section: &[u8], text: usize) -> Result<Vec<Row>, String> {
    let damaged = |error: gimli::Error| format!(".debug_line: {error}");
    let lines = DebugLine::new(section, LittleEndian);
    let mut rows: Vec<Row> = Vec::new();
    let mut at = 0;
    while at < section.len() {
        let program = lines.program(DebugLineOffset(at), 8, None, None).map_err(damaged)?;
        let header = program.header();
        // The length itself is written in 4 bytes, or in 12.
        let unit = header.unit_length().checked_add(header.format().initial_length_size().into());
        let mut table = program.rows();
        let mut open: Option<Row> = None;
        while let Some((_, row)) = table.next_row().map_err(damaged)? {
            let address = usize::try_from(row.address()).ok().filter(|&address| address <= text);
            let address = address
                .ok_or_else(|| format!(".debug_line: row at {:#x} of {text:#x}", row.address()))?;
            if let Some(last) = open.take() {
                if address < last.start {
                    return Err(format!(".debug_line: {address:#x} is behind {:#x}", last.start));
                }
                // Of rows for the same place the last holds.
                if address > last.start {
                    rows.push(Row { end: address, ..last });
                }
            }
            if !row.end_sequence() {
                let (position, trap) = location(row)?;
                open = Some(Row { start: address, end: address, position, trap });
            }
        }
        at = unit.and_then(|unit| at.checked_add(unit)).ok_or(".debug_line: endless")?;
    }
    rows.sort_by_key(|row| row.start);
    match rows.windows(2).find(|pair| pair[0].end > pair[1].start) {
        Some(pair) => Err(format!(".debug_line: two rows hold at {:#x}", pair[1].start)),
        None => Ok(rows),
    }
}

/// The position and the trap of a row.
fn location(row: &gimli::LineRow) -> Result<(u32, Option<TrapCode>), String> {
    let position = match row.line().map(u64::from).map(u32::try_from) {
        None => AddressMap::NONE,
        Some(Ok(line)) => line,
        Some(Err(_)) => return Err(".debug_line: a line is no offset".to_owned()),
    };
    let trap = match row.column() {
        ColumnType::LeftEdge => None,
        ColumnType::Column(column) => {
            let number = u8::try_from(column.get() - 1).ok();
            let code = number.and_then(TrapCode::from_u8);
            Some(code.ok_or_else(|| format!(".debug_line: column {column} is no trap"))?)
        }
    };
    Ok((position, trap))
}

/// What a function has at which offset.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Trap sites.
    pub(crate) traps: Vec<(u32, TrapCode)>,
    /// The address map.
    pub(crate) addresses: Vec<(u32, u32)>,
}

/// Finds out about the function whose instructions are `code`, at offset `start` of the text that `rows` is about. Its
/// trap instructions become those of the runtime.
pub(crate) fn places(
    machine: Machine,
    code: &mut [u8],
    start: usize,
    rows: &[Row],
) -> Result<Places, String> {
    let end = start + code.len();
    let first = rows.partition_point(|row| row.start < start);
    let count = rows[first..].partition_point(|row| row.start < end);
    let mut places = Places::default();
    // What lies before the first row, between two or behind the last one belongs to no operator.
    let mut behind = start;
    for row in &rows[first..first + count] {
        let row = Row { end: row.end.min(end), ..*row };
        if row.start > behind {
            places.add(machine, code, start, Row::without_location(behind..row.start))?;
        }
        places.add(machine, code, start, row)?;
        behind = row.end;
    }
    if behind < end {
        places.add(machine, code, start, Row::without_location(behind..end))?;
    }
    Ok(places)
}

impl Row {
    fn without_location(range: std::ops::Range<usize>) -> Self {
        Self { start: range.start, end: range.end, position: AddressMap::NONE, trap: None }
    }
}

impl Places {
    /// Adds the next row of the function at `start`. An instruction begins where the row does.
    fn add(
        &mut self,
        machine: Machine,
        code: &mut [u8],
        start: usize,
        row: Row,
    ) -> Result<(), String> {
        let offset = (row.start - start) as u32;
        if self.addresses.last().map_or(AddressMap::NONE, |last| last.1) != row.position {
            self.addresses.push((offset, row.position));
        }
        let code = &mut code[row.start - start..row.end - start];
        let mut at = 0;
        // Whether an instruction begins at `at`.
        let mut begins = true;
        while at < code.len() {
            let rest = &code[at..];
            if let Some((number, length)) = machine.trap(rest) {
                let trap = TrapCode::from_u8(number);
                if let Some(trap) =
                    trap.filter(|&trap| !begins || row.trap.is_none_or(|own| own == trap))
                {
                    self.traps.push((offset + at as u32, trap));
                } else if begins {
                    let place = offset as usize + at;
                    return Err(format!("trap {number} at {place:#x} should be {:?}", row.trap));
                }
                if begins {
                    machine.replace_trap(code, at, number);
                    at += length;
                    continue;
                }
            } else if let Some(length) = machine.padding(rest).filter(|_| begins) {
                at += length;
                continue;
            }
            at += machine.alignment() as usize;
            begins = machine == Machine::Aarch64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGER_OVERFLOW: u8 = TrapCode::IntegerOverflow as u8;

    fn row(range: std::ops::Range<usize>, position: u32, trap: Option<TrapCode>) -> Row {
        Row { start: range.start, end: range.end, position, trap }
    }

    /// The tables of code that lies at 100.
    fn found(machine: Machine, code: &mut [u8], rows: &[Row]) -> Result<Places, String> {
        places(machine, code, 100, rows)
    }

    #[test]
    fn traps_stand_where_rows_begin() {
        let trap = [0x67, 0x0f, 0xb9, 0x40, INTEGER_OVERFLOW];
        let padding = [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];
        // nop; two traps with padding; a trap whose location was lost; mov eax, bytes of a trap.
        let mut code =
            [&[0x90][..], &trap, &padding, &trap, &trap, &[0xb8], &trap[..4], &[6, 0xc3]].concat();
        let own = Some(TrapCode::IntegerOverflow);
        let rows = [row(99..101, 7, None), row(101..121, 8, own), row(126..133, 9, None)];
        let places = found(Machine::X86_64, &mut code, &rows).unwrap();
        let sites = [1, 16, 21, 27].map(|at| (at, TrapCode::IntegerOverflow));
        assert_eq!(places.traps, sites);
        assert_eq!(places.addresses, [(1, 8), (21, AddressMap::NONE), (26, 9)]);
        for at in [1, 16, 21] {
            assert_eq!(code[at..at + 5], HLT);
        }
        // It is not known to be an instruction, so it stays.
        assert_eq!(code[27..31], UD1);
    }

    #[test]
    fn traps_of_aarch64_stand_anywhere() {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let overflow = BRK | u32::from(INTEGER_OVERFLOW) << 5;
        let mut code: Vec<u8> =
            words(&[0xd65f_03c0, overflow, 0xd65f_03c0, overflow, BRK + (0x100 << 5)]);
        let own = Some(TrapCode::IntegerOverflow);
        let rows = [row(100..112, 1, None), row(112..116, 2, own), row(116..120, 3, None)];
        let places = found(Machine::Aarch64, &mut code, &rows).unwrap();
        assert_eq!(places.traps, [4, 12].map(|at| (at, TrapCode::IntegerOverflow)));
        assert_eq!(code[4..8], [INTEGER_OVERFLOW, 0, 0, 0]);
        assert_eq!(places.addresses, [(0, 1), (12, 2), (16, 3)]);
    }

    #[test]
    fn traps_have_the_number_of_their_column() {
        let mut code = [0x67, 0x0f, 0xb9, 0x40, INTEGER_OVERFLOW];
        let rows = [row(100..105, 1, Some(TrapCode::NullReference))];
        assert!(found(Machine::X86_64, &mut code, &rows).unwrap_err().contains("trap 6 at 0x0"));
        let mut code = [0x67, 0x0f, 0xb9, 0x40, 0xee];
        let rows = [row(100..105, 1, None)];
        assert!(found(Machine::X86_64, &mut code, &rows).unwrap_err().contains("trap 238 at 0x0"));
    }

    #[test]
    fn padding_is_measured() {
        let long = [0x66, 0x66, 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];
        let cases: &[(&[u8], Option<usize>)] = &[
            (&[0x90, 1], Some(1)),
            (&[0x66, 0x90], Some(2)),
            (&[0x0f, 0x1f, 0x00], Some(3)),
            (&[0x0f, 0x1f, 0x40, 0x00], Some(4)),
            (&[0x0f, 0x1f, 0x44, 0x00, 0x00], Some(5)),
            (&[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00], Some(6)),
            (&[0x0f, 0x1f, 0x80, 0, 0, 0, 0], Some(7)),
            (&[0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0], Some(8)),
            (&long, Some(13)),
            (&[0x0f, 0x1f, 0x80, 0, 0, 0], None),
            (&[0x0f, 0x1f, 0xc0], None),
            (&[0x66], None),
            (&[], None),
        ];
        for (code, length) in cases {
            assert_eq!(Machine::X86_64.padding(code), *length, "{code:x?}");
        }
    }
}
