//! Environment variables that a program is given.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap::builder::FalseyValueParser;
use wasmer_wasix::WasiEnvBuilder;

use crate::report::Advice;

/// The variables that a WASI program is given.
#[derive(Args, Debug)]
pub(crate) struct Variables {
    /// Set an environment variable of the guest; the last one of a name counts
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable)]
    given: Vec<(String, String)>,

    /// Set environment variables of the guest from a file, before those of --env
    ///
    /// A line of the file is `KEY=VALUE`, is empty, or begins with `#`. `export` may precede the key. A value may be in
    /// single quotes, in which everything stands for itself, or in double quotes, in which `\n`, `\t`, `\"` and `\\`
    /// have their meaning. Without quotes, ` #` begins a comment.
    #[arg(long = "env-file", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Give the guest all environment variables of wasmer itself, before those of --env-file and --env
    ///
    /// These often have secrets in them: do it for programs that you trust.
    #[arg(long, env = "FORWARD_HOST_ENV", hide_env_values = true, value_parser = FalseyValueParser::new())]
    forward_host_env: bool,
}

/// `KEY=VALUE` with both parts present.
fn parse_variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            Ok((key.to_owned(), value.to_owned()))
        }
        _ => Err("expected KEY=VALUE with a key and a value".to_owned()),
    }
}

impl Variables {
    /// Sets the variables of the guest.
    pub(crate) fn add_to(&self, builder: &mut WasiEnvBuilder) -> anyhow::Result<()> {
        let mut variables: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut set = |key: &[u8], value: &[u8]| {
            variables.retain(|(known, _)| known != key);
            variables.push((key.to_owned(), value.to_owned()));
        };
        if self.forward_host_env {
            for (key, value) in std::env::vars_os().filter(|(key, _)| is_portable(key)) {
                set(key.as_bytes(), value.as_bytes());
            }
        }
        for path in &self.files {
            for (key, value) in read_file(path)? {
                set(key.as_bytes(), value.as_bytes());
            }
        }
        for (key, value) in &self.given {
            set(key.as_bytes(), value.as_bytes());
        }
        builder.add_envs(variables);
        Ok(())
    }
}

/// Whether a guest can have a variable of this name. Names of the host may be any bytes.
fn is_portable(key: &OsString) -> bool {
    key.to_str().is_some_and(|key| !key.is_empty() && !key.contains('='))
}

/// The variables in a file.
fn read_file(path: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("unable to read the variables in `{name}`"))?;
    let mut variables = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match parse_line(line) {
            Ok(variable) => variables.extend(variable),
            Err(expected) => {
                let message = format!("line {} of `{name}`: expected {expected}", index + 1);
                let help = "a line is KEY=VALUE, with the value in quotes if it has spaces around it or ` #` in it";
                return Err(Advice::new(message, help).into());
            }
        }
    }
    Ok(variables)
}

/// The variable that a line of a file sets, if it sets one; else what was expected.
fn parse_line(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = line.split_once('=').ok_or("KEY=VALUE")?;
    let key = key.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err("a name without spaces before `=`");
    }
    if line.contains('\0') {
        return Err("no zero bytes");
    }
    Ok(Some((key.to_owned(), parse_value(value.trim())?)))
}

fn parse_value(text: &str) -> Result<String, &'static str> {
    let (value, rest) = if let Some(quoted) = text.strip_prefix('\'') {
        let (value, rest) = quoted.split_once('\'').ok_or("`'` at the end of the value")?;
        (value.to_owned(), rest)
    } else if let Some(quoted) = text.strip_prefix('"') {
        unescape(quoted)?
    } else {
        let end = text.find(" #").unwrap_or(text.len());
        return Ok(if text.starts_with('#') {
            String::new()
        } else {
            text[..end].trim_end().to_owned()
        });
    };
    let rest = rest.trim_start();
    match rest.is_empty() || rest.starts_with('#') {
        true => Ok(value),
        false => Err("nothing behind the closing quote"),
    }
}

/// The text up to the closing quote, and what is behind it.
fn unescape(quoted: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return Ok((value, chars.as_str())),
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some(other @ ('"' | '\\' | '$')) => value.push(other),
                Some(other) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("`\"` at the end of the value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        assert_eq!(parse_variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        for bad in ["A", "=b", "A="] {
            assert!(parse_variable(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines() {
        let cases = [
            ("A=b", "b"),
            ("  export A = b c ", "b c"),
            ("A=", ""),
            ("A=b#c # d", "b#c"),
            ("A=#b", ""),
            ("A=' b # ' # c", " b # "),
            (r#"A="a\n\"\\\x" "#, "a\n\"\\\\x"),
            ("A=x=y", "x=y"),
            ("A=ä'", "ä'"),
        ];
        for (line, value) in cases {
            assert_eq!(parse_line(line), Ok(Some(("A".into(), value.into()))), "{line}");
        }
        for nothing in ["", "   ", "# A=b"] {
            assert_eq!(parse_line(nothing), Ok(None));
        }
        for bad in ["A", "=b", "A B=c", "A='b", "A=\"b", "A=\"b\\", "A='b' c", "A=\0"] {
            assert!(parse_line(bad).is_err(), "{bad}");
        }
    }
}
