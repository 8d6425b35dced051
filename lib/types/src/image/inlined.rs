//! Function bodies that stand in place of calls.

use bytes::Bytes;
use cranelift_entity::EntityRef;

use super::rows::Rows;
use crate::indices::LocalFunctionIndex;

/// A function body that a compiler has put in place of a call.
///
/// Its operators have *positions* of their own in the [`AddressMap`](super::AddressMap): as many as the body has bytes,
/// from `start` on, in the same order. These are larger than all offsets in the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InlinedBody {
    /// Position of the first byte of the body (of its local declarations).
    pub start: u32,
    /// The function that was called.
    pub function: LocalFunctionIndex,
    /// Position of the call: an offset in the module, or a position in another such body, before `start`.
    pub call: u32,
}

/// The function bodies that stand in place of calls, in increasing order of their positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InliningTable {
    /// The three fields of each.
    rows: Rows<3>,
}

impl InliningTable {
    /// The table that [`InliningTable::as_bytes`] has given, or `None` when its length is impossible.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        Some(Self { rows: Rows::from_bytes(bytes)? })
    }

    /// The fields of each, 4 bytes each.
    pub fn as_bytes(&self) -> &[u8] {
        self.rows.as_bytes()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a body, whose positions must lie behind those of all that were added before.
    pub fn push(&mut self, body: InlinedBody) {
        self.rows.push([body.start, body.function.as_u32(), body.call]);
    }

    fn get(&self, index: usize) -> Option<InlinedBody> {
        let [start, function, call] = self.rows.get(index)?;
        let function = (function != u32::MAX).then(|| LocalFunctionIndex::from_u32(function))?;
        Some(InlinedBody { start, function, call })
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = InlinedBody> + '_ {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// The body that `position` is in. `None` when it is an offset in the module.
    pub fn at(&self, position: u32) -> Option<InlinedBody> {
        self.get(self.rows.last_up_to(position)?)
    }

    /// What is wrong with the table of a text of `functions` functions, if anything is.
    pub(crate) fn fault(&self, functions: usize) -> Option<String> {
        let mut behind = 0;
        for index in 0..self.len() {
            let is_right = |body: &InlinedBody| {
                body.start >= behind && body.call < body.start && body.function.index() < functions
            };
            let Some(body) = self.get(index).filter(is_right) else {
                return Some(format!(
                    "inlined body {index} is not behind the one before and its call, or of no function"
                ));
            };
            behind = body.start.saturating_add(1);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(start: u32, function: u32, call: u32) -> InlinedBody {
        InlinedBody { start, function: LocalFunctionIndex::from_u32(function), call }
    }

    fn table(bodies: &[InlinedBody]) -> InliningTable {
        let mut table = InliningTable::default();
        bodies.iter().for_each(|body| table.push(*body));
        table
    }

    #[test]
    fn bodies_are_found_by_position() {
        let bodies = [body(100, 2, 7), body(120, 1, 105)];
        let table = table(&bodies);
        assert_eq!((table.at(0), table.at(99)), (None, None));
        assert_eq!(
            [100, 119, 120, 500].map(|at| table.at(at).unwrap().start),
            [100, 100, 120, 120]
        );
        assert!(table.iter().eq(bodies));
        let bytes = Bytes::copy_from_slice(table.as_bytes());
        assert_eq!(InliningTable::from_bytes(bytes), Some(table));
        for length in 0..40 {
            let read = InliningTable::from_bytes(vec![0xff; length].into());
            assert_eq!(read.is_some(), length % 12 == 0);
            // What is damaged is not found.
            assert!(read.is_none_or(|table| table.at(9).is_none() && table.at(u32::MAX).is_none()));
        }
    }

    #[test]
    fn faults_are_found() {
        assert_eq!(table(&[]).fault(0), None);
        assert_eq!(table(&[body(100, 2, 7), body(120, 1, 105)]).fault(3), None);
        for (bodies, index) in [
            ([body(100, 3, 7), body(120, 1, 105)], 0),
            ([body(100, 2, 100), body(120, 1, 105)], 0),
            ([body(100, 2, 7), body(100, 1, 99)], 1),
            ([body(100, 2, 7), body(99, 1, 7)], 1),
        ] {
            let fault = table(&bodies).fault(3).unwrap();
            assert!(fault.starts_with(&format!("inlined body {index} ")), "{fault}");
        }
    }
}
