//! The compiler: one function at a time, on buffers that are used again.

use std::sync::Arc;

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::{CodegenError, Context};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use enumset::EnumSet;
use wasmer_compiler::{
    CompileRequest, CompiledFunction, Compiler, FunctionInput, ModuleMiddleware, ValidationScratch,
    compile_in_parallel, implemented_features,
};
use wasmer_types::{CompileError, CpuFeature, Features, Target};

use crate::callbacks::IR;
use crate::config::{Cranelift, known_cpu_features};
use crate::environ::Environ;
use crate::output::compiled_function;
use crate::pressure::is_extreme;
use crate::translator::{Buffers, Translator};

/// Compiles functions by Cranelift.
#[derive(Debug)]
pub struct CraneliftCompiler {
    config: Cranelift,
}

/// Buffers of a thread.
struct Scratch {
    context: Context,
    builder: FunctionBuilderContext,
    validation: ValidationScratch,
    buffers: Buffers,
    control: ControlPlane,
}

impl Scratch {
    fn new() -> Self {
        Self {
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            validation: ValidationScratch::default(),
            buffers: Buffers::new(),
            control: ControlPlane::default(),
        }
    }
}

/// How a translation ended.
enum Translated {
    Done,
    NeedsLocalsInMemory,
}

impl CraneliftCompiler {
    /// A compiler with these settings.
    pub fn new(config: Cranelift) -> Self {
        Self { config }
    }

    /// The code of a function as text, after register allocation, for tests and people.
    ///
    /// # Errors
    ///
    /// As [`Compiler::compile_functions`].
    pub fn disassemble(
        &self,
        request: &CompileRequest<'_>,
        function: &FunctionInput<'_>,
    ) -> Result<String, CompileError> {
        let isa = self.isa(request.target)?;
        let environ = Environ::new(&self.config, &*isa, request)?;
        let mut scratch = Scratch::new();
        self.translate(&environ, &mut scratch, function)?;
        scratch.context.set_disasm(true);
        self.generate(&environ, &mut scratch)?;
        let code = scratch.context.take_compiled_code();
        Ok(code.and_then(|code| code.vcode).unwrap_or_default())
    }

    fn isa(
        &self,
        target: &Target,
    ) -> Result<Arc<dyn cranelift_codegen::isa::TargetIsa>, CompileError> {
        self.config.isa(target).map_err(|error| CompileError::UnsupportedTarget(error.to_string()))
    }

    /// Fills `scratch.context` with the IR of `function`.
    fn translate(
        &self,
        environ: &Environ<'_>,
        scratch: &mut Scratch,
        function: &FunctionInput<'_>,
    ) -> Result<(), CompileError> {
        match self.translate_with(environ, scratch, function, false)? {
            Translated::Done => Ok(()),
            Translated::NeedsLocalsInMemory => {
                self.translate_with(environ, scratch, function, true).map(drop)
            }
        }
    }

    fn translate_with(
        &self,
        environ: &Environ<'_>,
        scratch: &mut Scratch,
        function: &FunctionInput<'_>,
        locals_in_memory: bool,
    ) -> Result<Translated, CompileError> {
        scratch.context.clear();
        let ty = environ.module.function_type(function.function_index());
        scratch.context.func.signature = environ.signature(ty);
        let builder = FunctionBuilder::new(&mut scratch.context.func, &mut scratch.builder);
        let mut translator =
            Translator::new(environ, ty, locals_in_memory, builder, &mut scratch.buffers);
        let result = function.translate(
            environ.module,
            &self.config.middlewares,
            &mut scratch.validation,
            &mut translator,
        );
        match result {
            Ok(()) => {
                translator.finish();
                Ok(Translated::Done)
            }
            Err(error) => {
                let again = translator.needs_locals_in_memory();
                drop(translator);
                scratch.builder = FunctionBuilderContext::new();
                if again { Ok(Translated::NeedsLocalsInMemory) } else { Err(error) }
            }
        }
    }

    /// Generates machine code for the IR in `scratch.context`.
    fn generate(&self, environ: &Environ<'_>, scratch: &mut Scratch) -> Result<(), CompileError> {
        let Scratch { context, control, .. } = scratch;
        let result = match is_extreme(&context.func) {
            false => context.compile(environ.isa, control),
            true => {
                let isa = self.config.linear_isa(environ.target);
                let isa = isa.map_err(|error| CompileError::Codegen(error.to_string()))?;
                context.compile(&*isa, control)
            }
        };
        match result.map_err(|error| error.inner) {
            Ok(_) => Ok(()),
            Err(error @ (CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge)) => {
                Err(CompileError::Resource(format!("a function is too large: {error}")))
            }
            Err(error) => Err(CompileError::Codegen(error.to_string())),
        }
    }

    fn compile_function(
        &self,
        environ: &Environ<'_>,
        scratch: &mut Scratch,
        function: &FunctionInput<'_>,
    ) -> Result<CompiledFunction, CompileError> {
        self.translate(environ, scratch, function)?;
        let callbacks = self.config.callbacks.as_ref();
        let files = callbacks
            .map(|callbacks| callbacks.files.of_function(environ.module, function.index()));
        if let Some(files) = &files {
            files.write(IR, scratch.context.func.display().to_string().as_bytes())?;
            scratch.context.set_disasm(true);
        }
        self.generate(environ, scratch)?;
        let code = scratch.context.compiled_code().expect("the function was just compiled");
        let compiled =
            compiled_function(environ.isa, &scratch.context.func, code, self.config.unwind_info)?;
        if let Some(files) = &files {
            let text = code.vcode.as_deref().unwrap_or_default();
            files.write_code(text, &compiled, environ.target.triple().architecture)?;
        }
        Ok(compiled)
    }
}

impl Compiler for CraneliftCompiler {
    fn name(&self) -> &str {
        "cranelift"
    }

    fn deterministic_id(&self) -> String {
        self.config.deterministic_id()
    }

    fn middlewares(&self) -> &[Arc<dyn ModuleMiddleware>] {
        &self.config.middlewares
    }

    fn supported_features(&self, _target: &Target) -> Features {
        implemented_features()
    }

    fn get_perfmap_enabled(&self) -> bool {
        self.config.perfmap
    }

    fn cpu_features_used(&self, available: EnumSet<CpuFeature>) -> EnumSet<CpuFeature> {
        available & known_cpu_features().collect::<EnumSet<_>>()
    }

    fn compile_functions(
        &self,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<Vec<CompiledFunction>, CompileError> {
        let isa = self.isa(request.target)?;
        let environ = Environ::new(&self.config, &*isa, request)?;
        let threads = self.config.num_threads;
        compile_in_parallel(request, threads, functions, Scratch::new, |scratch, function| {
            self.compile_function(&environ, scratch, function)
        })
    }
}
