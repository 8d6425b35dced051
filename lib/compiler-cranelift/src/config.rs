//! Settings of the compiler.

use std::num::NonZero;
use std::sync::Arc;

use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable, Flags};
use cranelift_codegen::{CodegenError, CodegenResult};
use wasmer_compiler::{
    Compiler, CompilerConfig, ModuleMiddleware, implemented_features, usual_features,
};
use wasmer_types::target::{Architecture, Triple};
use wasmer_types::{CpuFeature, Features, Target};

use crate::callbacks::CraneliftCallbacks;
use crate::compiler::CraneliftCompiler;

/// How much the compiler works to make code fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CraneliftOptLevel {
    /// Only what costs nothing.
    None,
    /// The fastest code.
    #[default]
    Speed,
    /// Fast code that is short as well.
    SpeedAndSize,
}

impl CraneliftOptLevel {
    /// Its name in Cranelift's settings.
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Speed => "speed",
            Self::SpeedAndSize => "speed_and_size",
        }
    }
}

/// The settings of the Cranelift compiler.
///
/// # Example
///
/// ```
/// use std::num::NonZero;
///
/// use wasmer_compiler::CompilerConfig;
/// use wasmer_compiler_cranelift::{Cranelift, CraneliftOptLevel};
/// use wasmer_types::Target;
///
/// let mut config = Cranelift::new();
/// config
///     .canonicalize_nans(true)
///     .opt_level(CraneliftOptLevel::SpeedAndSize)
///     .num_threads(NonZero::<usize>::MIN);
/// assert_eq!(config.num_threads.get(), 1);
///
/// let target = Target::default();
/// assert!(config.flags(&target).enable_nan_canonicalization());
/// assert_eq!(config.isa(&target)?.triple(), target.triple());
///
/// assert!(config.supported_features_for_target(&target).simd);
/// assert_eq!(Box::new(config).compiler().name(), "cranelift");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cranelift {
    /// How many threads compile at the same time.
    pub num_threads: NonZero<usize>,
    pub(crate) canonicalize_nans: bool,
    pub(crate) verify: bool,
    pub(crate) opt_level: CraneliftOptLevel,
    pub(crate) unwind_info: bool,
    pub(crate) spectre_mitigations: bool,
    pub(crate) perfmap: bool,
    pub(crate) callbacks: Option<CraneliftCallbacks>,
    pub(crate) middlewares: Vec<Arc<dyn ModuleMiddleware>>,
}

/// Which flag of Cranelift's says that the machine has a CPU feature. Features that are not listed change nothing.
const CPU_FLAGS: &[(CpuFeature, &str)] = &[
    (CpuFeature::SSE3, "has_sse3"),
    (CpuFeature::SSSE3, "has_ssse3"),
    (CpuFeature::SSE41, "has_sse41"),
    (CpuFeature::SSE42, "has_sse42"),
    (CpuFeature::POPCNT, "has_popcnt"),
    (CpuFeature::AVX, "has_avx"),
    (CpuFeature::BMI1, "has_bmi1"),
    (CpuFeature::BMI2, "has_bmi2"),
    (CpuFeature::AVX2, "has_avx2"),
    (CpuFeature::AVX512DQ, "has_avx512dq"),
    (CpuFeature::AVX512VL, "has_avx512vl"),
    (CpuFeature::AVX512F, "has_avx512f"),
    (CpuFeature::LZCNT, "has_lzcnt"),
    (CpuFeature::FMA, "has_fma"),
    (CpuFeature::AVX512VBMI, "has_avx512vbmi"),
    (CpuFeature::AVX512BITALG, "has_avx512bitalg"),
    (CpuFeature::CMPXCHG16B, "has_cmpxchg16b"),
    (CpuFeature::LSE, "has_lse"),
    (CpuFeature::FP16, "has_fp16"),
];

/// CPU features of an architecture that code may depend on.
pub(crate) fn known_cpu_features() -> impl Iterator<Item = CpuFeature> {
    CPU_FLAGS.iter().map(|(feature, _)| *feature)
}

impl Cranelift {
    /// The defaults: fast code, compiled on all processors, no verifier.
    pub fn new() -> Self {
        Self {
            num_threads: std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            canonicalize_nans: false,
            verify: false,
            opt_level: CraneliftOptLevel::Speed,
            unwind_info: false,
            spectre_mitigations: true,
            perfmap: false,
            callbacks: None,
            middlewares: Vec::new(),
        }
    }

    /// Replaces every NaN that an arithmetic operator produces by the canonical one, and makes the relaxed SIMD
    /// operators deterministic. Costs run time.
    pub fn canonicalize_nans(&mut self, enable: bool) -> &mut Self {
        self.canonicalize_nans = enable;
        self
    }

