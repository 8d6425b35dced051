//! Values in scripts: arguments, and patterns that results must match.

use std::fmt::Write as _;

use wasmer::{ExternRef, Store, Value};
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

/// The value that an argument denotes.
pub(crate) fn argument(store: &mut Store, arg: &WastArg<'_>) -> Result<Value, String> {
    let WastArg::Core(arg) = arg else {
        return Err(format!("an argument of a component: {arg:?}"));
    };
    Ok(match arg {
        WastArgCore::I32(value) => Value::I32(*value),
        WastArgCore::I64(value) => Value::I64(*value),
        WastArgCore::F32(value) => Value::F32(f32::from_bits(value.bits)),
        WastArgCore::F64(value) => Value::F64(f64::from_bits(value.bits)),
        WastArgCore::V128(value) => Value::V128(u128::from_le_bytes(value.to_le_bytes())),
        WastArgCore::RefNull(ty) => match hierarchy(ty) {
            Some(Hierarchy::Function) => Value::FuncRef(None),
            Some(Hierarchy::Extern) => Value::ExternRef(None),
            Some(Hierarchy::Exception) => Value::ExceptionRef(None),
            None => return Err(format!("an argument of unsupported type: {arg:?}")),
        },
        WastArgCore::RefExtern(host) => Value::ExternRef(Some(ExternRef::new(store, *host))),
        WastArgCore::RefHost(_) => return Err(format!("an argument of unsupported type: {arg:?}")),
    })
}

/// Which of the disjoint hierarchies of references a type belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hierarchy {
    Function,
    Extern,
    Exception,
}

fn hierarchy(ty: &HeapType<'_>) -> Option<Hierarchy> {
    use AbstractHeapType as Heap;
    let HeapType::Abstract { ty, .. } = ty else {
        return None;
    };
    Some(match ty {
        Heap::Func | Heap::NoFunc => Hierarchy::Function,
        Heap::Extern | Heap::NoExtern => Hierarchy::Extern,
        Heap::Exn | Heap::NoExn => Hierarchy::Exception,
        _ => return None,
    })
}

/// Whether `value` is what the script expects.
pub(crate) fn matches(store: &Store, value: &Value, expected: &WastRet<'_>) -> bool {
    match expected {
        WastRet::Core(pattern) => matches_pattern(store, value, pattern),
        _ => false,
    }
}

fn matches_pattern(store: &Store, value: &Value, pattern: &WastRetCore<'_>) -> bool {
    match (value, pattern) {
        (_, WastRetCore::Either(patterns)) => {
            patterns.iter().any(|pattern| matches_pattern(store, value, pattern))
        }
        (Value::I32(value), WastRetCore::I32(expected)) => value == expected,
        (Value::I64(value), WastRetCore::I64(expected)) => value == expected,
        (Value::F32(value), WastRetCore::F32(expected)) => matches_float(value.to_bits(), expected),
        (Value::F64(value), WastRetCore::F64(expected)) => matches_float(value.to_bits(), expected),
        (Value::V128(value), WastRetCore::V128(expected)) => {
            matches_vector(value.to_le_bytes(), expected)
        }
        (Value::FuncRef(value), WastRetCore::RefNull(ty)) => {
            value.is_none() && is_null_of(ty, Hierarchy::Function)
        }
        (Value::ExternRef(value), WastRetCore::RefNull(ty)) => {
            value.is_none() && is_null_of(ty, Hierarchy::Extern)
        }
        (Value::ExceptionRef(value), WastRetCore::RefNull(ty)) => {
            value.is_none() && is_null_of(ty, Hierarchy::Exception)
        }
        (Value::FuncRef(value), WastRetCore::RefFunc(_)) => value.is_some(),
        (Value::ExternRef(Some(value)), WastRetCore::RefExtern(expected)) => {
            expected.is_none_or(|expected| value.downcast::<u32>(store) == Some(&expected))
        }
        _ => false,
    }
}

fn is_null_of(ty: &Option<HeapType<'_>>, found: Hierarchy) -> bool {
    ty.as_ref().is_none_or(|ty| hierarchy(ty) == Some(found))
}

/// A float of the text format and its bits.
trait Float {
    type Bits: Copy + PartialEq + std::ops::BitAnd<Output = Self::Bits>;
    /// All bits but the sign.
    const MAGNITUDE: Self::Bits;
    /// Exponent all ones, most significant bit of the payload set: the canonical NaN, and the bits that
    /// every arithmetic NaN has.
    const QUIET_NAN: Self::Bits;

