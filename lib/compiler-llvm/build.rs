//! Links LLVM, or says what to install.
//!
//! `llvm-sys` would do both, but what it says when there is no LLVM helps nobody who does not know it. It still links the
//! archives (feature `static`), since these have to come behind its own code. LLVM is found as `llvm-sys` finds it, by
//! the same variable and the same names of programs.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The version that the features of `inkwell` are for. Another one makes other code.
const VERSION: &str = "22";

/// A variable with the directory of an LLVM, in which alone is looked then.
const PREFIX: &str = "LLVM_SYS_221_PREFIX";

/// How the program that knows where LLVM's parts lie may be called.
const PROGRAMS: [&str; 6] = [
    "llvm-config-22",
    "llvm-config22",
    "llvm22-config",
    "llvm-config-22.1",
    "llvm-config22.1",
    "llvm-config",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={PREFIX}");
    if let Err(wrong) = link() {
        println!(
            "cargo::error=the LLVM compiler of wasmer is built with LLVM {VERSION}: {wrong}; on Debian and Ubuntu \
             install `llvm-{VERSION}-dev` and `libpolly-{VERSION}-dev` (systems without these packages find them at \
             https://apt.llvm.org), elsewhere set {PREFIX} to the directory of an LLVM {VERSION}, in which there is \
             `bin/llvm-config`; without the feature `llvm` no LLVM is needed"
        );
    }
}

/// # Errors
///
/// What is missing.
fn link() -> Result<(), String> {
    let config = LlvmConfig::find()?;
    if env::var_os("CARGO_FEATURE_DYNAMIC").is_none() {
        return config.ask(&["--link-static", "--libnames"]).map(drop);
    }
    println!("cargo::rustc-link-search=native={}", config.ask(&["--libdir"])?);
    for file in config.ask(&["--link-shared", "--libnames"])?.split_whitespace() {
        let name = file.strip_prefix("lib").unwrap_or(file);
        let end = name.find(".so").or_else(|| name.find(".dylib")).unwrap_or(name.len());
        println!("cargo::rustc-link-lib=dylib={}", &name[..end]);
    }
    Ok(())
}

/// The program that knows where LLVM's parts lie.
struct LlvmConfig(PathBuf);

impl LlvmConfig {
    /// # Errors
    ///
    /// Where there is none of the right version.
    fn find() -> Result<Self, String> {
        let folder = env::var_os(PREFIX).map(|prefix| PathBuf::from(prefix).join("bin"));
        let mut others = String::new();
        for name in PROGRAMS {
            let program = Self(folder.as_ref().map_or_else(|| name.into(), |bin| bin.join(name)));
            let Ok(version) = program.ask(&["--version"]) else { continue };
            if version.split('.').next() == Some(VERSION) {
                return Ok(program);
            }
            others = format!(", only `{}` of version {version}", program.0.display());
        }
        let place = folder.map_or_else(|| "on PATH".into(), |bin| format!("in {}", bin.display()));
        Err(format!("there is no `{}` {place}{others}", PROGRAMS[0]))
    }

    /// What the program writes.
    ///
    /// # Errors
    ///
    /// When it does not exist, or fails, as it does when it is asked for libraries that are not there.
    fn ask(&self, arguments: &[&str]) -> Result<String, String> {
        let what = || format!("`{} {}`", self.0.display(), arguments.join(" "));
        let output = Command::new(&self.0).args(arguments).output();
        let output = output.map_err(|error| format!("{} can't be started: {error}", what()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
            return Err(format!("{} fails: {}", what(), said.trim()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
