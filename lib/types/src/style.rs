//! How memories and tables are laid out, which decides what compiled code must check.

use crate::units::Pages;

/// How a linear memory lies in the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum MemoryStyle {
    /// The memory may move when it grows: compiled code compares every address with the present length.
    Dynamic {
        /// Unmapped bytes behind the present end of the memory. An access whose static offset plus size
        /// fits in here needs no addition before the comparison.
        offset_guard_size: u64,
    },
    /// Address space for the largest size is reserved and the memory never moves: an access of which the
    /// dynamic address is below `bound` and the static offset plus size fit in the guard needs no check.
    Static {
        /// Pages reserved, at least the most that the memory can have.
        bound: Pages,
        /// Unmapped bytes behind the reservation.
        offset_guard_size: u64,
    },
}

impl MemoryStyle {
    /// The usual bound of [`Self::Static`]: all that 32 bits can address.
    pub const fn static_bound() -> Pages {
        Pages::max_value()
    }

    /// The usual guard of [`Self::Static`]: larger than static offsets usually are.
    pub const fn static_offset_guard_size() -> u64 {
        2 << 30
    }

    /// Unmapped bytes behind the memory.
    pub fn offset_guard_size(&self) -> u64 {
        match self {
            Self::Dynamic { offset_guard_size } | Self::Static { offset_guard_size, .. } => {
                *offset_guard_size
            }
        }
    }

    /// Whether a memory of style `self` can stand where code was compiled for `assumed`.
    pub fn satisfies(&self, assumed: &Self) -> bool {
        match (self, assumed) {
            (
                Self::Static { bound: have, offset_guard_size: guard },
                Self::Static { bound: want, offset_guard_size: want_guard },
            ) => have >= want && guard >= want_guard,
            (Self::Dynamic { .. }, Self::Static { .. }) => false,
            (_, Self::Dynamic { offset_guard_size: want }) => self.offset_guard_size() >= *want,
        }
    }
}

/// How compiled code calls through a table.
#[derive(Debug, Clone, Copy, Hash, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TableStyle {
    /// The caller compares the type id in the `VMFuncRef` with the one it expects.
    CallerChecksSignature,
}
