//! From bytes to a compiled module.

use std::sync::Arc;

use wasmer_types::image::ModuleImage;
use wasmer_types::{
    CompilationProgressCallback, CompileError, Features, HashAlgorithm, MemoryStyle, MemoryType,
    TableStyle, TableType, Target, Type, VMOffsets,
};
use wasmparser::{
    VisitOperator, VisitSimdOperator, for_each_visit_operator, for_each_visit_simd_operator,
};

use crate::compiler::{CallMode, CompileRequest, Compiler, FunctionTranslator};
use crate::link::link;
use crate::middleware::compiler_description;
use crate::parallel::{self, map_functions};
use crate::proposals::Proposals;
use crate::translate::{ModuleTranslation, ValidationScratch};

/// Choices that are not the compiler's.
#[derive(Clone, Copy)]
pub struct CompileOptions<'s> {
    /// How a memory of the given type lies in the address space.
    pub memory_style: &'s dyn Fn(&MemoryType) -> MemoryStyle,
    /// How a table of the given type is called through.
    pub table_style: &'s dyn Fn(&TableType) -> TableStyle,
    /// How functions of the module call one another.
    pub call_mode: CallMode,
    /// How the bytes of the module are hashed, if [`ModuleInfo::hash`](wasmer_types::ModuleInfo::hash) is wanted.
    pub hash_algorithm: Option<HashAlgorithm>,
    /// What is told how far the compilation has come, and may stop it.
    pub progress: Option<&'s CompilationProgressCallback>,
}

impl std::fmt::Debug for CompileOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompileOptions").field("call_mode", &self.call_mode).finish_non_exhaustive()
    }
}

/// Compiles the module `bytes`, which may use the proposals in `features`, for `target`.
///
/// The result depends on nothing but the arguments: not on the number of processors, for example.
///
/// # Errors
///
/// [`CompileError::Validate`] with the byte offset when the module is not valid or uses a proposal that is off,
/// [`CompileError::UnsupportedFeature`] when it uses one that `compiler` does not have, [`CompileError::Resource`]
/// when it passes one of the [limits](crate::limits), [`CompileError::MiddlewareError`] when a middleware fails,
/// [`CompileError::Aborted`] when the callback for the progress says so, or the error of the compiler. Of several errors in function bodies, the first one in the module is returned.
pub fn compile_module(
    compiler: &dyn Compiler,
    features: &Features,
    target: &Target,
    options: &CompileOptions<'_>,
    bytes: &[u8],
) -> Result<ModuleImage, CompileError> {
    let proposals = Proposals::supported(features, &compiler.supported_features(target));
    let mut module = ModuleTranslation::new(bytes, proposals)?;
    module.info.hash = options.hash_algorithm.map(|algorithm| algorithm.hash(bytes));
    module.apply_middlewares(compiler.middlewares())?;

    let info = &module.info;
    let target =
        Target::new(target.triple().clone(), compiler.cpu_features_used(*target.cpu_features()));
    let style = |(index, ty)| (options.memory_style)(ty).with_format(info.memory_formats[index]);
    let memory_styles = info.memories.iter().map(style).collect();
    let table_styles = info.tables.values().map(options.table_style).collect();
    let offsets = VMOffsets::new(target.pointer_size(), info);
    let request = CompileRequest {
        target: &target,
        module: info,
        offsets: &offsets,
        memory_styles: &memory_styles,
        table_styles: &table_styles,
        call_mode: options.call_mode,
        progress: options.progress,
    };
    let functions = compiler.compile_functions(&request, &module.functions)?;
    if functions.len() != module.functions.len() {
        let (made, asked) = (functions.len(), module.functions.len());
        return Err(CompileError::Codegen(format!("{made} of {asked} functions were compiled")));
    }
    let code = link(target.triple().architecture, functions, |function| {
        module.functions[function.as_u32() as usize].offset()
    })?;
    let data = module.data();
    let count = module.functions.len();
    module.info.no_table_set =
        module.functions.first().is_none_or(|function| function.module_sets_no_table(count));
    Ok(ModuleImage {
        info: Arc::new(module.info),
        compiler: compiler_description(compiler),
        target,
        memory_styles,
        table_styles,
        code,
        data,
    })
}

/// Checks that `bytes` are a valid module that uses no proposals but those in `features`, within the
/// [limits](crate::limits).
///
/// # Errors
///
/// As those of [`compile_module`].
pub fn validate_module(features: &Features, bytes: &[u8]) -> Result<(), CompileError> {
    let module = ModuleTranslation::new(bytes, Proposals::new(features))?;
    map_functions(
        parallel::ALL,
        &module.functions,
        ValidationScratch::default,
        |scratch, function| function.translate(&module.info, &[], scratch, &mut Nothing),
    )?;
    Ok(())
}

/// Translates operators to nothing.
struct Nothing;

macro_rules! visit_nothing {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {$(
        #[inline(always)]
        fn $visit(&mut self $($(, _: $argty)*)?) -> Self::Output {
            Ok(())
        }
    )*};
}

impl<'a> VisitOperator<'a> for Nothing {
    type Output = Result<(), CompileError>;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Self::Output>> {
        Some(self)
    }

    for_each_visit_operator!(visit_nothing);
}

impl<'a> VisitSimdOperator<'a> for Nothing {
    for_each_visit_simd_operator!(visit_nothing);
}

impl FunctionTranslator<'_> for Nothing {
    fn declare_locals(&mut self, _: u32, _: Type) -> Result<(), CompileError> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CompileError> {
        Ok(())
    }

    fn position(&mut self, _: u32) {}
}

#[cfg(test)]
mod tests {
    use wasmer_types::{MemoryStyle, ModuleHash};

    use super::*;
    use crate::testing::{Scribe, compile_with, wasm};

    #[test]
    fn the_hash_is_that_of_the_bytes() {
        let bytes = wasm("(module)");
        let compiled = |hash_algorithm| {
            let options = CompileOptions {
                memory_style: &|_| MemoryStyle::Dynamic { offset_guard_size: 0 },
                table_style: &|_| TableStyle::CallerChecksSignature,
                call_mode: CallMode::Direct,
                hash_algorithm,
                progress: None,
            };
            let (features, target) = (Features::default(), Target::default());
            compile_module(&Scribe::default(), &features, &target, &options, &bytes).unwrap()
        };
        assert_eq!(compiled(None).info.hash, None);
        let hash = compiled(Some(HashAlgorithm::Sha256)).info.hash;
        assert_eq!(hash, Some(ModuleHash::sha256(&bytes)));
    }

    #[test]
    fn writes_to_tables_are_known() {
        let no_table_set = |body: &str| {
            let text = format!("(module (table 1 funcref) (func) (func {body}))");
            compile_with(&Scribe::default(), &wasm(&text)).unwrap().info.no_table_set
        };
        assert!(no_table_set("(drop (table.get (i32.const 0)))"));
        assert!(!no_table_set("(table.set (i32.const 0) (ref.null func))"));
        let nothing = compile_with(&Scribe::default(), &wasm("(module (table 1 funcref))"));
        assert!(nothing.unwrap().info.no_table_set);
    }
}
