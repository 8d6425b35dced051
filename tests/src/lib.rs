//! What the tests of the whole system share: the compilers under test, the scripts of the official suite,
//! and the table of what is supported. The tests are in `tests/`, scripts of our own in `wast/`.
#![forbid(unsafe_code)]

pub mod alike;
pub mod backend;
pub mod proposals;
pub mod rng;
pub mod suite;
