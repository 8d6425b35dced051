//! The compiler: units of functions, side by side.

use std::sync::Arc;

use enumset::EnumSet;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::Module;
use inkwell::targets::{FileType, TargetMachine};
use wasmer_compiler::debug_files::{ASSEMBLY, OBJECT};
use wasmer_compiler::{
    CompileRequest, CompiledFunction, Compiler, FunctionInput, ModuleMiddleware, ValidationScratch,
    compile_units_in_parallel, implemented_features,
};
use wasmer_types::image::InlinedBody;
use wasmer_types::{CompileError, CpuFeature, Features, LocalFunctionIndex, Target};

use crate::callbacks::{POSTOPT, PREOPT};
use crate::config::{LLVM, LLVMOptLevel, known_cpu_features};
use crate::effort::Effort;
use crate::environ::Environ;
use crate::inline::Bodies;
use crate::object::compiled_functions;
use crate::passes::failed;
use crate::translator::Translator;
use crate::types::Types;
use crate::unit::Unit;
use crate::{loops, passes};

/// Compiles functions by LLVM.
#[derive(Debug)]
pub struct LLVMCompiler {
    config: LLVM,
}

/// Into how many units a module is cut, if they are not too small or too large then: enough to keep processors busy,
/// and not more, because what is in one unit is compiled for one another. The number of processors does not count, so
/// that the result is the same everywhere.
const UNITS: usize = 8;
/// Bytes of function bodies that a unit has at least.
const SMALLEST_UNIT: usize = 8 << 10;
/// Bytes of function bodies from which on a unit takes no more.
const LARGEST_UNIT: usize = 16 << 10;

/// Lengths of units, in functions of these sizes.
fn cut(sizes: impl Iterator<Item = usize> + Clone) -> Vec<usize> {
    let total: usize = sizes.clone().sum();
    let wanted = (total / UNITS).clamp(SMALLEST_UNIT, LARGEST_UNIT);
    let mut lengths = Vec::new();
    let (mut length, mut size) = (0, 0);
    for next in sizes {
        if length > 0 && size + next > wanted {
            lengths.push(std::mem::take(&mut length));
            size = 0;
        }
        length += 1;
        size += next;
    }
    lengths.extend((length > 0).then_some(length));
    lengths
}

impl LLVMCompiler {
    /// A compiler with these settings.
    pub fn new(config: LLVM) -> Self {
        Self { config }
    }

    /// The intermediate representation of functions, as it is translated, and what was found out about each. `bodies`
    /// may stand in place of calls.
    fn translate<'c>(
        &self,
        environ: &Environ<'_>,
        types: Types<'c>,
        functions: &[FunctionInput<'_>],
        bodies: Option<&Bodies<'_>>,
        validation: &mut ValidationScratch,
    ) -> Result<(Module<'c>, Vec<Translated>), CompileError> {
        let unit = Unit::new(environ, types);
        // They lie in the order in which they are declared.
        for function in functions {
            unit.function(function.index());
        }
        let mut translated = Vec::with_capacity(functions.len());
        for function in functions {
            let mut translator = Translator::new(&unit, function, bodies);
            let middlewares = &self.config.middlewares;
            function.translate(environ.module, middlewares, validation, &mut translator)?;
            let (weight, inlined) = translator.finish();
            translated.push(Translated { effort: weight.effort(), inlined });
        }
        Ok((unit.finish(), translated))
    }

    /// The optimised intermediate representation of functions that are compiled together, as text, for tests and
    /// people.
    ///
    /// # Errors
    ///
    /// As [`Compiler::compile_functions`].
    pub fn intermediate(
        &self,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<String, CompileError> {
        let environ = Environ::new(&self.config, request)?;
        let machine = self.config.target_machine(request.target)?;
        let context = Context::create();
        let types = Types::new(&context);
        let bodies = Bodies::new(&self.config, request, functions);
        let mut validation = ValidationScratch::default();
        let (module, _) =
            self.translate(&environ, types, functions, bodies.as_ref(), &mut validation)?;
        self.optimize(&environ, &module, types, &machine, Effort::Full)?;
        Ok(module.print_to_string().to_string())
    }

    fn optimize<'c>(
        &self,
        environ: &Environ<'_>,
        module: &Module<'c>,
        types: Types<'c>,
        machine: &TargetMachine,
        effort: Effort,
    ) -> Result<(), CompileError> {
        module.set_triple(&machine.get_triple());
        module.set_data_layout(&machine.get_target_data().get_data_layout());
        if self.config.verify {
            module.verify().map_err(failed)?;
        }
        passes::optimize(module, machine, self.config.opt_level, effort, self.config.verify)?;
        if effort == Effort::Full && self.config.opt_level == LLVMOptLevel::Aggressive {
            let memory = environ.layouts.memory;
            let offset = i64::from(memory.current_length()) - i64::from(memory.base());
            let offset = environ.has_plain_memories().then_some(offset);
            loops::vectorize(module, types, offset, machine, self.config.verify).map_err(failed)?;
        }
        passes::pin_loads(module);
        passes::choose_frames(module);
        Ok(())
    }

