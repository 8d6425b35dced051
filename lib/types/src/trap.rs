//! Reasons for which WebAssembly code stops.

use std::fmt;
use std::str::FromStr;

macro_rules! trap_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $short:literal, $message:literal;)*) => {
        /// The list as text, for the hash of an artifact.
        pub(crate) const DESCRIPTION: &str = concat!($(stringify!($name = $number), ",",)*);

        /// Why WebAssembly code trapped (WebAssembly 3.0, §4.4 and appendix *Soundness*).
        ///
        /// # Example
        ///
        /// ```
        /// use wasmer_types::TrapCode;
        ///
        /// let code = TrapCode::IntegerDivisionByZero;
        /// assert_eq!(code.message(), "integer divide by zero");
        /// assert_eq!(code.to_string(), "int_divz");
        /// assert_eq!("int_divz".parse(), Ok(code));
        /// assert_eq!("?".parse::<TrapCode>(), Err(()));
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum TrapCode {$(
            $(#[$doc])*
            $name = $number,
        )*}

        impl TrapCode {
            /// Every code, ordered by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The sentence of the specification's test suite for this trap, where it has one.
            pub const fn message(&self) -> &'static str {
                match self {$(Self::$name => $message,)*}
            }

            /// The stable short name, as in snapshots and [`FromStr`].
            pub const fn short_name(&self) -> &'static str {
                match self {$(Self::$name => $short,)*}
            }

            /// The code with number `number`.
            pub const fn from_u8(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        impl FromStr for TrapCode {
            type Err = ();

            /// Parses the short name.
            fn from_str(short_name: &str) -> Result<Self, ()> {
                match short_name {
                    $($short => Ok(Self::$name),)*
                    _ => Err(()),
                }
            }
        }
    };
}

trap_codes! {
    /// The wasm stack ran into its guard page.
    StackOverflow = 0, "stk_ovf", "call stack exhausted";
    /// A load, store or bulk operation reached outside of a linear memory.
    HeapAccessOutOfBounds = 1, "heap_get_oob", "out of bounds memory access";
    /// An access was not aligned as the memory requires.
    HeapMisaligned = 2, "heap_misaligned", "misaligned heap";
    /// An index was outside of a table.
    TableAccessOutOfBounds = 3, "table_get_oob", "undefined element: out of bounds table access";
    /// A null function was called.
    IndirectCallToNull = 4, "icall_null", "uninitialized element";
    /// An indirect call found a function of another type.
    BadSignature = 5, "bad_sig", "indirect call type mismatch";
    /// The most negative integer was divided by minus one, or a float was too large for an integer.
    IntegerOverflow = 6, "int_ovf", "integer overflow";
    /// An integer was divided by zero.
    IntegerDivisionByZero = 7, "int_divz", "integer divide by zero";
    /// A NaN was converted to an integer.
    BadConversionToInteger = 8, "bad_toint", "invalid conversion to integer";
    /// `unreachable` was executed.
    UnreachableCodeReached = 9, "unreachable", "unreachable";
    /// The address of an atomic access was not a multiple of its size.
    UnalignedAtomic = 10, "unalign_atom", "unaligned atomic access";
    /// An exception left the outermost function.
    UncaughtException = 11, "uncaught_exception", "uncaught exception";
    /// `throw_ref` was given a null reference.
    UninitializedExnRef = 12, "uninitialized_exnref", "uninitialized exnref";
    /// A host function wanted to suspend a call that was not made asynchronously.
    YieldOutsideAsyncContext = 13, "yield_outside_async_context",
        "async imported function yielded when not called via `Function::call_async`";
    /// The host interrupted the call.
    HostInterrupt = 14, "host_interrupt", "interrupted by host";
    /// A table that was declared read-only was written.
    ReadonlyTableModified = 15, "readonly_table_modified", "read-only table modified";
    /// `memory.atomic.wait` was executed on a memory that is not shared.
    ExpectedSharedMemory = 16, "expected_shared_memory", "expected shared memory";
    /// A null reference was used where the operator wants a value.
    NullReference = 17, "null_reference", "null reference";
}

impl fmt::Display for TrapCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short_name())
    }
}

impl std::error::Error for TrapCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_reversible() {
        for (number, &code) in TrapCode::ALL.iter().enumerate() {
            assert_eq!(code as usize, number, "codes are numbered without gaps");
            assert_eq!(TrapCode::from_u8(number as u8), Some(code));
            assert_eq!(code.to_string().parse(), Ok(code));
        }
        assert_eq!(TrapCode::from_u8(TrapCode::ALL.len() as u8), None);
    }
}
