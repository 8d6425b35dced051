//! Levels of optimization, as all compilers understand them.

use clap::ValueEnum;

/// How much a compiler works to make code fast.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptLevel {
    /// Nothing that takes time
    #[value(name = "0", alias = "none")]
    None,
    /// Little (for Cranelift the same as 3)
    #[value(name = "1", alias = "less")]
    Less,
    /// Usual (for Cranelift the same as 3)
    #[value(name = "2", alias = "default")]
    Default,
    /// The fastest code
    #[value(name = "3", aliases = ["speed", "aggressive"])]
    Speed,
    /// Fast code that is short as well (for LLVM the same as 2)
    #[value(name = "s", alias = "speed-and-size")]
    Size,
}

impl OptLevel {
    /// What it is for Cranelift.
    #[cfg(feature = "cranelift")]
    pub(crate) fn cranelift(self) -> wasmer::sys::CraneliftOptLevel {
        use wasmer::sys::CraneliftOptLevel as Level;
        match self {
            Self::None => Level::None,
            Self::Less | Self::Default | Self::Speed => Level::Speed,
            Self::Size => Level::SpeedAndSize,
        }
    }

    /// What it is for LLVM.
    #[cfg(any(feature = "llvm", feature = "llvm-static"))]
    pub(crate) fn llvm(self) -> wasmer::sys::LLVMOptLevel {
        use wasmer::sys::LLVMOptLevel as Level;
        match self {
            Self::None => Level::None,
            Self::Less => Level::Less,
            Self::Default | Self::Size => Level::Default,
            Self::Speed => Level::Aggressive,
        }
    }
}
