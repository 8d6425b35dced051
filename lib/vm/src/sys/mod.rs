//! Everything that asks the operating system for something. A port fills in one directory.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub use self::unix::*;
