//! The grammar of `wasmer-headless`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use wasmer::{Engine, NativeEngineExt, Store};

use crate::grammar::{self, CommandLine, Output};
use crate::input::{Input, Kind};
use crate::program::{self, Program};
use crate::report::Advice;
use crate::{artifact, executable, inspect};

/// The whole of `wasmer-headless`: parses the arguments of this process and runs what they say.
pub fn headless() -> ExitCode {
    if let Some(code) = executable::run() {
        return code;
    }
    grammar::main::<Args>(std::env::args_os().collect())
}

/// Runs WebAssembly programs that `wasmer compile` has compiled.
#[derive(Parser, Debug)]
#[command(
    name = "wasmer-headless",
    version,
    arg_required_else_help = true,
    after_help = "`wasmer-headless FILE [ARGS]...` is short for `wasmer-headless run FILE [ARGS]...`.\n\
                  `wasmer-headless help COMMAND` explains a command."
)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,

    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
enum Command {
    /// Run a compiled program
    ///
    /// It is started as `wasmer run` does. A compiled program is machine code, which can do what you can do: run only
    /// those from whom you would run a native program, and don't change the file while it runs.
    #[command(after_help = "Examples:\n  \
        wasmer compile app.wasm -o app.wasmu\n  \
        wasmer-headless run --dir . app.wasmu -- --flag-of-the-guest file.txt\n\n\
        The exit code is that of the guest, or 1 when it traps or can't be started.")]
    Run(Box<Program>),
    /// Describe a compiled program: version, target, sizes, imports and exports
    Inspect {
        /// What `wasmer compile` has written
        file: PathBuf,
    },
}

impl CommandLine for Args {
    fn output(&self) -> &Output {
        &self.output
    }

    fn execute(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Run(program) => {
                program.check()?;
                let input = Input::read(&program.input, grammar::commands::<Args>)?;
                expect_artifact(&input)?;
                let mut store = Store::new(Engine::headless());
                let module = artifact::load(store.engine(), &input)?;
                program.run(&mut store, &module)
            }
            Command::Inspect { file } => {
                let input = Input::read(file, Vec::new)?;
                expect_artifact(&input)?;
                inspect::artifact(&input)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn failure_code(&self, error: &anyhow::Error) -> ExitCode {
        program::failure_code(error)
    }
}

fn expect_artifact(input: &Input<'_>) -> anyhow::Result<()> {
    let file = input.name();
    match input.kind {
        Kind::Artifact => Ok(()),
        Kind::Binary | Kind::Text => {
            let message =
                format!("`{file}` is not compiled, and there is no compiler in `wasmer-headless`");
            let help =
                format!("compile it with `wasmer compile {} -o FILE.wasmu`", input.path.display());
            Err(Advice::new(message, help).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }
}
