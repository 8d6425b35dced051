//! The compilers under test, and engines made with them.

use wasmer::sys::{BaseTunables, EngineBuilder, Features};
use wasmer::{Cranelift, Engine, NativeEngineExt};
use wasmer_types::{Pages, Target};

/// A compiler under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// Cranelift.
    Cranelift,
}

impl Compiler {
    /// Every one, in the order of the columns of [`proposals::TABLE`](crate::proposals::TABLE).
    pub const ALL: [Self; 1] = [Self::Cranelift];

    /// Its name in the names of tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cranelift => "cranelift",
        }
    }
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
pub fn engine(compiler: Compiler, memories: Memories, features: &Features) -> Engine {
    let builder = match compiler {
        Compiler::Cranelift => EngineBuilder::new(Cranelift::default()),
    };
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
