//! Doing the job of a program with one compiler.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::measured::{self, Usage};
use super::packages;
use super::programs::{Program, Source, Step};
use crate::shell;

/// How long a compilation or a step may take.
const LIMIT: Duration = Duration::from_secs(3600);

/// The most of an output that an error shows, in bytes.
const SHOWN: usize = 2000;

/// What a job took.
#[derive(Default)]
pub(super) struct Figures {
    /// All its modules together.
    pub(super) compilation: Usage,
    /// Size of their artifacts, in bytes.
    pub(super) artifacts: u64,
    /// All its steps together.
    pub(super) run: Usage,
}

/// A job to be done.
pub(super) struct Job<'a> {
    pub(super) program: &'a Program,
    /// The compiler, as the option of `wasmer` that chooses it, without dashes.
    pub(super) compiler: &'a str,
    /// The program `wasmer`.
    pub(super) wasmer: &'a Path,
    /// Where packages and results are kept.
    pub(super) corpus: &'a Path,
}

impl Job<'_> {
    /// Compiles the modules, runs the steps, and compares what they made with what is expected.
    ///
    /// # Errors
    ///
    /// When anything fails or differs. What was made is left to be looked at.
    pub(super) fn run(&self) -> Result<Figures> {
        let work = self.work();
        packages::empty(&self.folder())?;
        packages::empty(&work)?;
        let files = self.files();
        copy_files(&files, &work)?;
        let mut figures = Figures::default();
        let mut artifacts = BTreeMap::new();
        for (number, step) in (1..).zip(self.program.job) {
            let module = self.find(step.module)?;
            if !artifacts.contains_key(&module) {
                let artifact = self.folder().join(format!("{number}.wasmu"));
                figures.compilation.then(self.compile(&module, &artifact)?);
                figures.artifacts += fs::metadata(&artifact)?.len();
                artifacts.insert(module.clone(), artifact);
            }
            let usage = self.step(number, step, &artifacts[&module])?;
            figures.run.then(usage);
        }
        compare(&files.join("expected"), &[&work, &self.folder()])?;
        for artifact in artifacts.values() {
            fs::remove_file(artifact)?;
        }
        Ok(figures)
    }

    /// The program's files in the repository.
    fn files(&self) -> PathBuf {
        shell::root().join("tests/corpus").join(self.program.name)
    }

    /// What belongs to this job.
    fn folder(&self) -> PathBuf {
        self.corpus.join("jobs").join(self.program.name).join(self.compiler)
    }

    /// The folder that the steps see.
    fn work(&self) -> PathBuf {
        self.folder().join("work")
    }

    /// Where something is on this machine.
    fn find(&self, source: Source) -> Result<PathBuf> {
        find(source, self.corpus, &self.work())
    }

    /// Compiles a module to an artifact.
    fn compile(&self, module: &Path, artifact: &Path) -> Result<Usage> {
        let mut command = self.wasmer("compile");
        command.arg(format!("--{}", self.compiler)).arg(module).arg("-o").arg(artifact);
        self.measure(&mut command, "compile", None, 0)
    }

    /// Runs a step by the artifact of its module. Its outputs are left as files that it does not see.
    fn step(&self, number: usize, step: &Step, artifact: &Path) -> Result<Usage> {
        let mut command = self.wasmer("run");
        for &(source, guest) in step.mounts {
            let mut mount = self.find(source)?.into_os_string();
            mount.push(":");
            mount.push(guest);
            // What was fetched stays as it is; results go to the folder of the job.
            if !matches!(source, Source::Work(_)) {
                mount.push(":ro");
            }
            command.arg("--volume").arg(mount);
        }
        command.arg(artifact).arg("--").args(step.arguments);
        let input = step.input.map(|name| self.work().join(name));
        let outputs = format!("step-{number}");
        self.measure(&mut command, &outputs, input.as_deref(), step.exit_code)
    }

    /// One of the subcommands of `wasmer`, quiet.
    fn wasmer(&self, subcommand: &str) -> Command {
        let mut command = Command::new(self.wasmer);
        command.current_dir(self.corpus).args([subcommand, "--quiet"]);
        command
    }

    /// Runs a command with a file or nothing as its input, and with its outputs in the files `outputs.stdout` and `outputs.stderr`.
    fn measure(
        &self,
        command: &mut Command,
        outputs: &str,
        input: Option<&Path>,
        exit_code: i32,
    ) -> Result<Usage> {
        let file = |extension| self.folder().join(format!("{outputs}.{extension}"));
        let [output, errors] = ["stdout", "stderr"].map(file);
        command.stdout(fs::File::create(&output)?).stderr(fs::File::create(&errors)?);
        match input {
            Some(input) => command.stdin(fs::File::open(input)?),
            None => command.stdin(Stdio::null()),
        };
        let (status, usage) = measured::run(command, LIMIT)?;
        if status.code() != Some(exit_code) {
            bail!("{command:?}: {status}, expected {exit_code}\n{}", beginning(&errors)?);
        }
        Ok(usage)
    }
}

