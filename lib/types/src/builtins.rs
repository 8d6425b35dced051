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

/// What a builtin may read and write of that which compiled code reads and writes itself: bytes of memories, elements of
/// tables, bases and lengths of both, globals. Nothing else of it is different after the call.
///
/// The fields of function references and what never changes, such as the table of builtins, are not counted: they are
/// written before compiled code has a pointer to them.
///
/// No builtin calls the host but for `memory.grow`, which asks the memory, and that has to leave the bytes as they are. One
/// that is not [`Self::Pure`] may trap, also because its thread is interrupted, and then the host sees everything: what
/// the program has written before the call must be there, and what it does behind it must not have begun. So such calls
/// stay in order, with one another too, whatever they touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuiltinEffect {
    /// Nothing, and the result depends on the arguments only: a call can be moved, joined with another, and left out where
    /// nobody needs the result. It traps for want of stack or when its thread is interrupted, which may then happen
    /// elsewhere.
    Pure,
    /// Nothing, but it changes or depends on something else in the runtime.
    Hidden,
    /// Bytes of memories, whose indices are the first so many arguments.
    Memories(u8),
    /// Base and length of the memory whose index is the first argument. The bytes stay as they are, though elsewhere if
    /// the memory moves; those that are added could not be accessed before.
    MemoryDefinition,
    /// Elements of tables, whose indices are the first so many arguments.
    Tables(u8),
    /// Base and length of the table whose index is the first argument. The elements stay as they are, though elsewhere.
    TableDefinition,
}

/// Hands the list of builtins to the macro `$reader`, one row each:
/// `(#[doc] name (param: Type, …) -> (Type), Effect)`, with an empty result for none. Types are variants of
/// [`BuiltinType`], effects are [`BuiltinEffect`]s.
#[macro_export]
macro_rules! for_each_builtin {
    ($reader:ident) => {
        $reader! {
            /// `memory.grow`: adds `delta` pages; the previous size in pages, or -1.
            (memory_grow (memory: I32, delta: I64) -> (I64), MemoryDefinition)
            /// `memory.fill`.
            (memory_fill (memory: I32, start: I64, value: I32, len: I64) -> (), Memories(1))
            /// `memory.copy`, also between two memories.
            (memory_copy (to_memory: I32, from_memory: I32, to: I64, from: I64, len: I64) -> (), Memories(2))
            /// `memory.init`.
            (memory_init (memory: I32, segment: I32, to: I64, from: I32, len: I32) -> (), Memories(1))
            /// `data.drop`.
            (data_drop (segment: I32) -> (), Hidden)
            /// `memory.atomic.notify` at an aligned address: the number of threads woken.
            (memory_atomic_notify (memory: I32, address: I64, count: I32) -> (I32), Memories(1))
            /// `memory.atomic.wait32` at an aligned address, timeout in ns or negative for none: 0 woken, 1
            /// not equal, 2 timed out.
            (memory_atomic_wait32 (memory: I32, address: I64, expected: I32, timeout: I64) -> (I32), Memories(1))
            /// `memory.atomic.wait64`, as above.
            (memory_atomic_wait64 (memory: I32, address: I64, expected: I64, timeout: I64) -> (I32), Memories(1))
            /// `table.grow`: adds `delta` elements; the previous length, or -1.
            (table_grow (table: I32, delta: I64, value: Ref) -> (I64), TableDefinition)
            /// `table.fill`.
            (table_fill (table: I32, start: I64, value: Ref, len: I64) -> (), Tables(1))
            /// `table.copy`, also between two tables.
            (table_copy (to_table: I32, from_table: I32, to: I64, from: I64, len: I64) -> (), Tables(2))
            /// `table.init`.
            (table_init (table: I32, segment: I32, to: I64, from: I32, len: I32) -> (), Tables(1))
            /// `elem.drop`.
            (elem_drop (segment: I32) -> (), Hidden)
            /// Fills in the element `index` (in bounds) of a function table that is read for the first time:
            /// the reference in it, null or not.
            (table_resolve (table: I32, index: I64) -> (Ref), Tables(1))
            /// Fills in the element `index` (in bounds) of a function table for calls of functions of type
            /// `signature`, an index of the module: the address of the element. Traps as `call_indirect` does.
            (table_callee (table: I32, signature: I32, index: I64) -> (Ref), Tables(1))
            /// `ref.func`.
            (ref_func (function: I32) -> (Ref), Pure)
            /// Traps with the code given, for conditions that are not found by a trapping instruction.
            (raise_trap (code: I32) -> (), Hidden)
            /// `f32.ceil`, for processors without an instruction for it; likewise the following.
            (f32_ceil (value: F32) -> (F32), Pure)
            /// `f32.floor`.
            (f32_floor (value: F32) -> (F32), Pure)
            /// `f32.trunc`.
            (f32_trunc (value: F32) -> (F32), Pure)
            /// `f32.nearest`.
            (f32_nearest (value: F32) -> (F32), Pure)
            /// `f64.ceil`.
            (f64_ceil (value: F64) -> (F64), Pure)
            /// `f64.floor`.
            (f64_floor (value: F64) -> (F64), Pure)
            /// `f64.trunc`.
            (f64_trunc (value: F64) -> (F64), Pure)
            /// `f64.nearest`.
            (f64_nearest (value: F64) -> (F64), Pure)
            /// Fused `a * b + c`, for one lane of `f32x4.relaxed_madd`.
            (f32_fma (a: F32, b: F32, c: F32) -> (F32), Pure)
            /// Fused `a * b + c`, for one lane of `f64x2.relaxed_madd`.
            (f64_fma (a: F64, b: F64, c: F64) -> (F64), Pure)
        }
    };
}

macro_rules! define_builtins {
    ($($(#[$doc:meta])*
        ($name:ident ($($param:ident: $ty:ident),*) -> ($($result:ident)?), $effect:expr)
    )*) => {
        /// The list as text, for the hash of an artifact.
        pub(crate) const DESCRIPTION: &str =
            concat!($(stringify!($name ($($ty)*) $($result)? $effect), ",",)*);

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

            /// What it may touch.
            pub const fn effect(self) -> BuiltinEffect {
                use BuiltinEffect::*;
                match self {$(Self::$name => $effect,)*}
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

    #[test]
    fn effects_are_on_what_the_first_arguments_name() {
        use BuiltinEffect::{Memories, MemoryDefinition, Pure, TableDefinition, Tables};
        assert_eq!(BuiltinFunction::memory_copy.effect(), Memories(2));
        assert_eq!(BuiltinFunction::table_resolve.effect(), Tables(1));
        for builtin in BuiltinFunction::ALL {
            let named = match builtin.effect() {
                Memories(count) | Tables(count) => usize::from(count),
                MemoryDefinition | TableDefinition => 1,
                _ => 0,
            };
            assert!(builtin.params().iter().take(named).all(|ty| *ty == BuiltinType::I32));
            assert!(builtin.params().len() >= named, "{builtin:?}");
            assert!(builtin.effect() != Pure || builtin.result().is_some(), "{builtin:?}");
        }
    }
}
