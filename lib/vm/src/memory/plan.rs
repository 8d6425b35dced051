//! How much address space a memory needs.

use std::sync::OnceLock;

use wasmer_types::{MemoryError, MemoryStyle, MemoryType, Pages};

use super::slot::whole_pages;
use crate::sys::mmap::{Mmap, page_size};

/// Room that a movable memory is given for growing, beside half of its length.
const HEADROOM: u64 = 1 << 20;

/// What follows from the type and the style of a memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Bytes at the start.
    pub(super) len: usize,
    /// Bytes of address space, whole pages, not 0.
    pub(super) reserved: usize,
    /// Bytes that it can have at most.
    pub(super) limit: u64,
}

impl Plan {
    /// Checks that the type makes sense. A memory that `moves` is given a little more room than it needs, all
    /// others as much as they can ever need.
    pub(super) fn new(
        ty: &MemoryType,
        style: &MemoryStyle,
        moves: bool,
    ) -> Result<Self, MemoryError> {
        let format = style.format();
        let possible = Pages(format.index_limit_pages());
        if let Some(maximum) = ty.maximum.filter(|&maximum| maximum > possible)
            // Larger declared maxima of 64-bit memories are kept as the largest number.
            && maximum.0 != u32::MAX
        {
            return Err(MemoryError::MaximumMemoryTooLarge {
                max_requested: maximum,
                max_allowed: possible,
            });
        }
        let too_large = |max_allowed| {
            Err(MemoryError::MinimumMemoryTooLarge { min_requested: ty.minimum, max_allowed })
        };
        // The largest number stands for all that are too large to be counted.
        if ty.minimum > possible || ty.minimum.0 == u32::MAX {
            return too_large(possible.min(Pages(u32::MAX - 1)));
        }
        if let Some(maximum) = ty.maximum.filter(|&maximum| maximum < ty.minimum) {
            let (maximum, minimum) = (maximum.0, ty.minimum.0);
            return Err(MemoryError::InvalidMemory {
                reason: format!(
                    "the maximum ({maximum} pages) is less than the minimum ({minimum} pages)"
                ),
            });
        }
        let minimum = format.bytes(ty.minimum);
        let mut limit = format.bytes(Pages(format.limit_pages(ty)));
        let body = match *style {
            MemoryStyle::Static { bound, .. } => {
                if ty.minimum > bound {
                    return too_large(bound);
                }
                limit = limit.min(format.bytes(bound));
                format.bytes(bound)
            }
            _ if moves => with_headroom(minimum, limit),
            _ => limit,
        };
        let reserved = reserved_bytes(body, style).ok_or_else(|| no_room(body))?;
        let len = usize::try_from(minimum).map_err(|_| no_room(body))?;
        Ok(Self { len, reserved, limit })
    }
}

/// Address space for `body` bytes of memory and the guard behind it.
pub(super) fn reserved_bytes(body: u64, style: &MemoryStyle) -> Option<usize> {
    let all = (whole_pages(body)? as u64).checked_add(style.offset_guard_size())?;
    whole_pages(all.max(page_size() as u64)).filter(|&bytes| isize::try_from(bytes).is_ok())
}

/// Bytes to reserve for a movable memory of `len` bytes.
pub(super) fn with_headroom(len: u64, limit: u64) -> u64 {
    len.saturating_add(len / 2).saturating_add(HEADROOM).min(limit).max(len)
}

fn no_room(bytes: u64) -> MemoryError {
    MemoryError::Region(format!("{bytes} bytes are more than there are addresses"))
}

/// Whether this process may reserve the address space that a memory of style [`MemoryStyle::Static`] with all
/// that 32 bits can address takes (limits, emulators and small address spaces can forbid it).
pub fn static_memories_work() -> bool {
    static WORK: OnceLock<bool> = OnceLock::new();
    *WORK.get_or_init(|| usize::BITS >= 64 && Mmap::reserve(16 << 30).is_ok())
}

#[cfg(test)]
mod tests {
    use wasmer_types::{IndexType, MemoryFormat};

    use super::*;

    const STATIC: MemoryStyle =
        MemoryStyle::Static { bound: Pages(65536), offset_guard_size: 2 << 30 };
    const DYNAMIC: MemoryStyle = MemoryStyle::Dynamic { offset_guard_size: 65536 };

    #[test]
    fn sizes() {
        let ty = MemoryType::new(17, None, false);
        let plan = Plan::new(&ty, &STATIC, true).unwrap();
        assert_eq!((plan.len, plan.reserved, plan.limit), (17 << 16, 6 << 30, 4 << 30));
        let plan = Plan::new(&ty, &DYNAMIC, true).unwrap();
        assert_eq!(plan.reserved, (17 << 16) + (17 << 15) + (1 << 20) + 65536);
        let small = MemoryType::new(1, Some(2), true);
        assert_eq!(Plan::new(&small, &DYNAMIC, false).unwrap().reserved, (2 << 16) + 65536);
        let empty = MemoryType::new(0, Some(0), false);
        let none = MemoryStyle::Dynamic { offset_guard_size: 0 };
        assert_eq!(Plan::new(&empty, &none, true).unwrap().reserved, page_size());
    }

    #[test]
    fn nonsense_is_refused() {
        let error =
            |min, max| Plan::new(&MemoryType::new(min, max, false), &STATIC, true).unwrap_err();
        assert!(matches!(error(65537, None), MemoryError::MinimumMemoryTooLarge { .. }));
        assert!(matches!(error(1, Some(65537)), MemoryError::MaximumMemoryTooLarge { .. }));
        assert_eq!(
            error(10, Some(5)).to_string(),
            "The memory is invalid because the maximum (5 pages) is less than the minimum (10 pages)"
        );
        let mut format = MemoryFormat { index: IndexType::I64, ..MemoryFormat::default() };
        let style = DYNAMIC.with_format(format);
        let mut wide = MemoryType::new(u32::MAX - 1, None, false);
        let plan = Plan::new(&wide, &style, true).unwrap();
        assert_eq!(plan.limit, u64::from(u32::MAX) << 16);
        wide.minimum = Pages(u32::MAX);
        assert!(Plan::new(&wide, &style, true).is_err());
        wide.minimum = Pages(u32::MAX - 1);
        format.page_size_log2 = 63;
        assert!(Plan::new(&wide, &DYNAMIC.with_format(format), true).is_err());
    }
}
