//! The program that is run, and what it is given.

#[cfg(feature = "coredump")]
mod coredump;
mod cwd;
mod elsewhere;
mod foreign;
mod limits;
mod stdin;
mod values;
mod variables;
mod volume;

use std::ffi::OsString;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use wasmer::{ExportType, ExternType, Instance, Module, RuntimeError, Store, Value, imports};
use wasmer_wasix::{WasiEnv, WasiError, WasiRuntimeError, get_wasi_versions, is_wasi_module};

use self::elsewhere::{Elsewhere, WithoutEffect};
use self::limits::{Limits, TimedOut};
use self::stdin::Stdin;
use self::variables::Variables;
use self::volume::Volumes;
#[cfg(feature = "coredump")]
use crate::report;
use crate::report::{Advice, Output};
use crate::{artifact, input, signals};

/// A program with its arguments, directories and variables.
#[derive(Args, Debug)]
pub(crate) struct Program {
    /// The program: a file, or `-` for standard input
    pub(crate) input: PathBuf,

    /// Arguments for the guest; `--` before the first one that begins with `-`
    args: Vec<OsString>,

    /// Call this export in place of `_start`, with ARGS as its parameters, and print its results
    #[arg(short, long, value_name = "NAME")]
    invoke: Option<String>,

    /// When the guest traps, write its frames and memories to a file for debuggers
    ///
    /// The file is a WebAssembly core dump, as docs/cli.md describes.
    #[cfg(feature = "coredump")]
    #[arg(long, value_name = "FILE")]
    coredump_on_trap: Option<PathBuf>,

    #[command(flatten)]
    wasi: WasiOptions,

    #[command(flatten)]
    pub(crate) limits: Limits,

    #[command(flatten)]
    elsewhere: Elsewhere,

    #[command(flatten)]
    _without_effect: WithoutEffect,
}

/// What a WASI program is given.
#[derive(Args, Debug)]
#[command(next_help_heading = "WASI")]
struct WasiOptions {
    /// What the guest is called, its argument 0 [default: the program as given]
    #[arg(long, value_name = "NAME")]
    argv0: Option<String>,

    #[command(flatten)]
    volumes: Volumes,

    #[command(flatten)]
    variables: Variables,

    /// Where the guest's standard input comes from: a file, `null` for none, `inherit` for that of wasmer
    ///
    /// A file of the name `null` is `./null`.
    #[arg(long, value_name = "SOURCE", default_value = "inherit", hide_default_value = true)]
    stdin: Stdin,

    /// Give the guest a socket that listens at ADDRESS; its descriptors follow those of the directories
    ///
    /// It is all of networking that programs of WASI preview 1 know: they accept connections (`sock_accept`), and can't
    /// open any.
    #[arg(long = "listen", value_name = "HOST:PORT", alias = "tcplisten")]
    listen: Vec<String>,

    /// Refuse modules that import from several versions of WASI
    #[arg(long)]
    deny_multiple_wasi_versions: bool,
}

