//! What the unit tests share: a compiler that writes down what it is told, and a source of random numbers.

use std::sync::Arc;

use wasmer_types::image::ModuleImage;
use wasmer_types::{
    CompilationProgressCallback, CompileError, Features, LocalFunctionIndex, MemoryStyle,
    MemoryType, TableStyle, TableType, Target, TrapCode, Triple, Type,
};
use wasmparser::{
    VisitOperator, VisitSimdOperator, for_each_visit_operator, for_each_visit_simd_operator,
};

use crate::compiler::{CallMode, CompileRequest, Compiler, FunctionTranslator};
use crate::driver::{CompileOptions, compile_module};
use crate::function::{CompiledFunction, Relocation, RelocationKind, RelocationTarget};
use crate::middleware::ModuleMiddleware;
use crate::parallel::{self, compile_in_parallel};
use crate::translate::{FunctionInput, ValidationScratch};

/// The bytes of a module in the text format.
pub(crate) fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's module is well formed")
}

/// A compiler of which the code is the text of the operators, one a line.
#[derive(Debug, Default)]
pub(crate) struct Scribe {
    pub(crate) middlewares: Vec<Arc<dyn ModuleMiddleware>>,
    /// Everything is supported when this is not set.
    pub(crate) supported: Option<Features>,
}

impl Compiler for Scribe {
    fn name(&self) -> &str {
        "scribe"
    }

    fn deterministic_id(&self) -> String {
        "scribe-1".to_owned()
    }

    fn middlewares(&self) -> &[Arc<dyn ModuleMiddleware>] {
        &self.middlewares
    }

    fn supported_features(&self, _: &Target) -> Features {
        self.supported.clone().unwrap_or_else(Features::all)
    }

    fn compile_functions(
        &self,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<Vec<CompiledFunction>, CompileError> {
        compile_in_parallel(
            request,
            parallel::ALL,
            functions,
            ValidationScratch::default,
            |scratch, function| {
                let imported = request.module.num_imported_functions as u32;
                let mut page = Page { imported, ..Page::default() };
                function.translate(request.module, &self.middlewares, scratch, &mut page)?;
                Ok(CompiledFunction { alignment: 16, ..page.function })
            },
        )
    }
}

/// The text of one function.
#[derive(Default)]
struct Page {
    function: CompiledFunction,
    imported: u32,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.function.body.extend_from_slice(text.as_bytes());
        self.function.body.push(b'\n');
    }

    fn offset(&self) -> u32 {
        self.function.body.len() as u32
    }

    /// A call leaves a relocation, an `unreachable` a trap.
    fn note(&mut self, visit: &str, first_argument: Option<u32>) {
        let offset = self.offset();
        if let ("visit_call", Some(callee)) = (visit, first_argument)
            && let Some(local) = callee.checked_sub(self.imported)
        {
            self.function.body.extend([b'?'; 4]);
            self.function.relocations.push(Relocation {
                offset,
                kind: RelocationKind::X86PcRel4,
                target: RelocationTarget::Function(LocalFunctionIndex::from_u32(local)),
                addend: 0,
            });
        }
        if visit == "visit_unreachable" {
            self.function.traps.push((offset, TrapCode::UnreachableCodeReached));
        }
    }
}

macro_rules! write_down {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {$(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Self::Output {
            let arguments: Vec<String> = vec![$($(format!("{:?}", $arg)),*)?];
            let visit = stringify!($visit);
            self.note(visit, arguments.first().and_then(|first| first.parse().ok()));
            let line = format!("{} {}", &visit["visit_".len()..], arguments.join(" "));
            self.line(line.trim_end());
            Ok(())
        }
    )*};
}

impl<'a> VisitOperator<'a> for Page {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    for_each_visit_operator!(write_down);
}

impl<'a> VisitSimdOperator<'a> for Page {
    for_each_visit_simd_operator!(write_down);
}

impl FunctionTranslator<'_> for Page {
    fn declare_locals(&mut self, count: u32, ty: Type) -> Result<(), CompileError> {
        self.line(&format!("locals {count} {ty}"));
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        self.line("begin");
        Ok(())
    }

    fn position(&mut self, position: u32) {
        self.function.addresses.push((self.offset(), position));
    }

    fn branch_hint(&mut self, is_taken: bool) {
        self.line(&format!("hint {is_taken}"));
    }
}

/// The machine that [`Scribe`] writes for.
pub(crate) fn target() -> Target {
    let triple: Triple = "x86_64-unknown-linux-gnu".parse().expect("a triple");
    Target::new(triple, Default::default())
}

/// Compiles with everything on.
pub(crate) fn compile_with(compiler: &Scribe, bytes: &[u8]) -> Result<ModuleImage, CompileError> {
    compile_features(compiler, &Features::all(), bytes)
}

pub(crate) fn compile_features(
    compiler: &Scribe,
    features: &Features,
    bytes: &[u8],
) -> Result<ModuleImage, CompileError> {
    compile(compiler, features, bytes, None)
}

/// Compiles with everything on, and tells `progress`.
pub(crate) fn compile_with_progress(
    compiler: &Scribe,
    bytes: &[u8],
    progress: &CompilationProgressCallback,
) -> Result<ModuleImage, CompileError> {
    compile(compiler, &Features::all(), bytes, Some(progress))
}

fn compile(
    compiler: &Scribe,
    features: &Features,
    bytes: &[u8],
    progress: Option<&CompilationProgressCallback>,
) -> Result<ModuleImage, CompileError> {
    let memory_style = |_: &MemoryType| MemoryStyle::Dynamic { offset_guard_size: 0 };
    let table_style = |_: &TableType| TableStyle::CallerChecksSignature;
    let options = CompileOptions {
        memory_style: &memory_style,
        table_style: &table_style,
        call_mode: CallMode::Direct,
        hash_algorithm: None,
        progress,
    };
    compile_module(compiler, features, &target(), &options, bytes)
}

/// The text of function `number`. Call distances are replaced by `????`.
pub(crate) fn text_of(image: &ModuleImage, number: u32) -> String {
    let extent = image.code.functions.get(LocalFunctionIndex::from_u32(number)).unwrap();
    let bytes = &image.code.text[extent.range()];
    let text = bytes.iter().map(|&byte| if byte.is_ascii() { byte as char } else { '?' });
    text.collect()
}

/// Random numbers, the same in every run (xorshift64*, Vigna 2016).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }
}