    /// Changes nothing: accesses that are not aligned always work.
    pub fn allow_experimental_unaligned_memory_accesses(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// Changes nothing: there is one artifact format.
    pub fn experimental_artifact(&mut self, _enable: bool) -> &mut Self {
        self
    }

    /// Writes what the compiler makes of each function to files, or not. The code is the same.
    pub fn callbacks(&mut self, callbacks: Option<CraneliftCallbacks>) -> &mut Self {
        self.callbacks = callbacks;
        self
    }

    /// How many threads compile at the same time. The default is one for each processor.
    pub fn num_threads(&mut self, num_threads: NonZero<usize>) -> &mut Self {
        self.num_threads = num_threads;
        self
    }

    /// How much the compiler works to make code fast.
    pub fn opt_level(&mut self, opt_level: CraneliftOptLevel) -> &mut Self {
        self.opt_level = opt_level;
        self
    }

    /// Makes DWARF call frame information, for debuggers and profilers. Backtraces do not need it.
    pub fn unwind_info(&mut self, enable: bool) -> &mut Self {
        self.unwind_info = enable;
        self
    }

    /// Where a memory or table access has an explicit bounds check, keeps the processor from reading outside of the
    /// bounds even speculatively. On by default.
    pub fn spectre_mitigations(&mut self, enable: bool) -> &mut Self {
        self.spectre_mitigations = enable;
        self
    }

    /// The instruction set of `target`, set up for these settings.
    ///
    /// # Errors
    ///
    /// [`CodegenError`] when Cranelift has no backend for the machine.
    pub fn isa(&self, target: &Target) -> CodegenResult<OwnedTargetIsa> {
        self.isa_with(target, self.flags(target))
    }

    /// As [`Self::isa`], with a register allocator that takes one pass.
    pub(crate) fn linear_isa(&self, target: &Target) -> CodegenResult<OwnedTargetIsa> {
        let mut builder = self.flags_builder();
        builder
            .set("regalloc_algorithm", "single_pass")
            .expect("the name and value are those of the pinned Cranelift");
        self.isa_with(target, Flags::new(builder))
    }

    fn isa_with(&self, target: &Target, flags: Flags) -> CodegenResult<OwnedTargetIsa> {
        let mut builder = isa::lookup(target.triple().clone()).map_err(|error| {
            CodegenError::Unsupported(format!("architecture {}: {error}", target.triple()))
        })?;
        for (feature, flag) in CPU_FLAGS {
            if target.cpu_features().contains(*feature) && is_of(*feature, target.triple()) {
                builder
                    .enable(flag)
                    .map_err(|error| CodegenError::Unsupported(error.to_string()))?;
            }
        }
        builder.finish(flags)
    }

    /// Cranelift's settings for these settings.
    pub fn flags(&self, _target: &Target) -> Flags {
        Flags::new(self.flags_builder())
    }

    fn flags_builder(&self) -> settings::Builder {
        let bool_name = |value| if value { "true" } else { "false" };
        let values = [
            ("opt_level", self.opt_level.name()),
            ("enable_verifier", bool_name(self.verify)),
            ("enable_nan_canonicalization", bool_name(self.canonicalize_nans)),
            ("unwind_info", bool_name(self.unwind_info)),
            ("is_pic", "true"),
            // Backtraces walk frame pointers.
            ("preserve_frame_pointers", "true"),
            // The end of the stack is a guard page. Frames larger than a page touch each of their pages, so that the
            // guard can't be jumped over.
            ("enable_probestack", "true"),
            ("probestack_strategy", "inline"),
            ("probestack_size_log2", "12"),
            ("enable_heap_access_spectre_mitigation", bool_name(self.spectre_mitigations)),
            ("enable_table_access_spectre_mitigation", bool_name(self.spectre_mitigations)),
        ];
        let mut builder = settings::builder();
        for (name, value) in values {
            builder
                .set(name, value)
                .expect("the names and values are those of the pinned Cranelift");
        }
        builder
    }

    /// Settings that change the code.
    pub(crate) fn deterministic_id(&self) -> String {
        format!(
            "cranelift-{}-{}{}{}{}",
            cranelift_codegen::VERSION,
            self.opt_level.name(),
            if self.canonicalize_nans { "-nan" } else { "" },
            if self.unwind_info { "-unwind" } else { "" },
            if self.spectre_mitigations { "" } else { "-nospectre" },
        )
    }
}

/// Whether a CPU feature is one of machines of the architecture of `triple`.
fn is_of(feature: CpuFeature, triple: &Triple) -> bool {
    let arm = matches!(feature, CpuFeature::NEON | CpuFeature::LSE | CpuFeature::FP16);
    match triple.architecture {
        Architecture::X86_64 => !arm,
        Architecture::Aarch64(_) => arm,
        _ => false,
    }
}

/// The C calling convention of `target`.
pub(crate) fn call_conv(target: &Target) -> CallConv {
    CallConv::triple_default(target.triple())
}

impl Default for Cranelift {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Cranelift> for Box<dyn CompilerConfig> {
    fn from(config: Cranelift) -> Self {
        Box::new(config)
    }
}

impl CompilerConfig for Cranelift {
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
        Box::new(CraneliftCompiler::new(*self))
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
    use super::*;

    #[test]
    fn every_architecture_of_a_flag_accepts_it() {
        for triple in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
            let target = Target::new(triple.parse().unwrap(), CpuFeature::all());
            let isa = Cranelift::new().isa(&target).unwrap();
            assert_eq!(isa.triple().to_string(), triple);
            assert!(isa.has_round() && isa.has_native_fma());
        }
        let riscv = Target::new("riscv64gc-unknown-linux-gnu".parse().unwrap(), CpuFeature::set());
        assert!(Cranelift::new().isa(&riscv).is_err());
    }

    #[test]
    fn defaults() {
        let (config, target) = (Cranelift::default(), Target::default());
        let flags = config.flags(&target);
        assert!(!flags.enable_nan_canonicalization() && !flags.enable_verifier());
        assert_eq!(flags.opt_level(), settings::OptLevel::Speed);
        let features = config.default_features_for_target(&target);
        assert!(features.relaxed_simd && features.wide_arithmetic && !features.memory64);
        assert!(config.supported_features_for_target(&target).contains_features(&features));
    }

    #[test]
    fn settings_that_change_code_are_in_the_id() {
        let mut config = Cranelift::new();
        let mut ids = vec![config.deterministic_id()];
        config.opt_level(CraneliftOptLevel::None);
        ids.push(config.deterministic_id());
        config.canonicalize_nans(true);
        ids.push(config.deterministic_id());
        config.spectre_mitigations(false);
        ids.push(config.deterministic_id());
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }
}
