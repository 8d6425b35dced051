//! Names of functions, from the `name` custom section.

use bytes::Bytes;

use crate::image::rows::{Octets, Rows};
use crate::indices::FunctionIndex;

/// Function names in two flat arrays, which is all that a large module can afford.
///
/// ```
/// use wasmer_types::{FunctionIndex, FunctionNames};
///
/// let mut names = FunctionNames::default();
/// names.push(FunctionIndex::from_u32(2), "two");
/// names.push(FunctionIndex::from_u32(1), "comes too late");
/// assert_eq!(names.get(FunctionIndex::from_u32(2)), Some("two"));
/// assert_eq!((names.len(), names.iter().next().unwrap().1), (1, "two"));
/// ```
///
/// The names are as in an ELF string table, so that symbols can refer to them: a zero byte, and then each name
/// with a zero byte behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "enable-serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "enable-serde", serde(into = "NameList", from = "NameList"))]
pub struct FunctionNames {
    text: Octets,
    /// Function, and where its name ends in `text`; ordered by function.
    ends: Rows<2>,
}

/// What names are serialised as.
#[cfg(feature = "enable-serde")]
type NameList = Vec<(FunctionIndex, String)>;

#[cfg(feature = "enable-serde")]
impl From<FunctionNames> for NameList {
    fn from(names: FunctionNames) -> Self {
        names.iter().map(|(function, name)| (function, name.to_owned())).collect()
    }
}

#[cfg(feature = "enable-serde")]
impl From<NameList> for FunctionNames {
    /// Leaves out what [`FunctionNames::push`] leaves out.
    fn from(list: NameList) -> Self {
        let mut names = Self::default();
        for (function, name) in &list {
            names.push(*function, name);
        }
        names
    }
}

impl Default for FunctionNames {
    fn default() -> Self {
        Self { text: Octets::Growing(vec![0]), ends: Rows::default() }
    }
}

impl FunctionNames {
    /// What [`FunctionNames::text`] and [`FunctionNames::ends`] have given: `text` may be followed by other
    /// strings. `None` when functions are out of order, or a name lies outside of `text`.
    pub fn from_bytes(text: Bytes, ends: Bytes) -> Option<Self> {
        let ends = Rows::from_bytes(ends)?;
        let mut last = None;
        let mut end = 0;
        for entry in 0..ends.len() {
            let [function, next] = ends.get(entry)?;
            if last.is_some_and(|last| function <= last) || next <= end {
                return None;
            }
            (last, end) = (Some(function), next);
        }
        let text = text.get(..end as usize + 1).map(|names| text.slice_ref(names))?;
        (last != Some(u32::MAX)).then(|| Self { text: Octets::Shared(text), ends })
    }

    /// A zero byte, and each name with a zero byte behind it.
    pub fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Function and end of the name in [`FunctionNames::text`], 4 bytes each, ordered by function.
    pub fn ends(&self) -> &[u8] {
        self.ends.as_bytes()
    }

    /// Adds the name of a function. Names come in increasing order of functions, as the binary format
    /// prescribes; one that does not, or that no longer fits into 4 GiB of names, is ignored.
    pub fn push(&mut self, function: FunctionIndex, name: &str) {
        let last = self.len().checked_sub(1).and_then(|last| self.ends.get(last));
        let ordered = last.is_none_or(|[last, _]| last < function.as_u32());
        let text = self.text.to_mut();
        if let (true, Ok(end)) = (ordered, u32::try_from(text.len() + name.len())) {
            text.extend_from_slice(name.as_bytes());
            text.push(0);
            self.ends.push([function.as_u32(), end]);
        }
    }

    /// The name of a function.
    pub fn get(&self, function: FunctionIndex) -> Option<&str> {
        self.name_at(self.entry(function)?)
    }

    /// Where the name of a function begins in [`FunctionNames::text`].
    pub fn offset(&self, function: FunctionIndex) -> Option<u32> {
        Some(self.start_of(self.entry(function)?)? as u32)
    }

    /// Functions and names, ordered by function.
    pub fn iter(&self) -> impl Iterator<Item = (FunctionIndex, &str)> {
        (0..self.len()).filter_map(|at| {
            let [function, _] = self.ends.get(at)?;
            Some((FunctionIndex::from_u32(function), self.name_at(at)?))
        })
    }

    /// How many functions have a name.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no function has a name.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entry(&self, function: FunctionIndex) -> Option<usize> {
        let at = self.ends.last_up_to(function.as_u32())?;
        (self.ends.get(at)?[0] == function.as_u32()).then_some(at)
    }

    fn start_of(&self, at: usize) -> Option<usize> {
        let before = match at.checked_sub(1) {
            Some(before) => self.ends.get(before)?[1],
            None => 0,
        };
        Some(before as usize + 1)
    }

    fn name_at(&self, at: usize) -> Option<&str> {
        let range = self.start_of(at)?..self.ends.get(at)?[1] as usize;
        std::str::from_utf8(self.text.as_bytes().get(range)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> FunctionNames {
        let mut names = FunctionNames::default();
        for (function, name) in [(1, "one"), (4, ""), (4, "again"), (3, "late"), (9, "nine")] {
            names.push(FunctionIndex::from_u32(function), name);
        }
        names
    }

    #[test]
    fn lookup() {
        let names = sample();
        let get = |function| names.get(FunctionIndex::from_u32(function));
        assert_eq!((get(0), get(1), get(3)), (None, Some("one"), None));
        assert_eq!((get(4), get(9), get(10)), (Some(""), Some("nine"), None));
        assert_eq!(names.iter().count(), 3);
        assert_eq!(names.text(), b"\0one\0\0nine\0");
        assert_eq!(names.offset(FunctionIndex::from_u32(9)), Some(6));
    }

    #[test]
    fn bytes_are_names_or_not() {
        let names = sample();
        let copy = |ends: &[u8], text: &[u8]| {
            FunctionNames::from_bytes(text.to_vec().into(), ends.to_vec().into())
        };
        let (ends, text) = (names.ends(), names.text());
        let mut longer = text.to_vec();
        longer.extend(b"more\0");
        let mut read = copy(ends, &longer).unwrap();
        assert_eq!(read, names);
        read.push(FunctionIndex::from_u32(11), "eleven");
        assert_eq!(read.get(FunctionIndex::from_u32(11)), Some("eleven"));
        assert!(copy(ends, &text[..text.len() - 1]).is_none());
        assert!(copy(&ends[1..], text).is_none() && copy(&ends[..4], text).is_none());
        for at in 0..ends.len() {
            let mut damaged = ends.to_vec();
            damaged[at] ^= 0xff;
            if let Some(names) = copy(&damaged, text) {
                assert!(names.iter().all(|(_, name)| name.len() < text.len()));
            }
        }
        assert_eq!(copy(&[], &[0]), Some(FunctionNames::default()));
    }
}
