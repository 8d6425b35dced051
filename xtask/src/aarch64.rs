//! `cargo xtask test --aarch64`: the tests that depend on the machine, as AArch64 code in an emulator.
//!
//! rustup installs standard libraries only from its own servers, so all of it is Debian's: a compiler, the sources of
//! its standard library, a linker. The library is built once, into a folder that is given to the compiler.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::debian::Packages;
use crate::emulator::Emulator;
use crate::{shell, tools};

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// What Cargo takes settings for the target from.
const LINKER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER";
const RUNNER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";

/// What is tested. Every step names all of it, so that the dependencies have the same features each time.
const PACKAGES: [&str; 18] = [
    "--package",
    "wasmer-types",
    "--package",
    "wasmer-compiler",
    "--package",
    "wasmer-compiler-cranelift",
    "--package",
    "wasmer-compiler-singlepass",
    "--package",
    "wasmer-vm",
    "--package",
    "wasmer",
    "--package",
    "wasmer-tests",
    "--package",
    "wasmer-cli",
    "--features",
    "wasmer-cli/llvm,wasmer-tests/llvm",
];

/// Tests in all packages, and programs of tests in some.
const TESTS: [&str; 9] =
    ["--lib", "--test", "signals", "--test", "api", "--test", "resources", "--test", "operators"];

/// Tests that keep more memories at a time than an old emulator has memory for.
const MANY_MEMORIES: [&str; 3] =
    ["many_instances_in_one_store", "instances_leave_nothing_behind", "::static::"];

/// The runtime without a compiler. It is built by itself, as the others would give it one.
const HEADLESS: [&str; 2] = ["--package", "wasmer-headless"];

/// The compilers. Each has an option of `wasmer`.
const COMPILERS: [&str; 3] = ["cranelift", "llvm", "singlepass"];

/// What Debian calls the target, and the packages with the libraries that the LLVM compiler is linked with.
const ARCHITECTURE: &str = "arm64";
const LLVM: [&str; 2] = ["libllvm22", "libffi-dev"];

/// Where the libraries of the target lie: those of the toolchain, and below a folder of unpacked packages.
const SYSTEM_LIBRARIES: &str = "/usr/aarch64-linux-gnu/lib";
const UNPACKED_LIBRARIES: [&str; 2] = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"];

/// What the tests with `PROGRAM` are called.
const PROGRAMS: &str = "programs";

/// A program, its arguments, and what it writes.
const PROGRAM: &str = "examples/wordfreq.wasm";
const ARGUMENTS: [&str; 1] = ["examples/wordfreq.c"];
const OUTPUT: &str = " different\n";

/// Installs what is missing, builds, and runs the tests with `filter` in their names.
pub(crate) fn test(filter: Option<&str>) -> Result<()> {
    tools::require(&tools::AARCH64)?;
    tools::require(&tools::LLVM)?;
    let cross = Cross::new()?;

    let mut harness: Vec<&str> = filter.into_iter().collect();
    if !cross.many_memories {
        harness.extend(MANY_MEMORIES.iter().flat_map(|name| ["--skip", name]));
        // Each thread of the tests keeps a few.
        harness.extend(["--test-threads", "2"]);
    }
    let with_harness = |tests: &[&str]| {
        let mut command = cross.cargo("test", &PACKAGES);
        command.arg("--no-fail-fast").args(tests).arg("--").args(&harness);
        shell::run(&mut command)
    };
    with_harness(&TESTS)?;
    with_harness(&["--test", "spec"])?;
    if filter.is_none_or(|filter| PROGRAMS.contains(filter)) {
        test_programs(&cross)?;
    }
    Ok(())
}

/// Runs `PROGRAM` by each compiler: as it is, and compiled here for a runtime that could not compile it.
fn test_programs(cross: &Cross) -> Result<()> {
    shell::run(cross.cargo("build", &PACKAGES).args(["--bin", "wasmer"]))?;
    shell::run(&mut cross.cargo("build", &HEADLESS))?;
    let run = ["run", "--package", "wasmer-cli", "--features", "llvm", "--"];
    for compiler in COMPILERS {
        let option = format!("--{compiler}");
        cross.run_program("wasmer", &["--disable-cache", &option], PROGRAM.as_ref())?;

        // The same from here and from there.
        let [here, there] = ["here", "there"].map(|place| cross.artifact(compiler, place));
        shell::cargo(run, &compilation(&option, &here))?;
        shell::output(cross.program("wasmer").args(compilation(&option, &there)))?;
        ensure!(fs::read(&here)? == fs::read(&there)?, "{here:?} and {there:?} differ");
        cross.run_program("wasmer-headless", &[], &here)?;
    }
    Ok(())
}

/// The arguments of `wasmer` that compile `PROGRAM` for the target, with an option that says by what.
fn compilation<'a>(option: &'a str, output: &'a Path) -> [&'a OsStr; 7] {
    let [compile, program, target, triple] =
        ["compile", PROGRAM, "--target", TARGET].map(OsStr::new);
    [compile, program, option.as_ref(), target, triple, "-o".as_ref(), output.as_ref()]
}

/// What builds and runs AArch64 programs.
struct Cross {
    /// The target directory: another compiler must not share the usual one.
    folder: PathBuf,
    sysroot: PathBuf,
    /// Where libraries lie that the toolchain does not bring.
    libraries: [PathBuf; 2],
    /// Where programs are searched: the emulator comes first.
    search_path: OsString,
    /// See [`Emulator::many_memories`].
    many_memories: bool,
}

