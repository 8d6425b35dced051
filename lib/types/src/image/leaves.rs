//! Code without a frame.

use bytes::Bytes;

use super::steps::{Steps, TableParts};

/// Where the caller of a function goes on while the function has no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnAddress {
    /// On the stack, that many bytes above the stack pointer.
    Stack(u32),
    /// In the link register, on machines that have one.
    Link,
}

impl ReturnAddress {
    /// 0 for the link register, and one more than the bytes for a place on the stack.
    fn encode(self) -> u32 {
        match self {
            Self::Link => 0,
            Self::Stack(bytes) => bytes.min(LeafTable::REACH) + 1,
        }
    }

    fn decode(number: u32) -> Self {
        number.checked_sub(1).map_or(Self::Link, Self::Stack)
    }
}

/// Where the return address is at instructions of functions without frames: leaves, which call nothing. There the frame
/// pointer is that of the caller.
///
/// An entry holds from its offset to that of the next. All other code has a frame.
#[derive(Debug, Clone, Default)]
pub struct LeafTable {
    /// The place, or [`Steps::NONE`] for code with a frame.
    places: Steps,
    /// While it is built: the last place.
    last: Option<ReturnAddress>,
}

impl LeafTable {
    /// Bytes above the stack pointer at which a return address can be: less than that.
    const REACH: u32 = 1 << 31;

    /// The table that was written as [`LeafTable::parts`], or `None` when its lengths are impossible.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        Steps::from_bytes(bytes).map(|places| Self { places, last: None })
    }

    /// What is written to an artifact.
    pub fn parts(&self) -> TableParts<'_> {
        self.places.parts()
    }

    /// Says where the return address is from `offset` on, `None` for code with a frame. The offset must lie behind all
    /// that were added before. Repeated places are merged.
    ///
    /// # Panics
    ///
    /// When it does not, or the table is that of an artifact.
    pub fn push(&mut self, offset: u32, place: Option<ReturnAddress>) {
        if self.last != place {
            self.places.push(offset, place.map_or(Steps::NONE, ReturnAddress::encode));
            self.last = place;
        }
    }

    /// Where the return address is at the instruction at `offset`, if there is no frame. Does not allocate: it is called
    /// in signal handlers.
    pub fn lookup(&self, offset: u32) -> Option<ReturnAddress> {
        let (_, place) = self.places.at_or_before(offset)?;
        (place != Steps::NONE).then(|| ReturnAddress::decode(place))
    }

    /// Offsets in the text and places.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Option<ReturnAddress>)> + '_ {
        let place = |place| (place != Steps::NONE).then(|| ReturnAddress::decode(place));
        self.places.iter().map(move |(offset, number)| (offset, place(number)))
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is wrong with the table of a text of `text` bytes, if anything is.
    pub(crate) fn fault(&self, text: usize) -> Option<String> {
        if let Some(at) = self.places.disorder() {
            return Some(format!("leaf {at} is not behind the one before"));
        }
        self.iter().find_map(|(offset, place)| match place {
            _ if offset as usize > text => {
                Some(format!("leaf at {offset} in {text} bytes of code"))
            }
            Some(ReturnAddress::Stack(bytes)) if bytes >= Self::REACH => {
                Some(format!("leaf at {offset} has its return address {bytes} bytes up"))
            }
            _ => None,
        })
    }
}

impl PartialEq for LeafTable {
    fn eq(&self, other: &Self) -> bool {
        self.places == other.places
    }
}

impl Eq for LeafTable {}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(parts: TableParts<'_>) -> Bytes {
        parts.as_slices().concat().into()
    }

    #[test]
    fn places_hold_up_to_the_next() {
        use ReturnAddress::{Link, Stack};
        let mut table = LeafTable::default();
        table.push(0, None);
        assert!(table.is_empty());
        for (offset, place) in [
            (4, Some(Stack(0))),
            (6, Some(Stack(0))),
            (8, Some(Stack(16))),
            (20, None),
            (32, Some(Link)),
        ] {
            table.push(offset, place);
        }
        assert_eq!((table.len(), table.iter().count()), (4, 4));
        let copy = LeafTable::from_bytes(bytes(table.parts())).unwrap();
        assert_eq!(copy, table);
        for (offset, place) in [
            (0, None),
            (4, Some(Stack(0))),
            (7, Some(Stack(0))),
            (8, Some(Stack(16))),
            (20, None),
            (32, Some(Link)),
            (99, Some(Link)),
        ] {
            assert_eq!(copy.lookup(offset), place, "at {offset}");
        }
    }

    #[test]
    fn faults_are_found() {
        let mut table = LeafTable::default();
        table.push(3, Some(ReturnAddress::Stack(8)));
        assert_eq!(table.fault(3), None);
        assert!(table.fault(2).unwrap().contains("leaf at 3 in 2 bytes"));
        table.push(7, Some(ReturnAddress::Stack(LeafTable::REACH)));
        assert!(table.fault(9).unwrap().contains("leaf at 7 has its return address"));
        let mut bytes = bytes(table.parts()).to_vec();
        // The second key, as a difference.
        let at = bytes.len() - 6;
        assert_eq!(bytes[at], 4);
        bytes[at] = 0;
        let damaged = LeafTable::from_bytes(bytes.into()).unwrap();
        assert!(damaged.fault(9).unwrap().contains("leaf 1 is not behind"));
    }
}
