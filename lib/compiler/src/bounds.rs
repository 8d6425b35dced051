//! Bounds of linear memories: which check an access needs.
//!
//! # What has to hold
//!
//! An access of `size` bytes at index *i* with the static offset *o* touches the bytes *i + o* to *i + o + size - 1*,
//! as integers without wrap-around. It must trap when *i + o + size > length*, where *length* is the present length of
//! the memory, and must not touch anything outside of the memory. Let *end = o + size*. It is computed here, without
//! overflow. What is left is a condition on *i* and *length*.
//!
//! Known of a memory: *minimum <= length <= limit* (its type; memories never shrink), *i < 2³²* when its indices have
//! 32 bits, and, when its pages are at least as large as the machine's (`guarded`), the bytes from *length* on are
//! unmapped, so that touching them is a fault that the runtime turns into the trap:
//!
//! - style *static*: up to *mapped = bound + guard*;
//! - style *dynamic*: up to *length + guard*.
//!
//! An access that starts in the memory and ends outside touches an unmapped byte, so it faults. On x86-64 it faults as
//! a whole. Elsewhere a store may write the part that is inside (Arm Architecture Reference Manual, B2.2: only aligned
//! accesses of up to 8 bytes are single), which wasm does not allow, so a load of the same bytes goes before it.
//!
//! # The checks, cheapest first
//!
//! | condition | check | why that is enough |
//! |---|---|---|
//! | *end > limit* or *end* overflows | always traps | *i + end > length* for all *i* |
//! | *i* constant, *i + end <= minimum* | none | *minimum <= length* |
//! | static, *i + end <= mapped* for all *i* | none | what is outside of the memory is unmapped |
//! | static, *end <= mapped* | *i > mapped - end* | else *i + end <= mapped*, as above; no underflow as *end <= mapped* |
//! | dynamic, *end <= guard* | *i > length* | else *i + end <= length + guard* |
//! | *end <= minimum* | *i > length - end* | exact; no underflow as *end <= minimum <= length* |
//! | else | *i + end > length* | exact; the sum of a 64-bit index is checked for overflow, which is a trap too, and that of a 32-bit index can't overflow: *end <= limit*, and limits of such memories are at most 2³² |
//!
//! The address of the access, *base + i + o*, is computed in 64 bits. Where the check passes it lies in the address
//! range considered above, so it does not wrap. Where it fails, the backend must see to it that nothing outside is read
//! or written, and should see to it that nothing is read speculatively either.

use wasmer_types::{MemoryStyle, MemoryType, WASM_PAGE_SIZE_LOG2};

/// What is known of the bounds of a memory when code is generated.
#[derive(Clone, Copy, Debug)]
pub struct HeapBounds {
    /// Length in bytes that it always has.
    minimum: u64,
    /// Length in bytes that it never exceeds.
    limit: u64,
    index_64: bool,
    /// Whether the bytes behind its present length are unmapped.
    guarded: bool,
    style: Style,
}

/// [`MemoryStyle`] in bytes.
#[derive(Clone, Copy, Debug)]
enum Style {
    /// The memory can move; so many bytes behind its length are unmapped.
    Dynamic { guard: u64 },
    /// The memory does not move; so many bytes from its base on are either mapped, in the memory, or unmapped.
    Static { mapped: u64 },
}

/// What has to be checked of an index before an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing: it is outside of any memory of the type.
    AlwaysOutside,
    /// Nothing: it is inside, or the access faults.
    None,
    /// It is outside when it is larger than this.
    Above(u64),
    /// It is outside when it is larger than the length minus this.
    AboveLengthMinus(u64),
    /// It is outside when its sum with this overflows or is larger than the length.
    SumAboveLength(u64),
}

impl HeapBounds {
    /// The bounds of memories of type `ty` that lie as `style` says.
    pub fn new(ty: &MemoryType, style: MemoryStyle) -> Self {
        let format = style.format();
        let page = format.page_size_log2;
        let limit = u128::from(format.limit_pages(ty)) << page;
        Self {
            minimum: format.bytes(ty.minimum),
            limit: u64::try_from(limit).unwrap_or(u64::MAX),
            index_64: format.index.is_64(),
            guarded: page >= WASM_PAGE_SIZE_LOG2,
            style: match style {
                MemoryStyle::Dynamic { offset_guard_size }
                | MemoryStyle::Extended { offset_guard_size, .. } => {
                    Style::Dynamic { guard: offset_guard_size }
                }
                MemoryStyle::Static { bound, offset_guard_size } => Style::Static {
                    mapped: (u64::from(bound.0) << page).saturating_add(offset_guard_size),
                },
            },
        }
    }