impl Cross {
    fn new() -> Result<Self> {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let folder = shell::root().join(target).join("cross");
        let sysroot = build_standard_library(&folder)?;
        let emulator = Emulator::find(&folder)?;
        let search_path = emulator.search_path()?;
        let libraries = find_llvm(&folder.join(LLVM[0]))?;
        let many_memories = emulator.many_memories;
        Ok(Self { folder, sysroot, libraries, search_path, many_memories })
    }

    /// Where the artifact goes that a compiler makes of `PROGRAM` here or there.
    fn artifact(&self, compiler: &str, place: &str) -> PathBuf {
        self.folder.join(format!("wordfreq-{compiler}-{place}.wasmu"))
    }

    /// One of our programs for the target, in the emulator.
    fn program(&self, name: &str) -> Command {
        let [emulator, options @ ..] = &self.runner()[..] else { unreachable!("it has words") };
        let mut run = Command::new(emulator);
        run.args(options)
            .arg(self.folder.join(TARGET).join("debug").join(name))
            .env("PATH", &self.search_path)
            .current_dir(shell::root());
        run
    }

    /// Runs `PROGRAM`, in the form of `file`, by one of our programs for the target.
    fn run_program(&self, runtime: &str, options: &[&str], file: &Path) -> Result<()> {
        let mut run = self.program(runtime);
        run.args(["run", "--dir", "examples"]).args(options).arg(file).args(ARGUMENTS);
        let output = shell::output(&mut run)?;
        ensure!(output.contains(OUTPUT), "{run:?} wrote {output:?}");
        Ok(())
    }

    /// The words that go before a program and its arguments.
    fn runner(&self) -> Vec<String> {
        let libraries = self.libraries.each_ref().map(|folder| folder.display().to_string());
        let path = format!("LD_LIBRARY_PATH={SYSTEM_LIBRARIES}:{}", libraries.join(":"));
        Emulator::RUNNER.iter().copied().chain(["-E", &path]).map(str::to_owned).collect()
    }

    /// Cargo, for a task that builds for the target.
    fn cargo(&self, task: &str, packages: &[&str]) -> Command {
        let mut command = cargo(&self.folder);
        let mut flags = vec!["--sysroot".to_owned(), self.sysroot.display().to_string()];
        for folder in &self.libraries {
            flags.extend(["-L".to_owned(), format!("native={}", folder.display())]);
            flags.push(format!("-Clink-arg=-Wl,-rpath-link,{}", folder.display()));
        }
        // These are for the target only; what runs here is built with the compiler's own library.
        command
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env("PATH", &self.search_path)
            .env(RUNNER, self.runner().join(" "))
            .args([task, "--target", TARGET])
            .args(packages);
        command
    }
}

/// Debian's Cargo with Debian's compiler, whatever rustup has chosen for this program.
fn cargo(target: &Path) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        .env("CARGO_TARGET_DIR", target)
        .env(LINKER, "aarch64-linux-gnu-gcc")
        .env_remove("RUSTFLAGS")
        // The libraries of the toolchain that runs this program.
        .env_remove("LD_LIBRARY_PATH");
    command
}

/// The folders with the library that the LLVM compiler needs. It is unpacked below `folder`, unless it is there.
fn find_llvm(folder: &Path) -> Result<[PathBuf; 2]> {
    let mark = folder.join("complete");
    if !mark.exists() {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        Packages::for_machines(ARCHITECTURE, folder)?.unpack_with_dependencies(&LLVM)?;
        fs::write(mark, "")?;
    }
    Ok(UNPACKED_LIBRARIES.map(|libraries| folder.join(libraries)))
}

/// Builds the standard library for the target, unless it is there for this compiler. Returns the folder to give to
/// the compiler.
fn build_standard_library(cross: &Path) -> Result<PathBuf> {
    let version = shell::output(Command::new("/usr/bin/rustc").args(["--version", "--verbose"]))?;
    let sysroot = cross.join("sysroot");
    let mark = sysroot.join("version");
    if fs::read_to_string(&mark).is_ok_and(|built| built == version) {
        return Ok(sysroot);
    }
    if sysroot.exists() {
        fs::remove_dir_all(&sysroot)?;
    }
    // A crate that depends on nothing else is the least that makes Cargo build the library.
    let seed = cross.join("std");
    fs::create_dir_all(seed.join("src"))?;
    fs::write(seed.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        seed.join("Cargo.toml"),
        "[package]\nname = \"seed\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let build = seed.join("target");
    shell::run(
        cargo(&build)
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["build", "--release", "--target", TARGET, "--manifest-path"])
            .arg(seed.join("Cargo.toml"))
            .arg("-Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro")
            .arg("-Zbuild-std-features=panic-unwind,backtrace"),
    )?;
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    for entry in fs::read_dir(build.join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let is_seed = name.to_string_lossy().starts_with("libseed-");
        if path.extension().is_some_and(|extension| extension == "rlib") && !is_seed {
            fs::copy(&path, libraries.join(name))?;
        }
    }
    fs::remove_dir_all(&seed)?;
    fs::write(mark, version)?;
    Ok(sysroot)
}
