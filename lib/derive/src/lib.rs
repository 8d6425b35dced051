//! Derive macros of the crate `wasmer`. They are re-exported there; use them from there.
#![forbid(unsafe_code)]

mod value_type;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `wasmer::ValueType` for a structure, so that it can be read from and written to the memory of
/// a guest as it is.
///
/// The structure must be `#[repr(C)]` or `#[repr(transparent)]` and `Copy`, and each of its fields must be a
/// `ValueType`. Padding is written as zeros.
///
/// ```ignore
/// #[derive(Clone, Copy, wasmer::ValueType)]
/// #[repr(C)]
/// struct Point {
///     x: i32,
///     y: i32,
/// }
/// ```
#[proc_macro_derive(ValueType)]
pub fn derive_value_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    value_type::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
