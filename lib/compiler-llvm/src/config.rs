//! Settings of the compiler.

use std::num::NonZero;
use std::sync::{Arc, Once};

use inkwell::support::get_llvm_version;
use inkwell::targets::{
    CodeModel, InitializationConfig, RelocMode, Target as LLVMTarget, TargetMachine, TargetTriple,
};
use wasmer_compiler::{
    Compiler, CompilerConfig, ModuleMiddleware, implemented_features, usual_features,
};
use wasmer_types::target::{Architecture, BinaryFormat};
use wasmer_types::{CompileError, CpuFeature, Features, Target};

use crate::callbacks::LLVMCallbacks;
use crate::compiler::LLVMCompiler;
use crate::options;

/// How much LLVM works to make code fast: `None`, `Less`, `Default` or `Aggressive`.
pub use inkwell::OptimizationLevel as LLVMOptLevel;

/// The settings of the LLVM compiler.
///
/// # Example
///
/// ```
/// use std::num::NonZero;
///
/// use wasmer_compiler::CompilerConfig;
/// use wasmer_compiler_llvm::{LLVM, LLVMOptLevel};
/// use wasmer_types::Target;
///
/// let mut config = LLVM::new();
/// config.opt_level(LLVMOptLevel::Less).num_threads(NonZero::<usize>::MIN);
/// assert_eq!(config.num_threads.get(), 1);
///
/// let target = Target::default();
/// assert!(config.target_machine(&target)?.get_target().has_asm_backend());
/// assert!(config.supported_features_for_target(&target).simd);
/// assert_eq!(Box::new(config).compiler().name(), "llvm");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LLVM {
    /// How many threads compile at the same time.
    pub num_threads: NonZero<usize>,
    pub(crate) canonicalize_nans: bool,
    pub(crate) verify: bool,
    pub(crate) opt_level: LLVMOptLevel,
    pub(crate) unwind_info: bool,
    pub(crate) verbose_asm: bool,
    pub(crate) perfmap: bool,
    pub(crate) callbacks: Option<LLVMCallbacks>,
    pub(crate) middlewares: Vec<Arc<dyn ModuleMiddleware>>,
}

/// An architecture to compile for.
struct Isa {
    initialize: fn(&InitializationConfig),
    /// The processor that has nothing but what all have.
    cpu: &'static str,
    /// LLVM's names of CPU features. Features that are not listed change nothing: they are part of every machine.
    cpu_features: &'static [(CpuFeature, &'static str)],
}

const X86_64: Isa = Isa {
    initialize: LLVMTarget::initialize_x86,
    cpu: "x86-64",
    cpu_features: &[
        (CpuFeature::SSE3, "sse3"),
        (CpuFeature::SSSE3, "ssse3"),
        (CpuFeature::SSE41, "sse4.1"),
        (CpuFeature::SSE42, "sse4.2"),
        (CpuFeature::POPCNT, "popcnt"),
        (CpuFeature::AVX, "avx"),
        (CpuFeature::BMI1, "bmi"),
        (CpuFeature::BMI2, "bmi2"),
        (CpuFeature::AVX2, "avx2"),
        (CpuFeature::AVX512DQ, "avx512dq"),
        (CpuFeature::AVX512VL, "avx512vl"),
        (CpuFeature::AVX512F, "avx512f"),
        (CpuFeature::LZCNT, "lzcnt"),
        (CpuFeature::FMA, "fma"),
        (CpuFeature::AVX512VBMI, "avx512vbmi"),
        (CpuFeature::AVX512BITALG, "avx512bitalg"),
        (CpuFeature::CMPXCHG16B, "cx16"),
    ],
};

const AARCH64: Isa = Isa {
    initialize: LLVMTarget::initialize_aarch64,
    cpu: "generic",
    cpu_features: &[(CpuFeature::LSE, "lse"), (CpuFeature::FP16, "fullfp16")],
};

/// CPU features, of all architectures, that code may depend on.
pub(crate) fn known_cpu_features() -> impl Iterator<Item = CpuFeature> {
    [X86_64, AARCH64].into_iter().flat_map(|isa| isa.cpu_features).map(|(feature, _)| *feature)
}

impl Isa {
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] when we don't compile for such machines.
    fn of(target: &Target) -> Result<Self, CompileError> {
        let triple = target.triple();
        if triple.binary_format != BinaryFormat::Elf {
            return Err(CompileError::UnsupportedTarget(format!(
                "{triple}: expected a system of which the object files are ELF"
            )));
        }
        match triple.architecture {
            Architecture::X86_64 => Ok(X86_64),
            Architecture::Aarch64(_) => Ok(AARCH64),
            other => Err(CompileError::UnsupportedTarget(format!(
                "architecture {other}: expected x86-64 or AArch64"
            ))),
        }
    }

    /// All CPU features that we know, each on or off, as LLVM reads them.
    ///
    /// LLVM turns what a feature needs on and what needs a feature off. Those that are off come last, so that code uses
    /// nothing that the machine is not said to have.
    fn feature_string(&self, target: &Target) -> String {
        let part = |has: bool| {
            let sign = if has { '+' } else { '-' };
            self.cpu_features
                .iter()
                .filter(move |(feature, _)| target.cpu_features().contains(*feature) == has)
                .map(move |(_, name)| format!("{sign}{name}"))
        };
        part(true).chain(part(false)).collect::<Vec<_>>().join(",")
    }
}

