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
/// # Example
///
/// ```
/// use wasmer::{Memory, MemoryType, Store, ValueType, WasmPtr};
///
/// #[derive(Clone, Copy, Debug, PartialEq, ValueType)]
/// #[repr(C)]
/// struct Point {
///     x: i32,
///     tag: u8,
///     // Three bytes of padding are here.
///     y: i32,
/// }
///
/// let mut store = Store::default();
/// let memory = Memory::new(&mut store, MemoryType::new(1, None, false))?;
/// let view = memory.view(&store);
/// view.write(16, &[0xff; 12])?;
///
/// let pointer: WasmPtr<Point> = WasmPtr::new(16);
/// let point = Point { x: -1, tag: 7, y: 2 };
/// pointer.write(&view, point)?;
/// assert_eq!(pointer.read(&view)?, point);
/// assert_eq!(view.copy_range_to_vec(16..28)?, [255, 255, 255, 255, 7, 0, 0, 0, 2, 0, 0, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A structure of which the layout is up to the compiler, and an enum, are refused:
///
/// ```compile_fail
/// #[derive(Clone, Copy, wasmer::ValueType)]
/// struct Point(i32, i32);
/// ```
#[proc_macro_derive(ValueType)]
pub fn derive_value_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    value_type::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