    /// Whether the memory can move when it grows.
    pub fn moves(&self) -> bool {
        matches!(self.style, Style::Dynamic { .. })
    }

    /// Whether its addresses have 64 bits.
    pub fn index_64(&self) -> bool {
        self.index_64
    }

    /// The check for accesses of `size` bytes at `offset` from an index, which may be a known constant.
    pub fn check(&self, offset: u64, size: u32, index: Option<u64>) -> Check {
        let Some(end) = offset.checked_add(u64::from(size)) else { return Check::AlwaysOutside };
        if end > self.limit {
            return Check::AlwaysOutside;
        }
        if self.always_has(offset, size, index) {
            return Check::None;
        }
        let largest = if self.index_64 { u64::MAX } else { u64::from(u32::MAX) };
        match self.style {
            Style::Static { mapped } if self.guarded && end <= mapped => {
                return match mapped - end {
                    last if largest <= last => Check::None,
                    last => Check::Above(last),
                };
            }
            Style::Dynamic { guard } if self.guarded && end <= guard => {
                return Check::AboveLengthMinus(0);
            }
            _ => {}
        }
        match end <= self.minimum {
            true => Check::AboveLengthMinus(end),
            false => Check::SumAboveLength(end),
        }
    }

    /// Whether `size` bytes at `offset` from an index are in every memory of the type.
    fn always_has(&self, offset: u64, size: u32, index: Option<u64>) -> bool {
        let end = offset.checked_add(u64::from(size));
        let all = end.zip(index).and_then(|(end, index)| index.checked_add(end));
        all.is_some_and(|all| all <= self.minimum)
    }