impl LLVM {
    /// The defaults: the fastest code, compiled on all processors, no verifier.
    pub fn new() -> Self {
        Self {
            num_threads: std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            canonicalize_nans: false,
            verify: false,
            opt_level: LLVMOptLevel::Aggressive,
            unwind_info: false,
            verbose_asm: false,
            perfmap: false,
            callbacks: None,
            middlewares: Vec::new(),
        }
    }

    /// How much LLVM works to make code fast. The default is [`LLVMOptLevel::Aggressive`].
    pub fn opt_level(&mut self, opt_level: LLVMOptLevel) -> &mut Self {
        self.opt_level = opt_level;
        self
    }

    /// Writes what the compiler makes of functions to files, or not. The code is the same.
    pub fn callbacks(&mut self, callbacks: Option<LLVMCallbacks>) -> &mut Self {
        self.callbacks = callbacks;
        self
    }

    /// How many threads compile at the same time. The default is one for each processor.
    pub fn num_threads(&mut self, num_threads: NonZero<usize>) -> &mut Self {
        self.num_threads = num_threads;
        self
    }

    /// Makes DWARF call frame information, for debuggers and profilers. Backtraces do not need it.
    pub fn unwind_info(&mut self, enable: bool) -> &mut Self {
        self.unwind_info = enable;
        self
    }

    /// Puts comments into the assembly that [callbacks](Self::callbacks) write.
    pub fn verbose_asm(&mut self, enable: bool) -> &mut Self {
        self.verbose_asm = enable;
        self
    }

