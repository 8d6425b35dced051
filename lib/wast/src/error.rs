//! What went wrong in a script.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// A directive that did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveError {
    /// Line of the directive, the first being 1.
    pub line: usize,
    /// Column of the directive, the first being 1.
    pub col: usize,
    /// What was expected and what was found.
    pub message: String,
}

/// Every directive of a script that failed, in the order in which they ran. Its text has one
/// `file:line:column: message` each.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub struct DirectiveErrors {
    /// Name of the script.
    pub filename: PathBuf,
    /// The failures.
    pub errors: Vec<DirectiveError>,
}

impl fmt::Display for DirectiveErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, DirectiveError { line, col, message }) in self.errors.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{line}:{col}: {message}", self.filename.display())?;
        }
        Ok(())
    }
}
