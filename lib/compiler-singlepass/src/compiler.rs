//! The compiler: one function at a time, on buffers that are used again.

use std::sync::Arc;

use enumset::EnumSet;
use wasmer_compiler::{
    CompileRequest, CompiledFunction, Compiler, FunctionInput, ModuleMiddleware, UnwindInfo,
    ValidationScratch, compile_in_parallel, implemented_features,
};
use wasmer_types::target::Architecture;
use wasmer_types::{CompileError, CpuFeature, Features, Target};

use crate::buffer::CodeBuffer;
use crate::config::Singlepass;
use crate::environ::Environ;
use crate::isa::{self, Isa};
use crate::translator::{Buffers, Translator};

/// Compiles functions in one pass.
#[derive(Debug)]
pub struct SinglepassCompiler {
    config: Singlepass,
}

/// Buffers of a thread.
#[derive(Default)]
struct Scratch {
    validation: ValidationScratch,
    buffers: Buffers,
    code: CodeBuffer,
}

impl SinglepassCompiler {
    /// A compiler with these settings.
    pub fn new(config: Singlepass) -> Self {
        Self { config }
    }

    fn compile_function<I: Isa>(
        &self,
        isa: &I,
        environ: &Environ<'_>,
        scratch: &mut Scratch,
        function: &FunctionInput<'_>,
    ) -> Result<CompiledFunction, CompileError> {
        match self.compile_body(isa, environ, scratch, function, function.size()) {
            // A distance was too long. What is short in the machine's instructions is rarely exceeded, and costs much
            // to avoid.
            Err(CompileError::Resource(_)) => {
                self.compile_body(isa, environ, scratch, function, usize::MAX)
            }
            result => result,
        }
    }

    /// Compiles a function as if its body had `size` bytes.
    fn compile_body<I: Isa>(
        &self,
        isa: &I,
        environ: &Environ<'_>,
        scratch: &mut Scratch,
        function: &FunctionInput<'_>,
        size: usize,
    ) -> Result<CompiledFunction, CompileError> {
        let ty = environ.module.function_type(function.function_index());
        scratch.code.clear();
        scratch.buffers.uses.scan(function.bytes(), ty.params().len());
        let code = std::mem::take(&mut scratch.code);
        let masm = isa.masm(code, size);
        let mut translator = Translator::new(environ, ty, masm, &mut scratch.buffers);
        function.translate(
            environ.module,
            &self.config.middlewares,
            &mut scratch.validation,
            &mut translator,
        )?;
        let (masm, frame) = translator.finish()?;
        let (mut buffer, has_jump_tables) = isa.buffer(masm);
        let code = buffer.finish()?;
        scratch.code = buffer;
        let unwind = self.config.unwind_info.then(|| UnwindInfo {
            length: code.bytes.len() as u32,
            rules: isa.unwind_rules(&frame),
        });
        Ok(CompiledFunction {
            body: code.bytes,
            alignment: isa.alignment(),
            has_jump_tables,
            relocations: code.relocations,
            traps: code.traps,
            addresses: code.addresses,
            unwind,
            ..CompiledFunction::default()
        })
    }

    fn compile_for<I: Isa>(
        &self,
        isa: &I,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<Vec<CompiledFunction>, CompileError> {
        let environ = Environ::new(self.config.canonicalize_nans, request)?;
        let threads = self.config.num_threads;
        compile_in_parallel(request, threads, functions, Scratch::default, |scratch, function| {
            let compiled = self.compile_function(isa, &environ, scratch, function)?;
            if let Some(callbacks) = &self.config.callbacks {
                callbacks.write(request, function, &compiled)?;
            }
            Ok(compiled)
        })
    }
}

impl Compiler for SinglepassCompiler {
    fn name(&self) -> &str {
        "singlepass"
    }

    fn deterministic_id(&self) -> String {
        self.config.deterministic_id()
    }

    fn get_perfmap_enabled(&self) -> bool {
        self.config.perfmap
    }

    fn middlewares(&self) -> &[Arc<dyn ModuleMiddleware>] {
        &self.config.middlewares
    }

    fn supported_features(&self, _target: &Target) -> Features {
        implemented_features()
    }

    fn cpu_features_used(&self, available: EnumSet<CpuFeature>) -> EnumSet<CpuFeature> {
        available & isa::x64::CPU_FEATURES
    }

    fn compile_functions(
        &self,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<Vec<CompiledFunction>, CompileError> {
        let target = request.target;
        match target.triple().architecture {
            Architecture::X86_64 => {
                self.compile_for(&isa::x64::X64::new(target), request, functions)
            }
            Architecture::Aarch64(_) => self.compile_for(&isa::aarch64::A64, request, functions),
            other => Err(CompileError::UnsupportedTarget(format!(
                "architecture {other}: expected x86-64 or AArch64"
            ))),
        }
    }
}