    fn bits(&self) -> Self::Bits;
}

macro_rules! floats {
    ($($ty:ident $bits:ident $magnitude:literal $quiet_nan:literal;)*) => {$(
        impl Float for $ty {
            type Bits = $bits;
            const MAGNITUDE: $bits = $magnitude;
            const QUIET_NAN: $bits = $quiet_nan;

            fn bits(&self) -> $bits {
                self.bits
            }
        }
    )*};
}

floats! {
    F32 u32 0x7fff_ffff 0x7fc0_0000;
    F64 u64 0x7fff_ffff_ffff_ffff 0x7ff8_0000_0000_0000;
}

fn matches_float<T: Float>(bits: T::Bits, pattern: &NanPattern<T>) -> bool {
    match pattern {
        NanPattern::CanonicalNan => bits & T::MAGNITUDE == T::QUIET_NAN,
        NanPattern::ArithmeticNan => bits & T::QUIET_NAN == T::QUIET_NAN,
        NanPattern::Value(expected) => bits == expected.bits(),
    }
}

fn matches_vector(bytes: [u8; 16], pattern: &V128Pattern) -> bool {
    match pattern {
        V128Pattern::I8x16(lanes) => lanes.map(|lane| lane as u8) == bytes,
        V128Pattern::I16x8(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::I32x4(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::I64x2(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::F32x4(lanes) => {
            let (found, _) = bytes.as_chunks();
            lanes
                .iter()
                .zip(found)
                .all(|(lane, bits)| matches_float(u32::from_le_bytes(*bits), lane))
        }
        V128Pattern::F64x2(lanes) => {
            let (found, _) = bytes.as_chunks();
            lanes
                .iter()
                .zip(found)
                .all(|(lane, bits)| matches_float(u64::from_le_bytes(*bits), lane))
        }
    }
}

/// Values as a script would write them; floats with their bits, vectors by lanes of `like`'s shape.
pub(crate) fn describe(store: &Store, values: &[Value], like: &[WastRet<'_>]) -> String {
    list(values.iter().enumerate().map(|(i, value)| describe_value(store, value, like.get(i))))
}

fn describe_value(store: &Store, value: &Value, like: Option<&WastRet<'_>>) -> String {
    match value {
        Value::I32(value) => format!("(i32.const {value})"),
        Value::I64(value) => format!("(i64.const {value})"),
        Value::F32(value) => format!("(f32.const {value} = {:#010x})", value.to_bits()),
        Value::F64(value) => format!("(f64.const {value} = {:#018x})", value.to_bits()),
        Value::V128(value) => format!("(v128.const {})", lanes(value.to_le_bytes(), like)),
        Value::FuncRef(None) => "(ref.null func)".to_owned(),
        Value::FuncRef(Some(_)) => "(ref.func)".to_owned(),
        Value::ExternRef(None) => "(ref.null extern)".to_owned(),
        Value::ExternRef(Some(value)) => match value.downcast::<u32>(store) {
            Some(host) => format!("(ref.extern {host})"),
            None => "(ref.extern)".to_owned(),
        },
        Value::ExceptionRef(None) => "(ref.null exn)".to_owned(),
        Value::ExceptionRef(Some(_)) => "(ref.exn)".to_owned(),
    }
}

fn lanes(bytes: [u8; 16], like: Option<&WastRet<'_>>) -> String {
    let (shape, width) = match like {
        Some(WastRet::Core(WastRetCore::V128(pattern))) => match pattern {
            V128Pattern::I8x16(_) => ("i8x16", 1),
            V128Pattern::I16x8(_) => ("i16x8", 2),
            V128Pattern::I32x4(_) => ("i32x4", 4),
            V128Pattern::I64x2(_) => ("i64x2", 8),
            V128Pattern::F32x4(_) => ("f32x4", 4),
            V128Pattern::F64x2(_) => ("f64x2", 8),
        },
        _ => ("i8x16", 1),
    };
    let mut text = shape.to_owned();
    for lane in bytes.chunks(width) {
        text.push_str(" 0x");
        for byte in lane.iter().rev() {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
        }
    }
    text
}

/// The patterns as a script would write them.
pub(crate) fn describe_expected(expected: &[WastRet<'_>]) -> String {
    list(expected.iter().map(|expected| match expected {
        WastRet::Core(pattern) => describe_pattern(pattern),
        other => format!("{other:?}"),
    }))
}

fn describe_pattern(pattern: &WastRetCore<'_>) -> String {
    match pattern {
        WastRetCore::I32(value) => format!("(i32.const {value})"),
        WastRetCore::I64(value) => format!("(i64.const {value})"),
        WastRetCore::F32(value) => format!("(f32.const {})", describe_f32(value)),
        WastRetCore::F64(value) => format!("(f64.const {})", describe_f64(value)),
        WastRetCore::V128(value) => format!("(v128.const {})", describe_vector(value)),
        WastRetCore::RefNull(None) => "(ref.null)".to_owned(),
        WastRetCore::RefExtern(Some(host)) => format!("(ref.extern {host})"),
        WastRetCore::RefExtern(None) => "(ref.extern)".to_owned(),
        WastRetCore::RefFunc(_) => "(ref.func)".to_owned(),
        WastRetCore::Either(patterns) => {
            format!("(either {})", list(patterns.iter().map(describe_pattern)))
        }
        other => format!("{other:?}"),
    }
}

fn describe_f32(pattern: &NanPattern<F32>) -> String {
    describe_float(pattern, |value| {
        format!("{} = {:#010x}", f32::from_bits(value.bits), value.bits)
    })
}

fn describe_f64(pattern: &NanPattern<F64>) -> String {
    describe_float(pattern, |value| {
        format!("{} = {:#018x}", f64::from_bits(value.bits), value.bits)
    })
}

fn describe_float<T>(pattern: &NanPattern<T>, describe: impl Fn(&T) -> String) -> String {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical".to_owned(),
        NanPattern::ArithmeticNan => "nan:arithmetic".to_owned(),
        NanPattern::Value(value) => describe(value),
    }
}

fn describe_vector(pattern: &V128Pattern) -> String {
    fn row<T>(shape: &str, lanes: &[T], describe: impl Fn(&T) -> String) -> String {
        format!("{shape} {}", list(lanes.iter().map(describe)))
    }
    match pattern {
        V128Pattern::I8x16(lanes) => row("i8x16", lanes, |lane| format!("{lane:#04x}")),
        V128Pattern::I16x8(lanes) => row("i16x8", lanes, |lane| format!("{lane:#06x}")),
        V128Pattern::I32x4(lanes) => row("i32x4", lanes, |lane| format!("{lane:#010x}")),
        V128Pattern::I64x2(lanes) => row("i64x2", lanes, |lane| format!("{lane:#018x}")),
        V128Pattern::F32x4(lanes) => row("f32x4", lanes, |lane| {
            describe_float(lane, |value| format!("{:#010x}", value.bits))
        }),
        V128Pattern::F64x2(lanes) => row("f64x2", lanes, |lane| {
            describe_float(lane, |value| format!("{:#018x}", value.bits))
        }),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_patterns() {
        let canonical = NanPattern::<F32>::CanonicalNan;
        let arithmetic = NanPattern::<F32>::ArithmeticNan;
        assert!(matches_float(0x7fc0_0000, &canonical) && matches_float(0xffc0_0000, &canonical));
        assert!(!matches_float(0x7fc0_0001, &canonical) && matches_float(0x7fc0_0001, &arithmetic));
        assert!(!matches_float(0x7fa0_0000, &arithmetic), "a signalling NaN is not arithmetic");
        assert!(!matches_float(0x7f80_0000, &arithmetic), "infinity is not a NaN");
        let negative_zero = NanPattern::Value(F64 { bits: 1 << 63 });
        assert!(matches_float(1 << 63, &negative_zero) && !matches_float(0, &negative_zero));
    }

    #[test]
    fn vectors_match_by_lane() {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&0x7fc0_0000u32.to_le_bytes());
        bytes[12..].copy_from_slice(&1.5f32.to_bits().to_le_bytes());
        let value = |value: f32| NanPattern::Value(F32 { bits: value.to_bits() });
        let expect = |last| {
            V128Pattern::F32x4([NanPattern::CanonicalNan, value(0.0), value(0.0), value(last)])
        };
        assert!(matches_vector(bytes, &expect(1.5)));
        assert!(!matches_vector(bytes, &expect(-1.5)));
        assert!(matches_vector([0xff; 16], &V128Pattern::I16x8([-1; 8])));
        assert!(!matches_vector([0xff; 16], &V128Pattern::I64x2([-1, 0])));
    }
}
