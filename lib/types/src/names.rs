//! Names of functions, from the `name` custom section.

use crate::indices::FunctionIndex;

/// Function names in two flat arrays, which is all that a large module can afford.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionNames {
    text: String,
    /// Function and the end of its name in `text`, ordered by function.
    ends: Vec<(FunctionIndex, u32)>,
}

impl FunctionNames {
    /// Adds the name of a function. Names come in increasing order of functions, as the binary format
    /// prescribes; one that does not, or that no longer fits into 4 GiB of names, is ignored.
    pub fn push(&mut self, function: FunctionIndex, name: &str) {
        let ordered = self.ends.last().is_none_or(|(last, _)| *last < function);
        if let (true, Ok(end)) = (ordered, u32::try_from(self.text.len() + name.len())) {
            self.text.push_str(name);
            self.ends.push((function, end));
        }
    }

    /// The name of a function.
    pub fn get(&self, function: FunctionIndex) -> Option<&str> {
        let at = self.ends.binary_search_by_key(&function, |(function, _)| *function).ok()?;
        Some(self.name_at(at))
    }

    /// Functions and names, ordered by function.
    pub fn iter(&self) -> impl Iterator<Item = (FunctionIndex, &str)> {
        self.ends.iter().enumerate().map(|(at, (function, _))| (*function, self.name_at(at)))
    }

    /// How many functions have a name.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no function has a name.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn name_at(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        &self.text[start as usize..self.ends[at].1 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup() {
        let mut names = FunctionNames::default();
        for (function, name) in [(1, "one"), (4, ""), (4, "again"), (3, "late"), (9, "nine")] {
            names.push(FunctionIndex::from_u32(function), name);
        }
        let get = |function| names.get(FunctionIndex::from_u32(function));
        assert_eq!((get(0), get(1), get(3)), (None, Some("one"), None));
        assert_eq!((get(4), get(9), get(10)), (Some(""), Some("nine"), None));
        assert_eq!(names.iter().count(), 3);
    }
}
