//! System calls as events of the crate `tracing`, a line each, as `strace` shows those of an operating system:
//!
//! ```text
//! path_open(fd=3, flags=symlink_follow, path="a.txt", oflags=0, …, opened=0x1f0) = success, opened=4
//! fd_read(fd=4, iovs=0x1f8, iovs_len=1, nread=0x1f4) = success, nread=5 "hello"
//! path_unlink_file(fd=3, path="b.txt") = noent
//! ```
//!
//! Whether somebody listens to [`TARGET`] at level `TRACE` is asked when the imports of a guest are made. If nobody does,
//! its calls are the plain functions, which know nothing of this.

use std::fmt::Write;
use std::time::Instant;

use tracing::Level;
use wasmer::{AsStoreMut, Function, FunctionEnv, FunctionEnvMut, RuntimeError, Value};

use crate::bindings::with_memory;
use crate::env::WasiEnv;
use crate::memory::{GuestMemory, GuestPtr};
use crate::syscalls::table::for_each_syscall;
use crate::types::{Errno, Fdflags, Fstflags, IOVEC_SIZE, Lookupflags, Oflags};

/// The target of the events.
const TARGET: &str = "wasmer_wasix::syscalls";

/// No more bytes of a path, or of what is read or written, are shown.
const SHOWN: usize = 48;

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Signed,
    Pointer,
    /// The address of a path, whose length follows.
    Path,
    /// The length of the path before it.
    PathLength,
}

struct Parameter {
    name: &'static str,
    kind: Kind,
}

/// A system call with its parameters.
struct Call {
    name: &'static str,
    parameters: &'static [Parameter],
}

/// What the table of system calls calls the type of a parameter.
macro_rules! kind {
    (ptr) => {
        Kind::Pointer
    };
    (path) => {
        Kind::Path
    };
    (i64) => {
        Kind::Signed
    };
    ($other:ident) => {
        Kind::Number
    };
}

/// Defines `CALLS`.
macro_rules! define_calls {
    ($($versions:ident {$(
        $name:ident = $module:ident :: $call:ident($($besides:ident)*)(
            $($param:ident $(+ $len:ident)?: $type:ident),*);
    )*})*) => {
        /// All system calls.
        static CALLS: &[Call] = &[
            $($(Call { name: stringify!($name), parameters: &[$(
                Parameter { name: stringify!($param), kind: kind!($type) },
                $(Parameter { name: stringify!($len), kind: Kind::PathLength },)?
            )*] },)*)*
            Call { name: "proc_exit", parameters: &[Parameter { name: "code", kind: Kind::Number }] },
            Call { name: "proc_raise", parameters: &[Parameter { name: "signal", kind: Kind::Number }] },
        ];
    };
}

for_each_syscall!(define_calls);

/// Parameters that point to where a result goes, and how many bytes that has.
const RESULTS: &[(&str, usize)] = &[
    ("count", 4),
    ("size", 4),
    ("nread", 4),
    ("nwritten", 4),
    ("received", 4),
    ("sent", 4),
    ("used", 4),
    ("opened", 4),
    ("nevents", 4),
    ("position", 8),
    ("time", 8),
    ("resolution", 8),
];

/// `function`, which is the system call `name`, with an event for each call if somebody listens.
pub(crate) fn traced(
    store: &mut impl AsStoreMut,
    env: &FunctionEnv<WasiEnv>,
    name: &str,
    function: Function,
) -> Function {
    let is_heard = tracing::enabled!(target: TARGET, Level::TRACE);
    let Some(call) = CALLS.iter().find(|call| is_heard && call.name == name) else {
        return function;
    };
    let ty = function.ty(store);
    Function::new_with_env(store, env, ty, move |mut env, values| {
        call.trace(&mut env, &function, values)
    })
}

impl Call {
    fn trace(
        &self,
        env: &mut FunctionEnvMut<'_, WasiEnv>,
        function: &Function,
        values: &[Value],
    ) -> Result<Vec<Value>, RuntimeError> {
        let raw: Vec<u64> = values.iter().map(bits).collect();
        // Before the call: it may overwrite what it is given.
        let mut line = with_memory(env, |_, mem| self.arguments(mem, &raw));
        let start = Instant::now();
        let outcome = function.call(env, values);
        let us = start.elapsed().as_micros() as u64;
        if let Ok(results) = &outcome
            && let [Value::I32(errno)] = **results
        {
            with_memory(env, |_, mem| self.outcome(mem, &raw, errno, &mut line));
        }
        tracing::trace!(target: TARGET, us, "{line}");
        outcome.map(|results| results.into_vec())
    }

