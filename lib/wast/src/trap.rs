//! Compares traps with the sentences by which scripts name them.

use wasmer::RuntimeError;
use wasmer_types::TrapCode;

/// The sentences of the specification's tests for a trap.
fn sentences(code: TrapCode) -> &'static [&'static str] {
    match code {
        TrapCode::HeapAccessOutOfBounds => &["out of bounds memory access"],
        // `call_indirect` calls it an undefined element, the table operators an access.
        TrapCode::TableAccessOutOfBounds => &["undefined element", "out of bounds table access"],
        TrapCode::IndirectCallToNull => &["uninitialized element"],
        TrapCode::UnalignedAtomic | TrapCode::HeapMisaligned => &["unaligned atomic"],
        TrapCode::NullReference => &[
            "null reference",
            "null function reference",
            "null structure reference",
            "null array reference",
            "null i31 reference",
        ],
        _ => &[],
    }
}

/// Whether `error` is the trap that a script calls `expected`.
pub(crate) fn is_named(error: &RuntimeError, expected: &str) -> bool {
    is_sentence(error.clone().to_trap(), &error.message(), expected)
}

/// As in the reference interpreter, `expected` is the beginning of the sentence. `uninitialized element 7`
/// also says which element, which we don't.
fn is_sentence(code: Option<TrapCode>, message: &str, expected: &str) -> bool {
    code.map_or(&[][..], sentences).iter().chain([&message]).any(|sentence| {
        sentence.starts_with(expected)
            || expected
                .strip_prefix(sentence)
                .and_then(|rest| rest.strip_prefix(' '))
                .is_some_and(|index| index.parse::<u64>().is_ok())
    })
}

/// The trap in a few words, for messages.
pub(crate) fn describe(error: &RuntimeError) -> String {
    match error.clone().to_trap() {
        Some(code) => format!("the trap `{}`", code.message()),
        None => format!("the error `{}`", error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let named = |code: TrapCode, expected| is_sentence(Some(code), code.message(), expected);
        assert!(named(TrapCode::TableAccessOutOfBounds, "out of bounds"));
        assert!(named(TrapCode::TableAccessOutOfBounds, "undefined"));
        assert!(named(TrapCode::IndirectCallToNull, "uninitialized element 7"));
        assert!(!named(TrapCode::IndirectCallToNull, "uninitialized elements"));
        assert!(!named(TrapCode::IntegerOverflow, "integer divide by zero"));
        assert!(is_sentence(None, "no such file", "no such"));
    }
}
