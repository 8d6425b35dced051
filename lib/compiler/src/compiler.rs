//! The traits that a backend implements.

use std::fmt::{self, Debug, Display};
use std::sync::Arc;

use enumset::EnumSet;
use wasmer_types::entity::PrimaryMap;
use wasmer_types::layout::Layouts;
use wasmer_types::{
    CompilationProgressCallback, CompileError, CpuFeature, Features, GlobalIndex, MemoryIndex,
    MemoryStyle, ModuleInfo, TableIndex, TableStyle, Target, Type, VMOffsets,
};
use wasmparser::VisitSimdOperator;

use crate::bounds::HeapBounds;
use crate::function::CompiledFunction;
use crate::middleware::ModuleMiddleware;
use crate::translate::FunctionInput;

/// A program that looks into running code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debugger {
    /// The GNU debugger.
    Gdb,
    /// The debugger of LLVM.
    Lldb,
}

impl Display for Debugger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gdb => "gdb",
            Self::Lldb => "lldb",
        })
    }
}

/// Settings of a backend, from which it is made.
///
/// A backend has to implement [`Self::compiler`] and [`Self::push_middleware`]. What all backends have anyway, or
/// what only some of them have and what never changes the results of programs, does nothing unless implemented; each
/// method says so.
pub trait CompilerConfig: Debug + Send + Sync {
    /// Asks for position-independent code. All our code is, so this changes nothing.
    fn enable_pic(&mut self) {}

    /// Runs the backend's own checks of its intermediate representation.
    fn enable_verifier(&mut self) {}

    /// Asks for artifacts that are object files. All our artifacts are, so this changes nothing.
    fn experimental_artifact(&mut self, _enable: bool) {}

    /// Makes engines tell `perf` where functions lie: for each module that is compiled or loaded, its functions are
    /// added to the file `/tmp/perf-PID.map`, from which `perf report` takes their names.
    ///
    /// `perf` finds the functions of artifacts that are loaded from files by itself, also without this.
    fn enable_perfmap(&mut self) {}

    /// Says which debugger is going to be used. Changes nothing: debuggers read the symbols of functions from
    /// artifacts, which always have them.
    fn enable_debugger(&mut self, _debugger: Debugger) {}

    /// Allows the backend to leave out and to join accesses to memories that a program can't tell. Backends that
    /// always do, or never, ignore this.
    fn enable_non_volatile_memops(&mut self) {}

    /// Allows accesses to memories that are not aligned. They always are allowed, so this changes nothing.
    fn enable_experimental_unaligned_memory_accesses(&mut self) {}

    /// Promises that tables of functions are not written once an instance is made. Backends that can't use it ignore
    /// this, and then the tables can be written all the same.
    fn enable_readonly_funcref_table(&mut self) {}

    /// Replaces every NaN that an arithmetic operator produces by the canonical one, so that results do not
    /// depend on the machine.
    fn canonicalize_nans(&mut self, _enable: bool) {}

    /// Makes the backend.
    fn compiler(self: Box<Self>) -> Box<dyn Compiler>;

    /// Proposals that are on when the user does not say.
    fn default_features_for_target(&self, _target: &Target) -> Features {
        Features::default()
    }

    /// Proposals that the backend can compile for `target`.
    fn supported_features_for_target(&self, target: &Target) -> Features {
        self.default_features_for_target(target)
    }

    /// Adds a middleware behind those that were added before.
    fn push_middleware(&mut self, middleware: Arc<dyn ModuleMiddleware>);
}

/// A backend: compiles function bodies.
pub trait Compiler: Debug + Send + Sync {
    /// Its name, for example `cranelift`.
    fn name(&self) -> &str;

    /// Name and every setting that changes the code that it makes, without the middlewares ([`crate::compiler_id`]).
    fn deterministic_id(&self) -> String;

    /// Middlewares, in the order in which they see the operators.
    fn middlewares(&self) -> &[Arc<dyn ModuleMiddleware>];

    /// Proposals that it can compile for `target`.
    fn supported_features(&self, target: &Target) -> Features;

    /// Whether [`CompilerConfig::enable_perfmap`] was called.
    fn get_perfmap_enabled(&self) -> bool {
        false
    }

