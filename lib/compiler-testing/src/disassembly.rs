//! Machine code of any compiler in words: calls by the names of functions, branches by labels, traps by their codes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use capstone::arch::{self, BuildsCapstone, BuildsCapstoneSyntax};
use capstone::{Capstone, Insn};
use wasmer_compiler::{CompiledFunction, Relocation, RelocationTarget};
use wasmer_types::target::Architecture;
use wasmer_types::{LocalFunctionIndex, Target};

/// Turns code of one machine into text.
#[derive(Debug)]
pub struct Disassembler {
    capstone: Capstone,
    x86: bool,
}

/// A piece of a function.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Instruction {
        length: usize,
        mnemonic: String,
        operands: String,
    },
    /// Distances from the table to places in the function.
    Table(Vec<usize>),
    Data(Vec<u8>),
}

/// What a function consists of, by offset.
#[derive(Debug, Default)]
struct Outline {
    pieces: BTreeMap<usize, Piece>,
    /// What is jumped to, or loaded from.
    labels: BTreeSet<usize>,
}

impl Disassembler {
    /// For the machine.
    ///
    /// # Panics
    ///
    /// When it is neither an x86-64 nor an AArch64.
    pub fn new(target: &Target) -> Self {
        let (capstone, x86) = match target.triple().architecture {
            Architecture::X86_64 => {
                let builder = Capstone::new().x86().mode(arch::x86::ArchMode::Mode64);
                (builder.syntax(arch::x86::ArchSyntax::Intel).build(), true)
            }
            Architecture::Aarch64(_) => {
                (Capstone::new().arm64().mode(arch::arm64::ArchMode::Arm).build(), false)
            }
            other => panic!("no disassembler for {other}"),
        };
        Self { capstone: capstone.expect("a machine that the library knows"), x86 }
    }

    /// A line for each instruction, table and run of other data; `name` has the names of functions.
    ///
    /// # Panics
    ///
    /// When a trap or a relocation is at a place where no instruction is.
    pub fn text(
        &self,
        function: &CompiledFunction,
        name: impl Fn(LocalFunctionIndex) -> String,
    ) -> String {
        let outline = self.outline(function);
        let labels: BTreeMap<usize, String> = outline
            .labels
            .iter()
            .zip(1..)
            .map(|(at, number)| (*at, format!("L{number}")))
            .collect();
        let label = |at: usize| labels.get(&at).cloned().unwrap_or_else(|| format!("{at:#x}"));
        let traps = |at: usize, length: usize| {
            function
                .traps
                .iter()
                .filter(move |(offset, _)| (at..at + length).contains(&(*offset as usize)))
        };
        let mut text = String::new();
        let (mut traps_seen, mut relocations_seen) = (0, 0);
        for (at, piece) in &outline.pieces {
            if let Some(label) = labels.get(at) {
                writeln!(text, "{label}:").expect("a string takes all");
            }
            let mut line = match piece {
                Piece::Table(places) => {
                    let places = places.iter().map(|place| label(*place)).collect::<Vec<_>>();
                    format!(".table {}", places.join(" "))
                }
                Piece::Data(bytes) => {
                    let bytes = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
                    format!(".bytes {}", bytes.join(" "))
                }
                Piece::Instruction { length, mnemonic, operands } => {
                    let relocation = relocation(function, *at, *length);
                    relocations_seen += usize::from(relocation.is_some());
                    let operands = match (relocation, self.place(*at, *length, mnemonic, operands))
                    {
                        (Some(relocation), _) => {
                            let RelocationTarget::Function(callee) = relocation.target;
                            name(callee)
                        }
                        (None, Some((place, written))) if outline.labels.contains(&place) => {
                            operands.replace(&written, &label(place))
                        }
                        _ => operands.clone(),
                    };
                    format!("{mnemonic} {operands}").trim_end().to_owned()
                }
            };
            let length = match piece {
                Piece::Instruction { length, .. } => *length,
                Piece::Table(_) | Piece::Data(_) => 0,
            };
            for (_, code) in traps(*at, length) {
                traps_seen += 1;
                line += &format!("    ; {}", code.short_name());
            }
            writeln!(text, "    {line}").expect("a string takes all");
        }
        assert_eq!(traps_seen, function.traps.len(), "a trap is at no instruction:\n{text}");
        assert_eq!(relocations_seen, function.relocations.len(), "so is a relocation:\n{text}");
        text
    }

