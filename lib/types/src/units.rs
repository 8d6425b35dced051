//! Sizes of linear memories: WebAssembly pages and bytes.

use std::fmt;
use std::ops::{Add, Sub};

/// log2 of [`WASM_PAGE_SIZE`].
pub const WASM_PAGE_SIZE_LOG2: u8 = 16;
/// Bytes in a WebAssembly page, unless the custom-page-sizes proposal says otherwise (64 KiB).
pub const WASM_PAGE_SIZE: usize = 1 << WASM_PAGE_SIZE_LOG2;
/// Pages that a 32-bit memory can have at most (4 GiB).
pub const WASM_MAX_PAGES: u32 = 0x1_0000;
/// Pages that hosts commonly give to a memory of unknown needs (16 MiB).
pub const WASM_MIN_PAGES: u32 = 0x100;

/// A number of WebAssembly pages.
///
/// # Example
///
/// ```
/// use wasmer_types::{Bytes, Pages};
///
/// assert_eq!(Pages(2).bytes(), Bytes(131_072));
/// assert_eq!(Pages(1) + 2u32, Pages(3));
/// assert_eq!(Pages::from_bytes_rounded_up(65_537), Some(Pages(2)));
/// assert_eq!(Pages(u32::MAX).checked_add(Pages(1)), None);
/// assert_eq!(format!("{:?}", Pages::max_value()), "65536 pages");
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pages(pub u32);

/// A number of bytes.
///
/// # Example
///
/// ```
/// use wasmer_types::{Bytes, PageCountOutOfRange, Pages};
///
/// assert_eq!(Bytes::from(Pages(1)) + 1usize, Bytes(65_537));
/// // Rounded down.
/// assert_eq!(Pages::try_from(Bytes(65_537)), Ok(Pages(1)));
/// assert_eq!(Pages::try_from(Bytes(usize::MAX)), Err(PageCountOutOfRange));
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub usize);

/// A byte count that needs more pages than [`Pages`] can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("number of pages exceeds uint32 range")]
pub struct PageCountOutOfRange;

impl Pages {
    /// The most pages that a 32-bit memory can have.
    #[inline(always)]
    pub const fn max_value() -> Self {
        Self(WASM_MAX_PAGES)
    }

    /// Sum, or `None` when it exceeds `u32`.
    #[inline(always)]
    pub fn checked_add(self, rhs: Self) -> Option<Self> {
        self.0.checked_add(rhs.0).map(Self)
    }

    /// Bytes in this many pages of 64 KiB.
    #[inline(always)]
    pub const fn bytes(self) -> Bytes {
        Bytes((self.0 as usize) << WASM_PAGE_SIZE_LOG2)
    }

    /// The pages that hold `bytes` bytes, rounded up; `None` when that exceeds `u32`.
    pub fn from_bytes_rounded_up(bytes: u64) -> Option<Self> {
        u32::try_from(bytes.div_ceil(WASM_PAGE_SIZE as u64)).ok().map(Self)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pages", self.0)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}

impl From<u32> for Pages {
    fn from(count: u32) -> Self {
        Self(count)
    }
}

impl From<Pages> for Bytes {
    fn from(pages: Pages) -> Self {
        pages.bytes()
    }
}

impl From<usize> for Bytes {
    fn from(count: usize) -> Self {
        Self(count)
    }
}

impl From<u32> for Bytes {
    fn from(count: u32) -> Self {
        Self(count as usize)
    }
}

impl TryFrom<Bytes> for Pages {
    type Error = PageCountOutOfRange;

    /// Whole pages in `bytes`, rounded down.
    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        u32::try_from(bytes.0 / WASM_PAGE_SIZE).map(Self).map_err(|_| PageCountOutOfRange)
    }
}

macro_rules! arithmetic {
    ($($ty:ident)*) => {$(
        impl<T: Into<$ty>> Add<T> for $ty {
            type Output = Self;
            fn add(self, rhs: T) -> Self {
                Self(self.0 + rhs.into().0)
            }
        }

        impl<T: Into<$ty>> Sub<T> for $ty {
            type Output = Self;
            fn sub(self, rhs: T) -> Self {
                Self(self.0 - rhs.into().0)
            }
        }
    )*};
}
arithmetic! { Pages Bytes }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_bytes() {
        assert_eq!(Bytes::from(Pages(2)), Bytes(131_072));
        assert_eq!(Pages::try_from(Bytes(WASM_PAGE_SIZE + 1)), Ok(Pages(1)));
        assert_eq!(Pages::from_bytes_rounded_up(WASM_PAGE_SIZE as u64 + 1), Some(Pages(2)));
        assert_eq!(Pages::from_bytes_rounded_up(u64::MAX), None);
        assert_eq!(Pages::try_from(Bytes(usize::MAX)), Err(PageCountOutOfRange));
        assert_eq!(format!("{:?} {:?}", Pages(3), Bytes(131_072)), "3 pages 131072 bytes");
        assert_eq!(Pages(1) + 2u32, Pages(3));
    }
}
