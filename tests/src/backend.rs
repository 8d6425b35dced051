//! The compilers under test, and engines made with them.

use wasmer::sys::{BaseTunables, CompilerConfig, EngineBuilder, Features};
use wasmer::{BackendKind, Engine, NativeEngineExt};
use wasmer_types::{Pages, Target};

/// The compilers under test, in the order of the columns of [`proposals::TABLE`](crate::proposals::TABLE).
pub const COMPILERS: [BackendKind; 1] = [BackendKind::Cranelift];

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
    engine_with(compiler.config().expect("it is a compiler"), memories, features)
}

/// An engine that compiles with these settings.
pub fn engine_with(
    config: Box<dyn CompilerConfig>,
    memories: Memories,
    features: &Features,
) -> Engine {
    let mut engine = EngineBuilder::new(config).set_features(Some(features.clone())).engine();
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
