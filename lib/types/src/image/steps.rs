//! Sorted tables in few bytes.

use std::fmt;

use bytes::Bytes;

use super::rows::{Octets, Rows};

/// How many entries can only be found by reading those before them.
const BLOCK: usize = 16;

/// What is written of a table, in three parts.
#[derive(Debug, Clone, Copy)]
pub struct TableParts<'a> {
    blocks: [u8; 4],
    rest: [&'a [u8]; 2],
}

impl TableParts<'_> {
    /// They stand one behind the other.
    pub fn as_slices(&self) -> [&[u8]; 3] {
        [&self.blocks, self.rest[0], self.rest[1]]
    }
}

/// Numbers with increasing keys, written as differences.
///
/// The stream has two LEB128 numbers for each entry: the key less that before, and 0 for [`Steps::NONE`] or one more
/// than the difference to the last value that was not `NONE`, with its sign in the lowest bit. Both differences are to 0
/// at the start of each block of 16 entries, and the key is left out there: the index has it, and where in the stream
/// the block begins.
#[derive(Clone, Default)]
pub(super) struct Steps {
    index: Rows<2>,
    stream: Octets,
    /// While it is built: how many entries there are, the last key, and the last value that was not `NONE`.
    len: usize,
    last: (u32, u32),
}

impl Steps {
    /// The value that stands for none.
    pub(super) const NONE: u32 = u32::MAX;

    /// The table that was written as [`Steps::parts`], or `None` when the lengths are impossible.
    pub(super) fn from_bytes(bytes: Bytes) -> Option<Self> {
        let blocks = u32::from_le_bytes(*bytes.first_chunk()?) as usize;
        let stream = blocks.checked_mul(8)?.checked_add(4).filter(|&at| at <= bytes.len())?;
        let index = Rows::from_bytes(bytes.slice(4..stream))?;
        let stream = Octets::Shared(bytes.slice(stream..));
        Some(Self { index, stream, len: 0, last: (0, 0) })
    }

    /// The number of blocks, the index and the stream.
    pub(super) fn parts(&self) -> TableParts<'_> {
        TableParts {
            blocks: (self.blocks() as u32).to_le_bytes(),
            rest: [self.index.as_bytes(), self.stream.as_bytes()],
        }
    }

    fn blocks(&self) -> usize {
        self.index.len()
    }

    /// Adds an entry.
    ///
    /// # Panics
    ///
    /// When the key is not larger than the last, or the table was read from bytes and is not empty.
    pub(super) fn push(&mut self, key: u32, value: u32) {
        assert!(self.len > 0 || self.blocks() == 0, "a table that was read does not grow");
        assert!(self.len == 0 || self.last.0 < key, "entries are sorted");
        if self.len.is_multiple_of(BLOCK) {
            // Two numbers for each of at most 2^32 keys, most of them of a byte.
            self.index.push([key, self.stream.as_bytes().len() as u32]);
            self.last.1 = 0;
        } else {
            self.put((key - self.last.0).into());
        }
        self.last.0 = key;
        self.len += 1;
        if value == Self::NONE {
            return self.put(0);
        }
        let difference = i64::from(value) - i64::from(self.last.1);
        self.put(1 + ((difference << 1) ^ (difference >> 63)).cast_unsigned());
        self.last.1 = value;
    }

    fn put(&mut self, mut number: u64) {
        let stream = self.stream.to_mut();
        while number >= 0x80 {
            stream.push(number as u8 | 0x80);
            number >>= 7;
        }
        stream.push(number as u8);
    }

    /// Makes room for about `additional` entries.
    pub(super) fn reserve(&mut self, additional: usize) {
        self.index.reserve(additional.div_ceil(BLOCK));
        self.stream.to_mut().reserve_exact(3 * additional);
    }

    /// The entry with the largest key that is not larger than `key`.
    pub(super) fn at_or_before(&self, key: u32) -> Option<(u32, u32)> {
        let mut block = self.block(self.index.last_up_to(key)?)?;
        let mut last = None;
        while let Some(entry) = block.next().filter(|&(found, _)| found <= key) {
            last = Some(entry);
        }
        last
    }

    /// All entries, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.blocks()).filter_map(|block| self.block(block)).flatten()
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        match self.blocks().checked_sub(1) {
            Some(last) => last * BLOCK + self.block(last).map_or(0, Iterator::count),
            None => 0,
        }
    }

    /// The entries of a block.
    fn block(&self, block: usize) -> Option<Block<'_>> {
        let [key, start] = self.index.get(block)?;
        let rest = self.stream.as_bytes().get(start as usize..)?;
        Some(Block { rest, key, value: 0, read: 0 })
    }

    /// The number of an entry that is out of order, or of a block that does not begin where it should.
    pub(super) fn disorder(&self) -> Option<usize> {
        let (mut end, mut before) = (0, None);
        for number in 0..self.blocks() {
            let first = number * BLOCK;
            let starts = self.index.get(number).map(|[_, start]| start as usize) == Some(end);
            let Some(mut block) = self.block(number).filter(|_| starts) else { return Some(first) };
            while let Some((key, _)) = block.next() {
                if before.is_some_and(|before| key <= before) {
                    return Some(first + block.read - 1);
                }
                before = Some(key);
            }
            end = self.stream.as_bytes().len() - block.rest.len();
            let is_last = number + 1 == self.blocks();
            if block.read == 0 || (block.read < BLOCK && !is_last) {
                return Some(first + block.read);
            }
        }
        (end != self.stream.as_bytes().len()).then(|| self.len())
    }
}