    fn outline(&self, function: &CompiledFunction) -> Outline {
        let body = &function.body;
        let mut outline = Outline::default();
        let (mut tables, mut constants) = (BTreeSet::new(), BTreeSet::new());
        let mut at = 0;
        while at < body.len() {
            let piece = if tables.contains(&at) {
                Piece::Table(table(body, at, &outline.labels))
            } else if constants.contains(&at) || is_padding(body, at, &constants) {
                let next = |set: &BTreeSet<usize>| set.range(at + 1..).next().copied();
                let next = [next(&outline.labels), next(&constants), next(&tables)];
                let end = next.into_iter().flatten().min().unwrap_or(body.len());
                Piece::Data(body[at..end].to_vec())
            } else {
                self.instruction(body, at)
            };
            let length = match &piece {
                Piece::Instruction { length, mnemonic, operands } => {
                    let place = match relocation(function, at, *length) {
                        Some(_) => None,
                        None => self.place(at, *length, mnemonic, operands),
                    };
                    if let Some((place, _)) = place.filter(|(place, _)| *place < body.len()) {
                        outline.labels.insert(place);
                        if self.is_address(mnemonic) && place > at {
                            tables.insert(place);
                        } else if !self.is_branch(mnemonic) && place > at {
                            constants.insert(place);
                        }
                    }
                    *length
                }
                Piece::Table(places) => {
                    outline.labels.extend(places);
                    4 * places.len()
                }
                Piece::Data(bytes) => bytes.len(),
            };
            outline.pieces.insert(at, piece);
            at += length.max(1);
        }
        outline
    }

    fn instruction(&self, body: &[u8], at: usize) -> Piece {
        let found = self.capstone.disasm_count(&body[at..], at as u64, 1);
        match found.as_ref().ok().and_then(|found| found.first()) {
            Some(instruction) => {
                let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
                let instruction: &Insn<'_> = instruction;
                Piece::Instruction {
                    length: instruction.bytes().len(),
                    mnemonic: part(instruction.mnemonic()),
                    operands: part(instruction.op_str()),
                }
            }
            None => {
                let length = if self.x86 { 1 } else { 4 };
                Piece::Data(body[at..].iter().take(length).copied().collect())
            }
        }
    }

    fn is_branch(&self, mnemonic: &str) -> bool {
        if self.x86 {
            return mnemonic.starts_with('j') || mnemonic == "call" || mnemonic.starts_with("loop");
        }
        ["b", "bl", "cbz", "cbnz", "tbz", "tbnz"].contains(&mnemonic) || mnemonic.starts_with("b.")
    }

    /// Whether the instruction computes an address. We do so for tables of branches.
    fn is_address(&self, mnemonic: &str) -> bool {
        mnemonic == if self.x86 { "lea" } else { "adr" }
    }

    /// The place that an instruction names relative to itself, and how its operands have it.
    fn place(
        &self,
        at: usize,
        length: usize,
        mnemonic: &str,
        operands: &str,
    ) -> Option<(usize, String)> {
        let number = |text: &str| {
            let (digits, radix) = match text.strip_prefix("0x") {
                Some(digits) => (digits, 16),
                None => (text, 10),
            };
            usize::from_str_radix(digits, radix).ok()
        };
        if self.x86
            && let Some((_, displacement)) = operands.split_once("[rip")
        {
            let displacement = displacement.split_once(']')?.0;
            let place = match displacement.trim_start().split_at_checked(1) {
                None => at + length,
                Some(("+", distance)) => at + length + number(distance.trim())?,
                Some((_, distance)) => (at + length).checked_sub(number(distance.trim())?)?,
            };
            return Some((place, format!("rip{displacement}")));
        }
        let literal = !self.x86 && (mnemonic == "adr" || mnemonic.starts_with("ldr"));
        if !self.is_branch(mnemonic) && (!literal || operands.contains('[')) {
            return None;
        }
        let last = operands.rsplit(", ").next()?;
        Some((number(last.trim_start_matches('#'))?, last.to_owned()))
    }
}

/// The relocation within an instruction.
fn relocation(function: &CompiledFunction, at: usize, length: usize) -> Option<&Relocation> {
    let mut relocations = function.relocations.iter();
    relocations.find(|relocation| (at..at + length).contains(&(relocation.offset as usize)))
}

