//! `wasmer inspect`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::compiler::CompilerOptions;
use crate::diagnose;
use crate::input::{self, Input, Kind};
use crate::inspect::binary::Description;
use crate::inspect::{artifact, artifact_json};
use crate::report::Output;

/// Describe a module: imports, exports, sections, functions, proposals
///
/// Of a compiled module, also the version and compiler that made it, the machine that it is for, and how large its
/// sections are. Its code is not run, and nothing is compiled.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    wasmer inspect app.wasm\n  \
    wasmer inspect app.wasm --functions 50     # the 50 largest functions\n  \
    wasmer inspect app.wasm --json | jq -r '.imports[] | \"\\(.module) \\(.name)\"'\n  \
    wasmer inspect app.wasmu                   # what it was compiled for, and by what")]
pub(crate) struct Inspect {
    /// The module: binary, text, or what `wasmer compile` has written; `-` for standard input
    file: PathBuf,

    /// Print everything as JSON, for tools
    #[arg(long)]
    json: bool,

    /// How many functions to list, the largest first
    #[arg(long, value_name = "N", default_value_t = 10)]
    functions: usize,

    // Nothing is compiled, but scripts for other versions name a compiler.
    #[command(flatten)]
    _compiler: CompilerOptions,
}

impl Inspect {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let file = input::name(&self.file);
        self.inspect().with_context(|| format!("failed to inspect `{file}`"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn inspect(&self) -> anyhow::Result<()> {
        let input = Input::read(&self.file, Vec::new)?;
        let json = match input.kind {
            Kind::Artifact if !self.json => return artifact(&input),
            Kind::Artifact => artifact_json(&input)?,
            Kind::Binary | Kind::Text => {
                let ty = if input.kind == Kind::Text { "wat" } else { "wasm" };
                let description = describe(&input)?;
                if !self.json {
                    return description.write(&mut Output::new(), ty, self.functions);
                }
                description.json(ty)
            }
        };
        writeln!(Output::new(), "{}", serde_json::to_string_pretty(&json)?)?;
        Ok(())
    }
}

fn describe(input: &Input<'_>) -> anyhow::Result<Description> {
    let module = wasmer::wat2wasm(&input.bytes)?;
    Description::read(&module).map_err(|error| match diagnose::truncation(&input.name(), &module) {
        Some(advice) => error.context(advice),
        None => error,
    })
}
