//! Generated code, compared with what files say.
//!
//! A file is a module in text form, followed by the expected code in comments, for each machine. Lines of the head
//! that begin with `;; with ` change the settings: `moving memories`, `slots`, `baseline` (no CPU features but those
//! that every machine has), `nan`, `frequent global 0`, and what a compiler adds. With `BLESS=1` the expectations are
//! rewritten.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use wasmer_compiler::{
    CallMode, CompileRequest, CompilerConfig, FunctionInput, FunctionMiddleware, ModuleMiddleware,
    ModuleTranslation, Proposals,
};
use wasmer_types::{
    GlobalIndex, LocalFunctionIndex, MemoryStyle, MemoryType, ModuleInfo, TableStyle, Target,
    VMOffsets,
};

use crate::disassembly::Disassembler;
use crate::machines::{self, Machine, features, moving, reserved};

/// Between the module and the code that is expected.
const SEPARATOR: &str = "\n;; ----";

/// Texts of functions, compiled with the settings: lines that are indented, but for labels.
pub type Listing<C> = fn(&C, &CompileRequest<'_>, &[FunctionInput<'_>]) -> Vec<String>;

/// A compiler of which the code is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Snapshots<C> {
    /// Where the files are, below `tests/compile-output`.
    pub folder: &'static str,
    /// Applies a setting of this compiler alone; whether there is one of that name.
    pub setting: fn(&mut C, &str) -> bool,
    /// How code is written.
    pub listing: Listing<C>,
}

/// How a module is compiled.
struct Settings<C> {
    config: C,
    call_mode: CallMode,
    memory_style: fn(&MemoryType) -> MemoryStyle,
    baseline: bool,
}

impl<C: CompilerConfig + Default + Clone + 'static> Snapshots<C> {
    /// The machine code in words, with no settings but the common ones.
    pub fn new(folder: &'static str) -> Self {
        Self { folder, setting: |_, _| false, listing: disassembly }
    }

    /// Compares every file of the folder with what it expects, or rewrites it.
    ///
    /// # Panics
    ///
    /// When code differs, with the first line that does; when a file can't be read or compiled.
    pub fn check(&self) {
        let bless = env::var_os("BLESS").is_some();
        let mut wrong = Vec::new();
        for (path, text) in files(self.folder) {
            let source = text.split(SEPARATOR).next().unwrap_or_default();
            let mut actual = source.trim_end().to_owned();
            for (machine, code) in self.code(source) {
                write!(actual, "\n{SEPARATOR} {}\n{code}", machine.name)
                    .expect("a string takes all");
            }
            if bless {
                fs::write(&path, &actual).expect("the file can be written");
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

    /// The code of each file's module, for each machine, in the form of the files, whatever they expect.
    ///
    /// # Panics
    ///
    /// When a file can't be read or compiled.
    pub fn codes(&self) -> Vec<String> {
        let codes = files(self.folder).into_iter().flat_map(|(_, text)| self.code(&text));
        codes.map(|(_, code)| code).collect()
    }

    /// The code of a module in text form, for each machine, in the form of the files.
    ///
    /// # Panics
    ///
    /// When it can't be compiled.
    pub fn code(&self, source: &str) -> Vec<(&'static Machine, String)> {
        let settings = self.settings(source);
        let code = |machine: &'static Machine| {
            let common = if settings.baseline { &[] } else { machine.common };
            (machine, settings.code(self.listing, source, &machine.target(Some(common))))
        };
        machines::ALL.each_ref().map(code).into()
    }

    fn settings(&self, source: &str) -> Settings<C> {
        let mut settings = Settings {
            config: C::default(),
            call_mode: CallMode::Direct,
            memory_style: reserved,
            baseline: false,
        };
        for line in source.lines().filter_map(|line| line.strip_prefix(";; with ")) {
            match line {
                "moving memories" => settings.memory_style = moving,
                "slots" => settings.call_mode = CallMode::Slots,
                "baseline" => settings.baseline = true,
                "nan" => settings.config.canonicalize_nans(true),
                "frequent global 0" => {
                    let middleware = FrequentGlobal([GlobalIndex::from_u32(0)]);
                    settings.config.push_middleware(Arc::new(middleware));
                }
                other => {
                    assert!((self.setting)(&mut settings.config, other), "no setting `{other}`");
                }
            }
        }
        settings
    }
}

impl<C> Settings<C> {
    /// The code of all functions of the module as comments.
    fn code(&self, listing: Listing<C>, source: &str, target: &Target) -> String {
        let bytes = wat::parse_str(source).expect("a module in text form");
        let translation = ModuleTranslation::new(&bytes, Proposals::new(&features()))
            .expect("a module that is valid");
        let info = &translation.info;
        let request = CompileRequest {
            target,
            module: info,
            offsets: &VMOffsets::new(target.pointer_size(), info),
            memory_styles: &info
                .memories
                .iter()
                .map(|(index, ty)| (self.memory_style)(ty).with_format(info.memory_formats[index]))
                .collect(),
            table_styles: &info
                .tables
                .values()
                .map(|_| TableStyle::CallerChecksSignature)
                .collect(),
            call_mode: self.call_mode,
            progress: None,
        };
        let listing = listing(&self.config, &request, &translation.functions);
        let mut text = String::new();
        for (function, code) in translation.functions.iter().zip(listing) {
            writeln!(text, ";; {}:", name(info, function.index())).expect("a string takes all");
            for line in code.lines() {
                writeln!(text, ";; {}", line.trim_end()).expect("a string takes all");
            }
        }
        text
    }
}

/// The name of a function, or its number.
fn name(info: &ModuleInfo, function: LocalFunctionIndex) -> String {
    let index = info.func_index(function);
    let name = info.function_names.get(index).map(str::to_owned);
    name.unwrap_or_else(|| format!("function {}", index.as_u32()))
}

/// A [`Listing`] of what any compiler returns.
///
/// # Panics
///
/// When a function can't be compiled.
pub fn disassembly<C: CompilerConfig + Clone + 'static>(
    config: &C,
    request: &CompileRequest<'_>,
    functions: &[FunctionInput<'_>],
) -> Vec<String> {
    let compiler = Box::new(config.clone()).compiler();
    let functions =
        compiler.compile_functions(request, functions).expect("functions that can be compiled");
    let disassembler = Disassembler::new(request.target);
    let text = |function| disassembler.text(function, |index| name(request.module, index));
    functions.iter().map(text).collect()
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

/// Path and text of the files of `folder`, below `tests/compile-output`.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compile-output");
    let entries = fs::read_dir(root.join(folder)).expect("the folder of expected code");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wat"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("the file can be read");
            (path, text)
        })
        .collect();
    assert!(!files.is_empty(), "no files in {folder}");
    files.sort();
    files
}

/// The first line in which two texts differ.
fn difference(path: &Path, expected: &str, actual: &str) -> String {
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    let name = path.display();
    match lines.find(|(_, (expected, actual))| expected != actual) {
        Some((at, (expected, actual))) => {
            format!("{name}:{}:\n  expected: {expected}\n  actual:   {actual}", at + 1)
        }
        None => format!("{name}: one text is longer"),
    }
}
