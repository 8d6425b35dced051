//! The custom section `metadata.code.branch_hint` (proposal *branch hinting*): which way conditional branches mostly go.

use wasmparser::{BinaryReader, BranchHintSectionReader};

/// Name of the section.
pub(super) const SECTION: &str = "metadata.code.branch_hint";

/// The hints of all functions of a module.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct BranchHints {
    /// Functions that have hints, in order, each with the end of its hints.
    functions: Vec<(u32, u32)>,
    /// The hints of one function after the other, in order.
    hints: Vec<Hint>,
}

/// Byte offset of an operator in the body of its function, and behind that, in the lowest bit, whether its condition
/// mostly holds. So hints are in order when they are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hint(u32);

impl Hint {
    fn offset(self) -> u32 {
        self.0 >> 1
    }

    fn is_taken(self) -> bool {
        self.0 & 1 == 1
    }
}

impl BranchHints {
    /// The hints in the contents of a section, which must come before the functions. `None` when the section is damaged,
    /// or functions or offsets are not in order; that does not make a module invalid.
    pub(super) fn read(section: BinaryReader<'_>) -> Option<Self> {
        let mut all = Self::default();
        for function in BranchHintSectionReader::new(section).ok()? {
            let function = function.ok()?;
            if all.functions.last().is_some_and(|(last, _)| *last >= function.func) {
                return None;
            }
            let first = all.hints.len();
            for hint in function.hints {
                let hint = hint.ok()?;
                // Bodies are much shorter.
                let offset = hint.func_offset.checked_mul(2)?;
                if all.hints[first..].last().is_some_and(|last| last.0 | 1 >= offset) {
                    return None;
                }
                all.hints.push(Hint(offset | u32::from(hint.taken)));
            }
            all.functions.push((function.func, u32::try_from(all.hints.len()).ok()?));
        }
        Some(all)
    }

    /// The hints of a function of the module.
    pub(super) fn of(&self, function: u32) -> FunctionHints<'_> {
        let hints = match self.functions.binary_search_by_key(&function, |(function, _)| *function)
        {
            Err(_) => &[],
            Ok(at) => {
                let start = at.checked_sub(1).map_or(0, |before| self.functions[before].1);
                &self.hints[start as usize..self.functions[at].1 as usize]
            }
        };
        FunctionHints(hints)
    }
}

/// The hints of one function.
#[derive(Clone, Copy, Debug)]
pub(super) struct FunctionHints<'h>(&'h [Hint]);

impl FunctionHints<'_> {
    /// No hints.
    pub(super) const NONE: Self = Self(&[]);

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the condition of the operator at byte `offset` in the body mostly holds, if there is a hint.
    pub(super) fn at(self, offset: u64) -> Option<bool> {
        let at = self.0.binary_search_by_key(&offset, |hint| hint.offset().into()).ok()?;
        Some(self.0[at].is_taken())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(contents: &[u8]) -> Option<BranchHints> {
        BranchHints::read(BinaryReader::new(contents, 0))
    }

    #[test]
    fn hints_are_found_by_function_and_offset() {
        let hints = read(&[2, 1, 2, 5, 1, 0, 9, 1, 1, 4, 1, 0x85, 1, 1, 1]).unwrap();
        assert_eq!([4, 5, 9].map(|offset| hints.of(1).at(offset)), [None, Some(false), Some(true)]);
        assert_eq!([5, 133].map(|offset| hints.of(4).at(offset)), [None, Some(true)]);
        assert!([0, 2, 5].iter().all(|function| hints.of(*function).is_empty()));
        assert_eq!(read(&[0]), Some(BranchHints::default()));
        assert!(read(&[1, 3, 0]).unwrap().of(3).is_empty());
    }

    #[test]
    fn damaged_sections_have_none() {
        let damaged: [&[u8]; 12] = [
            &[],
            &[1],
            &[1, 0],
            &[1, 0, 1, 5],
            // The length, and the hint itself.
            &[1, 0, 1, 5, 2, 0, 0],
            &[1, 0, 1, 5, 1, 2],
            // Too much, and many more than there are bytes.
            &[1, 0, 1, 5, 1, 0, 0],
            &[0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0],
            &[1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 5, 1, 0],
            // An offset for which there is no room.
            &[1, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x08, 1, 0],
            // Offsets and functions in disorder.
            &[1, 0, 2, 5, 1, 0, 5, 1, 1],
            &[2, 1, 1, 5, 1, 0, 1, 1, 9, 1, 0],
        ];
        for contents in damaged {
            assert_eq!(read(contents), None, "{contents:?}");
        }
    }
}
