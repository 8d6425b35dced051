//! Runs every program of this folder, each as a test of its own.
//!
//! A program must succeed, write nothing to its standard error, and print what the comment at its end says, behind
//! the line `// Prints:`. `BLESS=1 cargo test -p wasmer-examples` rewrites these comments.

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};

/// Begins what a program is expected to print.
const PRINTS: &str = "\n// Prints:\n";

/// All of them take less than a second. This is for machines that have a lot else to do.
const TIME_LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let names = names().expect("the folder of the examples can be read");
    assert!(!names.is_empty());

    let mut trials = vec![Trial::test("index", {
        let names = names.clone();
        move || check_index(&names)
    })];
    trials.extend(names.into_iter().map(|name| {
        let title = name.clone();
        Trial::test(title, move || check(&name))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The folder of the examples.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn source(name: &str) -> PathBuf {
    folder().join(name).with_extension("rs")
}

/// The programs that are in the folder.
fn names() -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        if let (Some(name), Some("rs")) =
            (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|s| s.to_str()))
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Runs a program and compares what it prints.
fn check(name: &str) -> Result<(), Failed> {
    let path = source(name);
    let text = fs::read_to_string(&path)?;
    let Some((program, expected)) = text.split_once(PRINTS) else {
        return Err(format!("{name}.rs does not end with `// Prints:` and its output").into());
    };
    let printed = run(name)?;
    let comment: String =
        printed.lines().map(|line| format!("// {line}").trim_end().to_owned() + "\n").collect();
    if std::env::var_os("BLESS").is_some() && comment != expected {
        fs::write(&path, format!("{program}{PRINTS}{comment}"))?;
    } else if comment != expected {
        return Err(format!(
            "{name}.rs prints something else (BLESS=1 rewrites what it should print).\n\
             Expected:\n{expected}\nPrinted:\n{comment}"
        )
        .into());
    }
    Ok(())
}

/// Runs a program to its end and returns what it has printed.
fn run(name: &str) -> Result<String, Failed> {
    // Output goes to files, which never fill up.
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = Command::new(executable(name)?)
        .current_dir(folder())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?)
        .spawn()?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > TIME_LIMIT {
            child.kill()?;
            child.wait()?;
            return Err(format!("{name} has not ended after {TIME_LIMIT:?}").into());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let errors = contents(&mut stderr)?;
    if !status.success() || !errors.is_empty() {
        let printed = contents(&mut stdout)?;
        return Err(format!("{name} ended with {status}\n{errors}\nPrinted:\n{printed}").into());
    }
    contents(&mut stdout)
}

fn contents(file: &mut File) -> Result<String, Failed> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// The program that was built from an example.
///
/// Cargo builds examples with the tests of a package, unless it is told to build only some of these.
fn executable(name: &str) -> Result<PathBuf, Failed> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(2).ok_or("a test is in `deps` of the target directory")?;
    let path = target.join("examples").join(name);
    let built = fs::metadata(&path).and_then(|metadata| metadata.modified());
    let hint = format!("run `cargo test -p wasmer-examples -- {name}`, with the dashes");
    match built {
        Err(_) => {
            Err(format!("{name}.rs is not listed in Cargo.toml, or not built: {hint}").into())
        }
        Ok(built) if built < fs::metadata(source(name))?.modified()? => {
            Err(format!("{name} is older than {name}.rs: {hint}").into())
        }
        Ok(_) => Ok(path),
    }
}

/// The index has a row for each program, with the first paragraph of its documentation, and no others.
fn check_index(names: &[String]) -> Result<(), Failed> {
    let index = fs::read_to_string(folder().join("README.md"))?;
    let rows: Vec<&str> = index.lines().filter(|line| line.starts_with("| [")).collect();
    let mut missing = Vec::new();
    for name in names {
        let row = index_row(name)?;
        if !rows.contains(&row.as_str()) {
            missing.push(row);
        }
    }
    if !missing.is_empty() {
        return Err(format!("these rows are not in README.md:\n{}", missing.join("\n")).into());
    }
    if rows.len() != names.len() {
        return Err(format!("{} rows in README.md for {} programs", rows.len(), names.len()).into());
    }
    Ok(())
}

fn index_row(name: &str) -> Result<String, Failed> {
    let text = fs::read_to_string(source(name))?;
    let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
    let what = lines.collect::<Vec<_>>().join(" ");
    Ok(format!("| [`{name}.rs`]({name}.rs) | {what} | `cargo run --example {name}` |"))
}