    /// Compiles functions together, but for those that are too much for it, which are compiled one by one.
    fn compile_unit(
        &self,
        request: &CompileRequest<'_>,
        environ: &Environ<'_>,
        functions: &[FunctionInput<'_>],
        bodies: Option<&Bodies<'_>>,
        validation: &mut ValidationScratch,
    ) -> Result<Vec<CompiledFunction>, CompileError> {
        let context = Context::create();
        let types = Types::new(&context);
        let (module, translated) = self.translate(environ, types, functions, bodies, validation)?;
        let (Some(first), true) = (translated.first(), are_one(&translated)) else {
            drop(module);
            drop(context);
            let mut compiled = Vec::with_capacity(functions.len());
            let mut rest = functions;
            for part in translated.chunk_by(|a, b| a.is_full() && b.is_full()) {
                let (functions, behind) = rest.split_at(part.len());
                let bodies = bodies.filter(|_| part.iter().all(Translated::is_full));
                let part = self.compile_unit(request, environ, functions, bodies, validation)?;
                compiled.extend(part);
                rest = behind;
            }
            return Ok(compiled);
        };
        let effort = first.effort;
        let object =
            self.object(request, environ, functions[0].index(), (module, types), effort)?;
        // What reads the object needs memory, too.
        drop(context);
        let indices: Vec<LocalFunctionIndex> = functions.iter().map(FunctionInput::index).collect();
        let architecture = request.target.triple().architecture;
        let unwind_info = self.config.unwind_info;
        let mut compiled =
            compiled_functions(object.as_slice(), architecture, &indices, unwind_info)?;
        for (function, translated) in compiled.iter_mut().zip(translated) {
            function.inlined = translated.inlined;
        }
        Ok(compiled)
    }

    /// The object file of a translated unit, of which `first` is the first function.
    fn object<'c>(
        &self,
        request: &CompileRequest<'_>,
        environ: &Environ<'_>,
        first: LocalFunctionIndex,
        (module, types): (Module<'c>, Types<'c>),
        effort: Effort,
    ) -> Result<MemoryBuffer<'_>, CompileError> {
        let level = effort.level(self.config.opt_level);
        let machine = self.config.target_machine_at(request.target, level)?;
        let callbacks = self.config.callbacks.as_ref();
        let files = callbacks.map(|callbacks| callbacks.files.of_function(environ.module, first));
        if let Some(files) = &files {
            files.write(PREOPT, module.print_to_string().to_bytes())?;
        }
        self.optimize(environ, &module, types, &machine, effort)?;
        let emit =
            |module: &Module<'_>, ty| machine.write_to_memory_buffer(module, ty).map_err(failed);
        // What generates code changes the intermediate representation.
        let assembly = match &files {
            Some(files) => {
                files.write(POSTOPT, module.print_to_string().to_bytes())?;
                Some(emit(&module.clone(), FileType::Assembly)?)
            }
            None => None,
        };
        let object = emit(&module, FileType::Object)?;
        if let (Some(files), Some(assembly)) = (&files, &assembly) {
            files.write(OBJECT, object.as_slice())?;
            files.write(ASSEMBLY, assembly.as_slice())?;
        }
        Ok(object)
    }
}

/// What was found out about a function when it was translated.
struct Translated {
    effort: Effort,
    /// What stands in place of calls.
    inlined: Vec<InlinedBody>,
}

impl Translated {
    fn is_full(&self) -> bool {
        self.effort == Effort::Full
    }
}

/// Whether functions are compiled as they were translated, together. A function that takes less effort is compiled
/// alone, with all its calls.
fn are_one(functions: &[Translated]) -> bool {
    match functions {
        [one] => one.is_full() || one.inlined.is_empty(),
        all => all.iter().all(Translated::is_full),
    }
}

impl Compiler for LLVMCompiler {
    fn name(&self) -> &str {
        "llvm"
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
        let environ = Environ::new(&self.config, request)?;
        let bodies = Bodies::new(&self.config, request, functions);
        let units = cut(functions.iter().map(FunctionInput::size));
        let threads = self.config.num_threads;
        compile_units_in_parallel(
            request,
            threads,
            functions,
            &units,
            ValidationScratch::default,
            |validation, unit| {
                self.compile_unit(request, &environ, unit, bodies.as_ref(), validation)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_cut_into_units() {
        const KIB: usize = 1 << 10;
        let cut = |sizes: &[usize]| cut(sizes.iter().copied());
        assert_eq!(cut(&[]), [] as [usize; 0]);
        assert_eq!(cut(&[1, 2, 3]), [3]);
        assert_eq!(cut(&[8 * KIB, 1, 8 * KIB]), [1, 1, 1]);
        assert_eq!(cut(&[4 * KIB; 8]), [2, 2, 2, 2]);
        assert_eq!(cut(&[900 * KIB, 1, 900 * KIB]), [1, 1, 1]);
        assert_eq!(cut(&[4 * KIB; 100]), [4; 25]);
    }
}
