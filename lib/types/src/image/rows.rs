//! Tables that are read where they lie.

use std::fmt;

use bytes::Bytes;

/// Bytes: some that grow, or a part of an artifact.
#[derive(Debug, Clone)]
pub(crate) enum Octets {
    Growing(Vec<u8>),
    Shared(Bytes),
}

impl Octets {
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Growing(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }

    /// To add to. What belongs to an artifact is copied.
    pub(crate) fn to_mut(&mut self) -> &mut Vec<u8> {
        if let Self::Shared(bytes) = self {
            *self = Self::Growing(bytes.to_vec());
        }
        match self {
            Self::Growing(bytes) => bytes,
            Self::Shared(_) => unreachable!("it was replaced above"),
        }
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self::Growing(Vec::new())
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Octets {}

/// Rows of numbers of 32 bits, little-endian, at any address. The first number of a row is its key where rows are in
/// order. Reading takes no memory and no locks.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows<const FIELDS: usize>(Octets);

impl<const FIELDS: usize> Rows<FIELDS> {
    const BYTES: usize = size_of::<[u32; FIELDS]>();

    /// The rows in `bytes`, or `None` when the last one is not whole.
    pub(crate) fn from_bytes(bytes: Bytes) -> Option<Self> {
        bytes.len().is_multiple_of(Self::BYTES).then(|| Self(Octets::Shared(bytes)))
    }

    /// The bytes of all of them.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// How many.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.as_bytes().len() / Self::BYTES
    }

    /// Row `index`.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<[u32; FIELDS]> {
        let rest = self.as_bytes().get(index.checked_mul(Self::BYTES)?..)?;
        let row: &[[u8; 4]; FIELDS] = rest.as_chunks().0.first_chunk()?;
        Some(row.map(u32::from_le_bytes))
    }

    pub(crate) fn push(&mut self, row: [u32; FIELDS]) {
        self.0.to_mut().extend(row.into_iter().flat_map(u32::to_le_bytes));
    }

    /// Makes room for exactly `additional` rows.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.0.to_mut().reserve_exact(additional * Self::BYTES);
    }

    /// The last row whose key is at most `key`, when keys are in order.
    pub(crate) fn last_up_to(&self, key: u32) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle) {
                Some(row) if row[0] <= key => low = middle + 1,
                _ => high = middle,
            }
        }
        low.checked_sub(1)
    }
}

impl<const FIELDS: usize> fmt::Debug for Rows<FIELDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map_while(|index| self.get(index))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_anywhere() {
        let mut rows = Rows::<2>::default();
        rows.push([7, 0x0102_0304]);
        assert_eq!(rows.as_bytes(), [7, 0, 0, 0, 4, 3, 2, 1]);
        let shifted: Vec<u8> = [0xff].iter().chain(rows.as_bytes()).copied().collect();
        let mut view = Rows::from_bytes(Bytes::from(shifted).slice(1..)).unwrap();
        assert_eq!(view, rows);
        assert_eq!((view.get(0), view.get(1), view.get(usize::MAX)), (rows.get(0), None, None));
        view.push([8, u32::MAX]);
        assert_eq!(format!("{view:?}"), "[[7, 16909060], [8, 4294967295]]");
        assert_eq!(rows.len(), 1);
    }

    #[test]
    fn rows_are_whole_and_found_by_key() {
        let mut rows = Rows::<3>::default();
        assert_eq!((rows.last_up_to(9), rows.get(0)), (None, None));
        rows.push([5, 1, 2]);
        rows.push([8, 3, 4]);
        assert_eq!((rows.len(), rows.get(1), rows.get(2)), (2, Some([8, 3, 4]), None));
        assert_eq!([4, 5, 7, 8].map(|key| rows.last_up_to(key)), [None, Some(0), Some(0), Some(1)]);
        let bytes = Bytes::copy_from_slice(rows.as_bytes());
        assert_eq!(Rows::from_bytes(bytes), Some(rows));
        assert_eq!(Rows::<3>::from_bytes(Bytes::from_static(&[0; 16])), None);
    }
}
