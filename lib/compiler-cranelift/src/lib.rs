//! compiler-cranelift