/// Fetches all that a program needs.
///
/// # Errors
///
/// Those of [`Package::fetch`](packages::Package::fetch).
pub(super) fn fetch(program: &Program, corpus: &Path) -> Result<()> {
    for step in program.job {
        let mounted = step.mounts.iter().map(|&(source, _)| source);
        for source in mounted.chain([step.module]) {
            find(source, corpus, corpus)?;
        }
    }
    Ok(())
}

/// Where something is on this machine, when `work` is the folder of the job.
fn find(source: Source, corpus: &Path, work: &Path) -> Result<PathBuf> {
    match source {
        Source::Package(package, path) => Ok(package.fetch(corpus)?.join(path)),
        Source::Archive(package, path) => package.fetch_archive(corpus, path),
        Source::Work(path) => Ok(work.join(path)),
    }
}

/// Copies the files of a folder, without its folders.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("unable to read {from:?}"))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Checks that each file of the folder `expected` is in one of the folders `made`, too, and the same.
fn compare(expected: &Path, made: &[&Path]) -> Result<()> {
    let mut compared = 0;
    for entry in fs::read_dir(expected).with_context(|| format!("unable to read {expected:?}"))? {
        let entry = entry?;
        let name = entry.file_name();
        let mut files = made.iter().map(|folder| folder.join(&name));
        let file = files
            .find(|file| file.is_file())
            .with_context(|| format!("{name:?} was not made in {made:?}"))?;
        let content = fs::read(&file)?;
        ensure!(
            fs::read(entry.path())? == content,
            "{file:?} differs from {:?}; it begins\n{}",
            entry.path(),
            beginning(&file)?,
        );
        compared += 1;
    }
    ensure!(compared > 0, "{expected:?} is empty");
    Ok(())
}

/// The first part of a file, as text.
fn beginning(file: &Path) -> Result<String> {
    let content = fs::read(file)?;
    Ok(String::from_utf8_lossy(&content[..content.len().min(SHOWN)]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_or_is_missing_is_an_error() {
        let base = std::env::temp_dir().join(format!("xtask-compare-{}", std::process::id()));
        let [expected, made] = ["expected", "made"].map(|name| base.join(name));
        packages::empty(&expected).unwrap();
        packages::empty(&made).unwrap();
        let message = || compare(&expected, &[&base, &made]).unwrap_err().to_string();
        assert!(message().contains("is empty"));
        fs::write(expected.join("a"), "1").unwrap();
        assert!(message().contains("was not made"));
        fs::write(made.join("a"), "2").unwrap();
        assert!(message().contains("begins\n2"));
        fs::write(made.join("a"), "1").unwrap();
        fs::write(made.join("b"), "more").unwrap();
        compare(&expected, &[&base, &made]).unwrap();
        fs::remove_dir_all(base).unwrap();
    }
}