    /// Changes nothing: there is one artifact format.
    pub fn experimental_artifact(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// Changes nothing: accesses to memories are always left out and joined where a program can't tell.
    pub fn non_volatile_memops(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// Changes nothing: tables of functions can always be written.
    pub fn readonly_funcref_table(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// LLVM's backend for `target`, set up for these settings. What it makes depends on nothing else, in particular not
    /// on the machine that compiles.
    ///
    /// # Errors
    ///
    /// [`CompileError::UnsupportedTarget`] for architectures other than x86-64 and AArch64, and for systems of which the
    /// object files are not ELF.
    pub fn target_machine(&self, target: &Target) -> Result<TargetMachine, CompileError> {
        self.target_machine_at(target, self.opt_level)
    }

    /// The same with another level of code generation.
    pub(crate) fn target_machine_at(
        &self,
        target: &Target,
        level: LLVMOptLevel,
    ) -> Result<TargetMachine, CompileError> {
        static INITIALIZED: Once = Once::new();
        INITIALIZED.call_once(|| {
            options::set();
            for isa in [X86_64, AARCH64] {
                (isa.initialize)(&InitializationConfig::default());
            }
        });
        let isa = Isa::of(target)?;
        let name = target.triple().to_string();
        let triple = TargetTriple::create(&name);
        let unsupported = |why: String| CompileError::UnsupportedTarget(format!("{name}: {why}"));
        let machine = LLVMTarget::from_triple(&triple)
            .map_err(|error| unsupported(error.to_string()))?
            .create_target_machine(
                &triple,
                isa.cpu,
                &isa.feature_string(target),
                level,
                RelocMode::PIC,
                CodeModel::Small,
            )
            .ok_or_else(|| unsupported("LLVM has no such machine".to_owned()))?;
        machine.set_asm_verbosity(self.verbose_asm);
        Ok(machine)
    }

    /// Settings that change the code.
    pub(crate) fn deterministic_id(&self) -> String {
        let (major, minor, patch) = get_llvm_version();
        format!(
            "llvm-{major}.{minor}.{patch}-{}{}{}",
            match self.opt_level {
                LLVMOptLevel::None => "none",
                LLVMOptLevel::Less => "less",
                LLVMOptLevel::Default => "default",
                LLVMOptLevel::Aggressive => "aggressive",
            },
            if self.canonicalize_nans { "-nan" } else { "" },
            if self.unwind_info { "-unwind" } else { "" },
        )
    }
}

impl Default for LLVM {
    fn default() -> Self {
        Self::new()
    }
}

impl From<LLVM> for Box<dyn CompilerConfig> {
    fn from(config: LLVM) -> Self {
        Box::new(config)
    }
}

impl CompilerConfig for LLVM {
    fn enable_verifier(&mut self) {
        self.verify = true;
    }

    fn enable_perfmap(&mut self) {
        self.perfmap = true;
    }

    fn canonicalize_nans(&mut self, enable: bool) {
        self.canonicalize_nans = enable;
    }

    fn compiler(self: Box<Self>) -> Box<dyn Compiler> {
        Box::new(LLVMCompiler::new(*self))
    }

    fn default_features_for_target(&self, _target: &Target) -> Features {
        usual_features()
    }

    fn supported_features_for_target(&self, _target: &Target) -> Features {
        implemented_features()
    }

    fn push_middleware(&mut self, middleware: Arc<dyn ModuleMiddleware>) {
        self.middlewares.push(middleware);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use enumset::EnumSet;
    use inkwell::context::Context;
    use inkwell::memory_buffer::MemoryBuffer;
    use inkwell::targets::FileType;

    use super::*;

    const TRIPLES: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

    fn target(triple: &str, features: EnumSet<CpuFeature>) -> Target {
        Target::new(triple.parse().unwrap(), features)
    }

    /// The assembly that is made of a function that counts bits and adds to memory.
    fn assembly(target: &Target) -> String {
        const IR: &str = "
            declare i32 @llvm.ctpop.i32(i32)
            define i32 @f(ptr %p, i32 %x) {
                %old = atomicrmw add ptr %p, i32 %x seq_cst
                %bits = call i32 @llvm.ctpop.i32(i32 %old)
                ret i32 %bits
            }";
        let machine = LLVM::new().target_machine(target).unwrap();
        let context = Context::create();
        let ir = MemoryBuffer::create_from_memory_range_copy(IR.as_bytes(), "f");
        let module = context.create_module_from_ir(ir).unwrap();
        module.set_triple(&machine.get_triple());
        module.set_data_layout(&machine.get_target_data().get_data_layout());
        let text = machine.write_to_memory_buffer(&module, FileType::Assembly).unwrap();
        String::from_utf8(text.as_slice().to_vec()).unwrap()
    }

    #[test]
    fn code_uses_the_features_of_the_target_alone() {
        let [x64, arm] = TRIPLES;
        for (triple, feature, instruction) in
            [(x64, CpuFeature::POPCNT, "popcnt"), (arm, CpuFeature::LSE, "ldaddal")]
        {
            assert!(assembly(&target(triple, feature.into())).contains(instruction));
            let without = assembly(&target(triple, CpuFeature::all() - feature));
            assert!(!without.contains(instruction) && without.contains("ret"));
        }
    }

    #[test]
    fn features_that_need_a_missing_one_are_off() {
        let features = CpuFeature::SSE3 | CpuFeature::AVX;
        let string = X86_64.feature_string(&target(TRIPLES[0], features));
        assert!(string.starts_with("+sse3,+avx,-ssse3,"), "{string}");
        assert_eq!(string.split(',').count(), X86_64.cpu_features.len());
    }

    /// LLVM says so on the error output of the process when it does not know one, and goes on.
    #[test]
    fn llvm_knows_the_features() {
        const CHILD: &str = "WASMER_LLVM_TEST_CHILD";
        if std::env::var_os(CHILD).is_some() {
            for features in [CpuFeature::all(), CpuFeature::set()] {
                for triple in TRIPLES {
                    assembly(&target(triple, features));
                }
            }
            return;
        }
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "config::tests::llvm_knows_the_features", "--nocapture"])
            .env(CHILD, "")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success() && text[0].contains("1 passed"), "{text:?}");
        assert_eq!(text[1].lines().find(|line| line.contains("feature")), None);
    }

    #[test]
    fn machines() {
        for triple in TRIPLES {
            let machine = LLVM::new().target_machine(&target(triple, CpuFeature::all())).unwrap();
            assert_eq!(machine.get_triple().as_str().to_str(), Ok(triple));
        }
        for other in ["riscv64gc-unknown-linux-gnu", "x86_64-pc-windows-msvc"] {
            let error = LLVM::new().target_machine(&target(other, CpuFeature::set())).unwrap_err();
            assert!(matches!(error, CompileError::UnsupportedTarget(_)), "{error}");
        }
    }

    #[test]
    fn defaults() {
        let (config, target) = (LLVM::default(), Target::default());
        assert_eq!(config.opt_level, LLVMOptLevel::Aggressive);
        assert!(!config.canonicalize_nans && !config.verify && config.callbacks.is_none());
        let features = config.default_features_for_target(&target);
        assert!(features.relaxed_simd && features.wide_arithmetic && !features.memory64);
        assert!(config.supported_features_for_target(&target).contains_features(&features));
    }

    #[test]
    fn settings_that_change_code_are_in_the_id() {
        let mut config = LLVM::new();
        let mut ids = vec![config.deterministic_id()];
        assert!(ids[0].starts_with("llvm-22.") && ids[0].ends_with("-aggressive"), "{}", ids[0]);
        for level in [LLVMOptLevel::None, LLVMOptLevel::Less, LLVMOptLevel::Default] {
            config.opt_level(level);
            ids.push(config.deterministic_id());
        }
        CompilerConfig::canonicalize_nans(&mut config, true);
        ids.push(config.deterministic_id());
        config.unwind_info(true);
        ids.push(config.deterministic_id());
        config.verbose_asm(true).num_threads(NonZero::<usize>::MIN);
        assert_eq!(ids.last(), Some(&config.deterministic_id()));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 6);
    }
}
