//! Programs that do not come with Rust.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Something that a Debian package installs.
pub(crate) struct Tool {
    /// What must exist: a file.
    file: &'static str,
    /// The Debian package that brings it.
    package: &'static str,
}

/// Compiling C to WASI programs and to native ones.
pub(crate) const C_TO_WASM: [Tool; 4] = [
    Tool { file: "/usr/bin/clang-22", package: "clang-22" },
    Tool { file: "/usr/bin/wasm-ld-22", package: "lld-22" },
    Tool { file: "/usr/lib/wasm32-wasi/libc.a", package: "wasi-libc" },
    Tool {
        file: "/usr/lib/llvm-22/lib/clang/22/lib/wasi/libclang_rt.builtins-wasm32.a",
        package: "libclang-rt-22-dev-wasm32",
    },
];

/// Building the LLVM compiler, with LLVM as a shared library or in the program.
pub(crate) const LLVM: [Tool; 2] = [
    Tool { file: "/usr/lib/llvm-22/lib/libLLVM.so", package: "llvm-22-dev" },
    Tool { file: "/usr/lib/llvm-22/lib/libPolly.a", package: "libpolly-22-dev" },
];

/// Building for AArch64, with a toolchain that has the sources of the standard library, and emulating it.
pub(crate) const AARCH64: [Tool; 7] = [
    Tool { file: "/usr/bin/rustc", package: "rustc-web" },
    Tool { file: "/usr/bin/cargo", package: "cargo-web" },
    Tool { file: "/usr/lib/rustlib/src/rust/library/std/Cargo.toml", package: "rust-web-src" },
    Tool { file: "/usr/bin/rust-lld", package: "rust-web-llvm" },
    Tool { file: "/usr/bin/aarch64-linux-gnu-gcc", package: "gcc-aarch64-linux-gnu" },
    Tool { file: "/usr/aarch64-linux-gnu/lib/libc.so", package: "libc6-dev-arm64-cross" },
    Tool { file: "/usr/bin/qemu-aarch64", package: "qemu-user" },
];

/// Makes sure that `tools` are there: installs the missing ones where that is possible.
///
/// # Errors
///
/// When something is missing and can't be installed; the error says what to install.
pub(crate) fn require(tools: &[Tool]) -> Result<()> {
    let missing = missing(tools);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("installing {}", missing.join(" "));
    if install(&missing).is_ok() && self::missing(tools).is_empty() {
        return Ok(());
    }
    bail!(
        "these Debian packages are missing and could not be installed: {0}\n\
         install them as root: apt-get update && apt-get install -y --no-install-recommends {0}",
        missing.join(" ")
    )
}

fn missing(tools: &[Tool]) -> Vec<&'static str> {
    tools.iter().filter(|tool| !Path::new(tool.file).exists()).map(|tool| tool.package).collect()
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    shell::run(apt().args(["update", "-qq"]))?;
    shell::run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}