    /// Whether such an access can begin in the memory and end outside when it has passed its check.
    pub fn may_straddle(&self, offset: u64, size: u32, index: Option<u64>) -> bool {
        match self.check(offset, size, index) {
            Check::None => size > 1 && !self.always_has(offset, size, index),
            Check::Above(_) | Check::AboveLengthMinus(0) => size > 1,
            Check::AlwaysOutside | Check::AboveLengthMinus(_) | Check::SumAboveLength(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmer_types::{IndexType, MemoryFormat, Pages};

    const GIB: u64 = 1 << 30;

    fn heap(minimum: u32, style: MemoryStyle) -> HeapBounds {
        HeapBounds::new(&MemoryType::new(minimum, None, false), style)
    }

    const STATIC: MemoryStyle =
        MemoryStyle::Static { bound: Pages(0x1_0000), offset_guard_size: 2 * GIB };
    const DYNAMIC: MemoryStyle = MemoryStyle::Dynamic { offset_guard_size: 0x1_0000 };
    const SMALL_PAGES: MemoryStyle = MemoryStyle::Extended {
        offset_guard_size: 0x1_0000,
        format: MemoryFormat { index: IndexType::I32, page_size_log2: 0 },
    };
    const WIDE: MemoryStyle = MemoryStyle::Extended {
        offset_guard_size: 0x1_0000,
        format: MemoryFormat { index: IndexType::I64, page_size_log2: WASM_PAGE_SIZE_LOG2 },
    };

    #[test]
    fn reservations_need_no_check_up_to_the_guard() {
        let heap = heap(1, STATIC);
        assert_eq!(heap.check(0, 8, None), Check::None);
        assert_eq!(heap.check(2 * GIB - 7, 8, None), Check::None);
        // The largest index plus the end is one byte past what is reserved: 2³² - 1 + 2³¹ + 2 > 2³² + 2³¹.
        assert_eq!(heap.check(2 * GIB - 6, 8, None), Check::Above(4 * GIB - 2));
        assert_eq!(heap.check(4 * GIB - 8, 8, None), Check::Above(2 * GIB));
        assert_eq!(heap.check(4 * GIB - 7, 8, None), Check::AlwaysOutside);
    }

    #[test]
    fn wide_indices_are_compared_with_the_length() {
        let heap = heap(1, WIDE);
        assert_eq!(heap.check(0, 4, None), Check::AboveLengthMinus(0));
        assert_eq!(heap.check(u64::MAX, 1, None), Check::AlwaysOutside);
        assert_eq!(heap.check(6 * GIB, 1, None), Check::SumAboveLength(6 * GIB + 1));
    }

    #[test]
    fn moving_memories_compare_with_the_length() {
        let heap = heap(2, DYNAMIC);
        assert_eq!(heap.check(0xfffc, 4, None), Check::AboveLengthMinus(0));
        assert_eq!(heap.check(0xfffd, 4, None), Check::AboveLengthMinus(0x1_0001));
        assert_eq!(heap.check(0x1_fffd, 4, None), Check::SumAboveLength(0x2_0001));
    }

    #[test]
    fn small_pages_are_compared_exactly() {
        let heap = heap(2, SMALL_PAGES);
        assert_eq!(heap.check(0, 2, None), Check::AboveLengthMinus(2));
        assert_eq!(heap.check(0, 4, None), Check::SumAboveLength(4));
        assert_eq!(heap.check(u64::from(u32::MAX) - 1, 2, None), Check::AlwaysOutside);
    }

    #[test]
    fn exact_checks_let_nothing_straddle() {
        for style in [STATIC, DYNAMIC] {
            let heap = heap(1, style);
            assert!(heap.may_straddle(0, 8, None));
            assert!(!heap.may_straddle(0, 1, None), "one byte");
            assert!(!heap.may_straddle(8, 8, Some(0xfff0)), "all is in the first page");
            assert!(heap.may_straddle(8, 8, Some(0xfff1)));
        }
        assert!(!heap(1, DYNAMIC).may_straddle(0x1_0000, 8, None), "the sum is compared");
        assert!(heap(1, STATIC).may_straddle(3 * GIB, 8, None));
        assert!(!heap(2, SMALL_PAGES).may_straddle(0, 8, None));
    }

    #[test]
    fn constants_below_the_minimum_need_no_check() {
        for style in [DYNAMIC, WIDE] {
            let heap = heap(1, style);
            assert_eq!(heap.check(4, 4, Some(0xfff8)), Check::None);
            assert_ne!(heap.check(4, 4, Some(0xfff9)), Check::None);
            assert_ne!(heap.check(4, 4, Some(u64::MAX)), Check::None);
        }
    }

    /// Every decision against the definition, for a memory so small that all lengths and indices can be tried.
    #[test]
    fn decisions_are_sound_and_never_refuse_what_is_inside() {
        let guards = [0u64, 4, 64];
        for (guard, moving) in guards.into_iter().flat_map(|guard| [(guard, false), (guard, true)])
        {
            let limit = 24u64;
            let heap = HeapBounds {
                minimum: 8,
                limit,
                index_64: true,
                guarded: true,
                style: match moving {
                    true => Style::Dynamic { guard },
                    false => Style::Static { mapped: limit + guard },
                },
            };
            for length in 8..=limit {
                for (offset, size) in (0..40).flat_map(|offset| [(offset, 1), (offset, 8)]) {
                    for index in (0..100).chain(u64::MAX - 50..=u64::MAX) {
                        let inside = index
                            .checked_add(offset + u64::from(size))
                            .is_some_and(|end| end <= length);
                        for known in [None, Some(index)] {
                            let passes = match heap.check(offset, size, known) {
                                Check::AlwaysOutside => false,
                                Check::None => true,
                                Check::Above(last) => index <= last,
                                Check::AboveLengthMinus(end) => index <= length - end,
                                Check::SumAboveLength(end) => {
                                    index.checked_add(end).is_some_and(|end| end <= length)
                                }
                            };
                            // What passes and is outside must end where nothing is mapped.
                            let unmapped = if moving { length + guard } else { limit + guard };
                            let faults = index
                                .checked_add(offset + u64::from(size))
                                .is_some_and(|end| end <= unmapped);
                            assert!(passes || !inside, "refused {index}+{offset}+{size}");
                            assert!(!passes || faults, "let pass {index}+{offset}+{size}");
                        }
                    }
                }
            }
        }
    }
}
