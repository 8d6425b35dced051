//! The C programs: found, compiled to WebAssembly and to native code when their source has changed.
//!
//! The first line of a program is `// GROUP | WASM FLAGS | DESCRIPTION`.

use anyhow::{Context, Result, bail};
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmer::wasmparser::{Parser, Payload};

/// The group of programs that are for whole-process runs and not for execution time.
const PROCESS: &str = "process";

/// `-ffp-contract=off`: each operation rounds by itself everywhere. WebAssembly has no fused multiply-add, and where
/// clang may contract it also folds differently.
const COMMON: &[&str] = &["-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"];
/// With a `main` around that of the program, which says how long it took.
const NATIVE: &[&str] = &["-march=native", "-Wl,--wrap=main"];
const WASM: &[&str] = &[
    "--target=wasm32-wasi",
    "-Wno-deprecated",
    "--no-wasm-opt",
    "-Wl,--strip-debug",
    "-Wl,-z,stack-size=1048576",
];

/// Ways to compile each program for the amalgam: different code from the same source.
const AMALGAM_LEVELS: &[&[&str]] = &[
    &["-O0"],
    &["-O0", "-msimd128"],
    &["-O1"],
    &["-O1", "-fno-inline"],
    &["-Os"],
    &["-Oz"],
    &["-O2"],
    &["-O2", "-msimd128"],
    &["-O3", "-mllvm", "-inline-threshold=2000"],
    &["-O3", "-msimd128", "-mllvm", "-inline-threshold=2000"],
];

/// How often the amalgam holds each of them, to be of the size that compile times are compared at.
const AMALGAM_COPIES: usize = 3;

/// One program.
pub(crate) struct Program {
    /// The name of its file without `.c` or `.wasm`.
    pub(crate) name: String,
    group: String,
    wasm_flags: Vec<String>,
    /// Its source, or the module if it is one of the user's.
    source: PathBuf,
}

/// The group of modules of the user's.
const GIVEN: &str = "given";

impl Program {
    /// Whether it is one of those whose execution time is measured.
    pub(crate) fn is_for_execution(&self) -> bool {
        self.group != PROCESS
    }

