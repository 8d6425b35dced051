//! Names that a host gives to modules.

use std::sync::OnceLock;

/// Names, the last of which counts. Those before it stay, as somebody may have borrowed them.
#[derive(Debug, Default)]
pub(crate) struct GivenNames(OnceLock<Box<(String, GivenNames)>>);

impl GivenNames {
    /// The name that was given last.
    pub(crate) fn last(&self) -> Option<&str> {
        let (name, later) = &**self.0.get()?;
        Some(later.last().unwrap_or(name))
    }

    /// Gives another name.
    pub(crate) fn push(&self, name: String) {
        let mut at = self;
        let mut name = Box::new((name, Self::default()));
        while let Err(taken) = at.0.set(name) {
            name = taken;
            at = &at.0.get().expect("it was set before").1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_counts() {
        let names = GivenNames::default();
        assert_eq!(names.last(), None);
        names.push("first".to_owned());
        let first = names.last();
        names.push("second".to_owned());
        names.push("third".to_owned());
        assert_eq!((first, names.last()), (Some("first"), Some("third")));
    }
}
