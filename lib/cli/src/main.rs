//! The `wasmer` command line.

fn main() {}