    /// The value of a parameter.
    fn value(&self, values: &[u64], name: &str) -> Option<u64> {
        let index = self.parameters.iter().position(|parameter| parameter.name == name)?;
        values.get(index).copied()
    }

    /// `name(parameter=value, …)`
    fn arguments(&self, mem: GuestMemory<'_>, values: &[u64]) -> String {
        let mut text = format!("{}(", self.name);
        let mut separator = "";
        for (index, (Parameter { name, kind }, &value)) in
            self.parameters.iter().zip(values).enumerate()
        {
            let shown = match kind {
                Kind::PathLength => continue,
                Kind::Path => {
                    let length = values.get(index + 1).copied().unwrap_or(0);
                    bytes(mem, value, length).unwrap_or_else(|| format!("{value:#x}+{length}"))
                }
                Kind::Pointer => format!("{value:#x}"),
                Kind::Signed => (value as i64).to_string(),
                Kind::Number => self.number(name, value),
            };
            let _ = write!(text, "{separator}{name}={shown}");
            separator = ", ";
        }
        if matches!(self.name, "fd_write" | "fd_pwrite" | "sock_send")
            && let Some(data) = self.data(mem, values, u64::MAX)
        {
            let _ = write!(text, " {data}");
        }
        text.push(')');
        text
    }

    /// A number, by the names of its bits if they have names.
    fn number(&self, name: &str, value: u64) -> String {
        let names = match name {
            "oflags" => Oflags::try_from(value).map(|flags| flags.to_string()),
            "fdflags" => Fdflags::try_from(value).map(|flags| flags.to_string()),
            "fst_flags" => Fstflags::try_from(value).map(|flags| flags.to_string()),
            "old_flags" => Lookupflags::try_from(value).map(|flags| flags.to_string()),
            "flags" if self.name.starts_with("path_") => {
                Lookupflags::try_from(value).map(|flags| flags.to_string())
            }
            "flags" if self.name == "fd_fdstat_set_flags" => {
                Fdflags::try_from(value).map(|flags| flags.to_string())
            }
            "rights_base" | "rights_inheriting" | "base" | "inheriting" => {
                Ok(format!("{value:#x}"))
            }
            _ => Ok(value.to_string()),
        };
        names.unwrap_or_else(|_| format!("{value:#x}"))
    }

    /// Adds ` = errno, result=value …`.
    fn outcome(&self, mem: GuestMemory<'_>, values: &[u64], errno: i32, text: &mut String) {
        let error = usize::try_from(errno).ok().and_then(|errno| Errno::ALL.get(errno));
        let _ = match error {
            Some(error) => write!(text, " = {}", format!("{error:?}").to_lowercase()),
            None => write!(text, " = {errno}"),
        };
        if errno != 0 {
            return;
        }
        let mut moved = None;
        for (Parameter { name, kind }, &value) in self.parameters.iter().zip(values) {
            let width = RESULTS.iter().find(|(result, _)| result == name);
            let Some(&(_, width)) = width.filter(|_| *kind == Kind::Pointer) else { continue };
            let mut buf = [0; 8];
            if mem.read(value, &mut buf[..width]).is_ok() {
                let result = u64::from_le_bytes(buf);
                let _ = write!(text, ", {name}={result}");
                moved = Some(result);
            }
        }
        let data = match (self.name, moved) {
            ("fd_read" | "fd_pread", Some(read)) => self.data(mem, values, read),
            // What follows its number of bytes is their flags.
            ("sock_recv", _) => self.received(mem, values),
            ("path_readlink", Some(used)) => {
                self.value(values, "buf").and_then(|buf| bytes(mem, buf, used))
            }
            ("fd_prestat_dir_name", _) => self.name_of_directory(mem, values),
            _ => None,
        };
        if let Some(data) = data {
            let _ = write!(text, " {data}");
        }
    }

    fn received(&self, mem: GuestMemory<'_>, values: &[u64]) -> Option<String> {
        let received = mem.read_u32(self.value(values, "received")?).ok()?;
        self.data(mem, values, received.into())
    }

    fn name_of_directory(&self, mem: GuestMemory<'_>, values: &[u64]) -> Option<String> {
        bytes(mem, self.value(values, "path")?, self.value(values, "path_len")?)
    }