    /// The module in `path`, if it is a WASI command.
    ///
    /// # Errors
    /// When it can't be read or is no module.
    pub(crate) fn of_command(path: &Path) -> Result<Option<Program>> {
        let wasm =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        for payload in Parser::new(0).parse_all(&wasm) {
            if let Payload::ExportSection(exports) = payload? {
                for export in exports {
                    if export?.name == "_start" {
                        return Ok(Some(Program {
                            name: name(path).to_owned(),
                            group: GIVEN.to_owned(),
                            wasm_flags: Vec::new(),
                            source: path.to_owned(),
                        }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The program that makes system calls, which needs a folder to work in.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn of_system_calls() -> Result<Program> {
        Program::read(source_folder().join("wasi").join("io.c"))
    }

    fn read(source: PathBuf) -> Result<Program> {
        let text = std::fs::read_to_string(&source)?;
        let first = text.lines().next().unwrap_or_default();
        let mut fields =
            first.strip_prefix("//").into_iter().flat_map(|rest| rest.split('|')).map(str::trim);
        let (Some(group), Some(flags), Some(_)) = (fields.next(), fields.next(), fields.next())
        else {
            bail!(
                "{}: expected `// GROUP | WASM FLAGS | DESCRIPTION` in the first line",
                source.display()
            );
        };
        Ok(Program {
            name: source.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            group: group.to_owned(),
            wasm_flags: flags.split_whitespace().map(str::to_owned).collect(),
            source,
        })
    }

    /// Builds the WebAssembly module if it is not there yet.
    ///
    /// # Errors
    /// When clang is missing or refuses the source.
    pub(crate) fn wasm(&self) -> Result<PathBuf> {
        if self.group == GIVEN {
            return Ok(self.source.clone());
        }
        let target = output_folder()?.join(&self.name).with_extension("wasm");
        let mut command = clang();
        command.args(COMMON).args(WASM).args(&self.wasm_flags).arg(&self.source);
        build(command, &target, &[&self.source, &header()])
    }

    /// Builds the native program if it is not there yet; none for a module of the user's. To be run by
    /// [`crate::process::run_timed`].
    ///
    /// # Errors
    /// When clang is missing or refuses the source.
    pub(crate) fn native(&self) -> Result<Option<PathBuf>> {
        if self.group == GIVEN {
            return Ok(None);
        }
        let target = output_folder()?.join(&self.name);
        let mut command = clang();
        let clock = source_folder().join("native").join("clock.c");
        command.args(COMMON).args(NATIVE).args([&self.source, &clock]).arg("-lm");
        build(command, &target, &[&self.source, &clock, &header()]).map(Some)
    }
}

/// The name of a module of the user's in the table.
pub(crate) fn name(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("given module")
}

/// All programs, by name.
///
/// # Errors
/// When the folder cannot be read or a first line is not as expected.
pub(crate) fn all() -> Result<Vec<Program>> {
    let mut sources = Vec::new();
    for entry in
        std::fs::read_dir(source_folder()).context("cannot read the folder of the C programs")?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    sources.into_iter().map(Program::read).collect()
}

/// One large module: every program compiled in several ways, behind one `main`.
///
/// # Errors
/// When clang is missing or refuses a source.
pub(crate) fn amalgam(programs: &[Program]) -> Result<PathBuf> {
    let folder = output_folder()?.join("amalgam-parts");
    std::fs::create_dir_all(&folder)?;
    let (mut objects, mut declarations, mut calls) = (Vec::new(), String::new(), String::new());
    for program in programs {
        let levels = std::iter::repeat_n(AMALGAM_LEVELS, AMALGAM_COPIES).flatten();
        for (level, flags) in levels.enumerate() {
            let entry = format!("{}_{level}", program.name);
            let mut command = clang();
            command.args(COMMON).args(["--target=wasm32-wasi", "-Wno-deprecated", "-c"]);
            command
                .args(*flags)
                .args(&program.wasm_flags)
                .arg(format!("-Dmain={entry}_main"))
                .arg(&program.source);
            objects.push(build(
                command,
                &folder.join(entry.clone() + ".o"),
                &[&program.source, &header()],
            )?);
            declarations += &format!("int {entry}_main(int, char **);\n");
            calls += &format!("  failed |= {entry}_main(argc, argv);\n");
        }
    }
    let main = folder.join("main.c");
    let text = format!(
        "{declarations}int main(int argc, char **argv) {{\n  int failed = 0;\n{calls}  return failed;\n}}\n"
    );
    if std::fs::read_to_string(&main).ok().as_ref() != Some(&text) {
        std::fs::write(&main, text)?;
    }
    let mut command = clang();
    command.args(COMMON).args(WASM).arg(&main).args(&objects);
    let inputs: Vec<&Path> = std::iter::once(&main).chain(&objects).map(PathBuf::as_path).collect();
    build(command, &output_folder()?.join("amalgam.wasm"), &inputs)
}

/// Where generated files go: `bench-programs` in the folder that cargo builds into.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn output_folder() -> Result<PathBuf> {
    let folder = crate::tools::target_folder()?.join("bench-programs");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

fn header() -> PathBuf {
    source_folder().join("bench.h")
}

/// `$CLANG`, or clang 22 as Debian names it.
fn clang() -> Command {
    Command::new(std::env::var_os("CLANG").unwrap_or_else(|| "clang-22".into()))
}

/// Runs a compiler command with `-o target` unless the target was built by the same command from the same inputs.
fn build(mut command: Command, target: &Path, inputs: &[&Path]) -> Result<PathBuf> {
    let mut temporary = OsString::from(target);
    temporary.push(".new");
    command.arg("-o").arg(&temporary);
    let stamp = stamp(&command, inputs)?;
    let mut stamp_file = OsString::from(target);
    stamp_file.push(".stamp");
    if target.exists() && std::fs::read_to_string(&stamp_file).ok().as_ref() == Some(&stamp) {
        return Ok(target.to_owned());
    }
    let output = command.output().with_context(|| {
        format!(
            "cannot start {:?}: install clang-22, lld-22 and wasi-libc, or set CLANG",
            command.get_program()
        )
    })?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    // Renamed when whole, so that an interrupted build leaves nothing that looks finished.
    std::fs::rename(&temporary, target)?;
    std::fs::write(&stamp_file, stamp)?;
    Ok(target.to_owned())
}

/// Identifies a command and the contents of its inputs.
fn stamp(command: &Command, inputs: &[&Path]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    hasher.write(format!("{command:?}").as_bytes());
    for input in inputs {
        hasher.write(
            &std::fs::read(input).with_context(|| format!("cannot read {}", input.display()))?,
        );
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_its_line() -> Result<()> {
        let programs = all()?;
        assert!(programs.iter().filter(|p| p.is_for_execution()).count() >= 15);
        assert!(programs.iter().any(|p| p.group == PROCESS));
        assert!(programs.iter().any(|p| p.wasm_flags == ["-msimd128"]));
        Ok(())
    }

    #[test]
    fn stamp_sees_flags_and_contents() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("x.c");
        std::fs::write(&file, "int x;")?;
        let with = |flag: &str| stamp(Command::new("cc").arg(flag), &[&file]);
        let first = with("-O1")?;
        assert_eq!(first, with("-O1")?);
        assert_ne!(first, with("-O2")?);
        std::fs::write(&file, "int y;")?;
        assert_ne!(first, with("-O1")?);
        Ok(())
    }
}