/// The table at `at`: distances of 32 bits up to where the first of the places behind it is.
fn table(body: &[u8], at: usize, labels: &BTreeSet<usize>) -> Vec<usize> {
    let mut places = Vec::new();
    let mut end = labels.range(at + 1..).next().copied().unwrap_or(body.len());
    let (words, _) = body[at..].as_chunks::<4>();
    for (number, word) in words.iter().enumerate() {
        if at + 4 * (number + 1) > end {
            break;
        }
        let place = at.checked_add_signed(i32::from_le_bytes(*word) as isize);
        let Some(place) = place.filter(|place| *place < body.len()) else { break };
        if place > at {
            end = end.min(place);
        }
        places.push(place);
    }
    places
}

/// Whether nothing but zeros is between here and the next constant.
fn is_padding(body: &[u8], at: usize, constants: &BTreeSet<usize>) -> bool {
    let next = constants.range(at..).next();
    next.is_some_and(|next| next - at < 64 && body[at..*next].iter().all(|byte| *byte == 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machines;
    use wasmer_compiler::RelocationKind;
    use wasmer_types::TrapCode;

    fn text(machine: usize, function: &CompiledFunction) -> String {
        let disassembler = Disassembler::new(&machines::ALL[machine].target(None));
        disassembler.text(function, |index| format!("<{}>", index.as_u32()))
    }

    #[test]
    fn x86_64() {
        let mut body = vec![
            0x55, // push rbp
            0xe8, 0, 0, 0, 0, // call
            0xf7, 0xf9, // idiv ecx
            0x74, 0xf6, // je 0
            0x48, 0x8d, 0x05, 3, 0, 0, 0, // lea rax, [rip + 3]
            0xff, 0xe0, // jmp rax
            0xf4, // hlt
        ];
        assert_eq!(body.len(), 20);
        // The table at 20: to 28 and to 30.
        body.extend([8, 0, 0, 0, 10, 0, 0, 0]);
        body.extend([0x90, 0xf4, 0xc3]);
        // movsd xmm0, [rip + 1] would be behind the end.
        let relocation = Relocation {
            offset: 2,
            kind: RelocationKind::X86PcRel4,
            target: RelocationTarget::Function(LocalFunctionIndex::from_u32(7)),
            addend: -4,
        };
        let function = CompiledFunction {
            body,
            relocations: vec![relocation],
            traps: vec![(6, TrapCode::IntegerDivisionByZero)],
            ..CompiledFunction::default()
        };
        let expected = "L1:
    push rbp
    call <7>
    idiv ecx    ; int_divz
    je L1
    lea rax, [L2]
    jmp rax
    hlt
L2:
    .table L3 L4
L3:
    nop
    hlt
L4:
    ret
";
        assert_eq!(text(0, &function), expected);
    }

    #[test]
    fn aarch64() {
        let words: [u32; 7] = [
            0x9400_0000, // bl
            0xb400_0060, // cbz x0, 16
            0x9c00_0040, // ldr q0, 16
            0x54ff_ffa0, // b.eq 0
            0x0000_0000, // udf
            0xffff_ffff,
            0x1234_5678,
        ];
        let function = CompiledFunction {
            body: words.iter().flat_map(|word| word.to_le_bytes()).collect(),
            relocations: vec![Relocation {
                offset: 0,
                kind: RelocationKind::Aarch64Call26,
                target: RelocationTarget::Function(LocalFunctionIndex::from_u32(1)),
                addend: 0,
            }],
            traps: vec![(8, TrapCode::HeapAccessOutOfBounds)],
            ..CompiledFunction::default()
        };
        let text = text(1, &function);
        assert!(text.contains("bl <1>"), "{text}");
        assert!(text.contains("cbz x0, L2"), "{text}");
        assert!(text.contains("ldr q0, L2    ; heap_get_oob"), "{text}");
        assert!(text.contains("b.eq L1"), "{text}");
        assert!(text.contains("L2:\n    .bytes 00 00 00 00 ff ff"), "{text}");
    }

    #[test]
    #[should_panic = "a trap is at no instruction"]
    fn a_trap_at_no_instruction() {
        let traps = vec![(5, TrapCode::StackOverflow)];
        let function = CompiledFunction { body: vec![0xc3], traps, ..CompiledFunction::default() };
        text(0, &function);
    }
}
