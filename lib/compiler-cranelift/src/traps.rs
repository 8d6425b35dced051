//! Trap codes of the runtime as codes of Cranelift, and back.
//!
//! Cranelift has five codes of its own, which its lowerings of division and conversion use. All others are *user
//! codes*: the number of ours plus one, because Cranelift's are not zero.

use cranelift_codegen::ir;
use wasmer_types::TrapCode;

/// Cranelift's own codes.
const RESERVED: [(TrapCode, ir::TrapCode); 5] = [
    (TrapCode::StackOverflow, ir::TrapCode::STACK_OVERFLOW),
    (TrapCode::HeapAccessOutOfBounds, ir::TrapCode::HEAP_OUT_OF_BOUNDS),
    (TrapCode::IntegerOverflow, ir::TrapCode::INTEGER_OVERFLOW),
    (TrapCode::IntegerDivisionByZero, ir::TrapCode::INTEGER_DIVISION_BY_ZERO),
    (TrapCode::BadConversionToInteger, ir::TrapCode::BAD_CONVERSION_TO_INTEGER),
];

/// The code for the IR.
pub(crate) const fn to_ir(code: TrapCode) -> ir::TrapCode {
    let mut i = 0;
    while i < RESERVED.len() {
        if RESERVED[i].0 as u8 == code as u8 {
            return RESERVED[i].1;
        }
        i += 1;
    }
    ir::TrapCode::unwrap_user(code as u8 + 1)
}

/// The code for the runtime, or `None` for one that [`to_ir`] does not yield.
pub(crate) fn from_ir(code: ir::TrapCode) -> Option<TrapCode> {
    match RESERVED.iter().find(|(_, reserved)| *reserved == code) {
        Some((code, _)) => Some(*code),
        None => TrapCode::from_u8(code.as_raw().get() - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for &code in TrapCode::ALL {
            assert_eq!(from_ir(to_ir(code)), Some(code));
        }
        assert_eq!(from_ir(ir::TrapCode::unwrap_user(200)), None);
    }
}
