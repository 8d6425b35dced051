//! How much is done for a function.
//!
//! Some passes of LLVM take time that grows with the square of what a function has. Functions that have so much that this
//! would count are compiled by themselves, with less effort, so that time grows little faster than size.

use crate::config::LLVMOptLevel;

/// What is done for a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    /// What the level of the settings says.
    Full,
    /// Only what takes linear time in the number of blocks.
    Linear,
    /// Nothing that looks at more than one operator: locals stay on the stack.
    Least,
}

/// What a function has that makes passes expensive.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weight {
    /// Basic blocks.
    pub(crate) blocks: usize,
    /// Locals, parameters included.
    pub(crate) locals: usize,
    /// Places where control comes together.
    pub(crate) joins: usize,
    /// The locals that may have several values at such a place, for all of these places.
    pub(crate) merges: usize,
    /// The most operands that were on the stack at one time.
    pub(crate) operands: usize,
    /// The most operators between two blocks.
    pub(crate) operators: usize,
}

/// The most of each that is compiled with the effort. A product of locals and blocks is how many times LLVM asks where a
/// local comes from; one of joins and merges, how many times it asks whether all values are the same where control comes
/// together, because it asks for all of them again when one was.
struct Limit {
    effort: Effort,
    blocks: usize,
    locals_times_blocks: usize,
    joins_times_merges: usize,
    operands: usize,
    operators: usize,
}

/// With the greatest effort first. Functions of programs are far below the limits of the first: an interpreter's main
/// loop has some thousands of blocks. `docs/llvm.md` says which passes are kept off.
const LIMITS: [Limit; 2] = [
    Limit {
        effort: Effort::Full,
        blocks: 20_000,
        locals_times_blocks: 4_000_000,
        joins_times_merges: 100_000_000,
        operands: 1_000,
        operators: 40_000,
    },
    Limit {
        effort: Effort::Linear,
        blocks: 100_000,
        locals_times_blocks: 4_000_000,
        joins_times_merges: 100_000_000,
        operands: 1_000,
        operators: 40_000,
    },
];

impl Weight {
    /// What is done for a function of this weight.
    pub(crate) fn effort(self) -> Effort {
        let fits = |limit: &&Limit| {
            self.blocks <= limit.blocks
                && self.locals.saturating_mul(self.blocks) <= limit.locals_times_blocks
                && self.joins.saturating_mul(self.merges) <= limit.joins_times_merges
                && self.operands <= limit.operands
                && self.operators <= limit.operators
        };
        LIMITS.iter().find(fits).map_or(Effort::Least, |limit| limit.effort)
    }
}

impl Effort {
    /// The level of code generation, where the settings ask for `wanted`.
    pub(crate) fn level(self, wanted: LLVMOptLevel) -> LLVMOptLevel {
        match self {
            Self::Full => wanted,
            Self::Linear if wanted == LLVMOptLevel::Aggressive => LLVMOptLevel::Default,
            Self::Linear => wanted,
            Self::Least => LLVMOptLevel::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_of_anything_lowers_the_effort() {
        let usual = Weight {
            blocks: 5_000,
            locals: 500,
            joins: 2_000,
            merges: 20_000,
            operands: 30,
            operators: 3_000,
        };
        assert_eq!(usual.effort(), Effort::Full);
        for (weight, effort) in [
            (Weight { blocks: 20_001, locals: 10, ..usual }, Effort::Linear),
            (Weight { blocks: 100_001, locals: 10, ..usual }, Effort::Least),
            (Weight { locals: 801, ..usual }, Effort::Least),
            (Weight { merges: 50_001, ..usual }, Effort::Least),
            (Weight { operands: 1_001, ..usual }, Effort::Least),
            (Weight { operators: 40_001, ..usual }, Effort::Least),
            (Weight { blocks: usize::MAX, ..usual }, Effort::Least),
        ] {
            assert_eq!(weight.effort(), effort, "{weight:?}");
        }
    }

    #[test]
    fn levels_are_not_raised() {
        let levels = [LLVMOptLevel::None, LLVMOptLevel::Less, LLVMOptLevel::Aggressive];
        let of = |effort: Effort| levels.map(|level| effort.level(level));
        assert_eq!(of(Effort::Full), levels);
        let [none, less, default] = of(Effort::Linear);
        assert_eq!([none, less], levels[..2]);
        assert_eq!(default, LLVMOptLevel::Default);
        assert_eq!(of(Effort::Least), [LLVMOptLevel::None; 3]);
    }
}