/// The entries of a block that were not read yet.
struct Block<'a> {
    rest: &'a [u8],
    key: u32,
    value: u32,
    read: usize,
}

impl Block<'_> {
    #[inline]
    fn number(rest: &mut &[u8]) -> Option<u64> {
        if let [byte @ 0..0x80, behind @ ..] = *rest {
            *rest = behind;
            return Some(u64::from(*byte));
        }
        Self::long_number(rest)
    }

    fn long_number(rest: &mut &[u8]) -> Option<u64> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let (&byte, behind) = rest.split_first()?;
            *rest = behind;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Iterator for Block<'_> {
    type Item = (u32, u32);

    #[inline]
    fn next(&mut self) -> Option<(u32, u32)> {
        if self.read == BLOCK {
            return None;
        }
        let mut rest = self.rest;
        if self.read > 0 {
            self.key = self.key.wrapping_add(Self::number(&mut rest)? as u32);
        }
        let value = match Self::number(&mut rest)?.checked_sub(1) {
            None => Steps::NONE,
            Some(code) => {
                let difference = (code >> 1).cast_signed() ^ -((code & 1).cast_signed());
                self.value = self.value.wrapping_add(difference as u32);
                self.value
            }
        };
        self.rest = rest;
        self.read += 1;
        Some((self.key, value))
    }
}

impl PartialEq for Steps {
    fn eq(&self, other: &Self) -> bool {
        (&self.index, &self.stream) == (&other.index, &other.stream)
    }
}

impl Eq for Steps {}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(steps: &Steps) -> Vec<u8> {
        steps.parts().as_slices().concat()
    }

    fn sample() -> (Vec<(u32, u32)>, Steps) {
        let mut entries: Vec<(u32, u32)> = (0..200)
            .map(|n: u32| {
                (7 * n + n % 5, if n % 11 == 3 { Steps::NONE } else { (1000 + 3 * n) ^ 0x10 })
            })
            .collect();
        entries.extend([(1 << 30, 0), ((1 << 30) + 1, u32::MAX - 1), (u32::MAX, 5)]);
        let mut steps = Steps::default();
        for &(key, value) in &entries {
            steps.push(key, value);
        }
        (entries, steps)
    }

    #[test]
    fn entries_are_found() {
        let (entries, steps) = sample();
        assert!(steps.iter().eq(entries.iter().copied()));
        assert_eq!((steps.len(), steps.disorder()), (entries.len(), None));
        for pair in entries.windows(2) {
            let (first, second) = (pair[0], pair[1]);
            assert_eq!(steps.at_or_before(first.0), Some(first));
            assert_eq!(steps.at_or_before(second.0 - 1), Some(first));
        }
        assert_eq!(steps.at_or_before(u32::MAX), entries.last().copied());
        assert_eq!(Steps::from_bytes(bytes(&steps).into()), Some(steps));
        let empty = Steps::default();
        assert_eq!((empty.len(), empty.at_or_before(9), empty.disorder()), (0, None, None));
    }

    #[test]
    fn any_bytes_can_be_read() {
        let (entries, steps) = sample();
        let bytes = bytes(&steps);
        for at in 0..bytes.len() {
            for change in [0xff, 0x80, 1] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                if let Some(steps) = Steps::from_bytes(damaged.into()) {
                    let _ = (steps.len(), steps.at_or_before(700), steps.disorder());
                    assert!(steps.iter().count() <= bytes.len() * BLOCK);
                }
            }
            let cut = Steps::from_bytes(bytes[..at].to_vec().into());
            let is_less = |steps: Steps| steps.disorder().is_some() || steps.len() < entries.len();
            assert!(cut.is_none_or(is_less), "{at} bytes");
        }
        // A block that does not begin where the one before ends, and a key that is not larger.
        let with = |at: usize, byte: u8| {
            let mut damaged = bytes.clone();
            damaged[at] = byte;
            Steps::from_bytes(damaged.into()).unwrap().disorder()
        };
        assert_eq!(with(4 + 8 + 4, 0), Some(BLOCK));
        assert_eq!(with(4 + 8, 0), Some(BLOCK));
    }

    #[test]
    #[should_panic(expected = "entries are sorted")]
    fn entries_come_in_order() {
        let mut steps = Steps::default();
        steps.push(4, 0);
        steps.push(4, 0);
    }
}
