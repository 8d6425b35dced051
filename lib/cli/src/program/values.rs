//! Arguments of functions that are called by name.

use std::ffi::{OsStr, OsString};

use anyhow::{Context, bail};
use wasmer::{FunctionType, Type, Value};

use crate::report::Advice;

/// Reads the arguments of a function of type `ty`.
///
/// # Errors
///
/// When there are too many or too few, or one is not of its type.
pub(crate) fn parse(
    name: &str,
    ty: &FunctionType,
    args: &[OsString],
) -> anyhow::Result<Vec<Value>> {
    let (expected, given) = (ty.params().len(), args.len());
    if expected != given {
        let noun = if expected == 1 { "argument" } else { "arguments" };
        let message = format!("Function expected {expected} {noun}, but received {given}");
        return Err(Advice::new(message, usage(name, ty)).into());
    }
    let values = ty.params().iter().zip(args).map(|(&ty, text)| parse_value(ty, text));
    values.collect::<anyhow::Result<_>>().map_err(|error| Advice::on(error, usage(name, ty)))
}

/// How the function is called.
fn usage(name: &str, ty: &FunctionType) -> String {
    let params: Vec<String> = ty.params().iter().map(|ty| format!("<{ty}>")).collect();
    let results: Vec<String> = ty.results().iter().map(Type::to_string).collect();
    let results = if results.is_empty() { "nothing".to_owned() } else { results.join(" ") };
    let dashes = if params.is_empty() { "" } else { " -- " };
    format!("call it with `--invoke {name} FILE{dashes}{}`; it returns {results}", params.join(" "))
}

/// Reads a value of type `ty` in Rust's decimal syntax.
fn parse_value(ty: Type, text: &OsStr) -> anyhow::Result<Value> {
    let text = &*text.to_string_lossy();
    let failure = || format!("Unable to convert \"{text}\" to {ty}");
    Ok(match ty {
        Type::I32 => Value::I32(text.parse().with_context(failure)?),
        Type::I64 => Value::I64(text.parse().with_context(failure)?),
        Type::F32 => Value::F32(text.parse().with_context(failure)?),
        Type::F64 => Value::F64(text.parse().with_context(failure)?),
        Type::V128 => Value::V128(text.parse().with_context(failure)?),
        _ => bail!("There is no known conversion from \"{text}\" to {ty}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let parse_value = |ty, text: &str| parse_value(ty, text.as_ref());
        assert_eq!(parse_value(Type::I32, "-7").unwrap(), Value::I32(-7));
        assert_eq!(parse_value(Type::F64, "1.5").unwrap(), Value::F64(1.5));
        let error = parse_value(Type::I32, "abc").unwrap_err();
        assert_eq!(error.to_string(), "Unable to convert \"abc\" to I32");
        assert!(parse_value(Type::ExternRef, "null").is_err());
    }

    #[test]
    fn usages() {
        let ty = FunctionType::new([Type::I32, Type::F64], [Type::I64]);
        assert_eq!(
            usage("f", &ty),
            "call it with `--invoke f FILE -- <I32> <F64>`; it returns I64"
        );
        let ty = FunctionType::new([], []);
        assert_eq!(usage("g", &ty), "call it with `--invoke g FILE`; it returns nothing");
    }
}
