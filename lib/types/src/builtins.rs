//! The functions of the runtime that compiled code calls.
//!
//! The list is written once. The compilers derive signatures and table slots from it, the runtime derives
//! the table of entry points, and the compiler of Rust checks that the two fit.
//!
//! Every builtin is `extern "C"` and takes the caller's VM context first. It is called through the table
//! that the VM context points to ([`crate::layout::VMContextHeader::builtins`]), so that compiled code has
//! no relocation against the runtime. One that traps does not return.

/// Type of a parameter or result of a builtin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuiltinType {
    /// 32-bit integer. Indices of the module's index spaces are constants of this type.
    I32,
    /// 64-bit integer. Addresses and lengths are of this type whatever the memory's or table's address type
    /// is (zero-extended); `-1` is the failure of the `grow` operators.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// A reference or a pointer into the VM, as wide as a pointer.
    Ref,
}

/// Hands the list of builtins to the macro `$reader`, one row each:
/// `(#[doc] name (param: Type, …) -> (Type))`, with an empty result for none. Types are variants of
/// [`BuiltinType`].
#[macro_export]
macro_rules! for_each_builtin {
    ($reader:ident) => {
        $reader! {
            /// `memory.grow`: adds `delta` pages; the previous size in pages, or -1.
            (memory_grow (memory: I32, delta: I64) -> (I64))
            /// `memory.fill`.
            (memory_fill (memory: I32, start: I64, value: I32, len: I64) -> ())
            /// `memory.copy`, also between two memories.
            (memory_copy (to_memory: I32, from_memory: I32, to: I64, from: I64, len: I64) -> ())
            /// `memory.init`.
            (memory_init (memory: I32, segment: I32, to: I64, from: I32, len: I32) -> ())
            /// `data.drop`.
            (data_drop (segment: I32) -> ())
            /// `memory.atomic.notify` at an aligned address: the number of threads woken.
            (memory_atomic_notify (memory: I32, address: I64, count: I32) -> (I32))
            /// `memory.atomic.wait32` at an aligned address, timeout in ns or negative for none: 0 woken, 1
            /// not equal, 2 timed out.
            (memory_atomic_wait32 (memory: I32, address: I64, expected: I32, timeout: I64) -> (I32))
            /// `memory.atomic.wait64`, as above.
            (memory_atomic_wait64 (memory: I32, address: I64, expected: I64, timeout: I64) -> (I32))
            /// `table.grow`: adds `delta` elements; the previous length, or -1.
            (table_grow (table: I32, delta: I64, value: Ref) -> (I64))
            /// `table.fill`.
            (table_fill (table: I32, start: I64, value: Ref, len: I64) -> ())
            /// `table.copy`, also between two tables.
            (table_copy (to_table: I32, from_table: I32, to: I64, from: I64, len: I64) -> ())
            /// `table.init`.
            (table_init (table: I32, segment: I32, to: I64, from: I32, len: I32) -> ())
            /// `elem.drop`.
            (elem_drop (segment: I32) -> ())
            /// Fills in the element `index` (in bounds) of a function table that is read for the first time:
            /// the reference in it, null or not.
            (table_resolve (table: I32, index: I64) -> (Ref))
            /// `ref.func`.
            (ref_func (function: I32) -> (Ref))
            /// Traps with the code given, for conditions that are not found by a trapping instruction.
            (raise_trap (code: I32) -> ())
            /// `f32.ceil`, for processors without an instruction for it; likewise the following.
            (f32_ceil (value: F32) -> (F32))
            /// `f32.floor`.
            (f32_floor (value: F32) -> (F32))
            /// `f32.trunc`.
            (f32_trunc (value: F32) -> (F32))
            /// `f32.nearest`.
            (f32_nearest (value: F32) -> (F32))
            /// `f64.ceil`.
            (f64_ceil (value: F64) -> (F64))
            /// `f64.floor`.
            (f64_floor (value: F64) -> (F64))
            /// `f64.trunc`.
            (f64_trunc (value: F64) -> (F64))
            /// `f64.nearest`.
            (f64_nearest (value: F64) -> (F64))
            /// Fused `a * b + c`, for one lane of `f32x4.relaxed_madd`.
            (f32_fma (a: F32, b: F32, c: F32) -> (F32))
            /// Fused `a * b + c`, for one lane of `f64x2.relaxed_madd`.
            (f64_fma (a: F64, b: F64, c: F64) -> (F64))
        }
    };
}

macro_rules! define_builtins {
    ($($(#[$doc:meta])* ($name:ident ($($param:ident: $ty:ident),*) -> ($($result:ident)?)))*) => {
        /// The list as text, for the hash of an artifact.
        pub(crate) const DESCRIPTION: &str =
            concat!($(stringify!($name ($($ty)*) $($result)?), ",",)*);

        /// A function of the runtime that compiled code may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        #[expect(non_camel_case_types, reason = "the variants are named after the functions")]
        pub enum BuiltinFunction {$(
            $(#[$doc])*
            $name,
        )*}

        impl BuiltinFunction {
            /// Every builtin, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$name => stringify!($name),)*}
            }

            /// Types of its parameters behind the VM context.
            pub const fn params(self) -> &'static [BuiltinType] {
                match self {$(Self::$name => &[$(BuiltinType::$ty),*],)*}
            }

            /// Type of its result.
            pub const fn result(self) -> Option<BuiltinType> {
                match self {$(
                    Self::$name => {
                        const RESULT: &[BuiltinType] = &[$(BuiltinType::$result)?];
                        match RESULT {
                            [result] => Some(*result),
                            _ => None,
                        }
                    }
                )*}
            }
        }
    };
}
for_each_builtin!(define_builtins);

impl BuiltinFunction {
    /// Its slot in the table of builtins.
    pub const fn index(self) -> u32 {
        self as u32
    }

    /// Bytes from the start of the table of builtins to its pointer.
    pub const fn offset(self, pointer_size: u8) -> u32 {
        self.index() * pointer_size as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_signatures() {
        let grow = BuiltinFunction::memory_grow;
        assert_eq!(grow.params(), [BuiltinType::I32, BuiltinType::I64]);
        assert_eq!(grow.result(), Some(BuiltinType::I64));
        assert_eq!(BuiltinFunction::data_drop.result(), None);
        for (index, builtin) in BuiltinFunction::ALL.iter().enumerate() {
            assert_eq!(builtin.offset(8) as usize, 8 * index);
        }
    }
}
