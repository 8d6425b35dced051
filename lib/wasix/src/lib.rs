//! wasix