impl Program {
    /// Fails if there is an option that can't be used.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        self.elsewhere.check()
    }

    /// Runs `module`, which is the input.
    pub(crate) fn run(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        self.limits.apply(store)?;
        let clock = self.limits.start_clock(store);
        let outcome = match is_wasi_module(module) {
            true => self.run_wasi(store, module),
            false => self.run_plain(store, module),
        };
        outcome.map_err(|error| {
            let error = match &clock {
                Some(clock) => clock.explain(error),
                None => error,
            };
            artifact::explain(error, &self.input)
        })
    }

    /// Runs a program that uses WASI; the exit code is the guest's.
    fn run_wasi(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        if self.wasi.listen.is_empty() {
            // What writes to a pipe that nobody reads ends as any program does; a server goes on.
            signals::end_at_closed_pipes();
        }
        let versions = get_wasi_versions(module, false).map_or(0, |versions| versions.len());
        if self.wasi.deny_multiple_wasi_versions && versions > 1 {
            let name = input::name(&self.input);
            let message = format!("`{name}` imports from {versions} versions of WASI");
            let help = "build all parts of it with the same tools, or leave out --deny-multiple-wasi-versions";
            return Err(Advice::new(message, help).into());
        }
        match self.start_wasi(store, module) {
            Ok(code) => Ok(code),
            Err(error) => exit_code(&error).ok_or(error),
        }
    }

    fn start_wasi(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        let input = || self.input.display().to_string();
        let mut builder = WasiEnv::builder(self.wasi.argv0.clone().unwrap_or_else(input));
        if self.invoke.is_none() {
            builder.add_args(self.args.iter().map(|arg| arg.as_bytes()));
        }
        self.wasi.variables.add_to(&mut builder)?;
        self.wasi.volumes.add_to(&mut builder)?;
        self.wasi.stdin.add_to(&mut builder)?;
        for address in &self.wasi.listen {
            let failure = || format!("unable to listen at `{address}`");
            let socket = TcpListener::bind(address).with_context(failure)?;
            builder.add_preopen_socket(socket)?;
        }
        let (instance, env) = builder.instantiate(module.clone(), store).map_err(|error| {
            let foreign = matches!(error, WasiRuntimeError::Instantiation(_));
            let error = self.unable_to_start(error.into(), module, foreign);
            self.dump(error, store, None)
        })?;
        let result =
            self.limits.fill_up(store, &instance).and_then(|()| self.enter(store, &instance));
        env.on_exit(store, None);
        result
    }

    /// Runs a module that imports nothing.
    fn run_plain(&self, store: &mut Store, module: &Module) -> anyhow::Result<ExitCode> {
        let instance = Instance::new(store, module, &imports! {})
            .map_err(|error| self.unable_to_start(error.into(), module, true))
            .map_err(|error| self.dump(error, store, None))?;
        self.limits.fill_up(store, &instance)?;
        self.enter(store, &instance)
    }

    /// `error`, with the host that the module was made for if that may be why.
    fn unable_to_start(
        &self,
        error: anyhow::Error,
        module: &Module,
        foreign: bool,
    ) -> anyhow::Error {
        let is_link_error = error.chain().any(|cause| {
            let cause = cause.downcast_ref::<wasmer::InstantiationError>();
            matches!(cause, Some(wasmer::InstantiationError::Link(_)))
        });
        let name = input::name(&self.input);
        match foreign::host_of(module).filter(|_| foreign && is_link_error) {
            Some(host) => {
                let message =
                    format!("unable to start `{name}`, which looks made for {}", host.name);
                error.context(Advice::new(message, host.help))
            }
            None => error.context(format!("unable to start `{name}`")),
        }
    }

    /// Writes a core dump if `error` is a trap and one is wanted. If that fails, `error` says so, too.
    #[cfg(feature = "coredump")]
    fn dump(
        &self,
        error: anyhow::Error,
        store: &mut Store,
        instance: Option<&Instance>,
    ) -> anyhow::Error {
        let (Some(path), Some(trap)) = (&self.coredump_on_trap, trap_of(&error)) else {
            return error;
        };
        if trap.is::<WasiError>() {
            // The guest has ended itself.
            return error;
        }
        match coredump::write(path, &input::name(&self.input), store, instance, trap) {
            Ok(()) => {
                report::note(format_args!("core dump written to `{}`", path.display()));
                error
            }
            Err(failure) => error.context(format!("{failure:#}")),
        }
    }

    #[cfg(not(feature = "coredump"))]
    fn dump(&self, error: anyhow::Error, _: &mut Store, _: Option<&Instance>) -> anyhow::Error {
        error
    }

    /// Calls what is to be called. The results of a function that was named are printed.
    fn enter(&self, store: &mut Store, instance: &Instance) -> anyhow::Result<ExitCode> {
        let name = self.invoke.as_deref().unwrap_or("_start");
        let function = instance
            .exports
            .get_function(name)
            .map_err(|_| missing_export(self.invoke.as_deref(), instance.module()))?;
        let ty = function.ty(store);
        let is_wasi_start = self.invoke.is_none() && is_wasi_module(instance.module());
        let args = if is_wasi_start { &[] } else { self.args.as_slice() };
        let values = values::parse(name, &ty, args)?;
        let called = function.call(store, &values);
        let results = called.map_err(|error| {
            let error = self.dump(error.into(), store, Some(instance));
            limits::explain_fuel(error, store, instance)
        })?;
        if !is_wasi_start {
            let words: Vec<String> = results.iter().map(Value::to_string).collect();
            writeln!(Output::new(), "{}", words.join(" "))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The trap, or the error of the host, behind an error of the program.
fn trap_of(error: &anyhow::Error) -> Option<&RuntimeError> {
    use wasmer::InstantiationError::Start;
    error.chain().find_map(|cause| {
        if let Some(Start(trap)) = cause.downcast_ref() {
            return Some(trap);
        }
        match cause.downcast_ref() {
            Some(WasiRuntimeError::Runtime(trap)) => Some(trap),
            Some(WasiRuntimeError::Instantiation(Start(trap))) => Some(trap),
            _ => cause.downcast_ref(),
        }
    })
}

/// The code that the guest has ended itself with, if it has.
fn exit_code(error: &anyhow::Error) -> Option<ExitCode> {
    match trap_of(error)?.downcast_ref()? {
        WasiError::Exit(code) => Some(ExitCode::from(i32::from(*code) as u8)),
        _ => None,
    }
}

/// There is no function `invoke`, or no `_start` if none was named.
fn missing_export(invoke: Option<&str>, module: &Module) -> anyhow::Error {
    const SHOWN: usize = 10;
    let names: Vec<String> = module
        .exports()
        .filter(|export: &ExportType| matches!(export.ty(), ExternType::Function(_)))
        .map(|export| format!("`{}`", export.name()))
        .collect();
    let help = match names.len() {
        0 => "it exports no functions: it is a library or is to be linked to others".to_owned(),
        count if count > SHOWN => {
            format!(
                "it exports {} and {} other functions",
                names[..SHOWN].join(", "),
                count - SHOWN
            )
        }
        _ => format!("it exports the functions {}", names.join(", ")),
    };
    let message = match invoke {
        None => "The module doesn't export a \"_start\" function. Name the function to call with --invoke".to_owned(),
        Some(name) => format!("The module doesn't export a function named \"{name}\""),
    };
    Advice::new(message, help).into()
}

/// The exit code for an error of `run`.
pub(crate) fn failure_code(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<TimedOut>() {
        Some(_) => TimedOut::code(),
        None => ExitCode::FAILURE,
    }
}
