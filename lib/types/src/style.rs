//! How memories and tables are laid out, which decides what compiled code must check.

use crate::types::MemoryFormat;
use crate::units::{Pages, WASM_PAGE_SIZE};

/// How a linear memory lies in the address space.
///
/// # Example
///
/// ```
/// use wasmer_types::MemoryStyle;
///
/// let usual = MemoryStyle::Static {
///     bound: MemoryStyle::static_bound(),
///     offset_guard_size: MemoryStyle::static_offset_guard_size(),
/// };
/// assert_eq!(usual.offset_guard_size(), 2 << 30);
/// // A memory that does not move can be where code expects one that does, and not the other way round.
/// let moving = MemoryStyle::Dynamic { offset_guard_size: 65_536 };
/// assert!(usual.satisfies(&moving) && !moving.satisfies(&usual));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// As [`Self::Dynamic`], for a memory of an unusual format.
    Extended {
        /// Unmapped bytes behind the present end of the memory.
        offset_guard_size: u64,
        /// Its address type and page size.
        format: MemoryFormat,
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
            Self::Dynamic { offset_guard_size }
            | Self::Static { offset_guard_size, .. }
            | Self::Extended { offset_guard_size, .. } => *offset_guard_size,
        }
    }

    /// Address type and page size of the memory.
    pub fn format(&self) -> MemoryFormat {
        match self {
            Self::Dynamic { .. } | Self::Static { .. } => MemoryFormat::default(),
            Self::Extended { format, .. } => *format,
        }
    }

    /// The style of a memory of this format for which `self` was chosen from its [`MemoryType`] alone: a memory
    /// of another than the usual one always moves.
    ///
    /// [`MemoryType`]: crate::MemoryType
    pub fn with_format(self, format: MemoryFormat) -> Self {
        if format == self.format() {
            return self;
        }
        let offset_guard_size = match self {
            // That behind a reservation is much larger than a memory that moves needs.
            Self::Static { .. } => WASM_PAGE_SIZE as u64,
            _ => self.offset_guard_size(),
        };
        match format == MemoryFormat::default() {
            true => Self::Dynamic { offset_guard_size },
            false => Self::Extended { offset_guard_size, format },
        }
    }

    /// Whether a memory of style `self` can stand where code was compiled for `assumed`.
    pub fn satisfies(&self, assumed: &Self) -> bool {
        match (self, assumed) {
            (
                Self::Static { bound: have, offset_guard_size: guard },
                Self::Static { bound: want, offset_guard_size: want_guard },
            ) => have >= want && guard >= want_guard,
            (_, Self::Static { .. }) => false,
            _ => {
                self.format() == assumed.format()
                    && self.offset_guard_size() >= assumed.offset_guard_size()
            }
        }
    }
}

/// How compiled code calls through a table.
#[derive(Debug, Clone, Copy, Hash, PartialEq, Eq)]
pub enum TableStyle {
    /// The caller compares the type id in the `VMFuncRef` with the one it expects.
    CallerChecksSignature,
}
