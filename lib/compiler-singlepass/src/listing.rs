//! Code as text: numbers for an assembler, and what they are for in comments.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display, Write as _};

use wasmer_compiler::{CompiledFunction, FunctionInput};
use wasmer_types::TrapCode;
use wasmer_types::image::AddressMap;
use wasmer_types::target::Architecture;
use wasmparser::{BinaryReader, FunctionBody};

/// What the instructions from an offset on are for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssemblyComment {
    /// They make the frame, and give places to parameters and locals.
    FunctionPrologue,
    /// They are an operator's.
    Operator {
        /// Its byte offset in the module.
        position: u32,
        /// Its name and immediates; empty if that is not known.
        operator: String,
        /// How the first of the instructions may trap.
        trap: Option<TrapCode>,
    },
    /// They go on with the same, and the first may trap.
    Trap(TrapCode),
    /// They belong to no operator: constants, and the beginning of large frames.
    FunctionEnd,
}

impl Display for AssemblyComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FunctionPrologue => f.write_str("prologue"),
            Self::Operator { position, operator, trap } => {
                write!(f, "0x{position:x}")?;
                if !operator.is_empty() {
                    write!(f, " {operator}")?;
                }
                trap.map_or(Ok(()), |trap| write!(f, ", may trap: {trap}"))
            }
            Self::Trap(trap) => write!(f, "may trap: {trap}"),
            Self::FunctionEnd => f.write_str("no operator"),
        }
    }
}

/// What is known of the code of `function`, by offset.
pub(crate) fn comments(
    function: &FunctionInput<'_>,
    code: &CompiledFunction,
) -> HashMap<usize, AssemblyComment> {
    let operators = operators(function);
    let mut comments = HashMap::new();
    let mut last = None;
    for &(offset, position) in &code.addresses {
        if last.replace(position) == Some(position) || offset as usize >= code.body.len() {
            continue;
        }
        let comment = match (offset, position) {
            (0, AddressMap::NONE) => AssemblyComment::FunctionPrologue,
            (_, AddressMap::NONE) => AssemblyComment::FunctionEnd,
            (_, position) => {
                let operator = operators.get(&position).cloned().unwrap_or_default();
                AssemblyComment::Operator { position, operator, trap: None }
            }
        };
        comments.insert(offset as usize, comment);
    }
    for &(offset, code) in &code.traps {
        match comments.get_mut(&(offset as usize)) {
            Some(AssemblyComment::Operator { trap, .. }) => *trap = Some(code),
            _ => drop(comments.insert(offset as usize, AssemblyComment::Trap(code))),
        }
    }
    comments
}

/// The operators of a function that is valid, by byte offset in the module.
fn operators(function: &FunctionInput<'_>) -> BTreeMap<u32, String> {
    let body = FunctionBody::new(BinaryReader::new(function.bytes(), function.offset().into()));
    let operators = body.get_operators_reader().into_iter();
    operators
        .flat_map(|reader| reader.into_iter_with_offsets().map_while(Result::ok))
        .map(|(operator, position)| (position as u32, format!("{operator:?}")))
        .collect()
}

/// Numbers in a line.
const COLUMNS: usize = 8;

/// A file for an assembler that makes `code` of it.
pub(crate) fn assembly(
    architecture: Architecture,
    code: &[u8],
    comments: &HashMap<usize, AssemblyComment>,
) -> String {
    let instruction_size = match architecture {
        Architecture::Aarch64(_) => 4,
        _ => 1,
    };
    let mut offsets: Vec<usize> = comments.keys().copied().collect();
    offsets.sort_unstable();
    let mut text = String::from("\t.text\n");
    let mut from = 0;
    for offset in offsets {
        let to = offset.min(code.len());
        add_numbers(&mut text, &code[from..to], instruction_size);
        writeln!(text, "/* {} */", comments[&offset]).expect("a string takes all");
        from = to;
    }
    add_numbers(&mut text, &code[from..], instruction_size);
    text
}

/// Adds directives for `code`: instructions as far as they are whole.
fn add_numbers(text: &mut String, code: &[u8], instruction_size: usize) {
    let (instructions, rest) = match instruction_size {
        4 => code.as_chunks::<4>(),
        _ => (&[][..], code),
    };
    let words = instructions.iter().map(|bytes| format!("0x{:08x}", u32::from_le_bytes(*bytes)));
    let bytes = rest.iter().map(|byte| format!("0x{byte:02x}"));
    for (directive, numbers) in
        [(".inst", words.collect::<Vec<_>>()), (".byte", bytes.collect::<Vec<_>>())]
    {
        for line in numbers.chunks(COLUMNS) {
            writeln!(text, "\t{directive} {}", line.join(", ")).expect("a string takes all");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmer_types::target::Aarch64Architecture;

    #[test]
    fn text() {
        let code: Vec<u8> = (0..14).collect();
        let operator = |trap| AssemblyComment::Operator {
            position: 0x2b,
            operator: "I32DivS".to_owned(),
            trap,
        };
        let comments = HashMap::from([
            (0, AssemblyComment::FunctionPrologue),
            (4, operator(Some(TrapCode::IntegerOverflow))),
            (12, AssemblyComment::FunctionEnd),
            (99, AssemblyComment::Trap(TrapCode::StackOverflow)),
        ]);
        let x86_64 = "\t.text
/* prologue */
\t.byte 0x00, 0x01, 0x02, 0x03
/* 0x2b I32DivS, may trap: int_ovf */
\t.byte 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b
/* no operator */
\t.byte 0x0c, 0x0d
/* may trap: stk_ovf */
";
        assert_eq!(assembly(Architecture::X86_64, &code, &comments), x86_64);
        let aarch64 = Architecture::Aarch64(Aarch64Architecture::Aarch64);
        let text = assembly(aarch64, &code, &comments);
        assert!(text.contains("\n\t.inst 0x07060504, 0x0b0a0908\n"), "{text}");
        assert!(text.contains("\n\t.byte 0x0c, 0x0d\n"), "{text}");
        let unknown =
            AssemblyComment::Operator { position: 7, operator: String::new(), trap: None };
        assert_eq!(unknown.to_string(), "0x7");
    }
}
