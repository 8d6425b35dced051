//! The compilers under test, and engines made with them.

use wasmer::sys::{BaseTunables, CompilerConfig, EngineBuilder, Features};
use wasmer::{BackendKind, Engine, NativeEngineExt};
use wasmer_types::{CpuFeature, Pages, Target, Triple};

/// The compilers under test: all that are built in. LLVM is one with the feature `llvm`.
pub const COMPILERS: &[BackendKind] = match BackendKind::ALL.split_last() {
    Some((_, compilers)) => compilers,
    None => &[],
};

/// Those of which the code depends most on the CPU features of the target, tested for [older CPUs](older_cpus) too.
pub fn compilers_for_older_cpus() -> impl Iterator<Item = BackendKind> {
    COMPILERS.iter().copied().filter(|compiler| *compiler != BackendKind::Cranelift)
}

/// How memories are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memories {
    /// As the defaults say: 32-bit memories in a reservation, out-of-bounds accesses found by the hardware.
    Static,
    /// Explicit bounds checks everywhere, and memories that move when they grow.
    Dynamic,
}

impl Memories {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Static, Self::Dynamic];

    /// Its name in the names of tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
        }
    }
}

/// An engine that compiles with `compiler`.
pub fn engine(compiler: BackendKind, memories: Memories, features: &Features) -> Engine {
    engine_for(Target::default(), compiler, memories, features)
}

/// An engine that compiles for `target` with `compiler`.
pub fn engine_for(
    target: Target,
    compiler: BackendKind,
    memories: Memories,
    features: &Features,
) -> Engine {
    let config = compiler.config().expect("it is a compiler");
    build(EngineBuilder::new(config).set_target(Some(target)), memories, features)
}

/// An engine that compiles with these settings.
pub fn engine_with(
    config: Box<dyn CompilerConfig>,
    memories: Memories,
    features: &Features,
) -> Engine {
    build(EngineBuilder::new(config), memories, features)
}

fn build(builder: EngineBuilder, memories: Memories, features: &Features) -> Engine {
    let mut engine = builder.set_features(Some(features.clone())).engine();
    if memories == Memories::Dynamic {
        // No memory that can have a page fits the bound.
        let base = BaseTunables::for_target(&Target::default());
        let tunables = BaseTunables {
            static_memory_bound: Pages(0),
            static_memory_offset_guard_size: base.dynamic_memory_offset_guard_size,
            ..base
        };
        engine.set_tunables(tunables);
    }
    engine
}

/// CPUs like the one we run on with fewer extensions, where we know some.
pub fn older_cpus() -> Vec<(&'static str, Target)> {
    use CpuFeature::{AVX, POPCNT, SSE2, SSE3, SSE41, SSE42, SSSE3};
    if !cfg!(target_arch = "x86_64") {
        return Vec::new();
    }
    let with = |features| Target::new(Triple::host(), features);
    let sse2 = with(SSE2.into());
    let sse41 = with(SSE2 | SSE3 | SSSE3 | SSE41);
    let sse42 = with(SSE2 | SSE3 | SSSE3 | SSE41 | SSE42 | POPCNT);
    let avx = with(SSE2 | SSE3 | SSSE3 | SSE41 | SSE42 | POPCNT | AVX);
    let all = [("sse2", sse2), ("sse41", sse41), ("sse42", sse42), ("avx", avx)];
    let host = CpuFeature::for_host();
    all.into_iter().filter(|(_, target)| target.cpu_features().is_subset(host)).collect()
}
