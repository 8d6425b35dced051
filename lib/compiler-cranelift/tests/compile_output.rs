//! Compares the code that is generated for the modules in `tests/compile-output/cranelift` with what their files say.
//!
//! A file is a module in text form, followed by the expected code in comments, for each machine. Lines of the head
//! that begin with `;; with ` change the settings: `moving memories`, `slots`, `no-spectre`, `baseline`, `nan`,
//! `frequent global 0`.
//!
//! `BLESS=1 cargo test -p wasmer-compiler-cranelift --test compile_output` rewrites the expectations.

#[allow(dead_code, reason = "each test uses a part")]
mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use common::{features, machine, moving, reserved};
use wasmer_compiler::{
    CallMode, CompileRequest, CompilerConfig, FunctionMiddleware, ModuleMiddleware,
    ModuleTranslation, Proposals,
};
use wasmer_compiler_cranelift::{Cranelift, CraneliftCompiler};
use wasmer_types::{
    CpuFeature, GlobalIndex, LocalFunctionIndex, MemoryStyle, MemoryType, TableStyle, Target,
    VMOffsets,
};

/// Name in the files, triple, CPU features of a common machine.
const MACHINES: [(&str, &str, &[CpuFeature]); 2] = [
    (
        "x86_64",
        "x86_64-unknown-linux-gnu",
        &[
            CpuFeature::SSE3,
            CpuFeature::SSSE3,
            CpuFeature::SSE41,
            CpuFeature::SSE42,
            CpuFeature::POPCNT,
            CpuFeature::AVX,
            CpuFeature::AVX2,
            CpuFeature::BMI1,
            CpuFeature::BMI2,
            CpuFeature::LZCNT,
            CpuFeature::FMA,
        ],
    ),
    ("aarch64", "aarch64-unknown-linux-gnu", &[CpuFeature::LSE]),
];

/// Between the module and the code that is expected.
const SEPARATOR: &str = "\n;; ----";

struct Settings {
    config: Cranelift,
    call_mode: CallMode,
    memory_style: fn(&MemoryType) -> MemoryStyle,
    baseline: bool,
}

impl Settings {
    fn read(source: &str) -> Self {
        let mut settings = Self {
            config: Cranelift::new(),
            call_mode: CallMode::Direct,
            memory_style: reserved,
            baseline: false,
        };
        for line in source.lines().filter_map(|line| line.strip_prefix(";; with ")) {
            match line {
                "moving memories" => settings.memory_style = moving,
                "slots" => settings.call_mode = CallMode::Slots,
                "no-spectre" => drop(settings.config.spectre_mitigations(false)),
                "baseline" => settings.baseline = true,
                "frequent global 0" => {
                    let middleware = FrequentGlobal([GlobalIndex::from_u32(0)]);
                    settings.config.push_middleware(Arc::new(middleware));
                }
                "nan" => drop(settings.config.canonicalize_nans(true)),
                other => panic!("unknown setting `{other}`"),
            }
        }
        settings
    }
}

/// Changes nothing, and says that global 0 is used all over.
#[derive(Debug)]
struct FrequentGlobal([GlobalIndex; 1]);

impl ModuleMiddleware for FrequentGlobal {
    fn generate_function_middleware(&self, _: LocalFunctionIndex) -> Box<dyn FunctionMiddleware> {
        Box::new(FrequentGlobal(self.0))
    }
}

impl FunctionMiddleware for FrequentGlobal {
    fn frequent_globals(&self) -> &[GlobalIndex] {
        &self.0
    }
}

/// The code of all functions of the module `source` as comments.
fn code(source: &str, settings: &Settings, target: &Target) -> String {
    let bytes = wat::parse_str(source).expect("a module in text form");
    let translation = ModuleTranslation::new(&bytes, Proposals::new(&features())).unwrap();
    let info = &translation.info;
    let request = CompileRequest {
        target,
        module: info,
        offsets: &VMOffsets::new(target.pointer_size(), info),
        memory_styles: &info
            .memories
            .iter()
            .map(|(index, ty)| (settings.memory_style)(ty).with_format(info.memory_formats[index]))
            .collect(),
        table_styles: &info.tables.values().map(|_| TableStyle::CallerChecksSignature).collect(),
        call_mode: settings.call_mode,
        progress: None,
    };
    let compiler = CraneliftCompiler::new(settings.config.clone());
    let mut text = String::new();
    for function in &translation.functions {
        let index = function.function_index();
        let name = info.function_names.get(index).map(str::to_owned);
        let name = name.unwrap_or_else(|| format!("function {}", index.as_u32()));
        writeln!(text, ";; {name}:").unwrap();
        let code = compiler.disassemble(&request, function).unwrap();
        for line in code.lines().filter(|line| !line.trim().is_empty()) {
            writeln!(text, ";;   {}", line.trim_end()).unwrap();
        }
    }
    text
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compile-output/cranelift");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of expected code")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wat"))
        .collect();
    files.sort();
    files
}

#[test]
fn code_is_as_expected() {
    let bless = env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let files = files();
    assert!(!files.is_empty());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let source = text.split(SEPARATOR).next().unwrap();
        let settings = Settings::read(source);
        let mut actual = source.trim_end().to_owned();
        for (name, triple, cpu) in MACHINES {
            let cpu = if settings.baseline { &[] } else { cpu };
            let target = machine(triple, Some(cpu));
            write!(actual, "\n{SEPARATOR} {name}\n{}", code(source, &settings, &target)).unwrap();
        }
        if bless {
            fs::write(&path, &actual).unwrap();
        } else if actual != text {
            wrong.push(difference(&path, &text, &actual));
        }
    }
    assert!(
        wrong.is_empty(),
        "generated code changed; look at it, then run again with BLESS=1\n{}",
        wrong.join("\n")
    );
}

/// Frames that are larger than a page touch each of their pages on the way down, so that no frame reaches over the
/// guard pages of the stack.
#[test]
fn large_frames_are_probed() {
    let results = "i64 ".repeat(600);
    let drops = "drop ".repeat(600);
    let source = format!(
        "(module (import \"m\" \"f\" (func $f (result {results}))) (func call $f {drops}))"
    );
    for (name, triple, cpu) in MACHINES {
        let text = code(&source, &Settings::read(""), &machine(triple, Some(cpu)));
        let probe = if name == "x86_64" { "movl $0x0, (%rsp)" } else { "str wzr, [sp]" };
        assert_eq!(text.matches(probe).count(), 600 * 16 / 4096, "{name}: {text}");
    }
}

/// The first line in which two texts differ.
fn difference(path: &Path, expected: &str, actual: &str) -> String {
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    let name = path.file_name().unwrap().to_string_lossy();
    match lines.find(|(_, (expected, actual))| expected != actual) {
        Some((at, (expected, actual))) => {
            format!("{name}:{}:\n  expected: {expected}\n  actual:   {actual}", at + 1)
        }
        None => format!("{name}: one text is longer"),
    }
}