    /// Which of the available CPU features its code may depend on.
    fn cpu_features_used(&self, available: EnumSet<CpuFeature>) -> EnumSet<CpuFeature> {
        available
    }

    /// Validates and compiles functions of a module, all of them or some, and returns them in the order of
    /// `functions`. Backends that compile function by function use [`crate::compile_in_parallel`].
    ///
    /// # Errors
    ///
    /// The error of the first function, in the order of `functions`, that is not valid or can't be compiled.
    fn compile_functions(
        &self,
        request: &CompileRequest<'_>,
        functions: &[FunctionInput<'_>],
    ) -> Result<Vec<CompiledFunction>, CompileError>;
}

/// How a function calls another one of its module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CallMode {
    /// By a call relative to the program counter.
    #[default]
    Direct,
    /// Through the module's table of entry points
    /// ([`function_slots`](wasmer_types::layout::VMContextHeader::function_slots)), in which functions can be
    /// replaced while the program runs.
    Slots,
}

/// What a backend needs to know of the module of which it compiles functions.
#[derive(Debug)]
pub struct CompileRequest<'a> {
    /// Machine to compile for.
    pub target: &'a Target,
    /// Types and index spaces, as the middlewares left them.
    pub module: &'a ModuleInfo,
    /// Layout of the VM context.
    pub offsets: &'a VMOffsets,
    /// How each memory lies in the address space.
    pub memory_styles: &'a PrimaryMap<MemoryIndex, MemoryStyle>,
    /// How each table is called through.
    pub table_styles: &'a PrimaryMap<TableIndex, TableStyle>,
    /// How functions of the module call one another.
    pub call_mode: CallMode,
    /// What is told how many functions are done, by [`crate::compile_in_parallel`], and may stop it.
    pub progress: Option<&'a CompilationProgressCallback>,
}

impl CompileRequest<'_> {
    /// The layouts of the structures of the runtime, for backends that generate code for 64-bit addresses only.
    ///
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] when addresses of the machine do not have 64 bits.
    pub fn layouts_64(&self) -> Result<Layouts, CompileError> {
        match self.offsets.pointer_size() {
            8 => Ok(Layouts::new(8)),
            _ => Err(CompileError::UnsupportedTarget(format!(
                "{}: expected 64-bit addresses",
                self.target.triple()
            ))),
        }
    }

    /// What is known of the bounds of each memory.
    pub fn heap_bounds(&self) -> PrimaryMap<MemoryIndex, HeapBounds> {
        let memories = self.module.memories.iter();
        memories.map(|(index, ty)| HeapBounds::new(ty, self.memory_styles[index])).collect()
    }
}

/// The part of a backend that turns the operators of one function into its own representation.
///
/// [`FunctionInput::translate`] drives it: first the groups of locals, then [`Self::begin`], then per operator
/// [`Self::position`] and the `visit_*` method of the operator. Every operator has been validated when it
/// arrives (also those that come out of middlewares), so operands are there and have the right types. Operators in unreachable
/// code arrive too. The `end` of the body is the last one.
pub trait FunctionTranslator<'a>: VisitSimdOperator<'a, Output = Result<(), CompileError>> {
    /// `count` locals of type `ty` behind the parameters and the locals that were declared before.
    fn declare_locals(&mut self, count: u32, ty: Type) -> Result<(), CompileError>;

    /// The function reads and writes the own mutable global `global` all over. Comes before [`Self::begin`], or not at
    /// all; may be ignored.
    fn frequent_global(&mut self, _global: GlobalIndex) -> Result<(), CompileError> {
        Ok(())
    }

    /// All locals are declared; operators follow.
    fn begin(&mut self) -> Result<(), CompileError>;

    /// The next operator lies at byte offset `position` in the module.
    fn position(&mut self, position: u32);

    /// The condition of the next operator, an `if` or `br_if`, mostly holds, or mostly does not hold, as the module says in a
    /// section `metadata.code.branch_hint`. Comes between [`Self::position`] and the operator; may be ignored.
    fn branch_hint(&mut self, _is_taken: bool) {}
}