    /// The beginning of what is transferred, which has at most `length` bytes.
    fn data(&self, mem: GuestMemory<'_>, values: &[u64], length: u64) -> Option<String> {
        let named = |name| self.value(values, name);
        let start = named("iovs").or_else(|| named("data"))?;
        let count = named("iovs_len").or_else(|| named("data_len"))?;
        let mut found = Vec::new();
        let mut rest = length;
        for index in 0..count.min(SHOWN as u64) {
            let slice = start.checked_add(index * u64::from(IOVEC_SIZE))?;
            let address = mem.read_u32(slice).ok()?;
            let len = u64::from(mem.read_u32(slice.checked_add(4)?).ok()?).min(rest);
            rest -= len;
            let mut buf = [0; SHOWN + 1];
            // One byte more than is shown tells that there are more.
            let part = &mut buf[..len.min((SHOWN + 1 - found.len()) as u64) as usize];
            mem.read(address.into(), part).ok()?;
            found.extend_from_slice(part);
            if found.len() > SHOWN || rest == 0 {
                break;
            }
        }
        Some(quoted(&found))
    }
}

/// A value as the system calls take it, without a sign.
fn bits(value: &Value) -> u64 {
    match *value {
        Value::I32(value) => u64::from(value as u32),
        Value::I64(value) => value as u64,
        _ => 0,
    }
}

/// The beginning of `length` bytes of the guest, in quotes.
fn bytes(mem: GuestMemory<'_>, address: GuestPtr, length: u64) -> Option<String> {
    let mut buf = [0; SHOWN + 1];
    let shown = &mut buf[..length.min(SHOWN as u64 + 1) as usize];
    mem.read(address, shown).ok()?;
    Some(quoted(shown))
}

/// Bytes in quotes, with an ellipsis behind them if there are more than are shown.
fn quoted(bytes: &[u8]) -> String {
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
    format!("{:?}{more}", text)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// The line for a call by these values in this memory.
    fn line(memory: &[u8], name: &str, values: &[u64], errno: i32) -> String {
        let cells: Vec<Cell<u8>> = memory.iter().copied().map(Cell::new).collect();
        let mem = GuestMemory::from_cells(&cells);
        let call = CALLS.iter().find(|call| call.name == name).expect("it exists");
        let mut line = call.arguments(mem, values);
        call.outcome(mem, values, errno, &mut line);
        line
    }

    #[test]
    fn lines() {
        // Two slices at 0, a number at 16, and text.
        let mut memory =
            [24, 0, 0, 0, 6, 0, 0, 0, 30, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0].to_vec();
        memory.extend_from_slice(b"hello world");
        assert_eq!(
            line(&memory, "fd_write", &[1, 0, 2, 16], 0),
            r#"fd_write(fd=1, iovs=0x0, iovs_len=2, nwritten=0x10 "hello world") = success, nwritten=8"#
        );
        assert_eq!(
            line(&memory, "fd_read", &[0, 0, 2, 16], 0),
            r#"fd_read(fd=0, iovs=0x0, iovs_len=2, nread=0x10) = success, nread=8 "hello wo""#
        );
        assert_eq!(
            line(&memory, "path_open", &[3, 1, 24, 5, 9, 3, 0, 4, 16], 44),
            "path_open(fd=3, flags=symlink_follow, path=\"hello\", oflags=creat|trunc, rights_base=0x3, \
             rights_inheriting=0x0, fdflags=nonblock, opened=0x10) = noent"
        );
        assert_eq!(
            line(&memory, "fd_seek", &[4, -3_i64 as u64, 1, 16], 0),
            "fd_seek(fd=4, offset=-3, whence=1, position=0x10) = success, position=8"
        );
    }

    #[test]
    fn wild_values() {
        for call in CALLS {
            for value in [0, 1, 7, u64::from(u32::MAX), u64::MAX] {
                for errno in [0, 8, 77, -1] {
                    let values = vec![value; call.parameters.len()];
                    assert!(line(&[255; 64], call.name, &values, errno).starts_with(call.name));
                }
            }
        }
        let long = line(&[b'x'; 100], "path_unlink_file", &[3, 0, 100], 0);
        assert!(long.contains(&format!("\"{}\"…", "x".repeat(SHOWN))), "{long}");
        assert!(line(&[0], "path_unlink_file", &[3, 9, 9], 21).contains("path=0x9+9) = fault"));
    }
}
