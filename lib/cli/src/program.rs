//! The program that is run, and what it is given.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use wasmer::{Function, Instance, Module, Store, Type, Value, imports};
use wasmer_wasix::{WasiEnv, WasiRuntimeError, is_wasi_module};

use crate::artifact;
use crate::report::Output;

/// A program with its arguments, directories and variables.
#[derive(Args, Debug)]
pub(crate) struct Program {
    /// The program
    pub(crate) input: PathBuf,

    /// Arguments for the guest; `--` before the first one that begins with `-`
    args: Vec<String>,

    /// Call this export in place of `_start`
    #[arg(short, long, value_name = "NAME")]
    invoke: Option<String>,

    #[command(flatten)]
    wasi: WasiOptions,
}

/// What a WASI program is given.
#[derive(Args, Debug)]
#[command(next_help_heading = "WASI")]
struct WasiOptions {
    /// Give the guest a directory, under the same name
    #[arg(long = "dir", value_name = "DIR")]
    dirs: Vec<String>,

    /// Give the guest the directory HOST under the name GUEST (the same name if there is no GUEST)
    #[arg(long = "volume", value_name = "HOST[:GUEST]", value_parser = Volume::parse)]
    volumes: Vec<Volume>,

    /// Give the guest the directory HOST under the name GUEST (old form of --volume)
    #[arg(long = "mapdir", value_name = "GUEST:HOST", value_parser = Volume::parse_mapdir, hide = true)]
    mapdirs: Vec<Volume>,

    /// Set an environment variable of the guest
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable)]
    variables: Vec<(String, String)>,
}

/// A directory of the host and its name in the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Volume {
    host: PathBuf,
    guest: String,
}

impl Volume {
    /// `HOST[:GUEST]`, split at the last colon.
    fn parse(text: &str) -> Result<Self, String> {
        let (host, guest) = text.rsplit_once(':').unwrap_or((text, text));
        Self::new(host, guest)
    }

    /// `GUEST:HOST` or `GUEST::HOST`.
    fn parse_mapdir(text: &str) -> Result<Self, String> {
        let (guest, host) =
            text.split_once("::").or_else(|| text.split_once(':')).ok_or("expected GUEST:HOST")?;
        Self::new(host, guest)
    }

    fn new(host: &str, guest: &str) -> Result<Self, String> {
        if host.is_empty() || guest.is_empty() {
            return Err("expected HOST:GUEST with both names".to_owned());
        }
        Ok(Self { host: host.into(), guest: guest.to_owned() })
    }
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

impl Program {
    /// Runs `module`, which is the input.
    pub(crate) fn run(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        let outcome = match is_wasi_module(module) {
            true => self.run_wasi(store, module.clone()),
            false => self.run_plain(store, module),
        };
        outcome.map_err(|error| artifact::explain(error, &self.input))
    }

    /// Runs a program that uses WASI; the exit code is the guest's.
    fn run_wasi(&self, store: &mut Store, module: Module) -> anyhow::Result<ExitCode> {
        match self.start_wasi(store, module) {
            Ok(code) => Ok(code),
            Err(error) => {
                let exit = error.chain().find_map(|cause| {
                    cause.downcast_ref::<WasiRuntimeError>().and_then(|e| e.as_exit_code())
                });
                exit.map(|code| ExitCode::from(i32::from(code) as u8)).ok_or(error)
            }
        }
    }

    fn start_wasi(&self, store: &mut Store, module: Module) -> anyhow::Result<ExitCode> {
        let mut builder = WasiEnv::builder(self.input.display().to_string());
        let mut args = self.args.as_slice();
        if self.invoke.is_some() {
            args = &[];
        }
        builder.add_args(args);
        builder.add_envs(self.wasi.variables.iter().map(|(key, value)| (key, value)));
        for volume in self.volumes() {
            builder.add_map_dir(&volume.guest, &volume.host).with_context(|| {
                format!("unable to give the guest the directory `{}`", volume.host.display())
            })?;
        }
        let Some(name) = &self.invoke else {
            builder.run_with_store(module, store)?;
            return Ok(ExitCode::SUCCESS);
        };
        let (instance, _env) = builder.instantiate(module, store)?;
        self.invoke(store, &instance, name).map_err(|error| match error.downcast() {
            Ok(trap) => anyhow::Error::from(WasiRuntimeError::Runtime(trap)),
            Err(error) => error,
        })
    }

