//! Arrays that are read where they lie.

use std::fmt;

use bytes::Bytes;

/// Bytes: some that grow, or a part of an artifact.
#[derive(Clone)]
enum Storage {
    Growing(Vec<u8>),
    Shared(Bytes),
}

impl Storage {
    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Growing(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }

    /// To add to. What belongs to an artifact is copied.
    fn to_mut(&mut self) -> &mut Vec<u8> {
        if let Self::Shared(bytes) = self {
            *self = Self::Growing(bytes.to_vec());
        }
        match self {
            Self::Growing(bytes) => bytes,
            Self::Shared(_) => unreachable!("it was replaced above"),
        }
    }
}

/// An array of numbers of `WIDTH` bytes, little-endian, at any address. Reading takes no memory and no locks.
#[derive(Clone)]
pub(crate) struct Numbers<const WIDTH: usize>(Storage);

/// The number in at most four bytes.
#[inline]
fn number<const WIDTH: usize>(bytes: &[u8; WIDTH]) -> u32 {
    let mut word = [0; 4];
    word[..WIDTH].copy_from_slice(bytes);
    u32::from_le_bytes(word)
}

/// Numbers of 32 bits.
pub(crate) type Words = Numbers<4>;
/// Numbers of 8 bits.
pub(crate) type Octets = Numbers<1>;

impl<const WIDTH: usize> Numbers<WIDTH> {
    /// The numbers in `bytes`; a rest that is no whole number is ignored.
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(Storage::Shared(bytes))
    }

    /// The bytes of all of them.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// How many.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.as_bytes().len() / WIDTH
    }

    /// Number `index`.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<u32> {
        self.as_bytes().get(index.checked_mul(WIDTH)?..)?.first_chunk().map(number::<WIDTH>)
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.as_bytes().as_chunks::<WIDTH>().0.iter().map(number::<WIDTH>)
    }

    /// Adds the lower bytes of `number`.
    pub(crate) fn push(&mut self, number: u32) {
        self.0.to_mut().extend_from_slice(&number.to_le_bytes()[..WIDTH]);
    }

    /// Makes room for exactly `additional` numbers.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.0.to_mut().reserve_exact(additional * WIDTH);
    }

    /// How many numbers at `first`, `first + step` and so on come before the first for which `is_before` does
    /// not hold, when all those before and none behind are such.
    pub(crate) fn partition_point(
        &self,
        step: usize,
        first: usize,
        is_before: impl Fn(u32) -> bool,
    ) -> usize {
        let (mut low, mut high) = (0, self.len().saturating_sub(first).div_ceil(step));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(first + middle * step) {
                Some(number) if is_before(number) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

impl<const WIDTH: usize> Default for Numbers<WIDTH> {
    fn default() -> Self {
        Self(Storage::Growing(Vec::new()))
    }
}

impl<const WIDTH: usize> PartialEq for Numbers<WIDTH> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const WIDTH: usize> Eq for Numbers<WIDTH> {}

impl<const WIDTH: usize> fmt::Debug for Numbers<WIDTH> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_anywhere() {
        let mut words = Words::default();
        words.push(7);
        words.push(0x0102_0304);
        assert_eq!(words.as_bytes(), [7, 0, 0, 0, 4, 3, 2, 1]);
        let shifted: Vec<u8> = [0xff].iter().chain(words.as_bytes()).copied().collect();
        let mut view = Words::new(Bytes::from(shifted).slice(1..));
        assert_eq!(view, words);
        assert_eq!((view.get(1), view.get(2)), (words.get(1), None));
        assert_eq!(view.get(usize::MAX), None);
        view.push(u32::MAX);
        assert_eq!(view.iter().collect::<Vec<_>>(), [7, 0x0102_0304, u32::MAX]);
        assert_eq!(view.partition_point(1, 0, |n| n < 8), 1);
        assert_eq!(view.partition_point(2, 0, |n| n < 8), 1);
        assert_eq!(Words::new(Bytes::from_static(&[1, 2])).len(), 0);
        assert_eq!(Words::default().partition_point(3, 2, |_| true), 0);
    }
}