    fn volumes(&self) -> Vec<Volume> {
        let dirs = self.wasi.dirs.iter().map(|dir| Volume { host: dir.into(), guest: dir.clone() });
        let mapped = self.wasi.volumes.iter().chain(&self.wasi.mapdirs).cloned();
        dirs.chain(mapped).collect()
    }

    /// Runs a module that imports nothing.
    fn run_plain(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        let instance = Instance::new(store, module, &imports! {})
            .with_context(|| foreign_host_hint(module, &self.input))?;
        self.invoke(store, &instance, self.invoke.as_deref().unwrap_or("_start"))
    }

    /// Calls an export with the arguments of the command line and prints the results.
    fn invoke(
        &self,
        store: &mut Store,
        instance: &Instance,
        name: &str,
    ) -> anyhow::Result<ExitCode> {
        let function = instance.exports.get_function(name).map_err(|_| match name {
            "_start" => anyhow!(
                "The module doesn't export a \"_start\" function. Name the function to call with --invoke"
            ),
            name => anyhow!("The module doesn't export a function named \"{name}\""),
        })?;
        let values = self.parse_arguments(store, function)?;
        let results = function.call(store, &values)?;
        let words: Vec<String> = results.iter().map(Value::to_string).collect();
        writeln!(Output::new(), "{}", words.join(" "))?;
        Ok(ExitCode::SUCCESS)
    }

    fn parse_arguments(&self, store: &Store, function: &Function) -> anyhow::Result<Vec<Value>> {
        let ty = function.ty(store);
        let (expected, given) = (ty.params().len(), self.args.len());
        if expected != given {
            let noun = if expected == 1 { "argument" } else { "arguments" };
            bail!("Function expected {expected} {noun}, but received {given}");
        }
        ty.params().iter().zip(&self.args).map(|(&ty, text)| parse_value(ty, text)).collect()
    }
}

/// Reads a value of type `ty` in Rust's decimal syntax.
fn parse_value(ty: Type, text: &str) -> anyhow::Result<Value> {
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

/// Names the host that a module with such imports was made for, as far as they tell.
fn foreign_host_hint(module: &Module, path: &Path) -> String {
    /// Module names that imports begin with, and who makes them.
    const HOSTS: [(&str, &str); 5] = [
        ("wbg", "wasm-bindgen, which needs its JavaScript glue"),
        ("__wbindgen_placeholder__", "wasm-bindgen, which needs its JavaScript glue"),
        ("gojs", "Go for JavaScript; build it with GOOS=wasip1 to run it here"),
        ("go", "Go for JavaScript; build it with GOOS=wasip1 to run it here"),
        ("env", "Emscripten or another embedder; with Emscripten, link with -sSTANDALONE_WASM"),
    ];
    let name = path.display();
    let hint = module
        .imports()
        .find_map(|import| HOSTS.iter().find(|(module, _)| import.module() == *module));
    match hint {
        Some((_, host)) => format!("unable to start `{name}`, which looks made for {host}"),
        None => format!("unable to start `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes() {
        let volume = |host: &str, guest: &str| Volume { host: host.into(), guest: guest.into() };
        assert_eq!(Volume::parse("/tmp:data"), Ok(volume("/tmp", "data")));
        assert_eq!(Volume::parse("a:b:/"), Ok(volume("a:b", "/")));
        assert_eq!(Volume::parse("."), Ok(volume(".", ".")));
        assert_eq!(Volume::parse_mapdir("data::/tmp"), Ok(volume("/tmp", "data")));
        assert!(Volume::parse("/tmp:").is_err());
        assert!(Volume::parse_mapdir("data").is_err());
    }

    #[test]
    fn variables() {
        assert_eq!(parse_variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        for bad in ["A", "=b", "A="] {
            assert!(parse_variable(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values() {
        assert_eq!(parse_value(Type::I32, "-7").unwrap(), Value::I32(-7));
        assert_eq!(parse_value(Type::F64, "1.5").unwrap(), Value::F64(1.5));
        let error = parse_value(Type::I32, "abc").unwrap_err();
        assert_eq!(error.to_string(), "Unable to convert \"abc\" to I32");
        assert!(parse_value(Type::ExternRef, "null").is_err());
    }
}
